/* SPDX-License-Identifier: Apache-2.0
 *
 * pull_bundle.c - the bundle of a head that was accepted.
 */
#include <string.h>

#include "delta.h"
#include "limits.h"
#include "plan.h"
#include "pull.h"

#define SMALL_FULL (1u << 20) /* so much of the exact tier comes unasked */

/* ---- deltas ---- */

static veridac_status apply(struct vd_pull *p, const struct vd_ref *delta, uint64_t max,
                            struct vd_buf *bundle, veridac_error *err)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_BUNDLE), next = VD_BUF(VD_MAX_BUNDLE);
    enum vd_delta_error wrong;
    veridac_status st = vd_fetch_ref(&p->fetch, p->base, "d", delta, &bytes, err);
    char name[65];

    if (st == VERIDAC_OK) {
        wrong = vd_delta_apply(vd_buf_span(bundle), vd_buf_span(&bytes), max, &next);
        vd_store_name(delta->sha256, name);
        if (wrong != VD_DELTA_OK)
            st = vd_fail(err, wrong == VD_DELTA_NO_MEMORY ? VERIDAC_NO_MEMORY : VERIDAC_BAD_SIGNATURE,
                         "%s/d/%s: delta: %s", p->base, name, vd_delta_error_text(wrong));
    }
    vd_buf_free(&bytes);
    if (st != VERIDAC_OK) {
        vd_buf_free(&next);
        return st;
    }
    vd_buf_free(bundle);
    *bundle = next;
    p->deltas++;
    return VERIDAC_OK;
}

static struct vd_ref ref_of(const struct vd_index_entry *e)
{
    struct vd_ref ref = { .there = true, .size = e->size };
    (void)vd_copy(ref.sha256, VD_SHA256, VD_SPAN(e->sha256));
    return ref;
}

static veridac_status walk(struct vd_pull *p, const struct vd_index *index, const struct vd_plan *plan,
                           struct vd_buf *bundle, veridac_error *err)
{
    const struct vd_ref *target = &p->head.ref[p->kind];
    const uint64_t room = 2 * (bundle->n > target->size ? bundle->n : target->size) + 65536;
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; st == VERIDAC_OK && i < plan->n; i++) {
        struct vd_index_entry e;
        struct vd_ref ref;
        if (!vd_index_at(index, plan->steps[i], &e))
            return VERIDAC_INTERNAL;
        if (e.size == 0)
            continue; /* the same bundle again */
        ref = ref_of(&e);
        st = apply(p, &ref, i + 1 == plan->n ? target->size : room, bundle, err);
    }
    return st;
}

static veridac_status by_index(struct vd_pull *p, struct vd_buf *bundle, bool *ret_whole,
                               veridac_error *err)
{
    const struct vd_ref *ref = &p->head.ref[VD_REF_INDEX];
    const uint64_t whole = p->head.ref[p->kind].size;
    struct vd_buf bytes = VD_BUF(VD_MAX_INDEX);
    struct vd_index index;
    struct vd_plan plan;
    const char *wrong;
    veridac_status st;

    if (!ref->there || ref->size >= whole) {
        *ret_whole = true;
        return VERIDAC_OK;
    }
    st = vd_fetch_ref(&p->fetch, p->base, "index", ref, &bytes, err);
    if (st == VERIDAC_OK) {
        wrong = vd_index_read(vd_buf_span(&bytes), &index);
        if (wrong == NULL)
            wrong = vd_index_of(&index, &p->head);
        if (wrong != NULL)
            st = vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_SIGNATURE), "%s: index: %s", p->base, wrong);
    }
    if (st == VERIDAC_OK && !vd_plan_make(&index, (uint8_t)p->kind, p->old.head.s.number, whole, &plan))
        st = VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK && plan.n == 0)
        *ret_whole = true;
    else if (st == VERIDAC_OK)
        st = walk(p, &index, &plan, bundle, err);
    vd_buf_free(&bytes);
    return st;
}

/* From what is installed, when it is of the same kind and epoch. *ret_whole: there is no such way, or
 * the whole file is cheaper. */
