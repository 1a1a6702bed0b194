/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_write.c - files first, head last; then what no head names any more goes.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "deflate.h"
#include "files.h"
#include "limits.h"
#include "publish.h"
#include "store.h"

static veridac_status folder_of(const struct vd_publish *p, const char *name, bool make,
                                char ret[VD_PATH], veridac_error *err)
{
    if (!vd_path(ret, p->o.repo, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", p->o.repo);
    return make ? vd_folder_make(ret, err) : VERIDAC_OK;
}

/* FILE.gz, for servers that send what lies beside FILE; clients need it never. */
static veridac_status write_gz(const char *dir, const struct vd_file *f, veridac_error *err)
{
    char name[sizeof f->name + 3];
    struct vd_buf gz;
    veridac_status st;

    (void)snprintf(name, sizeof name, "%s.gz", f->name);
    if (vd_file_there(dir, name) || !vd_deflate_pays(vd_buf_span(&f->bytes), &gz))
        return VERIDAC_OK;
    st = vd_file_write(dir, name, vd_buf_span(&gz), 0444, err);
    vd_buf_free(&gz);
    return st;
}

static veridac_status write_file(const struct vd_publish *p, const struct vd_file *f, veridac_error *err)
{
    char dir[VD_PATH];
    veridac_status st = folder_of(p, f->folder, true, dir, err);
    struct vd_ref ref = { .there = true, .size = f->bytes.n };
    struct vd_buf now = VD_BUF(VD_MAX_BUNDLE);

    if (st != VERIDAC_OK || !vd_sha256(vd_buf_span(&f->bytes), ref.sha256))
        return st == VERIDAC_OK ? VERIDAC_INTERNAL : st;
    if (!vd_publish_get(p, f->folder, &ref, &now))
        st = vd_file_write(dir, f->name, vd_buf_span(&f->bytes), 0444, err);
    vd_buf_free(&now);
    return st == VERIDAC_OK ? write_gz(dir, f, err) : st;
}

static veridac_status write_numbered(const struct vd_publish *p, const char *folder, uint64_t number,
                                     struct vd_span bytes, veridac_error *err)
{
    char dir[VD_PATH], name[24];
    veridac_status st = folder_of(p, folder, true, dir, err);
    (void)snprintf(name, sizeof name, "%" PRIu64, number);
    return st == VERIDAC_OK ? vd_file_write(dir, name, bytes, 0444, err) : st;
}

/* ---- sweeping ---- */

struct sweeping {
    const struct vd_publish *p;
    const char *folder, *path;
};

static bool is_name(const struct vd_ref *ref, const char *name)
{
    char text[65];
    if (!ref->there)
        return false;
    vd_store_name(ref->sha256, text);
    return strcmp(text, name) == 0;
}

/* Named by the new head, or by the one before, which clients may be following just now. */
static bool named(const struct vd_publish *p, const char *name)
{
    for (unsigned type = 1; type < VD_REFS; type++) {
        if (is_name(&p->head.ref[type], name) || (p->has_head && is_name(&p->old_head.ref[type], name)))
            return true;
    }
    for (size_t i = 0; i < p->after->n_kept; i++) {
        if (is_name(&p->after->kept[i].kind[VD_REF_HUB], name) ||
            is_name(&p->after->kept[i].kind[VD_REF_FULL], name))
            return true;
    }
    return false;
}

static bool in_index(const struct vd_index_entry *entries, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        struct vd_ref ref = { .there = entries[i].size > 0 };
        (void)vd_copy(ref.sha256, VD_SHA256, VD_SPAN(entries[i].sha256));
        if (is_name(&ref, name))
            return true;
    }
    return false;
}

static bool in_old_index(const struct vd_publish *p, const char *name)
{
    struct vd_index index;
    struct vd_index_entry e;
    if (p->old_index_bytes.p == NULL || vd_index_read(vd_buf_span(&p->old_index_bytes), &index) != NULL)
        return false;
    for (uint32_t i = 0; i < index.n && vd_index_at(&index, i, &e); i++) {
        if (in_index(&e, 1, name))
            return true;
    }
    return false;
}

static bool sweep(void *user, const char *name)
{
    const struct sweeping *s = user;
    const char *const file = name;
    char number[24], stem[65];

    if (strlen(name) == 67 && strcmp(name + 64, ".gz") == 0) { /* stays as long as what it was made of */
        (void)snprintf(stem, sizeof stem, "%.64s", name);
        name = stem;
    }
    (void)snprintf(number, sizeof number, "%" PRIu64, s->p->head.s.number);
    if (strcmp(s->folder, "h") == 0 ? strcmp(name, number) == 0
                                    : named(s->p, name) ||
                                          (strcmp(s->folder, "d") == 0 &&
                                           (in_index(s->p->deltas, s->p->n_deltas, name) ||
                                            in_old_index(s->p, name))))
        return true;
    vd_file_remove(s->path, file);
    return true;
}

static void sweep_all(const struct vd_publish *p)
{
    static const char *const folders[] = { "s", "d", "p", "index", "trust", "h" };
    char path[VD_PATH];
    struct sweeping s = { .p = p, .path = path };
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        s.folder = folders[i];
        if (vd_path(path, p->o.repo, folders[i]))
            (void)vd_folder_each(path, sweep, &s, NULL); /* what stays costs space and nothing else */
    }
}

veridac_status vd_publish_write(struct vd_publish *p, veridac_error *err)
{
    struct vd_buf history = VD_BUF(4u << 20);
    veridac_status st;

    if (p->head_bytes.n == 0)
        return VERIDAC_INTERNAL; /* an empty head would cut off whoever pulls, and sweep all files away */
    st = vd_history_write(p->after, &history) ? VERIDAC_OK : VERIDAC_TOO_LARGE;
    if (st == VERIDAC_OK && p->root_is_new)
        st = write_numbered(p, "root", p->root.s.number, vd_buf_span(&p->root_bytes), err);
    for (size_t i = 0; st == VERIDAC_OK && i < p->n_files; i++)
        st = write_file(p, &p->files[i], err);
    if (st == VERIDAC_OK)
        st = write_numbered(p, "h", p->head.s.number, vd_buf_span(&history), err);
    if (st == VERIDAC_OK)
        st = vd_file_write(p->o.repo, "head", vd_buf_span(&p->head_bytes), 0444, err);
    vd_buf_free(&history);
    if (st == VERIDAC_OK)
        sweep_all(p);
    return st;
}
