/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay_line.c - one local rule as a line, and a line of a signature.
 *
 *   rule      := kind (" " attribute)* [" " reason]
 *   kind      := "certificate" key_id (name | "-") serial | "issuer" key_id name | "paa" key_id
 *              | "skid" key_id | "vendor" vid | "product" vid pid | "version" vid pid number number
 *   attribute := "id=" word | "effect=" ("suspect" | "quarantine" | "refuse") | "source=" word
 *              | "ticket=" word | "time=" rfc3339 | "expires=" rfc3339      ; each at most once
 *   signature := "signature" ("p256" | "ed25519") key_id value
 *
 * The reason begins at the first word that is no attribute. One that looks like an attribute and is none
 * is refused: a misspelled "expires" must not become a rule that lasts for ever.
 */
#include <inttypes.h>

#include "limits.h"
#include "overlay.h"
#include "text.h"

static const char *const kinds[VD_OVERLAY_KINDS] = { "",     "certificate", "certificate", "issuer",
                                                     "paa",  "skid",        "vendor",      "product",
                                                     "version" };
static const char *const effects[] = { "", "suspect", "quarantine", "refuse" };

const char *vd_overlay_kind_text(enum vd_overlay_kind kind)
{
    return kinds[kind];
}

const char *vd_overlay_effect_text(enum vd_overlay_effect effect)
{
    return effects[effect];
}

/* ---- words ---- */

/* A cursor over the words of a line. */
struct words {
    struct vd_span whole, rest, word;
    uint32_t column; /* of `word` */
};

static struct vd_span peek(const struct words *w)
{
    struct vd_span ret = VD_NO_SPAN;
    size_t n = 0;
    while (n < w->rest.n && vd_at(w->rest, n) != ' ')
        n++;
    (void)vd_span_slice(w->rest, 0, n, &ret);
    return ret;
}

static struct vd_span next(struct words *w)
{
    w->column = (uint32_t)vd_span_walked(w->whole, w->rest).n + 1;
    w->word = peek(w);
    w->rest = vd_span_skip(w->rest, w->word.n + 1);
    return w->word;
}

/* A short name: printable ASCII without spaces. */
static bool is_word(struct vd_span in)
{
    for (size_t i = 0; i < in.n; i++) {
        if (vd_at(in, i) <= ' ' || vd_at(in, i) > '~')
            return false;
    }
    return in.n > 0 && in.n <= VD_MAX_RULE_WORD;
}

static bool is_sentence(struct vd_span in)
{
    for (size_t i = 0; i < in.n; i++) {
        if (vd_at(in, i) < ' ' || vd_at(in, i) == 0x7F)
            return false;
    }
    return in.n <= VD_MAX_EVIDENCE && vd_utf8_valid(in);
}

/* ---- the subject ---- */

static bool take_key_id(struct words *w, struct vd_buf *out)
{
    return vd_hex_read(next(w), out) && out->n > 0;
}

static bool take_name(struct words *w, struct vd_buf *out)
{
    return vd_base64_read(next(w), false, out) && out->n > 0;
}

static bool take_serial(struct words *w, struct vd_buf *out, struct vd_span *ret)
{
    if (!vd_hex_read(next(w), out) || out->n == 0)
        return false;
    *ret = vd_buf_span(out); /* a magnitude: the top bit is no sign */
    while (ret->n > 1 && vd_at(*ret, 0) == 0)
        *ret = vd_span_skip(*ret, 1);
    return ret->n <= 20;
}

static bool take_id(struct words *w, uint16_t *ret)
{
    uint8_t id[2];
    struct vd_buf b = VD_BUF_ON(id);
    struct vd_span in;
    uint64_t v = 0;

    if (!vd_hex_read(next(w), &b) || b.n != sizeof id)
        return false;
    in = VD_SPAN(id);
    (void)vd_take_be(&in, 2, &v);
    *ret = (uint16_t)v;
    return true;
}

