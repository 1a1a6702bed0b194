/* SPDX-License-Identifier: Apache-2.0
 *
 * buf.h - growable output that is born with its ceiling, and the only place that moves bytes.
 *
 * A buffer that could not grow is `failed` and stays so; writers need one check at the end.
 */
#ifndef VD_BUF_H
#define VD_BUF_H

#include "span.h"

#include <string.h>

struct vd_buf {
    uint8_t *p;
    size_t n, cap, max;
    uint8_t failed; /* over max (1) or out of memory (VD_BUF_NO_MEMORY): the contents are not to be used */
};

#define VD_BUF_NO_MEMORY 2u
#define VD_BUF(ceiling) ((struct vd_buf){ NULL, 0, 0, (ceiling), false })
/* On an array of the caller: never allocates, not to be freed. */
#define VD_BUF_ON(array) ((struct vd_buf){ (uint8_t *)(array), 0, sizeof(array), sizeof(array), false })

void vd_buf_free(struct vd_buf *b);
void vd_buf_clear(struct vd_buf *b); /* empty again, memory kept */
static inline struct vd_span vd_buf_span(const struct vd_buf *b)
{
    return (struct vd_span){ b->p, b->n };
}

bool vd_buf_put(struct vd_buf *b, struct vd_span bytes);
bool vd_buf_u8(struct vd_buf *b, uint8_t v);
bool vd_buf_le(struct vd_buf *b, size_t width, uint64_t v);
bool vd_buf_be(struct vd_buf *b, size_t width, uint64_t v);
bool vd_buf_pad(struct vd_buf *b, size_t align); /* zero bytes up to a multiple of align */
bool vd_buf_str(struct vd_buf *b, const char *s);
bool vd_buf_fmt(struct vd_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Room for n more bytes, to be written by the caller; NULL when it failed. */
uint8_t *vd_buf_grow(struct vd_buf *b, size_t n);
/* Drops the first n bytes. */
void vd_buf_drop(struct vd_buf *b, size_t n);

/* Copies into a fixed array; false (and nothing written) when it does not fit. */
static inline bool vd_copy(void *to, size_t room, struct vd_span from)
{
    if (from.n > room)
        return false;
    if (from.n > 0)
        memcpy(to, from.p, from.n);
    return true;
}
void vd_zero(void *p, size_t n);
/* Grows an array of `size`-byte items so that one more fits; the old one stays on failure. */
bool vd_grow(void **items, size_t n, size_t *cap, size_t size, size_t max);

#endif
