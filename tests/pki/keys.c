/* SPDX-License-Identifier: Apache-2.0
 *
 * keys.c - private keys by label, and signatures with them.
 *
 * ECDSA is written out over OpenSSL's curve arithmetic: OpenSSL 3.0 signs with random nonces only,
 * and a seeded run has to give the same bytes again. This is test code; its timing leaks.
 */
#include "keys.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

struct slot {
    struct key key;
    BIGNUM *d;
    struct slot *next;
};

struct keys {
    char *seed;
    EC_GROUP *p256, *k1;
    BN_CTX *ctx;
    struct slot *slots;
};

static void must(int ok, const char *what)
{
    if (!ok)
        die(DIE_INTERNAL, "libcrypto: %s failed", what);
}

void keys_sha256(const void *p, size_t n, uint8_t ret[32])
{
    must(EVP_Digest(p, n, ret, NULL, EVP_sha256(), NULL), "SHA-256");
}

struct keys *keys_new(const char *seed)
{
    struct keys *k = calloc(1, sizeof *k);

    if (k == NULL || (seed != NULL && (k->seed = strdup(seed)) == NULL))
        die(DIE_INTERNAL, "out of memory");
    k->p256 = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    k->k1 = EC_GROUP_new_by_curve_name(NID_secp256k1);
    k->ctx = BN_CTX_new();
    must(k->p256 != NULL && k->k1 != NULL && k->ctx != NULL, "curves");
    return k;
}

void keys_free(struct keys *k)
{
    while (k->slots != NULL) {
        struct slot *s = k->slots;
        k->slots = s->next;
        BN_free(s->d);
        free(s);
    }
    EC_GROUP_free(k->p256);
    EC_GROUP_free(k->k1);
    BN_CTX_free(k->ctx);
    free(k->seed);
    free(k);
}

/* SHA-256 of purpose, seed, label and extra octets, each ended by a zero octet. */
static void derive(const struct keys *k, const char *purpose, const char *label,
                   const uint8_t *extra, size_t n, uint8_t ret[32])
{
    struct buf b = { .p = NULL };

    buf_add(&b, purpose, strlen(purpose) + 1);
    buf_add(&b, k->seed, strlen(k->seed) + 1);
    buf_add(&b, label, strlen(label) + 1);
    buf_add(&b, extra, n);
    keys_sha256(b.p, b.n, ret);
    buf_free(&b);
}

void keys_octets(struct keys *k, const char *label, uint8_t *ret, size_t n)
{
    uint8_t octets[32];

    if (k->seed != NULL)
        derive(k, "octets", label, NULL, 0, octets);
    else
        must(RAND_bytes(octets, sizeof octets), "RAND_bytes");
    memcpy(ret, octets, n);
}

/* A number in 1..order-1: derived, or random. */
static void scalar(const struct keys *k, const char *purpose, const char *label,
                   const uint8_t *extra, size_t n, const BIGNUM *order, BIGNUM *ret)
{
    uint8_t octets[32];
    BIGNUM *top = BN_dup(order);

    must(top != NULL && BN_sub_word(top, 1), "BN_sub_word");
    if (k->seed != NULL) {
        derive(k, purpose, label, extra, n, octets);
        must(BN_bin2bn(octets, sizeof octets, ret) != NULL && BN_mod(ret, ret, top, k->ctx),
             "BN_mod");
    } else {
        must(BN_priv_rand_range(ret, top), "BN_priv_rand_range");
    }
    must(BN_add_word(ret, 1), "BN_add_word");
    BN_free(top);
}

static void fill_public(struct keys *k, struct slot *s)
{
    const EC_GROUP *group = s->key.k1 ? k->k1 : k->p256;
    EC_POINT *q = EC_POINT_new(group);

    must(q != NULL && EC_POINT_mul(group, q, s->d, NULL, NULL, k->ctx) &&
             EC_POINT_point2oct(group, q, POINT_CONVERSION_UNCOMPRESSED, s->key.point,
                                sizeof s->key.point, k->ctx) == sizeof s->key.point,
         "EC_POINT_mul");
    EC_POINT_free(q);
    must(EVP_Digest(s->key.point, sizeof s->key.point, s->key.id, NULL, EVP_sha1(), NULL), "SHA-1");
}

