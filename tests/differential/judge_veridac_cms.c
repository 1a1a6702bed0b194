/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_veridac_cms.c - veridac's view of a declaration's envelope: form, signer, signature.
 *
 * What the content says (4101 and on) is another question.
 */
#include <string.h>

#include "claims.h"
#include "judge_veridac.h"

static const struct vd_trust *signers(struct judge *j, const struct cms_in *in)
{
    static struct vd_findings f;

    if (j->cd_signers != NULL)
        return j->cd_signers->trust;
    judge_must(veridac_trust_new(&j->cd_signers) == VERIDAC_OK, "veridac_trust_new");
    for (size_t i = 0; i < CMS_IN_SIGNERS; i++) {
        vd_findings_reset(&f);
        judge_must(vd_trust_admit_cd_signer(j->cd_signers->trust,
                                            (struct vd_span){ in->signer[i].p, in->signer[i].n },
                                            VD_NETWORK_TEST, &f) == VD_ADMITTED,
                   "a signer of declarations");
    }
    return j->cd_signers->trust;
}

void judge_cms(struct judge *j, const struct cms_in *in, struct cms_view *ret)
{
    static struct vd_findings f, ignored;
    static struct vd_decl decl;
    const struct vd_cert none = { .parsed = false };
    const struct vd_span cd = { in->cd.p, in->cd.n };
    struct vd_cms cms;
    bool read;

    vd_findings_reset(&f);
    vd_findings_reset(&ignored);
    (void)vd_claims_check(&(struct vd_claims){ .cd = cd,
                                               .dac = &none,
                                               .pai = &none,
                                               .trust = signers(j, in),
                                               .cache = j->context->cache,
                                               .network = VD_NETWORK_TEST,
                                               .vid = -1,
                                               .pid = -1 },
                          &decl, &f);
    ret->why = (struct view){ .n = 0 };
    for (size_t i = 0; i < f.n; i++) {
        if (f.v[i].rule < VD_RULE_CD_TLV && f.v[i].severity >= VD_SEVERITY_INCOMPLETE)
            judge_add(&ret->why, vd_rule_row(f.v[i].rule)->slug, f.v[i].found);
    }
    read = vd_cms_read(cd, &cms, &ignored);
    judge_must(read || ret->why.n > 0, "a reason for every envelope that cannot be read");
    ret->n = 0;
    if (!read)
        return;
    judge_must(cms.content.n <= sizeof ret->content, "room for the content");
    ret->n = cms.content.n;
    if (ret->n > 0)
        memcpy(ret->content, cms.content.p, ret->n);
}
