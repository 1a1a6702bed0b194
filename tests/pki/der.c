/* SPDX-License-Identifier: Apache-2.0
 *
 * der.c - DER out.
 */
#include "der.h"

#include <stdlib.h>
#include <time.h>

#include "die.h"

void der_length(struct buf *out, size_t n, size_t octets)
{
    if (octets == 0 && n < 0x80) {
        buf_u8(out, (unsigned)n);
        return;
    }
    if (octets == 0) {
        for (size_t rest = n; rest > 0; rest >>= 8)
            octets++;
    }
    buf_u8(out, 0x80u | (unsigned)octets);
    buf_be(out, n, octets);
}

void der_put(struct buf *out, unsigned tag, const void *content, size_t n)
{
    buf_u8(out, tag);
    der_length(out, n, 0);
    buf_add(out, content, n);
}

void der_uint(struct buf *out, const uint8_t *p, size_t n)
{
    struct buf content = { .p = NULL };

    while (n > 1 && p[0] == 0) {
        p++;
        n--;
    }
    if (p[0] >= 0x80)
        buf_u8(&content, 0);
    buf_add(&content, p, n);
    der_put(out, 0x02, content.p, content.n);
    buf_free(&content);
}

static void base128(struct buf *out, unsigned long v)
{
    int shift = 0;
    while (v >> shift > 0x7F)
        shift += 7;
    for (; shift > 0; shift -= 7)
        buf_u8(out, 0x80u | (unsigned)(v >> shift & 0x7F));
    buf_u8(out, (unsigned)(v & 0x7F));
}

int der_oid(struct buf *out, const char *dotted, size_t n)
{
    const char *end = dotted + n;
    unsigned long arc, first = 0;
    int arcs = 0;

    while (dotted < end) {
        char *after;
        arc = strtoul(dotted, &after, 10);
        if (after == dotted || after > end || (after < end && *after != '.'))
            return 0;
        if (arcs == 0)
            first = arc;
        else
            base128(out, arcs == 1 ? first * 40 + arc : arc);
        arcs++;
        dotted = after + 1;
    }
    return arcs >= 2;
}

void der_time(struct buf *out, int64_t unix_seconds)
{
    time_t t = (time_t)unix_seconds;
    const struct tm *c = gmtime(&t);
    char text[32];

    if (c == NULL || strftime(text, sizeof text, "%Y%m%d%H%M%SZ", c) != 15)
        die(DIE_USAGE, "a time outside of the years 1000 to 9999");
    if (c->tm_year < 150)
        der_put(out, 0x17, text + 2, 13);
    else
        der_put(out, 0x18, text, 15);
}

void der_ecdsa(struct buf *out, const uint8_t raw[64])
{
    der_uint(out, raw, 32);
    der_uint(out, raw + 32, 32);
}
