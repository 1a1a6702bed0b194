/* SPDX-License-Identifier: Apache-2.0
 *
 * decl.c - the content of a Certification Declaration.
 *
 *   certification-elements => STRUCTURE [tag-order] { 0 format_version u16, 1 vendor_id u16,
 *       2 product_id_array ARRAY of u16 [1..100], 3 device_type_id u32, 4 certificate_id UTF-8 [19],
 *       5 security_level u8, 6 security_information u16, 7 version_number u16,
 *       8 certification_type u8, 9 dac_origin_vendor_id u16 [optional],
 *       10 dac_origin_product_id u16 [optional], 11 authorized_paa_list ARRAY of octets [20] }
 */
#include "decl.h"

#include "tlv.h"

#define ON VD_ON_CD
#define TAGS 12u
#define MANDATORY 9u

enum kind { NUMBER, TEXT, PRODUCTS, PAAS };

struct state {
    struct vd_tlv_reader r;
    struct vd_decl *out;
    struct vd_findings *f;
    bool seen[TAGS];
};

struct field {
    const char *name;
    enum kind kind;
    uint64_t max;
};

static const struct field fields[TAGS] = {
    { "format_version", NUMBER, UINT16_MAX },
    { "vendor_id", NUMBER, UINT16_MAX },
    { "product_id_array", PRODUCTS, 0 },
    { "device_type_id", NUMBER, UINT32_MAX },
    { "certificate_id", TEXT, 0 },
    { "security_level", NUMBER, UINT8_MAX },
    { "security_information", NUMBER, UINT16_MAX },
    { "version_number", NUMBER, UINT16_MAX },
    { "certification_type", NUMBER, UINT8_MAX },
    { "dac_origin_vendor_id", NUMBER, UINT16_MAX },
    { "dac_origin_product_id", NUMBER, UINT16_MAX },
    { "authorized_paa_list", PAAS, 0 },
};

static uint64_t *number_of(struct vd_decl *d, uint32_t tag)
{
    switch (tag) {
    case 0:
        return &d->format_version;
    case 1:
        return &d->vendor_id;
    case 3:
        return &d->device_type_id;
    case 5:
        return &d->security_level;
    case 6:
        return &d->security_information;
    case 7:
        return &d->version_number;
    case 8:
        return &d->certification_type;
    case 9:
        return &d->origin_vid;
    case 10:
        return &d->origin_pid;
    default:
        return NULL;
    }
}

static bool wrong_type(struct state *s, const char *field, const char *wanted, enum vd_tlv_type t)
{
    (void)vd_find(s->f, VD_RULE_CD_FIELD_TYPE, ON, wanted, "%s is %s or out of range", field,
                  vd_tlv_type_text(t));
    return false;
}

static bool read_products(struct state *s)
{
    struct vd_tlv e;
    bool ok = true, room = true, ended = false;

    while (!ended && vd_tlv_next(&s->r, &e)) {
        if (e.type == VD_TLV_END) {
            ended = true;
        } else if (e.type != VD_TLV_UNSIGNED || e.number > UINT16_MAX) {
            ok = wrong_type(s, "an entry of product_id_array", "u16", e.type);
            if (vd_tlv_is_container(e.type) && !vd_tlv_skip(&s->r))
                return false;
        } else if (s->out->n_products == VD_MAX_CD_PRODUCTS) {
            room = false;
        } else {
            s->out->products[s->out->n_products++] = (uint16_t)e.number;
        }
    }
    if (!room || (ended && ok && s->out->n_products == 0))
        (void)vd_find(s->f, VD_RULE_CD_PRODUCT_COUNT, ON, "1 to 100 entries",
                      room ? "none" : "more than 100");
    return ok && room;
}

static bool read_paas(struct state *s)
{
    struct vd_tlv e;
    bool ok = true, room = true;

    s->out->has_paas = true;
    while (vd_tlv_next(&s->r, &e) && e.type != VD_TLV_END) {
        if (e.type != VD_TLV_OCTETS || e.bytes.n != 20) {
            ok = wrong_type(s, "an entry of authorized_paa_list", "20 octets", e.type);
            if (vd_tlv_is_container(e.type) && !vd_tlv_skip(&s->r))
                return false;
        } else if (s->out->n_paas == VD_MAX_CD_PAAS) {
            room = false;
        } else {
            s->out->paas[s->out->n_paas++] = e.bytes;
        }
    }
    if (!room)
        (void)vd_find(s->f, VD_RULE_CD_PAA_COUNT, ON, "at most 10 entries", "more than 10");
    return ok && room;
}

