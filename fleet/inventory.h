/* SPDX-License-Identifier: Apache-2.0
 *
 * inventory.h - a list of devices, CSV or JSON lines (docs/fleet.md), in blocks of whole records.
 *
 * Owns:           which bytes are one record, its line number, its fields.
 * Must not know:  certificates, revocation, what becomes of a device.
 *
 * A record that cannot be read is one that says why; it never ends the list. One that is too long, or
 * whose quote is never closed, counts for its first line alone: reading goes on behind that.
 */
#ifndef FLEET_INVENTORY_H
#define FLEET_INVENTORY_H

#include <veridac/veridac.h>

#include "buf.h"
#include "limits.h"

enum vd_column {
    VD_COL_LABEL = 0,
    VD_COL_DAC,
    VD_COL_PAI,
    VD_COL_KEY_ID,
    VD_COL_NAME,
    VD_COL_SERIAL,
    VD_COL_VID,
    VD_COL_PID,
    VD_COL_VERSION,
    VD_COLUMNS
};

struct vd_record {
    uint64_t line;         /* its first one, from 1 */
    struct vd_span bytes;  /* points into the block; without the line's end */
    const char *malformed; /* NULL, or why it is no record */
};

/* Some records, and where the list goes on behind them. */
struct vd_block {
    uint8_t *p; /* VD_INVENTORY_BLOCK octets */
    size_t n;
    struct vd_record *v; /* VD_INVENTORY_RECORDS */
    size_t n_records;
    uint64_t end;      /* offset in the file */
    uint64_t end_line; /* number of the line there */
    bool whole;        /* reading can begin anew at `end` */
};

bool vd_block_make(struct vd_block *b);
void vd_block_free(struct vd_block *b);

struct vd_inventory {
    int fd;
    bool json, eof, skipping; /* skipping: inside a line that is too long */
    uint8_t column[VD_INVENTORY_COLUMNS]; /* CSV: enum vd_column of each, VD_COLUMNS: of no use */
    size_t n_columns;
    uint8_t *rest; /* what was read and belongs to the next block */
    size_t n_rest;
    uint64_t at, line; /* of the first octet of `rest` */
    uint64_t size;     /* of the file; 0: not known */
    int64_t stamp[5];  /* which file, its last change of data and of anything; zeros: not known */
    uint8_t begin[32]; /* SHA-256 of its first octets */
    const char *failed; /* reading failed: why */
};

/* Opens the file ("-": standard input), tells CSV from JSON lines, reads the header line.
 * VERIDAC_BAD_DATA when the header names no device. */
veridac_status vd_inventory_open(const char *path, struct vd_inventory *ret, veridac_error *err);
void vd_inventory_close(struct vd_inventory *in);
/* Goes to the end of a block of an earlier run. */
bool vd_inventory_seek(struct vd_inventory *in, uint64_t at, uint64_t line);
/* The next records; false at the end, and when in->failed. */
bool vd_inventory_next(struct vd_inventory *in, struct vd_block *b);

/* The end of the first record of `in`: *ret_n octets, its line's end included, *ret_lines line ends in
 * them. False: it does not end in `in`. */
bool vd_csv_end(struct vd_span in, size_t *ret_n, size_t *ret_lines, const char **ret_wrong);
/* The header's names; NULL, or what is wrong. */
const char *vd_csv_header(struct vd_span line, struct vd_inventory *in);

/* ---- fields ---- */

/* One device. Spans point into the record or into `room`. */
struct vd_listed_device {
    struct vd_span label;
    struct vd_span dac, pai;     /* evidence: whatever octets it was that stood there; or not given */
    struct vd_span key_id, name; /* of the issuer of a DAC that is not there; name may be absent */
    struct vd_span serial;       /* content of its INTEGER */
    int32_t vid, pid;            /* -1: not known */
    int64_t version;
};

/* `room` is cleared, and has VD_INVENTORY_ROOM octets. NULL, or why it is malformed. */
const char *vd_listed_read(const struct vd_inventory *in, struct vd_span record, struct vd_buf *room,
                           struct vd_listed_device *ret);
/* The raw texts of the columns; absent where not there. */
const char *vd_csv_fields(const struct vd_inventory *in, struct vd_span record, struct vd_buf *room,
                          struct vd_span ret[VD_COLUMNS]);
const char *vd_json_fields(struct vd_span record, struct vd_buf *room,
                           struct vd_span ret[VD_COLUMNS]);
extern const char *const vd_column_names[VD_COLUMNS];

#endif
