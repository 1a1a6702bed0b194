/* SPDX-License-Identifier: Apache-2.0
 *
 * files.c - folders that survive a crash.
 */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static veridac_status io(veridac_error *err, const char *path, const char *what)
{
    return vd_fail(err, VERIDAC_IO, "%s: %s: %s", path, what, strerror(errno));
}

bool vd_path(char ret[VD_PATH], const char *a, const char *b)
{
    int n = snprintf(ret, VD_PATH, "%s/%s", a, b);
    return n > 0 && n < VD_PATH;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

veridac_status vd_folder_make(const char *path, veridac_error *err)
{
    char above[VD_PATH];
    struct stat st;
    if (!vd_path(above, path, ".."))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", path);
    if (mkdir(path, 0755) == 0) {
        if (sync_folder(above)) /* what will be put into it must not vanish with it */
            return VERIDAC_OK;
        (void)rmdir(path);
        return io(err, path, "cannot make the folder");
    }
    if (errno != EEXIST)
        return io(err, path, "cannot make the folder");
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return vd_fail(err, VERIDAC_IO, "%s: expected a folder", path);
    return VERIDAC_OK;
}

bool vd_folder_there(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

veridac_status vd_folder_lock(const char *path, int *ret_fd, veridac_error *err)
{
    char name[VD_PATH];
    int fd;
    if (!vd_path(name, path, ".lock"))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", path);
    fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return io(err, name, "cannot open");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        return vd_fail(err, VERIDAC_IO, "%s: another process is working in this folder", path);
    }
    *ret_fd = fd;
    return VERIDAC_OK;
}

void vd_folder_unlock(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

struct dirent *vd_next_name(DIR *dir, const char *path, veridac_status *ret, veridac_error *err)
{
    struct dirent *e;

    errno = 0;
    e = readdir(dir);
    if (e == NULL && errno != 0)
        *ret = io(err, path, "cannot read the folder");
    return e;
}

veridac_status vd_folder_each(const char *path, bool (*take)(void *user, const char *name),
                              void *user, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    struct dirent *e;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return io(err, path, "cannot open the folder");
    while (st == VERIDAC_OK && (e = vd_next_name(dir, path, &st, err)) != NULL) {
        if (e->d_name[0] != '.' && !take(user, e->d_name))
            break;
    }
    (void)closedir(dir);
    return st;
}

/* ---- writing ---- */

bool vd_fd_write(int fd, struct vd_span in)
{
    while (in.n > 0) {
        ssize_t put = write(fd, in.p, in.n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0 || (size_t)put > in.n)
            return false;
        in = vd_span_skip(in, (size_t)put);
    }
    return true;
}

static bool write_temporary(const char *tmp, struct vd_span bytes, unsigned mode)
{
    int fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    bool ok;
    if (fd < 0)
        return false;
    ok = vd_fd_write(fd, bytes) && fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

veridac_status vd_file_write(const char *folder, const char *name, struct vd_span bytes,
                             unsigned mode, veridac_error *err)
{
    char path[VD_PATH], tmp[VD_PATH], tmp_name[300];
    int n = snprintf(tmp_name, sizeof tmp_name, "%s.tmp", name);

    if (n < 0 || (size_t)n >= sizeof tmp_name || !vd_path(path, folder, name) ||
        !vd_path(tmp, folder, tmp_name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", folder);
    (void)unlink(tmp); /* of a process that was killed; the folder is locked */
    if (!write_temporary(tmp, bytes, mode) || rename(tmp, path) != 0 || !sync_folder(folder)) {
        veridac_status st = io(err, path, "cannot write");
        (void)unlink(tmp);
        return st;
    }
    return VERIDAC_OK;
}

/* ---- reading ---- */

static bool put_part(void *user, struct vd_span part)
{
    return vd_buf_put(user, part);
}

veridac_status vd_file_read(const char *folder, const char *name, size_t max, struct vd_buf *out,
                            bool *ret_there, veridac_error *err)
{
    size_t room = max - (out->n < max ? out->n : max);
    veridac_status st = vd_file_each(folder, name, room, put_part, out, ret_there, err);
    return st == VERIDAC_BAD_DATA ? VERIDAC_NO_MEMORY : st;
}

bool vd_file_there(const char *folder, const char *name)
{
    char path[VD_PATH];
    struct stat st;
    return vd_path(path, folder, name) && lstat(path, &st) == 0 && S_ISREG(st.st_mode);
}

void vd_file_remove(const char *folder, const char *name)
{
    char path[VD_PATH];
    if (vd_path(path, folder, name))
        (void)unlink(path);
}
