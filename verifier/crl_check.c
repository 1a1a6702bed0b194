/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_check.c - one CRL against one bound point.
 */
#include "crl_check.h"

#include <inttypes.h>

#include "text.h"

#define ON VD_ON_CRL

/* ---- authentic ---- */

static void check_form(const struct vd_crl *c, struct vd_crl_worth *w, struct vd_findings *f)
{
    if (c->version != 1)
        (void)vd_find(f, VD_RULE_CRL_VERSION, ON, "v2 (INTEGER 1)", "INTEGER %" PRIu64, c->version);
    if (c->algorithms_equal &&
        (c->algorithm == VD_ALG_MLDSA44 || c->algorithm == VD_ALG_MLDSA65)) {
        (void)vd_find(f, VD_RULE_ALGORITHM_UNSUPPORTED, ON, "ecdsa-with-SHA256", "%s",
                      vd_algorithm_text(c->algorithm));
        w->unsupported = true;
    } else if (!c->algorithms_equal || c->algorithm != VD_ALG_ECDSA_SHA256) {
        (void)vd_find(f, VD_RULE_CRL_ALGORITHM, ON, "ecdsa-with-SHA256 twice", "%s%s",
                      vd_algorithm_text(c->algorithm), c->algorithms_equal ? "" : ", not the same");
    }
}

static void check_signer_names(const struct vd_crl *c, const struct vd_cert *signer,
                               struct vd_findings *f)
{
    char found[VD_HEX_TEXT], wanted[VD_HEX_TEXT];
    if (!vd_span_eq(c->issuer, signer->subject.der))
        (void)vd_find(f, vd_name_eq_normalised(c->issuer, signer->subject.der)
                             ? VD_RULE_CRL_ISSUER_NORMALISED
                             : VD_RULE_CRL_ISSUER,
                      ON, "the signer's subject", "another name");
    if (c->akid.n == 0 || !vd_span_eq(c->akid, signer->skid))
        (void)vd_find(f, VD_RULE_CRL_AKID, ON, vd_hex_text(signer->skid, wanted), "%s",
                      c->akid.n == 0 ? "none, or malformed" : vd_hex_text(c->akid, found));
}

static void check_validity(const struct vd_crl *c, const struct vd_cert *cert,
                           enum vd_subject on, struct vd_findings *f)
{
    char at[VD_TIME_TEXT];
    if (cert->times_ok && c->this_update >= cert->not_before && c->this_update <= cert->not_after)
        return;
    vd_time_text(c->this_update, at);
    (void)vd_find(f, VD_RULE_CRL_SIGNER_VALIDITY, on, "valid at thisUpdate", "not valid at %s", at);
}

static void check_signature(const struct vd_crl *c, const struct vd_cert *signer, struct vd_findings *f)
{
    const enum vd_check got = vd_sig_check_digest(signer->key, c->digest, c->signature);
    if (got == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, ON, NULL, "signature not checked");
    else if (got != VD_CHECK_GOOD)
        (void)vd_find(f, VD_RULE_CRL_SIGNATURE, ON, NULL,
                      "the signature does not verify with the signer's key");
}

struct vd_crl_worth vd_crl_check_authentic(const struct vd_crl_context *in, struct vd_findings *f)
{
    struct vd_crl_worth w = { .authentic = false };
    const struct vd_crl *c = in->crl;
    const struct vd_point *p = in->point;
    size_t from = f->n;

    check_form(c, &w, f);
    check_signer_names(c, &p->signer, f);
    if (c->this_ok) {
        check_validity(c, &p->signer, VD_ON_CRL_SIGNER, f);
        if (p->delegate)
            check_validity(c, p->ca, VD_ON_CRL_DELEGATOR, f);
        check_validity(c, &p->paa->cert, VD_ON_PAA, f);
    } else {
        (void)vd_find(f, VD_RULE_CRL_TIME, ON, "a DER time", "thisUpdate is none");
    }
    if (!w.unsupported)
        check_signature(c, &p->signer, f);
    w.authentic = true;
    for (size_t i = from; i < f->n; i++)
        w.authentic = w.authentic && f->v[i].severity < VD_SEVERITY_INCOMPLETE;
    return w;
}

/* ---- complete ---- */

static void check_dates(const struct vd_crl *c, struct vd_findings *f)
{
    if (!c->has_next_update)
        (void)vd_find(f, VD_RULE_CRL_NEXT_UPDATE, ON, "nextUpdate", "none");
    else if (!c->next_ok)
        (void)vd_find(f, VD_RULE_CRL_TIME, ON, "a DER time", "nextUpdate is none");
    else if (c->this_ok && c->next_update < c->this_update)
        (void)vd_find(f, VD_RULE_CRL_TIME, ON, "thisUpdate <= nextUpdate", "the other way round");
}

static void check_extensions(const struct vd_crl *c, struct vd_findings *f)
{
    if (!c->has_number || c->number_malformed || c->number_critical)
        (void)vd_find(f, VD_RULE_CRL_NUMBER, ON, "not critical, 1 to 20 octets",
                      !c->has_number ? "none" : c->number_malformed ? "malformed" : "critical");
    if (c->akid_critical)
        (void)vd_find(f, VD_RULE_CRL_AKID, ON, "not critical", "critical");
    if (c->unknown_critical)
        (void)vd_find(f, VD_RULE_CRL_CRITICAL_EXTENSION, ON, "known, or not critical", "critical");
    if (c->has_delta)
        (void)vd_find(f, VD_RULE_CRL_DELTA, ON, "a full CRL", "deltaCRLIndicator");
    if (c->duplicate_extension || c->explicit_false)
        (void)vd_find(f, VD_RULE_CRL_EXTENSION_ENCODING, ON, "once, no encoded default",
                      c->duplicate_extension ? "an extension twice" : "an encoded FALSE");
}

