/* SPDX-License-Identifier: Apache-2.0
 *
 * api_revset.c - the border: revocation sets.
 */
#include <stdlib.h>
#include <string.h>

#include "api.h"
#include "armor.h"

static veridac_status status_of(enum vd_revset_status st)
{
    switch (st) {
    case VD_REVSET_OK:
        return VERIDAC_OK;
    case VD_REVSET_ORDER:
        return VERIDAC_MISUSE;
    case VD_REVSET_MEMORY:
        return VERIDAC_NO_MEMORY;
    case VD_REVSET_LIMIT:
        break;
    }
    return VERIDAC_TOO_LARGE;
}

static bool key_ids_ok(const veridac_revset_options *o)
{
    if (o->n_accept_shrink > 0 && o->accept_shrink == NULL)
        return false;
    for (size_t i = 0; i < o->n_accept_shrink; i++) {
        if (o->accept_shrink[i] == NULL || strlen(o->accept_shrink[i]) != 40)
            return false;
    }
    return true;
}

static bool accept_shrink(struct vd_revset *s, const veridac_revset_options *o)
{
    for (size_t i = 0; i < o->n_accept_shrink; i++) {
        if (!vd_revset_accept_shrink(s, o->accept_shrink[i]))
            return false;
    }
    return true;
}

veridac_status veridac_revset_new(const veridac_trust *trust, const veridac_revset_options *options,
                                  veridac_revset **ret)
{
    veridac_revset_options o;
    veridac_revset *s;

    if (trust == NULL || ret == NULL || !vd_api_take(&o, sizeof o, options) || !key_ids_ok(&o) ||
        (o.network != VERIDAC_NETWORK_MAIN && o.network != VERIDAC_NETWORK_TEST))
        return VERIDAC_MISUSE;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return VERIDAC_NO_MEMORY;
    s->set = vd_revset_make(trust->trust, (enum vd_network)o.network, o.at);
    if (s->set == NULL || !accept_shrink(s->set, &o)) {
        veridac_revset_free(s);
        return VERIDAC_NO_MEMORY;
    }
    *ret = s;
    return VERIDAC_OK;
}

void veridac_revset_free(veridac_revset *set)
{
    if (set == NULL)
        return;
    vd_revset_free(set->set);
    free(set);
}

veridac_status veridac_revset_add_point(veridac_revset *set, const veridac_point *point)
{
    struct vd_buf signer = VD_BUF(VD_MAX_INPUT), delegator = VD_BUF(VD_MAX_INPUT);
    size_t more_a = 0, more_b = 0;
    veridac_status st;
    veridac_point p;

    if (set == NULL || !vd_api_take(&p, sizeof p, point))
        return VERIDAC_MISUSE;
    if (p.signer.size > VD_MAX_INPUT || p.delegator.size > VD_MAX_INPUT ||
        !vd_unwrap(vd_api_span(p.signer), &signer, &more_a) ||
        !vd_unwrap(vd_api_span(p.delegator), &delegator, &more_b)) {
        st = VERIDAC_TOO_LARGE;
    } else {
        const struct vd_point_record r = { .vid = p.vid,
                                           .pid = p.pid,
                                           .revocation_type = p.revocation_type,
                                           .is_paa = p.is_paa != 0,
                                           .has_data_fields = p.has_data_fields != 0,
                                           .label = vd_api_span(p.label),
                                           .url = vd_api_span(p.url),
                                           .key_id = vd_api_span(p.issuer_key_id),
                                           .signer = vd_buf_span(&signer),
                                           .delegator = vd_buf_span(&delegator),
                                           .extra_certificates = more_a + more_b };
        st = status_of(vd_revset_add_point(set->set, &r));
    }
    vd_buf_free(&signer);
    vd_buf_free(&delegator);
    return st;
}

veridac_status veridac_revset_add_authority(veridac_revset *set, veridac_bytes der)
{
    return set == NULL ? VERIDAC_MISUSE
                       : status_of(vd_revset_add_authority(set->set, vd_api_span(der)));
}

veridac_status veridac_revset_bind(veridac_revset *set)
{
    return set == NULL ? VERIDAC_MISUSE : status_of(vd_revset_bind(set->set));
}

const char *veridac_revset_url(const veridac_revset *set, uint32_t i)
{
    return set == NULL ? NULL : vd_revset_url(set->set, i);
}

veridac_status veridac_revset_crl_begin(veridac_revset *set, const char *url, int64_t last_ok)
{
    return set == NULL || url == NULL ? VERIDAC_MISUSE
                                      : status_of(vd_revset_crl_begin(set->set, url, last_ok));
}

veridac_status veridac_revset_crl_feed(veridac_revset *set, veridac_bytes chunk)
{
    return set == NULL ? VERIDAC_MISUSE
                       : status_of(vd_revset_crl_feed(set->set, vd_api_span(chunk)));
}

veridac_status veridac_revset_crl_end(veridac_revset *set)
{
    return set == NULL ? VERIDAC_MISUSE : status_of(vd_revset_crl_end(set->set));
}

