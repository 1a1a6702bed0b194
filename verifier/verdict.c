/* SPDX-License-Identifier: Apache-2.0
 *
 * verdict.c - the one coordinator.
 */
#include "verdict.h"

#include "certified.h"
#include "chain.h"
#include "claims.h"
#include "elements.h"
#include "local.h"
#include "nocsr.h"
#include "profile.h"

const char *vd_verdict_text(enum vd_verdict v)
{
    switch (v) {
    case VD_ACCEPT:
        return "accept";
    case VD_REJECT:
        return "reject";
    case VD_UNDETERMINED:
        break;
    }
    return "undetermined";
}

static bool given(struct vd_span s)
{
    return s.p != NULL;
}

/* ---- inputs ---- */

static void say_missing(const struct vd_device *in, struct vd_findings *f)
{
    const struct {
        bool missing;
        enum vd_rule rule;
        enum vd_subject on;
        const char *what;
    } rows[] = {
        { !given(in->dac), VD_RULE_NO_DAC, VD_ON_DAC, "the DAC" },
        { !given(in->pai), VD_RULE_NO_PAI, VD_ON_PAI, "the PAI" },
        { !given(in->elements), VD_RULE_NO_PROOF_OF_POSSESSION, VD_ON_ELEMENTS,
          "the attestation elements" },
        { !given(in->signature), VD_RULE_NO_PROOF_OF_POSSESSION, VD_ON_SIGNATURE,
          "the attestation signature" },
        { !given(in->challenge), VD_RULE_NO_PROOF_OF_POSSESSION, VD_ON_CHALLENGE,
          "the attestation challenge" },
        { !given(in->nonce), VD_RULE_NO_NONCE, VD_ON_NONCE, "the nonce" },
        { in->vid < 0, VD_RULE_NO_BASIC_INFORMATION, VD_ON_VID, "the vendor id" },
        { in->pid < 0, VD_RULE_NO_BASIC_INFORMATION, VD_ON_PID, "the product id" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].missing)
            (void)vd_find(f, rows[i].rule, rows[i].on, rows[i].what, "not given");
    }
}

static void check_sizes(const struct vd_device *in, struct vd_findings *f)
{
    const struct {
        struct vd_span bytes;
        enum vd_subject on;
    } rows[] = { { in->dac, VD_ON_DAC },           { in->pai, VD_ON_PAI },
                 { in->elements, VD_ON_ELEMENTS }, { in->signature, VD_ON_SIGNATURE },
                 { in->challenge, VD_ON_CHALLENGE }, { in->nonce, VD_ON_NONCE },
                 { in->nocsr, VD_ON_NOCSR },       { in->csr_nonce, VD_ON_NONCE },
                 { in->nocsr_signature, VD_ON_NOCSR_SIGNATURE } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].bytes.n > VD_MAX_INPUT)
            (void)vd_find(f, VD_RULE_INPUT_SIZE, rows[i].on, "at most 65536 bytes", "%zu bytes",
                          rows[i].bytes.n);
    }
    if (given(in->challenge) && in->challenge.n != 16)
        (void)vd_find(f, VD_RULE_CHALLENGE_LENGTH, VD_ON_CHALLENGE, "16 octets", "%zu octets",
                      in->challenge.n);
    if (given(in->nonce) && in->nonce.n != 32)
        (void)vd_find(f, VD_RULE_NONCE_LENGTH, VD_ON_NONCE, "32 octets", "%zu octets", in->nonce.n);
}

/* Nothing that is far too large is looked into. */
static struct vd_span readable(struct vd_span in)
{
    return in.n > VD_MAX_INPUT ? VD_NO_SPAN : in;
}

/* ---- stages ---- */

static void read_cert(struct vd_span in, struct vd_cert *ret)
{
    *ret = (struct vd_cert){ .parsed = false };
    if (given(in))
        (void)vd_cert_read(in, ret);
}

static void check_profiles(const struct vd_device *in, const struct vd_chain *chain,
                           struct vd_findings *f)
{
    if (given(in->dac))
        vd_profile_check(chain->dac, VD_ROLE_DAC, VD_ON_DAC, vd_profile_names(chain->pai, chain->dac),
                         f);
    if (given(in->pai) && in->pai.n == 0)
        (void)vd_find(f, VD_RULE_PAI_EMPTY, VD_ON_PAI, "a certificate", "0 bytes");
    else if (given(in->pai))
        vd_profile_check(chain->pai, VD_ROLE_PAI, VD_ON_PAI, vd_chain_knows_issuer(chain), f);
}

