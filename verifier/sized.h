/* SPDX-License-Identifier: Apache-2.0
 *
 * sized.h - structs of the public headers that begin with their size and grow only at the end.
 *
 * Owns:           programs and libraries of different versions understand each other's structs.
 * Must not know:  what the structs mean.
 */
#ifndef VD_SIZED_H
#define VD_SIZED_H

#include <stddef.h>

#include "span.h"

/* The size of a struct that ends with this member: what its first version had. */
#define VD_UPTO(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))

/* Copies the caller's options. What an older caller does not have is zero here; what a newer caller
 * has beyond `known` must be zero, or something was asked for that this library cannot do. false
 * for NULL, a size below `least`, or such a request. */
bool vd_sized_take(void *to, size_t known, size_t least, const void *from);
/* The caller's struct can take a view whose first version had `least` octets. */
bool vd_sized_fits(size_t least, const void *to);
/* Copies a view to the caller, all but its size: as much as the caller has room for. What a newer
 * caller has beyond `known` becomes zero. Only after vd_sized_fits. */
void vd_sized_give(void *to, const void *view, size_t known);

/* The distance between the structs of an array: what the first says of itself; 0 for NULL or when it
 * is below `least` or misaligned. */
size_t vd_sized_stride(size_t least, size_t alignment, const void *first);
/* The i-th of n structs; NULL when its size is another than the first one's. */
const void *vd_sized_at(const void *first, size_t stride, size_t n, size_t i);

#endif
