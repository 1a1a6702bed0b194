/* SPDX-License-Identifier: Apache-2.0
 *
 * state.c - the evidence folder.
 */
#include "state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "limits.h"
#include "sig.h"
#include "text.h"

#define RUN_NAME 32

bool vd_hash_text(struct vd_span bytes, char ret[VD_HASH_TEXT])
{
    uint8_t digest[32];
    struct vd_buf hex = { (uint8_t *)ret, 0, VD_HASH_TEXT - 1, VD_HASH_TEXT - 1, false };
    if (!vd_sha256(bytes, digest))
        return false;
    ret[VD_HASH_TEXT - 1] = '\0';
    return vd_hex_put(&hex, VD_SPAN(digest), false);
}

static veridac_status folder(const char *state, const char *name, bool make, char ret[VD_PATH],
                             veridac_error *err)
{
    if (!vd_path(ret, state, name))
        return vd_fail(err, VERIDAC_IO, "%s: the path is too long", state);
    return make ? vd_folder_make(ret, err) : VERIDAC_OK;
}

veridac_status vd_state_make(const char *state, veridac_error *err)
{
    static const char *const names[] = { "objects", "runs" };
    char path[VD_PATH];
    veridac_status st = vd_folder_make(state, err);
    for (size_t i = 0; st == VERIDAC_OK && i < sizeof names / sizeof names[0]; i++)
        st = folder(state, names[i], true, path, err);
    return st;
}

veridac_status vd_state_tidy(const char *state, veridac_error *err)
{
    static const char *const names[] = { "objects", "runs" };
    char path[VD_PATH];
    veridac_status st = vd_folder_tidy(state, err);
    for (size_t i = 0; st == VERIDAC_OK && i < sizeof names / sizeof names[0]; i++) {
        st = folder(state, names[i], false, path, err);
        if (st == VERIDAC_OK)
            st = vd_folder_tidy(path, err);
    }
    return st == VERIDAC_OK ? vd_state_tidy_trust(state, err) : st;
}

/* ---- objects ---- */

veridac_status vd_state_put(const char *state, struct vd_span bytes, char ret[VD_HASH_TEXT],
                            veridac_error *err)
{
    char path[VD_PATH], hash[VD_HASH_TEXT];
    veridac_status st;
    if (!vd_hash_text(bytes, hash))
        return VERIDAC_INTERNAL;
    st = folder(state, "objects", false, path, err);
    if (st == VERIDAC_OK && !vd_file_there(path, hash))
        st = vd_file_write(path, hash, bytes, 0444, err);
    if (st == VERIDAC_OK)
        (void)vd_copy(ret, VD_HASH_TEXT, vd_span_of(hash, sizeof hash));
    return st;
}

veridac_status vd_state_get(const char *state, const char *sha256, size_t max, struct vd_buf *out,
                            veridac_error *err)
{
    char path[VD_PATH], hash[VD_HASH_TEXT];
    bool there = false;
    veridac_status st = folder(state, "objects", false, path, err);
    if (st == VERIDAC_OK)
        st = vd_file_read(path, sha256, max, out, &there, err);
    if (st != VERIDAC_OK)
        return st;
    if (!there)
        return vd_fail(err, VERIDAC_IO, "%s: object %s is missing", state, sha256);
    if (!vd_hash_text(vd_buf_span(out), hash) || strcmp(hash, sha256) != 0)
        return vd_fail(err, VERIDAC_IO, "%s: object %s is not what its name says", state, sha256);
    return VERIDAC_OK;
}

/* ---- runs ---- */

struct numbers {
    uint64_t below, best; /* the highest number under `below` */
    uint64_t last;        /* the highest of all */
};

static bool run_number(const char *name, uint64_t *ret)
{
    struct vd_span in = vd_span_str(name), digits;
    return vd_take(&in, 8, &digits) && vd_span_is(in, ".json") &&
           vd_decimal_read(digits, VD_MAX_RUNS, ret) && *ret > 0;
}

static bool look_at_run(void *user, const char *name)
{
    struct numbers *n = user;
    uint64_t number;
    if (!run_number(name, &number))
        return true;
    if (number < n->below && number > n->best)
        n->best = number;
    if (number > n->last)
        n->last = number;
    return true;
}

