/* SPDX-License-Identifier: Apache-2.0
 *
 * opinion.c - OpenSSL's opinion on chains, declarations and attestation signatures.
 */
#include "opinion.h"

#include <openssl/cms.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "der.h"
#include "die.h"
#include "files.h"

/* ---- reading ---- */

void opinion_read(const char *folder, const char *name, struct buf *ret)
{
    struct buf path = { .p = NULL };
    buf_fmt(&path, "%s/%s", folder, name);
    files_read(buf_str(&path), ret);
    buf_free(&path);
}

bool opinion_has(const char *folder, const char *name)
{
    struct buf path = { .p = NULL };
    bool there;
    buf_fmt(&path, "%s/%s", folder, name);
    there = files_exists(buf_str(&path));
    buf_free(&path);
    return there;
}

X509 *opinion_cert(const char *folder, const char *name)
{
    struct buf der = { .p = NULL };
    const unsigned char *p;
    X509 *cert;

    opinion_read(folder, name, &der);
    p = der.p;
    cert = d2i_X509(NULL, &p, (long)der.n);
    buf_free(&der);
    return cert;
}

/* Every certificate of a folder; those that do not parse are left out. */
STACK_OF(X509) * opinion_certs(const char *parent, const char *name)
{
    STACK_OF(X509) *all = sk_X509_new_null();
    struct buf folder = { .p = NULL };
    size_t n = 0;
    char **names = NULL;

    buf_fmt(&folder, "%s/%s", parent, name);
    if (opinion_has(parent, name))
        names = files_list(buf_str(&folder), ".der", &n);
    for (size_t i = 0; i < n; i++) {
        X509 *cert = opinion_cert(buf_str(&folder), names[i]);
        if (cert != NULL && sk_X509_push(all, cert) == 0)
            die(DIE_INTERNAL, "out of memory");
        free(names[i]);
    }
    free(names);
    buf_free(&folder);
    return all;
}

/* ---- the three questions ---- */

static time_t not_before(const X509 *cert)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);

    if (epoch == NULL || !ASN1_TIME_diff(&days, &seconds, epoch, X509_get0_notBefore(cert)))
        die(DIE_INTERNAL, "ASN1_TIME_diff failed");
    ASN1_TIME_free(epoch);
    return (time_t)days * 86400 + seconds;
}

bool opinion_chain(X509 *dac, X509 *pai, STACK_OF(X509) * anchors)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    bool ok;

    for (int i = 0; i < sk_X509_num(anchors); i++)
        (void)X509_STORE_add_cert(store, sk_X509_value(anchors, i));
    if (!sk_X509_push(between, pai) || !X509_STORE_CTX_init(ctx, store, dac, between))
        die(DIE_INTERNAL, "X509_STORE_CTX_init failed");
    X509_STORE_CTX_set_flags(ctx, X509_V_FLAG_X509_STRICT);
    X509_STORE_CTX_set_time(ctx, X509_V_FLAG_X509_STRICT, not_before(dac));
    ok = X509_verify_cert(ctx) == 1;
    sk_X509_free(between);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    return ok;
}

/* The declaration is the first member of the elements, with a length of two octets. */
bool opinion_declaration(const struct buf *elements, STACK_OF(X509) * signers)
{
    const unsigned char *p = elements->p + 5;
    size_t n = elements->n < 5 ? 0 : (size_t)elements->p[3] | (size_t)elements->p[4] << 8;
    CMS_ContentInfo *cms = n + 5 > elements->n ? NULL : d2i_CMS_ContentInfo(NULL, &p, (long)n);
    BIO *out = BIO_new(BIO_s_mem());
    bool ok = cms != NULL && CMS_verify(cms, signers, NULL, NULL, out,
                                        CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY | CMS_NOINTERN) == 1;
    BIO_free(out);
    CMS_ContentInfo_free(cms);
    return ok;
}

bool opinion_response(X509 *dac, const struct buf *elements, const struct buf *challenge,
                      const struct buf *signature)
{
    struct buf both = { .p = NULL }, values = { .p = NULL }, der = { .p = NULL };
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = signature->n == 64;

    buf_join(&both, elements);
    buf_join(&both, challenge);
    if (ok)
        der_ecdsa(&values, signature->p);
    der_put(&der, 0x30, values.p, values.n);
    ok = ok && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, X509_get0_pubkey(dac)) == 1 &&
         EVP_DigestVerify(ctx, der.p, der.n, both.p, both.n) == 1;
    EVP_MD_CTX_free(ctx);
    buf_free(&both);
    buf_free(&values);
    buf_free(&der);
    return ok;
}
