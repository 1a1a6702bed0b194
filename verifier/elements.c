/* SPDX-License-Identifier: Apache-2.0
 *
 * elements.c - attestation elements.
 *
 *   attestation-elements => STRUCTURE [tag-order] {
 *       certification_declaration [1] : OCTET STRING,
 *       attestation_nonce         [2] : OCTET STRING [length 32],
 *       timestamp                 [3] : UNSIGNED INTEGER [range 32-bits],
 *       firmware_information      [4, optional] : OCTET STRING,
 *       vendor-reserved           [fully qualified, optional, repeated] : OCTET STRING }
 */
#include "elements.h"

#include "tlv.h"

#define ON VD_ON_ELEMENTS

struct state {
    struct vd_elements *out;
    struct vd_findings *f;
    bool any_context, any_vendor, seen[4]; /* seen: context tags 1 to 3 by number */
    uint32_t last_context;
    struct vd_tlv last_vendor;
};

static void wrong_type(struct state *s, const char *field, const struct vd_tlv *e, const char *wanted)
{
    (void)vd_find(s->f, VD_RULE_ELEMENTS_FIELD_TYPE, ON, wanted, "%s is %s", field,
                  vd_tlv_type_text(e->type));
}

static void take_octets(struct state *s, const char *field, const struct vd_tlv *e,
                        struct vd_span *ret, bool *ret_has)
{
    if (e->type != VD_TLV_OCTETS) {
        wrong_type(s, field, e, "octet string");
        return;
    }
    *ret = e->bytes;
    *ret_has = true;
}

static void take_timestamp(struct state *s, const struct vd_tlv *e)
{
    if (e->type != VD_TLV_UNSIGNED || e->number > UINT32_MAX) {
        wrong_type(s, "timestamp", e, "unsigned integer of up to 32 bits");
        return;
    }
    s->out->timestamp = e->number;
    s->out->has_timestamp = true;
}

static void take_context(struct state *s, const struct vd_tlv *e)
{
    bool first = !s->any_context;
    if (s->any_vendor)
        (void)vd_find(s->f, VD_RULE_ELEMENTS_ORDER, ON, "context tags before vendor tags",
                      "context tag %u after a vendor tag", (unsigned)e->tag);
    else if (first ? e->tag != 1 : e->tag <= s->last_context)
        (void)vd_find(s->f, VD_RULE_ELEMENTS_ORDER, ON, "context tags from 1, ascending",
                      "context tag %u %s", (unsigned)e->tag, first ? "first" : "out of order");
    s->any_context = true;
    s->last_context = e->tag;
    if (e->tag < 4)
        s->seen[e->tag] = true;
    switch (e->tag) {
    case 1:
        take_octets(s, "certification_declaration", e, &s->out->cd, &s->out->has_cd);
        break;
    case 2:
        take_octets(s, "attestation_nonce", e, &s->out->nonce, &s->out->has_nonce);
        break;
    case 3:
        take_timestamp(s, e);
        break;
    case 4:
        take_octets(s, "firmware_information", e, &s->out->firmware, &s->out->has_firmware);
        break;
    default:
        if (e->tag > 4)
            (void)vd_find(s->f, VD_RULE_ELEMENTS_UNKNOWN_TAG, ON, NULL, "context tag %u",
                          (unsigned)e->tag);
    }
}

static bool vendor_ascends(const struct vd_tlv *a, const struct vd_tlv *b)
{
    if (a->vendor != b->vendor)
        return a->vendor < b->vendor;
    if (a->profile != b->profile)
        return a->profile < b->profile;
    return a->tag < b->tag;
}

static void take_vendor(struct state *s, const struct vd_tlv *e)
{
    if (e->form != VD_TAG_QUALIFIED || e->vendor == 0)
        (void)vd_find(s->f, VD_RULE_ELEMENTS_VENDOR_TAG, ON, "fully qualified, vendor id not 0",
                      e->form == VD_TAG_QUALIFIED ? "vendor id 0" : "a common-profile tag");
    if (s->any_vendor && !vendor_ascends(&s->last_vendor, e))
        (void)vd_find(s->f, VD_RULE_ELEMENTS_ORDER, ON, "vendor, profile and tag ascend",
                      "%04X:%04X:%u out of order", e->vendor, e->profile, (unsigned)e->tag);
    if (e->type != VD_TLV_OCTETS)
        wrong_type(s, "a vendor-reserved field", e, "octet string");
    s->any_vendor = true;
    s->last_vendor = *e;
    s->out->n_vendor++;
}

/* The members of the structure, up to its end. */
static bool read_members(struct vd_tlv_reader *r, struct state *s)
{
    struct vd_tlv e;
    while (vd_tlv_next(r, &e)) {
        if (e.type == VD_TLV_END)
            return true;
        if (e.form == VD_TAG_CONTEXT)
            take_context(s, &e);
        else
            take_vendor(s, &e);
        if (vd_tlv_is_container(e.type) && !vd_tlv_skip(r))
            return false;
    }
    return false;
}

static void want(struct state *s, unsigned tag, const char *field)
{
    if (!s->seen[tag])
        (void)vd_find(s->f, VD_RULE_ELEMENTS_FIELD_MISSING, ON, field, "no %s", field);
}

bool vd_elements_read(struct vd_span in, struct vd_elements *ret, struct vd_findings *f)
{
    struct vd_tlv_reader r = vd_tlv_start(in);
    struct state s = { .out = ret, .f = f };
    struct vd_tlv top;

    *ret = (struct vd_elements){ .has_cd = false };
    if (in.n > VD_MAX_ELEMENTS)
        (void)vd_find(f, VD_RULE_ELEMENTS_SIZE, ON, "at most 900 bytes", "%zu bytes", in.n);
    if (!vd_tlv_next(&r, &top) || top.type != VD_TLV_STRUCTURE || top.form != VD_TAG_ANONYMOUS) {
        (void)vd_find(f, VD_RULE_ELEMENTS_TLV, ON, "an anonymous structure",
                      in.n == 0 ? "no bytes" : "something else");
        return false;
    }
    if (!read_members(&r, &s)) {
        (void)vd_find(f, VD_RULE_ELEMENTS_TLV, ON, "well-formed TLV up to the end of the structure",
                      "broken at byte %zu of %zu", in.n - r.in.n, in.n);
        return ret->has_cd || ret->has_nonce;
    }
    if (r.in.n > 0)
        (void)vd_find(f, VD_RULE_ELEMENTS_TRAILING_BYTES, ON, "0 bytes", "%zu bytes", r.in.n);
    want(&s, 1, "certification_declaration");
    want(&s, 2, "attestation_nonce");
    want(&s, 3, "timestamp");
    if (ret->has_firmware)
        (void)vd_find(f, VD_RULE_ELEMENTS_FIRMWARE, ON, NULL, "%zu bytes", ret->firmware.n);
    return true;
}
