/* SPDX-License-Identifier: Apache-2.0
 *
 * http.c - URL -> bytes over libcurl.
 */
#include "http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "limits.h"

#define CONNECT_S 10L
#define SLOW_BYTES 64L /* a transfer below this rate */
#define SLOW_S 20L     /* for this long is given up */
#define DEFAULT_S 60

struct transfer {
    CURL *curl;
    struct curl_slist *headers;
    struct vd_http_answer *answer;
    size_t max_bytes;
    bool over;
    char error[CURL_ERROR_SIZE];
};

static size_t take_body(char *p, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    size_t bytes = size * n;
    if (bytes > t->max_bytes - t->answer->body.n) {
        t->over = true;
        return 0; /* ends the transfer */
    }
    return vd_buf_put(&t->answer->body, vd_span_of(p, bytes)) ? bytes : 0;
}

/* "Name: value\r\n" -> value when the name fits. */
static void keep_header(struct vd_span line, const char *name, char ret[VD_HTTP_TAG])
{
    size_t n = strlen(name);
    struct vd_span head, value;
    if (!vd_take(&line, n, &head) || strncasecmp((const char *)head.p, name, n) != 0)
        return;
    value = line;
    while (value.n > 0 && value.p[0] == ' ')
        value = vd_span_skip(value, 1);
    while (value.n > 0 && (value.p[value.n - 1] == '\r' || value.p[value.n - 1] == '\n'))
        value.n--;
    for (size_t i = 0; i < value.n; i++) {
        if (value.p[i] < 0x20 || value.p[i] > 0x7E)
            return;
    }
    if (vd_copy(ret, VD_HTTP_TAG - 1, value))
        ret[value.n] = '\0';
}

static size_t take_header(char *p, size_t size, size_t n, void *user)
{
    struct transfer *t = user;
    struct vd_span line = vd_span_of(p, size * n), in = line;
    if (vd_take_tag(&in, "HTTP/")) { /* a new answer: forget those of the redirect */
        t->answer->etag[0] = '\0';
        t->answer->last_modified[0] = '\0';
    }
    keep_header(line, "etag:", t->answer->etag);
    keep_header(line, "last-modified:", t->answer->last_modified);
    return size * n;
}

static bool add_header(struct transfer *t, const char *name, const char *value)
{
    char line[VD_HTTP_TAG + 32];
    struct curl_slist *more;
    if (value == NULL || value[0] == '\0')
        return true;
    (void)snprintf(line, sizeof line, "%s: %s", name, value);
    more = curl_slist_append(t->headers, line);
    if (more == NULL)
        return false;
    t->headers = more;
    return true;
}

static bool set_up(struct transfer *t, const struct vd_http_request *r)
{
    const char *after = strncmp(r->url, "https:", 6) == 0 ? "https" : "http,https";
    long timeout = (long)(r->timeout_s > 0 ? r->timeout_s : DEFAULT_S);
    CURL *c = t->curl;

    return curl_easy_setopt(c, CURLOPT_URL, r->url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, after) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)VD_MAX_REDIRECTS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, CONNECT_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT, timeout) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, SLOW_S) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->max_bytes) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "veridac/" VERIDAC_VERSION) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->error) == CURLE_OK &&
           add_header(t, "If-None-Match", r->etag) &&
           add_header(t, "If-Modified-Since", r->last_modified) &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers) == CURLE_OK;
}

static veridac_status perform(struct transfer *t, const struct vd_http_request *r,
                              veridac_error *err)
{
    CURLcode code;
    if (!set_up(t, r))
        return vd_fail(err, VERIDAC_INTERNAL, "%s: libcurl refused its options", r->url);
    code = curl_easy_perform(t->curl);
    if (t->over || code == CURLE_FILESIZE_EXCEEDED)
        return vd_fail(err, VERIDAC_TOO_LARGE, "%s: more than %zu bytes", r->url, r->max_bytes);
    if (code != CURLE_OK)
        return vd_fail(err, VERIDAC_IO, "%s: %s", r->url,
                       t->error[0] ? t->error : curl_easy_strerror(code));
    if (curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->answer->status) != CURLE_OK)
        return vd_fail(err, VERIDAC_INTERNAL, "%s: no status", r->url);
    return VERIDAC_OK;
}

veridac_status vd_http_get(const struct vd_http_request *request, struct vd_http_answer *ret,
                           veridac_error *err)
{
    struct vd_http_answer answer = { .body = VD_BUF(request->max_bytes) };
    struct transfer t = { .curl = curl_easy_init(), .answer = &answer,
                          .max_bytes = request->max_bytes };
    veridac_status st = t.curl == NULL ? VERIDAC_NO_MEMORY : perform(&t, request, err);

    curl_slist_free_all(t.headers);
    curl_easy_cleanup(t.curl);
    if (st != VERIDAC_OK) {
        vd_buf_free(&answer.body);
        return st;
    }
    *ret = answer;
    return VERIDAC_OK;
}

/* ---- URLs ---- */

static bool parts_of(const char *url, char **ret_scheme, char **ret_host)
{
    CURLU *u = curl_url();
    bool ok = u != NULL && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
              curl_url_get(u, CURLUPART_SCHEME, ret_scheme, 0) == CURLUE_OK;
    if (ok && curl_url_get(u, CURLUPART_HOST, ret_host, 0) != CURLUE_OK) {
        curl_free(*ret_scheme);
        ok = false;
    }
    curl_url_cleanup(u);
    return ok;
}

/* An address, or the one name that has to mean one. "127.example.com" is neither. */
static bool loopback(const char *host)
{
    struct in_addr v4;
    if (strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0)
        return true;
    return inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

bool vd_url_private_or_https(const char *url)
{
    char *scheme, *host;
    bool ok;
    if (!parts_of(url, &scheme, &host))
        return false;
    ok = strcmp(scheme, "https") == 0 || (strcmp(scheme, "http") == 0 && loopback(host));
    curl_free(scheme);
    curl_free(host);
    return ok;
}

bool vd_url_fetchable(const char *url)
{
    char *scheme, *host;
    bool ok;
    if (!parts_of(url, &scheme, &host))
        return false;
    ok = strcmp(scheme, "https") == 0 || strcmp(scheme, "http") == 0;
    curl_free(scheme);
    curl_free(host);
    return ok;
}
