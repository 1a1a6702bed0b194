/* SPDX-License-Identifier: Apache-2.0
 *
 * issuers.c - issuers by name: a table with open places, searched one after the other.
 */
#include "issuers.h"

#include <stdlib.h>

#define ODD UINT64_C(0x9e3779b97f4a7c15)

/* Finalizer of SplitMix64. */
static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static uint64_t add_octets(uint64_t h, struct vd_span in)
{
    struct vd_span word;
    uint64_t rest = 0;
    uint8_t octet;

    h = (h ^ in.n) * ODD;
    while (vd_take(&in, 8, &word)) {
        h = (h ^ vd_load_be64(word.p)) * ODD;
        h ^= h >> 32;
    }
    while (vd_take_u8(&in, &octet))
        rest = rest << 8 | octet;
    return (h ^ rest) * ODD;
}

static uint64_t hash(const struct vd_issuers *i, struct vd_span name, struct vd_span key_id)
{
    return mix(add_octets(add_octets(i->seed, key_id), name));
}

/* Names can be made so that many want the same place, whatever the seed. No name stands farther from its
 * own than this; a bundle with more of them is searched by hashes, as one without names is. */
#define FARTHEST 64u

/* Where it stands, or the free place where it would; NULL: it is not here, and there is no room. */
static struct vd_issuer_place *place_of(const struct vd_issuers *i, struct vd_span name,
                                        struct vd_span key_id, uint64_t h)
{
    uint32_t at = (uint32_t)h & i->mask;

    for (unsigned k = 0; k < FARTHEST; k++, at = (at + 1) & i->mask) {
        struct vd_issuer_place *p = &i->places[at];
        if (p->row == 0 || (p->tag == (uint32_t)(h >> 32) && vd_span_eq(p->name, name) &&
                            vd_span_eq(p->key_id, key_id)))
            return p;
    }
    return NULL;
}

bool vd_issuers_make(const struct vd_bundle *b, struct vd_issuers *ret)
{
    struct vd_issuers i = { .places = NULL, .mask = 1, .seed = vd_load_be64(vd_bundle_hash(b).p) };

    *ret = (struct vd_issuers){ .places = NULL };
    if (b->names.p == NULL || b->n_rows == 0)
        return true;
    while (i.mask + 1 < 2 * b->n_rows)
        i.mask = 2 * i.mask + 1;
    i.places = calloc((size_t)i.mask + 1, sizeof *i.places);
    if (i.places == NULL)
        return false;
    for (uint32_t row = 0; row < b->n_rows; row++) {
        struct vd_issuer_place *p = NULL;
        struct vd_span key_id, name;
        uint64_t h = 0;
        if (vd_bundle_name(b, row, &key_id, &name)) {
            h = hash(&i, name, key_id);
            p = place_of(&i, name, key_id, h);
        }
        if (p == NULL) {
            vd_issuers_free(&i);
            return true;
        }
        *p = (struct vd_issuer_place){ .tag = (uint32_t)(h >> 32), .row = row + 1, .key_id = key_id,
                                       .name = name };
    }
    *ret = i;
    return true;
}

void vd_issuers_free(struct vd_issuers *i)
{
    free(i->places);
    *i = (struct vd_issuers){ .places = NULL };
}

bool vd_issuers_known(const struct vd_issuers *i)
{
    return i->places != NULL;
}

bool vd_issuers_find(const struct vd_issuers *i, struct vd_span name, struct vd_span key_id,
                     uint32_t *ret_row)
{
    const struct vd_issuer_place *p = place_of(i, name, key_id, hash(i, name, key_id));
    if (p == NULL || p->row == 0)
        return false;
    *ret_row = p->row - 1;
    return true;
}
