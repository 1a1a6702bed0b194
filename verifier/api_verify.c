/* SPDX-License-Identifier: Apache-2.0
 *
 * api_verify.c - the border: trust, policy, verifying, snapshots.
 */
#include <stdlib.h>

#include "api.h"
#include "armor.h"

/* ---- trust ---- */

veridac_status veridac_trust_new(veridac_trust **ret)
{
    veridac_trust *t;
    if (ret == NULL)
        return VERIDAC_MISUSE;
    t = calloc(1, sizeof *t);
    if (t == NULL)
        return VERIDAC_NO_MEMORY;
    t->trust = vd_trust_make();
    if (t->trust == NULL) {
        free(t);
        return VERIDAC_NO_MEMORY;
    }
    *ret = t;
    return VERIDAC_OK;
}

void veridac_trust_free(veridac_trust *trust)
{
    if (trust == NULL)
        return;
    vd_trust_free(trust->trust);
    free(trust);
}

typedef enum vd_admission admit_fn(struct vd_trust *t, struct vd_span der, enum vd_network said,
                                   struct vd_findings *f);

struct adding {
    struct vd_trust *trust;
    admit_fn *admit;
    enum vd_network network;
    uint32_t accepted, refused;
    struct vd_buf text;
    struct vd_findings findings;
    bool full;
};

static void add_one(struct adding *a, struct vd_span der)
{
    enum vd_admission got;
    vd_findings_reset(&a->findings);
    got = a->admit(a->trust, der, a->network, &a->findings);
    a->accepted += got == VD_ADMITTED || got == VD_ADMITTED_BEFORE;
    a->refused += got == VD_REFUSED;
    a->full = a->full || got == VD_ADMISSION_FULL;
    for (size_t i = 0; i < a->findings.n; i++) {
        const struct vd_finding *f = &a->findings.v[i];
        const struct vd_rule_row *row = vd_rule_row(f->rule);
        (void)vd_buf_fmt(&a->text, "%s%s %s: %s (%s)", a->text.n ? "\n" : "",
                         vd_severity_text(f->severity), row->slug, row->text, f->found);
    }
}

static void add_all(struct adding *a, struct vd_span in)
{
    struct vd_buf der = VD_BUF(VD_MAX_OPERATOR_FILE);
    struct vd_span label;
    bool broken = false;
    size_t more;

    if (!vd_is_pem(in)) {
        if (vd_unwrap(in, &der, &more))
            add_one(a, vd_buf_span(&der));
    } else {
        while (vd_pem_next(&in, &label, &der, &broken)) {
            if (vd_span_is(label, "CERTIFICATE"))
                add_one(a, vd_buf_span(&der));
            vd_buf_clear(&der);
        }
        if (broken) {
            a->refused++;
            (void)vd_buf_fmt(&a->text, "%serror: a broken PEM block", a->text.n ? "\n" : "");
        }
    }
    vd_buf_free(&der);
}

static veridac_status add(veridac_trust *trust, veridac_bytes in, int32_t network, admit_fn *admit,
                          veridac_trust_report *report)
{
    struct adding *a;
    veridac_status st;
    char text[sizeof report->text - 1];

    if (trust == NULL || in.data == NULL ||
        (network != VERIDAC_NETWORK_MAIN && network != VERIDAC_NETWORK_TEST) ||
        (report != NULL && !vd_api_fits(sizeof *report, report)))
        return VERIDAC_MISUSE;
    if (in.size > VD_MAX_OPERATOR_FILE)
        return VERIDAC_TOO_LARGE;
    a = calloc(1, sizeof *a);
    if (a == NULL)
        return VERIDAC_NO_MEMORY;
    a->trust = trust->trust;
    a->admit = admit;
    a->network = (enum vd_network)network;
    a->text = VD_BUF_ON(text);
    add_all(a, vd_api_span(in));
    st = a->full ? VERIDAC_NO_MEMORY : a->accepted > 0 ? VERIDAC_OK : VERIDAC_BAD_DATA;
    if (report != NULL) {
        report->accepted = a->accepted;
        report->refused = a->refused;
        vd_zero(report->text, sizeof report->text);
        (void)vd_copy(report->text, sizeof report->text - 1, vd_buf_span(&a->text));
    }
    free(a);
    return st;
}

