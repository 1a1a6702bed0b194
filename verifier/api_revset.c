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

static bool flag_ok(int32_t flag)
{
    return flag == 0 || flag == 1;
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

static bool said_ok(const veridac_revset_options *o)
{
    return (o->n_revoked == 0 || o->revoked != NULL) && (o->n_disputed == 0 || o->disputed != NULL);
}

static enum vd_revset_status add_said(struct vd_revset *s, const veridac_revset_options *o)
{
    enum vd_revset_status st = VD_REVSET_OK;
    for (size_t i = 0; st == VD_REVSET_OK && i < o->n_revoked; i++)
        st = vd_revset_add_revoked(s, vd_api_span(o->revoked[i]));
    for (size_t i = 0; st == VD_REVSET_OK && i < o->n_disputed; i++)
        st = vd_revset_add_disputed(s, vd_api_span(o->disputed[i]));
    return st;
}

static bool accept_shrink(struct vd_revset *s, const veridac_revset_options *o)
{
    for (size_t i = 0; i < o->n_accept_shrink; i++) {
        if (!vd_revset_accept_shrink(s, o->accept_shrink[i]))
            return false;
    }
    return true;
}

static veridac_status check_compliance(const veridac_revset *set, veridac_bytes in,
                                       veridac_error *err)
{
    struct vd_compliance c = { .network = VD_NETWORK_NONE };
    const char *wrong = in.data == NULL ? NULL : vd_compliance_read(vd_api_span(in), &c);
    if (wrong != NULL)
        return vd_api_fail(err, VERIDAC_BAD_DATA, "the compliance part: %s", wrong);
    if (in.data != NULL && c.network != vd_revset_network(set->set))
        return vd_api_fail(err, VERIDAC_OTHER_NETWORK, "the compliance part is of the network %s",
                           vd_network_text(c.network));
    return VERIDAC_OK;
}

veridac_status veridac_revset_new(const veridac_trust *trust, const veridac_revset_options *options,
                                  veridac_revset **ret)
{
    veridac_revset_options o;
    veridac_revset *s;
    veridac_status st;

    if (trust == NULL || ret == NULL || !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_revset_options, n_accept_shrink), options) ||
        !key_ids_ok(&o) || !said_ok(&o) ||
        (o.network != VERIDAC_NETWORK_MAIN && o.network != VERIDAC_NETWORK_TEST) ||
        o.max_entries_issuer > VD_MOST_ENTRIES || o.max_entries_vendor > VD_MOST_ENTRIES)
        return VERIDAC_MISUSE;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return VERIDAC_NO_MEMORY;
    s->set = vd_revset_make(trust->trust, (enum vd_network)o.network, o.at);
    if (s->set == NULL || !accept_shrink(s->set, &o)) {
        veridac_revset_free(s);
        return VERIDAC_NO_MEMORY;
    }
    vd_revset_ceilings(s->set, o.max_entries_issuer, o.max_entries_vendor);
    s->compliance = VD_BUF(VD_MAX_BUNDLE);
    st = check_compliance(s, o.compliance, NULL);
    if (st == VERIDAC_OK && !vd_buf_put(&s->compliance, vd_api_span(o.compliance)))
        st = VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK)
        st = status_of(add_said(s->set, &o));
    if (st != VERIDAC_OK) {
        veridac_revset_free(s);
        return st;
    }
    *ret = s;
    return VERIDAC_OK;
}

void veridac_revset_free(veridac_revset *set)
{
    if (set == NULL)
        return;
    vd_revset_free(set->set);
    vd_buf_free(&set->compliance);
    free(set);
}

