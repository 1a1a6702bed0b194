/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_inflate.c - bodies of CRL hosts, plain or gzip, in parts of any size.
 *
 * Reaches: vd_inflate_make vd_inflate_put vd_inflate_end
 * Properties: never more out than the ceiling or the ratio allows; what is taken in parts is taken whole,
 * with the same bytes; what is not gzip comes out as it is.
 */
#include <string.h>

#include "fuzz.h"
#include "inflate.h"
#include "limits.h"

#define MOST 262144u

static bool take(void *user, struct vd_span part)
{
    return vd_buf_put(user, part);
}

/* Parts of 1 to `most` bytes; 0: all at once. */
static const char *undo(struct vd_span in, size_t most, struct vd_buf *out)
{
    struct vd_inflate *z = vd_inflate_make(MOST, take, out);
    const char *wrong;
    bool more = true;
    size_t n = 0;

    INVARIANT(z != NULL);
    while (more && in.n > 0) {
        struct vd_span part;
        n = most == 0 ? in.n : 1 + (n * 7 + in.n) % most;
        if (n > in.n)
            n = in.n;
        (void)vd_take(&in, n, &part);
        more = vd_inflate_put(z, part);
    }
    wrong = vd_inflate_end(z);
    INVARIANT(more || wrong != NULL);
    vd_inflate_free(z);
    return wrong;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t parts[] = { 1, 3, 61, 4096 };
    const struct vd_span in = { data, size };
    struct vd_buf whole = VD_BUF(MOST);
    const char *wrong = undo(in, 0, &whole);

    INVARIANT(whole.n <= MOST);
    INVARIANT(wrong != NULL || whole.n <= size * VD_MAX_INFLATE_RATIO);
    if (size >= 2 && (data[0] != 0x1F || data[1] != 0x8B) && size <= MOST)
        INVARIANT(wrong == NULL && vd_span_eq(vd_buf_span(&whole), in));
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        struct vd_buf out = VD_BUF(MOST);
        if (undo(in, parts[i], &out) == NULL)
            INVARIANT(wrong == NULL && vd_span_eq(vd_buf_span(&out), vd_buf_span(&whole)));
        vd_buf_free(&out);
    }
    vd_buf_free(&whole);
    return 0;
}
