/* SPDX-License-Identifier: Apache-2.0
 *
 * mutate.c - libFuzzer's custom mutator of the harnesses for certificates, CRLs, declarations, sets and
 * verifications. MUTATE says what an input is.
 *
 * Keys are those of tests/pki with the seed "fuzz", as fuzz/seed makes the corpus: which of them a
 * certificate carries and which signed it is seen from its point and key ids.
 */
#define _GNU_SOURCE
#include <string.h>

#include "mutate.h"

#include "der.h"
#include "ops_tree.h"
#include "signing.h"

enum { DER = 1, TLV, VERIFY, REVSET };

#define ROOM 49152u    /* what is bent in one input; tree.c writes 64 KiB at most */
#define PARTS 64u

static const char *const labels[] = {
    "paa", "paa2", "spare", "pai", "pai2", "dac", "cdsigner", "cdsigner2", "cdroot", "operational",
    "paa-fff1", "paa-novid", "paa-unlisted", "paa-delegate", "pai-direct", "pai-revoked", "pai-silent",
    "pai-delegating-1", "pai-delegating-2", "pai-partitioned", "pai-revoked-2", "pai-unlisted",
    "pai-delegate", "dac-genuine", "dac-revoked", "dac-mute", "dac-under-revoked", "dac-silent",
    "dac-delegated", "dac-delegated-revoked", "dac-partitioned", "dac-partition-1", "cd-signer"
};
#define LABELS (sizeof labels / sizeof labels[0])

static struct keys *keys;
static struct arena arena;

static bool holds(struct bytes in, const void *what, size_t n)
{
    return in.n >= n && memmem(in.p, in.n, what, n) != NULL;
}

/* Whose key is in this certificate, or NULL. */
static const char *subject_of(struct bytes cert)
{
    for (size_t i = 0; i < LABELS; i++) {
        if (holds(cert, keys_get(keys, labels[i])->point, 65))
            return labels[i];
    }
    return NULL;
}

/* Whose key id stands in it beside its own: that of its issuer. */
static const char *issuer_of(struct bytes cert)
{
    const char *own = subject_of(cert);
    for (size_t i = 0; i < LABELS; i++) {
        if (labels[i] != own && holds(cert, keys_get(keys, labels[i])->id, 20))
            return labels[i];
    }
    return own;
}

/* ---- DER ---- */

static void bend(struct rng *r, struct element *root)
{
    static tree_op *const ops[] = { ops_tag,      ops_grow,   ops_shrink,       ops_bit,
                                    ops_bit,      ops_bit,    ops_length_padded, ops_length_wrong,
                                    ops_duplicate, ops_drop,  ops_swap_siblings, ops_swap_far,
                                    ops_insert,   ops_replace, ops_tail,        ops_length_indefinite };
    for (size_t i = 0, n = 1 + rng_below(r, 2); i < n; i++)
        (void)ops[rng_below(r, sizeof ops / sizeof ops[0])](r, &arena, root);
}

static struct bytes bent(struct rng *r, struct bytes in)
{
    struct element *root = in.n > ROOM / 2 ? NULL : tree_read(&arena, in.p, in.n);
    if (root == NULL)
        return (struct bytes){ NULL, 0 };
    bend(r, root);
    return tree_write(&arena, root);
}

/* A certificate, CRL or request: bent in what is signed, and signed again by this key. */
static struct bytes bent_and_signed(struct rng *r, struct bytes in, const char *label)
{
    struct element *root = in.n > ROOM / 2 ? NULL : tree_read(&arena, in.p, in.n);
    struct bytes bits;
    if (root == NULL || !root->parent || root->n_v != 3 || label == NULL)
        return (struct bytes){ NULL, 0 };
    bend(r, root->v[0]);
    bits = signing_bits(keys, &arena, root->v[0], label, KEYS_ANY_S);
    tree_set(root->v[2], bits.p, bits.n);
    if (rng_one_in(r, 16))
        bend(r, root);
    return tree_write(&arena, root);
}

/* ---- declarations ---- */

/* The OCTET STRINGs of the envelope: content, which begins a structure, and signature. */
static struct bytes declaration(struct rng *r, struct bytes in, const char *label)
{
    static struct place places[512];
    static uint8_t content[ROOM];
    struct element *root = in.n > ROOM / 4 ? NULL : tree_read(&arena, in.p, in.n);
    struct element *inner = NULL, *signature = NULL;
    struct buf message = { .p = NULL }, values = { .p = NULL }, der = { .p = NULL };
    size_t n = root == NULL ? 0 : tree_places(root, places, 512);
    uint8_t raw[64];

