/* SPDX-License-Identifier: Apache-2.0
 *
 * elements.h - attestation elements: TLV -> declaration, nonce, time.
 *
 * Owns:           the attestation-elements structure (Matter 11.18.4.6).
 * Must not know:  what the declaration says, which nonce was sent.
 */
#ifndef VD_ELEMENTS_H
#define VD_ELEMENTS_H

#include "finding.h"

struct vd_elements {
    struct vd_span cd, nonce, firmware;
    uint64_t timestamp;
    bool has_cd, has_nonce, has_timestamp, has_firmware;
    unsigned n_vendor; /* vendor-reserved fields */
};

/* Adds findings for everything that is not as it should be; false when no field can be used. */
bool vd_elements_read(struct vd_span in, struct vd_elements *ret, struct vd_findings *f);

#endif
