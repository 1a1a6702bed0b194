/* SPDX-License-Identifier: Apache-2.0
 *
 * sync.c - ledger and CRLs -> evidence: one run, all of it or nothing.
 *
 * All nodes are asked side by side, before anything is touched. Then what they list is merged with what
 * was known, and the CRLs are fetched. The run record is written last: until then only objects have been
 * added to the state, and no run speaks of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compliance_list.h"
#include "files.h"
#include "limits.h"
#include "sync_int.h"
#include "text.h"

/* ---- what was known ---- */

static veridac_status take_line(struct vd_lists *l, struct vd_span line)
{
    struct vd_json *doc = NULL;
    const char *wrong = vd_json_read(line, &doc, NULL);
    veridac_status st = wrong == NULL                ? vd_lists_point(l, vd_json_root(doc))
                        : wrong == vd_json_no_memory ? VERIDAC_NO_MEMORY
                                                     : VERIDAC_BAD_DATA;
    vd_json_free(doc);
    return st;
}

static veridac_status read_points(const struct vd_sync *s, const char *sha256, struct vd_lists *ret,
                                  veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_LISTS);
    veridac_status st = vd_state_get(s->o.state, sha256, VD_MAX_LISTS, &text, err);
    struct vd_span in = vd_buf_span(&text), line;
    size_t at;

    while (st == VERIDAC_OK && vd_span_find(in, vd_span_str("\n"), &at)) {
        (void)vd_span_slice(in, 0, at, &line);
        in = vd_span_skip(in, at + 1);
        st = take_line(ret, line);
        if (st != VERIDAC_OK && st != VERIDAC_NO_MEMORY)
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s: object %s: not revocation points", s->o.state,
                         sha256);
    }
    vd_buf_free(&text);
    return st;
}

static veridac_status read_before(struct vd_sync *s, veridac_error *err)
{
    veridac_status st = vd_state_run(s->o.state, INT64_MAX, &s->before, err);

    if (st != VERIDAC_OK || s->before.number == 0)
        return st;
    if (!s->o.offline && s->before.network != s->o.network)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: holds evidence of another network", s->o.state);
    if (s->before.time > s->o.at)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: holds evidence that is younger than this run",
                       s->o.state);
    st = read_points(s, s->before.points, &s->counted_before, err);
    if (st == VERIDAC_OK)
        st = read_points(s, s->before.adding, &s->adding_before, err);
    return st == VERIDAC_OK
               ? vd_state_compliance(s->o.state, &s->before, &s->compliance_before, err)
               : st;
}

/* ---- what the nodes list ---- */

static const struct vd_run_node *node_before(const struct vd_sync *s, const char *url)
{
    for (size_t i = 0; i < s->before.n_nodes; i++) {
        if (strcmp(s->before.nodes[i].url, url) == 0)
            return &s->before.nodes[i];
    }
    return NULL;
}

/* Fewer records than last time is nothing that a list does by itself. */
static void compare_counts(struct vd_sync *s, size_t i, const struct vd_run_node *old,
                           const struct vd_run_node *n)
{
    char text[160];
    for (size_t k = 0; old != NULL && old->error[0] == '\0' && k < VD_LIST_STATES; k++) {
        if (n->records[k] >= old->records[k])
            continue;
        (void)snprintf(text, sizeof text, "%s: %u records, %u in the last run",
                       vd_ledger_list_name(k), (unsigned)n->records[k], (unsigned)old->records[k]);
        vd_merge_say(&s->merge, "list-shrunk", text, UINT32_C(1) << i);
    }
}

