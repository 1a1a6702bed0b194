/* SPDX-License-Identifier: Apache-2.0
 *
 * inventory.c - a file in blocks of whole records.
 */
#include "inventory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fail.h"
#include "sig.h"
#include "text.h"

bool vd_block_make(struct vd_block *b)
{
    *b = (struct vd_block){ .p = malloc(VD_INVENTORY_BLOCK) };
    b->v = calloc(VD_INVENTORY_RECORDS, sizeof *b->v);
    if (b->p != NULL && b->v != NULL)
        return true;
    vd_block_free(b);
    return false;
}

void vd_block_free(struct vd_block *b)
{
    free(b->p);
    free(b->v);
    *b = (struct vd_block){ NULL, 0, NULL, 0, 0, 0, false };
}

/* ---- octets ---- */

/* Fills p up to `room`, or to the end of the file. */
static bool fill(struct vd_inventory *in, uint8_t *p, size_t *n, size_t room)
{
    while (*n < room && !in->eof) {
        ssize_t got = read(in->fd, p + *n, room - *n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            in->failed = strerror(errno);
            return false;
        }
        in->eof = got == 0;
        *n += (size_t)got;
    }
    return true;
}

static void add(struct vd_block *b, uint64_t line, struct vd_span bytes, const char *malformed)
{
    b->v[b->n_records++] = (struct vd_record){ line, bytes, malformed };
}

static struct vd_span without_end(struct vd_span line)
{
    if (line.n > 0 && vd_at(line, line.n - 1) == '\n')
        line.n--;
    if (line.n > 0 && vd_at(line, line.n - 1) == '\r')
        line.n--;
    return line;
}

static bool line_end(struct vd_span in, size_t *ret_n)
{
    const uint8_t *at = in.n == 0 ? NULL : memchr(in.p, '\n', in.n);
    if (at == NULL)
        return false;
    *ret_n = (size_t)(at - in.p) + 1;
    return true;
}

/* ---- records ---- */

struct cut {
    size_t n, lines; /* octets and line ends that are consumed */
    const char *wrong;
    bool skip;       /* and everything up to the next line's end */
};

/* One record at the front of `rest`; false when it may go on behind what was read. */
static bool cut_one(const struct vd_inventory *in, struct vd_span rest, struct cut *ret)
{
    bool whole;

    *ret = (struct cut){ .n = 0, .lines = 1 };
    whole = in->json ? line_end(rest, &ret->n) : vd_csv_end(rest, &ret->n, &ret->lines, &ret->wrong);
    if (!whole && in->eof && rest.n <= VD_INVENTORY_RECORD &&
        (in->json || !vd_span_find(rest, vd_span_str("\""), &(size_t){ 0 }))) {
        *ret = (struct cut){ .n = rest.n, .lines = 1 }; /* the last line has no end */
        return true;
    }
    if (whole && ret->n <= VD_INVENTORY_RECORD && ret->wrong == NULL)
        return true;
    if (!whole && !in->eof && rest.n <= VD_INVENTORY_RECORD)
        return false;
    if (ret->wrong == NULL)
        ret->wrong = rest.n > VD_INVENTORY_RECORD ? "too-long" : "open-quote";
    ret->lines = 1;
    if (!line_end(rest, &ret->n)) {
        ret->n = rest.n;
        ret->skip = !in->eof;
    } else if (ret->n > VD_INVENTORY_RECORD) {
        ret->wrong = "too-long";
    }
    return true;
}

/* A quoted field without an end may still be complete at the end of the file. */
static bool cut_last(const struct vd_inventory *in, struct vd_span rest, struct cut *ret)
{
    uint8_t room[VD_INVENTORY_RECORD + 2];
    struct vd_buf b = VD_BUF_ON(room);
    struct cut with_end;

    if (in->json || !in->eof || rest.n == 0 || rest.n > VD_INVENTORY_RECORD ||
        vd_at(rest, rest.n - 1) == '\n' || !vd_buf_put(&b, rest) || !vd_buf_u8(&b, '\n') ||
        !vd_csv_end(vd_buf_span(&b), &with_end.n, &with_end.lines, &with_end.wrong) ||
        with_end.wrong != NULL || with_end.n != b.n)
        return false;
    *ret = (struct cut){ .n = rest.n, .lines = with_end.lines };
    return true;
}

/* What is left of a line that is too long. */
static struct vd_span pass_over(struct vd_inventory *in, struct vd_span rest)
{
    size_t n = rest.n;
    in->skipping = !line_end(rest, &n) && !in->eof;
    in->line += !in->skipping;
    return vd_span_skip(rest, n);
}

