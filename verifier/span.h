/* SPDX-License-Identifier: Apache-2.0
 *
 * span.h - borrowed bytes and the cursor that walks them.
 *
 * Owns:           all arithmetic on pointers into untrusted bytes.
 * Must not know:  any format.
 */
#ifndef VD_SPAN_H
#define VD_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes: never owned, never NUL-terminated. {NULL, 0} is the absent span. */
struct vd_span {
    const uint8_t *p;
    size_t n;
};

#define VD_SPAN(array) ((struct vd_span){ (array), sizeof(array) })
#define VD_NO_SPAN ((struct vd_span){ NULL, 0 })

static inline struct vd_span vd_span_of(const void *p, size_t n)
{
    return (struct vd_span){ p, p == NULL ? 0 : n };
}
struct vd_span vd_span_str(const char *s);

/* A cursor is a span that shrinks from the front. On failure nothing is changed. What stands here, and
 * not in span.c, is what a certificate or a lookup calls hundreds of times. */
static inline bool vd_take(struct vd_span *in, size_t n, struct vd_span *ret)
{
    if (n > in->n)
        return false;
    *ret = (struct vd_span){ in->p, n };
    in->p = n ? in->p + n : in->p; /* NULL + 0 is undefined in C11 */
    in->n -= n;
    return true;
}

static inline bool vd_take_u8(struct vd_span *in, uint8_t *ret)
{
    struct vd_span one;
    if (!vd_take(in, 1, &one))
        return false;
    *ret = one.p[0];
    return true;
}

bool vd_take_le(struct vd_span *in, size_t width, uint64_t *ret); /* width 1..8 */
bool vd_take_be(struct vd_span *in, size_t width, uint64_t *ret);
bool vd_take_tag(struct vd_span *in, const char *magic);          /* the bytes of a C string */

/* The part of `whole` that `rest`, a cursor into it, has already walked over. */
struct vd_span vd_span_walked(struct vd_span whole, struct vd_span rest);
/* Bytes [at, at + n) of `in`, or false. */
static inline bool vd_span_slice(struct vd_span in, size_t at, size_t n, struct vd_span *ret)
{
    struct vd_span skipped;
    return vd_take(&in, at, &skipped) && vd_take(&in, n, ret);
}
/* Everything after the first n bytes; empty when there are fewer. */
static inline struct vd_span vd_span_skip(struct vd_span in, size_t n)
{
    struct vd_span skipped;
    (void)vd_take(&in, n < in.n ? n : in.n, &skipped);
    return in;
}

bool vd_span_eq(struct vd_span a, struct vd_span b);
bool vd_span_is(struct vd_span a, const char *s);
int vd_span_cmp(struct vd_span a, struct vd_span b);      /* lexicographic, shorter first */
bool vd_span_find(struct vd_span in, struct vd_span what, size_t *ret_at);

uint8_t vd_at(struct vd_span in, size_t i);               /* 0 when out of range */
static inline uint64_t vd_load_be64(const uint8_t p[8]) /* here, because it is one instruction */
{
    return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 | (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
           (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 | (uint64_t)p[6] << 8 | (uint64_t)p[7];
}

#endif
