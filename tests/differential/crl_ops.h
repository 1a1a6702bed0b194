/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ops.h - the operators on CRLs.
 *
 * Owns:           what can be done to a CRL.
 * Must not know:  who accepts the result.
 */
#ifndef DIFF_CRL_OPS_H
#define DIFF_CRL_OPS_H

#include "crl_family.h"
#include "ops_tree.h"

/* False: there was nothing to do this to; another good CRL may have it. */
typedef bool crl_op(struct crl_family *f);

/* One of the three, as in cert_ops.h. */
struct crl_operator {
    const char *name, *what;
    tree_op *tree;
    crl_op *before, *after;
};

extern const struct crl_operator crl_operators[];
extern const size_t crl_n_operators;

bool crl_bend_before(struct crl_family *f, const struct crl_operator *op);
bool crl_bend_after(struct crl_family *f, const struct crl_operator *op);

/* Fields (crl_ops_field.c) */
crl_op crl_version, crl_issuer, crl_time_edge, crl_time_text, crl_time_form, crl_next_update;
crl_op crl_algorithm, crl_signer, crl_signature, crl_around;
/* The list (crl_ops_entry.c) */
crl_op crl_entry_serial, crl_entry_date, crl_entry_shape, crl_entry_order, crl_entry_count;
crl_op crl_entry_reason, crl_entry_issuer, crl_entry_extension;
/* Extensions (crl_ops_ext.c) */
crl_op crl_ext_oid, crl_ext_critical, crl_ext_value, crl_ext_duplicate, crl_ext_drop, crl_ext_order;
crl_op crl_ext_add, crl_number, crl_key_id, crl_point, crl_point_name;

#endif