static void check_scope(const struct vd_crl_context *in, struct vd_findings *f)
{
    const struct vd_crl *c = in->crl;
    bool lists_cas = in->point->is_paa;

    if (c->only_attribute || (lists_cas && c->only_user) || (!lists_cas && c->only_ca))
        (void)vd_find(f, VD_RULE_CRL_IDP_SCOPE, ON,
                      lists_cas ? "CA certificates (PAIs)" : "user certificates (DACs)",
                      c->only_attribute ? "attribute certificates only"
                      : c->only_user    ? "user certificates only"
                                        : "CA certificates only");
    if (c->some_reasons)
        (void)vd_find(f, VD_RULE_CRL_IDP_REASONS, ON, "all reasons", "onlySomeReasons");
    if (in->point->delegate && !c->indirect)
        (void)vd_find(f, VD_RULE_CRL_IDP_INDIRECT, ON, "indirectCRL TRUE", "not indirect");
}

/* With one point the distribution point may be missing; when it is there it must be this URL,
 * because a CRL that speaks for another URL is a part of something else. */
static void check_url(const struct vd_crl_context *in, struct vd_findings *f)
{
    const struct vd_crl *c = in->crl;
    struct vd_span url = vd_span_str(in->point->url);
    char shown[160];
    struct vd_buf b = VD_BUF_ON(shown);

    if (c->idp_uris == 0 && !c->idp_other_names) {
        if (in->partitioned)
            (void)vd_find(f, VD_RULE_CRL_IDP_MISSING, ON, in->point->url,
                          "no URL in a distribution point");
        return;
    }
    if (c->idp_uris == 1 && !c->idp_other_names && vd_span_eq(c->idp_uri, url))
        return;
    (void)vd_printable(c->idp_uri, &b);
    (void)vd_find(f, VD_RULE_CRL_IDP_URL, ON, in->point->url, "%u URLs, %.*s", c->idp_uris,
                  (int)b.n, shown);
}

static void check_idp(const struct vd_crl_context *in, struct vd_findings *f)
{
    const struct vd_crl *c = in->crl;
    if (c->has_idp && (c->idp_malformed || !c->idp_critical))
        (void)vd_find(f, VD_RULE_CRL_IDP, ON, "well-formed and critical",
                      c->idp_malformed ? "malformed" : "not critical");
    if (!c->idp_malformed) {
        check_scope(in, f);
        check_url(in, f);
    }
}

static void count(struct vd_findings *f, enum vd_rule rule, uint64_t n, const char *what)
{
    if (n > 0)
        (void)vd_find(f, rule, ON, "0 entries", "%" PRIu64 " entries %s", n, what);
}

static void check_entries(const struct vd_crl_context *in, struct vd_findings *f)
{
    const struct vd_crl *c = in->crl;

    count(f, VD_RULE_CRL_ENTRY_SERIAL, c->bad_serials, "with such a serial");
    count(f, VD_RULE_CRL_ENTRY_DATE, c->bad_dates, "with such a date");
    count(f, VD_RULE_CRL_ENTRY_EXTENSION, c->bad_extensions, "with a malformed extension");
    count(f, VD_RULE_CRL_ENTRY_EXTENSION, c->unknown_critical_entries,
          "with an unknown critical extension");
    count(f, VD_RULE_CRL_ENTRY_REMOVAL, c->removals, "with removeFromCRL");
    if (!c->indirect)
        count(f, VD_RULE_CRL_ENTRY_ISSUER, c->issuer_extensions, "in a CRL that is not indirect");
    else
        count(f, VD_RULE_CRL_ENTRY_ISSUER, c->uncritical_issuers, "where it is not critical");
    if (c->empty_list)
        (void)vd_find(f, VD_RULE_CRL_EMPTY_LIST, ON, NULL, "an empty SEQUENCE");
}

static void check_unassigned(const struct vd_crl_context *in, struct vd_findings *f)
{
    if (!in->point->delegate || in->unassigned == 0)
        return;
    if (in->shared)
        (void)vd_find(f, VD_RULE_CRL_ENTRY_ISSUER_MISSING, ON, "certificateIssuer",
                      "%" PRIu64 " entries before the first one", in->unassigned);
    else
        (void)vd_find(f, VD_RULE_CRL_ENTRY_ISSUER_ASSUMED, ON, NULL, "%" PRIu64 " entries",
                      in->unassigned);
}

/* Faults that mean "a part is missing" rather than "this is wrong". */
static bool means_missing(enum vd_rule rule)
{
    static const enum vd_rule rules[] = { VD_RULE_CRL_IDP_MISSING, VD_RULE_CRL_IDP_URL,
                                          VD_RULE_CRL_IDP_REASONS,
                                          VD_RULE_CRL_ENTRY_ISSUER_MISSING };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i] == rule)
            return true;
    }
    return false;
}

void vd_crl_check_complete(const struct vd_crl_context *in, struct vd_crl_worth *w,
                           struct vd_findings *f)
{
    size_t from = f->n, faults = 0, missing = 0;

    check_dates(in->crl, f);
    check_extensions(in->crl, f);
    check_idp(in, f);
    check_entries(in, f);
    check_unassigned(in, f);
    for (size_t i = from; i < f->n; i++) {
        faults += f->v[i].severity >= VD_SEVERITY_INCOMPLETE;
        missing += means_missing(f->v[i].rule);
    }
    w->complete = w->authentic && faults == 0;
    w->incomplete = w->authentic && faults > 0 && faults == missing;
}
