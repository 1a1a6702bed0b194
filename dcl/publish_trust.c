/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_trust.c - the trust list, and the evidence judged by it.
 *
 * Clients take anchors from the list alone, so the revocation set is computed with the list's anchors,
 * whatever else sync accepted.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gather.h"
#include "limits.h"
#include "publish.h"
#include "state.h"
#include "store.h"
#include "text.h"

#define RENEW_S (30 * 86400) /* a list that lives less is made anew by a publisher that may */

/* ---- what sync accepted ---- */

struct accepted {
    struct vd_buf *der;
    struct vd_trust_entry *entries;
    size_t n;        /* what sync accepted */
    size_t n_wanted; /* and what else the list is to have */
};

static void free_accepted(struct accepted *a)
{
    for (size_t i = 0; i < a->n; i++)
        vd_buf_free(&a->der[i]);
    free(a->der);
    free(a->entries);
}

static veridac_status read_accepted(const struct vd_publish *p, struct accepted *a, veridac_error *err)
{
    const size_t room = p->run.n_certificates + p->old_trust.n + p->o.n_cd_signers + 1;
    veridac_status st = VERIDAC_OK;

    a->der = calloc(room, sizeof *a->der);
    a->entries = calloc(room, sizeof *a->entries);
    if (a->der == NULL || a->entries == NULL)
        return VERIDAC_NO_MEMORY;
    for (size_t i = 0; st == VERIDAC_OK && i < p->run.n_certificates; i++) {
        const struct vd_run_certificate *c = &p->run.certificates[i];
        if (c->kind == VD_RUN_AUTHORITY || !c->accepted)
            continue;
        a->der[a->n] = VD_BUF(VD_MAX_INPUT);
        st = vd_state_get(p->o.state, c->sha256, VD_MAX_INPUT, &a->der[a->n], err);
        a->entries[a->n] = (struct vd_trust_entry){
            c->kind == VD_RUN_ANCHOR ? VD_ENTRY_PAA : VD_ENTRY_CD_SIGNER, p->root.s.network,
            VD_ENTRY_TRUSTED, vd_buf_span(&a->der[a->n])
        };
        a->n_wanted = ++a->n;
    }
    return st;
}

static const struct vd_trust_entry *find(const struct accepted *a, const struct vd_trust_entry *e)
{
    for (size_t i = 0; i < a->n_wanted; i++) {
        if (a->entries[i].kind == e->kind && vd_span_eq(a->entries[i].der, e->der))
            return &a->entries[i];
    }
    return NULL;
}

/* ---- the list ---- */

static bool in_first(const struct accepted *a, const struct vd_trust_entry *e)
{
    const struct vd_trust_entry *found = find(a, e);
    return found != NULL && found < a->entries + a->n;
}

/* How many of what sync accepted are trusted in the list. */
static uint32_t listed(const struct vd_trust_list *list, const struct accepted *a)
{
    struct vd_span cursor = list->entries;
    struct vd_trust_entry e;
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n && vd_trust_list_next(&cursor, &e); i++)
        n += e.state == VD_ENTRY_TRUSTED && in_first(a, &e);
    return n;
}

static uint32_t trusted(const struct vd_trust_list *list)
{
    struct vd_span cursor = list->entries;
    struct vd_trust_entry e;
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n && vd_trust_list_next(&cursor, &e); i++)
        n += e.state == VD_ENTRY_TRUSTED;
    return n;
}

static unsigned may_sign(const struct vd_publish *p)
{
    unsigned n = 0;
    for (size_t i = 0; i < p->n_signers; i++)
        n += (vd_signer_duties(&p->signers[i], &p->root) & VD_DUTY_BIT(VD_DUTY_TRUST)) != 0;
    return n;
}

/* Declaration signers that the operator names, and what the list before had beside what sync accepts:
 * what is withdrawn, and signers that were named then. */
