/* SPDX-License-Identifier: Apache-2.0
 *
 * hashpool.c - shared hash contexts, taken and given without a lock.
 */
#include "hashpool.h"

#include <stdatomic.h>
#include <stdlib.h>

#define PLACES 8u /* threads that look up at the same instant; more make contexts of their own */

struct vd_hash_pool {
    struct place {
        atomic_flag taken;
        struct vd_hash *hash;
    } places[PLACES];
};

struct vd_hash_pool *vd_hash_pool_make(void)
{
    struct vd_hash_pool *p = calloc(1, sizeof *p);
    bool ok = p != NULL;

    for (unsigned i = 0; ok && i < PLACES; i++) {
        atomic_flag_clear(&p->places[i].taken);
        p->places[i].hash = vd_hash_make();
        ok = p->places[i].hash != NULL;
    }
    if (!ok) {
        vd_hash_pool_free(p);
        return NULL;
    }
    return p;
}

void vd_hash_pool_free(struct vd_hash_pool *p)
{
    for (unsigned i = 0; p != NULL && i < PLACES; i++)
        vd_hash_free(p->places[i].hash);
    free(p);
}

struct vd_hash *vd_hash_take(struct vd_hash_pool *p, unsigned *ret_place)
{
    for (unsigned i = 0; i < PLACES; i++) {
        if (!atomic_flag_test_and_set_explicit(&p->places[i].taken, memory_order_acquire)) {
            *ret_place = i;
            return p->places[i].hash;
        }
    }
    return NULL;
}

void vd_hash_give(struct vd_hash_pool *p, unsigned place)
{
    atomic_flag_clear_explicit(&p->places[place].taken, memory_order_release);
}
