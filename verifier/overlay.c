/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay.c - local rules.
 *
 *   text  := "veridac-rules 1 " ("main" | "test") line*
 *   line  := "certificate" key_id name serial reason | "issuer" key_id name reason
 *          | "product" vid pid reason | "#" anything | nothing
 */
#include "overlay.h"

#include <stdlib.h>

#include "limits.h"
#include "text.h"

bool vd_is_overlay(struct vd_span in)
{
    return vd_take_tag(&in, VD_OVERLAY_MAGIC);
}

void vd_overlay_free(struct vd_overlay *o)
{
    free(o->v);
    *o = (struct vd_overlay){ .network = VD_NETWORK_NONE };
}

/* ---- one line ---- */

static struct vd_span take_until(struct vd_span *in, uint8_t end)
{
    const struct vd_span whole = *in;
    struct vd_span ret = whole;
    size_t n = 0;

    while (n < whole.n && vd_at(whole, n) != end)
        n++;
    (void)vd_span_slice(whole, 0, n, &ret);
    *in = vd_span_skip(whole, n + 1);
    return ret;
}

static bool take_issuer(struct vd_span *line, struct vd_overlay_rule *r)
{
    uint8_t key_id[32], name[VD_MAX_NAME];
    struct vd_buf k = VD_BUF_ON(key_id), n = VD_BUF_ON(name);

    return vd_hex_read(take_until(line, ' '), &k) && k.n > 0 &&
           vd_base64_read(take_until(line, ' '), false, &n) && n.n > 0 &&
           vd_revkey_issuer(NULL, vd_buf_span(&n), vd_buf_span(&k), r->issuer);
}

static bool take_serial(struct vd_span *line, struct vd_overlay_rule *r)
{
    uint8_t serial[21];
    struct vd_buf b = VD_BUF_ON(serial);
    struct vd_span s, zero;

    if (!vd_hex_read(take_until(line, ' '), &b) || b.n == 0)
        return false;
    s = vd_buf_span(&b); /* a magnitude: the top bit is no sign */
    while (s.n > 1 && vd_at(s, 0) == 0)
        (void)vd_take(&s, 1, &zero);
    return s.n <= 20 && vd_revkey_make(NULL, r->issuer, s, &r->key);
}

static bool take_id(struct vd_span *line, uint64_t *ret)
{
    uint8_t id[2];
    struct vd_buf b = VD_BUF_ON(id);
    struct vd_span in;

    if (!vd_hex_read(take_until(line, ' '), &b) || b.n != sizeof id)
        return false;
    in = VD_SPAN(id);
    return vd_take_be(&in, 2, ret);
}

static const char *read_rule(struct vd_span line, struct vd_overlay_rule *r)
{
    const struct vd_span word = take_until(&line, ' ');
    uint64_t vid = 0, pid = 0;

    if (vd_span_is(word, "certificate")) {
        r->kind = VD_OVERLAY_CERTIFICATE;
        if (!take_issuer(&line, r))
            return "expected the key id in hex and the Name in base64 of the issuer";
        if (!take_serial(&line, r))
            return "expected a serial number in hex";
    } else if (vd_span_is(word, "issuer")) {
        r->kind = VD_OVERLAY_ISSUER;
        if (!take_issuer(&line, r))
            return "expected the key id in hex and the Name in base64 of the issuer";
    } else if (vd_span_is(word, "product")) {
        r->kind = VD_OVERLAY_PRODUCT;
        if (!take_id(&line, &vid) || !take_id(&line, &pid) || vid == 0)
            return "expected a vendor id and a product id, four hex digits each";
        r->key = vid << 16 | pid;
    } else {
        return "expected certificate, issuer or product";
    }
    r->reason = line;
    return vd_utf8_valid(line) && line.n <= VD_MAX_EVIDENCE ? NULL : "the reason is not a short text";
}

/* ---- all of them ---- */

static int compare(const struct vd_overlay_rule *a, const struct vd_overlay_rule *b)
{
    int c = (a->kind > b->kind) - (a->kind < b->kind);
    if (c == 0)
        c = vd_span_cmp(VD_SPAN(a->issuer), VD_SPAN(b->issuer));
    return c != 0 ? c : (a->key > b->key) - (a->key < b->key);
}

