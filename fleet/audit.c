/* SPDX-License-Identifier: Apache-2.0
 *
 * audit.c - a fleet, in bulk.
 *
 * Owns:           the order of the steps, and the file that lines go to.
 * Must not know:  how a device is judged, threads.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit_int.h"
#include "sized.h"
#include "store.h"

/* ---- options ---- */

/* One file, by whatever names. */
static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (a == NULL || b == NULL)
        return false;
    return strcmp(a, b) == 0 ||
           (stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino);
}

/* Where lines stand until all of them do. */
static bool tmp_of(const char *out, char ret[VD_PATH])
{
    const int n = snprintf(ret, VD_PATH, "%s.tmp", out);
    return n > 0 && n < VD_PATH;
}

/* What is read, what is written, what is noted: no two of them are one file. */
static veridac_status check_files(const veridac_audit_options *o, veridac_error *err)
{
    char tmp[VD_PATH];
    bool one = same_file(o->inventory, o->out) || same_file(o->inventory, o->resume) ||
               same_file(o->out, o->resume);

    if (o->out != NULL) {
        if (!tmp_of(o->out, tmp))
            return vd_fail(err, VERIDAC_IO, "%s: the path is too long", o->out);
        one = one || same_file(o->inventory, tmp) || same_file(o->resume, tmp);
    }
    return !one ? VERIDAC_OK
                : vd_fail(err, VERIDAC_BAD_DATA, "%s: what is read and what is written are one file",
                          o->out != NULL ? o->out : o->inventory);
}

static veridac_status take_options(const veridac_audit_options *options, struct vd_audit *a,
                                   veridac_error *err)
{
    const veridac_audit_options *o = &a->o;

    if (!vd_sized_take(&a->o, sizeof a->o, VD_UPTO(veridac_audit_options, now), options) ||
        o->inventory == NULL || o->policy == NULL ||
        !vd_sized_take(&a->policy, sizeof a->policy, VD_UPTO(veridac_policy, max_head_age_s),
                       o->policy) ||
        !vd_policy_take(o->policy, &a->terms) ||
        (o->n_stores > 0 && o->stores == NULL) || (o->n_bundles > 0 && o->bundles == NULL) ||
        (o->n_rules > 0 && o->rules == NULL) ||
        (o->policy_id.data != NULL && o->policy_id.size != 32))
        return VERIDAC_MISUSE;
    if (o->jobs > VD_AUDIT_JOBS)
        return vd_fail(err, VERIDAC_MISUSE, "at most %u jobs", VD_AUDIT_JOBS);
    if (o->resume != NULL && o->out == NULL)
        return vd_fail(err, VERIDAC_MISUSE, "a run that can be resumed writes to a file");
    if (o->resume != NULL && strcmp(o->inventory, "-") == 0)
        return vd_fail(err, VERIDAC_MISUSE, "standard input cannot be resumed");
    return check_files(o, err);
}

/* ---- sources ---- */

static bool is_folder(const char *path)
{
    struct stat sb;
    return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

static bool of_network(const struct vd_fleet_sources *s, const veridac_policy *policy)
{
    for (size_t i = 0; i < s->n; i++) {
        if ((int32_t)vd_snapshot_network(s->v[i].inside) != policy->network)
            return false;
    }
    return true;
}

static veridac_status open_sources(struct vd_audit *a, veridac_error *err)
{
    const veridac_audit_options *o = &a->o;
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; st == VERIDAC_OK && i < o->n_stores; i++)
        st = vd_sources_add_store(&a->now, o->stores[i], err);
    for (size_t i = 0; st == VERIDAC_OK && i < o->n_bundles; i++)
        st = vd_sources_add_file(&a->now, o->bundles[i], err);
    for (size_t i = 0; st == VERIDAC_OK && i < o->n_rules; i++)
        st = vd_sources_add_rules(&a->now, &o->rules[i], err);
    if (st == VERIDAC_OK && !of_network(&a->now, &a->policy))
        st = vd_fail(err, VERIDAC_OTHER_NETWORK, "a store, bundle or list of rules is of another network");
    if (st == VERIDAC_OK && o->since != NULL)
        st = is_folder(o->since) ? vd_sources_add_store(&a->before, o->since, err)
                                 : vd_sources_add_file(&a->before, o->since, err);
    if (st == VERIDAC_OK && !of_network(&a->before, &a->policy))
        st = vd_fail(err, VERIDAC_OTHER_NETWORK, "%s: of another network", o->since);
    return st;
}

