/* SPDX-License-Identifier: Apache-2.0
 *
 * signer.c - signatures of documents.
 */
#include "signer.h"

#include "limits.h"
#include "sized.h"

static bool read_key(struct vd_span pem, struct vd_signer *s)
{
    bool ok;

    if (s->from.sign != NULL) {
        ok = vd_public_pem_read(pem, &s->pub);
    } else {
        s->key = vd_key_read_pem(pem);
        ok = s->key != NULL && vd_key_public(s->key, &s->pub);
    }
    if (ok && vd_key_id(s->pub.algorithm, vd_public_span(&s->pub), s->id))
        return true;
    vd_signer_clear(s);
    return false;
}

/* libcrypto does not say why it reads no key: that counts against the file only while a key that is known
 * can be made, and after a second try. */
static veridac_status read_twice(struct vd_span pem, struct vd_signer *s)
{
    struct vd_checker *known;

    if (read_key(pem, s))
        return VERIDAC_OK;
    known = vd_checker_make();
    vd_checker_free(known);
    if (known == NULL)
        return VERIDAC_NO_MEMORY;
    return read_key(pem, s) ? VERIDAC_OK : VERIDAC_BAD_DATA;
}

veridac_status vd_signer_read(const veridac_signer *from, struct vd_signer *ret, veridac_error *err)
{
    struct vd_signer s = { .key = NULL };
    struct vd_span pem;
    veridac_status st;

    if (!vd_sized_take(&s.from, sizeof s.from, VD_UPTO(veridac_signer, user), from) ||
        s.from.key.data == NULL)
        return VERIDAC_MISUSE;
    pem = vd_span_of(s.from.key.data, s.from.key.size);
    st = read_twice(pem, &s);
    if (st == VERIDAC_BAD_DATA)
        return vd_fail(err, VERIDAC_BAD_DATA,
                       s.from.sign != NULL
                           ? "expected the public key of the signer, P-256 or Ed25519, in PEM"
                           : "expected an unencrypted private key, P-256 or Ed25519, in PKCS#8 PEM");
    if (st != VERIDAC_OK)
        return vd_fail(err, st, "out of memory");
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

veridac_status vd_signer_raw(const struct vd_signer *s, struct vd_span message, uint8_t ret[VD_RAW_SIG],
                             veridac_error *err)
{
    veridac_status st = ask(s, message, ret, err);
    if (st != VERIDAC_OK)
        return st;
    return vd_public_check(s->pub.algorithm, vd_public_span(&s->pub), message,
                           vd_span_of(ret, VD_RAW_SIG)) == VD_CHECK_GOOD
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_BAD_SIGNATURE, "the signature does not verify with the key");
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
    st = vd_signer_raw(s, d.message, signature, err);
    if (st != VERIDAC_OK)
        return st;
    return vd_signed_add(document, &s->pub, VD_SPAN(signature), out)
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_TOO_LARGE, "no room for one signature more");
}
