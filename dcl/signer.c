/* SPDX-License-Identifier: Apache-2.0
 *
 * signer.c - signatures of documents.
 */
#include "signer.h"

#include "limits.h"
#include "sized.h"

veridac_status vd_signer_read(const veridac_signer *from, struct vd_signer *ret, veridac_error *err)
{
    struct vd_signer s = { .key = NULL };
    struct vd_span pem;
    bool ok;

    if (!vd_sized_take(&s.from, sizeof s.from, VD_UPTO(veridac_signer, user), from) ||
        s.from.key.data == NULL)
        return VERIDAC_MISUSE;
    pem = vd_span_of(s.from.key.data, s.from.key.size);
    if (s.from.sign != NULL) {
        ok = vd_public_pem_read(pem, &s.pub);
    } else {
        s.key = vd_key_read_pem(pem);
        ok = s.key != NULL && vd_key_public(s.key, &s.pub);
    }
    if (!ok || !vd_key_id(s.pub.algorithm, vd_public_span(&s.pub), s.id)) {
        vd_signer_clear(&s);
        return vd_fail(err, VERIDAC_BAD_DATA,
                       s.from.sign != NULL
                           ? "expected the public key of the signer, P-256 or Ed25519, in PEM"
                           : "expected an unencrypted private key, P-256 or Ed25519, in PKCS#8 PEM");
    }
    *ret = s;
    return VERIDAC_OK;
}

void vd_signer_clear(struct vd_signer *s)
{
    vd_key_free(s->key);
    s->key = NULL;
}

unsigned vd_signer_duties(const struct vd_signer *s, const struct vd_root *root)
{
    for (uint32_t i = 0; i < root->n_keys; i++) {
        if (vd_span_eq(VD_SPAN(root->keys[i].id), VD_SPAN(s->id)))
            return root->keys[i].roles;
    }
    return 0;
}

/* Whoever signs outside may answer in DER, as most tools do. */
static bool as_raw(const struct vd_signer *s, struct vd_span in, uint8_t ret[VD_RAW_SIG])
{
    return in.n == VD_RAW_SIG ? vd_copy(ret, VD_RAW_SIG, in)
                              : s->pub.algorithm == VD_SIGN_P256 && vd_sig_der_to_raw(in, ret);
}

static veridac_status ask(const struct vd_signer *s, struct vd_span message,
                          uint8_t ret[VD_RAW_SIG], veridac_error *err)
{
    uint8_t answer[256];
    size_t n = 0;

    if (s->from.sign == NULL)
        return vd_key_sign(s->key, message, ret)
                   ? VERIDAC_OK
                   : vd_fail(err, VERIDAC_INTERNAL, "the document could not be signed");
    if (s->from.sign(s->from.user, (veridac_bytes){ message.p, message.n }, answer, sizeof answer,
                     &n) != 0)
        return vd_fail(err, VERIDAC_IO, "the signer failed");
    if (n > sizeof answer || !as_raw(s, vd_span_of(answer, n), ret))
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "the signer gave %zu octets, expected a signature of 64 or one in DER", n);
    return VERIDAC_OK;
}

veridac_status vd_signer_sign(const struct vd_signer *s, struct vd_span document, struct vd_buf *out,
                              veridac_error *err)
{
    const unsigned kind = vd_signed_kind(document);
    uint8_t signature[VD_RAW_SIG];
    struct vd_signed d;
    veridac_status st;

    if (kind == 0 || vd_signed_read(document, (enum vd_document)kind, document.n, &d) != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "not a document that can be signed");
    st = ask(s, d.message, signature, err);
    if (st != VERIDAC_OK)
        return st;
    if (vd_public_check(s->pub.algorithm, vd_public_span(&s->pub), d.message, VD_SPAN(signature)) !=
        VD_CHECK_GOOD)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "the signature does not verify with the key");
    return vd_signed_add(document, &s->pub, VD_SPAN(signature), out)
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_TOO_LARGE, "no room for one signature more");
}

/* ---- the public functions ---- */

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
            return vd_fail(err, VERIDAC_BAD_DATA, "not a usable root document: %s", wrong);
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
