/* SPDX-License-Identifier: Apache-2.0
 *
 * hashpool.h - a few hash contexts that threads share: looking up in a snapshot hashes twice, and making
 * a context costs five times as much as a hash.
 *
 * Owns:           who has which context.
 * Must not know:  what is hashed.
 */
#ifndef VD_HASHPOOL_H
#define VD_HASHPOOL_H

#include "sig.h"

struct vd_hash_pool;

struct vd_hash_pool *vd_hash_pool_make(void);
void vd_hash_pool_free(struct vd_hash_pool *p);
/* One that nobody else has until it is given back; NULL when all are taken: then vd_hash_one makes one
 * of its own. Any thread may take and give at any time. */
struct vd_hash *vd_hash_take(struct vd_hash_pool *p, unsigned *ret_place);
void vd_hash_give(struct vd_hash_pool *p, unsigned place);

#endif
