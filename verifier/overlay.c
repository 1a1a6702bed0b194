/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay.c - local rules.
 *
 *   text := "veridac-rules 1 " ("main" | "test") line* signature*
 *   line := rule | "#" anything | nothing             ; overlay_line.c
 */
#include "overlay.h"

#include <stdlib.h>

#include "limits.h"

bool vd_is_overlay(struct vd_span in)
{
    return vd_take_tag(&in, VD_OVERLAY_MAGIC);
}

void vd_overlay_free(struct vd_overlay *o)
{
    free(o->v);
    *o = (struct vd_overlay){ .network = VD_NETWORK_NONE };
}

/* ---- reading ---- */

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

int vd_overlay_compare(const struct vd_overlay_rule *a, const struct vd_overlay_rule *b)
{
    int c = (a->kind > b->kind) - (a->kind < b->kind);
    if (c == 0)
        c = vd_span_cmp(VD_SPAN(a->issuer), VD_SPAN(b->issuer));
    return c != 0 ? c : (a->key > b->key) - (a->key < b->key);
}

static int by_place(const void *x, const void *y)
{
    const struct vd_overlay_rule *a = x, *b = y;
    const int c = vd_overlay_compare(a, b);
    return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static const char *read_signatures(struct vd_span in, struct vd_overlay *o, struct vd_overlay_place *at)
{
    struct vd_overlay_signature s;

    o->signatures = in;
    for (; in.n > 0; at->line++) {
        if (!vd_overlay_signature_next(&in, &s))
            return "expected a signature: nothing else follows the first one";
    }
    return NULL;
}

static const char *read_lines(struct vd_span whole, struct vd_span in, struct vd_overlay *o,
                              struct vd_overlay_place *at)
{
    size_t cap = 0;

    for (at->line = 2; in.n > 0; at->line++) {
        const struct vd_span rest = in, text = take_line(&in);
        struct vd_overlay_rule r;
        struct vd_span start = text;
        const char *wrong;

        o->body = whole;
        if (text.n == 0 || vd_at(text, 0) == '#')
            continue;
        if (vd_take_tag(&start, VD_OVERLAY_SIGNATURE)) {
            o->body = vd_span_walked(whole, rest);
            return read_signatures(rest, o, at);
        }
        wrong = vd_overlay_line_read(text, &r, &at->column);
        if (wrong != NULL)
            return wrong;
        if (!vd_grow((void **)&o->v, o->n, &cap, sizeof *o->v, VD_MAX_RULES))
            return o->n == VD_MAX_RULES ? "more rules than the ceiling" : vd_no_memory;
        r.line = at->line;
        at->column = 1;
        o->v[o->n++] = r;
    }
    return NULL;
}

const char *vd_overlay_read_at(struct vd_span in, struct vd_overlay *ret, struct vd_overlay_place *ret_at)
{
    struct vd_overlay o = { .network = VD_NETWORK_NONE, .body = in };
    const struct vd_span whole = in;
    const char *wrong;
    struct vd_span network;

    *ret_at = (struct vd_overlay_place){ 1, 1 };
    if (!vd_take_tag(&in, VD_OVERLAY_MAGIC))
        return "not a list of rules";
    network = take_line(&in);
    if (vd_span_is(network, "main"))
        o.network = VD_NETWORK_MAIN;
    else if (vd_span_is(network, "test"))
        o.network = VD_NETWORK_TEST;
    else {
        ret_at->column = sizeof VD_OVERLAY_MAGIC;
        return "expected the network main or test";
    }
    wrong = read_lines(whole, in, &o, ret_at);
    if (wrong != NULL) {
        vd_overlay_free(&o);
        return wrong;
    }
    if (o.n > 1)
        qsort(o.v, o.n, sizeof *o.v, by_place);
    *ret = o;
    return NULL;
}

const char *vd_overlay_read(struct vd_span in, struct vd_overlay *ret, uint32_t *ret_line)
{
    struct vd_overlay_place at = { 0, 0 };
    const char *wrong = vd_overlay_read_at(in, ret, &at);
    *ret_line = at.line;
    return wrong;
}

/* ---- asking ---- */

bool vd_overlay_ask_certificate(struct vd_span key_id, struct vd_span name, struct vd_span magnitude,
                                struct vd_overlay_rule *ret)
{
    *ret = (struct vd_overlay_rule){ .kind = VD_OVERLAY_CERTIFICATE };
    return magnitude.n > 0 && vd_revkey_issuer(NULL, name, key_id, ret->issuer) &&
           vd_revkey_make(NULL, ret->issuer, magnitude, &ret->key);
}

bool vd_overlay_ask_issuer(struct vd_span key_id, struct vd_span name, struct vd_overlay_rule *ret)
{
    *ret = (struct vd_overlay_rule){ .kind = VD_OVERLAY_ISSUER };
    return vd_revkey_issuer(NULL, name, key_id, ret->issuer);
}

static bool key_place(struct vd_span key_id, uint8_t ret[VD_ISSUER_ID])
{
    uint8_t digest[VD_SHA256];
    struct vd_span head;
    return key_id.n > 0 && vd_sha256(key_id, digest) &&
           vd_span_slice(VD_SPAN(digest), 0, VD_ISSUER_ID, &head) && vd_copy(ret, VD_ISSUER_ID, head);
}

bool vd_overlay_ask_serial(struct vd_span key_id, struct vd_span magnitude, struct vd_overlay_rule *ret)
{
    *ret = (struct vd_overlay_rule){ .kind = VD_OVERLAY_SERIAL };
    return magnitude.n > 0 && key_place(key_id, ret->issuer) &&
           vd_revkey_make(NULL, ret->issuer, magnitude, &ret->key);
}

bool vd_overlay_ask_key(enum vd_overlay_kind kind, struct vd_span key_id, struct vd_overlay_rule *ret)
{
    *ret = (struct vd_overlay_rule){ .kind = kind };
    return key_place(key_id, ret->issuer);
}

void vd_overlay_ask_product(enum vd_overlay_kind kind, uint16_t vid, uint16_t pid, int64_t version,
                            struct vd_overlay_rule *ret)
{
    *ret = (struct vd_overlay_rule){ .kind = kind,
                                     .key = (uint64_t)vid << 16 | (kind == VD_OVERLAY_VENDOR ? 0 : pid) };
    /* not known: a range that no version is in */
    ret->from = version < 0 ? 1 : (uint32_t)version;
    ret->to = version < 0 ? 0 : (uint32_t)version;
}

/* ---- finding ---- */

static size_t first_of(const struct vd_overlay *o, const struct vd_overlay_rule *asked)
{
    size_t lo = 0, hi = o->n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (vd_overlay_compare(&o->v[mid], asked) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

static void stronger(const struct vd_overlay_rule **best, const struct vd_overlay_rule *r)
{
    if (*best == NULL || r->effect > (*best)->effect)
        *best = r;
}

struct vd_overlay_hit vd_overlay_find(const struct vd_overlay *o, const struct vd_overlay_rule *asked,
                                      int64_t at)
{
    const bool by_version = asked->kind == VD_OVERLAY_VERSION, unknown = asked->to < asked->from;
    struct vd_overlay_hit hit = { NULL, NULL, NULL };

    for (size_t i = first_of(o, asked); i < o->n && vd_overlay_compare(&o->v[i], asked) == 0; i++) {
        const struct vd_overlay_rule *r = &o->v[i];
        if (by_version && !unknown && (asked->from < r->from || asked->from > r->to))
            continue;
        if (r->expires != 0 && at > r->expires) {
            if (hit.expired == NULL)
                hit.expired = r;
        } else {
            stronger(by_version && unknown ? &hit.open : &hit.rule, r);
        }
    }
    return hit;
}

/* ---- what cannot be asked for ---- */

bool vd_overlay_counts(const struct vd_overlay_rule *r, int64_t at)
{
    return r->effect > VD_OVERLAY_SUSPECT && (r->expires == 0 || at <= r->expires);
}

bool vd_overlay_has_products(const struct vd_overlay *o, uint16_t vid, int64_t at)
{
    static const enum vd_overlay_kind kinds[] = { VD_OVERLAY_PRODUCT, VD_OVERLAY_VERSION };
    struct vd_overlay_rule asked;

    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        vd_overlay_ask_product(kinds[k], vid, 0, 0, &asked);
        for (size_t i = first_of(o, &asked);
             i < o->n && o->v[i].kind == kinds[k] && o->v[i].key >> 16 == vid; i++) {
            if (vd_overlay_counts(&o->v[i], at))
                return true;
        }
    }
    return false;
}
