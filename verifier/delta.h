/* SPDX-License-Identifier: Apache-2.0
 *
 * delta.h - deltas (VDD1, docs/FORMAT.md): what turns one bundle into a later one on the same base.
 *
 * Owns:           the encoding of a delta, and when one is refused.
 * Must not know:  files, signatures, which delta somebody should fetch.
 *
 * A delta is a function of two bundles: the same two give the same bytes, whoever makes it. Applied
 * to the first it gives the second byte for byte, or nothing. Between bundles A, B, C of one base,
 * A to C is made like A to B: of the two files alone.
 */
#ifndef VD_DELTA_H
#define VD_DELTA_H

#include "bundle.h"

/* Why a delta is not made or not applied. */
enum vd_delta_error {
    VD_DELTA_OK = 0,
    VD_DELTA_NO_MEMORY,
    VD_DELTA_BAD_FROM,      /* the first bundle cannot be read */
    VD_DELTA_BAD_TO,        /* the second bundle cannot be read (making only) */
    VD_DELTA_BAD_MAGIC,     /* not a delta */
    VD_DELTA_BAD_HEADER,    /* values that no delta has */
    VD_DELTA_OTHER_NETWORK, /* of another network than the first bundle */
    VD_DELTA_OTHER_KIND,    /* hub for full, or full for hub */
    VD_DELTA_OTHER_BASE,    /* the bundles do not stand on the same base */
    VD_DELTA_OTHER_FROM,    /* made for another bundle than this one */
    VD_DELTA_LOOP,          /* leads to where it starts */
    VD_DELTA_BACKWARDS,     /* leads to an earlier time */
    VD_DELTA_TOO_LARGE,     /* the target is larger than allowed or than it says */
    VD_DELTA_BAD_CODES,     /* the contents are cut short, or make no sense for this bundle */
    VD_DELTA_TAIL,          /* something follows the contents */
    VD_DELTA_OTHER_RESULT,  /* what it gives is not the bundle it names */
    VD_DELTA_NOT_MINIMAL    /* it gives the bundle, but another delta is the one for these two */
};
/* A few words, for messages. */
const char *vd_delta_error_text(enum vd_delta_error e);

/* What every delta says of itself. Digests point into the delta. */
struct vd_delta_head {
    enum vd_network network;
    enum vdb_kind kind;
    int64_t evidence_time; /* of the target */
    uint64_t size;         /* of the target */
    struct vd_span base, from, to; /* header hashes: of the base, the first bundle and the target */
};

/* The head alone, without a bundle at hand. */
enum vd_delta_error vd_delta_read_head(struct vd_span delta, struct vd_delta_head *ret);

/* The delta between two bundles of the same kind on the same base; `from` may be the base itself. */
enum vd_delta_error vd_delta_make(struct vd_span from, struct vd_span to, struct vd_buf *out);

/* The target, of at most max_size octets; nothing is put out unless it is the bundle that the delta
 * names. Memory stays within a small multiple of `from`, `delta` and the size of the target. */
enum vd_delta_error vd_delta_apply(struct vd_span from, struct vd_span delta, uint64_t max_size,
                                   struct vd_buf *out);

#endif