/* The same things counted at different endpoints. */
static void compare_endpoints(struct vd_sync *s, size_t i)
{
    static const char *const names[4] = { "", "provisional", "certified", "revoked" };
    const struct vd_ledger *l = &s->nodes[i];
    uint32_t n[4] = { 0 };
    char text[160];

    if (l->n_found_points + l->n_found_certificates > 0) {
        (void)snprintf(text, sizeof text, "%u revocation points and %u certificates that it has under "
                       "their own keys, and not in its lists", (unsigned)l->n_found_points,
                       (unsigned)l->n_found_certificates);
        vd_merge_say(&s->merge, "endpoints-differ", text, UINT32_C(1) << i);
    }
    if (l->lists.n_revoked_alone > 0) {
        (void)snprintf(text, sizeof text, "%u revoked roots whose certificates are not among the "
                       "revoked ones", (unsigned)l->lists.n_revoked_alone);
        vd_merge_say(&s->merge, "counts-differ", text, UINT32_C(1) << i);
    }
    for (size_t k = 0; k < l->lists.n_compliance; k++)
        n[l->lists.compliance[k].status & 3]++;
    for (size_t k = 1; k < 4; k++) {
        if (n[k] == l->lists.n_states[k])
            continue;
        (void)snprintf(text, sizeof text, "%u models are %s, %u compliance records say so",
                       (unsigned)l->lists.n_states[k], names[k], (unsigned)n[k]);
        vd_merge_say(&s->merge, "counts-differ", text, UINT32_C(1) << i);
    }
    if (l->pages[VD_LIST_SOFTWARE].missing || n[2] == l->lists.n_software)
        return;
    (void)snprintf(text, sizeof text, "%u certified models under certificate ids, %u compliance "
                   "records say so", (unsigned)l->lists.n_software, (unsigned)n[2]);
    vd_merge_say(&s->merge, "counts-differ", text, UINT32_C(1) << i);
}

static veridac_status record_node(struct vd_sync *s, size_t i)
{
    const struct vd_ledger *l = &s->nodes[i];
    const struct vd_run_node *old = node_before(s, l->url);
    struct vd_run_node *n = vd_run_add_node(&s->now, l->url);

    if (n == NULL || !vd_run_set(&n->error, l->failed ? l->why : "") ||
        !vd_run_set(&n->chain, l->chain))
        return VERIDAC_NO_MEMORY;
    n->height = l->block.height;
    n->time = l->block.time;
    n->last_ok = l->failed ? (old == NULL ? 0 : old->last_ok) : s->o.at;
    if (l->failed)
        return VERIDAC_OK;
    for (size_t k = 0; k < VD_RUN_LISTS; k++)
        n->records[k] = (uint32_t)l->pages[k].n;
    compare_counts(s, i, old, n);
    compare_endpoints(s, i);
    if (l->block.time != 0 && s->o.at - l->block.time > VD_MAX_BLOCK_AGE_S)
        vd_merge_say(&s->merge, "node-stale", "its newest block is old", UINT32_C(1) << i);
    return VERIDAC_OK;
}

/* The height that more than half of the nodes that answered have reached: one that lies cannot make the
 * others look as if they were behind. */
static uint64_t common_height(const struct vd_sync *s)
{
    uint64_t best = 0;
    size_t answered = 0;
    for (size_t i = 0; i < s->o.n_nodes; i++)
        answered += !s->nodes[i].failed;
    for (size_t i = 0; i < s->o.n_nodes; i++) {
        const uint64_t h = s->nodes[i].block.height;
        size_t reached = 0;
        for (size_t k = 0; k < s->o.n_nodes; k++)
            reached += !s->nodes[k].failed && s->nodes[k].block.height >= h;
        if (!s->nodes[i].failed && 2 * reached > answered && h > best)
            best = h;
    }
    return best;
}

/* One network's nodes name one chain; and the networks of the CSA are known by name. */
static veridac_status check_chains(const struct vd_sync *s, veridac_error *err)
{
    const struct vd_ledger *first = NULL;
    for (size_t i = 0; i < s->o.n_nodes; i++) {
        const struct vd_ledger *l = &s->nodes[i];
        bool main_net = strcmp(l->chain, "main-net") == 0;
        bool test_net = strncmp(l->chain, "testnet", 7) == 0;
        if (l->failed || l->chain[0] == '\0')
            continue;
        if (s->o.network == VERIDAC_NETWORK_MAIN ? test_net : main_net)
            return vd_fail(err, VERIDAC_BAD_DATA, "%s: a node of another network: %s", l->url,
                           l->chain);
        if (first != NULL && strcmp(first->chain, l->chain) != 0)
            return vd_fail(err, VERIDAC_BAD_DATA, "%s and %s: nodes of two chains, %s and %s",
                           first->url, l->url, first->chain, l->chain);
        first = l;
    }
    return VERIDAC_OK;
}

