/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_plan.c - what a change adds and removes: ids that are free, ids that are there.
 */
#include <stdlib.h>

#include "limits.h"
#include "rules.h"

struct plan {
    const veridac_rules_change_options *o;
    size_t stride;
    struct vd_buf lines;
    uint32_t *remove;
    size_t n_remove;
};

static veridac_status check_new(const struct plan *p, const struct vd_overlay *now, const char *path,
                                veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_OPERATOR_FILE);
    struct vd_overlay fresh = { .n = 0 };
    veridac_status st;

    if (!vd_buf_fmt(&text, VD_OVERLAY_MAGIC "%s\n", vd_network_text(now->network)) ||
        !vd_buf_put(&text, vd_buf_span(&p->lines))) {
        vd_buf_free(&text);
        return VERIDAC_NO_MEMORY;
    }
    st = vd_rules_parse(path, vd_buf_span(&text), &fresh, err);
    for (size_t i = 0; st == VERIDAC_OK && i < fresh.n; i++) {
        const struct vd_overlay_rule *same = vd_rules_by_id(&fresh, fresh.v[i].id);
        if (vd_rules_by_id(now, fresh.v[i].id) != NULL || same != &fresh.v[i])
            st = vd_fail(err, VERIDAC_BAD_DATA, "the id %.*s is taken", (int)fresh.v[i].id.n,
                         (const char *)fresh.v[i].id.p);
    }
    vd_overlay_free(&fresh);
    vd_buf_free(&text);
    return st;
}

static int by_number(const void *x, const void *y)
{
    const uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

static bool leaves(const struct plan *p, const struct vd_overlay_rule *r, bool *found)
{
    bool ret = p->o->remove_expired && r->expires != 0 && p->o->at > r->expires;
    for (size_t i = 0; i < p->o->n_remove; i++) {
        if (r->id.n > 0 && vd_span_is(r->id, p->o->remove[i]))
            ret = found[i] = true;
    }
    return ret;
}

static veridac_status plan_removals(struct plan *p, const struct vd_overlay *now, veridac_error *err)
{
    bool *found = calloc(p->o->n_remove + 1, sizeof *found);
    veridac_status st = VERIDAC_OK;

    p->remove = calloc(now->n + 1, sizeof *p->remove);
    if (found == NULL || p->remove == NULL) {
        free(found);
        return VERIDAC_NO_MEMORY;
    }
    for (size_t i = 0; i < now->n; i++) {
        if (leaves(p, &now->v[i], found))
            p->remove[p->n_remove++] = now->v[i].line;
    }
    qsort(p->remove, p->n_remove, sizeof *p->remove, by_number);
    for (size_t i = 0; i < p->o->n_remove && st == VERIDAC_OK; i++) {
        if (!found[i])
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s: no rule has the id %s", p->o->path, p->o->remove[i]);
    }
    free(found);
    return st;
}

static veridac_status plan_change(void *user, const struct vd_overlay *now, struct vd_rules_edit *ret,
                                  veridac_error *err)
{
    struct plan *p = user;
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; i < p->o->n_add && st == VERIDAC_OK; i++)
        st = vd_rules_draft(vd_sized_at(p->o->add, p->stride, p->o->n_add, i), p->o->at, &p->lines, err);
    if (st == VERIDAC_OK)
        st = check_new(p, now, p->o->path, err);
    if (st == VERIDAC_OK)
        st = plan_removals(p, now, err);
    if (st == VERIDAC_OK)
        *ret = (struct vd_rules_edit){ vd_buf_span(&p->lines), p->remove, p->n_remove };
    return st;
}

static bool usable(const veridac_rules_change_options *o, size_t stride)
{
    return o->path != NULL && (o->n_add == 0 || stride > 0) && (o->n_remove == 0 || o->remove != NULL) &&
           (o->n_keys == 0 || o->keys != NULL) && o->network >= 0 && o->network <= VERIDAC_NETWORK_TEST;
}

veridac_status veridac_rules_change(const veridac_rules_change_options *options,
                                    veridac_buffer *ret_report, veridac_error *err)
{
    veridac_rules_change_options o;
    struct plan p = { .o = &o, .lines = VD_BUF(VD_MAX_OPERATOR_FILE) };
    struct vd_buf report = VD_BUF(2 * VD_MAX_OPERATOR_FILE);
    struct vd_rules_job job;
    veridac_status st;

    if (ret_report == NULL ||
        !vd_sized_take(&o, sizeof o, VD_UPTO(veridac_rules_change_options, dry_run), options))
        return VERIDAC_MISUSE;
    p.stride = vd_sized_stride(VD_UPTO(veridac_rule_draft, expires), _Alignof(veridac_rule_draft), o.add);
    if (!usable(&o, p.stride))
        return VERIDAC_MISUSE;
    job = (struct vd_rules_job){ o.path, o.network, o.keys, o.n_keys, o.signer, o.dry_run != 0, plan_change,
                                 &p };
    st = vd_buf_u8(&report, '{') ? vd_rules_run(&job, &report, err) : VERIDAC_NO_MEMORY;
    free(p.remove);
    vd_buf_free(&p.lines);
    if (st == VERIDAC_OK && vd_buf_str(&report, "}\n"))
        return vd_give(&report, ret_report);
    vd_buf_free(&report);
    return st == VERIDAC_OK ? VERIDAC_NO_MEMORY : st;
}
