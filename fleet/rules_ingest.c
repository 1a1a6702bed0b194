/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_ingest.c - signals of a monitoring system into a list of rules.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "limits.h"
#include "rules.h"
#include "signals.h"

struct plan {
    const veridac_rules_ingest_options *o;
    const struct vd_signals *signals;
    struct vd_buf lines, one;
    const struct vd_overlay_rule **by_id; /* the list's rules */
    size_t n;
    uint32_t *remove; /* room for every line of the list once */
    bool *removed;    /* of each rule of the list */
    size_t n_remove;
};

/* ---- what is there ---- */

/* By id, and rules with one id by what they are about: an id may be anybody's. */
static int compare(const struct vd_overlay_rule *a, const struct vd_overlay_rule *b)
{
    const int c = vd_span_cmp(a->id, b->id);
    return c != 0 ? c : vd_overlay_compare(a, b);
}

static int by_id(const void *x, const void *y)
{
    const struct vd_overlay_rule *a = *(const struct vd_overlay_rule *const *)x;
    const struct vd_overlay_rule *b = *(const struct vd_overlay_rule *const *)y;
    const int c = compare(a, b);
    return c != 0 ? c : (a->line > b->line) - (a->line < b->line);
}

static veridac_status sort_ids(struct plan *p, const struct vd_overlay *now)
{
    p->by_id = calloc(now->n + 1, sizeof *p->by_id);
    p->remove = calloc(now->n + 1, sizeof *p->remove);
    p->removed = calloc(now->n + 1, sizeof *p->removed);
    if (p->by_id == NULL || p->remove == NULL || p->removed == NULL)
        return VERIDAC_NO_MEMORY;
    for (p->n = 0; p->n < now->n; p->n++)
        p->by_id[p->n] = &now->v[p->n];
    if (p->n > 1)
        qsort(p->by_id, p->n, sizeof(const struct vd_overlay_rule *), by_id);
    return VERIDAC_OK;
}

