/* SPDX-License-Identifier: Apache-2.0
 *
 * delta_build.c - a first bundle and what a delta says -> the target.
 */
#include <stdlib.h>

#include "delta_int.h"
#include "limits.h"

/* ---- rows ---- */

static uint32_t unzigzag(uint32_t v)
{
    return v >> 1 ^ (v & 1 ? UINT32_MAX : 0);
}

static bool take_kept(struct vd_delta_work *w, uint32_t from, uint32_t kept, uint32_t *again,
                      struct vd_delta_row *r)
{
    const struct vd_delta *d = &w->d;
    const struct vdb_row o = vdb_row_at(&w->from->v, from);
    const uint32_t state = o.complete ? 0 : 1 + (uint32_t)o.reason;
    uint64_t n;

    *r = (struct vd_delta_row){ .id = o.id, .old = o, .base_n = o.base_n };
    if (*again < d->n_again && d->again[*again] == kept) {
        r->anew = true;
        r->base_n = d->base_n[(*again)++];
    }
    r->state = state + unzigzag(d->columns[VD_DELTA_STATE][kept]);
    r->this_update = o.this_update + unzigzag(d->columns[VD_DELTA_THIS][kept]);
    r->next_update = vd_delta_expected(&o, r->this_update) +
                     unzigzag(d->columns[VD_DELTA_NEXT][kept]);
    r->last_ok = o.last_ok + unzigzag(d->columns[VD_DELTA_LAST_OK][kept]);
    r->less = d->columns[VD_DELTA_LESS][kept];
    r->more = d->columns[VD_DELTA_MORE][kept];
    if (r->less > (r->anew ? 0 : o.n))
        return false;
    n = (r->anew ? 0 : (uint64_t)o.n - r->less) + r->more;
    r->n = (uint32_t)n;
    return n <= vdb_most_keys(r->base_n);
}

static bool take_new(const struct vd_delta_new *n, struct vd_delta_row *r)
{
    *r = (struct vd_delta_row){ .id = n->id, .is_new = true, .anew = true, .state = n->state,
                                .this_update = n->this_update, .next_update = n->next_update,
                                .last_ok = n->last_ok, .base_n = n->base_n, .n = n->n,
                                .more = n->n };
    return n->n <= vdb_most_keys(n->base_n);
}

/* Those that stay and those that are new, ascending by id. */
static bool merge_rows(struct vd_delta_work *w)
{
    const struct vd_delta *d = &w->d;
    uint32_t gone = 0, kept = 0, again = 0, fresh = 0;
    bool ok = d->n_from == w->from->n_rows;

    for (uint32_t i = 0; ok && i < d->n_from; i++) {
        const struct vd_span id = vd_span_of(vdb_row_at(&w->from->v, i).id, VDB_ID);
        if (gone < d->n_gone && d->gone[gone] == i) {
            gone++;
            continue;
        }
        while (ok && fresh < d->n_new && vd_span_cmp(VD_SPAN(d->fresh[fresh].id), id) <= 0)
            ok = take_new(&d->fresh[fresh++], &w->rows[w->n_rows++]);
        ok = ok && take_kept(w, i, kept++, &again, &w->rows[w->n_rows++]);
    }
    while (ok && fresh < d->n_new)
        ok = take_new(&d->fresh[fresh++], &w->rows[w->n_rows++]);
    return ok;
}

/* Puts the filters in their places and counts what the rows need. */
static enum vd_delta_error check_rows(struct vd_delta_work *w, size_t left)
{
    uint64_t keys = 0, all = 0, ranks = 0, lines = 0;

    for (uint32_t i = 0; i < w->n_rows; i++) {
        struct vd_delta_row *r = &w->rows[i];
        if (r->state > VD_REASONS || (i > 0 && vd_span_cmp(vd_span_of(w->rows[i - 1].id, VDB_ID),
                                                           vd_span_of(r->id, VDB_ID)) >= 0))
            return VD_DELTA_BAD_CODES;
        r->lines = vdb_params_of(r->base_n).lines;
        r->line = (uint32_t)lines;
        lines += r->lines;
        if (lines > w->d.head.size / VDB_LINE)
            return VD_DELTA_TOO_LARGE;
        if (!vd_delta_is_exact(w, r->base_n))
            continue;
        ranks += r->less;
        keys += r->more;
        all += r->n;
    }
    if (all > w->d.head.size / (VDB_RICE / 8))
        return VD_DELTA_TOO_LARGE;
    if (keys > left / (VDB_RICE / 8) || ranks > left * (uint64_t)8)
        return VD_DELTA_BAD_CODES;
    w->n_lines = (uint32_t)lines;
    w->n_keys = (size_t)keys;
    w->n_ranks = (size_t)ranks;
    return VD_DELTA_OK;
}

