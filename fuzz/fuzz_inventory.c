/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_inventory.c - lists of devices, CSV and JSON lines.
 *
 * Reaches: vd_inventory_open vd_inventory_next vd_inventory_seek vd_csv_header vd_csv_end vd_csv_fields
 *          vd_json_fields vd_listed_read
 * Properties: every line that is not empty is in one record, and in one only, under its own number: no device is
 * lost, and none judged twice. A record has the same values whenever it is read, within their bounds, and also
 * when they are written again, as JSON and as CSV. A list can be read anew from where its first block ends.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "inventory.h"
#include "text.h"

/* ---- lines, cut the plain way ---- */

struct lines {
    struct vd_span rest;
    uint64_t number; /* of the next one */
};

static struct vd_span take_line(struct lines *l)
{
    const struct vd_span whole = l->rest;
    size_t n = whole.n;
    if (vd_span_find(whole, vd_span_str("\n"), &n))
        n++;
    l->rest = vd_span_skip(whole, n);
    l->number++;
    return vd_span_walked(whole, l->rest);
}

static struct vd_span without_end(struct vd_span line)
{
    if (line.n > 0 && vd_at(line, line.n - 1) == '\n')
        line.n--;
    if (line.n > 0 && vd_at(line, line.n - 1) == '\r')
        line.n--;
    return line;
}

static void pass_empty(struct lines *l)
{
    struct lines next = *l;
    while (l->rest.n > 0 && without_end(take_line(&next)).n == 0)
        *l = next;
}

/* The record stands where the next lines are. */
static void check_place(const struct vd_record *r, struct lines *l)
{
    struct vd_span from, rest = r->bytes;
    size_t at;

    pass_empty(l);
    from = l->rest;
    INVARIANT(r->line == l->number && from.n > 0 && r->bytes.n > 0);
    (void)take_line(l);
    while (vd_span_find(rest, vd_span_str("\n"), &at)) {
        INVARIANT(r->malformed == NULL && l->rest.n > 0);
        rest = vd_span_skip(rest, at + 1);
        (void)take_line(l);
    }
    if (r->malformed == NULL || strcmp(r->malformed, "too-long") != 0)
        INVARIANT(vd_span_eq(r->bytes, without_end(vd_span_walked(from, l->rest))));
}

/* ---- devices ---- */

static bool same(const struct vd_listed_device *a, const struct vd_listed_device *b)
{
    return vd_span_eq(a->label, b->label) && vd_span_eq(a->dac, b->dac) && vd_span_eq(a->pai, b->pai) &&
           vd_span_eq(a->key_id, b->key_id) && vd_span_eq(a->name, b->name) && vd_span_eq(a->serial, b->serial) &&
           a->vid == b->vid && a->pid == b->pid && a->version == b->version;
}

static void check_bounds(const struct vd_listed_device *d)
{
    INVARIANT(d->label.n <= VD_INVENTORY_LABEL && d->name.n <= VD_MAX_NAME && d->key_id.n <= 32);
    INVARIANT(d->vid >= -1 && d->vid <= 0xFFFF && d->pid >= -1 && d->pid <= 0xFFFF);
    INVARIANT(d->version >= -1 && d->version <= UINT32_MAX);
    INVARIANT(d->dac.p != NULL || (d->key_id.n > 0 && d->serial.n > 0));
    INVARIANT(d->dac.p == NULL || (d->key_id.p == NULL && d->serial.p == NULL && d->name.p == NULL));
    if (d->serial.n > 0) /* content of an INTEGER: not negative, and no octet too many */
        INVARIANT(d->serial.n <= 21 && (vd_at(d->serial, 0) & 0x80) == 0 &&
                  (d->serial.n == 1 || vd_at(d->serial, 0) != 0 || (vd_at(d->serial, 1) & 0x80) != 0));
}

/* One value as text: of the hex columns in hex. */
static bool put_value(struct vd_buf *out, unsigned column, const struct vd_listed_device *d)
{
    const struct vd_span hex[VD_COLUMNS] = { [VD_COL_DAC] = d->dac, [VD_COL_PAI] = d->pai,
                                             [VD_COL_KEY_ID] = d->key_id, [VD_COL_NAME] = d->name,
                                             [VD_COL_SERIAL] = d->serial };
    const int64_t number[VD_COLUMNS] = { [VD_COL_VID] = d->vid, [VD_COL_PID] = d->pid, [VD_COL_VERSION] = d->version };

    if (column == VD_COL_LABEL)
        return vd_buf_put(out, d->label);
    return column < VD_COL_VID ? vd_hex_put(out, hex[column], true)
                               : number[column] < 0 || vd_buf_fmt(out, "%lld", (long long)number[column]);
}

/* Kept from one device to the next, as an audit does. */
static struct vd_buf *other_room(void)
{
    static struct vd_buf room = { .max = VD_INVENTORY_ROOM };
    INVARIANT(room.p != NULL || vd_buf_grow(&room, VD_INVENTORY_ROOM) != NULL);
    return &room;
}

