/* SPDX-License-Identifier: Apache-2.0
 *
 * state_object.c - objects in parts: large ones never stand in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "sig.h"
#include "state.h"
#include "text.h"

static bool hash_end(struct vd_hash *h, char ret[VD_HASH_TEXT])
{
    uint8_t digest[VD_SHA256];
    struct vd_buf hex = { (uint8_t *)ret, 0, VD_HASH_TEXT - 1, VD_HASH_TEXT - 1, false };
    ret[VD_HASH_TEXT - 1] = '\0';
    return vd_hash_end(h, digest) && vd_hex_put(&hex, VD_SPAN(digest), false);
}

/* ---- writing ---- */

struct vd_object {
    char folder[VD_PATH];
    struct vd_growing *file;
    struct vd_hash *hash;
    uint64_t n;
};

struct vd_object *vd_object_make(const char *state, size_t slot)
{
    struct vd_object *o = calloc(1, sizeof *o);
    char name[32];

    if (o == NULL)
        return NULL;
    (void)snprintf(name, sizeof name, ".%zu.tmp", slot);
    if (vd_path(o->folder, state, "objects"))
        o->file = vd_growing_make(o->folder, name);
    o->hash = vd_hash_make();
    if (o->file == NULL || o->hash == NULL || !vd_hash_start(o->hash)) {
        vd_object_drop(o);
        return NULL;
    }
    return o;
}

bool vd_object_put(struct vd_object *o, struct vd_span part)
{
    o->n += part.n;
    return vd_growing_put(o->file, part) && vd_hash_add(o->hash, part);
}

uint64_t vd_object_size(const struct vd_object *o)
{
    return o->n;
}

void vd_object_drop(struct vd_object *o)
{
    if (o == NULL)
        return;
    vd_growing_drop(o->file);
    vd_hash_free(o->hash);
    free(o);
}

veridac_status vd_object_end(struct vd_object *o, char ret[VD_HASH_TEXT], veridac_error *err)
{
    char name[VD_HASH_TEXT];
    veridac_status st = hash_end(o->hash, name) ? VERIDAC_OK : VERIDAC_INTERNAL;

    if (st == VERIDAC_OK && !vd_file_there(o->folder, name)) {
        st = vd_growing_end(o->file, name, err);
        o->file = NULL;
    }
    vd_object_drop(o);
    if (st == VERIDAC_OK)
        (void)vd_copy(ret, VD_HASH_TEXT, vd_span_of(name, sizeof name));
    return st;
}

veridac_status vd_state_sync(const char *state, veridac_error *err)
{
    char path[VD_PATH];
    return vd_path(path, state, "objects")
               ? vd_folder_sync(path, err)
               : vd_fail(err, VERIDAC_IO, "%s: the path is too long", state);
}

veridac_status vd_state_size(const char *state, uint64_t *ret, veridac_error *err)
{
    char path[VD_PATH];
    return vd_path(path, state, "objects")
               ? vd_folder_size(path, ret, err)
               : vd_fail(err, VERIDAC_IO, "%s: the path is too long", state);
}

/* ---- reading ---- */

struct reading {
    struct vd_hash *hash;
    bool (*take)(void *user, struct vd_span part);
    void *user;
    bool not_hashed;
};

static bool pass_on(void *user, struct vd_span part)
{
    struct reading *r = user;
    r->not_hashed = !vd_hash_add(r->hash, part);
    return !r->not_hashed && r->take(r->user, part);
}

veridac_status vd_state_each(const char *state, const char *sha256, size_t max,
                             bool (*take)(void *user, struct vd_span part), void *user,
                             veridac_error *err)
{
    struct reading r = { vd_hash_make(), take, user, false };
    char path[VD_PATH], hash[VD_HASH_TEXT] = "";
    bool there = false;
    veridac_status st = VERIDAC_NO_MEMORY;

    if (r.hash != NULL && vd_hash_start(r.hash) && vd_path(path, state, "objects"))
        st = vd_file_each(path, sha256, max, pass_on, &r, &there, err);
    if (r.not_hashed)
        st = vd_fail(err, VERIDAC_NO_MEMORY, "out of memory");
    if (st == VERIDAC_OK && !there)
        st = vd_fail(err, VERIDAC_IO, "%s: object %s is missing", state, sha256);
    if (st == VERIDAC_OK && (!hash_end(r.hash, hash) || strcmp(hash, sha256) != 0))
        st = vd_fail(err, VERIDAC_IO, "%s: object %s is not what its name says", state, sha256);
    vd_hash_free(r.hash);
    return st;
}