veridac_status veridac_trust_add_paa(veridac_trust *trust, veridac_bytes in, int32_t network,
                                     veridac_trust_report *report)
{
    return add(trust, in, network, vd_trust_admit_paa, report);
}

veridac_status veridac_trust_add_cd_signer(veridac_trust *trust, veridac_bytes in, int32_t network,
                                           veridac_trust_report *report)
{
    return add(trust, in, network, vd_trust_admit_cd_signer, report);
}

veridac_status veridac_trust_look(const veridac_trust *trust, veridac_trust_view *ret)
{
    if (trust == NULL || !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    ret->main_paas = (uint32_t)vd_trust_count(trust->trust, VD_ANCHOR_PAA, VD_NETWORK_MAIN);
    ret->test_paas = (uint32_t)vd_trust_count(trust->trust, VD_ANCHOR_PAA, VD_NETWORK_TEST);
    ret->cd_signers = (uint32_t)vd_trust_count(trust->trust, VD_ANCHOR_CD_SIGNER, VD_NETWORK_NONE);
    return VERIDAC_OK;
}

/* ---- policy ---- */

bool vd_api_policy(const veridac_policy *in, struct vd_policy *ret)
{
    veridac_policy p;
    if (!vd_api_take(&p, sizeof p, in) || p.preset < VERIDAC_POLICY_STRICT ||
        p.preset > VERIDAC_POLICY_AUDIT ||
        (p.network != VERIDAC_NETWORK_MAIN && p.network != VERIDAC_NETWORK_TEST) ||
        p.max_crl_age_s < 0 || p.max_head_age_s < 0 ||
        p.accept_unknown >> VERIDAC_REASON_COUNT != 0)
        return false;
    *ret = (struct vd_policy){ .preset = (enum vd_preset)p.preset,
                               .network = (enum vd_network)p.network,
                               .accept_unknown = p.accept_unknown,
                               .sdk_compat = p.sdk_compat != 0,
                               .max_crl_age_s = p.max_crl_age_s ? p.max_crl_age_s
                                                                : VD_MAX_CRL_AGE_S,
                               .max_head_age_s = p.max_head_age_s };
    return true;
}

/* ---- verifying ---- */

veridac_status veridac_result_new(veridac_result **ret)
{
    if (ret == NULL)
        return VERIDAC_MISUSE;
    *ret = calloc(1, sizeof **ret);
    return *ret == NULL ? VERIDAC_NO_MEMORY : VERIDAC_OK;
}

void veridac_result_free(veridac_result *result)
{
    free(result);
}

static void note(const struct vd_snapshot *s, struct vd_snapshot_note *ret)
{
    *ret = (struct vd_snapshot_note){ .has_head = s->has_head,
                                      .sequence = s->head.sequence,
                                      .created = s->head.created,
                                      .expires = s->head.expires,
                                      .evidence_time = s->bundle.evidence_time };
    (void)vd_copy(ret->label, sizeof ret->label, vd_span_of(s->label, sizeof s->label));
    (void)vd_copy(ret->sha256, sizeof ret->sha256, VD_SPAN(s->sha256));
}

static bool ids_ok(const veridac_device *d)
{
    return d->vid >= -1 && d->vid <= 0xFFFF && d->pid >= -1 && d->pid <= 0xFFFF;
}

/* The snapshots as the core wants them; the status says whether they may be used together. */
static veridac_status take_snapshots(const veridac_snapshot *const *in, size_t n,
                                     const struct vd_policy *policy,
                                     const struct vd_snapshot *ret[VD_MAX_SNAPSHOTS])
{
    if (n > VD_MAX_SNAPSHOTS || (n > 0 && in == NULL))
        return VERIDAC_MISUSE;
    for (size_t i = 0; i < n; i++) {
        if (in[i] == NULL)
            return VERIDAC_MISUSE;
        if (in[i]->snapshot->bundle.network != policy->network)
            return VERIDAC_OTHER_NETWORK;
        ret[i] = in[i]->snapshot;
    }
    return VERIDAC_OK;
}

veridac_status veridac_verify(const veridac_device *device, const veridac_trust *trust,
                              const veridac_snapshot *const *snapshots, size_t n_snapshots,
                              const veridac_policy *policy, int64_t at, veridac_result *result)
{
    const struct vd_snapshot *snaps[VD_MAX_SNAPSHOTS];
    struct vd_device in;
    struct vd_policy p;
    veridac_device d;
    veridac_status st;

    if (result == NULL)
        return VERIDAC_MISUSE;
    result->filled = false;
    if (trust == NULL || !vd_api_take(&d, sizeof d, device) || !ids_ok(&d) ||
        !vd_api_policy(policy, &p))
        return VERIDAC_MISUSE;
    st = take_snapshots(snapshots, n_snapshots, &p, snaps);
    if (st != VERIDAC_OK)
        return st;
    in = (struct vd_device){ vd_api_span(d.dac),       vd_api_span(d.pai),
                             vd_api_span(d.elements),  vd_api_span(d.signature),
                             vd_api_span(d.challenge), vd_api_span(d.nonce), d.vid, d.pid };
    vd_judge(&in, trust->trust, snaps, n_snapshots, &p, at, &result->judgement);
    result->policy = p;
    result->at = at;
    result->n_snapshots = n_snapshots;
    for (size_t i = 0; i < n_snapshots; i++)
        note(snaps[i], &result->snapshots[i]);
    /* answers name their snapshot; that text must live as long as the result */
    for (size_t i = 0; i < n_snapshots; i++) {
        if (result->judgement.dac.source == snaps[i]->label)
            result->judgement.dac.source = result->snapshots[i].label;
        if (result->judgement.pai.source == snaps[i]->label)
            result->judgement.pai.source = result->snapshots[i].label;
    }
    result->filled = true;
    return VERIDAC_OK;
}

void vd_api_answer(const struct vd_answer *a, veridac_answer *ret)
{
    *ret = (veridac_answer){ .size = sizeof *ret,
                             .status = (veridac_revocation)a->status,
                             .reason = (int32_t)a->reason,
                             .source = a->source,
                             .this_update = a->this_update,
                             .next_update = a->next_update,
                             .last_ok = a->last_ok };
}

veridac_status veridac_result_look(const veridac_result *result, veridac_result_view *ret)
{
    if (result == NULL || !result->filled || !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    ret->verdict = (veridac_verdict)result->judgement.verdict;
    ret->enforced = result->judgement.enforced;
    ret->at = result->at;
    ret->n_findings = (uint32_t)result->judgement.findings.n;
    vd_api_answer(&result->judgement.dac, &ret->dac);
    vd_api_answer(&result->judgement.pai, &ret->pai);
    return VERIDAC_OK;
}

veridac_status veridac_result_finding(const veridac_result *result, uint32_t i, veridac_finding *ret)
{
    if (result == NULL || !result->filled || i >= result->judgement.findings.n ||
        !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    vd_api_finding(&result->judgement.findings.v[i], ret);
    return VERIDAC_OK;
}

static struct vd_explained explained(const veridac_result *r)
{
    return (struct vd_explained){ &r->judgement, &r->policy, r->snapshots, r->n_snapshots };
}

veridac_status veridac_result_json(const veridac_result *result, veridac_buffer *ret)
{
    struct vd_buf b = VD_BUF(1u << 20);
    struct vd_explained e;
    if (result == NULL || !result->filled || ret == NULL)
        return VERIDAC_MISUSE;
    e = explained(result);
    (void)vd_explain_json(&e, &b);
    return vd_api_give(&b, ret);
}

veridac_status veridac_result_text(const veridac_result *result, int32_t colour, veridac_buffer *ret)
{
    struct vd_buf b = VD_BUF(1u << 20);
    struct vd_explained e;
    if (result == NULL || !result->filled || ret == NULL)
        return VERIDAC_MISUSE;
    e = explained(result);
    (void)vd_explain_text(&e, colour != 0, &b);
    return vd_api_give(&b, ret);
}
