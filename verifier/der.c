/* SPDX-License-Identifier: Apache-2.0
 *
 * der.c - DER, one element at a time.
 */
#include "der.h"

#include "limits.h"
#include "text.h"

/* 81 xx, 82 xx xx, ...: at most four octets, and no shorter form. */
static bool long_length(struct vd_span *in, uint8_t first, uint64_t *ret)
{
    size_t width = first & 0x7F;
    return width >= 1 && width <= 4 && vd_take_be(in, width, ret) && *ret >= 0x80 &&
           (width == 1 || *ret >> (8 * (width - 1)) != 0);
}

/* Inline for the three readers below; the others call vd_der_header. */
static inline bool read_header(struct vd_span *in, uint8_t *ret_tag, size_t *ret_len)
{
    struct vd_span rest = *in;
    uint8_t tag, first;
    uint64_t len;

    if (!vd_take_u8(&rest, &tag) || (tag & 0x1F) == 0x1F || !vd_take_u8(&rest, &first))
        return false;
    len = first;
    if (first >= 0x80 && !long_length(&rest, first, &len))
        return false;
    *in = rest;
    *ret_tag = tag;
    *ret_len = (size_t)len;
    return true;
}

bool vd_der_header(struct vd_span *in, uint8_t *ret_tag, size_t *ret_len)
{
    return read_header(in, ret_tag, ret_len);
}

enum vd_der_state vd_der_measure(struct vd_span in, uint8_t *ret_tag, size_t *ret_header,
                                 size_t *ret_content)
{
    struct vd_span rest = in;
    uint8_t first = vd_at(in, 1);
    size_t header = first > 0x80 ? 2 + (size_t)(first & 0x7F) : 2;

    if (in.n < 2 || (in.n < header && header <= 6))
        return VD_DER_MORE;
    if (!vd_der_header(&rest, ret_tag, ret_content))
        return VD_DER_BAD;
    *ret_header = header;
    return VD_DER_HEADER;
}

bool vd_der_next(struct vd_span *in, uint8_t *ret_tag, struct vd_span *ret_value,
                 struct vd_span *ret_whole)
{
    struct vd_span rest = *in, value;
    uint8_t tag;
    size_t len;

    if (!read_header(&rest, &tag, &len) || !vd_take(&rest, len, &value))
        return false;
    if (ret_whole != NULL)
        *ret_whole = vd_span_walked(*in, rest);
    *in = rest;
    *ret_tag = tag;
    *ret_value = value;
    return true;
}

bool vd_der_take(struct vd_span *in, uint8_t tag, struct vd_span *ret_value)
{
    struct vd_span rest = *in;
    uint8_t seen;
    size_t len;

    if (!read_header(&rest, &seen, &len) || seen != tag || !vd_take(&rest, len, ret_value))
        return false;
    *in = rest;
    return true;
}

bool vd_der_take_whole(struct vd_span *in, uint8_t tag, struct vd_span *ret_whole)
{
    struct vd_span rest = *in, value;
    if (!vd_der_take(&rest, tag, &value))
        return false;
    *ret_whole = vd_span_walked(*in, rest);
    *in = rest;
    return true;
}

bool vd_der_peek(struct vd_span in, uint8_t tag)
{
    return in.n > 0 && in.p[0] == tag;
}

bool vd_der_bool(struct vd_span content, bool *ret)
{
    if (content.n != 1 || (content.p[0] != 0x00 && content.p[0] != 0xFF))
        return false;
    *ret = content.p[0] != 0;
    return true;
}

bool vd_der_integer_minimal(struct vd_span content)
{
    uint8_t first = vd_at(content, 0);
    bool next_high = (vd_at(content, 1) & 0x80) != 0;
    if (content.n == 0)
        return false;
    return content.n == 1 || !((first == 0x00 && !next_high) || (first == 0xFF && next_high));
}

bool vd_der_magnitude(struct vd_span content, struct vd_span *ret)
{
    if (!vd_der_integer_minimal(content) || (content.p[0] & 0x80) != 0)
        return false;
    *ret = content.n > 1 && content.p[0] == 0 ? vd_span_skip(content, 1) : content;
    return true;
}