static veridac_status ask_nodes(struct vd_sync *s, veridac_error *err)
{
    size_t good = 0;
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; st == VERIDAC_OK && i < s->o.n_nodes; i++)
        st = vd_ledger_start(&s->nodes[i]);
    if (st == VERIDAC_OK)
        st = vd_http_run(s->http);
    if (st != VERIDAC_OK)
        return st;
    for (size_t i = 0; i < s->o.n_nodes; i++) {
        st = vd_ledger_end(&s->nodes[i]);
        if (st != VERIDAC_OK)
            return st;
        good += !s->nodes[i].failed;
    }
    if (good == 0)
        return vd_fail(err, VERIDAC_IO, "%s: %.400s", s->nodes[0].url, s->nodes[0].why);
    return check_chains(s, err);
}

/* ---- keeping it ---- */

static veridac_status keep_certificates(struct vd_sync *s, veridac_error *err)
{
    char sha256[VD_HASH_TEXT];
    veridac_status st = VERIDAC_OK;
    for (size_t i = 0; i < s->o.n_nodes; i++) {
        const struct vd_lists *l = &s->nodes[i].lists;
        for (size_t k = 0; st == VERIDAC_OK && !s->nodes[i].failed && k < l->n_certificates; k++)
            st = vd_state_put(s->o.state,
                              (struct vd_span){ l->certificates[k].der, l->certificates[k].n },
                              sha256, err);
    }
    return st;
}

static uint32_t lines_of(struct vd_span in)
{
    uint32_t n = 0;
    for (size_t i = 0; i < in.n; i++)
        n += in.p[i] == '\n';
    return n;
}

/* What the nodes' lists become, on their way into the state. */
struct merged {
    struct vd_buf counted, adding, compliance;
};

static veridac_status merge_all(struct vd_sync *s, struct merged *to)
{
    veridac_status st = VERIDAC_OK;

    vd_merge_start(&s->merge);
    s->now.height = common_height(s);
    for (size_t i = 0; st == VERIDAC_OK && i < s->o.n_nodes; i++)
        st = record_node(s, i);
    if (st == VERIDAC_OK)
        st = vd_merge_certificates(&s->merge, &s->now);
    if (st == VERIDAC_OK)
        st = vd_merge_points(&s->merge, &to->counted, &to->adding);
    if (st == VERIDAC_OK)
        st = vd_merge_compliance(&s->merge, s->now.network, vd_buf_span(&s->compliance_before),
                                 &to->compliance, &s->n_compliance);
    s->n_points = lines_of(vd_buf_span(&to->counted));
    s->n_adding = lines_of(vd_buf_span(&to->adding));
    return st;
}

/* The answers themselves; over the quota they are not kept, and the run says so. */
static veridac_status keep_pages(struct vd_sync *s, size_t node, veridac_error *err)
{
    const struct vd_ledger *l = &s->nodes[node];
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; st == VERIDAC_OK && i < l->n_fetches && i < VD_MAX_RUN_PAGES; i++) {
        const struct vd_fetch *f = &l->fetches[i];
        struct vd_buf body = VD_BUF(VD_MAX_JSON);
        struct vd_run_page *p;
        if (s->disk + f->n > (uint64_t)s->o.disk_quota) {
            vd_merge_say(&s->merge, "disk-quota", "a node's answers are not kept as evidence",
                         UINT32_C(1) << node);
            break;
        }
        p = vd_run_add_page(&s->now, f->path);
        if (p == NULL || !vd_spool_get(s->spool, f->at, f->n, &body)) {
            st = vd_fail(err, VERIDAC_IO, "the temporary file cannot be read");
        } else {
            p->node = node;
            p->status = f->status;
            p->height = f->height;
            p->size = f->n;
            p->duration_ms = f->duration_ms;
            s->disk += f->n;
            st = vd_state_put(s->o.state, vd_buf_span(&body), p->sha256, err);
        }
        vd_buf_free(&body);
    }
    return st;
}

