/* SPDX-License-Identifier: Apache-2.0
 *
 * store.c - the installed snapshot: reading, switching.
 */
#include "store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "text.h"

#define FLOOR_SIZE 84u

void vd_store_name(const uint8_t sha256[32], char ret[65])
{
    struct vd_buf hex = { (uint8_t *)ret, 0, 64, 64, false };
    (void)vd_hex_put(&hex, (struct vd_span){ sha256, 32 }, false);
    ret[64] = '\0';
}

void vd_store_clear(struct vd_store *s)
{
    vd_buf_free(&s->head_bytes);
    vd_buf_free(&s->root_bytes);
}

veridac_status vd_store_folder(const char *store, const char *name, char ret[VD_PATH],
                               veridac_error *err)
{
    return vd_path(ret, store, name) ? VERIDAC_OK
                                     : vd_fail(err, VERIDAC_IO, "%s: the path is too long", store);
}

veridac_status vd_store_make(const char *store, veridac_error *err)
{
    static const char *const names[] = { "root", "trust", "s", "p", "t" };
    char path[VD_PATH];
    veridac_status st = vd_folder_make(store, err);
    for (size_t i = 0; st == VERIDAC_OK && i < sizeof names / sizeof names[0]; i++) {
        st = vd_store_folder(store, names[i], path, err);
        if (st == VERIDAC_OK)
            st = vd_folder_make(path, err);
    }
    return st;
}

/* ---- files under their hash ---- */

bool vd_store_has(const char *store, const char *folder, const struct vd_ref *ref)
{
    char dir[VD_PATH], path[VD_PATH], name[65];
    struct stat st;
    vd_store_name(ref->sha256, name);
    return ref->there && vd_path(dir, store, folder) && vd_path(path, dir, name) &&
           lstat(path, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == ref->size;
}

veridac_status vd_store_get(const char *store, const char *folder, const struct vd_ref *ref,
                            struct vd_buf *out, bool *ret_there, veridac_error *err)
{
    char dir[VD_PATH], name[65];
    uint8_t sha256[VD_SHA256];
    veridac_status st = vd_store_folder(store, folder, dir, err);

    *ret_there = false;
    if (st != VERIDAC_OK || !vd_store_has(store, folder, ref))
        return st;
    vd_store_name(ref->sha256, name);
    st = vd_file_read(dir, name, (size_t)ref->size, out, ret_there, err);
    if (st == VERIDAC_OK && *ret_there)
        *ret_there = vd_sha256(vd_buf_span(out), sha256) && vd_ref_is(ref, out->n, sha256);
    return st;
}

veridac_status vd_store_put(const char *store, const char *folder, const char *name,
                            struct vd_span bytes, veridac_error *err)
{
    char dir[VD_PATH];
    veridac_status st = vd_store_folder(store, folder, dir, err);
    return st == VERIDAC_OK ? vd_file_write(dir, name, bytes, 0444, err) : st;
}

const struct vd_ref *vd_store_bundle(const char *store, const struct vd_head *head)
{
    static const enum vd_ref_type kinds[] = { VD_REF_FULL, VD_REF_HUB };
    for (size_t i = 0; i < 2; i++) {
        if (vd_store_has(store, "s", &head->ref[kinds[i]]))
            return &head->ref[kinds[i]];
    }
    return NULL;
}

/* ---- the floor ---- */

static bool write_floor(const struct vd_floor *f, struct vd_buf *out)
{
    return vd_buf_str(out, "VDF1") && vd_buf_le(out, 4, f->epoch) && vd_buf_le(out, 8, f->sequence) &&
           vd_buf_put(out, VD_SPAN(f->head_sha256)) && vd_buf_le(out, 8, f->trust_epoch) &&
           vd_buf_le(out, 8, f->trust_version) && vd_buf_le(out, 8, f->root_version) &&
           vd_buf_le(out, 8, (uint64_t)f->seen) && vd_buf_le(out, 4, f->parts);
}

static bool read_floor(struct vd_span in, struct vd_floor *ret)
{
    uint64_t epoch, trust_epoch, seen, parts;
    struct vd_span hash;
    if (!vd_take_tag(&in, "VDF1") || !vd_take_le(&in, 4, &epoch) ||
        !vd_take_le(&in, 8, &ret->sequence) || !vd_take(&in, VD_SHA256, &hash) ||
        !vd_take_le(&in, 8, &trust_epoch) || !vd_take_le(&in, 8, &ret->trust_version) ||
        !vd_take_le(&in, 8, &ret->root_version) || !vd_take_le(&in, 8, &seen) ||
        !vd_take_le(&in, 4, &parts) || parts > VD_PARTS_ASKED || in.n != 0)
        return false;
    ret->parts = (uint32_t)parts;
    ret->epoch = (uint32_t)epoch;
    ret->trust_epoch = (uint32_t)trust_epoch;
    ret->seen = (int64_t)seen;
    return vd_copy(ret->head_sha256, VD_SHA256, hash);
}

veridac_status vd_store_set_floor(const char *store, const struct vd_floor *floor, veridac_error *err)
{
    uint8_t room[FLOOR_SIZE];
    struct vd_buf b = VD_BUF_ON(room);
    return write_floor(floor, &b) ? vd_file_write(store, "floor", vd_buf_span(&b), 0444, err)
                                  : VERIDAC_INTERNAL;
}

static veridac_status load_floor(const char *store, struct vd_store *s, veridac_error *err)
{
    struct vd_buf b = VD_BUF(FLOOR_SIZE + 1);
    veridac_status st = vd_file_read(store, "floor", FLOOR_SIZE, &b, &s->has_floor, err);
    if (st == VERIDAC_OK && s->has_floor && !read_floor(vd_buf_span(&b), &s->floor))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s/floor: damaged", store);
    vd_buf_free(&b);
    return st;
}

/* ---- reading ---- */

static veridac_status load_root(const char *store, struct vd_store *s, veridac_error *err)
{
    char dir[VD_PATH], name[24];
    bool there = false;
    const char *wrong;
    veridac_status st = vd_store_folder(store, "root", dir, err);

    (void)snprintf(name, sizeof name, "%" PRIu32, s->head.root_version);
    if (st == VERIDAC_OK)
        st = vd_file_read(dir, name, VD_MAX_ROOT, &s->root_bytes, &there, err);
    if (st != VERIDAC_OK)
        return st;
    if (!there)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s/root/%s: missing", store, name);
    wrong = vd_root_read(vd_buf_span(&s->root_bytes), &s->root);
    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s/root/%s: %s", store, name, wrong);
}

static veridac_status load(const char *store, const char *which, struct vd_store *s,
                           veridac_error *err)
{
    const char *wrong;
    veridac_status st = vd_file_read(store, which, VD_MAX_HEAD, &s->head_bytes, &s->there, err);

    if (st != VERIDAC_OK || !s->there)
        return st;
    wrong = vd_head_read(vd_buf_span(&s->head_bytes), &s->head);
    if (wrong != NULL)
        return vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s/%s: %s", store, which, wrong);
    st = load_root(store, s, err);
    if (st != VERIDAC_OK)
        return st;
    wrong = vd_head_check(vd_buf_span(&s->head_bytes), &s->root, &s->head);
    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_SIGNATURE), "%s/%s: %s", store, which, wrong);
}

