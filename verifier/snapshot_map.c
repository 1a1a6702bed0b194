/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot_map.c - the one file of libveridac that opens a file: a bundle, read-only.
 *
 * A map can change under us when somebody can write the file. It is mapped only when it is a
 * regular file, not a link, that belongs to this user or root and that nobody may write (as the
 * files of a store); otherwise it is read into memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "limits.h"
#include "snapshot.h"

static bool may_map(const struct stat *st)
{
    return (st->st_uid == 0 || st->st_uid == geteuid()) && (st->st_mode & 0222) == 0;
}

static enum vd_open_status read_all(struct vd_snapshot *s, int fd, size_t size, const char **why)
{
    struct vd_buf b = VD_BUF(VD_MAX_BUNDLE + 1);
    size_t n = 0;
    ssize_t got = 1;

    if (vd_buf_grow(&b, size + 1) == NULL) /* one more byte shows a file that grows */
        return VD_OPEN_MEMORY;
    while (n < b.n && got != 0) {
        got = read(fd, b.p + n, b.n - n);
        if (got < 0 && errno != EINTR)
            break;
        n += got > 0 ? (size_t)got : 0;
    }
    if (got < 0 || n != size) {
        vd_buf_free(&b);
        *why = got < 0 ? "cannot be read" : "the file changed while it was read";
        return VD_OPEN_IO;
    }
    s->owned = b.p;
    s->bytes = (struct vd_span){ b.p, n };
    return VD_OPEN_OK;
}

static enum vd_open_status map_all(struct vd_snapshot *s, int fd, size_t size, const char **why)
{
    void *p = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return read_all(s, fd, size, why);
    s->mapped = p;
    s->mapped_size = size;
    s->bytes = vd_span_of(p, size);
    return VD_OPEN_OK;
}

static enum vd_open_status load(struct vd_snapshot *s, int fd, bool link, const char **why)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        *why = "cannot be read";
        return VD_OPEN_IO;
    }
    if (!S_ISREG(st.st_mode)) {
        *why = "not a regular file";
        return VD_OPEN_IO;
    }
    if (st.st_size <= 0) {
        *why = "empty";
        return VD_OPEN_BAD;
    }
    if ((uint64_t)st.st_size > VD_MAX_BUNDLE) {
        *why = "larger than any bundle";
        return VD_OPEN_TOO_LARGE;
    }
    return may_map(&st) && !link ? map_all(s, fd, (size_t)st.st_size, why)
                                 : read_all(s, fd, (size_t)st.st_size, why);
}

enum vd_open_status vd_snapshot_load(struct vd_snapshot *s, const char *path, const char **why)
{
    const int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    enum vd_open_status st;
    bool link = false;
    int fd = open(path, flags | O_NOFOLLOW);

    if (fd < 0 && errno == ELOOP) {
        link = true;
        fd = open(path, flags);
    }
    if (fd < 0) {
        *why = errno == ENOENT ? "no such file" : "cannot be opened";
        return VD_OPEN_IO;
    }
    st = load(s, fd, link, why);
    (void)close(fd);
    return st;
}

void vd_snapshot_unmap(struct vd_snapshot *s)
{
    if (s->mapped != NULL)
        (void)munmap(s->mapped, s->mapped_size);
    s->mapped = NULL;
}
