/* SPDX-License-Identifier: Apache-2.0
 *
 * http_int.h - between the queue (http.c) and one transfer (http_transfer.c).
 */
#ifndef DCL_HTTP_INT_H
#define DCL_HTTP_INT_H

#include <curl/curl.h>

#include "http.h"

struct vd_http_host {
    char *name;
    uint32_t active, strikes;
    bool answered;                    /* in this run, whatever it said */
    uint64_t bytes;
    struct vd_http_job *first, *last; /* waiting for a slot */
};

struct vd_http_job {
    struct vd_http *http;
    struct vd_http_host *host;
    struct vd_http_job *next;
    struct vd_http_request r;      /* its texts are owned */
    struct vd_http_answer answer;
    uint32_t attempts;
    int64_t started_ms, due_ms;
    int64_t asked_s;               /* Retry-After of the last attempt */

    /* one attempt */
    CURL *curl;
    struct curl_slist *headers;
    uint64_t header_bytes;
    char date[VD_HTTP_TAG];
    uint32_t hops;                 /* redirects so far */
    bool over, host_over, run_over, not_taken, refused_private, has_proxy;
    char error[CURL_ERROR_SIZE];
};

struct vd_http {
    struct vd_http_options o;
    CURLM *multi;
    struct vd_http_host **hosts;
    size_t n_hosts, cap_hosts;
    struct vd_http_job *running;   /* n_active of them */
    struct vd_http_job *waiting;   /* for their next attempt */
    uint32_t n_active, n_queued;
    uint64_t bytes, random;
    int64_t deadline_ms;
    int64_t asked_ms;              /* when the caller was last asked whether to stop */
    bool stopped;
};

/* Makes the easy handle of one attempt; false when libcurl refuses. */
bool vd_transfer_start(struct vd_http_job *j);
/* The parts of a URL, to be freed with curl_free: both, or none. BAD: it is none, or has no host. */
enum vd_url vd_url_parts(const char *url, char **ret_scheme, char **ret_host);
bool vd_scheme_fetchable(const char *scheme); /* of the two that there are */
/* What became of it; frees the easy handle. */
void vd_transfer_end(struct vd_http_job *j, CURLcode code);

#endif
