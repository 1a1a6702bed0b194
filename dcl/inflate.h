/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.h - gzip undone, behind a ceiling.
 *
 * Owns:           zlib.
 * Must not know:  what is inside.
 *
 * Some CRL hosts send what lies on their disk, which may be compressed; no header of the answer says
 * so reliably, the first two bytes do. One layer is undone, never two.
 */
#ifndef DCL_INFLATE_H
#define DCL_INFLATE_H

#include "buf.h"

/* Bytes in parts of any size, plain or gzip, to `out` in parts. */
struct vd_inflate;

/* `max` bounds what comes out, and so does VD_MAX_INFLATE_RATIO times what went in. NULL: no memory. */
struct vd_inflate *vd_inflate_make(size_t max, bool (*out)(void *user, struct vd_span part),
                                   void *user);
void vd_inflate_free(struct vd_inflate *z);
/* False when no more is wanted: vd_inflate_end says why. */
bool vd_inflate_put(struct vd_inflate *z, struct vd_span part);
/* NULL when all is whole, else what is wrong. */
const char *vd_inflate_end(struct vd_inflate *z);

/* All at once, and gzip only. NULL on success, else what is wrong. */
const char *vd_inflate(struct vd_span in, size_t max, struct vd_buf *out);

#endif
