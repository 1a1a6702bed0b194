/* SPDX-License-Identifier: Apache-2.0
 *
 * buf.c - with buf.h, the only place that calls memcpy.
 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vd_buf_free(struct vd_buf *b)
{
    free(b->p);
    *b = VD_BUF(b->max);
}

void vd_buf_clear(struct vd_buf *b)
{
    b->n = 0;
    b->failed = false;
}

static bool reserve(struct vd_buf *b, size_t n)
{
    size_t want, cap = b->cap;
    uint8_t *p;

    if (b->failed) /* the first reason counts */
        return false;
    if (n > b->max - b->n)
        return !(b->failed = 1);
    want = b->n + n;
    if (want <= cap)
        return true;
    while (cap < want)
        cap = cap < 256 ? 256 : cap > b->max / 2 ? b->max : cap * 2;
    p = realloc(b->p, cap);
    if (p == NULL)
        return !(b->failed = VD_BUF_NO_MEMORY);
    b->p = p;
    b->cap = cap;
    return true;
}

uint8_t *vd_buf_grow(struct vd_buf *b, size_t n)
{
    uint8_t *at;
    if (n == 0 || !reserve(b, n))
        return NULL;
    at = b->p + b->n;
    b->n += n;
    return at;
}

bool vd_buf_put(struct vd_buf *b, struct vd_span bytes)
{
    uint8_t *to;
    if (bytes.n == 0)
        return !b->failed;
    to = vd_buf_grow(b, bytes.n);
    if (to == NULL)
        return false;
    memcpy(to, bytes.p, bytes.n);
    return true;
}

bool vd_buf_u8(struct vd_buf *b, uint8_t v)
{
    return vd_buf_put(b, (struct vd_span){ &v, 1 });
}

bool vd_buf_le(struct vd_buf *b, size_t width, uint64_t v)
{
    bool ok = true;
    for (size_t i = 0; i < width; i++, v >>= 8)
        ok = vd_buf_u8(b, (uint8_t)(v & 0xFF));
    return ok;
}

bool vd_buf_be(struct vd_buf *b, size_t width, uint64_t v)
{
    bool ok = true;
    for (size_t i = width; i-- > 0;)
        ok = vd_buf_u8(b, (uint8_t)(v >> (8 * i) & 0xFF));
    return ok;
}

bool vd_buf_pad(struct vd_buf *b, size_t align)
{
    bool ok = !b->failed;
    while (ok && b->n % align != 0)
        ok = vd_buf_u8(b, 0);
    return ok;
}

bool vd_buf_str(struct vd_buf *b, const char *s)
{
    return vd_buf_put(b, vd_span_str(s));
}

bool vd_buf_fmt(struct vd_buf *b, const char *fmt, ...)
{
    va_list ap;
    int n;
    uint8_t *to;

    va_start(ap, fmt);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0)
        return !(b->failed = 1);
    if (!reserve(b, (size_t)n + 1))
        return false;
    to = b->p + b->n;
    va_start(ap, fmt);
    (void)vsnprintf((char *)to, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n; /* the terminator stays outside */
    return true;
}

void vd_buf_drop(struct vd_buf *b, size_t n)
{
    size_t k = n < b->n ? n : b->n;
    if (k > 0)
        memmove(b->p, b->p + k, b->n - k);
    b->n -= k;
}

void vd_zero(void *p, size_t n)
{
    if (n > 0)
        memset(p, 0, n);
}

bool vd_grow(void **items, size_t n, size_t *cap, size_t size, size_t max)
{
    size_t want;
    void *p;

    if (n < *cap)
        return true;
    if (n >= max || max > SIZE_MAX / size)
        return false;
    want = *cap < 8 ? 8 : *cap > max / 2 ? max : *cap * 2;
    if (want > max)
        want = max;
    p = realloc(*items, want * size);
    if (p == NULL)
        return false;
    *items = p;
    *cap = want;
    return true;
}
