/* SPDX-License-Identifier: Apache-2.0
 *
 * lists.c - what one ledger node lists, in memory.
 */
#include "lists.h"

#include <stdlib.h>
#include <string.h>

#include "compliance_list.h"
#include "limits.h"
#include "sig.h"

/* ---- digests ---- */

static bool digest(struct vd_span of, struct vd_digest *ret)
{
    return vd_sha256(of, ret->b);
}

bool vd_digests_add(struct vd_digests *d, struct vd_span of)
{
    if (!vd_grow((void **)&d->v, d->n, &d->cap, sizeof *d->v, VD_MAX_ISSUERS) ||
        !digest(of, &d->v[d->n]))
        return false;
    d->n++;
    d->sorted = false;
    return true;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct vd_digest));
}

static void sort_digests(struct vd_digests *d)
{
    size_t n = 0;
    if (d->n > 1 && !d->sorted)
        qsort(d->v, d->n, sizeof *d->v, compare_digests);
    for (size_t i = 0; i < d->n && !d->sorted; i++) {
        if (n == 0 || compare_digests(&d->v[n - 1], &d->v[i]) != 0)
            d->v[n++] = d->v[i];
    }
    if (!d->sorted)
        d->n = n;
    d->sorted = true;
}

bool vd_digests_has(struct vd_digests *d, const struct vd_digest *one)
{
    sort_digests(d);
    return d->n > 0 && bsearch(one, d->v, d->n, sizeof *d->v, compare_digests) != NULL;
}

/* ---- broken records, ids ---- */

static veridac_status broken(struct vd_lists *l, const char *what, const char *wrong)
{
    if (wrong == vd_record_no_memory)
        return VERIDAC_NO_MEMORY;
    l->n_broken++;
    if (l->broken.max == 0)
        l->broken = VD_BUF(VD_MAX_INPUT);
    if (l->broken.n < VD_MAX_INPUT / 2) /* the first ones are enough to look into */
        (void)vd_buf_fmt(&l->broken, "%s: %.64s\n", what, wrong);
    return VERIDAC_OK;
}

static bool put_id(const struct vd_record_id *id, struct vd_buf *out)
{
    return vd_buf_put(out, id->subject) && vd_buf_u8(out, ' ') && vd_buf_put(out, id->key_id);
}

static veridac_status add_id(struct vd_lists *l, struct vd_digests *to, struct vd_json_value v,
                             const char *what)
{
    struct vd_buf text = VD_BUF(VD_MAX_INPUT);
    struct vd_record_id id;
    const char *wrong = vd_record_id(v, &id);
    bool ok;

    if (wrong != NULL)
        return broken(l, what, wrong);
    ok = put_id(&id, &text) && vd_digests_add(to, vd_buf_span(&text));
    vd_buf_free(&text);
    return ok ? VERIDAC_OK : vd_no_room(to->n, VD_MAX_ISSUERS);
}

veridac_status vd_lists_root(struct vd_lists *l, struct vd_json_value item)
{
    return add_id(l, &l->roots, item, "a root's id");
}

veridac_status vd_lists_revoked_root(struct vd_lists *l, struct vd_json_value item)
{
    return add_id(l, &l->revoked_roots, item, "a revoked root's id");
}

veridac_status vd_lists_signer(struct vd_lists *l, struct vd_json_value item)
{
    return add_id(l, &l->signers, item, "a declaration signer's id");
}

/* ---- certificates ---- */

static veridac_status keep(struct vd_lists *l, const struct vd_record_certificate *r, bool revoked,
                           struct vd_span pem)
{
    struct vd_listed_certificate c = { .is_root = r->is_root, .revoked = revoked };
    struct vd_buf id = VD_BUF(VD_MAX_INPUT);
    veridac_buffer der = { NULL, 0 };
    veridac_status st =
        veridac_unwrap((veridac_bytes){ pem.p, pem.n }, VERIDAC_MEANT_FIRST, &der, NULL, NULL);

