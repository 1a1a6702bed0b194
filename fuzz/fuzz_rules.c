/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_rules.c - lists of local rules.
 *
 * Reaches: vd_overlay_read_at vd_overlay_line_read vd_overlay_line_put vd_overlay_find
 *          vd_overlay_signature_next vd_overlay_signature_put
 * Properties: a rule that was read, written and read again is the same rule; it, or a stronger one, hits
 * what it names, until it expires; a fault lies in the text.
 */
#include <string.h>

#include "fuzz.h"
#include "overlay.h"

static void write_again(const struct vd_overlay_rule *r)
{
    struct vd_buf out = VD_BUF(16384);
    struct vd_overlay_rule again;
    struct vd_span line;
    uint32_t column;

    INVARIANT(vd_overlay_line_put(r, &out) && out.n > 0);
    INVARIANT(vd_span_slice(vd_buf_span(&out), 0, out.n - 1, &line));
    INVARIANT(vd_overlay_line_read(line, &again, &column) == NULL);
    INVARIANT(vd_overlay_compare(r, &again) == 0 && r->effect == again.effect && r->from == again.from &&
              r->to == again.to && r->made == again.made && r->expires == again.expires);
    INVARIANT(vd_span_eq(r->id, again.id) && vd_span_eq(r->source, again.source) &&
              vd_span_eq(r->ticket, again.ticket) && vd_span_eq(r->reason, again.reason) &&
              vd_span_eq(r->subject, again.subject));
    vd_buf_free(&out);
}

static void find(const struct vd_overlay *o, const struct vd_overlay_rule *r)
{
    const int64_t last = r->expires != 0 ? r->expires : 1;
    struct vd_overlay_rule asked = *r;
    struct vd_overlay_hit hit;

    if (r->kind == VD_OVERLAY_VERSION)
        asked.to = asked.from;
    hit = vd_overlay_find(o, &asked, last);
    INVARIANT(hit.rule != NULL && hit.rule->effect >= r->effect);
    if (r->expires == 0)
        return;
    hit = vd_overlay_find(o, &asked, last + 1);
    INVARIANT(hit.rule != r && hit.expired != NULL);
}

static void sign_again(struct vd_span lines)
{
    struct vd_overlay_signature s, again;

    while (lines.n > 0) {
        uint8_t text[512];
        struct vd_buf out = VD_BUF_ON(text);
        struct vd_span written;
        INVARIANT(vd_overlay_signature_next(&lines, &s) && vd_overlay_signature_put(&s, &out));
        written = vd_buf_span(&out);
        INVARIANT(vd_overlay_signature_next(&written, &again) && written.n == 0);
        INVARIANT(s.algorithm == again.algorithm &&
                  vd_span_eq(VD_SPAN(s.key_id), VD_SPAN(again.key_id)) &&
                  vd_span_eq(VD_SPAN(s.value), VD_SPAN(again.value)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_overlay_place at = { 0, 0 };
    struct vd_overlay o;

    if (vd_overlay_read_at(vd_span_of(data, size), &o, &at) != NULL) {
        INVARIANT(at.line >= 1 && at.column >= 1 && at.line <= size + 1 && at.column <= size + 1);
        return 0;
    }
    INVARIANT(o.body.n + o.signatures.n == size);
    for (size_t i = 0; i < o.n; i++) {
        write_again(&o.v[i]);
        find(&o, &o.v[i]);
    }
    sign_again(o.signatures);
    vd_overlay_free(&o);
    return 0;
}