static struct slot *find(struct keys *k, const char *label)
{
    struct slot *s;

    for (s = k->slots; s != NULL; s = s->next) {
        if (strcmp(s->key.label, label) == 0)
            return s;
    }
    s = calloc(1, sizeof *s);
    if (s == NULL || (s->d = BN_new()) == NULL)
        die(DIE_INTERNAL, "out of memory");
    if (label[0] == 0 || strlen(label) >= sizeof s->key.label)
        die(DIE_CASE, "\"%s\" cannot name a key", label);
    memcpy(s->key.label, label, strlen(label));
    s->key.k1 = strncmp(label, "k1:", 3) == 0;
    scalar(k, "key", label, NULL, 0, EC_GROUP_get0_order(s->key.k1 ? k->k1 : k->p256), s->d);
    fill_public(k, s);
    s->next = k->slots;
    k->slots = s;
    return s;
}

const struct key *keys_get(struct keys *k, const char *label)
{
    return &find(k, label)->key;
}

/* r = x(nonce * G) mod n, s = (z + r d) / nonce mod n */
static void ecdsa(struct keys *k, const EC_GROUP *group, const BIGNUM *d, const BIGNUM *z,
                  BIGNUM *nonce, BIGNUM *r, BIGNUM *s)
{
    const BIGNUM *n = EC_GROUP_get0_order(group);
    EC_POINT *point = EC_POINT_new(group);

    must(point != NULL && EC_POINT_mul(group, point, nonce, NULL, NULL, k->ctx) &&
             EC_POINT_get_affine_coordinates(group, point, r, NULL, k->ctx) &&
             BN_nnmod(r, r, n, k->ctx) && BN_mod_mul(s, r, d, n, k->ctx) &&
             BN_mod_add(s, s, z, n, k->ctx) && BN_mod_inverse(nonce, nonce, n, k->ctx) != NULL &&
             BN_mod_mul(s, s, nonce, n, k->ctx) && !BN_is_zero(r) && !BN_is_zero(s),
         "ECDSA");
    EC_POINT_free(point);
}

/* s and n - s are both valid; puts the wanted one into s. */
static void choose_s(const BIGNUM *n, enum keys_form form, BIGNUM *s)
{
    BIGNUM *other = BN_new();

    must(other != NULL && BN_sub(other, n, s), "BN_sub");
    if ((form == KEYS_LOW_S && BN_cmp(other, s) < 0) ||
        (form == KEYS_HIGH_S && BN_cmp(other, s) > 0))
        must(BN_copy(s, other) != NULL, "BN_copy");
    BN_free(other);
}

void keys_sign(struct keys *k, const char *label, const struct buf *message, enum keys_form form,
               uint8_t ret[64])
{
    const struct slot *slot = find(k, label);
    const EC_GROUP *group = slot->key.k1 ? k->k1 : k->p256;
    const BIGNUM *n = EC_GROUP_get0_order(group);
    uint8_t digest[32];
    BIGNUM *z, *nonce, *r, *s;

    keys_sha256(message->p, message->n, digest);
    BN_CTX_start(k->ctx);
    z = BN_CTX_get(k->ctx);
    nonce = BN_CTX_get(k->ctx);
    r = BN_CTX_get(k->ctx);
    s = BN_CTX_get(k->ctx);
    must(s != NULL && BN_bin2bn(digest, sizeof digest, z) != NULL, "BN_bin2bn");
    scalar(k, "nonce", label, digest, sizeof digest, n, nonce);
    ecdsa(k, group, slot->d, z, nonce, r, s);
    choose_s(n, form, s);
    must(BN_bn2binpad(r, ret, 32) == 32 && BN_bn2binpad(s, ret + 32, 32) == 32, "BN_bn2binpad");
    BN_CTX_end(k->ctx);
}
