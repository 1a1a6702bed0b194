/* SPDX-License-Identifier: Apache-2.0
 *
 * chain.c - chain rules.
 *
 * Validity is judged at the DAC's notBefore, not by the clock (Matter 6.2.3.1); names and key ids
 * are compared byte for byte; several PAAs with the wanted key id are all tried.
 */
#include "chain.h"

#include <inttypes.h>

#include "profile.h"
#include "text.h"

static void say_names(struct vd_findings *f, enum vd_rule exact, enum vd_rule normalised,
                      enum vd_subject on, struct vd_span issuer, struct vd_span subject)
{
    char found[160], wanted[160];
    struct vd_buf fb = VD_BUF_ON(found), wb = VD_BUF_ON(wanted);
    bool folded = vd_name_eq_normalised(issuer, subject);

    (void)vd_name_text(issuer, &fb);
    (void)vd_name_text(subject, &wb);
    wb.n -= wb.n == sizeof wanted;
    wanted[wb.n] = '\0';
    (void)vd_find(f, folded ? normalised : exact, on, wanted, "%.*s", (int)fb.n, found);
}

/* A signature under another algorithm is said by the profile; checking it would say nothing. */
static bool checkable(const struct vd_cert *c)
{
    return c->outer == VD_ALG_ECDSA_SHA256 || c->outer == VD_ALG_ECDSA_SHA256_NULL;
}

static void check_dac_under_pai(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_cert *dac = in->dac, *pai = in->pai;
    char found[VD_HEX_TEXT], wanted[VD_HEX_TEXT];
    enum vd_check signature;

    if (!vd_span_eq(dac->issuer.der, pai->subject.der))
        say_names(f, VD_RULE_DAC_ISSUER_NAME, VD_RULE_DAC_ISSUER_NAME_NORMALISED, VD_ON_DAC,
                  dac->issuer.der, pai->subject.der);
    if (dac->akid.n != 0 && pai->skid.n != 0 && !vd_span_eq(dac->akid, pai->skid))
        (void)vd_find(f, VD_RULE_DAC_KEY_ID_MISMATCH, VD_ON_DAC, vd_hex_text(pai->skid, wanted),
                      "%s", vd_hex_text(dac->akid, found));
    if (pai->key_kind != VD_KEY_P256 || !checkable(dac))
        return;
    signature = vd_cache_check_once(in->cache, pai->key, dac->tbs, dac->signature);
    if (signature == VD_CHECK_NO_KEY)
        (void)vd_find(f, VD_RULE_PAI_PUBLIC_KEY, VD_ON_PAI, "a point on P-256", "not on the curve");
    else if (signature == VD_CHECK_BAD)
        (void)vd_find(f, VD_RULE_DAC_SIGNATURE, VD_ON_DAC, NULL,
                      "the signature does not verify with the PAI's key");
    else if (signature == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_DAC, NULL, "signature not checked");
}

/* The signature on c against the kind of key that should have made it; 0: not known. */
static void check_signed_with(const struct vd_cert *c, enum vd_subject on, enum vd_key_kind issuer,
                              struct vd_findings *f)
{
    unsigned key = vd_key_strength(issuer), made = vd_algorithm_strength(c->outer);
    if (key != 0 && made != 0 && key != made)
        (void)vd_find(f, VD_RULE_CHAIN_ALGORITHMS, on, vd_key_text(issuer), "signed with %s",
                      vd_algorithm_text(c->outer));
}

static void check_strength(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_cert *pai = in->pai;
    unsigned issuer = vd_algorithm_strength(pai->outer);

    if (issuer != 0 && vd_key_strength(pai->key_kind) > issuer)
        (void)vd_find(f, VD_RULE_CHAIN_ALGORITHMS, VD_ON_PAI, "no stronger than its issuer's key",
                      "key %s, signed with %s", vd_key_text(pai->key_kind),
                      vd_algorithm_text(pai->outer));
    if (in->dac->parsed)
        check_signed_with(in->dac, VD_ON_DAC, pai->key_kind, f);
}

