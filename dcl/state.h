/* SPDX-License-Identifier: Apache-2.0
 *
 * state.h - the evidence folder: objects under their SHA-256, one record per run.
 *
 *   STATE/objects/SHA256   bytes as they were fetched, written once, 0444
 *   STATE/runs/NNNNNNNN.json   one record per successful sync, written once; the newest in force is the
 *                          state, older ones are what past bundles are rebuilt from
 *   STATE/trust            a link to trust.N: run N is the newest in force
 *   STATE/trust/paa, STATE/trust/cd-signers   accepted anchors as files, for people and `--trust`
 *
 * Owns:           the layout.
 * Must not know:  how anything was fetched, what it is worth.
 */
#ifndef DCL_STATE_H
#define DCL_STATE_H

#include "run.h"

/* Makes the folders when they are not there. */
veridac_status vd_state_make(const char *state, veridac_error *err);
/* Removes what a killed process left half written. The state is locked. */
veridac_status vd_state_tidy(const char *state, veridac_error *err);
/* Writes the bytes unless they are there; their hash goes to ret. */
veridac_status vd_state_put(const char *state, struct vd_span bytes, char ret[VD_HASH_TEXT],
                            veridac_error *err);
/* Reads an object and checks that it still is what its name says. */
veridac_status vd_state_get(const char *state, const char *sha256, size_t max, struct vd_buf *out,
                            veridac_error *err);
/* The same in parts, without holding it: the hash is known, and checked, behind the last part. */
veridac_status vd_state_each(const char *state, const char *sha256, size_t max,
                             bool (*take)(void *user, struct vd_span part), void *user,
                             veridac_error *err);

/* An object whose bytes come in parts; `slot` tells those apart that grow at the same time. */
struct vd_object;
struct vd_object *vd_object_make(const char *state, size_t slot);
bool vd_object_put(struct vd_object *o, struct vd_span part);
uint64_t vd_object_size(const struct vd_object *o);
/* Keeps it, or finds that it is there; frees. Durable after vd_state_sync. */
veridac_status vd_object_end(struct vd_object *o, char ret[VD_HASH_TEXT], veridac_error *err);
void vd_object_drop(struct vd_object *o);
veridac_status vd_state_sync(const char *state, veridac_error *err);
/* Bytes of all objects. */
veridac_status vd_state_size(const char *state, uint64_t *ret, veridac_error *err);

/* The newest run that is not younger than `at`; number 0 when there is none. */
veridac_status vd_state_run(const char *state, int64_t at, struct vd_run *ret, veridac_error *err);
/* The highest number, 0 for none; one of them. */
veridac_status vd_state_last_run(const char *state, uint64_t *ret, veridac_error *err);
bool vd_state_has_run(const char *state, uint64_t number);
veridac_status vd_state_run_at(const char *state, uint64_t number, struct vd_run *ret,
                               veridac_error *err);
/* Writes the record and brings the run into force, in one step. */
veridac_status vd_state_add_run(const char *state, struct vd_run *run, veridac_error *err);
/* state_trust.c: the number of the newest run in force; false when no link says so. */
bool vd_state_in_force(const char *state, uint64_t *ret);
/* Is it of a version that had no link: `trust` is a folder, or was one when a process was killed? Then all
 * records are in force. */
bool vd_state_is_older(const char *state);
/* Removes what runs that did not end, and those before the newest, have left beside STATE/trust. */
veridac_status vd_state_tidy_trust(const char *state, veridac_error *err);
/* Makes STATE/trust what the run says, unless it does. The run comes into force. */
veridac_status vd_state_show_trust(const char *state, const struct vd_run *run, veridac_error *err);

bool vd_hash_text(struct vd_span bytes, char ret[VD_HASH_TEXT]);

#endif
