/* SPDX-License-Identifier: Apache-2.0
 *
 * delta.c - making a delta and applying one; each proves itself by the other.
 */
#include <stdlib.h>

#include "delta_int.h"

static void work_free(struct vd_delta_work *w)
{
    vd_delta_free(&w->d);
    free(w->rows);
    free(w->ranks);
    free(w->keys);
    vd_buf_free(&w->lines);
}

static struct vd_delta_work work_on(const struct vd_bundle *from, const struct vd_bundle *to)
{
    return (struct vd_delta_work){ .from = from, .to = to, .lines = VD_BUF(VDB_MAX_SIZE) };
}

/* Of two bundles that were read. */
static enum vd_delta_error make(const struct vd_bundle *from, const struct vd_bundle *to,
                                struct vd_buf *out)
{
    struct vd_delta_work w = work_on(from, to);
    struct vd_bits b;
    bool ok;

    w.d.head.kind = (enum vdb_kind)to->v.kind;
    ok = vd_delta_diff(&w) && vd_delta_put_head(from, to, out);
    b = vd_bits_write(out);
    ok = ok && vd_delta_code(&b, &w.d, &w.memory) && vd_delta_body(&b, &w);
    work_free(&w);
    return ok ? VD_DELTA_OK : w.memory || out->failed ? VD_DELTA_NO_MEMORY : VD_DELTA_BAD_TO;
}

/* The target as the delta says it; `ret` points into `out`. */
/* `bad` unless it can be read. */
static enum vd_delta_error open_bundle(struct vd_span in, enum vd_delta_error bad, struct vd_bundle *ret)
{
    const char *wrong = vd_bundle_read(in, ret);
    return wrong == NULL ? VD_DELTA_OK : wrong == vd_no_memory ? VD_DELTA_NO_MEMORY : bad;
}

static enum vd_delta_error apply(const struct vd_bundle *from, struct vd_span delta,
                                 const struct vd_delta_head *h, struct vd_buf *out,
                                 struct vd_bundle *ret)
{
    struct vd_delta_work w = work_on(from, NULL);
    struct vd_bits b = vd_bits_read(vd_span_skip(delta, VD_DELTA_HEAD));
    enum vd_delta_error e = VD_DELTA_BAD_CODES;

    w.d.head = *h;
    if (vd_delta_code(&b, &w.d, &w.memory))
        e = vd_delta_resolve(&w, b.in.n);
    if (e == VD_DELTA_OK && !vd_delta_body(&b, &w))
        e = VD_DELTA_BAD_CODES;
    if (e == VD_DELTA_OK && b.in.n > 0)
        e = VD_DELTA_TAIL;
    if (e == VD_DELTA_OK)
        e = vd_delta_build(&w, out);
    if (e == VD_DELTA_OK)
        e = out->n != h->size ? VD_DELTA_OTHER_RESULT
                              : open_bundle(vd_buf_span(out), VD_DELTA_OTHER_RESULT, ret);
    if (e == VD_DELTA_OK && !vd_span_eq(vd_bundle_hash(ret), h->to))
        e = VD_DELTA_OTHER_RESULT;
    work_free(&w);
    return w.memory ? VD_DELTA_NO_MEMORY : e;
}

enum vd_delta_error vd_delta_make(struct vd_span from, struct vd_span to, struct vd_buf *out)
{
    struct vd_buf back = VD_BUF(to.n);
    const size_t start = out->n;
    struct vd_bundle a, b, c;
    struct vd_delta_head h;
    struct vd_span delta;
    enum vd_delta_error e;

    e = open_bundle(from, VD_DELTA_BAD_FROM, &a);
    if (e == VD_DELTA_OK)
        e = open_bundle(to, VD_DELTA_BAD_TO, &b);
    if (e == VD_DELTA_OK)
        e = vd_delta_check_pair(&a, &b);
    if (e == VD_DELTA_OK)
        e = make(&a, &b, out);
    /* what cannot be given back is not given out */
    if (e == VD_DELTA_OK) {
        delta = vd_span_skip(vd_buf_span(out), start);
        e = vd_delta_read_head(delta, &h);
        if (e == VD_DELTA_OK)
            e = apply(&a, delta, &h, &back, &c);
        if (e == VD_DELTA_OK ? !vd_span_eq(vd_buf_span(&back), to) : e != VD_DELTA_NO_MEMORY)
            e = VD_DELTA_BAD_TO;
    }
    vd_buf_free(&back);
    if (e != VD_DELTA_OK)
        out->n = start;
    return e;
}

enum vd_delta_error vd_delta_apply(struct vd_span from, struct vd_span delta, uint64_t max_size,
                                   struct vd_buf *out)
{
    struct vd_delta_head h;
    struct vd_bundle a, b;
    struct vd_buf target, again;
    enum vd_delta_error e = vd_delta_read_head(delta, &h);

    if (e != VD_DELTA_OK)
        return e;
    e = open_bundle(from, VD_DELTA_BAD_FROM, &a);
    if (e == VD_DELTA_OK)
        e = vd_delta_check_head(&h, &a, max_size);
    if (e != VD_DELTA_OK)
        return e;
    target = VD_BUF((size_t)h.size);
    again = VD_BUF(VDB_MAX_SIZE);
    e = apply(&a, delta, &h, &target, &b);
    if (e == VD_DELTA_OK) {
        e = make(&a, &b, &again);
        if (e != VD_DELTA_NO_MEMORY && !vd_span_eq(vd_buf_span(&again), delta))
            e = VD_DELTA_NOT_MINIMAL;
    }
    if (e == VD_DELTA_OK && !vd_buf_put(out, vd_buf_span(&target)))
        e = VD_DELTA_NO_MEMORY;
    vd_buf_free(&target);
    vd_buf_free(&again);
    return e;
}
