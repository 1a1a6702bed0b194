/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.h - the Certification Declaration against its signer, the chain and the device.
 *
 * Owns:           declaration rules (Matter 6.2.3.1, 6.3.1): signer, type, vendor and product, PAAs.
 * Must not know:  revocation, policy.
 */
#ifndef VD_CLAIMS_H
#define VD_CLAIMS_H

#include "cache.h"
#include "cms.h"
#include "decl.h"
#include "trust.h"

struct vd_claims {
    struct vd_span cd;               /* the CMS bytes */
    const struct vd_cert *dac, *pai; /* parsed, or nothing is compared with them */
    const struct vd_anchor *paa;     /* that anchors the chain, or NULL */
    const struct vd_trust *trust;
    struct vd_cache *cache;
    enum vd_network network;
    int32_t vid, pid;                /* Basic Information; -1: not known */
};

/* True when the declaration itself could be read: then it is in *ret. */
bool vd_claims_check(const struct vd_claims *in, struct vd_decl *ret, struct vd_findings *f);

#endif
