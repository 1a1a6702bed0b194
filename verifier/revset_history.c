/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_history.c - several CRLs of one URL, oldest first: which of them is in force.
 *
 * A later CRL takes the place of the one before when it is authentic, complete, not older, not from the
 * future, and has not lost suspiciously many serials. Otherwise the earlier one stays in force with its
 * own times, and what the later one lists is revoked as well, if it is authentic. So nobody who can
 * break, replay or empty a CRL takes a revocation back. Of two with the same number and thisUpdate neither is newer.
 */
#include <string.h>

#include "revset_int.h"
#include "text.h"

bool vd_revset_accept_shrink(struct vd_revset *s, const char *key_id)
{
    if (!vd_grow((void **)&s->may_shrink, s->n_may_shrink, &s->cap_may_shrink,
                 sizeof *s->may_shrink, VD_MAX_ISSUERS) ||
        !vd_copy(s->may_shrink[s->n_may_shrink], 40, vd_span_str(key_id)))
        return false;
    s->may_shrink[s->n_may_shrink++][40] = '\0';
    return true;
}

static bool shrink_accepted(const struct vd_revset *s, const struct vd_rev_point *p)
{
    for (size_t i = 0; i < s->n_may_shrink; i++) {
        if (strcmp(s->may_shrink[i], p->p.key_id_text) == 0)
            return true;
    }
    return false;
}

/* cRLNumber as a number: shorter is smaller, since magnitudes have no leading zeros. */
static int compare_numbers(const struct vd_rev_crl *a, const struct vd_rev_crl *b)
{
    if (a->n_number != b->n_number)
        return a->n_number < b->n_number ? -1 : 1;
    return vd_span_cmp((struct vd_span){ a->number, a->n_number },
                       (struct vd_span){ b->number, b->n_number });
}

/* Dated after this run: would be in force until its day comes, whatever follows it. */
static bool ahead(const struct vd_revset *s, const struct vd_rev_crl *crl)
{
    return crl->this_update > s->at + VD_CLOCK_SKEW_S;
}

static bool comes_too_early(struct vd_revset *s, const struct vd_rev_crl *next)
{
    char now[VD_TIME_TEXT], found[VD_TIME_TEXT];

    if (!ahead(s, next))
        return false;
    vd_time_text(s->at, now);
    vd_time_text(next->this_update, found);
    (void)vd_find(&s->scratch, VD_RULE_CRL_TIME, VD_ON_CRL, now, "thisUpdate %s", found);
    return true;
}

static bool goes_back(struct vd_revset *s, const struct vd_rev_crl *old,
                      const struct vd_rev_crl *next)
{
    char found[VD_HEX_TEXT], wanted[VD_HEX_TEXT], before[VD_TIME_TEXT], now[VD_TIME_TEXT];

    if (old->n_number > 0 && next->n_number > 0 && compare_numbers(next, old) < 0) {
        (void)vd_find(&s->scratch, VD_RULE_CRL_NUMBER_BACK, VD_ON_CRL,
                      vd_hex_text((struct vd_span){ old->number, old->n_number }, wanted), "%s",
                      vd_hex_text((struct vd_span){ next->number, next->n_number }, found));
        return true;
    }
    if (next->this_update == old->this_update && compare_numbers(next, old) == 0 &&
        memcmp(next->content, old->content, sizeof old->content) != 0) {
        (void)vd_find(&s->scratch, VD_RULE_CRL_NUMBER_BACK, VD_ON_CRL, "a newer one",
                      "another content with the same number and thisUpdate");
        return true;
    }
    if (next->this_update >= old->this_update || ahead(s, old))
        return false;
    vd_time_text(old->this_update, before);
    vd_time_text(next->this_update, now);
    (void)vd_find(&s->scratch, VD_RULE_CRL_NUMBER_BACK, VD_ON_CRL, before, "thisUpdate %s", now);
    return true;
}

static bool shrinks(struct vd_revset *s, const struct vd_rev_point *p,
                    const struct vd_rev_crl *next)
{
    const uint64_t before = p->crl.n_entries, now = next->n_entries;

    if (before <= now || before - now <= VD_SHRINK_MIN || now >= before - before / 2 ||
        shrink_accepted(s, p))
        return false;
    (void)vd_find(&s->scratch, VD_RULE_CRL_SHRUNK, VD_ON_CRL, "no fall by more than half",
                  "%llu entries after %llu", (unsigned long long)now, (unsigned long long)before);
    return true;
}

static void replace(struct vd_rev_point *p, struct vd_rev_crl *next)
{
    vd_buf_free(&p->crl.serials);
    p->crl = *next;
    p->counting = UINT32_C(1) << p->feeds;
}

/* The earlier one stays; what the later one lists is revoked as well. */
static void add_serials(struct vd_rev_point *p, struct vd_rev_crl *next)
{
    if (next->authentic && vd_buf_put(&p->crl.serials, vd_buf_span(&next->serials))) {
        p->crl.n_entries += next->n_entries;
        p->counting |= UINT32_C(1) << p->feeds;
    } else if (next->authentic) { /* no room for both: then silence proves nothing */
        p->crl.complete = false;
        p->crl.reason = VD_REASON_TOO_LARGE;
    }
    vd_buf_free(&next->serials);
}

/* A later one that is authentic and not complete, after one that was not complete either: the times
 * are those of the later one. */
static void join(struct vd_rev_point *p, struct vd_rev_crl *next)
{
    p->crl.this_update = next->this_update;
    p->crl.next_update = next->next_update;
    p->crl.last_ok = next->last_ok;
    p->crl.reason = next->reason;
    add_serials(p, next);
}

static void hold(struct vd_rev_point *p, struct vd_rev_crl *next)
{
    add_serials(p, next);
    p->crl.complete = false;
    p->crl.reason = VD_REASON_HELD;
}

void vd_revset_succeed(struct vd_revset *s, struct vd_rev_point *p, struct vd_rev_crl *next)
{
    const struct vd_rev_crl *old = &p->crl;

    if (p->feeds == 0 || !old->authentic)
        replace(p, next);
    else if (!next->authentic || goes_back(s, old, next))
        add_serials(p, next);
    else if (old->complete && (!next->complete || comes_too_early(s, next)))
        add_serials(p, next);
    else if (!next->complete)
        join(p, next);
    else if (shrinks(s, p, next))
        hold(p, next);
    else
        replace(p, next);
    if (p->feeds > 0 && (p->counting & (UINT32_C(1) << p->feeds)) != p->counting)
        (void)vd_find(&s->scratch, VD_RULE_CRL_KEPT, VD_ON_CRL, NULL, "an earlier CRL of this URL");
    p->feeds++;
}
