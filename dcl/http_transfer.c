/* SPDX-License-Identifier: Apache-2.0
 *
 * http_transfer.c - one attempt at one URL.
 *
 * An address is looked at twice: when a socket is about to be opened, and again when a request is
 * about to be sent, for then the connection may be one that somebody else opened.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "address.h"
#include "http_int.h"
#include "limits.h"
#include "ticks.h"

/* ---- bytes in ---- */

static bool within_ceilings(struct vd_http_job *j, size_t n)
{
    j->http->bytes += n;
    j->host->bytes += n;
    j->run_over = j->http->bytes > j->http->o.run_bytes;
    j->host_over = j->host->bytes > j->http->o.host_bytes;
    return !j->run_over && !j->host_over;
}

static size_t take_body(char *p, size_t size, size_t n, void *user)
{
    struct vd_http_job *j = user;
    struct vd_span part = vd_span_of(p, size * n);
    long status = 0;

    if (!within_ceilings(j, part.n))
        return 0; /* ends the transfer */
    if (part.n > j->r.max_bytes - j->answer.bytes) {
        j->over = true;
        return 0;
    }
    j->answer.bytes += part.n;
    if (j->r.progress != NULL)
        j->r.progress(j->r.user, &j->answer, part);
    if (j->r.take == NULL)
        return vd_buf_put(&j->answer.body, part) ? part.n : 0;
    (void)curl_easy_getinfo(j->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status == 200 && !j->r.take(j->r.user, part)) {
        j->not_taken = true;
        return 0;
    }
    return part.n;
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
    struct vd_http_job *j = user;
    struct vd_span line = vd_span_of(p, size * n), in = line;
    char height[VD_HTTP_TAG] = "", coding[VD_HTTP_TAG] = "";

    j->header_bytes += line.n;
    if (!within_ceilings(j, line.n))
        return 0;
    if (j->header_bytes > VD_MAX_HEADERS) {
        j->over = true;
        return 0;
    }
    if (vd_take_tag(&in, "HTTP/")) { /* a new answer: forget those of the redirect */
        j->answer.etag[0] = j->answer.last_modified[0] = j->answer.content_range[0] = '\0';
        j->date[0] = '\0';
        j->answer.height = 0;
        j->answer.gzip = false;
    }
    if (line.n > 9 && strncasecmp((const char *)line.p, "location:", 9) == 0)
        j->hops++;
    keep_header(line, "etag:", j->answer.etag);
    keep_header(line, "last-modified:", j->answer.last_modified);
    keep_header(line, "date:", j->date);
    keep_header(line, "content-range:", j->answer.content_range);
    keep_header(line, "content-encoding:", coding);
    if (coding[0] != '\0')
        j->answer.gzip = j->r.gzip && strcasecmp(coding, "gzip") == 0;
    keep_header(line, "grpc-metadata-x-cosmos-block-height:", height);
    if (height[0] != '\0' && strspn(height, "0123456789") == strlen(height) && strlen(height) < 19)
        j->answer.height = strtoull(height, NULL, 10);
    return line.n;
}

/* ---- addresses ---- */

/* The operator's own choice may be anywhere; where a redirect leads may not. */
static bool any_address(const struct vd_http_job *j)
{
    return j->http->o.allow_private || j->has_proxy || (j->r.named && j->hops == 0);
}

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct vd_http_job *j = user;
    (void)purpose;
    if (!any_address(j) && !vd_address_public(&a->addr)) {
        j->refused_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype, a->protocol);
}

static int before_request(void *user, char *primary_ip, char *local_ip, int primary_port,
                          int local_port)
{
    struct vd_http_job *j = user;
    (void)local_ip;
    (void)primary_port;
    (void)local_port;
    if (any_address(j) || vd_address_text_public(primary_ip))
        return CURL_PREREQFUNC_OK;
    j->refused_private = true;
    return CURL_PREREQFUNC_ABORT;
}

/* ---- set-up ---- */

