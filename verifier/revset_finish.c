/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_finish.c - the conclusions: coverage, the serials of each issuer.
 *
 * An issuer is good when every record that its own vendor registered for its key id is bound and
 * has a complete CRL. A stranger's record for the same key id is reported and changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "revset_int.h"
#include "text.h"

/* ---- coverage ---- */

#define MAX_OWN_VIDS 16u

/* The vendors that speak for an issuer. */
struct own {
    int32_t vids[MAX_OWN_VIDS];
    size_t n;
    bool any;  /* too many to list, or the CA names no vendor: every record counts */
};

static void add_own(struct own *own, int32_t vid)
{
    for (size_t i = 0; i < own->n; i++) {
        if (own->vids[i] == vid)
            return;
    }
    if (own->n == MAX_OWN_VIDS)
        own->any = true;
    else
        own->vids[own->n++] = vid;
}

static bool is_own(const struct own *own, const struct vd_rev_issuer *issuer,
                   const struct vd_rev_point *p)
{
    if (p->p.is_paa != issuer->is_paa)
        return false;
    for (size_t i = 0; i < own->n; i++) {
        if (own->vids[i] == p->p.vid)
            return true;
    }
    return own->any;
}

/* The records under this key id, in key order. */
static size_t key_range(const struct vd_revset *s, const char *key_id, size_t *ret_first)
{
    size_t lo = 0, hi = s->n_points, n = 0;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(s->by_key[mid]->p.key_id_text, key_id) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    while (lo + n < s->n_points && strcmp(s->by_key[lo + n]->p.key_id_text, key_id) == 0)
        n++;
    *ret_first = lo;
    return n;
}

static void join_times(struct vd_rev_issuer *issuer, const struct vd_rev_point *p, bool first)
{
    if (first || p->crl.this_update > issuer->this_update)
        issuer->this_update = p->crl.this_update;
    if (first || p->crl.next_update < issuer->next_update)
        issuer->next_update = p->crl.next_update;
    if (first || p->crl.last_ok < issuer->last_ok)
        issuer->last_ok = p->crl.last_ok;
}

static struct own own_vendors(const struct vd_revset *s, size_t index, size_t first, size_t n)
{
    const struct vd_rev_issuer *issuer = &s->issuers[index];
    struct own own = { .n = 0 };

    for (size_t i = first; i < first + n; i++) {
        if (s->by_key[i]->p.bound && s->by_key[i]->issuer == index && !s->by_key[i]->p.adds_only)
            add_own(&own, s->by_key[i]->p.vid);
    }
    if (issuer->vid >= 0)
        add_own(&own, issuer->vid);
    else
        own.any = own.any || own.n == 0;
    return own;
}

static void cover(struct vd_revset *s, size_t index)
{
    struct vd_rev_issuer *issuer = &s->issuers[index];
    char hex[VD_HEX_TEXT];
    size_t first = 0, n = key_range(s, vd_hex_text(issuer->ca->skid, hex), &first);
    struct own own = own_vendors(s, index, first, n);
    bool any = false, all = true, timed = false;

    if (issuer->ca->der.n == 0) { /* only somebody else's list knows it */
        issuer->reason = VD_REASON_NOT_COVERED;
        return;
    }

    for (size_t i = first; i < first + n; i++) {
        const struct vd_rev_point *p = s->by_key[i];
        bool mine = p->p.bound && p->issuer == index;
        if (p->duplicate || p->p.adds_only || (!mine && !is_own(&own, issuer, p)))
            continue;
        if (mine && p->crl.authentic) {
            join_times(issuer, p, !timed);
            timed = true;
        }
        if (mine && p->crl.complete && !p->p.conflict) {
            any = true;
            continue;
        }
        if (all) /* the first fault in key order is the reason */
            issuer->reason = p->p.conflict ? VD_REASON_INCOMPLETE : p->crl.reason;
        all = false;
        any = true;
    }
    issuer->good = any && all;
    if (!any)
        issuer->reason = VD_REASON_NOT_PUBLISHED;
}

/* ---- serials ---- */

static int by_value(const void *x, const void *y)
{
    const struct vd_span *a = x, *b = y;
    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    return vd_span_cmp(*a, *b);
}

static bool counts(const struct vd_rev_point *p)
{
    return p->crl.authentic && !p->duplicate;
}

/* In one CRL a serial should come once; over partitions, history and lists it may come again. */
static bool say_duplicates(struct vd_revset *s, size_t index, size_t more)
{
    const struct vd_rev_issuer *issuer = &s->issuers[index];
    struct vd_rev_point *only = NULL;

    for (size_t i = 0; i < issuer->n_points; i++) {
        if (!counts(s->by_issuer[issuer->first + i]))
            continue;
        if (only != NULL)
            return true;
        only = s->by_issuer[issuer->first + i];
    }
    if (only == NULL || only->feeds > 1 || issuer->listed)
        return true;
    vd_findings_reset(&s->scratch);
    (void)vd_find(&s->scratch, VD_RULE_CRL_DUPLICATE_SERIAL, VD_ON_CRL, NULL, "%zu entries", more);
    return vd_revset_keep(s, only);
}

/* The serials of a list, behind the n that are there already. */
static size_t append(struct vd_span *serials, size_t n, size_t total, struct vd_span in)
{
    uint8_t len;
    while (n < total && vd_take_u8(&in, &len) && vd_take(&in, len, &serials[n]))
        n++;
    return n;
}

