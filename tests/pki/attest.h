/* SPDX-License-Identifier: Apache-2.0
 *
 * attest.h - what a device answers to an AttestationRequest: elements and signature.
 *
 * Owns:           the attestation-elements structure and the signature over it.
 * Must not know:  what the declaration says.
 */
#ifndef PKI_ATTEST_H
#define PKI_ATTEST_H

#include "cert.h"

struct attest {
    struct buf elements, signature;
};

/* Objects `elements` and `signature`; `key` signs elements || challenge. */
void attest_make(struct mint *m, const char *key, const struct buf *cd, const struct buf *nonce,
                 const struct buf *challenge, struct attest *ret);
void attest_free(struct attest *a);

#endif
