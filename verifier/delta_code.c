/* SPDX-License-Identifier: Apache-2.0
 *
 * delta_code.c - rows by column, parameters, new issuers, parts: written and read by the same code.
 */
#include <stdlib.h>

#include "delta_int.h"
#include "limits.h"

#define NEW_OCTETS 29u /* id, state and three times: no new issuer is shorter */

static int by_number(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static bool make_room(struct vd_bits *b, uint32_t **p, uint32_t n, bool *memory)
{
    if (b->out != NULL)
        return true;
    *p = calloc(n ? n : 1, sizeof **p);
    *memory = *p == NULL;
    return *p != NULL;
}

static bool code_places(struct vd_bits *b, uint32_t n, uint32_t count, uint32_t *v)
{
    struct vd_places p = vd_places_of(n, count);
    bool ok = true;

    for (uint32_t i = 0; ok && i < count; i++) {
        uint64_t at = v[i];
        ok = vd_bits_place(b, &p, &at);
        v[i] = (uint32_t)at;
    }
    return ok;
}

/* ---- a column ---- */

struct column {
    uint32_t common, count; /* the most frequent value; how many differ from it */
    unsigned k;
};

/* The most frequent value, the smallest of several. */
static bool find_common(const uint32_t *v, uint32_t n, struct column *c)
{
    uint32_t *sorted = calloc(n ? n : 1, sizeof *sorted), best = 0;

    if (sorted == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = v[i];
    qsort(sorted, n, sizeof *sorted, by_number);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i; end < n && sorted[end] == sorted[i]; end++)
            ;
        if (end - i > best) {
            best = end - i;
            c->common = sorted[i];
        }
    }
    c->count = n - best;
    free(sorted);
    return true;
}

/* An exception is never the common value: those above it are one less. */
static uint32_t without(uint32_t v, uint32_t common)
{
    return v > common ? v - 1 : v;
}

/* The parameter that makes the exceptions shortest, the smallest of several. */
static void find_parameter(const uint32_t *v, uint32_t n, struct column *c)
{
    uint64_t best = UINT64_MAX;

    for (unsigned k = 0; k < 32; k++) {
        uint64_t size = 0;
        for (uint32_t i = 0; i < n; i++)
            size += v[i] == c->common ? 0 : vd_bits_number_size(k, without(v[i], c->common));
        if (size < best) {
            best = size;
            c->k = k;
        }
    }
}

static bool code_exceptions(struct vd_bits *b, const struct column *c, uint32_t *v, uint32_t n)
{
    struct vd_places p = vd_places_of(n, c->count);
    uint64_t at = 0;

    for (uint32_t i = 0; i < c->count; i++, at++) {
        uint32_t value;
        for (; b->out != NULL && v[at] == c->common; at++)
            ;
        if (!vd_bits_place(b, &p, &at))
            return false;
        value = without(v[at], c->common);
        if (!vd_bits_number32(b, c->k, UINT32_MAX - 1, &value))
            return false;
        v[at] = value >= c->common ? value + 1 : value;
    }
    return true;
}

static bool code_column(struct vd_bits *b, uint32_t *v, uint32_t n, bool *memory)
{
    struct column c = { 0, 0, 0 };
    uint64_t k;

    if (b->out != NULL && !find_common(v, n, &c)) {
        *memory = true;
        return false;
    }
    if (!vd_bits_number32(b, 0, UINT32_MAX, &c.common) || !vd_bits_number32(b, 0, n, &c.count))
        return false;
    if (b->out == NULL) {
        for (uint32_t i = 0; i < n; i++)
            v[i] = c.common;
    }
    if (c.count == 0)
        return true;
    if (b->out != NULL)
        find_parameter(v, n, &c);
    k = c.k;
    if (!vd_bits_word(b, 5, &k))
        return false;
    c.k = (unsigned)k;
    return code_exceptions(b, &c, v, n);
}

/* ---- new issuers ---- */

static bool code_word32(struct vd_bits *b, unsigned width, uint32_t *v)
{
    uint64_t wide = *v;
    bool ok = vd_bits_word(b, width, &wide);
    *v = (uint32_t)wide;
    return ok;
}

static bool code_new(struct vd_bits *b, struct vd_delta_new *n)
{
    bool ok = true;

    for (unsigned i = 0; ok && i < VDB_ID; i++) {
        uint64_t octet = n->id[i];
        ok = vd_bits_word(b, 8, &octet);
        n->id[i] = (uint8_t)octet;
    }
    return ok && code_word32(b, 8, &n->state) && code_word32(b, 32, &n->this_update) &&
           code_word32(b, 32, &n->next_update) && code_word32(b, 32, &n->last_ok) &&
           vd_bits_number32(b, 8, VDB_MAX_KEYS, &n->base_n) &&
           vd_bits_number32(b, 8, VDB_MAX_KEYS, &n->n);
}