static bool gather(struct vd_revset *s, size_t index, size_t total)
{
    struct vd_rev_issuer *issuer = &s->issuers[index];
    size_t n = 0, unique = 0;

    issuer->serials = calloc(total ? total : 1, sizeof *issuer->serials);
    if (issuer->serials == NULL)
        return false;
    for (size_t i = 0; i < issuer->n_points; i++) {
        const struct vd_rev_point *p = s->by_issuer[issuer->first + i];
        if (counts(p))
            n = append(issuer->serials, n, total, vd_buf_span(&p->crl.serials));
    }
    for (size_t i = 0; issuer->listed && i < s->n_listed; i++) {
        if (s->listed[i].issuer == index)
            n = append(issuer->serials, n, total, vd_buf_span(&s->listed[i].serials));
    }
    qsort(issuer->serials, n, sizeof *issuer->serials, by_value);
    for (size_t i = 0; i < n; i++) {
        if (unique == 0 || !vd_span_eq(issuer->serials[unique - 1], issuer->serials[i]))
            issuer->serials[unique++] = issuer->serials[i];
    }
    issuer->n_serials = unique;
    return unique == n || say_duplicates(s, index, n - unique);
}

static bool gather_all(struct vd_revset *s)
{
    size_t *totals = calloc(s->n_issuers ? s->n_issuers : 1, sizeof *totals);
    bool ok = totals != NULL;

    for (size_t i = 0; ok && i < s->n_points; i++) {
        const struct vd_rev_point *p = &s->points[i];
        if (p->p.bound && counts(p))
            totals[p->issuer] += (size_t)p->crl.n_entries;
    }
    for (size_t i = 0; ok && i < s->n_listed; i++) {
        if (s->listed[i].issuer >= s->n_issuers)
            continue;
        totals[s->listed[i].issuer] += (size_t)s->listed[i].n_entries;
        s->issuers[s->listed[i].issuer].listed = true;
    }
    for (size_t i = 0; ok && i < s->n_issuers; i++) {
        if (totals[i] > 0)
            ok = gather(s, i, totals[i]);
        if (s->issuers[i].n_serials > s->max_issuer) {
            s->issuers[i].good = false;
            s->issuers[i].reason = VD_REASON_TOO_LARGE;
        }
    }
    free(totals);
    return ok;
}

/* One vendor's issuers together stay under a ceiling, or none of them is good. */
static bool cap_vendors(struct vd_revset *s)
{
    uint32_t *per_vid = calloc(65536, sizeof *per_vid);
    if (per_vid == NULL)
        return false;
    for (size_t i = 0; i < s->n_issuers; i++) {
        if (s->issuers[i].vid >= 0)
            per_vid[s->issuers[i].vid & 0xFFFF] += (uint32_t)s->issuers[i].n_serials;
    }
    for (size_t i = 0; i < s->n_issuers; i++) {
        struct vd_rev_issuer *issuer = &s->issuers[i];
        if (issuer->vid < 0 || per_vid[issuer->vid & 0xFFFF] <= s->max_vendor)
            continue;
        issuer->good = false;
        issuer->reason = VD_REASON_TOO_LARGE;
    }
    free(per_vid);
    return true;
}

static bool say_unfed(struct vd_revset *s)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s->n_points; i++) {
        struct vd_rev_point *p = &s->points[i];
        if (!p->p.bound || p->feeds > 0)
            continue;
        vd_findings_reset(&s->scratch);
        (void)vd_find(&s->scratch, VD_RULE_POINT_NO_CRL, VD_ON_CRL, "the CRL", "none was given");
        ok = vd_revset_keep(s, p);
    }
    return ok;
}

bool vd_revset_fresh(const struct vd_revset *s, int64_t this_update, int64_t next_update)
{
    return this_update - VD_CLOCK_SKEW_S <= s->at && s->at <= next_update;
}

/* Lookups judge the times of a bundle by themselves; who makes one wants to know today. */
static bool say_times(struct vd_revset *s)
{
    bool ok = true;
    for (size_t i = 0; ok && i < s->n_points; i++) {
        struct vd_rev_point *p = &s->points[i];
        char found[VD_TIME_TEXT], wanted[VD_TIME_TEXT];
        bool stale;
        if (!p->crl.complete || vd_revset_fresh(s, p->crl.this_update, p->crl.next_update))
            continue;
        stale = s->at > p->crl.next_update;
        vd_time_text(s->at, wanted);
        vd_time_text(stale ? p->crl.next_update : p->crl.this_update, found);
        vd_findings_reset(&s->scratch);
        (void)vd_find(&s->scratch, stale ? VD_RULE_CRL_STALE : VD_RULE_CRL_NOT_YET_VALID, VD_ON_CRL,
                      wanted, "%s", found);
        ok = vd_revset_keep(s, p);
    }
    return ok;
}

enum vd_revset_status vd_revset_finish(struct vd_revset *s)
{
    if (s->phase != PHASE_BOUND)
        return VD_REVSET_ORDER;
    if (vd_revset_join(s, true) != VD_REVSET_OK || !say_unfed(s) || 
        !vd_revset_drop_revoked_delegates(s) || !say_times(s))
        return VD_REVSET_MEMORY;
    for (size_t i = 0; i < s->n_issuers; i++)
        cover(s, i);
    if (!gather_all(s) || !cap_vendors(s) || !vd_revset_hold_disputed(s))
        return VD_REVSET_MEMORY;
    s->phase = PHASE_FINISHED;
    return VD_REVSET_OK;
}
