/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_judge.c - one device of an inventory.
 *
 * With DAC, PAI and anchors the chain is checked as veridac_verify does, and what an inventory cannot
 * have (a response, a nonce, Basic Information) is not asked for. Without them the certificates are looked
 * up, and no more is claimed.
 */
#include <stdlib.h>
#include <string.h>

#include "audit_int.h"

const char *vd_outcome_text(unsigned outcome)
{
    static const char *const texts[VD_OUTS] = { "open", "clear", "hit", "malformed" };
    return outcome < VD_OUTS ? texts[outcome] : "?";
}

veridac_status vd_judge_kit_make(struct vd_judge_kit *k)
{
    uint8_t *room = malloc(VD_INVENTORY_ROOM);
    veridac_status st = room == NULL ? VERIDAC_NO_MEMORY : veridac_context_new(&k->context);

    k->room = (struct vd_buf){ room, 0, VD_INVENTORY_ROOM, VD_INVENTORY_ROOM, false };
    return st == VERIDAC_OK ? veridac_result_new(&k->result) : st;
}

void vd_judge_kit_free(struct vd_judge_kit *k)
{
    veridac_context_free(k->context);
    veridac_result_free(k->result);
    free(k->room.p);
}

/* ---- reasons ---- */

void vd_judged_because(struct vd_judged *j, const char *slug)
{
    for (size_t i = 0; i < j->n_reasons; i++) {
        if (strcmp(j->reasons[i], slug) == 0)
            return;
    }
    /* of too many the last gives way: whether a certificate is revoked is found last */
    if (j->n_reasons < VD_JUDGED_REASONS)
        j->n_reasons++;
    j->reasons[j->n_reasons - 1] = slug; /* texts of rules, which live as long as the library */
}

/* What counts first among several: revoked, then refused by a rule, then a PAA that has left, then everything
 * else. */
static void bring_forward(struct vd_judged *j, const char *slug)
{
    for (size_t i = 1; i < j->n_reasons; i++) {
        if (strcmp(j->reasons[i], slug) == 0) {
            for (; i > 0; i--)
                j->reasons[i] = j->reasons[i - 1];
            j->reasons[0] = slug;
        }
    }
}

void vd_judged_open(struct vd_judged *j, const char *slug)
{
    j->outcome = j->outcome == VD_OUT_CLEAR ? VD_OUT_OPEN : j->outcome;
    vd_judged_because(j, slug);
}

void vd_judged_findings(const struct vd_findings *f, struct vd_judged *j)
{
    for (size_t i = 0; i < f->n; i++) {
        const char *slug = vd_rule_row(f->v[i].rule)->slug;
        if (f->v[i].severity == VD_SEVERITY_ERROR) {
            j->outcome = VD_OUT_HIT;
            vd_judged_because(j, slug);
        } else if (f->v[i].severity == VD_SEVERITY_INCOMPLETE) {
            vd_judged_open(j, slug);
        } else if (f->v[i].rule == VD_RULE_LOCAL_SUSPECT) {
            vd_judged_because(j, slug); /* said, and no more */
        }
    }
}

static void weigh(const struct vd_audit *a, const struct vd_asked *asked, const char *revoked,
                  struct vd_judged *j)
{
    const enum vd_verdict leads = vd_policy_of(&a->terms, (enum vd_status)asked->status,
                                               (enum vd_reason)asked->reason);

    if (leads == VD_REJECT)
        j->outcome = VD_OUT_HIT;
    else if (leads == VD_UNDETERMINED && j->outcome == VD_OUT_CLEAR)
        j->outcome = VD_OUT_OPEN;
    if (leads != VD_ACCEPT)
        vd_judged_because(j, asked->status == VERIDAC_REVOKED ? revoked
                                                              : veridac_reason_text(asked->reason));
}

/* ---- who it is ---- */

static void note_key_id(struct vd_span key_id, struct vd_key_id20 *ret)
{
    ret->there = vd_copy(ret->v, sizeof ret->v, key_id) && key_id.n == sizeof ret->v;
}

static void note_ids(const struct vd_cert *dac, const struct vd_cert *pai, struct vd_judged *j)
{
    if (dac->subject.vid.state == VD_ID_PRESENT)
        j->vid = dac->subject.vid.value;
    if (dac->subject.pid.state == VD_ID_PRESENT)
        j->pid = dac->subject.pid.value;
    note_key_id(dac->akid, &j->pai);
    if (pai->parsed)
        note_key_id(pai->akid, &j->paa);
}

/* ---- the chain ---- */

/* What every inventory lacks. */
static bool not_asked_for(const char *slug)
{
    return strcmp(slug, "no-proof-of-possession") == 0 || strcmp(slug, "no-nonce") == 0 ||
           strcmp(slug, "no-basic-information") == 0;
}

static veridac_status take_findings(const struct vd_audit *a, const veridac_result *result,
                                    struct vd_judged *j)
{
    veridac_result_view view = { .size = sizeof view };
    veridac_finding f = { .size = sizeof f };
    veridac_status st = veridac_result_look(result, &view);

