/* SPDX-License-Identifier: Apache-2.0
 *
 * chain.h - DAC, PAI, PAA: who signed whom, valid when, for which vendor and product.
 *
 * Owns:           the Device Attestation Procedure's chain rules (Matter 6.2.3.1).
 * Must not know:  attestation responses, declarations, revocation.
 */
#ifndef VD_CHAIN_H
#define VD_CHAIN_H

#include "cache.h"
#include "trust.h"

struct vd_chain {
    const struct vd_cert *dac, *pai; /* not parsed: nothing is said about it */
    const struct vd_trust *trust;
    struct vd_cache *cache;
    enum vd_network network;
    bool sdk_compat; /* the DAC must also be valid at `at` */
    int64_t at;
};

/* Does a trusted PAA bear the name and key id of the PAI's issuer? */
bool vd_chain_knows_issuer(const struct vd_chain *in);

/* Adds findings; the PAA that anchors the chain, or NULL. */
const struct vd_anchor *vd_chain_check(const struct vd_chain *in, struct vd_findings *f);

#endif
