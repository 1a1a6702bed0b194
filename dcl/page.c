/* SPDX-License-Identifier: Apache-2.0
 *
 * page.c - one page of a bundle of kind full, by ranges, with its proof.
 *
 * What a server says on the way are hints; the proof is checked against the root that the caller has.
 * The requests name the page and nothing else.
 */
#include <inttypes.h>
#include <stdio.h>

#include "files.h"
#include "http.h"
#include "json.h"
#include "limits.h"
#include "proof.h"
#include "sig.h"
#include "store.h"

#define PAGE_S 5 /* of all requests together */

struct fetching {
    struct vd_http *http;
    const char *url;
    struct vd_buf whole;     /* what a server sent that knows no ranges */
    struct vd_http_answer answer;
    struct vd_buf *to;
    uint64_t at, total;      /* total: octets of the file; 0: not known yet */
    size_t n;
    bool stopped;
    char why[256];           /* the first thing that went wrong */
};

static void say(struct fetching *f, const char *why)
{
    if (f->why[0] == '\0')
        (void)snprintf(f->why, sizeof f->why, "%s", why);
}

/* ---- one answer ---- */

/* "bytes FIRST-LAST/TOTAL", with the range that was asked for */
static bool range_ok(struct fetching *f, const char *text)
{
    uint64_t first = 0, last = 0, total = 0;
    int end = 0;

    if (sscanf(text, "bytes %" SCNu64 "-%" SCNu64 "/%" SCNu64 "%n", &first, &last, &total, &end) != 3 ||
        text[end] != '\0' || first != f->at || last < first || last - first != f->n - 1 ||
        last >= total || (f->total != 0 && f->total != total))
        return false;
    f->total = total;
    return true;
}

static bool cut(const struct fetching *f, struct vd_span whole)
{
    struct vd_span part;
    return f->at <= whole.n && vd_span_slice(whole, (size_t)f->at, f->n, &part) &&
           vd_buf_put(f->to, part);
}

/* A part, or the whole file from a server that knows no ranges, when it is below the ceiling. */
static void take(struct fetching *f, struct vd_http_answer *a)
{
    if (a->outcome == VD_HTTP_TOO_LARGE)
        say(f, "the server sends the whole bundle instead of a part, and it is over the ceiling");
    else if (a->outcome != VD_HTTP_OK)
        say(f, a->why[0] ? a->why : vd_http_slug(a->outcome));
    else if (a->status == 206 && (!range_ok(f, a->content_range) || a->body.n != f->n))
        say(f, "the server sent another part than the one asked for");
    else if (a->status == 206 && !vd_buf_put(f->to, vd_buf_span(&a->body)))
        say(f, "out of memory");
    else if (a->status == 200 && !cut(f, vd_buf_span(&a->body)))
        say(f, "the file ends before the part asked for");
    else if (a->status == 416)
        say(f, "the file ends before the part asked for");
    else if (a->status != 206 && a->status != 200)
        (void)snprintf(f->why, sizeof f->why, "HTTP status %ld", a->status);
    else if (a->status == 200) { /* no need to ask again */
        f->whole = a->body;
        a->body = VD_BUF(0);
    }
}

static veridac_status done(void *user, struct vd_http_answer *answer)
{
    take(user, answer);
    return VERIDAC_OK;
}

static bool read_part(void *user, uint64_t at, size_t n, struct vd_buf *to)
{
    struct fetching *f = user;
    const struct vd_http_request request = { .url = f->url, .max_bytes = VD_MAX_PAGE,
                                             .from = at, .part = n,
                                             .redirects = VD_MAX_REDIRECTS, .named = true,
                                             .http_ok = true, .done = done, .user = f };
    veridac_status st = VERIDAC_OK;

    f->at = at;
    f->n = n;
    f->to = to;
    if (f->whole.p != NULL) {
        if (!cut(f, vd_buf_span(&f->whole)))
            say(f, "the file ends before the part asked for");
        return f->why[0] == '\0';
    }
    st = vd_http_add(f->http, &request);
    if (st == VERIDAC_OK)
        st = vd_http_run(f->http);
    f->stopped = st == VERIDAC_STOPPED;
    if (st != VERIDAC_OK)
        say(f, veridac_status_text(st));
    return f->why[0] == '\0';
}

/* ---- all of them ---- */

static int hash(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST])
{
    (void)user;
    return vd_sha256(vd_span_of(in, n), ret);
}

