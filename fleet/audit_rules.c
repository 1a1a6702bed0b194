/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_rules.c - one device of an inventory against local rules.
 *
 * An inventory need not say what a rule goes by. A device that a rule may refuse, if only more were known of
 * it, is never clear.
 */
#include "api.h"
#include "audit_int.h"
#include "local.h"

/* ---- rules that hit ---- */

static void check(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                  const struct vd_listed_device *d, struct vd_judged *j)
{
    const struct vd_local in = { dac, pai, d->vid, d->pid, d->version, a->o.at, a->now.ruled,
                                 a->now.n_ruled, a->before.ruled, a->before.n_ruled };
    struct vd_findings f;

    vd_findings_reset(&f);
    vd_local_check(&in, &f);
    vd_judged_findings(&f, j);
}

/* A device that is only a key id and a serial number, as a rule sees it: under each Name that its issuer
 * may have. */
static void check_by_id(const struct vd_audit *a, const struct vd_cert *pai, const struct vd_listed_device *d,
                        struct vd_judged *j)
{
    struct vd_cert c = { .parsed = true, .akid = d->key_id, .serial = d->serial,
                         .magnitude = d->serial };
    struct vd_span zero;

    if (c.magnitude.n > 1 && vd_at(c.magnitude, 0) == 0)
        (void)vd_take(&c.magnitude, 1, &zero);
    c.issuer.der = d->name;
    if (d->name.p != NULL || !vd_sources_name(&a->now, d->key_id, 0, &c.issuer.der)) {
        check(a, &c, pai, d, j);
        return;
    }
    for (size_t i = 0; vd_sources_name(&a->now, d->key_id, i, &c.issuer.der); i++)
        check(a, &c, pai, d, j);
}

void vd_judge_rules(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                    const struct vd_listed_device *d, struct vd_judged *j)
{
    if (d->dac.p == NULL)
        check_by_id(a, pai, d, j);
    else
        check(a, dac, pai, d, j);
}

/* ---- rules that cannot be asked for ---- */

#define BIT(kind) (UINT32_C(1) << (kind))

/* Without anchors every issuer may be a PAA. With them a PAI of any other PAA ends no chain that is trusted. */
static bool may_be_paa(const struct vd_audit *a, struct vd_span key_id)
{
    const struct vd_trust *t = a->trust != NULL ? a->trust->trust : NULL;
    const struct vd_anchor *at;

    if (t == NULL || vd_trust_count(t, VD_ANCHOR_PAA, (enum vd_network)a->policy.network) == 0)
        return true;
    for (size_t i = 0; (at = vd_trust_at(t, i)) != NULL; i++) {
        if (vd_span_eq(at->cert.skid, key_id))
            return true;
    }
    return false;
}

/* It goes by issuer, and what a PAA issues is a PAI. */
static bool about_a_pai(const struct vd_audit *a, const struct vd_overlay_rule *r)
{
    uint8_t key_id[32], name[VD_MAX_NAME];
    struct vd_buf k = VD_BUF_ON(key_id), n = VD_BUF_ON(name);

    return vd_overlay_issuer(r, &k, &n) && may_be_paa(a, vd_buf_span(&k));
}

void vd_rules_note(struct vd_audit *a)
{
    a->ruled = 0;
    a->ruled_pai = false;
    for (size_t i = 0; i < a->now.n_ruled; i++) {
        const struct vd_overlay *o = &a->now.ruled[i]->overlay;
        for (size_t k = 0; k < o->n; k++) {
            if (!vd_overlay_counts(&o->v[k], a->o.at))
                continue;
            a->ruled |= BIT(o->v[k].kind);
            a->ruled_pai = a->ruled_pai || about_a_pai(a, &o->v[k]);
        }
    }
}

/* A PAI that is not the DAC's issuer says nothing of it. */
static bool certificates_unasked(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                                 const struct vd_listed_device *d)
{
    const uint32_t by_issuer = BIT(VD_OVERLAY_CERTIFICATE) | BIT(VD_OVERLAY_SERIAL) | BIT(VD_OVERLAY_ISSUER);
    const struct vd_span issuer = d->dac.p == NULL ? d->key_id : dac->akid;
    const bool pai_said = pai->parsed && pai->akid.n > 0 && pai->skid.n > 0 &&
                          vd_span_eq(pai->skid, issuer);

    return (!pai_said && ((a->ruled & BIT(VD_OVERLAY_PAA)) != 0 || a->ruled_pai)) ||
           (issuer.n == 0 && (a->ruled & by_issuer) != 0) ||
           ((!pai_said || dac->skid.n == 0) && (a->ruled & BIT(VD_OVERLAY_SKID)) != 0);
}

static bool has_products(const struct vd_audit *a, int32_t vid)
{
    for (size_t i = 0; i < a->now.n_ruled; i++) {
        if (vd_overlay_has_products(&a->now.ruled[i]->overlay, (uint16_t)vid, a->o.at))
            return true;
    }
    return false;
}

/* The DAC says what an inventory does not. */
static bool products_unasked(const struct vd_audit *a, const struct vd_cert *dac,
                             const struct vd_listed_device *d)
{
    const struct vd_id *vid = &dac->subject.vid, *pid = &dac->subject.pid;
    const int32_t of_dac = dac->parsed && vid->state == VD_ID_PRESENT ? vid->value : -1;
    const bool has_pid = of_dac >= 0 && pid->state == VD_ID_PRESENT;

    if ((a->ruled & (BIT(VD_OVERLAY_VENDOR) | BIT(VD_OVERLAY_PRODUCT) | BIT(VD_OVERLAY_VERSION))) == 0)
        return false;
    if (d->vid < 0 && of_dac < 0)
        return true;
    if (d->vid >= 0 && d->pid < 0 && !(has_pid && of_dac == d->vid) && has_products(a, d->vid))
        return true;
    return of_dac >= 0 && !has_pid && !(d->vid == of_dac && d->pid >= 0) && has_products(a, of_dac);
}

void vd_judge_unasked(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                      const struct vd_listed_device *d, struct vd_judged *j)
{
    if (a->ruled == 0 || (!certificates_unasked(a, dac, pai, d) && !products_unasked(a, dac, d)))
        return;
    vd_judged_open(j, "local-rule-unasked");
}
