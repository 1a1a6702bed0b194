/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.c - bytes that wait on disk until it is known whether they are kept.
 */
#include "spool.h"

#include <stdio.h>
#include <stdlib.h>

struct vd_spool {
    FILE *file;
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
    if (fseeko(s->file, (off_t)s->n, SEEK_SET) != 0 ||
        (bytes.n > 0 && fwrite(bytes.p, 1, bytes.n, s->file) != bytes.n))
        return false;
    *ret_at = s->n;
    s->n += bytes.n;
    return true;
}

bool vd_spool_get(struct vd_spool *s, uint64_t at, size_t n, struct vd_buf *out)
{
    uint8_t *to = n == 0 ? NULL : vd_buf_grow(out, n);
    if (n == 0)
        return true;
    return to != NULL && fflush(s->file) == 0 && fseeko(s->file, (off_t)at, SEEK_SET) == 0 &&
           fread(to, 1, n, s->file) == n;
}