/* Of several for the same the first line speaks. */
static int by_place(const void *x, const void *y)
{
    const struct vd_overlay_rule *a = x, *b = y;
    const int c = compare(a, b);
    return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static const char *read_lines(struct vd_span in, struct vd_overlay *o, uint32_t *line)
{
    size_t cap = 0;

    for (*line = 2; in.n > 0; ++*line) {
        struct vd_overlay_rule r = { .line = *line };
        const struct vd_span text = take_until(&in, '\n');
        const char *wrong;
        if (text.n == 0 || vd_at(text, 0) == '#')
            continue;
        wrong = read_rule(text, &r);
        if (wrong != NULL)
            return wrong;
        if (!vd_grow((void **)&o->v, o->n, &cap, sizeof *o->v, VD_MAX_RULES))
            return "more rules than the ceiling, or out of memory";
        o->v[o->n++] = r;
    }
    return NULL;
}

const char *vd_overlay_read(struct vd_span in, struct vd_overlay *ret, uint32_t *ret_line)
{
    struct vd_overlay o = { .network = VD_NETWORK_NONE };
    const char *wrong;
    struct vd_span network;

    *ret_line = 1;
    if (!vd_take_tag(&in, VD_OVERLAY_MAGIC))
        return "not a list of rules";
    network = take_until(&in, '\n');
    if (vd_span_is(network, "main"))
        o.network = VD_NETWORK_MAIN;
    else if (vd_span_is(network, "test"))
        o.network = VD_NETWORK_TEST;
    else
        return "expected the network main or test";
    wrong = read_lines(in, &o, ret_line);
    if (wrong != NULL) {
        vd_overlay_free(&o);
        return wrong;
    }
    if (o.n > 1)
        qsort(o.v, o.n, sizeof *o.v, by_place);
    *ret = o;
    return NULL;
}

bool vd_overlay_put(enum vd_overlay_kind kind, struct vd_span key_id, struct vd_span name,
                    struct vd_span serial, uint16_t vid, uint16_t pid, struct vd_span reason,
                    struct vd_buf *out)
{
    bool ok;
    if (kind == VD_OVERLAY_PRODUCT)
        ok = vd_buf_fmt(out, "product %04X %04X", (unsigned)vid, (unsigned)pid);
    else
        ok = vd_buf_str(out, kind == VD_OVERLAY_ISSUER ? "issuer " : "certificate ") &&
             vd_hex_put(out, key_id, true) && vd_buf_u8(out, ' ') && vd_base64_put(out, name);
    if (kind == VD_OVERLAY_CERTIFICATE)
        ok = ok && vd_buf_u8(out, ' ') && vd_hex_put(out, serial, true);
    return ok && (reason.n == 0 || (vd_buf_u8(out, ' ') && vd_buf_put(out, reason))) &&
           vd_buf_u8(out, '\n');
}

/* ---- finding ---- */

static const struct vd_overlay_rule *find(const struct vd_overlay *o,
                                          const struct vd_overlay_rule *wanted)
{
    size_t lo = 0, hi = o->n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (compare(&o->v[mid], wanted) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < o->n && compare(&o->v[lo], wanted) == 0 ? &o->v[lo] : NULL;
}

const struct vd_overlay_rule *vd_overlay_certificate(const struct vd_overlay *o,
                                                     const uint8_t issuer[VD_ISSUER_ID], uint64_t key)
{
    struct vd_overlay_rule r = { .kind = VD_OVERLAY_CERTIFICATE, .key = key };
    const struct vd_overlay_rule *hit;

    (void)vd_copy(r.issuer, sizeof r.issuer, vd_span_of(issuer, VD_ISSUER_ID));
    hit = find(o, &r);
    if (hit != NULL)
        return hit;
    r.kind = VD_OVERLAY_ISSUER;
    r.key = 0;
    return find(o, &r);
}

const struct vd_overlay_rule *vd_overlay_product(const struct vd_overlay *o, uint16_t vid,
                                                 uint16_t pid)
{
    struct vd_overlay_rule r = { .kind = VD_OVERLAY_PRODUCT, .key = (uint32_t)vid << 16 | pid };
    const struct vd_overlay_rule *hit = find(o, &r);
    r.key = (uint32_t)vid << 16;
    return hit != NULL ? hit : find(o, &r);
}
