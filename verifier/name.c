/* SPDX-License-Identifier: Apache-2.0
 *
 * name.c - Names and the vendor and product ids in them.
 */
#include "name.h"

#include "der.h"
#include "limits.h"
#include "text.h"

static const uint8_t oid_cn[] = { 0x55, 0x04, 0x03 };
static const uint8_t oid_vid[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xA2, 0x7C, 0x02, 0x01 };
static const uint8_t oid_pid[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xA2, 0x7C, 0x02, 0x02 };

struct attribute {
    struct vd_span oid, value;
    uint8_t type; /* string tag */
};

/* Walks a Name attribute by attribute, multi-valued RDNs flattened.
 *   Name ::= SEQUENCE OF SET SIZE (1..MAX) OF SEQUENCE { type OID, value ANY }               */
struct walk {
    struct vd_span rdns, set;
    struct vd_span last; /* of this SET: X.690 11.6 wants its elements in ascending order */
};

/* UniversalString and BMPString: `width` octets a character, and a character it has to be. */
static bool wide_chars(struct vd_span text, size_t width)
{
    uint64_t c;
    while (text.n > 0) {
        if (!vd_take_be(&text, width, &c) || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
            return false;
    }
    return true;
}

/* The string types of RFC 5280 A.1; every attribute that it names has one of them. */
static bool is_string(uint8_t type, struct vd_span text)
{
    switch (type) {
    case DER_UTF8_STRING:
        return vd_utf8_valid(text);
    case DER_UNIVERSAL_STRING:
        return wide_chars(text, 4);
    case DER_BMP_STRING:
        return wide_chars(text, 2);
    case DER_NUMERIC_STRING:
    case DER_PRINTABLE_STRING:
    case DER_T61_STRING:
    case DER_IA5_STRING:
        return true;
    default:
        return false;
    }
}

enum step { STEP_END, STEP_ATTRIBUTE, STEP_BROKEN };

static bool walk_start(struct vd_span der, struct walk *w)
{
    w->set = w->last = VD_NO_SPAN;
    return vd_der_take(&der, DER_SEQUENCE, &w->rdns) && der.n == 0;
}

static enum step walk_next(struct walk *w, struct attribute *ret)
{
    struct vd_span seq, whole;
    uint8_t tag;

    if (w->set.n == 0) {
        if (w->rdns.n == 0)
            return STEP_END;
        if (!vd_der_take(&w->rdns, DER_SET, &w->set) || w->set.n == 0)
            return STEP_BROKEN;
        w->last = VD_NO_SPAN;
    }
    if (!vd_der_next(&w->set, &tag, &seq, &whole) || tag != DER_SEQUENCE ||
        vd_span_cmp(w->last, whole) > 0)
        return STEP_BROKEN;
    w->last = whole;
    if (!vd_der_take(&seq, DER_OID, &ret->oid) || !vd_der_oid_valid(ret->oid) ||
        !vd_der_next(&seq, &ret->type, &ret->value, NULL) || seq.n != 0)
        return STEP_BROKEN;
    return STEP_ATTRIBUTE;
}

/* Exactly four digits of 0-9A-F (Matter 6.1.1). */
static bool four_hex(struct vd_span text, uint16_t *ret)
{
    unsigned v = 0;
    if (text.n != 4)
        return false;
    for (size_t i = 0; i < 4; i++) {
        uint8_t c = text.p[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')))
            return false;
        v = v << 4 | (unsigned)vd_hex_digit(c);
    }
    *ret = (uint16_t)v;
    return true;
}

static void take_matter_attribute(const struct attribute *a, struct vd_id *id)
{
    bool type_ok = a->type == DER_UTF8_STRING || a->type == DER_PRINTABLE_STRING;
    if (id->state != VD_ID_ABSENT) {
        id->repeated = true;
        return;
    }
    id->text = a->value;
    id->printable = a->type == DER_PRINTABLE_STRING;
    id->state = type_ok && four_hex(a->value, &id->value) ? VD_ID_PRESENT : VD_ID_BAD;
}

/* Matter 6.2.2.2: the leftmost correct occurrence wins; a marker that never occurs correctly
 * makes the Name malformed. */
static void scan_marker(struct vd_span cn, const char *marker, struct vd_id *id)
{
    struct vd_span rest = cn, digits;
    size_t at;

    while (id->state != VD_ID_PRESENT && vd_span_find(rest, vd_span_str(marker), &at)) {
        rest = vd_span_skip(rest, at + 5);
        id->text = cn;
        id->state = VD_ID_BAD;
        if (vd_span_slice(rest, 0, 4, &digits) && four_hex(digits, &id->value)) {
            id->state = VD_ID_PRESENT;
            id->text = digits;
        }
    }
}

static bool has_marker(struct vd_span cn)
{
    size_t at;
    return vd_span_find(cn, vd_span_str("Mvid:"), &at) ||
           vd_span_find(cn, vd_span_str("Mpid:"), &at);
}

static void look_at(const struct attribute *a, struct vd_name *ret)
{
    bool vid = vd_span_eq(a->oid, VD_SPAN(oid_vid)), pid = vd_span_eq(a->oid, VD_SPAN(oid_pid));
    bool cn = vd_span_eq(a->oid, VD_SPAN(oid_cn));

    if (vid || pid)
        take_matter_attribute(a, vid ? &ret->vid : &ret->pid); /* narrower: has its own rule */
    else if (!is_string(a->type, a->value))
        ret->well_formed = false;
    if (cn && a->value.n > 64)
        ret->cn_long = true;
    if ((vid || pid || cn) && a->value.n == 0)
        ret->empty = true;
}

/* The second pass: CNs, once it is known whether a Matter attribute stands in the Name. */
static void look_at_cns(struct vd_name *ret)
{
    struct walk w;
    struct attribute a;

    if (!walk_start(ret->der, &w))
        return;
    while (walk_next(&w, &a) == STEP_ATTRIBUTE) {
        if (!vd_span_eq(a.oid, VD_SPAN(oid_cn)))
            continue;
        if (ret->has_matter_oid) {
            ret->cn_ignored = ret->cn_ignored || has_marker(a.value);
            continue;
        }
        scan_marker(a.value, "Mvid:", &ret->vid);
        scan_marker(a.value, "Mpid:", &ret->pid);
    }
}

void vd_name_read(struct vd_span der, struct vd_name *ret)
{
    struct walk w;
    struct attribute a;
    enum step step = STEP_BROKEN;
    unsigned n = 0;

    *ret = (struct vd_name){ .der = der, .well_formed = true };
    if (walk_start(der, &w)) {
        while ((step = walk_next(&w, &a)) == STEP_ATTRIBUTE && n < VD_MAX_NAME_ATTRS) {
            look_at(&a, ret);
            n++;
        }
    }
    ret->well_formed = ret->well_formed && step == STEP_END;
    ret->empty = ret->empty || n == 0;
    ret->has_matter_oid = ret->vid.state != VD_ID_ABSENT || ret->pid.state != VD_ID_ABSENT;
    if (step == STEP_END)
        look_at_cns(ret);
}

/* ---- comparison after folding ---- */

/* The next folded character of a string: lower case, inner space runs as one space, -1 at the
 * end. `started` drops leading space, a lookahead drops trailing space. */
static int fold_next(struct vd_span *in, bool *started)
{
    struct vd_span before = *in;
    uint8_t c;
    bool space = false;
    for (; vd_take_u8(in, &c); before = *in) {
        if (c == ' ') {
            space = true;
            continue;
        }
        if (space && *started) { /* hand out one space now and this character next */
            *in = before;
            *started = false;
            return ' ';
        }
        *started = true;
        return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
    }
    return -1;
}

static bool folded_eq(struct vd_span a, struct vd_span b)
{
    bool sa = false, sb = false;
    for (;;) {
        int ca = fold_next(&a, &sa), cb = fold_next(&b, &sb);
        if (ca != cb)
            return false;
        if (ca < 0)
            return true;
    }
}

bool vd_name_eq_normalised(struct vd_span a, struct vd_span b)
{
    struct walk wa, wb;
    struct attribute xa, xb;

    if (!walk_start(a, &wa) || !walk_start(b, &wb))
        return false;
    for (;;) {
        enum step sa = walk_next(&wa, &xa), sb = walk_next(&wb, &xb);
        if (sa != sb || sa == STEP_BROKEN)
            return false;
        if (sa == STEP_END)
            return true;
        if (!vd_span_eq(xa.oid, xb.oid) || !folded_eq(xa.value, xb.value) ||
            (wa.set.n == 0) != (wb.set.n == 0))
            return false;
    }
}

/* ---- text ---- */

static const struct {
    const char *label;
    uint8_t n, oid[10];
} labels[] = {
    { "CN", 3, { 0x55, 0x04, 0x03 } },
    { "SERIALNUMBER", 3, { 0x55, 0x04, 0x05 } },
    { "C", 3, { 0x55, 0x04, 0x06 } },
    { "L", 3, { 0x55, 0x04, 0x07 } },
    { "ST", 3, { 0x55, 0x04, 0x08 } },
    { "O", 3, { 0x55, 0x04, 0x0A } },
    { "OU", 3, { 0x55, 0x04, 0x0B } },
    { "DC", 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19 } },
    { "VID", 10, { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xA2, 0x7C, 0x02, 0x01 } },
    { "PID", 10, { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xA2, 0x7C, 0x02, 0x02 } },
};

static bool put_label(struct vd_span oid, struct vd_buf *out)
{
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        if (vd_span_eq(oid, (struct vd_span){ labels[i].oid, labels[i].n }))
            return vd_buf_str(out, labels[i].label);
    }
    return vd_buf_str(out, "oid:") && vd_hex_put(out, oid, true);
}

