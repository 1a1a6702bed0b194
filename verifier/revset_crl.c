/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_crl.c - one CRL for all points that name its URL: fed, judged, and kept apart.
 *
 * Entries are pending until the signature has been checked; then each point's part takes those that
 * belong to its CA. Nothing here writes to the set.
 */
#include <stdlib.h>

#include "revset_int.h"

void vd_revset_feed_free(struct vd_rev_feed *feed)
{
    if (feed == NULL)
        return;
    vd_crl_free(feed->reader);
    vd_hash_free(feed->hash);
    vd_buf_free(&feed->entries);
    vd_buf_free(&feed->issuers);
    vd_buf_free(&feed->source.node);
    free(feed->issuer_ends);
    for (size_t i = 0; i < feed->n_parts; i++) {
        vd_buf_free(&feed->parts[i].crl.serials);
        free(feed->parts[i].findings);
    }
    free(feed->parts);
    free(feed);
}

static bool remember_issuer(struct vd_rev_feed *feed, const struct vd_crl_entry *e)
{
    if (e->issuers_id == feed->n_issuers)
        return true; /* the one in force */
    feed->too_many = feed->n_issuers == VD_MAX_CRL_ISSUERS ||
                     e->issuers.n > feed->issuers.max - feed->issuers.n;
    if (feed->too_many)
        return false;
    if (!vd_grow((void **)&feed->issuer_ends, feed->n_issuers, &feed->cap_issuers, sizeof(size_t),
                 VD_MAX_CRL_ISSUERS) ||
        !vd_buf_put(&feed->issuers, e->issuers)) {
        feed->no_memory = true;
        return false;
    }
    feed->issuer_ends[feed->n_issuers++] = feed->issuers.n;
    return true;
}

static bool take_entry(void *user, const struct vd_crl_entry *e)
{
    struct vd_rev_feed *feed = user;
    struct vd_span magnitude;

    if (!remember_issuer(feed, e))
        return false;
    if (!vd_revkey_serial(e->serial, &magnitude))
        return true; /* counted by the reader; no certificate can have it */
    feed->unassigned += e->issuers_id == 0;
    /* what is kept of an entry is shorter than the entry, so that the ceiling of the CRL is never met */
    feed->no_memory = feed->no_memory || !vd_buf_le(&feed->entries, 4, e->issuers_id) ||
                      !vd_buf_u8(&feed->entries, (uint8_t)magnitude.n) ||
                      !vd_buf_put(&feed->entries, magnitude);
    return !feed->no_memory;
}

enum vd_revset_status vd_revset_crl_begin(struct vd_revset *s, const char *url, int64_t last_ok,
                                          struct vd_rev_feed **ret)
{
    struct vd_rev_feed *feed;
    enum vd_revset_status st;
    size_t first = 0, n;

    if (s->phase != PHASE_BOUND)
        return VD_REVSET_ORDER;
    n = vd_revset_url_range(s, url, &first);
    if (n == 0)
        return VD_REVSET_ORDER;
    if (s->by_url[first]->begun == VD_MAX_HISTORY)
        return VD_REVSET_LIMIT;
    if ((st = vd_revset_join(s, false)) != VD_REVSET_OK)
        return st;
    feed = calloc(1, sizeof *feed);
    if (feed == NULL)
        return VD_REVSET_MEMORY;
    *feed = (struct vd_rev_feed){ .set = s, .first = first, .n = n, .last_ok = last_ok,
                                  .entries = VD_BUF(VD_MAX_CRL), .issuers = VD_BUF(1u << 24),
                                  .reader = vd_crl_start(take_entry, feed, VD_MAX_CRL) };
    if (feed->reader == NULL) {
        vd_revset_feed_free(feed);
        return VD_REVSET_MEMORY;
    }
    s->by_url[first]->begun++;
    *s->last_feed = feed;
    s->last_feed = &feed->next;
    *ret = feed;
    return VD_REVSET_OK;
}

void vd_revset_crl_feed(struct vd_rev_feed *feed, struct vd_span chunk)
{
    if (feed->hash != NULL && !vd_hash_add(feed->hash, chunk))
        feed->no_memory = true;
    (void)vd_crl_feed(feed->reader, chunk); /* the state is looked at at the end */
}

/* ---- after the signature ---- */

