/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle_check.c - every code of a bundle: decoded, counted, encoded again, compared.
 */
#include <stdlib.h>

#include "bundle.h"
#include "limits.h"
#include "sig.h"

struct check {
    const struct vd_bundle *b;
    struct vd_buf lists, lines, codes, pages, tree; /* as the writer would make them */
    uint64_t *keys;                                 /* of the issuer at hand */
    size_t cap;
    bool base, memory;
};

/* ---- decoding ---- */

/* Appends the keys of one page or list, filled up with zeros to 64 bits. */
static bool decode(struct check *c, const struct vdb_row *r, struct vdb_bytes in, uint64_t page,
                   size_t *n)
{
    struct vdb_codes codes = vdb_codes_of(in.p, in.n, r->rice);
    const uint64_t high = r->page_bits == 0 ? 0 : page << (64 - r->page_bits);
    uint64_t v;
    enum vdb_step s;

    while ((s = vdb_next(&codes, &v)) == VDB_STEP_KEY) {
        if (*n == r->n || v >> (r->width - r->page_bits) != 0)
            return false;
        c->keys[(*n)++] = high | v << (64 - r->width);
    }
    return s == VDB_STEP_END;
}

/* Room for the keys of a row; the octets that are there must be enough for so many. */
static const char *make_room(struct check *c, const struct vdb_row *r, uint64_t octets)
{
    uint64_t *keys;

    if (r->n > octets / (VDB_RICE / 8))
        return "number of keys";
    if (r->n <= c->cap)
        return NULL;
    keys = realloc(c->keys, r->n * sizeof *keys);
    if (keys == NULL) {
        c->memory = true;
        return "out of memory";
    }
    c->keys = keys;
    c->cap = r->n;
    return NULL;
}

static const char *decode_list(struct check *c, const struct vdb_row *r)
{
    const struct vdb_bytes in = vdb_list_of(&c->b->v, r);
    const char *wrong = make_room(c, r, in.n);
    size_t n = 0;

    if (wrong != NULL)
        return wrong;
    if (!decode(c, r, in, 0, &n))
        return "codes of a list";
    return n == r->n ? NULL : "number of keys";
}

static const char *decode_pages(struct check *c, const struct vdb_row *r)
{
    const uint64_t pages = UINT64_C(1) << r->page_bits;
    const char *wrong;
    uint64_t octets = 0;
    size_t n = 0;

    for (uint64_t i = 0; i < pages; i++)
        octets += vdb_page_at(&c->b->v, r->page + (uint32_t)i).n;
    wrong = make_room(c, r, octets);
    if (wrong != NULL)
        return wrong;
    for (uint64_t i = 0; i < pages; i++) {
        if (!decode(c, r, vdb_page_at(&c->b->v, r->page + (uint32_t)i), i, &n))
            return "codes of a page";
    }
    return n == r->n ? NULL : "number of keys";
}

/* ---- encoding again ---- */

/* Behind a base a filter also holds keys that have left; but it holds all that are there. */
static bool filter_holds(const struct check *c, const struct vdb_row *r, uint64_t key)
{
    const struct vd_span lines = vd_bundle_section(c->b, VDB_LINES);
    uint32_t line;
    uint64_t probes = vdb_probes(key, r->extent, &line);
    bool all = true;

    for (unsigned i = 0; i < VDB_PROBES; i++, probes >>= 9)
        all = all && (vd_at(lines, ((size_t)r->at + line) * VDB_LINE + (probes >> 3 & 63)) >>
                          (probes & 7) & 1) == 1;
    return all;
}

static const char *encode(struct check *c, const struct vdb_row *r)
{
    const struct vd_bundle_issuer i = { .keys = c->keys, .n = r->n, .base_n = r->base_n };

    if (r->base_n < VDB_SMALL) {
        c->memory = !vd_code_page(i.keys, i.n, r->width, 0, r->rice, &c->lists);
        return NULL;
    }
    c->memory = !vd_code_pages(&i, &c->codes, &c->pages) ||
                (c->base && !vd_code_lines(&i, &c->lines));
    for (uint32_t k = 0; !c->base && k < r->n; k++) {
        if (!filter_holds(c, r, c->keys[k]))
            return "a key is not in its filter";
    }
    return NULL;
}

static const char *check_row(struct check *c, uint32_t i)
{
    const struct vdb_row r = vdb_row_at(&c->b->v, i);
    const char *wrong;

    if (c->base && r.n != r.base_n)
        return "a base with the parameters of another";
    if (r.base_n >= VDB_SMALL && c->b->v.kind != VDB_FULL)
        return NULL;
    wrong = r.base_n < VDB_SMALL ? decode_list(c, &r) : decode_pages(c, &r);
    if (wrong == NULL)
        wrong = encode(c, &r);
    return c->memory ? "out of memory" : wrong;
}

/* ---- comparing ---- */

static const char *compare_tree(struct check *c)
{
    struct vd_span root = vd_bundle_section(c->b, VDB_COVERAGE);
    uint8_t want[VDB_DIGEST];

    if (!vd_code_tree(vd_buf_span(&c->pages), vd_buf_span(&c->codes), &c->tree, want)) {
        c->memory = true;
        return "out of memory";
    }
    if (!vd_span_eq(vd_buf_span(&c->tree), vd_bundle_section(c->b, VDB_TREE)))
        return "tree";
    return vd_span_slice(root, 0, VDB_DIGEST, &root) && vd_span_eq(root, VD_SPAN(want))
               ? NULL
               : "root of the tree";
}

static const char *compare(struct check *c)
{
    if (!vd_span_eq(vd_buf_span(&c->lists), vd_bundle_section(c->b, VDB_LISTS)))
        return "lists are not as they would be written";
    if (c->b->v.kind != VDB_FULL)
        return NULL;
    if (!vd_span_eq(vd_buf_span(&c->codes), vd_bundle_section(c->b, VDB_CODES)) ||
        !vd_span_eq(vd_buf_span(&c->pages), vd_bundle_section(c->b, VDB_PAGES)))
        return "codes are not as they would be written";
    if (c->base && !vd_span_eq(vd_buf_span(&c->lines), vd_bundle_section(c->b, VDB_LINES)))
        return "lines are not as they would be written";
    return compare_tree(c);
}

const char *vd_bundle_check(const struct vd_bundle *b, bool *ret_ran)
{
    struct check c = { .b = b,
                       .lists = VD_BUF(VD_MAX_BUNDLE),
                       .lines = VD_BUF(VD_MAX_BUNDLE),
                       .codes = VD_BUF(VD_MAX_BUNDLE),
                       .pages = VD_BUF(VD_MAX_BUNDLE),
                       .tree = VD_BUF(VD_MAX_BUNDLE),
                       .base = vd_bundle_is_base(b) };
    const char *wrong = NULL;

    c.memory = !vd_buf_le(&c.pages, 4, 0);
    for (uint32_t i = 0; wrong == NULL && i < b->n_rows; i++)
        wrong = check_row(&c, i);
    if (wrong == NULL && !c.memory)
        wrong = compare(&c);
    vd_buf_free(&c.lists);
    vd_buf_free(&c.lines);
    vd_buf_free(&c.codes);
    vd_buf_free(&c.pages);
    vd_buf_free(&c.tree);
    free(c.keys);
    *ret_ran = !c.memory;
    return wrong;
}
