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

#define VD_HASH_TEXT 65

enum vd_run_kind { VD_RUN_ANCHOR = 1, VD_RUN_SIGNER, VD_RUN_AUTHORITY };

struct vd_run_certificate {
    enum vd_run_kind kind;
    bool accepted;            /* anchors and signers: named by the operator, now or before */
    bool listed;              /* the ledger had it in this run */
    char sha256[VD_HASH_TEXT];
};

struct vd_run_crl {
    char *url;
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
bool vd_run_set(char **field, const char *text); /* replaces an owned string */

bool vd_run_write(const struct vd_run *run, struct vd_buf *out);
bool vd_run_read(struct vd_span text, struct vd_run *ret); /* number stays 0 */
bool vd_is_hash(const char *text); /* 64 lower-case hex digits */

#endif