static veridac_status read_run(const char *path, uint64_t number, struct vd_run *ret,
                               veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_RUN_RECORD);
    char name[RUN_NAME];
    bool there = false;
    veridac_status st;

    (void)snprintf(name, sizeof name, "%08" PRIu64 ".json", number);
    st = vd_file_read(path, name, VD_MAX_RUN_RECORD, &text, &there, err);
    if (st == VERIDAC_OK && (!there || !vd_run_read(vd_buf_span(&text), ret)))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s/%s: not a run record", path, name);
    vd_buf_free(&text);
    if (st == VERIDAC_OK)
        ret->number = number;
    return st;
}

/* A state without its link would be taken for an empty one, and what its runs found revoked would be
 * forgotten. A first run that did not end leaves record 1 and no other, and no status.json, which is written
 * once a run is in force. */
static veridac_status no_link(const char *state, uint64_t last, veridac_error *err)
{
    return last == 0 || (last == 1 && !vd_file_there(state, "status.json"))
               ? VERIDAC_OK
               : vd_fail(err, VERIDAC_BAD_DATA, "%s/trust is missing; it was a link to trust.N, where N is "
                                                      "the newest run in force", state);
}

/* The highest number under `below` that is in force. */
static veridac_status find_run(const char *state, uint64_t below, uint64_t *ret, veridac_error *err)
{
    struct numbers n = { below, 0, 0 };
    char path[VD_PATH];
    uint64_t newest = 0;
    const bool linked = vd_state_in_force(state, &newest);
    const bool ends_there = linked && newest < below;
    veridac_status st = folder(state, "runs", false, path, err);

    *ret = 0;
    if (ends_there)
        n.below = newest + 1; /* what is above did not end */
    if (st == VERIDAC_OK)
        st = vd_folder_each(path, look_at_run, &n, err);
    if (st == VERIDAC_OK && !linked && !vd_state_is_older(state))
        return no_link(state, n.last, err);
    if (st == VERIDAC_OK && ends_there && n.best != newest)
        return vd_fail(err, VERIDAC_BAD_DATA, "%s/runs/%08" PRIu64 ".json is missing: the record of the run in "
                                              "force", state, newest);
    *ret = n.best;
    return st;
}

veridac_status vd_state_run(const char *state, int64_t at, struct vd_run *ret, veridac_error *err)
{
    struct vd_run run = { .number = 0 };
    uint64_t below = UINT64_MAX, n = 0;
    veridac_status st;

    while ((st = find_run(state, below, &n, err)) == VERIDAC_OK && n != 0) {
        st = vd_state_run_at(state, n, &run, err);
        if (st != VERIDAC_OK || run.time <= at)
            break;
        vd_run_clear(&run); /* younger than asked for: the one before */
        below = n;
    }
    if (st == VERIDAC_OK)
        *ret = run;
    return st;
}

veridac_status vd_state_last_run(const char *state, uint64_t *ret, veridac_error *err)
{
    return find_run(state, UINT64_MAX, ret, err);
}

bool vd_state_has_run(const char *state, uint64_t number)
{
    char path[VD_PATH], name[RUN_NAME];
    (void)snprintf(name, sizeof name, "%08" PRIu64 ".json", number);
    return vd_path(path, state, "runs") && vd_file_there(path, name);
}

veridac_status vd_state_run_at(const char *state, uint64_t number, struct vd_run *ret,
                               veridac_error *err)
{
    char path[VD_PATH];
    veridac_status st = folder(state, "runs", false, path, err);
    return st == VERIDAC_OK ? read_run(path, number, ret, err) : st;
}

veridac_status vd_state_add_run(const char *state, struct vd_run *run, veridac_error *err)
{
    struct vd_buf text = VD_BUF(VD_MAX_RUN_RECORD);
    char path[VD_PATH], name[RUN_NAME];
    uint64_t last = 0;
    veridac_status st = folder(state, "runs", false, path, err);

    if (st == VERIDAC_OK)
        st = vd_state_last_run(state, &last, err);
    if (st == VERIDAC_OK && !vd_run_write(run, &text))
        st = vd_fail(err, VERIDAC_TOO_LARGE, "%s: the run record would have more than %u bytes",
                     state, VD_MAX_RUN_RECORD);
    if (st == VERIDAC_OK) {
        (void)snprintf(name, sizeof name, "%08" PRIu64 ".json", last + 1);
        st = vd_file_write(path, name, vd_buf_span(&text), 0444, err);
    }
    vd_buf_free(&text);
    if (st != VERIDAC_OK)
        return st;
    run->number = last + 1;
    return vd_state_show_trust(state, run, err);
}
