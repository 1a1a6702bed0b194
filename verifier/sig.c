/* SPDX-License-Identifier: Apache-2.0
 *
 * sig.c - hashes and signature checks over EVP.
 *
 * Public keys come from bytes that we parsed ourselves and enter through EVP_PKEY_fromdata; no
 * d2i_ function of libcrypto ever sees what a device or a CRL host sent.
 */
#include "sig.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdlib.h>

#include "der.h"

bool vd_sha256(struct vd_span in, uint8_t ret[VD_SHA256])
{
    static const uint8_t none[1];
    unsigned n = 0;
    return EVP_Digest(in.n ? in.p : none, in.n, ret, &n, EVP_sha256(), NULL) == 1 && n == VD_SHA256;
}

bool vd_sha256_two(struct vd_span a, struct vd_span b, uint8_t ret[VD_SHA256])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned n = 0;
    bool ok = ctx != NULL && EVP_DigestInit_ex2(ctx, EVP_sha256(), NULL) == 1 &&
              (a.n == 0 || EVP_DigestUpdate(ctx, a.p, a.n) == 1) &&
              (b.n == 0 || EVP_DigestUpdate(ctx, b.p, b.n) == 1) &&
              EVP_DigestFinal_ex(ctx, ret, &n) == 1 && n == VD_SHA256;
    EVP_MD_CTX_free(ctx);
    return ok;
}

struct vd_hash {
    EVP_MD *md;
    EVP_MD_CTX *ctx;
};

struct vd_hash *vd_hash_make(void)
{
    struct vd_hash *h = calloc(1, sizeof *h);
    if (h == NULL)
        return NULL;
    h->md = EVP_MD_fetch(NULL, "SHA256", NULL); /* fetched once: per-call fetches cost 200 ns */
    h->ctx = EVP_MD_CTX_new();
    if (h->md == NULL || h->ctx == NULL) {
        vd_hash_free(h);
        return NULL;
    }
    return h;
}

void vd_hash_free(struct vd_hash *h)
{
    if (h == NULL)
        return;
    EVP_MD_CTX_free(h->ctx);
    EVP_MD_free(h->md);
    free(h);
}

bool vd_hash_start(struct vd_hash *h)
{
    return EVP_DigestInit_ex2(h->ctx, h->md, NULL) == 1;
}

bool vd_hash_add(struct vd_hash *h, struct vd_span in)
{
    return in.n == 0 || EVP_DigestUpdate(h->ctx, in.p, in.n) == 1;
}

bool vd_hash_end(struct vd_hash *h, uint8_t ret[VD_SHA256])
{
    unsigned n = 0;
    return EVP_DigestFinal_ex(h->ctx, ret, &n) == 1 && n == VD_SHA256;
}

bool vd_hash_one(struct vd_hash *h, struct vd_span in, uint8_t ret[VD_SHA256])
{
    return h == NULL ? vd_sha256(in, ret)
                     : vd_hash_start(h) && vd_hash_add(h, in) && vd_hash_end(h, ret);
}

/* ---- libcrypto's list of errors ----
 *
 * It belongs to the thread, where the caller's TLS reads it too: what a check adds to it is taken away
 * again. It is also the only thing that tells a lack of memory from a key or a signature that is bad. */

static bool errors_begin(void)
{
    return ERR_set_mark() == 0; /* the list is empty */
}

/* Was it a lack of memory? Where nothing was said, there was not even room to say it. */
static bool errors_end(bool was_empty)
{
    unsigned long e = was_empty ? ERR_peek_error() : ERR_peek_last_error();
    (void)ERR_pop_to_mark();
    return e == 0 || ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE;
}

static enum vd_check import(struct vd_span point, EVP_PKEY **ret)
{
    static char group[] = "prime256v1";
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *key = NULL;
    uint8_t copy[VD_POINT];
    OSSL_PARAM params[3];
    bool was_empty, no_memory;

    if (point.n != VD_POINT || point.p[0] != 0x04 || !vd_copy(copy, sizeof copy, point))
        return VD_CHECK_NO_KEY;
    was_empty = errors_begin();
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy);
    params[2] = OSSL_PARAM_construct_end();
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    no_memory = errors_end(was_empty);
    *ret = key;
    return key != NULL ? VD_CHECK_GOOD : no_memory ? VD_CHECK_NO_MEMORY : VD_CHECK_NO_KEY;
}

enum vd_check vd_point_check(struct vd_span point)
{
    EVP_PKEY *key = NULL;
    enum vd_check got = import(point, &key);
    EVP_PKEY_free(key);
    return got;
}

static bool positive(struct vd_span content)
{
    struct vd_span m;
    return vd_der_magnitude(content, &m) && m.n <= 32 && !(m.n == 1 && m.p[0] == 0);
}

/* Ecdsa-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 2.2.3) */
bool vd_sig_der_valid(struct vd_span sig)
{
    struct vd_span seq, r, s;
    return vd_der_take(&sig, DER_SEQUENCE, &seq) && sig.n == 0 &&
           vd_der_take(&seq, DER_INTEGER, &r) && vd_der_take(&seq, DER_INTEGER, &s) &&
           seq.n == 0 && positive(r) && positive(s);
}

