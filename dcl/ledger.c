/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.c - the lists of one ledger node.
 */
#include "ledger.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

/* CSA "Matter Certification and Testing CA": subject, percent-encoded, and key id. */
#define CD_ROOT                                                                                      \
    "MFIxDDAKBgNVBAoMA0NTQTEsMCoGA1UEAwwjTWF0dGVyIENlcnRpZmljYXRpb24gYW5kIFRlc3RpbmcgQ0ExFDASBgorBg" \
    "EEAYKifAIBDARDNUEw/97:E4:69:D0:C5:04:14:C2:6F:C7:01:F7:7E:94:77:39:09:8D:F6:A5"

#define TWICE "%s: a record came twice"
#define BLOCK "/cosmos/base/tendermint/v1beta1/blocks/latest"

/* must: without it nothing is known. A list of one answer has no pages; `none` when the ledger may say that
 * there is no such record. */
static const struct {
    const char *name, *path;
    enum vd_answer which;
    vd_take_item *take;
    bool must, paged, none;
} lists[VD_LEDGER_LISTS] = {
    { "root-certificates", "/dcl/pki/root-certificates", VD_ANSWER_ROOTS, vd_lists_root, true, false,
      false },
    { "revoked-root-certificates", "/dcl/pki/revoked-root-certificates", VD_ANSWER_REVOKED_ROOTS,
      vd_lists_revoked_root, false, false, false },
    { "cd-signers", "/dcl/pki/child-certificates/" CD_ROOT, VD_ANSWER_CHILDREN, vd_lists_signer, true,
      false, true },
    { "certificates", "/dcl/pki/certificates", VD_ANSWER_CERTIFICATES, vd_lists_group, true, true,
      false },
    { "revoked-certificates", "/dcl/pki/revoked-certificates", VD_ANSWER_REVOKED,
      vd_lists_revoked_group, false, true, false },
    { "revocation-points", "/dcl/pki/revocation-points", VD_ANSWER_POINTS, vd_lists_point, true, true,
      false },
    [VD_LIST_COMPLIANCE] =
    { "compliance-info", "/dcl/compliance/compliance-info", VD_ANSWER_COMPLIANCE,
      vd_lists_compliance, false, true, false },
    { "models", "/dcl/model/models", VD_ANSWER_MODELS, vd_lists_model, false, true, false },
    [VD_LIST_STATES] =
    { "certified-models", "/dcl/compliance/certified-models", VD_ANSWER_CERTIFIED,
      vd_lists_certified, false, true, false },
    { "provisional-models", "/dcl/compliance/provisional-models", VD_ANSWER_PROVISIONAL,
      vd_lists_provisional, false, true, false },
    { "revoked-models", "/dcl/compliance/revoked-models", VD_ANSWER_REVOKED_MODELS,
      vd_lists_revoked_model, false, true, false },
    { "device-software-compliance", "/dcl/compliance/device-software-compliance",
      VD_ANSWER_SOFTWARE, vd_lists_software, false, true, false },
};

const char *vd_ledger_list_name(size_t i)
{
    return lists[i].name;
}

