/* SPDX-License-Identifier: Apache-2.0
 *
 * gather.c - a run record -> trust handle and revocation set.
 */
#include "gather.h"

#include <stdlib.h>
#include <string.h>

#include "compliance_list.h"
#include "limits.h"
#include "points_load.h"
#include "state.h"
#include "text.h"

/* ---- trust ---- */

static veridac_status add_anchor(const char *state, const struct vd_run *run,
                                 const struct vd_run_certificate *c, veridac_trust *trust,
                                 veridac_error *err)
{
    struct vd_buf der = VD_BUF(VD_MAX_INPUT);
    veridac_status st = vd_state_get(state, c->sha256, VD_MAX_INPUT, &der, err);
    const veridac_trust_source from = { .size = sizeof from, .network = run->network,
                                        .withdrawn = c->withdrawn, .as_of = run->time };
    veridac_bytes in = { der.p, der.n };

    if (st == VERIDAC_OK)
        st = c->kind == VD_RUN_ANCHOR ? veridac_trust_add_paa(trust, in, &from, NULL)
                                      : veridac_trust_add_cd_signer(trust, in, &from, NULL);
    vd_buf_free(&der);
    return st == VERIDAC_BAD_DATA ? VERIDAC_OK : st; /* not usable: counted below, not fatal */
}

veridac_status vd_gather_trust(const char *state, const struct vd_run *run, veridac_trust **ret,
                               veridac_error *err)
{
    veridac_trust_view view = { .size = sizeof view };
    veridac_trust *trust = NULL;
    veridac_status st = veridac_trust_new(&trust);

    for (size_t i = 0; st == VERIDAC_OK && i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        if (c->kind == VD_RUN_ANCHOR ? c->accepted || c->withdrawn
                                     : c->kind == VD_RUN_SIGNER && c->accepted)
            st = add_anchor(state, run, c, trust, err);
    }
    if (st == VERIDAC_OK)
        st = veridac_trust_look(trust, &view);
    if (st == VERIDAC_OK && view.main_paas + view.test_paas == 0)
        st = vd_fail(err, VERIDAC_BAD_DATA,
                     "%s: no PAA is accepted yet; sync --accept-anchor names those that are", state);
    if (st != VERIDAC_OK) {
        veridac_trust_free(trust);
        return st;
    }
    *ret = trust;
    return VERIDAC_OK;
}

/* ---- points ---- */

static veridac_status add_authorities(const char *state, const struct vd_run *run,
                                      veridac_revset *set, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < run->n_certificates; i++) {
        struct vd_buf der = VD_BUF(VD_MAX_INPUT);
        if (run->certificates[i].kind == VD_RUN_AUTHORITY) {
            st = vd_state_get(state, run->certificates[i].sha256, VD_MAX_INPUT, &der, err);
            if (st == VERIDAC_OK)
                st = veridac_revset_add_authority(set, (veridac_bytes){ der.p, der.n });
        }
        vd_buf_free(&der);
    }
    return st;
}

static veridac_status add_points(const char *state, const char *sha256, veridac_revset *set,
                                 bool adds_only, uint32_t *ret_broken, veridac_error *err)
{
    struct vd_buf lines = VD_BUF(VD_MAX_LISTS);
    veridac_status st = vd_state_get(state, sha256, VD_MAX_LISTS, &lines, err);

    if (st == VERIDAC_OK)
        st = vd_points_load_lines(set, vd_buf_span(&lines), adds_only, ret_broken, err);
    vd_buf_free(&lines);
    return st;
}

/* Certificates of the run that are revoked, or of which fewer nodes say so. */
struct said {
    struct vd_buf der; /* one after the other */
    veridac_bytes *v;
    size_t n, cap;
};

static void clear_said(struct said *s)
{
    vd_buf_free(&s->der);
    free(s->v);
}

static veridac_status read_said(const char *state, const struct vd_run *run, bool disputed,
                                struct said *ret, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    size_t at = 0;

    ret->der = VD_BUF((size_t)VD_MAX_NODES * VD_MAX_LISTS); /* no node may make it too small for others */
    for (size_t i = 0; st == VERIDAC_OK && i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        struct vd_buf one = VD_BUF(VD_MAX_INPUT);
        if (disputed ? !c->disputed : !c->withdrawn || c->kind != VD_RUN_AUTHORITY)
            continue;
        st = vd_state_get(state, c->sha256, VD_MAX_INPUT, &one, err);
        if (st == VERIDAC_OK && !vd_buf_put(&ret->der, vd_buf_span(&one)))
            st = ret->der.failed == VD_BUF_NO_MEMORY ? VERIDAC_NO_MEMORY : VERIDAC_TOO_LARGE;
        if (st == VERIDAC_OK &&
            !vd_grow((void **)&ret->v, ret->n, &ret->cap, sizeof *ret->v, VD_MAX_ISSUERS))
            st = vd_no_room(ret->n, VD_MAX_ISSUERS);
        if (st == VERIDAC_OK)
            ret->v[ret->n++].size = one.n;
        vd_buf_free(&one);
    }
    for (size_t i = 0; i < ret->n; at += ret->v[i++].size) { /* now they no longer move */
        struct vd_span der = VD_NO_SPAN;
        (void)vd_span_slice(vd_buf_span(&ret->der), at, ret->v[i].size, &der);
        ret->v[i].data = der.p;
    }
    return st;
}

