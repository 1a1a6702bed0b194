/* SPDX-License-Identifier: Apache-2.0
 *
 * store.c - the folder that a client pulls into.
 */
#include "store.h"

#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "text.h"

void vd_store_name(const uint8_t sha256[32], char ret[65])
{
    struct vd_buf hex = { (uint8_t *)ret, 0, 64, 64, false };
    (void)vd_hex_put(&hex, (struct vd_span){ sha256, 32 }, false);
    ret[64] = '\0';
}

static bool bundles_folder(const char *store, char ret[VD_PATH])
{
    return vd_path(ret, store, "s");
}

bool vd_store_has(const char *store, const char *name, uint64_t size)
{
    char folder[VD_PATH], path[VD_PATH];
    struct stat st;
    return bundles_folder(store, folder) && vd_path(path, folder, name) && lstat(path, &st) == 0 &&
           S_ISREG(st.st_mode) && (uint64_t)st.st_size == size;
}

veridac_status vd_store_head(const char *store, veridac_bytes root, veridac_head *ret,
                             struct vd_buf *bytes, bool *ret_there, veridac_error *err)
{
    veridac_error why = { "" };
    veridac_status st = vd_file_read(store, "head", VD_MAX_HEAD, bytes, ret_there, err);
    if (st != VERIDAC_OK || !*ret_there)
        return st;
    ret->size = sizeof *ret;
    st = veridac_head_read((veridac_bytes){ bytes->p, bytes->n }, root, ret, &why);
    return st == VERIDAC_OK ? st : vd_fail(err, st, "%s/head: %s", store, why.text);
}

/* ---- installing ---- */

struct sweeping {
    const char *folder, *keep;
};

static bool sweep(void *user, const char *name)
{
    const struct sweeping *s = user;
    if (strcmp(name, s->keep) != 0)
        vd_file_remove(s->folder, name);
    return true;
}

veridac_status vd_store_install(const char *store, veridac_bytes root, const char *name,
                                struct vd_span bundle, struct vd_span head, veridac_error *err)
{
    char folder[VD_PATH];
    struct sweeping s = { folder, name };
    veridac_status st;

    if (!bundles_folder(store, folder))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", store);
    st = vd_folder_make(folder, err);
    if (st == VERIDAC_OK && bundle.p != NULL)
        st = vd_file_write(folder, name, bundle, 0444, err);
    if (st == VERIDAC_OK)
        st = vd_file_write(store, "root.pem", vd_span_of(root.data, root.size), 0444, err);
    if (st == VERIDAC_OK)
        st = vd_file_write(store, "head", head, 0444, err);
    if (st == VERIDAC_OK)
        (void)vd_folder_each(folder, sweep, &s, NULL); /* what stays costs space and nothing else */
    return st;
}

/* ---- opening ---- */

static veridac_status open_with(const char *store, veridac_bytes root, veridac_bytes head,
                                const veridac_head *h, veridac_snapshot **ret, veridac_error *err)
{
    char folder[VD_PATH], path[VD_PATH], name[65];
    const veridac_snapshot_options o = { .size = sizeof o, .head = head, .root = root,
                                         .label = store, .path = path };
    veridac_error why = { "" };
    veridac_status st;

    vd_store_name(h->bundle_sha256, name);
    if (!bundles_folder(store, folder) || !vd_path(path, folder, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", store);
    st = veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, ret, &why);
    return st == VERIDAC_OK ? st : vd_fail(err, st, "%s: %s", path, why.text);
}

veridac_status veridac_store_open(const char *store, veridac_snapshot **ret, veridac_error *err)
{
    struct vd_buf root = VD_BUF(65536), head = VD_BUF(VD_MAX_HEAD + 1);
    bool there = false;
    veridac_status st;
    veridac_head h;

    if (store == NULL || ret == NULL)
        return VERIDAC_MISUSE;
    st = vd_file_read(store, "root.pem", 65535, &root, &there, err);
    if (st == VERIDAC_OK && there)
        st = vd_store_head(store, (veridac_bytes){ root.p, root.n }, &h, &head, &there, err);
    if (st == VERIDAC_OK && !there)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: nothing was pulled into this store yet", store);
    if (st == VERIDAC_OK)
        st = open_with(store, (veridac_bytes){ root.p, root.n }, (veridac_bytes){ head.p, head.n },
                       &h, ret, err);
    vd_buf_free(&root);
    vd_buf_free(&head);
    return st;
}
