/* SPDX-License-Identifier: Apache-2.0
 *
 * local.h - the chain and the product against the operator's own rules.
 *
 * Owns:           which rule hits; a hit refuses or sets apart, and says nothing about revocation.
 * Must not know:  policy, what the ledger says.
 */
#ifndef VD_LOCAL_H
#define VD_LOCAL_H

#include "snapshot.h"

struct vd_local {
    const struct vd_cert *dac, *pai; /* not parsed: nothing is said about it */
    int32_t vid, pid;                /* Basic Information; -1: not known */
    int64_t software_version;        /* the same */
    int64_t at;
    const struct vd_snapshot *const *snapshots;
    size_t n_snapshots;
    const struct vd_snapshot *const *before; /* what their rules say is not said again */
    size_t n_before;
};

void vd_local_check(const struct vd_local *in, struct vd_findings *f);

#endif
