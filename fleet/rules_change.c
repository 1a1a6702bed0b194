/* SPDX-License-Identifier: Apache-2.0
 *
 * rules_change.c - adding, removing and signing rules, in one step under a lock.
 */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "owned.h"
#include "rules.h"
#include "signer.h"
#include "text.h"

const struct vd_overlay_rule *vd_rules_by_id(const struct vd_overlay *o, struct vd_span id)
{
    for (size_t i = 0; i < o->n; i++) {
        if (vd_span_eq(o->v[i].id, id))
            return &o->v[i];
    }
    return NULL;
}

/* ---- the new text ---- */

static struct vd_span take_line(struct vd_span *in)
{
    const struct vd_span whole = *in;
    size_t n = 0;
    while (n < whole.n && vd_at(whole, n) != '\n')
        n++;
    *in = vd_span_skip(whole, n + 1);
    return vd_span_walked(whole, *in);
}

static bool put_diff(struct vd_buf *diff, char sign, struct vd_span line)
{
    return vd_buf_u8(diff, (uint8_t)sign) && vd_buf_str(diff, " ") && vd_buf_put(diff, line) &&
           ((line.n > 0 && vd_at(line, line.n - 1) == '\n') || vd_buf_u8(diff, '\n'));
}

/* The body without the removed lines and with the new ones behind it. */
static bool edit(struct vd_span body, const struct vd_rules_edit *e, struct vd_buf *out, struct vd_buf *diff)
{
    struct vd_span add = e->add;
    size_t k = 0;
    bool ok = true;

    for (uint32_t line = 1; ok && body.n > 0; line++) {
        const struct vd_span text = take_line(&body);
        if (k < e->n_remove && e->remove[k] == line) {
            ok = put_diff(diff, '-', text);
            k++;
        } else {
            ok = vd_buf_put(out, text);
        }
    }
    if (ok && out->n > 0 && vd_at(vd_buf_span(out), out->n - 1) != '\n')
        ok = vd_buf_u8(out, '\n');
    while (ok && add.n > 0) {
        const struct vd_span text = take_line(&add);
        ok = put_diff(diff, '+', text) && vd_buf_put(out, text);
    }
    return ok;
}

/* ---- signing ---- */

/* The signatures that are there stay when what they are over stays; one of the same key is replaced. */
static bool keep_signatures(struct vd_span lines, const uint8_t id[VD_KEY_ID], struct vd_buf *out)
{
    struct vd_overlay_signature s;
    bool ok = true;
    while (ok && lines.n > 0 && vd_overlay_signature_next(&lines, &s)) {
        if (!vd_span_eq(VD_SPAN(s.key_id), vd_span_of(id, VD_KEY_ID)))
            ok = vd_overlay_signature_put(&s, out);
    }
    return ok;
}

static veridac_status sign(const veridac_signer *from, struct vd_span kept, struct vd_buf *text,
                           veridac_error *err)
{
    struct vd_overlay_signature s = { .algorithm = 0 };
    const struct vd_span body = vd_buf_span(text);
    struct vd_signer signer;
    veridac_status st = vd_signer_read(from, &signer, err);

    if (st != VERIDAC_OK)
        return st;
    st = vd_signer_raw(&signer, body, s.value, err);
    if (st == VERIDAC_OK) {
        s.algorithm = signer.pub.algorithm;
        (void)vd_copy(s.key_id, sizeof s.key_id, VD_SPAN(signer.id));
        if (!keep_signatures(kept, signer.id, text) || !vd_overlay_signature_put(&s, text))
            st = VERIDAC_NO_MEMORY;
    }
    vd_signer_clear(&signer);
    return st;
}

/* ---- one change ---- */

struct change {
    const struct vd_rules_job *job;
    char folder[VD_PATH];
    const char *name;
    struct vd_buf old, text, diff;
    struct vd_overlay now;
    bool there;
};

static bool split_path(struct change *c)
{
    const char *path = c->job->path, *slash = strrchr(path, '/');
    const size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

    c->name = slash == NULL ? path : slash + 1;
    if (n == 0)
        return c->name[0] != '\0' && vd_copy(c->folder, sizeof c->folder, vd_span_of(".", 2));
    return c->name[0] != '\0' && n < sizeof c->folder && vd_copy(c->folder, n, vd_span_of(path, n));
}

