/* SPDX-License-Identifier: Apache-2.0
 *
 * trail_lines.c - the lines of a trail, in order over all of its parts.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"
#include "trail_int.h"

/* ---- one line ---- */

static bool take_string(struct vd_span *in, const char *tag, struct vd_span *ret)
{
    size_t n;
    return vd_take_tag(in, tag) && vd_span_find(*in, vd_span_str("\""), &n) && vd_take(in, n, ret) &&
           vd_take_tag(in, "\"");
}

bool vd_trail_read(struct vd_span line, struct vd_trail_line *ret)
{
    struct vd_buf prev = VD_BUF_ON(ret->prev);
    struct vd_span number, hex;
    size_t n;

    if (!vd_take_tag(&line, "{\"n\":") || !vd_span_find(line, vd_span_str(","), &n) ||
        !vd_take(&line, n, &number) || !vd_decimal_read(number, UINT64_MAX / 2, &ret->n) ||
        !take_string(&line, ",\"prev\":\"", &hex) || hex.n != 64 || !vd_hex_read(hex, &prev) ||
        !take_string(&line, ",\"time\":\"", &ret->time) ||
        !take_string(&line, ",\"kind\":\"", &ret->kind) || !vd_take_tag(&line, ",\"body\":"))
        return false;
    if (line.n < 3 || vd_at(line, 0) != '{' || vd_at(line, line.n - 1) != '}')
        return false;
    return vd_take(&line, line.n - 1, &ret->body);
}

bool vd_trail_ends_part(const struct vd_trail_line *line)
{
    struct vd_span body = line->body;
    return vd_span_is(line->kind, "checkpoint") && vd_take_tag(&body, "{\"ends_part\":true");
}

/* ---- files ---- */

bool vd_trail_part(const char *path, uint32_t part, uint32_t parts, char ret[VD_PATH])
{
    const int n = part > parts ? snprintf(ret, VD_PATH, "%s", path)
                               : snprintf(ret, VD_PATH, "%s.%" PRIu32, path, part);
    return n > 0 && n < VD_PATH;
}

uint32_t vd_trail_parts(const char *path)
{
    char name[VD_PATH];
    struct stat sb;
    uint32_t n = 0;
    while (n < UINT32_MAX - 1 && vd_trail_part(path, n + 1, n + 1, name) && lstat(name, &sb) == 0)
        n++;
    return n;
}

static veridac_status open_part(struct vd_trail_files *f, veridac_error *err)
{
    char name[VD_PATH];

    f->at = f->n = 0;
    f->line = 0;
    f->eof = false;
    if (!vd_trail_part(f->path, f->part, f->parts, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", f->path);
    f->fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (f->fd < 0 && errno == ENOENT && f->part > f->parts && f->parts > 0) {
        f->eof = true; /* the last part was closed, and nothing came since */
        return VERIDAC_OK;
    }
    return f->fd >= 0 ? VERIDAC_OK
                      : vd_fail(err, VERIDAC_IO, "%s: cannot open: %s", name, strerror(errno));
}

veridac_status vd_trail_files_open(const char *path, struct vd_trail_files *ret, veridac_error *err)
{
    struct vd_trail_files f = { .path = path, .parts = vd_trail_parts(path), .part = 1, .fd = -1,
                                .room = malloc(2 * VD_TRAIL_LINE) };
    veridac_status st = f.room == NULL ? VERIDAC_NO_MEMORY : open_part(&f, err);
    if (st != VERIDAC_OK) {
        vd_trail_files_close(&f);
        return st;
    }
    *ret = f;
    return VERIDAC_OK;
}

void vd_trail_files_close(struct vd_trail_files *f)
{
    if (f->fd >= 0)
        (void)close(f->fd);
    f->fd = -1;
    free(f->room);
    f->room = NULL;
}

/* More octets behind those that are there. */
static bool fill(struct vd_trail_files *f)
{
    for (size_t i = 0; i < f->n - f->at; i++)
        f->room[i] = f->room[f->at + i];
    f->n -= f->at;
    f->at = 0;
    while (f->n < 2 * VD_TRAIL_LINE && !f->eof) {
        ssize_t got = read(f->fd, f->room + f->n, 2 * VD_TRAIL_LINE - f->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            f->failed = strerror(errno);
            return false;
        }
        f->eof = got == 0;
        f->n += (size_t)got;
    }
    return true;
}

static bool cut_line(struct vd_trail_files *f, struct vd_span *ret)
{
    struct vd_span rest = vd_span_of(f->room + f->at, f->n - f->at);
    size_t n = 0;
    bool found = vd_span_find(rest, vd_span_str("\n"), &n);

    if (!found && rest.n <= VD_TRAIL_LINE && f->part > f->parts) {
        f->torn = rest.n; /* only the newest line may lack its end */
        return false;
    }
    f->unended = !found;
    if (!found)
        n = rest.n;
    (void)vd_span_slice(rest, 0, n, ret);
    f->at += n + found;
    f->line++;
    return n > 0 || found;
}

static bool has_line(const struct vd_trail_files *f)
{
    struct vd_span rest = vd_span_of(f->room + f->at, f->n - f->at);
    return vd_span_find(rest, vd_span_str("\n"), &(size_t){ 0 });
}

bool vd_trail_files_next(struct vd_trail_files *f, struct vd_span *ret)
{
    veridac_error err;
    for (;;) {
        if (!f->eof && !has_line(f) && !fill(f))
            return false;
        if (f->at < f->n && cut_line(f, ret))
            return true;
        if (f->part > f->parts)
            return false;
        if (f->fd >= 0)
            (void)close(f->fd);
        f->fd = -1;
        f->part++;
        if (open_part(f, &err) != VERIDAC_OK) {
            f->failed = "a part cannot be opened";
            return false;
        }
    }
}
