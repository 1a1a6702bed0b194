/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_check.h - one CRL against one bound point: authentic? complete?
 *
 * Owns:           the two thresholds. Authentic: signature, signer's path and names; its serials
 *                 revoke. Complete: everything else; only then may silence mean "not revoked".
 * Must not know:  other points' CRLs, coverage.
 */
#ifndef VD_CRL_CHECK_H
#define VD_CRL_CHECK_H

#include "crl.h"
#include "points.h"

struct vd_crl_context {
    const struct vd_crl *crl;
    const struct vd_point *point;
    bool partitioned;     /* the CA has more than one point: the CRL must name its URL */
    bool shared;          /* its vendor has points of more than one CA that use this CRL */
    uint64_t unassigned;  /* entries before the first certificateIssuer */
};

struct vd_crl_worth {
    bool authentic, complete;
    bool unsupported;     /* not authentic because of an algorithm that cannot be checked */
    bool incomplete;      /* not complete because something is missing, rather than wrong */
};

/* Each adds findings. First whether it is authentic, which does not depend on `shared`; then the rest. */
struct vd_crl_worth vd_crl_check_authentic(const struct vd_crl_context *in, struct vd_findings *f);
void vd_crl_check_complete(const struct vd_crl_context *in, struct vd_crl_worth *w,
                           struct vd_findings *f);

#endif
