/* SPDX-License-Identifier: Apache-2.0
 *
 * merge_compliance.c - several nodes: what they say of the certification of software versions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compliance.h"
#include "compliance_list.h"
#include "limits.h"

/* One content that is said of one software version of one product. */
struct said {
    struct vd_record_compliance r;
    uint32_t listing; /* the nodes that say so */
    bool before;      /* the last run said so */
};

/* What counts of one software version. */
struct kept {
    struct vd_record_compliance r;
    uint64_t place;   /* over the ceiling those with the highest go */
    uint32_t listing;
};

/* All that is said of one software version. */
struct about {
    const struct said *v;
    size_t n;
    const struct said *before, *best; /* best: of those that nodes say and that are not `revoked` */
    const struct said *best_revoked;
    uint32_t listing, revoked;
};

/* ---- orders ---- */

static int by_version(const struct vd_record_compliance *a, const struct vd_record_compliance *b)
{
    const uint32_t p = (uint32_t)a->vid << 16 | a->pid, q = (uint32_t)b->vid << 16 | b->pid;
    if (p != q)
        return p < q ? -1 : 1;
    return (a->software_version > b->software_version) - (a->software_version < b->software_version);
}

static int by_content(const void *x, const void *y)
{
    const struct said *s = x, *t = y;
    const struct vd_record_compliance *a = &s->r, *b = &t->r;
    int c = by_version(a, b);
    if (c == 0) /* the worst status first */
        c = (int)b->status - (int)a->status;
    if (c == 0)
        c = (a->date < b->date) - (a->date > b->date);
    if (c == 0)
        c = memcmp(a->certificate_id, b->certificate_id, sizeof a->certificate_id);
    if (c == 0)
        c = (int)a->cd_version - (int)b->cd_version;
    return c != 0 ? c : (a->device_type > b->device_type) - (a->device_type < b->device_type);
}

/* ---- collecting ---- */

/* The nodes that have this list at all. */
static uint32_t asked(const struct vd_merge *m)
{
    uint32_t told = 0;
    for (size_t i = 0; i < m->n_nodes; i++) {
        if ((m->answered >> i & 1) && !m->nodes[i].pages[VD_LIST_COMPLIANCE].missing)
            told |= UINT32_C(1) << i;
    }
    return told;
}

static size_t collect(const struct vd_merge *m, struct vd_span before, struct said *out)
{
    struct vd_compliance_record r;
    size_t n = 0;

    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct vd_lists *l = &m->nodes[i].lists;
        for (size_t k = 0; !m->nodes[i].failed && k < l->n_compliance; k++)
            out[n++] = (struct said){ .r = l->compliance[k], .listing = UINT32_C(1) << i };
    }
    while (vd_compliance_next(&before, &r)) {
        struct said *s = &out[n++];
        *s = (struct said){ .r = { .vid = r.vid, .pid = r.pid, .cd_version = r.cd_version,
                                   .software_version = r.software_version,
                                   .device_type = r.device_type, .status = (uint8_t)r.status,
                                   .date = r.date, .matter = true }, .before = true };
        (void)vd_copy(s->r.certificate_id, sizeof s->r.certificate_id, r.certificate_id);
    }
    return n;
}

static size_t join(struct said *v, size_t n)
{
    size_t out = 0;
    if (n > 1)
        qsort(v, n, sizeof *v, by_content);
    for (size_t i = 0; i < n; i++) {
        if (out == 0 || by_content(&v[out - 1], &v[i]) != 0) {
            v[out++] = v[i];
            continue;
        }
        v[out - 1].listing |= v[i].listing;
        v[out - 1].before = v[out - 1].before || v[i].before;
    }
    return out;
}

/* More nodes win, then what the last run had, then the order of contents. */
static const struct said *better(const struct said *a, const struct said *b)
{
    const unsigned n = a == NULL ? 0 : vd_bits(a->listing);
    if (a == NULL || vd_bits(b->listing) > n || (vd_bits(b->listing) == n && b->before && !a->before))
        return b;
    return a;
}

static struct about about(const struct said *v, size_t n)
{
    struct about a = { .v = v, .n = n };
    for (size_t i = 0; i < n; i++) {
        if (v[i].before && a.before == NULL) /* the worst status stands first */
            a.before = &v[i];
        a.listing |= v[i].listing;
        if (v[i].listing == 0)
            continue;
        if (v[i].r.status == VD_CERT_REVOKED) {
            a.revoked |= v[i].listing;
            a.best_revoked = better(a.best_revoked, &v[i]);
        } else {
            a.best = better(a.best, &v[i]);
        }
    }
    return a;
}

/* ---- judging ---- */

static void say(struct vd_merge *m, const char *id, const struct about *a, uint32_t nodes)
{
    char text[64];
    const struct vd_record_compliance *r = &a->v->r;
    (void)snprintf(text, sizeof text, "%04X %04X software version %lu", (unsigned)r->vid,
                   (unsigned)r->pid, (unsigned long)r->software_version);
    vd_merge_say(m, id, text, nodes);
}

static const struct said *first_of(const struct said *a, const struct said *b, const struct said *c)
{
    return a != NULL ? a : b != NULL ? b : c;
}

/* A majority makes it so, and another one undoes it. */
static bool revoked(struct vd_merge *m, const struct about *a, uint32_t told)
{
    const bool was = a->before != NULL && a->before->r.status == VD_CERT_REVOKED;
    const uint32_t others = told & ~a->revoked;

    if (!vd_merge_majority(m, a->revoked) && (!was || vd_merge_majority(m, others)))
        return false;
    if (others != 0)
        say(m, "certification-revocation-hidden", a, others);
    return true;
}

