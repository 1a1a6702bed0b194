/* SPDX-License-Identifier: Apache-2.0
 *
 * repeats.c - whether a list has the same record twice.
 */
#include "repeats.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "sig.h"

veridac_status vd_repeats_add(struct vd_repeats *r, struct vd_json_value record)
{
    struct vd_buf line = VD_BUF(VD_MAX_JSON); /* no record is longer than its answer */
    bool ok;

    if (r->n == VD_MAX_COMPLIANCE)
        return VERIDAC_TOO_LARGE;
    ok = vd_grow((void **)&r->v, r->n, &r->cap, sizeof *r->v, VD_MAX_COMPLIANCE) &&
         vd_on_one_line(vd_json_text(record), &line) &&
         vd_sha256(vd_buf_span(&line), r->v[r->n].b);
    vd_buf_free(&line);
    r->n += ok;
    return ok ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct vd_digest));
}

bool vd_repeats_any(struct vd_repeats *r)
{
    bool any = false;
    if (r->n > 1)
        qsort(r->v, r->n, sizeof *r->v, compare);
    for (size_t i = 1; i < r->n && !any; i++)
        any = compare(&r->v[i - 1], &r->v[i]) == 0;
    vd_repeats_free(r); /* a list may be long, and others are still on their way */
    return any;
}

void vd_repeats_free(struct vd_repeats *r)
{
    free(r->v);
    *r = (struct vd_repeats){ .n = 0 };
}
