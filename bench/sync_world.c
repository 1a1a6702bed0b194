/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_world.c - a ledger's world of any size for bench_sync: PAAs, PAIs, and a CRL and a point for each PAI.
 *
 *   sync_world DIR PAAS PAIS HOSTS PORT     host i is 127.0.(i / 250).(i % 250 + 1)
 *
 * Beside ledger.json and the files that it names: anchors.txt, the SHA-256 of each PAA.
 */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static void die(const char *what)
{
    fprintf(stderr, "sync_world: %s\n", what);
    exit(1);
}

static const char *folder;

static FILE *create(const char *name)
{
    char path[4096];
    FILE *f;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    if (f == NULL)
        die(path);
    return f;
}

static void extension(X509 *c, X509 *issuer, X509_CRL *crl, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    X509V3_set_ctx(&ctx, issuer, c, NULL, crl, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    if (e == NULL || (c != NULL ? X509_add_ext(c, e, -1) : X509_CRL_add_ext(crl, e, -1)) != 1)
        die(value);
    X509_EXTENSION_free(e);
}

static X509_NAME *name_of(const char *cn, unsigned vid)
{
    X509_NAME *n = X509_NAME_new();
    char text[8];
    ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.37244.2.1", 1);
    snprintf(text, sizeof text, "%04X", vid);
    if (X509_NAME_add_entry_by_NID(n, NID_commonName, MBSTRING_UTF8, (const unsigned char *)cn, -1,
                                   -1, 0) != 1 ||
        (vid != 0 && X509_NAME_add_entry_by_OBJ(n, oid, V_ASN1_UTF8STRING,
                                                (const unsigned char *)text, -1, -1, 0) != 1))
        die("name");
    ASN1_OBJECT_free(oid);
    return n;
}

static X509 *certificate(const char *cn, unsigned vid, EVP_PKEY *key, X509 *issuer,
                         EVP_PKEY *issuer_key, long serial)
{
    X509 *c = X509_new();
    X509_NAME *subject = name_of(cn, vid);

    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), serial);
    X509_set_subject_name(c, subject);
    X509_set_issuer_name(c, issuer == NULL ? subject : X509_get_subject_name(issuer));
    X509_gmtime_adj(X509_getm_notBefore(c), -86400);
    X509_gmtime_adj(X509_getm_notAfter(c), 86400 * 3650L);
    X509_set_pubkey(c, key);
    extension(c, c, NULL, NID_basic_constraints,
              issuer == NULL ? "critical,CA:TRUE,pathlen:1" : "critical,CA:TRUE,pathlen:0");
    extension(c, c, NULL, NID_key_usage, "critical,keyCertSign,cRLSign");
    extension(c, c, NULL, NID_subject_key_identifier, "hash");
    extension(c, issuer == NULL ? c : issuer, NULL, NID_authority_key_identifier, "keyid:always");
    if (X509_sign(c, issuer_key, EVP_sha256()) == 0)
        die("signature");
    X509_NAME_free(subject);
    return c;
}

static void write_certificate(const char *name, X509 *c)
{
    FILE *f = create(name);
    if (i2d_X509_fp(f, c) != 1 || fclose(f) != 0)
        die(name);
}

static void write_crl(const char *name, X509 *issuer, EVP_PKEY *key)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *t = ASN1_TIME_new();
    FILE *f = create(name);

    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(issuer));
    X509_CRL_set1_lastUpdate(crl, X509_gmtime_adj(t, -3600));
    X509_CRL_set1_nextUpdate(crl, X509_gmtime_adj(t, 86400 * 30));
    for (long i = 0; i < 20; i++) {
        X509_REVOKED *r = X509_REVOKED_new();
        ASN1_INTEGER *serial = ASN1_INTEGER_new();
        ASN1_INTEGER_set(serial, 0x40000000 + i * 977);
        X509_REVOKED_set_serialNumber(r, serial);
        X509_REVOKED_set_revocationDate(r, X509_gmtime_adj(t, -7200));
        X509_CRL_add0_revoked(crl, r);
        ASN1_INTEGER_free(serial);
    }
    extension(NULL, issuer, crl, NID_authority_key_identifier, "keyid:always");
    {
        ASN1_INTEGER *n = ASN1_INTEGER_new();
        ASN1_INTEGER_set(n, 1);
        X509_CRL_add1_ext_i2d(crl, NID_crl_number, n, 0, 0);
        ASN1_INTEGER_free(n);
    }
    X509_CRL_sort(crl);
    if (X509_CRL_sign(crl, key, EVP_sha256()) == 0 || i2d_X509_CRL_fp(f, crl) != 1 || fclose(f) != 0)
        die(name);
    ASN1_TIME_free(t);
    X509_CRL_free(crl);
}

