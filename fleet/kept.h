/* SPDX-License-Identifier: Apache-2.0
 *
 * kept.h - files of an operator, and the last text of each that could be used.
 *
 * Owns:           reading such a file when its permissions speak for it, and falling back when told to.
 * Must not know:  what is in them.
 */
#ifndef FLEET_KEPT_H
#define FLEET_KEPT_H

#include "fail.h"

/* Uses the text, which outlives the call; `why` is NULL when permissions speak for the file, else what does
 * not. `path` is for messages. */
typedef veridac_status vd_kept_use(void *user, const char *path, struct vd_span text, const char *why,
                                   veridac_error *err);

struct vd_kept {
    const char *path, *kind; /* kind: a word */
    const char *folder;      /* where the last usable text is kept; NULL: nowhere */
    vd_kept_use *use;
    void *user;
};

/* Reads and uses the file. With a folder: what could be used is kept there, and when the file cannot be
 * used, what was kept is, and err then says so beside VERIDAC_OK. */
veridac_status vd_kept_load(const struct vd_kept *k, struct vd_buf *text, veridac_error *err);

#endif
