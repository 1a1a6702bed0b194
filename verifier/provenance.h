/* SPDX-License-Identifier: Apache-2.0
 *
 * provenance.h - where the CRLs behind a bundle came from, so that somebody else can rebuild it
 * (docs/FORMAT.md, provenance).
 *
 * Owns:           the bytes of the part.
 * Must not know:  how CRLs are fetched, what they are worth.
 */
#ifndef VD_PROVENANCE_H
#define VD_PROVENANCE_H

#include "trust.h"

#define VD_PROVENANCE_MAGIC "VDP1"

/* One CRL that counts. */
struct vd_source {
    struct vd_span sha256; /* of its octets, 32 */
    int64_t time;          /* when its host last confirmed them */
    uint64_t height;       /* of the ledger that named its URL; 0: not known */
    struct vd_span number; /* cRLNumber, magnitude; absent: it has none */
    struct vd_span url, node;
};

struct vd_provenance {
    enum vd_network network;
    struct vd_span records; /* checked */
};

bool vd_is_provenance(struct vd_span in);
/* NULL, or the place that is wrong. */
const char *vd_provenance_read(struct vd_span in, struct vd_provenance *ret);
/* `cursor` begins as the records. */
bool vd_provenance_next(struct vd_span *cursor, struct vd_source *ret);
/* Sorts `v`; what is there twice is written once. */
bool vd_provenance_write(enum vd_network network, struct vd_source *v, size_t n, struct vd_buf *out);

#endif