    if (st != VERIDAC_OK)
        return st == VERIDAC_BAD_DATA ? broken(l, "a certificate", "pemCert") : st;
    if (!vd_record_is_der(vd_span_of(der.data, der.size))) {
        veridac_buffer_free(&der);
        return broken(l, "a certificate", "pemCert");
    }
    if (!put_id(&r->id, &id) || !digest(vd_buf_span(&id), &c.id) ||
        !vd_hash_text(vd_span_of(der.data, der.size), c.sha256))
        st = VERIDAC_NO_MEMORY;
    else if (l->bytes + der.size > VD_MAX_LISTS)
        st = VERIDAC_TOO_LARGE;
    else if (!vd_grow((void **)&l->certificates, l->n_certificates, &l->cap_certificates, sizeof c,
                      VD_MAX_ISSUERS))
        st = vd_no_room(l->n_certificates, VD_MAX_ISSUERS);
    vd_buf_free(&id);
    if (st != VERIDAC_OK) {
        veridac_buffer_free(&der);
        return st;
    }
    l->bytes += der.size;
    c.der = der.data;
    c.n = der.size;
    l->certificates[l->n_certificates++] = c;
    return VERIDAC_OK;
}

static veridac_status take_certificate(struct vd_lists *l, struct vd_json_value v, bool revoked)
{
    struct vd_buf pem = VD_BUF(VD_MAX_INPUT * 2);
    struct vd_record_certificate r;
    const char *wrong = vd_record_certificate(v, &r, &pem);
    veridac_status st = VERIDAC_OK;

    if (wrong != NULL)
        st = broken(l, revoked ? "a revoked certificate" : "a certificate", wrong);
    else if (r.device_attestation)
        st = keep(l, &r, revoked, vd_buf_span(&pem));
    vd_buf_free(&pem);
    return st;
}

static veridac_status take_group(struct vd_lists *l, struct vd_json_value group, bool revoked)
{
    struct vd_buf id = VD_BUF(VD_MAX_INPUT);
    struct vd_record_group g;
    const char *wrong = vd_record_group(group, &g);
    veridac_status st = VERIDAC_OK;

    if (wrong != NULL)
        return broken(l, "a group of certificates", wrong);
    if (!revoked && (!put_id(&g.id, &id) || !vd_digests_add(&l->groups, vd_buf_span(&id))))
        st = vd_no_room(l->groups.n, VD_MAX_ISSUERS);
    vd_buf_free(&id);
    for (struct vd_json_value v = vd_json_first(g.certificates);
         st == VERIDAC_OK && vd_json_present(v); v = vd_json_next(v))
        st = take_certificate(l, v, revoked);
    return st;
}

veridac_status vd_lists_group(struct vd_lists *l, struct vd_json_value item)
{
    return take_group(l, item, false);
}

veridac_status vd_lists_revoked_group(struct vd_lists *l, struct vd_json_value item)
{
    return take_group(l, item, true);
}

/* ---- compliance ---- */

veridac_status vd_lists_compliance(struct vd_lists *l, struct vd_json_value item)
{
    struct vd_record_compliance r;
    const char *wrong = vd_record_compliance(item, &r);
    if (wrong != NULL)
        return broken(l, "a compliance record", wrong);
    if (!r.matter)
        return VERIDAC_OK;
    if (!vd_grow((void **)&l->compliance, l->n_compliance, &l->cap_compliance, sizeof r,
                 VD_MAX_COMPLIANCE))
        return vd_no_room(l->n_compliance, VD_MAX_COMPLIANCE);
    l->compliance[l->n_compliance++] = r;
    return VERIDAC_OK;
}

veridac_status vd_lists_model(struct vd_lists *l, struct vd_json_value item)
{
    struct vd_record_model m;
    const char *wrong = vd_record_model(item, &m);
    if (wrong != NULL)
        return broken(l, "a model", wrong);
    if (!vd_grow((void **)&l->models, l->n_models, &l->cap_models, sizeof m, VD_MAX_COMPLIANCE))
        return vd_no_room(l->n_models, VD_MAX_COMPLIANCE);
    l->models[l->n_models++] = m;
    return VERIDAC_OK;
}

