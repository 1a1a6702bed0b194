/* SPDX-License-Identifier: Apache-2.0
 *
 * deflate.h - gzip made, where it pays.
 *
 * Owns:           making gzip with zlib; when it is worth a file of its own.
 * Must not know:  what is inside, who fetches it.
 */
#ifndef DCL_DEFLATE_H
#define DCL_DEFLATE_H

#include "buf.h"

/* Does gzip save a tenth of these bytes, and at least a quarter of a kilobyte? Then *out is that, and vd_inflate takes
 * it. False as well for lack of memory: then there is no such file. The same bytes and the same zlib give
 * the same. */
bool vd_deflate_pays(struct vd_span in, struct vd_buf *out);

#endif
