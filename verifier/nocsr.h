/* SPDX-License-Identifier: Apache-2.0
 *
 * nocsr.h - the answer to a CSRRequest: NOCSR elements, and the certification request inside.
 *
 * Owns:           the nocsr-elements structure and its rules.
 * Must not know:  declarations, trust, revocation, policy.
 */
#ifndef VD_NOCSR_H
#define VD_NOCSR_H

#include "cache.h"
#include "csr.h"
#include "finding.h"

#define VD_NOCSR_VENDOR 3u /* vendor_reserved1 to vendor_reserved3 */

struct vd_nocsr {
    struct vd_span csr, nonce, vendor[VD_NOCSR_VENDOR];
    bool has_csr, has_nonce, has_vendor[VD_NOCSR_VENDOR];
};

/* Adds findings for everything that is not as it should be; false when no field can be used. */
bool vd_nocsr_read(struct vd_span in, struct vd_nocsr *ret, struct vd_findings *f);
/* The request by itself; `cache` may be NULL. */
void vd_csr_check(struct vd_span in, struct vd_cache *cache, struct vd_findings *f);

struct vd_nocsr_in {
    struct vd_span elements, signature, nonce, challenge; /* p NULL: not given */
    const struct vd_cert *dac;                            /* parsed, or nothing is compared */
    struct vd_cache *cache;
};

void vd_nocsr_check(const struct vd_nocsr_in *in, struct vd_findings *f);

#endif