static bool add_header(struct vd_http_job *j, const char *name, const char *value)
{
    char line[VD_HTTP_TAG + 40];
    struct curl_slist *more;
    if (value == NULL || value[0] == '\0')
        return true;
    (void)snprintf(line, sizeof line, "%s: %s", name, value);
    more = curl_slist_append(j->headers, line);
    if (more == NULL)
        return false;
    j->headers = more;
    return true;
}

static bool set_headers(struct vd_http_job *j)
{
    char height[24] = "", range[48] = "";
    if (j->r.height != 0)
        (void)snprintf(height, sizeof height, "%llu", (unsigned long long)j->r.height);
    if (j->r.from != 0)
        (void)snprintf(range, sizeof range, "bytes=%llu-", (unsigned long long)j->r.from);
    if (j->r.part != 0)
        (void)snprintf(range, sizeof range, "bytes=%llu-%llu", (unsigned long long)j->r.from,
                       (unsigned long long)(j->r.from + j->r.part - 1));
    return add_header(j, "If-None-Match", j->r.etag) &&
           add_header(j, "If-Modified-Since", j->r.last_modified) &&
           add_header(j, "x-cosmos-block-height", height) && add_header(j, "Range", range) &&
           add_header(j, "Accept-Encoding", j->r.gzip ? "gzip" : "") &&
           curl_easy_setopt(j->curl, CURLOPT_HTTPHEADER, j->headers) == CURLE_OK;
}

static bool set_places(struct vd_http_job *j)
{
    CURL *c = j->curl;
    return curl_easy_setopt(c, CURLOPT_PRIVATE, j) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, j) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HEADERDATA, j) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, j) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, before_request) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PREREQDATA, j) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_ERRORBUFFER, j->error) == CURLE_OK;
}

static bool set_limits(struct vd_http_job *j, int64_t left_ms)
{
    CURL *c = j->curl;
    int64_t ms = (j->r.timeout_s > 0 ? j->r.timeout_s : VD_OBJECT_S) * 1000;
    if (ms > left_ms)
        ms = left_ms > 0 ? left_ms : 1;
    return curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(j->http->o.connect_s * 1000)) ==
               CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)VD_MIN_RATE) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)j->http->o.idle_s) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_BUFFERSIZE, (long)VD_HTTP_BUFFER) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)j->r.max_bytes) == CURLE_OK;
}

static bool set_up(struct vd_http_job *j, int64_t left_ms)
{
    CURL *c = j->curl;
    const char *after = j->r.http_ok && strncasecmp(j->r.url, "http:", 5) == 0 ? "http,https" : "https";
    const char *proxy = NULL;
    char *scheme = NULL, *host = NULL;

    if (vd_url_parts(j->r.url, &scheme, &host) != VD_URL_OK)
        return false; /* without its parts nobody knows which proxy it has to go through */
    proxy = vd_proxy_for(scheme, host);
    curl_free(scheme);
    curl_free(host);
    j->has_proxy = proxy != NULL;
    j->answer.proxied = j->has_proxy;
    return curl_easy_setopt(c, CURLOPT_URL, j->r.url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, proxy == NULL ? "" : proxy) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOPROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, after) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, j->r.redirects > 0 ? 1L : 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_MAXREDIRS, (long)j->r.redirects) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "veridac/" VERIDAC_VERSION) == CURLE_OK &&
           (j->http->o.ca_file == NULL ||
            curl_easy_setopt(c, CURLOPT_CAINFO, j->http->o.ca_file) == CURLE_OK) &&
           set_places(j) && set_limits(j, left_ms) && set_headers(j);
}

bool vd_transfer_start(struct vd_http_job *j)
{
    int64_t now = vd_ticks_ms();

    vd_buf_free(&j->answer.body);
    j->answer = (struct vd_http_answer){ .body = VD_BUF(j->r.max_bytes) };
    j->header_bytes = 0;
    j->hops = 0;
    j->asked_s = 0;
    j->over = j->host_over = j->run_over = j->not_taken = j->refused_private = false;
    j->error[0] = '\0';
    if (j->started_ms == 0)
        j->started_ms = now;
    j->attempts++;
    j->curl = curl_easy_init();
    if (j->curl != NULL && set_up(j, j->http->deadline_ms - now))
        return true;
    curl_easy_cleanup(j->curl);
    curl_slist_free_all(j->headers);
    j->curl = NULL;
    j->headers = NULL;
    return false;
}

