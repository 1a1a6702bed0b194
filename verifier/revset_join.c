/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_join.c - what CRLs said goes to their points, in the order in which the CRLs were begun.
 */
#include <stdio.h>
#include <string.h>

#include "revset_int.h"

/* What is said again stands with the newest, and no longer where it stood. */
static void forget(struct vd_rev_point *p, const struct vd_finding *f)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_findings; i++) {
        const struct vd_finding *g = &p->findings[i];
        if (g->rule != f->rule || g->subject != f->subject || strcmp(g->found, f->found) != 0)
            p->findings[n++] = *g;
    }
    p->n_findings = n;
}

bool vd_revset_keep(struct vd_revset *s, struct vd_rev_point *p)
{
    if (vd_findings_has(&s->scratch, VD_RULE_OUT_OF_MEMORY))
        return false; /* a check that was not made is no finding */
    for (size_t i = 0; i < s->scratch.n; i++) {
        const struct vd_finding *f = &s->scratch.v[i];
        if (p->n_findings == VD_MAX_FINDINGS)
            break;
        forget(p, f);
        if (!vd_grow((void **)&p->findings, p->n_findings, &p->cap_findings,
                     sizeof(struct vd_finding), VD_MAX_FINDINGS))
            return false;
        p->findings[p->n_findings++] = *f;
        if (p->n_findings == VD_MAX_FINDINGS) /* the last place says that there were more */
            p->findings[p->n_findings - 1] =
                (struct vd_finding){ .rule = VD_RULE_FINDINGS_OVERFLOW, .subject = f->subject,
                                     .severity = VD_SEVERITY_INCOMPLETE };
    }
    return true;
}

uint32_t vd_revset_share(const struct vd_revset *s)
{
    return 2 * s->max_vendor;
}

void vd_revset_too_many(struct vd_rev_crl *crl, uint32_t most, const char *of, struct vd_findings *f)
{
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "at most %u %s", (unsigned)most, of);
    (void)vd_find(f, VD_RULE_CRL_TOO_MANY, VD_ON_CRL, wanted, "more entries");
    crl->complete = false;
    crl->reason = VD_REASON_TOO_LARGE;
}

/* No vendor makes the set hold more than its share: what is over it is left out. */
static void fit(struct vd_revset *s, struct vd_rev_part *part)
{
    const uint32_t share = vd_revset_share(s), held = s->held[vd_revset_vendor(part->point)];
    struct vd_rev_crl *crl = &part->crl;
    struct vd_span in = vd_buf_span(&crl->serials), one;
    uint8_t len;

    if (crl->n_entries <= share - held)
        return;
    for (crl->n_entries = 0; crl->n_entries < share - held; crl->n_entries++) {
        if (!vd_take_u8(&in, &len) || !vd_take(&in, len, &one))
            break;
    }
    crl->serials.n -= in.n;
    vd_revset_too_many(crl, share, "held of one vendor", &s->scratch);
}

static bool join_part(struct vd_revset *s, struct vd_rev_part *part)
{
    vd_findings_reset(&s->scratch);
    for (size_t i = 0; i < part->n_findings && i < VD_MAX_FINDINGS; i++)
        s->scratch.v[s->scratch.n++] = part->findings[i];
    fit(s, part);
    s->held[vd_revset_vendor(part->point)] -= (uint32_t)part->point->crl.n_entries;
    vd_revset_succeed(s, part->point, &part->crl);
    s->held[vd_revset_vendor(part->point)] += (uint32_t)part->point->crl.n_entries;
    part->crl.serials = VD_BUF(0); /* taken over */
    return vd_revset_keep(s, part->point);
}

static enum vd_revset_status join_feed(struct vd_revset *s, struct vd_rev_feed *feed)
{
    enum vd_revset_status st = feed->no_memory ? VD_REVSET_MEMORY : VD_REVSET_OK;

    if (st == VD_REVSET_OK && !vd_revset_source_keep(s, feed))
        st = VD_REVSET_MEMORY;
    for (size_t i = 0; st == VD_REVSET_OK && i < feed->n_parts; i++) {
        if (!join_part(s, &feed->parts[i]))
            st = VD_REVSET_MEMORY;
    }
    return st;
}

enum vd_revset_status vd_revset_join(struct vd_revset *s, bool all)
{
    enum vd_revset_status st = VD_REVSET_OK;
    struct vd_rev_feed *feed;

    while (st == VD_REVSET_OK && (feed = s->feeds) != NULL) {
        bool ended = atomic_load_explicit(&feed->ended, memory_order_acquire);
        if (!ended && !all)
            break;
        if (ended)
            st = join_feed(s, feed);
        s->feeds = feed->next;
        if (s->feeds == NULL)
            s->last_feed = &s->feeds;
        vd_revset_feed_free(feed);
    }
    return st;
}

enum vd_revset_status vd_revset_crl_missing(struct vd_revset *s, const char *url,
                                            enum vd_reason reason, const char *why)
{
    enum vd_revset_status st;
    size_t first = 0, n;

    if (s->phase != PHASE_BOUND)
        return VD_REVSET_ORDER;
    st = vd_revset_join(s, false);
    n = vd_revset_url_range(s, url, &first);
    for (size_t i = first; st == VD_REVSET_OK && i < first + n; i++) {
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
