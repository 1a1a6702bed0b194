/* SPDX-License-Identifier: Apache-2.0
 *
 * keys.h - numbers that nobody chose, and the orders of a bundle.
 */
#ifndef BENCH_KEYS_H
#define BENCH_KEYS_H

#include <string.h>

#include "bundle.h"

static inline uint64_t mix(uint64_t x)
{
    x += UINT64_C(0x9E3779B97F4A7C15);
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static inline int by_key(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static inline int by_id(const void *x, const void *y)
{
    const struct vd_bundle_issuer *a = x, *b = y;
    return memcmp(a->id, b->id, VDB_ID);
}

#endif