static void add_others(const struct vd_publish *p, struct accepted *a)
{
    struct vd_span cursor = p->old_trust.entries;
    struct vd_trust_entry e = { VD_ENTRY_CD_SIGNER, p->root.s.network, VD_ENTRY_TRUSTED, VD_NO_SPAN };

    for (size_t i = 0; i < p->o.n_cd_signers; i++) {
        e.der = vd_span_of(p->o.cd_signers[i].data, p->o.cd_signers[i].size);
        if (find(a, &e) == NULL)
            a->entries[a->n_wanted++] = e;
    }
    for (uint32_t i = 0; p->has_old_trust && i < p->old_trust.n && vd_trust_list_next(&cursor, &e); i++) {
        if ((e.state == VD_ENTRY_WITHDRAWN || e.kind == VD_ENTRY_CD_SIGNER) && find(a, &e) == NULL)
            a->entries[a->n_wanted++] = e;
    }
}

static veridac_status make_list(struct vd_publish *p, struct accepted *a, veridac_error *err)
{
    const bool goes_on = p->has_old_trust && p->old_trust.s.epoch == p->root.s.epoch;
    struct vd_signed frame = { .kind = VD_DOC_TRUST, .network = p->root.s.network,
                               .epoch = p->root.s.epoch,
                               .number = goes_on ? p->old_trust.s.number + 1 : 1,
                               .created = p->o.at, .expires = p->root.s.expires };
    struct vd_buf draft = VD_BUF(VD_MAX_TRUST_LIST);
    veridac_status st;

    (void)vd_copy(frame.feed, sizeof frame.feed, vd_span_of(p->root.s.feed, sizeof p->root.s.feed));
    st = vd_trust_list_write(&frame, a->entries, a->n_wanted, &draft)
             ? vd_publish_sign(p, VD_DUTY_TRUST, vd_buf_span(&draft), &p->trust_bytes, err)
             : vd_fail(err, VERIDAC_TOO_LARGE, "more certificates than a trust list can hold");
    vd_buf_free(&draft);
    p->trust_is_new = st == VERIDAC_OK;
    return st;
}

/* The list before says just what the next one would say. */
static bool still_good(const struct vd_publish *p, const struct accepted *a)
{
    struct vd_trust_list list;
    struct vd_trust_entry e;
    struct vd_span cursor;

    if (!p->has_old_trust ||
        vd_trust_list_check(vd_buf_span(&p->old_trust_bytes), &p->root, &list) != NULL ||
        list.n != a->n_wanted ||
        (list.s.expires - p->o.at <= RENEW_S && list.s.expires < p->root.s.expires))
        return false;
    cursor = list.entries;
    for (uint32_t i = 0; i < list.n && vd_trust_list_next(&cursor, &e); i++) {
        const struct vd_trust_entry *wanted = find(a, &e);
        if (wanted == NULL || wanted->state != e.state)
            return false;
    }
    return true;
}

/* A list that is lost takes along what was withdrawn, and its version: clients take none that goes back. */
static veridac_status list_is_lost(const struct vd_publish *p, veridac_error *err)
{
    return vd_fail(err, VERIDAC_BAD_DATA,
                   "%s: the trust list that its head names is missing or damaged; put it back, or give the next one "
                   "(veridac root trust)", p->o.repo);
}

static veridac_status choose_list(struct vd_publish *p, struct accepted *a, veridac_error *err)
{
    const struct vd_span given = vd_span_of(p->o.trust_list.data, p->o.trust_list.size);

    p->trust_bytes = VD_BUF(VD_MAX_TRUST_LIST);
    if (given.p != NULL) {
        p->trust_is_new = !vd_span_eq(given, vd_buf_span(&p->old_trust_bytes));
        return vd_buf_put(&p->trust_bytes, given) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
    }
    if (p->has_head && !p->has_old_trust)
        return list_is_lost(p, err);
    if (may_sign(p) >= p->root.threshold[VD_DUTY_TRUST] && !still_good(p, a))
        return make_list(p, a, err);
    if (!p->has_old_trust)
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "no trust list, and these keys may not sign one; veridac root trust");
    return vd_buf_put(&p->trust_bytes, vd_buf_span(&p->old_trust_bytes)) ? VERIDAC_OK
                                                                         : VERIDAC_NO_MEMORY;
}

