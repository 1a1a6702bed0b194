/* SPDX-License-Identifier: Apache-2.0
 *
 * key.c - private keys and signing, for publishers and for assembling test vectors.
 *
 * PEM files of the operator are read by libcrypto's own decoder: this is neither hot nor hostile.
 */
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "der.h"
#include "sig.h"

struct vd_key {
    EVP_PKEY *pkey;
};

static struct vd_key *wrap(EVP_PKEY *pkey)
{
    struct vd_key *k = pkey == NULL ? NULL : calloc(1, sizeof *k);
    uint8_t point[VD_POINT];

    if (k == NULL) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    k->pkey = pkey;
    if (EVP_PKEY_is_a(pkey, "ED25519") == 1)
        return k;
    if (!vd_key_point(k, point) || vd_point_check(VD_SPAN(point)) != VD_CHECK_GOOD) { /* some other curve */
        vd_key_free(k);
        return NULL;
    }
    return k;
}

struct vd_key *vd_key_generate(void)
{
    struct vd_key *k;
    (void)ERR_set_mark();
    k = wrap(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256"));
    (void)ERR_pop_to_mark();
    return k;
}

struct vd_key *vd_key_generate_ed25519(void)
{
    struct vd_key *k;
    (void)ERR_set_mark();
    k = wrap(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"));
    (void)ERR_pop_to_mark();
    return k;
}

static int no_passphrase(char *buf, int size, int rwflag, void *u)
{
    (void)buf, (void)size, (void)rwflag, (void)u;
    return -1; /* never ask the terminal */
}

struct vd_key *vd_key_read_pem(struct vd_span pem)
{
    EVP_PKEY *pkey = NULL;
    BIO *bio;

    (void)ERR_set_mark(); /* decoders leave errors behind even when one of them succeeds */
    bio = pem.n > 0 && pem.n <= 65536 ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
    if (bio != NULL)
        pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
    (void)ERR_pop_to_mark();
    BIO_free(bio);
    return wrap(pkey);
}

static bool derive_point(struct vd_span scalar, uint8_t ret[VD_POINT])
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *d = BN_bin2bn(scalar.p, (int)scalar.n, NULL);
    bool ok = point != NULL && d != NULL && EC_POINT_mul(group, point, d, NULL, NULL, NULL) == 1 &&
              EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, ret, VD_POINT,
                                 NULL) == VD_POINT;
    BN_clear_free(d);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return ok;
}

bool vd_key_scalar_valid(struct vd_span scalar)
{
    static const uint8_t zero[32];
    static const uint8_t order[32] = { 0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
                                       0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51 };
    return scalar.n == 32 && !vd_span_eq(scalar, VD_SPAN(zero)) && vd_span_cmp(scalar, VD_SPAN(order)) < 0;
}

static EVP_PKEY *pkey_from_scalar(struct vd_span scalar)
{
    uint8_t point[VD_POINT];
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *ctx = NULL;
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *bld = NULL;
    BIGNUM *d = NULL;

    if (!derive_point(scalar, point))
        return NULL;
    d = BN_secure_new();
    bld = OSSL_PARAM_BLD_new();
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (d != NULL && bld != NULL && ctx != NULL && BN_bin2bn(scalar.p, 32, d) != NULL &&
        OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY, point, VD_POINT) == 1 &&
        OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1 &&
        (params = OSSL_PARAM_BLD_to_param(bld)) != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
        (void)EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEYPAIR, params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    EVP_PKEY_CTX_free(ctx);
    BN_clear_free(d);
    return pkey;
}

struct vd_key *vd_key_from_scalar(struct vd_span scalar)
{
    struct vd_key *key;
    (void)ERR_set_mark();
    key = wrap(vd_key_scalar_valid(scalar) ? pkey_from_scalar(scalar) : NULL);
    (void)ERR_pop_to_mark();
    return key;
}

void vd_key_free(struct vd_key *k)
{
    if (k == NULL)
        return;
    EVP_PKEY_free(k->pkey);
    free(k);
}

static bool pkey_point(const EVP_PKEY *pkey, uint8_t ret[VD_POINT])
{
    char group[32];
    size_t n = 0;
    bool ok;

    (void)ERR_set_mark();
    ok = EVP_PKEY_is_a(pkey, "EC") == 1 &&
         EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                        NULL) == 1 &&
         vd_span_is(vd_span_str(group), "prime256v1") &&
         EVP_PKEY_get_octet_string_param(pkey, OSSL_PKEY_PARAM_PUB_KEY, ret, VD_POINT, &n) == 1 &&
         n == VD_POINT;
    (void)ERR_pop_to_mark();
    return ok;
}

