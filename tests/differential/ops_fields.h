/* SPDX-License-Identifier: Apache-2.0
 *
 * ops_fields.h - operators on the fields that certificates and CRLs share: numbers, times,
 * algorithm identifiers, signatures, extensions of a list.
 *
 * Owns:           odd values of known types.
 * Must not know:  in which structure they stand.
 */
#ifndef DIFF_OPS_FIELDS_H
#define DIFF_OPS_FIELDS_H

#include "rng.h"
#include "tree.h"

/* An INTEGER: negative, zero, padded, 1, 19, 20, 21 octets, with a sign octet. */
bool ops_number(struct rng *r, struct arena *a, struct element *e);

enum time_form { TIME_AS_RFC5280, TIME_UTC, TIME_GENERALIZED };
void ops_time(struct arena *a, struct element *e, int64_t at, enum time_form form);
/* One character of a time, or its end. */
bool ops_time_text(struct rng *r, struct arena *a, struct element *e);

/* An AlgorithmIdentifier of some kind, half of the time a usual one. */
struct bytes ops_algorithm(struct rng *r);

/* An extension SEQUENCE. `critical` as octets: none, TRUE, or something odd. */
enum flag { FLAG_ABSENT, FLAG_TRUE, FLAG_FALSE, FLAG_ODD, FLAG_LONG };
struct element *ops_extension(struct arena *a, struct bytes oid, enum flag flag,
                              struct bytes value);
enum flag ops_flag(struct rng *r);
/* Takes the flag of an extension away, adds it, or bends it. */
bool ops_critical(struct rng *r, struct arena *a, struct element *extension);

/* BIT STRING content of a signature that holds, written in an odd way. */
bool ops_signature(struct rng *r, struct arena *a, struct element *bits);

/* Octets before or after the whole. */
void ops_around(struct rng *r, struct arena *a, struct element *root);

#endif
