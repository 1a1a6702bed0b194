/* SPDX-License-Identifier: Apache-2.0
 *
 * serve.c - a repository over HTTP: libmicrohttpd around a table.
 *
 * Threads: libmicrohttpd's workers answer; one more ticks each second, looks whether the folder has
 * changed, and ends what takes too long. A request holds the read lock while it looks into the table.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve_answer.h"
#include "serve_guard.h"
#include "serve_request.h"

#define CONNECTIONS 512u       /* at once; below the usual 1 024 descriptors */
#define PER_ADDRESS 64u
#define HEADER_S 15u           /* for a request's header, and of silence between two */
#define BODY_S 60u             /* for a body, and a second more for each */
#define BODY_RATE 1024u        /* of so many bytes */
#define WORKERS 2u
#define CONNECTION_BYTES 16384u /* header fields of one request */

struct veridac_server {
    char folder[VD_PATH];
    struct MHD_Daemon *daemon;
    struct MHD_Response *not_found, *method, *busy;
    struct vd_guard *guard;
    uint32_t header_s;
    struct vd_table *table;
    pthread_rwlock_t lock; /* of the table */
    pthread_t ticker;
    int stop[2];           /* a pipe: closing one end wakes the ticker */
    bool has_lock, has_ticker;
};

/* ---- a request ---- */

static bool has_body(struct MHD_Connection *c)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Content-Length") != NULL ||
           MHD_lookup_connection_value(c, MHD_HEADER_KIND, "Transfer-Encoding") != NULL;
}

static enum MHD_Result answer(void *user, struct MHD_Connection *c, const char *target,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **request)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct vd_guarded *client = info != NULL ? info->socket_context : NULL;
    const bool get = strcmp(method, "GET") == 0;
    const char *path = vd_request_path(target);
    struct veridac_server *s = user;
    const struct vd_served *file;
    enum MHD_Result done;

    (void)version;
    (void)upload;
    (void)upload_size;
    if (client == NULL)
        return MHD_NO;
    if (*request == NULL && !has_body(c)) { /* an answer at the first call closes the connection: only */
        *request = s;                       /* for what brings a body, which is not read */
        return MHD_YES;
    }
    if (!vd_guard_count(s->guard, client))
        return MHD_queue_response(c, MHD_HTTP_TOO_MANY_REQUESTS, s->busy);
    if (!get && strcmp(method, "HEAD") != 0)
        return MHD_queue_response(c, MHD_HTTP_METHOD_NOT_ALLOWED, s->method);
    (void)pthread_rwlock_rdlock(&s->lock);
    file = path == NULL ? NULL : vd_table_find(s->table, path);
    if (file != NULL) {
        vd_guard_give(s->guard, client, BODY_S + file->id.size / BODY_RATE);
        done = vd_answer_file(s->folder, c, get, file, s->not_found);
    } else {
        done = MHD_queue_response(c, MHD_HTTP_NOT_FOUND, s->not_found);
    }
    (void)pthread_rwlock_unlock(&s->lock);
    return done;
}

static void completed(void *user, struct MHD_Connection *c, void **request,
                      enum MHD_RequestTerminationCode how)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    struct veridac_server *s = user;
    (void)request;
    (void)how;
    if (info != NULL && info->socket_context != NULL)
        vd_guard_give(s->guard, info->socket_context, s->header_s);
}

static void connection(void *user, struct MHD_Connection *c, void **context,
                       enum MHD_ConnectionNotificationCode what)
{
    struct veridac_server *s = user;
    const union MHD_ConnectionInfo *fd = MHD_get_connection_info(c, MHD_CONNECTION_INFO_CONNECTION_FD);
    const union MHD_ConnectionInfo *from =
        MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    if (what == MHD_CONNECTION_NOTIFY_CLOSED)
        vd_guard_close(s->guard, *context);
    else if (fd != NULL && from != NULL)
        *context = vd_guard_open(s->guard, fd->connect_fd, from->client_addr, s->header_s);
}

/* Nothing is unescaped: names of the layout need no escapes, and "%00" shall not end a string. */
static size_t as_it_is(void *user, struct MHD_Connection *c, char *text)
{
    (void)user;
    (void)c;
    return strlen(text);
}

/* ---- the ticker ---- */

static void look_again(struct veridac_server *s)
{
    struct vd_table *t = NULL, *old;
    if (!vd_table_is_old(s->folder, s->table) ||
        vd_answers_load(s->folder, s->table, &t, NULL) != VERIDAC_OK)
        return; /* what is there stays, until the folder can be read again */
    (void)pthread_rwlock_wrlock(&s->lock);
    old = s->table;
    s->table = t;
    (void)pthread_rwlock_unlock(&s->lock);
    vd_answers_drop(old);
}

static void *tick(void *user)
{
    struct veridac_server *s = user;
    struct pollfd stop = { .fd = s->stop[0], .events = POLLIN };

    while (poll(&stop, 1, 1000) == 0) { /* the pipe closes: the end */
        vd_guard_tick(s->guard);
        look_again(s);
    }
    return NULL;
}

/* ---- starting and stopping ---- */

static bool read_address(const veridac_serve_options *o, struct sockaddr_storage *ret)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(o->port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(o->port) };
    const char *text = o->address != NULL ? o->address : "127.0.0.1";

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return vd_copy(ret, sizeof *ret, vd_span_of(&v4, sizeof v4));
    return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 &&
           vd_copy(ret, sizeof *ret, vd_span_of(&v6, sizeof v6));
}

