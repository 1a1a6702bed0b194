/* SPDX-License-Identifier: Apache-2.0
 *
 * delta_diff.c - two bundles -> what a delta says.
 */
#include <stdlib.h>

#include "delta_int.h"
#include "limits.h"

/* ---- rows ---- */

static bool make_arrays(struct vd_delta_work *w)
{
    const size_t from = w->from->n_rows ? w->from->n_rows : 1, to = w->to->n_rows ? w->to->n_rows : 1;
    struct vd_delta *d = &w->d;
    bool ok = true;

    d->gone = calloc(from, sizeof *d->gone);
    d->again = calloc(from, sizeof *d->again);
    d->base_n = calloc(from, sizeof *d->base_n);
    d->fresh = calloc(to, sizeof *d->fresh);
    w->rows = calloc(to, sizeof *w->rows);
    for (unsigned i = 0; i < VD_DELTA_COLUMNS; i++) {
        d->columns[i] = calloc(from, sizeof *d->columns[i]);
        ok = ok && d->columns[i] != NULL;
    }
    w->memory = !ok || !d->gone || !d->again || !d->base_n || !d->fresh || !w->rows;
    return !w->memory;
}

/* No bit of the first filter is missing in the second. */
static bool only_gains(const struct vd_delta_work *w, const struct vdb_row *old,
                       const struct vdb_row *new)
{
    const struct vd_span a = vd_bundle_section(w->from, VDB_LINES),
                         b = vd_bundle_section(w->to, VDB_LINES);
    const size_t n = old->base_n < VDB_SMALL ? 0 : (size_t)old->extent * VDB_LINE;
    bool ok = true;

    for (size_t i = 0; ok && i < n; i++)
        ok = (vd_at(a, (size_t)old->at * VDB_LINE + i) & ~vd_at(b, (size_t)new->at * VDB_LINE + i)) == 0;
    return ok;
}

static void take_row(const struct vd_delta_work *w, const struct vdb_row *old,
                     const struct vdb_row *new, struct vd_delta_row *r)
{
    *r = (struct vd_delta_row){ .id = new->id,
                                .is_new = old == NULL,
                                .state = new->complete ? 0 : 1 + (uint32_t)new->reason,
                                .this_update = new->this_update,
                                .next_update = new->next_update,
                                .last_ok = new->last_ok,
                                .base_n = new->base_n,
                                .n = new->n,
                                .lines = vdb_params_of(new->base_n).lines };
    if (old != NULL)
        r->old = *old;
    r->anew = old == NULL || old->base_n != new->base_n || !only_gains(w, old, new);
}

/* Both ascend by id: rows that are in one, in the other, in both. */
static void match_rows(struct vd_delta_work *w)
{
    uint32_t i = 0;

    w->d.n_from = w->from->n_rows;
    for (uint32_t k = 0; k < w->to->n_rows; k++) {
        const struct vdb_row new = vdb_row_at(&w->to->v, k);
        const struct vd_span id = vd_span_of(new.id, VDB_ID);
        struct vdb_row old;
        int c = 1;
        for (; i < w->from->n_rows; w->d.gone[w->d.n_gone++] = i++) {
            old = vdb_row_at(&w->from->v, i);
            c = vd_span_cmp(vd_span_of(old.id, VDB_ID), id);
            if (c >= 0)
                break;
        }
        take_row(w, c == 0 ? &old : NULL, &new, &w->rows[w->n_rows++]);
        i += c == 0;
    }
    while (i < w->from->n_rows)
        w->d.gone[w->d.n_gone++] = i++;
}

/* ---- keys ---- */

static bool add_rank(struct vd_delta_work *w, struct vd_delta_row *r, uint32_t rank)
{
    void *p = w->ranks;
    w->memory = w->memory || !vd_grow(&p, w->n_ranks, &w->cap_ranks, sizeof *w->ranks, SIZE_MAX / 8);
    w->ranks = p;
    if (w->memory)
        return false;
    w->ranks[w->n_ranks++] = rank;
    r->less++;
    return true;
}

static bool add_key(struct vd_delta_work *w, struct vd_delta_row *r, uint64_t key)
{
    void *p = w->keys;
    w->memory = w->memory || !vd_grow(&p, w->n_keys, &w->cap_keys, sizeof *w->keys, SIZE_MAX / 8);
    w->keys = p;
    if (w->memory)
        return false;
    w->keys[w->n_keys++] = key;
    r->more++;
    return true;
}

static bool diff_keys(struct vd_delta_work *w, struct vd_delta_row *r,
                      const struct vd_bundle_keys *old, const struct vd_bundle_keys *new)
{
    size_t i = 0, k = 0;
    bool ok = true;

    while (ok && (i < old->n || k < new->n)) {
        if (k == new->n || (i < old->n && old->p[i] < new->p[k])) {
            ok = add_rank(w, r, (uint32_t)i++);
        } else if (i == old->n || new->p[k] < old->p[i]) {
            ok = add_key(w, r, new->p[k++]);
        } else {
            i++;
            k++;
        }
    }
    return ok;
}

static bool diff_row(struct vd_delta_work *w, uint32_t at, struct vd_bundle_keys *old,
                     struct vd_bundle_keys *new)
{
    struct vd_delta_row *r = &w->rows[at];
    const struct vdb_row row = vdb_row_at(&w->to->v, at);