static veridac_status keep_lists(struct vd_sync *s, const struct merged *from, veridac_error *err)
{
    veridac_status st = keep_certificates(s, err);
    if (st == VERIDAC_OK)
        st = vd_state_put(s->o.state, vd_buf_span(&from->counted), s->now.points, err);
    if (st == VERIDAC_OK)
        st = vd_state_put(s->o.state, vd_buf_span(&from->adding), s->now.adding, err);
    if (st == VERIDAC_OK && s->n_compliance > 0)
        st = vd_state_put(s->o.state, vd_buf_span(&from->compliance), s->now.compliance, err);
    for (size_t i = 0; st == VERIDAC_OK && i < s->o.n_nodes; i++)
        st = keep_pages(s, i, err);
    return st;
}

/* ---- the run ---- */

static veridac_status run(struct vd_sync *s, veridac_error *err)
{
    struct merged merged = { VD_BUF(VD_MAX_LISTS), VD_BUF(VD_MAX_LISTS), VD_BUF(VD_MAX_BUNDLE) };
    veridac_status st = VERIDAC_INTERNAL;

    TRY(merge_all(s, &merged));
    if (!s->o.dry_run) {
        TRY(keep_lists(s, &merged, err));
        TRY(vd_sync_crls(s, err));
        TRY(vd_state_add_run(s->o.state, &s->now, err));
        TRY(vd_sync_status(s, err));
    }
    st = VERIDAC_OK;
out:
    vd_buf_free(&merged.counted);
    vd_buf_free(&merged.adding);
    vd_buf_free(&merged.compliance);
    return st;
}

/* What is there, without a socket: completes what a killed run left undone, and tells the ages. */
static veridac_status offline(struct vd_sync *s, veridac_error *err)
{
    veridac_status st;
    if (s->before.number == 0)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s: no evidence yet; run sync", s->o.state);
    s->now = s->before;
    s->before = (struct vd_run){ .number = 0 };
    s->n_points = (uint32_t)s->counted_before.n_points;
    s->n_adding = (uint32_t)s->adding_before.n_points;
    s->n_compliance = vd_compliance_count(vd_buf_span(&s->compliance_before));
    st = vd_state_show_trust(s->o.state, &s->now, err);
    return st;
}

/* ---- all ---- */

static veridac_status with_state(struct vd_sync *s, veridac_error *err)
{
    veridac_status st = VERIDAC_INTERNAL;
    int lock = -1;

    if (s->o.dry_run && !vd_folder_there(s->o.state))
        return run(s, err);
    if (!s->o.offline && !s->o.dry_run)
        TRY(vd_state_make(s->o.state, err));
    TRY(vd_folder_lock(s->o.state, &lock, err));
    TRY(s->o.dry_run ? VERIDAC_OK : vd_state_tidy(s->o.state, err));
    TRY(vd_state_size(s->o.state, &s->disk, err));
    TRY(read_before(s, err));
    TRY(s->o.offline ? VERIDAC_OK : vd_sync_again(s, err));
    TRY(s->o.offline ? offline(s, err) : run(s, err));
    st = VERIDAC_OK;
out:
    vd_folder_unlock(lock);
    return st;
}

veridac_status veridac_sync(const veridac_sync_options *options, veridac_buffer *ret_report,
                            veridac_error *err)
{
    struct vd_sync s = { .n_points = 0 };
    veridac_status st;

    if (ret_report == NULL ||
        !vd_sized_take(&s.o, sizeof s.o, VD_UPTO(veridac_sync_options, n_accept_shrink), options) ||
        !vd_sync_options_ok(&s.o))
        return VERIDAC_MISUSE;
    s.now.time = s.o.at;
    s.now.network = s.o.network;
    TRY(vd_sync_set_up(&s, err));
    if (!s.o.offline)
        TRY(ask_nodes(&s, err)); /* before anything is touched */
    TRY(with_state(&s, err));
    st = vd_sync_report(&s, ret_report);
out:
    if (st == VERIDAC_STOPPED)
        (void)vd_fail(err, st, "%s: stopped", s.o.state);
    vd_sync_tear_down(&s);
    return st;
}