veridac_status veridac_revset_add_point(veridac_revset *set, const veridac_point *point)
{
    struct vd_buf signer = VD_BUF(VD_MAX_INPUT), delegator = VD_BUF(VD_MAX_INPUT);
    size_t more_a = 0, more_b = 0;
    veridac_status st;
    veridac_point p;

    if (set == NULL || !vd_sized_take(&p, sizeof p, VD_UPTO(veridac_point, has_data_fields), point))
        return VERIDAC_MISUSE;
    if (p.signer.size > VD_MAX_INPUT || p.delegator.size > VD_MAX_INPUT) {
        st = VERIDAC_TOO_LARGE;
    } else if (!vd_unwrap(vd_api_span(p.signer), &signer, &more_a) ||
               !vd_unwrap(vd_api_span(p.delegator), &delegator, &more_b)) {
        st = VERIDAC_NO_MEMORY; /* nothing grows by being unwrapped */
    } else {
        const struct vd_point_record r = { .vid = p.vid,
                                           .pid = p.pid,
                                           .revocation_type = p.revocation_type,
                                           .is_paa = p.is_paa != 0,
                                           .has_data_fields = p.has_data_fields != 0,
                                           .adds_only = p.adds_only != 0,
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

veridac_status veridac_revset_add_listed(veridac_revset *set, veridac_bytes issuer_name,
                                         veridac_bytes key_id, const veridac_bytes *serials,
                                         size_t n)
{
    struct vd_span *spans;
    veridac_status st;

    if (set == NULL || (n > 0 && serials == NULL))
        return VERIDAC_MISUSE;
    if (n > VD_MAX_ENTRIES_ISSUER)
        return VERIDAC_TOO_LARGE;
    spans = calloc(n > 0 ? n : 1, sizeof *spans);
    if (spans == NULL)
        return VERIDAC_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        spans[i] = vd_api_span(serials[i]);
    st = status_of(vd_revset_add_listed(set->set, vd_api_span(issuer_name), vd_api_span(key_id),
                                        spans, n));
    free(spans);
    return st;
}

veridac_status veridac_revset_bind(veridac_revset *set)
{
    return set == NULL ? VERIDAC_MISUSE : status_of(vd_revset_bind(set->set));
}

const char *veridac_revset_url(const veridac_revset *set, uint32_t i)
{
    return set == NULL ? NULL : vd_revset_url(set->set, i);
}

/* The handle of a caller is the feed itself. */
static struct vd_rev_feed *feed_of(veridac_crl *crl)
{
    return (struct vd_rev_feed *)crl;
}

veridac_status veridac_revset_crl_begin(veridac_revset *set, const veridac_crl_options *options,
                                        veridac_crl **ret)
{
    struct vd_rev_feed *feed = NULL;
    enum vd_revset_status st;
    veridac_crl_options o;

    if (set == NULL || ret == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_crl_options, height), options) ||
        o.url == NULL || !flag_ok(o.hash) || (o.sha256.data != NULL && o.sha256.size != VD_SHA256))
        return VERIDAC_MISUSE;
    if (o.node.size > VD_MAX_URL)
        return VERIDAC_TOO_LARGE;
    st = vd_revset_crl_begin(set->set, o.url, o.last_ok, &feed);
    if (st == VD_REVSET_OK && (o.sha256.data != NULL || o.hash != 0))
        st = vd_revset_crl_source(feed, vd_api_span(o.sha256), vd_api_span(o.node), o.height);
    if (st == VD_REVSET_OK)
        *ret = (veridac_crl *)feed;
    return status_of(st);
}

veridac_status veridac_revset_crl_feed(veridac_crl *crl, veridac_bytes chunk)
{
    if (crl == NULL)
        return VERIDAC_MISUSE;
    vd_revset_crl_feed(feed_of(crl), vd_api_span(chunk));
    return VERIDAC_OK;
}

veridac_status veridac_revset_crl_end(veridac_crl *crl)
{
    return crl == NULL ? VERIDAC_MISUSE : status_of(vd_revset_crl_end(feed_of(crl)));
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

/* Whether the set, at its own time, lets silence of this CRL prove anything. */
static bool used(const veridac_revset *set, const struct vd_rev_point *p)
{
    return p->p.bound && p->crl.complete && !p->p.conflict &&
           vd_revset_fresh(set->set, p->crl.this_update, p->crl.next_update);
}

static bool good_now(const veridac_revset *set, const struct vd_rev_issuer *i)
{
    return i->good && vd_revset_fresh(set->set, i->this_update, i->next_update);
}

static enum vd_reason reason_now(const veridac_revset *set, const struct vd_rev_issuer *i)
{
    if (!i->good || good_now(set, i))
        return i->reason;
    return vd_revset_at(set->set) > i->next_update ? VD_REASON_STALE : VD_REASON_CLOCK;
}

veridac_status veridac_revset_look(const veridac_revset *set, veridac_revset_view *ret)
{
    veridac_revset_view view = { .size = 0 };

    if (!done(set) || !vd_sized_fits(VD_UPTO(veridac_revset_view, n_revoked), ret))
        return VERIDAC_MISUSE;
    view.n_points = (uint32_t)vd_revset_points(set->set);
    view.n_issuers = (uint32_t)vd_revset_issuers(set->set);
    for (uint32_t i = 0; i < view.n_points; i++) {
        const struct vd_rev_point *p = vd_revset_point(set->set, i);
        view.n_used += used(set, p);
    }
    for (uint32_t i = 0; i < view.n_issuers; i++) {
        view.n_good += good_now(set, vd_revset_issuer(set->set, i));
        view.n_revoked += vd_revset_issuer(set->set, i)->n_serials;
    }
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

veridac_status veridac_revset_point(const veridac_revset *set, uint32_t i, veridac_point_view *ret)
{
    const struct vd_rev_point *p;
    veridac_point_view view;

    if (!done(set) || i >= vd_revset_points(set->set) ||
        !vd_sized_fits(VD_UPTO(veridac_point_view, counting), ret))
        return VERIDAC_MISUSE;
    p = vd_revset_point(set->set, i);
    view = (veridac_point_view){ .vid = p->p.vid,
                                 .pid = p->p.pid,
                                 .is_paa = p->p.is_paa,
                                 .label = p->p.label,
                                 .url = p->p.url,
                                 .issuer_key_id = p->p.key_id_text,
                                 .used = used(set, p),
                                 .n_findings = (uint32_t)p->n_findings,
                                 .n_entries = p->crl.n_entries,
                                 .counting = p->counting };
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

veridac_status veridac_revset_point_finding(const veridac_revset *set, uint32_t point, uint32_t i,
                                            veridac_finding *ret)
{
    const struct vd_rev_point *p;
    veridac_finding view;

    if (!done(set) || point >= vd_revset_points(set->set) ||
        !vd_sized_fits(VD_UPTO(veridac_finding, sdk_code), ret))
        return VERIDAC_MISUSE;
    p = vd_revset_point(set->set, point);
    if (i >= p->n_findings)
        return VERIDAC_MISUSE;
    view = vd_api_finding(&p->findings[i]);
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

veridac_status veridac_revset_issuer(const veridac_revset *set, uint32_t i, veridac_issuer_view *ret)
{
    const struct vd_rev_issuer *issuer;
    const struct vd_rev_point *p;
    veridac_issuer_view view;

    if (!done(set) || i >= vd_revset_issuers(set->set) ||
        !vd_sized_fits(VD_UPTO(veridac_issuer_view, n_serials), ret))
        return VERIDAC_MISUSE;
    issuer = vd_revset_issuer(set->set, i);
    p = issuer->point == SIZE_MAX ? NULL : vd_revset_point(set->set, issuer->point);
    view = (veridac_issuer_view){ .name = vd_api_bytes(issuer->ca->subject.der),
                                  .key_id = vd_api_bytes(issuer->ca->skid),
                                  .good = good_now(set, issuer),
                                  .reason = (int32_t)reason_now(set, issuer),
                                  .listed = issuer->listed,
                                  .this_update = issuer->this_update,
                                  .next_update = issuer->next_update,
                                  .last_ok = issuer->last_ok,
                                  .n_serials = (uint32_t)issuer->n_serials };
    if (p != NULL)
        view.signer = vd_api_bytes(p->p.signer.der);
    if (p != NULL && p->p.delegate)
        view.delegator = vd_api_bytes(p->p.ca->der);
    vd_sized_give(ret, &view, sizeof view);
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

/* The bundle that the new one follows, when there is one. */
static veridac_status take_before(const veridac_revset *set, int32_t kind, veridac_bytes in,
                                  struct vd_bundle *ret, veridac_error *err)
{
    const char *wrong = vd_bundle_read(vd_api_span(in), ret);
    if (wrong != NULL)
        return vd_api_fail(err, wrong == vd_no_memory ? VERIDAC_NO_MEMORY : VERIDAC_BAD_DATA,
                           "the bundle before: %s", wrong);
    if (ret->network != vd_revset_network(set->set))
        return vd_api_fail(err, VERIDAC_OTHER_NETWORK, "the bundle before is of the network %s",
                           vd_network_text(ret->network));
    if (ret->v.kind != (uint8_t)kind)
        return vd_api_fail(err, VERIDAC_BAD_DATA, "the bundle before is of the other kind");
    if (ret->evidence_time > vd_revset_at(set->set))
        return vd_api_fail(err, VERIDAC_BAD_DATA, "the bundle before is of a later time");
    return VERIDAC_OK;
}

veridac_status veridac_revset_bundle(const veridac_revset *set,
                                     const veridac_bundle_options *options, veridac_buffer *ret,
                                     veridac_error *err)
{
    struct vd_buf b = VD_BUF(VD_MAX_BUNDLE);
    struct vd_bundle_wish wish;
    veridac_bundle_options o;
    struct vd_bundle before;
    veridac_status st;

    if (!done(set) || ret == NULL || !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_bundle_options, kind), options) ||
        (o.kind != VERIDAC_KIND_HUB && o.kind != VERIDAC_KIND_FULL) ||
        !flag_ok(o.without_names) || !flag_ok(o.provenance))
        return VERIDAC_MISUSE;
    st = check_compliance(set, o.compliance, err);
    if (st != VERIDAC_OK)
        return st;
    if (o.before.data != NULL) {
        st = take_before(set, o.kind, o.before, &before, err);
        if (st != VERIDAC_OK)
            return st;
    }
    if (o.compliance.data == NULL && set->compliance.n > 0)
        o.compliance = vd_api_bytes(vd_buf_span(&set->compliance));
    wish = (struct vd_bundle_wish){ .kind = (enum vdb_kind)o.kind,
                                    .before = o.before.data ? &before : NULL,
                                    .without_names = o.without_names != 0,
                                    .provenance = o.provenance != 0,
                                    .compliance = vd_api_span(o.compliance) };
    if (vd_bundle_write(set->set, &wish, &b) != NULL) {
        vd_buf_free(&b);
        return VERIDAC_NO_MEMORY;
    }
    return vd_api_give(&b, ret);
}
