/* SPDX-License-Identifier: Apache-2.0
 *
 * buf.c - growable bytes.
 */
#include "buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"

static void reserve(struct buf *b, size_t more)
{
    size_t size = b->size == 0 ? 64 : b->size;
    uint8_t *p;

    while (size - b->n <= more)
        size *= 2;
    if (size == b->size)
        return;
    p = realloc(b->p, size);
    if (p == NULL)
        die(DIE_INTERNAL, "out of memory");
    b->p = p;
    b->size = size;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    reserve(b, n);
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
    b->p[b->n] = 0;
}

void buf_join(struct buf *b, const struct buf *other)
{
    buf_add(b, other->p, other->n);
}

void buf_u8(struct buf *b, unsigned v)
{
    uint8_t octet = (uint8_t)v;
    buf_add(b, &octet, 1);
}

void buf_le(struct buf *b, uint64_t v, size_t width)
{
    for (size_t i = 0; i < width; i++)
        buf_u8(b, (unsigned)(v >> 8 * i & 0xFF));
}

void buf_be(struct buf *b, uint64_t v, size_t width)
{
    for (size_t i = width; i > 0; i--)
        buf_u8(b, (unsigned)(v >> 8 * (i - 1) & 0xFF));
}

void buf_fmt(struct buf *b, const char *format, ...)
{
    va_list args, again;
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0)
        die(DIE_INTERNAL, "vsnprintf failed");
    reserve(b, (size_t)n);
    (void)vsnprintf((char *)b->p + b->n, (size_t)n + 1, format, again);
    va_end(again);
    b->n += (size_t)n;
}

void buf_hex(struct buf *b, const uint8_t *p, size_t n, int upper)
{
    for (size_t i = 0; i < n; i++)
        buf_fmt(b, upper ? "%02X" : "%02x", p[i]);
}

const char *buf_str(const struct buf *b)
{
    return b->p == NULL ? "" : (const char *)b->p;
}

void buf_free(struct buf *b)
{
    free(b->p);
    *b = (struct buf){ .p = NULL };
}
