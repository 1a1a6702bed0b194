/* SPDX-License-Identifier: Apache-2.0
 *
 * revset.c - points, issuers and what follows for coverage.
 *
 * Everything here is independent of the order in which points, authorities and CRLs came: points
 * are looked at in the order of their keys, issuers are sorted by id, serials by value.
 */
#include "revset.h"

#include <stdlib.h>
#include <string.h>

#include "revset_int.h"

size_t vd_revset_vendor(const struct vd_rev_point *p)
{
    return (uint32_t)p->p.vid & (VD_VENDORS - 1);
}

const char *vd_reason_text(enum vd_reason r)
{
    static const char *const texts[VD_REASONS] = {
        "no-data", "not-covered", "not-published", "invalid",     "incomplete", "unreachable",
        "stale",   "held",        "too-large",     "unconfirmed", "clock",      "algorithm-unsupported"
    };
    return (unsigned)r < VD_REASONS ? texts[r] : "?";
}

struct vd_revset *vd_revset_make(const struct vd_trust *trust, enum vd_network network, int64_t at)
{
    struct vd_revset *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->trust = trust;
    s->network = network;
    s->at = at;
    s->last_feed = &s->feeds;
    vd_revset_ceilings(s, 0, 0);
    return s;
}

void vd_revset_ceilings(struct vd_revset *s, uint32_t of_issuer, uint32_t of_vendor)
{
    s->max_issuer = of_issuer > 0 ? of_issuer : VD_MAX_ENTRIES_ISSUER;
    s->max_vendor = of_vendor > 0 ? of_vendor : VD_MAX_ENTRIES_VID;
}

void vd_revset_free(struct vd_revset *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n_points; i++) {
        vd_point_clear(&s->points[i].p);
        free(s->points[i].findings);
        vd_buf_free(&s->points[i].crl.serials);
    }
    for (size_t i = 0; i < s->n_authorities; i++)
        free(s->authorities[i].der);
    for (size_t i = 0; i < s->n_issuers; i++)
        free(s->issuers[i].serials);
    while (s->feeds != NULL) {
        struct vd_rev_feed *next = s->feeds->next;
        vd_revset_feed_free(s->feeds);
        s->feeds = next;
    }
    free(s->held);
    free(s->points);
    free(s->by_key);
    free(s->by_url);
    free(s->by_issuer);
    free(s->urls);
    free(s->authorities);
    free(s->issuers);
    free(s->may_shrink);
    for (size_t i = 0; i < s->n_listed; i++)
        vd_revset_listed_clear(&s->listed[i]);
    free(s->listed);
    vd_revset_disputed_free(s);
    vd_revset_sources_free(s);
    free(s);
}

/* ---- adding ---- */

enum vd_revset_status vd_revset_add_point(struct vd_revset *s, const struct vd_point_record *r)
{
    struct vd_rev_point *p;

    if (s->phase != PHASE_ADDING)
        return VD_REVSET_ORDER;
    if (s->n_points >= VD_MAX_POINTS || r->label.n > VD_MAX_LABEL || r->url.n > VD_MAX_URL ||
        r->key_id.n > VD_MAX_KEY_ID_TEXT)
        return VD_REVSET_LIMIT;
    if (!vd_grow((void **)&s->points, s->n_points, &s->cap_points, sizeof *s->points,
                 VD_MAX_POINTS))
        return VD_REVSET_MEMORY;
    p = &s->points[s->n_points];
    *p = (struct vd_rev_point){ .crl = { .reason = VD_REASON_UNREACHABLE,
                                         .serials = VD_BUF(VD_MAX_CRL) } };
    if (!vd_point_make(r, &p->p))
        return VD_REVSET_MEMORY;
    s->n_points++;
    return VD_REVSET_OK;
}

enum vd_revset_status vd_revset_add_authority(struct vd_revset *s, struct vd_span der)
{
    struct vd_rev_authority *a;

    if (s->phase != PHASE_ADDING)
        return VD_REVSET_ORDER;
    if (der.n > VD_MAX_INPUT || s->n_authorities >= VD_MAX_ISSUERS)
        return VD_REVSET_LIMIT;
    if (!vd_grow((void **)&s->authorities, s->n_authorities, &s->cap_authorities,
                 sizeof *s->authorities, VD_MAX_ISSUERS))
        return VD_REVSET_MEMORY;
    a = &s->authorities[s->n_authorities];
    a->der = malloc(der.n ? der.n : 1);
    if (a->der == NULL || !vd_copy(a->der, der.n, der))
        return VD_REVSET_MEMORY;
    (void)vd_cert_read((struct vd_span){ a->der, der.n }, &a->cert);
    s->n_authorities++;
    return VD_REVSET_OK;
}

