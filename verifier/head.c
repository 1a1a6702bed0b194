/* SPDX-License-Identifier: Apache-2.0
 *
 * head.c - the draft head VDH0.
 */
#include "head.h"

#include "limits.h"

bool vd_head_write(const struct vd_head *h, const struct vd_key *key, struct vd_buf *out)
{
    uint8_t signature[VD_RAW_SIG];
    bool ok = vd_buf_str(out, "VDH0") && vd_buf_u8(out, h->network) && vd_buf_u8(out, 1) &&
              vd_buf_le(out, 2, 0) && vd_buf_le(out, 8, h->sequence) &&
              vd_buf_le(out, 8, (uint64_t)h->created) && vd_buf_le(out, 8, (uint64_t)h->expires) &&
              vd_buf_le(out, 8, (uint64_t)h->next_publish) && vd_buf_le(out, 8, h->bundle_size) &&
              vd_buf_put(out, VD_SPAN(h->bundle_sha256));
    return ok && vd_key_sign_raw(key, vd_buf_span(out), signature) &&
           vd_buf_put(out, VD_SPAN(signature));
}

const char *vd_head_read(struct vd_span in, struct vd_head *ret, struct vd_span *ret_signed,
                         struct vd_span *ret_signature)
{
    struct vd_span all = in, hash;
    uint64_t network, algorithm, zero, created, expires, next;
    struct vd_head h;

    if (in.n > VD_MAX_HEAD || !vd_take_tag(&in, "VDH0"))
        return "magic";
    if (!vd_take_le(&in, 1, &network) || !vd_take_le(&in, 1, &algorithm) ||
        !vd_take_le(&in, 2, &zero) || !vd_take_le(&in, 8, &h.sequence) ||
        !vd_take_le(&in, 8, &created) || !vd_take_le(&in, 8, &expires) ||
        !vd_take_le(&in, 8, &next) || !vd_take_le(&in, 8, &h.bundle_size) ||
        !vd_take(&in, VD_SHA256, &hash))
        return "size";
    *ret_signed = vd_span_walked(all, in);
    if (!vd_take(&in, VD_RAW_SIG, ret_signature) || in.n != 0)
        return "size";
    h.network = (uint8_t)network;
    h.created = (int64_t)created;
    h.expires = (int64_t)expires;
    h.next_publish = (int64_t)next;
    if ((network != 1 && network != 2) || algorithm != 1 || zero != 0 || h.sequence == 0 ||
        h.created < 0 || h.expires <= h.created || h.bundle_size > VD_MAX_BUNDLE ||
        !vd_copy(h.bundle_sha256, VD_SHA256, hash))
        return "values";
    *ret = h;
    return NULL;
}

const char *vd_head_check(struct vd_span in, struct vd_span point, struct vd_head *ret)
{
    struct vd_span signed_part, signature;
    struct vd_head h;
    const char *wrong = vd_head_read(in, &h, &signed_part, &signature);

    if (wrong != NULL)
        return wrong;
    if (vd_sig_check_raw(point, signed_part, VD_NO_SPAN, signature) != VD_CHECK_GOOD)
        return "signature";
    *ret = h;
    return NULL;
}
