/* SPDX-License-Identifier: Apache-2.0
 *
 * attest.c - an attestation response as a device would make it.
 */
#include "attest.h"

#include "limits.h"

/* Octet string under a context tag, with the shortest length field (TLV types 10 and 11). */
static bool put_octets(struct vd_buf *out, uint8_t tag, struct vd_span bytes)
{
    bool wide = bytes.n > 255;
    return bytes.n <= 65535 && vd_buf_u8(out, wide ? 0x31 : 0x30) && vd_buf_u8(out, tag) &&
           vd_buf_le(out, wide ? 2 : 1, bytes.n) && vd_buf_put(out, bytes);
}

bool vd_attest(const struct vd_key *key, struct vd_span declaration, struct vd_span nonce,
               struct vd_span challenge, struct vd_buf *out, uint8_t ret_signature[VD_RAW_SIG])
{
    static const uint8_t timestamp_0_and_end[] = { 0x24, 0x03, 0x00, 0x18 };
    struct vd_buf message = VD_BUF(4 * VD_MAX_RESPONSE);
    bool ok = vd_buf_u8(out, 0x15) && put_octets(out, 1, declaration) &&
              put_octets(out, 2, nonce) && vd_buf_put(out, VD_SPAN(timestamp_0_and_end)) &&
              vd_buf_put(&message, vd_buf_span(out)) && vd_buf_put(&message, challenge) &&
              vd_key_sign_raw(key, vd_buf_span(&message), ret_signature);
    vd_buf_free(&message);
    return ok;
}
