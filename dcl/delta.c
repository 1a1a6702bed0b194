/* SPDX-License-Identifier: Apache-2.0
 *
 * delta.c - deltas between bundles, as libveridac makes and applies them, for callers.
 */
#include "delta.h"

#include "fail.h"
#include "limits.h"

static veridac_status status_of(enum vd_delta_error e)
{
    switch (e) {
    case VD_DELTA_OK:
        return VERIDAC_OK;
    case VD_DELTA_NO_MEMORY:
        return VERIDAC_NO_MEMORY;
    case VD_DELTA_OTHER_NETWORK:
        return VERIDAC_OTHER_NETWORK;
    case VD_DELTA_TOO_LARGE:
        return VERIDAC_TOO_LARGE;
    case VD_DELTA_BAD_FROM:
    case VD_DELTA_BAD_TO:
    case VD_DELTA_BAD_MAGIC:
    case VD_DELTA_BAD_HEADER:
    case VD_DELTA_OTHER_KIND:
    case VD_DELTA_OTHER_BASE:
    case VD_DELTA_OTHER_FROM:
    case VD_DELTA_LOOP:
    case VD_DELTA_BACKWARDS:
    case VD_DELTA_BAD_CODES:
    case VD_DELTA_TAIL:
    case VD_DELTA_OTHER_RESULT:
    case VD_DELTA_NOT_MINIMAL:
        break;
    }
    return VERIDAC_BAD_DATA;
}

static veridac_status finish(enum vd_delta_error e, struct vd_buf *out, veridac_buffer *ret,
                             veridac_error *err)
{
    if (e == VD_DELTA_OK)
        return vd_give(out, ret);
    vd_buf_free(out);
    return vd_fail(err, status_of(e), "delta: %s", vd_delta_error_text(e));
}

veridac_status veridac_delta_make(veridac_bytes from, veridac_bytes to, veridac_buffer *ret,
                                  veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_MAX_BUNDLE);

    if (from.data == NULL || to.data == NULL || ret == NULL)
        return VERIDAC_MISUSE;
    return finish(vd_delta_make(vd_span_of(from.data, from.size), vd_span_of(to.data, to.size), &out),
                  &out, ret, err);
}

veridac_status veridac_delta_apply(veridac_bytes from, veridac_bytes delta, uint64_t max_size,
                                   veridac_buffer *ret, veridac_error *err)
{
    struct vd_buf out = VD_BUF(VD_MAX_BUNDLE);

    if (from.data == NULL || delta.data == NULL || ret == NULL)
        return VERIDAC_MISUSE;
    return finish(vd_delta_apply(vd_span_of(from.data, from.size),
                                 vd_span_of(delta.data, delta.size),
                                 max_size == 0 ? VD_MAX_BUNDLE : max_size, &out),
                  &out, ret, err);
}
