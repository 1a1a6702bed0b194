/* SPDX-License-Identifier: Apache-2.0
 *
 * pull.c - a repository on a web server -> the local store.
 *
 * Every byte is checked against the signed head before the store is touched; the version floor is
 * the installed head.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "http.h"
#include "store.h"
#include "text.h"

struct pull {
    veridac_pull_options o;
    struct vd_buf installed_bytes;
    veridac_head installed, head;
    bool has_installed;
    struct vd_http_answer head_answer, bundle_answer;
    uint64_t bytes;
    const char *from;
    bool changed;
};

static veridac_status get(struct pull *p, const char *base, const char *path, size_t max,
                          struct vd_http_answer *ret, veridac_error *err)
{
    char url[VD_MAX_URL + 256];
    size_t n = strlen(base);
    const struct vd_http_request request = { .url = url, .max_bytes = max,
                                             .timeout_s = p->o.timeout_s, .named = true, .http_ok = true,
                                             .redirects = VD_MAX_REDIRECTS };
    veridac_status st;

    while (n > 0 && base[n - 1] == '/')
        n--;
    if (n > VD_MAX_URL || !vd_url_fetchable(base))
        return vd_fail(err, VERIDAC_MISUSE, "%.200s: expected an http or https URL", base);
    (void)snprintf(url, sizeof url, "%.*s/%s", (int)n, base, path);
    st = vd_http_get(&request, ret, err);
    if (st != VERIDAC_OK)
        return st == VERIDAC_TOO_LARGE ? VERIDAC_IO : st;
    p->bytes += ret->body.n;
    if (ret->status != 200) {
        vd_buf_free(&ret->body);
        return vd_fail(err, VERIDAC_IO, "%s: HTTP status %ld", url, ret->status);
    }
    return VERIDAC_OK;
}

/* ---- the head ---- */

static veridac_status check_head(const struct pull *p, const char *base, veridac_error *err)
{
    const veridac_head *h = &p->head, *old = &p->installed;
    char text[VD_TIME_TEXT];

    if (h->expires < p->o.at) {
        vd_time_text(h->expires, text);
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: the head expired at %s", base, text);
    }
    if (!p->has_installed)
        return VERIDAC_OK;
    if (h->network != old->network)
        return vd_fail(err, VERIDAC_OTHER_NETWORK, "%s: the head is of another network", base);
    if (h->sequence < old->sequence)
        return vd_fail(err, VERIDAC_BAD_SIGNATURE,
                       "%s: the head goes back from %" PRIu64 " to %" PRIu64, base, old->sequence,
                       h->sequence);
    if (h->sequence == old->sequence &&
        !vd_span_eq(vd_buf_span(&p->installed_bytes), vd_buf_span(&p->head_answer.body)))
        return vd_fail(err, VERIDAC_BAD_SIGNATURE, "%s: another head with sequence %" PRIu64, base,
                       h->sequence);
    return VERIDAC_OK;
}

static veridac_status fetch_head(struct pull *p, const char *base, veridac_error *err)
{
    veridac_error why = { "" };
    veridac_status st = get(p, base, "head", VD_MAX_HEAD, &p->head_answer, err);

    if (st != VERIDAC_OK)
        return st;
    p->head.size = sizeof p->head;
    st = veridac_head_read((veridac_bytes){ p->head_answer.body.p, p->head_answer.body.n },
                           p->o.root, &p->head, &why);
    return st == VERIDAC_OK ? check_head(p, base, err)
                            : vd_fail(err, st, "%s/head: %s", base, why.text);
}

/* ---- the bundle ---- */

/* What the head says about the bytes, and that they are a bundle of this head. */
static veridac_status check_bundle(struct pull *p, const char *base, veridac_error *err)
{
    const struct vd_buf *body = &p->bundle_answer.body;
    const veridac_snapshot_options o = {
        .size = sizeof o,
        .head = { p->head_answer.body.p, p->head_answer.body.n },
        .root = p->o.root,
    };
    veridac_snapshot *s = NULL;
    veridac_error why = { "" };
    veridac_status st;

    if (body->n != p->head.bundle_size)
        return vd_fail(err, VERIDAC_IO, "%s: the bundle has %zu bytes of %" PRIu64, base, body->n,
                       p->head.bundle_size);
    st = veridac_snapshot_open((veridac_bytes){ body->p, body->n }, &o, &s, &why);
    veridac_snapshot_free(s);
    return st == VERIDAC_OK ? st : vd_fail(err, st, "%s: %s", base, why.text);
}

