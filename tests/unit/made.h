/* SPDX-License-Identifier: Apache-2.0
 *
 * made.h - CAs and CRLs made on the spot with OpenSSL, for tests that need many, or odd ones.
 *
 * Nothing of veridac is used to make them.
 */
#ifndef MADE_H
#define MADE_H

#include "unit.h" /* the C library before OpenSSL: see bench/CMakeLists.txt */

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <veridac/veridac.h>

#include "crl_unit.h"

#define MADE_AT INT64_C(1750000000) /* 2025-06-15T15:06:40Z */

struct made_ca {
    EVP_PKEY *key;
    X509 *cert;
    uint8_t *der;
    size_t n;
    char key_id[41];
};

enum made_role { MADE_PAA, MADE_PAI, MADE_DELEGATE };

static inline void made_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(cert, e, -1), 1);
    X509_EXTENSION_free(e);
}

static inline void made_name(X509 *cert, const char *cn, int vid)
{
    X509_NAME *name = X509_get_subject_name(cert);
    char text[8];
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)cn, -1, -1, 0), 1);
    (void)snprintf(text, sizeof text, "%04X", (unsigned)vid & 0xFFFF);
    if (vid >= 0)
        assert_int_equal(X509_NAME_add_entry_by_txt(name, "1.3.6.1.4.1.37244.2.1", MBSTRING_UTF8,
                                                    (const uint8_t *)text, -1, -1, 0), 1);
}

/* A CA or a delegate; `issuer` NULL: self-signed. `key` NULL: a new one. vid -1: none. */
static inline struct made_ca made_ca(enum made_role role, const char *cn, int vid,
                                     const struct made_ca *issuer, EVP_PKEY *key)
{
    struct made_ca c = { .cert = X509_new() };
    X509 *parent = issuer != NULL ? issuer->cert : c.cert;
    const ASN1_OCTET_STRING *id;
    static long serial = 1000;

    if (key != NULL && EVP_PKEY_up_ref(key) == 1)
        c.key = key;
    else
        c.key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    assert_true(c.cert != NULL && c.key != NULL && X509_set_version(c.cert, 2) == 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(c.cert), ++serial), 1);
    assert_non_null(ASN1_TIME_set(X509_getm_notBefore(c.cert), (time_t)MADE_AT - 86400 * 365));
    assert_non_null(ASN1_TIME_set(X509_getm_notAfter(c.cert), (time_t)MADE_AT + 86400 * 365));
    made_name(c.cert, cn, vid);
    assert_true(X509_set_issuer_name(c.cert, X509_get_subject_name(parent)) == 1 &&
                X509_set_pubkey(c.cert, c.key) == 1);
    made_extension(c.cert, parent, NID_basic_constraints,
                   role == MADE_PAA   ? "critical,CA:TRUE,pathlen:1"
                   : role == MADE_PAI ? "critical,CA:TRUE,pathlen:0"
                                      : "critical,CA:FALSE");
    made_extension(c.cert, parent, NID_key_usage,
                   role == MADE_DELEGATE ? "critical,cRLSign" : "critical,keyCertSign,cRLSign");
    made_extension(c.cert, parent, NID_subject_key_identifier, "hash");
    made_extension(c.cert, parent, NID_authority_key_identifier, "keyid:always");
    assert_true(X509_sign(c.cert, issuer != NULL ? issuer->key : c.key, EVP_sha256()) > 0);
    c.n = (size_t)i2d_X509(c.cert, &c.der);
    id = X509_get0_subject_key_id(c.cert);
    assert_true(id != NULL && ASN1_STRING_length(id) == 20);
    for (int i = 0; i < 20; i++)
        (void)snprintf(c.key_id + 2 * i, 3, "%02X", ASN1_STRING_get0_data(id)[i]);
    return c;
}

static inline void made_free(struct made_ca *c)
{
    X509_free(c->cert);
    EVP_PKEY_free(c->key);
    OPENSSL_free(c->der);
}

/* ---- CRLs ---- */

struct made_crl {
    const struct made_ca *signer;
    long number;           /* 0: none */
    int64_t this_update;   /* 0: an hour before MADE_AT; good for 30 days */
    uint32_t from, n;      /* serials: from + 0, 1, ...; written in four octets */
    uint32_t also;         /* one more serial; 0: none */
    bool indirect;
    const struct made_ca *entry_issuer; /* certificateIssuer on the first entry */
    bool unknown_critical; /* an unknown critical extension */
};

