/* SPDX-License-Identifier: Apache-2.0
 *
 * signals.c - lines of a monitoring system, counted.
 *
 *   line := { "device": text, "signal": name, "time": rfc3339 [, "score": number]
 *             , ("skid": hex | "serial": hex, "issuer_key_id": hex) }        ; other members are passed over
 */
#include "signals.h"

#include <inttypes.h>
#include <stdlib.h>

#include "text.h"

/* ---- one line ---- */

struct parsed {
    struct vd_signal s;
    char device[VD_MAX_RULE_WORD + 1];
    char subject[160]; /* kind and values, as in a rule */
    uint64_t score;
    int64_t time;
};

static bool read_hex(struct vd_json_value v, struct vd_buf *out)
{
    return vd_json_is_string(v) && vd_hex_read(vd_json_text(v), out) && out->n > 0;
}

static const char *read_subject(struct vd_json_value line, struct parsed *p)
{
    uint8_t key_id[32], serial[21];
    struct vd_buf k = VD_BUF_ON(key_id), s = VD_BUF_ON(serial), subject = VD_BUF_ON(p->subject);
    const struct vd_json_value skid = vd_json_member(line, "skid");
    uint32_t column = 0;
    bool ok;

    if (vd_json_present(skid) == vd_json_present(vd_json_member(line, "serial")))
        return "expected skid, or serial and issuer_key_id";
    if (vd_json_present(skid)) {
        if (!read_hex(skid, &k))
            return "skid: expected hex";
        ok = vd_buf_str(&subject, "skid ") && vd_hex_put(&subject, vd_buf_span(&k), true);
    } else {
        if (!read_hex(vd_json_member(line, "issuer_key_id"), &k) ||
            !read_hex(vd_json_member(line, "serial"), &s))
            return "serial and issuer_key_id: expected hex";
        ok = vd_buf_str(&subject, "certificate ") && vd_hex_put(&subject, vd_buf_span(&k), true) &&
             vd_buf_str(&subject, " - ") && vd_hex_put(&subject, vd_buf_span(&s), true);
    }
    if (!ok || vd_overlay_line_read(vd_buf_span(&subject), &p->s.rule, &column) != NULL)
        return "not the key id or serial number of a certificate";
    (void)vd_buf_u8(&subject, 0);
    return NULL;
}

/* Goes into a reason that people read: printable, and no word of it more than a name. */
static bool read_device(struct vd_json_value v, char ret[VD_MAX_RULE_WORD + 1])
{
    const struct vd_span text = vd_json_text(v);
    bool ok = vd_json_is_string(v) && text.n > 0 && text.n <= VD_MAX_RULE_WORD;
    for (size_t i = 0; ok && i < text.n; i++)
        ok = vd_at(text, i) > ' ' && vd_at(text, i) <= '~' && vd_at(text, i) != '\\';
    vd_zero(ret, VD_MAX_RULE_WORD + 1);
    return ok && vd_copy(ret, VD_MAX_RULE_WORD, text);
}

static size_t threshold_of(const veridac_policy_file *policy, struct vd_json_value v)
{
    size_t i = 0;
    while (i < policy->n_thresholds && !(vd_json_is_string(v) &&
                                         vd_span_is(vd_json_text(v), policy->thresholds[i].signal)))
        i++;
    return i;
}

/* NULL, or what is wrong. A signal that the policy does not know has threshold n_thresholds. */
static const char *read_line(struct vd_json_value line, const veridac_policy_file *policy, struct parsed *p)
{
    const struct vd_json_value score = vd_json_member(line, "score"), time = vd_json_member(line, "time");

    *p = (struct parsed){ .score = 0 };
    if (!vd_json_is_object(line))
        return "expected an object";
    if (!read_device(vd_json_member(line, "device"), p->device))
        return "device: expected 1 to 64 printable characters without spaces";
    if (!vd_json_is_string(vd_json_member(line, "signal")))
        return "signal: expected a name";
    if (!vd_json_is_string(time) || !vd_time_read(vd_json_text(time), &p->time))
        return "time: expected RFC 3339";
    if (vd_json_present(score) &&
        (vd_json_is_string(score) || !vd_json_uint(score, 1000000000, &p->score)))
        return "score: expected a number from 0 to 1000000000, without a fraction";
    p->s.threshold = threshold_of(policy, vd_json_member(line, "signal"));
    return read_subject(line, p);
}

static const char *parse(struct vd_span text, const veridac_policy_file *policy, struct parsed *p)
{
    struct vd_json *doc = NULL;
    const char *wrong = vd_json_read(text, &doc, NULL);

    if (wrong == NULL)
        wrong = read_line(vd_json_root(doc), policy, p);
    vd_json_free(doc);
    p->s.line = text;
    return wrong;
}

/* ---- all of them ---- */

/* at - window < time <= at */
static bool counts(const struct parsed *p, const veridac_policy_file *policy, int64_t at)
{
    const struct vd_threshold *t;

    if (p->s.threshold == policy->n_thresholds)
        return false;
    t = &policy->thresholds[p->s.threshold];
    return p->score >= t->min_score && p->time <= at && p->time > at - t->window_s;
}

