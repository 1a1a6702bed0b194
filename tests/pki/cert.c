/* SPDX-License-Identifier: Apache-2.0
 *
 * cert.c - certificates.
 */
#include "cert.h"

#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "die.h"
#include "node.h"

#define ECDSA_SHA256 "30{oid(1.2.840.10045.4.3.2)}"
#define MAX_ATTEMPTS 200 /* to hit a size exactly: signatures are 70 to 72 octets long */

/* What a good certificate of each role carries. */
static const struct {
    const char *basic_constraints, *key_usage;
} profiles[] = {
    [CERT_PAA] = { "30060101FF020101", "03020106" },
    [CERT_PAI] = { "30060101FF020100", "03020106" },
    [CERT_DAC] = { "3000", "03020780" },
    [CERT_CD_SIGNER] = { "30060101FF020100", "03020186" },
    [CERT_CRL_SIGNER] = { "3000", "03020102" },
};

static void object_bytes(void *ctx, const char *label, int subject, struct buf *out)
{
    struct mint *m = ctx;
    buf_join(out, subject ? cert_subject(m, label) : &cert_get(m, label)->der);
}

void mint_init(struct mint *m, struct settings *set, struct keys *keys,
               const struct cert_spec *specs, size_t n_specs)
{
    *m = (struct mint){ .set = set,
                        .keys = keys,
                        .specs = specs,
                        .n_specs = n_specs,
                        .not_before = "17{\"220923000000Z\"}" };
    m->env = (struct expr_env){ .keys = keys, .object = object_bytes, .ctx = m };
    m->certs = calloc(n_specs, sizeof *m->certs);
    if (m->certs == NULL)
        die(DIE_INTERNAL, "out of memory");
    for (size_t i = 0; i < n_specs; i++)
        m->certs[i].spec = &specs[i];
}

void mint_free(struct mint *m)
{
    for (size_t i = 0; i < m->n_specs; i++) {
        buf_free(&m->certs[i].der);
        buf_free(&m->certs[i].subject);
        buf_free(&m->certs[i].serial);
    }
    free(m->certs);
}

static struct cert *find(struct mint *m, const char *label)
{
    for (size_t i = 0; i < m->n_specs; i++) {
        if (strcmp(m->specs[i].label, label) == 0)
            return &m->certs[i];
    }
    die(DIE_CASE, "no certificate is called \"%s\"", label);
}

/* The setting "LABEL.NAME", else the fallback. */
static const char *column(struct mint *m, const char *label, const char *name, const char *fallback)
{
    const char *text = settings_get2(m->set, label, name);
    return text == NULL ? fallback : text;
}

const char *cert_key(struct mint *m, const char *label)
{
    const struct cert *c = find(m, label);
    return column(m, label, "key", c->spec->key == NULL ? label : c->spec->key);
}

static const char *parent(struct mint *m, const struct cert *c)
{
    return column(m, c->spec->label, "parent", c->spec->parent);
}

const struct buf *cert_subject(struct mint *m, const char *label)
{
    struct cert *c = find(m, label);
    struct buf rdns = { .p = NULL };
    struct writer w = node_writer(m->set, &m->env, label);

    if (c->subject.p != NULL)
        return &c->subject;
    if (c->naming)
        die(DIE_CASE, "%s.subject needs itself", label);
    c->naming = true;
    expr_eval(&m->env, label, c->spec->subject, &rdns);
    node_der(&w, "subject", 0x30, rdns.p, rdns.n);
    c->subject = w.out;
    c->naming = false;
    buf_free(&rdns);
    return &c->subject;
}

void cert_sign(struct mint *m, const char *object, const char *key, const struct buf *message,
               uint8_t ret[64])
{
    const char *form = column(m, object, "sign-form", "any");
    enum keys_form f = strcmp(form, "low-s") == 0    ? KEYS_LOW_S
                       : strcmp(form, "high-s") == 0 ? KEYS_HIGH_S
                                                     : KEYS_ANY_S;
    keys_sign(m->keys, column(m, object, "signed-by", key), message, f, ret);
}

