/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_files.c - bundles, the index, the head.
 */
#include <stdlib.h>

#include "bundle.h"
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

/* The new bundle of kind full with names and provenance, which the published ones go without. */
static veridac_status make_whole(const struct vd_publish *p, const struct vd_buf *before, bool goes_on,
                                 veridac_buffer *whole, struct vd_bundle *ret, veridac_error *err)
{
    const veridac_bundle_options o = { .size = sizeof o, .kind = VERIDAC_KIND_FULL, .provenance = 1,
                                       .before = { goes_on ? before->p : NULL,
                                                   goes_on ? before->n : 0 } };
    veridac_status st;

    veridac_buffer_free(whole);
    st = veridac_revset_bundle(p->set, &o, whole, err);
    return st == VERIDAC_OK && vd_bundle_read(vd_span_of(whole->data, whole->size), ret) != NULL
               ? VERIDAC_INTERNAL
               : st;
}

/* Hub and full of it. The base of each kind is that of the bundle before. */
static veridac_status strip(struct vd_publish *p, const struct vd_bundle *whole,
                            const struct vd_buf before[3], bool goes_on)
{
    bool ok = true;
    for (unsigned k = VD_REF_HUB; ok && k <= VD_REF_FULL; k++) {
        struct vd_span base = VD_NO_SPAN;
        struct vd_bundle b;
        int64_t base_time;
        if (goes_on) {
            ok = vd_bundle_read(vd_buf_span(&before[k]), &b) == NULL;
            base = ok ? vd_bundle_base(&b, &base_time) : base;
        }
        vd_buf_free(&p->bundle[k]);
        p->bundle[k] = VD_BUF(VD_MAX_BUNDLE);
        ok = ok && vd_bundle_bare(whole, k == VD_REF_HUB ? VDB_HUB : VDB_FULL, base.p, &p->bundle[k]);
    }
    return ok ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

/* What is published is read back first. */
static veridac_status read_back(const struct vd_publish *p, veridac_error *err)
{
    const veridac_snapshot_options o = { .size = sizeof o };
    veridac_status st = VERIDAC_OK;
    for (unsigned k = VD_REF_HUB; st == VERIDAC_OK && k <= VD_REF_FULL; k++) {
        veridac_snapshot *s = NULL;
        st = veridac_snapshot_open((veridac_bytes){ p->bundle[k].p, p->bundle[k].n }, &o, &s, err);
        veridac_snapshot_free(s);
    }
    return st;
}

/* Is the bundle before of the same evidence? Then publishing again, after a fault or to keep the head
 * alive, is no new bundle when a base of now is the one that is there. */
static bool same_evidence(const struct vd_publish *p, const struct vd_buf *before)
{
    struct vd_bundle b;
    return vd_bundle_read(vd_buf_span(before), &b) == NULL && b.evidence_time == p->run.time;
}

static veridac_status make_bundles(struct vd_publish *p, const struct vd_buf before[3],
                                   bool same_base, veridac_error *err)
{
    veridac_buffer bytes = { NULL, 0 };
    struct vd_bundle whole;
    veridac_status st = VERIDAC_OK;
    bool again = same_base && same_evidence(p, &before[VD_REF_FULL]);

    if (again) {
        st = make_whole(p, NULL, false, &bytes, &whole, err);
        if (st == VERIDAC_OK)
            st = strip(p, &whole, before, false);
        again = st == VERIDAC_OK &&
                vd_span_eq(vd_buf_span(&p->bundle[VD_REF_FULL]), vd_buf_span(&before[VD_REF_FULL]));
    }
    if (st == VERIDAC_OK && !again) {
        st = make_whole(p, &before[VD_REF_FULL], same_base, &bytes, &whole, err);
        if (st == VERIDAC_OK)
            st = strip(p, &whole, before, same_base);
    }
    if (st == VERIDAC_OK)
        st = read_back(p, err);
    if (st == VERIDAC_OK)
        st = vd_publish_parts(p, &whole, err);
    veridac_buffer_free(&bytes);
    return st;
}

static veridac_status add_bundles(struct vd_publish *p)
{
    veridac_status st = VERIDAC_OK;
    for (unsigned k = VD_REF_HUB; st == VERIDAC_OK && k <= VD_REF_FULL; k++) {
        struct vd_buf copy = VD_BUF(VD_MAX_BUNDLE);
        if (!vd_buf_put(&copy, vd_buf_span(&p->bundle[k])))
            st = VERIDAC_NO_MEMORY;
        else
            st = vd_publish_add(p, "s", &copy, &p->head.ref[k]);
        vd_buf_free(&copy);
    }
    return st;
}

/* ---- history ---- */

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
                         : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "the new head would be refused: %s", wrong);
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
        st = vd_publish_deltas(p, err);
    }
    if (st == VERIDAC_OK) {
        keep_history(p, same_base);
        st = add_index(p);
    }
    return st == VERIDAC_OK ? sign_head(p, err) : st;
}
