/* SPDX-License-Identifier: Apache-2.0
 *
 * seal.c - a JSON object in one line, signed by its last member.
 */
#include "seal.h"

#include "limits.h"
#include "text.h"

#define KEY_AT ",\"key\":\""
#define SIGNATURE_AT "\",\"signature\":\""
#define END_AT "\"}"

static struct vd_span message_of(const char *tag, struct vd_span line, struct vd_buf *room)
{
    return vd_buf_str(room, tag) && vd_buf_put(room, line) ? vd_buf_span(room) : VD_NO_SPAN;
}

veridac_status vd_seal_put(const struct vd_signer *s, const char *tag, struct vd_buf *line,
                           veridac_error *err)
{
    struct vd_buf room = VD_BUF(VD_SEAL_LINE);
    uint8_t signature[VD_RAW_SIG];
    struct vd_span message;
    veridac_status st = VERIDAC_NO_MEMORY;

    if (vd_buf_str(line, KEY_AT) && vd_hex_put(line, VD_SPAN(s->id), false) &&
        (message = message_of(tag, vd_buf_span(line), &room)).p != NULL)
        st = vd_signer_raw(s, message, signature, err);
    vd_buf_free(&room);
    if (st != VERIDAC_OK)
        return st;
    return vd_buf_str(line, SIGNATURE_AT) && vd_hex_put(line, VD_SPAN(signature), false) &&
                   vd_buf_str(line, END_AT)
               ? VERIDAC_OK
               : VERIDAC_NO_MEMORY;
}

veridac_status vd_seal_keys_read(const veridac_bytes *pem, size_t n, struct vd_seal_keys *ret,
                                 veridac_error *err)
{
    ret->n = 0;
    if (n == 0 || pem == NULL || n > sizeof ret->v / sizeof ret->v[0])
        return VERIDAC_MISUSE;
    for (; ret->n < n; ret->n++) {
        if (!vd_public_pem_read(vd_span_of(pem[ret->n].data, pem[ret->n].size), &ret->v[ret->n]))
            return vd_fail(err, VERIDAC_BAD_DATA, "expected a public key, P-256 or Ed25519, in PEM");
    }
    return VERIDAC_OK;
}

/* ... key:32 SIGNATURE_AT signature:128 END_AT, by place from the end. */
static bool cut(struct vd_span line, struct vd_span *ret_signed, uint8_t id[VD_KEY_ID],
                uint8_t signature[VD_RAW_SIG])
{
    const size_t tail = sizeof SIGNATURE_AT - 1 + 2 * VD_RAW_SIG + sizeof END_AT - 1;
    const size_t key = sizeof KEY_AT - 1 + 2 * VD_KEY_ID;
    struct vd_buf b = { id, 0, VD_KEY_ID, VD_KEY_ID, false };
    struct vd_buf s = { signature, 0, VD_RAW_SIG, VD_RAW_SIG, false };
    struct vd_span rest, hex;

    if (line.n < tail + key || !vd_span_slice(line, 0, line.n - tail, ret_signed))
        return false;
    rest = vd_span_skip(line, line.n - tail - key);
    return vd_take_tag(&rest, KEY_AT) && vd_take(&rest, 2 * VD_KEY_ID, &hex) &&
           vd_hex_read(hex, &b) && vd_take_tag(&rest, SIGNATURE_AT) &&
           vd_take(&rest, 2 * VD_RAW_SIG, &hex) && vd_hex_read(hex, &s) &&
           vd_take_tag(&rest, END_AT) && rest.n == 0;
}

const char *vd_seal_check(struct vd_span line, const char *tag, const struct vd_seal_keys *keys)
{
    struct vd_buf room = VD_BUF(VD_SEAL_LINE);
    uint8_t id[VD_KEY_ID], own[VD_KEY_ID], signature[VD_RAW_SIG];
    const char *wrong = "other-key";
    struct vd_span told, message;

    if (!cut(line, &told, id, signature))
        return "not-signed";
    message = message_of(tag, told, &room);
    for (size_t i = 0; i < keys->n && wrong != NULL; i++) {
        const struct vd_public *k = &keys->v[i];
        if (!vd_key_id(k->algorithm, vd_public_span(k), own) ||
            !vd_span_eq(VD_SPAN(own), VD_SPAN(id)))
            continue;
        wrong = message.p != NULL && vd_public_check(k->algorithm, vd_public_span(k), message,
                                                     VD_SPAN(signature)) == VD_CHECK_GOOD
                    ? NULL
                    : "signature";
    }
    vd_buf_free(&room);
    return wrong;
}
