/* SPDX-License-Identifier: Apache-2.0
 *
 * json_set.h - a revocation set in the JSON form of the Matter SDK, asked as the SDK's delegate asks it.
 */
#ifndef BENCH_JSON_SET_H
#define BENCH_JSON_SET_H

#include "bundles.h"

#define JSON_MOST 1000000u /* a tree of 10 M takes more than a gigabyte */

struct json_set;

/* A file without a name that holds every serial of the set. Ends the program when it cannot. */
struct json_set *json_set_make(const struct set *s);
void json_set_free(struct json_set *j);
double json_set_octets(const struct json_set *j);

/* Reads the file, makes a tree of it, goes through it, and drops it: for each certificate again. */
bool json_set_revoked(struct json_set *j, const struct set *s, uint32_t issuer, uint64_t serial);

#endif
