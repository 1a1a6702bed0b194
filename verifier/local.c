/* SPDX-License-Identifier: Apache-2.0
 *
 * local.c - local rules are consulted whatever the ledger says, and only add.
 */
#include "local.h"

#include <inttypes.h>

#include "text.h"

/* Where rules are looked up, and what for. */
struct asking {
    const struct vd_snapshot *s;
    int64_t at;
    const struct vd_local *in;
    struct vd_findings *f;
};

/* "certificate rule R1 (line 3 of FILE), source soc, ticket INC-1: reason" */
static void describe(const struct vd_snapshot *s, const struct vd_overlay_rule *r, struct vd_buf *b)
{
    (void)vd_buf_fmt(b, "%s rule ", vd_overlay_kind_text(r->kind));
    if (r->id.n > 0)
        (void)vd_buf_fmt(b, "%.*s ", (int)r->id.n, (const char *)r->id.p);
    (void)vd_buf_fmt(b, "(line %" PRIu32 " of %s)", r->line, s->label[0] ? s->label : "the rules");
    if (r->source.n > 0)
        (void)vd_buf_fmt(b, ", source %.*s", (int)r->source.n, (const char *)r->source.p);
    if (r->ticket.n > 0)
        (void)vd_buf_fmt(b, ", ticket %.*s", (int)r->ticket.n, (const char *)r->ticket.p);
    if (r->reason.n > 0 && vd_buf_str(b, ": "))
        (void)vd_printable(r->reason, b);
}

static void say(const struct asking *a, enum vd_rule rule, const struct vd_overlay_rule *r,
                enum vd_subject on, const char *wanted)
{
    char text[2 * VD_MAX_EVIDENCE + VD_SNAPSHOT_LABEL + 512];
    struct vd_buf b = VD_BUF_ON(text);

    describe(a->s, r, &b);
    (void)vd_find(a->f, rule, on, wanted, "%.*s", (int)b.n, text);
}

static enum vd_rule rule_of(enum vd_overlay_effect effect)
{
    return effect == VD_OVERLAY_REFUSE       ? VD_RULE_LOCAL_RULE
           : effect == VD_OVERLAY_QUARANTINE ? VD_RULE_LOCAL_QUARANTINE
                                             : VD_RULE_LOCAL_SUSPECT;
}

/* A rule that is at least as strong hit the same before. */
static bool hit_before(const struct asking *a, const struct vd_overlay_rule *asked,
                       enum vd_overlay_effect effect)
{
    for (size_t i = 0; i < a->in->n_before; i++) {
        const struct vd_overlay_hit hit = vd_overlay_find(&a->in->before[i]->overlay, asked, a->at);
        if (hit.rule != NULL && hit.rule->effect >= effect)
            return true;
    }
    return false;
}

static void ask(const struct asking *a, const struct vd_overlay_rule *asked, enum vd_subject on)
{
    const struct vd_overlay_hit hit = vd_overlay_find(&a->s->overlay, asked, a->at);
    const bool said = hit.rule != NULL && !hit_before(a, asked, hit.rule->effect);
    char expired[VD_TIME_TEXT], wanted[VD_TIME_TEXT + 16];
    struct vd_buf b = VD_BUF_ON(wanted);

    if (said)
        say(a, rule_of(hit.rule->effect), hit.rule, on, "no local rule");
    else if (hit.rule == NULL && hit.expired != NULL) {
        vd_time_text(hit.expired->expires, expired);
        (void)vd_buf_fmt(&b, "at most %s", expired);
        (void)vd_buf_u8(&b, 0);
        say(a, VD_RULE_LOCAL_RULE_EXPIRED, hit.expired, on, wanted);
    }
    if (hit.open != NULL) /* not known now: whatever it was before */
        say(a, VD_RULE_LOCAL_RULE_VERSION, hit.open, on, "the software version");
}

/* ---- certificates ---- */

