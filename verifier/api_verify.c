/* SPDX-License-Identifier: Apache-2.0
 *
 * api_verify.c - the border: policy, verifying, results.
 */
#include <stdlib.h>

#include "api.h"

/* ---- policy ---- */

bool vd_api_network(const struct vd_policy *p)
{
    return p->networks == 0 || (p->networks >> p->network & 1) != 0;
}

/* ---- verifying ---- */

veridac_status veridac_context_new(veridac_context **ret)
{
    veridac_context *c;
    if (ret == NULL)
        return VERIDAC_MISUSE;
    c = calloc(1, sizeof *c);
    if (c == NULL)
        return VERIDAC_NO_MEMORY;
    c->cache = vd_cache_make();
    if (c->cache == NULL) {
        free(c);
        return VERIDAC_NO_MEMORY;
    }
    *ret = c;
    return VERIDAC_OK;
}

void veridac_context_free(veridac_context *context)
{
    if (context == NULL)
        return;
    vd_cache_free(context->cache);
    free(context);
}

veridac_status veridac_result_new(veridac_result **ret)
{
    veridac_result *r;
    if (ret == NULL)
        return VERIDAC_MISUSE;
    r = calloc(1, sizeof *r);
    if (r == NULL)
        return VERIDAC_NO_MEMORY;
    *ret = r;
    return VERIDAC_OK;
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
    return d->vid >= -1 && d->vid <= 0xFFFF && d->pid >= -1 && d->pid <= 0xFFFF &&
           d->software_version >= -1 && d->software_version <= UINT32_MAX;
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
        if (vd_snapshot_network(in[i]->snapshot) != policy->network)
            return VERIDAC_OTHER_NETWORK;
        ret[i] = in[i]->snapshot;
    }
    return VERIDAC_OK;
}

/* What is the same for every device of a call. */
struct setting {
    struct vd_cache *cache, *bare; /* bare: made for this call */
    const struct vd_trust *trust;
    const struct vd_snapshot *snaps[VD_MAX_SNAPSHOTS];
    size_t n_snaps;
    struct vd_policy policy;
    uint8_t policy_lists[VD_SHA256];
    int64_t at;
};

static veridac_status set_up(veridac_context *context, const veridac_trust *trust,
                             const veridac_snapshot *const *snapshots, size_t n,
                             const veridac_policy *policy, int64_t at, struct setting *ret)
{
    veridac_status st;
    if (trust == NULL || !vd_policy_take(policy, &ret->policy))
        return VERIDAC_MISUSE;
    ret->trust = trust->trust;
    ret->n_snaps = n;
    ret->at = at;
    ret->bare = NULL;
    if (!vd_api_network(&ret->policy))
        return VERIDAC_OTHER_NETWORK;
    if (!vd_policy_lists(&ret->policy, ret->policy_lists))
        return VERIDAC_NO_MEMORY;
    st = take_snapshots(snapshots, n, &ret->policy, ret->snaps);
    if (st != VERIDAC_OK)
        return st;
    if (context == NULL)
        ret->bare = vd_cache_make_bare(vd_trust_checker(trust->trust));
    ret->cache = context == NULL ? ret->bare : context->cache;
    return ret->cache == NULL ? VERIDAC_NO_MEMORY : VERIDAC_OK;
}

/* Answers name their snapshot; that text must live as long as the result. */
static void keep_labels(const struct setting *s, veridac_result *result)
{
    struct vd_answer *answers[] = { &result->judgement.dac, &result->judgement.pai };
    for (size_t i = 0; i < s->n_snaps; i++) {
        note(s->snaps[i], &result->snapshots[i]);
        for (size_t k = 0; k < 2; k++) {
            if (answers[k]->source == s->snaps[i]->label)
                answers[k]->source = result->snapshots[i].label;
        }
    }
}

/* The proofs of a device as the core wants them. */
static bool take_proofs(const veridac_device *d, struct vd_span ret[VD_MAX_PROOFS])
{
    if (d->n_proofs > VD_MAX_PROOFS || (d->n_proofs > 0 && d->proofs == NULL))
        return false;
    for (size_t i = 0; i < d->n_proofs; i++)
        ret[i] = vd_api_span(d->proofs[i]);
    return true;
}

static veridac_status judge(const struct setting *s, const veridac_device *device,
                            veridac_result *result)
{
    struct vd_span proofs[VD_MAX_PROOFS];
    struct vd_device in;
    veridac_device d;

    result->filled = false;
    if (!vd_sized_take(&d, sizeof d, VD_UPTO(veridac_device, csr_nonce), device) || !ids_ok(&d) ||
        !take_proofs(&d, proofs))
        return VERIDAC_MISUSE;
    in = (struct vd_device){ vd_api_span(d.dac),       vd_api_span(d.pai),
                             vd_api_span(d.elements),  vd_api_span(d.signature),
                             vd_api_span(d.challenge), vd_api_span(d.nonce), d.vid, d.pid,
                             vd_api_span(d.nocsr),     vd_api_span(d.nocsr_signature),
                             vd_api_span(d.csr_nonce), d.software_version, proofs, d.n_proofs };
    vd_judge(s->cache, &in, s->trust, s->snaps, s->n_snaps, &s->policy, s->at, &result->judgement);
    if (vd_findings_has(&result->judgement.findings, VD_RULE_OUT_OF_MEMORY))
        return VERIDAC_NO_MEMORY; /* a check that was not made is no answer */
    result->policy = s->policy;
    result->policy.allowed_vids = result->policy.denied_vids = NULL; /* the caller's */
    result->policy.ages = NULL;
    result->policy.short_lived = NULL;
    (void)vd_copy(result->policy_lists, sizeof result->policy_lists, VD_SPAN(s->policy_lists));
    result->at = s->at;
    result->n_snapshots = s->n_snaps;
    keep_labels(s, result);
    result->dac = vd_api_answer(&result->judgement.dac);
    result->pai = vd_api_answer(&result->judgement.pai);
    result->filled = true;
    return VERIDAC_OK;
}