veridac_status vd_store_read(const char *store, const char *which, struct vd_store *ret,
                             veridac_error *err)
{
    veridac_status st;

    *ret = (struct vd_store){ .head_bytes = VD_BUF(VD_MAX_HEAD + 1),
                              .root_bytes = VD_BUF(VD_MAX_ROOT + 1) };
    st = load_floor(store, ret, err);
    if (st == VERIDAC_OK)
        st = load(store, which, ret, err);
    if (st != VERIDAC_OK)
        vd_store_clear(ret);
    return st;
}

/* ---- switching ---- */

veridac_status vd_store_switch(const char *store, struct vd_span head, const struct vd_floor *floor,
                               veridac_error *err)
{
    struct vd_buf old = VD_BUF(VD_MAX_HEAD + 1);
    bool there = false;
    veridac_status st = vd_store_set_floor(store, floor, err);

    if (st == VERIDAC_OK)
        st = vd_file_read(store, "head", VD_MAX_HEAD, &old, &there, err);
    if (st == VERIDAC_OK && there && !vd_span_eq(vd_buf_span(&old), head))
        st = vd_file_write(store, "head.previous", vd_buf_span(&old), 0444, err);
    if (st == VERIDAC_OK)
        st = vd_file_write(store, "head", head, 0444, err);
    vd_buf_free(&old);
    return st;
}

/* ---- parts ---- */

const enum vd_ref_type vd_part_types[VD_PARTS] = { VD_REF_NAMES, VD_REF_PROVENANCE, VD_REF_COMPLIANCE,
                                                   VD_REF_RULES };

uint32_t vd_part_bit(enum vd_ref_type type)
{
    return type == VD_REF_NAMES        ? VERIDAC_PART_NAMES
           : type == VD_REF_PROVENANCE ? VERIDAC_PART_PROVENANCE
           : type == VD_REF_COMPLIANCE ? VERIDAC_PART_COMPLIANCE
                                       : 0;
}

void vd_parts_free(struct vd_parts *parts)
{
    for (size_t i = 0; i < VD_PARTS; i++)
        vd_buf_free(&parts->bytes[i]);
}

static bool must_have(enum vd_ref_type type, const struct vd_store *s)
{
    uint8_t sha256[VD_SHA256];
    if (type == VD_REF_RULES)
        return true;
    return s->has_floor && (s->floor.parts & vd_part_bit(type)) != 0 &&
           (!vd_sha256(vd_buf_span(&s->head_bytes), sha256) ||
            vd_span_eq(VD_SPAN(sha256), VD_SPAN(s->floor.head_sha256)));
}

veridac_status vd_store_parts(const char *store, const struct vd_store *s, struct vd_parts *ret,
                              veridac_error *err)
{
    veridac_status st = VERIDAC_OK;

    *ret = (struct vd_parts){ .all = true };
    for (size_t i = 0; st == VERIDAC_OK && i < VD_PARTS; i++) {
        const struct vd_ref *ref = &s->head.ref[vd_part_types[i]];
        const char *what = vd_ref_text(vd_part_types[i]);
        char dir[VD_PATH], name[65];
        bool there = false;
        vd_store_name(ref->sha256, name);
        ret->bytes[i] = VD_BUF(VD_MAX_BUNDLE);
        st = vd_store_folder(store, "p", dir, err);
        if (st != VERIDAC_OK || !ref->there)
            continue;
        if (vd_file_there(dir, name)) {
            st = vd_store_get(store, "p", ref, &ret->bytes[i], &there, err);
            if (st == VERIDAC_OK && !there)
                st = vd_fail(err, VERIDAC_BAD_DATA, "%s/%s: damaged (%s)", dir, name, what);
            ret->given[ret->n] = (veridac_bytes){ ret->bytes[i].p, ret->bytes[i].n };
            ret->n += there;
        } else if (must_have(vd_part_types[i], s)) {
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s: the %s that the head names are missing; pull brings them again",
                         store, vd_part_types[i] == VD_REF_COMPLIANCE ? "compliance records" : what);
        } else {
            ret->all = false;
        }
    }
    if (st != VERIDAC_OK)
        vd_parts_free(ret);
    return st;
}
