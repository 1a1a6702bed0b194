/* SPDX-License-Identifier: Apache-2.0
 *
 * pull_files.c - trust list and parts of a head that was accepted; whether all of it fits together.
 */
#include <inttypes.h>

#include "limits.h"
#include "pull.h"
#include "text.h"

veridac_status vd_pull_stored(struct vd_pull *p, const char *folder, enum vd_ref_type type,
                              struct vd_buf *out, bool *ret_there, veridac_error *err)
{
    veridac_status st = vd_store_get(p->o.store, folder, &p->head.ref[type], out, ret_there, err);
    if (st == VERIDAC_OK && *ret_there)
        p->stored |= UINT32_C(1) << type;
    return st;
}

/* ---- the trust list ---- */

static veridac_status check_trust(struct vd_pull *p, struct vd_span bytes, veridac_error *err)
{
    const struct vd_floor *f = &p->old.floor;
    const char *wrong = vd_trust_list_check(bytes, &p->root, &p->trust);
    const struct vd_signed *s = &p->trust.s;
    char text[VD_TIME_TEXT];

    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_SIGNATURE), "%s: trust list: %s", p->base, wrong);
    if (s->number != p->head.trust_version)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: trust-version: the head names version %" PRIu32 ", the list is %" PRIu64,
                       p->base, p->head.trust_version, s->number);
    if (p->old.has_floor && vd_signed_before(s->epoch, s->number, f->trust_epoch, f->trust_version))
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: trust-rollback: goes back from %" PRIu32 ".%" PRIu64 " to %" PRIu32
                       ".%" PRIu64, p->base, f->trust_epoch, f->trust_version, s->epoch, s->number);
    vd_time_text(s->expires, text);
    if (p->o.at > s->expires)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: trust-expired: expired at %s", p->base, text);
    if (p->head.s.expires > s->expires)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: head-outlives-trust: the trust list expires at %s", p->base, text);
    return VERIDAC_OK;
}

static veridac_status get_trust(struct vd_pull *p, veridac_error *err)
{
    const struct vd_ref *ref = &p->head.ref[VD_REF_TRUST];
    bool there = false;
    veridac_status st;

    p->trust_bytes.max = VD_MAX_TRUST_LIST;
    st = vd_pull_stored(p, "trust", VD_REF_TRUST, &p->trust_bytes, &there, err);
    if (st == VERIDAC_OK && !there)
        st = vd_fetch_ref(&p->fetch, p->base, "trust", ref, &p->trust_bytes, err);
    return st == VERIDAC_OK ? check_trust(p, vd_buf_span(&p->trust_bytes), err) : st;
}

/* ---- parts ---- */

/* Rules refuse for everybody, so nobody is asked. */
static bool wanted(const struct vd_pull *p, enum vd_ref_type type)
{
    return p->head.ref[type].there && (type == VD_REF_RULES || (p->parts & vd_part_bit(type)) != 0);
}

static veridac_status get_parts(struct vd_pull *p, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < VD_PARTS; i++) {
        const struct vd_ref *ref = &p->head.ref[vd_part_types[i]];
        bool there = false;
        vd_buf_free(&p->part_bytes[i]);
        if (!wanted(p, vd_part_types[i]))
            continue;
        p->part_bytes[i] = VD_BUF(VD_MAX_BUNDLE);
        st = vd_pull_stored(p, "p", vd_part_types[i], &p->part_bytes[i], &there, err);
        if (st == VERIDAC_OK && !there)
            st = vd_fetch_ref(&p->fetch, p->base, "p", ref, &p->part_bytes[i], err);
    }
    return st;
}

/* ---- all of it ---- */

static veridac_status check_all(const struct vd_pull *p, veridac_error *err)
{
    veridac_bytes parts[VD_PARTS];
    veridac_snapshot_options o = { .size = sizeof o,
                                   .head = { p->head_bytes.p, p->head_bytes.n },
                                   .root = { p->root_bytes.p, p->root_bytes.n },
                                   .parts = parts };
    veridac_snapshot *s = NULL;
    veridac_error why = { "" };
    veridac_status st;

    for (size_t i = 0; i < VD_PARTS; i++) {
        if (p->part_bytes[i].p != NULL)
            parts[o.n_parts++] = (veridac_bytes){ p->part_bytes[i].p, p->part_bytes[i].n };
    }
    st = veridac_snapshot_open((veridac_bytes){ p->bundle_bytes.p, p->bundle_bytes.n }, &o, &s, &why);
    veridac_snapshot_free(s);
    return st == VERIDAC_OK ? st : vd_fail(err, st, "%s: bundle: %s", p->base, why.text);
}

veridac_status vd_pull_files(struct vd_pull *p, veridac_error *err)
{
    veridac_status st = get_trust(p, err);
    if (st == VERIDAC_OK)
        st = vd_pull_bundle(p, err);
    if (st == VERIDAC_OK)
        st = get_parts(p, err);
    return st == VERIDAC_OK ? check_all(p, err) : st;
}
