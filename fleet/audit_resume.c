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

#include "api.h"
#include "audit_int.h"

/* ---- what lines depend on ---- */

static bool put_hash(struct vd_span in, struct vd_buf *out)
{
    uint8_t digest[VD_SHA256];
    return vd_sha256(in, digest) && vd_buf_put(out, VD_SPAN(digest));
}

/* The file itself: one of the same name, size and time is another one. */
static bool put_inventory(const struct vd_inventory *in, struct vd_buf *out)
{
    bool ok = vd_buf_le(out, 8, in->size) && vd_buf_put(out, VD_SPAN(in->begin));
    for (size_t i = 0; i < sizeof in->stamp / sizeof in->stamp[0]; i++)
        ok = ok && vd_buf_le(out, 8, (uint64_t)in->stamp[i]);
    return ok;
}

static bool put_policy(const struct vd_audit *a, struct vd_buf *out)
{
    uint8_t lists[VD_SHA256], id[VD_SHA256];
    return vd_policy_lists(&a->terms, lists) && vd_policy_id(&a->terms, lists, id) &&
           vd_buf_put(out, VD_SPAN(id));
}

/* Two heads may speak of one bundle and end at different times; Names and rules may come beside it. */
static bool put_sources(const struct vd_fleet_sources *s, struct vd_buf *out)
{
    bool ok = vd_buf_le(out, 1, s->n);
    for (size_t i = 0; i < s->n; i++) {
        const struct vd_snapshot *at = s->v[i].inside;
        const struct vd_snapshot_head *h = &at->head;
        ok = ok && vd_buf_put(out, VD_SPAN(at->sha256)) && vd_buf_le(out, 1, at->has_head) &&
             vd_buf_le(out, 1, h->network) && vd_buf_le(out, 4, h->epoch) && vd_buf_le(out, 8, h->sequence) &&
             vd_buf_le(out, 8, (uint64_t)h->created) && vd_buf_le(out, 8, (uint64_t)h->expires) &&
             vd_buf_le(out, 8, (uint64_t)at->seen) && put_hash(at->bundle.names, out) &&
             put_hash(at->overlay.body, out);
    }
    return ok;
}

static bool put_anchors(const struct vd_audit *a, struct vd_buf *out)
{
    const struct vd_trust *t = a->trust == NULL ? NULL : a->trust->trust;
    const struct vd_anchor *at;
    bool ok = vd_buf_le(out, 1, t != NULL) && vd_buf_le(out, 8, t == NULL ? 0 : (uint64_t)vd_trust_time(t));

    for (size_t i = 0; ok && t != NULL && (at = vd_trust_at(t, i)) != NULL; i++)
        ok = vd_buf_le(out, 1, (uint64_t)at->kind) && vd_buf_le(out, 1, (uint64_t)at->network) &&
             vd_buf_put(out, VD_SPAN(at->sha256));
    for (size_t i = 0; i < a->n_withdrawn; i++)
        ok = ok && vd_buf_put(out, VD_SPAN(a->withdrawn[i].key_id));
    return ok;
}

veridac_status vd_resume_config(struct vd_audit *a)
{
    struct vd_buf b = VD_BUF(1u << 20);
    const bool ok = vd_buf_str(&b, "veridac-audit 2 " VERIDAC_VERSION) && put_inventory(&a->in, &b) &&
                    put_policy(a, &b) && vd_buf_le(&b, 1, a->o.json != 0) &&
                    vd_buf_le(&b, 1, a->o.since != NULL) && put_sources(&a->now, &b) &&
                    put_sources(&a->before, &b) && put_anchors(a, &b) &&
                    vd_sha256(vd_buf_span(&b), a->config);
    vd_buf_free(&b);
    return ok ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

/* ---- the file ---- */

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
    uint8_t sum[32];
    char folder[VD_PATH];
    const char *name;
    veridac_status st = VERIDAC_OK;

    if (!parts_of(a->o.resume, folder, &name))
        st = vd_fail(err, VERIDAC_IO, "%s: not the name of a file", a->o.resume);
    if (st == VERIDAC_OK &&
        !(vd_buf_str(&b, "VDA1") && vd_buf_put(&b, VD_SPAN(a->config)) && vd_buf_le(&b, 8, p->at) &&
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
    uint8_t told[32];
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
        else if (!vd_span_eq(VD_SPAN(told), VD_SPAN(a->config)))
            st = vd_fail(err, VERIDAC_BAD_DATA,
                         "%s: of a run with another inventory, policy, anchors, store or options",
                         a->o.resume);
        else if (a->o.at_fixed && a->o.at != p->time)
            st = vd_fail(err, VERIDAC_BAD_DATA, "%s: that run judged at another time", a->o.resume);
        else
            a->o.at = p->time;
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