bool vd_der_uint(struct vd_span content, uint64_t *ret)
{
    struct vd_span magnitude;
    return vd_der_magnitude(content, &magnitude) && magnitude.n <= 8 &&
           vd_take_be(&magnitude, magnitude.n, ret);
}

bool vd_der_oid_valid(struct vd_span content)
{
    bool first = true; /* octet of an arc */
    for (size_t i = 0; i < content.n; i++) {
        if (first && content.p[i] == 0x80)
            return false;
        first = (content.p[i] & 0x80) == 0;
    }
    return content.n > 0 && first;
}

bool vd_der_bits_valid(struct vd_span content)
{
    uint8_t unused = vd_at(content, 0), last = vd_at(content, content.n - (content.n > 0));
    if (content.n < 1 || unused > 7)
        return false;
    return content.n == 1 ? unused == 0 : (last & ((1u << unused) - 1)) == 0;
}

bool vd_der_nested(struct vd_span in)
{
    struct vd_span open[VD_MAX_DER_DEPTH + 1]; /* what is left of the elements around */
    size_t depth = 0;

    open[0] = in;
    for (;;) {
        struct vd_span value;
        uint8_t tag;
        while (open[depth].n == 0) {
            if (depth == 0)
                return true;
            depth--;
        }
        if (!vd_der_next(&open[depth], &tag, &value, NULL))
            return false;
        if ((tag & 0x20) == 0)
            continue;
        if (depth == VD_MAX_DER_DEPTH)
            return false;
        open[++depth] = value;
    }
}

bool vd_der_named_bits(struct vd_span content, uint16_t *ret)
{
    uint8_t unused = vd_at(content, 0), last = vd_at(content, content.n - (content.n > 0));

    if (content.n < 1 || content.n > 3 || unused > 7)
        return false;
    if (content.n == 1) {
        *ret = 0;
        return unused == 0;
    }
    /* X.690 11.2: unused bits are zero, trailing zero bits are not encoded */
    if ((last & ((1u << unused) - 1)) != 0 || (last >> unused & 1) == 0)
        return false;
    *ret = (uint16_t)(vd_at(content, 1) << 8 | vd_at(content, 2));
    return true;
}

/* Decimal digits in pairs, as long as there are. */
static bool read_pairs(struct vd_span in, unsigned ret[7])
{
    for (size_t i = 0; i + 1 < in.n; i += 2) {
        unsigned a = (unsigned)in.p[i] - '0', b = (unsigned)in.p[i + 1] - '0';
        if (a > 9 || b > 9)
            return false;
        ret[i / 2] = a * 10 + b;
    }
    return true;
}

/* UTCTime YYMMDDhhmmssZ, GeneralizedTime YYYYMMDDhhmmssZ; a CRL has one in each of its entries. */
bool vd_der_time(uint8_t tag, struct vd_span in, int64_t *ret)
{
    const size_t n = tag == DER_UTC_TIME ? 13 : tag == DER_GENERALIZED_TIME ? 15 : SIZE_MAX;
    unsigned pairs[7], century, year;
    const unsigned *p = pairs;
    struct vd_civil c;

    if (in.n != n || in.p[n - 1] != 'Z' || !read_pairs((struct vd_span){ in.p, n - 1 }, pairs))
        return false;
    century = tag == DER_UTC_TIME ? 0 : *p++;
    year = *p++;
    c = (struct vd_civil){ .month = p[0], .day = p[1], .hour = p[2], .minute = p[3],
                           .second = p[4] };
    if (tag == DER_UTC_TIME)
        century = year >= 50 ? 19 : 20;
    c.year = (int64_t)century * 100 + year;
    if (!vd_civil_valid(c) || (tag == DER_GENERALIZED_TIME && c.year < 2050))
        return false;
    if (ret != NULL)
        *ret = vd_civil_to_unix(c);
    return true;
}