static void check_nonce(const struct vd_device *in, const struct vd_elements *e,
                        struct vd_findings *f)
{
    if (!e->has_nonce)
        return;
    if (e->nonce.n != 32)
        (void)vd_find(f, VD_RULE_NONCE_LENGTH, VD_ON_ELEMENTS, "32 octets", "%zu octets",
                      e->nonce.n);
    else if (given(in->nonce) && !vd_span_eq(e->nonce, in->nonce))
        (void)vd_find(f, VD_RULE_NONCE_MISMATCH, VD_ON_ELEMENTS, "the nonce that was sent",
                      "another nonce");
}

/* Needs the DAC's key; without a response, only whether the key is one. */
static void check_possession(struct vd_cache *cache, const struct vd_device *in,
                             const struct vd_cert *dac, struct vd_findings *f)
{
    bool all = given(in->elements) && given(in->signature) && given(in->challenge);
    enum vd_check got = VD_CHECK_GOOD;

    if (given(in->signature) && in->signature.n > VD_RAW_SIG)
        (void)vd_find(f, VD_RULE_ATTESTATION_SIGNATURE_LONG, VD_ON_SIGNATURE, "64 octets",
                      "%zu octets", in->signature.n);
    else if (given(in->signature) && in->signature.n != VD_RAW_SIG)
        (void)vd_find(f, VD_RULE_ATTESTATION_SIGNATURE_LENGTH, VD_ON_SIGNATURE, "64 octets",
                      "%zu octets", in->signature.n);
    if (dac->key_kind == VD_KEY_P256)
        got = all && in->signature.n == VD_RAW_SIG
                  ? vd_cache_check_raw(cache, dac->key, in->elements, in->challenge, in->signature)
                  : vd_point_check(dac->key);
    if (got == VD_CHECK_NO_KEY)
        (void)vd_find(f, VD_RULE_DAC_PUBLIC_KEY, VD_ON_DAC, "a point on P-256", "not on the curve");
    else if (got == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_SIGNATURE, NULL, "signature not checked");
    else if (got == VD_CHECK_BAD)
        (void)vd_find(f, VD_RULE_ATTESTATION_SIGNATURE, VD_ON_SIGNATURE, NULL,
                      "the signature does not verify with the DAC's key");
}

/* One certificate of the chain, and its issuer's certificate, if that is there. */
struct asked {
    const struct vd_cert *c;
    struct vd_span issuer;
    enum vd_subject on;
};

static struct vd_answer look_up(const struct asked *q, const struct vd_snapshot *const *snapshots, size_t n,
                                const struct vd_policy *policy, const struct vd_terms *general,
                                struct vd_findings *f)
{
    static const struct {
        enum vd_rule revoked, unknown;
    } rules[] = { { VD_RULE_DAC_REVOKED, VD_RULE_DAC_REVOCATION_UNKNOWN },
                  { VD_RULE_PAI_REVOKED, VD_RULE_PAI_REVOCATION_UNKNOWN } };
    const struct vd_id *vid = &q->c->subject.vid;
    struct vd_answer a = { .reason = VD_REASON_NO_DATA, .source = "" };
    struct vd_terms terms = *general;
    char hex[VD_HEX_TEXT];

    if (!q->c->parsed)
        return a; /* what cannot be read cannot be looked up; the reading has its own findings */
    terms.max_crl_age_s = vd_policy_crl_age(policy, q->c->akid, vid->state == VD_ID_PRESENT ? vid->value : -1);
    a = vd_lookup_all(snapshots, n, q->c->issuer.der, q->c->akid, q->c->serial, &terms);
    vd_policy_short_lived(policy, q->c, q->issuer, q->on, terms.at, &a, f);
    if (a.no_memory)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, q->on, NULL, "not looked up");
    if (a.status == VD_STATUS_REVOKED)
        (void)vd_find(f, rules[q->on == VD_ON_PAI].revoked, q->on, "not listed",
                      "serial %s, listed by %s", vd_hex_text(q->c->magnitude, hex),
                      a.source[0] ? a.source : "the snapshot");
    else if (a.status == VD_STATUS_UNKNOWN)
        (void)vd_find(f, rules[q->on == VD_ON_PAI].unknown, q->on, "good", "%s", vd_reason_text(a.reason));
    return a;
}

