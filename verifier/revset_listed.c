/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_listed.c - revocations that somebody else listed: they come without coverage and without
 * age, so they only add. Whoever is not among them is not covered by them.
 */
#include <stdlib.h>

#include "der.h"
#include "revset_int.h"

static bool name_ok(struct vd_span name)
{
    struct vd_span rest = name, value;
    return name.n <= VD_MAX_NAME && vd_der_take(&rest, DER_SEQUENCE, &value) && value.n > 0 &&
           rest.n == 0;
}

static bool add_serials(struct vd_rev_listed *l, const struct vd_span *serials, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct vd_span magnitude = serials[i];
        while (magnitude.n > 1 && magnitude.p[0] == 0)
            magnitude = vd_span_skip(magnitude, 1);
        if (magnitude.n < 1 || magnitude.n > 20 || !vd_buf_u8(&l->serials, (uint8_t)magnitude.n) || !vd_buf_put(&l->serials, magnitude))
            return false;
        l->n_entries++;
    }
    return true;
}

void vd_revset_listed_clear(struct vd_rev_listed *l)
{
    vd_buf_free(&l->names);
    vd_buf_free(&l->serials);
}

enum vd_revset_status vd_revset_add_listed(struct vd_revset *s, struct vd_span name,
                                           struct vd_span key_id, const struct vd_span *serials,
                                           size_t n)
{
    struct vd_rev_listed *l;

    if (s->phase != PHASE_ADDING)
        return VD_REVSET_ORDER;
    if (!name_ok(name) || key_id.n != 20 || n > VD_MAX_ENTRIES_ISSUER)
        return VD_REVSET_LIMIT;
    if (!vd_grow((void **)&s->listed, s->n_listed, &s->cap_listed, sizeof *s->listed,
                 VD_MAX_ISSUERS))
        return VD_REVSET_MEMORY;
    l = &s->listed[s->n_listed];
    *l = (struct vd_rev_listed){ .names = VD_BUF(VD_MAX_NAME + 20),
                                 .serials = VD_BUF(VD_MAX_CRL) };
    if (!vd_buf_put(&l->names, name) || !vd_buf_put(&l->names, key_id)) {
        vd_revset_listed_clear(l);
        return VD_REVSET_MEMORY;
    }
    (void)vd_span_slice(vd_buf_span(&l->names), 0, name.n, &l->ca.subject.der);
    (void)vd_span_slice(vd_buf_span(&l->names), name.n, 20, &l->ca.skid);
    if (!add_serials(l, serials, n)) {
        const bool memory = l->serials.failed;
        vd_revset_listed_clear(l);
        return memory ? VD_REVSET_MEMORY : VD_REVSET_LIMIT;
    }
    s->n_listed++;
    return VD_REVSET_OK;
}
