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

static bool head_stale(const struct vd_snapshot *s, const struct vd_freshness *fresh)
{
    if (!s->has_head)
        return false;
    if (fresh->max_head_age_s > 0)
        return older(fresh->at, s->head.created, fresh->max_head_age_s);
    return fresh->at > s->head.expires;
}

/* The evidence lies in the future of `at`: then it says nothing about `at`. */
static bool too_early(const struct vd_snapshot *s, const struct vd_bundle_row *row,
                      const struct vd_freshness *fresh)
{
    return older(s->bundle.evidence_time, fresh->at, VD_CLOCK_SKEW_S) ||
           (s->has_head && older(s->head.created, fresh->at, VD_CLOCK_SKEW_S)) ||
           (row != NULL && older(row->this_update, fresh->at, VD_CLOCK_SKEW_S));
}

static struct vd_answer unknown(enum vd_reason reason)
{
    return (struct vd_answer){ VD_STATUS_UNKNOWN, reason, "", 0, 0, 0 };
}

static struct vd_answer judge(const struct vd_snapshot *s, const struct vd_bundle_row *row,
                              uint64_t key, const struct vd_freshness *fresh)
{
    struct vd_answer a = { VD_STATUS_UNKNOWN, VD_REASON_STALE, s->label,
                           row->this_update, row->next_update, row->last_ok };
    struct vdb_found found = { .row = row->raw };
    const enum vdb_answer listed = vdb_find_in(&s->bundle.v, key, &found);

    if (listed == VDB_LISTED) {
        a.status = VD_STATUS_REVOKED; /* whatever its age and whatever else is wrong */
        a.reason = VD_REASON_NO_DATA;
    } else if (listed != VDB_CLEAR) {
        a.reason = VD_REASON_UNCONFIRMED; /* it may be revoked, whatever else is wrong */
    } else if (too_early(s, row, fresh)) {
        a.reason = VD_REASON_CLOCK;
    } else if (!row->good) {
        a.reason = row->reason;
    } else if (!head_stale(s, fresh) && fresh->at <= row->next_update &&
               !older(fresh->at, row->last_ok, fresh->max_crl_age_s)) {
        a.status = VD_STATUS_GOOD;
        a.reason = VD_REASON_NO_DATA;
    }
    return a;
}

/* Both hashes of a lookup with one of the snapshot's contexts. */
static bool make_key(const struct vd_snapshot *s, struct vd_span issuer_name, struct vd_span key_id,
                     struct vd_span serial, uint8_t ret_id[VD_ISSUER_ID], uint64_t *ret)
{
    unsigned place = 0;
    struct vd_hash *h = vd_hash_take(s->hashes, &place);
    struct vd_span magnitude;
    bool ok = vd_revkey_issuer(h, issuer_name, key_id, ret_id) &&
              vd_revkey_serial(serial, &magnitude) && vd_revkey_make(h, ret_id, magnitude, ret);
    if (h != NULL)
        vd_hash_give(s->hashes, place);
    return ok;
}

struct vd_answer vd_lookup_one(const struct vd_snapshot *s, struct vd_span issuer_name,
                               struct vd_span key_id, struct vd_span serial,
                               const struct vd_freshness *fresh)
{
    uint8_t id[VD_ISSUER_ID];
    struct vd_bundle_row row;
    uint64_t key;
    uint32_t i;

    if (s->bundle.network == VD_NETWORK_NONE)
        return unknown(VD_REASON_NO_DATA); /* a part without revocation data */
    if (!make_key(s, issuer_name, key_id, serial, id, &key))
        return unknown(VD_REASON_NOT_COVERED);
    if (!vdb_find_row(&s->bundle.v, id, &i)) {
        struct vd_answer a =
            unknown(too_early(s, NULL, fresh) ? VD_REASON_CLOCK : VD_REASON_NOT_COVERED);
        a.source = s->label;
        return a;
    }
    row = vd_bundle_row(&s->bundle, i);
    return judge(s, &row, key, fresh);
}

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
                               struct vd_span serial, const struct vd_freshness *fresh)
{
    struct vd_answer best = unknown(VD_REASON_NO_DATA);
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        struct vd_answer a;
        if (s[i]->bundle.network == VD_NETWORK_NONE)
            continue; /* a part without revocation data */
        a = vd_lookup_one(s[i], issuer_name, key_id, serial, fresh);
        if (first || better(&a, &best))
            best = a;
        first = false;
    }
    return best;
}
