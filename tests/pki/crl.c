/* SPDX-License-Identifier: Apache-2.0
 *
 * crl.c - certificate revocation lists.
 *
 *   CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
 *   TBSCertList ::= SEQUENCE { version INTEGER (1), signature, issuer, thisUpdate, nextUpdate,
 *       revokedCertificates SEQUENCE OF SEQUENCE { serial, date, extensions OPTIONAL } OPTIONAL,
 *       crlExtensions [0] EXPLICIT }
 */
#include "crl.h"

#include <string.h>

#include "der.h"
#include "node.h"

#define ECDSA_SHA256 "30{oid(1.2.840.10045.4.3.2)}"
#define HOUR 3600
#define DAY 86400

static void put_time(struct writer *w, const char *name, int64_t at)
{
    struct buf time = { .p = NULL };
    der_time(&time, at);
    node_raw(w, name, time.p, time.n);
    buf_free(&time);
}

/* Extension, critical or not, with an expression for its value. */
static void put_extension(struct writer *w, const char *name, const char *head, const char *value)
{
    node_open(w, name, 0x30);
    node_expr(w, "head", head); /* OID, and critical TRUE where it is */
    node_open(w, "octets", 0x04);
    node_expr(w, "value", value);
    node_close(w);
    node_close(w);
}

static void put_entry(struct mint *m, struct writer *w, const struct crl_entry *e, int64_t at)
{
    const struct buf *serial = &cert_get(m, e->cert)->serial;
    struct buf value = { .p = NULL };

    node_open(w, e->cert, 0x30);
    node_der(w, "serial", 0x02, serial->p, serial->n);
    put_time(w, "date", at - DAY);
    if (e->issuer != NULL) {
        buf_fmt(&value, "30{A4{subject(%s)}}", e->issuer);
        node_open(w, "entry-extensions", 0x30);
        put_extension(w, "issuer", "oid(2.5.29.29) 0101FF", buf_str(&value));
        node_close(w);
    }
    node_close(w);
    buf_free(&value);
}

static void put_flood(struct writer *w, int64_t at)
{
    struct buf all = { .p = NULL }, time = { .p = NULL };

    der_time(&time, at - DAY);
    for (uint32_t i = 0; i < 200000; i++) {
        struct buf entry = { .p = NULL }, serial = { .p = NULL };
        buf_be(&serial, 0x4E4F424F44590000 + i, 8); /* "NOBODY" and more */
        der_put(&entry, 0x02, serial.p, serial.n);
        buf_join(&entry, &time);
        der_put(&all, 0x30, entry.p, entry.n);
        buf_free(&entry);
        buf_free(&serial);
    }
    node_raw(w, "flood", all.p, all.n);
    buf_free(&all);
    buf_free(&time);
}

static void put_entries(struct mint *m, struct writer *w, const struct crl_spec *spec, int64_t at)
{
    if (spec->entries[0].cert == NULL)
        return; /* an empty list is left out */
    node_open(w, "entries", 0x30);
    for (const struct crl_entry *e = spec->entries; e->cert != NULL; e++) {
        if (strcmp(e->cert, CRL_FLOOD) == 0)
            put_flood(w, at);
        else
            put_entry(m, w, e, at);
    }
    node_close(w);
}

static void put_extensions(struct mint *m, struct writer *w, const struct crl_spec *spec,
                           const char *url)
{
    struct buf value = { .p = NULL };

    node_open(w, "extensions-explicit", 0xA0);
    node_open(w, "extensions", 0x30);
    buf_fmt(&value, "30{80{keyid(%s)}}", cert_key(m, spec->signer));
    put_extension(w, "akid", "oid(2.5.29.35)", buf_str(&value));
    put_extension(w, "number", "oid(2.5.29.20)", "020101");
    if (spec->indirect || spec->partition) {
        value.n = 0;
        buf_fmt(&value, "30{A0{A0{86{\"%s\"}}}%s}", url, spec->indirect ? " 8401FF" : "");
        put_extension(w, "idp", "oid(2.5.29.28) 0101FF", buf_str(&value));
    }
    node_close(w);
    node_close(w);
    buf_free(&value);
}

static void make_tbs(struct mint *m, const struct crl_spec *spec, const char *object,
                     const char *url, int64_t at, struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, object);
    const struct buf *issuer = cert_subject(m, spec->signer);

    node_open(&w, "tbs", 0x30);
    node_expr(&w, "version", "020101");
    node_expr(&w, "algorithm-inner", ECDSA_SHA256);
    node_raw(&w, "issuer", issuer->p, issuer->n);
    put_time(&w, "this-update", at - HOUR);
    put_time(&w, "next-update", at + 30 * (int64_t)DAY);
    put_entries(m, &w, spec, at);
    put_extensions(m, &w, spec, url);
    node_close(&w);
    *ret = w.out;
}

void crl_make(struct mint *m, const struct crl_spec *spec, const char *url, int64_t at,
              struct buf *ret)
{
    struct buf tbs = { .p = NULL }, signature = { .p = NULL }, object = { .p = NULL };
    struct writer w;
    uint8_t raw[64];

    buf_fmt(&object, "crl/%s", spec->label); /* a certificate may have the same label */
    w = node_writer(m->set, &m->env, buf_str(&object));
    make_tbs(m, spec, buf_str(&object), url, at, &tbs);
    cert_sign(m, buf_str(&object), cert_key(m, spec->signer), &tbs, raw);
    der_ecdsa(&signature, raw);
    node_open(&w, NODE_ROOT, 0x30);
    node_copy(&w, "tbs", &tbs);
    node_expr(&w, "algorithm-outer", ECDSA_SHA256);
    node_open(&w, "signature", 0x03);
    node_expr(&w, "signature-unused", "00");
    node_der(&w, "signature-value", 0x30, signature.p, signature.n);
    node_close(&w);
    node_close(&w);
    *ret = w.out;
    buf_free(&tbs);
    buf_free(&signature);
    buf_free(&object);
}
