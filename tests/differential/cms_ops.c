/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_ops.c - the table of operators on envelopes.
 */
#include "cms_ops.h"

static cms_op pair;

const struct cms_operator cms_operators[] = {
    { "tag", "another tag somewhere", ops_tag, NULL, NULL },
    { "grow", "octets more in a content", ops_grow, NULL, NULL },
    { "shrink", "octets less", ops_shrink, NULL, NULL },
    { "bit", "one bit of a content", ops_bit, NULL, NULL },
    { "length-padded", "a length with leading zeros", ops_length_padded, NULL, NULL },
    { "length-indefinite", "80 and an end of contents", ops_length_indefinite, NULL, NULL },
    { "length-wrong", "a length that is not true", ops_length_wrong, NULL, NULL },
    { "swap-siblings", "two neighbours change places", ops_swap_siblings, NULL, NULL },
    { "swap-far", "two elements anywhere change places", ops_swap_far, NULL, NULL },
    { "duplicate", "an element twice", ops_duplicate, NULL, NULL },
    { "drop", "an element less", ops_drop, NULL, NULL },
    { "insert", "a new element", ops_insert, NULL, NULL },
    { "replace", "an element by a copy of another", ops_replace, NULL, NULL },
    { "tail", "octets behind the last child", ops_tail, NULL, NULL },
    { "type", "other types of the envelope and its content", NULL, cms_type, NULL },
    { "version", "0 to 5, absent, padded, of both versions", NULL, cms_version, NULL },
    { "digests", "none, others, more than one, parameters", NULL, cms_digests, NULL },
    { "content", "other octets, none, many", NULL, cms_content, NULL },
    { "content-shape", "in parts, absent, wrapped otherwise", NULL, cms_content_shape, NULL },
    { "extra", "certificates and CRLs in the envelope", NULL, cms_extra, NULL },
    { "signer-id", "another key's id, issuer and serial, 0 to 21 octets", NULL, cms_signer_id,
      NULL },
    { "signer-digest", "of the signer", NULL, cms_signer_digest, NULL },
    { "algorithm", "of the signature", NULL, cms_algorithm, NULL },
    { "signers", "none, two, one that does not fit", NULL, cms_signers, NULL },
    { "attributes", "signed (and signed over) or not", NULL, cms_attributes, NULL },
    { "signer", "another key; high and low s", NULL, cms_signer, NULL },
    { "over", "a signature over something else", NULL, cms_over, NULL },
    { "signature", "other encodings of the same signature", NULL, NULL, cms_signature },
    { "around", "octets and headers around the envelope, or none", NULL, NULL, cms_around },
    { "pair", "two of the others", NULL, pair, NULL },
};
const size_t cms_n_operators = sizeof cms_operators / sizeof cms_operators[0];

bool cms_bend_before(struct cms_family *f, const struct cms_operator *op)
{
    if (op->tree != NULL)
        return op->tree(f->rng, f->a, f->root);
    return op->before == NULL || op->before(f);
}

bool cms_bend_after(struct cms_family *f, const struct cms_operator *op)
{
    return op->after == NULL || op->after(f);
}

static bool pair(struct cms_family *f)
{
    bool done = false;
    for (size_t i = 0; i < 2; i++)
        done = cms_bend_before(f, &cms_operators[rng_below(f->rng, cms_n_operators - 1)]) || done;
    return done;
}