/* The first thing that goes wrong is what is said. */
static veridac_status fail(struct vd_ledger *l, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
static veridac_status fail(struct vd_ledger *l, const char *fmt, ...)
{
    va_list ap;
    if (!l->failed) {
        va_start(ap, fmt);
        (void)vsnprintf(l->why, sizeof l->why, fmt, ap);
        va_end(ap);
    }
    l->failed = true;
    return VERIDAC_OK; /* other nodes go on */
}

/* ---- one answer ---- */

struct answer {
    struct vd_json *doc;
    bool not_found; /* the ledger itself says: no such record */
    bool not_there; /* no such endpoint */
    bool no_memory; /* nothing is known against it */
};

static bool keep_fetch(struct vd_ledger *l, const char *path, const struct vd_http_answer *a)
{
    struct vd_fetch f = { .status = a->status, .height = a->height, .n = a->body.n,
                          .duration_ms = a->duration_ms };
    if (!vd_run_set(&f.path, path))
        return false;
    if (!vd_spool_put(l->spool, vd_buf_span(&a->body), &f.at) ||
        !vd_grow((void **)&l->fetches, l->n_fetches, &l->cap_fetches, sizeof f,
                 VD_MAX_PAGES * VD_LEDGER_LISTS)) {
        free(f.path);
        return false;
    }
    l->fetches[l->n_fetches++] = f;
    return true;
}

/* A 404 is "no record" only when the ledger says so in its own words, and so is "no endpoint"; a
 * proxy's page is trouble. */
static bool judge(struct vd_ledger *l, const char *path, const struct vd_http_answer *a,
                  struct answer *ret)
{
    uint64_t code = 0;
    const char *wrong;

    l->proxied = l->proxied || a->proxied;
    if (a->outcome != VD_HTTP_OK) {
        (void)fail(l, "%.200s: %s: %s", path, vd_http_slug(a->outcome), a->why);
        return false;
    }
    wrong = vd_json_read(vd_buf_span(&a->body), &ret->doc, NULL);
    ret->no_memory = wrong == vd_json_no_memory;
    if (ret->no_memory)
        return false;
    if (wrong != NULL) {
        (void)fail(l, "%.200s: HTTP status %ld, not JSON: %s", path, a->status, wrong);
        return false;
    }
    if (vd_record_error(vd_json_root(ret->doc), &code)) {
        ret->not_found = a->status == 404 && code == 5;
        ret->not_there = a->status == 501 && code == 12;
        if (ret->not_found || ret->not_there)
            return true;
    } else if (a->status == 200) {
        return true;
    }
    (void)fail(l, "%.200s: HTTP status %ld", path, a->status);
    return false;
}

/* All answers of a node are of one height, or it is not known of which. */
static bool height_fits(struct vd_ledger *l, const char *path, const struct vd_http_answer *a)
{
    if (l->block.height == 0 || a->height == 0)
        return true;
    l->pinned = true;
    if (a->height == l->block.height)
        return true;
    (void)fail(l, "%.200s: of height %llu, asked for %llu", path, (unsigned long long)a->height,
               (unsigned long long)l->block.height);
    return false;
}

/* ---- pages ---- */

static bool key_seen(const struct vd_buf *keys, struct vd_span key)
{
    struct vd_span in = vd_buf_span(keys), one;
    uint64_t n;
    while (vd_take_le(&in, 4, &n) && vd_take(&in, (size_t)n, &one)) {
        if (vd_span_eq(one, key))
            return true;
    }
    return false;
}

static bool percent_encode(struct vd_span in, struct vd_buf *out)
{
    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!(plain ? vd_buf_u8(out, c) : vd_buf_fmt(out, "%%%02X", c)))
            return false;
    }
    return true;
}

static veridac_status page_done(void *user, struct vd_http_answer *a);

static veridac_status ask(struct vd_ledger *l, const char *path, uint64_t height,
                          veridac_status (*done)(void *, struct vd_http_answer *), void *user)
{
    char url[VD_MAX_URL + 8192];
    int n = snprintf(url, sizeof url, "%s%s", l->url, path);
    const struct vd_http_request r = { .url = url, .max_bytes = VD_MAX_JSON,
                                       .timeout_s = l->timeout_s, .height = height,
                                       .named = true, .done = done, .user = user };
    if (n < 0 || (size_t)n >= sizeof url)
        return fail(l, "the URL is too long");
    return vd_http_add(l->http, &r);
}

static veridac_status ask_page(struct vd_pages *p)
{
    struct vd_buf path = VD_BUF(8192);
    bool ok = vd_buf_str(&path, lists[p->which].path) &&
              (p->key.n == 0 || (vd_buf_str(&path, "?pagination.key=") &&
                                 percent_encode(vd_buf_span(&p->key), &path))) &&
              vd_buf_u8(&path, 0) && vd_run_set(&p->path, (const char *)path.p);
    vd_buf_free(&path);
    p->asked = p->ledger->block.height;
    return ok ? ask(p->ledger, p->path, p->asked, page_done, p) : VERIDAC_NO_MEMORY;
}

