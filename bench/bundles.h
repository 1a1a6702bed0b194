/* SPDX-License-Identifier: Apache-2.0
 *
 * bundles.h - made sets of revoked certificates, their bundles, and questions to ask them.
 *
 * Keys are those of real serial numbers (SHA-256 and all); the serials are made of a counter. Bundles
 * are written by the encoder that `veridac build` uses.
 */
#ifndef BENCH_BUNDLES_H
#define BENCH_BUNDLES_H

#include <stdbool.h>
#include <veridac/veridac.h>

#include "keys.h"

#define AT INT64_C(1790000000)
#define SERIAL 12u
#define QUERIES 65536u

struct named {
    char name[20];
    uint8_t id[VDB_ID];
    uint32_t n;
};

struct set {
    uint32_t issuers;
    uint64_t n; /* keys, of all issuers */
    struct named *named; /* by number, not by place in the bundle */
    struct vd_bundle_issuer *rows;
    uint64_t *keys;
    struct {
        uint32_t issuer;
        uint8_t serial[SERIAL];
    } *queries; /* QUERIES of them */
    struct vd_hash *hash; /* as a snapshot keeps one */
    uint32_t next;
    uint64_t revoked; /* answers so far */
};

extern const uint8_t bundles_key_id[20];

/* All of these end the program when they fail. */
void set_make(struct set *s, uint64_t keys, uint32_t issuers, bool zipf);
void set_free(struct set *s);
struct vd_buf set_encode(const struct set *s, enum vdb_kind kind);

/* Serial i of an issuer: positive, 12 octets. */
void make_serial(uint32_t issuer, uint64_t i, uint8_t ret[SERIAL]);

/* What set_ask prepares: listed serials, others, half and half, or such as a filter of `hub` hits falsely
 * (the first issuer has one: it has VDB_SMALL keys). */
enum asked { LISTED, OTHERS, HALF, FALSELY };
void set_ask(struct set *s, enum asked asked, const struct vd_bundle *hub);

/* The next question, to the public function; and the two hashes of it. */
void set_look_up(struct set *s, const veridac_snapshot *snapshot);
uint64_t set_hash_next(struct set *s);

/* The options that programs share: --entries N, --issuers N, else 1 M of 300. False: usage. */
bool set_options(int argc, char **argv, uint64_t *entries, uint32_t *issuers);

#endif
