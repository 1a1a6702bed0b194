/* SPDX-License-Identifier: Apache-2.0
 *
 * trail.c - appending to a trail.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "sized.h"
#include "text.h"
#include "trail_int.h"

#define BEGIN "{\"trail\":1}" /* body of the first line */

struct veridac_trail {
    struct vd_signer signer;
    char path[VD_PATH];
    int fd, lock;
    uint64_t n, size, max_bytes; /* n: the last line's number */
    uint32_t parts;
    uint8_t head[32];            /* its hash */
    struct vd_buf line;
    bool broken;                 /* a write failed: what is on disk is not what we think */
};

static veridac_status io(veridac_error *err, const char *path, const char *what)
{
    return vd_fail(err, VERIDAC_IO, "%s: %s: %s", path, what, strerror(errno));
}

static bool sync_folder_of(const char *path)
{
    char folder[VD_PATH];
    const char *slash = strrchr(path, '/');
    const int n = slash == NULL ? snprintf(folder, sizeof folder, ".")
                                : snprintf(folder, sizeof folder, "%.*s", (int)(slash - path) + 1, path);
    return n > 0 && n < VD_PATH && vd_folder_sync(folder, NULL) == VERIDAC_OK;
}

/* ---- writing ---- */

/* The beginning of the next line, up to its body. */
static bool begin_line(veridac_trail *t, const char *kind, int64_t at)
{
    char time[VD_TIME_TEXT];

    vd_time_text(at, time);
    vd_buf_clear(&t->line);
    return vd_buf_fmt(&t->line, "{\"n\":%" PRIu64 ",\"prev\":\"", t->n + 1) &&
           vd_hex_put(&t->line, VD_SPAN(t->head), false) &&
           vd_buf_fmt(&t->line, "\",\"time\":\"%s\",\"kind\":\"%s\",\"body\":", time, kind);
}

/* Adds the end, and puts all of it on disk in one call. */
static veridac_status end_line(veridac_trail *t, veridac_error *err)
{
    uint8_t head[32];

    if (t->line.failed || t->line.n > VD_TRAIL_LINE)
        return vd_fail(err, VERIDAC_TOO_LARGE, "a line of a trail has at most %u octets", VD_TRAIL_LINE);
    if (!vd_sha256(vd_buf_span(&t->line), head) || !vd_buf_u8(&t->line, '\n'))
        return VERIDAC_NO_MEMORY;
    if (!vd_fd_write(t->fd, vd_buf_span(&t->line))) {
        t->broken = true;
        return io(err, t->path, "cannot write");
    }
    (void)vd_copy(t->head, sizeof t->head, VD_SPAN(head));
    t->n++;
    t->size += t->line.n;
    return VERIDAC_OK;
}

static veridac_status put_checkpoint(veridac_trail *t, bool ends_part, int64_t at, veridac_error *err)
{
    veridac_status st;

    if (!begin_line(t, "checkpoint", at) ||
        !vd_buf_fmt(&t->line, "{\"ends_part\":%s}", ends_part ? "true" : "false"))
        return VERIDAC_NO_MEMORY;
    st = vd_seal_put(&t->signer, VD_SEAL_CHECKPOINT, &t->line, err);
    return st == VERIDAC_OK ? end_line(t, err) : st;
}

