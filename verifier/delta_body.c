/* SPDX-License-Identifier: Apache-2.0
 *
 * delta_body.c - ranks, keys and bits of filters: what only makes sense beside the first bundle.
 */
#include "delta_int.h"

/* ---- ranks and keys ---- */

static bool code_row(struct vd_bits *b, struct vd_delta_work *w, const struct vd_delta_row *r,
                     size_t rank, size_t key)
{
    const unsigned width = vdb_params_of(r->base_n).width;
    struct vd_places p = vd_places_of(r->anew ? 0 : r->old.n, r->less);
    bool ok = true;

    for (uint32_t i = 0; ok && i < r->less; i++) {
        uint64_t v = w->ranks[rank + i];
        ok = vd_bits_place(b, &p, &v);
        w->ranks[rank + i] = (uint32_t)v;
    }
    p = vd_places_repeated(width, r->more);
    for (uint32_t i = 0; ok && i < r->more; i++) {
        uint64_t v = w->keys[key + i] >> (64 - width);
        ok = vd_bits_place(b, &p, &v);
        w->keys[key + i] = v << (64 - width);
    }
    return ok;
}

static bool code_rows(struct vd_bits *b, struct vd_delta_work *w)
{
    size_t rank = 0, key = 0;
    bool ok = true;

    for (uint32_t i = 0; ok && i < w->n_rows; i++) {
        const struct vd_delta_row *r = &w->rows[i];
        if (!vd_delta_is_exact(w, r->base_n))
            continue;
        ok = code_row(b, w, r, rank, key);
        rank += r->less;
        key += r->more;
    }
    return ok;
}

/* Filters that are made anew, of a bundle of kind hub, which does not have the keys for them. */
static bool code_lines_anew(struct vd_bits *b, struct vd_delta_work *w)
{
    bool ok = true;

    for (uint32_t i = 0; ok && w->from->v.kind == VDB_HUB && i < w->n_rows; i++) {
        const struct vd_delta_row *r = &w->rows[i];
        const size_t n = (size_t)r->lines * VDB_LINE;
        struct vd_span lines = VD_NO_SPAN;
        if (!r->anew || n == 0)
            continue;
        if (w->to != NULL)
            (void)vd_span_slice(vd_bundle_section(w->to, VDB_LINES), (size_t)r->line * VDB_LINE, n,
                                &lines);
        ok = vd_bits_align(b) && vd_bits_octets(b, n, &lines) &&
             vd_copy(w->lines.p + (size_t)r->line * VDB_LINE, n, lines);
    }
    return ok;
}

/* ---- filters ---- */

/* The lines as far as the first bundle and the keys say them. */
static bool lines_known(struct vd_delta_work *w)
{
    const struct vd_span old = vd_bundle_section(w->from, VDB_LINES);
    size_t key = 0;

    for (uint32_t i = 0; i < w->n_rows; i++) {
        const struct vd_delta_row *r = &w->rows[i];
        const size_t n = (size_t)r->lines * VDB_LINE;
        struct vd_span was;
        if (n > 0 && !r->anew &&
            (!vd_span_slice(old, (size_t)r->old.at * VDB_LINE, n, &was) ||
             !vd_copy(w->lines.p + (size_t)r->line * VDB_LINE, n, was)))
            return false;
        if (!vd_delta_is_exact(w, r->base_n) || r->more == 0)
            continue;
        if (n > 0)
            vd_code_probes(w->keys + key, r->more, r->lines,
                           w->lines.p + (size_t)r->line * VDB_LINE);
        key += r->more;
    }
    return true;
}

/* Bits that the target has on beyond these: of keys that came and have left again since the first
 * bundle, and in kind hub of all that came. Their places are counted among the bits that are off. */
static bool code_line(struct vd_bits *b, uint8_t *line, const uint8_t *want)
{
    uint16_t off[8 * VDB_LINE];
    uint32_t n_off = 0, count = 0, at = 0;
    struct vd_places p;

    for (uint16_t i = 0; i < 8 * VDB_LINE; i++) {
        if ((line[i / 8] >> i % 8 & 1) != 0)
            continue;
        off[n_off++] = i;
        count += want != NULL && (want[i / 8] >> i % 8 & 1) != 0;
    }
    count--;
    if (n_off == 0 || !vd_bits_number32(b, 1, n_off - 1, &count))
        return false;
    count++;
    p = vd_places_of(n_off, count);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t place = 0;
        if (want != NULL) {
            while ((want[off[at] / 8] >> off[at] % 8 & 1) == 0)
                at++;
            place = at++;
        }
        if (!vd_bits_place(b, &p, &place))
            return false;
        line[off[place] / 8] |= (uint8_t)(1u << off[place] % 8);
    }
    return true;
}

static bool differs(const uint8_t *line, const uint8_t *want)
{
    return !vd_span_eq(vd_span_of(line, VDB_LINE), vd_span_of(want, VDB_LINE));
}

static bool code_lines(struct vd_bits *b, struct vd_delta_work *w)
{
    const uint8_t *want = w->to != NULL ? w->to->v.part[VDB_LINES].p : NULL;
    uint32_t count = 0;
    uint64_t at = 0;
    struct vd_places p;
    bool ok;

    for (uint32_t i = 0; want != NULL && i < w->n_lines; i++)
        count += differs(w->lines.p + (size_t)i * VDB_LINE, want + (size_t)i * VDB_LINE);
    ok = vd_bits_number32(b, 8, w->n_lines, &count);
    p = vd_places_of(w->n_lines, count);
    for (uint32_t i = 0; ok && i < count; i++, at++) {
        while (want != NULL &&
               !differs(w->lines.p + (size_t)at * VDB_LINE, want + (size_t)at * VDB_LINE))
            at++;
        ok = vd_bits_place(b, &p, &at) &&
             code_line(b, w->lines.p + (size_t)at * VDB_LINE,
                       want == NULL ? NULL : want + (size_t)at * VDB_LINE);
    }
    return ok;
}

bool vd_delta_body(struct vd_bits *b, struct vd_delta_work *w)
{
    const size_t n = (size_t)w->n_lines * VDB_LINE;

    if (!code_rows(b, w))
        return false;
    if (n > 0 && vd_buf_grow(&w->lines, n) == NULL) {
        w->memory = true;
        return false;
    }
    if (n > 0)
        vd_zero(w->lines.p, n);
    return lines_known(w) && code_lines_anew(b, w) && code_lines(b, w) && vd_bits_align(b);
}
