/* SPDX-License-Identifier: Apache-2.0
 *
 * cd.h - Certification Declarations: TLV content and CMS envelope.
 *
 * Owns:           the good declaration and the names of its parts.
 * Must not know:  which parts a case changes.
 */
#ifndef PKI_CD_H
#define PKI_CD_H

#include "cert.h"

struct cd_claims {
    uint16_t vid;
    const uint16_t *pids;
    size_t n_pids;
};

/* Object `content` is the TLV structure, object `envelope` the CMS around it, signed by the key
 * of the certificate `signer`. */
void cd_make(struct mint *m, const char *content, const char *envelope, const char *signer,
             const struct cd_claims *claims, struct buf *ret);

#endif
