/* SPDX-License-Identifier: Apache-2.0
 *
 * inventory_csv.c - RFC 4180.
 *
 *   record := field ("," field)* [CR] LF
 *   field  := '"' (any but '"' | '""')* '"' | (any but '"' "," CR LF)*
 */
#include <string.h>

#include "inventory.h"

const char *const vd_column_names[VD_COLUMNS] = {
    "label", "dac", "pai", "issuer_key_id", "issuer_name", "serial", "vid", "pid", "software_version"
};

/* ---- where a record ends ---- */

/* The quoted field that begins behind its quote at *i; false: it does not end here. */
static bool pass_quoted(struct vd_span in, size_t *i, size_t *lines)
{
    size_t k = *i;
    for (; k < in.n; k++) {
        if (in.p[k] == '\n')
            ++*lines;
        if (in.p[k] != '"')
            continue;
        if (k + 1 == in.n)
            return false; /* a second one may follow */
        if (in.p[k + 1] != '"')
            break;
        k++;
    }
    if (k >= in.n)
        return false;
    *i = k + 1;
    return true;
}

/* A line without quotes, which most are, is found by memchr. */
static bool plain_line(struct vd_span in, size_t *ret_n)
{
    const uint8_t *end = in.n == 0 ? NULL : memchr(in.p, '\n', in.n);
    size_t n = end == NULL ? in.n : (size_t)(end - in.p) + 1;
    if (end == NULL || memchr(in.p, '"', n) != NULL)
        return false;
    *ret_n = n;
    return true;
}

bool vd_csv_end(struct vd_span in, size_t *ret_n, size_t *ret_lines, const char **ret_wrong)
{
    size_t lines = 0, i = 0;
    bool begins = true; /* a field does */

    *ret_wrong = NULL;
    *ret_lines = 1;
    if (plain_line(in, ret_n))
        return true;
    while (i < in.n) {
        const uint8_t c = in.p[i++];
        if (c == '\n') {
            *ret_n = i;
            *ret_lines = lines + 1;
            return true;
        }
        if (c == '"' && begins) {
            if (!pass_quoted(in, &i, &lines))
                return false;
            if (i < in.n && in.p[i] != ',' && in.p[i] != '\n' && in.p[i] != '\r')
                *ret_wrong = "quote";
        } else if (c == '"') {
            *ret_wrong = "quote";
        }
        begins = c == ',';
        if (*ret_wrong != NULL)
            return true; /* the caller goes on behind the line */
    }
    return false;
}

/* ---- fields ---- */

/* Takes one field; *ret without its quotes. False: it is not well-formed. */
static bool take_field(struct vd_span *in, struct vd_buf *room, struct vd_span *ret)
{
    struct vd_span rest = *in, part;
    size_t n = 0, from = room->n;

    if (vd_at(rest, 0) != '"') {
        while (n < rest.n && rest.p[n] != ',')
            n++;
        (void)vd_take(&rest, n, ret);
        *in = rest;
        return true;
    }
    rest = vd_span_skip(rest, 1);
    while (vd_span_find(rest, vd_span_str("\""), &n)) {
        (void)vd_take(&rest, n, &part);
        rest = vd_span_skip(rest, 1);
        if (vd_at(rest, 0) != '"') { /* the end; most fields have no doubled quote and need no copy */
            if (room->n == from)
                *ret = part;
            else if (vd_buf_put(room, part))
                (void)vd_span_slice(vd_buf_span(room), from, room->n - from, ret);
            *in = rest;
            return !room->failed && (rest.n == 0 || vd_at(rest, 0) == ',');
        }
        if (!vd_buf_put(room, part) || !vd_buf_u8(room, '"'))
            return false;
        rest = vd_span_skip(rest, 1);
    }
    return false;
}

const char *vd_csv_fields(const struct vd_inventory *in, struct vd_span record, struct vd_buf *room,
                          struct vd_span ret[VD_COLUMNS])
{
    struct vd_span field;
    size_t i = 0;

    for (;; i++) {
        if (i == in->n_columns)
            return "columns";
        if (!take_field(&record, room, &field))
            return "quote";
        if (in->column[i] < VD_COLUMNS && field.n > 0)
            ret[in->column[i]] = field;
        if (!vd_take_tag(&record, ","))
            break;
    }
    return i + 1 == in->n_columns ? NULL : "columns";
}

static uint8_t column_of(struct vd_span name)
{
    uint8_t c = 0;
    while (c < VD_COLUMNS && !vd_span_is(name, vd_column_names[c]))
        c++;
    return c;
}

const char *vd_csv_header(struct vd_span line, struct vd_inventory *in)
{
    uint8_t text[512];
    struct vd_buf room = VD_BUF_ON(text);
    struct vd_span name;
    unsigned seen = 0;

    do {
        if (in->n_columns == VD_INVENTORY_COLUMNS)
            return "the header has too many columns";
        if (!take_field(&line, &room, &name))
            return "the header is not CSV";
        in->column[in->n_columns] = column_of(name);
        if (in->column[in->n_columns] < VD_COLUMNS) {
            if (seen >> in->column[in->n_columns] & 1)
                return "the header names a column twice";
            seen |= 1u << in->column[in->n_columns];
        }
        in->n_columns++;
    } while (vd_take_tag(&line, ","));
    if ((seen >> VD_COL_DAC & 1) || ((seen >> VD_COL_KEY_ID & 1) && (seen >> VD_COL_SERIAL & 1)))
        return NULL;
    return "expected JSON lines, or CSV with a header that names dac, or issuer_key_id and serial";
}
