/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_ops.h - the operators on envelopes.
 *
 * Owns:           what can be done to an envelope.
 * Must not know:  who accepts the result.
 */
#ifndef DIFF_CMS_OPS_H
#define DIFF_CMS_OPS_H

#include "cms_family.h"
#include "ops_tree.h"

/* False: there was nothing to do this to; another good envelope may have it. */
typedef bool cms_op(struct cms_family *f);

/* One of the three, as in cert_ops.h. */
struct cms_operator {
    const char *name, *what;
    tree_op *tree;
    cms_op *before, *after;
};

extern const struct cms_operator cms_operators[];
extern const size_t cms_n_operators;

bool cms_bend_before(struct cms_family *f, const struct cms_operator *op);
bool cms_bend_after(struct cms_family *f, const struct cms_operator *op);

/* Around the signer (cms_ops_field.c) */
cms_op cms_type, cms_version, cms_digests, cms_content, cms_content_shape, cms_extra, cms_around;
/* The signer (cms_ops_signer.c) */
cms_op cms_signer_id, cms_signer_digest, cms_algorithm, cms_signers, cms_attributes;
cms_op cms_signer, cms_over, cms_signature;

#endif
