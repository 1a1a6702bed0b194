/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_report.c - every rule of a list as JSON, and what stands in conflict.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "limits.h"
#include "rules.h"
#include "text.h"

/* ---- rules ---- */

static bool put_text(struct vd_buf *out, const char *name, struct vd_span value)
{
    return vd_buf_fmt(out, ",\"%s\":", name) &&
           (value.n == 0 ? vd_buf_str(out, "null") : vd_text_json(out, value));
}

static bool put_time(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    if (t == 0)
        return vd_buf_fmt(out, ",\"%s\":null", name);
    vd_time_text(t, text);
    return vd_buf_fmt(out, ",\"%s\":\"%s\"", name, text);
}

static bool expired(const struct vd_overlay_rule *r, int64_t at)
{
    return r->expires != 0 && at > r->expires;
}

static bool put_rule(struct vd_buf *out, const struct vd_overlay_rule *r, int64_t at)
{
    return vd_buf_fmt(out, "{\"line\":%" PRIu32, r->line) && put_text(out, "id", r->id) &&
           vd_buf_fmt(out, ",\"kind\":\"%s\"", vd_overlay_kind_text(r->kind)) &&
           put_text(out, "subject", r->subject) &&
           vd_buf_fmt(out, ",\"effect\":\"%s\"", vd_overlay_effect_text(r->effect)) &&
           put_text(out, "reason", r->reason) && put_text(out, "source", r->source) &&
           put_text(out, "ticket", r->ticket) && put_time(out, "time", r->made) &&
           put_time(out, "expires", r->expires) &&
           vd_buf_fmt(out, ",\"expired\":%s}", expired(r, at) ? "true" : "false");
}

/* ---- conflicts ---- */

struct conflicts {
    struct vd_buf *out;
    size_t n;
    bool ok;
};

static void add(struct conflicts *c, const char *what, const struct vd_overlay_rule *a,
                const struct vd_overlay_rule *b)
{
    const bool turn = a->line > b->line;
    c->ok = c->ok && vd_buf_fmt(c->out, "%s{\"conflict\":\"%s\",\"lines\":[%" PRIu32 ",%" PRIu32 "]}",
                                c->n == 0 ? "" : ",", what, turn ? b->line : a->line,
                                turn ? a->line : b->line);
    c->n++;
}

static int by_keys(const void *x, const void *y)
{
    const struct vd_overlay_rule *a = *(const struct vd_overlay_rule *const *)x,
                                 *b = *(const struct vd_overlay_rule *const *)y;
    const int c = vd_overlay_compare(a, b);
    if (c != 0)
        return c;
    return a->from != b->from ? (a->from > b->from) - (a->from < b->from)
                              : (a->line > b->line) - (a->line < b->line);
}

/* Rules with the same keys, the lowest versions first: each beside the one that reaches furthest. */
static void find_same(const struct vd_overlay_rule **v, size_t n, int64_t at, struct conflicts *c)
{
    const struct vd_overlay_rule *far = NULL;

    qsort(v, n, sizeof *v, by_keys);
    for (size_t i = 0; i < n && c->n < VD_MAX_NOTES; i++) {
        const struct vd_overlay_rule *r = v[i];
        if (expired(r, at))
            continue;
        if (far != NULL && vd_overlay_compare(far, r) == 0 && r->from <= far->to)
            add(c, r->from == far->from && r->to == far->to ? "duplicate" : "overlap", far, r);
        if (far == NULL || vd_overlay_compare(far, r) != 0 || r->to > far->to)
            far = r;
    }
}

/* What covers this rule: all of its issuer, its product, its vendor. */
static bool wider(const struct vd_overlay_rule *r, enum vd_overlay_kind kind, struct vd_overlay_rule *ret)
{
    *ret = (struct vd_overlay_rule){ .kind = kind };
    if (kind == VD_OVERLAY_ISSUER && r->kind == VD_OVERLAY_CERTIFICATE)
        return vd_copy(ret->issuer, sizeof ret->issuer, VD_SPAN(r->issuer));
    if ((kind == VD_OVERLAY_VENDOR && (r->kind == VD_OVERLAY_PRODUCT || r->kind == VD_OVERLAY_VERSION)) ||
        (kind == VD_OVERLAY_PRODUCT && r->kind == VD_OVERLAY_VERSION)) {
        ret->key = kind == VD_OVERLAY_VENDOR ? r->key & UINT64_C(0xFFFF0000) : r->key;
        return true;
    }
    return false;
}