static veridac_status fetch_bundle(struct pull *p, const char *base, const char *name,
                                   veridac_error *err)
{
    char path[80];
    veridac_status st;
    (void)snprintf(path, sizeof path, "s/%s", name);
    st = get(p, base, path, (size_t)p->head.bundle_size, &p->bundle_answer, err);
    return st == VERIDAC_OK ? check_bundle(p, base, err) : st;
}

static veridac_status from_mirror(struct pull *p, const char *base, veridac_error *err)
{
    char name[65];
    veridac_status st = fetch_head(p, base, err);

    if (st != VERIDAC_OK)
        return st;
    vd_store_name(p->head.bundle_sha256, name);
    if (!vd_store_has(p->o.store, name, p->head.bundle_size))
        st = fetch_bundle(p, base, name, err);
    if (st == VERIDAC_OK)
        st = vd_store_install(p->o.store, p->o.root, name, vd_buf_span(&p->bundle_answer.body),
                              vd_buf_span(&p->head_answer.body), err);
    if (st == VERIDAC_OK) {
        p->from = base;
        p->changed = !p->has_installed || p->head.sequence != p->installed.sequence;
    }
    return st;
}

static void forget(struct pull *p)
{
    vd_buf_free(&p->head_answer.body);
    vd_buf_free(&p->bundle_answer.body);
}

static veridac_status report(const struct pull *p, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(65536);
    char created[VD_TIME_TEXT], expires[VD_TIME_TEXT], next[VD_TIME_TEXT], name[65];

    vd_time_text(p->head.created, created);
    vd_time_text(p->head.expires, expires);
    vd_time_text(p->head.next_publish, next);
    vd_store_name(p->head.bundle_sha256, name);
    (void)(vd_buf_fmt(&out, "{\"schema_version\":1,\"changed\":%s,\"from\":",
                      p->changed ? "true" : "false") &&
           vd_text_json(&out, vd_span_str(p->from)) &&
           vd_buf_fmt(&out,
                      ",\"network\":\"%s\",\"sequence\":%" PRIu64
                      ",\"created\":\"%s\",\"expires\":\"%s\",\"next_publish\":\"%s\","
                      "\"bundle\":\"%s\",\"bundle_size\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n",
                      p->head.network == VERIDAC_NETWORK_MAIN ? "main" : "test", p->head.sequence,
                      created, expires, next, name, p->head.bundle_size, p->bytes));
    return vd_give(&out, ret);
}

static bool options_ok(const veridac_pull_options *o)
{
    return o->urls != NULL && o->n_urls > 0 && o->root.data != NULL && o->store != NULL &&
           o->at >= 0 && o->timeout_s >= 0;
}

veridac_status veridac_pull(const veridac_pull_options *options, veridac_buffer *ret_report,
                            veridac_error *err)
{
    struct pull p = { .installed_bytes = VD_BUF(VD_MAX_HEAD + 1) };
    veridac_status st;
    int lock = -1;

    if (ret_report == NULL || !vd_sized_take(&p.o, sizeof p.o, VD_UPTO(veridac_pull_options, timeout_s), options) || !options_ok(&p.o))
        return VERIDAC_MISUSE;
    TRY(vd_folder_make(p.o.store, err));
    TRY(vd_folder_lock(p.o.store, &lock, err));
    TRY(vd_store_head(p.o.store, p.o.root, &p.installed, &p.installed_bytes, &p.has_installed,
                      err));
    st = VERIDAC_IO;
    for (size_t i = 0; i < p.o.n_urls && st != VERIDAC_OK; i++) {
        forget(&p);
        st = from_mirror(&p, p.o.urls[i], err);
    }
    TRY(st);
    st = report(&p, ret_report);
out:
    vd_folder_unlock(lock);
    forget(&p);
    vd_buf_free(&p.installed_bytes);
    return st;
}
