/* SPDX-License-Identifier: Apache-2.0
 *
 * api_snapshot.c - the border: snapshots.
 */
#include <stdlib.h>

#include "api.h"
#include "text.h"

static veridac_status status_of(enum vd_open_status st)
{
    switch (st) {
    case VD_OPEN_OK:
        return VERIDAC_OK;
    case VD_OPEN_BAD:
        return VERIDAC_BAD_DATA;
    case VD_OPEN_SIGNATURE:
        return VERIDAC_BAD_SIGNATURE;
    case VD_OPEN_IO:
        return VERIDAC_IO;
    case VD_OPEN_TOO_LARGE:
        return VERIDAC_TOO_LARGE;
    case VD_OPEN_MEMORY:
        break;
    }
    return VERIDAC_NO_MEMORY;
}

/* Takes over `s`. */
static veridac_status finish(struct vd_snapshot *s, const veridac_snapshot_options *o,
                             veridac_snapshot **ret, veridac_error *err)
{
    const char *why = "out of memory";
    struct vd_snapshot_docs docs = { .head = vd_api_span(o->head), .root = vd_api_span(o->root),
                                     .n_parts = o->n_parts };
    veridac_snapshot *handle;
    enum vd_open_status st;

    for (size_t i = 0; i < o->n_parts; i++)
        docs.parts[i] = vd_api_span(o->parts[i]);
    st = vd_snapshot_check(s, &docs, &why);
    handle = st == VD_OPEN_OK ? calloc(1, sizeof *handle) : NULL;
    if (handle == NULL) {
        const uint32_t line = s->wrong_line;
        vd_snapshot_free(s);
        if (st == VD_OPEN_BAD && line > 0 && why != vd_no_memory)
            return vd_api_fail(err, VERIDAC_BAD_DATA, "line %u: %s", (unsigned)line, why);
        if (st == VD_OPEN_OK || why == vd_no_memory)
            st = VD_OPEN_MEMORY;
        return vd_api_fail(err, status_of(st), "not a usable bundle: %s", why);
    }
    handle->snapshot = s;
    *ret = handle;
    return VERIDAC_OK;
}

static veridac_status copy_bytes(struct vd_snapshot *s, veridac_bytes bundle, veridac_error *err)
{
    if (bundle.size > VD_MAX_BUNDLE)
        return vd_api_fail(err, VERIDAC_TOO_LARGE, "larger than any bundle");
    s->owned = malloc(bundle.size ? bundle.size : 1);
    if (s->owned == NULL || !vd_copy(s->owned, bundle.size, vd_api_span(bundle)))
        return VERIDAC_NO_MEMORY;
    s->bytes = (struct vd_span){ s->owned, bundle.size };
    return VERIDAC_OK;
}

static veridac_status load_file(struct vd_snapshot *s, const char *path, veridac_error *err)
{
    const char *why = "out of memory";
    enum vd_open_status st = vd_snapshot_load(s, path, &why);
    return st == VD_OPEN_OK ? VERIDAC_OK : vd_api_fail(err, status_of(st), "%s", why);
}

veridac_status veridac_snapshot_open(veridac_bytes bundle, const veridac_snapshot_options *options,
                                     veridac_snapshot **ret, veridac_error *err)
{
    veridac_snapshot_options o;
    struct vd_snapshot *s;
    veridac_status st;

    if (ret == NULL || !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_snapshot_options, path), options) ||
        (bundle.data == NULL) == (o.path == NULL) || o.n_parts > VD_SNAPSHOT_PARTS ||
        (o.n_parts > 0 && (o.parts == NULL || o.head.data == NULL)))
        return VERIDAC_MISUSE;
    s = vd_snapshot_make(o.label);
    if (s == NULL)
        return VERIDAC_NO_MEMORY;
    s->seen = o.seen;
    st = o.path == NULL ? copy_bytes(s, bundle, err) : load_file(s, o.path, err);
    if (st != VERIDAC_OK) {
        vd_snapshot_free(s);
        return st;
    }
    return finish(s, &o, ret, err);
}

void veridac_snapshot_free(veridac_snapshot *snapshot)
{
    if (snapshot == NULL)
        return;
    vd_snapshot_free(snapshot->snapshot);
    free(snapshot);
}

