/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_draft.c - a new rule as a line of the text.
 */
#include <string.h>

#include "limits.h"
#include "rules.h"
#include "text.h"

/* ---- the subject ---- */

static bool put_issuer(struct vd_buf *out, struct vd_span key_id, struct vd_span name)
{
    return vd_hex_put(out, key_id, true) && vd_buf_u8(out, ' ') && vd_base64_put(out, name);
}

/* Kind and values of what `what` says about a certificate. */
static veridac_status put_certificate(veridac_bytes der, const char *what, struct vd_buf *out,
                                      veridac_error *err)
{
    struct vd_cert c;
    bool ok;

    if (!vd_cert_read(vd_span_of(der.data, der.size), &c))
        return vd_fail(err, VERIDAC_BAD_DATA, "not a certificate: %s", c.broken ? c.broken : "cut");
    ok = vd_buf_fmt(out, "%s ", what);
    if (strcmp(what, "certificate") == 0) {
        if (c.akid.n == 0 || c.magnitude.n == 0)
            return vd_fail(err, VERIDAC_BAD_DATA, "the certificate names no issuer, or has no serial number");
        ok = ok && put_issuer(out, c.akid, c.issuer.der) && vd_buf_u8(out, ' ') &&
             vd_hex_put(out, c.magnitude, true);
    } else if (c.skid.n == 0) {
        return vd_fail(err, VERIDAC_BAD_DATA, "the certificate has no subject key id");
    } else if (strcmp(what, "issuer") == 0) {
        ok = ok && put_issuer(out, c.skid, c.subject.der);
    } else if (strcmp(what, "paa") == 0 || strcmp(what, "skid") == 0) {
        ok = ok && vd_hex_put(out, c.skid, true);
    } else {
        return vd_fail(err, VERIDAC_BAD_DATA, "of a certificate: certificate, issuer, paa or skid, not '%s'",
                       what);
    }
    return ok ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

/* ---- the rest ---- */

static bool effect_of(const char *text, enum vd_overlay_effect *ret)
{
    *ret = VD_OVERLAY_REFUSE;
    if (text == NULL)
        return true;
    for (unsigned e = VD_OVERLAY_SUSPECT; e <= VD_OVERLAY_REFUSE; e++) {
        if (strcmp(text, vd_overlay_effect_text((enum vd_overlay_effect)e)) == 0) {
            *ret = (enum vd_overlay_effect)e;
            return true;
        }
    }
    return false;
}

/* The same rule at the same time has the same id. */
static bool make_id(struct vd_span rule, int64_t at, char ret[16])
{
    uint8_t seconds[8], digest[VD_SHA256];
    struct vd_buf s = VD_BUF_ON(seconds), b = { .p = (uint8_t *)ret, .cap = 15, .max = 15 };
    struct vd_span head;

    ret[14] = '\0';
    return vd_buf_be(&s, 8, (uint64_t)at) && vd_sha256_two(rule, VD_SPAN(seconds), digest) &&
           vd_span_slice(VD_SPAN(digest), 0, 6, &head) && vd_buf_str(&b, "r-") && vd_hex_put(&b, head, false);
}

static struct vd_span text_of(const char *s)
{
    return s == NULL ? VD_NO_SPAN : vd_span_str(s);
}

static veridac_status put_line(const veridac_rule_draft *d, struct vd_span rule, int64_t at,
                               struct vd_buf *out, veridac_error *err)
{
    struct vd_overlay_rule r;
    char id[16];
    uint32_t column = 0;
    const char *wrong = vd_overlay_line_read(rule, &r, &column);

    if (wrong != NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "the rule, column %u: %s", (unsigned)column, wrong);
    if (rule.n != strlen(vd_overlay_kind_text(r.kind)) + 1 + r.subject.n)
        return vd_fail(err, VERIDAC_BAD_DATA, "the rule: expected kind and values, and nothing behind them");
    if (!effect_of(d->effect, &r.effect))
        return vd_fail(err, VERIDAC_BAD_DATA, "the effect is suspect, quarantine or refuse, not '%s'",
                       d->effect);
    if (d->expires != 0 && d->expires < at)
        return vd_fail(err, VERIDAC_BAD_DATA, "a rule that has expired before it is there");
    if (!make_id(rule, at, id))
        return VERIDAC_NO_MEMORY;
    r.id = d->id != NULL ? vd_span_str(d->id) : vd_span_str(id);
    r.source = text_of(d->source);
    r.ticket = text_of(d->ticket);
    r.reason = text_of(d->reason);
    r.made = at;
    r.expires = d->expires;
    return vd_overlay_line_put(&r, out)
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_BAD_DATA,
                         "id, source and ticket are words of at most %u printable characters, the reason is "
                         "one short line that does not begin like an attribute", VD_MAX_RULE_WORD);
}

veridac_status vd_rules_draft(const veridac_rule_draft *draft, int64_t at, struct vd_buf *out,
                              veridac_error *err)
{
    struct vd_buf rule = VD_BUF(8192);
    veridac_rule_draft d;
    veridac_status st = VERIDAC_OK;

    if (!vd_sized_take(&d, sizeof d, VD_UPTO(veridac_rule_draft, expires), draft) || d.rule == NULL)
        return VERIDAC_MISUSE;
    if (d.certificate.data != NULL)
        st = put_certificate(d.certificate, d.rule, &rule, err);
    else if (!vd_buf_str(&rule, d.rule))
        st = vd_fail(err, VERIDAC_BAD_DATA, "the rule is too long");
    if (st == VERIDAC_OK)
        st = put_line(&d, vd_buf_span(&rule), at, out, err);
    vd_buf_free(&rule);
    return st;
}
