/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_world.c - a ledger's world of any size for bench_sync: PAAs, PAIs, and a CRL and a point for each PAI.
 *
 *   sync_world DIR PAAS PAIS HOSTS PORT [ENTRIES]   host i is 127.0.(i / 250).(i % 250 + 1); of each CRL, 20
 *   sync_world again DIR PAIS ENTRIES MORE DAYS     the CRLs as they are DAYS later, with MORE entries in all
 *
 * Beside ledger.json and the files that it names: anchors.txt, the SHA-256 of each PAA. Keys and serials
 * are the same in every run.
 */
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "seeded_key.h"

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

static void extension(X509 *c, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    X509V3_set_ctx(&ctx, issuer, c, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    if (e == NULL || X509_add_ext(c, e, -1) != 1)
        die(value);
    X509_EXTENSION_free(e);
}

static X509_NAME *name_of(const char *cn, unsigned vid)
{
    X509_NAME *n = X509_NAME_new();
    char text[12];
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
    extension(c, c, NID_basic_constraints,
              issuer == NULL ? "critical,CA:TRUE,pathlen:1" : "critical,CA:TRUE,pathlen:0");
    extension(c, c, NID_key_usage, "critical,keyCertSign,cRLSign");
    extension(c, c, NID_subject_key_identifier, "hash");
    extension(c, issuer == NULL ? c : issuer, NID_authority_key_identifier, "keyid:always");
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

/* ---- a CRL, written octet by octet: a million of OpenSSL's entries would take seconds ---- */

#define ENTRY 35u /* SEQUENCE, INTEGER of 16 octets, UTCTime */

static size_t put(uint8_t *to, const void *p, size_t n)
{
    memcpy(to, p, n);
    return n;
}

static size_t put_header(uint8_t *to, uint8_t tag, size_t n)
{
    size_t width = n > 0xFFFFFF ? 4 : n > 0xFFFF ? 3 : n > 0xFF ? 2 : n > 0x7F ? 1 : 0;
    to[0] = tag;
    to[1] = (uint8_t)(width == 0 ? n : 0x80 | width);
    for (size_t i = 0; i < width; i++)
        to[2 + i] = (uint8_t)(n >> (8 * (width - 1 - i)));
    return 2 + width;
}

static size_t put_time(uint8_t *to, time_t t)
{
    struct tm tm;
    char text[24];
    if (gmtime_r(&t, &tm) == NULL || strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &tm) != 15)
        die("time");
    return put_header(to, 0x17, 13) + put(to + 2, text + 2, 13); /* UTCTime has no century */
}

static size_t put_entries(uint8_t *to, unsigned issuer, size_t n, time_t at)
{
    uint8_t date[15];
    put_time(date, at);
    for (size_t i = 0; i < n; i++, to += ENTRY) {
        uint64_t x = ((uint64_t)issuer << 32 | i) * UINT64_C(0x9E3779B97F4A7C15) + 1;
        put(to, "\x30\x21\x02\x10\x41", 5);
        for (size_t k = 1; k < 16; k++, x ^= x >> 29, x *= UINT64_C(0xBF58476D1CE4E5B9))
            to[4 + k] = (uint8_t)(x >> 56);
        put(to + 20, date, sizeof date);
    }
    return n * ENTRY;
}

/* [0] { SEQUENCE { authorityKeyIdentifier, cRLNumber } } */
static size_t put_extensions(uint8_t *to, const uint8_t key_id[20], uint32_t number)
{
    size_t n = put(to, "\xA0\x31\x30\x2F\x30\x1F\x06\x03\x55\x1D\x23\x04\x18\x30\x16\x80\x14", 17);
    n += put(to + n, key_id, 20);
    n += put(to + n, "\x30\x0C\x06\x03\x55\x1D\x14\x04\x05\x02\x03", 11);
    to[n++] = (uint8_t)(0x40 | number >> 16);
    to[n++] = (uint8_t)(number >> 8);
    to[n++] = (uint8_t)number;
    return n;
}

struct list {
    X509 *issuer;
    EVP_PKEY *key;
    unsigned number; /* of the issuer */
    size_t entries;
    uint32_t days; /* after today */
};

static const uint8_t algorithm[] = { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 };

/* tbsCertList without its header */
static size_t put_tbs(uint8_t *to, const struct list *l)
{
    const time_t at = time(NULL) - 3600 + (time_t)l->days * 86400;
    uint8_t *name = NULL;
    const int n_name = i2d_X509_NAME(X509_get_subject_name(l->issuer), &name);
    size_t n = put(to, "\x02\x01\x01", 3);
    n += put(to + n, algorithm, sizeof algorithm);
    n += put(to + n, name, (size_t)n_name);
    n += put_time(to + n, at);
    n += put_time(to + n, at + 86400 * 30);
    if (l->entries > 0)
        n += put_header(to + n, 0x30, l->entries * ENTRY);
    n += put_entries(to + n, l->number, l->entries, time(NULL) - 7200);
    OPENSSL_free(name);
    return n + put_extensions(to + n, ASN1_STRING_get0_data(X509_get0_subject_key_id(l->issuer)),
                              l->days + 1);
}

static void write_crl(const char *name, const struct list *l)
{
    const size_t room = l->entries * ENTRY + 1024;
    uint8_t *body = malloc(room), *tbs = malloc(room), trailer[128], header[8];
    size_t n, n_tbs, n_trailer, n_sig = 80;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    FILE *f = create(name);

    if (body == NULL || tbs == NULL || ctx == NULL)
        die("memory");
    n = put_tbs(body, l);
    n_tbs = put_header(tbs, 0x30, n);
    n_tbs += put(tbs + n_tbs, body, n);
    n_trailer = put(trailer, algorithm, sizeof algorithm) + 3;
    if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, l->key) != 1 ||
        EVP_DigestSign(ctx, trailer + n_trailer, &n_sig, tbs, n_tbs) != 1)
        die("signature");
    put(trailer + sizeof algorithm, (uint8_t[]){ 0x03, (uint8_t)(n_sig + 1), 0 }, 3);
    n = put_header(header, 0x30, n_tbs + n_trailer + n_sig);
    if (fwrite(header, 1, n, f) != n || fwrite(tbs, 1, n_tbs, f) != n_tbs ||
        fwrite(trailer, 1, n_trailer + n_sig, f) != n_trailer + n_sig || fclose(f) != 0)
        die(name);
    EVP_MD_CTX_free(ctx);
    free(body);
    free(tbs);
}

