/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch.c - files of a repository.
 */
#include "fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "inflate.h"
#include "limits.h"
#include "store.h"

#define WORTH_KEEPING 65536u /* octets of a broken transfer */
#define URL_ROOM (VD_MAX_URL + 256)

static veridac_status make_url(const char *base, const char *path, char ret[URL_ROOM],
                               veridac_error *err)
{
    size_t n = strlen(base);
    enum vd_url url;

    while (n > 0 && base[n - 1] == '/')
        n--;
    url = vd_url_fetchable(base);
    if (url == VD_URL_NO_MEMORY)
        return VERIDAC_NO_MEMORY;
    if (n > VD_MAX_URL || url != VD_URL_OK)
        return vd_fail(err, VERIDAC_MISUSE, "%.200s: expected an http or https URL", base);
    (void)snprintf(ret, URL_ROOM, "%.*s/%s", (int)n, base, path);
    return VERIDAC_OK;
}

/* ---- one request ---- */

struct asked {
    struct vd_fetch *f;
    struct vd_http_answer answer;
    uint64_t from, total; /* for the progress */
    const char *name;     /* of the file in t that grows with what comes; NULL: none does */
    struct vd_span before; /* what was there */
    struct vd_growing *growing;
};

static veridac_status keep(void *user, struct vd_http_answer *answer)
{
    struct asked *a = user;
    a->answer = *answer;
    answer->body = VD_BUF(0);
    return VERIDAC_OK;
}

/* "bytes FROM-LAST/TOTAL": just what was asked for. */
static bool range_is(const char *text, uint64_t from, uint64_t total)
{
    char wanted[80];
    (void)snprintf(wanted, sizeof wanted, "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, from, total - 1,
                   total);
    return strcmp(text, wanted) == 0;
}

/* Octet by octet onto the disk, so that a process that is killed has not fetched in vain. Nothing of it is
 * believed: the next one compares the whole with the hash. */
static void grow(struct asked *a, const struct vd_http_answer *so_far, struct vd_span part)
{
    char dir[VD_PATH];

    if (so_far->bytes == part.n) { /* an attempt begins */
        vd_growing_drop(a->growing);
        a->growing = NULL;
        if (!so_far->gzip && (a->from == 0 || range_is(so_far->content_range, a->from, a->total)) &&
            vd_path(dir, a->f->store, "t"))
            a->growing = vd_growing_make(dir, a->name);
        if (a->growing != NULL && a->before.n > 0 && !vd_growing_put(a->growing, a->before)) {
            vd_growing_drop(a->growing);
            a->growing = NULL;
        }
    }
    if (a->growing != NULL && !vd_growing_put(a->growing, part)) { /* a full disk, say: then without */
        vd_growing_drop(a->growing);
        a->growing = NULL;
    }
}

static void forward(void *user, const struct vd_http_answer *so_far, struct vd_span part)
{
    struct asked *a = user;
    if (a->name != NULL)
        grow(a, so_far, part);
    if (a->f->progress != NULL && a->total > 0)
        a->f->progress(a->f->user, a->from + so_far->bytes, a->total);
}

/* Any answer, broken ones too: a->answer.outcome says. */
static veridac_status ask(struct asked *a, struct vd_http_request request, const char *base,
                          const char *path, veridac_error *err)
{
    char url[URL_ROOM];
    veridac_status st = make_url(base, path, url, err);

    if (st != VERIDAC_OK)
        return st;
    request.url = url;
    request.timeout_s = a->f->timeout_s;
    request.redirects = VD_MAX_REDIRECTS;
    request.named = true;   /* a mirror may stand in the house */
    request.http_ok = true; /* what comes is signed, or named by what is signed */
    request.done = keep;
    request.progress = forward;
    request.user = a;
    a->f->requests++;
    st = vd_http_add(a->f->http, &request);
    if (st == VERIDAC_OK)
        st = vd_http_run(a->f->http);
    if (st == VERIDAC_STOPPED)
        st = vd_fail(err, st, "%s: stopped", base);
    a->f->bytes += a->answer.bytes;
    return st;
}

