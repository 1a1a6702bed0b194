/* SPDX-License-Identifier: Apache-2.0
 *
 * nocsr.h - what a device answers to a CSRRequest: NOCSR elements, signature, and the CSR inside.
 *
 * Owns:           the nocsr-elements structure, the PKCS#10 request, both signatures.
 * Must not know:  whether a case has one.
 */
#ifndef PKI_NOCSR_H
#define PKI_NOCSR_H

#include "cert.h"

struct nocsr {
    struct buf elements, signature;
};

/* Objects `csr`, `nocsr` and `nocsr-signature`; `key` signs elements || challenge. The CSR is for
 * the key `operational` and signed by it. */
void nocsr_make(struct mint *m, const char *key, const struct buf *nonce,
                const struct buf *challenge, struct nocsr *ret);
void nocsr_free(struct nocsr *n);

#endif