/* ---- parts ---- */

static void put_serial(struct mint *m, struct writer *w, struct cert *c)
{
    const char *chosen = settings_get2(m->set, c->spec->label, "serial.content");
    uint8_t digest[32];

    buf_free(&c->serial);
    if (chosen != NULL) {
        expr_eval(&m->env, "serial", chosen, &c->serial);
    } else {
        keys_sha256(c->spec->label, strlen(c->spec->label), digest);
        digest[0] = (uint8_t)((digest[0] & 0x7F) | 0x40); /* positive, no leading zero */
        buf_add(&c->serial, digest, 8);
    }
    node_der(w, "serial", 0x02, c->serial.p, c->serial.n);
}

static void put_key(struct mint *m, struct writer *w, const struct cert *c)
{
    const struct key *key = keys_get(m->keys, cert_key(m, c->spec->label));

    node_open(w, "spki", 0x30);
    node_expr(w, "spki-algorithm",
              key->k1 ? "30{oid(1.2.840.10045.2.1) oid(1.3.132.0.10)}"
                      : "30{oid(1.2.840.10045.2.1) oid(1.2.840.10045.3.1.7)}");
    node_open(w, "spki-bits", 0x03);
    node_expr(w, "spki-unused", "00");
    node_raw(w, "point", key->point, sizeof key->point);
    node_close(w);
    node_close(w);
}

static void put_extension(struct writer *w, const char *name, const char *oid, const char *critical,
                          const struct buf *value)
{
    struct buf part = { .p = NULL };

    node_open(w, name, 0x30);
    buf_fmt(&part, "%s.oid", name);
    node_expr(w, buf_str(&part), oid);
    part.n = 0;
    buf_fmt(&part, "%s.critical", name);
    node_expr(w, buf_str(&part), critical);
    part.n = 0;
    buf_fmt(&part, "%s.octets", name);
    node_open(w, buf_str(&part), 0x04);
    part.n = 0;
    buf_fmt(&part, "%s.value", name);
    node_raw(w, buf_str(&part), value->p, value->n);
    node_close(w);
    node_close(w);
    buf_free(&part);
}

static void put_extension_expr(struct mint *m, struct writer *w, const char *name, const char *oid,
                               const char *critical, const char *expr)
{
    struct buf value = { .p = NULL };
    expr_eval(&m->env, name, expr, &value);
    put_extension(w, name, oid, critical, &value);
    buf_free(&value);
}

/* SubjectKeyIdentifier ::= OCTET STRING
 * AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] } */
static void put_key_ids(struct mint *m, struct writer *w, const struct cert *c)
{
    struct buf skid = { .p = NULL }, akid = { .p = NULL }, id = { .p = NULL };
    const char *issuer = cert_key(m, parent(m, c));

    der_put(&skid, 0x04, keys_get(m->keys, cert_key(m, c->spec->label))->id, 20);
    der_put(&id, 0x80, keys_get(m->keys, issuer)->id, 20);
    der_put(&akid, 0x30, id.p, id.n);
    put_extension(w, "skid", "0603551D0E", "none", &skid);
    put_extension(w, "akid", "0603551D23", "none", &akid);
    buf_free(&skid);
    buf_free(&akid);
    buf_free(&id);
}

static void put_extensions(struct mint *m, struct writer *w, const struct cert *c)
{
    node_open(w, "extensions-explicit", 0xA3);
    node_open(w, "extensions", 0x30);
    put_extension_expr(m, w, "bc", "0603551D13", "0101FF",
                       profiles[c->spec->role].basic_constraints);
    put_extension_expr(m, w, "ku", "0603551D0F", "0101FF", profiles[c->spec->role].key_usage);
    put_key_ids(m, w, c);
    node_close(w);
    node_close(w);
}

