/* SPDX-License-Identifier: Apache-2.0
 *
 * sync.c - ledger and CRLs -> evidence: one run, all of it or nothing.
 *
 * The run record is written last. Until then only objects have been added to the state, and no run
 * speaks of them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "gather.h"
#include "http.h"
#include "inflate.h"
#include "ledger.h"
#include "limits.h"
#include "state.h"
#include "text.h"

struct sync {
    veridac_sync_options o;
    struct vd_run before, now;
    struct vd_ledger ledger;
    struct vd_ledger_lists lists;
    veridac_load_report points;
    uint32_t n_not_modified, n_fetched, n_failed;
    uint64_t crl_bytes;
    struct vd_buf quarantined; /* JSON objects, separated by commas */
    uint32_t n_quarantined;
};

/* ---- what the ledger lists ---- */

static bool named(const struct sync *s, const char *sha256)
{
    for (size_t i = 0; i < s->o.n_accept; i++) {
        struct vd_span text = vd_span_str(s->o.accept[i]);
        bool same = text.n == VD_HASH_TEXT - 1;
        for (size_t k = 0; same && k < text.n; k++)
            same = vd_hex_digit(text.p[k]) >= 0 &&
                   vd_hex_digit(text.p[k]) == vd_hex_digit((uint8_t)sha256[k]);
        if (same)
            return true;
    }
    return false;
}

static bool accepted_before(const struct sync *s, enum vd_run_kind kind, const char *sha256)
{
    const struct vd_run_certificate *c = vd_run_certificate(&s->before, kind, sha256);
    return c != NULL && c->accepted;
}

static void say_quarantined(struct sync *s, enum vd_run_kind kind, const char *sha256)
{
    (void)vd_buf_fmt(&s->quarantined, "%s{\"kind\":\"%s\",\"sha256\":\"%s\"}",
                     s->n_quarantined ? "," : "", kind == VD_RUN_ANCHOR ? "paa" : "cd-signer",
                     sha256);
    s->n_quarantined++;
}

static veridac_status keep_certificate(struct sync *s, const struct vd_ledger_certificate *c,
                                       veridac_error *err)
{
    enum vd_run_kind kind = c->root        ? VD_RUN_ANCHOR
                            : c->cd_signer ? VD_RUN_SIGNER
                                           : VD_RUN_AUTHORITY;
    char sha256[VD_HASH_TEXT];
    bool accepted = true;
    veridac_status st = vd_state_put(s->o.state, (struct vd_span){ c->der, c->n }, sha256, err);

    if (st != VERIDAC_OK)
        return st;
    if (kind != VD_RUN_AUTHORITY) {
        accepted = named(s, sha256) || accepted_before(s, kind, sha256);
        if (!accepted)
            say_quarantined(s, kind, sha256);
    }
    return vd_run_add_certificate(&s->now, kind, sha256, accepted, true) ? VERIDAC_OK
                                                                         : VERIDAC_NO_MEMORY;
}

/* One node alone cannot take an anchor away: what vanished from its lists stays, marked. */
static bool keep_vanished(struct sync *s)
{
    for (size_t i = 0; i < s->before.n_certificates; i++) {
        const struct vd_run_certificate *c = &s->before.certificates[i];
        if (c->kind != VD_RUN_AUTHORITY && c->accepted &&
            !vd_run_add_certificate(&s->now, c->kind, c->sha256, true, false))
            return false;
    }
    return true;
}

static veridac_status keep_lists(struct sync *s, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < s->lists.n_certificates; i++)
        st = keep_certificate(s, &s->lists.certificates[i], err);
    if (st == VERIDAC_OK && !keep_vanished(s))
        st = VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK)
        st = vd_state_put(s->o.state, vd_buf_span(&s->lists.points), s->now.points, err);
    return st;
}

/* ---- CRLs ---- */

/* What the last run knew of this URL, as the start of the new record. */
static struct vd_run_crl *start_crl(struct sync *s, const char *url)
{
    const struct vd_run_crl *old = vd_run_crl(&s->before, url);
    struct vd_run_crl *c = vd_run_add_crl(&s->now, url);
    if (c == NULL || old == NULL || old->sha256[0] == '\0')
        return c;
    c->last_ok = old->last_ok;
    for (size_t i = 0; i < old->n_kept; i++)
        c->kept[c->n_kept++] = old->kept[i];
    if (!vd_copy(c->sha256, sizeof c->sha256, vd_span_of(old->sha256, sizeof old->sha256)) ||
        !vd_run_set(&c->etag, old->etag) || !vd_run_set(&c->last_modified, old->last_modified))
        return NULL;
    return c;
}

