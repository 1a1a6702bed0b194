/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_tlv.h - TLV written anew with the shortest numbers and lengths.
 */
#ifndef FUZZ_TLV_H
#define FUZZ_TLV_H

#include "fuzz.h"
#include "tlv.h"

static inline unsigned fuzz_width_log2(uint64_t v)
{
    return v <= 0xFF ? 0 : v <= 0xFFFF ? 1 : v <= 0xFFFFFFFF ? 2 : 3;
}

static inline unsigned fuzz_signed_width_log2(uint64_t v)
{
    const int64_t s = (int64_t)v;
    return s >= INT8_MIN && s <= INT8_MAX     ? 0
           : s >= INT16_MIN && s <= INT16_MAX ? 1
           : s >= INT32_MIN && s <= INT32_MAX ? 2
                                              : 3;
}

static inline bool fuzz_tlv_tag(const struct vd_tlv *e, unsigned type, struct vd_buf *out)
{
    const bool wide = e->tag > 0xFFFF;
    switch (e->form) {
    case VD_TAG_ANONYMOUS:
        return vd_buf_u8(out, (uint8_t)type);
    case VD_TAG_CONTEXT:
        return vd_buf_u8(out, (uint8_t)(0x20 | type)) && vd_buf_u8(out, (uint8_t)e->tag);
    case VD_TAG_COMMON:
        return vd_buf_u8(out, (uint8_t)((wide ? 0x60 : 0x40) | type)) &&
               vd_buf_le(out, wide ? 4 : 2, e->tag);
    case VD_TAG_QUALIFIED:
        break;
    }
    return vd_buf_u8(out, (uint8_t)((wide ? 0xE0 : 0xC0) | type)) && vd_buf_le(out, 2, e->vendor) &&
           vd_buf_le(out, 2, e->profile) && vd_buf_le(out, wide ? 4 : 2, e->tag);
}

static inline bool fuzz_tlv_put(const struct vd_tlv *e, struct vd_buf *out)
{
    unsigned w;
    switch (e->type) {
    case VD_TLV_SIGNED:
        w = fuzz_signed_width_log2(e->number);
        return fuzz_tlv_tag(e, w, out) &&
               vd_buf_le(out, (size_t)1 << w, w == 3 ? e->number : e->number & ((UINT64_C(1) << (8u << w)) - 1));
    case VD_TLV_UNSIGNED:
        w = fuzz_width_log2(e->number);
        return fuzz_tlv_tag(e, 4 + w, out) && vd_buf_le(out, (size_t)1 << w, e->number);
    case VD_TLV_BOOLEAN:
        return fuzz_tlv_tag(e, e->number != 0 ? 9 : 8, out);
    case VD_TLV_FLOAT: /* as wide as it was: the reader does not say */
        w = e->number >> 32 != 0 ? 1 : 0;
        return fuzz_tlv_tag(e, 10 + w, out) && vd_buf_le(out, 4u << w, e->number);
    case VD_TLV_UTF8:
    case VD_TLV_OCTETS:
        w = fuzz_width_log2(e->bytes.n);
        return fuzz_tlv_tag(e, (e->type == VD_TLV_UTF8 ? 12 : 16) + w, out) &&
               vd_buf_le(out, (size_t)1 << w, e->bytes.n) && vd_buf_put(out, e->bytes);
    case VD_TLV_NULL:
        return fuzz_tlv_tag(e, 20, out);
    case VD_TLV_STRUCTURE:
    case VD_TLV_ARRAY:
    case VD_TLV_LIST:
        return fuzz_tlv_tag(e, 21 + (unsigned)(e->type - VD_TLV_STRUCTURE), out);
    case VD_TLV_END:
        break;
    }
    return vd_buf_u8(out, 0x18);
}

/* All of `in` as far as it is TLV. */
static inline bool fuzz_tlv_again(struct vd_span in, struct vd_buf *out)
{
    struct vd_tlv_reader r = vd_tlv_start(in);
    struct vd_tlv e;
    while (r.in.n > 0 && vd_tlv_next(&r, &e)) {
        if (!fuzz_tlv_put(&e, out))
            return false;
    }
    return r.in.n == 0;
}

#endif