    if (!vd_delta_is_exact(w, r->base_n)) {
        const uint32_t was = r->anew ? 0 : r->old.n;
        r->more = r->n > was ? r->n - was : 0;
        r->less = was > r->n ? was - r->n : 0;
        return true;
    }
    old->n = 0;
    if ((!r->anew && vd_bundle_keys(w->from, &r->old, old) != NULL) ||
        vd_bundle_keys(w->to, &row, new) != NULL) {
        w->memory = old->memory || new->memory;
        return false;
    }
    return diff_keys(w, r, old, new);
}

static bool diff_rows(struct vd_delta_work *w)
{
    struct vd_bundle_keys old = { NULL, 0, 0, false }, new = { NULL, 0, 0, false };
    bool ok = true;

    for (uint32_t i = 0; ok && i < w->n_rows; i++) {
        ok = diff_row(w, i, &old, &new);
        w->rows[i].line = w->n_lines;
        w->n_lines += w->rows[i].lines;
    }
    free(old.p);
    free(new.p);
    return ok;
}

/* ---- columns ---- */

/* 0, -1, 1, -2, ... as 0, 1, 2, 3, ... modulo 2^32 */
static uint32_t zigzag(uint32_t difference)
{
    return difference << 1 ^ (difference >> 31 ? UINT32_MAX : 0);
}

static void put_columns(struct vd_delta *d, uint32_t at, const struct vd_delta_row *r)
{
    const struct vdb_row *o = &r->old;
    const uint32_t state = o->complete ? 0 : 1 + (uint32_t)o->reason;

    d->columns[VD_DELTA_STATE][at] = zigzag(r->state - state);
    d->columns[VD_DELTA_THIS][at] = zigzag(r->this_update - o->this_update);
    d->columns[VD_DELTA_NEXT][at] =
        zigzag(r->next_update - vd_delta_expected(o, r->this_update));
    d->columns[VD_DELTA_LAST_OK][at] = zigzag(r->last_ok - o->last_ok);
    d->columns[VD_DELTA_LESS][at] = r->less;
    d->columns[VD_DELTA_MORE][at] = r->more;
}

static void put_new(struct vd_delta *d, const struct vd_delta_row *r)
{
    struct vd_delta_new *n = &d->fresh[d->n_new++];
    *n = (struct vd_delta_new){ .state = r->state,
                                .this_update = r->this_update,
                                .next_update = r->next_update,
                                .last_ok = r->last_ok,
                                .base_n = r->base_n,
                                .n = r->n };
    (void)vd_copy(n->id, sizeof n->id, vd_span_of(r->id, VDB_ID));
}

/* names := end:u32[issuers + 1] entry[issuers] */
static bool put_name(struct vd_delta_work *w, uint32_t at, struct vd_delta_new *n)
{
    struct vd_span ends, names = w->to->names;
    uint64_t from, to;

    return vd_span_slice(names, (size_t)at * 4, 8, &ends) && vd_take_le(&ends, 4, &from) &&
           vd_take_le(&ends, 4, &to) &&
           vd_span_slice(names, (size_t)(from + ((uint64_t)w->to->n_rows + 1) * 4),
                         (size_t)(to - from), &n->name);
}

static bool put_rows(struct vd_delta_work *w)
{
    struct vd_delta *d = &w->d;
    uint32_t kept = 0;
    bool ok = true;

    for (uint32_t i = 0; ok && i < w->n_rows; i++) {
        const struct vd_delta_row *r = &w->rows[i];
        if (r->is_new) {
            put_new(d, r);
            ok = d->mode[VD_DELTA_NAMES] != VD_DELTA_MERGED ||
                 put_name(w, i, &d->fresh[d->n_new - 1]);
            continue;
        }
        if (r->anew) {
            d->again[d->n_again] = kept;
            d->base_n[d->n_again++] = r->base_n;
        }
        put_columns(d, kept++, r);
    }
    return ok;
}

/* ---- parts ---- */

static void put_part(struct vd_delta_work *w, enum vd_delta_part part, enum vdb_section type)
{
    const struct vd_span old = vd_bundle_section(w->from, type), new = vd_bundle_section(w->to, type);
    struct vd_delta *d = &w->d;

    if (new.p == NULL)
        return;
    if (part == VD_DELTA_NAMES && old.p != NULL)
        d->mode[part] = VD_DELTA_MERGED;
    else if (part != VD_DELTA_NAMES && old.p != NULL && vd_span_eq(old, new))
        d->mode[part] = VD_DELTA_SAME;
    else
        d->mode[part] = VD_DELTA_ANEW;
    if (d->mode[part] == VD_DELTA_ANEW)
        d->part[part] = new;
}

bool vd_delta_diff(struct vd_delta_work *w)
{
    if (!make_arrays(w))
        return false;
    put_part(w, VD_DELTA_NAMES, VDB_NAMES);
    put_part(w, VD_DELTA_PROVENANCE, VDB_PROVENANCE);
    put_part(w, VD_DELTA_COMPLIANCE, VDB_COMPLIANCE);
    if (w->to->v.kind == VDB_HUB)
        (void)vd_span_slice(vd_bundle_section(w->to, VDB_COVERAGE), 0, VDB_DIGEST, &w->d.root);
    match_rows(w);
    return diff_rows(w) && put_rows(w);
}
