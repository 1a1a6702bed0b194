/* SPDX-License-Identifier: Apache-2.0
 *
 * drafts.c - root and trust documents before anybody signed them.
 */
#include <stdlib.h>

#include "fail.h"
#include "limits.h"
#include "signed.h"
#include "sized.h"

#define ROOT_LIFE_S (365 * 86400)

/* ---- root ---- */

struct root_draft {
    veridac_root_options o;
    struct vd_root root;
    struct vd_public keys[3 * VD_MAX_ROOT_KEYS]; /* what root.keys point to, of the new ones */
    size_t n_keys;
};

static veridac_status add_keys(struct root_draft *d, const veridac_bytes *pems, size_t n,
                               enum vd_duty duty, veridac_error *err)
{
    for (size_t i = 0; i < n; i++) {
        struct vd_public *k = &d->keys[d->n_keys];
        if (d->n_keys == sizeof d->keys / sizeof d->keys[0])
            return vd_fail(err, VERIDAC_TOO_LARGE, "more than %u keys", VD_MAX_ROOT_KEYS);
        if (!vd_public_pem_read(vd_span_of(pems[i].data, pems[i].size), k))
            return vd_fail(err, VERIDAC_BAD_DATA, "expected a public key, P-256 or Ed25519, in PEM");
        d->n_keys++;
        if (!vd_root_add(&d->root, k->algorithm, vd_public_span(k), (uint8_t)VD_DUTY_BIT(duty)))
            return vd_fail(err, VERIDAC_TOO_LARGE, "more than %u keys", VD_MAX_ROOT_KEYS);
    }
    return VERIDAC_OK;
}

static veridac_status remove_keys(struct root_draft *d, veridac_error *err)
{
    for (size_t i = 0; i < d->o.n_removed; i++) {
        struct vd_root *r = &d->root;
        struct vd_public k;
        uint32_t at = 0;
        if (!vd_public_pem_read(vd_span_of(d->o.removed[i].data, d->o.removed[i].size), &k))
            return vd_fail(err, VERIDAC_BAD_DATA, "expected a public key, P-256 or Ed25519, in PEM");
        while (at < r->n_keys && (r->keys[at].algorithm != k.algorithm ||
                                  !vd_span_eq(r->keys[at].key, vd_public_span(&k))))
            at++;
        if (at == r->n_keys)
            return vd_fail(err, VERIDAC_BAD_DATA, "a key to be removed is not in the root");
        for (r->n_keys--; at < r->n_keys; at++)
            r->keys[at] = r->keys[at + 1];
    }
    return VERIDAC_OK;
}

static veridac_status start(struct root_draft *d, veridac_error *err)
{
    const veridac_root_options *o = &d->o;
    struct vd_root *r = &d->root;
    const char *wrong, *feed = o->feed != NULL ? o->feed : o->network == 1 ? "main" : "test";

    if (o->previous.data != NULL) {
        wrong = vd_root_read(vd_span_of(o->previous.data, o->previous.size), r);
        if (wrong != NULL)
            return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "not a usable root document: %s", wrong);
        r->s.number++;
        r->s.epoch += o->new_epoch != 0;
        return VERIDAC_OK;
    }
    if (o->network < 1 || o->network > 2 || !vd_feed_valid(feed, (uint8_t)o->network))
        return vd_fail(err, VERIDAC_BAD_DATA,
                       "feed '%.40s': expected main, test, or up to 16 of a-z, 0-9 and -", feed);
    *r = (struct vd_root){ .s = { .kind = VD_DOC_ROOT, .network = (uint8_t)o->network, .epoch = 1,
                                  .number = 1 },
                           .threshold = { 1, 1, 1 } };
    (void)vd_copy(r->s.feed, VD_FEED, vd_span_str(feed));
    return VERIDAC_OK;
}

static void set_threshold(struct vd_root *r, enum vd_duty duty, int32_t threshold)
{
    if (threshold > 0)
        r->threshold[duty] = (uint8_t)(threshold > 255 ? 255 : threshold);
}

static void set_values(struct root_draft *d)
{
    const veridac_root_options *o = &d->o;
    struct vd_root *r = &d->root;
    const int64_t life = o->lifetime_s > 0 ? o->lifetime_s : ROOT_LIFE_S;
    int64_t head = o->head_lifetime_s > 0 ? o->head_lifetime_s : VD_MAX_HEAD_KEY_S;

    set_threshold(r, VD_DUTY_ROOT, o->root_threshold);
    set_threshold(r, VD_DUTY_TRUST, o->trust_threshold);
    set_threshold(r, VD_DUTY_HEAD, o->head_threshold);
    if (head > life)
        head = life;
    r->s.created = o->at;
    r->s.expires = o->at + life;
    r->head_until = o->at + head;
}

static veridac_status draft_root(struct root_draft *d, struct vd_buf *out, veridac_error *err)
{
    struct vd_root again;
    const char *wrong;
    veridac_status st = start(d, err);

    if (st == VERIDAC_OK)
        st = remove_keys(d, err);
    if (st == VERIDAC_OK)
        st = add_keys(d, d->o.root_keys, d->o.n_root_keys, VD_DUTY_ROOT, err);
    if (st == VERIDAC_OK)
        st = add_keys(d, d->o.trust_keys, d->o.n_trust_keys, VD_DUTY_TRUST, err);
    if (st == VERIDAC_OK)
        st = add_keys(d, d->o.head_keys, d->o.n_head_keys, VD_DUTY_HEAD, err);
    if (st != VERIDAC_OK)
        return st;
    set_values(d);
    if (!vd_root_write(&d->root, out))
        return VERIDAC_NO_MEMORY;
    wrong = vd_root_read(vd_buf_span(out), &again); /* never sign what a reader would refuse */
    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "these values make no root: %s", wrong);
}