/* Whether there is another page; the list has failed when false and not done. */
static bool next_key(struct vd_pages *p, struct vd_json_value root, veridac_status *ret_st)
{
    uint64_t total;
    const char *wrong;

    vd_buf_clear(&p->key);
    wrong = vd_record_pagination(root, &p->key, &total);
    if (wrong == vd_record_no_memory) {
        *ret_st = VERIDAC_NO_MEMORY;
        return false;
    }
    if (wrong != NULL) {
        (void)fail(p->ledger, "%s: %s", lists[p->which].name, wrong);
        return false;
    }
    if (total != 0 && p->total != 0 && total != p->total) {
        (void)fail(p->ledger, "%s: two totals, %llu and %llu", lists[p->which].name,
                   (unsigned long long)p->total, (unsigned long long)total);
        return false;
    }
    if (total != 0)
        p->total = total; /* said with the first page only */
    if (p->key.n == 0) {
        p->done = true;
        if (p->total != 0 && p->n != p->total)
            (void)fail(p->ledger, "%s: %llu records came of %llu announced", lists[p->which].name,
                       (unsigned long long)p->n, (unsigned long long)p->total);
        else if (vd_repeats_any(&p->records))
            (void)fail(p->ledger, TWICE, lists[p->which].name);
        return false;
    }
    if (key_seen(&p->keys, vd_buf_span(&p->key))) {
        (void)fail(p->ledger, "%s: the pages go round in a circle", lists[p->which].name);
        return false;
    }
    if (++p->n_pages == VD_MAX_PAGES || !vd_buf_le(&p->keys, 4, p->key.n) ||
        !vd_buf_put(&p->keys, vd_buf_span(&p->key))) {
        *ret_st = p->keys.failed == VD_BUF_NO_MEMORY
                      ? VERIDAC_NO_MEMORY
                      : fail(p->ledger, "%s: too many pages", lists[p->which].name);
        return false;
    }
    return true;
}

static veridac_status take_items(struct vd_pages *p, struct vd_json_value list)
{
    veridac_status st = VERIDAC_OK;
    for (struct vd_json_value v = vd_json_first(list); st == VERIDAC_OK && vd_json_present(v);
         v = vd_json_next(v)) {
        st = lists[p->which].take(&p->ledger->lists, v);
        if (st == VERIDAC_OK && lists[p->which].paged)
            st = vd_repeats_add(&p->records, v);
        p->n++;
    }
    if (st == VERIDAC_TOO_LARGE)
        st = fail(p->ledger, "%s: more than the ceiling allows", lists[p->which].name);
    return st;
}

static veridac_status take_answer(struct vd_pages *p, const struct answer *a)
{
    struct vd_json_value root = vd_json_root(a->doc), list;
    const char *wrong;
    const uint64_t before = p->n;
    veridac_status st;

    if (a->not_there || a->not_found) {
        p->missing = a->not_there;
        p->done = true;
        return (a->not_found && lists[p->which].none) || !lists[p->which].must
                   ? VERIDAC_OK
                   : fail(p->ledger, "%s: not found", lists[p->which].name);
    }
    wrong = vd_answer_read(root, lists[p->which].which, &list);
    if (wrong != NULL)
        return fail(p->ledger, "%s: no list %s", lists[p->which].name, wrong);
    st = take_items(p, list);
    if (st != VERIDAC_OK || p->ledger->failed)
        return st;
    p->done = !lists[p->which].paged;
    if (p->done || !next_key(p, root, &st))
        return st;
    return p->n > before ? ask_page(p) /* else it could go on for ever */
                         : fail(p->ledger, "%s: an empty page that is not the last",
                                lists[p->which].name);
}

/* A height that the node does not have is an error of the code "unknown", before any answer came. */
static bool height_refused(const struct vd_pages *p, const struct vd_http_answer *http)
{
    return http->outcome == VD_HTTP_OK && http->status == 500 && p->asked != 0 &&
           !p->ledger->pinned;
}

static veridac_status page_done(void *user, struct vd_http_answer *http)
{
    struct vd_pages *p = user;
    struct answer a = { .doc = NULL };
    veridac_status st = VERIDAC_OK;

    if (p->ledger->failed)
        return VERIDAC_OK;
    if (height_refused(p, http)) {
        p->ledger->block.height = 0;
        return ask_page(p);
    }
    if (http->outcome == VD_HTTP_OK && !keep_fetch(p->ledger, p->path, http))
        return fail(p->ledger, "%s: no room for its answers", lists[p->which].name);
    if (judge(p->ledger, p->path, http, &a) && height_fits(p->ledger, p->path, http))
        st = take_answer(p, &a);
    else if (a.no_memory)
        st = VERIDAC_NO_MEMORY;
    vd_json_free(a.doc);
    return st;
}

/* ---- all ---- */

