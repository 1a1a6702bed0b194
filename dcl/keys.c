/* SPDX-License-Identifier: Apache-2.0
 *
 * keys.c - new keys, and one signature more on a document, for the caller. Apart from signer.c, which
 * libveridac-fleet takes without these.
 */
#include "limits.h"
#include "signer.h"

veridac_status veridac_key_generate(int32_t algorithm, veridac_buffer *ret_private_pem,
                                    veridac_buffer *ret_public_pem)
{
    struct vd_buf priv = VD_BUF(65536), pub = VD_BUF(65536);
    veridac_buffer a, b;
    struct vd_key *key;
    veridac_status st = VERIDAC_INTERNAL;

    if (ret_private_pem == NULL || ret_public_pem == NULL ||
        (algorithm != VERIDAC_KEY_P256 && algorithm != VERIDAC_KEY_ED25519))
        return VERIDAC_MISUSE;
    key = algorithm == VERIDAC_KEY_P256 ? vd_key_generate() : vd_key_generate_ed25519();
    if (key == NULL || !vd_key_private_pem(key, &priv) || !vd_key_public_pem(key, &pub)) {
        vd_buf_free(&priv);
        vd_buf_free(&pub);
    } else if ((st = vd_give(&priv, &a)) != VERIDAC_OK) {
        vd_buf_free(&pub);
    } else if ((st = vd_give(&pub, &b)) != VERIDAC_OK) {
        veridac_buffer_free(&a);
    } else {
        *ret_private_pem = a;
        *ret_public_pem = b;
    }
    vd_key_free(key);
    return st;
}

static unsigned wanted_duty(unsigned kind)
{
    return kind == VD_DOC_ROOT    ? VD_DUTY_BIT(VD_DUTY_ROOT)
           : kind == VD_DOC_TRUST ? VD_DUTY_BIT(VD_DUTY_TRUST)
           : kind == VD_DOC_HEAD  ? VD_DUTY_BIT(VD_DUTY_HEAD)
                                  : 0;
}

/* The key is listed for this kind of document: in the root given, or in the document itself. */
static veridac_status may_sign(const struct vd_signer *s, struct vd_span document, struct vd_span root,
                               veridac_error *err)
{
    const unsigned kind = vd_signed_kind(document);
    unsigned duties = 0;
    struct vd_root r;

    if (kind == VD_DOC_ROOT && vd_root_read(document, &r) == NULL)
        duties |= vd_signer_duties(s, &r);
    if (root.p != NULL) {
        const char *wrong = vd_root_read(root, &r);
        if (wrong != NULL)
            return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "not a usable root document: %s", wrong);
        duties |= vd_signer_duties(s, &r);
    }
    return (duties & wanted_duty(kind)) != 0
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_BAD_DATA, "the root gives this key no right to sign this document");
}

veridac_status veridac_document_sign(veridac_bytes document, veridac_bytes root,
                                     const veridac_signer *signer, veridac_buffer *ret,
                                     veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_MAX_TRUST_LIST);
    const struct vd_span in = vd_span_of(document.data, document.size);
    struct vd_signer s;
    veridac_status st;

    if (ret == NULL || document.data == NULL)
        return VERIDAC_MISUSE;
    st = vd_signer_read(signer, &s, err);
    if (st != VERIDAC_OK)
        return st;
    st = may_sign(&s, in, vd_span_of(root.data, root.size), err);
    if (st == VERIDAC_OK)
        st = vd_signer_sign(&s, in, &out, err);
    vd_signer_clear(&s);
    if (st == VERIDAC_OK)
        return vd_give(&out, ret);
    vd_buf_free(&out);
    return st;
}
