/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_crl.c - one CRL for all points that name its URL.
 *
 * Entries are pending until the signature has been checked; then each point takes those that
 * belong to its CA.
 */
#include <stdlib.h>

#include "crl_check.h"
#include "revset_int.h"

void vd_revset_feed_reset(struct vd_rev_feed *feed)
{
    vd_crl_free(feed->reader);
    vd_buf_free(&feed->entries);
    vd_buf_free(&feed->issuers);
    free(feed->issuer_ends);
    *feed = (struct vd_rev_feed){ .entries = VD_BUF(VD_MAX_CRL), .issuers = VD_BUF(1u << 24) };
}

static bool remember_issuer(struct vd_rev_feed *feed, const struct vd_crl_entry *e)
{
    if (e->issuers_id == feed->n_issuers)
        return true; /* the one in force */
    if (!vd_grow((void **)&feed->issuer_ends, feed->n_issuers, &feed->cap_issuers, sizeof(size_t),
                 VD_MAX_CRL_ISSUERS) ||
        !vd_buf_put(&feed->issuers, e->issuers)) {
        feed->too_many = true;
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
    return vd_buf_le(&feed->entries, 4, e->issuers_id) &&
           vd_buf_u8(&feed->entries, (uint8_t)magnitude.n) && vd_buf_put(&feed->entries, magnitude);
}

enum vd_revset_status vd_revset_crl_begin(struct vd_revset *s, const char *url, int64_t last_ok)
{
    size_t first;
    if (s->phase != PHASE_BOUND || vd_revset_url_range(s, url, &first) == 0)
        return VD_REVSET_ORDER;
    vd_revset_feed_reset(&s->feed);
    s->feed.reader = vd_crl_start(take_entry, &s->feed, VD_MAX_CRL);
    if (s->feed.reader == NULL)
        return VD_REVSET_MEMORY;
    s->feed.url = s->by_url[first]->p.url;
    s->feed.last_ok = last_ok;
    s->phase = PHASE_FEEDING;
    return VD_REVSET_OK;
}

enum vd_revset_status vd_revset_crl_feed(struct vd_revset *s, struct vd_span chunk)
{
    if (s->phase != PHASE_FEEDING)
        return VD_REVSET_ORDER;
    (void)vd_crl_feed(s->feed.reader, chunk); /* the state is looked at at the end */
    return VD_REVSET_OK;
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

/* Whether entries under this certificateIssuer number belong to the point's CA. */
static bool is_mine(const struct vd_rev_feed *feed, uint64_t number, const struct vd_rev_point *p,
                    bool shared)
{
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
        if (to->n_entries == VD_MAX_ENTRIES_ISSUER)
            return false;
        if (!vd_buf_u8(&to->serials, len) || !vd_buf_put(&to->serials, magnitude))
            return false;
        to->n_entries++;
    }
    return true;
}

static struct vd_rev_crl judge(struct vd_revset *s, const struct vd_rev_point *p, bool shared)
{
    const struct vd_crl *crl = vd_crl_facts(s->feed.reader);
    const struct vd_crl_context in = { crl, &p->p, p->p.partitioned, shared, s->feed.unassigned };
    struct vd_crl_worth worth = vd_crl_check(&in, &s->scratch);
    struct vd_rev_crl ret = {
        .authentic = worth.authentic,
        .complete = worth.complete,
        .reason = worth.unsupported  ? VD_REASON_ALGORITHM
                  : worth.incomplete ? VD_REASON_INCOMPLETE
                                     : VD_REASON_INVALID,
        .this_update = crl->this_update,
        .next_update = crl->next_update,
        .last_ok = s->feed.last_ok,
        .serials = VD_BUF(VD_MAX_CRL),
    };

    if (crl->has_number && vd_copy(ret.number, sizeof ret.number, crl->number))
        ret.n_number = crl->number.n;
    if (ret.authentic && !take_mine(&s->feed, p, shared, &ret)) {
        (void)vd_find(&s->scratch, VD_RULE_CRL_TOO_MANY, VD_ON_CRL, "at most 1000000",
                      "more entries");
        ret.complete = false;
        ret.reason = VD_REASON_TOO_LARGE;
    }
    return ret;
}

static struct vd_rev_crl say_unread(struct vd_revset *s, enum vd_crl_state state)
{
    const struct vd_crl *crl = vd_crl_facts(s->feed.reader);
    struct vd_rev_crl ret = { .reason = VD_REASON_INVALID, .serials = VD_BUF(VD_MAX_CRL) };

    if (state == VD_CRL_BROKEN) {
        (void)vd_find(&s->scratch, VD_RULE_CRL_DER, VD_ON_CRL, "one DER CRL", "broken at %s",
                      crl->broken);
    } else {
        (void)vd_find(&s->scratch, VD_RULE_CRL_TOO_LARGE, VD_ON_CRL, "at most 64 MiB, 1000000 entries",
                      s->feed.too_many ? "too many certificateIssuers" : "over a ceiling");
        ret.reason = VD_REASON_TOO_LARGE;
    }
    return ret;
}

/* Bound points of more than one CA at this URL. */
static bool is_shared(const struct vd_revset *s, size_t first, size_t n)
{
    size_t issuer = SIZE_MAX;
    for (size_t i = first; i < first + n; i++) {
        const struct vd_rev_point *p = s->by_url[i];
        if (!p->p.bound)
            continue;
        if (issuer != SIZE_MAX && p->issuer != issuer)
            return true;
        issuer = p->issuer;
    }
    return false;
}

enum vd_revset_status vd_revset_crl_end(struct vd_revset *s)
{
    enum vd_revset_status st = VD_REVSET_OK;
    enum vd_crl_state state;
    size_t first = 0, n;
    bool shared;

    if (s->phase != PHASE_FEEDING)
        return VD_REVSET_ORDER;
    state = vd_crl_end(s->feed.reader);
    n = vd_revset_url_range(s, s->feed.url, &first);
    shared = is_shared(s, first, n);
    for (size_t i = first; i < first + n; i++) {
        struct vd_rev_point *p = s->by_url[i];
        struct vd_rev_crl next;
        if (!p->p.bound || p->feeds == VD_MAX_HISTORY)
            continue;
        vd_findings_reset(&s->scratch);
        next = state == VD_CRL_DONE ? judge(s, p, shared) : say_unread(s, state);
        vd_revset_succeed(s, p, &next);
        if (!vd_revset_keep(s, p))
            st = VD_REVSET_MEMORY;
    }
    vd_revset_feed_reset(&s->feed);
    s->phase = PHASE_BOUND;
    return st;
}

enum vd_revset_status vd_revset_crl_missing(struct vd_revset *s, const char *url,
                                            enum vd_reason reason, const char *why)
{
    enum vd_revset_status st = VD_REVSET_OK;
    size_t first = 0, n;

    if (s->phase != PHASE_BOUND)
        return VD_REVSET_ORDER;
    n = vd_revset_url_range(s, url, &first);
    for (size_t i = first; i < first + n; i++) {
        struct vd_rev_point *p = s->by_url[i];
        if (!p->p.bound || p->feeds > 0)
            continue;
        p->feeds = 1;
        p->crl.reason = reason;
        vd_findings_reset(&s->scratch);
        (void)vd_find(&s->scratch, VD_RULE_POINT_NO_CRL, VD_ON_CRL, "the CRL", "%s: %s",
                      vd_reason_text(reason), why);
        if (!vd_revset_keep(s, p))
            st = VD_REVSET_MEMORY;
    }
    return n == 0 ? VD_REVSET_ORDER : st;
}
