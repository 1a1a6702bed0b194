/* SPDX-License-Identifier: Apache-2.0
 *
 * gather.h - a run record -> trust handle and revocation set.
 *
 * Owns:           which objects of a run become anchors, authorities, points and CRLs.
 * Must not know:  the network.
 */
#ifndef DCL_GATHER_H
#define DCL_GATHER_H

#include "run.h"

/* The accepted anchors and signers of the run. VERIDAC_BAD_DATA when no PAA can be used. */
veridac_status vd_gather_trust(const char *state, const struct vd_run *run, veridac_trust **ret,
                               veridac_error *err);
/* Points and authorities, bound; nothing fed yet. *ret_broken (may be NULL) grows by the records that cannot be read. */
struct vd_gather_options {
    const char *const *accept_shrink;
    size_t n_accept_shrink;
    bool compliance; /* the run's compliance records go into bundles of the set */
};

veridac_status vd_gather_points(const char *state, const struct vd_run *run,
                                const veridac_trust *trust, veridac_revset **ret,
                                const struct vd_gather_options *options, uint32_t *ret_broken,
                                veridac_error *err);
/* Every CRL that the run has, fed; finished. `stop` may be NULL. */
veridac_status vd_gather_crls(const char *state, const struct vd_run *run, veridac_revset *set,
                              const struct vd_stop *stop, veridac_error *err);

/* Forgets earlier CRLs that no longer count; the set is finished. false for lack of memory. */
bool vd_gather_prune(struct vd_run *run, const veridac_revset *set);

#endif
