/* SPDX-License-Identifier: Apache-2.0
 *
 * provenance.c - the provenance part.
 */
#include "provenance.h"

#include <stdlib.h>

#include "limits.h"
#include "sig.h"

bool vd_is_provenance(struct vd_span in)
{
    return vd_take_tag(&in, VD_PROVENANCE_MAGIC);
}

/* record := sha256[32] time:i64 height:u64 n:u8 number[n] n:u16 url[n] n:u16 node[n] */
bool vd_provenance_next(struct vd_span *cursor, struct vd_source *ret)
{
    struct vd_span in = *cursor;
    struct vd_source s;
    uint64_t time, n;

    if (!vd_take(&in, VD_SHA256, &s.sha256) || !vd_take_le(&in, 8, &time) ||
        !vd_take_le(&in, 8, &s.height) || !vd_take_le(&in, 1, &n) || !vd_take(&in, n, &s.number) ||
        !vd_take_le(&in, 2, &n) || !vd_take(&in, n, &s.url) || !vd_take_le(&in, 2, &n) ||
        !vd_take(&in, n, &s.node))
        return false;
    s.time = (int64_t)time;
    *ret = s;
    *cursor = in;
    return true;
}

static int compare(const struct vd_source *a, const struct vd_source *b)
{
    const int c = vd_span_cmp(a->url, b->url);
    return c != 0 ? c : vd_span_cmp(a->sha256, b->sha256);
}

/* A number is at most 20 octets and has no leading zero, except that 0 is one. */
static bool source_ok(const struct vd_source *s)
{
    return s->time >= 0 && s->number.n <= 20 && (s->number.n < 2 || vd_at(s->number, 0) != 0) &&
           s->url.n > 0 && s->url.n <= VD_MAX_URL && s->node.n <= VD_MAX_URL;
}

static const char *check_records(struct vd_span in, uint64_t n)
{
    struct vd_source last, now;

    for (uint64_t i = 0; i < n; i++, last = now) {
        if (!vd_provenance_next(&in, &now) || !source_ok(&now))
            return "record";
        if (i > 0 && compare(&last, &now) >= 0)
            return "order of records";
    }
    return in.n == 0 ? NULL : "size";
}

const char *vd_provenance_read(struct vd_span in, struct vd_provenance *ret)
{
    uint64_t network, zero, n, zero2;
    const char *wrong;

    if (!vd_take_tag(&in, VD_PROVENANCE_MAGIC))
        return "magic";
    if (!vd_take_le(&in, 1, &network) || !vd_take_le(&in, 3, &zero) || !vd_take_le(&in, 4, &n) ||
        !vd_take_le(&in, 4, &zero2))
        return "header";
    if ((network != VD_NETWORK_MAIN && network != VD_NETWORK_TEST) || zero != 0 || zero2 != 0)
        return "header values";
    wrong = check_records(in, n);
    if (wrong == NULL)
        *ret = (struct vd_provenance){ (enum vd_network)network, in };
    return wrong;
}

/* ---- writing ---- */

/* Of the same octets at the same place, the ones that were confirmed last come first. */
static int by_place(const void *x, const void *y)
{
    const struct vd_source *a = x, *b = y;
    const int c = compare(a, b);
    return c != 0 ? c : (a->time < b->time) - (a->time > b->time);
}

static bool put_source(const struct vd_source *s, struct vd_buf *out)
{
    return s->sha256.n == VD_SHA256 && source_ok(s) && vd_buf_put(out, s->sha256) &&
           vd_buf_le(out, 8, (uint64_t)s->time) && vd_buf_le(out, 8, s->height) &&
           vd_buf_le(out, 1, s->number.n) && vd_buf_put(out, s->number) &&
           vd_buf_le(out, 2, s->url.n) && vd_buf_put(out, s->url) &&
           vd_buf_le(out, 2, s->node.n) && vd_buf_put(out, s->node);
}

bool vd_provenance_write(enum vd_network network, struct vd_source *v, size_t n, struct vd_buf *out)
{
    size_t distinct = 0;
    bool ok;

    if (n > 1)
        qsort(v, n, sizeof *v, by_place);
    for (size_t i = 0; i < n; i++)
        distinct += i == 0 || compare(&v[i - 1], &v[i]) != 0;
    ok = distinct <= UINT32_MAX && vd_buf_str(out, VD_PROVENANCE_MAGIC) &&
         vd_buf_le(out, 4, (uint64_t)network) && vd_buf_le(out, 4, distinct) && vd_buf_le(out, 4, 0);
    for (size_t i = 0; ok && i < n; i++) {
        if (i == 0 || compare(&v[i - 1], &v[i]) != 0)
            ok = put_source(&v[i], out);
    }
    return ok;
}
