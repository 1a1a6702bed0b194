/* SPDX-License-Identifier: Apache-2.0
 *
 * cache.c - how signatures are checked.
 */
#include "cache.h"

#include <stdlib.h>

#include "limits.h"

struct entry {
    bool used;
    uint8_t digest[VD_SHA256];
};

struct vd_cache {
    struct vd_checker *checker;
    struct vd_hash *hash;
    struct entry *checks; /* VD_CACHE_CHECKS, or NULL: nothing is remembered */
};

static struct vd_cache *make(struct vd_checker *checker, bool remembers)
{
    struct vd_cache *c = calloc(1, sizeof *c);
    if (c == NULL) {
        vd_checker_free(checker);
        return NULL;
    }
    c->checker = checker;
    c->hash = vd_hash_make();
    if (remembers)
        c->checks = calloc(VD_CACHE_CHECKS, sizeof *c->checks);
    if (c->checker == NULL || c->hash == NULL || (remembers && c->checks == NULL)) {
        vd_cache_free(c);
        return NULL;
    }
    return c;
}

struct vd_cache *vd_cache_make(void)
{
    return make(vd_checker_make(), true);
}

struct vd_cache *vd_cache_make_bare(const struct vd_checker *from)
{
    return make(vd_checker_copy(from), false);
}

void vd_cache_free(struct vd_cache *c)
{
    if (c == NULL)
        return;
    vd_checker_free(c->checker);
    vd_hash_free(c->hash);
    free(c->checks);
    free(c);
}

static bool digest_of(struct vd_cache *c, struct vd_span a, struct vd_span b,
                      uint8_t ret[VD_SHA256])
{
    return vd_hash_start(c->hash) && vd_hash_add(c->hash, a) && vd_hash_add(c->hash, b) &&
           vd_hash_end(c->hash, ret);
}

/* The message's digest has a fixed length, as has the point; so the borders are part of the name. */
static bool name_of(struct vd_cache *c, struct vd_span point, const uint8_t message[VD_SHA256],
                    struct vd_span sig, uint8_t ret[VD_SHA256])
{
    uint8_t room[VD_POINT + VD_SHA256];
    struct vd_buf head = VD_BUF_ON(room);
    return point.n == VD_POINT && vd_buf_put(&head, point) &&
           vd_buf_put(&head, (struct vd_span){ message, VD_SHA256 }) &&
           digest_of(c, vd_buf_span(&head), sig, ret);
}

static struct entry *place_of(struct vd_cache *c, const uint8_t name[VD_SHA256])
{
    return &c->checks[vd_load_be64(name) % VD_CACHE_CHECKS];
}

enum vd_check vd_cache_check(struct vd_cache *c, struct vd_span point, struct vd_span message,
                             struct vd_span sig)
{
    uint8_t digest[VD_SHA256], name[VD_SHA256];
    enum vd_check got;
    struct entry *e;

    if (!digest_of(c, message, VD_NO_SPAN, digest))
        return VD_CHECK_NO_MEMORY;
    if (c->checks == NULL || !name_of(c, point, digest, sig, name))
        return vd_checker_check(c->checker, point, digest, sig);
    e = place_of(c, name);
    if (e->used && vd_span_eq(VD_SPAN(e->digest), VD_SPAN(name)))
        return VD_CHECK_GOOD;
    got = vd_checker_check(c->checker, point, digest, sig);
    if (got == VD_CHECK_GOOD)
        e->used = vd_copy(e->digest, VD_SHA256, VD_SPAN(name));
    return got;
}

enum vd_check vd_cache_check_once(struct vd_cache *c, struct vd_span point, struct vd_span message,
                                  struct vd_span sig)
{
    uint8_t digest[VD_SHA256];
    return digest_of(c, message, VD_NO_SPAN, digest)
               ? vd_checker_check(c->checker, point, digest, sig)
               : VD_CHECK_NO_MEMORY;
}

enum vd_check vd_cache_check_raw(struct vd_cache *c, struct vd_span point, struct vd_span a,
                                 struct vd_span b, struct vd_span sig_raw)
{
    uint8_t room[80], digest[VD_SHA256];
    struct vd_buf der = VD_BUF_ON(room);
    if (!vd_sig_raw_to_der(sig_raw, &der))
        return VD_CHECK_BAD;
    return digest_of(c, a, b, digest)
               ? vd_checker_check(c->checker, point, digest, vd_buf_span(&der))
               : VD_CHECK_NO_MEMORY;
}
