/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle_keys.c - the keys of one issuer out of a bundle: every code decoded and counted.
 */
#include <stdlib.h>

#include "bundle.h"

/* Appends the keys of one page or list, filled up with zeros to 64 bits. */
static bool decode(const struct vdb_row *r, struct vdb_bytes in, uint64_t page, uint64_t *keys,
                   size_t *n)
{
    struct vdb_codes codes = vdb_codes_of(in.p, in.n, r->rice);
    const uint64_t high = r->page_bits == 0 ? 0 : page << (64 - r->page_bits);
    uint64_t v;
    enum vdb_step s;

    while ((s = vdb_next(&codes, &v)) == VDB_STEP_KEY) {
        if (*n == r->n || v >> (r->width - r->page_bits) != 0)
            return false;
        keys[(*n)++] = high | v << (64 - r->width);
    }
    return s == VDB_STEP_END;
}

/* Room for the keys of a row; the octets that are there must be enough for so many. */
static const char *make_room(struct vd_bundle_keys *k, const struct vdb_row *r, uint64_t octets)
{
    uint64_t *p;

    if (r->n > octets / (VDB_RICE / 8))
        return "number of keys";
    if (r->n <= k->cap)
        return NULL;
    p = realloc(k->p, r->n * sizeof *p);
    if (p == NULL) {
        k->memory = true;
        return "out of memory";
    }
    k->p = p;
    k->cap = r->n;
    return NULL;
}

static const char *decode_list(const struct vd_bundle *b, const struct vdb_row *r,
                               struct vd_bundle_keys *k)
{
    const struct vdb_bytes in = vdb_list_of(&b->v, r);
    const char *wrong = make_room(k, r, in.n);

    if (wrong != NULL)
        return wrong;
    if (!decode(r, in, 0, k->p, &k->n))
        return "codes of a list";
    return k->n == r->n ? NULL : "number of keys";
}

static const char *decode_pages(const struct vd_bundle *b, const struct vdb_row *r,
                                struct vd_bundle_keys *k)
{
    const uint64_t pages = UINT64_C(1) << r->page_bits;
    const char *wrong;
    uint64_t octets = 0;

    for (uint64_t i = 0; i < pages; i++)
        octets += vdb_page_at(&b->v, r->page + (uint32_t)i).n;
    wrong = make_room(k, r, octets);
    if (wrong != NULL)
        return wrong;
    for (uint64_t i = 0; i < pages; i++) {
        if (!decode(r, vdb_page_at(&b->v, r->page + (uint32_t)i), i, k->p, &k->n))
            return "codes of a page";
    }
    return k->n == r->n ? NULL : "number of keys";
}

const char *vd_bundle_keys(const struct vd_bundle *b, const struct vdb_row *r,
                           struct vd_bundle_keys *k)
{
    k->n = 0;
    return r->base_n < VDB_SMALL ? decode_list(b, r, k) : decode_pages(b, r, k);
}
