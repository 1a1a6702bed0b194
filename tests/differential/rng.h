/* SPDX-License-Identifier: Apache-2.0
 *
 * rng.h - repeatable choices: the same seed and case number give the same mutant again.
 *
 * Owns:           a small generator (splitmix64). Nothing here is a secret.
 * Must not know:  what is chosen.
 */
#ifndef DIFF_RNG_H
#define DIFF_RNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

struct rng rng_make(uint64_t seed, uint64_t number);
uint64_t rng_next(struct rng *r);
/* 0 .. n-1; 0 when n is 0. */
size_t rng_below(struct rng *r, size_t n);
/* True in one of n calls. */
bool rng_one_in(struct rng *r, size_t n);
void rng_octets(struct rng *r, uint8_t *ret, size_t n);

#endif
