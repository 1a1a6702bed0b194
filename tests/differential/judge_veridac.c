/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_veridac.c - veridac's view of a chain.
 *
 * The PAA goes through the trust store's admission, the rest through veridac_verify. Nothing but
 * the chain is given, so the best verdict is UNDETERMINED: a view without reasons is one without
 * any error.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge_veridac.h"

#define JUDGED_AT INT64_C(1735689600) /* 2025-01-01; chains are judged at the DAC's notBefore */

void judge_must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "differential: %s failed\n", what);
        exit(70);
    }
}

struct judge *judge_new(void)
{
    struct judge *j = calloc(1, sizeof *j);
    judge_must(j != NULL && veridac_result_new(&j->result) == VERIDAC_OK &&
                   veridac_context_new(&j->context) == VERIDAC_OK,
               "veridac_result_new");
    return j;
}

void judge_free(struct judge *j)
{
    veridac_trust_free(j->paa);
    veridac_trust_free(j->cd_signers);
    veridac_result_free(j->result);
    veridac_context_free(j->context);
    free(j);
}

/* Where the structure broke is part of the reason: "dac-der" alone would hide too much. So is
 * whether a critical extension is unknown or cannot be read. */
void judge_add(struct view *ret, const char *slug, const char *found)
{
    static const char broken[] = "broken at ";
    size_t n = strlen(slug);

    if (n > 4 && strcmp(slug + n - 4, "-der") == 0 && strncmp(found, broken, strlen(broken)) == 0)
        view_no(ret, "%s@%s", slug, found + strlen(broken));
    else if (n > 19 && strcmp(slug + n - 19, "-critical-extension") == 0 &&
             strstr(found, ", value ") != NULL)
        view_no(ret, "%s@unreadable", slug);
    else
        view_no(ret, "%s", slug);
}

static void admit(veridac_trust *trust, struct octets_in paa, struct view *ret)
{
    static struct vd_findings f;
    enum vd_admission got;

    vd_findings_reset(&f);
    got = vd_trust_admit_paa(trust->trust, (struct vd_span){ paa.p, paa.n }, VD_NETWORK_TEST, &f);
    judge_must(got == VD_ADMITTED || got == VD_REFUSED, "vd_trust_admit_paa");
    for (size_t i = 0; got == VD_REFUSED && i < f.n; i++) {
        if (f.v[i].severity >= VD_SEVERITY_INCOMPLETE)
            judge_add(ret, vd_rule_row(f.v[i].rule)->slug, f.v[i].found);
    }
    judge_must((got == VD_REFUSED) == (ret->n > 0), "a reason for refusing a PAA");
}

/* What is missing on purpose, or because the one PAA was refused. */
static bool expected(const veridac_finding *f, bool no_paa)
{
    static const char *const slugs[] = { "no-proof-of-possession", "no-nonce",
                                         "no-basic-information",   "dac-revocation-unknown",
                                         "pai-revocation-unknown", "no-trust-anchors",
                                         "paa-not-found" };
    for (size_t i = 0; i < sizeof slugs / sizeof slugs[0] - (no_paa ? 0 : 2); i++) {
        if (strcmp(f->id, slugs[i]) == 0)
            return true;
    }
    return strcmp(f->severity, "note") == 0 || strcmp(f->severity, "warning") == 0;
}

void judge_chain(struct judge *j, const struct chain_in *in, struct view *ret)
{
    const veridac_policy policy = { .size = sizeof policy,
                                    .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    const veridac_device device = { .size = sizeof device,
                                    .dac = { in->dac.p, in->dac.n },
                                    .pai = { in->pai.p, in->pai.n },
                                    .vid = -1,
                                    .pid = -1,
                                    .software_version = -1 };
    veridac_result_view view = { .size = sizeof view };
    veridac_trust *trust = NULL;
    bool no_paa;

    *ret = (struct view){ .n = 0 };
    judge_must(veridac_trust_new(&trust) == VERIDAC_OK, "veridac_trust_new");
    admit(trust, in->paa, ret);
    no_paa = ret->n > 0;
    judge_must(veridac_verify(j->context, &device, trust, NULL, 0, &policy, JUDGED_AT, j->result) ==
                       VERIDAC_OK &&
                   veridac_result_look(j->result, &view) == VERIDAC_OK,
               "veridac_verify");
    judge_must(view.verdict != VERIDAC_ACCEPT, "an incomplete attestation is not accepted");
    for (uint32_t i = 0; i < view.n_findings; i++) {
        veridac_finding f = { .size = sizeof f };
        judge_must(veridac_result_finding(j->result, i, &f) == VERIDAC_OK,
                   "veridac_result_finding");
        if (!expected(&f, no_paa))
            judge_add(ret, f.id, f.found);
    }
    judge_must(ret->n > 0 || view.verdict == VERIDAC_UNDETERMINED, "a reason for rejecting");
    veridac_trust_free(trust);
}
