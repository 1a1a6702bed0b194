/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_sources.c - one answer of several stores and bundles.
 */
#include "audit_sources.h"

#include <stdlib.h>

#include "fail.h"
#include "store.h"
#include "text.h"

/* ---- the index of key ids ---- */

static int by_key_id(const void *x, const void *y)
{
    const struct vd_by_key_id *a = x, *b = y;
    const int c = vd_span_cmp(vd_span_of(a->key_id, a->n), vd_span_of(b->key_id, b->n));
    return c != 0 ? c : (a->row > b->row) - (a->row < b->row);
}

static veridac_status make_index(struct vd_fleet_source *s)
{
    const struct vd_bundle *b = &s->inside->bundle;
    struct vd_span key_id, name;

    if (b->network == VD_NETWORK_NONE || b->names.p == NULL || b->n_rows == 0)
        return VERIDAC_OK;
    s->index = calloc(b->n_rows, sizeof *s->index);
    if (s->index == NULL)
        return VERIDAC_NO_MEMORY;
    for (uint32_t i = 0; i < b->n_rows; i++) {
        struct vd_by_key_id *at = &s->index[s->n_index];
        if (!vd_bundle_name(b, i, &key_id, &name) || !vd_copy(at->key_id, sizeof at->key_id, key_id))
            continue;
        at->n = (uint8_t)key_id.n;
        at->row = i;
        s->n_index++;
    }
    qsort(s->index, s->n_index, sizeof *s->index, by_key_id);
    return VERIDAC_OK;
}