/* ---- one key object for many points ---- */

struct vd_checker {
    EVP_PKEY *pkey;
    EVP_PKEY_CTX *ctx; /* set up for verifying with pkey, whatever point it holds */
};

/* Takes over pkey. */
static struct vd_checker *wrap(EVP_PKEY *pkey)
{
    struct vd_checker *c = pkey == NULL ? NULL : calloc(1, sizeof *c);
    if (c == NULL) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    c->pkey = pkey;
    c->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (c->ctx == NULL || EVP_PKEY_verify_init(c->ctx) != 1) {
        vd_checker_free(c);
        return NULL;
    }
    return c;
}

struct vd_checker *vd_checker_make(void)
{
    /* the generator of P-256 (SEC 2): any point will do until the first check */
    static const uint8_t g[VD_POINT] = {
        0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5,
        0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4,
        0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A,
        0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33,
        0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5
    };
    EVP_PKEY *key = NULL;
    return import(VD_SPAN(g), &key) == VD_CHECK_GOOD ? wrap(key) : NULL;
}

struct vd_checker *vd_checker_copy(const struct vd_checker *from)
{
    return wrap(EVP_PKEY_dup(from->pkey));
}

void vd_checker_free(struct vd_checker *c)
{
    if (c == NULL)
        return;
    EVP_PKEY_CTX_free(c->ctx);
    EVP_PKEY_free(c->pkey);
    free(c);
}

enum vd_check vd_checker_check(struct vd_checker *c, struct vd_span point,
                               const uint8_t digest[VD_SHA256], struct vd_span sig)
{
    bool was_empty, set, no_memory;
    int got;

    if (!vd_sig_der_valid(sig))
        return VD_CHECK_BAD;
    if (point.n != VD_POINT || point.p[0] != 0x04)
        return VD_CHECK_NO_KEY;
    was_empty = errors_begin();
    set = EVP_PKEY_set1_encoded_public_key(c->pkey, point.p, point.n) == 1;
    /* otherwise an old point stays, and nothing is checked with it */
    got = set ? EVP_PKEY_verify(c->ctx, sig.p, sig.n, digest, VD_SHA256) : -1;
    no_memory = errors_end(was_empty);
    if (got >= 0)
        return got == 1 ? VD_CHECK_GOOD : VD_CHECK_BAD;
    return no_memory ? VD_CHECK_NO_MEMORY : set ? VD_CHECK_BAD : VD_CHECK_NO_KEY;
}

/* ---- one key, one check ---- */

enum vd_check vd_sig_check_digest(struct vd_span point, const uint8_t digest[VD_SHA256],
                                  struct vd_span sig)
{
    struct vd_checker *c;
    EVP_PKEY *key = NULL;
    enum vd_check got;

    if (!vd_sig_der_valid(sig))
        return VD_CHECK_BAD;
    got = import(point, &key);
    if (got != VD_CHECK_GOOD)
        return got;
    c = wrap(key);
    if (c == NULL)
        return VD_CHECK_NO_MEMORY;
    got = vd_checker_check(c, point, digest, sig);
    vd_checker_free(c);
    return got;
}

enum vd_check vd_sig_check(struct vd_span point, struct vd_span message, struct vd_span sig)
{
    uint8_t digest[VD_SHA256];
    if (!vd_sha256(message, digest))
        return VD_CHECK_NO_MEMORY;
    return vd_sig_check_digest(point, digest, sig);
}

static bool put_integer(struct vd_buf *out, struct vd_span magnitude)
{
    bool sign;
    while (magnitude.n > 1 && magnitude.p[0] == 0)
        magnitude = vd_span_skip(magnitude, 1);
    sign = (vd_at(magnitude, 0) & 0x80) != 0;
    return vd_buf_u8(out, DER_INTEGER) && vd_buf_u8(out, (uint8_t)(magnitude.n + sign)) &&
           (!sign || vd_buf_u8(out, 0)) && vd_buf_put(out, magnitude);
}

bool vd_sig_raw_to_der(struct vd_span raw, struct vd_buf *out)
{
    struct vd_span r, s;
    size_t at = out->n;
    if (raw.n != VD_RAW_SIG || !vd_take(&raw, 32, &r) || !vd_take(&raw, 32, &s))
        return false;
    if (!vd_buf_u8(out, DER_SEQUENCE) || !vd_buf_u8(out, 0) || !put_integer(out, r) ||
        !put_integer(out, s))
        return false;
    out->p[at + 1] = (uint8_t)(out->n - at - 2); /* at most 70 */
    return true;
}

enum vd_check vd_sig_check_raw(struct vd_span point, struct vd_span a, struct vd_span b,
                               struct vd_span raw)
{
    uint8_t room[80], digest[VD_SHA256];
    struct vd_buf der = VD_BUF_ON(room);
    if (!vd_sig_raw_to_der(raw, &der))
        return VD_CHECK_BAD;
    if (!vd_sha256_two(a, b, digest))
        return VD_CHECK_NO_MEMORY;
    return vd_sig_check_digest(point, digest, vd_buf_span(&der));
}
