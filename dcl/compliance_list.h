/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance_list.h - compliance records on their way from the ledger to the part of a bundle.
 *
 * Owns:           which models a device type comes from, several nodes' statements, the state's part.
 * Must not know:  the octets of a part (verifier/compliance.h), declarations.
 *
 * Several nodes, about one software version of one product:
 *   revoked            when a majority (merge.h) says so; then until such a majority says otherwise
 *   said revoked       when fewer do: no majority, and not silence either
 *   all else           what most nodes say; a new record of a minority is not taken, and a vanished
 *                      one stays until a majority has it no longer
 *
 * Over the ceiling (VD_MAX_COMPLIANCE) what few nodes say is left out first, and that is said.
 */
#ifndef DCL_COMPLIANCE_LIST_H
#define DCL_COMPLIANCE_LIST_H

#include "merge.h"
#include "run.h"

/* What the run knew, as a part (VDC1); nothing when it knew of no record. */
veridac_status vd_state_compliance(const char *state, const struct vd_run *run, struct vd_buf *ret,
                                   veridac_error *err);

/* Gives each record the device type that the models say. Sorts the models. */
void vd_compliance_types(struct vd_record_compliance *v, size_t n, struct vd_record_model *models,
                         size_t n_models);

/* As a part; the record that stands where another stands goes to *ret_twice, and nothing is written.
 * false for lack of memory. */
bool vd_compliance_part(int32_t network, const struct vd_record_compliance *v, size_t n,
                        struct vd_buf *out, const struct vd_record_compliance **ret_twice);

/* Records in a part; 0 for what is none. */
uint32_t vd_compliance_count(struct vd_span part);

/* All nodes' records, and those of the last run (a part, or nothing), as a part; nothing when there is no
 * record at all. *ret_n: records in it. */
veridac_status vd_merge_compliance(struct vd_merge *m, int32_t network, struct vd_span before,
                                   struct vd_buf *ret, uint32_t *ret_n);

#endif
