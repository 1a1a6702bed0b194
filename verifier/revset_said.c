/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_said.c - certificates of CAs that the ledger's list of revoked ones has, by a majority of its
 * nodes or by fewer.
 *
 * A majority revokes what an approved PAA issued. Fewer prove nothing, and are not overheard either: nobody
 * is good below a CA of which this is said, unless another certificate of the same CA stands unquestioned.
 */
#include <stdlib.h>

#include "revset_int.h"

enum vd_revset_status vd_revset_add_revoked(struct vd_revset *s, struct vd_span der)
{
    struct vd_cert c;
    struct vd_span serial;

    if (s->phase != PHASE_ADDING)
        return VD_REVSET_ORDER;
    if (der.n > VD_MAX_INPUT)
        return VD_REVSET_LIMIT;
    if (!vd_cert_read(der, &c) || !vd_revkey_serial(c.serial, &serial) ||
        vd_point_issuing_paa(&c, s->trust, s->network, &s->no_memory) == NULL)
        return s->no_memory ? VD_REVSET_MEMORY
                            : VD_REVSET_OK; /* below no PAA that counts: no chain leads over it */
    return vd_revset_add_listed(s, c.issuer.der, c.akid, &serial, 1);
}

enum vd_revset_status vd_revset_add_disputed(struct vd_revset *s, struct vd_span der)
{
    struct vd_rev_authority *a;

    if (s->phase != PHASE_ADDING)
        return VD_REVSET_ORDER;
    if (der.n > VD_MAX_INPUT)
        return VD_REVSET_LIMIT;
    if (!vd_grow((void **)&s->disputed, s->n_disputed, &s->cap_disputed, sizeof *s->disputed,
                 VD_MAX_ISSUERS))
        return s->n_disputed >= VD_MAX_ISSUERS ? VD_REVSET_LIMIT : VD_REVSET_MEMORY;
    a = &s->disputed[s->n_disputed];
    a->der = malloc(der.n ? der.n : 1);
    if (a->der == NULL || !vd_copy(a->der, der.n, der)) {
        free(a->der);
        return VD_REVSET_MEMORY;
    }
    if (vd_cert_read(vd_span_of(a->der, der.n), &a->cert))
        s->n_disputed++;
    else
        free(a->der); /* what cannot be read is in no chain */
    return VD_REVSET_OK;
}

void vd_revset_disputed_free(struct vd_revset *s)
{
    for (size_t i = 0; i < s->n_disputed; i++)
        free(s->disputed[i].der);
    free(s->disputed);
}

/* ---- holding ---- */

/* By what is signed: anybody can write a signature that holds in another form (r, n - s). */
static int by_tbs(const void *x, const void *y)
{
    const struct vd_rev_authority *a = x, *b = y;
    return vd_span_cmp(a->cert.tbs, b->cert.tbs);
}

static bool is_disputed(const struct vd_revset *s, const struct vd_cert *c)
{
    const struct vd_rev_authority key = { .cert = *c };
    return bsearch(&key, s->disputed, s->n_disputed, sizeof *s->disputed, by_tbs) != NULL;
}

/* What is known of each issuer. */
enum { SAID = 1, UNQUESTIONED = 2 };

static void note(struct vd_revset *s, const struct vd_cert *c, uint8_t what, uint8_t *marks)
{
    const size_t i = vd_revset_find_issuer(s, c);
    if (i < s->n_issuers)
        marks[i] |= what;
}

/* Another certificate of a CA of which something is said. */
static void note_others(struct vd_revset *s, uint8_t *marks)
{
    const struct vd_anchor *a;

    for (size_t i = 0; (a = vd_trust_at(s->trust, i)) != NULL; i++) {
        if (a->kind == VD_ANCHOR_PAA && a->network == s->network && !is_disputed(s, &a->cert))
            note(s, &a->cert, UNQUESTIONED, marks);
    }
    for (size_t i = 0; i < s->n_authorities; i++) {
        const struct vd_cert *c = &s->authorities[i].cert;
        size_t at;
        if (!c->parsed || is_disputed(s, c))
            continue;
        at = vd_revset_find_issuer(s, c);
        if (at < s->n_issuers && (marks[at] & SAID) &&
            vd_point_issuing_paa(c, s->trust, s->network, &s->no_memory) != NULL)
            marks[at] |= UNQUESTIONED;
    }
}

bool vd_revset_hold_disputed(struct vd_revset *s)
{
    uint8_t *marks;

    if (s->n_disputed == 0)
        return true;
    marks = calloc(s->n_issuers + 1, 1);
    if (marks == NULL)
        return false;
    qsort(s->disputed, s->n_disputed, sizeof *s->disputed, by_tbs);
    for (size_t i = 0; i < s->n_disputed; i++)
        note(s, &s->disputed[i].cert, SAID, marks);
    note_others(s, marks);
    for (size_t i = 0; i < s->n_issuers; i++) {
        if (marks[i] != SAID)
            continue;
        s->issuers[i].good = false;
        s->issuers[i].reason = VD_REASON_HELD;
    }
    free(marks);
    return !s->no_memory;
}
