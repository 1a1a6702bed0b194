/* SPDX-License-Identifier: Apache-2.0
 *
 * spool.h - bytes that wait on disk until it is known whether they are kept.
 *
 * Owns:           one unnamed temporary file: it is gone when the process is.
 * Must not know:  what the bytes are.
 */
#ifndef DCL_SPOOL_H
#define DCL_SPOOL_H

#include "fail.h"

struct vd_spool;

veridac_status vd_spool_make(struct vd_spool **ret);
void vd_spool_free(struct vd_spool *s);
/* Appends; *ret_at is where. */
bool vd_spool_put(struct vd_spool *s, struct vd_span bytes, uint64_t *ret_at);
bool vd_spool_get(struct vd_spool *s, uint64_t at, size_t n, struct vd_buf *out);

#endif