static struct vd_span issuer_names(const struct vd_rev_feed *feed, uint64_t number)
{
    size_t from = number < 2 ? 0 : feed->issuer_ends[number - 2];
    struct vd_span all = vd_buf_span(&feed->issuers), ret = VD_NO_SPAN;
    if (number > 0)
        (void)vd_span_slice(all, from, feed->issuer_ends[number - 1] - from, &ret);
    return ret;
}

/* Whether entries under this certificateIssuer number belong to the point's CA. In a CRL that is the
 * CA's own and not indirect all of them do: there the extension has no meaning (RFC 5280 5.3.3). */
static bool is_mine(const struct vd_rev_feed *feed, uint64_t number, const struct vd_rev_point *p,
                    bool shared)
{
    const struct vd_crl *crl = vd_crl_facts(feed->reader);
    if (!p->p.delegate && !crl->indirect && !crl->idp_malformed)
        return true;
    if (number == 0)
        return !p->p.delegate || !shared; /* the CA's own CRL, or the only CA behind this URL */
    return vd_crl_names_issuer(issuer_names(feed, number), p->p.ca->subject.der);
}

static bool take_mine(const struct vd_rev_feed *feed, const struct vd_rev_point *p, bool shared,
                      struct vd_rev_crl *to)
{
    struct vd_span in = vd_buf_span(&feed->entries), magnitude;
    uint64_t number, last = UINT64_MAX;
    bool mine = false;
    uint8_t len;

    while (vd_take_le(&in, 4, &number) && vd_take_u8(&in, &len) && vd_take(&in, len, &magnitude)) {
        if (number != last)
            mine = is_mine(feed, number, p, shared);
        last = number;
        if (!mine)
            continue;
        if (to->n_entries == feed->set->max_issuer)
            return false;
        if (!vd_buf_u8(&to->serials, len) || !vd_buf_put(&to->serials, magnitude))
            return false;
        to->n_entries++;
    }
    return true;
}

/* The findings of the scratch list go to the part. A check that was not made is no finding. */
static bool keep(struct vd_rev_part *part, struct vd_findings *scratch)
{
    if (vd_findings_has(scratch, VD_RULE_OUT_OF_MEMORY))
        return false;
    for (size_t i = 0; i < scratch->n; i++) {
        if (!vd_grow((void **)&part->findings, part->n_findings, &part->cap_findings,
                     sizeof(struct vd_finding), 2 * VD_MAX_FINDINGS))
            return false;
        part->findings[part->n_findings++] = scratch->v[i];
    }
    vd_findings_reset(scratch);
    return true;
}

/* What a vendor holds may grow to this much by one CRL, however many of its points name it. */
static bool take_within(const struct vd_rev_feed *feed, struct vd_rev_part *part, bool shared,
                        uint32_t *per_vendor)
{
    uint32_t *held = &per_vendor[vd_revset_vendor(part->point)];
    bool ok;

    if (*held >= vd_revset_share(feed->set))
        return false;
    ok = take_mine(feed, part->point, shared, &part->crl);
    *held += (uint32_t)part->crl.n_entries;
    return ok;
}

static void conclude(const struct vd_rev_feed *feed, struct vd_rev_part *part, bool shared,
                     uint32_t *per_vendor, struct vd_findings *scratch)
{
    const struct vd_crl *crl = vd_crl_facts(feed->reader);
    const struct vd_crl_context in = { crl, &part->point->p, part->point->p.partitioned, shared,
                                       feed->unassigned };
    struct vd_rev_crl *ret = &part->crl;

    vd_crl_check_complete(&in, &part->worth, scratch);
    *ret = (struct vd_rev_crl){
        .authentic = part->worth.authentic,
        .complete = part->worth.complete,
        .reason = part->worth.unsupported  ? VD_REASON_ALGORITHM
                  : part->worth.incomplete ? VD_REASON_INCOMPLETE
                                           : VD_REASON_INVALID,
        .this_update = crl->this_update,
        .next_update = crl->next_update,
        .last_ok = feed->last_ok,
        .serials = VD_BUF(VD_MAX_CRL),
    };
    (void)vd_copy(ret->content, sizeof ret->content, VD_SPAN(crl->digest));
    if (crl->has_number && vd_copy(ret->number, sizeof ret->number, crl->number))
        ret->n_number = crl->number.n;
    if (ret->authentic && !take_within(feed, part, shared, per_vendor)) {
        if (ret->serials.failed)
            (void)vd_find(scratch, VD_RULE_OUT_OF_MEMORY, VD_ON_CRL, NULL, "entries not kept");
        else
            vd_revset_too_many(ret, feed->set->max_issuer, "of one issuer", scratch);
    }
}

