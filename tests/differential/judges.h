/* SPDX-License-Identifier: Apache-2.0
 *
 * judges.h - the two sides of the comparison.
 *
 * Owns:           the questions. veridac answers through its public function; the other side is
 *                 OpenSSL, and the Matter profile written anew over OpenSSL's objects.
 * Must not know:  operators, what the answer should be. Neither side sees the other's code.
 */
#ifndef DIFF_JUDGES_H
#define DIFF_JUDGES_H

#include <stdint.h>

#include "view.h"

struct octets_in {
    const uint8_t *p;
    size_t n;
};

struct chain_in {
    struct octets_in paa, pai, dac;
};

/* veridac: errors of the trust store's admission and of veridac_verify, by slug. */
struct judge;
struct judge *judge_new(void);
void judge_free(struct judge *j);
void judge_chain(struct judge *j, const struct chain_in *in, struct view *ret);

/* OpenSSL and the profile: "openssl:ROLE:REASON" and "profile:ROLE:REASON". */
void openssl_chain(const struct chain_in *in, struct view *ret);

#endif