    if (st != VERIDAC_OK)
        return st;
    j->chain = true;
    j->outcome = VD_OUT_CLEAR;
    for (uint32_t i = 0; i < view.n_findings; i++) {
        st = veridac_result_finding(result, i, &f);
        if (st != VERIDAC_OK)
            return st;
        if (strcmp(f.severity, "error") == 0) {
            j->outcome = VD_OUT_HIT;
            vd_judged_because(j, f.id);
        } else if (strcmp(f.severity, "incomplete") == 0 && !not_asked_for(f.id)) {
            vd_judged_open(j, f.id);
        } else if (strcmp(f.id, "local-suspect") == 0) {
            vd_judged_because(j, f.id); /* said, and no more */
        }
    }
    j->of_dac = (struct vd_asked){ view.dac->status, view.dac->reason };
    j->of_pai = (struct vd_asked){ view.pai->status, view.pai->reason };
    weigh(a, &j->of_dac, "dac-revoked", j);
    weigh(a, &j->of_pai, "pai-revoked", j);
    return VERIDAC_OK;
}

static veridac_status judge_chain(const struct vd_audit *a, struct vd_judge_kit *k,
                                  const struct vd_listed_device *d, struct vd_judged *j)
{
    const veridac_device device = { .size = sizeof device,
                                    .dac = { d->dac.p, d->dac.n },
                                    .pai = { d->pai.p, d->pai.n },
                                    .vid = d->vid,
                                    .pid = d->pid,
                                    .software_version = d->version };
    veridac_status st = veridac_verify(k->context, &device, a->trust, a->now.handles, a->now.n,
                                       &a->policy, a->o.at, k->result);
    return st == VERIDAC_OK ? take_findings(a, k->result, j) : st;
}

/* ---- looking up ---- */

/* One certificate, as snapshots are asked for it. */
struct query {
    struct vd_span name, key_id, serial;
    int32_t vid; /* of its subject; -1: none */
};

static struct query of_cert(const struct vd_cert *c)
{
    const struct vd_id *vid = &c->subject.vid;
    return (struct query){ c->issuer.der, c->akid, c->serial,
                           vid->state == VD_ID_PRESENT ? vid->value : -1 };
}

static struct query of_dac(const struct vd_cert *dac, const struct vd_listed_device *d)
{
    if (d->dac.p != NULL)
        return of_cert(dac);
    return (struct query){ d->name, d->key_id, d->serial, d->vid >= 0 ? d->vid : VD_VID_NOT_KNOWN };
}

/* A snapshot does not know the vendor: the age that holds for it is all that is left of the policy's. */
static veridac_status ask(const struct vd_audit *a, const struct vd_fleet_sources *s, const struct query *q,
                          struct vd_asked *ret)
{
    veridac_policy p = a->policy;

    p.max_crl_age_s = vd_policy_crl_age(&a->terms, q->key_id, q->vid);
    p.ages = NULL;
    p.n_ages = 0;
    return vd_sources_ask(s, q->name, q->key_id, q->serial, &p, a->o.at, ret);
}

/* As of a chain. Whose device it is has to be known when the policy asks for it. */
static void check_vendors(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                          const struct vd_listed_device *d, struct vd_judged *j)
{
    struct vd_findings f;

    if (a->terms.n_allowed_vids == 0 && a->terms.n_denied_vids == 0)
        return;
    vd_findings_reset(&f);
    vd_policy_check_vendors(&a->terms, &(struct vd_policy_device){ d->vid, dac, pai }, &f);
    vd_judged_findings(&f, j);
    if (j->vid < 0)
        vd_judged_open(j, "policy-vendor-unasked");
}

static veridac_status look_up(const struct vd_audit *a, const struct vd_cert *dac,
                              const struct vd_cert *pai, const struct vd_listed_device *d,
                              struct vd_judged *j)
{
    const struct query by_dac = of_dac(dac, d), by_pai = of_cert(pai);
    veridac_status st = ask(a, &a->now, &by_dac, &j->of_dac);

    if (st != VERIDAC_OK)
        return st;
    weigh(a, &j->of_dac, "dac-revoked", j);
    check_vendors(a, dac, pai, d, j);
    if (d->pai.p == NULL)
        return VERIDAC_OK;
    st = ask(a, &a->now, &by_pai, &j->of_pai);
    if (st == VERIDAC_OK)
        weigh(a, &j->of_pai, "pai-revoked", j);
    return st;
}

/* ---- since ---- */

/* Revoked now, and not in the snapshots of before. What is not known now may have been revoked since: that
 * is never "unchanged", whatever was known before. */
static veridac_status newly(const struct vd_audit *a, const struct query *q, const char *slug,
                            struct vd_asked *now, struct vd_judged *j)
{
    struct vd_asked before = { VERIDAC_UNKNOWN, 0 };
    veridac_status st = ask(a, &a->now, q, now);