static veridac_status count_state(struct vd_lists *l, struct vd_json_value item, size_t status)
{
    struct vd_record_model_state s;
    const char *wrong = vd_record_model_state(item, &s);
    if (wrong != NULL)
        return broken(l, "a model's state", wrong);
    l->n_states[status] += s.matter && s.value;
    return VERIDAC_OK;
}

veridac_status vd_lists_provisional(struct vd_lists *l, struct vd_json_value item)
{
    return count_state(l, item, 1);
}

veridac_status vd_lists_certified(struct vd_lists *l, struct vd_json_value item)
{
    return count_state(l, item, 2);
}

veridac_status vd_lists_revoked_model(struct vd_lists *l, struct vd_json_value item)
{
    return count_state(l, item, 3);
}

veridac_status vd_lists_software(struct vd_lists *l, struct vd_json_value item)
{
    uint32_t n = 0;
    const char *wrong = vd_record_software(item, &n);
    if (wrong != NULL)
        return broken(l, "a declaration's software", wrong);
    l->n_software += n;
    return VERIDAC_OK;
}

/* ---- all ---- */

/* Ids of the certificates that are listed as revoked. */
static bool revoked_ids(const struct vd_lists *l, struct vd_digests *ret)
{
    for (size_t i = 0; i < l->n_certificates; i++) {
        if (!l->certificates[i].revoked)
            continue;
        if (!vd_grow((void **)&ret->v, ret->n, &ret->cap, sizeof *ret->v, VD_MAX_ISSUERS))
            return false;
        ret->v[ret->n++] = l->certificates[i].id;
    }
    return true;
}

/* A root that only the list of ids calls revoked: then all its certificates are meant. Where the
 * certificates are listed, an id may stand for an older one of the same CA. */
static bool settle_revoked_roots(struct vd_lists *l)
{
    struct vd_digests ids = { .n = 0 };
    bool ok = revoked_ids(l, &ids);

    sort_digests(&l->revoked_roots);
    for (size_t i = 0; ok && i < l->revoked_roots.n; i++)
        l->n_revoked_alone += !vd_digests_has(&ids, &l->revoked_roots.v[i]);
    for (size_t i = 0; ok && i < l->n_certificates; i++) {
        struct vd_listed_certificate *c = &l->certificates[i];
        if (c->is_root && vd_digests_has(&l->revoked_roots, &c->id) && !vd_digests_has(&ids, &c->id))
            c->as |= VD_AS_REVOKED;
    }
    free(ids.v);
    return ok;
}

veridac_status vd_lists_settle(struct vd_lists *l, size_t *ret_without)
{
    *ret_without = 0;
    l->n_revoked_alone = 0;
    vd_lists_settle_points(l);
    vd_compliance_types(l->compliance, l->n_compliance, l->models, l->n_models);
    for (size_t i = 0; i < l->n_certificates; i++) {
        struct vd_listed_certificate *c = &l->certificates[i];
        if (c->revoked)
            c->as = VD_AS_REVOKED;
        else if (c->is_root && vd_digests_has(&l->roots, &c->id))
            c->as = VD_AS_ROOT;
        else if (!c->is_root && vd_digests_has(&l->signers, &c->id))
            c->as = VD_AS_SIGNER;
        else
            c->as = VD_AS_AUTHORITY;
    }
    if (!settle_revoked_roots(l))
        return VERIDAC_NO_MEMORY;
    sort_digests(&l->roots);
    for (size_t i = 0; i < l->roots.n; i++)
        *ret_without += !vd_digests_has(&l->groups, &l->roots.v[i]);
    return VERIDAC_OK;
}

void vd_lists_free(struct vd_lists *l)
{
    for (size_t i = 0; i < l->n_certificates; i++)
        free(l->certificates[i].der);
    for (size_t i = 0; i < l->n_points; i++)
        vd_listed_point_clear(&l->points[i]);
    free(l->certificates);
    free(l->points);
    free(l->compliance);
    free(l->models);
    free(l->roots.v);
    free(l->signers.v);
    free(l->revoked_roots.v);
    free(l->groups.v);
    free(l->per_vid);
    vd_buf_free(&l->broken);
    *l = (struct vd_lists){ .n_points = 0 };
}