static void find_covered(const struct vd_overlay *o, int64_t at, struct conflicts *c)
{
    static const enum vd_overlay_kind kinds[] = { VD_OVERLAY_ISSUER, VD_OVERLAY_VENDOR, VD_OVERLAY_PRODUCT };
    struct vd_overlay_rule asked;

    for (size_t i = 0; i < o->n && c->n < VD_MAX_NOTES; i++) {
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
            const struct vd_overlay_rule *r = &o->v[i], *by = NULL;
            if (!expired(r, at) && wider(r, kinds[k], &asked))
                by = vd_overlay_find(o, &asked, at).rule;
            if (by != NULL)
                add(c, "covered", by, r);
        }
    }
}

static int by_id(const void *x, const void *y)
{
    const struct vd_overlay_rule *const *a = x, *const *b = y;
    const int c = vd_span_cmp((*a)->id, (*b)->id);
    return c != 0 ? c : ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static void find_ids(const struct vd_overlay_rule **v, size_t n, struct conflicts *c)
{
    qsort(v, n, sizeof *v, by_id);
    for (size_t i = 1; i < n && c->n < VD_MAX_NOTES; i++) {
        if (v[i]->id.n > 0 && vd_span_eq(v[i - 1]->id, v[i]->id))
            add(c, "id", v[i - 1], v[i]);
    }
}

static bool find_all(const struct vd_overlay *o, int64_t at, struct conflicts *c)
{
    const struct vd_overlay_rule **v = calloc(o->n + 1, sizeof *v);

    if (v == NULL)
        return false;
    for (size_t i = 0; i < o->n; i++)
        v[i] = &o->v[i];
    find_same(v, o->n, at, c);
    find_covered(o, at, c);
    find_ids(v, o->n, c);
    free(v);
    return c->ok;
}

/* ---- the report ---- */

static int by_line(const void *x, const void *y)
{
    const struct vd_overlay_rule *a = x, *b = y;
    return (a->line > b->line) - (a->line < b->line);
}

static size_t count_signatures(struct vd_span lines)
{
    struct vd_overlay_signature s;
    size_t n = 0;
    while (lines.n > 0 && vd_overlay_signature_next(&lines, &s))
        n++;
    return n;
}

static bool put_report(struct vd_overlay *o, int64_t at, struct vd_buf *out)
{
    struct conflicts c = { .out = out, .ok = true };
    size_t n_expired = 0;
    bool ok = vd_buf_fmt(out, "{\"network\":\"%s\",\"signatures\":%zu,\"conflicts\":[",
                         vd_network_text(o->network), count_signatures(o->signatures));

    ok = ok && find_all(o, at, &c) && vd_buf_str(out, "],\"rules\":[");
    if (o->n > 1)
        qsort(o->v, o->n, sizeof *o->v, by_line); /* nothing is looked up any more */
    for (size_t i = 0; ok && i < o->n; i++) {
        n_expired += expired(&o->v[i], at);
        ok = (i == 0 || vd_buf_u8(out, ',')) && put_rule(out, &o->v[i], at);
    }
    return ok && vd_buf_fmt(out, "],\"n_conflicts\":%zu,\"n_expired\":%zu}\n", c.n, n_expired);
}

veridac_status veridac_rules_report(const veridac_rules_source *source, int64_t at,
                                    veridac_buffer *ret_report, veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE), report = VD_BUF(8 * (size_t)VD_MAX_OPERATOR_FILE);
    veridac_rules_source s;
    struct vd_overlay o;
    veridac_status st;

    if (ret_report == NULL ||
        !vd_sized_take(&s, sizeof s, VD_UPTO(veridac_rules_source, n_keys), source) || s.path == NULL ||
        (s.n_keys > 0 && s.keys == NULL))
        return VERIDAC_MISUSE;
    st = vd_rules_load(&s, &text, &o, err);
    if (st == VERIDAC_OK) {
        st = put_report(&o, at, &report) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
        vd_overlay_free(&o);
    }
    vd_buf_free(&text);
    if (st == VERIDAC_OK)
        return vd_give(&report, ret_report);
    vd_buf_free(&report);
    return st;
}