veridac_status veridac_verify(veridac_context *context, const veridac_device *device,
                              const veridac_trust *trust,
                              const veridac_snapshot *const *snapshots, size_t n_snapshots,
                              const veridac_policy *policy, int64_t at, veridac_result *result)
{
    struct setting s;
    veridac_status st;

    if (result == NULL)
        return VERIDAC_MISUSE;
    result->filled = false;
    st = set_up(context, trust, snapshots, n_snapshots, policy, at, &s);
    if (st != VERIDAC_OK)
        return st;
    st = judge(&s, device, result);
    vd_cache_free(s.bare);
    return st;
}

veridac_status veridac_verify_batch(
    veridac_context *context, const veridac_device *devices, size_t n, const veridac_trust *trust,
    const veridac_snapshot *const *snapshots, size_t n_snapshots, const veridac_policy *policy,
    int64_t at, veridac_verdict *verdicts,
    int32_t (*each)(void *user, size_t i, const veridac_result *result), void *user,
    size_t *ret_done)
{
    /* a caller with a newer or older header has devices of another size */
    const size_t stride = vd_sized_stride(VD_UPTO(veridac_device, csr_nonce),
                                          _Alignof(veridac_device), devices);
    veridac_result *result = NULL;
    struct setting s;
    veridac_status st;
    size_t i = 0;
    bool stop = false;

    if (ret_done == NULL || (n > 0 && (stride == 0 || verdicts == NULL)))
        return VERIDAC_MISUSE;
    *ret_done = 0;
    st = set_up(context, trust, snapshots, n_snapshots, policy, at, &s);
    if (st != VERIDAC_OK)
        return st;
    st = veridac_result_new(&result);
    while (st == VERIDAC_OK && i < n && !stop) {
        st = judge(&s, vd_sized_at(devices, stride, n, i), result);
        if (st != VERIDAC_OK)
            break;
        verdicts[i] = (veridac_verdict)result->judgement.verdict;
        stop = each != NULL && each(user, i, result) != 0;
        i++;
    }
    veridac_result_free(result);
    vd_cache_free(s.bare);
    *ret_done = i;
    return st;
}

veridac_answer vd_api_answer(const struct vd_answer *a)
{
    veridac_answer view = { .size = sizeof view,
                            .status = (veridac_revocation)a->status,
                            .reason = (int32_t)a->reason,
                            .source = a->source,
                            .this_update = a->this_update,
                            .next_update = a->next_update,
                            .last_ok = a->last_ok,
                            .snapshot = (uint32_t)a->snapshot,
                            .bucket = { .page = a->bucket.page, .n_pages = a->bucket.n_pages } };
    (void)vd_copy(view.bucket.tree, sizeof view.bucket.tree, VD_SPAN(a->bucket.tree));
    return view;
}

veridac_status veridac_result_look(const veridac_result *result, veridac_result_view *ret)
{
    veridac_result_view view;

    if (result == NULL || !result->filled || !vd_sized_fits(VD_UPTO(veridac_result_view, pai), ret))
        return VERIDAC_MISUSE;
    view = (veridac_result_view){ .verdict = (veridac_verdict)result->judgement.verdict,
                                  .enforced = result->judgement.enforced,
                                  .at = result->at,
                                  .n_findings = (uint32_t)result->judgement.findings.n,
                                  .dac = &result->dac,
                                  .pai = &result->pai };
    if (!vd_policy_id(&result->policy, result->policy_lists, view.policy_id))
        return VERIDAC_NO_MEMORY;
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

veridac_status veridac_result_finding(const veridac_result *result, uint32_t i, veridac_finding *ret)
{
    veridac_finding view;

    if (result == NULL || !result->filled || i >= result->judgement.findings.n ||
        !vd_sized_fits(VD_UPTO(veridac_finding, sdk_code), ret))
        return VERIDAC_MISUSE;
    view = vd_api_finding(&result->judgement.findings.v[i]);
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

static bool explained(const veridac_result *r, uint8_t policy_id[VD_SHA256], struct vd_explained *ret)
{
    *ret = (struct vd_explained){ &r->judgement, &r->policy, policy_id, r->snapshots, r->n_snapshots };
    return vd_policy_id(&r->policy, r->policy_lists, policy_id);
}

veridac_status veridac_result_json(const veridac_result *result, veridac_buffer *ret)
{
    struct vd_buf b = VD_BUF(1u << 20);
    uint8_t policy_id[VD_SHA256];
    struct vd_explained e;
    if (result == NULL || !result->filled || ret == NULL)
        return VERIDAC_MISUSE;
    if (!explained(result, policy_id, &e))
        return VERIDAC_NO_MEMORY;
    (void)vd_explain_json(&e, &b);
    return vd_api_give(&b, ret);
}

veridac_status veridac_result_text(const veridac_result *result, int32_t colour, veridac_buffer *ret)
{
    struct vd_buf b = VD_BUF(1u << 20);
    uint8_t policy_id[VD_SHA256];
    struct vd_explained e;
    if (result == NULL || !result->filled || ret == NULL)
        return VERIDAC_MISUSE;
    if (!explained(result, policy_id, &e))
        return VERIDAC_NO_MEMORY;
    (void)vd_explain_text(&e, colour != 0, &b);
    return vd_api_give(&b, ret);
}
