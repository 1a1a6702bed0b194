/* SPDX-License-Identifier: Apache-2.0
 *
 * http_get.c - one request alone; what may be in a URL.
 */
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "http_int.h"
#include "limits.h"

/* ---- URLs ---- */

static enum vd_url said(CURLUcode code)
{
    return code == CURLUE_OK ? VD_URL_OK : code == CURLUE_OUT_OF_MEMORY ? VD_URL_NO_MEMORY : VD_URL_BAD;
}

enum vd_url vd_url_parts(const char *url, char **ret_scheme, char **ret_host)
{
    CURLU *u = curl_url();
    enum vd_url got = u == NULL ? VD_URL_NO_MEMORY : said(curl_url_set(u, CURLUPART_URL, url, 0));

    *ret_scheme = *ret_host = NULL;
    if (got == VD_URL_OK)
        got = said(curl_url_get(u, CURLUPART_SCHEME, ret_scheme, 0));
    if (got == VD_URL_OK)
        got = said(curl_url_get(u, CURLUPART_HOST, ret_host, 0));
    if (got != VD_URL_OK) {
        curl_free(*ret_scheme);
        *ret_scheme = *ret_host = NULL;
    }
    curl_url_cleanup(u);
    return got;
}

static enum vd_url judged(const char *url, bool (*fine)(const char *scheme, const char *host))
{
    char *scheme, *host;
    enum vd_url got = vd_url_parts(url, &scheme, &host);

    if (got == VD_URL_OK && !fine(scheme, host))
        got = VD_URL_BAD;
    curl_free(scheme);
    curl_free(host);
    return got;
}

static bool private_or_https(const char *scheme, const char *host)
{
    return strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && vd_host_loopback(host));
}

static bool fetchable(const char *scheme, const char *host)
{
    (void)host;
    return vd_scheme_fetchable(scheme);
}

enum vd_url vd_url_private_or_https(const char *url)
{
    return judged(url, private_or_https);
}

enum vd_url vd_url_fetchable(const char *url)
{
    return judged(url, fetchable);
}

bool vd_scheme_fetchable(const char *scheme)
{
    return strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0;
}

/* ---- one alone ---- */

static veridac_status keep_answer(void *user, struct vd_http_answer *answer)
{
    *(struct vd_http_answer *)user = *answer;
    answer->body = VD_BUF(0);
    return VERIDAC_OK;
}

veridac_status vd_http_get(const struct vd_http_request *request, struct vd_http_answer *ret,
                           veridac_error *err)
{
    const struct vd_http_options options = { .seed = 1 };
    struct vd_http_answer answer = { .body = VD_BUF(0) };
    struct vd_http_request r = *request;
    struct vd_http *h = NULL;
    veridac_status st = vd_http_new(&options, &h);

    r.take = NULL;
    r.done = keep_answer;
    r.user = &answer;
    if (st == VERIDAC_OK)
        st = vd_http_add(h, &r);
    if (st == VERIDAC_OK)
        st = vd_http_run(h);
    vd_http_free(h);
    if (st == VERIDAC_OK && answer.outcome != VD_HTTP_OK)
        st = vd_fail(err, answer.outcome == VD_HTTP_TOO_LARGE ? VERIDAC_TOO_LARGE : VERIDAC_IO,
                     "%s: %s", request->url, answer.why);
    if (st != VERIDAC_OK) {
        vd_buf_free(&answer.body);
        return st;
    }
    *ret = answer;
    return VERIDAC_OK;
}
