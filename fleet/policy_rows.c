/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_rows.c - ages of evidence, and short-lived evidence, by issuer and vendor.
 */
#include <stdlib.h>

#include "policy_file.h"
#include "text.h"

#define YEARS_100 (INT64_C(36525) * 86400)

/* ---- ages ---- */

static veridac_status read_snapshot_age(struct vd_policy_reader *r, struct vd_json_value v)
{
    return vd_policy_duration(&r->t, v, 1, YEARS_100, &r->p->policy.max_head_age_s);
}

static veridac_status read_crl_age(struct vd_policy_reader *r, struct vd_json_value v)
{
    return vd_policy_duration(&r->t, v, 1, YEARS_100, &r->p->policy.max_crl_age_s);
}

/* Vendors first, then key ids, each ascending. */
static int by_row(const void *x, const void *y)
{
    const veridac_age_limit *a = x, *b = y;
    if (a->key_id.data == NULL || b->key_id.data == NULL)
        return a->key_id.data != NULL ? 1 : b->key_id.data != NULL ? -1 : (a->vid > b->vid) - (a->vid < b->vid);
    return vd_span_cmp(vd_span_of(a->key_id.data, a->key_id.size),
                       vd_span_of(b->key_id.data, b->key_id.size));
}

/* Room for what the whole section may hold: rows point to key ids, so nothing moves. */
static bool age_room(veridac_policy_file *p)
{
    if (p->ages == NULL)
        p->ages = calloc(VD_MAX_POLICY_ROWS, sizeof *p->ages);
    if (p->key_ids == NULL)
        p->key_ids = calloc(VD_MAX_POLICY_ROWS, sizeof *p->key_ids);
    return p->ages != NULL && p->key_ids != NULL;
}

static veridac_status read_row(struct vd_policy_reader *r, struct vd_json_value name, bool vendor)
{
    veridac_policy_file *p = r->p;
    const size_t n = p->policy.n_ages;
    uint16_t vid = 0;

    if (n == VD_MAX_POLICY_ROWS || !age_room(p))
        return vd_policy_wrong(&r->t, name, "more than %u, or out of memory", VD_MAX_POLICY_ROWS);
    if (vendor) {
        if (!vd_policy_vid(name, &vid))
            return vd_policy_wrong(&r->t, name, "expected a vendor id, four hex digits");
        p->ages[n].vid = vid;
    } else {
        struct vd_buf b = VD_BUF_ON(p->key_ids[n]);
        if (!vd_hex_read(vd_json_text(name), &b) || b.n == 0)
            return vd_policy_wrong(&r->t, name, "expected the key id of an issuer, in hex");
        p->ages[n].key_id = (veridac_bytes){ p->key_ids[n], b.n };
    }
    for (size_t i = 0; i < n; i++) {
        if (by_row(&p->ages[i], &p->ages[n]) == 0)
            return vd_policy_wrong(&r->t, name, "said twice");
    }
    p->policy.n_ages++;
    return vd_policy_duration(&r->t, vd_json_of_name(name), 1, YEARS_100, &p->ages[n].max_crl_age_s);
}

static veridac_status read_rows(struct vd_policy_reader *r, struct vd_json_value v, bool vendor)
{
    veridac_status st = VERIDAC_OK;

    if (!vd_json_is_object(v))
        return vd_policy_wrong(&r->t, v, "expected an object");
    for (struct vd_json_value name = vd_json_first_name(v); st == VERIDAC_OK && vd_json_present(name);
         name = vd_json_next(vd_json_of_name(name)))
        st = read_row(r, name, vendor);
    return st;
}

static veridac_status read_issuers(struct vd_policy_reader *r, struct vd_json_value v)
{
    return read_rows(r, v, false);
}

static veridac_status read_vendor_ages(struct vd_policy_reader *r, struct vd_json_value v)
{
    return read_rows(r, v, true);
}

veridac_status vd_policy_ages(struct vd_policy_reader *r, struct vd_json_value v)
{
    static const struct vd_policy_member members[] = { { "snapshot", read_snapshot_age }, { "crl", read_crl_age },
                                             { "issuers", read_issuers }, { "vendors", read_vendor_ages } };
    veridac_status st = vd_policy_read_members(r, v, members, 4);

    if (st == VERIDAC_OK && r->p->policy.n_ages > 1)
        qsort(r->p->ages, r->p->policy.n_ages, sizeof *r->p->ages, by_row);
    r->p->policy.ages = r->p->ages;
    return st;
}

/* ---- short-lived ---- */

static int by_issuer(const void *x, const void *y)
{
    const veridac_short_lived *a = x, *b = y;
    return vd_span_cmp(VD_SPAN(a->issuer), VD_SPAN(b->issuer));
}

static veridac_status read_life(struct vd_policy_reader *r, struct vd_json_value name)
{
    veridac_policy_file *p = r->p;
    veridac_short_lived row = { .below_s = 0 };
    struct vd_buf b = VD_BUF_ON(row.issuer);
    veridac_status st;

    if (!vd_hex_read(vd_json_text(name), &b) || b.n != sizeof row.issuer)
        return vd_policy_wrong(&r->t, name, "expected the SHA-256 of an issuer's certificate, in hex");
    for (size_t i = 0; i < p->policy.n_short_lived; i++) {
        if (by_issuer(&p->short_lived[i], &row) == 0)
            return vd_policy_wrong(&r->t, name, "said twice");
    }
    st = vd_policy_duration(&r->t, vd_json_of_name(name), VD_SHORT_LIFE_MIN_S, VD_SHORT_LIFE_MAX_S,
                            &row.below_s);
    if (st == VERIDAC_OK)
        p->short_lived[p->policy.n_short_lived++] = row;
    return st;
}

veridac_status vd_policy_lives(struct vd_policy_reader *r, struct vd_json_value v)
{
    veridac_policy_file *p = r->p;
    const size_t n = vd_policy_members(v);
    veridac_status st = VERIDAC_OK;

    if (n == 0 || n > VD_MAX_POLICY_ROWS)
        return vd_policy_wrong(&r->t, v, "expected an object of 1 to %u issuers", VD_MAX_POLICY_ROWS);
    p->short_lived = calloc(n, sizeof *p->short_lived);
    if (p->short_lived == NULL)
        return VERIDAC_NO_MEMORY;
    for (struct vd_json_value name = vd_json_first_name(v); st == VERIDAC_OK && vd_json_present(name);
         name = vd_json_next(vd_json_of_name(name)))
        st = read_life(r, name);
    qsort(p->short_lived, p->policy.n_short_lived, sizeof *p->short_lived, by_issuer);
    p->policy.short_lived = p->short_lived;
    return st;
}
