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
    struct vd_bundle_keys keys;                     /* of the issuer at hand */
    bool base, memory;
};

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
    const struct vd_bundle_issuer i = { .keys = c->keys.p, .n = r->n, .base_n = r->base_n };

    if (r->base_n < VDB_SMALL) {
        c->memory = c->memory || !vd_code_page(i.keys, i.n, r->width, 0, r->rice, &c->lists);
        return NULL;
    }
    c->memory = c->memory || !vd_code_pages(&i, &c->codes, &c->pages) ||
                (c->base && !vd_code_lines(&i, &c->lines));
    for (uint32_t k = 0; !c->base && k < r->n; k++) {
        if (!filter_holds(c, r, c->keys.p[k]))
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
    wrong = vd_bundle_keys(c->b, &r, &c->keys);
    if (wrong == NULL)
        wrong = encode(c, &r);
    c->memory = c->memory || c->keys.memory;
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
    free(c.keys.p);
    *ret_ran = !c.memory;
    return wrong;
}
