/* SPDX-License-Identifier: Apache-2.0
 *
 * http_probe.c - fetches the URLs of its command line at once and prints an object per answer.
 *
 *   http_probe [--per-host N] [--total N] [--connect N] [--idle N] [--run N] [--timeout N] [--wait N]
 *              [--host-bytes N] [--run-bytes N] [--max N] [--redirects N] [--seed N] [--ca FILE]
 *              [--private] [--named] [--signed] [--take] [--height N] [--stop N] URL...
 *
 * --stop: after N milliseconds; whoever is not stopped then fails.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http.h"
#include "text.h"
#include "ticks.h"

struct want {
    const char *url;
    uint64_t taken; /* bytes that `take` got since it was told to begin anew */
};

static veridac_status say(void *user, struct vd_http_answer *a)
{
    const struct want *w = user;
    struct vd_buf url = VD_BUF(65536), why = VD_BUF(65536);
    (void)(vd_text_json(&url, vd_span_str(w->url)) && vd_buf_u8(&url, 0) &&
           vd_text_json(&why, vd_span_str(a->why)) && vd_buf_u8(&why, 0));
    printf("{\"url\":%s,\"outcome\":\"%s\",\"why\":%s,\"status\":%ld,\"bytes\":%" PRIu64
           ",\"taken\":%" PRIu64 ",\"attempts\":%u,\"ms\":%" PRId64 ",\"proxied\":%s,\"height\":%" PRIu64
           ",\"etag\":%s}\n",
           (const char *)url.p, vd_http_slug(a->outcome), (const char *)why.p, a->status, a->bytes,
           w->taken, (unsigned)a->attempts, a->duration_ms, a->proxied ? "true" : "false", a->height,
           a->etag[0] == '"' ? a->etag : "null");
    vd_buf_free(&url);
    vd_buf_free(&why);
    return VERIDAC_OK;
}

static bool take(void *user, struct vd_span part)
{
    struct want *w = user;
    w->taken = part.p == NULL ? 0 : w->taken + part.n;
    return true;
}

static int64_t stop_at;

static int32_t stop(void *user)
{
    (void)user;
    return vd_ticks_ms() >= stop_at;
}

static bool number(char **argv, int *i, const char *name, uint64_t *to)
{
    if (strcmp(argv[*i], name) != 0 || argv[*i + 1] == NULL)
        return false;
    *to = strtoull(argv[++*i], NULL, 10);
    return true;
}

static bool option(char **argv, int *i, struct vd_http_options *o, struct vd_http_request *r)
{
    uint64_t n = 0;
    if (number(argv, i, "--per-host", &n))
        o->per_host = (uint32_t)n;
    else if (number(argv, i, "--total", &n))
        o->total = (uint32_t)n;
    else if (number(argv, i, "--connect", &n))
        o->connect_s = (int64_t)n;
    else if (number(argv, i, "--idle", &n))
        o->idle_s = (int64_t)n;
    else if (number(argv, i, "--run", &n))
        o->run_s = (int64_t)n;
    else if (number(argv, i, "--wait", &n))
        o->max_wait_s = (int64_t)n;
    else if (number(argv, i, "--host-bytes", &n))
        o->host_bytes = n;
    else if (number(argv, i, "--run-bytes", &n))
        o->run_bytes = n;
    else if (number(argv, i, "--seed", &n))
        o->seed = n;
    else if (number(argv, i, "--stop", &n))
        stop_at = vd_ticks_ms() + (int64_t)n;
    else if (number(argv, i, "--timeout", &n))
        r->timeout_s = (int64_t)n;
    else if (number(argv, i, "--max", &n))
        r->max_bytes = n;
    else if (number(argv, i, "--redirects", &n))
        r->redirects = (uint32_t)n;
    else if (number(argv, i, "--height", &n))
        r->height = n;
    else if (strcmp(argv[*i], "--ca") == 0 && argv[*i + 1] != NULL)
        o->ca_file = argv[++*i];
    else if (strcmp(argv[*i], "--private") == 0)
        o->allow_private = true;
    else if (strcmp(argv[*i], "--named") == 0)
        r->named = true;
    else if (strcmp(argv[*i], "--signed") == 0)
        r->http_ok = true;
    else if (strcmp(argv[*i], "--take") == 0)
        r->take = take;
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    struct vd_http_options o = { .seed = 1 };
    struct vd_http_request r = { .max_bytes = 1u << 20, .done = say };
    struct want *wants = calloc((size_t)argc, sizeof *wants);
    struct vd_http *h = NULL;
    veridac_status st;
    int i = 1;

    while (i < argc && option(argv, &i, &o, &r))
        i++;
    if (stop_at != 0)
        o.stop.ask = stop;
    st = wants == NULL ? VERIDAC_NO_MEMORY : vd_http_new(&o, &h);
    for (; st == VERIDAC_OK && i < argc; i++) {
        wants[i].url = argv[i];
        r.url = argv[i];
        r.user = &wants[i];
        st = vd_http_add(h, &r);
    }
    if (st == VERIDAC_OK)
        st = vd_http_run(h);
    if (stop_at != 0 && st == VERIDAC_STOPPED) /* and it stays so, with nothing to do and with something */
        st = vd_http_run(h) == VERIDAC_STOPPED && vd_http_add(h, &r) == VERIDAC_OK &&
                     vd_http_run(h) == VERIDAC_STOPPED
                 ? VERIDAC_OK
                 : VERIDAC_INTERNAL;
    else if (stop_at != 0)
        st = VERIDAC_INTERNAL;
    vd_http_free(h);
    free(wants);
    return st == VERIDAC_OK ? 0 : 1;
}