/* Here begins a character that shows nothing and changes how the rest is shown: zero width, direction
 * and line marks (U+200B..F, U+2028..E, U+2060..F, U+FEFF). */
static bool hidden(struct vd_span utf8, size_t i)
{
    const uint8_t a = vd_at(utf8, i), b = vd_at(utf8, i + 1), c = vd_at(utf8, i + 2);
    if (a == 0xE2 && b == 0x80)
        return (c >= 0x8B && c <= 0x8F) || (c >= 0xA8 && c <= 0xAE);
    return (a == 0xE2 && b == 0x81 && c >= 0xA0 && c <= 0xAF) || (a == 0xEF && b == 0xBB && c == 0xBF);
}

bool vd_printable(struct vd_span bytes, struct vd_buf *out)
{
    bool utf8 = vd_utf8_valid(bytes), ok = !out->failed;
    for (size_t i = 0; i < bytes.n && ok; i++) {
        uint8_t c = bytes.p[i];
        /* C1 controls (C2 80..9F) would reach a terminal: escape the lead octet's pair too */
        bool c1 = utf8 && c == 0xC2 && vd_at(bytes, i + 1) < 0xA0;
        bool tail = utf8 && i > 0 && bytes.p[i - 1] == 0xC2 && c < 0xA0;
        bool mark = utf8 && c >= 0x80 &&
                    (hidden(bytes, i) || (i > 0 && hidden(bytes, i - 1)) ||
                     (i > 1 && hidden(bytes, i - 2)));
        if ((c >= 0x20 && c < 0x7F && c != '\\') || (utf8 && c >= 0x80 && !c1 && !tail && !mark))
            ok = vd_buf_u8(out, c);
        else
            ok = vd_buf_fmt(out, "\\x%02X", c);
    }
    return ok;
}

bool vd_name_text(struct vd_span der, struct vd_buf *out)
{
    struct walk w;
    struct attribute a;
    enum step step = STEP_BROKEN;
    bool first = true;

    if (walk_start(der, &w)) {
        while ((step = walk_next(&w, &a)) == STEP_ATTRIBUTE) {
            if ((!first && !vd_buf_str(out, ", ")) || !put_label(a.oid, out) ||
                !vd_buf_u8(out, '=') || !vd_printable(a.value, out))
                return false;
            first = false;
        }
    }
    return step == STEP_END || vd_buf_str(out, first ? "(not a Name)" : ", (broken)");
}
