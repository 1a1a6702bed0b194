/* SPDX-License-Identifier: Apache-2.0
 *
 * buf.h - growable bytes.
 *
 * Owns:           allocation; a buffer always has room for a NUL that is not counted.
 * Must not know:  what the bytes mean.
 */
#ifndef PKI_BUF_H
#define PKI_BUF_H

#include <stddef.h>
#include <stdint.h>

struct buf {
    uint8_t *p; /* NULL while nothing was added */
    size_t n, size;
};

void buf_add(struct buf *b, const void *p, size_t n);
void buf_join(struct buf *b, const struct buf *other);
void buf_u8(struct buf *b, unsigned v);
void buf_le(struct buf *b, uint64_t v, size_t width);
void buf_be(struct buf *b, uint64_t v, size_t width);
void buf_fmt(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_hex(struct buf *b, const uint8_t *p, size_t n, int upper);
/* The content as a string; "" when empty. */
const char *buf_str(const struct buf *b);
void buf_free(struct buf *b);

#endif
