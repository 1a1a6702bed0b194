/* SPDX-License-Identifier: Apache-2.0
 *
 * publish.h - what the parts of publish share.
 *
 *   publish.c        the order of things, the report
 *   publish_repo.c   the repository as it is: roots, head, history
 *   publish_trust.c  the trust list, and the evidence judged by it
 *   publish_files.c  bundles, index, head
 *   publish_deltas.c deltas from earlier bundles
 *   publish_parts.c  names, provenance, compliance records, rules
 *   publish_write.c  files first, head last; what nothing names any more
 *
 *   REPO/root/N        root documents          REPO/trust/SHA256  trust lists
 *   REPO/s/SHA256      bundles                 REPO/d/SHA256      deltas
 *   REPO/index/SHA256  all deltas since the base           REPO/p/SHA256  parts
 *   REPO/h/N           for the next publish: which bundles are kept (JSON); no client reads it
 *   REPO/head          names all of them, signed, written last
 */
#ifndef DCL_PUBLISH_H
#define DCL_PUBLISH_H

#include "bundle.h"
#include "run.h"
#include "signer.h"

#define VD_MAX_KEPT 64u /* bundles that later deltas start from: one for each power of two */
#define VD_MAX_SIGNERS 8u

struct vd_kept {
    uint64_t sequence;
    struct vd_ref kind[3]; /* VD_REF_HUB, VD_REF_FULL */
};

struct vd_history {
    uint64_t base;             /* sequence at which the base was made; 0: no history */
    uint64_t delta_octets;     /* of the hub deltas since, one after the other */
    size_t n_kept;
    struct vd_kept kept[VD_MAX_KEPT];
    size_t n_vids;
    uint16_t vids[65536];      /* vendors with at least one point in use */
    uint32_t anchors;          /* trusted certificates of the list */
};

struct vd_file {
    const char *folder;
    char name[65];
    struct vd_buf bytes;
};

struct vd_publish {
    veridac_publish_options o;
    struct vd_signer signers[VD_MAX_SIGNERS];
    size_t n_signers;

    /* the repository as it is */
    struct vd_buf root_bytes, old_head_bytes, old_trust_bytes, old_index_bytes;
    struct vd_root root;         /* the one that the new head is signed under */
    bool root_is_new, has_head, has_old_trust;
    struct vd_head old_head;
    struct vd_trust_list old_trust;
    struct vd_history *before, *after;

    /* what it will be */
    struct vd_run run;
    veridac_trust *trust;
    veridac_revset *set;
    struct vd_buf trust_bytes;
    struct vd_trust_list list;
    bool trust_is_new;
    uint32_t not_listed;         /* anchors that sync accepts and the list does not have */
    struct vd_buf bundle[3];     /* by VD_REF_HUB, VD_REF_FULL */
    struct vd_index_entry *deltas;
    size_t n_deltas, cap_deltas;
    struct vd_head head;
    struct vd_buf head_bytes;
    struct vd_file *files;       /* to be written, in order; the head is not among them */
    size_t n_files, cap_files;
    uint32_t fallen_vids, fallen_anchors;
};

veridac_status vd_publish_load(struct vd_publish *p, veridac_error *err);
veridac_status vd_publish_trust(struct vd_publish *p, veridac_error *err);
veridac_status vd_publish_guard(struct vd_publish *p, veridac_error *err);
veridac_status vd_publish_files(struct vd_publish *p, veridac_error *err);
/* `with_all` is the new bundle with names and provenance. */
veridac_status vd_publish_parts(struct vd_publish *p, const struct vd_bundle *with_all,
                                veridac_error *err);
/* The deltas to the new bundles, behind those of the old index. */
veridac_status vd_publish_deltas(struct vd_publish *p, veridac_error *err);
veridac_status vd_publish_write(struct vd_publish *p, veridac_error *err);

/* REPO/folder/SHA256, checked; false when it is not there or not right. */
bool vd_publish_get(const struct vd_publish *p, const char *folder, const struct vd_ref *ref,
                    struct vd_buf *out);
/* Takes over the bytes; the reference of them. */
veridac_status vd_publish_add(struct vd_publish *p, const char *folder, struct vd_buf *bytes,
                              struct vd_ref *ret);
bool vd_publish_forced(const struct vd_publish *p, const char *name);
/* All signers with this duty sign; VERIDAC_BAD_DATA when there is none. */
veridac_status vd_publish_sign(const struct vd_publish *p, enum vd_duty duty, struct vd_span document,
                               struct vd_buf *out, veridac_error *err);
bool vd_history_write(const struct vd_history *h, struct vd_buf *out);
bool vd_history_read(struct vd_span text, struct vd_history *ret);

#endif