    for (size_t i = 0; i < n; i++) {
        if (!tree_is(places[i].e, 0x04))
            continue;
        if (inner == NULL && places[i].e->n > 2 && places[i].e->p[0] == 0x15)
            inner = places[i].e;
        signature = places[i].e;
    }
    if (inner == NULL || signature == inner || label == NULL)
        return (struct bytes){ NULL, 0 };
    if (rng_one_in(r, 4)) {
        bend(r, root);
    } else {
        n = mutate_tlv((uint32_t)rng_next(r), inner->p, inner->n, content, sizeof content);
        if (n > 0)
            tree_set(inner, arena_copy(&arena, content, n), n);
    }
    buf_add(&message, inner->p, inner->n);
    keys_sign(keys, label, &message, KEYS_ANY_S, raw);
    der_ecdsa(&values, raw);
    der_put(&der, 0x30, values.p, values.n);
    tree_set(signature, arena_copy(&arena, der.p, der.n), der.n);
    buf_free(&message);
    buf_free(&values);
    buf_free(&der);
    return tree_write(&arena, root);
}

/* ---- inputs of several parts: tag:u8 size:u16 octets ---- */

struct part {
    uint8_t tag;
    struct bytes b;
};

struct parts {
    struct part v[PARTS];
    size_t n;
};

static void read_parts(const uint8_t *p, size_t n, struct parts *ret)
{
    for (ret->n = 0; n >= 3 && ret->n < PARTS; ret->n++) {
        size_t size = (size_t)p[1] | (size_t)p[2] << 8;
        if (size > n - 3)
            size = n - 3;
        ret->v[ret->n] = (struct part){ p[0], { arena_copy(&arena, p + 3, size), size } };
        p += 3 + size;
        n -= 3 + size;
    }
}

static size_t write_parts(const struct parts *in, uint8_t *ret, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < in->n; i++) {
        const struct bytes b = in->v[i].b;
        if (b.n > 65535 || n + 3 + b.n > max)
            return n;
        ret[n] = in->v[i].tag;
        ret[n + 1] = (uint8_t)b.n;
        ret[n + 2] = (uint8_t)(b.n >> 8);
        memcpy(ret + n + 3, b.p, b.n);
        n += 3 + b.n;
    }
    return n;
}

static struct part *find(struct parts *in, uint8_t tag)
{
    for (size_t i = 0; i < in->n; i++) {
        if (in->v[i].tag == tag)
            return &in->v[i];
    }
    return NULL;
}

static struct bytes octets(struct bytes in)
{
    uint8_t *room = arena_take(&arena, in.n + 64);
    if (in.n > 0)
        memcpy(room, in.p, in.n);
    return (struct bytes){ room, LLVMFuzzerMutate(room, in.n, in.n + 64) };
}

static void keep(struct part *p, struct bytes b)
{
    if (b.p != NULL)
        p->b = b;
}

/* Parts dropped, doubled, moved. */
static void shuffle(struct rng *r, struct parts *in)
{
    const size_t i = rng_below(r, in->n), k = rng_below(r, in->n);
    const struct part one = in->v[i];
    switch (rng_below(r, 3)) {
    case 0:
        memmove(&in->v[i], &in->v[i + 1], (in->n - i - 1) * sizeof one);
        in->n--;
        break;
    case 1:
        if (in->n < PARTS)
            in->v[in->n++] = one;
        break;
    default:
        in->v[i] = in->v[k];
        in->v[k] = one;
        break;
    }
}

/* Elements and NOCSR elements are signed with the challenge by the DAC's key. */
static void sign_response(struct parts *in, uint8_t what, uint8_t where)
{
    struct part *elements = find(in, what), *signature = find(in, where), *challenge = find(in, 'c'),
                *dac = find(in, 'd');
    const char *label = dac == NULL ? NULL : subject_of(dac->b);
    struct buf message = { .p = NULL };
    uint8_t raw[64];

    if (elements == NULL || signature == NULL || challenge == NULL || label == NULL)
        return;
    buf_add(&message, elements->b.p, elements->b.n);
    buf_add(&message, challenge->b.p, challenge->b.n);
    keys_sign(keys, label, &message, KEYS_ANY_S, raw);
    signature->b = (struct bytes){ arena_copy(&arena, raw, 64), 64 };
    buf_free(&message);
}

