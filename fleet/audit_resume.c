/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_resume.c - how far a run came.
 *
 *   file  := "VDA1" config:32 at:i64 line:u64 written:u64 time:i64 tally sha256:32    ; little-endian
 *
 * Replaced in one step, after what it speaks of is on disk: a run that is killed finds its last file, cuts
 * the output to `written`, and goes on at `at`.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "audit_int.h"
#include "files.h"

/* Everything that the lines depend on. */
static bool put_config(const struct vd_audit *a, struct vd_buf *out)
{
    const veridac_policy *p = &a->policy;
    veridac_trust_view trust = { .size = sizeof trust };
    uint8_t rules[32];
    bool ok = vd_buf_str(out, "veridac-audit 1 " VERIDAC_VERSION) && vd_buf_le(out, 8, a->in.size) &&
              vd_buf_le(out, 8, (uint64_t)a->in.modified) && vd_buf_put(out, VD_SPAN(a->in.begin)) &&
              vd_buf_le(out, 4, (uint64_t)p->preset) && vd_buf_le(out, 4, (uint64_t)p->network) &&
              vd_buf_le(out, 4, p->accept_unknown) && vd_buf_le(out, 4, (uint64_t)p->sdk_compat) &&
              vd_buf_le(out, 8, (uint64_t)p->max_crl_age_s) &&
              vd_buf_le(out, 8, (uint64_t)p->max_head_age_s) &&
              vd_buf_le(out, 1, a->o.json != 0) && vd_buf_le(out, 1, a->o.since != NULL);

    for (size_t i = 0; i < a->now.n; i++)
        ok = ok && vd_buf_put(out, VD_SPAN(a->now.v[i].inside->sha256));
    for (size_t i = 0; i < a->now.n_ruled; i++)
        ok = ok && vd_sha256(a->now.ruled[i]->overlay.body, rules) && vd_buf_put(out, VD_SPAN(rules));
    for (size_t i = 0; i < a->before.n; i++)
        ok = ok && vd_buf_put(out, VD_SPAN(a->before.v[i].inside->sha256));
    if (a->trust != NULL)
        ok = ok && veridac_trust_look(a->trust, &trust) == VERIDAC_OK &&
             vd_buf_le(out, 4, trust.main_paas) && vd_buf_le(out, 4, trust.test_paas) &&
             vd_buf_le(out, 4, trust.withdrawn_paas) && vd_buf_le(out, 8, (uint64_t)trust.as_of);
    if (a->o.policy_id.data != NULL)
        ok = ok && vd_buf_put(out, vd_span_of(a->o.policy_id.data, a->o.policy_id.size));
    return ok;
}

veridac_status vd_resume_config(const struct vd_audit *a, uint8_t ret[32])
{
    struct vd_buf b = VD_BUF(4096);
    bool ok = put_config(a, &b) && vd_sha256(vd_buf_span(&b), ret);
    vd_buf_free(&b);
    return ok ? VERIDAC_OK : VERIDAC_INTERNAL;
}

/* The folder and the name of a path. */
static bool parts_of(const char *path, char folder[VD_PATH], const char **name)
{
    const char *slash = strrchr(path, '/');
    int n = slash == NULL ? snprintf(folder, VD_PATH, ".")
                          : snprintf(folder, VD_PATH, "%.*s", (int)(slash - path) + 1, path);
    *name = slash == NULL ? path : slash + 1;
    return n > 0 && n < VD_PATH && (*name)[0] != '\0';
}

veridac_status vd_resume_write(const struct vd_audit *a, const struct vd_progress *p,
                               const struct vd_tally *t, veridac_error *err)
{
    struct vd_buf b = VD_BUF(VD_AUDIT_RESUME);
    uint8_t config[32], sum[32];
    char folder[VD_PATH];
    const char *name;
    veridac_status st = vd_resume_config(a, config);

    if (st == VERIDAC_OK && !parts_of(a->o.resume, folder, &name))
        st = vd_fail(err, VERIDAC_IO, "%s: not the name of a file", a->o.resume);
    if (st == VERIDAC_OK &&
        !(vd_buf_str(&b, "VDA1") && vd_buf_put(&b, VD_SPAN(config)) && vd_buf_le(&b, 8, p->at) &&
          vd_buf_le(&b, 8, p->line) && vd_buf_le(&b, 8, p->written) &&
          vd_buf_le(&b, 8, (uint64_t)p->time) && vd_tally_put(t, &b) &&
          vd_sha256(vd_buf_span(&b), sum) && vd_buf_put(&b, VD_SPAN(sum))))
        st = VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK)
        st = vd_file_write(folder, name, vd_buf_span(&b), 0644, err);
    vd_buf_free(&b);
    return st;
}

static bool read_all(struct vd_span in, uint8_t config[32], struct vd_progress *p, struct vd_tally *t)
{
    struct vd_span body, told, got;
    uint8_t sum[32];
    uint64_t time;

    if (in.n < 32 || !vd_span_slice(in, 0, in.n - 32, &body) ||
        !vd_span_slice(in, in.n - 32, 32, &told) || !vd_sha256(body, sum) ||
        !vd_span_eq(told, VD_SPAN(sum)))
        return false;
    if (!vd_take_tag(&body, "VDA1") || !vd_take(&body, 32, &got) || !vd_copy(config, 32, got) ||
        !vd_take_le(&body, 8, &p->at) || !vd_take_le(&body, 8, &p->line) ||
        !vd_take_le(&body, 8, &p->written) || !vd_take_le(&body, 8, &time))
        return false;
    p->time = (int64_t)time;
    return vd_tally_take(t, &body) && body.n == 0;
}

veridac_status vd_resume_read(struct vd_audit *a, struct vd_progress *p, struct vd_tally *t,
                              bool *ret_there, veridac_error *err)
{
    struct vd_buf b = VD_BUF(VD_AUDIT_RESUME + 1);
    uint8_t told[32], own[32];
    char folder[VD_PATH];
    const char *name;
    veridac_status st = VERIDAC_OK;

    *ret_there = false;
    if (!parts_of(a->o.resume, folder, &name))
        return vd_fail(err, VERIDAC_IO, "%s: not the name of a file", a->o.resume);
    st = vd_file_read(folder, name, VD_AUDIT_RESUME, &b, ret_there, err);
    if (st == VERIDAC_OK && *ret_there) {
        if (!read_all(vd_buf_span(&b), told, p, t))
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s: not what a run left, or damaged", a->o.resume);
        else if (a->o.at_fixed && a->o.at != p->time)
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s: that run judged at another time", a->o.resume);
        else
            a->o.at = p->time;
    }
    if (st == VERIDAC_OK && *ret_there) {
        st = vd_resume_config(a, own);
        if (st == VERIDAC_OK && !vd_span_eq(VD_SPAN(told), VD_SPAN(own)))
            st = vd_fail(err, VERIDAC_BAD_DATA,
                         "%s: of a run with another inventory, policy, anchors, store or options",
                         a->o.resume);
    }
    vd_buf_free(&b);
    return st;
}

void vd_resume_remove(const struct vd_audit *a)
{
    char folder[VD_PATH];
    const char *name;
    if (a->o.resume != NULL && parts_of(a->o.resume, folder, &name))
        vd_file_remove(folder, name);
}