static veridac_status failed(struct sync *s, struct vd_run_crl *c, const char *why)
{
    s->n_failed++;
    return vd_run_set(&c->error, why) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

static veridac_status keep_crl(struct sync *s, struct vd_run_crl *c,
                               const struct vd_http_answer *a, veridac_error *err)
{
    char why[64], sha256[VD_HASH_TEXT];
    veridac_status st = VERIDAC_OK;

    c->status = a->status;
    if (a->status == 304 && c->sha256[0] != '\0') {
        s->n_not_modified++;
        c->last_ok = s->o.at;
        return VERIDAC_OK;
    }
    if (a->status != 200) {
        (void)snprintf(why, sizeof why, "HTTP status %ld", a->status);
        return failed(s, c, why);
    }
    if (a->body.n == 0)
        return failed(s, c, "an empty answer");
    s->crl_bytes += a->body.n;
    if (vd_is_gzip(vd_buf_span(&a->body))) {
        struct vd_buf plain = VD_BUF(VD_MAX_CRL);
        const char *wrong = vd_inflate(vd_buf_span(&a->body), VD_MAX_CRL, &plain);
        if (wrong == NULL)
            st = vd_state_put(s->o.state, vd_buf_span(&plain), sha256, err);
        vd_buf_free(&plain);
        if (wrong != NULL)
            return failed(s, c, wrong);
    } else {
        st = vd_state_put(s->o.state, vd_buf_span(&a->body), sha256, err);
    }
    if (st != VERIDAC_OK)
        return st;
    if (c->sha256[0] != '\0' && strcmp(c->sha256, sha256) != 0)
        vd_run_keep(c); /* what it is worth is for the set to say */
    (void)vd_copy(c->sha256, sizeof c->sha256, vd_span_of(sha256, sizeof sha256));
    s->n_fetched++;
    c->last_ok = s->o.at;
    return vd_run_set(&c->etag, a->etag) && vd_run_set(&c->last_modified, a->last_modified)
               ? VERIDAC_OK
               : VERIDAC_NO_MEMORY;
}

static veridac_status fetch_crl(struct sync *s, const char *url, veridac_error *err)
{
    struct vd_run_crl *c = start_crl(s, url);
    struct vd_http_request request = { .url = url, .max_bytes = VD_MAX_CRL,
                                       .timeout_s = s->o.timeout_s, .http_ok = true, .named = true,
                                       .redirects = VD_MAX_REDIRECTS };
    struct vd_http_answer answer;
    veridac_error why = { "" };
    veridac_status st;

    if (c == NULL)
        return VERIDAC_NO_MEMORY;
    if (!vd_url_fetchable(url))
        return failed(s, c, "not a URL that can be fetched");
    if (s->crl_bytes + s->ledger.bytes > VD_MAX_RUN)
        return failed(s, c, "the run has fetched too much already");
    if (c->sha256[0] != '\0') {
        request.etag = c->etag;
        request.last_modified = c->last_modified;
    }
    st = vd_http_get(&request, &answer, &why);
    if (st == VERIDAC_NO_MEMORY || st == VERIDAC_INTERNAL)
        return st;
    if (st != VERIDAC_OK)
        return failed(s, c, why.text);
    st = keep_crl(s, c, &answer, err);
    vd_buf_free(&answer.body);
    return st;
}

/* What is wrong with the newest CRL of a point, as a rule's name, or NULL. Findings stand in the order of
 * feeding, so that the newest one's are the last. */
static const char *issue_of(const veridac_revset *set, uint32_t point, const veridac_point_view *p,
                            uint32_t newest)
{
    veridac_finding f = { .size = sizeof f };
    const char *last = NULL;

    if (p->used && p->counting == UINT32_C(1) << newest)
        return NULL;
    for (uint32_t i = 0; veridac_revset_point_finding(set, point, i, &f) == VERIDAC_OK; i++) {
        if (strncmp(f.id, "crl-", 4) == 0 && strcmp(f.severity, "error") == 0)
            last = f.id;
    }
    return last;
}

static veridac_status note_issues(struct sync *s, const veridac_revset *set)
{
    veridac_point_view p = { .size = sizeof p };

    for (uint32_t i = 0; veridac_revset_point(set, i, &p) == VERIDAC_OK; i++) {
        struct vd_run_crl *c = vd_run_crl_mutable(&s->now, p.url);
        const char *issue = c == NULL || c->error[0] != '\0'
                                ? NULL
                                : issue_of(set, i, &p, (uint32_t)c->n_kept);
        if (issue != NULL && !vd_run_set(&c->error, issue))
            return VERIDAC_NO_MEMORY;
    }
    return VERIDAC_OK;
}

/* Only URLs of points that are bound to a CA are asked: a stranger's URL never is. Afterwards the set
 * says which of the earlier CRLs still count. */
static veridac_status fetch_crls(struct sync *s, veridac_error *err)
{
    const struct vd_gather_options o = { s->o.accept_shrink, s->o.n_accept_shrink };
    veridac_trust *trust = NULL;
    veridac_revset *set = NULL;
    const char *url;
    veridac_status st = vd_gather_trust(s->o.state, &s->now, &trust, err);

    if (st == VERIDAC_BAD_DATA) /* nothing accepted yet: the lists are evidence all the same */
        return VERIDAC_OK;
    if (st == VERIDAC_OK)
        st = vd_gather_points(s->o.state, &s->now, trust, &set, &o, &s->points, err);
    for (uint32_t i = 0; st == VERIDAC_OK && (url = veridac_revset_url(set, i)) != NULL; i++)
        st = fetch_crl(s, url, err);
    if (st == VERIDAC_OK)
        st = vd_gather_crls(s->o.state, &s->now, set, err);
    if (st == VERIDAC_OK) {
        st = note_issues(s, set);
        vd_gather_prune(&s->now, set);
    }
    veridac_revset_free(set);
    veridac_trust_free(trust);
    return st;
}

/* ---- report ---- */

static void count(const struct vd_run *run, enum vd_run_kind kind, uint32_t *listed,
                  uint32_t *accepted, uint32_t *vanished)
{
    *listed = *accepted = *vanished = 0;
    for (size_t i = 0; i < run->n_certificates; i++) {
        const struct vd_run_certificate *c = &run->certificates[i];
        if (c->kind != kind)
            continue;
        *listed += c->listed;
        *accepted += c->accepted;
        *vanished += !c->listed;
    }
}

static bool put_counts(struct vd_buf *out, const struct vd_run *run, enum vd_run_kind kind,
                       const char *name)
{
    uint32_t listed, accepted, vanished;
    count(run, kind, &listed, &accepted, &vanished);
    return vd_buf_fmt(out, ",\"%s\":{\"listed\":%u,\"accepted\":%u,\"vanished\":%u}", name,
                      (unsigned)listed, (unsigned)accepted, (unsigned)vanished);
}

static bool put_crls(struct vd_buf *out, const struct vd_run *run)
{
    bool ok = vd_buf_str(out, ",\"crls\":[");
    char text[VD_TIME_TEXT];
    for (size_t i = 0; ok && i < run->n_crls; i++) {
        const struct vd_run_crl *c = &run->crls[i];
        vd_time_text(c->last_ok, text);
        ok = vd_buf_fmt(out, "%s{\"url\":", i ? "," : "") &&
             vd_text_json(out, vd_span_str(c->url)) &&
             vd_buf_fmt(out, ",\"status\":%" PRId64 ",\"last_ok\":%s%s%s,\"error\":", c->status,
                        c->last_ok ? "\"" : "", c->last_ok ? text : "null", c->last_ok ? "\"" : "");
        ok = ok && (c->error[0] ? vd_text_json(out, vd_span_str(c->error))
                                : vd_buf_str(out, "null")) &&
             vd_buf_u8(out, '}');
    }
    return ok && vd_buf_u8(out, ']');
}

static veridac_status report(const struct sync *s, veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(1u << 28);
    char time[VD_TIME_TEXT];
    bool ok;

    vd_time_text(s->now.time, time);
    ok = vd_buf_fmt(&out, "{\"schema_version\":1,\"run\":%" PRIu64 ",\"time\":\"%s\",\"network\":\"%s\","
                          "\"node\":",
                    s->now.number, time,
                    s->now.network == VERIDAC_NETWORK_MAIN ? "main" : "test") &&
         vd_text_json(&out, vd_span_str(s->now.node)) &&
         put_counts(&out, &s->now, VD_RUN_ANCHOR, "paas") &&
         put_counts(&out, &s->now, VD_RUN_SIGNER, "cd_signers") &&
         put_counts(&out, &s->now, VD_RUN_AUTHORITY, "authorities") &&
         vd_buf_fmt(&out,
                    ",\"points\":%u,\"points_broken\":%u,\"certificates_broken\":%u,"
                    "\"crls_fetched\":%u,\"crls_not_modified\":%u,\"crls_failed\":%u,"
                    "\"bytes\":%" PRIu64 ",\"quarantined\":[",
                    (unsigned)s->lists.n_points, (unsigned)s->points.broken,
                    (unsigned)s->lists.n_broken, (unsigned)s->n_fetched,
                    (unsigned)s->n_not_modified, (unsigned)s->n_failed,
                    s->ledger.bytes + s->crl_bytes) &&
         vd_buf_put(&out, vd_buf_span(&s->quarantined)) && vd_buf_u8(&out, ']') &&
         put_crls(&out, &s->now) && vd_buf_str(&out, "}\n");
    if (!ok) {
        vd_buf_free(&out);
        return VERIDAC_NO_MEMORY;
    }
    return vd_give(&out, ret);
}

/* ---- the run ---- */

static veridac_status run(struct sync *s, veridac_error *err)
{
    veridac_status st = vd_state_run(s->o.state, INT64_MAX, &s->before, err);

    if (st == VERIDAC_OK && s->before.number != 0 && s->before.network != s->o.network)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: holds evidence of another network", s->o.state);
    if (st == VERIDAC_OK && s->before.number != 0 && s->before.time > s->o.at)
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: holds evidence that is younger than this run",
                     s->o.state);
    if (st == VERIDAC_OK)
        st = keep_lists(s, err);
    if (st == VERIDAC_OK)
        st = fetch_crls(s, err);
    if (st == VERIDAC_OK)
        st = vd_state_add_run(s->o.state, &s->now, err);
    if (st == VERIDAC_OK)
        st = vd_state_show_trust(s->o.state, &s->now, err);
    return st;
}