bool vd_key_point(const struct vd_key *k, uint8_t ret[VD_POINT])
{
    return pkey_point(k->pkey, ret);
}

static bool bio_to_buf(BIO *bio, bool written, struct vd_buf *out)
{
    char *text = NULL;
    long n = written ? BIO_get_mem_data(bio, &text) : 0;
    return n > 0 && vd_buf_put(out, vd_span_of(text, (size_t)n));
}

bool vd_key_private_pem(const struct vd_key *k, struct vd_buf *out)
{
    BIO *bio;
    bool ok;

    (void)ERR_set_mark();
    bio = BIO_new(BIO_s_mem());
    ok = bio != NULL &&
         bio_to_buf(bio, PEM_write_bio_PKCS8PrivateKey(bio, k->pkey, NULL, NULL, 0, NULL, NULL) == 1, out);
    BIO_free(bio);
    (void)ERR_pop_to_mark();
    return ok;
}

bool vd_key_public_pem(const struct vd_key *k, struct vd_buf *out)
{
    BIO *bio;
    bool ok;

    (void)ERR_set_mark();
    bio = BIO_new(BIO_s_mem());
    ok = bio != NULL && bio_to_buf(bio, PEM_write_bio_PUBKEY(bio, k->pkey) == 1, out);
    BIO_free(bio);
    (void)ERR_pop_to_mark();
    return ok;
}

static EVP_PKEY *read_public(struct vd_span pem)
{
    EVP_PKEY *pkey = NULL;
    BIO *bio;

    (void)ERR_set_mark();
    bio = pem.n > 0 && pem.n <= 65536 ? BIO_new_mem_buf(pem.p, (int)pem.n) : NULL;
    if (bio != NULL)
        pkey = PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
    (void)ERR_pop_to_mark();
    BIO_free(bio);
    return pkey;
}

bool vd_public_pem_point(struct vd_span pem, uint8_t ret[VD_POINT])
{
    EVP_PKEY *pkey = read_public(pem);
    bool ok = pkey != NULL && pkey_point(pkey, ret);
    EVP_PKEY_free(pkey);
    return ok;
}

static bool pkey_public(const EVP_PKEY *pkey, struct vd_public *ret)
{
    struct vd_public k = { .algorithm = VD_SIGN_P256, .n = VD_POINT };
    size_t n = VD_ED25519;
    bool ok;

    if (EVP_PKEY_is_a(pkey, "ED25519") == 1) {
        k.algorithm = VD_SIGN_ED25519;
        k.n = VD_ED25519;
        (void)ERR_set_mark();
        ok = EVP_PKEY_get_raw_public_key(pkey, k.p, &n) == 1 && n == VD_ED25519;
        (void)ERR_pop_to_mark();
        if (!ok)
            return false;
    } else if (!pkey_point(pkey, k.p) || vd_point_check(VD_SPAN(k.p)) != VD_CHECK_GOOD) {
        return false;
    }
    *ret = k;
    return true;
}

struct vd_span vd_public_span(const struct vd_public *k)
{
    return vd_span_of(k->p, k->n);
}

bool vd_public_pem_read(struct vd_span pem, struct vd_public *ret)
{
    EVP_PKEY *pkey = read_public(pem);
    bool ok = pkey != NULL && pkey_public(pkey, ret);
    EVP_PKEY_free(pkey);
    return ok;
}

bool vd_key_public(const struct vd_key *k, struct vd_public *ret)
{
    return pkey_public(k->pkey, ret);
}

enum vd_check vd_public_key_check(uint16_t algorithm, struct vd_span key)
{
    bool can_be;

    if (algorithm == VD_SIGN_P256)
        return vd_point_check(key);
    can_be = algorithm == VD_SIGN_ED25519 ? key.n == VD_ED25519 : algorithm != 0 && key.n > 0;
    return can_be ? VD_CHECK_GOOD : VD_CHECK_NO_KEY;
}

bool vd_key_has_ed25519(void)
{
    EVP_PKEY_CTX *ctx;
    (void)ERR_set_mark();
    ctx = EVP_PKEY_CTX_new_from_name(NULL, "ED25519", NULL);
    (void)ERR_pop_to_mark();
    EVP_PKEY_CTX_free(ctx);
    return ctx != NULL;
}

static EVP_PKEY *ed25519_key(struct vd_span key)
{
    return EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key.p, key.n);
}

/* As with points: any 32 octets make a key where libcrypto has the algorithm, so a failure counts only while
 * something known succeeds, and after a second try. */
