/* SPDX-License-Identifier: Apache-2.0
 *
 * signed_index.c - indexes: all deltas since the base. Not signed; a head names it by its hash.
 *
 *   body    base:u64 entries:u32 zero:u32 entry*
 *   entry   kind:u32 zero:u32 from:u64 to:u64 size:u64 sha256[32]      ascending by (kind, to, from)
 */
#include "limits.h"
#include "signed.h"

#define ENTRY 64u

static bool take_entry(struct vd_span *in, struct vd_index_entry *ret, uint64_t *ret_zero)
{
    uint64_t kind;
    struct vd_span hash;
    if (!vd_take_le(in, 4, &kind) || !vd_take_le(in, 4, ret_zero) || !vd_take_le(in, 8, &ret->from) ||
        !vd_take_le(in, 8, &ret->to) || !vd_take_le(in, 8, &ret->size) ||
        !vd_take(in, VD_SHA256, &hash))
        return false;
    ret->kind = kind > 2 ? 0 : (uint8_t)kind;
    return vd_copy(ret->sha256, VD_SHA256, hash);
}

static bool ascends(const struct vd_index_entry *a, const struct vd_index_entry *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind;
    return a->to != b->to ? a->to < b->to : a->from < b->from;
}

static bool all_zero(struct vd_span in)
{
    for (size_t i = 0; i < in.n; i++) {
        if (in.p[i] != 0)
            return false;
    }
    return true;
}

static const char *check_entry(const struct vd_index *index, const struct vd_index_entry *last,
                               const struct vd_index_entry *e)
{
    if (e->kind == 0)
        return "index-kind";
    if (e->from >= e->to)
        return "index-loop"; /* every step leads forward, so no path is endless */
    if (e->from < index->base || e->to > index->s.number)
        return "index-range";
    if (e->size > VD_MAX_BUNDLE || (e->size == 0) != all_zero(VD_SPAN(e->sha256)))
        return "index-delta"; /* no octets: the two bundles are the same file */
    return ascends(last, e) ? NULL : "index-order";
}

const char *vd_index_read(struct vd_span in, struct vd_index *ret)
{
    struct vd_index_entry e, last = { .kind = 0 };
    const char *wrong = vd_signed_read(in, VD_DOC_INDEX, VD_MAX_INDEX, &ret->s);
    uint64_t n, zero;
    struct vd_span body;

    if (wrong != NULL)
        return wrong;
    if (ret->s.n_signatures != 0)
        return "index-signed";
    body = ret->s.body;
    if (!vd_take_le(&body, 8, &ret->base) || !vd_take_le(&body, 4, &n) || !vd_take_le(&body, 4, &zero))
        return "index-size";
    if (zero != 0)
        return "index-zero";
    if (ret->base == 0 || ret->base > ret->s.number)
        return "index-range";
    if (body.n % ENTRY != 0 || body.n / ENTRY != n)
        return "index-size";
    ret->entries = body;
    ret->n = (uint32_t)n;
    for (; body.n > 0; last = e) {
        if (!take_entry(&body, &e, &zero) || zero != 0)
            return "index-zero";
        if ((wrong = check_entry(ret, &last, &e)) != NULL)
            return wrong;
    }
    return NULL;
}

const char *vd_index_of(const struct vd_index *index, const struct vd_head *head)
{
    const struct vd_signed *a = &index->s, *b = &head->s;
    return a->network == b->network && vd_span_eq(vd_span_str(a->feed), vd_span_str(b->feed)) &&
                   a->epoch == b->epoch && a->number == b->number
               ? NULL
               : "index-of-another-head";
}

bool vd_index_at(const struct vd_index *index, uint32_t i, struct vd_index_entry *ret)
{
    struct vd_span one;
    uint64_t zero;
    return vd_span_slice(index->entries, (size_t)i * ENTRY, ENTRY, &one) &&
           take_entry(&one, ret, &zero);
}

bool vd_index_write(const struct vd_signed *d, uint64_t base, const struct vd_index_entry *entries,
                    size_t n, struct vd_buf *out)
{
    struct vd_buf body = VD_BUF(VD_MAX_INDEX);
    bool ok = n <= VD_MAX_INDEX / ENTRY && vd_buf_le(&body, 8, base) && vd_buf_le(&body, 4, n) &&
              vd_buf_le(&body, 4, 0);
    for (size_t i = 0; ok && i < n; i++) {
        const struct vd_index_entry *e = &entries[i];
        ok = vd_buf_le(&body, 4, e->kind) && vd_buf_le(&body, 4, 0) && vd_buf_le(&body, 8, e->from) &&
             vd_buf_le(&body, 8, e->to) && vd_buf_le(&body, 8, e->size) &&
             vd_buf_put(&body, VD_SPAN(e->sha256));
    }
    ok = ok && vd_signed_write(d, vd_buf_span(&body), out);
    vd_buf_free(&body);
    return ok;
}