static veridac_status transport(const struct asked *a, const char *base, const char *path,
                                veridac_error *err)
{
    return a->answer.outcome == VD_HTTP_OK
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_IO, "%s/%s: %s: %s", base, path, vd_http_slug(a->answer.outcome),
                         a->answer.why);
}

veridac_status vd_fetch_file(struct vd_fetch *f, const char *base, const char *path, size_t max,
                             const char *etag, struct vd_http_answer *ret, veridac_error *err)
{
    struct asked a = { .f = f };
    const bool conditional = etag != NULL && etag[0];
    const struct vd_http_request request = { .max_bytes = max, .etag = etag };
    veridac_status st = ask(&a, request, base, path, err);

    if (st == VERIDAC_OK)
        st = transport(&a, base, path, err);
    if (st == VERIDAC_OK && a.answer.status != 200 && a.answer.status != 404 &&
        (a.answer.status != 304 || !conditional))
        st = vd_fail(err, VERIDAC_IO, "%s/%s: HTTP status %ld", base, path, a.answer.status);
    if (st != VERIDAC_OK) {
        vd_buf_free(&a.answer.body);
        return st;
    }
    *ret = a.answer;
    return VERIDAC_OK;
}

/* ---- transfers that broke off ---- */

static void load_part(const struct vd_fetch *f, const char *name, const struct vd_ref *ref,
                      struct vd_buf *ret)
{
    char dir[VD_PATH];
    bool there = false;
    if (ref->size < WORTH_KEEPING || !vd_path(dir, f->store, "t") ||
        vd_file_read(dir, name, (size_t)ref->size - 1, ret, &there, NULL) != VERIDAC_OK || !there)
        vd_buf_clear(ret);
}

static void save_part(const struct vd_fetch *f, const char *name, const struct vd_buf *part)
{
    char dir[VD_PATH];
    if (vd_path(dir, f->store, "t"))
        (void)vd_file_write(dir, name, vd_buf_span(part), 0644, NULL);
}

static void drop_part(const struct vd_fetch *f, const char *name)
{
    char dir[VD_PATH];
    if (vd_path(dir, f->store, "t"))
        vd_file_remove(dir, name);
}

/* ---- files under their hash ---- */

static veridac_status check(const char *base, const char *path, const struct vd_ref *ref,
                            const struct vd_buf *body, veridac_error *err)
{
    uint8_t sha256[VD_SHA256];

    if (body->n != ref->size)
        return vd_fail(err, VERIDAC_IO, "%s/%s: file-length: %zu bytes instead of %" PRIu64, base, path,
                       body->n, ref->size);
    if (!vd_sha256(vd_buf_span(body), sha256))
        return VERIDAC_INTERNAL;
    if (!vd_ref_is(ref, body->n, sha256))
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s/%s: file-hash: not the file that was signed",
                       base, path);
    return VERIDAC_OK;
}

/* Puts what came behind what was there; `part` begins as what was there. */
static veridac_status join(struct asked *a, const char *base, const char *path,
                           const struct vd_ref *ref, struct vd_buf *part, veridac_error *err)
{
    if (a->answer.status == 206 && !range_is(a->answer.content_range, part->n, ref->size))
        return vd_fail(err, VERIDAC_IO, "%s/%s: range-wrong: '%.80s'", base, path,
                       a->answer.content_range);
    if (a->answer.status == 206 && part->n > 0 && a->answer.body.n <= ref->size - part->n)
        return vd_buf_put(part, vd_buf_span(&a->answer.body)) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
    if (a->answer.status != 200)
        return vd_fail(err, VERIDAC_IO, "%s/%s: HTTP status %ld", base, path, a->answer.status);
    vd_buf_free(part);
    *part = a->answer.body;
    a->answer.body = VD_BUF(0);
    return VERIDAC_OK;
}

