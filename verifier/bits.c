/* SPDX-License-Identifier: Apache-2.0
 *
 * bits.c - words, numbers and places.
 */
#include "bits.h"

struct vd_bits vd_bits_write(struct vd_buf *out)
{
    return (struct vd_bits){ .out = out };
}

struct vd_bits vd_bits_read(struct vd_span in)
{
    return (struct vd_bits){ .in = in };
}

/* The next octet: a new one behind the output, or the next of the input. */
static bool next_octet(struct vd_bits *b)
{
    return b->out != NULL ? vd_buf_u8(b->out, 0) : vd_take_u8(&b->in, &b->octet);
}

bool vd_bits_word(struct vd_bits *b, unsigned width, uint64_t *v)
{
    uint64_t seen = 0;

    for (unsigned got = 0, part; got < width; got += part) {
        part = 8 - b->used < width - got ? 8 - b->used : width - got;
        if (b->used == 0 && !next_octet(b))
            return false;
        if (b->out != NULL)
            b->out->p[b->out->n - 1] |=
                (uint8_t)((*v >> got & ((1u << part) - 1)) << b->used);
        else
            seen |= ((uint64_t)b->octet >> b->used & ((1u << part) - 1)) << got;
        b->used = (b->used + part) & 7;
    }
    if (b->out == NULL)
        *v = seen;
    return true;
}

/* n zeros and a one; more than max zeros are refused. */
static bool unary(struct vd_bits *b, uint64_t max, uint64_t *n)
{
    uint64_t bit = 0, seen = 0;

    while (b->out != NULL ? seen < *n : true) {
        if (!vd_bits_word(b, 1, &bit))
            return false;
        if (b->out == NULL && bit == 1) {
            *n = seen;
            return true;
        }
        if (seen++ == max)
            return false;
    }
    bit = 1;
    return vd_bits_word(b, 1, &bit);
}

/* z zeros, a one and k + z bits, for a number that is 2^k + ... + 2^(k + z - 1) more */
bool vd_bits_number(struct vd_bits *b, unsigned k, uint64_t max, uint64_t *v)
{
    uint64_t z = 0, rest = b->out != NULL ? *v : 0, below;

    if (b->out != NULL) {
        while (k + z < 64 && rest >= UINT64_C(1) << (k + z))
            rest -= UINT64_C(1) << (k + z++);
    }
    if (!unary(b, 64 - k, &z) || !vd_bits_word(b, k + (unsigned)z, &rest))
        return false;
    below = (k + z == 64 ? 0 : UINT64_C(1) << (k + z)) - (UINT64_C(1) << k); /* modulo 2^64 */
    if (rest > UINT64_MAX - below || below + rest > max)
        return false;
    *v = below + rest;
    return true;
}

unsigned vd_bits_number_size(unsigned k, uint64_t v)
{
    unsigned bits = k;
    for (; bits < 64 && v >= UINT64_C(1) << bits; bits++)
        v -= UINT64_C(1) << bits;
    return 2 * bits - k + 1;
}

bool vd_bits_number32(struct vd_bits *b, unsigned k, uint32_t max, uint32_t *v)
{
    uint64_t wide = b->out != NULL ? *v : 0;
    if (!vd_bits_number(b, k, max, &wide))
        return false;
    *v = (uint32_t)wide;
    return true;
}

/* ---- places ---- */

/* The Rice parameter for `count` numbers spread over so many: floor(log2(range / (count + 1))). */
static unsigned rice_of(uint64_t range, uint64_t count)
{
    unsigned k = 0;
    for (range = count == UINT64_MAX ? 0 : range / (count + 1); range > 1; range >>= 1)
        k++;
    return k;
}

struct vd_places vd_places_of(uint64_t n, uint64_t count)
{
    return (struct vd_places){ .low = n == 0, .max = n == 0 ? 0 : n - 1,
                               .k = rice_of(n < count ? 0 : n - count, count),
                               .distinct = true };
}

struct vd_places vd_places_repeated(unsigned width, uint64_t count)
{
    const uint64_t max = UINT64_MAX >> (64 - width);
    return (struct vd_places){ .max = max, .k = rice_of(max, count) };
}

/* Behind the last possible place low is above max, and nothing can follow. */
bool vd_bits_place(struct vd_bits *b, struct vd_places *p, uint64_t *v)
{
    uint64_t gap = b->out != NULL ? *v - p->low : 0, high = gap >> p->k, room = p->max - p->low;

    if (p->low > p->max || (b->out != NULL && (*v < p->low || *v > p->max)) ||
        !unary(b, room >> p->k, &high) || !vd_bits_word(b, p->k, &gap))
        return false;
    gap = high << p->k | (gap & ((UINT64_C(1) << p->k) - 1));
    if (gap > room)
        return false;
    *v = p->low + gap;
    p->low = *v + p->distinct;
    return true;
}

/* ---- octets ---- */

bool vd_bits_align(struct vd_bits *b)
{
    uint64_t zero = 0;
    if (b->used != 0 && !vd_bits_word(b, 8 - b->used, &zero))
        return false;
    return zero == 0;
}

bool vd_bits_octets(struct vd_bits *b, size_t n, struct vd_span *v)
{
    if (b->used != 0)
        return false;
    return b->out != NULL ? v->n == n && vd_buf_put(b->out, *v) : vd_take(&b->in, n, v);
}
