/* SPDX-License-Identifier: Apache-2.0
 *
 * bits.h - numbers as bits, written and read by the same code, so that the two cannot differ.
 *
 * Owns:           the codes of docs/FORMAT.md "Bits": words, numbers, places.
 * Must not know:  what the numbers mean.
 *
 * Each function writes *v, or reads into *v, as the coder says. False: the output failed, or the
 * input ended or holds what nobody writes.
 */
#ifndef VD_BITS_H
#define VD_BITS_H

#include "buf.h"

struct vd_bits {
    struct vd_buf *out; /* NULL: reading */
    struct vd_span in;
    uint8_t octet;      /* the one being read */
    unsigned used;      /* bits of the last octet that are taken, 0 .. 7 */
};

struct vd_bits vd_bits_write(struct vd_buf *out);
struct vd_bits vd_bits_read(struct vd_span in);

/* `width` bits, the lowest first; width is at most 64. */
bool vd_bits_word(struct vd_bits *b, unsigned width, uint64_t *v);
/* Any number up to max; short when it is below 2^k. k is below 64. */
bool vd_bits_number(struct vd_bits *b, unsigned k, uint64_t max, uint64_t *v);
unsigned vd_bits_number_size(unsigned k, uint64_t v); /* in bits */
bool vd_bits_number32(struct vd_bits *b, unsigned k, uint32_t max, uint32_t *v);

/* `count` ascending numbers, one after the other: distinct ones of 0 .. n - 1, or a multiset of
 * numbers of w bits. */
struct vd_places {
    uint64_t low, max;
    unsigned k;
    bool distinct;
};
struct vd_places vd_places_of(uint64_t n, uint64_t count);              /* count is at most n */
struct vd_places vd_places_repeated(unsigned width, uint64_t count);
bool vd_bits_place(struct vd_bits *b, struct vd_places *p, uint64_t *v);

/* Zeros up to a whole octet. */
bool vd_bits_align(struct vd_bits *b);
/* Octets, after vd_bits_align; what is read points into the input. */
bool vd_bits_octets(struct vd_bits *b, size_t n, struct vd_span *v);

#endif