/* Some say that it was revoked; or said so, and have not all been heard to say otherwise. */
static bool said_revoked(struct vd_merge *m, const struct about *a, uint32_t told)
{
    const bool was = a->before != NULL && a->before->r.status == VD_CERT_SAID_REVOKED;

    if (a->revoked != 0)
        say(m, "certification-said-revoked", a, a->revoked);
    return a->revoked != 0 ||
           (was && (vd_bits(told) < m->n_nodes || (a->listing == 0 && !vd_merge_majority(m, told))));
}

/* Neither revoked nor said to be: is there a record? */
static const struct said *listed(struct vd_merge *m, const struct about *a, uint32_t told)
{
    const uint32_t absent = told & ~a->listing;
    const bool minority = 2 * vd_bits(a->listing) < vd_bits(told);

    if (a->listing == 0 || minority) {
        if (a->before != NULL && !vd_merge_majority(m, absent)) {
            if (absent != 0)
                say(m, "certification-hidden", a, absent);
            return a->best != NULL ? a->best : a->before;
        }
        say(m, a->listing == 0 ? "certification-removed" : "certification-of-a-minority", a,
            a->listing == 0 ? absent : a->listing);
        return NULL;
    }
    if (absent != 0)
        say(m, "certification-hidden", a, absent);
    return a->best;
}

/* false: there is no record. */
static bool judge(struct vd_merge *m, const struct about *a, uint32_t told,
                  struct vd_record_compliance *ret)
{
    const struct said *s;
    uint32_t others;

    if (revoked(m, a, told)) {
        s = first_of(a->best_revoked, a->before, a->best);
        *ret = s->r;
        ret->status = VD_CERT_REVOKED;
        return true;
    }
    if (said_revoked(m, a, told)) {
        s = first_of(a->best, a->before, a->best_revoked);
        *ret = s->r;
        ret->status = VD_CERT_SAID_REVOKED;
        return true;
    }
    s = listed(m, a, told);
    if (s == NULL)
        return false;
    others = a->listing & ~s->listing;
    if (s->listing != 0 && others != 0)
        say(m, "certification-differs", a, others);
    *ret = s->r;
    return true;
}

/* ---- the ceiling ---- */

/* First what most nodes say or what is revoked; then what few nodes say, and what only the last run had, in turn. */
static uint64_t place_of(const struct about *a, uint32_t told, const struct vd_record_compliance *r,
                         uint32_t said_by[VD_MERGE_TURNS])
{
    if (2 * vd_bits(a->listing) > vd_bits(told) || r->status == VD_CERT_REVOKED)
        return 0;
    return UINT64_C(1) + vd_merge_turn(a->listing, said_by);
}

static int by_place(const void *x, const void *y)
{
    const struct kept *a = x, *b = y;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place) : by_version(&a->r, &b->r);
}

/* What does not fit is said, and does not end the run. */
static size_t cut(struct vd_merge *m, struct kept *v, size_t n)
{
    uint32_t nodes = 0;

    if (n <= VD_MAX_COMPLIANCE)
        return n;
    qsort(v, n, sizeof *v, by_place);
    for (size_t i = VD_MAX_COMPLIANCE; i < n; i++)
        nodes |= v[i].listing;
    vd_merge_say_at_last(m, "too-many-certifications", "more software versions than the ceiling allows", nodes);
    return VD_MAX_COMPLIANCE;
}

/* ---- all ---- */

static size_t judge_all(struct vd_merge *m, const struct said *v, size_t n, struct kept *out)
{
    const uint32_t told = asked(m);
    uint32_t said_by[VD_MERGE_TURNS] = { 0 };
    size_t n_out = 0;

    for (size_t i = 0, end; i < n; i = end) {
        struct about a;
        for (end = i + 1; end < n && by_version(&v[i].r, &v[end].r) == 0;)
            end++;
        a = about(&v[i], end - i);
        if (!judge(m, &a, told, &out[n_out].r))
            continue;
        out[n_out].listing = a.listing;
        out[n_out].place = place_of(&a, told, &out[n_out].r, said_by);
        n_out++;
    }
    return cut(m, out, n_out);
}

static bool write_part(int32_t network, const struct kept *v, size_t n, struct vd_buf *ret)
{
    struct vd_record_compliance *out = calloc(n + 1, sizeof *out);
    const struct vd_record_compliance *twice = NULL;
    bool ok = out != NULL;

    for (size_t i = 0; ok && i < n; i++)
        out[i] = v[i].r;
    ok = ok && (n == 0 || (vd_compliance_part(network, out, n, ret, &twice) && twice == NULL));
    free(out);
    return ok;
}

veridac_status vd_merge_compliance(struct vd_merge *m, int32_t network, struct vd_span before,
                                   struct vd_buf *ret, uint32_t *ret_n)
{
    struct vd_compliance old = { .records = VD_NO_SPAN };
    struct kept *out = NULL;
    struct said *v;
    size_t max, n;
    bool ok;

    *ret_n = 0;
    if (before.n > 0 && vd_compliance_read(before, &old) != NULL)
        return VERIDAC_INTERNAL; /* cannot be: it was checked when it was read */
    max = vd_compliance_count(before);
    for (size_t i = 0; i < m->n_nodes; i++)
        max += m->nodes[i].lists.n_compliance;
    if (max == 0)
        return VERIDAC_OK;
    v = calloc(max, sizeof *v);
    n = v == NULL ? 0 : join(v, collect(m, old.records, v));
    out = calloc(n + 1, sizeof *out);
    ok = v != NULL && out != NULL;
    if (ok)
        n = judge_all(m, v, n, out);
    free(v);
    ok = ok && write_part(network, out, n, ret);
    *ret_n = ok ? (uint32_t)n : 0;
    free(out);
    return ok ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}
