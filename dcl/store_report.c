/* SPDX-License-Identifier: Apache-2.0
 *
 * store_report.c - what is in a store, whether it is whole, and what nothing names any more.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "store.h"
#include "text.h"

/* ---- sweeping ---- */

struct sweeping {
    const struct vd_store *keep;
    size_t n;
    const char *folder; /* of the store: "root", "trust", "s", "p", "t" */
    const char *path;
    uint32_t files;
    uint64_t bytes;
};

static bool names(const struct vd_ref *ref, const char *name)
{
    char text[65];
    if (!ref->there)
        return false;
    vd_store_name(ref->sha256, text);
    return strcmp(text, name) == 0;
}

static bool wanted_by(const struct vd_store *s, const char *folder, const char *name)
{
    char version[24];
    if (!s->there)
        return false;
    (void)snprintf(version, sizeof version, "%" PRIu32, s->head.root_version);
    if (strcmp(folder, "root") == 0)
        return strcmp(version, name) == 0;
    if (strcmp(folder, "trust") == 0)
        return names(&s->head.ref[VD_REF_TRUST], name);
    for (size_t i = 0; i < VD_PARTS && strcmp(folder, "p") == 0; i++) {
        if (names(&s->head.ref[vd_part_types[i]], name))
            return true;
    }
    return strcmp(folder, "s") == 0 &&
           (names(&s->head.ref[VD_REF_FULL], name) || names(&s->head.ref[VD_REF_HUB], name));
}

static bool sweep(void *user, const char *name)
{
    struct sweeping *s = user;
    char path[VD_PATH];
    struct stat st;

    for (size_t i = 0; i < s->n; i++) {
        if (wanted_by(&s->keep[i], s->folder, name))
            return true;
    }
    if (vd_path(path, s->path, name) && lstat(path, &st) == 0 && S_ISREG(st.st_mode)) {
        s->files++;
        s->bytes += (uint64_t)st.st_size;
        vd_file_remove(s->path, name);
    }
    return true;
}

void vd_store_sweep(const char *store, uint32_t *ret_files, uint64_t *ret_bytes)
{
    static const char *const folders[] = { "root", "trust", "s", "p", "t" };
    struct vd_store keep[2];
    char path[VD_PATH];
    struct sweeping s = { .keep = keep, .path = path };

    if (vd_store_read(store, "head", &keep[0], NULL) != VERIDAC_OK)
        return; /* without a head that can be read, nothing is known to be superfluous */
    s.n = 1;
    if (vd_store_read(store, "head.previous", &keep[1], NULL) == VERIDAC_OK)
        s.n = 2;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        s.folder = folders[i];
        if (vd_path(path, store, folders[i]))
            (void)vd_folder_each(path, sweep, &s, NULL);
    }
    for (size_t i = 0; i < s.n; i++)
        vd_store_clear(&keep[i]);
    if (ret_files != NULL)
        *ret_files = s.files;
    if (ret_bytes != NULL)
        *ret_bytes = s.bytes;
}

veridac_status veridac_store_collect(const char *store, veridac_buffer *ret_report, veridac_error *err)
{
    struct vd_buf out = VD_BUF(4096);
    uint32_t files = 0;
    uint64_t bytes = 0;
    struct vd_store s;
    int lock = -1;
    veridac_status st;

    if (store == NULL || ret_report == NULL)
        return VERIDAC_MISUSE;
    st = vd_folder_lock(store, &lock, err);
    if (st != VERIDAC_OK)
        return st;
    st = vd_store_read(store, "head", &s, err);
    if (st == VERIDAC_OK) {
        vd_store_clear(&s);
        vd_store_sweep(store, &files, &bytes);
        (void)vd_buf_fmt(&out, "{\"schema_version\":1,\"removed\":%" PRIu32 ",\"bytes\":%" PRIu64 "}\n",
                         files, bytes);
        st = vd_give(&out, ret_report);
    }
    vd_folder_unlock(lock);
    return st;
}

/* ---- the report ---- */

static void time_member(struct vd_buf *out, const char *name, int64_t t)
{
    char text[VD_TIME_TEXT];
    vd_time_text(t, text);
    (void)vd_buf_fmt(out, ",\"%s\":\"%s\"", name, text);
}

static const char *check_trust(const char *store, const struct vd_store *s)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_TRUST_LIST);
    struct vd_trust_list list;
    const char *wrong = "";
    bool there = false;

    if (vd_store_get(store, "trust", &s->head.ref[VD_REF_TRUST], &bytes, &there, NULL) != VERIDAC_OK ||
        !there)
        wrong = "trust-missing";
    else if (vd_trust_list_check(vd_buf_span(&bytes), &s->root, &list) != NULL)
        wrong = "trust-wrong";
    vd_buf_free(&bytes);
    return wrong;
}

