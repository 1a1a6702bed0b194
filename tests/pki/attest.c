/* SPDX-License-Identifier: Apache-2.0
 *
 * attest.c - what a device answers to an AttestationRequest.
 */
#include "attest.h"

#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "die.h"
#include "node.h"

static void make_elements(struct mint *m, const struct buf *cd, const struct buf *nonce,
                          struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, "elements");

    node_open_tlv(&w, NODE_ROOT, 0x15, -1);
    node_string(&w, "cd", 0x11, 1, cd->p, cd->n);
    node_string(&w, "nonce", 0x10, 2, nonce->p, nonce->n);
    node_uint(&w, "timestamp", 0x06, 3, 0);
    node_expr(&w, "firmware", "none");
    node_expr(&w, "vendor", "none");
    node_close(&w);
    buf_free(ret);
    *ret = w.out;
}

/* "elements.size = N": fill() is as long as it takes. Nothing else in them varies. */
static void size_elements(struct mint *m, const struct buf *cd, const struct buf *nonce,
                          size_t size, struct buf *ret)
{
    m->env.octet = 'F';
    m->env.fill = 0;
    make_elements(m, cd, nonce, ret);
    if (ret->n > size)
        die(DIE_CASE, "elements.size: they have at least %zu octets", ret->n);
    m->env.fill = size - ret->n;
    make_elements(m, cd, nonce, ret);
    m->env.fill = 0;
    if (ret->n != size)
        die(DIE_CASE, "elements.size: cannot make exactly %zu octets", size);
}

/* r || s; with "signature.form = der" the Ecdsa-Sig-Value that a device must not send. */
static void make_signature(struct mint *m, const char *key, const struct buf *signed_bytes,
                           struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, "signature");
    const char *form = settings_get(m->set, "signature.form");
    struct buf der = { .p = NULL };
    uint8_t raw[64];

    cert_sign(m, "signature", key, signed_bytes, raw);
    node_open_raw(&w, NODE_ROOT);
    if (form != NULL && strcmp(form, "der") == 0) {
        der_ecdsa(&der, raw);
        node_der(&w, "sequence", 0x30, der.p, der.n);
    } else {
        node_raw(&w, "r", raw, 32);
        node_raw(&w, "s", raw + 32, 32);
    }
    node_close(&w);
    *ret = w.out;
    buf_free(&der);
}

void attest_make(struct mint *m, const char *key, const struct buf *cd, const struct buf *nonce,
                 const struct buf *challenge, struct attest *ret)
{
    const char *size = settings_get(m->set, "elements.size");
    struct buf both = { .p = NULL };

    *ret = (struct attest){ .elements = { .p = NULL } };
    if (size == NULL)
        make_elements(m, cd, nonce, &ret->elements);
    else
        size_elements(m, cd, nonce, strtoul(size, NULL, 10), &ret->elements);
    buf_join(&both, &ret->elements);
    buf_join(&both, challenge);
    make_signature(m, key, &both, &ret->signature);
    buf_free(&both);
}

void attest_free(struct attest *a)
{
    buf_free(&a->elements);
    buf_free(&a->signature);
}
