/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_ops.h - the operators on certificates.
 *
 * Owns:           what can be done to the target of a family.
 * Must not know:  who accepts the result.
 */
#ifndef DIFF_CERT_OPS_H
#define DIFF_CERT_OPS_H

#include "family.h"
#include "ops_tree.h"

/* False: there was nothing to do this to; another good chain may have it. */
typedef bool cert_op(struct family *f);

/* One of the three. */
struct cert_operator {
    const char *name, *what;
    tree_op *tree;   /* on any element of what is signed */
    cert_op *before; /* on a known part of what is signed */
    cert_op *after;  /* on the signature and around it */
};

extern const struct cert_operator cert_operators[];
extern const size_t cert_n_operators;

/* Bends the target before it is signed, and afterwards. False: nothing to do here. */
bool cert_bend_before(struct family *f, const struct cert_operator *op);
bool cert_bend_after(struct family *f, const struct cert_operator *op);

/* Names (cert_ops_name.c) */
cert_op cert_name_type, cert_name_case, cert_name_space, cert_name_rdn, cert_name_multi;
cert_op cert_name_attribute, cert_matter_id, cert_marker;
/* Numbers and times (cert_ops_field.c) */
cert_op cert_version, cert_serial, cert_time_edge, cert_time_text, cert_time_form, cert_unique_id;
/* Extensions (cert_ops_ext.c) */
cert_op cert_ext_oid, cert_ext_critical, cert_ext_value, cert_ext_duplicate, cert_ext_drop;
cert_op cert_ext_known, cert_ext_unknown, cert_ext_many, cert_ext_order;
cert_op cert_key_usage, cert_basic_constraints, cert_path_length, cert_key_id;
/* Keys and signatures (cert_ops_key.c) */
cert_op cert_algorithm, cert_spki, cert_signer, cert_signature, cert_around;

/* Shared: the target's fields. */
struct fields *cert_target(struct family *f);

#endif
