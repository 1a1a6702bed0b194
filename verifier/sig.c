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

/* libcrypto's list of errors belongs to the thread, where the caller's TLS reads it too: what a call
 * here adds to it is taken away again. */
static void errors_mark(void)
{
    (void)ERR_set_mark();
}

static void errors_drop(void)
{
    (void)ERR_pop_to_mark();
}

const char vd_no_memory[] = "out of memory";

bool vd_sha256(struct vd_span in, uint8_t ret[VD_SHA256])
{
    static const uint8_t none[1];
    unsigned n = 0;
    bool ok;

    errors_mark();
    ok = EVP_Digest(in.n ? in.p : none, in.n, ret, &n, EVP_sha256(), NULL) == 1 &&
              n == VD_SHA256;
    errors_drop();
    return ok;
}

bool vd_sha256_two(struct vd_span a, struct vd_span b, uint8_t ret[VD_SHA256])
{
    EVP_MD_CTX *ctx;
    unsigned n = 0;
    bool ok;

    errors_mark();
    ctx = EVP_MD_CTX_new();
    ok = ctx != NULL && EVP_DigestInit_ex2(ctx, EVP_sha256(), NULL) == 1 &&
              (a.n == 0 || EVP_DigestUpdate(ctx, a.p, a.n) == 1) &&
              (b.n == 0 || EVP_DigestUpdate(ctx, b.p, b.n) == 1) &&
              EVP_DigestFinal_ex(ctx, ret, &n) == 1 && n == VD_SHA256;
    EVP_MD_CTX_free(ctx);
    errors_drop();
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
    errors_mark();
    h->md = EVP_MD_fetch(NULL, "SHA256", NULL); /* fetched once: per-call fetches cost 200 ns */
    h->ctx = EVP_MD_CTX_new();
    errors_drop();
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

static bool start(struct vd_hash *h)
{
    return EVP_DigestInit_ex2(h->ctx, h->md, NULL) == 1;
}

static bool add(struct vd_hash *h, struct vd_span in)
{
    return in.n == 0 || EVP_DigestUpdate(h->ctx, in.p, in.n) == 1;
}

static bool end(struct vd_hash *h, uint8_t ret[VD_SHA256])
{
    unsigned n = 0;
    return EVP_DigestFinal_ex(h->ctx, ret, &n) == 1 && n == VD_SHA256;
}

bool vd_hash_start(struct vd_hash *h)
{
    bool ok;
    errors_mark();
    ok = start(h);
    errors_drop();
    return ok;
}

bool vd_hash_add(struct vd_hash *h, struct vd_span in)
{
    bool ok;
    errors_mark();
    ok = add(h, in);
    errors_drop();
    return ok;
}

bool vd_hash_end(struct vd_hash *h, uint8_t ret[VD_SHA256])
{
    bool ok;
    errors_mark();
    ok = end(h, ret);
    errors_drop();
    return ok;
}

bool vd_hash_one(struct vd_hash *h, struct vd_span in, uint8_t ret[VD_SHA256])
{
    bool ok;

    if (h == NULL)
        return vd_sha256(in, ret);
    errors_mark();
    ok = start(h) && add(h, in) && end(h, ret);
    errors_drop();
    return ok;
}

/* The generator of P-256 (SEC 2). Its private key is 1, so its signatures can be written down. */
static const uint8_t generator[VD_POINT] = {
    0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5,
    0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4,
    0xA1, 0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A,
    0x7F, 0x9B, 0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33,
    0x57, 0x6B, 0x31, 0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5
};

/* NULL: the point is not on P-256, or libcrypto could not work. */
static EVP_PKEY *import(struct vd_span point)
{
    static char group[] = "prime256v1";
    EVP_PKEY_CTX *ctx;
    EVP_PKEY *key = NULL;
    uint8_t copy[VD_POINT];
    OSSL_PARAM params[3];

    if (!vd_copy(copy, sizeof copy, point))
        return NULL;
    errors_mark();
    params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy, sizeof copy);
    params[2] = OSSL_PARAM_construct_end();
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
    EVP_PKEY_CTX_free(ctx);
    errors_drop();
    return key;
}

