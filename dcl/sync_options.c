/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_options.c - what a run of sync is asked for: checked, with its defaults, set up and torn down.
 */
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "sync_int.h"

bool vd_sync_options_ok(const veridac_sync_options *o)
{
    const bool network = o->network == VERIDAC_NETWORK_MAIN || o->network == VERIDAC_NETWORK_TEST;
    const int64_t numbers[] = { o->at, o->timeout_s, o->connect_s, o->idle_s, o->run_s,
                                o->max_wait_s, o->max_crl_bytes, o->max_host_bytes,
                                o->max_run_bytes, o->disk_quota, o->per_host, o->parallel };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (numbers[i] < 0)
            return false;
    }
    if (o->state == NULL || (o->n_accept > 0 && o->accept == NULL) ||
        (o->n_accept_shrink > 0 && o->accept_shrink == NULL) || o->n_nodes > VD_MAX_NODES)
        return false;
    return o->offline ? !o->dry_run : network && o->n_nodes > 0 && o->nodes != NULL;
}

static void set_defaults(veridac_sync_options *o)
{
    if (o->max_crl_bytes == 0 || o->max_crl_bytes > (int64_t)VD_MAX_CRL)
        o->max_crl_bytes = VD_MAX_CRL;
    if (o->disk_quota == 0)
        o->disk_quota = VD_DISK_QUOTA;
}

static bool lower_case(const char *text, char **ret)
{
    if (!vd_run_set(ret, text))
        return false;
    for (char *p = *ret; *p != '\0'; p++)
        *p = (char)(*p >= 'A' && *p <= 'F' ? *p - 'A' + 'a' : *p);
    return true;
}

/* Without the slashes at the end. */
static bool base_url(const char *url, char **ret)
{
    size_t n;
    if (!vd_run_set(ret, url))
        return false;
    for (n = strlen(*ret); n > 0 && (*ret)[n - 1] == '/'; n--)
        (*ret)[n - 1] = '\0';
    return true;
}

/* The last tenth is for judging and writing what came. */
static int64_t fetching_s(int64_t run_s)
{
    const int64_t all = run_s > 0 ? run_s : VD_RUN_S, rest = all > 10 ? all / 10 : 1;
    return all > rest ? all - rest : all;
}

veridac_status vd_sync_set_up(struct vd_sync *s, veridac_error *err)
{
    const veridac_sync_options *o = &s->o;
    const struct vd_http_options http = { .per_host = (uint32_t)o->per_host,
                                          .total = (uint32_t)o->parallel,
                                          .connect_s = o->connect_s,
                                          .idle_s = o->idle_s,
                                          .run_s = fetching_s(o->run_s),
                                          .max_wait_s = o->max_wait_s,
                                          .host_bytes = (uint64_t)o->max_host_bytes,
                                          .run_bytes = (uint64_t)o->max_run_bytes,
                                          .seed = o->seed,
                                          .allow_private = o->allow_private != 0,
                                          .ca_file = o->ca_file,
                                          .stop = { o->stop, o->user } };
    veridac_status st = VERIDAC_OK;

    set_defaults(&s->o);
    s->nodes = calloc(o->n_nodes + 1, sizeof *s->nodes);
    s->named = calloc(o->n_accept + 1, sizeof *s->named);
    if (s->nodes == NULL || s->named == NULL)
        return VERIDAC_NO_MEMORY;
    for (size_t i = 0; i < o->n_accept; i++) {
        if (!lower_case(o->accept[i], &s->named[i]))
            return VERIDAC_NO_MEMORY;
    }
    s->compliance_before = VD_BUF(VD_MAX_BUNDLE);
    s->merge = (struct vd_merge){ .nodes = s->nodes, .n_nodes = o->n_nodes, .before = &s->before,
                                  .counted_before = &s->counted_before,
                                  .adding_before = &s->adding_before,
                                  .named = (const char *const *)s->named, .n_named = o->n_accept };
    if (o->offline)
        return VERIDAC_OK;
    st = vd_http_new(&http, &s->http);
    if (st == VERIDAC_OK)
        st = vd_spool_make(&s->spool);
    for (size_t i = 0; st == VERIDAC_OK && i < o->n_nodes; i++) {
        const enum vd_url node = vd_url_private_or_https(o->nodes[i]);
        char *url = NULL;
        if (node == VD_URL_NO_MEMORY)
            return VERIDAC_NO_MEMORY;
        if (node != VD_URL_OK)
            return vd_fail(err, VERIDAC_MISUSE,
                           "%s: a ledger node is an https URL, or http on a loopback address",
                           o->nodes[i]);
        if (!base_url(o->nodes[i], &url))
            return VERIDAC_NO_MEMORY;
        s->nodes[i] = (struct vd_ledger){ .url = url, .timeout_s = o->timeout_s, .http = s->http,
                                          .spool = s->spool };
        for (size_t k = 0; k < i; k++) {
            if (strcmp(s->nodes[k].url, url) == 0) /* asked twice it is not two witnesses */
                return vd_fail(err, VERIDAC_MISUSE, "%s: named twice", url);
        }
    }
    return st;
}

void vd_sync_tear_down(struct vd_sync *s)
{
    vd_http_free(s->http);
    vd_spool_free(s->spool);
    for (size_t i = 0; s->nodes != NULL && i < s->o.n_nodes; i++) {
        free((char *)(uintptr_t)s->nodes[i].url);
        vd_ledger_free(&s->nodes[i]);
    }
    for (size_t i = 0; s->named != NULL && i < s->o.n_accept; i++)
        free(s->named[i]);
    free(s->nodes);
    free(s->named);
    vd_lists_free(&s->counted_before);
    vd_lists_free(&s->adding_before);
    vd_buf_free(&s->compliance_before);
    vd_run_clear(&s->before);
    vd_run_clear(&s->now);
    vd_buf_free(&s->merge.notes.text);
}
