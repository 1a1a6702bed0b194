/* SPDX-License-Identifier: Apache-2.0
 *
 * points_load.h - revocation points as the state keeps them, into a set.
 *
 * Owns:           a record a line.
 * Must not know:  where they come from.
 */
#ifndef DCL_POINTS_LOAD_H
#define DCL_POINTS_LOAD_H

#include "fail.h"

veridac_status vd_points_load_lines(veridac_revset *set, struct vd_span lines, bool adds_only,
                                    uint32_t *ret_broken, veridac_error *err);

#endif