static veridac_status by_deltas(struct vd_pull *p, struct vd_buf *bundle, bool *ret_whole,
                                veridac_error *err)
{
    const struct vd_ref *direct = &p->head.ref[p->kind == VD_REF_HUB ? VD_REF_HUB_DELTA
                                                                     : VD_REF_FULL_DELTA];
    const struct vd_ref *target = &p->head.ref[p->kind];
    uint8_t sha256[VD_SHA256];
    bool there = false;
    veridac_status st;

    *ret_whole = true;
    if (!p->old.there || p->old.head.s.epoch != p->head.s.epoch)
        return VERIDAC_OK;
    st = vd_store_get(p->o.store, "s", &p->old.head.ref[p->kind], bundle, &there, err);
    if (st != VERIDAC_OK || !there)
        return st;
    *ret_whole = false;
    if (p->old.head.s.number + 1 == p->head.s.number && direct->there) {
        if (direct->size >= target->size)
            *ret_whole = true;
        else
            st = apply(p, direct, target->size, bundle, err);
    } else {
        st = by_index(p, bundle, ret_whole, err);
    }
    if (st != VERIDAC_OK || *ret_whole)
        return st;
    if (!vd_sha256(vd_buf_span(bundle), sha256))
        return VERIDAC_INTERNAL;
    return vd_ref_is(target, bundle->n, sha256)
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_BAD_SIGNATURE,
                         "%s: delta: it leads to another bundle than the head names", p->base);
}

/* ---- the bundle ---- */

static void choose_kind(struct vd_pull *p)
{
    const struct vd_ref *full = &p->head.ref[VD_REF_FULL];
    p->kind = p->o.tier == VERIDAC_KIND_HUB    ? VD_REF_HUB
              : p->o.tier == VERIDAC_KIND_FULL ? VD_REF_FULL
              : full->size <= SMALL_FULL       ? VD_REF_FULL
                                               : VD_REF_HUB;
}

/* Why the whole file could not be had, and why it was asked for. */
static veridac_status both_failed(const struct vd_pull *p, veridac_status status,
                                  const veridac_error *why, veridac_error *err)
{
    struct vd_span first = vd_span_str(p->notes.text), base = vd_span_str(p->base), head;

    if (first.n == 0)
        return vd_fail(err, status, "%s", why->text);
    if (vd_take(&first, base.n, &head) && !vd_span_eq(head, base)) /* the mirror is named already */
        first = vd_span_str(p->notes.text);
    return vd_fail(err, status, "%s; deltas%s%.*s", why->text, vd_at(first, 0) == ':' ? "" : ": ",
                   (int)first.n, (const char *)first.p);
}

/* Deltas that are of no use cost the whole file and not the pull: the head names both. */
static veridac_status get_bundle(struct vd_pull *p, veridac_error *err)
{
    const struct vd_ref *target = &p->head.ref[p->kind];
    bool there = false, whole = true;
    veridac_error why = { "" };
    veridac_status st;

    vd_buf_free(&p->bundle_bytes);
    p->bundle_bytes = VD_BUF(VD_MAX_BUNDLE);
    p->deltas = 0;
    st = vd_pull_stored(p, "s", p->kind, &p->bundle_bytes, &there, err);
    if (st != VERIDAC_OK || there)
        return st;
    st = by_deltas(p, &p->bundle_bytes, &whole, &why);
    if (st == VERIDAC_NO_MEMORY || st == VERIDAC_STOPPED)
        return vd_fail(err, st, "%s", why.text);
    if (st != VERIDAC_OK) {
        p->notes = why;
        whole = true;
    }
    if (!whole)
        return VERIDAC_OK;
    p->deltas = 0;
    vd_buf_free(&p->bundle_bytes);
    st = vd_fetch_ref(&p->fetch, p->base, "s", target, &p->bundle_bytes, &why);
    return st == VERIDAC_OK ? st : both_failed(p, st, &why, err);
}

veridac_status vd_pull_bundle(struct vd_pull *p, veridac_error *err)
{
    choose_kind(p);
    return get_bundle(p, err);
}