/* Where the list before is lost, its head still says of which version it was. */
static bool goes_back(const struct vd_publish *p)
{
    const struct vd_signed *s = &p->list.s, *old = &p->old_trust.s;
    uint8_t sha256[VD_SHA256];

    if (p->has_old_trust)
        return !vd_signed_before(old->epoch, old->number, s->epoch, s->number);
    return p->has_head && s->epoch <= p->old_head.s.epoch && s->number <= p->old_head.trust_version &&
           !(vd_sha256(vd_buf_span(&p->trust_bytes), sha256) &&
             vd_ref_is(&p->old_head.ref[VD_REF_TRUST], p->trust_bytes.n, sha256));
}

static veridac_status check_list(struct vd_publish *p, veridac_error *err)
{
    const char *wrong = vd_trust_list_check(vd_buf_span(&p->trust_bytes), &p->root, &p->list);
    const struct vd_signed *s = &p->list.s;

    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "the trust list: %s", wrong);
    if (p->trust_is_new && goes_back(p))
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "the trust list: trust-rollback: version %" PRIu64 " after %" PRIu32, s->number,
                       p->old_head.trust_version);
    if (p->o.at > s->expires)
        return vd_fail(err, VERIDAC_BAD_DATA, "the trust list: trust-expired");
    return VERIDAC_OK;
}

/* ---- the evidence ---- */

static veridac_status judge(struct vd_publish *p, veridac_error *err)
{
    const struct vd_gather_options none = { .accept_shrink = NULL };
    const struct vd_stop stop = { p->o.stop, p->o.user };
    veridac_trust_view view = { .size = sizeof view };
    veridac_status st = veridac_trust_new(&p->trust);

    if (st == VERIDAC_OK)
        st = vd_trust_list_add(&p->list, p->run.time, p->trust);
    if (st == VERIDAC_OK)
        st = veridac_trust_look(p->trust, &view);
    if (st == VERIDAC_OK && view.main_paas + view.test_paas == 0)
        st = vd_fail(err, VERIDAC_BAD_DATA,
                     "%s: no PAA is accepted yet; sync --accept-anchor names those that are", p->o.state);
    if (st == VERIDAC_OK)
        st = vd_gather_points(p->o.state, &p->run, p->trust, &p->set, &none, NULL, err);
    return st == VERIDAC_OK ? vd_gather_crls(p->o.state, &p->run, p->set, &stop, err) : st;
}

veridac_status vd_publish_trust(struct vd_publish *p, veridac_error *err)
{
    struct accepted a = { .n = 0 };
    veridac_status st = vd_state_run(p->o.state, p->o.at, &p->run, err);

    if (st == VERIDAC_OK && p->run.number == 0)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: no evidence of this time or before; run sync",
                     p->o.state);
    if (st == VERIDAC_OK && p->run.network != p->root.s.network)
        st = vd_fail(err, VERIDAC_OTHER_NETWORK, "%s: of another network than the root", p->o.state);
    if (st == VERIDAC_OK)
        st = read_accepted(p, &a, err);
    if (st == VERIDAC_OK && a.n == 0 && p->o.trust_list.data == NULL)
        st = vd_fail(err, VERIDAC_BAD_DATA,
                     "%s: no PAA is accepted yet; sync --accept-anchor names those that are", p->o.state);
    if (st == VERIDAC_OK)
        add_others(p, &a);
    if (st == VERIDAC_OK)
        st = choose_list(p, &a, err);
    if (st == VERIDAC_OK)
        st = check_list(p, err);
    if (st == VERIDAC_OK)
        p->not_listed = (uint32_t)a.n - listed(&p->list, &a);
    free_accepted(&a);
    return st == VERIDAC_OK ? judge(p, err) : st;
}