static bool say_bad(struct vd_signals *s, const char *what)
{
    s->n_bad++;
    return s->n_bad > VD_MAX_NOTES ||
           (vd_buf_fmt(&s->bad, "%s{\"line\":%" PRIu32 ",\"what\":", s->n_bad > 1 ? "," : "", s->n_lines) &&
            vd_text_json(&s->bad, vd_span_str(what)) && vd_buf_u8(&s->bad, '}'));
}

static int by_rule(const void *x, const void *y)
{
    const struct vd_signal *a = x, *b = y;
    const int c = vd_overlay_compare(&a->rule, &b->rule);
    if (c != 0)
        return c;
    return a->threshold != b->threshold ? (a->threshold > b->threshold) - (a->threshold < b->threshold)
                                        : (a->line.p > b->line.p) - (a->line.p < b->line.p);
}

static struct vd_span take_line(struct vd_span *in)
{
    struct vd_span ret = VD_NO_SPAN;
    size_t n = 0;

    while (n < in->n && vd_at(*in, n) != '\n')
        n++;
    (void)vd_span_slice(*in, 0, n, &ret);
    *in = vd_span_skip(*in, n + 1);
    return ret;
}

bool vd_signals_read(struct vd_span text, const veridac_policy_file *policy, int64_t at,
                     struct vd_signals *ret)
{
    struct vd_signals s = { .bad = VD_BUF(1u << 20) };
    bool ok = true;

    while (ok && text.n > 0) {
        const struct vd_span line = take_line(&text);
        struct parsed p;
        const char *wrong;

        s.n_lines++;
        if (line.n == 0)
            continue;
        wrong = parse(line, policy, &p);
        if (wrong != NULL)
            ok = say_bad(&s, wrong);
        else if (!counts(&p, policy, at))
            s.n_outside++;
        else if ((ok = vd_grow((void **)&s.v, s.n, &s.cap, sizeof *s.v, VD_MAX_SIGNAL_LINES)))
            s.v[s.n++] = p.s;
    }
    if (s.n > 1)
        qsort(s.v, s.n, sizeof *s.v, by_rule);
    if (ok)
        *ret = s;
    else
        vd_signals_free(&s);
    return ok;
}

void vd_signals_free(struct vd_signals *s)
{
    free(s->v);
    s->v = NULL;
    vd_buf_free(&s->bad);
}

/* ---- an entry ---- */

static enum vd_overlay_effect effect_of(const struct vd_threshold *t, size_t n)
{
    return t->refuse > 0 && n >= t->refuse             ? VD_OVERLAY_REFUSE
           : t->quarantine > 0 && n >= t->quarantine ? VD_OVERLAY_QUARANTINE
           : t->suspect > 0 && n >= t->suspect       ? VD_OVERLAY_SUSPECT
                                                     : (enum vd_overlay_effect)0;
}

/* One certificate and one signal have one entry, however often it is made. The line feed, which is in neither,
 * says where the one ends. */
static bool make_id(const char *subject, const char *signal, char ret[16])
{
    uint8_t digest[VD_SHA256], both[256];
    struct vd_buf b = { .p = (uint8_t *)ret, .cap = 15, .max = 15 }, text = VD_BUF_ON(both);
    struct vd_span head;

    if (!vd_buf_fmt(&text, "%s\n%s", subject, signal) || !vd_sha256(vd_buf_span(&text), digest) ||
        !vd_span_slice(VD_SPAN(digest), 0, 6, &head) || !vd_buf_str(&b, "s-") ||
        !vd_hex_put(&b, head, false))
        return false;
    ret[b.n] = '\0';
    return true;
}

bool vd_signals_entry(const struct vd_signal *first, size_t n, const veridac_policy_file *policy, int64_t at,
                      struct vd_buf *out)
{
    const struct vd_threshold *t = &policy->thresholds[first->threshold];
    const enum vd_overlay_effect effect = effect_of(t, n);
    char id[16], reason[VD_MAX_EVIDENCE + 1];
    struct vd_buf text = VD_BUF_ON(reason);
    struct vd_overlay_rule r;
    struct parsed p;
    uint32_t column = 0;
    bool ok;

    if (effect == 0)
        return false;
    ok = parse(first->line, policy, &p) == NULL && make_id(p.subject, t->signal, id) &&
         vd_overlay_line_read(vd_span_str(p.subject), &r, &column) == NULL &&
         vd_buf_fmt(&text, "device %s: %s %zu times in %" PRId64 " s", p.device, t->signal, n, t->window_s);
    if (ok) {
        r.effect = effect;
        r.id = vd_span_str(id);
        r.source = vd_span_str("signals");
        r.made = at;
        r.expires = at + t->keep_s;
        r.reason = vd_buf_span(&text);
        ok = vd_overlay_line_put(&r, out);
    }
    out->failed = out->failed || !ok;
    return true;
}
