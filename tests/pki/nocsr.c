/* SPDX-License-Identifier: Apache-2.0
 *
 * nocsr.c - what a device answers to a CSRRequest.
 */
#include "nocsr.h"

#include "der.h"
#include "node.h"

#define ECDSA_SHA256 "30{oid(1.2.840.10045.4.3.2)}"

/* CertificationRequestInfo ::= SEQUENCE { version, subject, subjectPKInfo, attributes [0] } */
static void make_info(struct mint *m, struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, "csr");
    const char *label = settings_get(m->set, "csr.key");
    const struct key *key = keys_get(m->keys, label == NULL ? "operational" : label);

    node_open(&w, "info", 0x30);
    node_expr(&w, "version", "020100");
    node_expr(&w, "subject", "name(o(\"CSR\"))");
    node_open(&w, "spki", 0x30);
    node_expr(&w, "spki-algorithm",
              key->k1 ? "30{oid(1.2.840.10045.2.1) oid(1.3.132.0.10)}"
                      : "30{oid(1.2.840.10045.2.1) oid(1.2.840.10045.3.1.7)}");
    node_open(&w, "spki-bits", 0x03);
    node_expr(&w, "spki-unused", "00");
    node_raw(&w, "point", key->point, sizeof key->point);
    node_close(&w);
    node_close(&w);
    node_expr(&w, "attributes", "A000");
    node_close(&w);
    *ret = w.out;
}

static void make_csr(struct mint *m, struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, "csr");
    struct buf info = { .p = NULL }, value = { .p = NULL };
    const char *label = settings_get(m->set, "csr.key");
    uint8_t raw[64];

    make_info(m, &info);
    cert_sign(m, "csr", label == NULL ? "operational" : label, &info, raw);
    der_ecdsa(&value, raw);
    node_open(&w, NODE_ROOT, 0x30);
    node_copy(&w, "info", &info);
    node_expr(&w, "algorithm", ECDSA_SHA256);
    node_open(&w, "signature", 0x03);
    node_expr(&w, "signature-unused", "00");
    node_der(&w, "signature-value", 0x30, value.p, value.n);
    node_close(&w);
    node_close(&w);
    *ret = w.out;
    buf_free(&info);
    buf_free(&value);
}

static void make_elements(struct mint *m, const struct buf *csr, const struct buf *nonce,
                          struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, "nocsr");

    node_open_tlv(&w, NODE_ROOT, 0x15, -1);
    node_string(&w, "csr", 0x11, 1, csr->p, csr->n);
    node_string(&w, "nonce", 0x10, 2, nonce->p, nonce->n);
    node_expr(&w, "vendor1", "none");
    node_expr(&w, "vendor2", "none");
    node_expr(&w, "vendor3", "none");
    node_close(&w);
    *ret = w.out;
}

void nocsr_make(struct mint *m, const char *key, const struct buf *nonce,
                const struct buf *challenge, struct nocsr *ret)
{
    struct writer w = node_writer(m->set, &m->env, "nocsr-signature");
    struct buf csr = { .p = NULL }, both = { .p = NULL };
    uint8_t raw[64];

    make_csr(m, &csr);
    make_elements(m, &csr, nonce, &ret->elements);
    buf_join(&both, &ret->elements);
    buf_join(&both, challenge);
    cert_sign(m, "nocsr-signature", key, &both, raw);
    node_open_raw(&w, NODE_ROOT);
    node_raw(&w, "r", raw, 32);
    node_raw(&w, "s", raw + 32, 32);
    node_close(&w);
    ret->signature = w.out;
    buf_free(&csr);
    buf_free(&both);
}

void nocsr_free(struct nocsr *n)
{
    buf_free(&n->elements);
    buf_free(&n->signature);
}
