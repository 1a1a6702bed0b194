/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_answer.c - answers about the files of a table.
 */
#include "serve_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve_request.h"

#define LASTING "public, max-age=31536000, immutable"
#define BRIEF "public, max-age=60" /* the head: its signature says for how long it is true */

/* The answers about one file that are always the same. */
struct ready {
    struct MHD_Response *whole, *not_modified, *beyond;
};

/* ---- answers ---- */

static bool put_header(struct MHD_Response *r, const char *name, const char *value)
{
    return MHD_add_response_header(r, name, value) == MHD_YES;
}

struct MHD_Response *vd_answer_text(const char *text, const char *header, const char *value)
{
    struct MHD_Response *r =
        MHD_create_response_from_buffer(strlen(text), (void *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    if (r != NULL && (!put_header(r, "Content-Type", "text/plain") ||
                      !put_header(r, "Cache-Control", "no-store") ||
                      !put_header(r, "X-Content-Type-Options", "nosniff") ||
                      (header != NULL && !put_header(r, header, value)))) {
        MHD_destroy_response(r);
        r = NULL;
    }
    return r;
}

static void drop(struct MHD_Response *r)
{
    if (r != NULL)
        MHD_destroy_response(r);
}

/* The header fields that every answer about a file has. */
static struct MHD_Response *about(const struct vd_served *s, const struct vd_served *body,
                                  struct MHD_Response *r)
{
    bool ok = r != NULL && put_header(r, "ETag", body->etag) &&
              put_header(r, "Cache-Control", s->lasting ? LASTING : BRIEF) &&
              (s->gz == NULL || put_header(r, "Vary", "Accept-Encoding")) &&
              (body == s || put_header(r, "Content-Encoding", "gzip"));
    if (ok)
        return r;
    drop(r);
    return NULL;
}

static struct MHD_Response *body_of(const struct vd_served *s, const struct vd_served *body,
                                    struct MHD_Response *r)
{
    r = about(s, body, r);
    if (r != NULL && (!put_header(r, "Content-Type", "application/octet-stream") ||
                      !put_header(r, "X-Content-Type-Options", "nosniff") ||
                      !put_header(r, "Accept-Ranges", "bytes"))) {
        drop(r);
        r = NULL;
    }
    return r;
}

static struct MHD_Response *empty(void)
{
    return MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
}

/* `n` bytes of `body` from `first` on. A small one is copied, so that no answer depends on the table. */
static struct MHD_Response *part_of(const char *folder, const struct vd_served *s,
                                    const struct vd_served *body, uint64_t first, uint64_t n)
{
    struct MHD_Response *r;
    struct vd_span part;
    int fd;

    if (vd_span_slice(vd_buf_span(&body->bytes), (size_t)first, (size_t)n, &part))
        return body_of(s, body, MHD_create_response_from_buffer(part.n, (void *)(uintptr_t)part.p,
                                                                MHD_RESPMEM_MUST_COPY));
    fd = vd_table_open(folder, body);
    if (fd < 0)
        return NULL;
    r = MHD_create_response_from_fd_at_offset64(n, fd, first); /* owns the descriptor */
    if (r == NULL)
        (void)close(fd);
    return body_of(s, body, r);
}

/* ---- the table with its ready answers ---- */

void vd_answers_drop(struct vd_table *t)
{
    for (size_t i = 0; t != NULL && i < t->n; i++) {
        struct ready *ready = t->items[i].user;
        if (ready == NULL)
            continue;
        drop(ready->whole);
        drop(ready->not_modified);
        drop(ready->beyond);
        free(ready);
    }
    vd_table_free(t);
}

static bool get_ready(const char *folder, struct vd_served *s)
{
    struct ready *ready = calloc(1, sizeof *ready);
    char beyond[64];

    s->user = ready;
    if (ready == NULL)
        return false;
    if (s->bytes.n == s->id.size) /* kept in memory */
        ready->whole = part_of(folder, s, s, 0, s->id.size);
    ready->not_modified = about(s, s, empty());
    ready->beyond = about(s, s, empty());
    (void)snprintf(beyond, sizeof beyond, "bytes */%llu", (unsigned long long)s->id.size);
    return ready->not_modified != NULL && ready->beyond != NULL &&
           put_header(ready->beyond, "Content-Range", beyond);
}

veridac_status vd_answers_load(const char *folder, const struct vd_table *before, struct vd_table **ret,
                           veridac_error *err)
{
    struct vd_table *t = NULL;
    veridac_status st = vd_table_read(folder, before, &t, err);

    for (size_t i = 0; st == VERIDAC_OK && i < t->n; i++) {
        if (!get_ready(folder, &t->items[i]))
            st = VERIDAC_NO_MEMORY;
    }
    if (st == VERIDAC_OK)
        *ret = t;
    else
        vd_answers_drop(t);
    return st;
}

/* ---- a request ---- */

static const char *field(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static enum MHD_Result send_part(const char *folder, struct MHD_Connection *c,
                                 const struct vd_served *file, const struct vd_served *body,
                                 unsigned status, uint64_t first, uint64_t n,
                                 struct MHD_Response *gone)
{
    struct MHD_Response *r = part_of(folder, file, body, first, n);
    char range[96];
    enum MHD_Result done;

    if (r == NULL) /* it went since the table was read: the next tick sees it */
        return MHD_queue_response(c, MHD_HTTP_NOT_FOUND, gone);
    (void)snprintf(range, sizeof range, "bytes %llu-%llu/%llu", (unsigned long long)first,
                   (unsigned long long)(first + n - 1), (unsigned long long)body->id.size);
    done = status != MHD_HTTP_PARTIAL_CONTENT || put_header(r, "Content-Range", range)
               ? MHD_queue_response(c, status, r)
               : MHD_NO;
    MHD_destroy_response(r); /* the connection keeps its own reference */
    return done;
}

enum MHD_Result vd_answer_file(const char *folder, struct MHD_Connection *c, bool get,
                               const struct vd_served *file, struct MHD_Response *gone)
{
    const struct ready *ready = file->user;
    const struct vd_served *body = file;
    const char *range = get ? field(c, "Range") : NULL;
    const char *none_match = field(c, "If-None-Match");
    uint64_t first = 0, n = 0;

    if (vd_request_has(none_match, file->etag) ||
        (file->gz != NULL && vd_request_has(none_match, file->gz->etag)))
        return MHD_queue_response(c, MHD_HTTP_NOT_MODIFIED, ready->not_modified);
    if (range != NULL && vd_request_same(field(c, "If-Range"), file->etag)) {
        switch (vd_request_range(range, file->id.size, &first, &n)) {
        case VD_RANGE_PART:
            return send_part(folder, c, file, file, MHD_HTTP_PARTIAL_CONTENT, first, n, gone);
        case VD_RANGE_BEYOND:
            return MHD_queue_response(c, MHD_HTTP_RANGE_NOT_SATISFIABLE, ready->beyond);
        case VD_RANGE_NONE:
            break;
        }
    }
    if (file->gz != NULL && range == NULL && vd_request_gzip(field(c, "Accept-Encoding")))
        body = file->gz;
    if (body == file && ready->whole != NULL)
        return MHD_queue_response(c, MHD_HTTP_OK, ready->whole);
    return send_part(folder, c, file, body, MHD_HTTP_OK, 0, body->id.size, gone);
}