static void check_vendor_and_product(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_id *dv = &in->dac->subject.vid, *pv = &in->pai->subject.vid;
    const struct vd_id *dp = &in->dac->subject.pid, *pp = &in->pai->subject.pid;

    if (dv->state == VD_ID_PRESENT && pv->state == VD_ID_PRESENT && dv->value != pv->value)
        (void)vd_find(f, VD_RULE_DAC_VID_MISMATCH, VD_ON_DAC, "the same vendor id",
                      "DAC %04X, PAI %04X", dv->value, pv->value);
    if (dp->state == VD_ID_PRESENT && pp->state == VD_ID_PRESENT && dp->value != pp->value)
        (void)vd_find(f, VD_RULE_DAC_PID_MISMATCH, VD_ON_DAC, "the PAI's product id",
                      "DAC %04X, PAI %04X", dp->value, pp->value);
}

static bool check_window(const struct vd_cert *c, int64_t t, enum vd_rule rule, enum vd_subject on,
                         const char *when, struct vd_findings *f)
{
    char from[VD_TIME_TEXT], to[VD_TIME_TEXT], at[VD_TIME_TEXT], wanted[96];
    struct vd_buf b = VD_BUF_ON(wanted);

    if (t >= c->not_before && t <= c->not_after)
        return true;
    vd_time_text(c->not_before, from);
    vd_time_text(c->not_after, to);
    vd_time_text(t, at);
    (void)vd_buf_fmt(&b, "%s .. %s", from, to);
    (void)vd_find(f, rule, on, wanted, "%s %s", when, at);
    return false;
}

static void check_times(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_cert *dac = in->dac, *pai = in->pai;

    if (dac->times_ok && pai->parsed && pai->times_ok)
        (void)check_window(pai, dac->not_before, VD_RULE_PAI_VALIDITY, VD_ON_PAI,
                           "the DAC's notBefore", f);
    if (!dac->times_ok)
        return;
    if (in->sdk_compat)
        (void)check_window(dac, in->at, VD_RULE_DAC_EXPIRED_NOW, VD_ON_DAC, "the time", f);
    if (dac->not_before < 0 || dac->not_before > UINT32_MAX)
        (void)vd_find(f, VD_RULE_DAC_NOT_BEFORE_RANGE, VD_ON_DAC, NULL, "notBefore is %" PRId64,
                      dac->not_before);
}

/* ---- the anchor ---- */

enum fit { FIT_NONE = 0, FIT_NETWORK, FIT_NAME, FIT_SIGNATURE, FIT_UNCHECKED, FIT_ALL };

/* How far this PAA fits the PAI, worst reason first. */
static enum fit fit_of(const struct vd_chain *in, const struct vd_anchor *paa)
{
    enum vd_check signature = VD_CHECK_GOOD;

    if (paa->network != in->network)
        return FIT_NETWORK;
    if (!vd_span_eq(in->pai->issuer.der, paa->cert.subject.der))
        return FIT_NAME;
    if (checkable(in->pai))
        signature = vd_cache_check(in->cache, paa->cert.key, in->pai->tbs, in->pai->signature);
    return signature == VD_CHECK_GOOD        ? FIT_ALL
           : signature == VD_CHECK_NO_MEMORY ? FIT_UNCHECKED
                                             : FIT_SIGNATURE;
}

static bool issued_by(const struct vd_chain *in, enum vd_anchor_kind kind)
{
    const struct vd_anchor *a;
    for (size_t i = 0; (a = vd_trust_find(in->trust, kind, in->pai->akid, i)); i++) {
        if (vd_span_eq(in->pai->issuer.der, a->cert.subject.der))
            return true;
    }
    return false;
}

static enum vd_network other_network(enum vd_network n)
{
    return n == VD_NETWORK_MAIN ? VD_NETWORK_TEST : VD_NETWORK_MAIN;
}

/* How old the store is: a missing PAA is often one that was listed since. */
static void say_age(const struct vd_chain *in, struct vd_buf *out)
{
    const int64_t as_of = vd_trust_time(in->trust);
    char text[VD_TIME_TEXT];

    if (as_of == 0)
        return;
    vd_time_text(as_of, text);
    (void)vd_buf_fmt(out, ", as of %s", text);
    if (in->at > as_of && in->at - as_of >= 86400)
        (void)vd_buf_fmt(out, " (%" PRId64 " days old)", (in->at - as_of) / 86400);
}

