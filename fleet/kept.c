/* SPDX-License-Identifier: Apache-2.0
 *
 * kept.c - the last usable text of an operator's file.
 */
#include "kept.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "limits.h"
#include "owned.h"
#include "sig.h"
#include "text.h"

/* The path from the root; that of a file which is gone as well. */
static veridac_status absolute(const char *path, char ret[VD_PATH], veridac_error *err)
{
    char here[VD_PATH];
    int n;

    if (path[0] == '/')
        n = snprintf(ret, VD_PATH, "%s", path);
    else if (getcwd(here, sizeof here) == NULL)
        return vd_fail(err, VERIDAC_IO, "%s: the working folder has no path: %s", path, strerror(errno));
    else
        n = snprintf(ret, VD_PATH, "%s/%s", here, path);
    return n > 0 && n < VD_PATH ? VERIDAC_OK : vd_fail(err, VERIDAC_IO, "%s: the path is too long", path);
}

/* "policy-" and half of the SHA-256 of the absolute path: files of one name in two folders are two. */
static veridac_status name_of(const struct vd_kept *k, char ret[80], veridac_error *err)
{
    char path[VD_PATH];
    uint8_t digest[VD_SHA256];
    struct vd_buf b = { .p = (uint8_t *)ret, .cap = 79, .max = 79 };
    struct vd_span head;
    const veridac_status st = absolute(k->path, path, err);

    if (st != VERIDAC_OK)
        return st;
    if (!vd_sha256(vd_span_str(path), digest) || !vd_span_slice(VD_SPAN(digest), 0, 16, &head) ||
        !vd_buf_fmt(&b, "%s-", k->kind) || !vd_hex_put(&b, head, false))
        return VERIDAC_NO_MEMORY;
    ret[b.n] = '\0';
    return VERIDAC_OK;
}

static veridac_status read_one(const struct vd_kept *k, const char *path, struct vd_buf *text,
                               veridac_error *err)
{
    const char *why = NULL;
    veridac_status st;

    vd_buf_clear(text);
    st = vd_owned_read(path, VD_MAX_OPERATOR_FILE, text, &why, err);
    return st == VERIDAC_OK ? k->use(k->user, path, vd_buf_span(text), why, err) : st;
}

/* Somebody else who holds the lock is writing the same. */
static veridac_status save(const struct vd_kept *k, struct vd_span text, veridac_error *err)
{
    char name[80];
    struct vd_buf there = VD_BUF(VD_MAX_OPERATOR_FILE);
    bool found = false;
    int lock = -1;
    veridac_status st = name_of(k, name, err);

    if (st == VERIDAC_OK)
        st = vd_folder_make(k->folder, err);
    if (st == VERIDAC_OK)
        st = vd_file_read(k->folder, name, VD_MAX_OPERATOR_FILE, &there, &found, err);
    if (st == VERIDAC_OK && !(found && vd_span_eq(vd_buf_span(&there), text)) &&
        vd_folder_lock(k->folder, &lock, NULL) == VERIDAC_OK)
        st = vd_file_write(k->folder, name, text, 0644, err);
    vd_folder_unlock(lock);
    vd_buf_free(&there);
    return st;
}

static veridac_status fall_back(const struct vd_kept *k, struct vd_buf *text, veridac_status why,
                                veridac_error *err)
{
    veridac_error first = { "" }, second = { "" };
    char name[80], path[VD_PATH];
    veridac_status st;

    if (err != NULL)
        first = *err;
    st = name_of(k, name, &second);
    if (st == VERIDAC_OK && !vd_path(path, k->folder, name))
        st = VERIDAC_IO;
    if (st == VERIDAC_OK)
        st = read_one(k, path, text, &second);
    if (st == VERIDAC_OK)
        return vd_fail(err, st, "%s; the last valid one is used", first.text);
    (void)vd_fail(err, why, "%s; there is no last valid one", first.text);
    return why;
}

veridac_status vd_kept_load(const struct vd_kept *k, struct vd_buf *text, veridac_error *err)
{
    veridac_error own = { "" };
    veridac_status st = read_one(k, k->path, text, &own);

    if (st == VERIDAC_OK && k->folder != NULL)
        return save(k, vd_buf_span(text), err);
    if (err != NULL)
        *err = own;
    if (st != VERIDAC_OK && st != VERIDAC_NO_MEMORY && st != VERIDAC_MISUSE && k->folder != NULL)
        return fall_back(k, text, st, err == NULL ? &own : err);
    return st;
}
