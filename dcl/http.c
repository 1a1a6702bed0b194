/* SPDX-License-Identifier: Apache-2.0
 *
 * http.c - which request is next, how often it is tried, and what ends the run.
 */
#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "address.h"
#include "http_int.h"
#include "limits.h"
#include "ticks.h"

const char *vd_http_slug(enum vd_http_outcome outcome)
{
    static const char *const slugs[VD_HTTP_OUTCOMES] = {
        [VD_HTTP_OK] = "ok", [VD_HTTP_BAD_URL] = "bad-url",
        [VD_HTTP_UNREACHABLE] = "unreachable", [VD_HTTP_PRIVATE_ADDRESS] = "private-address",
        [VD_HTTP_TLS] = "tls", [VD_HTTP_TIMEOUT] = "timeout", [VD_HTTP_CUT] = "cut-short",
        [VD_HTTP_REDIRECT] = "redirect", [VD_HTTP_TOO_LARGE] = "too-large",
        [VD_HTTP_HOST_BYTES] = "host-quota", [VD_HTTP_RUN_BYTES] = "run-quota",
        [VD_HTTP_HOST_DOWN] = "host-down", [VD_HTTP_TOO_MANY_HOSTS] = "too-many-hosts",
        [VD_HTTP_DEADLINE] = "deadline", [VD_HTTP_NOT_TAKEN] = "not-taken",
        [VD_HTTP_STOPPED] = "stopped",
    };
    return (unsigned)outcome < VD_HTTP_OUTCOMES ? slugs[outcome] : "?";
}

/* ---- jobs ---- */

static char *copy_text(const char *text)
{
    size_t n = text == NULL ? 0 : strlen(text);
    char *copy = malloc(n + 1);
    if (copy != NULL) {
        (void)vd_copy(copy, n, vd_span_of(text, n));
        copy[n] = '\0';
    }
    return copy;
}

static void free_job(struct vd_http_job *j)
{
    if (j == NULL)
        return;
    vd_buf_free(&j->answer.body);
    curl_easy_cleanup(j->curl);
    curl_slist_free_all(j->headers);
    free((char *)(uintptr_t)j->r.url);
    free((char *)(uintptr_t)j->r.etag);
    free((char *)(uintptr_t)j->r.last_modified);
    free(j);
}

static struct vd_http_job *make_job(struct vd_http *h, const struct vd_http_request *r)
{
    struct vd_http_job *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    j->http = h;
    j->r = *r;
    j->r.url = copy_text(r->url);
    j->r.etag = copy_text(r->etag);
    j->r.last_modified = copy_text(r->last_modified);
    j->answer.body = VD_BUF(r->max_bytes);
    if (j->r.url == NULL || j->r.etag == NULL || j->r.last_modified == NULL) {
        free_job(j);
        return NULL;
    }
    return j;
}

/* The end of a job: its owner hears of it. */
static veridac_status finish(struct vd_http_job *j)
{
    veridac_status st;
    j->answer.attempts = j->attempts;
    j->answer.duration_ms = j->started_ms == 0 ? 0 : vd_ticks_ms() - j->started_ms;
    st = j->r.done(j->r.user, &j->answer);
    free_job(j);
    return st;
}

static veridac_status finish_with(struct vd_http_job *j, enum vd_http_outcome outcome,
                                  const char *why)
{
    j->answer.outcome = outcome;
    (void)snprintf(j->answer.why, sizeof j->answer.why, "%s", why);
    return finish(j);
}

/* ---- hosts ---- */

static struct vd_http_host *find_host(struct vd_http *h, const char *name, bool *ret_full)
{
    struct vd_http_host *host;
    *ret_full = false;
    for (size_t i = 0; i < h->n_hosts; i++) {
        if (strcasecmp(h->hosts[i]->name, name) == 0)
            return h->hosts[i];
    }
    if (h->n_hosts == VD_MAX_HOSTS) {
        *ret_full = true;
        return NULL;
    }
    if (!vd_grow((void **)&h->hosts, h->n_hosts, &h->cap_hosts, sizeof *h->hosts, VD_MAX_HOSTS))
        return NULL;
    host = calloc(1, sizeof *host);
    if (host == NULL || (host->name = copy_text(name)) == NULL) {
        free(host);
        return NULL;
    }
    h->hosts[h->n_hosts++] = host;
    return host;
}

