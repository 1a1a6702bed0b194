/* SPDX-License-Identifier: Apache-2.0
 *
 * inventory_fields.c - the texts of one record as values.
 */
#include "armor.h"
#include "inventory.h"
#include "json.h"
#include "text.h"

/* A JSON object: members that are not ours do not matter; null is "not given". */
const char *vd_json_fields(struct vd_span record, struct vd_buf *room, struct vd_span ret[VD_COLUMNS])
{
    struct vd_json *doc = NULL;
    const char *wrong = vd_json_read(record, &doc, NULL) != NULL ? "json" : NULL;

    if (wrong == NULL && !vd_json_is_object(vd_json_root(doc)))
        wrong = "json";
    for (unsigned c = 0; c < VD_COLUMNS && wrong == NULL; c++) {
        struct vd_json_value v = vd_json_member(vd_json_root(doc), vd_column_names[c]);
        const size_t from = room->n;
        if (!vd_json_present(v) || vd_json_is_null(v))
            continue;
        /* numbers for the ids, text for everything else */
        if (vd_json_is_string(v) ? !vd_json_string(v, room)
                                 : c < VD_COL_VID || !vd_buf_put(room, vd_json_text(v)))
            wrong = "json";
        else if (room->n > from)
            (void)vd_span_slice(vd_buf_span(room), from, room->n - from, &ret[c]);
    }
    vd_json_free(doc);
    return wrong;
}

/* ---- values ---- */

/* Hex of either case, with or without 0x, colons and white space. */
static bool read_hex(struct vd_span text, size_t max, struct vd_buf *room, struct vd_span *ret)
{
    const size_t from = room->n;
    unsigned digits = 0, value = 0, all = 0;

    if (!vd_take_tag(&text, "0x"))
        (void)vd_take_tag(&text, "0X");
    for (size_t i = 0; i < text.n; i++)
        all += vd_hex_digit(text.p[i]) >= 0;
    digits = all % 2; /* "ABC" is 0A BC */
    for (size_t i = 0; i < text.n; i++) {
        const int d = vd_hex_digit(text.p[i]);
        if (d < 0 && text.p[i] != ':' && !vd_is_space(text.p[i]))
            return false;
        if (d < 0)
            continue;
        value = value << 4 | (unsigned)d;
        if (++digits % 2 == 0 && !vd_buf_u8(room, (uint8_t)value))
            return false;
    }
    return room->n > from && room->n - from <= max &&
           vd_span_slice(vd_buf_span(room), from, room->n - from, ret);
}

/* A magnitude as content of an INTEGER: a zero octet before a top bit. */
static bool read_serial(struct vd_span text, struct vd_buf *room, struct vd_span *ret)
{
    struct vd_span value, zero;
    const size_t from = room->n;

    if (!vd_buf_u8(room, 0) || !read_hex(text, 64, room, &value))
        return false;
    while (value.n > 1 && vd_at(value, 0) == 0)
        (void)vd_take(&value, 1, &zero);
    if (value.n > 20)
        return false;
    *ret = value;
    if ((vd_at(value, 0) & 0x80) == 0)
        return true;
    /* whatever stands before the value is a zero: a leading one of its own, or ours */
    return vd_span_slice(vd_buf_span(room), room->n - value.n - 1, value.n + 1, ret) &&
           room->n - value.n - 1 >= from;
}

static bool read_id(struct vd_span text, int32_t *ret)
{
    uint64_t v = 0;
    uint8_t two[2];
    struct vd_buf b = VD_BUF_ON(two);
    struct vd_span out;

    if (vd_at(text, 0) == '0' && (vd_at(text, 1) | 0x20) == 'x') {
        if (text.n > 6 || !read_hex(text, 2, &b, &out) || !vd_take_be(&out, out.n, &v))
            return false;
    } else if (!vd_decimal_read(text, 0xFFFF, &v)) {
        return false;
    }
    *ret = (int32_t)v;
    return true;
}

/* A certificate is evidence: what is in no wrapping that is known stays as it is. vd_unwrap begins anew for
 * each wrapping that it tries, so it gets a place of its own behind what is in `room`. */
static bool read_certificate(struct vd_span text, struct vd_buf *room, struct vd_span *ret)
{
    const size_t left = room->max - room->n;
    struct vd_buf part = { room->p + room->n, 0, left, left, false };

    if (text.p == NULL)
        return true;
    if (!vd_unwrap(text, &part, &(size_t){ 0 }))
        return false;
    *ret = vd_buf_span(&part);
    room->n += part.n;
    return true;
}

static const char *read_values(const struct vd_span text[VD_COLUMNS], struct vd_buf *room,
                               struct vd_listed_device *d)
{
    uint64_t version = 0;

    if (text[VD_COL_LABEL].n > VD_INVENTORY_LABEL)
        return "label";
    d->label = text[VD_COL_LABEL];
    if (text[VD_COL_VID].p != NULL && !read_id(text[VD_COL_VID], &d->vid))
        return "vid";
    if (text[VD_COL_PID].p != NULL && !read_id(text[VD_COL_PID], &d->pid))
        return "pid";
    if (text[VD_COL_VERSION].p != NULL) {
        if (!vd_decimal_read(text[VD_COL_VERSION], UINT32_MAX, &version))
            return "software-version";
        d->version = (int64_t)version;
    }
    if (!read_certificate(text[VD_COL_DAC], room, &d->dac) ||
        !read_certificate(text[VD_COL_PAI], room, &d->pai))
        return "too-long";
    if (d->dac.p != NULL)
        return NULL;
    if (text[VD_COL_KEY_ID].p == NULL || text[VD_COL_SERIAL].p == NULL)
        return "no-device";
    if (!read_hex(text[VD_COL_KEY_ID], 32, room, &d->key_id))
        return "issuer-key-id";
    if (!read_serial(text[VD_COL_SERIAL], room, &d->serial))
        return "serial";
    return read_certificate(text[VD_COL_NAME], room, &d->name) && d->name.n <= VD_MAX_NAME
               ? NULL
               : "issuer-name";
}

const char *vd_listed_read(const struct vd_inventory *in, struct vd_span record, struct vd_buf *room,
                           struct vd_listed_device *ret)
{
    struct vd_span text[VD_COLUMNS] = { { NULL, 0 } };
    const char *wrong;

    vd_buf_clear(room);
    *ret = (struct vd_listed_device){ .vid = -1, .pid = -1, .version = -1 };
    if (!vd_utf8_valid(record))
        return "utf-8";
    for (size_t i = 0; i < record.n; i++) {
        if (record.p[i] == 0)
            return "nul";
    }
    wrong = in->json ? vd_json_fields(record, room, text) : vd_csv_fields(in, record, room, text);
    return wrong != NULL ? wrong : read_values(text, room, ret);
}
