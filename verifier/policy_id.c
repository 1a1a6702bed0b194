/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_id.c - the canonical form of a policy (docs/policy.md), and its SHA-256.
 *
 *   form  := "veridac-policy 1\n" ("NAME VALUE\n")*    ; every value, in this order
 *   lists := lines of the lists, in their order; its SHA-256 is the last value of the form, "-" for none
 */
#include <inttypes.h>

#include "policy.h"
#include "text.h"

static bool put_ids(struct vd_buf *out, const char *name, const uint16_t *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!vd_buf_fmt(out, "%s %04X\n", name, v[i]))
            return false;
    }
    return true;
}

static bool put_age(struct vd_buf *out, const veridac_age_limit *a)
{
    if (a->key_id.data == NULL)
        return vd_buf_fmt(out, "max-crl-age vendor %04X %" PRId64 "\n", (unsigned)a->vid, a->max_crl_age_s);
    return vd_buf_str(out, "max-crl-age issuer ") &&
           vd_hex_put(out, vd_span_of(a->key_id.data, a->key_id.size), false) &&
           vd_buf_fmt(out, " %" PRId64 "\n", a->max_crl_age_s);
}

static bool has_lists(const struct vd_policy *p)
{
    return p->n_allowed_vids + p->n_denied_vids + p->n_ages + p->n_short_lived > 0;
}

bool vd_policy_lists(const struct vd_policy *p, uint8_t ret[VD_SHA256])
{
    struct vd_buf b = VD_BUF(4u << 20);
    bool ok;

    vd_zero(ret, VD_SHA256);
    if (!has_lists(p))
        return true;
    ok = put_ids(&b, "allow", p->allowed_vids, p->n_allowed_vids) &&
         put_ids(&b, "deny", p->denied_vids, p->n_denied_vids);

    for (size_t i = 0; ok && i < p->n_ages; i++)
        ok = put_age(&b, &p->ages[i]);
    for (size_t i = 0; ok && i < p->n_short_lived; i++)
        ok = vd_buf_str(&b, "short-lived ") && vd_hex_put(&b, VD_SPAN(p->short_lived[i].issuer), false) &&
             vd_buf_fmt(&b, " %" PRId64 "\n", p->short_lived[i].below_s);
    ok = ok && vd_sha256(vd_buf_span(&b), ret);
    vd_buf_free(&b);
    return ok;
}

bool vd_policy_id(const struct vd_policy *p, const uint8_t lists[VD_SHA256], uint8_t ret[VD_SHA256])
{
    char form[640];
    struct vd_buf b = VD_BUF_ON(form);

    return vd_buf_fmt(&b,
                      "veridac-policy 1\npreset %s\nnetwork %s\naccept %03" PRIx32 "\nhold %03" PRIx32
                      "\nreject %03" PRIx32 "\nsdk-compat %d\nmax-crl-age %" PRId64
                      "\nmax-head-age %" PRId64 "\nclock-tolerance %" PRId64 "\nnetworks %" PRIx32
                      "\ncertification-types %" PRIx32 "\nlists ",
                      vd_preset_text(p->preset), vd_network_text(p->network), p->accept_unknown,
                      p->hold_unknown, p->reject_unknown, p->sdk_compat, p->max_crl_age_s, p->max_head_age_s,
                      p->clock_tolerance_s, p->networks, p->certification_types) &&
           (has_lists(p) ? vd_hex_put(&b, vd_span_of(lists, VD_SHA256), false) : vd_buf_u8(&b, '-')) &&
           vd_buf_u8(&b, '\n') &&
           vd_sha256(vd_buf_span(&b), ret);
}
