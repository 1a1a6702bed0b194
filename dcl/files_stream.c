/* SPDX-License-Identifier: Apache-2.0
 *
 * files_stream.c - files in parts, and folders as a whole.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static veridac_status io(veridac_error *err, const char *path, const char *what)
{
    return vd_fail(err, VERIDAC_IO, "%s: %s: %s", path, what, strerror(errno));
}

/* ---- growing ---- */

struct vd_growing {
    char folder[VD_PATH], tmp[VD_PATH];
    int fd;
};

struct vd_growing *vd_growing_make(const char *folder, const char *temporary)
{
    struct vd_growing *g = calloc(1, sizeof *g);
    int n;
    if (g == NULL)
        return NULL;
    g->fd = -1;
    n = snprintf(g->folder, sizeof g->folder, "%s", folder);
    if (n < 0 || (size_t)n >= sizeof g->folder || !vd_path(g->tmp, folder, temporary)) {
        free(g);
        return NULL;
    }
    return g;
}

bool vd_growing_put(struct vd_growing *g, struct vd_span bytes)
{
    if (g->fd < 0) {
        (void)unlink(g->tmp);
        g->fd = open(g->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0444);
    }
    return g->fd >= 0 && vd_fd_write(g->fd, bytes);
}

void vd_growing_drop(struct vd_growing *g)
{
    if (g == NULL)
        return;
    if (g->fd >= 0) {
        (void)close(g->fd);
        (void)unlink(g->tmp);
    }
    free(g);
}

veridac_status vd_growing_end(struct vd_growing *g, const char *name, veridac_error *err)
{
    char path[VD_PATH];
    veridac_status st = VERIDAC_OK;
    bool ok = vd_path(path, g->folder, name) && g->fd >= 0 && fsync(g->fd) == 0;

    if (g->fd >= 0 && close(g->fd) != 0)
        ok = false;
    g->fd = -1;
    if (!ok || rename(g->tmp, path) != 0) {
        st = io(err, g->tmp, "cannot write");
        (void)unlink(g->tmp);
    }
    free(g);
    return st;
}

veridac_status vd_file_size(const char *folder, const char *name, uint64_t *ret, veridac_error *err)
{
    char path[VD_PATH];
    struct stat sb;
    if (!vd_path(path, folder, name) || lstat(path, &sb) != 0 || !S_ISREG(sb.st_mode))
        return vd_fail(err, VERIDAC_IO, "%s/%s: expected a regular file", folder, name);
    *ret = (uint64_t)sb.st_size;
    return VERIDAC_OK;
}

/* ---- a file of the operator's ---- */

static bool temporary(const char *path, char ret[VD_PATH])
{
    int n = snprintf(ret, VD_PATH, "%s.tmp", path);
    return n > 0 && n < VD_PATH;
}

veridac_status vd_file_new(const char *path, FILE **ret, veridac_error *err)
{
    char tmp[VD_PATH];
    FILE *file = temporary(path, tmp) ? fopen(tmp, "wb") : NULL;
    if (file == NULL)
        return io(err, path, "cannot write");
    *ret = file;
    return VERIDAC_OK;
}

void vd_file_drop(const char *path, FILE **file)
{
    char tmp[VD_PATH];
    if (*file == NULL)
        return;
    (void)fclose(*file);
    *file = NULL;
    if (temporary(path, tmp))
        (void)unlink(tmp);
}

veridac_status vd_file_done(const char *path, FILE **file, veridac_error *err)
{
    char tmp[VD_PATH];
    bool ok = fflush(*file) == 0 && fsync(fileno(*file)) == 0;
    ok = fclose(*file) == 0 && ok;
    *file = NULL;
    if (ok && temporary(path, tmp) && rename(tmp, path) == 0)
        return VERIDAC_OK;
    return io(err, path, "cannot write");
}

/* ---- folders ---- */

veridac_status vd_folder_sync(const char *path, veridac_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    veridac_status st = fd >= 0 && fsync(fd) == 0 ? VERIDAC_OK : io(err, path, "cannot make durable");
    if (fd >= 0)
        (void)close(fd);
    return st;
}

veridac_status vd_folder_size(const char *path, uint64_t *ret, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    struct dirent *e;
    struct stat sb;
    uint64_t n = 0;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return io(err, path, "cannot open the folder");
    while ((e = vd_next_name(dir, path, &st, err)) != NULL) {
        if (fstatat(dirfd(dir), e->d_name, &sb, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(sb.st_mode))
            n += (uint64_t)sb.st_size;
    }
    (void)closedir(dir);
    *ret = n;
    return st;
}

veridac_status vd_folder_tidy(const char *path, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    struct dirent *e;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return io(err, path, "cannot open the folder");
    while ((e = vd_next_name(dir, path, &st, err)) != NULL) {
        size_t n = strlen(e->d_name);
        if (n > 4 && strcmp(e->d_name + n - 4, ".tmp") == 0)
            (void)unlinkat(dirfd(dir), e->d_name, 0);
    }
    (void)closedir(dir);
    return st;
}

/* ---- reading ---- */

static veridac_status each_part(int fd, const char *path, size_t max,
                                bool (*take)(void *user, struct vd_span part), void *user,
                                veridac_error *err)
{
    uint8_t part[65536];
    size_t n = 0;
    for (;;) {
        ssize_t got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return io(err, path, "cannot read");
        if (got == 0)
            return VERIDAC_OK;
        if ((size_t)got > max - n)
            return vd_fail(err, VERIDAC_TOO_LARGE, "%s: larger than %zu bytes", path, max);
        n += (size_t)got;
        if (!take(user, (struct vd_span){ part, (size_t)got }))
            return vd_fail(err, VERIDAC_BAD_DATA, "%s: cannot be used", path);
    }
}

veridac_status vd_file_each(const char *folder, const char *name, size_t max,
                            bool (*take)(void *user, struct vd_span part), void *user,
                            bool *ret_there, veridac_error *err)
{
    char path[VD_PATH];
    struct stat sb;
    veridac_status st;
    int fd;

    *ret_there = false;
    if (!vd_path(path, folder, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", folder);
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT ? VERIDAC_OK : io(err, path, "cannot open");
    if (fstat(fd, &sb) != 0) {
        st = io(err, path, "cannot read");
        (void)close(fd);
        return st;
    }
    if (!S_ISREG(sb.st_mode)) {
        (void)close(fd);
        return vd_fail(err, VERIDAC_IO, "%s: expected a regular file", path);
    }
    st = each_part(fd, path, max, take, user, err);
    (void)close(fd);
    *ret_there = st == VERIDAC_OK;
    return st;
}
