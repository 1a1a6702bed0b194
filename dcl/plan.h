/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.h - the cheapest way from the bundle that is there to the one that is wanted. Pure.
 *
 * Owns:           choosing among deltas and the whole file.
 * Must not know:  the network, files, what is in a delta.
 */
#ifndef DCL_PLAN_H
#define DCL_PLAN_H

#include "signed.h"

#define VD_REQUEST_COST 400u /* octets that a request costs beside its body */
#define VD_MAX_STEPS 64u     /* deltas in a row; power-of-two skips need 2 log2(n) */

struct vd_plan {
    uint64_t cost;
    size_t n;                      /* 0: the whole file */
    uint32_t steps[VD_MAX_STEPS];  /* entries of the index, in order */
};

/* From sequence `from` to the index's own, for a bundle of this kind (1 hub, 2 full) whose whole file
 * has `whole` octets. False for no memory. */
bool vd_plan_make(const struct vd_index *index, uint8_t kind, uint64_t from, uint64_t whole,
                  struct vd_plan *ret);

#endif
