/* SPDX-License-Identifier: Apache-2.0
 *
 * attest.h - an attestation response as a device would make it, for vectors and simulators.
 */
#ifndef VD_ATTEST_H
#define VD_ATTEST_H

#include "sig.h"

/* Elements { 1: declaration, 2: nonce, 3: timestamp 0 } and r || s over elements || challenge. */
bool vd_attest(const struct vd_key *key, struct vd_span declaration, struct vd_span nonce,
               struct vd_span challenge, struct vd_buf *out, uint8_t ret_signature[VD_RAW_SIG]);

#endif
