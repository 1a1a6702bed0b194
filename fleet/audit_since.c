/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_since.c - anchors that were trusted before, and are no longer.
 */
#include <stdlib.h>
#include <sys/stat.h>

#include "audit_int.h"
#include "store.h"

/* A store's signed list. */
struct list {
    struct vd_store store;
    struct vd_buf bytes;
    struct vd_trust_list list;
};

static veridac_status read_list(const char *folder, struct list *l, veridac_error *err)
{
    bool there = false;
    veridac_status st = vd_store_read(folder, "head", &l->store, err);

    l->bytes = VD_BUF(VD_MAX_TRUST_LIST);
    if (st != VERIDAC_OK)
        return st;
    st = vd_store_get(folder, "trust", &l->store.head.ref[VD_REF_TRUST], &l->bytes, &there, err);
    if (st == VERIDAC_OK &&
        (!there || vd_trust_list_check(vd_buf_span(&l->bytes), &l->store.root, &l->list) != NULL))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: the trust list cannot be used", folder);
    if (st != VERIDAC_OK)
        vd_store_clear(&l->store);
    return st;
}

static void free_list(struct list *l)
{
    vd_store_clear(&l->store);
    vd_buf_free(&l->bytes);
}

/* A certificate of the same CA: one that was only renewed has not left. */
static bool trusts(const struct list *l, const struct vd_cert *paa)
{
    struct vd_span cursor = l->list.entries;
    struct vd_trust_entry e;
    struct vd_cert c;

    for (uint32_t i = 0; i < l->list.n && vd_trust_list_next(&cursor, &e); i++) {
        if (e.kind == VD_ENTRY_PAA && e.state == VD_ENTRY_TRUSTED && vd_cert_read(e.der, &c) &&
            vd_span_eq(c.skid, paa->skid) && vd_span_eq(c.subject.der, paa->subject.der))
            return true;
    }
    return false;
}

static veridac_status compare(struct vd_audit *a, const struct list *before, const struct list *now)
{
    struct vd_span cursor = before->list.entries;
    struct vd_trust_entry e;
    struct vd_cert c;

    a->withdrawn = calloc(before->list.n + 1u, sizeof *a->withdrawn);
    if (a->withdrawn == NULL)
        return VERIDAC_NO_MEMORY;
    for (uint32_t i = 0; i < before->list.n && vd_trust_list_next(&cursor, &e); i++) {
        if (e.kind != VD_ENTRY_PAA || e.state != VD_ENTRY_TRUSTED || !vd_cert_read(e.der, &c) ||
            trusts(now, &c))
            continue;
        a->n_withdrawn += vd_copy(a->withdrawn[a->n_withdrawn].key_id, 20, c.skid) && c.skid.n == 20;
    }
    return VERIDAC_OK;
}

veridac_status vd_withdrawn_since(struct vd_audit *a, veridac_error *err)
{
    struct list before, now;
    struct stat sb;
    veridac_status st;

    if (a->o.since == NULL || a->o.n_stores == 0 || stat(a->o.since, &sb) != 0 ||
        !S_ISDIR(sb.st_mode))
        return VERIDAC_OK; /* a bundle says nothing of anchors */
    st = read_list(a->o.since, &before, err);
    if (st != VERIDAC_OK)
        return st;
    st = read_list(a->o.stores[0], &now, err);
    if (st == VERIDAC_OK) {
        st = compare(a, &before, &now);
        free_list(&now);
    }
    free_list(&before);
    return st;
}
