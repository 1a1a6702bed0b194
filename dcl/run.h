/* SPDX-License-Identifier: Apache-2.0
 *
 * run.h - the record of one run of sync: what was fetched, when, and what is accepted.
 *
 * Owns:           the record, in memory and as JSON.
 * Must not know:  where it is kept.
 */
#ifndef DCL_RUN_H
#define DCL_RUN_H

#include "fail.h"
#include "limits.h"

#define VD_HASH_TEXT 65

enum vd_run_kind { VD_RUN_ANCHOR = 1, VD_RUN_SIGNER, VD_RUN_AUTHORITY };

struct vd_run_certificate {
    enum vd_run_kind kind;
    bool accepted;            /* anchors and signers: named by the operator, now or before */
    bool listed;              /* the ledger had it in this run */
    char sha256[VD_HASH_TEXT];
};

/* Bytes that were served at a URL before and still count: the last good CRL, and what came after it. */
struct vd_run_kept {
    char sha256[VD_HASH_TEXT];
    int64_t last_ok;
};
#define VD_RUN_KEPT (VD_MAX_HISTORY - 1)

struct vd_run_crl {
    char *url;
    struct vd_run_kept kept[VD_RUN_KEPT]; /* oldest first */
    size_t n_kept;
    char sha256[VD_HASH_TEXT]; /* "" when there were never any bytes */
    int64_t last_ok;           /* when the host last confirmed these bytes */
    int64_t status;            /* of the last attempt: HTTP status, 0 for none */
    char *error;               /* of the last attempt; "" for none */
    char *etag, *last_modified;
};

struct vd_run {
    uint64_t number;           /* 0: no run yet */
    int64_t time;
    int32_t network;
    char *node;
    struct vd_run_certificate *certificates;
    size_t n_certificates, cap_certificates;
    struct vd_run_crl *crls;
    size_t n_crls, cap_crls;
    char points[VD_HASH_TEXT];
};

void vd_run_clear(struct vd_run *run);
bool vd_run_add_certificate(struct vd_run *run, enum vd_run_kind kind, const char *sha256,
                            bool accepted, bool listed);
/* An empty record for this URL, or NULL for lack of memory. */
struct vd_run_crl *vd_run_add_crl(struct vd_run *run, const char *url);
const struct vd_run_certificate *vd_run_certificate(const struct vd_run *run, enum vd_run_kind kind,
                                                    const char *sha256);
const struct vd_run_crl *vd_run_crl(const struct vd_run *run, const char *url);
struct vd_run_crl *vd_run_crl_mutable(struct vd_run *run, const char *url);
/* The newest bytes of this URL become earlier ones. When there is no room, the oldest stays: it is the
 * last good one. */
void vd_run_keep(struct vd_run_crl *c);
/* What the bits of veridac_point_view.counting leave: bit i is kept[i], the one behind is the newest. */
void vd_run_prune(struct vd_run_crl *c, uint32_t counting);
bool vd_run_set(char **field, const char *text); /* replaces an owned string */

bool vd_run_write(const struct vd_run *run, struct vd_buf *out);
bool vd_run_read(struct vd_span text, struct vd_run *ret); /* number stays 0 */
bool vd_is_hash(const char *text); /* 64 lower-case hex digits */

#endif
