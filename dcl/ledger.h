/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h - the lists of one ledger node, complete or not at all.
 *
 * Owns:           REST paths, pagination, what an error answer means.
 * Must not know:  which certificate is trusted; where evidence is kept.
 */
#ifndef DCL_LEDGER_H
#define DCL_LEDGER_H

#include "fail.h"
#include "json.h"

struct vd_ledger {
    const char *url;   /* REST base, without a slash at the end */
    int64_t timeout_s;
    uint64_t bytes;    /* fetched so far */
};

struct vd_ledger_certificate {
    uint8_t *der;      /* owned */
    size_t n;
    bool root;         /* on the list of root certificates and self-described as a root */
    bool cd_signer;    /* below the declaration root */
};

struct vd_ledger_lists {
    struct vd_ledger_certificate *certificates;
    size_t n_certificates, cap_certificates;
    struct vd_buf points; /* a JSON array of the records as they came */
    uint32_t n_points;
    uint32_t n_broken;    /* certificates that could not be read */
    struct vd_buf broken; /* a line for each */
};

/* Everything that a verifier needs. VERIDAC_IO when a list is empty, broken or cannot be had. */
veridac_status vd_ledger_fetch(struct vd_ledger *ledger, struct vd_ledger_lists *ret,
                               veridac_error *err);
void vd_ledger_lists_free(struct vd_ledger_lists *l);

#endif
