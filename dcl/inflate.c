/* SPDX-License-Identifier: Apache-2.0
 *
 * inflate.c - gzip undone.
 */
#include "inflate.h"

#include <stdlib.h>
#include <zlib.h>

#include "limits.h"
#include "sig.h"

#define CHUNK 32768u

struct vd_inflate {
    bool (*out)(void *user, struct vd_span part);
    void *user;
    size_t max, n_in, n_out;
    uint8_t head[2];
    enum { UNKNOWN, PLAIN, GZIP, ENDED } kind;
    const char *wrong;
    z_stream z;
};

struct vd_inflate *vd_inflate_make(size_t max, bool (*out)(void *user, struct vd_span part),
                                   void *user)
{
    struct vd_inflate *z = calloc(1, sizeof *z);
    if (z != NULL) {
        z->max = max;
        z->out = out;
        z->user = user;
    }
    return z;
}

void vd_inflate_free(struct vd_inflate *z)
{
    if (z != NULL && (z->kind == GZIP || z->kind == ENDED))
        (void)inflateEnd(&z->z);
    free(z);
}

static bool give(struct vd_inflate *z, struct vd_span part)
{
    size_t max = z->max;
    if (z->kind != PLAIN && z->n_in < max / VD_MAX_INFLATE_RATIO)
        max = z->n_in * VD_MAX_INFLATE_RATIO;
    if (part.n > z->max - z->n_out || (z->kind != PLAIN && part.n > max - (z->n_out < max ? z->n_out : max)))
        z->wrong = "inflates to more than the ceiling allows";
    else if (part.n > 0 && !z->out(z->user, part))
        z->wrong = "no place for it";
    z->n_out += part.n;
    return z->wrong == NULL;
}

static bool undo(struct vd_inflate *z, struct vd_span in)
{
    z->z.next_in = (z_const Bytef *)(uintptr_t)in.p;
    z->z.avail_in = (uInt)in.n;
    while (z->kind == GZIP) {
        uint8_t part[CHUNK];
        int code;
        z->z.next_out = part;
        z->z.avail_out = sizeof part;
        code = inflate(&z->z, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
            z->wrong = code == Z_MEM_ERROR ? vd_no_memory : "not a gzip stream";
        else if (!give(z, (struct vd_span){ part, sizeof part - z->z.avail_out }))
            return false;
        if (z->wrong != NULL)
            return false;
        if (code == Z_STREAM_END)
            z->kind = ENDED;
        else if (z->z.avail_out > 0)
            return true; /* all that came is used */
    }
    if (z->z.avail_in > 0)
        z->wrong = "bytes after the gzip stream";
    return z->wrong == NULL;
}

static bool start(struct vd_inflate *z)
{
    if (z->head[0] != 0x1F || z->head[1] != 0x8B) {
        z->kind = PLAIN;
        return give(z, VD_SPAN(z->head));
    }
    if (inflateInit2(&z->z, 16 + MAX_WBITS) != Z_OK) { /* gzip, and only gzip */
        z->wrong = vd_no_memory;
        return false;
    }
    z->kind = GZIP;
    return undo(z, VD_SPAN(z->head));
}

bool vd_inflate_put(struct vd_inflate *z, struct vd_span part)
{
    uint8_t one;
    while (z->wrong == NULL && z->kind == UNKNOWN && vd_take_u8(&part, &one)) {
        z->head[z->n_in++] = one;
        if (z->n_in == sizeof z->head)
            (void)start(z);
    }
    if (z->wrong != NULL || part.n == 0)
        return z->wrong == NULL;
    z->n_in += part.n;
    return z->kind == PLAIN ? give(z, part) : undo(z, part);
}

const char *vd_inflate_end(struct vd_inflate *z)
{
    if (z->wrong != NULL)
        return z->wrong;
    if (z->kind == GZIP)
        return "the gzip stream ends early";
    if (z->kind == UNKNOWN) { /* less than two bytes: whatever it is, it is plain */
        z->kind = PLAIN;
        (void)give(z, (struct vd_span){ z->head, z->n_in });
    }
    return z->wrong;
}

static bool put(void *user, struct vd_span part)
{
    return vd_buf_put(user, part);
}

const char *vd_inflate(struct vd_span in, size_t max, struct vd_buf *out)
{
    struct vd_inflate *z = vd_inflate_make(max, put, out);
    const char *why;

    if (z == NULL)
        return vd_no_memory;
    (void)vd_inflate_put(z, in);
    why = vd_inflate_end(z);
    if (why == NULL && z->kind == PLAIN)
        why = "not a gzip stream";
    vd_inflate_free(z);
    return why;
}
