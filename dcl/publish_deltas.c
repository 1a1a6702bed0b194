/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_deltas.c - from bundles that were kept to the new ones.
 */
#include <string.h>

#include "delta.h"
#include "limits.h"
#include "publish.h"

/* From a bundle that was kept to the new one. Equal bundles get an entry without a file. */
static veridac_status add_delta(struct vd_publish *p, unsigned kind, const struct vd_kept *from,
                                veridac_error *err)
{
    const struct vd_ref *target = &p->head.ref[kind];
    struct vd_index_entry e = { .kind = (uint8_t)kind, .from = from->sequence, .to = p->head.s.number };
    struct vd_buf old = VD_BUF(VD_MAX_BUNDLE), delta = VD_BUF(VD_MAX_BUNDLE);
    struct vd_ref ref = { .there = false };
    veridac_status st = VERIDAC_OK;
    enum vd_delta_error wrong;
    bool useful = true;

    if (!vd_ref_is(&from->kind[kind], (size_t)target->size, target->sha256)) {
        if (!vd_publish_get(p, "s", &from->kind[kind], &old))
            return VERIDAC_OK; /* somebody removed it: this way is closed */
        wrong = vd_delta_make(vd_buf_span(&old), vd_buf_span(&p->bundle[kind]), &delta);
        if (wrong != VD_DELTA_OK)
            st = vd_fail(err, VERIDAC_INTERNAL, "a delta could not be made: %s",
                         vd_delta_error_text(wrong));
        else if (delta.n < target->size) /* else the whole file is the better way */
            st = vd_publish_add(p, "d", &delta, &ref);
        useful = ref.there;
    }
    vd_buf_free(&old);
    vd_buf_free(&delta);
    if (st != VERIDAC_OK || !useful)
        return st;
    e.size = ref.size;
    (void)vd_copy(e.sha256, VD_SHA256, VD_SPAN(ref.sha256));
    if (!vd_grow((void **)&p->deltas, p->n_deltas, &p->cap_deltas, sizeof *p->deltas, 1u << 20))
        return VERIDAC_NO_MEMORY;
    p->deltas[p->n_deltas++] = e;
    if (ref.there && from->sequence + 1 == p->head.s.number) {
        p->head.ref[kind == VD_REF_HUB ? VD_REF_HUB_DELTA : VD_REF_FULL_DELTA] = ref;
        p->after->delta_octets += kind == VD_REF_HUB ? ref.size : 0;
    }
    return VERIDAC_OK;
}

/* `sequence` is where a delta of 2^k steps to `to` starts: steps are counted from the base. */
static bool starts_step(uint64_t base, uint64_t sequence, uint64_t to)
{
    const uint64_t step = to - sequence;
    return (step & (step - 1)) == 0 && (to - base) % step == 0;
}

static veridac_status make_deltas(struct vd_publish *p, veridac_error *err)
{
    const struct vd_history *b = p->before;
    veridac_status st = VERIDAC_OK;
    for (unsigned k = VD_REF_HUB; st == VERIDAC_OK && k <= VD_REF_FULL; k++) {
        for (size_t i = 0; st == VERIDAC_OK && i < b->n_kept; i++) {
            if (starts_step(b->base, b->kept[i].sequence, p->head.s.number))
                st = add_delta(p, k, &b->kept[i], err);
        }
    }
    return st;
}

static veridac_status take_old_entries(struct vd_publish *p)
{
    struct vd_index index;
    struct vd_index_entry e;

    if (p->old_index_bytes.p == NULL || vd_index_read(vd_buf_span(&p->old_index_bytes), &index) != NULL)
        return VERIDAC_OK;
    for (uint32_t i = 0; i < index.n && vd_index_at(&index, i, &e); i++) {
        if (!vd_grow((void **)&p->deltas, p->n_deltas, &p->cap_deltas, sizeof e, 1u << 20))
            return VERIDAC_NO_MEMORY;
        p->deltas[p->n_deltas++] = e;
    }
    return VERIDAC_OK;
}

veridac_status vd_publish_deltas(struct vd_publish *p, veridac_error *err)
{
    veridac_status st = take_old_entries(p);
    return st == VERIDAC_OK ? make_deltas(p, err) : st;
}
