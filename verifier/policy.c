/* SPDX-License-Identifier: Apache-2.0
 *
 * policy.c - facts to verdict.
 */
#include "policy.h"

#include "sized.h"

#define REASONS ((UINT32_C(1) << VERIDAC_REASON_COUNT) - 1)

const char *vd_preset_text(enum vd_preset p)
{
    switch (p) {
    case VD_STRICT:
        return "strict";
    case VD_STANDARD:
        return "standard";
    case VD_PERMISSIVE:
        return "permissive";
    case VD_AUDIT:
        return "audit";
    }
    return "?";
}

/* ---- is it one ---- */

static bool ids_ascend(const uint16_t *v, size_t n)
{
    if (n > 0 && v == NULL)
        return false;
    for (size_t i = 1; i < n; i++) {
        if (v[i] <= v[i - 1])
            return false;
    }
    return true;
}

static struct vd_span key_of(const veridac_age_limit *a)
{
    return vd_span_of(a->key_id.data, a->key_id.size);
}

/* Vendors stand first. */
static bool before(const veridac_age_limit *a, const veridac_age_limit *b)
{
    const bool a_key = a->key_id.data != NULL, b_key = b->key_id.data != NULL;
    if (a_key != b_key)
        return b_key;
    return a_key ? vd_span_cmp(key_of(a), key_of(b)) < 0 : a->vid < b->vid;
}

static bool ages_valid(const veridac_age_limit *v, size_t n)
{
    if (n > VD_MAX_POLICY_ROWS || (n > 0 && v == NULL))
        return false;
    for (size_t i = 0; i < n; i++) {
        const bool key = v[i].key_id.data != NULL;
        if (v[i].max_crl_age_s <= 0 || (key && (v[i].key_id.size == 0 || v[i].key_id.size > 32)) ||
            (!key && (v[i].vid < 1 || v[i].vid > 0xFFFF)) || (i > 0 && !before(&v[i - 1], &v[i])))
            return false;
    }
    return true;
}

static bool short_lived_valid(const veridac_short_lived *v, size_t n)
{
    if (n > VD_MAX_POLICY_ROWS || (n > 0 && v == NULL))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (v[i].below_s < VD_SHORT_LIFE_MIN_S || v[i].below_s > VD_SHORT_LIFE_MAX_S ||
            (i > 0 && vd_span_cmp(VD_SPAN(v[i - 1].issuer), VD_SPAN(v[i].issuer)) >= 0))
            return false;
    }
    return true;
}

bool vd_policy_valid(const struct vd_policy *p)
{
    const uint32_t a = p->accept_unknown, h = p->hold_unknown, r = p->reject_unknown;

    return p->preset >= VD_STRICT && p->preset <= VD_AUDIT &&
           (p->network == VD_NETWORK_MAIN || p->network == VD_NETWORK_TEST) &&
           ((a | h | r) & ~REASONS) == 0 && (a & h) == 0 && (a & r) == 0 && (h & r) == 0 &&
           p->max_crl_age_s >= 0 && p->max_head_age_s >= 0 && p->clock_tolerance_s >= 0 &&
           p->clock_tolerance_s <= VD_MAX_CLOCK_SKEW_S && (p->networks & ~UINT32_C(6)) == 0 &&
           (p->certification_types & ~UINT32_C(7)) == 0 &&
           ids_ascend(p->allowed_vids, p->n_allowed_vids) && ids_ascend(p->denied_vids, p->n_denied_vids) &&
           ages_valid(p->ages, p->n_ages) && short_lived_valid(p->short_lived, p->n_short_lived);
}

bool vd_policy_take(const veridac_policy *in, struct vd_policy *ret)
{
    veridac_policy p;
    struct vd_policy policy;

    if (!vd_sized_take(&p, sizeof p, VD_UPTO(veridac_policy, max_head_age_s), in) ||
        p.preset < VERIDAC_POLICY_STRICT || p.preset > VERIDAC_POLICY_AUDIT)
        return false;
    policy = (struct vd_policy){ .preset = (enum vd_preset)p.preset,
                                 .network = (enum vd_network)p.network,
                                 .accept_unknown = p.accept_unknown,
                                 .hold_unknown = p.hold_unknown,
                                 .reject_unknown = p.reject_unknown,
                                 .sdk_compat = p.sdk_compat != 0,
                                 .max_crl_age_s = p.max_crl_age_s ? p.max_crl_age_s : VD_MAX_CRL_AGE_S,
                                 .max_head_age_s = p.max_head_age_s,
                                 .clock_tolerance_s =
                                     p.clock_tolerance_s ? p.clock_tolerance_s : VD_CLOCK_SKEW_S,
                                 .networks = p.networks,
                                 .certification_types = p.certification_types,
                                 .allowed_vids = p.allowed_vids,
                                 .n_allowed_vids = p.n_allowed_vids,
                                 .denied_vids = p.denied_vids,
                                 .n_denied_vids = p.n_denied_vids,
                                 .ages = p.ages,
                                 .n_ages = p.n_ages,
                                 .short_lived = p.short_lived,
                                 .n_short_lived = p.n_short_lived };
    if (!vd_policy_valid(&policy))
        return false;
    *ret = policy;
    return true;
}

/* ---- the decision ---- */

enum vd_verdict vd_policy_of(const struct vd_policy *p, enum vd_status status, enum vd_reason reason)
{
    const uint32_t bit = UINT32_C(1) << reason;

    if (status != VD_STATUS_UNKNOWN)
        return status == VD_STATUS_GOOD ? VD_ACCEPT : VD_REJECT;
    if ((p->reject_unknown & bit) != 0)
        return VD_REJECT;
    if ((p->hold_unknown & bit) != 0)
        return VD_UNDETERMINED;
    if (reason != VD_REASON_UNCONFIRMED && /* it may be revoked: no policy accepts that */
        (p->preset == VD_PERMISSIVE || (p->accept_unknown & bit) != 0))
        return VD_ACCEPT;
    return p->preset == VD_STRICT ? VD_REJECT : VD_UNDETERMINED;
}

/* The ledger says something else than the declaration. */
static bool contradicted(const struct vd_finding *f)
{
    return f->rule == VD_RULE_COMPLIANCE_CERTIFICATE_ID || f->rule == VD_RULE_COMPLIANCE_VERSION ||
           f->rule == VD_RULE_COMPLIANCE_DEVICE_TYPE;
}

enum vd_verdict vd_policy_decide(const struct vd_policy *p, const struct vd_answer *dac,
                                 const struct vd_answer *pai, const struct vd_findings *f)
{
    const enum vd_verdict d = vd_policy_of(p, dac->status, dac->reason),
                          i = vd_policy_of(p, pai->status, pai->reason);
    bool reject = d == VD_REJECT || i == VD_REJECT;
    bool accept = d == VD_ACCEPT && i == VD_ACCEPT;

    for (size_t k = 0; k < f->n; k++) {
        reject = reject || f->v[k].severity == VD_SEVERITY_ERROR;
        accept = accept && f->v[k].severity != VD_SEVERITY_INCOMPLETE &&
                 !(p->preset == VD_STRICT && contradicted(&f->v[k]));
    }
    return reject ? VD_REJECT : accept ? VD_ACCEPT : VD_UNDETERMINED;
}