static veridac_status open_file(veridac_trail *t, veridac_error *err)
{
    struct stat sb;
    t->fd = open(t->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (t->fd < 0 || fstat(t->fd, &sb) != 0 || !S_ISREG(sb.st_mode))
        return io(err, t->path, "cannot open");
    t->size = (uint64_t)sb.st_size;
    return VERIDAC_OK;
}

/* What is complete gets a name of its own. A crash before or after is seen by opening. */
static veridac_status next_part(veridac_trail *t, veridac_error *err)
{
    char name[VD_PATH];

    if (!vd_trail_part(t->path, t->parts + 1, t->parts + 1, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", t->path);
    if (fsync(t->fd) != 0 || rename(t->path, name) != 0 || !sync_folder_of(t->path))
        return io(err, name, "cannot begin the next part");
    (void)close(t->fd);
    t->parts++;
    return open_file(t, err);
}

static bool word(const char *kind)
{
    size_t n = strlen(kind);
    return n > 0 && n <= 32 && strspn(kind, "abcdefghijklmnopqrstuvwxyz-") == n &&
           strcmp(kind, "checkpoint") != 0;
}

/* One object in one line: what stands in a trail can be read as JSON lines. */
static bool one_object(veridac_bytes body)
{
    struct vd_span in = vd_span_of(body.data, body.size);
    struct vd_json *doc = NULL;
    bool ok = !vd_span_find(in, vd_span_str("\n"), &(size_t){ 0 }) && vd_at(in, 0) == '{' &&
              vd_at(in, in.n - 1) == '}' && vd_json_read(in, &doc, NULL) == NULL;
    vd_json_free(doc);
    return ok;
}

static veridac_status append(veridac_trail *t, const char *kind, int64_t at, struct vd_span body,
                             veridac_error *err)
{
    veridac_status st = VERIDAC_OK;

    if (t->broken)
        return vd_fail(err, VERIDAC_IO, "%s: a line could not be written; open it anew", t->path);
    if ((t->n + 1) % VD_TRAIL_EVERY == 0)
        st = put_checkpoint(t, false, at, err);
    if (st != VERIDAC_OK)
        return st;
    if (!begin_line(t, kind, at) || !vd_buf_put(&t->line, body) || !vd_buf_u8(&t->line, '}'))
        return vd_fail(err, VERIDAC_TOO_LARGE, "a line of a trail has at most %u octets", VD_TRAIL_LINE);
    st = end_line(t, err);
    if (st == VERIDAC_OK && t->size >= t->max_bytes) {
        st = put_checkpoint(t, true, at, err);
        if (st == VERIDAC_OK)
            st = next_part(t, err);
        t->broken = t->broken || st != VERIDAC_OK;
    }
    return st;
}

veridac_status veridac_trail_append(veridac_trail *trail, const char *kind, int64_t at,
                                    veridac_bytes body, veridac_error *err)
{
    if (trail == NULL || kind == NULL || body.data == NULL || !word(kind) || !one_object(body))
        return VERIDAC_MISUSE;
    return append(trail, kind, at, vd_span_of(body.data, body.size), err);
}

veridac_status veridac_trail_sync(veridac_trail *trail, uint8_t ret_head[32], veridac_error *err)
{
    if (trail == NULL)
        return VERIDAC_MISUSE;
    if (trail->broken || fsync(trail->fd) != 0)
        return io(err, trail->path, "cannot write");
    if (ret_head != NULL)
        (void)vd_copy(ret_head, 32, VD_SPAN(trail->head));
    return VERIDAC_OK;
}

veridac_status veridac_trail_checkpoint(veridac_trail *trail, int64_t at, uint8_t ret_head[32],
                                        veridac_error *err)
{
    veridac_status st;
    if (trail == NULL)
        return VERIDAC_MISUSE;
    if (trail->broken)
        return vd_fail(err, VERIDAC_IO, "%s: a line could not be written; open it anew", trail->path);
    st = put_checkpoint(trail, false, at, err);
    return st == VERIDAC_OK ? veridac_trail_sync(trail, ret_head, err) : st;
}

void veridac_trail_close(veridac_trail *trail)
{
    if (trail == NULL)
        return;
    if (trail->fd >= 0)
        (void)close(trail->fd);
    if (trail->lock >= 0)
        (void)close(trail->lock);
    vd_signer_clear(&trail->signer);
    vd_buf_free(&trail->line);
    free(trail);
}

/* ---- opening ---- */

static veridac_status take_lock(veridac_trail *t, veridac_error *err)
{
    char name[VD_PATH];
    const int n = snprintf(name, sizeof name, "%s.lock", t->path);

    if (n < 0 || n >= VD_PATH)
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", t->path);
    t->lock = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (t->lock < 0)
        return io(err, name, "cannot open");
    return flock(t->lock, LOCK_EX | LOCK_NB) == 0
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_IO, "%s: another process writes this trail", t->path);
}

/* The end of a file: its last whole line, and what a crash left behind that. */
struct end {
    struct vd_buf bytes; /* of the end of the file */
    struct vd_span line, torn;
    uint64_t keep;       /* size of the file without what is torn */
};

static veridac_status read_end(const char *name, struct end *e, bool *ret_there, veridac_error *err)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat sb;
    uint64_t from;
    uint8_t *room;
    ssize_t got = -1;
    size_t begin, n;

    *ret_there = fd >= 0;
    if (fd < 0)
        return errno == ENOENT ? VERIDAC_OK : io(err, name, "cannot open");
    e->bytes = VD_BUF(3 * VD_TRAIL_LINE);
    room = vd_buf_grow(&e->bytes, 2 * VD_TRAIL_LINE + 2);
    if (room != NULL && fstat(fd, &sb) == 0) {
        const uint64_t size = (uint64_t)sb.st_size, most = 2 * VD_TRAIL_LINE + 2;
        from = size > most ? size - most : 0;
        got = pread(fd, room, (size_t)(size - from), (off_t)from);
    }
    (void)close(fd);
    if (room == NULL || got < 0 || (uint64_t)got != (uint64_t)sb.st_size - from)
        return room == NULL ? VERIDAC_NO_MEMORY : io(err, name, "cannot read");
    for (n = (size_t)got; n > 0 && room[n - 1] != '\n'; n--)
        ;
    e->torn = vd_span_of(room + n, (size_t)got - n);
    e->keep = from + n;
    *ret_there = sb.st_size > 0;
    for (begin = n > 0 ? n - 1 : 0; begin > 0 && room[begin - 1] != '\n'; begin--)
        ;
    e->line = n > 0 ? vd_span_of(room + begin, n - 1 - begin) : VD_NO_SPAN;
    return e->torn.n > VD_TRAIL_LINE || e->line.n > VD_TRAIL_LINE
               ? vd_fail(err, VERIDAC_BAD_DATA, "%s: its end is not that of a trail", name)
               : VERIDAC_OK;
}

/* Where the chain stands, by the last line of this file. */
static veridac_status stand_at(veridac_trail *t, const char *name, struct vd_span line,
                               bool *ret_ends_part, veridac_error *err)
{
    struct vd_trail_line last;

    if (!vd_trail_read(line, &last) || !vd_sha256(line, t->head))
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: its last line is not one of a trail", name);
    t->n = last.n;
    *ret_ends_part = vd_trail_ends_part(&last);
    return VERIDAC_OK;
}

static veridac_status append_torn(veridac_trail *t, struct vd_span torn, int64_t at, veridac_error *err)
{
    uint8_t hash[32];
    char body[160];
    struct vd_buf b = VD_BUF_ON(body);

    return vd_sha256(torn, hash) &&
                   vd_buf_fmt(&b, "{\"octets\":%zu,\"sha256\":\"", torn.n) &&
                   vd_hex_put(&b, VD_SPAN(hash), false) && vd_buf_str(&b, "\"}")
               ? append(t, "torn", at, vd_buf_span(&b), err)
               : VERIDAC_INTERNAL;
}

/* Writes over what is torn, and only then cuts off what is left of it: whatever ends this halfway, there is a torn
 * line or the one that tells of it. */
static veridac_status note_torn(veridac_trail *t, struct vd_span torn, int64_t at, veridac_error *err)
{
    const int flags = fcntl(t->fd, F_GETFL);
    const uint64_t end = t->size + torn.n, max_bytes = t->max_bytes;
    veridac_status st = VERIDAC_OK;

    t->max_bytes = UINT64_MAX; /* no part ends before what is left is cut off */
    if (flags < 0 || fcntl(t->fd, F_SETFL, flags & ~O_APPEND) != 0 || lseek(t->fd, (off_t)t->size, SEEK_SET) < 0)
        return io(err, t->path, "cannot write");
    if (t->n == 0)
        st = append(t, "begin", at, vd_span_str(BEGIN), err);
    if (st == VERIDAC_OK)
        st = append_torn(t, torn, at, err);
    t->max_bytes = max_bytes;
    if (st != VERIDAC_OK)
        return st;
    if (fsync(t->fd) != 0 || (t->size < end && ftruncate(t->fd, (off_t)t->size) != 0) ||
        fcntl(t->fd, F_SETFL, flags) != 0)
        return io(err, t->path, "cannot take away a line that a crash cut off");
    return VERIDAC_OK;
}

/* Behind the last line of the file, or of the last part when there is no line in the file yet. */
static veridac_status find_end(veridac_trail *t, int64_t at, veridac_error *err)
{
    struct end e = { .keep = 0 }, part = { .keep = 0 };
    char name[VD_PATH];
    bool there = false, ends_part = false, part_ends = true;
    veridac_status st;

    TRY(read_end(t->path, &e, &there, err));
    if (e.line.p != NULL) {
        TRY(stand_at(t, t->path, e.line, &ends_part, err));
    } else if (t->parts > 0) {
        if (!vd_trail_part(t->path, t->parts, t->parts, name))
            FAIL(vd_fail(err, VERIDAC_IO, "%s: the path is too long", t->path));
        TRY(read_end(name, &part, &there, err));
        TRY(stand_at(t, name, part.line, &part_ends, err));
        if (!part_ends || part.torn.n > 0)
            FAIL(vd_fail(err, VERIDAC_BAD_DATA, "%s: it does not end as a part does", name));
    }
    TRY(open_file(t, err));
    if (ends_part && e.torn.n > 0 && ftruncate(t->fd, (off_t)e.keep) != 0) /* no crash did that */
        FAIL(io(err, t->path, "cannot take away what stands behind its end"));
    t->size = e.keep;
    if (ends_part) /* a crash kept it from its name */
        TRY(next_part(t, err));
    if (e.torn.n > 0)
        st = ends_part ? append_torn(t, e.torn, at, err) : note_torn(t, e.torn, at, err);
    else
        st = t->n > 0 ? VERIDAC_OK : append(t, "begin", at, vd_span_str(BEGIN), err);
out:
    vd_buf_free(&e.bytes);
    vd_buf_free(&part.bytes);
    return st;
}

veridac_status veridac_trail_open(const veridac_trail_options *options, veridac_trail **ret,
                                  veridac_error *err)
{
    veridac_trail_options o;
    veridac_trail *t;
    int n;
    veridac_status st;

    if (ret == NULL || !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_trail_options, max_bytes), options) ||
        o.path == NULL || o.signer == NULL)
        return VERIDAC_MISUSE;
    t = calloc(1, sizeof *t);
    if (t == NULL)
        return VERIDAC_NO_MEMORY;
    t->fd = t->lock = -1;
    t->line = VD_BUF(2 * VD_TRAIL_LINE);
    t->max_bytes = o.max_bytes ? o.max_bytes : VD_TRAIL_FILE;
    n = snprintf(t->path, sizeof t->path, "%s", o.path);
    st = n > 0 && n < VD_PATH ? vd_signer_read(o.signer, &t->signer, err)
                              : vd_fail(err, VERIDAC_IO, "%s: the path is too long", o.path);
    if (st == VERIDAC_OK)
        st = take_lock(t, err);
    if (st == VERIDAC_OK) {
        t->parts = vd_trail_parts(t->path);
        st = find_end(t, o.at, err);
    }
    if (st == VERIDAC_OK && !sync_folder_of(t->path))
        st = io(err, t->path, "cannot write");
    if (st != VERIDAC_OK) {
        veridac_trail_close(t);
        return st;
    }
    *ret = t;
    return VERIDAC_OK;
}