static bool take_version(struct words *w, uint32_t *ret)
{
    uint64_t v = 0;
    if (!vd_decimal_read(next(w), UINT32_MAX, &v))
        return false;
    *ret = (uint32_t)v;
    return true;
}

static const char *read_certificate(struct words *w, struct vd_overlay_rule *r)
{
    uint8_t key_id[32], name[VD_MAX_NAME], serial[21];
    struct vd_buf k = VD_BUF_ON(key_id), n = VD_BUF_ON(name), s = VD_BUF_ON(serial);
    struct vd_span magnitude = VD_NO_SPAN;
    bool any;

    if (!take_key_id(w, &k))
        return "expected the key id of the issuer, in hex";
    any = vd_span_is(peek(w), "-");
    if (any)
        (void)next(w);
    else if (!take_name(w, &n))
        return "expected the Name of the issuer in base64, or -";
    if (!take_serial(w, &s, &magnitude))
        return "expected a serial number in hex";
    return (any ? vd_overlay_ask_serial(vd_buf_span(&k), magnitude, r)
                : vd_overlay_ask_certificate(vd_buf_span(&k), vd_buf_span(&n), magnitude, r))
               ? NULL
               : "no certificate has such an issuer";
}

static const char *read_issuer(struct words *w, struct vd_overlay_rule *r)
{
    uint8_t key_id[32], name[VD_MAX_NAME];
    struct vd_buf k = VD_BUF_ON(key_id), n = VD_BUF_ON(name);

    if (!take_key_id(w, &k))
        return "expected the key id of the issuer, in hex";
    if (!take_name(w, &n))
        return "expected the Name of the issuer in base64";
    return vd_overlay_ask_issuer(vd_buf_span(&k), vd_buf_span(&n), r) ? NULL : "no issuer has such a Name";
}

static const char *read_key(struct words *w, enum vd_overlay_kind kind, struct vd_overlay_rule *r)
{
    uint8_t key_id[32];
    struct vd_buf k = VD_BUF_ON(key_id);
    return take_key_id(w, &k) && vd_overlay_ask_key(kind, vd_buf_span(&k), r)
               ? NULL
               : "expected a key id in hex";
}

static const char *read_product(struct words *w, enum vd_overlay_kind kind, struct vd_overlay_rule *r)
{
    uint32_t from = 0, to = 0;
    uint16_t vid = 0, pid = 0;

    if (!take_id(w, &vid) || vid == 0)
        return "expected a vendor id, four hex digits";
    if (kind != VD_OVERLAY_VENDOR && (!take_id(w, &pid) || pid == 0))
        return "expected a product id, four hex digits, not 0000";
    if (kind == VD_OVERLAY_VERSION && (!take_version(w, &from) || !take_version(w, &to) || to < from))
        return "expected the first and the last software version, in decimal";
    vd_overlay_ask_product(kind, vid, pid, 0, r);
    r->from = from;
    r->to = to;
    return NULL;
}

static const char *read_subject(struct words *w, struct vd_overlay_rule *r)
{
    const struct vd_span kind = next(w);

    if (vd_span_is(kind, "certificate"))
        return read_certificate(w, r);
    if (vd_span_is(kind, "issuer"))
        return read_issuer(w, r);
    if (vd_span_is(kind, "paa"))
        return read_key(w, VD_OVERLAY_PAA, r);
    if (vd_span_is(kind, "skid"))
        return read_key(w, VD_OVERLAY_SKID, r);
    if (vd_span_is(kind, "vendor"))
        return read_product(w, VD_OVERLAY_VENDOR, r);
    if (vd_span_is(kind, "product"))
        return read_product(w, VD_OVERLAY_PRODUCT, r);
    if (vd_span_is(kind, "version"))
        return read_product(w, VD_OVERLAY_VERSION, r);
    return "expected certificate, issuer, paa, skid, vendor, product or version";
}

/* ---- attributes ---- */

