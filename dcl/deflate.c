/* SPDX-License-Identifier: Apache-2.0
 *
 * deflate.c - gzip made.
 */
#include "deflate.h"

#include <zlib.h>

#include "inflate.h"
#include "limits.h"

#define PROBE 65536u /* of a long file so much of its middle is tried first: filters and codes do not shrink */
#define LEAST 256u

static bool deflate_all(struct vd_span in, struct vd_buf *out)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
    uint8_t part[16384];
    bool ok = deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY) == Z_OK;
    int code = Z_OK;

    if (!ok)
        return false;
    while (ok && code == Z_OK) {
        z.next_out = part;
        z.avail_out = sizeof part;
        code = deflate(&z, Z_FINISH);
        ok = (code == Z_OK || code == Z_STREAM_END) &&
             vd_buf_put(out, (struct vd_span){ part, sizeof part - z.avail_out });
    }
    (void)deflateEnd(&z);
    return ok;
}

static bool saves(struct vd_span in, struct vd_buf *out)
{
    return deflate_all(in, out) && out->n + LEAST <= in.n && out->n <= in.n - in.n / 10;
}

bool vd_deflate_pays(struct vd_span in, struct vd_buf *out)
{
    struct vd_buf probe = VD_BUF(2 * PROBE), back = VD_BUF(VD_MAX_BUNDLE);
    struct vd_span middle = in;
    bool pays = in.n <= PROBE || (vd_span_slice(in, (in.n - PROBE) / 2, PROBE, &middle) && saves(middle, &probe));

    vd_buf_free(&probe);
    *out = VD_BUF(VD_MAX_BUNDLE);
    pays = pays && saves(in, out) && vd_inflate(vd_buf_span(out), in.n, &back) == NULL &&
           vd_span_eq(vd_buf_span(&back), in);
    vd_buf_free(&back);
    if (!pays)
        vd_buf_free(out);
    return pays;
}