/* ---- what became of it ---- */

static enum vd_http_outcome outcome_of(const struct vd_http_job *j, CURLcode code)
{
    if (j->run_over)
        return VD_HTTP_RUN_BYTES;
    if (j->host_over)
        return VD_HTTP_HOST_BYTES;
    if (j->over || code == CURLE_FILESIZE_EXCEEDED)
        return VD_HTTP_TOO_LARGE;
    if (j->not_taken)
        return VD_HTTP_NOT_TAKEN;
    if (code == CURLE_OK)
        return VD_HTTP_OK;
    if (j->refused_private)
        return VD_HTTP_PRIVATE_ADDRESS;
    switch ((int)code) {
    case CURLE_OPERATION_TIMEDOUT:
        return vd_ticks_ms() >= j->http->deadline_ms ? VD_HTTP_DEADLINE : VD_HTTP_TIMEOUT;
    case CURLE_TOO_MANY_REDIRECTS:
        return VD_HTTP_REDIRECT;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        return j->hops > 0 ? VD_HTTP_REDIRECT : VD_HTTP_BAD_URL;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
        return VD_HTTP_TLS;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_WRITE_ERROR: /* a chunk that cannot be */
        return VD_HTTP_CUT;
    default:
        return VD_HTTP_UNREACHABLE;
    }
}

/* What was changed just now may change again within the same second: then its time is no name for it. */
static bool settled(const char *last_modified, const char *date)
{
    const time_t changed = curl_getdate(last_modified, NULL), now = curl_getdate(date, NULL);
    return changed >= 0 && now >= 0 && now - changed >= VD_SETTLED_S;
}

void vd_transfer_end(struct vd_http_job *j, CURLcode code)
{
    struct vd_http_answer *a = &j->answer;
    curl_off_t asked = 0;

    a->outcome = outcome_of(j, code);
    if (!settled(a->last_modified, j->date))
        a->last_modified[0] = '\0';
    (void)curl_easy_getinfo(j->curl, CURLINFO_RESPONSE_CODE, &a->status);
    if (curl_easy_getinfo(j->curl, CURLINFO_RETRY_AFTER, &asked) == CURLE_OK && asked > 0)
        j->asked_s = (int64_t)asked;
    if (a->outcome == VD_HTTP_OK && a->status >= 300 && a->status < 400 && a->status != 304)
        a->outcome = VD_HTTP_REDIRECT;
    if (a->outcome == VD_HTTP_TOO_LARGE)
        (void)snprintf(a->why, sizeof a->why, "more than %zu bytes", j->r.max_bytes);
    else if (a->outcome == VD_HTTP_PRIVATE_ADDRESS)
        (void)snprintf(a->why, sizeof a->why, "an address that is not of the public internet");
    else if (a->outcome == VD_HTTP_REDIRECT)
        (void)snprintf(a->why, sizeof a->why, "redirected too often, or to where it must not be");
    else if (a->outcome != VD_HTTP_OK)
        (void)snprintf(a->why, sizeof a->why, "%s",
                       j->error[0] ? j->error : curl_easy_strerror(code));
    curl_easy_cleanup(j->curl);
    curl_slist_free_all(j->headers);
    j->curl = NULL;
    j->headers = NULL;
}

/* ---- between attempts ---- */

int64_t vd_http_pause(uint32_t attempt, int64_t asked_s, int64_t max_s, uint64_t random)
{
    const int64_t max = max_s * 1000;
    int64_t ms = INT64_C(500) << (attempt < 10 ? attempt - 1 : 9);
    ms = ms / 2 + (int64_t)(random % (uint64_t)ms);
    if (asked_s > max_s)
        return max;
    if (ms < asked_s * 1000)
        ms = asked_s * 1000;
    return ms < max ? ms : max;
}

uint64_t vd_http_bytes(const struct vd_http *h)
{
    return h->bytes;
}