/* ---- orders ---- */

static int compare_certificates(const struct vd_point *a, const struct vd_point *b)
{
    int c = vd_span_cmp(a->signer.der, b->signer.der);
    return c != 0 ? c : vd_span_cmp(a->delegator.der, b->delegator.der);
}

static int compare_id(const struct vd_point *a, const struct vd_point *b)
{
    int c = strcmp(a->key_id_text, b->key_id_text);
    if (c == 0)
        c = (a->vid > b->vid) - (a->vid < b->vid);
    return c != 0 ? c : strcmp(a->label, b->label);
}

static int compare_content(const struct vd_point *a, const struct vd_point *b)
{
    int c = strcmp(a->url, b->url);
    if (c == 0)
        c = (a->pid > b->pid) - (a->pid < b->pid);
    if (c == 0)
        c = (int)a->is_paa - (int)b->is_paa;
    if (c == 0)
        c = (a->revocation_type > b->revocation_type) - (a->revocation_type < b->revocation_type);
    return c != 0 ? c : compare_certificates(a, b);
}

static int by_key(const void *x, const void *y)
{
    const struct vd_rev_point *const *a = x, *const *b = y;
    int c = compare_id(&(*a)->p, &(*b)->p);
    if (c == 0) /* those that count stand together */
        c = (int)(*a)->p.adds_only - (int)(*b)->p.adds_only;
    return c != 0 ? c : compare_content(&(*a)->p, &(*b)->p);
}

static int by_url(const void *x, const void *y)
{
    const struct vd_rev_point *const *a = x, *const *b = y;
    int c = strcmp((*a)->p.url, (*b)->p.url);
    return c != 0 ? c : by_key(x, y);
}