static bool code_all_new(struct vd_bits *b, struct vd_delta *d, bool *memory)
{
    bool ok = vd_bits_number32(b, 0, VD_MAX_ISSUERS, &d->n_new);

    if (ok && b->out == NULL) {
        if (d->n_new > b->in.n / NEW_OCTETS)
            return false;
        d->fresh = calloc(d->n_new ? d->n_new : 1, sizeof *d->fresh);
        *memory = d->fresh == NULL;
        ok = d->fresh != NULL;
    }
    for (uint32_t i = 0; ok && i < d->n_new; i++)
        ok = code_new(b, &d->fresh[i]);
    return ok;
}

/* ---- parts ---- */

static bool code_parts(struct vd_bits *b, struct vd_delta *d, uint64_t sizes[VD_DELTA_PARTS])
{
    bool ok = true;

    for (unsigned i = 0; ok && i < VD_DELTA_PARTS; i++) {
        uint64_t mode = d->mode[i];
        sizes[i] = d->part[i].n;
        ok = vd_bits_word(b, 2, &mode) &&
             (mode != VD_DELTA_ANEW || vd_bits_number(b, 12, VD_MAX_BUNDLE, &sizes[i])) &&
             mode != (i == VD_DELTA_NAMES ? VD_DELTA_SAME : VD_DELTA_MERGED);
        d->mode[i] = (enum vd_delta_mode)mode;
    }
    return ok;
}

/* Octets: u16 size and entry of each new name, then parts that are anew. */
static bool code_octets(struct vd_bits *b, struct vd_delta *d, const uint64_t sizes[VD_DELTA_PARTS])
{
    bool ok = vd_bits_align(b);

    for (uint32_t i = 0; ok && d->mode[VD_DELTA_NAMES] == VD_DELTA_MERGED && i < d->n_new; i++) {
        uint64_t n = d->fresh[i].name.n;
        ok = n <= UINT16_MAX && vd_bits_word(b, 16, &n) &&
             vd_bits_octets(b, (size_t)n, &d->fresh[i].name);
    }
    for (unsigned i = 0; ok && i < VD_DELTA_PARTS; i++)
        ok = d->mode[i] != VD_DELTA_ANEW || vd_bits_octets(b, (size_t)sizes[i], &d->part[i]);
    return ok;
}

/* ---- all ---- */

static bool code_rows(struct vd_bits *b, struct vd_delta *d, bool *memory)
{
    if (!vd_bits_number32(b, 8, VD_MAX_ISSUERS, &d->n_from) ||
        !vd_bits_number32(b, 0, d->n_from, &d->n_gone) ||
        !make_room(b, &d->gone, d->n_gone, memory) ||
        !code_places(b, d->n_from, d->n_gone, d->gone) ||
        !vd_bits_number32(b, 0, vd_delta_kept(d), &d->n_again) ||
        !make_room(b, &d->again, d->n_again, memory) ||
        !make_room(b, &d->base_n, d->n_again, memory) ||
        !code_places(b, vd_delta_kept(d), d->n_again, d->again))
        return false;
    for (uint32_t i = 0; i < d->n_again; i++) {
        if (!vd_bits_number32(b, 8, VDB_MAX_KEYS, &d->base_n[i]))
            return false;
    }
    for (unsigned i = 0; i < VD_DELTA_COLUMNS; i++) {
        if (!make_room(b, &d->columns[i], vd_delta_kept(d), memory) ||
            !code_column(b, d->columns[i], vd_delta_kept(d), memory))
            return false;
    }
    return true;
}

bool vd_delta_code(struct vd_bits *b, struct vd_delta *d, bool *memory)
{
    uint64_t sizes[VD_DELTA_PARTS] = { 0 };

    return (d->head.kind != VDB_HUB || vd_bits_octets(b, VDB_DIGEST, &d->root)) &&
           code_rows(b, d, memory) && code_all_new(b, d, memory) && code_parts(b, d, sizes) &&
           code_octets(b, d, sizes);
}

void vd_delta_free(struct vd_delta *d)
{
    free(d->gone);
    free(d->again);
    free(d->base_n);
    for (unsigned i = 0; i < VD_DELTA_COLUMNS; i++)
        free(d->columns[i]);
    free(d->fresh);
}