static void say_not_found(const struct vd_chain *in, struct vd_findings *f)
{
    char hex[VD_HEX_TEXT], name[160], found[VD_MAX_EVIDENCE], wanted[VD_MAX_EVIDENCE];
    struct vd_buf nb = VD_BUF_ON(name), fb = VD_BUF_ON(found), wb = VD_BUF_ON(wanted);
    const struct vd_id *vid = &in->pai->subject.vid;
    const struct vd_anchor *refused =
        vd_trust_find(in->trust, VD_ANCHOR_PAA_REFUSED, in->pai->akid, 0);
    size_t here = vd_trust_count(in->trust, VD_ANCHOR_PAA, in->network);
    size_t all = vd_trust_count(in->trust, VD_ANCHOR_PAA, VD_NETWORK_NONE);

    if (all == 0) {
        (void)vd_find(f, VD_RULE_NO_TRUST_ANCHORS, VD_ON_PAA, "at least one PAA", "0 PAAs");
        return;
    }
    (void)vd_name_text(in->pai->issuer.der, &nb);
    (void)vd_buf_fmt(&wb, "subject key id %s", vd_hex_text(in->pai->akid, hex));
    if (vid->state == VD_ID_PRESENT)
        (void)vd_buf_fmt(&wb, ", for vendor id %04X", vid->value);
    (void)vd_buf_fmt(&wb, ", subject %.*s", (int)nb.n, name);
    wanted[wb.n < sizeof wanted ? wb.n : sizeof wanted - 1] = '\0';
    (void)vd_buf_fmt(&fb, "%zu PAAs of network %s, %zu of network %s", here,
                     vd_network_text(in->network), all - here,
                     vd_network_text(other_network(in->network)));
    say_age(in, &fb);
    if (refused != NULL)
        (void)vd_buf_fmt(&fb, "; one with this key id was refused: %s",
                         vd_rule_row(refused->refused_for)->slug);
    (void)vd_find(f, VD_RULE_PAA_NOT_FOUND, VD_ON_PAA, wanted, "%.*s", (int)fb.n, found);
}

static void say_unfit(const struct vd_chain *in, const struct vd_anchor *paa, enum fit fit,
                      struct vd_findings *f)
{
    switch (fit) {
    case FIT_NETWORK:
        (void)vd_find(f, VD_RULE_PAA_OTHER_NETWORK, VD_ON_PAA, vd_network_text(in->network),
                      "known in network %s", vd_network_text(paa->network));
        break;
    case FIT_NAME:
        say_names(f, VD_RULE_PAI_ISSUER_NAME, VD_RULE_PAI_ISSUER_NAME_NORMALISED, VD_ON_PAI,
                  in->pai->issuer.der, paa->cert.subject.der);
        break;
    case FIT_SIGNATURE:
        (void)vd_find(f, VD_RULE_PAI_SIGNATURE, VD_ON_PAI, NULL,
                      "the signature does not verify with the PAA's key");
        break;
    case FIT_UNCHECKED:
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_PAI, NULL, "signature not checked");
        break;
    case FIT_NONE:
    case FIT_ALL:
        break;
    }
}

/* Did a PAA that is trusted no longer issue this PAI? */
static bool withdrawn(const struct vd_chain *in)
{
    const struct vd_anchor *a;
    for (size_t i = 0;
         (a = vd_trust_find(in->trust, VD_ANCHOR_PAA_WITHDRAWN, in->pai->akid, i)) != NULL; i++) {
        if (fit_of(in, a) >= FIT_UNCHECKED)
            return true;
    }
    return false;
}

/* Is the PAA in the store, and left out only because this build cannot verify its signatures? */
static bool beyond_this_build(const struct vd_chain *in)
{
    const struct vd_anchor *a;
    for (size_t i = 0;
         (a = vd_trust_find(in->trust, VD_ANCHOR_PAA_REFUSED, in->pai->akid, i)) != NULL; i++) {
        if (a->refused_for == VD_RULE_ALGORITHM_UNSUPPORTED && a->network == in->network &&
            vd_profile_names(&a->cert, in->pai))
            return true;
    }
    return false;
}

/* A PAA that fits and was valid at the DAC's notBefore wins; one that fits but was not valid comes
 * next, so that the finding can say so. */
