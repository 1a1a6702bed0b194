/* SPDX-License-Identifier: Apache-2.0
 *
 * seal.h - a JSON object in one line, signed by its last member.
 *
 *   sealed  := "{" ... ",\"key\":\"" hex32 "\",\"signature\":\"" hex128 "\"}"
 *   message := tag everything before ",\"signature\""
 *
 * Owns:           the form of the signature, and what it is over.
 * Must not know:  what the line says.
 */
#ifndef FLEET_SEAL_H
#define FLEET_SEAL_H

#include "signer.h"

/* What a signature is made for: one of a receipt is none of a trail. */
#define VD_SEAL_CHECKPOINT "veridac-trail-checkpoint 1\n"
#define VD_SEAL_RECEIPT "veridac-receipt 1\n"

/* `line` is the object without its closing brace. */
veridac_status vd_seal_put(const struct vd_signer *s, const char *tag, struct vd_buf *line,
                           veridac_error *err);

struct vd_seal_keys {
    struct vd_public v[16];
    size_t n;
};

/* Public keys in PEM. */
veridac_status vd_seal_keys_read(const veridac_bytes *pem, size_t n, struct vd_seal_keys *ret,
                                 veridac_error *err);
/* NULL; or "not-signed", "other-key", "signature". Anything but NULL is no signature of these keys. */
const char *vd_seal_check(struct vd_span line, const char *tag, const struct vd_seal_keys *keys);

#endif