static void split(struct vd_inventory *in, struct vd_block *b)
{
    const struct vd_span whole = vd_span_of(b->p, b->n);
    struct vd_span rest = in->skipping ? pass_over(in, whole) : whole, record;
    struct cut c;

    while (!in->skipping && rest.n > 0 && b->n_records < VD_INVENTORY_RECORDS &&
           (cut_last(in, rest, &c) || cut_one(in, rest, &c))) {
        (void)vd_take(&rest, c.n, &record);
        record = without_end(record);
        if (record.n > 0)
            add(b, in->line, record, c.wrong);
        in->skipping = c.skip;
        in->line += c.skip ? 0 : c.lines;
    }
    in->n_rest = rest.n;
    (void)vd_copy(in->rest, VD_INVENTORY_BLOCK, rest);
    in->at += whole.n - rest.n;
    b->end = in->at;
    b->end_line = in->line;
    b->whole = !in->skipping;
}

bool vd_inventory_next(struct vd_inventory *in, struct vd_block *b)
{
    b->n_records = 0;
    do {
        b->n = in->n_rest;
        (void)vd_copy(b->p, VD_INVENTORY_BLOCK, vd_span_of(in->rest, in->n_rest));
        if (!fill(in, b->p, &b->n, VD_INVENTORY_BLOCK) || b->n == 0)
            return false;
        split(in, b);
    } while (b->n_records == 0 && (in->n_rest > 0 || !in->eof));
    return true;
}

/* ---- opening ---- */

static veridac_status read_header(struct vd_inventory *in, veridac_error *err)
{
    struct vd_span rest = vd_span_of(in->rest, in->n_rest), line, mark;
    const char *wrong = NULL;
    size_t n, i = 0;

    if (vd_take_tag(&rest, "\xEF\xBB\xBF"))
        in->at += 3;
    while (i < rest.n && vd_is_space(vd_at(rest, i)))
        i++;
    in->json = vd_at(rest, i) == '{';
    if (!in->json) {
        n = rest.n;
        if (!line_end(rest, &n) && !in->eof)
            return vd_fail(err, VERIDAC_BAD_DATA, "the header line is longer than %u octets",
                           VD_INVENTORY_RECORD);
        (void)vd_take(&rest, n, &line);
        in->at += n;
        in->line++;
        wrong = vd_csv_header(without_end(line), in);
    }
    mark = rest;
    in->n_rest = rest.n;
    for (i = 0; i < mark.n; i++) /* to the front, in place */
        in->rest[i] = vd_at(mark, i);
    return wrong == NULL ? VERIDAC_OK : vd_fail(err, VERIDAC_BAD_DATA, "%s", wrong);
}

/* Who copies the times of a file cannot set the last of these. */
static void stamp(const struct stat *sb, int64_t ret[5])
{
    ret[0] = (int64_t)sb->st_ino;
    ret[1] = sb->st_mtim.tv_sec;
    ret[2] = sb->st_mtim.tv_nsec;
    ret[3] = sb->st_ctim.tv_sec;
    ret[4] = sb->st_ctim.tv_nsec;
}

veridac_status vd_inventory_open(const char *path, struct vd_inventory *ret, veridac_error *err)
{
    struct vd_inventory in = { .fd = STDIN_FILENO, .line = 1, .rest = malloc(VD_INVENTORY_BLOCK) };
    veridac_error why = { "" };
    struct stat sb;
    veridac_status st = VERIDAC_OK;

    if (in.rest == NULL)
        return VERIDAC_NO_MEMORY;
    if (strcmp(path, "-") != 0)
        in.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (in.fd < 0 || fstat(in.fd, &sb) != 0) {
        st = vd_fail(err, VERIDAC_IO, "%s: cannot open: %s", path, strerror(errno));
    } else {
        if (S_ISREG(sb.st_mode)) {
            in.size = (uint64_t)sb.st_size;
            stamp(&sb, in.stamp);
        }
        if (!fill(&in, in.rest, &in.n_rest, VD_INVENTORY_RECORD))
            st = vd_fail(err, VERIDAC_IO, "%s: cannot read: %s", path, in.failed);
        else if (!vd_sha256(vd_span_of(in.rest, in.n_rest), in.begin))
            st = VERIDAC_INTERNAL;
        else if ((st = read_header(&in, &why)) != VERIDAC_OK)
            (void)vd_fail(err, st, "%s: %s", path, why.text);
    }
    if (st != VERIDAC_OK) {
        vd_inventory_close(&in);
        return st;
    }
    *ret = in;
    return VERIDAC_OK;
}

void vd_inventory_close(struct vd_inventory *in)
{
    free(in->rest);
    in->rest = NULL;
    if (in->fd > STDERR_FILENO)
        (void)close(in->fd);
    in->fd = -1;
}

bool vd_inventory_seek(struct vd_inventory *in, uint64_t at, uint64_t line)
{
    if (at > in->size || lseek(in->fd, (off_t)at, SEEK_SET) != (off_t)at)
        return false;
    in->n_rest = 0;
    in->eof = false;
    in->skipping = false;
    in->at = at;
    in->line = line;
    return true;
}
