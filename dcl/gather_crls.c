/* SPDX-License-Identifier: Apache-2.0
 *
 * gather_crls.c - the CRLs of a run record into a revocation set, by two threads.
 *
 * What a set says depends on the order in which CRLs are begun, and that is always the same; which of them is
 * read first does not matter.
 */
#include <pthread.h>
#include <string.h>

#include "files.h"
#include "gather.h"
#include "limits.h"
#include "state.h"
#include "text.h"

#define OPEN_CRLS 64u /* begun and not ended yet: their memory is bounded, */
#define OPEN_OCTETS VD_MAX_CRL /* for what they list takes as much as they do */
#define THREADS 2u    /* a publisher has at least so many cores; more gain little beside the disk */

struct job {
    veridac_crl *crl;
    const char *sha256; /* in the run record */
};

struct crls {
    const char *state;
    const struct vd_run *run;
    veridac_revset *set;
    const struct vd_stop *stop;
    char objects[VD_PATH];
    uint64_t octets;      /* of the jobs */

    pthread_mutex_t lock; /* of what follows */
    struct job jobs[OPEN_CRLS];
    size_t n, next;
    veridac_status st;    /* the first that is not OK, and why */
    veridac_error why;
};

/* ---- reading ---- */

static bool feed_part(void *user, struct vd_span part)
{
    return veridac_revset_crl_feed(user, (veridac_bytes){ part.p, part.n }) == VERIDAC_OK;
}

static bool take_job(struct crls *c, struct job *ret)
{
    bool there;
    (void)pthread_mutex_lock(&c->lock);
    there = c->st == VERIDAC_OK && c->next < c->n;
    if (there)
        *ret = c->jobs[c->next++];
    (void)pthread_mutex_unlock(&c->lock);
    return there;
}

static void failed(struct crls *c, veridac_status st, const veridac_error *why)
{
    (void)pthread_mutex_lock(&c->lock);
    if (c->st == VERIDAC_OK) {
        c->st = st;
        c->why = *why;
    }
    (void)pthread_mutex_unlock(&c->lock);
}

/* `stop` is the caller's, and only the caller's own thread asks it; NULL elsewhere. */
static void work(struct crls *c, const struct vd_stop *stop)
{
    struct job job;

    while (take_job(c, &job)) {
        veridac_error why = { "" };
        veridac_status st = vd_stop_asked(stop) ? vd_fail(&why, VERIDAC_STOPPED, "stopped") : VERIDAC_OK;
        if (st == VERIDAC_OK)
            st = vd_state_each(c->state, job.sha256, VD_MAX_CRL, feed_part, job.crl, &why);
        if (st == VERIDAC_OK)
            st = veridac_revset_crl_end(job.crl);
        if (st != VERIDAC_OK)
            failed(c, st, &why);
    }
}

static void *help(void *user)
{
    work(user, NULL);
    return NULL;
}

/* All that are begun, to their end. Without a second thread one does it. */
static void drain(struct crls *c)
{
    pthread_t others[THREADS - 1];
    size_t n = 0;

    while (n < THREADS - 1 && n + 1 < c->n && pthread_create(&others[n], NULL, help, c) == 0)
        n++;
    work(c, c->stop);
    while (n > 0)
        (void)pthread_join(others[--n], NULL);
    c->n = c->next = 0;
    c->octets = 0;
}

/* ---- beginning ---- */

/* With what the provenance of a bundle will say. */
static veridac_status begin(struct crls *c, const struct vd_run_crl *crl, const char *sha256,
                            int64_t last_ok)
{
    const struct vd_run_node *node = crl->node < c->run->n_nodes ? &c->run->nodes[crl->node] : NULL;
    uint8_t digest[VD_HASH_TEXT / 2];
    struct vd_buf b = VD_BUF_ON(digest);
    veridac_crl_options o = { .size = sizeof o, .url = crl->url, .last_ok = last_ok,
                              .sha256 = { digest, sizeof digest } };
    struct job job = { .sha256 = sha256 };
    uint64_t size = 0;
    veridac_status st;

    if (node != NULL) {
        o.node = (veridac_bytes){ (const uint8_t *)node->url, strlen(node->url) };
        o.height = node->height;
    }
    if (!vd_hex_read(vd_span_str(sha256), &b))
        return VERIDAC_INTERNAL;
    st = veridac_revset_crl_begin(c->set, &o, &job.crl);
    if (st != VERIDAC_OK)
        return st;
    c->jobs[c->n++] = job;
    if (vd_file_size(c->objects, sha256, &size, NULL) == VERIDAC_OK) /* else it is said when it is read */
        c->octets += size;
    if (c->n == OPEN_CRLS || c->octets >= OPEN_OCTETS)
        drain(c);
    return c->st;
}

/* Oldest first: what was kept, then the newest. */
static veridac_status begin_all(struct crls *c, const struct vd_run_crl *crl)
{
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; st == VERIDAC_OK && i < crl->n_kept; i++)
        st = begin(c, crl, crl->kept[i].sha256, crl->kept[i].last_ok);
    return st == VERIDAC_OK ? begin(c, crl, crl->sha256, crl->last_ok) : st;
}

static veridac_status missing(struct crls *c, const char *url, const struct vd_run_crl *crl)
{
    const bool too_large = crl != NULL && strcmp(crl->reason, "too-large") == 0;
    return veridac_revset_crl_missing(c->set, url, too_large ? VERIDAC_REASON_TOO_LARGE
                                                             : VERIDAC_REASON_UNREACHABLE,
                                      crl == NULL ? "never fetched" : crl->error);
}

veridac_status vd_gather_crls(const char *state, const struct vd_run *run, veridac_revset *set,
                              const struct vd_stop *stop, veridac_error *err)
{
    struct crls c = { .state = state, .run = run, .set = set, .stop = stop, .st = VERIDAC_OK };
    veridac_status st = VERIDAC_OK;
    const char *url;

    if (!vd_path(c.objects, state, "objects"))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", state);
    if (pthread_mutex_init(&c.lock, NULL) != 0)
        return VERIDAC_NO_MEMORY;
    for (uint32_t i = 0; st == VERIDAC_OK && (url = veridac_revset_url(set, i)) != NULL; i++) {
        const struct vd_run_crl *crl = vd_run_crl(run, url);
        st = crl != NULL && crl->sha256[0] != '\0' ? begin_all(&c, crl) : missing(&c, url, crl);
    }
    if (st == VERIDAC_OK) {
        drain(&c);
        st = c.st;
    }
    (void)pthread_mutex_destroy(&c.lock);
    if (st != VERIDAC_OK)
        return c.st != VERIDAC_OK ? vd_fail(err, c.st, "%s", c.why.text) : st;
    return veridac_revset_finish(set);
}