static void say_unread(const struct vd_rev_feed *feed, enum vd_crl_state state,
                       struct vd_rev_part *part, struct vd_findings *scratch)
{
    part->crl = (struct vd_rev_crl){ .reason = VD_REASON_INVALID, .serials = VD_BUF(VD_MAX_CRL) };
    if (state == VD_CRL_BROKEN) {
        (void)vd_find(scratch, VD_RULE_CRL_DER, VD_ON_CRL, "one DER CRL", "broken at %s",
                      vd_crl_facts(feed->reader)->broken);
    } else {
        (void)vd_find(scratch, VD_RULE_CRL_TOO_LARGE, VD_ON_CRL, "at most 64 MiB",
                      feed->too_many ? "too many certificateIssuers" : "over a ceiling");
        part->crl.reason = VD_REASON_TOO_LARGE;
    }
}

/* The vendor of this part has another CA whose list this CRL is as well. What somebody else registers
 * for the URL does not count: nobody takes a revocation back by pointing at a CRL. */
static bool is_shared(const struct vd_rev_feed *feed, const struct vd_rev_part *part)
{
    for (size_t i = 0; i < feed->n_parts; i++) {
        const struct vd_rev_part *other = &feed->parts[i];
        if (other->worth.authentic && other->point->issuer != part->point->issuer &&
            other->point->p.vid == part->point->p.vid)
            return true;
    }
    return false;
}

static bool judge(struct vd_rev_feed *feed, struct vd_findings *scratch)
{
    uint32_t *per_vendor = calloc(VD_VENDORS, sizeof *per_vendor);
    bool ok = per_vendor != NULL;

    for (size_t i = 0; ok && i < feed->n_parts; i++) {
        const struct vd_crl_context in = { .crl = vd_crl_facts(feed->reader),
                                           .point = &feed->parts[i].point->p };
        feed->parts[i].worth = vd_crl_check_authentic(&in, scratch);
        ok = keep(&feed->parts[i], scratch);
    }
    for (size_t i = 0; ok && i < feed->n_parts; i++) {
        bool shared = feed->unassigned > 0 && is_shared(feed, &feed->parts[i]);
        conclude(feed, &feed->parts[i], shared, per_vendor, scratch);
        ok = keep(&feed->parts[i], scratch);
    }
    free(per_vendor);
    return ok;
}

static bool refuse(struct vd_rev_feed *feed, enum vd_crl_state state, struct vd_findings *scratch)
{
    bool ok = true;
    for (size_t i = 0; ok && i < feed->n_parts; i++) {
        say_unread(feed, state, &feed->parts[i], scratch);
        ok = keep(&feed->parts[i], scratch);
    }
    return ok;
}

static bool judge_all(struct vd_rev_feed *feed)
{
    const enum vd_crl_state state = vd_crl_end(feed->reader);
    struct vd_findings *scratch = calloc(1, sizeof *scratch);
    bool ok;

    feed->parts = calloc(feed->n, sizeof *feed->parts);
    ok = scratch != NULL && feed->parts != NULL && state != VD_CRL_MEMORY && !feed->no_memory;
    for (size_t i = 0; ok && i < feed->n; i++) {
        struct vd_rev_point *p = feed->set->by_url[feed->first + i];
        if (p->p.bound)
            feed->parts[feed->n_parts++].point = p;
    }
    ok = ok && (state == VD_CRL_DONE ? judge(feed, scratch) : refuse(feed, state, scratch));
    free(scratch);
    return ok;
}

enum vd_revset_status vd_revset_crl_end(struct vd_rev_feed *feed)
{
    enum vd_revset_status st;

    feed->no_memory = !vd_revset_source_end(feed) || feed->no_memory;
    feed->no_memory = !judge_all(feed) || feed->no_memory;
    vd_crl_free(feed->reader);
    feed->reader = NULL;
    vd_buf_free(&feed->entries);
    vd_buf_free(&feed->issuers);
    st = feed->no_memory ? VD_REVSET_MEMORY : VD_REVSET_OK;
    atomic_store_explicit(&feed->ended, true, memory_order_release);
    return st;
}