static const struct vd_anchor *find_paa(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_anchor *a, *best = NULL;
    enum fit best_fit = FIT_NONE;
    const struct vd_cert *dac = in->dac;
    char hex[VD_HEX_TEXT];

    for (size_t i = 0; (a = vd_trust_find(in->trust, VD_ANCHOR_PAA, in->pai->akid, i)); i++) {
        enum fit fit = fit_of(in, a);
        bool valid = !dac->parsed || !dac->times_ok ||
                     (dac->not_before >= a->cert.not_before &&
                      dac->not_before <= a->cert.not_after);
        if (fit == FIT_ALL && valid)
            return a;
        if (fit > best_fit) {
            best_fit = fit;
            best = a;
        }
    }
    if (best_fit == FIT_ALL)
        return best;
    if (withdrawn(in))
        (void)vd_find(f, VD_RULE_PAA_WITHDRAWN, VD_ON_PAA, "a PAA that is listed",
                      "subject key id %s", vd_hex_text(in->pai->akid, hex));
    else if (best_fit == FIT_NONE && beyond_this_build(in))
        (void)vd_find(f, VD_RULE_ALGORITHM_UNSUPPORTED, VD_ON_PAA, "P-256",
                      "subject key id %s is known, with an ML-DSA key",
                      vd_hex_text(in->pai->akid, hex));
    else if (best_fit == FIT_NONE)
        say_not_found(in, f);
    else
        say_unfit(in, best, best_fit, f);
    return NULL;
}

static bool self_issued(const struct vd_cert *c)
{
    return vd_span_eq(c->issuer.der, c->subject.der);
}

static const struct vd_anchor *check_anchor(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_id *pv = &in->pai->subject.vid, *av;
    const struct vd_anchor *paa;

    if (in->pai->akid.n == 0 || self_issued(in->pai))
        return NULL; /* nothing to look up; that has been said */
    if (issued_by(in, VD_ANCHOR_CD_SIGNER) || issued_by(in, VD_ANCHOR_CD_ROOT)) {
        (void)vd_find(f, VD_RULE_PAA_IS_CD_ROOT, VD_ON_PAA, "a PAA", "a declaration signer");
        return NULL;
    }
    paa = find_paa(in, f);
    if (paa == NULL)
        return NULL;
    check_signed_with(in->pai, VD_ON_PAI, paa->cert.key_kind, f);
    av = &paa->cert.subject.vid;
    if (av->state == VD_ID_PRESENT && pv->state == VD_ID_PRESENT && av->value != pv->value)
        (void)vd_find(f, VD_RULE_PAI_VID_SCOPE, VD_ON_PAI, "the PAA's vendor id",
                      "PAI %04X, PAA %04X", pv->value, av->value);
    if (in->dac->parsed && in->dac->times_ok)
        (void)check_window(&paa->cert, in->dac->not_before, VD_RULE_PAA_VALIDITY, VD_ON_PAA,
                           "the DAC's notBefore", f);
    return paa;
}

static void check_shape(const struct vd_chain *in, struct vd_findings *f)
{
    const struct vd_cert *dac = in->dac, *pai = in->pai;
    if (pai->parsed && self_issued(pai))
        (void)vd_find(f, VD_RULE_CHAIN_SHAPE, VD_ON_PAI, "issued by a PAA", "self-issued");
    if (dac->parsed && self_issued(dac))
        (void)vd_find(f, VD_RULE_CHAIN_SHAPE, VD_ON_DAC, "issued by a PAI", "self-issued");
}

const struct vd_anchor *vd_chain_check(const struct vd_chain *in, struct vd_findings *f)
{
    check_shape(in, f);
    if (in->dac->parsed && in->pai->parsed) {
        check_dac_under_pai(in, f);
        check_vendor_and_product(in, f);
    }
    if (in->dac->parsed)
        check_times(in, f);
    if (in->pai->parsed)
        check_strength(in, f);
    return in->pai->parsed ? check_anchor(in, f) : NULL;
}

bool vd_chain_knows_issuer(const struct vd_chain *in)
{
    const struct vd_anchor *a;
    for (size_t i = 0; (a = vd_trust_find(in->trust, VD_ANCHOR_PAA, in->pai->akid, i)); i++) {
        if (a->network == in->network && vd_profile_names(&a->cert, in->pai))
            return true;
    }
    return false;
}
