/* SPDX-License-Identifier: Apache-2.0
 *
 * owned.c - files whose permissions speak for them.
 */
#include "owned.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

#define MOST_LINKS 16u /* one behind the other */

static const char *file_fault(const struct stat *st)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "it belongs to somebody else";
    return (st->st_mode & 0022) != 0 ? "others may write it" : NULL;
}

/* What stands before the name in a path. */
static bool folder_of(const char *path, char ret[VD_PATH])
{
    const char *slash = strrchr(path, '/');
    const int n = slash == NULL ? snprintf(ret, VD_PATH, "./")
                                : snprintf(ret, VD_PATH, "%.*s", (int)(slash - path) + 1, path);
    return n > 0 && n < VD_PATH;
}

/* Whoever may write the folder can put another file in its place, except under the sticky bit. */
static const char *folder_fault(const char *path)
{
    char folder[VD_PATH];
    struct stat st;

    if (!folder_of(path, folder))
        return "its path is too long";
    if (stat(folder, &st) != 0)
        return "its folder cannot be looked at";
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return "its folder belongs to somebody else";
    return (st.st_mode & 0022) != 0 && (st.st_mode & S_ISVTX) == 0 ? "others may write its folder" : NULL;
}

/* Where a link points; false when that is too long, or it is gone. */
static bool follow(char path[VD_PATH])
{
    char to[VD_PATH], folder[VD_PATH];
    const ssize_t got = readlink(path, to, sizeof to - 1);
    int n;

    if (got <= 0 || (size_t)got == sizeof to - 1 || !folder_of(path, folder))
        return false;
    to[got] = '\0';
    n = snprintf(path, VD_PATH, "%s%s", to[0] == '/' ? "" : folder, to);
    return n > 0 && n < VD_PATH;
}

/* The folder of the file, and of every link that leads to it: who may write one of them can lead elsewhere. */
static const char *way_fault(const char *path)
{
    char at[VD_PATH];
    const int n = snprintf(at, sizeof at, "%s", path);
    const char *why = NULL;
    struct stat st;

    if (n <= 0 || (size_t)n >= sizeof at)
        return "its path is too long";
    for (unsigned links = 0; links <= MOST_LINKS; links++) {
        why = folder_fault(at);
        if (why != NULL)
            return links == 0 ? why : "it is a link, and not everything on its way is yours alone";
        if (lstat(at, &st) != 0)
            return "the way to it cannot be looked at";
        if (!S_ISLNK(st.st_mode))
            return NULL;
        if (st.st_uid != 0 && st.st_uid != geteuid())
            return "it is a link of somebody else";
        if (!follow(at))
            return "it is a link that cannot be followed";
    }
    return "it is a link that cannot be followed";
}

static veridac_status read_all(int fd, const char *path, size_t max, struct vd_buf *out,
                               veridac_error *err)
{
    uint8_t part[16384];

    for (;;) {
        const ssize_t got = read(fd, part, sizeof part);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return vd_fail(err, VERIDAC_IO, "%s: %s", path, strerror(errno));
        if (got == 0)
            return VERIDAC_OK;
        if ((size_t)got > max - (out->n < max ? out->n : max))
            return vd_fail(err, VERIDAC_TOO_LARGE, "%s: larger than %zu bytes", path, max);
        if (!vd_buf_put(out, vd_span_of(part, (size_t)got)))
            return VERIDAC_NO_MEMORY;
    }
}

veridac_status vd_owned_read(const char *path, size_t max, struct vd_buf *out, const char **ret_why,
                             veridac_error *err)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    const char *why;
    struct stat st;
    veridac_status status;

    if (fd < 0)
        return vd_fail(err, VERIDAC_IO, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return vd_fail(err, VERIDAC_IO, "%s: not a regular file", path);
    }
    why = file_fault(&st);
    if (why == NULL)
        why = way_fault(path);
    status = read_all(fd, path, max, out, err);
    (void)close(fd);
    if (status == VERIDAC_OK)
        *ret_why = why;
    return status;
}

bool vd_owned_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}