static inline void made_add(X509_CRL *crl, int nid, int critical, void *value)
{
    assert_int_equal(X509_CRL_add1_ext_i2d(crl, nid, value, critical, 0), 1);
}

static inline void made_entry(X509_CRL *crl, uint32_t serial, const struct made_ca *issuer,
                              ASN1_TIME *date)
{
    X509_REVOKED *r = X509_REVOKED_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();
    assert_true(r != NULL && number != NULL && ASN1_INTEGER_set_uint64(number, serial) == 1 &&
                X509_REVOKED_set_serialNumber(r, number) == 1 &&
                X509_REVOKED_set_revocationDate(r, date) == 1);
    if (issuer != NULL) {
        GENERAL_NAMES *names = GENERAL_NAMES_new();
        GENERAL_NAME *one = GENERAL_NAME_new();
        one->type = GEN_DIRNAME;
        one->d.directoryName = X509_NAME_dup(X509_get_subject_name(issuer->cert));
        assert_true(sk_GENERAL_NAME_push(names, one) > 0);
        assert_int_equal(X509_REVOKED_add1_ext_i2d(r, NID_certificate_issuer, names, 1, 0), 1);
        GENERAL_NAMES_free(names);
    }
    assert_int_equal(X509_CRL_add0_revoked(crl, r), 1);
    ASN1_INTEGER_free(number);
}

static inline void made_extensions(X509_CRL *crl, const struct made_crl *m)
{
    AUTHORITY_KEYID akid = { .keyid = (ASN1_OCTET_STRING *)(uintptr_t)X509_get0_subject_key_id(m->signer->cert) };
    ISSUING_DIST_POINT *idp = ISSUING_DIST_POINT_new();
    ASN1_INTEGER *number = ASN1_INTEGER_new();

    made_add(crl, NID_authority_key_identifier, 0, &akid);
    assert_int_equal(ASN1_INTEGER_set(number, m->number), 1);
    if (m->number > 0)
        made_add(crl, NID_crl_number, 0, number);
    if (m->indirect) {
        idp->indirectCRL = 0xFF;
        made_add(crl, NID_issuing_distribution_point, 1, idp);
    }
    if (m->unknown_critical) {
        ASN1_OBJECT *oid = OBJ_txt2obj("2.5.29.99", 1);
        ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
        X509_EXTENSION *e = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
        assert_int_equal(X509_CRL_add_ext(crl, e, -1), 1);
        X509_EXTENSION_free(e);
        ASN1_OCTET_STRING_free(value);
        ASN1_OBJECT_free(oid);
    }
    ASN1_INTEGER_free(number);
    ISSUING_DIST_POINT_free(idp);
}

/* The DER; free() it. */
static inline veridac_bytes made_crl(const struct made_crl *m)
{
    const int64_t from = m->this_update != 0 ? m->this_update : MADE_AT - 3600;
    ASN1_TIME *a = ASN1_TIME_set(NULL, (time_t)from),
              *b = ASN1_TIME_set(NULL, (time_t)(from + 30 * 86400));
    X509_CRL *crl = X509_CRL_new();
    uint8_t *der = NULL, *ret;
    int n;

    assert_true(crl != NULL && X509_CRL_set_version(crl, 1) == 1 &&
                X509_CRL_set_issuer_name(crl, X509_get_subject_name(m->signer->cert)) == 1 &&
                X509_CRL_set1_lastUpdate(crl, a) == 1 && X509_CRL_set1_nextUpdate(crl, b) == 1);
    for (uint32_t i = 0; i < m->n; i++)
        made_entry(crl, m->from + i, i == 0 ? m->entry_issuer : NULL, a);
    if (m->also != 0)
        made_entry(crl, m->also, NULL, a);
    made_extensions(crl, m);
    assert_true(X509_CRL_sign(crl, m->signer->key, EVP_sha256()) > 0);
    n = i2d_X509_CRL(crl, &der);
    assert_true(n > 0);
    ret = malloc((size_t)n);
    assert_non_null(ret);
    memcpy(ret, der, (size_t)n);
    OPENSSL_free(der);
    X509_CRL_free(crl);
    ASN1_TIME_free(a);
    ASN1_TIME_free(b);
    return (veridac_bytes){ ret, (size_t)n };
}