    if (st == VERIDAC_OK && now->status == VERIDAC_REVOKED)
        st = ask(a, &a->before, q, &before);
    if (st == VERIDAC_OK && before.status != VERIDAC_REVOKED)
        weigh(a, now, slug, j);
    return st;
}

static bool anchor_left(const struct vd_audit *a, const struct vd_cert *pai)
{
    for (size_t i = 0; i < a->n_withdrawn; i++) {
        if (vd_span_eq(pai->akid, VD_SPAN(a->withdrawn[i].key_id)))
            return true;
    }
    return false;
}

static veridac_status judge_change(const struct vd_audit *a, const struct vd_cert *dac,
                                   const struct vd_cert *pai, const struct vd_listed_device *d,
                                   struct vd_judged *j)
{
    const struct query by_dac = of_dac(dac, d), by_pai = of_cert(pai);
    veridac_status st = newly(a, &by_dac, "dac-revoked", &j->of_dac, j);

    if (st == VERIDAC_OK && d->pai.p != NULL)
        st = newly(a, &by_pai, "pai-revoked", &j->of_pai, j);
    if (d->pai.p != NULL && anchor_left(a, pai)) {
        j->outcome = VD_OUT_HIT;
        vd_judged_because(j, "paa-withdrawn");
    }
    return st;
}

/* ---- all of it ---- */

/* Each certificate by itself, and the rules. */
static veridac_status judge_apart(const struct vd_audit *a, const struct vd_cert *dac,
                                  const struct vd_cert *pai, const struct vd_listed_device *d,
                                  struct vd_judged *j)
{
    veridac_status st;

    j->outcome = VD_OUT_CLEAR;
    st = a->o.since != NULL ? judge_change(a, dac, pai, d, j) : look_up(a, dac, pai, d, j);
    if (st == VERIDAC_OK && a->now.n_ruled > 0)
        vd_judge_rules(a, dac, pai, d, j);
    return st;
}

static void read_cert(struct vd_span in, struct vd_cert *ret)
{
    *ret = (struct vd_cert){ .parsed = false };
    if (in.p != NULL && in.n <= VD_MAX_INPUT)
        (void)vd_cert_read(in, ret);
}

/* Evidence that is no certificate is a finding, whatever its shape. */
static bool unreadable(const struct vd_listed_device *d, const struct vd_cert *dac,
                       const struct vd_cert *pai, struct vd_judged *j)
{
    if (d->dac.p != NULL && (!dac->parsed || dac->trailing > 0))
        vd_judged_because(j, "dac-der");
    if (d->pai.p != NULL && (!pai->parsed || pai->trailing > 0))
        vd_judged_because(j, "pai-der");
    if (j->n_reasons > 0)
        j->outcome = VD_OUT_HIT;
    return j->n_reasons > 0;
}

veridac_status vd_audit_judge(const struct vd_audit *a, struct vd_judge_kit *k,
                              const struct vd_record *record, struct vd_judged *ret,
                              struct vd_listed_device *d, struct vd_span *ret_serial)
{
    const char *wrong = record->malformed;
    struct vd_cert dac, pai;
    veridac_status st = VERIDAC_OK;

    *ret = (struct vd_judged){ .line = record->line, .outcome = VD_OUT_MALFORMED, .vid = -1, .pid = -1 };
    *d = (struct vd_listed_device){ .vid = -1, .pid = -1, .version = -1 };
    *ret_serial = VD_NO_SPAN;
    if (wrong == NULL)
        wrong = vd_listed_read(&a->in, record->bytes, &k->room, d);
    if (wrong != NULL) {
        *d = (struct vd_listed_device){ .vid = -1, .pid = -1, .version = -1 };
        vd_judged_because(ret, wrong);
        return VERIDAC_OK;
    }
    read_cert(d->dac, &dac);
    read_cert(d->pai, &pai);
    ret->vid = d->vid;
    ret->pid = d->pid;
    ret->has_pai = d->pai.p != NULL;
    note_ids(&dac, &pai, ret);
    if (d->dac.p == NULL)
        note_key_id(d->key_id, &ret->pai);
    *ret_serial = d->dac.p != NULL ? dac.serial : d->serial;
    if (a->o.since == NULL && a->trust != NULL && d->dac.p != NULL && d->pai.p != NULL)
        st = judge_chain(a, k, d, ret);
    else if (!unreadable(d, &dac, &pai, ret))
        st = judge_apart(a, &dac, &pai, d, ret);
    if (st == VERIDAC_OK && ret->outcome != VD_OUT_HIT)
        vd_judge_unasked(a, &dac, &pai, d, ret);
    ret->quiet = a->o.since != NULL && ret->n_reasons == 0;
    bring_forward(ret, "paa-withdrawn");
    bring_forward(ret, "local-rule");
    bring_forward(ret, "pai-revoked");
    bring_forward(ret, "dac-revoked");
    return st;
}
