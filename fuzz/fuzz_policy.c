/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_policy.c - policies as files, and what any of them makes of facts.
 *
 * Reaches: vd_policy_parse vd_policy_read_members vd_policy_wrong vd_policy_duration vd_policy_ages
 *          vd_policy_lives vd_policy_thresholds vd_policy_valid vd_policy_decide vd_policy_id vd_policy_lists
 *          vd_policy_crl_age
 * Properties: a file that is read is a policy that libveridac takes; one that is not says where. Whatever it
 * says, a revoked certificate, an error and what may be revoked are never accepted, nor what is not known unless
 * it says so. The same text has the same id.
 */
#include <string.h>

#include "fuzz.h"
#include "policy.h"
#include "policy_file.h"

static void judge(const struct vd_policy *p)
{
    static const struct vd_findings none = { .n = 0 };
    const struct vd_answer good = { .status = VD_STATUS_GOOD, .source = "" },
                           revoked = { .status = VD_STATUS_REVOKED, .source = "" };
    struct vd_findings error = { .n = 0 }, incomplete = { .n = 0 };

    (void)vd_find(&incomplete, VD_RULE_ALGORITHM_UNSUPPORTED, VD_ON_DAC, NULL, "x");
    INVARIANT(incomplete.v[0].severity == VD_SEVERITY_INCOMPLETE);
    INVARIANT(vd_policy_decide(p, &good, &good, &incomplete) == VD_UNDETERMINED);
    (void)vd_find(&error, VD_RULE_ATTESTATION_SIGNATURE, VD_ON_SIGNATURE, NULL, "x");
    INVARIANT(vd_policy_decide(p, &good, &good, &none) == VD_ACCEPT);
    for (unsigned reason = 0; reason < VERIDAC_REASON_COUNT; reason++) {
        const struct vd_answer unknown = { .status = VD_STATUS_UNKNOWN, .reason = (enum vd_reason)reason,
                                           .source = "" };
        const uint32_t bit = UINT32_C(1) << reason;
        const enum vd_verdict verdict = vd_policy_decide(p, &unknown, &good, &none);
        INVARIANT(verdict == vd_policy_decide(p, &good, &unknown, &none));
        INVARIANT(verdict != VD_ACCEPT || ((p->preset == VD_PERMISSIVE || (p->accept_unknown & bit) != 0) &&
                                           ((p->hold_unknown | p->reject_unknown) & bit) == 0));
        INVARIANT((p->reject_unknown & bit) == 0 || verdict == VD_REJECT);
        INVARIANT(vd_policy_decide(p, &revoked, &unknown, &none) == VD_REJECT);
        INVARIANT(vd_policy_decide(p, &unknown, &revoked, &none) == VD_REJECT);
        INVARIANT(vd_policy_decide(p, &unknown, &unknown, &error) == VD_REJECT);
        INVARIANT(reason != VD_REASON_UNCONFIRMED ||
                  vd_policy_decide(p, &unknown, &good, &none) != VD_ACCEPT);
    }
    for (size_t i = 0; i < p->n_ages; i++) {
        const veridac_age_limit *a = &p->ages[i];
        if (a->key_id.data != NULL)
            INVARIANT(vd_policy_crl_age(p, vd_span_of(a->key_id.data, a->key_id.size), 1) == a->max_crl_age_s);
        else
            INVARIANT(vd_policy_crl_age(p, VD_NO_SPAN, a->vid) == a->max_crl_age_s);
    }
}

static bool id_of(const veridac_policy_file *file, struct vd_policy *p, uint8_t ret[VD_SHA256])
{
    uint8_t lists[VD_SHA256];
    veridac_policy copy = file->policy;

    if (copy.network == 0)
        copy.network = VERIDAC_NETWORK_MAIN;
    INVARIANT(vd_policy_take(&copy, p));
    return vd_policy_lists(p, lists) && vd_policy_id(p, lists, ret);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    veridac_policy_file *file = NULL, *again = NULL;
    uint8_t id[VD_SHA256], same[VD_SHA256];
    veridac_error err = { "" };
    struct vd_policy p;

    if (vd_policy_parse("f", vd_span_of(data, size), &file, &err) != VERIDAC_OK) {
        INVARIANT(file == NULL && strncmp(err.text, "f:", 2) == 0);
        return 0;
    }
    INVARIANT(id_of(file, &p, id));
    judge(&p);
    INVARIANT(vd_policy_parse("g", vd_span_of(data, size), &again, &err) == VERIDAC_OK);
    INVARIANT(id_of(again, &p, same) && memcmp(id, same, sizeof id) == 0);
    veridac_policy_free(file);
    veridac_policy_free(again);
    return 0;
}
