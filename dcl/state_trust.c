/* SPDX-License-Identifier: Apache-2.0
 *
 * state_trust.c - the switch from one run to the next, and the accepted anchors as files.
 *
 * STATE/trust is a link to trust.N, which has the anchors that run N accepts. It is the one name by whose
 * replacement run N comes into force: records with higher numbers are of runs that did not end. So trust
 * and newest run are never of two runs, whenever a process is killed. The folder of the run before stays
 * until the next run, for whoever is reading it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "state.h"
#include "text.h"

#define NAME 32

static bool number_of(const char *name, uint64_t *ret)
{
    struct vd_span in = vd_span_str(name);
    return vd_take_tag(&in, "trust.") && vd_decimal_read(in, VD_MAX_RUNS, ret);
}

bool vd_state_in_force(const char *state, uint64_t *ret)
{
    char target[NAME];
    return vd_link_read(state, "trust", target, sizeof target) && number_of(target, ret) && *ret > 0;
}

bool vd_state_is_older(const char *state)
{
    char path[VD_PATH];
    bool there = false;
    return !vd_folder_is_link(state, "trust", &there) &&
           (there || (vd_path(path, state, "trust.0") && vd_folder_there(path)));
}

/* ---- leftovers ---- */

static void remove_trust(const char *state, const char *name)
{
    static const char *const kinds[] = { "paa", "cd-signers" };
    char path[VD_PATH], below[VD_PATH];

    if (!vd_path(path, state, name))
        return;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (vd_path(below, path, kinds[i]))
            vd_folder_remove(below);
    }
    vd_folder_remove(path);
}

struct sweeping {
    const char *state;
    uint64_t keep;
};

static bool sweep(void *user, const char *name)
{
    const struct sweeping *s = user;
    uint64_t n;
    if (number_of(name, &n) && n != s->keep)
        remove_trust(s->state, name);
    return true;
}

veridac_status vd_state_tidy_trust(const char *state, veridac_error *err)
{
    struct sweeping s = { state, 0 };
    return vd_state_in_force(state, &s.keep) ? vd_folder_each(state, sweep, &s, err) : VERIDAC_OK;
}

/* ---- the folder of one run ---- */

/* A link to the object; a copy where the file system has no links. */
static veridac_status show_one(const char *state, const char *path, const char *sha256,
                               veridac_error *err)
{
    struct vd_buf der = VD_BUF(VD_MAX_INPUT);
    char name[VD_HASH_TEXT + 8], objects[VD_PATH];
    veridac_status st;

    (void)snprintf(name, sizeof name, "%s.der", sha256);
    st = vd_state_get(state, sha256, VD_MAX_INPUT, &der, err);
    if (st == VERIDAC_OK && !(vd_path(objects, state, "objects") &&
                              vd_file_link(objects, sha256, path, name)))
        st = vd_file_write(path, name, vd_buf_span(&der), 0444, err);
    vd_buf_free(&der);
    return st;
}

static veridac_status show_kind(const char *state, const struct vd_run *run, enum vd_run_kind kind,
                                const char *folder, const char *name, veridac_error *err)
{
    char path[VD_PATH];
    veridac_status st = vd_path(path, folder, name)
                            ? vd_folder_make(path, err)
                            : vd_fail(err, VERIDAC_IO, "%s: the path is too long", folder);

    for (size_t i = 0; st == VERIDAC_OK && i < run->n_certificates; i++) {
        if (run->certificates[i].kind == kind && run->certificates[i].accepted)
            st = show_one(state, path, run->certificates[i].sha256, err);
    }
    return st == VERIDAC_OK ? vd_folder_sync(path, err) : st;
}

veridac_status vd_state_show_trust(const char *state, const struct vd_run *run, veridac_error *err)
{
    char name[NAME], folder[VD_PATH];
    uint64_t now = 0;
    bool there = false;
    veridac_status st;

    if (vd_state_in_force(state, &now) && now == run->number)
        return VERIDAC_OK;
    (void)snprintf(name, sizeof name, "trust.%" PRIu64, run->number);
    if (!vd_path(folder, state, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", state);
    remove_trust(state, name); /* of a process that was killed */
    st = vd_folder_make(folder, err);
    if (st == VERIDAC_OK)
        st = show_kind(state, run, VD_RUN_ANCHOR, folder, "paa", err);
    if (st == VERIDAC_OK)
        st = show_kind(state, run, VD_RUN_SIGNER, folder, "cd-signers", err);
    if (st == VERIDAC_OK && !vd_folder_is_link(state, "trust", &there) && there)
        st = vd_folder_move(state, "trust", "trust.0", err); /* as older versions had it */
    return st == VERIDAC_OK ? vd_link_set(state, "trust", name, err) : st;
}
