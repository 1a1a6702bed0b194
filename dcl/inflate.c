/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.c - gzip undone.
 */
#include "inflate.h"

#include <zlib.h>

#include "limits.h"

#define CHUNK 65536u

bool vd_is_gzip(struct vd_span in)
{
    return vd_at(in, 0) == 0x1F && vd_at(in, 1) == 0x8B;
}

static const char *run(z_stream *z, size_t max, struct vd_buf *out)
{
    int code = Z_OK;
    while (code == Z_OK) {
        uint8_t part[CHUNK];
        size_t n;
        z->next_out = part;
        z->avail_out = sizeof part;
        code = inflate(z, Z_NO_FLUSH);
        n = sizeof part - z->avail_out;
        if (n > max - out->n)
            return "inflates to more than the ceiling allows";
        if (!vd_buf_put(out, (struct vd_span){ part, n }))
            return "out of memory";
        if (code == Z_OK && n == 0 && z->avail_in == 0)
            return "the gzip stream ends early";
    }
    if (code == Z_BUF_ERROR)
        return "the gzip stream ends early";
    if (code != Z_STREAM_END)
        return "not a gzip stream";
    return z->avail_in == 0 ? NULL : "bytes after the gzip stream";
}

const char *vd_inflate(struct vd_span in, size_t max, struct vd_buf *out)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
    const char *why;

    if (in.n > VD_MAX_OPERATOR_FILE) /* zlib counts in unsigned int */
        return "larger than any CRL";
    if (in.n < max / VD_MAX_INFLATE_RATIO)
        max = in.n * VD_MAX_INFLATE_RATIO;
    if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK) /* gzip, and only gzip */
        return "out of memory";
    why = run(&z, max, out);
    (void)inflateEnd(&z);
    return why;
}