static size_t first_with(const struct vd_fleet_source *s, struct vd_span key_id)
{
    size_t low = 0, high = s->n_index;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (vd_span_cmp(vd_span_of(s->index[mid].key_id, s->index[mid].n), key_id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

/* The Name of index entry i, when it has this key id. */
static bool name_at(const struct vd_fleet_source *s, size_t i, struct vd_span key_id,
                    struct vd_span *ret)
{
    struct vd_span own;
    return i < s->n_index && vd_span_eq(vd_span_of(s->index[i].key_id, s->index[i].n), key_id) &&
           vd_bundle_name(&s->inside->bundle, s->index[i].row, &own, ret);
}

/* ---- issuers of rules ---- */

static int by_ruled(const void *x, const void *y)
{
    const struct vd_ruled_name *a = x, *b = y;
    const int c = vd_span_cmp(vd_span_of(a->key_id, a->n), vd_span_of(b->key_id, b->n));
    return c != 0 ? c : (a->from > b->from) - (a->from < b->from);
}

/* Rules of one kind and issuer stand together: each issuer once. */
static veridac_status index_rules(struct vd_fleet_source *s)
{
    const struct vd_overlay *o = &s->inside->overlay;

    s->names = VD_BUF(VD_MAX_RULES_TEXT);
    s->ruled = calloc(o->n + 1, sizeof *s->ruled);
    if (s->ruled == NULL)
        return VERIDAC_NO_MEMORY;
    for (size_t i = 0; i < o->n; i++) {
        struct vd_ruled_name *at = &s->ruled[s->n_ruled];
        struct vd_buf key_id = VD_BUF_ON(at->key_id);
        const size_t from = s->names.n;
        if ((o->v[i].kind != VD_OVERLAY_CERTIFICATE && o->v[i].kind != VD_OVERLAY_ISSUER) ||
            (i > 0 && o->v[i].kind == o->v[i - 1].kind &&
             vd_span_eq(VD_SPAN(o->v[i].issuer), VD_SPAN(o->v[i - 1].issuer))))
            continue;
        if (!vd_overlay_issuer(&o->v[i], &key_id, &s->names))
            return VERIDAC_NO_MEMORY; /* it was read before */
        at->n = (uint8_t)key_id.n;
        at->from = from;
        at->size = s->names.n - from;
        s->n_ruled++;
    }
    qsort(s->ruled, s->n_ruled, sizeof *s->ruled, by_ruled);
    return VERIDAC_OK;
}

static size_t first_ruled(const struct vd_fleet_source *s, struct vd_span key_id)
{
    size_t low = 0, high = s->n_ruled;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (vd_span_cmp(vd_span_of(s->ruled[mid].key_id, s->ruled[mid].n), key_id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool ruled_at(const struct vd_fleet_source *s, size_t i, struct vd_span key_id, struct vd_span *ret)
{
    return i < s->n_ruled && vd_span_eq(vd_span_of(s->ruled[i].key_id, s->ruled[i].n), key_id) &&
           vd_span_slice(vd_buf_span(&s->names), s->ruled[i].from, s->ruled[i].size, ret);
}

bool vd_sources_name(const struct vd_fleet_sources *s, struct vd_span key_id, size_t i,
                     struct vd_span *ret)
{
    for (size_t k = 0; k < s->n; k++) {
        size_t at = first_with(&s->v[k], key_id);
        for (; name_at(&s->v[k], at, key_id, ret); at++) {
            if (i-- == 0)
                return true;
        }
    }
    for (size_t k = 0; k < s->n; k++) {
        size_t at = first_ruled(&s->v[k], key_id);
        for (; ruled_at(&s->v[k], at, key_id, ret); at++) {
            if (i-- == 0)
                return true;
        }
    }
    return false;
}

/* ---- opening ---- */

static veridac_bytes bytes_of(struct vd_span s)
{
    return (veridac_bytes){ s.p, s.n };
}

/* What the library opened is opened here once more: a handle shows neither Names nor rules. */
static veridac_status look_inside(struct vd_fleet_source *s, const veridac_snapshot_options *o,
                                  veridac_error *err)
{
    const char *why = "out of memory";
    struct vd_snapshot_docs docs = { .head = vd_span_of(o->head.data, o->head.size),
                                     .root = vd_span_of(o->root.data, o->root.size) };
    enum vd_open_status st = VD_OPEN_OK;

    for (; docs.n_parts < o->n_parts; docs.n_parts++)
        docs.parts[docs.n_parts] = vd_span_of(o->parts[docs.n_parts].data, o->parts[docs.n_parts].size);
    s->inside = vd_snapshot_make(o->label);
    if (s->inside == NULL)
        return VERIDAC_NO_MEMORY;
    if (o->path != NULL)
        st = vd_snapshot_load(s->inside, o->path, &why);
    else
        s->inside->bytes = vd_buf_span(&s->text);
    if (st == VD_OPEN_OK)
        st = vd_snapshot_check(s->inside, &docs, &why);
    return st == VD_OPEN_OK ? make_index(s) : vd_fail(err, VERIDAC_IO, "%s: %s", o->label, why);
}

/* Takes over `text`. */
static veridac_status open_at(struct vd_fleet_sources *s, const veridac_snapshot_options *o,
                              struct vd_buf text, veridac_error *err)
{
    struct vd_fleet_source *at = &s->v[s->n];
    veridac_error why = { "" };
    veridac_status st;

    if (s->n == VD_MAX_SOURCES) {
        vd_buf_free(&text);
        return vd_fail(err, VERIDAC_MISUSE, "at most %u stores, bundles and rules", VD_MAX_SOURCES);
    }
    *at = (struct vd_fleet_source){ .text = text };
    st = veridac_snapshot_open(bytes_of(vd_buf_span(&text)), o, &at->handle, &why);
    if (st != VERIDAC_OK) {
        vd_buf_free(&text);
        return vd_fail(err, st, "%s: %s", o->label, why.text);
    }
    s->handles[s->n++] = at->handle;
    st = look_inside(at, o, err);
    if (st != VERIDAC_OK || at->inside->overlay.network == VD_NETWORK_NONE)
        return st;
    s->ruled[s->n_ruled++] = at->inside;
    return index_rules(at);
}

veridac_status vd_sources_add_rules(struct vd_fleet_sources *s, const veridac_rules_source *from,
                                    veridac_error *err)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = from->path };
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE);
    veridac_buffer in = { NULL, 0 };
    veridac_status st = veridac_rules_read(from, &in, err);

    if (st != VERIDAC_OK)
        return st;
    if (!vd_buf_put(&text, vd_span_of(in.data, in.size)))
        st = VERIDAC_NO_MEMORY;
    veridac_buffer_free(&in);
    if (st == VERIDAC_OK)
        return open_at(s, &o, text, err);
    vd_buf_free(&text);
    return st;
}

veridac_status vd_sources_add_file(struct vd_fleet_sources *s, const char *path, veridac_error *err)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = path, .path = path };
    return open_at(s, &o, VD_BUF(0), err);
}

static veridac_status open_installed(struct vd_fleet_sources *s, const char *folder,
                                     const struct vd_store *store, veridac_error *err)
{
    const struct vd_ref *bundle = vd_store_bundle(folder, &store->head);
    char dir[VD_PATH], path[VD_PATH], name[65];
    veridac_snapshot_options o = {
        .size = sizeof o,
        .head = { store->head_bytes.p, store->head_bytes.n },
        .root = { store->root_bytes.p, store->root_bytes.n },
        .label = folder,
        .path = path,
        .seen = store->has_floor ? store->floor.seen : 0,
    };
    struct vd_parts parts;
    veridac_status st = vd_store_folder(folder, "s", dir, err);

    if (st != VERIDAC_OK)
        return st;
    if (bundle == NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: the bundle that the head names is missing", folder);
    vd_store_name(bundle->sha256, name);
    if (!vd_path(path, dir, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", folder);
    st = vd_store_parts(folder, store, &parts, err);
    if (st != VERIDAC_OK)
        return st;
    o.parts = parts.given;
    o.n_parts = parts.n;
    st = open_at(s, &o, VD_BUF(0), err);
    vd_parts_free(&parts);
    return st;
}

veridac_status vd_sources_add_store(struct vd_fleet_sources *s, const char *folder, veridac_error *err)
{
    struct vd_store store;
    veridac_status st = vd_store_read(folder, "head", &store, err);

    if (st != VERIDAC_OK)
        return st;
    st = store.there ? open_installed(s, folder, &store, err)
                     : vd_fail(err, VERIDAC_BAD_DATA, "%s: nothing was pulled into this store yet",
                               folder);
    vd_store_clear(&store);
    return st;
}

void vd_sources_free(struct vd_fleet_sources *s)
{
    for (size_t i = 0; i < s->n; i++) {
        veridac_snapshot_free(s->v[i].handle);
        vd_snapshot_free(s->v[i].inside);
        free(s->v[i].index);
        free(s->v[i].ruled);
        vd_buf_free(&s->v[i].names);
        vd_buf_free(&s->v[i].text);
    }
    s->n = s->n_ruled = 0;
}

/* ---- asking ---- */

/* Later is heavier. */
static unsigned weight(const struct vd_asked *a)
{
    if (a->status == VERIDAC_REVOKED)
        return 5;
    if (a->status == VERIDAC_GOOD)
        return 3;
    return a->reason == VERIDAC_REASON_UNCONFIRMED ? 4
           : a->reason == VERIDAC_REASON_NO_DATA   ? 0
           : a->reason == VERIDAC_REASON_NOT_COVERED ? 1
                                                     : 2;
}

static veridac_status ask_one(const struct vd_fleet_source *s, struct vd_span name,
                              struct vd_span key_id, struct vd_span serial,
                              const veridac_policy *policy, int64_t at, struct vd_asked *ret)
{
    const veridac_bytes no_proof = { NULL, 0 };
    veridac_answer a = { .size = sizeof a };
    veridac_status st = veridac_snapshot_lookup(s->handle, bytes_of(name), bytes_of(key_id),
                                                bytes_of(serial), no_proof, policy, at, &a, NULL);
    if (st == VERIDAC_OK)
        *ret = (struct vd_asked){ a.status, a.reason };
    return st;
}

/* Every issuer with this key id: one hit is a hit, and one that is not good keeps all from it. Without
 * Names it cannot be asked, and may well list the certificate. */
static veridac_status ask_nameless(const struct vd_fleet_source *s, struct vd_span key_id,
                                   struct vd_span serial, const veridac_policy *policy, int64_t at,
                                   struct vd_asked *ret)
{
    const struct vd_bundle *b = &s->inside->bundle;
    struct vd_span name;
    struct vd_asked a;
    bool first = true;

    *ret = (struct vd_asked){ VERIDAC_UNKNOWN, b->network == VD_NETWORK_NONE ? VERIDAC_REASON_NO_DATA
                                               : b->names.p == NULL ? VERIDAC_REASON_UNCONFIRMED
                                                                    : VERIDAC_REASON_NOT_COVERED };
    for (size_t i = first_with(s, key_id); name_at(s, i, key_id, &name); i++) {
        veridac_status st = ask_one(s, name, key_id, serial, policy, at, &a);
        if (st != VERIDAC_OK)
            return st;
        if (first || a.status == VERIDAC_REVOKED ||
            (ret->status != VERIDAC_REVOKED && a.status == VERIDAC_UNKNOWN &&
             (ret->status == VERIDAC_GOOD || a.reason == VERIDAC_REASON_UNCONFIRMED)))
            *ret = a;
        first = false;
    }
    return VERIDAC_OK;
}

veridac_status vd_sources_ask(const struct vd_fleet_sources *s, struct vd_span name, struct vd_span key_id,
                              struct vd_span serial, const veridac_policy *policy, int64_t at,
                              struct vd_asked *ret)
{
    struct vd_asked best = { VERIDAC_UNKNOWN, VERIDAC_REASON_NO_DATA }, a;

    for (size_t i = 0; i < s->n; i++) {
        veridac_status st = name.p != NULL
                                ? ask_one(&s->v[i], name, key_id, serial, policy, at, &a)
                                : ask_nameless(&s->v[i], key_id, serial, policy, at, &a);
        if (st != VERIDAC_OK)
            return st;
        if (weight(&a) > weight(&best))
            best = a;
    }
    *ret = best;
    return VERIDAC_OK;
}