static bool options_ok(const veridac_sync_options *o)
{
    if (o->url == NULL || o->state == NULL || o->at < 0 || o->timeout_s < 0 ||
        (o->n_accept > 0 && o->accept == NULL) ||
        (o->n_accept_shrink > 0 && o->accept_shrink == NULL))
        return false;
    return o->network == VERIDAC_NETWORK_MAIN || o->network == VERIDAC_NETWORK_TEST;
}

/* Without the slashes at the end. */
static bool base_url(const char *url, char **ret)
{
    size_t n;
    if (!vd_run_set(ret, url))
        return false;
    for (n = strlen(*ret); n > 0 && (*ret)[n - 1] == '/'; n--)
        (*ret)[n - 1] = '\0';
    return true;
}

veridac_status veridac_sync(const veridac_sync_options *options, veridac_buffer *ret_report,
                            veridac_error *err)
{
    struct sync s = { .quarantined = VD_BUF(1u << 22),
                      .points = { .size = sizeof(veridac_load_report) } };
    veridac_status st;
    int lock = -1;

    if (ret_report == NULL || !vd_sized_take(&s.o, sizeof s.o, VD_UPTO(veridac_sync_options, n_accept_shrink), options) || !options_ok(&s.o))
        return VERIDAC_MISUSE;
    if (!vd_url_private_or_https(s.o.url))
        return vd_fail(err, VERIDAC_MISUSE,
                       "%s: a ledger node is an https URL, or http on a loopback address", s.o.url);
    s.now.time = s.o.at;
    s.now.network = s.o.network;
    TRY(base_url(s.o.url, &s.now.node) ? VERIDAC_OK : VERIDAC_NO_MEMORY);
    s.ledger = (struct vd_ledger){ s.now.node, s.o.timeout_s, 0 };
    TRY(vd_ledger_fetch(&s.ledger, &s.lists, err)); /* before anything is touched */
    TRY(vd_state_make(s.o.state, err));
    TRY(vd_folder_lock(s.o.state, &lock, err));
    TRY(run(&s, err));
    st = report(&s, ret_report);
out:
    vd_folder_unlock(lock);
    vd_ledger_lists_free(&s.lists);
    vd_run_clear(&s.before);
    vd_run_clear(&s.now);
    vd_buf_free(&s.quarantined);
    return st;
}