static veridac_status new_set(const char *state, const struct vd_run *run,
                              const veridac_trust *trust, const struct vd_gather_options *options,
                              veridac_revset **ret, veridac_error *err)
{
    struct vd_buf compliance = VD_BUF(VD_MAX_BUNDLE);
    struct said revoked = { .n = 0 }, disputed = { .n = 0 };
    veridac_status st = VERIDAC_OK;

    if (options->compliance)
        st = vd_state_compliance(state, run, &compliance, err);
    if (st == VERIDAC_OK)
        st = read_said(state, run, false, &revoked, err);
    if (st == VERIDAC_OK)
        st = read_said(state, run, true, &disputed, err);
    if (st == VERIDAC_OK) {
        const veridac_revset_options o = { .size = sizeof o, .network = run->network,
                                           .at = run->time,
                                           .accept_shrink = options->accept_shrink,
                                           .n_accept_shrink = options->n_accept_shrink,
                                           .revoked = revoked.v, .n_revoked = revoked.n,
                                           .disputed = disputed.v, .n_disputed = disputed.n,
                                           .compliance = { compliance.p, compliance.n } };
        st = veridac_revset_new(trust, &o, ret);
    }
    clear_said(&revoked);
    clear_said(&disputed);
    vd_buf_free(&compliance);
    return st;
}

veridac_status vd_gather_points(const char *state, const struct vd_run *run,
                                const veridac_trust *trust, veridac_revset **ret,
                                const struct vd_gather_options *options, uint32_t *ret_broken,
                                veridac_error *err)
{
    veridac_revset *set = NULL;
    veridac_status st = new_set(state, run, trust, options, &set, err);

    if (st == VERIDAC_OK)
        st = add_points(state, run->points, set, false, ret_broken, err);
    if (st == VERIDAC_OK)
        st = add_points(state, run->adding, set, true, ret_broken, err);
    if (st == VERIDAC_OK)
        st = add_authorities(state, run, set, err);
    if (st == VERIDAC_OK)
        st = veridac_revset_bind(set);
    if (st != VERIDAC_OK) {
        veridac_revset_free(set);
        return st;
    }
    *ret = set;
    return VERIDAC_OK;
}

/* ---- what counts, and all of it ---- */

bool vd_gather_prune(struct vd_run *run, const veridac_revset *set)
{
    uint32_t *counting = calloc(run->n_crls + 1, sizeof *counting);
    const bool done = counting != NULL;
    veridac_point_view p = { .size = sizeof p };

    for (uint32_t k = 0; counting != NULL && veridac_revset_point(set, k, &p) == VERIDAC_OK; k++) {
        const struct vd_run_crl *c = vd_run_crl(run, p.url);
        if (c != NULL)
            counting[c - run->crls] |= p.counting;
    }
    for (size_t i = 0; counting != NULL && i < run->n_crls; i++)
        vd_run_prune(&run->crls[i], counting[i]);
    free(counting);
    return done;
}

veridac_status veridac_state_open(const char *state, int64_t at, veridac_trust **ret_trust,
                                  veridac_revset **ret_set, veridac_error *err)
{
    const struct vd_gather_options all = { .compliance = true };
    uint32_t broken = 0;
    struct vd_run run = { .number = 0 };
    veridac_trust *trust = NULL;
    veridac_revset *set = NULL;
    veridac_status st;

    if (state == NULL || ret_trust == NULL || ret_set == NULL)
        return VERIDAC_MISUSE;
    st = vd_state_run(state, at, &run, err);
    if (st == VERIDAC_OK && run.number == 0)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: no evidence of this time or before; run sync",
                     state);
    if (st == VERIDAC_OK)
        st = vd_gather_trust(state, &run, &trust, err);
    if (st == VERIDAC_OK)
        st = vd_gather_points(state, &run, trust, &set, &all, &broken, err);
    if (st == VERIDAC_OK)
        st = vd_gather_crls(state, &run, set, NULL, err);
    vd_run_clear(&run);
    if (st != VERIDAC_OK) {
        veridac_revset_free(set);
        veridac_trust_free(trust);
        return st;
    }
    *ret_trust = trust;
    *ret_set = set;
    return VERIDAC_OK;
}
