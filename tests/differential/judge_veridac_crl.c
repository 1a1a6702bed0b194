/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_veridac_crl.c - veridac's view of a CRL: one point, the way from the ledger to a set.
 *
 * The bytes are fed in chunks of changing size: the result must not depend on them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge_veridac.h"
#include "revset_int.h"

static veridac_bytes octets(struct octets_in in)
{
    return (veridac_bytes){ in.p, in.n };
}

static veridac_bytes text(const char *s)
{
    return (veridac_bytes){ (const uint8_t *)s, strlen(s) };
}

static struct vd_revset *one_point(struct judge *j, const struct crl_in *in)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    veridac_point p = { .size = sizeof p,
                        .vid = in->vid,
                        .is_paa = in->is_paa,
                        .revocation_type = 1,
                        .label = text("point"),
                        .url = text(in->url),
                        .issuer_key_id = text(in->key_id),
                        .signer = octets(in->signer) };
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST,
                                       .at = in->at };
    veridac_revset *set = NULL;
    struct vd_revset *inside;

    if (in->delegated && !in->is_paa)
        p.delegator = octets(in->ca);
    if (j->paa == NULL)
        judge_must(veridac_trust_new(&j->paa) == VERIDAC_OK &&
                       veridac_trust_add_paa(j->paa, octets(in->paa), &from, NULL) == VERIDAC_OK,
                   "the PAA of the CRLs");
    judge_must(veridac_revset_new(j->paa, &o, &set) == VERIDAC_OK &&
                   veridac_revset_add_point(set, &p) == VERIDAC_OK &&
                   veridac_revset_bind(set) == VERIDAC_OK,
               "veridac_revset");
    inside = set->set;
    judge_must(vd_revset_point(inside, 0)->p.bound, "binding the point");
    free(set); /* the handle; what it held is judged with internal eyes */
    return inside;
}

static void feed(struct vd_revset *set, const struct crl_in *in)
{
    size_t at = 0, chunk = 1 + in->crl.n % 97;
    struct vd_rev_feed *crl = NULL;

    judge_must(vd_revset_crl_begin(set, vd_revset_url(set, 0), in->at, &crl) == VD_REVSET_OK, "begin");
    while (at < in->crl.n) {
        size_t n = in->crl.n - at < chunk ? in->crl.n - at : chunk;
        vd_revset_crl_feed(crl, (struct vd_span){ in->crl.p + at, n });
        at += n;
        chunk = chunk * 2 + 1;
    }
    judge_must(vd_revset_crl_end(crl) == VD_REVSET_OK, "end");
    judge_must(vd_revset_finish(set) == VD_REVSET_OK, "finish");
}

static void write_serials(const struct vd_rev_point *p, struct crl_view *ret)
{
    struct vd_span in = vd_buf_span(&p->crl.serials), magnitude;
    size_t at = 0;
    uint8_t n;

    while (vd_take_u8(&in, &n) && vd_take(&in, n, &magnitude)) {
        judge_must(at + 2 * (size_t)n + 2 < sizeof ret->serials, "room for serials");
        for (size_t i = 0; i < n; i++)
            at += (size_t)snprintf(ret->serials + at, 3, "%02X", magnitude.p[i]);
        ret->serials[at++] = ' ';
    }
    ret->serials[at] = 0;
    ret->read = true;
}

/* Which findings are about authenticity is vd_crl_check's own order: the first complete-level rule
 * has number 6201. */
static bool about_authenticity(const struct vd_finding *f)
{
    return f->rule < VD_RULE_CRL_TIME ||
           (f->rule == VD_RULE_CRL_TIME && strncmp(f->found, "thisUpdate is none", 18) == 0);
}

void judge_crl(struct judge *j, const struct crl_in *in, struct crl_view *ret)
{
    struct vd_revset *set = one_point(j, in);
    const struct vd_rev_point *p = vd_revset_point(set, 0);

    feed(set, in);
    ret->why = ret->not_authentic = (struct view){ .n = 0 };
    ret->read = false;
    ret->authentic = p->crl.authentic;
    for (size_t i = 0; i < p->n_findings; i++) {
        const struct vd_finding *f = &p->findings[i];
        if (f->severity < VD_SEVERITY_INCOMPLETE)
            continue;
        judge_add(&ret->why, vd_rule_row(f->rule)->slug, f->found);
        if (about_authenticity(f))
            judge_add(&ret->not_authentic, vd_rule_row(f->rule)->slug, f->found);
    }
    judge_must(p->crl.complete == (ret->why.n == 0), "a reason for every fault");
    judge_must(p->crl.authentic || ret->not_authentic.n > 0, "a reason for not being authentic");
    if (p->crl.authentic)
        write_serials(p, ret);
    vd_revset_free(set);
}
