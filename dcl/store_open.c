/* SPDX-License-Identifier: Apache-2.0
 *
 * store_open.c - the installed snapshot and its trust list, for the caller. Apart from store.c, which
 * libveridac-fleet takes without these.
 */
#include "store.h"

/* ---- opening ---- */

static veridac_status open_bundle(const char *store, const struct vd_store *s,
                                  const struct vd_parts *parts, veridac_snapshot **ret,
                                  veridac_error *err)
{
    const struct vd_ref *bundle = vd_store_bundle(store, &s->head);
    char dir[VD_PATH], path[VD_PATH], name[65];
    const veridac_snapshot_options o = {
        .size = sizeof o,
        .head = { s->head_bytes.p, s->head_bytes.n },
        .root = { s->root_bytes.p, s->root_bytes.n },
        .label = store,
        .path = path,
        .seen = s->has_floor ? s->floor.seen : 0,
        .parts = parts->given,
        .n_parts = parts->n,
    };
    veridac_error why = { "" };
    veridac_status st = vd_store_folder(store, "s", dir, err);

    if (st != VERIDAC_OK)
        return st;
    if (bundle == NULL)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: the bundle that the head names is missing", store);
    vd_store_name(bundle->sha256, name);
    if (!vd_path(path, dir, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", store);
    st = veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, ret, &why);
    return st == VERIDAC_OK ? st : vd_fail(err, st, "%s: %s", path, why.text);
}

/* Is the head still the one that was read? When it is not, a part that was not found may have been swept
 * away rather than never been asked for. */
static bool still_installed(const char *store, const struct vd_store *s)
{
    struct vd_buf now = VD_BUF(VD_MAX_HEAD + 1);
    bool there = false;
    const bool same = vd_file_read(store, "head", VD_MAX_HEAD, &now, &there, NULL) == VERIDAC_OK &&
                      there && vd_span_eq(vd_buf_span(&now), vd_buf_span(&s->head_bytes));
    vd_buf_free(&now);
    return same;
}

static veridac_status open_installed(const char *store, const struct vd_store *s,
                                     veridac_snapshot **ret, veridac_error *err)
{
    struct vd_parts parts;
    veridac_snapshot *snapshot = NULL;
    veridac_status st = vd_store_parts(store, s, &parts, err);

    if (st != VERIDAC_OK)
        return st;
    st = open_bundle(store, s, &parts, &snapshot, err);
    vd_parts_free(&parts);
    if (st == VERIDAC_OK && !parts.all && !still_installed(store, s)) {
        veridac_snapshot_free(snapshot);
        return vd_fail(err, VERIDAC_IO, "%s: it is being replaced again and again", store);
    }
    if (st == VERIDAC_OK)
        *ret = snapshot;
    return st;
}

#define TRIES 4 /* a pull may replace the snapshot between two of our steps */

veridac_status veridac_store_open(const char *store, veridac_snapshot **ret, veridac_error *err)
{
    veridac_status st = VERIDAC_MISUSE;
    struct vd_store s;

    for (unsigned i = 0; store != NULL && ret != NULL && i < TRIES && st != VERIDAC_OK; i++) {
        st = vd_store_read(store, "head", &s, err);
        if (st != VERIDAC_OK)
            continue;
        st = s.there ? open_installed(store, &s, ret, err)
                     : vd_fail(err, VERIDAC_BAD_DATA, "%s: nothing was pulled into this store yet",
                               store);
        vd_store_clear(&s);
    }
    return st;
}

/* ---- trust ---- */

static veridac_status add_entry(const struct vd_trust_entry *e, int64_t as_of, veridac_trust *trust)
{
    const veridac_bytes der = { e->der.p, e->der.n };
    const veridac_trust_source from = { .size = sizeof from, .network = e->network, .as_of = as_of,
                                        .withdrawn = e->kind == VD_ENTRY_PAA &&
                                                     e->state == VD_ENTRY_WITHDRAWN };
    veridac_status st = VERIDAC_OK;
    if (e->kind == VD_ENTRY_PAA)
        st = veridac_trust_add_paa(trust, der, &from, NULL);
    else if (e->state == VD_ENTRY_TRUSTED)
        st = veridac_trust_add_cd_signer(trust, der, &from, NULL);
    return st == VERIDAC_BAD_DATA ? VERIDAC_OK : st; /* one that no rule admits anchors nothing */
}

veridac_status vd_trust_list_add(const struct vd_trust_list *list, int64_t as_of, veridac_trust *trust)
{
    struct vd_span cursor = list->entries;
    struct vd_trust_entry e;
    veridac_status st = VERIDAC_OK;
    for (uint32_t i = 0; st == VERIDAC_OK && i < list->n && vd_trust_list_next(&cursor, &e); i++)
        st = add_entry(&e, as_of, trust);
    return st;
}

static veridac_status load_trust(const char *store, const struct vd_store *s, veridac_trust *trust,
                                 veridac_error *err)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_TRUST_LIST);
    struct vd_trust_list list;
    bool there = false;
    const char *wrong = NULL;
    veridac_status st = vd_store_get(store, "trust", &s->head.ref[VD_REF_TRUST], &bytes, &there, err);

    if (st == VERIDAC_OK && !there)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: the trust list that the head names is missing", store);
    if (st == VERIDAC_OK)
        wrong = vd_trust_list_check(vd_buf_span(&bytes), &s->root, &list);
    if (wrong != NULL)
        st = vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_SIGNATURE), "%s: trust list: %s", store, wrong);
    if (st == VERIDAC_OK)
        st = vd_trust_list_add(&list, s->head.s.created, trust);
    vd_buf_free(&bytes);
    return st;
}

veridac_status veridac_store_trust(const char *store, veridac_trust *trust, veridac_error *err)
{
    veridac_status st = VERIDAC_MISUSE;
    struct vd_store s;

    for (unsigned i = 0; store != NULL && trust != NULL && i < TRIES && st != VERIDAC_OK; i++) {
        st = vd_store_read(store, "head", &s, err);
        if (st != VERIDAC_OK)
            continue;
        st = s.there ? load_trust(store, &s, trust, err)
                     : vd_fail(err, VERIDAC_BAD_DATA, "%s: nothing was pulled into this store yet",
                               store);
        vd_store_clear(&s);
    }
    return st;
}