static veridac_status read_old(struct change *c, veridac_error *err)
{
    const veridac_rules_source from = { .size = sizeof from, .path = c->job->path, .keys = c->job->keys,
                                        .n_keys = c->job->n_keys };

    c->there = vd_file_there(c->folder, c->name);
    if (!c->there && vd_owned_there(c->job->path))
        return vd_fail(err, VERIDAC_IO, "%s: not a regular file; a link is not followed here", c->job->path);
    if (c->there)
        return vd_rules_load(&from, &c->old, &c->now, err);
    if (c->job->network == 0)
        return vd_fail(err, VERIDAC_IO, "%s: no such file", c->job->path);
    if (!vd_buf_fmt(&c->old, VD_OVERLAY_MAGIC "%s\n",
                    vd_network_text((enum vd_network)c->job->network)))
        return VERIDAC_NO_MEMORY;
    return vd_rules_parse(c->job->path, vd_buf_span(&c->old), &c->now, err);
}

static veridac_status make_text(struct change *c, veridac_error *err)
{
    struct vd_rules_edit e = { .n_remove = 0 };
    veridac_status st = c->job->plan(c->job->user, &c->now, &e, err);
    bool same;

    if (st != VERIDAC_OK)
        return st;
    if (!edit(c->now.body, &e, &c->text, &c->diff))
        return vd_fail(err, VERIDAC_TOO_LARGE, "%s: larger than a list of rules may be", c->job->path);
    same = vd_span_eq(vd_buf_span(&c->text), c->now.body);
    if (c->job->signer != NULL)
        return sign(c->job->signer, same ? c->now.signatures : VD_NO_SPAN, &c->text, err);
    return !same || vd_buf_put(&c->text, c->now.signatures) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
}

/* What is written can be read. */
static veridac_status write_new(struct change *c, bool *ret_written, veridac_error *err)
{
    const struct vd_span text = vd_buf_span(&c->text);
    struct vd_overlay check;
    veridac_status st = vd_rules_parse(c->job->path, text, &check, err);

    if (st != VERIDAC_OK)
        return st;
    vd_overlay_free(&check);
    *ret_written = !c->job->dry_run && !(c->there && vd_span_eq(text, vd_buf_span(&c->old)));
    return *ret_written ? vd_file_write(c->folder, c->name, text, 0644, err) : VERIDAC_OK;
}

veridac_status vd_rules_run(const struct vd_rules_job *job, struct vd_buf *report, veridac_error *err)
{
    struct change c = { .job = job, .old = VD_BUF(VD_MAX_OPERATOR_FILE), .text = VD_BUF(VD_MAX_OPERATOR_FILE),
                        .diff = VD_BUF(VD_MAX_OPERATOR_FILE) };
    bool written = false;
    int lock = -1;
    veridac_status st = VERIDAC_INTERNAL;

    if (!split_path(&c))
        FAIL(vd_fail(err, VERIDAC_IO, "%s: not the name of a file", job->path));
    TRY(vd_folder_lock(c.folder, &lock, err));
    TRY(read_old(&c, err));
    TRY(make_text(&c, err));
    if (!vd_buf_str(report, "\"diff\":") || !vd_text_json(report, vd_buf_span(&c.diff)))
        FAIL(vd_fail(err, VERIDAC_TOO_LARGE, "%s: a change too large to be reported", job->path));
    TRY(write_new(&c, &written, err)); /* what follows is short */
    st = vd_buf_fmt(report, ",\"written\":%s,\"signatures_dropped\":%s", written ? "true" : "false",
                    c.now.signatures.n > 0 && job->signer == NULL && c.diff.n > 0 ? "true" : "false")
             ? VERIDAC_OK
             : VERIDAC_NO_MEMORY;
out:
    vd_folder_unlock(lock);
    vd_overlay_free(&c.now);
    vd_buf_free(&c.old);
    vd_buf_free(&c.text);
    vd_buf_free(&c.diff);
    return st;
}