veridac_status veridac_revset_crl_missing(veridac_revset *set, const char *url, int32_t reason,
                                          const char *why)
{
    if (set == NULL || url == NULL || reason <= VERIDAC_REASON_NO_DATA ||
        reason >= VERIDAC_REASON_COUNT)
        return VERIDAC_MISUSE;
    return status_of(vd_revset_crl_missing(set->set, url, (enum vd_reason)reason,
                                           why == NULL ? "" : why));
}

veridac_status veridac_revset_finish(veridac_revset *set)
{
    return set == NULL ? VERIDAC_MISUSE : status_of(vd_revset_finish(set->set));
}

/* ---- looking ---- */

static bool done(const veridac_revset *set)
{
    return set != NULL && vd_revset_finished(set->set);
}

veridac_status veridac_revset_look(const veridac_revset *set, veridac_revset_view *ret)
{
    if (!done(set) || !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    ret->n_points = (uint32_t)vd_revset_points(set->set);
    ret->n_issuers = (uint32_t)vd_revset_issuers(set->set);
    ret->n_used = ret->n_good = 0;
    ret->n_revoked = 0;
    for (uint32_t i = 0; i < ret->n_points; i++) {
        const struct vd_rev_point *p = vd_revset_point(set->set, i);
        ret->n_used += p->p.bound && p->crl.complete && !p->p.conflict;
    }
    for (uint32_t i = 0; i < ret->n_issuers; i++) {
        ret->n_good += vd_revset_issuer(set->set, i)->good;
        ret->n_revoked += vd_revset_issuer(set->set, i)->n_serials;
    }
    return VERIDAC_OK;
}

veridac_status veridac_revset_point(const veridac_revset *set, uint32_t i, veridac_point_view *ret)
{
    const struct vd_rev_point *p;
    if (!done(set) || i >= vd_revset_points(set->set) || !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    p = vd_revset_point(set->set, i);
    ret->vid = p->p.vid;
    ret->pid = p->p.pid;
    ret->is_paa = p->p.is_paa;
    ret->label = p->p.label;
    ret->url = p->p.url;
    ret->issuer_key_id = p->p.key_id_text;
    ret->used = p->p.bound && p->crl.complete && !p->p.conflict;
    ret->n_findings = (uint32_t)p->n_findings;
    ret->n_entries = p->crl.n_entries;
    ret->counting = p->counting;
    return VERIDAC_OK;
}

veridac_status veridac_revset_point_finding(const veridac_revset *set, uint32_t point, uint32_t i,
                                            veridac_finding *ret)
{
    const struct vd_rev_point *p;
    if (!done(set) || point >= vd_revset_points(set->set) || !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    p = vd_revset_point(set->set, point);
    if (i >= p->n_findings)
        return VERIDAC_MISUSE;
    vd_api_finding(&p->findings[i], ret);
    return VERIDAC_OK;
}

veridac_status veridac_revset_issuer(const veridac_revset *set, uint32_t i, veridac_issuer_view *ret)
{
    const struct vd_rev_issuer *issuer;
    const struct vd_rev_point *p;

    if (!done(set) || i >= vd_revset_issuers(set->set) || !vd_api_fits(sizeof *ret, ret))
        return VERIDAC_MISUSE;
    issuer = vd_revset_issuer(set->set, i);
    p = issuer->point == SIZE_MAX ? NULL : vd_revset_point(set->set, issuer->point);
    ret->name = vd_api_bytes(issuer->ca->subject.der);
    ret->key_id = vd_api_bytes(issuer->ca->skid);
    ret->signer = p == NULL ? (veridac_bytes){ NULL, 0 } : vd_api_bytes(p->p.signer.der);
    ret->delegator = p == NULL || !p->p.delegate ? (veridac_bytes){ NULL, 0 }
                                                 : vd_api_bytes(p->p.ca->der);
    ret->good = issuer->good;
    ret->reason = (int32_t)issuer->reason;
    ret->this_update = issuer->this_update;
    ret->next_update = issuer->next_update;
    ret->last_ok = issuer->last_ok;
    ret->n_serials = (uint32_t)issuer->n_serials;
    return VERIDAC_OK;
}

veridac_status veridac_revset_serial(const veridac_revset *set, uint32_t issuer, uint32_t i,
                                     veridac_bytes *ret)
{
    const struct vd_rev_issuer *v;
    if (!done(set) || ret == NULL || issuer >= vd_revset_issuers(set->set))
        return VERIDAC_MISUSE;
    v = vd_revset_issuer(set->set, issuer);
    if (i >= v->n_serials)
        return VERIDAC_MISUSE;
    *ret = vd_api_bytes(v->serials[i]);
    return VERIDAC_OK;
}

veridac_status veridac_revset_bundle(const veridac_revset *set,
                                     const veridac_bundle_options *options, veridac_buffer *ret)
{
    struct vd_buf b = VD_BUF(VD_MAX_BUNDLE);
    veridac_bundle_options o;

    if (!done(set) || ret == NULL || !vd_api_take(&o, sizeof o, options) ||
        (o.kind != VERIDAC_KIND_HUB && o.kind != VERIDAC_KIND_FULL))
        return VERIDAC_MISUSE;
    if (!vd_bundle_write(set->set, (enum vdb_kind)o.kind, &b)) {
        vd_buf_free(&b);
        return VERIDAC_NO_MEMORY;
    }
    return vd_api_give(&b, ret);
}