/* ---- all together ---- */

/* What the SDK does otherwise: size is not compared, notBefore must fit 32 bits. */
static void apply_sdk_compat(struct vd_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        struct vd_finding *one = &f->v[i];
        if (one->rule == VD_RULE_DAC_SIZE || one->rule == VD_RULE_PAI_SIZE)
            one->severity = VD_SEVERITY_WARNING;
        else if (one->rule == VD_RULE_DAC_NOT_BEFORE_RANGE)
            one->severity = VD_SEVERITY_ERROR;
    }
}

void vd_judge(struct vd_cache *cache, const struct vd_device *device, const struct vd_trust *trust,
              const struct vd_snapshot *const *snapshots, size_t n_snapshots,
              const struct vd_policy *policy, int64_t at, struct vd_judgement *ret)
{
    struct vd_findings *f = &ret->findings;
    const struct vd_terms terms = { at, policy->max_crl_age_s, policy->max_head_age_s,
                                    policy->clock_tolerance_s, device->proofs, device->n_proofs };
    const struct vd_device in = { readable(device->dac),       readable(device->pai),
                                  readable(device->elements),  readable(device->signature),
                                  readable(device->challenge), readable(device->nonce),
                                  device->vid,                 device->pid,
                                  readable(device->nocsr),
                                  readable(device->nocsr_signature),
                                  readable(device->csr_nonce),
                                  device->software_version, NULL, 0 };
    const struct vd_anchor *paa;
    struct vd_elements elements = { .has_cd = false };
    struct vd_cert dac, pai;
    struct vd_decl decl;
    const struct vd_chain chain = { &dac, &pai, trust, cache, policy->network, policy->sdk_compat,
                                    at };

    vd_findings_reset(f);
    say_missing(device, f);
    check_sizes(device, f);

    read_cert(in.dac, &dac);
    read_cert(in.pai, &pai);
    check_profiles(&in, &chain, f);
    vd_local_check(&(struct vd_local){ &dac, &pai, in.vid, in.pid, in.software_version, at, snapshots,
                                       n_snapshots, NULL, 0 }, f);
    paa = vd_chain_check(&chain, f);

    if (given(in.elements))
        (void)vd_elements_read(in.elements, &elements, f);
    check_nonce(&in, &elements, f);
    if (dac.parsed)
        check_possession(cache, &in, &dac, f);
    vd_nocsr_check(&(struct vd_nocsr_in){ in.nocsr, in.nocsr_signature, in.csr_nonce, in.challenge,
                                          &dac, cache }, f);
    if (elements.has_cd &&
        vd_claims_check(&(struct vd_claims){ elements.cd, &dac, &pai, paa, trust, cache,
                                             policy->network, in.vid, in.pid }, &decl, f)) {
        vd_policy_check_type(policy, decl.certification_type, f);
        vd_certified_check(&(struct vd_certified){ &decl, snapshots, n_snapshots, in.vid, in.pid,
                                                   in.software_version }, f);
    }
    vd_policy_check_vendors(policy, &(struct vd_policy_device){ in.vid, &dac, &pai }, f);

    ret->dac = look_up(&(struct asked){ &dac, pai.parsed ? pai.der : VD_NO_SPAN, VD_ON_DAC }, snapshots,
                       n_snapshots, policy, &terms, f);
    ret->pai = look_up(&(struct asked){ &pai, paa != NULL ? paa->cert.der : VD_NO_SPAN, VD_ON_PAI }, snapshots,
                       n_snapshots, policy, &terms, f);
    if (ret->dac.status == VD_STATUS_REVOKED && ret->pai.status == VD_STATUS_REVOKED)
        (void)vd_find(f, VD_RULE_PAI_AND_DAC_REVOKED, VD_ON_DAC, "none", "both");
    if (policy->sdk_compat)
        apply_sdk_compat(f);
    ret->enforced = policy->preset != VD_AUDIT;
    ret->verdict = vd_policy_decide(policy, &ret->dac, &ret->pai, f);
}