veridac_status veridac_root_draft(const veridac_root_options *options, veridac_buffer *ret,
                                  veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_MAX_ROOT);
    struct root_draft *d;
    veridac_status st;

    if (ret == NULL)
        return VERIDAC_MISUSE;
    d = calloc(1, sizeof *d);
    if (d == NULL)
        return VERIDAC_NO_MEMORY;
    if (!vd_sized_take(&d->o, sizeof d->o, VD_UPTO(veridac_root_options, head_lifetime_s), options) ||
        d->o.at <= 0 || d->o.lifetime_s < 0 || d->o.head_lifetime_s < 0)
        st = VERIDAC_MISUSE;
    else
        st = draft_root(d, &out, err);
    free(d);
    if (st == VERIDAC_OK)
        return vd_give(&out, ret);
    vd_buf_free(&out);
    return st;
}

/* ---- trust ---- */

static void put_entries(struct vd_trust_entry *to, size_t *n, const veridac_bytes *ders, size_t count,
                        struct vd_trust_entry like)
{
    for (size_t i = 0; i < count; i++) {
        to[*n] = like;
        to[(*n)++].der = vd_span_of(ders[i].data, ders[i].size);
    }
}

/* The same certificate twice is once; withdrawn outweighs trusted. */
static size_t merge(struct vd_trust_entry *e, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < kept && (e[k].kind != e[i].kind || !vd_span_eq(e[k].der, e[i].der)))
            k++;
        if (k == kept)
            e[kept++] = e[i];
        else if (e[i].state == VD_ENTRY_WITHDRAWN)
            e[k].state = VD_ENTRY_WITHDRAWN;
    }
    return kept;
}

static veridac_status set_frame(const veridac_trust_options *o, struct vd_signed *ret,
                                veridac_error *err)
{
    struct vd_trust_list list;
    struct vd_root root;
    const char *wrong = vd_root_read(vd_span_of(o->root.data, o->root.size), &root);

    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "not a usable root document: %s", wrong);
    *ret = (struct vd_signed){ .kind = VD_DOC_TRUST, .network = root.s.network,
                               .epoch = root.s.epoch, .number = 1, .created = o->at,
                               .expires = o->at + (o->lifetime_s > 0 ? o->lifetime_s : ROOT_LIFE_S) };
    (void)vd_copy(ret->feed, sizeof ret->feed, vd_span_of(root.s.feed, sizeof root.s.feed));
    if (o->previous.data == NULL)
        return VERIDAC_OK;
    wrong = vd_trust_list_check(vd_span_of(o->previous.data, o->previous.size), &root, &list);
    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "the trust list before is not usable: %s", wrong);
    ret->number = list.s.epoch == root.s.epoch ? list.s.number + 1 : 1;
    return VERIDAC_OK;
}

static veridac_status draft_trust(const veridac_trust_options *o, struct vd_trust_entry *entries,
                                  struct vd_buf *out, veridac_error *err)
{
    struct vd_trust_list again;
    struct vd_signed frame;
    const char *wrong;
    size_t n = 0;
    veridac_status st = set_frame(o, &frame, err);

    if (st != VERIDAC_OK)
        return st;
    put_entries(entries, &n, o->paas, o->n_paas,
                (struct vd_trust_entry){ VD_ENTRY_PAA, frame.network, VD_ENTRY_TRUSTED, VD_NO_SPAN });
    put_entries(entries, &n, o->cd_signers, o->n_cd_signers,
                (struct vd_trust_entry){ VD_ENTRY_CD_SIGNER, frame.network, VD_ENTRY_TRUSTED, VD_NO_SPAN });
    put_entries(entries, &n, o->withdrawn, o->n_withdrawn,
                (struct vd_trust_entry){ VD_ENTRY_PAA, frame.network, VD_ENTRY_WITHDRAWN, VD_NO_SPAN });
    n = merge(entries, n);
    if (!vd_trust_list_write(&frame, entries, n, out))
        return vd_fail(err, VERIDAC_TOO_LARGE, "more certificates than a trust list can hold");
    wrong = vd_trust_list_read(vd_buf_span(out), &again);
    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "these values make no trust list: %s", wrong);
}

veridac_status veridac_trust_draft(const veridac_trust_options *options, veridac_buffer *ret,
                                   veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_MAX_TRUST_LIST);
    struct vd_trust_entry *entries;
    veridac_trust_options o;
    veridac_status st;
    size_t n;

    if (ret == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_trust_options, lifetime_s), options) ||
        o.root.data == NULL || o.at <= 0 || o.lifetime_s < 0)
        return VERIDAC_MISUSE;
    n = o.n_paas + o.n_cd_signers + o.n_withdrawn;
    if (n > VD_MAX_ANCHORS)
        return vd_fail(err, VERIDAC_TOO_LARGE, "more than %u certificates", VD_MAX_ANCHORS);
    entries = calloc(n ? n : 1, sizeof *entries);
    st = entries == NULL ? VERIDAC_NO_MEMORY : draft_trust(&o, entries, &out, err);
    free(entries);
    if (st == VERIDAC_OK)
        return vd_give(&out, ret);
    vd_buf_free(&out);
    return st;
}