static enum vd_check import_ed25519(struct vd_span key, EVP_PKEY **ret)
{
    struct vd_checker *known;

    *ret = key.n == VD_ED25519 ? ed25519_key(key) : NULL;
    if (*ret != NULL || key.n != VD_ED25519)
        return *ret != NULL ? VD_CHECK_GOOD : VD_CHECK_NO_KEY;
    known = vd_checker_make();
    vd_checker_free(known);
    if (known == NULL)
        return VD_CHECK_NO_MEMORY;
    *ret = ed25519_key(key);
    return *ret != NULL ? VD_CHECK_GOOD : VD_CHECK_NO_KEY;
}

static enum vd_check check_ed25519(struct vd_span key, struct vd_span message,
                                   struct vd_span signature)
{
    EVP_PKEY *pkey = NULL;
    EVP_MD_CTX *ctx;
    enum vd_check got;
    int verified;

    (void)ERR_set_mark();
    ctx = EVP_MD_CTX_new();
    got = import_ed25519(key, &pkey);
    if (got == VD_CHECK_GOOD) {
        got = VD_CHECK_NO_MEMORY;
        if (ctx != NULL && EVP_DigestVerifyInit_ex(ctx, NULL, NULL, NULL, NULL, pkey, NULL) == 1) {
            verified = EVP_DigestVerify(ctx, signature.p, signature.n, message.p, message.n);
            got = verified < 0    ? VD_CHECK_NO_MEMORY
                  : verified == 1 ? VD_CHECK_GOOD
                                  : VD_CHECK_BAD;
        }
    }
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    (void)ERR_pop_to_mark();
    return got;
}

enum vd_check vd_public_check(uint16_t algorithm, struct vd_span key, struct vd_span message,
                              struct vd_span signature)
{
    if (signature.n != VD_RAW_SIG)
        return VD_CHECK_BAD;
    if (algorithm == VD_SIGN_P256)
        return vd_sig_check_raw(key, message, VD_NO_SPAN, signature);
    return algorithm == VD_SIGN_ED25519 ? check_ed25519(key, message, signature) : VD_CHECK_NO_KEY;
}

/* r and s, left-padded to 32 octets each. */
bool vd_sig_der_to_raw(struct vd_span der, uint8_t ret[VD_RAW_SIG])
{
    struct vd_span seq, part[2];
    vd_zero(ret, VD_RAW_SIG);
    if (!vd_sig_der_valid(der) || !vd_der_take(&der, DER_SEQUENCE, &seq))
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!vd_der_take(&seq, DER_INTEGER, &part[i]) || !vd_der_magnitude(part[i], &part[i]) ||
            part[i].n > 32 || !vd_copy(ret + 32 * i + 32 - part[i].n, part[i].n, part[i]))
            return false;
    }
    return true;
}

bool vd_key_sign_raw(const struct vd_key *k, struct vd_span message, uint8_t ret[VD_RAW_SIG])
{
    EVP_MD_CTX *ctx;
    uint8_t der[80];
    size_t n = sizeof der;
    bool ok;

    (void)ERR_set_mark();
    ctx = EVP_MD_CTX_new();
    ok = ctx != NULL &&
              EVP_DigestSignInit_ex(ctx, NULL, "SHA256", NULL, NULL, k->pkey, NULL) == 1 &&
              EVP_DigestSign(ctx, der, &n, message.p, message.n) == 1 &&
              vd_sig_der_to_raw((struct vd_span){ der, n }, ret);
    EVP_MD_CTX_free(ctx);
    (void)ERR_pop_to_mark();
    return ok;
}

static bool sign_ed25519(const struct vd_key *k, struct vd_span message, uint8_t ret[VD_RAW_SIG])
{
    EVP_MD_CTX *ctx;
    size_t n = VD_RAW_SIG;
    bool ok;

    (void)ERR_set_mark();
    ctx = EVP_MD_CTX_new();
    ok = ctx != NULL && EVP_DigestSignInit_ex(ctx, NULL, NULL, NULL, NULL, k->pkey, NULL) == 1 &&
         EVP_DigestSign(ctx, ret, &n, message.p, message.n) == 1 && n == VD_RAW_SIG;
    EVP_MD_CTX_free(ctx);
    (void)ERR_pop_to_mark();
    return ok;
}

bool vd_key_sign(const struct vd_key *k, struct vd_span message, uint8_t ret[VD_RAW_SIG])
{
    return EVP_PKEY_is_a(k->pkey, "ED25519") == 1 ? sign_ed25519(k, message, ret)
                                                  : vd_key_sign_raw(k, message, ret);
}
