/* SPDX-License-Identifier: Apache-2.0
 *
 * signed_trust.c - trust documents: PAAs and declaration signers, with their networks and states.
 *
 *   body    entries:u32 zero:u32 entry*
 *   entry   kind:u8 network:u8 state:u8 zero:u8 size:u32 certificate[size]
 *                                                        ascending by (kind, certificate)
 */
#include <stdlib.h>

#include "limits.h"
#include "signed.h"

bool vd_trust_list_next(struct vd_span *cursor, struct vd_trust_entry *ret)
{
    uint8_t zero;
    uint64_t size;
    return vd_take_u8(cursor, &ret->kind) && vd_take_u8(cursor, &ret->network) &&
           vd_take_u8(cursor, &ret->state) && vd_take_u8(cursor, &zero) && zero == 0 &&
           vd_take_le(cursor, 4, &size) && vd_take(cursor, (size_t)size, &ret->der);
}

static int compare(const struct vd_trust_entry *a, const struct vd_trust_entry *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    return vd_span_cmp(a->der, b->der);
}

static const char *check_entry(const struct vd_trust_list *list, const struct vd_trust_entry *e)
{
    if (e->kind != VD_ENTRY_PAA && e->kind != VD_ENTRY_CD_SIGNER)
        return "trust-kind";
    if (e->network != list->s.network)
        return "trust-network";
    if (e->state != VD_ENTRY_TRUSTED && e->state != VD_ENTRY_WITHDRAWN)
        return "trust-state";
    return e->der.n == 0 || e->der.n > VD_MAX_CERT_PQC ? "trust-certificate" : NULL;
}

const char *vd_trust_list_read(struct vd_span in, struct vd_trust_list *ret)
{
    struct vd_trust_entry e, last = { 0, 0, 0, VD_NO_SPAN };
    const char *wrong = vd_signed_read(in, VD_DOC_TRUST, VD_MAX_TRUST_LIST, &ret->s);
    uint64_t n, zero;
    struct vd_span body;

    if (wrong != NULL)
        return wrong;
    if (ret->s.number > UINT32_MAX)
        return "document-number";
    body = ret->s.body;
    if (!vd_take_le(&body, 4, &n) || !vd_take_le(&body, 4, &zero))
        return "trust-size";
    if (zero != 0)
        return "trust-zero";
    if (n > VD_MAX_ANCHORS)
        return "trust-entries";
    ret->n = (uint32_t)n;
    ret->entries = body;
    for (uint64_t i = 0; i < n; i++, last = e) {
        int order;
        if (!vd_trust_list_next(&body, &e))
            return "trust-size";
        if ((wrong = check_entry(ret, &e)) != NULL)
            return wrong;
        order = compare(&last, &e);
        if (order == 0)
            return "trust-twice";
        if (order > 0)
            return "trust-order";
    }
    return body.n == 0 ? NULL : "trust-size";
}

const char *vd_trust_list_check(struct vd_span in, const struct vd_root *root,
                                struct vd_trust_list *ret)
{
    struct vd_trust_list list;
    const char *wrong = vd_trust_list_read(in, &list);
    if (wrong == NULL)
        wrong = vd_root_covers(root, &list.s);
    if (wrong == NULL)
        wrong = vd_root_approves(root, VD_DUTY_TRUST, &list.s);
    if (wrong == NULL)
        *ret = list;
    return wrong;
}

static int compare_items(const void *a, const void *b)
{
    return compare(a, b);
}

bool vd_trust_list_write(const struct vd_signed *d, struct vd_trust_entry *entries, size_t n,
                         struct vd_buf *out)
{
    struct vd_buf body = VD_BUF(VD_MAX_TRUST_LIST);
    bool ok = n <= VD_MAX_ANCHORS && vd_buf_le(&body, 4, n) && vd_buf_le(&body, 4, 0);

    if (n > 0)
        qsort(entries, n, sizeof *entries, compare_items);
    for (size_t i = 0; ok && i < n; i++) {
        const struct vd_trust_entry *e = &entries[i];
        ok = vd_buf_u8(&body, e->kind) && vd_buf_u8(&body, e->network) &&
             vd_buf_u8(&body, e->state) && vd_buf_u8(&body, 0) && vd_buf_le(&body, 4, e->der.n) &&
             vd_buf_put(&body, e->der);
    }
    ok = ok && vd_signed_write(d, vd_buf_span(&body), out);
    vd_buf_free(&body);
    return ok;
}