/* The first entry that this one would be in place of; others may stand behind it. */
static size_t first_entry(const struct plan *p, const struct vd_overlay_rule *new)
{
    size_t lo = 0, hi = p->n;

    while (lo < hi) {
        const size_t mid = lo + (hi - lo) / 2;
        if (compare(p->by_id[mid], new) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* ---- what comes ---- */

/* What is there already is stronger, or as strong and lasts as long: a signal takes nothing back. */
static bool enough(const struct vd_overlay_rule *is, const struct vd_overlay_rule *new, int64_t at)
{
    if (is->expires != 0 && at > is->expires)
        return false;
    return is->effect > new->effect ||
           (is->effect == new->effect && (is->expires == 0 || is->expires >= new->expires));
}

static veridac_status take_entry(struct plan *p, const struct vd_overlay *now)
{
    struct vd_overlay_rule new;
    struct vd_span line = vd_buf_span(&p->one);
    uint32_t column = 0;
    size_t first, end;

    (void)vd_span_slice(line, 0, line.n - 1, &line); /* without its end */
    if (vd_overlay_line_read(line, &new, &column) != NULL)
        return VERIDAC_INTERNAL;
    first = first_entry(p, &new);
    for (end = first; end < p->n && compare(p->by_id[end], &new) == 0; end++) {
        if (enough(p->by_id[end], &new, p->o->at))
            return VERIDAC_OK;
    }
    for (size_t i = first; i < end; i++) {
        if (!p->removed[p->by_id[i] - now->v])
            p->remove[p->n_remove++] = p->by_id[i]->line;
        p->removed[p->by_id[i] - now->v] = true;
    }
    return vd_buf_put(&p->lines, vd_buf_span(&p->one)) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

static int by_number(const void *x, const void *y)
{
    const uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static bool same_kind(const struct vd_signal *a, const struct vd_signal *b)
{
    return a->threshold == b->threshold && vd_overlay_compare(&a->rule, &b->rule) == 0;
}

static veridac_status plan_ingest(void *user, const struct vd_overlay *now, struct vd_rules_edit *ret,
                                  veridac_error *err)
{
    struct plan *p = user;
    const struct vd_signals *s = p->signals;
    veridac_status st = sort_ids(p, now);
    size_t end;

    for (size_t i = 0; i < s->n && st == VERIDAC_OK; i = end) {
        for (end = i + 1; end < s->n && same_kind(&s->v[i], &s->v[end]); end++)
            ;
        vd_buf_clear(&p->one);
        if (!vd_signals_entry(&s->v[i], end - i, p->o->policy, p->o->at, &p->one))
            continue;
        st = p->one.failed ? VERIDAC_NO_MEMORY : take_entry(p, now);
    }
    if (st != VERIDAC_OK)
        return vd_fail(err, st, "the entries could not be made");
    qsort(p->remove, p->n_remove, sizeof *p->remove, by_number);
    *ret = (struct vd_rules_edit){ vd_buf_span(&p->lines), p->remove, p->n_remove };
    return VERIDAC_OK;
}

static veridac_status run(const veridac_rules_ingest_options *o, const struct vd_signals *signals,
                          struct vd_buf *report, veridac_error *err)
{
    struct plan p = { .o = o, .signals = signals, .lines = VD_BUF(VD_MAX_OPERATOR_FILE), .one = VD_BUF(4096) };
    const struct vd_rules_job job = { o->path, o->network, o->keys, o->n_keys, o->signer, o->dry_run != 0,
                                      plan_ingest, &p };
    veridac_status st = vd_rules_run(&job, report, err);

    free(p.by_id);
    free(p.remove);
    free(p.removed);
    vd_buf_free(&p.lines);
    vd_buf_free(&p.one);
    return st;
}

static bool put_counts(const struct vd_signals *s, struct vd_buf *report)
{
    return vd_buf_fmt(report, ",\"n_lines\":%" PRIu32 ",\"n_counted\":%zu,\"n_outside\":%" PRIu32
                      ",\"n_bad\":%" PRIu32 ",\"bad\":[", s->n_lines, s->n, s->n_outside, s->n_bad) &&
           vd_buf_put(report, vd_buf_span(&s->bad)) && vd_buf_str(report, "]}\n");
}

static bool usable(const veridac_rules_ingest_options *o)
{
    return o->path != NULL && o->policy != NULL && (o->n_keys == 0 || o->keys != NULL) && o->network >= 0 &&
           o->network <= VERIDAC_NETWORK_TEST;
}

veridac_status veridac_rules_ingest(const veridac_rules_ingest_options *options, veridac_buffer *ret_report,
                                    veridac_error *err)
{
    veridac_rules_ingest_options o;
    struct vd_signals signals;
    struct vd_buf report = VD_BUF(3 * (size_t)VD_MAX_OPERATOR_FILE);
    veridac_status st;

    if (ret_report == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_rules_ingest_options, dry_run), options) || !usable(&o))
        return VERIDAC_MISUSE;
    if (o.policy->n_thresholds == 0)
        return vd_fail(err, VERIDAC_BAD_DATA, "the policy has no signals");
    if (o.signals.size > VD_MAX_OPERATOR_FILE)
        return vd_fail(err, VERIDAC_TOO_LARGE, "more than 64 MiB of signals");
    if (!vd_signals_read(vd_span_of(o.signals.data, o.signals.size), o.policy, o.at, &signals))
        return vd_fail(err, VERIDAC_TOO_LARGE, "more signals than the ceiling, or out of memory");
    st = vd_buf_u8(&report, '{') ? run(&o, &signals, &report, err) : VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK && !put_counts(&signals, &report))
        st = VERIDAC_NO_MEMORY;
    vd_signals_free(&signals);
    if (st == VERIDAC_OK)
        return vd_give(&report, ret_report);
    vd_buf_free(&report);
    return st;
}