static bool read_effect(struct vd_span value, enum vd_overlay_effect *ret)
{
    for (unsigned e = VD_OVERLAY_SUSPECT; e <= VD_OVERLAY_REFUSE; e++) {
        if (vd_span_is(value, effects[e])) {
            *ret = (enum vd_overlay_effect)e;
            return true;
        }
    }
    return false;
}

#define LAST_SECOND INT64_C(253402300799) /* 9999-12-31T23:59:59Z: what can be written again */

/* Seconds since 1970, none of them 0: that is "not said". */
static bool read_time(struct vd_span value, int64_t *ret)
{
    return vd_time_read(value, ret) && *ret > 0 && *ret <= LAST_SECOND;
}

/* name "=" value; the value of a word that looks like an attribute, known or not. */
static bool split(struct vd_span word, struct vd_span *ret_value)
{
    size_t n = 0;
    while (n < word.n && vd_at(word, n) != '=')
        n++;
    *ret_value = vd_span_skip(word, n + 1);
    return n < word.n;
}

static const char *read_attribute(struct vd_span word, struct vd_span value, struct vd_overlay_rule *r)
{
    const struct {
        const char *tag;
        struct vd_span *to;
    } rows[] = { { "id=", &r->id }, { "source=", &r->source }, { "ticket=", &r->ticket } };
    struct vd_span rest = word;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rest = word;
        if (!vd_take_tag(&rest, rows[i].tag))
            continue;
        if (rows[i].to->n > 0)
            return "said twice";
        *rows[i].to = value;
        return is_word(value) ? NULL : "expected a word of at most 64 printable characters";
    }
    if (rest = word, vd_take_tag(&rest, "effect=")) {
        if (r->effect != 0)
            return "said twice";
        return read_effect(value, &r->effect) ? NULL : "expected suspect, quarantine or refuse";
    }
    if (rest = word, vd_take_tag(&rest, "time="))
        return r->made != 0 ? "said twice" : read_time(value, &r->made) ? NULL : "expected a time, RFC 3339";
    if (rest = word, vd_take_tag(&rest, "expires="))
        return r->expires != 0                  ? "said twice"
               : read_time(value, &r->expires) ? NULL
                                               : "expected a time, RFC 3339";
    return "not an attribute of rules: id, effect, source, ticket, time or expires";
}

/* Behind the kind, without the space that follows. */
static struct vd_span subject_of(struct vd_span line, struct vd_span rest)
{
    struct vd_span walked = vd_span_walked(line, rest), ret = VD_NO_SPAN;
    size_t from = 0;

    if (walked.n > 0 && vd_at(walked, walked.n - 1) == ' ')
        (void)vd_span_slice(walked, 0, walked.n - 1, &walked);
    while (from < walked.n && vd_at(walked, from) != ' ')
        from++;
    ret = vd_span_skip(walked, from + 1);
    return ret;
}

const char *vd_overlay_line_read(struct vd_span line, struct vd_overlay_rule *ret, uint32_t *ret_column)
{
    struct words w = { .whole = line, .rest = line };
    struct vd_overlay_rule r = { .line = 0 };
    const char *wrong = read_subject(&w, &r);
    struct vd_span value;

    r.subject = subject_of(line, w.rest);
    while (wrong == NULL && split(peek(&w), &value))
        wrong = read_attribute(next(&w), value, &r);
    if (wrong == NULL && !is_sentence(w.rest)) {
        (void)next(&w);
        wrong = "the reason is not a short text";
    }
    *ret_column = w.column;
    if (wrong != NULL)
        return wrong;
    r.reason = w.rest;
    if (r.effect == 0)
        r.effect = VD_OVERLAY_REFUSE;
    *ret = r;
    return NULL;
}

