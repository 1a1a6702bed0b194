/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.c - bytes that wait on disk until it is known whether they are kept.
 */
#include "spool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "files.h"

struct vd_spool {
    FILE *file; /* for its descriptor: stdio writes for ever where a write puts nothing */
    uint64_t n;
};

veridac_status vd_spool_make(struct vd_spool **ret)
{
    struct vd_spool *s = calloc(1, sizeof *s);
    if (s == NULL)
        return VERIDAC_NO_MEMORY;
    s->file = tmpfile();
    if (s->file == NULL) {
        free(s);
        return VERIDAC_IO;
    }
    *ret = s;
    return VERIDAC_OK;
}

void vd_spool_free(struct vd_spool *s)
{
    if (s != NULL && s->file != NULL)
        (void)fclose(s->file);
    free(s);
}

bool vd_spool_put(struct vd_spool *s, struct vd_span bytes, uint64_t *ret_at)
{
    const int fd = fileno(s->file);
    if (lseek(fd, (off_t)s->n, SEEK_SET) < 0 || !vd_fd_write(fd, bytes))
        return false;
    *ret_at = s->n;
    s->n += bytes.n;
    return true;
}

bool vd_spool_get(struct vd_spool *s, uint64_t at, size_t n, struct vd_buf *out)
{
    uint8_t *to = n == 0 ? NULL : vd_buf_grow(out, n);
    size_t done = 0;

    while (to != NULL && done < n) {
        const ssize_t got = pread(fileno(s->file), &to[done], n - done, (off_t)(at + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0 || (size_t)got > n - done)
            return false;
        done += (size_t)got;
    }
    return n == 0 || to != NULL;
}
