/* SPDX-License-Identifier: Apache-2.0
 *
 * local.c - local rules are consulted first, and only add.
 */
#include "local.h"

#include <inttypes.h>

#include "text.h"

static void say(const struct vd_snapshot *s, const struct vd_overlay_rule *r, enum vd_subject on,
                struct vd_findings *f)
{
    static const char *const kinds[] = { "", "certificate", "issuer", "product" };
    char reason[VD_MAX_EVIDENCE + 1];
    struct vd_buf b = VD_BUF_ON(reason);

    (void)vd_printable(r->reason, &b);
    (void)vd_find(f, VD_RULE_LOCAL_RULE, on, "no local rule", "%s, line %" PRIu32 " of %s%s%.*s",
                  kinds[r->kind], r->line, s->label[0] ? s->label : "the rules",
                  b.n > 0 ? ": " : "", (int)b.n, reason);
}

static void check_certificate(const struct vd_snapshot *s, const struct vd_cert *c,
                              enum vd_subject on, struct vd_findings *f)
{
    const struct vd_overlay_rule *hit = NULL;
    uint8_t id[VD_ISSUER_ID];
    uint64_t key;

    if (c->parsed && vd_revkey_issuer(NULL, c->issuer.der, c->akid, id) &&
        vd_revkey_make(NULL, id, c->magnitude, &key))
        hit = vd_overlay_certificate(&s->overlay, id, key);
    if (hit != NULL)
        say(s, hit, on, f);
}

static void check_product(const struct vd_snapshot *s, const struct vd_local *in,
                          struct vd_findings *f)
{
    const struct vd_id *vid = &in->dac->subject.vid, *pid = &in->dac->subject.pid;
    const struct vd_overlay_rule *hit = NULL;

    if (in->vid >= 0 && in->pid >= 0)
        hit = vd_overlay_product(&s->overlay, (uint16_t)in->vid, (uint16_t)in->pid);
    if (hit != NULL) {
        say(s, hit, VD_ON_PID, f);
        return;
    }
    /* what the certificate says counts as well: a device may claim to be another product */
    if (in->dac->parsed && vid->state == VD_ID_PRESENT)
        hit = vd_overlay_product(&s->overlay, vid->value,
                                 pid->state == VD_ID_PRESENT ? pid->value : 0);
    if (hit != NULL)
        say(s, hit, VD_ON_DAC, f);
}

void vd_local_check(const struct vd_local *in, struct vd_findings *f)
{
    for (size_t i = 0; i < in->n_snapshots; i++) {
        const struct vd_snapshot *s = in->snapshots[i];
        if (s->overlay.network == VD_NETWORK_NONE)
            continue;
        check_certificate(s, in->dac, VD_ON_DAC, f);
        check_certificate(s, in->pai, VD_ON_PAI, f);
        check_product(s, in, f);
    }
}
