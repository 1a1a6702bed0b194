/* SPDX-License-Identifier: Apache-2.0
 *
 * pull.h - what the parts of pull share.
 *
 *   pull.c         mirrors in turn, reports
 *   pull_head.c    head and root: signatures, expiry, what may not go back
 *   pull_bundle.c  trust list and bundle: deltas or the whole file
 */
#ifndef DCL_PULL_H
#define DCL_PULL_H

#include "fetch.h"
#include "store.h"

struct vd_pull {
    veridac_pull_options o;
    struct vd_fetch fetch;
    struct vd_store old;           /* what is installed */
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
    struct vd_buf trust_bytes, bundle_bytes; /* empty when the store has them */
    struct vd_trust_list trust;
    enum vd_ref_type kind;         /* VD_REF_HUB or VD_REF_FULL */
    uint32_t deltas;               /* applied to make the bundle; 0: the whole file or none */
    veridac_error notes;           /* why deltas were of no use */
};

/* Head, and new roots before it. Sets head, root and `unchanged`. */
veridac_status vd_pull_head(struct vd_pull *p, veridac_error *err);
/* Trust list and bundle of that head, all checked. */
veridac_status vd_pull_files(struct vd_pull *p, veridac_error *err);

#endif