/* ---- guards ---- */

static bool has_vid(const struct vd_history *h, uint16_t vid)
{
    for (size_t i = 0; i < h->n_vids; i++) {
        if (h->vids[i] == vid)
            return true;
    }
    return false;
}

static int by_number(const void *a, const void *b)
{
    const uint16_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void note_vids(struct vd_publish *p)
{
    veridac_point_view v = { .size = sizeof v };
    struct vd_history *h = p->after;
    for (uint32_t i = 0; veridac_revset_point(p->set, i, &v) == VERIDAC_OK; i++) {
        if (v.used && v.vid >= 0 && v.vid <= 0xFFFF && h->n_vids < sizeof h->vids / sizeof h->vids[0] &&
            !has_vid(h, (uint16_t)v.vid))
            h->vids[h->n_vids++] = (uint16_t)v.vid;
    }
    qsort(h->vids, h->n_vids, sizeof h->vids[0], by_number);
    h->anchors = trusted(&p->list);
}

/* More than a fifth, and more than two: one vendor can never stop the feed of the others. */
static bool falls(uint32_t fallen, size_t of)
{
    return fallen > VD_FALL_MIN && (size_t)fallen * 100 > of * VD_FALL_PERCENT;
}

static uint32_t anchors_gone(const struct vd_publish *p)
{
    struct vd_span cursor = p->old_trust.entries, inner;
    struct vd_trust_entry e, other;
    uint32_t gone = 0;
    for (uint32_t i = 0; p->has_old_trust && i < p->old_trust.n && vd_trust_list_next(&cursor, &e); i++) {
        bool there = false;
        inner = p->list.entries;
        for (uint32_t k = 0; k < p->list.n && vd_trust_list_next(&inner, &other); k++)
            there = there || (other.state == VD_ENTRY_TRUSTED && other.kind == e.kind &&
                              vd_span_eq(other.der, e.der));
        gone += e.state == VD_ENTRY_TRUSTED && !there;
    }
    return gone;
}

/* A guard that does not know what there was guards nothing. */
static veridac_status guard_unknown(const struct vd_publish *p, veridac_error *err)
{
    if (p->has_head && p->before->base == 0 && !vd_publish_forced(p, "vids"))
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "fall-of-vids: %s/h/%" PRIu64 " is missing or damaged: it is not known which vendors had "
                       "revocation data; --force vids publishes all the same", p->o.repo, p->old_head.s.number);
    if (p->has_head && !p->has_old_trust && !vd_publish_forced(p, "anchors"))
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "fall-of-anchors: the trust list that the head of %s names is missing or damaged: it is not "
                       "known which anchors there were; --force anchors publishes all the same", p->o.repo);
    return VERIDAC_OK;
}

veridac_status vd_publish_guard(struct vd_publish *p, veridac_error *err)
{
    veridac_status st = guard_unknown(p, err);

    if (st != VERIDAC_OK)
        return st;
    note_vids(p);
    for (size_t i = 0; i < p->before->n_vids; i++)
        p->fallen_vids += !has_vid(p->after, p->before->vids[i]);
    p->fallen_anchors = anchors_gone(p);
    if (falls(p->fallen_vids, p->before->n_vids) && !vd_publish_forced(p, "vids"))
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "fall-of-vids: %" PRIu32 " of %zu vendors lost their revocation data in one run; "
                       "--force vids publishes it", p->fallen_vids, p->before->n_vids);
    if (p->has_old_trust && falls(p->fallen_anchors, trusted(&p->old_trust)) &&
        !vd_publish_forced(p, "anchors"))
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "fall-of-anchors: %" PRIu32 " of %" PRIu32 " anchors are gone in one run; "
                       "--force anchors publishes it", p->fallen_anchors, trusted(&p->old_trust));
    return VERIDAC_OK;
}
