/* SPDX-License-Identifier: Apache-2.0
 *
 * rng.c - repeatable choices.
 */
#include "rng.h"

uint64_t rng_next(struct rng *r)
{
    uint64_t z = r->state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

struct rng rng_make(uint64_t seed, uint64_t number)
{
    struct rng r = { seed };
    r.state = rng_next(&r) + number;
    r.state = rng_next(&r);
    return r;
}

size_t rng_below(struct rng *r, size_t n)
{
    return n == 0 ? 0 : (size_t)(rng_next(r) % n);
}

bool rng_one_in(struct rng *r, size_t n)
{
    return rng_below(r, n) == 0;
}

void rng_octets(struct rng *r, uint8_t *ret, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ret[i] = (uint8_t)rng_next(r);
}
