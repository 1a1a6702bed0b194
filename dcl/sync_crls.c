/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_crls.c - CRLs -> evidence, many at once, each straight to disk.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inflate.h"
#include "limits.h"
#include "sig.h"
#include "sync_int.h"

struct vd_crl_job {
    struct vd_sync *s;
    size_t crl;              /* its record in s->now.crls */
    struct vd_object *object;
    struct vd_inflate *inflate;
};

static struct vd_run_crl *record(const struct vd_crl_job *j)
{
    return &j->s->now.crls[j->crl];
}

/* What the last run knew of this URL, as the start of the new record. */
static struct vd_run_crl *start_crl(struct vd_sync *s, const char *url)
{
    const struct vd_run_crl *old = vd_run_crl(&s->before, url);
    struct vd_run_crl *c = vd_run_add_crl(&s->now, url);
    if (c != NULL) { /* every point that counts is on the list of some node that answered */
        while (c->node + 1 < s->o.n_nodes && s->nodes[c->node].failed)
            c->node++;
    }
    if (c == NULL || old == NULL || old->sha256[0] == '\0')
        return c;
    c->last_ok = old->last_ok;
    c->fetched = old->fetched;
    c->size = old->size;
    for (size_t i = 0; i < old->n_kept; i++)
        c->kept[c->n_kept++] = old->kept[i];
    if (!vd_copy(c->sha256, sizeof c->sha256, vd_span_of(old->sha256, sizeof old->sha256)) ||
        !vd_run_set(&c->etag, old->etag) || !vd_run_set(&c->last_modified, old->last_modified))
        return NULL;
    return c;
}

/* ---- bytes ---- */

static bool to_disk(void *user, struct vd_span part)
{
    struct vd_crl_job *j = user;
    if (j->s->disk + part.n > (uint64_t)j->s->o.disk_quota) {
        j->s->disk_full = true;
        return false;
    }
    j->s->disk += part.n;
    j->s->io_failed = j->s->io_failed || !vd_object_put(j->object, part);
    return !j->s->io_failed;
}

static void forget(struct vd_crl_job *j)
{
    if (j->object != NULL)
        j->s->disk -= vd_object_size(j->object);
    vd_object_drop(j->object);
    vd_inflate_free(j->inflate);
    j->object = NULL;
    j->inflate = NULL;
}

static bool take(void *user, struct vd_span part)
{
    struct vd_crl_job *j = user;
    if (part.p == NULL) { /* from the start */
        forget(j);
        errno = 0;
        j->object = vd_object_make(j->s->o.state, j->crl);
        if (j->object == NULL && errno != 0 && errno != ENOMEM)
            j->s->io_failed = true;
        j->inflate = vd_inflate_make((size_t)j->s->o.max_crl_bytes, to_disk, j);
        j->s->no_memory = j->s->no_memory || j->object == NULL || j->inflate == NULL;
        return !j->s->no_memory;
    }
    return vd_inflate_put(j->inflate, part);
}

/* ---- the end ---- */

static veridac_status failed(struct vd_crl_job *j, const char *slug, const char *why)
{
    j->s->n_failed++;
    forget(j);
    return vd_run_set(&record(j)->error, why) && vd_run_set(&record(j)->reason, slug)
               ? VERIDAC_OK
               : VERIDAC_NO_MEMORY;
}

static veridac_status keep(struct vd_crl_job *j, const struct vd_http_answer *a)
{
    struct vd_run_crl *c = record(j);
    const uint64_t size = vd_object_size(j->object);
    char sha256[VD_HASH_TEXT];
    veridac_status st = vd_object_end(j->object, sha256, NULL);
    bool same;

    j->object = NULL;
    if (st != VERIDAC_OK) {
        j->s->io_failed = true;
        return st;
    }
    same = strcmp(c->sha256, sha256) == 0;
    if (c->sha256[0] != '\0' && !same)
        vd_run_keep(c); /* what it is worth is for the set to say */
    if (!same)
        c->fetched = j->s->o.at;
    (void)vd_copy(c->sha256, sizeof c->sha256, vd_span_of(sha256, sizeof sha256));
    c->size = size;
    c->last_ok = j->s->o.at;
    j->s->n_fetched++;
    forget(j);
    return vd_run_set(&c->etag, a->etag) && vd_run_set(&c->last_modified, a->last_modified)
               ? VERIDAC_OK
               : VERIDAC_NO_MEMORY;
}

