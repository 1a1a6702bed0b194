/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_files.c - bundles, the deltas that lead to them, the index, the head.
 */
#include <stdlib.h>

#include "bundle.h"
#include "delta.h"
#include "limits.h"
#include "publish.h"
#include "store.h"

#define LIFETIME_S (72 * 3600)

veridac_status vd_publish_add(struct vd_publish *p, const char *folder, struct vd_buf *bytes,
                              struct vd_ref *ret)
{
    struct vd_file *f;

    ret->there = true;
    ret->size = bytes->n;
    if (bytes->failed || !vd_sha256(vd_buf_span(bytes), ret->sha256) ||
        !vd_grow((void **)&p->files, p->n_files, &p->cap_files, sizeof *p->files, 1u << 20))
        return VERIDAC_NO_MEMORY;
    f = &p->files[p->n_files++];
    *f = (struct vd_file){ .folder = folder, .bytes = *bytes };
    vd_store_name(ret->sha256, f->name);
    *bytes = VD_BUF(0);
    return VERIDAC_OK;
}

/* ---- bundles ---- */

/* The bundles before, by kind, when the new ones may stand on the same base. */
static bool goes_on(struct vd_publish *p, struct vd_buf before[3])
{
    struct vd_bundle b;
    int64_t base_time;

    if (!p->has_head || p->before->base == 0 || p->old_head.s.epoch != p->root.s.epoch ||
        vd_publish_forced(p, "base") ||
        !vd_publish_get(p, "s", &p->old_head.ref[VD_REF_HUB], &before[VD_REF_HUB]) ||
        !vd_publish_get(p, "s", &p->old_head.ref[VD_REF_FULL], &before[VD_REF_FULL]) ||
        vd_bundle_read(vd_buf_span(&before[VD_REF_FULL]), &b) != NULL || b.evidence_time > p->run.time)
        return false;
    (void)vd_bundle_base(&b, &base_time);
    return !vd_bundle_base_due(base_time, p->run.time, p->before->delta_octets,
                               p->old_head.ref[VD_REF_HUB].size);
}

/* The base itself, when it is of the same evidence and nothing has changed: publishing again, after a fault
 * or to keep the head alive, is no new bundle. *ret_same false: it is not, and *ret is empty. */
static veridac_status base_again(struct vd_publish *p, int32_t kind, const struct vd_buf *before,
                                 bool *ret_same, veridac_buffer *ret, veridac_error *err)
{
    const veridac_bundle_options o = { .size = sizeof o, .kind = kind };
    struct vd_bundle b;
    veridac_status st = VERIDAC_OK;

    *ret_same = false;
    if (vd_bundle_read(vd_buf_span(before), &b) != NULL || b.evidence_time != p->run.time)
        return VERIDAC_OK;
    st = veridac_revset_bundle(p->set, &o, ret, err);
    if (st != VERIDAC_OK)
        return st;
    *ret_same = vd_span_eq(vd_span_of(ret->data, ret->size), vd_buf_span(before));
    if (!*ret_same)
        veridac_buffer_free(ret);
    return VERIDAC_OK;
}

static veridac_status make_bundles(struct vd_publish *p, const struct vd_buf before[3],
                                   bool same_base, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (int32_t k = VERIDAC_KIND_HUB; st == VERIDAC_OK && k <= VERIDAC_KIND_FULL; k++) {
        const veridac_bundle_options o = { .size = sizeof o, .kind = k,
                                           .before = { same_base ? before[k].p : NULL,
                                                       same_base ? before[k].n : 0 } };
        veridac_snapshot_options so = { .size = sizeof so };
        veridac_snapshot *s = NULL;
        bool same = false;
        if (same_base)
            st = base_again(p, k, &before[k], &same, &p->bundle[k], err);
        if (st == VERIDAC_OK && !same)
            st = veridac_revset_bundle(p->set, &o, &p->bundle[k], err);
        if (st == VERIDAC_OK) /* what is published is read back first */
            st = veridac_snapshot_open((veridac_bytes){ p->bundle[k].data, p->bundle[k].size }, &so,
                                       &s, err);
        veridac_snapshot_free(s);
    }
    return st;
}

static struct vd_span bundle_of(const struct vd_publish *p, unsigned kind)
{
    return vd_span_of(p->bundle[kind].data, p->bundle[kind].size);
}

static veridac_status add_bundles(struct vd_publish *p)
{
    veridac_status st = VERIDAC_OK;
    for (unsigned k = VD_REF_HUB; st == VERIDAC_OK && k <= VD_REF_FULL; k++) {
        struct vd_buf copy = VD_BUF(VD_MAX_BUNDLE);
        if (!vd_buf_put(&copy, bundle_of(p, k)))
            st = VERIDAC_NO_MEMORY;
        else
            st = vd_publish_add(p, "s", &copy, &p->head.ref[k]);
        vd_buf_free(&copy);
    }
    return st;
}

/* ---- deltas ---- */

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
        wrong = vd_delta_make(vd_buf_span(&old), bundle_of(p, kind), &delta);
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

