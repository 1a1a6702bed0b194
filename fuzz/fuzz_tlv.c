/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_tlv.c - Matter TLV by itself.
 *
 * Reaches: vd_tlv_start vd_tlv_next vd_tlv_skip vd_tlv_is_container vd_tlv_is_context vd_tlv_type_text
 *          vd_utf8_valid
 * Properties: each element takes at least an octet, and no more containers are open than the ceiling
 * says; what is skipped is what would be read; written anew in the shortest form and read again, the
 * same elements; written anew once more, the same octets.
 */
#include "fuzz_tlv.h"
#include "text.h"

static void same(struct vd_span a, struct vd_span b)
{
    struct vd_tlv_reader r = vd_tlv_start(a), s = vd_tlv_start(b);
    struct vd_tlv e, g;
    while (r.in.n > 0) {
        INVARIANT(vd_tlv_next(&r, &e) && vd_tlv_next(&s, &g));
        INVARIANT(e.type == g.type && e.form == g.form && e.tag == g.tag && e.vendor == g.vendor &&
                  e.profile == g.profile && e.number == g.number && vd_span_eq(e.bytes, g.bytes));
    }
    INVARIANT(s.in.n == 0 && r.depth == s.depth);
}

/* From the first container on: over it, and through it. */
static void skip(struct vd_span in)
{
    struct vd_tlv_reader r = vd_tlv_start(in), s;
    struct vd_tlv e;
    while (vd_tlv_next(&r, &e)) {
        const unsigned depth = r.depth;
        bool whole = true;
        if (!vd_tlv_is_container(e.type))
            continue;
        s = r;
        while (whole && r.depth >= depth)
            whole = vd_tlv_next(&r, &e);
        INVARIANT(vd_tlv_skip(&s) == whole);
        INVARIANT(!whole || (s.in.p == r.in.p && s.depth == r.depth));
        return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };
    struct vd_tlv_reader r = vd_tlv_start(in);
    struct vd_buf once = VD_BUF(1u << 24), twice = VD_BUF(1u << 24);
    struct vd_tlv e;
    size_t left = size;

    while (vd_tlv_next(&r, &e)) {
        INVARIANT(r.in.n < left && r.depth <= VD_MAX_TLV_DEPTH);
        left = r.in.n;
        fuzz_inside(in, e.bytes);
        INVARIANT(e.type != VD_TLV_UTF8 || vd_utf8_valid(e.bytes));
        (void)vd_tlv_is_context(&e, 1);
        INVARIANT(vd_tlv_type_text(e.type)[0] != '?');
    }
    skip(in);
    if (fuzz_tlv_again(in, &once)) {
        INVARIANT(once.n <= size || size == 0);
        same(in, vd_buf_span(&once));
        INVARIANT(fuzz_tlv_again(vd_buf_span(&once), &twice));
        INVARIANT(vd_span_eq(vd_buf_span(&once), vd_buf_span(&twice)));
    }
    vd_buf_free(&once);
    vd_buf_free(&twice);
    return 0;
}
