/* SPDX-License-Identifier: Apache-2.0
 *
 * seeded_key.c - a scalar, its point, and the pair as OpenSSL wants it.
 */
#include "seeded_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static EVP_PKEY *pair(const BIGNUM *scalar, const unsigned char point[65])
{
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key = NULL;

    if (b == NULL || ctx == NULL ||
        OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, point, 65) != 1 ||
        OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, scalar) != 1 ||
        (params = OSSL_PARAM_BLD_to_param(b)) == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEYPAIR, params) != 1)
        key = NULL;
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

EVP_PKEY *seeded_key(const char *name)
{
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *at = group == NULL ? NULL : EC_POINT_new(group);
    unsigned char digest[32], point[65];
    BIGNUM *scalar = NULL;
    EVP_PKEY *key = NULL;

    /* the chance that a digest is 0 or not below the order is 2^-32 */
    if (at != NULL && EVP_Digest(name, strlen(name), digest, NULL, EVP_sha256(), NULL) == 1 &&
        (scalar = BN_bin2bn(digest, sizeof digest, NULL)) != NULL &&
        EC_POINT_mul(group, at, scalar, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, at, POINT_CONVERSION_UNCOMPRESSED, point, sizeof point, NULL) == 65)
        key = pair(scalar, point);
    if (key == NULL) {
        (void)fputs("bench: no key\n", stderr);
        exit(70);
    }
    BN_free(scalar);
    EC_POINT_free(at);
    EC_GROUP_free(group);
    return key;
}
