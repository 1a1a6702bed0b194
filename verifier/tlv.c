/* SPDX-License-Identifier: Apache-2.0
 *
 * tlv.c - Matter TLV, one element at a time.
 *
 *   element := control:u8 tag:{0,1,2,4,6,8} length:{0,1,2,4,8} value       ; little-endian
 *   control := tag_control:3 bits, type:5 bits
 */
#include "tlv.h"

#include "text.h"

struct vd_tlv_reader vd_tlv_start(struct vd_span in)
{
    return (struct vd_tlv_reader){ .in = in };
}

bool vd_tlv_is_container(enum vd_tlv_type t)
{
    return t == VD_TLV_STRUCTURE || t == VD_TLV_ARRAY || t == VD_TLV_LIST;
}

bool vd_tlv_is_context(const struct vd_tlv *e, uint32_t tag)
{
    return e->form == VD_TAG_CONTEXT && e->tag == tag;
}

const char *vd_tlv_type_text(enum vd_tlv_type t)
{
    switch (t) {
    case VD_TLV_SIGNED:
        return "signed integer";
    case VD_TLV_UNSIGNED:
        return "unsigned integer";
    case VD_TLV_BOOLEAN:
        return "boolean";
    case VD_TLV_FLOAT:
        return "float";
    case VD_TLV_UTF8:
        return "UTF-8 string";
    case VD_TLV_OCTETS:
        return "octet string";
    case VD_TLV_NULL:
        return "null";
    case VD_TLV_STRUCTURE:
        return "structure";
    case VD_TLV_ARRAY:
        return "array";
    case VD_TLV_LIST:
        return "list";
    case VD_TLV_END:
        return "end of container";
    }
    return "?";
}

static bool read_tag(struct vd_span *in, unsigned control, struct vd_tlv *e)
{
    uint64_t v = 0, profile = 0, vendor = 0;
    switch (control) {
    case 0:
        e->form = VD_TAG_ANONYMOUS;
        return true;
    case 1:
        e->form = VD_TAG_CONTEXT;
        if (!vd_take_le(in, 1, &v))
            return false;
        break;
    case 2:
    case 3:
        e->form = VD_TAG_COMMON;
        if (!vd_take_le(in, control == 2 ? 2 : 4, &v))
            return false;
        break;
    case 6:
    case 7:
        e->form = VD_TAG_QUALIFIED;
        if (!vd_take_le(in, 2, &vendor) || !vd_take_le(in, 2, &profile) ||
            !vd_take_le(in, control == 6 ? 2 : 4, &v))
            return false;
        break;
    default:
        return false; /* implicit profile tags need a profile that no structure here defines */
    }
    e->vendor = (uint16_t)vendor;
    e->profile = (uint16_t)profile;
    e->tag = (uint32_t)v;
    return true;
}

static uint64_t sign_extend(uint64_t v, size_t width)
{
    uint64_t sign = UINT64_C(1) << (8 * width - 1);
    return (v ^ sign) - sign;
}

static bool read_string(struct vd_span *in, size_t length_width, struct vd_tlv *e)
{
    uint64_t len;
    return vd_take_le(in, length_width, &len) && len <= in->n &&
           vd_take(in, (size_t)len, &e->bytes) &&
           (e->type != VD_TLV_UTF8 || vd_utf8_valid(e->bytes));
}

static bool read_value(struct vd_span *in, unsigned type, struct vd_tlv *e)
{
    size_t width = (size_t)1 << (type & 3);

    if (type <= 0x07) {
        e->type = type <= 0x03 ? VD_TLV_SIGNED : VD_TLV_UNSIGNED;
        if (!vd_take_le(in, width, &e->number))
            return false;
        if (e->type == VD_TLV_SIGNED)
            e->number = sign_extend(e->number, width);
        return true;
    }
    if (type >= 0x0C && type <= 0x13) {
        e->type = type <= 0x0F ? VD_TLV_UTF8 : VD_TLV_OCTETS;
        return read_string(in, width, e);
    }
    switch (type) {
    case 0x08:
    case 0x09:
        e->type = VD_TLV_BOOLEAN;
        e->number = type & 1;
        return true;
    case 0x0A:
    case 0x0B:
        e->type = VD_TLV_FLOAT;
        return vd_take_le(in, type == 0x0A ? 4 : 8, &e->number);
    case 0x14:
        e->type = VD_TLV_NULL;
        return true;
    case 0x15:
        e->type = VD_TLV_STRUCTURE;
        return true;
    case 0x16:
        e->type = VD_TLV_ARRAY;
        return true;
    case 0x17:
        e->type = VD_TLV_LIST;
        return true;
    case 0x18:
        e->type = VD_TLV_END;
        return true;
    default:
        return false; /* reserved */
    }
}

/* Which tag forms may stand where (Matter A.2). */
static bool tag_fits(const struct vd_tlv_reader *r, const struct vd_tlv *e)
{
    if (e->type == VD_TLV_END)
        return e->form == VD_TAG_ANONYMOUS && r->depth > 0;
    if (r->depth == 0)
        return e->form != VD_TAG_CONTEXT;
    switch (r->open[r->depth - 1]) {
    case VD_TLV_STRUCTURE:
        return e->form != VD_TAG_ANONYMOUS;
    case VD_TLV_ARRAY:
        return e->form == VD_TAG_ANONYMOUS;
    case VD_TLV_LIST:
    case VD_TLV_SIGNED:
    case VD_TLV_UNSIGNED:
    case VD_TLV_BOOLEAN:
    case VD_TLV_FLOAT:
    case VD_TLV_UTF8:
    case VD_TLV_OCTETS:
    case VD_TLV_NULL:
    case VD_TLV_END:
        break;
    }
    return true;
}

bool vd_tlv_next(struct vd_tlv_reader *r, struct vd_tlv *ret)
{
    struct vd_span in = r->in;
    struct vd_tlv e = { .form = VD_TAG_ANONYMOUS };
    uint8_t control;

    if (!vd_take_u8(&in, &control) || !read_tag(&in, control >> 5, &e) ||
        !read_value(&in, control & 0x1F, &e) || !tag_fits(r, &e))
        return false;
    if (vd_tlv_is_container(e.type)) {
        if (r->depth == VD_MAX_TLV_DEPTH)
            return false;
        r->open[r->depth++] = e.type;
    } else if (e.type == VD_TLV_END) {
        r->depth--;
    }
    r->in = in;
    *ret = e;
    return true;
}

bool vd_tlv_skip(struct vd_tlv_reader *r)
{
    unsigned outside = r->depth - 1;
    struct vd_tlv e;
    while (r->depth > outside) {
        if (!vd_tlv_next(r, &e))
            return false;
    }
    return true;
}
