/* SPDX-License-Identifier: Apache-2.0
 *
 * state_gc.c - old runs are forgotten, and the objects that only they spoke of.
 *
 * Records go first, durably; only then the objects. Killed in between, some objects stay until the next
 * time, and no record speaks of an object that is gone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "lists.h"
#include "sig.h"
#include "state.h"

struct gc {
    const char *state;
    char objects[VD_PATH], runs[VD_PATH];
    struct vd_digests kept;   /* of the names of objects that are spoken of */
    uint64_t n_runs, n_objects, bytes;
    veridac_status st;
};

static bool keep(struct gc *g, const char *sha256)
{
    return sha256[0] == '\0' || vd_digests_add(&g->kept, vd_span_str(sha256));
}

static bool keep_of(struct gc *g, const struct vd_run *run)
{
    bool ok = keep(g, run->points) && keep(g, run->adding) && keep(g, run->compliance);
    for (size_t i = 0; ok && i < run->n_certificates; i++)
        ok = keep(g, run->certificates[i].sha256);
    for (size_t i = 0; ok && i < run->n_pages; i++)
        ok = keep(g, run->pages[i].sha256);
    for (size_t i = 0; ok && i < run->n_crls; i++) {
        ok = keep(g, run->crls[i].sha256);
        for (size_t k = 0; ok && k < run->crls[i].n_kept; k++)
            ok = keep(g, run->crls[i].kept[k].sha256);
    }
    return ok;
}

/* Runs from `first` on are kept. */
static veridac_status read_kept(struct gc *g, uint64_t first, uint64_t last, veridac_error *err)
{
    veridac_status st = VERIDAC_OK;
    for (uint64_t i = first; st == VERIDAC_OK && i <= last; i++) {
        struct vd_run run = { .number = 0 };
        st = vd_state_run_at(g->state, i, &run, err);
        if (st == VERIDAC_OK && !keep_of(g, &run))
            st = vd_fail(err, VERIDAC_TOO_LARGE, "%s: too many objects to look at", g->state);
        vd_run_clear(&run);
    }
    return st;
}

static veridac_status drop_runs(struct gc *g, uint64_t first, veridac_error *err)
{
    for (uint64_t i = 1; i < first; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%08" PRIu64 ".json", i);
        if (vd_file_there(g->runs, name)) {
            vd_file_remove(g->runs, name);
            g->n_runs++;
        }
    }
    return vd_folder_sync(g->runs, err);
}

static bool drop_object(void *user, const char *name)
{
    struct gc *g = user;
    struct vd_digest d;
    uint64_t n = 0;

    if (!vd_is_hash(name))
        return true; /* not ours */
    if (!vd_sha256(vd_span_str(name), d.b) ||
        vd_digests_has(&g->kept, &d))
        return true;
    if (vd_file_size(g->objects, name, &n, NULL) == VERIDAC_OK)
        g->bytes += n;
    vd_file_remove(g->objects, name);
    g->n_objects++;
    return true;
}

veridac_status veridac_state_gc(const char *state, uint32_t keep_runs, veridac_buffer *ret_report,
                                veridac_error *err)
{
    struct gc g = { .state = state };
    struct vd_buf report = VD_BUF(4096);
    veridac_status st = VERIDAC_INTERNAL;
    uint64_t last = 0, first;
    int lock = -1;

    if (state == NULL || keep_runs == 0 || ret_report == NULL)
        return VERIDAC_MISUSE;
    if (!vd_path(g.objects, state, "objects") || !vd_path(g.runs, state, "runs") ||
        !vd_folder_there(g.objects) || !vd_folder_there(g.runs))
        return vd_fail(err, VERIDAC_IO, "%s: not a state", state);
    TRY(vd_folder_lock(state, &lock, err));
    TRY(vd_state_tidy(state, err));
    TRY(vd_state_last_run(state, &last, err));
    first = last > keep_runs ? last - keep_runs + 1 : 1;
    while (first <= last && !vd_state_has_run(state, first)) /* collected before */
        first++;
    TRY(read_kept(&g, first, last, err));
    TRY(drop_runs(&g, first, err));
    TRY(vd_folder_each(g.objects, drop_object, &g, err));
    (void)vd_buf_fmt(&report,
                     "{\"schema_version\":1,\"runs_removed\":%" PRIu64 ",\"objects_removed\":%" PRIu64
                     ",\"bytes_freed\":%" PRIu64 "}\n",
                     g.n_runs, g.n_objects, g.bytes);
    st = vd_give(&report, ret_report);
out:
    vd_folder_unlock(lock);
    free(g.kept.v);
    return st;
}