static void enqueue(struct vd_http_job *j)
{
    struct vd_http_host *host = j->host;
    j->next = NULL;
    if (host->last != NULL)
        host->last->next = j;
    else
        host->first = j;
    host->last = j;
    j->http->n_queued++;
}

static struct vd_http_job *dequeue(struct vd_http_host *host)
{
    struct vd_http_job *j = host->first;
    host->first = j->next;
    if (host->first == NULL)
        host->last = NULL;
    j->next = NULL;
    j->http->n_queued--;
    return j;
}

/* A host that has not answered yet gets as many as it takes to give it up: hosts that never answer do not
 * hold all slots until they time out. */
static uint32_t share(const struct vd_http *h, const struct vd_http_host *host)
{
    return host->answered || h->o.per_host < VD_MAX_HOST_STRIKES ? h->o.per_host : VD_MAX_HOST_STRIKES;
}

/* The host with work that has the fewest transfers; NULL when none may have one more. */
static struct vd_http_host *next_host(struct vd_http *h)
{
    struct vd_http_host *best = NULL;
    for (size_t i = 0; i < h->n_hosts; i++) {
        struct vd_http_host *host = h->hosts[i];
        if (host->first != NULL && host->active < share(h, host) &&
            (best == NULL || host->active < best->active))
            best = host;
    }
    return best;
}

veridac_status vd_http_add(struct vd_http *h, const struct vd_http_request *request)
{
    struct vd_http_job *j = make_job(h, request);
    char *scheme = NULL, *name = NULL;
    bool full, private;
    enum vd_url url;

    if (j == NULL)
        return VERIDAC_NO_MEMORY;
    url = vd_url_parts(j->r.url, &scheme, &name);
    if (url == VD_URL_NO_MEMORY) { /* which says nothing about the URL */
        free_job(j);
        return VERIDAC_NO_MEMORY;
    }
    if (url != VD_URL_OK || !vd_scheme_fetchable(scheme)) {
        curl_free(scheme);
        curl_free(name);
        return finish_with(j, VD_HTTP_BAD_URL, "not a URL that can be fetched");
    }
    if (strcmp(scheme, "https") != 0 && !j->r.http_ok && !vd_host_loopback(name)) {
        curl_free(scheme);
        curl_free(name);
        return finish_with(j, VD_HTTP_BAD_URL, "http only carries what is signed");
    }
    private = vd_host_private(name) && !j->r.named && !h->o.allow_private;
    j->host = find_host(h, name, &full);
    curl_free(scheme);
    curl_free(name);
    if (private)
        return finish_with(j, VD_HTTP_PRIVATE_ADDRESS,
                           "an address that is not of the public internet");
    if (j->host == NULL && full)
        return finish_with(j, VD_HTTP_TOO_MANY_HOSTS, "more hosts than the ceiling allows");
    if (j->host == NULL) {
        free_job(j);
        return VERIDAC_NO_MEMORY;
    }
    enqueue(j);
    return VERIDAC_OK;
}

/* ---- attempts ---- */

/* xorshift64: spreads retries, guards nothing. */
static uint64_t next_random(struct vd_http *h)
{
    h->random ^= h->random << 13;
    h->random ^= h->random >> 7;
    h->random ^= h->random << 17;
    return h->random;
}

static bool host_failed(enum vd_http_outcome o)
{
    return o == VD_HTTP_UNREACHABLE || o == VD_HTTP_TIMEOUT || o == VD_HTTP_CUT || o == VD_HTTP_TLS;
}

static bool worth_a_retry(const struct vd_http_job *j)
{
    const struct vd_http_answer *a = &j->answer;
    if (j->attempts >= VD_HTTP_ATTEMPTS || j->host->strikes >= VD_MAX_HOST_STRIKES)
        return false;
    if (a->outcome == VD_HTTP_OK)
        return a->status == 429 || (a->status >= 502 && a->status <= 504);
    return a->outcome == VD_HTTP_UNREACHABLE || a->outcome == VD_HTTP_CUT;
}