/* The bundle with the parts that are there. */
static const char *check_bundle(const char *store, const struct vd_store *s)
{
    const struct vd_ref *bundle = vd_store_bundle(store, &s->head);
    struct vd_buf bytes = VD_BUF(VD_MAX_BUNDLE);
    veridac_snapshot_options o = { .size = sizeof o, .head = { s->head_bytes.p, s->head_bytes.n },
                                   .root = { s->root_bytes.p, s->root_bytes.n } };
    veridac_snapshot *snapshot = NULL;
    struct vd_parts parts;
    const char *wrong = "";
    bool there = false;

    if (bundle == NULL || vd_store_get(store, "s", bundle, &bytes, &there, NULL) != VERIDAC_OK || !there)
        wrong = "bundle-missing";
    else if (vd_store_parts(store, s, &parts, NULL) != VERIDAC_OK)
        wrong = "parts-wrong";
    if (wrong[0] == '\0') {
        o.parts = parts.given;
        o.n_parts = parts.n;
        if (veridac_snapshot_open((veridac_bytes){ bytes.p, bytes.n }, &o, &snapshot, NULL) != VERIDAC_OK)
            wrong = "bundle-wrong";
        vd_parts_free(&parts);
    }
    veridac_snapshot_free(snapshot);
    vd_buf_free(&bytes);
    return wrong;
}

/* What a check finds wrong; "" for nothing. */
static const char *check_files(const char *store, const struct vd_store *s)
{
    const char *wrong = check_trust(store, s);
    return wrong[0] == '\0' ? check_bundle(store, s) : wrong;
}

static void list_parts(const char *store, const struct vd_head *head, struct vd_buf *out)
{
    bool any = false;
    (void)vd_buf_str(out, ",\"parts\":[");
    for (size_t i = 0; i < VD_PARTS; i++) {
        if (!vd_store_has(store, "p", &head->ref[vd_part_types[i]]))
            continue;
        (void)vd_buf_fmt(out, "%s\"%s\"", any ? "," : "", vd_ref_text(vd_part_types[i]));
        any = true;
    }
    (void)vd_buf_str(out, "]");
}

static bool describe(const char *store, const char *which, bool check, struct vd_buf *out)
{
    veridac_error err = { "" };
    struct vd_store s;
    const struct vd_ref *bundle;
    const char *wrong = "";
    char name[65] = "";

    if (vd_store_read(store, which, &s, &err) != VERIDAC_OK) {
        (void)(vd_buf_fmt(out, ",\"%s\":{\"wrong\":", strcmp(which, "head") == 0 ? "installed" : "previous") &&
               vd_text_json(out, vd_span_str(err.text)) && vd_buf_str(out, "}"));
        return false;
    }
    if (s.there) {
        bundle = vd_store_bundle(store, &s.head);
        wrong = check ? check_files(store, &s) : bundle == NULL ? "bundle-missing" : "";
        if (bundle != NULL)
            vd_store_name(bundle->sha256, name);
        (void)vd_buf_fmt(out,
                         ",\"%s\":{\"network\":\"%s\",\"feed\":\"%s\",\"epoch\":%" PRIu32
                         ",\"sequence\":%" PRIu64 ",\"root_version\":%" PRIu32
                         ",\"trust_version\":%" PRIu32 ",\"kind\":\"%s\",\"bundle\":\"%s\","
                         "\"bundle_size\":%" PRIu64,
                         strcmp(which, "head") == 0 ? "installed" : "previous",
                         s.head.s.network == 1 ? "main" : "test", s.head.s.feed, s.head.s.epoch,
                         s.head.s.number, s.head.root_version, s.head.trust_version,
                         bundle == &s.head.ref[VD_REF_HUB] ? "hub" : "full", name,
                         bundle == NULL ? 0 : bundle->size);
        time_member(out, "created", s.head.s.created);
        time_member(out, "expires", s.head.s.expires);
        time_member(out, "next_publish", s.head.next_publish);
        list_parts(store, &s.head, out);
        (void)vd_buf_fmt(out, ",\"wrong\":\"%s\"}", wrong);
    }
    vd_store_clear(&s);
    return wrong[0] == '\0';
}

veridac_status veridac_store_report(const char *store, int32_t check, veridac_buffer *ret_report,
                                    veridac_error *err)
{
    struct vd_buf out = VD_BUF(65536);
    struct stat st;
    bool whole;

    if (store == NULL || ret_report == NULL)
        return VERIDAC_MISUSE;
    if (stat(store, &st) != 0 || !S_ISDIR(st.st_mode))
        return vd_fail(err, VERIDAC_IO, "%s: no such store", store);
    (void)(vd_buf_str(&out, "{\"schema_version\":1,\"store\":") && vd_text_json(&out, vd_span_str(store)));
    whole = describe(store, "head", check != 0, &out);
    (void)describe(store, "head.previous", check != 0, &out);
    (void)vd_buf_fmt(&out, ",\"checked\":%s,\"whole\":%s}\n", check ? "true" : "false",
                     whole ? "true" : "false");
    return vd_give(&out, ret_report);
}
