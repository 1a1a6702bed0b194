/* SPDX-License-Identifier: Apache-2.0
 *
 * lookup.c - is this certificate revoked?
 */
#include "lookup.h"

#include "limits.h"

const char *vd_status_text(enum vd_status s)
{
    switch (s) {
    case VD_STATUS_GOOD:
        return "good";
    case VD_STATUS_REVOKED:
        return "revoked";
    case VD_STATUS_UNKNOWN:
        break;
    }
    return "unknown";
}

/* a - b > limit, without overflow */
static bool older(int64_t a, int64_t b, int64_t limit)
{
    return b < a && (uint64_t)a - (uint64_t)b > (uint64_t)limit;
}

static bool head_stale(const struct vd_snapshot *s, const struct vd_terms *terms)
{
    if (!s->has_head)
        return false;
    if (terms->max_head_age_s > 0)
        return older(terms->at, s->head.created, terms->max_head_age_s);
    return terms->at > s->head.expires;
}

/* The evidence, or a time that this machine has seen, lies in the future of `at`: then the clock is
 * wrong, or somebody looks into the past, of which this snapshot says nothing. */
static bool too_early(const struct vd_snapshot *s, const struct vd_bundle_row *row,
                      const struct vd_terms *terms)
{
    const int64_t most = terms->clock_tolerance_s > 0 ? terms->clock_tolerance_s : VD_CLOCK_SKEW_S;

    return older(s->bundle.evidence_time, terms->at, most) || older(s->seen, terms->at, most) ||
           (s->has_head && older(s->head.created, terms->at, most)) ||
           (row != NULL && older(row->this_update, terms->at, most));
}

static struct vd_answer unknown(enum vd_reason reason)
{
    return (struct vd_answer){ .status = VD_STATUS_UNKNOWN, .reason = reason, .source = "" };
}

/* ---- confirming ---- */

static int hash(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST])
{
    (void)user;
    return vd_sha256(vd_span_of(in, n), ret);
}

static enum vdb_error try_proof(const struct vd_snapshot *s, const struct vdb_found *found,
                                uint64_t key, struct vd_span proof, enum vdb_answer *ret)
{
    const struct vdb_bytes in = { proof.p, proof.n };
    return vdb_confirm(&s->bundle.v, found, key, in, hash, NULL, ret);
}

/* Proofs of other pages do not hold here and change nothing. */
static enum vdb_answer settle(const struct vd_snapshot *s, const struct vdb_found *found,
                              uint64_t key, const struct vd_terms *terms)
{
    enum vdb_answer a = VDB_UNCONFIRMED;
    for (size_t i = 0; i < terms->n_proofs; i++) {
        if (try_proof(s, found, key, terms->proofs[i], &a) == VDB_OK)
            break;
    }
    return a;
}

static struct vd_bucket bucket_of(const struct vd_snapshot *s, const struct vdb_found *found)
{
    struct vd_bucket b = { .page = found->page, .n_pages = s->bundle.v.n_pages };
    (void)vd_copy(b.tree, sizeof b.tree, vd_span_of(s->bundle.v.part[VDB_COVERAGE].p, VDB_DIGEST));
    return b;
}

/* ---- one ---- */

static void judge(const struct vd_snapshot *s, const struct vd_bundle_row *row, uint64_t key,
                  const struct vd_terms *terms, struct vd_answer *a)
{
    struct vdb_found found = { .row = row->raw };
    enum vdb_answer listed = vdb_find_in(&s->bundle.v, key, &found);

    *a = (struct vd_answer){ .status = VD_STATUS_UNKNOWN,
                             .reason = VD_REASON_STALE,
                             .source = s->label,
                             .this_update = row->this_update,
                             .next_update = row->next_update,
                             .last_ok = row->last_ok };
    if (listed == VDB_UNCONFIRMED)
        listed = settle(s, &found, key, terms);
    if (listed == VDB_UNCONFIRMED)
        a->bucket = bucket_of(s, &found);
    if (listed == VDB_LISTED) {
        a->status = VD_STATUS_REVOKED; /* whatever its age and whatever else is wrong */
        a->reason = VD_REASON_NO_DATA;
    } else if (listed != VDB_CLEAR) {
        a->reason = VD_REASON_UNCONFIRMED; /* it may be revoked, whatever else is wrong */
    } else if (too_early(s, row, terms)) {
        a->reason = VD_REASON_CLOCK;
    } else if (!row->good) {
        a->reason = row->reason;
    } else if (!head_stale(s, terms) && terms->at <= row->next_update &&
               !older(terms->at, row->last_ok, terms->max_crl_age_s)) {
        a->status = VD_STATUS_GOOD;
        a->reason = VD_REASON_NO_DATA;
    }
}

/* It may be revoked, and no policy accepts that. */
static struct vd_answer not_looked_up(void)
{
    struct vd_answer a = unknown(VD_REASON_UNCONFIRMED);
    a.no_memory = true;
    return a;
}

/* What is the same for all certificates of an issuer. */
struct issuer {
    bool known;
    struct vd_bundle_row row; /* when known */
    struct vd_answer unknown; /* when not */
};

static void find_issuer(const struct vd_snapshot *s, struct vd_hash *h, struct vd_span issuer_name,
                        struct vd_span key_id, const struct vd_terms *terms, struct issuer *ret)
{
    uint8_t id[VD_ISSUER_ID];
    uint32_t at = 0;