static void wait_for_retry(struct vd_http_job *j)
{
    struct vd_http *h = j->http;
    j->due_ms = vd_ticks_ms() +
                vd_http_pause(j->attempts, j->asked_s, h->o.max_wait_s, next_random(h));
    j->next = h->waiting;
    h->waiting = j;
}

static void wake(struct vd_http *h, int64_t now)
{
    struct vd_http_job **at = &h->waiting;
    while (*at != NULL) {
        struct vd_http_job *j = *at;
        if (j->due_ms > now) {
            at = &j->next;
            continue;
        }
        *at = j->next;
        enqueue(j);
    }
}

static veridac_status start_one(struct vd_http *h, struct vd_http_host *host)
{
    struct vd_http_job *j = dequeue(host);

    if (host->strikes >= VD_MAX_HOST_STRIKES)
        return finish_with(j, VD_HTTP_HOST_DOWN, "its host failed too often in this run");
    if (vd_ticks_ms() >= h->deadline_ms)
        return finish_with(j, VD_HTTP_DEADLINE, "the run has no time left");
    if (j->r.take != NULL && !j->r.take(j->r.user, VD_NO_SPAN))
        return finish_with(j, VD_HTTP_NOT_TAKEN, "no place for it");
    if (!vd_transfer_start(j)) {
        free_job(j);
        return VERIDAC_NO_MEMORY;
    }
    if (curl_multi_add_handle(h->multi, j->curl) != CURLM_OK) {
        free_job(j);
        return VERIDAC_INTERNAL;
    }
    j->next = h->running;
    h->running = j;
    host->active++;
    h->n_active++;
    return VERIDAC_OK;
}

static void unlink_running(struct vd_http *h, const struct vd_http_job *j)
{
    struct vd_http_job **at = &h->running;
    while (*at != NULL && *at != j)
        at = &(*at)->next;
    if (*at != NULL)
        *at = j->next;
}

static veridac_status end_one(struct vd_http *h, CURL *curl, CURLcode code)
{
    struct vd_http_job *j = NULL;

    if (curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&j) != CURLE_OK || j == NULL)
        return VERIDAC_INTERNAL;
    (void)curl_multi_remove_handle(h->multi, curl);
    unlink_running(h, j);
    vd_transfer_end(j, code);
    j->host->active--;
    h->n_active--;
    j->host->answered = j->host->answered || j->answer.status != 0;
    j->host->strikes = host_failed(j->answer.outcome) ? j->host->strikes + 1 : 0;
    if (!worth_a_retry(j))
        return finish(j);
    wait_for_retry(j);
    return VERIDAC_OK;
}

/* ---- the run ---- */

static int poll_ms(const struct vd_http *h, int64_t now)
{
    int64_t ms = h->o.stop.ask == NULL ? 1000 : VD_STOP_MS;
    for (const struct vd_http_job *j = h->waiting; j != NULL; j = j->next) {
        if (j->due_ms - now < ms)
            ms = j->due_ms - now;
    }
    return ms > 0 ? (int)ms : 0;
}

static veridac_status turn(struct vd_http *h)
{
    struct vd_http_host *host;
    veridac_status st = VERIDAC_OK;
    int running = 0, left = 0;
    CURLMsg *m;

    wake(h, vd_ticks_ms() >= h->deadline_ms ? INT64_MAX : vd_ticks_ms());
    while (st == VERIDAC_OK && h->n_active < h->o.total && (host = next_host(h)) != NULL)
        st = start_one(h, host);
    if (st == VERIDAC_OK && curl_multi_perform(h->multi, &running) != CURLM_OK)
        st = VERIDAC_INTERNAL;
    while (st == VERIDAC_OK && (m = curl_multi_info_read(h->multi, &left)) != NULL) {
        if (m->msg == CURLMSG_DONE)
            st = end_one(h, m->easy_handle, m->data.result);
    }
    if (st == VERIDAC_OK && (h->n_active > 0 || h->waiting != NULL) &&
        (h->n_queued == 0 || next_host(h) == NULL || h->n_active == h->o.total) &&
        curl_multi_poll(h->multi, NULL, 0, poll_ms(h, vd_ticks_ms()), NULL) != CURLM_OK)
        st = VERIDAC_INTERNAL;
    return st;
}