static void put_issuer(struct mint *m, struct writer *w, const struct cert *c)
{
    const struct buf *name;
    if (strcmp(parent(m, c), c->spec->label) != 0)
        (void)cert_get(m, parent(m, c)); /* a size may still change its subject */
    name = cert_subject(m, parent(m, c));
    node_raw(w, "issuer", name->p, name->n);
}

static void put_tbs(struct mint *m, struct writer *w, struct cert *c)
{
    const char *algorithm = column(m, c->spec->label, "algorithm", ECDSA_SHA256);

    node_open(w, "tbs", 0x30);
    node_expr(w, "version", "A003020102");
    put_serial(m, w, c);
    node_expr(w, "algorithm-inner", algorithm);
    put_issuer(m, w, c);
    node_open(w, "validity", 0x30);
    node_expr(w, "not-before", m->not_before);
    node_expr(w, "not-after", "18{\"99991231235959Z\"}");
    node_close(w);
    node_copy(w, "subject", &c->subject);
    put_key(m, w, c);
    node_expr(w, "unique-ids", "none");
    put_extensions(m, w, c);
    node_close(w);
}

static void put_signature(struct mint *m, struct writer *w, const struct cert *c,
                          const struct buf *tbs)
{
    uint8_t raw[64];
    struct buf value = { .p = NULL };

    cert_sign(m, c->spec->label, cert_key(m, parent(m, c)), tbs, raw);
    der_ecdsa(&value, raw);
    node_open(w, "signature", 0x03);
    node_expr(w, "signature-unused", "00");
    node_der(w, "signature-value", 0x30, value.p, value.n);
    node_close(w);
    buf_free(&value);
}

static void make_once(struct mint *m, struct cert *c)
{
    struct writer tbs = node_writer(m->set, &m->env, c->spec->label);
    struct writer w = node_writer(m->set, &m->env, c->spec->label);

    buf_free(&c->der);
    buf_free(&c->subject);
    (void)cert_subject(m, c->spec->label);
    put_tbs(m, &tbs, c);
    node_open(&w, NODE_ROOT, 0x30);
    node_copy(&w, "tbs", &tbs.out);
    node_expr(&w, "algorithm-outer", column(m, c->spec->label, "algorithm", ECDSA_SHA256));
    put_signature(m, &w, c, &tbs.out);
    node_close(&w);
    c->der = w.out;
    buf_free(&tbs.out);
}

/* "LABEL.size = N": fill() grows, and its octet changes, until the certificate has N octets. */
static void make_sized(struct mint *m, struct cert *c, size_t size)
{
    m->env.fill = 1;
    for (unsigned i = 0; i < MAX_ATTEMPTS; i++) {
        m->env.octet = 'A' + i % 26;
        make_once(m, c);
        if (c->der.n == size)
            return;
        m->env.fill += size - c->der.n; /* wraps both ways */
    }
    die(DIE_CASE, "%s.size: cannot make exactly %zu octets", c->spec->label, size);
}

const struct cert *cert_get(struct mint *m, const char *label)
{
    struct cert *c = find(m, label);
    const char *size = settings_get2(m->set, label, "size");
    size_t fill = m->env.fill; /* of the certificate for which this one is needed */

    if (c->made)
        return c;
    for (size_t i = 0; i < m->depth; i++) {
        if (strcmp(m->making[i], label) == 0)
            die(DIE_CASE, "%s needs itself", label);
    }
    if (m->depth == sizeof m->making / sizeof m->making[0])
        die(DIE_CASE, "%s: too many levels", label);
    m->making[m->depth++] = label;
    m->env.fill = 0;
    if (size == NULL)
        make_once(m, c);
    else
        make_sized(m, c, strtoul(size, NULL, 10));
    c->made = true;
    m->depth--;
    m->env.fill = fill;
    return c;
}
