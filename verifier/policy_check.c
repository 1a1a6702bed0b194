/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_check.c - rules that a policy adds, and the one kind of evidence that it may name.
 */
#include <inttypes.h>

#include "policy.h"
#include "text.h"

/* ---- vendors ---- */

static bool has(const uint16_t *v, size_t n, uint16_t vid)
{
    size_t lo = 0, hi = n;
    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (v[mid] < vid)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n && v[lo] == vid;
}

static void check_vendor(const struct vd_policy *p, uint16_t vid, enum vd_subject on, struct vd_findings *f)
{
    if (has(p->denied_vids, p->n_denied_vids, vid))
        (void)vd_find(f, VD_RULE_POLICY_VENDOR, on, "a vendor that the policy does not deny", "%04X", vid);
    else if (p->n_allowed_vids > 0 && !has(p->allowed_vids, p->n_allowed_vids, vid))
        (void)vd_find(f, VD_RULE_POLICY_VENDOR, on, "a vendor that the policy allows", "%04X", vid);
}

void vd_policy_check_vendors(const struct vd_policy *p, const struct vd_policy_device *in,
                             struct vd_findings *f)
{
    const struct vd_id *dac = &in->dac->subject.vid, *pai = &in->pai->subject.vid;

    if (in->vid >= 0)
        check_vendor(p, (uint16_t)in->vid, VD_ON_VID, f);
    if (in->dac->parsed && dac->state == VD_ID_PRESENT && dac->value != in->vid)
        check_vendor(p, dac->value, VD_ON_DAC, f);
    if (in->pai->parsed && pai->state == VD_ID_PRESENT && pai->value != in->vid)
        check_vendor(p, pai->value, VD_ON_PAI, f);
}

void vd_policy_check_type(const struct vd_policy *p, uint64_t certification_type, struct vd_findings *f)
{
    if (p->certification_types == 0 ||
        (certification_type < 32 && (p->certification_types >> certification_type & 1) != 0))
        return;
    (void)vd_find(f, VD_RULE_POLICY_CERTIFICATION_TYPE, VD_ON_CD, "a type that the policy takes",
                  "type %" PRIu64, certification_type);
}

/* ---- ages ---- */

int64_t vd_policy_crl_age(const struct vd_policy *p, struct vd_span issuer_key_id, int32_t vid)
{
    int64_t age = p->max_crl_age_s;

    for (size_t i = 0; i < p->n_ages; i++) {
        const veridac_age_limit *a = &p->ages[i];
        if (a->key_id.data != NULL) {
            if (vd_span_eq(vd_span_of(a->key_id.data, a->key_id.size), issuer_key_id))
                age = a->max_crl_age_s; /* key ids stand behind vendors: the issuer's own goes first */
        } else if (a->vid == vid || (vid == VD_VID_NOT_KNOWN && a->max_crl_age_s < age)) {
            age = a->max_crl_age_s;
        }
    }
    return age;
}

/* ---- short-lived evidence ---- */

#define END_OF_TIME INT64_C(253402300799) /* 9999-12-31T23:59:59Z: "no end" */

static int64_t limit_of(const struct vd_policy *p, struct vd_span issuer)
{
    uint8_t digest[VD_SHA256];

    if (issuer.n == 0 || !vd_sha256(issuer, digest))
        return 0;
    for (size_t i = 0; i < p->n_short_lived; i++) {
        if (vd_span_eq(VD_SPAN(p->short_lived[i].issuer), VD_SPAN(digest)))
            return p->short_lived[i].below_s;
    }
    return 0;
}

/* Nobody says anything about this issuer. Of one that the ledger knows, the ledger has to speak. */
static bool nobody_speaks(const struct vd_answer *a)
{
    return a->status == VD_STATUS_UNKNOWN && !a->no_memory &&
           (a->reason == VD_REASON_NO_DATA || a->reason == VD_REASON_NOT_COVERED);
}

void vd_policy_short_lived(const struct vd_policy *p, const struct vd_cert *c, struct vd_span issuer,
                           enum vd_subject on, int64_t at, struct vd_answer *a, struct vd_findings *f)
{
    char from[VD_TIME_TEXT], to[VD_TIME_TEXT];
    int64_t limit;

    if (p->n_short_lived == 0 || !c->parsed || !c->times_ok || !nobody_speaks(a))
        return;
    limit = limit_of(p, issuer);
    /* times of certificates lie between 0000 and 9999: no overflow */
    if (limit == 0 || c->not_after >= END_OF_TIME || c->not_after < c->not_before ||
        c->not_after - c->not_before >= limit)
        return;
    if (at > c->not_after) {
        a->reason = VD_REASON_STALE;
        return;
    }
    if (at < c->not_before) {
        a->reason = VD_REASON_CLOCK;
        return;
    }
    vd_time_text(c->not_before, from);
    vd_time_text(c->not_after, to);
    (void)vd_find(f, VD_RULE_SHORT_LIVED, on, NULL, "lives from %s to %s", from, to);
    a->status = VD_STATUS_GOOD;
    a->reason = VD_REASON_NO_DATA;
    a->source = "";
}