/* What came compressed, as it was; the signed length is the ceiling. */
static veridac_status undo_gzip(struct asked *a, const char *base, const char *path,
                                const struct vd_ref *ref, veridac_error *err)
{
    struct vd_buf plain = VD_BUF((size_t)ref->size);
    const char *wrong = vd_inflate(vd_buf_span(&a->answer.body), (size_t)ref->size, &plain);

    vd_buf_free(&a->answer.body);
    a->answer.body = plain;
    return wrong == NULL ? VERIDAC_OK
                         : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s/%s: file-encoding: %s", base, path, wrong);
}

/* One attempt. On success `part` is the file; else what is worth keeping was kept. *ret_gzip: it may
 * come compressed; then whether that may be what is wrong. */
static veridac_status attempt(struct vd_fetch *f, const char *base, const char *path, const char *name,
                              const struct vd_ref *ref, struct vd_buf *part, bool *ret_gzip,
                              veridac_error *err)
{
    struct asked a = { .f = f, .from = part->n, .total = ref->size, .before = vd_buf_span(part),
                       .name = ref->size >= WORTH_KEEPING ? name : NULL };
    const struct vd_http_request request = { .max_bytes = (size_t)ref->size, .from = part->n,
                                             .gzip = *ret_gzip && part->n == 0 };
    veridac_status st = ask(&a, request, base, path, err), broken = VERIDAC_OK;

    vd_growing_drop(a.growing);
    if (st == VERIDAC_OK || st == VERIDAC_STOPPED) {
        broken = st == VERIDAC_OK ? transport(&a, base, path, err) : st;
        st = VERIDAC_OK;
    }
    *ret_gzip = request.gzip && (broken == VERIDAC_OK ? a.answer.gzip
                                                     : a.answer.outcome == VD_HTTP_TOO_LARGE);
    if (st == VERIDAC_OK && broken == VERIDAC_OK && a.answer.gzip && a.answer.status == 200)
        st = undo_gzip(&a, base, path, ref, err);
    if (st == VERIDAC_OK && (broken == VERIDAC_OK || a.answer.status == 200 || a.answer.status == 206))
        st = join(&a, base, path, ref, part, broken == VERIDAC_OK ? err : NULL);
    if (st == VERIDAC_OK && broken == VERIDAC_OK)
        st = check(base, path, ref, part, err);
    else if (st == VERIDAC_OK && a.answer.outcome != VD_HTTP_TOO_LARGE && !a.answer.gzip &&
             part->n >= WORTH_KEEPING && part->n < ref->size)
        save_part(f, name, part);
    vd_buf_free(&a.answer.body);
    return broken != VERIDAC_OK ? broken : st;
}

veridac_status vd_fetch_ref(struct vd_fetch *f, const char *base, const char *folder,
                            const struct vd_ref *ref, struct vd_buf *out, veridac_error *err)
{
    struct vd_buf part = VD_BUF((size_t)ref->size + 1);
    char path[96], name[65];
    bool resumed, gzip = true;
    veridac_status st;

    vd_store_name(ref->sha256, name);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    load_part(f, name, ref, &part);
    resumed = part.n > 0;
    st = attempt(f, base, path, name, ref, &part, &gzip, err);
    if (st != VERIDAC_OK && (gzip || (resumed && part.n >= ref->size))) {
        /* what was kept was somebody's lie, or what is compressed is: once more, from the start, and plain */
        drop_part(f, name);
        vd_buf_clear(&part);
        gzip = false;
        st = attempt(f, base, path, name, ref, &part, &gzip, err);
    }
    if (st != VERIDAC_OK) {
        vd_buf_free(&part);
        return st;
    }
    drop_part(f, name);
    vd_buf_free(out);
    *out = part;
    return VERIDAC_OK;
}
