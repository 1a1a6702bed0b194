/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_ops.c - the table of operators on certificates.
 */
#include "cert_ops.h"

static cert_op pair;

const struct cert_operator cert_operators[] = {
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
    { "version", "0 to 3, absent, padded", NULL, cert_version, NULL },
    { "serial", "negative, zero, padded, 1 to 22 octets", NULL, cert_serial, NULL },
    { "time-edge", "seconds around the DAC's notBefore", NULL, cert_time_edge, NULL },
    { "time-text", "a digit, the end, the zone of a time", NULL, cert_time_text, NULL },
    { "time-form", "UTCTime or GeneralizedTime, years 1949 to 2106", NULL, cert_time_form, NULL },
    { "unique-id", "issuerUniqueID and subjectUniqueID", NULL, cert_unique_id, NULL },
    { "name-type", "another string type", NULL, cert_name_type, NULL },
    { "name-case", "one letter in the other case", NULL, cert_name_case, NULL },
    { "name-space", "white space in a value", NULL, cert_name_space, NULL },
    { "name-rdn", "empty, missing and reordered RDNs", NULL, cert_name_rdn, NULL },
    { "name-multi", "RDNs joined and split", NULL, cert_name_multi, NULL },
    { "name-attribute", "one more attribute", NULL, cert_name_attribute, NULL },
    { "matter-id", "vendor and product id attributes", NULL, cert_matter_id, NULL },
    { "marker", "Mvid: and Mpid: in a common name", NULL, cert_marker, NULL },
    { "ext-oid", "an extension under another OID", NULL, cert_ext_oid, NULL },
    { "ext-critical", "critical: absent, TRUE, FALSE, odd, twice", NULL, cert_ext_critical, NULL },
    { "ext-value", "one bit of an extension's value", NULL, cert_ext_value, NULL },
    { "ext-duplicate", "an extension twice, or a value under two OIDs", NULL, cert_ext_duplicate,
      NULL },
    { "ext-drop", "an extension less, or none", NULL, cert_ext_drop, NULL },
    { "ext-order", "extensions, or the parts of one, in another order", NULL, cert_ext_order,
      NULL },
    { "ext-known", "one more of RFC 5280, good or odd", NULL, cert_ext_known, NULL },
    { "ext-unknown", "one more that nobody knows", NULL, cert_ext_unknown, NULL },
    { "ext-many", "12 to 23 more", NULL, cert_ext_many, NULL },
    { "key-usage", "other bits, other encodings", NULL, cert_key_usage, NULL },
    { "basic-constraints", "other values, other encodings", NULL, cert_basic_constraints, NULL },
    { "path-length", "pathLenConstraint 0 to 2^64", NULL, cert_path_length, NULL },
    { "key-id", "subject and authority key ids", NULL, cert_key_id, NULL },
    { "algorithm", "AlgorithmIdentifiers inside and outside", NULL, cert_algorithm, NULL },
    { "public-key", "other keys, curves, point forms", NULL, cert_spki, NULL },
    { "signer", "another key; high and low s", NULL, cert_signer, NULL },
    { "signature", "other encodings of the same signature", NULL, NULL, cert_signature },
    { "around", "octets and headers around the certificate, or none", NULL, NULL, cert_around },
    { "pair", "two of the others", NULL, pair, NULL },
};
const size_t cert_n_operators = sizeof cert_operators / sizeof cert_operators[0];

bool cert_bend_before(struct family *f, const struct cert_operator *op)
{
    if (op->tree != NULL)
        return op->tree(f->rng, f->a, cert_target(f)->tbs);
    return op->before == NULL || op->before(f);
}

bool cert_bend_after(struct family *f, const struct cert_operator *op)
{
    return op->after == NULL || op->after(f);
}

static bool pair(struct family *f)
{
    bool done = false;
    for (size_t i = 0; i < 2; i++) {
        done =
            cert_bend_before(f, &cert_operators[rng_below(f->rng, cert_n_operators - 1)]) || done;
        if (rng_one_in(f->rng, 2))
            f->target = (enum role)rng_below(f->rng, ROLES);
    }
    return done;
}