size_t vd_revset_url_range(const struct vd_revset *s, const char *url, size_t *ret_first)
{
    size_t lo = 0, hi = s->n_points, n = 0;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (strcmp(s->by_url[mid]->p.url, url) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    while (lo + n < s->n_points && strcmp(s->by_url[lo + n]->p.url, url) == 0)
        n++;
    *ret_first = lo;
    return n;
}

static bool make_orders(struct vd_revset *s)
{
    size_t n = s->n_points ? s->n_points : 1;
    s->by_key = calloc(n, sizeof *s->by_key);
    s->by_url = calloc(n, sizeof *s->by_url);
    s->by_issuer = calloc(n, sizeof *s->by_issuer);
    s->urls = calloc(n, sizeof *s->urls);
    if (s->by_key == NULL || s->by_url == NULL || s->by_issuer == NULL || s->urls == NULL)
        return false;
    for (size_t i = 0; i < s->n_points; i++)
        s->by_key[i] = s->by_url[i] = &s->points[i];
    qsort(s->by_key, s->n_points, sizeof *s->by_key, by_key);
    qsort(s->by_url, s->n_points, sizeof *s->by_url, by_url);
    return true;
}

/* ---- binding ---- */

/* Same (vid, label, key id): the same record again is nothing new; another content is a conflict,
 * and both keep their revocations but cover nothing. */
static void mark_duplicates(struct vd_revset *s)
{
    for (size_t i = 1; i < s->n_points; i++) {
        struct vd_rev_point *a = s->by_key[i - 1], *b = s->by_key[i];
        if (compare_id(&a->p, &b->p) != 0)
            continue;
        if (compare_content(&a->p, &b->p) == 0)
            b->duplicate = true;
        else if (!a->p.adds_only && !b->p.adds_only)
            a->p.conflict = b->p.conflict = true;
    }
}

/* How many records a vendor registered for one key id decides whether CRLs are partitions. */
static void mark_partitions(struct vd_revset *s)
{
    for (size_t i = 0; i < s->n_points;) {
        size_t end = i, n = 0;
        for (; end < s->n_points && s->by_key[end]->p.vid == s->by_key[i]->p.vid &&
               strcmp(s->by_key[end]->p.key_id_text, s->by_key[i]->p.key_id_text) == 0;
             end++)
            n += !s->by_key[end]->duplicate && !s->by_key[end]->p.adds_only;
        for (; i < end; i++)
            s->by_key[i]->p.partitioned = n > 1 && !s->by_key[i]->p.adds_only;
    }
}

static bool bind_points(struct vd_revset *s)
{
    uint16_t *per_vid = calloc(2 * VD_VENDORS, sizeof *per_vid); /* those that only add apart */
    bool ok = per_vid != NULL;

    for (size_t i = 0; ok && i < s->n_points; i++) {
        struct vd_rev_point *p = s->by_key[i];
        uint16_t *n = &per_vid[vd_revset_vendor(p) + (p->p.adds_only ? VD_VENDORS : 0)];
        vd_findings_reset(&s->scratch);
        if (*n == VD_MAX_POINTS_VID) {
            (void)vd_find(&s->scratch, VD_RULE_POINT_TOO_MANY, VD_ON_POINT, "at most 1000",
                          "vendor %04X has more", (unsigned)p->p.vid & 0xFFFF);
            p->crl.reason = VD_REASON_TOO_LARGE;
        } else {
            (*n)++;
            vd_point_bind(&p->p, s->trust, s->network, &s->scratch);
            p->crl.reason = p->p.bound ? VD_REASON_UNREACHABLE : VD_REASON_INVALID;
        }
        if (p->p.conflict)
            (void)vd_find(&s->scratch, VD_RULE_POINT_DUPLICATE, VD_ON_POINT, "one record",
                          "records that differ");
        else if (p->duplicate)
            vd_find(&s->scratch, VD_RULE_POINT_DUPLICATE, VD_ON_POINT, "one record",
                    "the same record twice")->severity = VD_SEVERITY_NOTE;
        ok = vd_revset_keep(s, p);
    }
    free(per_vid);
    return ok;
}

static bool add_issuer(struct vd_revset *s, const struct vd_cert *ca, bool is_paa)
{
    struct vd_rev_issuer *i;
    if (!vd_grow((void **)&s->issuers, s->n_issuers, &s->cap_issuers, sizeof *s->issuers,
                 VD_MAX_ISSUERS))
        return false;
    i = &s->issuers[s->n_issuers];
    *i = (struct vd_rev_issuer){ .ca = ca, .is_paa = is_paa, .point = SIZE_MAX,
                                 .vid = ca->subject.vid.state == VD_ID_PRESENT
                                            ? (int32_t)ca->subject.vid.value
                                            : -1 };
    if (vd_revkey_issuer(NULL, ca->subject.der, ca->skid, i->id))
        s->n_issuers++;
    else if (vd_revkey_possible(ca->subject.der, ca->skid))
        return false; /* no memory for its hash */
    return true;
}

static int by_id(const void *x, const void *y)
{
    const struct vd_rev_issuer *a = x, *b = y;
    int c = memcmp(a->id, b->id, VD_ISSUER_ID);
    if (c == 0) /* a certificate stands before a name that somebody listed */
        c = (a->ca->der.n == 0) - (b->ca->der.n == 0);
    return c != 0 ? c : vd_span_cmp(a->ca->der, b->ca->der);
}

static bool collect_issuers(struct vd_revset *s)
{
    const struct vd_anchor *a;
    size_t n = 0;

    for (size_t i = 0; (a = vd_trust_at(s->trust, i)) != NULL; i++) {
        if (a->kind == VD_ANCHOR_PAA && a->network == s->network && !add_issuer(s, &a->cert, true))
            return false;
    }
    for (size_t i = 0; i < s->n_authorities; i++) {
        const struct vd_cert *c = &s->authorities[i].cert;
        bool pai = c->parsed && c->ca && !vd_span_eq(c->issuer.der, c->subject.der) &&
                   vd_point_issuing_paa(c, s->trust, s->network, &s->no_memory) != NULL;
        if (pai && !add_issuer(s, c, false))
            return false;
    }
    for (size_t i = 0; i < s->n_points; i++) {
        struct vd_point *p = &s->points[i].p;
        if (p->bound && !add_issuer(s, p->ca, p->is_paa))
            return false;
    }
    for (size_t i = 0; i < s->n_listed; i++) {
        if (!add_issuer(s, &s->listed[i].ca, false))
            return false;
    }
    if (s->n_issuers > 0)
        qsort(s->issuers, s->n_issuers, sizeof *s->issuers, by_id);
    for (size_t i = 0; i < s->n_issuers; i++) {
        if (n == 0 || memcmp(s->issuers[n - 1].id, s->issuers[i].id, VD_ISSUER_ID) != 0)
            s->issuers[n++] = s->issuers[i];
    }
    s->n_issuers = n;
    return true;
}

size_t vd_revset_find_issuer(struct vd_revset *s, const struct vd_cert *ca)
{
    struct vd_rev_issuer key = { .ca = ca };
    size_t lo = 0, hi = s->n_issuers;

    if (!vd_revkey_issuer(NULL, ca->subject.der, ca->skid, key.id)) {
        s->no_memory = s->no_memory || vd_revkey_possible(ca->subject.der, ca->skid);
        return SIZE_MAX;
    }
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = memcmp(s->issuers[mid].id, key.id, VD_ISSUER_ID);
        if (c == 0)
            return mid;
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return SIZE_MAX;
}

/* The bound points of each issuer, side by side. */
static void group_points(struct vd_revset *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n_points; i++) {
        if (s->points[i].p.bound)
            s->issuers[s->points[i].issuer].n_points++;
    }
    for (size_t i = 0; i < s->n_issuers; i++) {
        s->issuers[i].first = n;
        n += s->issuers[i].n_points;
        s->issuers[i].n_points = 0;
    }
    for (size_t i = 0; i < s->n_points; i++) {
        struct vd_rev_issuer *issuer;
        if (!s->by_key[i]->p.bound)
            continue;
        issuer = &s->issuers[s->by_key[i]->issuer];
        s->by_issuer[issuer->first + issuer->n_points++] = s->by_key[i];
    }
}