/* The same issuers, as files of an earlier call; more entries. */
static int write_again(int pais, size_t entries, size_t more, uint32_t days)
{
    for (int k = 0; k < pais; k++) {
        struct list l = { .number = (unsigned)k, .days = days };
        char name[4096], cn[64];
        FILE *f;
        snprintf(name, sizeof name, "%s/pai%d.der", folder, k);
        f = fopen(name, "rb");
        if (f == NULL || (l.issuer = d2i_X509_fp(f, NULL)) == NULL)
            die(name);
        fclose(f);
        snprintf(cn, sizeof cn, "Bench PAI %d", k);
        l.key = seeded_key(cn);
        l.entries = entries + more * ((size_t)k + 1) / (size_t)pais - more * (size_t)k / (size_t)pais;
        snprintf(name, sizeof name, "crl%d", k);
        write_crl(name, &l);
        X509_free(l.issuer);
        EVP_PKEY_free(l.key);
    }
    return 0;
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
    size_t entries;

    if (argc == 7 && strcmp(argv[1], "again") == 0) {
        folder = argv[2];
        return write_again(atoi(argv[3]), strtoul(argv[4], NULL, 10), strtoul(argv[5], NULL, 10),
                           (uint32_t)strtoul(argv[6], NULL, 10));
    }
    if (argc != 6 && argc != 7)
        die("DIR PAAS PAIS HOSTS PORT [ENTRIES] | again DIR PAIS ENTRIES MORE DAYS");
    folder = argv[1];
    entries = argc == 7 ? strtoul(argv[6], NULL, 10) : 20;
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
        EVP_PKEY *paa_key;
        unsigned char digest[32];
        X509 *paa;
        snprintf(cn, sizeof cn, "Bench PAA %d", i);
        paa_key = seeded_key(cn);
        paa = certificate(cn, 0, paa_key, NULL, paa_key, 100 + i);
        snprintf(name, sizeof name, "paa%d.der", i);
        write_certificate(name, paa);
        X509_digest(paa, EVP_sha256(), digest, NULL);
        put_hex(anchors, digest, 32);
        fputc('\n', anchors);
        for (int k = i; k < pais; k += paas) {
            const unsigned vid = 0x1000u + (unsigned)i;
            EVP_PKEY *key;
            X509 *pai;
            snprintf(cn, sizeof cn, "Bench PAI %d", k);
            key = seeded_key(cn);
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
            write_crl(name, &(struct list){ pai, key, (unsigned)k, entries, 0 });
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