bool vd_overlay_issuer(const struct vd_overlay_rule *r, struct vd_buf *ret_key_id, struct vd_buf *ret_name)
{
    struct words w = { .whole = r->subject, .rest = r->subject };

    if (r->kind != VD_OVERLAY_CERTIFICATE && r->kind != VD_OVERLAY_SERIAL && r->kind != VD_OVERLAY_ISSUER)
        return false;
    return take_key_id(&w, ret_key_id) && (r->kind == VD_OVERLAY_SERIAL || take_name(&w, ret_name));
}

/* ---- writing ---- */

static bool put_word(struct vd_buf *out, const char *name, struct vd_span value)
{
    return value.n == 0 || (vd_buf_fmt(out, " %s=", name) && vd_buf_put(out, value));
}

static bool put_time(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    if (t == 0)
        return true;
    vd_time_text(t, text);
    return vd_buf_fmt(out, " %s=%s", name, text);
}

bool vd_overlay_line_put(const struct vd_overlay_rule *r, struct vd_buf *out)
{
    const size_t before = out->n;
    struct vd_overlay_rule again;
    struct vd_span line = VD_NO_SPAN;
    uint32_t column;
    bool ok = vd_buf_fmt(out, "%s ", kinds[r->kind]) && vd_buf_put(out, r->subject) &&
              put_word(out, "id", r->id) &&
              (r->effect == VD_OVERLAY_REFUSE || vd_buf_fmt(out, " effect=%s", effects[r->effect])) &&
              put_word(out, "source", r->source) && put_word(out, "ticket", r->ticket) &&
              put_time(out, "time", r->made) && put_time(out, "expires", r->expires) &&
              (r->reason.n == 0 || (vd_buf_u8(out, ' ') && vd_buf_put(out, r->reason)));

    /* what is written is read again as it was meant: no word of it begins another line or attribute */
    ok = ok && vd_span_slice(vd_buf_span(out), before, out->n - before, &line) &&
         vd_overlay_line_read(line, &again, &column) == NULL && vd_overlay_compare(r, &again) == 0 &&
         vd_span_eq(r->subject, again.subject) && vd_span_eq(r->id, again.id) &&
         vd_span_eq(r->reason, again.reason) && r->expires == again.expires && r->effect == again.effect;
    return ok && vd_buf_u8(out, '\n');
}

/* ---- signatures ---- */

static const char *const algorithms[] = { "", "p256", "ed25519" };

static bool read_algorithm(struct vd_span word, uint16_t *ret)
{
    for (uint16_t a = VD_SIGN_P256; a <= VD_SIGN_LAST; a++) {
        if (vd_span_is(word, algorithms[a])) {
            *ret = a;
            return true;
        }
    }
    return false;
}

bool vd_overlay_signature_next(struct vd_span *cursor, struct vd_overlay_signature *ret)
{
    struct words w;
    struct vd_span line = VD_NO_SPAN;
    struct vd_buf id = VD_BUF_ON(ret->key_id), value = VD_BUF_ON(ret->value);
    size_t n = 0;

    while (n < cursor->n && vd_at(*cursor, n) != '\n')
        n++;
    (void)vd_span_slice(*cursor, 0, n, &line);
    w = (struct words){ .whole = line, .rest = line };
    if (!vd_span_is(next(&w), "signature") || !read_algorithm(next(&w), &ret->algorithm) ||
        !vd_hex_read(next(&w), &id) || id.n != sizeof ret->key_id ||
        !vd_base64_read(next(&w), false, &value) || value.n != sizeof ret->value || w.rest.n > 0)
        return false;
    *cursor = vd_span_skip(*cursor, n + 1);
    return true;
}

bool vd_overlay_signature_put(const struct vd_overlay_signature *s, struct vd_buf *out)
{
    return vd_buf_fmt(out, VD_OVERLAY_SIGNATURE "%s ", algorithms[s->algorithm]) &&
           vd_hex_put(out, VD_SPAN(s->key_id), false) && vd_buf_u8(out, ' ') &&
           vd_base64_put(out, VD_SPAN(s->value)) && vd_buf_u8(out, '\n');
}