/* libcrypto does not say whether it was short of memory. So a failure counts only while something
 * known succeeds, and after a second try. */
static enum vd_check import_point(struct vd_span point, EVP_PKEY **ret)
{
    EVP_PKEY *known;

    if (point.n != VD_POINT || point.p[0] != 0x04)
        return VD_CHECK_NO_KEY;
    *ret = import(point);
    if (*ret != NULL)
        return VD_CHECK_GOOD;
    known = import(VD_SPAN(generator));
    if (known == NULL)
        return VD_CHECK_NO_MEMORY;
    EVP_PKEY_free(known);
    *ret = import(point);
    return *ret != NULL ? VD_CHECK_GOOD : VD_CHECK_NO_KEY;
}

enum vd_check vd_point_check(struct vd_span point)
{
    EVP_PKEY *key = NULL;
    enum vd_check got = import_point(point, &key);
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
    bool ok;

    if (c == NULL) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    errors_mark();
    c->pkey = pkey;
    c->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    ok = c->ctx != NULL && EVP_PKEY_verify_init(c->ctx) == 1;
    errors_drop();
    if (ok)
        return c;
    vd_checker_free(c);
    return NULL;
}

struct vd_checker *vd_checker_make(void)
{
    return wrap(import(VD_SPAN(generator))); /* any point will do until the first check */
}

struct vd_checker *vd_checker_copy(const struct vd_checker *from)
{
    EVP_PKEY *copy;
    errors_mark();
    copy = EVP_PKEY_dup(from->pkey);
    errors_drop();
    return wrap(copy);
}

void vd_checker_free(struct vd_checker *c)
{
    if (c == NULL)
        return;
    EVP_PKEY_CTX_free(c->ctx);
    EVP_PKEY_free(c->pkey);
    free(c);
}

enum attempt { NO_POINT = -2, NO_RESULT = -1, NOT_VERIFIED = 0, VERIFIED = 1 };

static enum attempt attempt(struct vd_checker *c, struct vd_span point,
                            const uint8_t digest[VD_SHA256], struct vd_span sig)
{
    enum attempt got = NO_POINT; /* an old point stays, and nothing is checked with it */
    errors_mark();
    if (EVP_PKEY_set1_encoded_public_key(c->pkey, point.p, point.n) == 1) {
        int verified = EVP_PKEY_verify(c->ctx, sig.p, sig.n, digest, VD_SHA256);
        got = verified < 0 ? NO_RESULT : verified == 1 ? VERIFIED : NOT_VERIFIED;
    }
    errors_drop();
    return got;
}

/* Does libcrypto work? With private key 1 and nonce 1, r is the generator's x and s is r + digest. */
static bool known_answer(struct vd_checker *c)
{
    static const uint8_t digest[VD_SHA256] = { [VD_SHA256 - 1] = 1 };
    uint8_t raw[VD_RAW_SIG], room[80];
    struct vd_buf der = VD_BUF_ON(room);
    struct vd_span x;

    if (!vd_span_slice(VD_SPAN(generator), 1, 32, &x) || !vd_copy(raw, 32, x) ||
        !vd_copy(raw + 32, 32, x))
        return false;
    raw[VD_RAW_SIG - 1]++; /* ends in 96 */
    return vd_sig_raw_to_der(VD_SPAN(raw), &der) &&
           attempt(c, VD_SPAN(generator), digest, vd_buf_span(&der)) == VERIFIED;
}

enum vd_check vd_checker_check(struct vd_checker *c, struct vd_span point,
                               const uint8_t digest[VD_SHA256], struct vd_span sig)
{
    enum attempt got;

    if (!vd_sig_der_valid(sig))
        return VD_CHECK_BAD;
    if (point.n != VD_POINT || point.p[0] != 0x04)
        return VD_CHECK_NO_KEY;
    got = attempt(c, point, digest, sig);
    if (got < 0) { /* as with import_point */
        if (!known_answer(c))
            return VD_CHECK_NO_MEMORY;
        got = attempt(c, point, digest, sig);
    }
    return got == VERIFIED   ? VD_CHECK_GOOD
           : got == NO_POINT ? VD_CHECK_NO_KEY
                             : VD_CHECK_BAD;
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
    got = import_point(point, &key);
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
