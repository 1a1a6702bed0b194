/* SPDX-License-Identifier: Apache-2.0
 *
 * signer.h - whoever signs a document: a key in a file, or a command of the operator.
 *
 * Owns:           making a signature and checking it before it is used.
 * Must not know:  what is signed, where keys are kept.
 */
#ifndef DCL_SIGNER_H
#define DCL_SIGNER_H

#include "fail.h"
#include "signed.h"

struct vd_signer {
    veridac_signer from;
    struct vd_key *key;    /* NULL: from.sign does it */
    struct vd_public pub;
    uint8_t id[VD_KEY_ID];
};

/* VERIDAC_BAD_DATA when the key cannot be read. The caller frees with vd_signer_clear. */
veridac_status vd_signer_read(const veridac_signer *from, struct vd_signer *ret, veridac_error *err);
void vd_signer_clear(struct vd_signer *s);
/* The duties that the root gives this key; 0: it is not listed. */
unsigned vd_signer_duties(const struct vd_signer *s, const struct vd_root *root);
/* The signature over a message; nothing is handed out that does not verify. */
veridac_status vd_signer_raw(const struct vd_signer *s, struct vd_span message, uint8_t ret[VD_RAW_SIG],
                             veridac_error *err);
/* The document with this signature in it. Nothing is handed out that does not verify. */
veridac_status vd_signer_sign(const struct vd_signer *s, struct vd_span document, struct vd_buf *out,
                              veridac_error *err);

#endif
