/* SPDX-License-Identifier: Apache-2.0
 *
 * pull.h - what the parts of pull share.
 *
 *   pull.c         mirrors in turn, reports
 *   pull_head.c    head and root: signatures, expiry, what may not go back
 *   pull_bundle.c  bundle: deltas or the whole file
 *   pull_files.c   trust list and parts, and that all of it fits together
 */
#ifndef DCL_PULL_H
#define DCL_PULL_H

#include "fetch.h"
#include "store.h"

struct vd_pull {
    veridac_pull_options o;
    struct vd_fetch fetch;
    struct vd_store old;           /* what is installed */
    uint32_t parts;                /* VERIDAC_PART_*: wanted now, or ever before */
    struct vd_buf start_bytes;     /* the root to begin with: the store's, or the operator's */
    struct vd_root start;
    char poll_url[VD_MAX_URL + 1], poll_etag[VD_HTTP_TAG];

    /* what one mirror offers */
    const char *base;
    struct vd_buf head_bytes, root_bytes;
    struct vd_root root;
    struct vd_head head;
    char etag[VD_HTTP_TAG];
    bool unchanged;                /* the mirror has what is installed */
    struct vd_buf trust_bytes, bundle_bytes;
    struct vd_buf part_bytes[VD_PARTS];      /* by vd_part_types; of those that are wanted */
    uint32_t stored;               /* bit by vd_ref_type: these bytes came from the store */
    struct vd_trust_list trust;
    enum vd_ref_type kind;         /* VD_REF_HUB or VD_REF_FULL */
    uint32_t deltas;               /* applied to make the bundle; 0: the whole file or none */
    veridac_error notes;           /* why deltas were of no use */
};

/* Head, and new roots before it. Sets head, root and `unchanged`. */
veridac_status vd_pull_head(struct vd_pull *p, veridac_error *err);
/* From the store, when it is there and whole. */
veridac_status vd_pull_stored(struct vd_pull *p, const char *folder, enum vd_ref_type type,
                              struct vd_buf *out, bool *ret_there, veridac_error *err);
/* The bundle of that head, of the kind that is wanted. */
veridac_status vd_pull_bundle(struct vd_pull *p, veridac_error *err);
/* Trust list, bundle and parts of that head, all checked. */
veridac_status vd_pull_files(struct vd_pull *p, veridac_error *err);

#endif