static struct vd_http_job *take_running(struct vd_http *h)
{
    struct vd_http_job *j = h->running;
    if (j == NULL)
        return NULL;
    h->running = j->next;
    (void)curl_multi_remove_handle(h->multi, j->curl);
    j->host->active--;
    h->n_active--;
    return j;
}

/* Everybody who waits hears of it. */
static veridac_status stop(struct vd_http *h)
{
    static const char why[] = "stopped";
    struct vd_http_host *host;
    struct vd_http_job *j;

    h->stopped = true;
    while ((j = take_running(h)) != NULL) {
        vd_transfer_end(j, CURLE_ABORTED_BY_CALLBACK);
        (void)finish_with(j, VD_HTTP_STOPPED, why);
    }
    wake(h, INT64_MAX);
    while ((host = next_host(h)) != NULL)
        (void)finish_with(dequeue(host), VD_HTTP_STOPPED, why);
    return VERIDAC_STOPPED;
}

/* Not with every turn: a caller may have to take a lock to answer. */
static bool stop_asked(struct vd_http *h)
{
    const int64_t now = vd_ticks_ms();
    if (h->stopped || now - h->asked_ms < VD_STOP_MS / 2)
        return h->stopped;
    h->asked_ms = now;
    return vd_stop_asked(&h->o.stop);
}

/* Nobody hears of these: what their owners gave with them may be gone by the next run. */
static void drop_all(struct vd_http *h)
{
    struct vd_http_host *host;
    struct vd_http_job *j;

    while ((j = take_running(h)) != NULL)
        free_job(j);
    wake(h, INT64_MAX);
    while ((host = next_host(h)) != NULL)
        free_job(dequeue(host));
}

veridac_status vd_http_run(struct vd_http *h)
{
    veridac_status st = VERIDAC_OK;
    while (st == VERIDAC_OK && (h->n_queued > 0 || h->n_active > 0 || h->waiting != NULL))
        st = stop_asked(h) ? stop(h) : turn(h);
    if (st != VERIDAC_OK)
        drop_all(h);
    return st == VERIDAC_OK && h->stopped ? VERIDAC_STOPPED : st;
}

static void set_defaults(struct vd_http_options *o)
{
    o->per_host = o->per_host ? o->per_host : VD_TRANSFERS_HOST;
    o->total = o->total ? o->total : VD_TRANSFERS;
    o->connect_s = o->connect_s ? o->connect_s : VD_CONNECT_S;
    o->idle_s = o->idle_s ? o->idle_s : VD_IDLE_S;
    o->run_s = o->run_s ? o->run_s : VD_RUN_S;
    o->max_wait_s = o->max_wait_s ? o->max_wait_s : VD_MAX_WAIT_S;
    o->host_bytes = o->host_bytes ? o->host_bytes : VD_MAX_HOST_BYTES;
    o->run_bytes = o->run_bytes ? o->run_bytes : VD_MAX_RUN;
}

veridac_status vd_http_new(const struct vd_http_options *options, struct vd_http **ret)
{
    struct vd_http *h = calloc(1, sizeof *h);

    if (h == NULL)
        return VERIDAC_NO_MEMORY;
    h->o = *options;
    set_defaults(&h->o);
    h->random = h->o.seed != 0 ? h->o.seed : 1;
    h->deadline_ms = vd_ticks_ms() + h->o.run_s * 1000;
    h->multi = curl_multi_init();
    if (h->multi == NULL ||
        curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->o.total) != CURLM_OK) {
        vd_http_free(h);
        return VERIDAC_NO_MEMORY;
    }
    *ret = h;
    return VERIDAC_OK;
}

void vd_http_free(struct vd_http *h)
{
    if (h == NULL)
        return;
    drop_all(h);
    curl_multi_cleanup(h->multi);
    for (size_t i = 0; i < h->n_hosts; i++) {
        free(h->hosts[i]->name);
        free(h->hosts[i]);
    }
    free(h->hosts);
    free(h);
}
