/* SPDX-License-Identifier: Apache-2.0
 *
 * certified.h - the declaration against what the ledger says of its product (facts D.6.9).
 *
 * Owns:           the compliance rules.
 * Must not know:  chains, signatures, policy.
 */
#ifndef VD_CERTIFIED_H
#define VD_CERTIFIED_H

#include "decl.h"
#include "snapshot.h"

struct vd_certified {
    const struct vd_decl *decl;
    const struct vd_snapshot *const *snapshots;
    size_t n_snapshots;
    int32_t vid, pid;          /* Basic Information */
    int64_t software_version;  /* -1: not known */
};

/* Says nothing when no snapshot has compliance records. */
void vd_certified_check(const struct vd_certified *in, struct vd_findings *f);

#endif