/* The structure itself, or what is wrapped in its field 1: a declaration or a request. */
static void bend_response(struct rng *r, struct parts *in, uint8_t what)
{
    static uint8_t room[ROOM];
    struct part *p = find(in, what), *signer = find(in, 'S');
    struct bytes inner = { NULL, 0 };
    size_t at = 0, n;

    if (p == NULL)
        return;
    n = mutate_tlv_find(p->b.p, p->b.n, 1, &at);
    if (n > 0 && !rng_one_in(r, 4)) {
        inner = (struct bytes){ p->b.p + at, n };
        inner = what == 'q' ? bent_and_signed(r, inner, subject_of(inner))
                            : declaration(r, inner, signer == NULL ? NULL : subject_of(signer->b));
    }
    n = inner.p != NULL ? mutate_tlv_octets(p->b.p, p->b.n, 1, inner.p, inner.n, room, sizeof room)
                        : mutate_tlv((uint32_t)rng_next(r), p->b.p, p->b.n, room, sizeof room);
    if (n > 0)
        p->b = (struct bytes){ arena_copy(&arena, room, n), n };
}

static void verify(struct rng *r, struct parts *in)
{
    static const uint8_t certificates[] = { 'd', 'i', 'd', 'i', 'T', 'S' };
    struct part *p;

    switch (rng_below(r, 8)) {
    case 0:
    case 1:
    case 2:
        p = find(in, certificates[rng_below(r, sizeof certificates)]);
        if (p != NULL)
            keep(p, bent_and_signed(r, p->b, issuer_of(p->b)));
        break;
    case 3:
    case 4:
        bend_response(r, in, 'e');
        break;
    case 5:
        bend_response(r, in, 'q');
        break;
    case 6:
        shuffle(r, in);
        break;
    default:
        p = &in->v[rng_below(r, in->n)];
        keep(p, octets(p->b));
        break;
    }
    if (in->n > 0 && !rng_one_in(r, 8)) {
        sign_response(in, 'e', 's');
        sign_response(in, 'q', 'r');
    }
}

/* A signer whose subject is the CRL's issuer; any, when there is none. */
static const char *signer_of(struct rng *r, struct parts *in, struct bytes crl)
{
    struct element *root = tree_read(&arena, crl.p, crl.n);
    struct element *tbs = root == NULL || root->n_v == 0 ? NULL : root->v[0];
    const char *any = NULL;

    for (size_t i = 0; i < in->n; i++) {
        const char *label = in->v[i].tag == 'S' ? subject_of(in->v[i].b) : NULL;
        if (label == NULL)
            continue;
        any = any == NULL || rng_one_in(r, 2) ? label : any;
        for (size_t k = 0; tbs != NULL && tbs->parent && k < tbs->n_v && k < 3; k++) {
            const struct bytes name = tree_write(&arena, tbs->v[k]);
            if (name.n > 20 && holds(in->v[i].b, name.p, name.n))
                return label;
        }
    }
    return any;
}

static void revset(struct rng *r, struct parts *in)
{
    const size_t from = rng_below(r, in->n), kind = rng_below(r, 8);
    for (size_t k = 0; k < in->n; k++) {
        struct part *p = &in->v[(from + k) % in->n];
        const bool certificate = p->tag == 'S' || p->tag == 'D' || p->tag == 'T' || p->tag == 'Z';
        if (kind < 4 && p->tag == 'C' && p->b.n > 0 && p->b.n < ROOM / 2) {
            keep(p, bent_and_signed(r, p->b, signer_of(r, in, p->b)));
            return;
        }
        if (kind == 4 && certificate && p->b.n > 0) {
            keep(p, bent_and_signed(r, p->b, issuer_of(p->b)));
            return;
        }
    }
    if (kind == 5) {
        shuffle(r, in);
    } else {
        struct part *p = &in->v[from];
        keep(p, octets(p->b));
    }
}

static size_t several(struct rng *r, uint8_t *data, size_t size, size_t max)
{
    static struct parts parts;
    read_parts(data, size, &parts);
    if (parts.n == 0)
        return 0;
    if (MUTATE == VERIFY)
        verify(r, &parts);
    else
        revset(r, &parts);
    return write_parts(&parts, data, max);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    static uint8_t room[ROOM];
    struct rng r = rng_make(seed, size);
    struct bytes out = { room, 0 };

    if (keys == NULL) {
        keys = keys_new("fuzz");
        arena = arena_make(32u << 20);
    }
    arena_reset(&arena);
    if (size == 0 || size > ROOM / 2 || rng_one_in(&r, 4))
        return LLVMFuzzerMutate(data, size, max);
    if (MUTATE == VERIFY || MUTATE == REVSET)
        out.n = several(&r, data, size, max), out.p = data;
    else if (MUTATE == DER || data[0] == 0x30)
        out = bent(&r, (struct bytes){ arena_copy(&arena, data, size), size });
    else
        out.n = mutate_tlv(seed, data, size, room, sizeof room);
    if (out.n == 0 || out.n > max)
        return LLVMFuzzerMutate(data, size, max);
    if (out.p != data)
        memcpy(data, out.p, out.n);
    return out.n;
}