    ret->known = false;
    if (s->bundle.network == VD_NETWORK_NONE) {
        ret->unknown = unknown(VD_REASON_NO_DATA); /* a part without revocation data */
        return;
    }
    if (!vd_revkey_possible(issuer_name, key_id)) {
        ret->unknown = unknown(VD_REASON_NOT_COVERED);
        return;
    }
    if (vd_issuers_known(&s->issuers)) {
        ret->known = vd_issuers_find(&s->issuers, issuer_name, key_id, &at);
    } else if (vd_revkey_issuer(h, issuer_name, key_id, id)) {
        ret->known = vdb_find_row(&s->bundle.v, id, &at);
    } else {
        ret->unknown = not_looked_up();
        return;
    }
    if (ret->known) {
        ret->row = vd_bundle_row(&s->bundle, at);
        return;
    }
    ret->unknown = unknown(too_early(s, NULL, terms) ? VD_REASON_CLOCK : VD_REASON_NOT_COVERED);
    ret->unknown.source = s->label;
}

static void look_up(const struct vd_snapshot *s, struct vd_hash *h, const struct issuer *i,
                    struct vd_span serial, const struct vd_terms *terms, struct vd_answer *ret)
{
    struct vd_span magnitude;
    uint64_t key;

    if (!i->known)
        *ret = i->unknown;
    else if (!vd_revkey_serial(serial, &magnitude))
        *ret = unknown(VD_REASON_NOT_COVERED);
    else if (!vd_revkey_make(h, i->row.raw.id, magnitude, &key))
        *ret = not_looked_up();
    else
        judge(s, &i->row, key, terms, ret);
}

struct vd_answer vd_lookup_one(const struct vd_snapshot *s, struct vd_span issuer_name,
                               struct vd_span key_id, struct vd_span serial,
                               const struct vd_terms *terms)
{
    unsigned place = 0;
    struct vd_hash *h = vd_hash_take(s->hashes, &place);
    struct issuer i;
    struct vd_answer a;

    find_issuer(s, h, issuer_name, key_id, terms, &i);
    look_up(s, h, &i, serial, terms, &a);
    if (h != NULL)
        vd_hash_give(s->hashes, place);
    return a;
}

void vd_lookup_batch(const struct vd_snapshot *s, struct vd_span issuer_name, struct vd_span key_id,
                     const struct vd_terms *terms, vd_next_serial *next, void *user,
                     vd_take_answer *take)
{
    unsigned place = 0;
    struct vd_hash *h = vd_hash_take(s->hashes, &place);
    struct issuer i;
    struct vd_span serial;
    struct vd_answer a;

    find_issuer(s, h, issuer_name, key_id, terms, &i);
    while (next(user, &serial)) {
        look_up(s, h, &i, serial, terms, &a);
        take(user, &a);
    }
    if (h != NULL)
        vd_hash_give(s->hashes, place);
}

const char *vd_lookup_confirm(const struct vd_snapshot *s, struct vd_span issuer_name,
                              struct vd_span key_id, struct vd_span serial,
                              const struct vd_terms *terms, struct vd_span proof,
                              struct vd_answer *ret)
{
    struct vd_terms with = *terms;
    struct vdb_bytes page;
    struct vd_answer a;

    with.n_proofs = 0;
    a = vd_lookup_one(s, issuer_name, key_id, serial, &with);
    if (a.bucket.n_pages > 0) {
        const enum vdb_error e = vdb_proof_check(a.bucket.tree, a.bucket.n_pages, a.bucket.page,
                                                 (struct vdb_bytes){ proof.p, proof.n }, hash, NULL,
                                                 &page);
        if (e != VDB_OK)
            return vd_proof_text(e);
        with.proofs = &proof;
        with.n_proofs = 1;
        a = vd_lookup_one(s, issuer_name, key_id, serial, &with);
        if (a.bucket.n_pages == 0 && a.reason == VD_REASON_UNCONFIRMED)
            return "the codes of the page make no sense";
    }
    *ret = a;
    return NULL;
}

/* ---- several ---- */

/* What one snapshot holds possible, the "good" of another does not undo. */
static int weight(const struct vd_answer *a)
{
    if (a->status == VD_STATUS_UNKNOWN)
        return a->reason == VD_REASON_UNCONFIRMED ? 2 : 0;
    return a->status == VD_STATUS_GOOD ? 1 : 3;
}

static bool better(const struct vd_answer *a, const struct vd_answer *b)
{
    if (weight(a) != weight(b))
        return weight(a) > weight(b); /* revoked, then perhaps revoked, then good, then unknown */
    return a->status == VD_STATUS_UNKNOWN && b->reason <= VD_REASON_NOT_COVERED &&
           a->reason > VD_REASON_NOT_COVERED;
}

struct vd_answer vd_lookup_all(const struct vd_snapshot *const *s, size_t n,
                               struct vd_span issuer_name, struct vd_span key_id,
                               struct vd_span serial, const struct vd_terms *terms)
{
    struct vd_answer best = unknown(VD_REASON_NO_DATA);
    bool first = true, no_memory = false;
    for (size_t i = 0; i < n; i++) {
        struct vd_answer a;
        if (s[i]->bundle.network == VD_NETWORK_NONE)
            continue; /* a part without revocation data */
        a = vd_lookup_one(s[i], issuer_name, key_id, serial, terms);
        a.snapshot = i;
        no_memory = no_memory || a.no_memory;
        if (first || better(&a, &best))
            best = a;
        first = false;
    }
    best.no_memory = no_memory;
    return best;
}