static void put_hex(FILE *f, const unsigned char *p, int n)
{
    for (int i = 0; i < n; i++)
        fprintf(f, "%02X", p[i]);
}

int main(int argc, char **argv)
{
    FILE *ledger, *anchors, *points;
    char name[64], cn[64];
    int paas, pais, hosts, port;

    if (argc != 6)
        die("DIR PAAS PAIS HOSTS PORT");
    folder = argv[1];
    paas = atoi(argv[2]);
    pais = atoi(argv[3]);
    hosts = atoi(argv[4]);
    port = atoi(argv[5]);
    mkdir(folder, 0755);
    ledger = create("ledger.json");
    anchors = create("anchors.txt");
    points = tmpfile();
    fprintf(ledger, "{\"certificates\":[");
    for (int i = 0; i < paas; i++) {
        EVP_PKEY *paa_key = EVP_EC_gen("P-256");
        unsigned char digest[32];
        X509 *paa;
        snprintf(cn, sizeof cn, "Bench PAA %d", i);
        paa = certificate(cn, 0, paa_key, NULL, paa_key, 100 + i);
        snprintf(name, sizeof name, "paa%d.der", i);
        write_certificate(name, paa);
        X509_digest(paa, EVP_sha256(), digest, NULL);
        put_hex(anchors, digest, 32);
        fputc('\n', anchors);
        for (int k = i; k < pais; k += paas) {
            const unsigned vid = 0x1000u + (unsigned)i;
            EVP_PKEY *key = EVP_EC_gen("P-256");
            X509 *pai;
            snprintf(cn, sizeof cn, "Bench PAI %d", k);
            pai = certificate(cn, vid, key, paa, paa_key, 1000 + k);
            snprintf(name, sizeof name, "pai%d.der", k);
            write_certificate(name, pai);
            fprintf(ledger, "%s\n{\"file\":\"%s\"}", i == 0 && k == i ? "" : ",", name);
            fprintf(points, "%s\n{\"vid\":%u,\"pid\":0,\"is_paa\":false,\"label\":\"l%d\",\"issuer_key_id\":\"",
                    i == 0 && k == i ? "" : ",", vid, k);
            put_hex(points, ASN1_STRING_get0_data(X509_get0_subject_key_id(pai)), 20);
            fprintf(points, "\",\"signer_file\":\"%s\",\"url_path\":\"http://127.0.%d.%d:%d/crl/%d\"}",
                    name, k % hosts / 250, k % hosts % 250 + 1, port, k);
            snprintf(name, sizeof name, "crl%d", k);
            write_crl(name, pai, key);
            X509_free(pai);
            EVP_PKEY_free(key);
        }
        X509_free(paa);
        EVP_PKEY_free(paa_key);
    }
    fprintf(ledger, "],\n\"root_certificates\":[");
    for (int i = 0; i < paas; i++)
        fprintf(ledger, "%s{\"file\":\"paa%d.der\"}", i ? "," : "", i);
    fprintf(ledger, "],\n\"revocation_points\":[");
    rewind(points);
    for (int c; (c = fgetc(points)) != EOF;)
        fputc(c, ledger);
    fprintf(ledger, "],\n\"crls\":{}}\n");
    return fclose(ledger) == 0 && fclose(anchors) == 0 ? 0 : 1;
}