static veridac_status listen_at(struct veridac_server *s, const veridac_serve_options *o,
                                const struct sockaddr_storage *address, uint16_t *ret_port,
                                veridac_error *err)
{
    const unsigned v6 = address->ss_family == AF_INET6 ? MHD_USE_IPv6 : MHD_NO_FLAG;
    const unsigned all = o->connections != 0 ? o->connections : CONNECTIONS;
    const unsigned each = o->connections_per_address != 0 ? o->connections_per_address : PER_ADDRESS;
    const union MHD_DaemonInfo *info;

    s->daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL | MHD_USE_ITC | v6, 0, NULL, NULL, answer, s,
        MHD_OPTION_SOCK_ADDR, (const struct sockaddr *)address,
        MHD_OPTION_THREAD_POOL_SIZE, WORKERS,
        MHD_OPTION_CONNECTION_LIMIT, all < WORKERS ? WORKERS : all,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, each,
        MHD_OPTION_CONNECTION_TIMEOUT, s->header_s,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_BYTES,
        MHD_OPTION_UNESCAPE_CALLBACK, as_it_is, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connection, s,
        MHD_OPTION_NOTIFY_COMPLETED, completed, s, MHD_OPTION_END);
    if (s->daemon == NULL)
        return vd_fail(err, VERIDAC_IO, "%s: cannot listen on port %u",
                       o->address != NULL ? o->address : "127.0.0.1", (unsigned)o->port);
    info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT);
    if (info == NULL || info->port == 0)
        return vd_fail(err, VERIDAC_INTERNAL, "no port");
    *ret_port = info->port;
    return VERIDAC_OK;
}

static veridac_status prepare(struct veridac_server *s, const veridac_serve_options *o,
                              veridac_error *err)
{
    if (vd_span_str(o->folder).n >= sizeof s->folder)
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", o->folder);
    (void)vd_copy(s->folder, sizeof s->folder, vd_span_str(o->folder));
    s->header_s = o->header_s != 0 ? o->header_s : HEADER_S;
    s->guard = vd_guard_make(o->requests_per_second);
    s->not_found = vd_answer_text("not found\n", NULL, NULL);
    s->method = vd_answer_text("GET and HEAD\n", "Allow", "GET, HEAD");
    s->busy = vd_answer_text("too many requests\n", "Retry-After", "1");
    s->has_lock = pthread_rwlock_init(&s->lock, NULL) == 0;
    if (s->guard == NULL || s->not_found == NULL || s->method == NULL || s->busy == NULL ||
        !s->has_lock)
        return VERIDAC_NO_MEMORY;
    return pipe(s->stop) == 0 ? VERIDAC_OK : vd_fail(err, VERIDAC_IO, "cannot make a pipe");
}

veridac_status veridac_serve_start(const veridac_serve_options *options, veridac_server **ret,
                                   uint16_t *ret_port, veridac_error *err)
{
    struct sockaddr_storage address = { .ss_family = AF_UNSPEC };
    struct veridac_server *s = NULL;
    veridac_serve_options o;
    uint16_t port = 0;
    veridac_status st;

    if (ret == NULL || ret_port == NULL || !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_serve_options, header_s), options) ||
        o.folder == NULL)
        return VERIDAC_MISUSE;
    if (!read_address(&o, &address))
        return vd_fail(err, VERIDAC_MISUSE, "%s: expected a numeric address", o.address);
    if (geteuid() == 0)
        return vd_fail(err, VERIDAC_MISUSE, "will not serve as root: start it as another user");
    if ((s = calloc(1, sizeof *s)) == NULL)
        return VERIDAC_NO_MEMORY;
    s->stop[0] = s->stop[1] = -1;
    TRY(prepare(s, &o, err));
    TRY(vd_table_no_keys(s->folder, err));
    TRY(vd_answers_load(s->folder, NULL, &s->table, err));
    TRY(listen_at(s, &o, &address, &port, err));
    if (s->table->left_out > 0) /* now: the ticker may replace the table at any time */
        (void)vd_fail(err, VERIDAC_OK, "%zu files are left out; %s", s->table->left_out,
                      s->table->left_why.text);
    else
        (void)vd_fail(err, VERIDAC_OK, "%s", "");
    s->has_ticker = pthread_create(&s->ticker, NULL, tick, s) == 0;
    if (!s->has_ticker)
        FAIL(vd_fail(err, VERIDAC_IO, "cannot start a thread"));
    *ret = s;
    *ret_port = port;
    s = NULL;
    st = VERIDAC_OK;
out:
    veridac_serve_stop(s);
    return st;
}

void veridac_serve_stop(veridac_server *s)
{
    struct MHD_Response *texts[] = { s ? s->not_found : NULL, s ? s->method : NULL,
                                     s ? s->busy : NULL };
    if (s == NULL)
        return;
    if (s->stop[1] >= 0)
        (void)close(s->stop[1]);
    if (s->has_ticker)
        (void)pthread_join(s->ticker, NULL);
    if (s->stop[0] >= 0)
        (void)close(s->stop[0]);
    if (s->daemon != NULL)
        MHD_stop_daemon(s->daemon); /* closes all connections and joins its threads */
    vd_answers_drop(s->table);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i] != NULL)
            MHD_destroy_response(texts[i]);
    }
    vd_guard_free(s->guard);
    if (s->has_lock)
        (void)pthread_rwlock_destroy(&s->lock);
    free(s);
}
