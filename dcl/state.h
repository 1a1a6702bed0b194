/* SPDX-License-Identifier: Apache-2.0
 *
 * state.h - the evidence folder: objects under their SHA-256, one record per run.
 *
 *   STATE/objects/SHA256   bytes as they were fetched, written once, 0444
 *   STATE/runs/NNNNNNNN    one JSON record per successful sync, written once; the highest is the
 *                          state, older ones are what past bundles are rebuilt from
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
/* Writes the bytes unless they are there; their hash goes to ret. */
veridac_status vd_state_put(const char *state, struct vd_span bytes, char ret[VD_HASH_TEXT],
                            veridac_error *err);
/* Reads an object and checks that it still is what its name says. */
veridac_status vd_state_get(const char *state, const char *sha256, size_t max, struct vd_buf *out,
                            veridac_error *err);
/* The newest run that is not younger than `at`; number 0 when there is none. */
veridac_status vd_state_run(const char *state, int64_t at, struct vd_run *ret, veridac_error *err);
veridac_status vd_state_add_run(const char *state, struct vd_run *run, veridac_error *err);
/* Makes STATE/trust what the run says. */
veridac_status vd_state_show_trust(const char *state, const struct vd_run *run, veridac_error *err);

bool vd_hash_text(struct vd_span bytes, char ret[VD_HASH_TEXT]);

#endif