static veridac_status done(void *user, struct vd_http_answer *a)
{
    struct vd_crl_job *j = user;
    struct vd_run_crl *c = record(j);
    const char *wrong = j->inflate == NULL ? NULL : vd_inflate_end(j->inflate);
    char why[32];

    c->status = a->status;
    c->duration_ms = a->duration_ms;
    j->s->crl_bytes += a->bytes;
    if (j->s->io_failed)
        return VERIDAC_IO;
    if (j->s->no_memory || wrong == vd_no_memory)
        return VERIDAC_NO_MEMORY;
    if (j->s->disk_full && a->outcome == VD_HTTP_NOT_TAKEN)
        return failed(j, "disk-quota", "the state is as large as it may be");
    if (a->outcome == VD_HTTP_NOT_TAKEN)
        return failed(j, "encoding", wrong == NULL ? "out of memory" : wrong);
    if (a->outcome != VD_HTTP_OK)
        return failed(j, vd_http_slug(a->outcome), a->why);
    if (a->status == 304 && c->sha256[0] != '\0') {
        j->s->n_not_modified++;
        c->last_ok = j->s->o.at;
        forget(j);
        return VERIDAC_OK;
    }
    if (a->status != 200) {
        (void)snprintf(why, sizeof why, "HTTP status %ld", a->status);
        return failed(j, "http-status", why);
    }
    if (wrong != NULL)
        return failed(j, j->s->disk_full ? "disk-quota" : "encoding", wrong);
    return vd_object_size(j->object) == 0 ? failed(j, "empty", "an empty answer") : keep(j, a);
}

/* ---- all ---- */

static veridac_status ask(struct vd_sync *s, struct vd_crl_job *j, const char *url)
{
    const struct vd_run_crl *c = start_crl(s, url);
    struct vd_http_request r = { .url = url, .max_bytes = (size_t)s->o.max_crl_bytes,
                                 .timeout_s = s->o.timeout_s, .http_ok = true,
                                 .redirects = VD_MAX_REDIRECTS, .take = take, .done = done,
                                 .user = j };
    if (c == NULL)
        return VERIDAC_NO_MEMORY;
    *j = (struct vd_crl_job){ .s = s, .crl = s->now.n_crls - 1 };
    if (c->sha256[0] != '\0') {
        r.etag = c->etag;
        r.last_modified = c->last_modified;
    }
    return vd_http_add(s->http, &r);
}

static veridac_status fetch_all(struct vd_sync *s, const veridac_revset *set, veridac_error *err)
{
    const char *url;
    uint32_t n = 0;
    veridac_status st = VERIDAC_OK;

    while (veridac_revset_url(set, n) != NULL)
        n++;
    s->jobs = calloc(n + 1, sizeof *s->jobs);
    if (s->jobs == NULL)
        return VERIDAC_NO_MEMORY;
    for (uint32_t i = 0; st == VERIDAC_OK && (url = veridac_revset_url(set, i)) != NULL; i++)
        st = ask(s, &s->jobs[i], url);
    if (st == VERIDAC_OK)
        st = vd_http_run(s->http);
    for (uint32_t i = 0; i < n; i++)
        forget(&s->jobs[i]);
    free(s->jobs);
    s->jobs = NULL;
    if (s->io_failed)
        return vd_fail(err, VERIDAC_IO, "%s: cannot write an object", s->o.state);
    return st == VERIDAC_OK ? vd_state_sync(s->o.state, err) : st;
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

static veridac_status note_issues(struct vd_sync *s, const veridac_revset *set)
{
    veridac_point_view p = { .size = sizeof p };

    for (uint32_t i = 0; veridac_revset_point(set, i, &p) == VERIDAC_OK; i++) {
        struct vd_run_crl *c = vd_run_crl_mutable(&s->now, p.url);
        const char *issue = c == NULL || c->error[0] != '\0'
                                ? NULL
                                : issue_of(set, i, &p, (uint32_t)c->n_kept);
        if (issue != NULL &&
            (!vd_run_set(&c->error, issue) || !vd_run_set(&c->reason, issue)))
            return VERIDAC_NO_MEMORY;
    }
    return VERIDAC_OK;
}

/* Only URLs of points that are bound to a CA are asked: a stranger's URL never is. Afterwards the set
 * says which of the earlier CRLs still count. */
veridac_status vd_sync_crls(struct vd_sync *s, veridac_error *err)
{
    const struct vd_gather_options o = { .accept_shrink = s->o.accept_shrink,
                                         .n_accept_shrink = s->o.n_accept_shrink };
    const struct vd_stop stop = { s->o.stop, s->o.user };
    veridac_trust *trust = NULL;
    veridac_revset *set = NULL;
    veridac_status st = vd_gather_trust(s->o.state, &s->now, &trust, err);

    if (st == VERIDAC_BAD_DATA) /* nothing accepted yet: the lists are evidence all the same */
        return VERIDAC_OK;
    if (st == VERIDAC_OK)
        st = vd_gather_points(s->o.state, &s->now, trust, &set, &o, &s->n_broken, err);
    if (st == VERIDAC_OK)
        st = fetch_all(s, set, err);
    if (st == VERIDAC_OK)
        st = vd_gather_crls(s->o.state, &s->now, set, &stop, err);
    if (st == VERIDAC_OK) {
        st = note_issues(s, set);
        if (st == VERIDAC_OK && !vd_gather_prune(&s->now, set))
            st = VERIDAC_NO_MEMORY;
    }
    veridac_revset_free(set);
    veridac_trust_free(trust);
    return st;
}