static bool read_field(struct state *s, const struct vd_tlv *e)
{
    const struct field *field = &fields[e->tag];
    uint64_t *number = number_of(s->out, e->tag);
    switch (field->kind) {
    case NUMBER:
        if (number == NULL || e->type != VD_TLV_UNSIGNED || e->number > field->max)
            return wrong_type(s, field->name, "an unsigned integer in range", e->type);
        *number = e->number;
        return true;
    case TEXT:
        if (e->type != VD_TLV_UTF8)
            return wrong_type(s, field->name, "UTF-8 string", e->type);
        s->out->certificate_id = e->bytes;
        return true;
    case PRODUCTS:
    case PAAS:
        if (e->type != VD_TLV_ARRAY)
            return wrong_type(s, field->name, "array", e->type);
        return field->kind == PRODUCTS ? read_products(s) : read_paas(s);
    }
    return false;
}

/* One member that is not a defined field: nothing that is defined may follow it. */
static bool skip_unknown(struct state *s, const struct vd_tlv *e)
{
    (void)vd_find(s->f, VD_RULE_CD_EXTRA_TAG, ON, NULL, "%s tag %u",
                  e->form == VD_TAG_CONTEXT ? "context" : "profile", (unsigned)e->tag);
    return !vd_tlv_is_container(e->type) || vd_tlv_skip(&s->r);
}

/* The members, up to the end of the structure. `usable` turns false when a field is wrong. */
static bool read_members(struct state *s, bool *usable)
{
    unsigned depth = s->r.depth;
    bool unknown_seen = false;
    uint32_t next = 0; /* the smallest tag that may come */
    struct vd_tlv e;

    while (vd_tlv_next(&s->r, &e)) {
        if (e.type == VD_TLV_END)
            return true;
        if (e.form != VD_TAG_CONTEXT || e.tag >= TAGS) {
            unknown_seen = true;
            if (!skip_unknown(s, &e))
                return false;
            continue;
        }
        if (unknown_seen || e.tag < next) {
            (void)vd_find(s->f, unknown_seen ? VD_RULE_CD_UNKNOWN_TAG : VD_RULE_CD_FIELD_ORDER, ON,
                          "tags ascending, undefined ones last", "%s (tag %u) out of place",
                          fields[e.tag].name, (unsigned)e.tag);
            *usable = false;
        }
        next = e.tag + 1;
        s->seen[e.tag] = true;
        if (!read_field(s, &e))
            *usable = false;
        while (s->r.depth > depth) { /* a container where a value belonged, or a broken array */
            if (!vd_tlv_skip(&s->r))
                return false;
        }
    }
    return false;
}

static bool check_fields(struct state *s)
{
    bool all = true;
    struct vd_span id = s->out->certificate_id;

    for (unsigned i = 0; i < MANDATORY; i++) {
        if (s->seen[i])
            continue;
        all = false;
        (void)vd_find(s->f, VD_RULE_CD_FIELD_MISSING, ON, fields[i].name, "no %s (tag %u)",
                      fields[i].name, i);
    }
    s->out->has_origin_vid = s->seen[9];
    s->out->has_origin_pid = s->seen[10];
    if (s->seen[9] != s->seen[10]) {
        (void)vd_find(s->f, VD_RULE_CD_ORIGIN_PAIR, ON, "both or neither", "only %s",
                      fields[s->seen[9] ? 9 : 10].name);
        all = false;
    }
    if (id.p != NULL && id.n != 19) {
        (void)vd_find(s->f, VD_RULE_CD_CERTIFICATE_ID, ON, "19 characters", "%zu characters", id.n);
        all = false;
    }
    return all;
}

bool vd_decl_read(struct vd_span in, struct vd_decl *ret, struct vd_findings *f)
{
    struct state s = { .r = vd_tlv_start(in), .out = ret, .f = f };
    bool usable = true;
    struct vd_tlv top;

    *ret = (struct vd_decl){ .format_version = 0 };
    if (!vd_tlv_next(&s.r, &top) || top.type != VD_TLV_STRUCTURE || top.form != VD_TAG_ANONYMOUS) {
        (void)vd_find(f, VD_RULE_CD_TLV, ON, "an anonymous structure", "something else");
        return false;
    }
    if (!read_members(&s, &usable)) {
        (void)vd_find(f, VD_RULE_CD_TLV, ON, "well-formed TLV up to the end of the structure",
                      "broken at byte %zu of %zu", in.n - s.r.in.n, in.n);
        return false;
    }
    if (s.r.in.n > 0) {
        (void)vd_find(f, VD_RULE_CD_TLV, ON, "nothing after the structure", "%zu bytes more",
                      s.r.in.n);
        usable = false;
    }
    return check_fields(&s) && usable;
}

bool vd_decl_has_product(const struct vd_decl *d, uint16_t pid)
{
    for (size_t i = 0; i < d->n_products; i++) {
        if (d->products[i] == pid)
            return true;
    }
    return false;
}