veridac_status veridac_snapshot_look(const veridac_snapshot *snapshot, veridac_snapshot_view *ret)
{
    const struct vd_snapshot *s;
    veridac_snapshot_view view;
    struct vd_buf hex;

    if (snapshot == NULL || !vd_sized_fits(VD_UPTO(veridac_snapshot_view, sha256), ret))
        return VERIDAC_MISUSE;
    s = snapshot->snapshot;
    view = (veridac_snapshot_view){ .network = (int32_t)vd_snapshot_network(s),
                                    .has_head = s->has_head,
                                    .sequence = s->head.sequence,
                                    .created = s->head.created,
                                    .expires = s->head.expires,
                                    .evidence_time = s->bundle.evidence_time,
                                    .n_issuers = s->bundle.n_rows,
                                    .n_revoked = s->bundle.n_keys };
    for (uint32_t i = 0; i < s->bundle.n_rows; i++)
        view.n_good += vd_bundle_row(&s->bundle, i).good;
    hex = VD_BUF_ON(view.sha256);
    (void)vd_hex_put(&hex, VD_SPAN(s->sha256), false);
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

/* The vendor of a serial number alone is not known. */
static veridac_status take_terms(const veridac_snapshot *snapshot, const veridac_policy *policy,
                                 veridac_bytes key_id, int64_t at, const veridac_answer *answer, struct vd_terms *ret)
{
    struct vd_policy p;

    if (snapshot == NULL || !vd_policy_take(policy, &p) ||
        !vd_sized_fits(VD_UPTO(veridac_answer, last_ok), answer))
        return VERIDAC_MISUSE;
    if (vd_snapshot_network(snapshot->snapshot) != p.network || !vd_api_network(&p))
        return VERIDAC_OTHER_NETWORK;
    *ret = (struct vd_terms){ .at = at,
                              .max_crl_age_s = vd_policy_crl_age(&p, vd_api_span(key_id), VD_VID_NOT_KNOWN),
                              .max_head_age_s = p.max_head_age_s,
                              .clock_tolerance_s = p.clock_tolerance_s };
    return VERIDAC_OK;
}

veridac_status veridac_snapshot_lookup(const veridac_snapshot *snapshot, veridac_bytes issuer_name,
                                       veridac_bytes key_id, veridac_bytes serial,
                                       veridac_bytes proof, const veridac_policy *policy,
                                       int64_t at, veridac_answer *ret, veridac_error *err)
{
    struct vd_terms terms;
    struct vd_answer a;
    const char *wrong = NULL;
    veridac_answer view;
    veridac_status st = take_terms(snapshot, policy, key_id, at, ret, &terms);

    if (st != VERIDAC_OK)
        return st;
    if (proof.data == NULL)
        a = vd_lookup_one(snapshot->snapshot, vd_api_span(issuer_name), vd_api_span(key_id),
                          vd_api_span(serial), &terms);
    else
        wrong = vd_lookup_confirm(snapshot->snapshot, vd_api_span(issuer_name), vd_api_span(key_id),
                                  vd_api_span(serial), &terms, vd_api_span(proof), &a);
    if (wrong != NULL)
        return vd_api_fail(err, VERIDAC_BAD_DATA, "not confirmed: %s", wrong);
    if (a.no_memory)
        return VERIDAC_NO_MEMORY;
    view = vd_api_answer(&a);
    vd_sized_give(ret, &view, sizeof view);
    return VERIDAC_OK;
}

/* A block of serials, and what is known of them so far. */
struct block {
    struct vd_span all;
    const uint32_t *ends;
    size_t n, width, asked, answered;
    veridac_brief *ret;
    bool no_memory;
};

static bool next_serial(void *user, struct vd_span *ret)
{
    struct block *b = user;
    const size_t i = b->asked;
    size_t from, to;

    if (i == b->n)
        return false;
    from = b->ends == NULL ? i * b->width : i == 0 ? 0 : b->ends[i - 1];
    to = b->ends == NULL ? from + b->width : b->ends[i];
    (void)vd_span_slice(b->all, from, to - from, ret); /* block_ok() saw to it */
    b->asked++;
    return true;
}

static void take_brief(void *user, const struct vd_answer *a)
{
    struct block *b = user;
    b->no_memory = b->no_memory || a->no_memory;
    b->ret[b->answered++] = (veridac_brief){ (uint8_t)a->status, (uint8_t)a->reason };
}

static bool block_ok(struct block *b)
{
    uint32_t before = 0;
    if (b->ends == NULL) {
        b->width = b->n == 0 ? 0 : b->all.n / b->n;
        return b->n == 0 ? b->all.n == 0 : b->width > 0 && b->all.n % b->n == 0;
    }
    for (size_t i = 0; i < b->n; i++) {
        if (b->ends[i] < before)
            return false;
        before = b->ends[i];
    }
    return b->all.n == before;
}

veridac_status veridac_snapshot_lookup_batch(const veridac_snapshot *snapshot,
                                             veridac_bytes issuer_name, veridac_bytes key_id,
                                             veridac_bytes serials, const uint32_t *ends, size_t n,
                                             const veridac_policy *policy, int64_t at,
                                             veridac_brief *ret)
{
    const veridac_answer none = { .size = sizeof none };
    struct block b = { .all = vd_api_span(serials), .ends = ends, .n = n, .ret = ret };
    struct vd_terms terms;
    veridac_status st;

    if ((n > 0 && (ret == NULL || serials.data == NULL)) || !block_ok(&b))
        return VERIDAC_MISUSE;
    st = take_terms(snapshot, policy, key_id, at, &none, &terms);
    if (st == VERIDAC_OK)
        vd_lookup_batch(snapshot->snapshot, vd_api_span(issuer_name), vd_api_span(key_id), &terms,
                        next_serial, &b, take_brief);
    return b.no_memory ? VERIDAC_NO_MEMORY : st;
}