static void check_certificate(const struct asking *a, const struct vd_cert *c, enum vd_subject on)
{
    struct vd_overlay_rule r;
    bool ok = true;

    if (!c->parsed)
        return;
    if (vd_revkey_possible(c->issuer.der, c->akid)) {
        if (c->magnitude.n > 0) {
            ok = vd_overlay_ask_certificate(c->akid, c->issuer.der, c->magnitude, &r);
            if (ok)
                ask(a, &r, on);
        }
        ok = ok && vd_overlay_ask_issuer(c->akid, c->issuer.der, &r);
        if (ok)
            ask(a, &r, on);
    }
    if (c->akid.n > 0 && c->magnitude.n > 0) {
        ok = ok && vd_overlay_ask_serial(c->akid, c->magnitude, &r);
        if (ok)
            ask(a, &r, on);
    }
    if (c->skid.n > 0) {
        ok = ok && vd_overlay_ask_key(VD_OVERLAY_SKID, c->skid, &r);
        if (ok)
            ask(a, &r, on);
    }
    if (!ok)
        (void)vd_find(a->f, VD_RULE_OUT_OF_MEMORY, on, NULL, "local rules not looked up");
}

static void ask_key(const struct asking *a, enum vd_overlay_kind kind, struct vd_span key_id,
                    enum vd_subject on)
{
    struct vd_overlay_rule r;

    if (vd_overlay_ask_key(kind, key_id, &r))
        ask(a, &r, on);
    else
        (void)vd_find(a->f, VD_RULE_OUT_OF_MEMORY, on, NULL, "local rules not looked up");
}

/* Of a PAI that is not there, or is another one, the DAC says the key id. */
static void check_issuer_of_dac(const struct asking *a, const struct vd_local *in)
{
    if (in->dac->parsed && in->dac->akid.n > 0 &&
        !(in->pai->parsed && vd_span_eq(in->pai->skid, in->dac->akid)))
        ask_key(a, VD_OVERLAY_SKID, in->dac->akid, VD_ON_PAI);
}

/* Whoever issued the PAI, trusted or not. */
static void check_paa(const struct asking *a, const struct vd_cert *pai)
{
    if (!pai->parsed || pai->akid.n == 0)
        return;
    ask_key(a, VD_OVERLAY_PAA, pai->akid, VD_ON_PAA);
    ask_key(a, VD_OVERLAY_SKID, pai->akid, VD_ON_PAA);
}

/* ---- products ---- */

/* pid -1: not known, and then only the vendor can be asked for. */
static void ask_product(const struct asking *a, uint16_t vid, int32_t pid, int64_t version,
                        enum vd_subject on)
{
    static const enum vd_overlay_kind kinds[] = { VD_OVERLAY_PRODUCT, VD_OVERLAY_VENDOR,
                                                  VD_OVERLAY_VERSION };
    struct vd_overlay_rule r;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (pid < 0 && kinds[i] != VD_OVERLAY_VENDOR)
            continue;
        vd_overlay_ask_product(kinds[i], vid, pid < 0 ? 0 : (uint16_t)pid, version, &r);
        ask(a, &r, on);
    }
}

static void check_product(const struct asking *a, const struct vd_local *in)
{
    const struct vd_id *vid = &in->dac->subject.vid, *pid = &in->dac->subject.pid;
    const int32_t of_dac = pid->state == VD_ID_PRESENT ? pid->value : -1;

    if (in->vid >= 0)
        ask_product(a, (uint16_t)in->vid, in->pid, in->software_version, in->pid < 0 ? VD_ON_VID : VD_ON_PID);
    /* what the certificate says counts as well: a device may claim to be another product, and a weak rule
     * on the one hides no strong rule on the other */
    if (in->dac->parsed && vid->state == VD_ID_PRESENT && !(vid->value == in->vid && of_dac == in->pid))
        ask_product(a, vid->value, of_dac, in->software_version, VD_ON_DAC);
}

void vd_local_check(const struct vd_local *in, struct vd_findings *f)
{
    for (size_t i = 0; i < in->n_snapshots; i++) {
        const struct asking a = { in->snapshots[i], in->at, in, f };
        if (a.s->overlay.network == VD_NETWORK_NONE)
            continue;
        check_certificate(&a, in->dac, VD_ON_DAC);
        check_certificate(&a, in->pai, VD_ON_PAI);
        check_issuer_of_dac(&a, in);
        check_paa(&a, in->pai);
        check_product(&a, in);
    }
}
