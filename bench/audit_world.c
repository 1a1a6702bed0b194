/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_world.c - an inventory of devices under the PAIs of sync_world, each with a certificate of its own.
 *
 *   audit_world WORLD PAIS DEVICES    CSV on standard output: label, dac, pai (DER in base64)
 *
 * All DACs have one key: no signature over them is like another, which is what an audit checks.
 */
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>

#include "seeded_key.h"

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "audit_world: %s\n", what);
    exit(1);
}

struct issuer {
    X509 *certificate;
    EVP_PKEY *key;
    char *base64;
};

static char *base64_of(X509 *c)
{
    unsigned char *der = NULL;
    int n = i2d_X509(c, &der);
    char *text = n <= 0 ? NULL : malloc((size_t)n * 4 / 3 + 8);
    if (text == NULL)
        die("memory");
    EVP_EncodeBlock((unsigned char *)text, der, n);
    OPENSSL_free(der);
    return text;
}

static struct issuer issuer_of(const char *world, int k)
{
    struct issuer i;
    char name[4096];
    FILE *f;

    snprintf(name, sizeof name, "%s/pai%d.der", world, k);
    f = fopen(name, "rb");
    i.certificate = f == NULL ? NULL : d2i_X509_fp(f, NULL);
    if (i.certificate == NULL)
        die(name);
    fclose(f);
    snprintf(name, sizeof name, "Bench PAI %d", k);
    i.key = seeded_key(name);
    i.base64 = base64_of(i.certificate);
    return i;
}

static void extension(X509 *c, const struct issuer *i, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    X509V3_set_ctx(&ctx, i->certificate, c, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    if (e == NULL || X509_add_ext(c, e, -1) != 1)
        die(value);
    X509_EXTENSION_free(e);
}

/* The subject carries the PAI's vendor id; which one that is, its own subject says. */
static X509_NAME *subject_of(const struct issuer *i, long device)
{
    X509_NAME *n = X509_NAME_new(), *above = X509_get_subject_name(i->certificate);
    ASN1_OBJECT *vid = OBJ_txt2obj("1.3.6.1.4.1.37244.2.1", 1);
    ASN1_OBJECT *pid = OBJ_txt2obj("1.3.6.1.4.1.37244.2.2", 1);
    const X509_NAME_ENTRY *e = X509_NAME_get_entry(above, X509_NAME_get_index_by_OBJ(above, vid, -1));
    char cn[64];

    snprintf(cn, sizeof cn, "Device %ld", device);
    if (e == NULL || X509_NAME_add_entry_by_NID(n, NID_commonName, MBSTRING_UTF8,
                                                (const unsigned char *)cn, -1, -1, 0) != 1 ||
        X509_NAME_add_entry(n, e, -1, 0) != 1 ||
        X509_NAME_add_entry_by_OBJ(n, pid, V_ASN1_UTF8STRING, (const unsigned char *)"8000", 4, -1, 0) != 1)
        die("name");
    ASN1_OBJECT_free(vid);
    ASN1_OBJECT_free(pid);
    return n;
}

static void device(const struct issuer *i, EVP_PKEY *key, long number)
{
    X509 *c = X509_new();
    X509_NAME *subject = subject_of(i, number);
    char *text;

    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), 1000000 + number);
    X509_set_subject_name(c, subject);
    X509_set_issuer_name(c, X509_get_subject_name(i->certificate));
    X509_gmtime_adj(X509_getm_notBefore(c), -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), 86400 * 3650L);
    X509_set_pubkey(c, key);
    extension(c, i, NID_basic_constraints, "critical,CA:FALSE");
    extension(c, i, NID_key_usage, "critical,digitalSignature");
    extension(c, i, NID_subject_key_identifier, "hash");
    extension(c, i, NID_authority_key_identifier, "keyid:always");
    if (X509_sign(c, i->key, EVP_sha256()) == 0)
        die("signature");
    text = base64_of(c);
    printf("device-%ld,%s,%s\n", number, text, i->base64);
    free(text);
    X509_NAME_free(subject);
    X509_free(c);
}

int main(int argc, char **argv)
{
    EVP_PKEY *key = seeded_key("Bench device");
    struct issuer *issuers;
    int pais;
    long devices;

    if (argc != 4 || (pais = atoi(argv[2])) <= 0 || (devices = strtol(argv[3], NULL, 10)) <= 0)
        die("WORLD PAIS DEVICES");
    issuers = calloc((size_t)pais, sizeof *issuers);
    if (issuers == NULL)
        die("memory");
    for (int k = 0; k < pais; k++)
        issuers[k] = issuer_of(argv[1], k);
    printf("label,dac,pai\n");
    for (long d = 0; d < devices; d++)
        device(&issuers[d % pais], key, d);
    for (int k = 0; k < pais; k++) {
        X509_free(issuers[k].certificate);
        EVP_PKEY_free(issuers[k].key);
        free(issuers[k].base64);
    }
    free(issuers);
    EVP_PKEY_free(key);
    return fflush(stdout) == 0 ? 0 : 1;
}
