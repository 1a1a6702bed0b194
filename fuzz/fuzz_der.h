/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_der.h - DER written again from its elements: what a strict reader took comes out as it was.
 */
#ifndef FUZZ_DER_H
#define FUZZ_DER_H

#include "der.h"
#include "fuzz.h"

static inline bool fuzz_der_header(struct vd_buf *out, uint8_t tag, size_t n)
{
    size_t width = 1;
    if (!vd_buf_u8(out, tag))
        return false;
    if (n < 0x80)
        return vd_buf_u8(out, (uint8_t)n);
    while (n >> 8 * width != 0)
        width++;
    return vd_buf_u8(out, (uint8_t)(0x80 | width)) && vd_buf_be(out, width, n);
}

/* Elements one after the other, `depth` levels down; what is no element goes out as it is. */
static inline bool fuzz_der_again(struct vd_span in, unsigned depth, struct vd_buf *out)
{
    while (in.n > 0) {
        struct vd_buf inner = VD_BUF(1u << 20);
        struct vd_span value;
        uint8_t tag;
        bool ok;
        if (!vd_der_next(&in, &tag, &value, NULL))
            return vd_buf_put(out, in);
        ok = (tag & 0x20) != 0 && depth > 0 ? fuzz_der_again(value, depth - 1, &inner)
                                            : vd_buf_put(&inner, value);
        ok = ok && fuzz_der_header(out, tag, inner.n) && vd_buf_put(out, vd_buf_span(&inner));
        vd_buf_free(&inner);
        if (!ok)
            return false;
    }
    return true;
}

static inline void fuzz_der_canonical(struct vd_span in)
{
    struct vd_buf again = VD_BUF(1u << 20);
    INVARIANT(fuzz_der_again(in, 8, &again) && vd_span_eq(vd_buf_span(&again), in));
    vd_buf_free(&again);
}

#endif
