/* SPDX-License-Identifier: Apache-2.0
 *
 * fail.c - a status, and one line that says why.
 */
#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

veridac_status vd_fail(veridac_error *err, veridac_status status, const char *fmt, ...)
{
    va_list ap;
    if (err != NULL) {
        va_start(ap, fmt);
        (void)vsnprintf(err->text, sizeof err->text, fmt, ap);
        va_end(ap);
    }
    return status;
}

veridac_status vd_give(struct vd_buf *b, veridac_buffer *ret)
{
    size_t n = b->n;
    if (b->failed || !vd_buf_u8(b, 0)) {
        vd_buf_free(b);
        return VERIDAC_NO_MEMORY;
    }
    *ret = (veridac_buffer){ b->p, n };
    return VERIDAC_OK;
}

bool vd_take_options(void *to, size_t known, const void *from)
{
    size_t given = 0;
    struct vd_span all, part;
    if (from == NULL)
        return false;
    (void)vd_copy(&given, sizeof given, vd_span_of(from, sizeof given)); /* `size` comes first */
    all = vd_span_of(from, given);
    if (given < known || given > 65536 || !vd_take(&all, known, &part))
        return false;
    for (size_t i = 0; i < all.n; i++) {
        if (all.p[i] != 0)
            return false;
    }
    return vd_copy(to, known, part);
}