/* Some later delta will start there. */
static bool stays(uint64_t base, uint64_t sequence, uint64_t now)
{
    if (sequence == base || sequence == now)
        return true;
    for (uint64_t step = 2; step <= now - base; step *= 2) {
        if ((now - base) / step * step + base == sequence)
            return true;
    }
    return false;
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

static void keep_history(struct vd_publish *p, bool same_base)
{
    struct vd_history *a = p->after;
    const struct vd_history *b = p->before;
    const uint64_t now = p->head.s.number;

    a->base = same_base ? b->base : now;
    for (size_t i = 0; same_base && i < b->n_kept && a->n_kept + 1 < VD_MAX_KEPT; i++) {
        if (stays(b->base, b->kept[i].sequence, now))
            a->kept[a->n_kept++] = b->kept[i];
    }
    a->kept[a->n_kept].sequence = now;
    a->kept[a->n_kept].kind[VD_REF_HUB] = p->head.ref[VD_REF_HUB];
    a->kept[a->n_kept++].kind[VD_REF_FULL] = p->head.ref[VD_REF_FULL];
}

/* ---- the index ---- */

static int by_place(const void *a, const void *b)
{
    const struct vd_index_entry *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
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

static veridac_status add_index(struct vd_publish *p)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_INDEX);
    struct vd_signed frame = p->head.s;
    veridac_status st;

    frame.kind = VD_DOC_INDEX;
    frame.expires = 0;
    if (p->n_deltas > 0)
        qsort(p->deltas, p->n_deltas, sizeof *p->deltas, by_place);
    st = vd_index_write(&frame, p->after->base, p->deltas, p->n_deltas, &bytes)
             ? vd_publish_add(p, "index", &bytes, &p->head.ref[VD_REF_INDEX])
             : VERIDAC_TOO_LARGE;
    vd_buf_free(&bytes);
    return st;
}

/* ---- the head ---- */

static void start_head(struct vd_publish *p)
{
    struct vd_signed *s = &p->head.s;
    const int64_t lifetime = p->o.lifetime_s > 0 ? p->o.lifetime_s : LIFETIME_S;
    const int64_t next = p->o.at + lifetime / 3;

    *s = p->root.s;
    s->kind = VD_DOC_HEAD;
    s->number = p->has_head && p->old_head.s.epoch == s->epoch ? p->old_head.s.number + 1 : 1;
    s->created = p->o.at;
    s->expires = p->o.at + lifetime;
    if (s->expires > p->root.head_until)
        s->expires = p->root.head_until;
    if (s->expires > p->list.s.expires)
        s->expires = p->list.s.expires;
    p->head.next_publish = next < s->expires ? next : s->expires;
    p->head.root_version = (uint32_t)p->root.s.number;
    p->head.trust_version = (uint32_t)p->list.s.number;
}

static veridac_status sign_head(struct vd_publish *p, veridac_error *err)
{
    struct vd_buf draft = VD_BUF(VD_MAX_HEAD);
    struct vd_head back;
    const char *wrong;
    veridac_status st = vd_head_write(&p->head, &draft)
                            ? vd_publish_sign(p, VD_DUTY_HEAD, vd_buf_span(&draft), &p->head_bytes, err)
                            : VERIDAC_INTERNAL;
    vd_buf_free(&draft);
    if (st != VERIDAC_OK)
        return st;
    wrong = vd_head_check(vd_buf_span(&p->head_bytes), &p->root, &back);
    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, VERIDAC_BAD_DATA, "the new head would be refused: %s", wrong);
}

static veridac_status add_trust(struct vd_publish *p)
{
    struct vd_buf copy = VD_BUF(VD_MAX_TRUST_LIST);
    veridac_status st = vd_buf_put(&copy, vd_buf_span(&p->trust_bytes))
                            ? vd_publish_add(p, "trust", &copy, &p->head.ref[VD_REF_TRUST])
                            : VERIDAC_NO_MEMORY;
    vd_buf_free(&copy);
    return st;
}

veridac_status vd_publish_files(struct vd_publish *p, veridac_error *err)
{
    struct vd_buf before[3] = { VD_BUF(0), VD_BUF(VD_MAX_BUNDLE), VD_BUF(VD_MAX_BUNDLE) };
    const bool same_base = goes_on(p, before);
    veridac_status st;

    start_head(p);
    st = make_bundles(p, before, same_base, err);
    vd_buf_free(&before[VD_REF_HUB]);
    vd_buf_free(&before[VD_REF_FULL]);
    if (st == VERIDAC_OK)
        st = add_trust(p);
    if (st == VERIDAC_OK)
        st = add_bundles(p);
    if (st == VERIDAC_OK && same_base) {
        p->after->delta_octets = p->before->delta_octets;
        st = take_old_entries(p);
        if (st == VERIDAC_OK)
            st = make_deltas(p, err);
    }
    if (st == VERIDAC_OK) {
        keep_history(p, same_base);
        st = add_index(p);
    }
    return st == VERIDAC_OK ? sign_head(p, err) : st;
}
