/* SPDX-License-Identifier: Apache-2.0
 *
 * sized.c - structs that begin with their size.
 */
#include "sized.h"

#include "buf.h"

#define MOST 65536u /* octets of a struct: more is not a size but junk */

static size_t size_of(const void *sized)
{
    size_t n = 0;
    if (sized != NULL)
        (void)vd_copy(&n, sizeof n, vd_span_of(sized, sizeof n));
    return n;
}

bool vd_sized_take(void *to, size_t known, size_t least, const void *from)
{
    const size_t given = size_of(from);
    struct vd_span all, part;

    if (given < least || given > MOST)
        return false;
    all = vd_span_of(from, given);
    if (!vd_take(&all, given < known ? given : known, &part))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        if (all.p[i] != 0)
            return false;
    }
    vd_zero(to, known);
    return vd_copy(to, known, part);
}

bool vd_sized_fits(size_t least, const void *to)
{
    const size_t given = size_of(to);
    return given >= least && given <= MOST;
}

void vd_sized_give(void *to, const void *view, size_t known)
{
    const size_t given = size_of(to);
    vd_zero(to, given);
    (void)vd_copy(to, given, vd_span_of(view, given < known ? given : known));
    (void)vd_copy(to, given, vd_span_of(&given, sizeof given));
}

size_t vd_sized_stride(size_t least, size_t alignment, const void *first)
{
    const size_t given = size_of(first);
    return given >= least && given <= MOST && given % alignment == 0 ? given : 0;
}

const void *vd_sized_at(const void *first, size_t stride, size_t n, size_t i)
{
    struct vd_span all, before, one;
    if (i >= n || n > SIZE_MAX / stride)
        return NULL;
    all = vd_span_of(first, n * stride);
    if (!vd_take(&all, i * stride, &before) || !vd_take(&all, stride, &one) ||
        size_of(one.p) != stride)
        return NULL;
    return one.p;
}
