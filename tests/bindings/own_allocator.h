/* SPDX-License-Identifier: Apache-2.0
 *
 * own_allocator.h - put before every source of libveridac (cc -include): its memory then comes from
 * elsewhere. See "Memory" in veridac.h.
 */
#ifndef OWN_ALLOCATOR_H
#define OWN_ALLOCATOR_H

#include <stdlib.h>

void *own_malloc(size_t n);
void *own_calloc(size_t n, size_t size);
void *own_realloc(void *p, size_t n);
void own_free(void *p);

#define malloc own_malloc
#define calloc own_calloc
#define realloc own_realloc
#define free own_free

#endif
