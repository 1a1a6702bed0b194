/* SPDX-License-Identifier: Apache-2.0
 *
 * sync_int.h - one run of sync, between its parts.
 */
#ifndef DCL_SYNC_INT_H
#define DCL_SYNC_INT_H

#include "gather.h"
#include "http.h"
#include "merge.h"
#include "state.h"

struct vd_sync {
    veridac_sync_options o;
    struct vd_http *http;
    struct vd_spool *spool;
    struct vd_ledger *nodes;
    struct vd_run before, now;
    struct vd_lists counted_before, adding_before;
    struct vd_buf compliance_before;
    struct vd_merge merge;
    char **named;                 /* o.accept in lower case */
    uint32_t n_points, n_adding, n_broken;
    uint32_t n_compliance;

    /* CRLs */
    struct vd_crl_job *jobs;
    uint32_t n_not_modified, n_fetched, n_failed;
    uint64_t crl_bytes, disk;     /* disk: of all objects so far */
    bool disk_full, io_failed;    /* over the quota; the disk itself said no */
    bool no_memory;               /* for a CRL, which is not the CRL's fault */
};

bool vd_sync_options_ok(const veridac_sync_options *o);
veridac_status vd_sync_set_up(struct vd_sync *s, veridac_error *err);
void vd_sync_tear_down(struct vd_sync *s);
/* Asks each node for what the last run knew and its lists have no longer. */
veridac_status vd_sync_again(struct vd_sync *s, veridac_error *err);
/* Fetches the CRLs of all points that are bound to a CA, and judges what came. */
veridac_status vd_sync_crls(struct vd_sync *s, veridac_error *err);
/* The report, as JSON. */
veridac_status vd_sync_report(const struct vd_sync *s, veridac_buffer *ret);
/* STATE/status.json: every source with its age, for monitoring. */
veridac_status vd_sync_status(const struct vd_sync *s, veridac_error *err);

#endif