/* Parts that the target takes from the first bundle are there. */
static bool parts_there(const struct vd_delta_work *w)
{
    bool ok = w->d.mode[VD_DELTA_NAMES] != VD_DELTA_MERGED || w->from->names.p != NULL;

    for (unsigned i = VD_DELTA_PROVENANCE; i < VD_DELTA_PARTS; i++)
        ok = ok && (w->d.mode[i] != VD_DELTA_SAME ||
                    vd_bundle_section(w->from, (enum vdb_section)(VDB_NAMES + i)).p != NULL);
    return ok;
}

enum vd_delta_error vd_delta_resolve(struct vd_delta_work *w, size_t left)
{
    const size_t n = (size_t)vd_delta_kept(&w->d) + w->d.n_new;
    enum vd_delta_error e;

    if (n > w->d.head.size / VDB_ROW || w->d.head.size < 2 * VDB_HEADER)
        return VD_DELTA_TOO_LARGE;
    w->rows = calloc(n ? n : 1, sizeof *w->rows);
    w->memory = w->rows == NULL;
    if (w->memory)
        return VD_DELTA_NO_MEMORY;
    if (!parts_there(w) || !merge_rows(w))
        return VD_DELTA_BAD_CODES;
    e = check_rows(w, left);
    if (e != VD_DELTA_OK)
        return e;
    w->ranks = calloc(w->n_ranks ? w->n_ranks : 1, sizeof *w->ranks);
    w->keys = calloc(w->n_keys ? w->n_keys : 1, sizeof *w->keys);
    w->memory = w->ranks == NULL || w->keys == NULL;
    return w->memory ? VD_DELTA_NO_MEMORY : VD_DELTA_OK;
}

/* ---- keys ---- */

/* The old keys but those that left, and those that came, ascending; r->n of them. */
static void merge_keys(const struct vd_delta_row *r, const struct vd_bundle_keys *old,
                       const uint32_t *less, const uint64_t *more, uint64_t *to)
{
    uint32_t gone = 0, came = 0;

    for (uint32_t i = 0; i < old->n; i++) {
        if (gone < r->less && less[gone] == i) {
            gone++;
            continue;
        }
        while (came < r->more && more[came] < old->p[i])
            *to++ = more[came++];
        *to++ = old->p[i];
    }
    while (came < r->more)
        *to++ = more[came++];
}

struct target {
    uint64_t *keys; /* of all issuers that have them here, row by row */
    struct vd_bundle_issuer *issuers;
    struct vd_bundle_keys old;
    size_t key, rank, more;
    uint32_t fresh; /* new issuers so far */
};

static bool put_keys(struct vd_delta_work *w, const struct vd_delta_row *r, struct target *t,
                     struct vd_bundle_issuer *i)
{
    t->old.n = 0;
    if (!r->anew && vd_bundle_keys(w->from, &r->old, &t->old) != NULL) {
        w->memory = w->memory || t->old.memory;
        return false;
    }
    merge_keys(r, &t->old, w->ranks + t->rank, w->keys + t->more, t->keys + t->key);
    i->keys = t->keys + t->key;
    t->rank += r->less;
    t->more += r->more;
    t->key += r->n;
    return true;
}

/* ---- issuers ---- */

/* entry := key_id_size:u8 key_id name */
static bool take_name(struct vd_span entry, struct vd_bundle_issuer *i)
{
    uint8_t n;
    if (!vd_take_u8(&entry, &n) || !vd_take(&entry, n, &i->key_id))
        return false;
    i->name = entry;
    return true;
}

/* From the first bundle, from the delta, or (`all`) from a whole part of the delta. */
static bool put_name(const struct vd_delta_work *w, uint32_t at, const struct vd_bundle *all,
                     struct target *t, struct vd_bundle_issuer *i)
{
    const struct vd_delta_row *r = &w->rows[at];
    const uint32_t fresh = t->fresh;
    uint32_t row;

    t->fresh += r->is_new;