static bool put_csv(struct vd_buf *out, struct vd_span text)
{
    bool ok = vd_buf_u8(out, '"');
    for (size_t i = 0; ok && i < text.n; i++)
        ok = (text.p[i] != '"' || vd_buf_u8(out, '"')) && vd_buf_u8(out, text.p[i]);
    return ok && vd_buf_u8(out, '"');
}

static void write_again(const struct vd_listed_device *d, bool json)
{
    static const char header[] = "label,dac,pai,issuer_key_id,issuer_name,serial,vid,pid,software_version";
    struct vd_inventory as = { .fd = -1, .json = json };
    static struct vd_buf text = { .max = 1u << 20 }, value = { .max = 1u << 20 };
    struct vd_listed_device again;

    vd_buf_clear(&text);
    INVARIANT(json || vd_csv_header(vd_span_str(header), &as) == NULL);
    for (unsigned c = 0; c < VD_COLUMNS; c++) {
        vd_buf_clear(&value);
        INVARIANT(vd_buf_str(&text, c == 0 ? json ? "{" : "" : ",") && put_value(&value, c, d));
        INVARIANT(!json || (vd_buf_fmt(&text, "\"%s\":", vd_column_names[c])));
        INVARIANT(json ? vd_text_json(&text, vd_buf_span(&value)) : put_csv(&text, vd_buf_span(&value)));
    }
    INVARIANT(vd_buf_str(&text, json ? "}" : ""));
    INVARIANT(vd_listed_read(&as, vd_buf_span(&text), other_room(), &again) == NULL && same(d, &again));
}

/* `whole`: and written again, which takes its time. */
static void check_device(const struct vd_inventory *in, struct vd_span record, bool whole)
{
    static struct vd_buf room = { .max = VD_INVENTORY_ROOM };
    const struct vd_span own = fuzz_own(record);
    struct vd_listed_device d, again;
    const char *wrong, *twice;

    INVARIANT(room.p != NULL || vd_buf_grow(&room, VD_INVENTORY_ROOM) != NULL);
    wrong = vd_listed_read(in, record, &room, &d);
    twice = vd_listed_read(in, own, other_room(), &again);
    INVARIANT((wrong == NULL) == (twice == NULL) && (wrong == NULL || strcmp(wrong, twice) == 0));
    if (wrong == NULL) {
        INVARIANT(same(&d, &again));
        check_bounds(&d);
        if (whole && (d.dac.p == NULL || d.dac.n > 0) && record.n <= 16384) { /* else what is written is too long */
            write_again(&d, true);
            write_again(&d, false);
        }
    }
    fuzz_free(own);
}

/* ---- the list ---- */

/* What stands behind the first block, once more: as many records, and the same ends. */
static void read_anew(struct vd_inventory *in, struct vd_block *b, uint64_t at, uint64_t line, size_t n)
{
    INVARIANT(vd_inventory_seek(in, at, line));
    while (vd_inventory_next(in, b)) {
        INVARIANT(b->n_records <= n);
        n -= b->n_records;
    }
    INVARIANT(in->failed == NULL && n == 0);
}

static void read_all(struct vd_inventory *in, struct vd_span text)
{
    struct lines l = { text, 1 };
    struct vd_block b;
    uint64_t at = 0, line = 0;
    size_t n = 0;

    (void)vd_take_tag(&l.rest, "\xEF\xBB\xBF");
    if (!in->json)
        (void)take_line(&l);
    INVARIANT(vd_block_make(&b));
    for (bool first = true; vd_inventory_next(in, &b); first = first && !b.whole) {
        INVARIANT(b.n_records <= VD_INVENTORY_RECORDS && b.end <= text.n);
        for (size_t i = 0; i < b.n_records; i++) {
            check_place(&b.v[i], &l);
            if (b.v[i].malformed == NULL)
                check_device(in, b.v[i].bytes, b.v[i].line <= 32);
        }
        if (first && b.whole)
            at = b.end, line = b.end_line;
        else
            n += b.n_records;
    }
    pass_empty(&l);
    INVARIANT(in->failed == NULL && l.rest.n == 0);
    if (at > 0)
        read_anew(in, &b, at, line, n);
    vd_block_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    struct vd_inventory in;
    veridac_error err = { "" };
    char path[64];
    veridac_status st;

    if (fd < 0)
        fd = memfd_create("inventory", 0);
    INVARIANT(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    st = vd_inventory_open(path, &in, &err);
    if (st != VERIDAC_OK) {
        INVARIANT(st == VERIDAC_BAD_DATA && strncmp(err.text, path, strlen(path)) == 0);
        return 0;
    }
    read_all(&in, vd_span_of(data, size));
    vd_inventory_close(&in);
    return 0;
}