/* ---- sets ---- */

static inline veridac_bytes made_text(const char *s)
{
    return (veridac_bytes){ (const uint8_t *)s, strlen(s) };
}

static inline veridac_bytes made_der(const struct made_ca *c)
{
    return c == NULL ? (veridac_bytes){ NULL, 0 } : (veridac_bytes){ c->der, c->n };
}

static inline veridac_trust *made_trust(const struct made_ca *paa)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    veridac_trust_report report = { .size = sizeof report };
    veridac_trust *t = NULL;
    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    if (veridac_trust_add_paa(t, made_der(paa), &from, &report) != VERIDAC_OK)
        fail_msg("%s", report.text);
    return t;
}

/* Ceilings of an issuer and of a vendor; 0: the usual ones. */
static inline veridac_revset *made_set_of(const veridac_trust *t, uint32_t issuer, uint32_t vendor)
{
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST,
                                       .at = MADE_AT, .max_entries_issuer = issuer,
                                       .max_entries_vendor = vendor };
    veridac_revset *set = NULL;
    assert_int_equal(veridac_revset_new(t, &o, &set), VERIDAC_OK);
    return set;
}

static inline veridac_revset *made_set(const veridac_trust *t)
{
    return made_set_of(t, 0, 0);
}

/* A record of the CA's own list, or with a delegate as the signer of that list. */
static inline void made_point(veridac_revset *set, const char *label, const char *url, int vid,
                              bool is_paa, const struct made_ca *ca, const struct made_ca *delegate)
{
    const veridac_point p = { .size = sizeof p, .vid = vid, .is_paa = is_paa, .revocation_type = 1,
                              .label = made_text(label), .url = made_text(url),
                              .issuer_key_id = made_text(ca->key_id),
                              .signer = made_der(delegate != NULL ? delegate : ca),
                              .delegator = made_der(delegate != NULL && !is_paa ? ca : NULL) };
    assert_int_equal(veridac_revset_add_point(set, &p), VERIDAC_OK);
}

static inline void made_feed(veridac_revset *set, const char *url, veridac_bytes der)
{
    veridac_crl *crl = NULL;
    assert_int_equal(unit_crl_begin(set, url, MADE_AT, &crl), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_feed(crl, der), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_end(crl), VERIDAC_OK);
}

static inline void made_feed_new(veridac_revset *set, const char *url, const struct made_crl *m)
{
    veridac_bytes der = made_crl(m);
    made_feed(set, url, der);
    free((void *)(uintptr_t)der.data);
}

/* The row of this CA; the set is finished. */
static inline veridac_issuer_view made_issuer(const veridac_revset *set, const struct made_ca *ca,
                                              uint32_t *ret_index)
{
    veridac_issuer_view v = { .size = sizeof v };
    char hex[41];
    for (uint32_t i = 0; veridac_revset_issuer(set, i, &v) == VERIDAC_OK; i++) {
        for (size_t k = 0; k < 20; k++)
            (void)snprintf(hex + 2 * k, 3, "%02X", v.key_id.data[k]);
        if (strcmp(hex, ca->key_id) == 0) {
            if (ret_index != NULL)
                *ret_index = i;
            return v;
        }
    }
    fail_msg("no such issuer");
    return v;
}

/* "good", or why silence proves nothing. */
static inline const char *made_coverage(const veridac_revset *set, const struct made_ca *ca)
{
    veridac_issuer_view v = made_issuer(set, ca, NULL);
    return v.good ? "good" : veridac_reason_text(v.reason);
}

static inline bool made_lists(const veridac_revset *set, const struct made_ca *ca, uint32_t serial)
{
    uint32_t index = 0;
    veridac_issuer_view v = made_issuer(set, ca, &index);
    veridac_bytes s;
    for (uint32_t i = 0; i < v.n_serials; i++) {
        uint32_t value = 0;
        assert_int_equal(veridac_revset_serial(set, index, i, &s), VERIDAC_OK);
        for (size_t k = 0; k < s.size; k++)
            value = value << 8 | s.data[k];
        if (value == serial)
            return true;
    }
    return false;
}

#endif
