/* SPDX-License-Identifier: Apache-2.0
 *
 * snapshot.h - a checked bundle, with or without a signed head, or a compliance part: immutable after
 * opening.
 *
 * Owns:           opening, what the head adds (expiry, creation, parts), the memory of all of it.
 * Must not know:  policy, files (snapshot_map.c does), stores.
 */
#ifndef VD_SNAPSHOT_H
#define VD_SNAPSHOT_H

#include "bundle.h"
#include "compliance.h"
#include "hashpool.h"
#include "issuers.h"
#include "overlay.h"
#include "signed.h"

#define VD_SNAPSHOT_LABEL 256u

#define VD_SNAPSHOT_PARTS 4u /* names, provenance, compliance records, rules */

/* What stays of a signed head. */
struct vd_snapshot_head {
    uint8_t network;
    uint32_t epoch;
    uint64_t sequence;
    int64_t created, expires;
};

struct vd_snapshot {
    struct vd_hash_pool *hashes;     /* the one thing in here that changes; threads may share it */
    struct vd_bundle bundle;         /* network NONE: there is none */
    struct vd_compliance compliance; /* the same */
    struct vd_overlay overlay;       /* the same */
    struct vd_issuers issuers;       /* of the bundle's names; empty without them */
    uint32_t wrong_line;             /* of rules that cannot be read */
    bool has_head;
    struct vd_snapshot_head head;
    int64_t seen;                    /* a time that this machine has seen; 0: none is known */
    char label[VD_SNAPSHOT_LABEL];
    uint8_t sha256[VD_SHA256];
    struct vd_span bytes;
    uint8_t *owned;        /* the bytes are a copy of ours, or */
    void *mapped;          /* a map of this many bytes */
    size_t mapped_size;
    uint8_t *parts[VD_SNAPSHOT_PARTS]; /* copies of ours */
    size_t n_parts;
};

enum vd_open_status {
    VD_OPEN_OK = 0,
    VD_OPEN_BAD,       /* not a bundle or not a head */
    VD_OPEN_SIGNATURE, /* the head is not signed by the root, or names another bundle */
    VD_OPEN_IO,
    VD_OPEN_TOO_LARGE,
    VD_OPEN_MEMORY
};

/* What stands beside a bundle. */
struct vd_snapshot_docs {
    struct vd_span head, root;             /* no head: the bundle alone */
    struct vd_span parts[VD_SNAPSHOT_PARTS]; /* that the head names; copied */
    size_t n_parts;
};

/* Checks bundle, head and parts. `s->bytes` is set by the caller; on failure *why says what was wrong. */
enum vd_open_status vd_snapshot_check(struct vd_snapshot *s, const struct vd_snapshot_docs *docs,
                                      const char **why);
enum vd_network vd_snapshot_network(const struct vd_snapshot *s);
struct vd_snapshot *vd_snapshot_make(const char *label);
void vd_snapshot_free(struct vd_snapshot *s);

/* snapshot_map.c: fills s->bytes from a file. */
enum vd_open_status vd_snapshot_load(struct vd_snapshot *s, const char *path, const char **why);
void vd_snapshot_unmap(struct vd_snapshot *s);

#endif