static veridac_status start_lists(struct vd_ledger *l)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < VD_LEDGER_LISTS; i++) {
        l->pages[i] = (struct vd_pages){ .ledger = l, .which = i, .keys = VD_BUF(1u << 24),
                                         .key = VD_BUF(4096) };
        st = ask_page(&l->pages[i]);
    }
    return st;
}

/* A node that does not say where it stands (a mirror, an older one) is asked all the same. */
static veridac_status block_done(void *user, struct vd_http_answer *http)
{
    struct vd_ledger *l = user;
    struct vd_buf chain = VD_BUF_ON(l->chain);
    struct answer a = { .doc = NULL };
    const char *wrong = NULL;

    if (http->outcome == VD_HTTP_OK && !keep_fetch(l, BLOCK, http))
        return fail(l, "no room for its answers");
    if (judge(l, BLOCK, http, &a) && !a.not_there && !a.not_found) {
        wrong = vd_answer_block(vd_json_root(a.doc), &chain, &l->block);
        l->chain[chain.n < sizeof l->chain ? chain.n : 0] = '\0';
    }
    vd_json_free(a.doc);
    if (wrong != NULL)
        return fail(l, "%s: %s", BLOCK, wrong);
    if (a.no_memory)
        return VERIDAC_NO_MEMORY;
    return l->failed ? VERIDAC_OK : start_lists(l);
}

veridac_status vd_ledger_start(struct vd_ledger *l)
{
    return ask(l, BLOCK, 0, block_done, l);
}

static veridac_status question_done(void *user, struct vd_http_answer *http)
{
    struct vd_question *q = user;
    struct vd_ledger *l = q->ledger;
    struct vd_json_value found;
    struct vd_json *doc = NULL;
    const uint32_t broken = l->lists.n_broken, points = l->lists.n_points_broken;
    const size_t said = l->lists.broken.n;
    veridac_status st = VERIDAC_OK;

    if (http->outcome != VD_HTTP_OK)
        return VERIDAC_OK;
    if (!keep_fetch(l, q->path, http))
        return VERIDAC_OK; /* only an aid: without evidence it is not taken */
    if (http->status == 200 && vd_json_read(vd_buf_span(&http->body), &doc, NULL) == NULL &&
        vd_answer_read(vd_json_root(doc), q->which, &found) == NULL) {
        q->answered = true;
        if (!vd_json_is_array(found))
            st = q->take(&l->lists, found);
        for (struct vd_json_value v = vd_json_first(found); st == VERIDAC_OK && vd_json_present(v);
             v = vd_json_next(v))
            st = q->take(&l->lists, v);
    }
    vd_json_free(doc);
    l->lists.n_broken = broken; /* what is broken here was so in the list */
    l->lists.n_points_broken = points;
    l->lists.broken.n = said;
    return st == VERIDAC_TOO_LARGE ? VERIDAC_OK : st; /* over a ceiling: what fits was taken */
}

veridac_status vd_ledger_ask(struct vd_ledger *l, struct vd_question *q)
{
    q->ledger = l;
    return ask(l, q->path, l->pinned ? l->block.height : 0, question_done, q);
}

veridac_status vd_ledger_end(struct vd_ledger *l)
{
    size_t without;
    veridac_status st;

    for (size_t i = 0; i < VD_LEDGER_LISTS && !l->failed; i++) {
        if (!l->pages[i].done)
            (void)fail(l, "%s: not complete", lists[i].name);
    }
    st = vd_lists_settle(&l->lists, &without);
    if (!l->failed && l->lists.n_points_twice > 0) /* in other words, but the same */
        (void)fail(l, TWICE, "revocation-points");
    if (!l->failed && l->lists.roots.n == 0)
        (void)fail(l, "the ledger lists no root certificate");
    if (!l->failed && without > 0)
        (void)fail(l, "%zu of %zu root certificates are not among the certificates; try again",
                   without, l->lists.roots.n);
    return st;
}

void vd_ledger_free(struct vd_ledger *l)
{
    for (size_t i = 0; i < VD_LEDGER_LISTS; i++) {
        vd_buf_free(&l->pages[i].keys);
        vd_buf_free(&l->pages[i].key);
        vd_repeats_free(&l->pages[i].records);
        free(l->pages[i].path);
    }
    for (size_t i = 0; i < l->n_fetches; i++)
        free(l->fetches[i].path);
    free(l->fetches);
    vd_lists_free(&l->lists);
}
