/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.h - gzip undone, with a ceiling on what comes out.
 *
 * Owns:           zlib.
 * Must not know:  what is inside.
 */
#ifndef DCL_INFLATE_H
#define DCL_INFLATE_H

#include "buf.h"

/* Do the bytes start as a gzip file does? No CRL does, DER or PEM. */
bool vd_is_gzip(struct vd_span in);
/* One gzip member and nothing behind it -> out, at most `max` bytes and VD_MAX_INFLATE_RATIO times the
 * input. NULL, or what was wrong. */
const char *vd_inflate(struct vd_span in, size_t max, struct vd_buf *out);

#endif
