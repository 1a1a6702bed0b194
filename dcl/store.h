/* SPDX-License-Identifier: Apache-2.0
 *
 * store.h - the folder that a client pulls into.
 *
 *   STORE/root/N          root documents
 *   STORE/trust/SHA256    trust lists
 *   STORE/s/SHA256        bundles
 *   STORE/p/SHA256        parts: rules always, others when somebody asked for them
 *   STORE/floor           the highest versions that were ever accepted, the time of that, and the parts that
 *                         are wanted
 *   STORE/head            names the installed root, list and bundle; replacing it is the switch
 *   STORE/head.previous   the same of the snapshot before, which is kept
 *   STORE/t/SHA256        the beginning of a file whose transfer broke off
 *   STORE/poll            mirror and ETag of the installed head
 *   STORE/status.json     what the last pull did
 *
 * All but t, poll and status.json are written once, 0444, and never changed in place. A file that a head
 * names is there before the head is.
 *
 * Owns:           the layout, installing, opening.
 * Must not know:  the network.
 */
#ifndef DCL_STORE_H
#define DCL_STORE_H

#include "files.h"
#include "limits.h"
#include "signed.h"

/* What may not go back. It holds for heads that are offered, not for the one that is installed. */
struct vd_floor {
    uint32_t epoch;
    uint64_t sequence;
    uint8_t head_sha256[VD_SHA256];
    uint32_t trust_epoch;
    uint64_t trust_version;
    uint64_t root_version;
    int64_t seen; /* time of the last pull that installed or confirmed a head */
    uint32_t parts; /* VERIDAC_PART_*, or'ed: wanted with the head of this floor and from then on */
};

/* The installed snapshot. Spans of root and head point into the two buffers. */
struct vd_store {
    bool there; /* false: nothing was ever installed, and root and head are empty */
    struct vd_buf head_bytes, root_bytes;
    struct vd_head head;
    struct vd_root root;
    bool has_floor;
    struct vd_floor floor;
};

/* Reads and checks head and root; `which` is "head" or "head.previous". */
veridac_status vd_store_read(const char *store, const char *which, struct vd_store *ret,
                             veridac_error *err);
void vd_store_clear(struct vd_store *s);

/* STORE/name. */
veridac_status vd_store_folder(const char *store, const char *name, char ret[VD_PATH],
                               veridac_error *err);
/* The lower-case hex of a hash, NUL-terminated. */
void vd_store_name(const uint8_t sha256[32], char ret[65]);
/* Is STORE/folder/SHA256 there, of this size? */
bool vd_store_has(const char *store, const char *folder, const struct vd_ref *ref);
/* The bytes of STORE/folder/SHA256, checked; *ret_there false when they are not there or not right. */
veridac_status vd_store_get(const char *store, const char *folder, const struct vd_ref *ref,
                            struct vd_buf *out, bool *ret_there, veridac_error *err);
veridac_status vd_store_put(const char *store, const char *folder, const char *name,
                            struct vd_span bytes, veridac_error *err);
/* Makes the folders. */
veridac_status vd_store_make(const char *store, veridac_error *err);
/* The bundle that answers: full when it is there, else hub. NULL when neither is. */
const struct vd_ref *vd_store_bundle(const char *store, const struct vd_head *head);

/* The parts of the installed head that the store has, checked, as veridac_snapshot_open takes them. One that is
 * damaged, and rules or wanted parts that are missing, are VERIDAC_BAD_DATA. A head that was put back by hand
 * is of another floor: then it is not known what was wanted with it. */
#define VD_PARTS 4u
#define VD_PARTS_ASKED ((uint32_t)(VERIDAC_PART_NAMES | VERIDAC_PART_PROVENANCE | VERIDAC_PART_COMPLIANCE))
struct vd_parts {
    struct vd_buf bytes[VD_PARTS];
    veridac_bytes given[VD_PARTS]; /* n of them */
    size_t n;
    bool all; /* the head names no other */
};
extern const enum vd_ref_type vd_part_types[VD_PARTS];
/* VERIDAC_PART_*; 0 for rules, which nobody is asked about. */
uint32_t vd_part_bit(enum vd_ref_type type);
veridac_status vd_store_parts(const char *store, const struct vd_store *s, struct vd_parts *ret,
                              veridac_error *err);
void vd_parts_free(struct vd_parts *parts);

/* Adds the certificates of a list that was checked to a trust handle. */
veridac_status vd_trust_list_add(const struct vd_trust_list *list, int64_t as_of,
                                 veridac_trust *trust);

/* Floor, then the old head aside, then the new head. */
veridac_status vd_store_switch(const char *store, struct vd_span head, const struct vd_floor *floor,
                               veridac_error *err);
veridac_status vd_store_set_floor(const char *store, const struct vd_floor *floor,
                                  veridac_error *err);
/* Removes what neither head names, bundles of another kind than `keep` included; counts into the two,
 * which may be NULL. Parts of broken transfers go as well. */
void vd_store_sweep(const char *store, uint32_t *ret_files, uint64_t *ret_bytes);

#endif