    switch (w->d.mode[VD_DELTA_NAMES]) {
    case VD_DELTA_NONE:
    case VD_DELTA_SAME:
        return true;
    case VD_DELTA_ANEW:
        return vd_bundle_name(all, at, &i->key_id, &i->name);
    case VD_DELTA_MERGED:
        break;
    }
    if (!r->is_new)
        return vdb_find_row(&w->from->v, r->id, &row) == 1 &&
               vd_bundle_name(w->from, row, &i->key_id, &i->name);
    return take_name(w->d.fresh[fresh].name, i);
}

static void put_row(const struct vd_delta_work *w, const struct vd_delta_row *r,
                    struct vd_bundle_issuer *i)
{
    const bool timed = r->this_update != 0 || r->next_update != 0 || r->last_ok != 0;

    *i = (struct vd_bundle_issuer){ .id = r->id,
                                    .good = r->state == 0,
                                    .reason = r->state == 0 ? VD_REASON_NO_DATA
                                                            : (enum vd_reason)(r->state - 1),
                                    .this_update = r->this_update,
                                    .next_update = r->next_update,
                                    .last_ok = r->last_ok != 0 ? r->last_ok
                                               : timed         ? w->d.head.evidence_time
                                                               : 0,
                                    .n = r->n,
                                    .base_n = r->base_n };
    (void)vd_span_slice(vd_buf_span(&w->lines), (size_t)r->line * VDB_LINE,
                        (size_t)r->lines * VDB_LINE, &i->filter);
}

static bool put_issuers(struct vd_delta_work *w, struct target *t)
{
    const struct vd_bundle all = { .names = w->d.part[VD_DELTA_NAMES], .n_rows = w->n_rows };
    bool ok = true;

    for (uint32_t i = 0; ok && i < w->n_rows; i++) {
        put_row(w, &w->rows[i], &t->issuers[i]);
        ok = put_name(w, i, &all, t, &t->issuers[i]) &&
             (!vd_delta_is_exact(w, w->rows[i].base_n) ||
              put_keys(w, &w->rows[i], t, &t->issuers[i]));
    }
    return ok;
}

static struct vd_span part_of(const struct vd_delta_work *w, enum vd_delta_part part,
                              enum vdb_section type)
{
    const enum vd_delta_mode mode = w->d.mode[part];
    return mode == VD_DELTA_SAME   ? vd_bundle_section(w->from, type)
           : mode == VD_DELTA_ANEW ? w->d.part[part]
                                   : VD_NO_SPAN;
}

/* Why the target was not written. Its header stands before all that can be too much, and says how much
 * it is. */
static enum vd_delta_error not_encoded(const struct vd_buf *out)
{
    struct vd_span size;
    uint64_t n = 0;

    return out->failed && vd_span_slice(vd_buf_span(out), 16, 8, &size) && vd_take_le(&size, 8, &n) &&
                   n > out->max
               ? VD_DELTA_TOO_LARGE
               : VD_DELTA_NO_MEMORY;
}

static enum vd_delta_error encode(struct vd_delta_work *w, const struct target *t,
                                  struct vd_buf *out)
{
    struct vd_bundle_in in = { .network = w->from->network,
                               .kind = (enum vdb_kind)w->from->v.kind,
                               .evidence_time = w->d.head.evidence_time,
                               .issuers = t->issuers,
                               .n = w->n_rows,
                               .root = w->d.root.p,
                               .without_names = w->d.mode[VD_DELTA_NAMES] == VD_DELTA_NONE,
                               .provenance = part_of(w, VD_DELTA_PROVENANCE, VDB_PROVENANCE),
                               .compliance = part_of(w, VD_DELTA_COMPLIANCE, VDB_COMPLIANCE) };
    in.base = vd_bundle_base(w->from, &in.base_time).p;
    return vd_bundle_encode(&in, out) ? VD_DELTA_OK : not_encoded(out);
}

enum vd_delta_error vd_delta_build(struct vd_delta_work *w, struct vd_buf *out)
{
    struct target t = { .issuers = calloc(w->n_rows ? w->n_rows : 1, sizeof *t.issuers) };
    enum vd_delta_error e = VD_DELTA_BAD_CODES;
    size_t keys = 1;

    for (uint32_t i = 0; i < w->n_rows; i++)
        keys += vd_delta_is_exact(w, w->rows[i].base_n) ? w->rows[i].n : 0;
    t.keys = calloc(keys, sizeof *t.keys);
    w->memory = w->memory || t.keys == NULL || t.issuers == NULL;
    if (!w->memory && put_issuers(w, &t))
        e = encode(w, &t, out);
    free(t.keys);
    free(t.issuers);
    free(t.old.p);
    return w->memory ? VD_DELTA_NO_MEMORY : e;
}
