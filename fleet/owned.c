/* SPDX-License-Identifier: Apache-2.0
 *
 * owned.c - files whose permissions speak for them.
 */
#include "owned.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

static const char *file_fault(const struct stat *st)
{
    if (st->st_uid != 0 && st->st_uid != geteuid())
        return "it belongs to somebody else";
    return (st->st_mode & 0022) != 0 ? "others may write it" : NULL;
}

/* Whoever may write the folder can put another file in its place, except under the sticky bit. */
static const char *folder_fault(const char *path)
{
    char folder[VD_PATH];
    const char *slash = strrchr(path, '/');
    struct stat st;

    if (slash == NULL)
        folder[0] = '.', folder[1] = '\0';
    else if (!vd_copy((uint8_t *)folder, sizeof folder,
                      vd_span_of((const uint8_t *)path, (size_t)(slash - path) + 1)))
        return "its path is too long";
    else
        folder[slash - path + 1] = '\0';
    if (stat(folder, &st) != 0)
        return "its folder cannot be looked at";
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return "its folder belongs to somebody else";
    return (st.st_mode & 0022) != 0 && (st.st_mode & S_ISVTX) == 0 ? "others may write its folder" : NULL;
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
        why = folder_fault(path);
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