static void link_points(struct vd_revset *s)
{
    for (size_t i = 0; i < s->n_listed; i++)
        s->listed[i].issuer = vd_revset_find_issuer(s, &s->listed[i].ca);
    for (size_t i = 0; i < s->n_points; i++) {
        struct vd_rev_point *p = s->by_url[i];
        if (!p->p.bound)
            continue;
        p->issuer = vd_revset_find_issuer(s, p->p.ca);
        p->p.bound = p->issuer != SIZE_MAX;
        if (p->p.bound && (s->n_urls == 0 || strcmp(s->urls[s->n_urls - 1], p->p.url) != 0))
            s->urls[s->n_urls++] = p->p.url;
    }
    for (size_t i = s->n_points; i-- > 0;) { /* the first in key order represents the issuer */
        struct vd_rev_point *p = s->by_key[i];
        if (p->p.bound && (!p->p.adds_only || s->issuers[p->issuer].point == SIZE_MAX))
            s->issuers[p->issuer].point = (size_t)(p - s->points);
    }
    group_points(s);
}

enum vd_revset_status vd_revset_bind(struct vd_revset *s)
{
    if (s->phase != PHASE_ADDING)
        return VD_REVSET_ORDER;
    s->held = calloc(VD_VENDORS, sizeof *s->held);
    if (s->held == NULL || !make_orders(s))
        return VD_REVSET_MEMORY;
    mark_duplicates(s);
    mark_partitions(s);
    if (!bind_points(s) || !collect_issuers(s))
        return VD_REVSET_MEMORY;
    link_points(s);
    if (s->no_memory)
        return VD_REVSET_MEMORY;
    s->phase = PHASE_BOUND;
    return VD_REVSET_OK;
}

const char *vd_revset_url(const struct vd_revset *s, size_t i)
{
    return i < s->n_urls ? s->urls[i] : NULL;
}

/* ---- looking ---- */

bool vd_revset_finished(const struct vd_revset *s)
{
    return s->phase == PHASE_FINISHED;
}

enum vd_network vd_revset_network(const struct vd_revset *s)
{
    return s->network;
}

int64_t vd_revset_at(const struct vd_revset *s)
{
    return s->at;
}

size_t vd_revset_points(const struct vd_revset *s)
{
    return s->n_points;
}

const struct vd_rev_point *vd_revset_point(const struct vd_revset *s, size_t i)
{
    return i < s->n_points ? &s->points[i] : NULL;
}

size_t vd_revset_issuers(const struct vd_revset *s)
{
    return s->n_issuers;
}

const struct vd_rev_issuer *vd_revset_issuer(const struct vd_revset *s, size_t i)
{
    return i < s->n_issuers ? &s->issuers[i] : NULL;
}
