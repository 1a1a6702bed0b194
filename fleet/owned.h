/* SPDX-License-Identifier: Apache-2.0
 *
 * owned.h - files whose permissions speak for them: only this user or root could have written them.
 *
 * Owns:           reading such a file, and what is asked of its permissions.
 * Must not know:  what is in it.
 */
#ifndef FLEET_OWNED_H
#define FLEET_OWNED_H

#include "fail.h"

/* Reads a regular file of at most max bytes. *ret_why is NULL when its permissions and those of its folder
 * speak for it, of a link also those of every folder on the way to the file; else what does not. */
veridac_status vd_owned_read(const char *path, size_t max, struct vd_buf *out, const char **ret_why,
                             veridac_error *err);
/* Whether the name is taken, by whatever. */
bool vd_owned_there(const char *path);

#endif
