/* SPDX-License-Identifier: Apache-2.0
 *
 * tlv.h - Matter TLV (Matter Core appendix A), one element at a time.
 *
 * Owns:           control octets, tags, lengths, nesting.
 * Must not know:  what any structure means.
 */
#ifndef VD_TLV_H
#define VD_TLV_H

#include "limits.h"
#include "span.h"

enum vd_tlv_tag_form { VD_TAG_ANONYMOUS = 0, VD_TAG_CONTEXT, VD_TAG_COMMON, VD_TAG_QUALIFIED };

enum vd_tlv_type {
    VD_TLV_SIGNED = 0,
    VD_TLV_UNSIGNED,
    VD_TLV_BOOLEAN,
    VD_TLV_FLOAT,
    VD_TLV_UTF8,
    VD_TLV_OCTETS,
    VD_TLV_NULL,
    VD_TLV_STRUCTURE,
    VD_TLV_ARRAY,
    VD_TLV_LIST,
    VD_TLV_END
};

struct vd_tlv {
    enum vd_tlv_tag_form form;
    uint16_t vendor, profile; /* of a qualified tag */
    uint32_t tag;
    enum vd_tlv_type type;
    uint64_t number;          /* integers (two's complement when signed), booleans, raw floats */
    struct vd_span bytes;     /* strings */
};

struct vd_tlv_reader {
    struct vd_span in;
    enum vd_tlv_type open[VD_MAX_TLV_DEPTH]; /* containers that are open, outermost first */
    unsigned depth;
};

struct vd_tlv_reader vd_tlv_start(struct vd_span in);
/* The next element, container starts and ends included; false when the bytes are not TLV, a tag
 * form is not allowed where it stands, or nesting is too deep. */
bool vd_tlv_next(struct vd_tlv_reader *r, struct vd_tlv *ret);
/* After a container start: everything up to and including its end. */
bool vd_tlv_skip(struct vd_tlv_reader *r);

bool vd_tlv_is_container(enum vd_tlv_type t);
bool vd_tlv_is_context(const struct vd_tlv *e, uint32_t tag);
const char *vd_tlv_type_text(enum vd_tlv_type t);

#endif