static veridac_status fetch(struct fetching *f, const struct vd_bucket *bucket, veridac_buffer *ret,
                            veridac_error *err)
{
    struct vd_buf proof = VD_BUF(VD_MAX_PROOF);
    const char *wrong = vd_proof_make(bucket, read_part, f, &proof);
    enum vdb_error e = VDB_OK;
    struct vdb_bytes page;

    if (wrong == NULL)
        e = vdb_proof_check(bucket->tree, bucket->n_pages, bucket->page,
                            (struct vdb_bytes){ proof.p, proof.n }, hash, NULL, &page);
    if (e != VDB_OK)
        wrong = vd_proof_text(e);
    if (wrong == NULL)
        return vd_give(&proof, ret);
    vd_buf_free(&proof);
    return f->why[0] != '\0' ? vd_fail(err, f->stopped ? VERIDAC_STOPPED : VERIDAC_IO, "%s: %s", f->url,
                                      f->why)
                             : vd_fail(err, vd_wrong(wrong, VERIDAC_BAD_DATA), "%s: %s", f->url, wrong);
}

/* MIRROR/s/SHA256 of the full bundle that goes with what the store has installed. */
static veridac_status url_of_store(const char *store, char ret[VD_MAX_URL + 80], veridac_error *err)
{
    struct vd_buf poll = VD_BUF(16384);
    struct vd_buf url = { (uint8_t *)ret, 0, VD_MAX_URL, VD_MAX_URL, false };
    struct vd_store s = { .there = false };
    struct vd_json *doc = NULL;
    char name[65];
    bool there = false;
    veridac_status st = vd_store_read(store, "head", &s, err);

    if (st == VERIDAC_OK && (!s.there || !s.head.ref[VD_REF_FULL].there))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: no head that names a full bundle", store);
    if (st == VERIDAC_OK)
        st = vd_file_read(store, "poll", 16383, &poll, &there, err);
    if (st == VERIDAC_OK &&
        (!there || vd_json_read(vd_buf_span(&poll), &doc, NULL) != NULL ||
         !vd_json_string(vd_json_member(vd_json_root(doc), "url"), &url) || url.n == 0))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: it does not say which mirror it was pulled from", store);
    if (st == VERIDAC_OK) {
        vd_store_name(s.head.ref[VD_REF_FULL].sha256, name);
        (void)snprintf(&ret[url.n], VD_MAX_URL + 80 - url.n, "%s%s",
                       ret[url.n - 1] == '/' ? "s/" : "/s/", name);
    }
    vd_json_free(doc);
    vd_buf_free(&poll);
    vd_store_clear(&s);
    return st;
}

veridac_status veridac_page_fetch(const veridac_page_options *options, veridac_buffer *ret_proof,
                                  veridac_error *err)
{
    struct vd_http_options limits = { .run_bytes = 8 * (uint64_t)VD_MAX_PAGE };
    struct fetching f = { .n = 0 };
    char of_store[VD_MAX_URL + 80] = "";
    veridac_page_options o;
    struct vd_bucket b;
    veridac_status st;
    enum vd_url url;

    if (ret_proof == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_page_options, timeout_s), options) ||
        (o.url == NULL) == (o.store == NULL) || o.bucket == NULL || o.bucket->page >= o.bucket->n_pages ||
        o.timeout_s < 0 || o.timeout_s > VD_RUN_S)
        return VERIDAC_MISUSE;
    if (o.url == NULL) {
        st = url_of_store(o.store, of_store, err);
        if (st != VERIDAC_OK)
            return st;
        o.url = of_store;
    }
    url = vd_url_fetchable(o.url);
    if (url != VD_URL_OK)
        return url == VD_URL_NO_MEMORY ? VERIDAC_NO_MEMORY
                                       : vd_fail(err, VERIDAC_MISUSE,
                                                 "%.200s: expected an http or https URL", o.url);
    f.url = o.url;
    limits.run_s = o.timeout_s > 0 ? o.timeout_s : PAGE_S;
    limits.stop = (struct vd_stop){ o.stop, o.user };
    b = (struct vd_bucket){ .page = o.bucket->page, .n_pages = o.bucket->n_pages };
    (void)vd_copy(b.tree, sizeof b.tree, VD_SPAN(o.bucket->tree));
    st = vd_http_new(&limits, &f.http);
    if (st != VERIDAC_OK)
        return st;
    st = fetch(&f, &b, ret_proof, err);
    vd_http_free(f.http);
    vd_buf_free(&f.whole);
    return st;
}
