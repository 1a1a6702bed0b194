/* SPDX-License-Identifier: Apache-2.0
 *
 * http.h - URLs -> bytes, many at once, with a ceiling on everything.
 *
 * Owns:           libcurl: schemes, redirects, addresses, proxies, deadlines, byte ceilings, retries,
 *                 conditional requests, how many at once.
 * Must not know:  ledgers, CRLs, the time of day.
 *
 * Requests are queued per host. A host has at most `per_host` transfers at once and all hosts together
 * `total`; a slot goes to the host that has the fewest, so that slow hosts cannot crowd out others. A
 * host that fails VD_MAX_HOST_STRIKES times in a row is given up for the rest of the run.
 */
#ifndef DCL_HTTP_H
#define DCL_HTTP_H

#include "fail.h"

#define VD_HTTP_TAG 256 /* an ETag or a date that is longer is not remembered */

struct vd_http_options {
    uint32_t per_host, total;        /* 0: limits.h, as for all that follows */
    int64_t connect_s;               /* name lookup, connection and TLS handshake */
    int64_t idle_s;                  /* a transfer below VD_MIN_RATE for so long is given up */
    int64_t run_s;                   /* everything together */
    int64_t max_wait_s;              /* the longest pause before a retry, whatever a server asks for */
    uint64_t host_bytes, run_bytes;
    uint64_t seed;                   /* of the jitter */
    bool allow_private;              /* private, loopback and link-local addresses may be asked */
    const char *ca_file;             /* PEM; NULL: the system's */
    struct vd_stop stop;
};

enum vd_http_outcome {
    VD_HTTP_OK = 0, /* a whole answer, whatever its status */
    VD_HTTP_BAD_URL,
    VD_HTTP_UNREACHABLE,
    VD_HTTP_PRIVATE_ADDRESS,
    VD_HTTP_TLS,
    VD_HTTP_TIMEOUT,
    VD_HTTP_CUT,
    VD_HTTP_REDIRECT,
    VD_HTTP_TOO_LARGE,
    VD_HTTP_HOST_BYTES,
    VD_HTTP_RUN_BYTES,
    VD_HTTP_HOST_DOWN,
    VD_HTTP_TOO_MANY_HOSTS,
    VD_HTTP_DEADLINE,
    VD_HTTP_NOT_TAKEN, /* `take` said no */
    VD_HTTP_STOPPED,
    VD_HTTP_OUTCOMES
};
const char *vd_http_slug(enum vd_http_outcome outcome);

struct vd_http_answer {
    enum vd_http_outcome outcome;
    char why[256];                   /* for people; "" when VD_HTTP_OK */
    long status;                     /* 200, 304, ...; 0: none came */
    struct vd_buf body;              /* whoever wants it takes it out of here */
    char etag[VD_HTTP_TAG], last_modified[VD_HTTP_TAG];
    char content_range[VD_HTTP_TAG]; /* of a 206 */
    uint64_t height;                 /* the block height that a node says it answered from; 0: not said */
    uint64_t bytes;                  /* of the body */
    int64_t duration_ms;             /* from the first attempt, pauses included */
    uint32_t attempts;
    bool gzip;                       /* the body is gzip, as the request allowed */
    bool proxied;                    /* only a proxy's address was seen */
};

struct vd_http_request { /* the texts are copied */
    const char *url;
    size_t max_bytes;
    int64_t timeout_s;                /* of one attempt; 0: VD_OBJECT_S */
    const char *etag, *last_modified; /* of bytes that are there already; NULL or "" for none */
    uint64_t height;                  /* ask for the state at this block; 0: the newest */
    uint64_t from;                    /* ask for the octets from here on; 0: for all */
    size_t part;                      /* for no more than so many of them; 0: to the end */
    uint32_t redirects;               /* followed at most */
    bool named;                       /* by the operator: its own host may be private */
    bool http_ok;                     /* the bytes carry a signature of their own */
    bool gzip;                        /* the body may come as gzip, and stays so; max_bytes is of that */
    /* Where the body of a 200 goes; NULL: into the answer. An absent part means: from the start. */
    bool (*take)(void *user, struct vd_span part);
    /* What of the body came just now, and the answer so far, without its status; may be NULL. */
    void (*progress)(void *user, const struct vd_http_answer *so_far, struct vd_span part);
    /* Called once, whatever happens. Anything but OK ends the run with this status. */
    veridac_status (*done)(void *user, struct vd_http_answer *answer);
    void *user;
};

struct vd_http;

veridac_status vd_http_new(const struct vd_http_options *options, struct vd_http **ret);
void vd_http_free(struct vd_http *h);
/* May be called by `done`. A request that cannot be made is `done` at once. */
veridac_status vd_http_add(struct vd_http *h, const struct vd_http_request *request);
/* Until nothing is queued. Once the caller has stopped it, everything is `done` with what it has, and this
 * and every later call is VERIDAC_STOPPED. */
veridac_status vd_http_run(struct vd_http *h);
uint64_t vd_http_bytes(const struct vd_http *h);

/* One request alone, with the options' defaults; `take`, `done` and `user` are not looked at. VERIDAC_OK for any
 * whole answer, else err says what went wrong: VERIDAC_TOO_LARGE over max_bytes, VERIDAC_IO for the
 * rest. The caller frees ret->body. */
veridac_status vd_http_get(const struct vd_http_request *request, struct vd_http_answer *ret,
                           veridac_error *err);

/* Milliseconds before attempt `attempt` + 1, of a server that asked for `asked_s` (0: it did not): doubles
 * from half a second, spread over half to one and a half, never above the ceiling. */
int64_t vd_http_pause(uint32_t attempt, int64_t asked_s, int64_t max_s, uint64_t random);

enum vd_url { VD_URL_OK, VD_URL_BAD, VD_URL_NO_MEMORY };
/* https, or http on a loopback host: what a ledger node may be. */
enum vd_url vd_url_private_or_https(const char *url);
/* http or https, with a host. */
enum vd_url vd_url_fetchable(const char *url);

#endif
