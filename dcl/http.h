/* SPDX-License-Identifier: Apache-2.0
 *
 * http.h - URL -> bytes, with a ceiling on everything.
 *
 * Owns:           libcurl: schemes, redirects, deadlines, byte ceilings, conditional requests.
 * Must not know:  ledgers, CRLs.
 */
#ifndef DCL_HTTP_H
#define DCL_HTTP_H

#include "fail.h"

#define VD_HTTP_TAG 256 /* an ETag or a date that is longer is not remembered */

struct vd_http_request {
    const char *url;
    size_t max_bytes;
    int64_t timeout_s;                /* of the whole transfer; 0: 60 */
    const char *etag, *last_modified; /* of bytes that are there already; NULL or "" for none */
};

struct vd_http_answer {
    long status;                      /* 200, 304, ... */
    struct vd_buf body;
    char etag[VD_HTTP_TAG], last_modified[VD_HTTP_TAG];
};

/* VERIDAC_OK for any whole answer, whatever its status; else err says what went wrong:
 * VERIDAC_TOO_LARGE over max_bytes, VERIDAC_IO for the rest. The caller frees ret->body. */
veridac_status vd_http_get(const struct vd_http_request *request, struct vd_http_answer *ret,
                           veridac_error *err);

/* https, or http on a loopback host: what a ledger node may be. */
bool vd_url_private_or_https(const char *url);
/* http or https, with a host. */
bool vd_url_fetchable(const char *url);

#endif
