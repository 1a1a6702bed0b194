/* SPDX-License-Identifier: Apache-2.0
 *
 * files_look.c - which file a name means, and what lies in a folder.
 */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 8 /* of folders in folders; a repository has two */

static struct vd_file_id id_of(const struct stat *st)
{
    return (struct vd_file_id){ (uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
                                (int64_t)st->st_mtim.tv_sec, (int64_t)st->st_mtim.tv_nsec };
}

static bool look(const char *folder, const char *name, struct stat *ret)
{
    char path[VD_PATH];
    return vd_path(path, folder, name) && lstat(path, ret) == 0;
}

bool vd_file_identify(const char *folder, const char *name, struct vd_file_id *ret)
{
    struct stat st;
    if (!look(folder, name, &st) || !S_ISREG(st.st_mode))
        return false;
    *ret = id_of(&st);
    return true;
}

bool vd_folder_identify(const char *folder, const char *name, struct vd_file_id *ret)
{
    struct stat st;
    if (!look(folder, name, &st) || !S_ISDIR(st.st_mode))
        return false;
    *ret = id_of(&st);
    return true;
}

bool vd_file_id_eq(const struct vd_file_id *a, const struct vd_file_id *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

bool vd_file_id_text(struct vd_buf *out, const struct vd_file_id *id)
{
    return vd_buf_fmt(out, "%" PRIu64 ".%" PRIu64 ".%" PRIu64 ".%" PRId64 ".%" PRId64 " ", id->device,
                      id->inode, id->size, id->changed_s, id->changed_ns);
}

int vd_file_open(const char *folder, const char *name, const struct vd_file_id *id)
{
    char path[VD_PATH];
    struct stat st;
    struct vd_file_id now;
    int fd = vd_path(path, folder, name) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                                         : -1;
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        now = id_of(&st);
        if (vd_file_id_eq(&now, id))
            return fd;
    }
    (void)close(fd);
    return -1;
}

veridac_status vd_file_begin(const char *folder, const char *name, size_t max, struct vd_buf *out,
                             veridac_error *err)
{
    char path[VD_PATH];
    uint8_t part[4096];
    ssize_t got = 1;
    int fd = vd_path(path, folder, name) ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
                                         : -1;
    if (fd < 0)
        return vd_fail(err, VERIDAC_IO, "%s/%s: cannot open: %s", folder, name, strerror(errno));
    while (out->n < max && got > 0) {
        const size_t room = max - out->n;
        got = read(fd, part, room < sizeof part ? room : sizeof part);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0 && !vd_buf_put(out, vd_span_of(part, (size_t)got)))
            break;
    }
    (void)close(fd);
    if (out->failed)
        return VERIDAC_NO_MEMORY;
    return got < 0 ? vd_fail(err, VERIDAC_IO, "%s/%s: cannot read: %s", folder, name, strerror(errno))
                   : VERIDAC_OK;
}

/* ---- walking ---- */

struct walk {
    bool (*take)(void *user, const char *folder, const char *name);
    void *user;
    veridac_error *err;
    bool done;
};

static veridac_status walk(struct walk *w, const char *path, unsigned depth);

static veridac_status walk_entry(struct walk *w, const char *path, const char *name, unsigned depth)
{
    char below[VD_PATH];
    struct stat st;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return VERIDAC_OK;
    if (!vd_path(below, path, name))
        return vd_fail(w->err, VERIDAC_IO, "%s: the path is too long", path);
    if (lstat(below, &st) != 0)
        return errno == ENOENT ? VERIDAC_OK : /* a temporary name that is gone again */
            vd_fail(w->err, VERIDAC_IO, "%s: %s", below, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return walk(w, below, depth + 1);
    if (S_ISREG(st.st_mode))
        w->done = !w->take(w->user, path, name);
    return VERIDAC_OK;
}

static veridac_status walk(struct walk *w, const char *path, unsigned depth)
{
    veridac_status st = VERIDAC_OK;
    struct dirent *e;
    DIR *dir;

    if (depth > MAX_DEPTH)
        return vd_fail(w->err, VERIDAC_TOO_LARGE, "%s: folders are nested too deep", path);
    dir = opendir(path);
    if (dir == NULL)
        return vd_fail(w->err, VERIDAC_IO, "%s: cannot open the folder: %s", path, strerror(errno));
    while (st == VERIDAC_OK && !w->done && (e = vd_next_name(dir, path, &st, w->err)) != NULL)
        st = walk_entry(w, path, e->d_name, depth);
    (void)closedir(dir);
    return st;
}

veridac_status vd_folder_walk(const char *path,
                              bool (*take)(void *user, const char *folder, const char *name),
                              void *user, veridac_error *err)
{
    struct walk w = { take, user, err, false };
    return walk(&w, path, 0);
}