static veridac_status find_trust(struct vd_audit *a, veridac_error *err)
{
    veridac_status st;

    a->trust = a->o.trust;
    if (a->trust != NULL || a->o.n_stores == 0)
        return VERIDAC_OK;
    st = veridac_trust_new(&a->own_trust);
    for (size_t i = 0; st == VERIDAC_OK && i < a->o.n_stores; i++)
        st = veridac_store_trust(a->o.stores[i], a->own_trust, err);
    a->trust = a->own_trust;
    return st;
}

/* ---- the output ---- */

/* A new file, or one that only an earlier run of this user can have left: it is going to be cut. */
static veridac_status open_tmp(struct vd_output *out, veridac_error *err)
{
    struct stat sb;

    out->fd = open(out->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (out->fd >= 0)
        return VERIDAC_OK;
    if (errno != EEXIST)
        return vd_fail(err, VERIDAC_IO, "%s: cannot write: %s", out->tmp, strerror(errno));
    out->fd = open(out->tmp, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (out->fd < 0 || fstat(out->fd, &sb) != 0 || !S_ISREG(sb.st_mode) || sb.st_nlink != 1 ||
        sb.st_uid != geteuid())
        return vd_fail(err, VERIDAC_IO, "%s: not a file that an earlier run left", out->tmp);
    return VERIDAC_OK;
}

/* Another run may have given the file its name between open and lock. */
static bool still_named(const struct vd_output *out)
{
    struct stat is, named;
    return fstat(out->fd, &is) == 0 && lstat(out->tmp, &named) == 0 && is.st_dev == named.st_dev &&
           is.st_ino == named.st_ino;
}

/* A run that goes on cuts off what the one before wrote behind its last note. */
static veridac_status open_output(const struct vd_audit *a, uint64_t keep, struct vd_output *out,
                                  veridac_error *err)
{
    veridac_status st;

    if (!tmp_of(a->o.out, out->tmp))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", a->o.out);
    st = open_tmp(out, err);
    if (st != VERIDAC_OK)
        return st;
    if (flock(out->fd, LOCK_EX | LOCK_NB) != 0 || !still_named(out))
        return vd_fail(err, VERIDAC_IO, "%s: another run is writing it", out->tmp);
    if (ftruncate(out->fd, (off_t)keep) != 0 || lseek(out->fd, 0, SEEK_END) != (off_t)keep)
        return vd_fail(err, VERIDAC_IO, "%s: cannot write: %s", out->tmp, strerror(errno));
    out->written = keep;
    return VERIDAC_OK;
}

static veridac_status finish_output(const struct vd_audit *a, struct vd_output *out,
                                    veridac_error *err)
{
    /* named while it is locked: nobody cuts what is complete */
    bool ok = fsync(out->fd) == 0 && rename(out->tmp, a->o.out) == 0;

    ok = close(out->fd) == 0 && ok;
    out->fd = -1;
    return ok ? VERIDAC_OK : vd_fail(err, VERIDAC_IO, "%s: cannot write: %s", a->o.out, strerror(errno));
}

/* ---- the run ---- */

/* What an earlier run wrote; it is there unless that run was over, or somebody took it away. */
static bool output_there(const struct vd_audit *a, uint64_t written)
{
    char tmp[VD_PATH];
    struct stat sb;
    return tmp_of(a->o.out, tmp) && lstat(tmp, &sb) == 0 && (uint64_t)sb.st_size >= written;
}

/* Where to begin: at the front, or where an earlier run was when it wrote its last note. */
static veridac_status find_place(struct vd_audit *a, struct vd_progress *p, struct vd_tally *t,
                                 veridac_audit_view *view, veridac_error *err)
{
    bool there = false;
    veridac_status st = VERIDAC_OK;

    *p = (struct vd_progress){ .at = a->in.at, .line = a->in.line, .time = a->o.at };
    if (a->o.resume == NULL)
        return VERIDAC_OK;
    st = vd_resume_config(a);
    if (st == VERIDAC_OK)
        st = vd_resume_read(a, p, t, &there, err);
    if (st != VERIDAC_OK || !there)
        return st;
    if (!output_there(a, p->written)) { /* all anew: the time stays */
        *p = (struct vd_progress){ .at = a->in.at, .line = a->in.line, .time = a->o.at };
        vd_tally_free(t);
        return vd_tally_make(t) ? VERIDAC_OK : VERIDAC_NO_MEMORY;
    }
    view->resumed_at = p->at;
    return vd_inventory_seek(&a->in, p->at, p->line)
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_BAD_DATA, "%s: shorter than %s says", a->o.inventory, a->o.resume);
}

/* What the entries of the devices behind this one rest on. */
static veridac_status begin_trail(const struct vd_audit *a, veridac_error *err)
{
    struct vd_buf b = VD_BUF(VD_TRAIL_LINE);
    veridac_status st = VERIDAC_NO_MEMORY;

    if (vd_audit_run_entry(a, &b))
        st = veridac_trail_append(a->o.trail, "audit", a->o.now, (veridac_bytes){ b.p, b.n }, err);
    vd_buf_free(&b);
    return st;
}

static void count(const struct vd_audit *a, const struct vd_tally *t, veridac_audit_view *view)
{
    view->hit = t->count[VD_OUT_HIT];
    view->clear = t->count[VD_OUT_CLEAR];
    view->open = t->count[VD_OUT_OPEN];
    view->malformed = t->count[VD_OUT_MALFORMED];
    view->devices = view->hit + view->clear + view->open;
    view->enforced = a->policy.preset != VERIDAC_POLICY_AUDIT;
}

static veridac_status run(struct vd_audit *a, struct vd_tally *t, veridac_audit_view *view,
                          struct vd_buf *report, veridac_error *err)
{
    struct vd_output out = { .fd = -1 };
    struct vd_progress p;
    veridac_status st;

    TRY(open_sources(a, err));
    TRY(find_trust(a, err));
    TRY(vd_withdrawn_since(a, err));
    TRY(vd_inventory_open(a->o.inventory, &a->in, err));
    TRY(find_place(a, &p, t, view, err));
    vd_rules_note(a); /* a run that goes on has its time by now */
    if (a->o.trail != NULL)
        TRY(begin_trail(a, err));
    if (a->o.out != NULL)
        TRY(open_output(a, p.written, &out, err));
    TRY(vd_audit_run(a, &p, t, &out, err));
    if (a->o.out != NULL)
        TRY(finish_output(a, &out, err));
    if (a->o.trail != NULL)
        TRY(veridac_trail_sync(a->o.trail, NULL, err));
    vd_resume_remove(a);
    count(a, t, view);
    if (!vd_tally_report(a, t, report))
        FAIL(VERIDAC_NO_MEMORY);
    st = VERIDAC_OK;
out:
    if (out.fd >= 0)
        (void)close(out.fd);
    return st;
}

veridac_status veridac_audit(const veridac_audit_options *options, veridac_audit_view *ret,
                             veridac_buffer *ret_report, veridac_error *err)
{
    struct vd_audit a = { .in = { .fd = -1 } };
    struct vd_buf report = VD_BUF(VD_AUDIT_RESUME);
    veridac_audit_view view = { .size = sizeof view };
    struct vd_tally tally;
    veridac_status st = take_options(options, &a, err);

    if (st == VERIDAC_OK &&
        (ret_report == NULL || !vd_sized_fits(VD_UPTO(veridac_audit_view, resumed_at), ret)))
        st = VERIDAC_MISUSE;
    if (st != VERIDAC_OK)
        return st;
    if (!vd_tally_make(&tally))
        return VERIDAC_NO_MEMORY;
    st = run(&a, &tally, &view, &report, err);
    vd_tally_free(&tally);
    vd_inventory_close(&a.in);
    vd_sources_free(&a.now);
    vd_sources_free(&a.before);
    veridac_trust_free(a.own_trust);
    free(a.withdrawn);
    if (st == VERIDAC_OK)
        st = vd_give(&report, ret_report);
    else
        vd_buf_free(&report);
    if (st == VERIDAC_OK)
        vd_sized_give(ret, &view, sizeof view);
    return st;
}
