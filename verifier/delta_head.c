/* SPDX-License-Identifier: Apache-2.0
 *
 * delta_head.c - the head of a delta, and what must hold before anything behind it is looked at.
 */
#include "delta_int.h"

#include "limits.h"

const char *vd_delta_error_text(enum vd_delta_error e)
{
    switch (e) {
    case VD_DELTA_OK:
        break;
    case VD_DELTA_NO_MEMORY:
        return "out of memory";
    case VD_DELTA_BAD_FROM:
        return "the bundle it starts from cannot be read";
    case VD_DELTA_BAD_TO:
        return "the bundle it leads to cannot be read";
    case VD_DELTA_BAD_MAGIC:
        return "not a delta";
    case VD_DELTA_BAD_HEADER:
        return "header values";
    case VD_DELTA_OTHER_NETWORK:
        return "of another network";
    case VD_DELTA_OTHER_KIND:
        return "of another kind of bundle";
    case VD_DELTA_OTHER_BASE:
        return "on another base";
    case VD_DELTA_OTHER_FROM:
        return "made for another bundle";
    case VD_DELTA_LOOP:
        return "leads to where it starts";
    case VD_DELTA_BACKWARDS:
        return "leads to an earlier time";
    case VD_DELTA_TOO_LARGE:
        return "the target is too large";
    case VD_DELTA_BAD_CODES:
        return "contents cut short or without sense";
    case VD_DELTA_TAIL:
        return "something follows the contents";
    case VD_DELTA_OTHER_RESULT:
        return "gives another bundle than it names";
    case VD_DELTA_NOT_MINIMAL:
        return "not the delta that these two bundles have";
    }
    return "no error";
}

/* head := "VDD1" network:u8 kind:u8 zero:u16 evidence_time:i64 size:u64 base:32 from:32 to:32 */
enum vd_delta_error vd_delta_read_head(struct vd_span in, struct vd_delta_head *ret)
{
    struct vd_delta_head h;
    uint8_t network, kind;
    uint64_t zero, evidence;

    if (!vd_take_tag(&in, "VDD1"))
        return VD_DELTA_BAD_MAGIC;
    if (!vd_take_u8(&in, &network) || !vd_take_u8(&in, &kind) || !vd_take_le(&in, 2, &zero) ||
        !vd_take_le(&in, 8, &evidence) || !vd_take_le(&in, 8, &h.size) ||
        !vd_take(&in, VDB_DIGEST, &h.base) || !vd_take(&in, VDB_DIGEST, &h.from) ||
        !vd_take(&in, VDB_DIGEST, &h.to))
        return VD_DELTA_BAD_CODES;
    if ((network != VD_NETWORK_MAIN && network != VD_NETWORK_TEST) ||
        (kind != VDB_HUB && kind != VDB_FULL) || zero != 0)
        return VD_DELTA_BAD_HEADER;
    if (vd_span_eq(h.from, h.to))
        return VD_DELTA_LOOP;
    if (h.size > VD_MAX_BUNDLE)
        return VD_DELTA_TOO_LARGE;
    h.network = (enum vd_network)network;
    h.kind = (enum vdb_kind)kind;
    h.evidence_time = (int64_t)evidence;
    *ret = h;
    return VD_DELTA_OK;
}

/* The delta is for this bundle. */
enum vd_delta_error vd_delta_check_head(const struct vd_delta_head *h, const struct vd_bundle *from,
                                        uint64_t max_size)
{
    int64_t base_time;

    if (h->network != from->network)
        return VD_DELTA_OTHER_NETWORK;
    if ((uint8_t)h->kind != from->v.kind)
        return VD_DELTA_OTHER_KIND;
    if (!vd_span_eq(h->base, vd_bundle_base(from, &base_time)))
        return VD_DELTA_OTHER_BASE;
    if (!vd_span_eq(h->from, vd_bundle_hash(from)))
        return VD_DELTA_OTHER_FROM;
    if (h->evidence_time < from->evidence_time)
        return VD_DELTA_BACKWARDS;
    return h->size > max_size ? VD_DELTA_TOO_LARGE : VD_DELTA_OK;
}

enum vd_delta_error vd_delta_check_pair(const struct vd_bundle *from, const struct vd_bundle *to)
{
    int64_t time;

    if (to->network != from->network)
        return VD_DELTA_OTHER_NETWORK;
    if (to->v.kind != from->v.kind)
        return VD_DELTA_OTHER_KIND;
    if (vd_span_eq(vd_bundle_hash(from), vd_bundle_hash(to)))
        return VD_DELTA_LOOP;
    if (vd_bundle_is_base(to) || !vd_span_eq(vd_bundle_base(from, &time), vd_bundle_base(to, &time)))
        return VD_DELTA_OTHER_BASE;
    return to->evidence_time < from->evidence_time ? VD_DELTA_BACKWARDS : VD_DELTA_OK;
}

bool vd_delta_put_head(const struct vd_bundle *from, const struct vd_bundle *to, struct vd_buf *out)
{
    int64_t time;
    return vd_buf_str(out, "VDD1") && vd_buf_u8(out, (uint8_t)to->network) &&
           vd_buf_u8(out, to->v.kind) && vd_buf_le(out, 2, 0) &&
           vd_buf_le(out, 8, (uint64_t)to->evidence_time) && vd_buf_le(out, 8, to->v.file.n) &&
           vd_buf_put(out, vd_bundle_base(from, &time)) && vd_buf_put(out, vd_bundle_hash(from)) &&
           vd_buf_put(out, vd_bundle_hash(to));
}
