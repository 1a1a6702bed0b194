/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_delegates.c - delegates that are revoked themselves: what they signed no longer counts.
 *
 * Two rounds for each issuer. In the first only what the CA itself signed revokes delegates; in the
 * second also what those delegates signed that are left, so that a revoked delegate takes nobody along.
 */
#include <stdlib.h>
#include <string.h>

#include "revset_int.h"

struct suspect {
    struct vd_rev_point *point;
    struct vd_span serial;  /* of its signer */
    bool hit;               /* by the list that is being read */
    bool out;
};

static int by_serial(const void *x, const void *y)
{
    const struct suspect *a = x, *b = y;
    if (a->serial.n != b->serial.n)
        return a->serial.n < b->serial.n ? -1 : 1;
    return vd_span_cmp(a->serial, b->serial);
}

/* The points of this issuer that count and that a delegate signed for. */
static size_t find_suspects(const struct vd_revset *s, const struct vd_rev_issuer *issuer,
                            struct suspect *ret)
{
    size_t n = 0;
    for (size_t i = 0; i < issuer->n_points; i++) {
        struct vd_rev_point *p = s->by_issuer[issuer->first + i];
        if (!p->p.delegate || !p->crl.authentic)
            continue;
        ret[n] = (struct suspect){ .point = p };
        /* a serial that cannot be looked up proves nothing */
        ret[n].out = !vd_revkey_serial(p->p.signer.serial, &ret[n].serial);
        n++;
    }
    qsort(ret, n, sizeof *ret, by_serial);
    return n;
}

static void mark(struct suspect *v, size_t n, struct vd_span serial)
{
    const struct suspect key = { .serial = serial };
    size_t lo = 0, hi = n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (by_serial(&v[mid], &key) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (; lo < n && !v[lo].hit && by_serial(&v[lo], &key) == 0; lo++)
        v[lo].hit = true;
}

/* A delegate's own list does not condemn it. */
static void read_list(const struct vd_rev_point *lister, struct suspect *v, size_t n)
{
    struct vd_span in = vd_buf_span(&lister->crl.serials), one;
    uint8_t len;

    for (size_t i = 0; i < n; i++)
        v[i].hit = false;
    while (vd_take_u8(&in, &len) && vd_take(&in, len, &one))
        mark(v, n, one);
    for (size_t i = 0; i < n; i++) {
        bool itself = lister->p.delegate &&
                      vd_span_eq(lister->p.signer.der, v[i].point->p.signer.der);
        v[i].out = v[i].out || (v[i].hit && !itself);
    }
}

static bool drop(struct vd_revset *s, struct vd_rev_point *p)
{
    p->crl.authentic = p->crl.complete = false;
    p->crl.reason = VD_REASON_INVALID;
    p->crl.n_entries = 0;
    vd_buf_free(&p->crl.serials);
    vd_findings_reset(&s->scratch);
    (void)vd_find(&s->scratch, VD_RULE_POINT_SIGNER_REVOKED, VD_ON_CRL_SIGNER,
                  "a delegate that is not revoked", "listed by another CRL of this CA");
    return vd_revset_keep(s, p);
}

static bool run_round(struct vd_revset *s, const struct vd_rev_issuer *issuer, bool delegates,
                      struct suspect *v)
{
    const size_t n = find_suspects(s, issuer, v);
    bool ok = true;

    for (size_t i = 0; n > 0 && i < issuer->n_points; i++) {
        const struct vd_rev_point *p = s->by_issuer[issuer->first + i];
        if (p->crl.authentic && (!p->p.delegate || delegates))
            read_list(p, v, n);
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = !v[i].out || drop(s, v[i].point);
    return ok;
}

bool vd_revset_drop_revoked_delegates(struct vd_revset *s)
{
    struct suspect *v = calloc(s->n_points > 0 ? s->n_points : 1, sizeof *v);
    bool ok = v != NULL;

    for (size_t i = 0; ok && i < s->n_issuers; i++)
        ok = run_round(s, &s->issuers[i], false, v) && run_round(s, &s->issuers[i], true, v);
    free(v);
    return ok;
}
