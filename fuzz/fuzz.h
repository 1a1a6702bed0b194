/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz.h - what harnesses share. One file is one harness; its head says which functions its corpus has
 * to reach, and it asserts properties, not only that nothing crashes.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Something that holds for every input. */
#define INVARIANT(what)                                                                              \
    do {                                                                                             \
        if (!(what)) {                                                                               \
            (void)fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #what);          \
            abort();                                                                                 \
        }                                                                                            \
    } while (0)

/* Time, chunk sizes and the like follow from the input, so that the corpus stays plain DER, TLV, JSON. */
static inline uint32_t fuzz_hash(struct vd_span in)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < in.n; i++)
        h = (h ^ in.p[i]) * 16777619u;
    return h;
}

static inline uint32_t fuzz_next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* part := tag:u8 size:u16 octets: an input of several things. The last one may be cut. */
static inline bool fuzz_part(struct vd_span *in, uint8_t *ret_tag, struct vd_span *ret)
{
    uint64_t n;
    if (!vd_take_u8(in, ret_tag) || !vd_take_le(in, 2, &n))
        return false;
    return vd_take(in, n < in->n ? (size_t)n : in->n, ret);
}

/* A copy in a block of just its size, so that sanitizers see a byte too many; free() what p points to.
 * Of nothing as well: it is given, and empty. */
static inline struct vd_span fuzz_own(struct vd_span in)
{
    uint8_t *p = malloc(in.n > 0 ? in.n : 1);
    INVARIANT(p != NULL && vd_copy(p, in.n, in));
    return (struct vd_span){ p, in.n };
}

static inline void fuzz_free(struct vd_span own)
{
    free((void *)(uintptr_t)own.p);
}

/* Borrowed from `whole`, or absent. */
static inline void fuzz_inside(struct vd_span whole, struct vd_span part)
{
    INVARIANT(part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n));
}

#endif
