/* SPDX-License-Identifier: Apache-2.0
 *
 * cache.h - how signatures are checked: with one key object, and not twice.
 *
 * Owns:           a table of fixed size with checks that succeeded before; a full place is
 *                 overwritten.
 * Must not know:  what was signed, who is trusted, the time.
 *
 * Only success is remembered, under the SHA-256 of all bytes that took part: key, message and
 * signature. Trust, times, revocation and policy are judged anew each time. One thread at a time.
 */
#ifndef VD_CACHE_H
#define VD_CACHE_H

#include "sig.h"

struct vd_cache;

/* One that remembers, and one for a single use that does not; the checker is copied. */
struct vd_cache *vd_cache_make(void);
struct vd_cache *vd_cache_make_bare(const struct vd_checker *from);
void vd_cache_free(struct vd_cache *c);

/* A signature that may come again: PAI under PAA, declaration under its signer. */
enum vd_check vd_cache_check(struct vd_cache *c, struct vd_span point, struct vd_span message,
                             struct vd_span sig_der);
/* One that will not: the DAC's own, the response's. */
enum vd_check vd_cache_check_once(struct vd_cache *c, struct vd_span point, struct vd_span message,
                                  struct vd_span sig_der);
enum vd_check vd_cache_check_raw(struct vd_cache *c, struct vd_span point, struct vd_span a,
                                 struct vd_span b, struct vd_span sig_raw);

#endif
