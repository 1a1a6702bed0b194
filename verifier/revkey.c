/* SPDX-License-Identifier: Apache-2.0
 *
 * revkey.c - issuer ids, canonical serials, keys.
 */
#include "revkey.h"

#include "limits.h"
#include "sig.h"

bool vd_revkey_possible(struct vd_span name, struct vd_span key_id)
{
    return name.n <= VD_MAX_NAME && key_id.n <= 32;
}

bool vd_revkey_issuer(struct vd_hash *h, struct vd_span name, struct vd_span key_id, uint8_t ret[VD_ISSUER_ID])
{
    uint8_t in[VD_MAX_NAME + 64], digest[VD_SHA256];
    struct vd_buf b = VD_BUF_ON(in);
    return vd_revkey_possible(name, key_id) && vd_buf_str(&b, "veridac-issuer-v1") &&
           vd_buf_le(&b, 2, name.n) && vd_buf_put(&b, name) && vd_buf_u8(&b, (uint8_t)key_id.n) &&
           vd_buf_put(&b, key_id) && vd_hash_one(h, vd_buf_span(&b), digest) &&
           vd_copy(ret, VD_ISSUER_ID, (struct vd_span){ digest, VD_ISSUER_ID });
}

bool vd_revkey_serial(struct vd_span content, struct vd_span *ret)
{
    if (content.n == 0 || (content.p[0] & 0x80) != 0)
        return false;
    while (content.n > 1 && content.p[0] == 0)
        content = vd_span_skip(content, 1);
    if (content.n > 20)
        return false;
    *ret = content;
    return true;
}

bool vd_revkey_make(struct vd_hash *h, const uint8_t issuer[VD_ISSUER_ID], struct vd_span magnitude, uint64_t *ret)
{
    struct {
        uint8_t issuer[VD_ISSUER_ID], n, serial[20];
    } in = { .n = (uint8_t)magnitude.n };
    uint8_t digest[VD_SHA256];
    if (!vd_copy(in.issuer, VD_ISSUER_ID, (struct vd_span){ issuer, VD_ISSUER_ID }) ||
        !vd_copy(in.serial, sizeof in.serial, magnitude) ||
        !vd_hash_one(h, vd_span_of(&in, VD_ISSUER_ID + 1 + magnitude.n), digest))
        return false;
    *ret = vd_load_be64(digest);
    return true;
}
