/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ops.c - the table of operators on CRLs.
 */
#include "crl_ops.h"

static crl_op pair;

const struct crl_operator crl_operators[] = {
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
    { "version", "0 to 2, absent, padded, tagged", NULL, crl_version, NULL },
    { "issuer", "types, case, order, attributes of the issuer", NULL, crl_issuer, NULL },
    { "time-edge", "thisUpdate and nextUpdate around each other", NULL, crl_time_edge, NULL },
    { "time-text", "a digit, the end, the zone of a time", NULL, crl_time_text, NULL },
    { "time-form", "UTCTime or GeneralizedTime, 1969 to 9999", NULL, crl_time_form, NULL },
    { "next-update", "absent, twice, before thisUpdate", NULL, crl_next_update, NULL },
    { "entry-serial", "negative, zero, padded, 1 to 22 octets", NULL, crl_entry_serial, NULL },
    { "entry-date", "odd dates", NULL, crl_entry_date, NULL },
    { "entry-shape", "parts of an entry moved, missing, too many", NULL, crl_entry_shape, NULL },
    { "entry-order", "entries in another order", NULL, crl_entry_order, NULL },
    { "entry-count", "more, none, an empty list, two lists", NULL, crl_entry_count, NULL },
    { "entry-reason", "reasonCode", NULL, crl_entry_reason, NULL },
    { "entry-issuer", "certificateIssuer", NULL, crl_entry_issuer, NULL },
    { "entry-extension", "other extensions of an entry", NULL, crl_entry_extension, NULL },
    { "ext-oid", "an extension under another OID", NULL, crl_ext_oid, NULL },
    { "ext-critical", "critical: absent, TRUE, FALSE, odd, twice", NULL, crl_ext_critical, NULL },
    { "ext-value", "one bit of an extension's value", NULL, crl_ext_value, NULL },
    { "ext-duplicate", "an extension twice, or a value under two OIDs", NULL, crl_ext_duplicate,
      NULL },
    { "ext-drop", "an extension less, or none", NULL, crl_ext_drop, NULL },
    { "ext-order", "extensions, or the parts of one, in another order", NULL, crl_ext_order, NULL },
    { "ext-add", "one more, known or not, deltas", NULL, crl_ext_add, NULL },
    { "number", "cRLNumber", NULL, crl_number, NULL },
    { "key-id", "authority key id", NULL, crl_key_id, NULL },
    { "point", "flags of the issuing distribution point", NULL, crl_point, NULL },
    { "point-name", "its name", NULL, crl_point_name, NULL },
    { "algorithm", "AlgorithmIdentifiers inside and outside", NULL, crl_algorithm, NULL },
    { "signer", "another key; high and low s", NULL, crl_signer, NULL },
    { "signature", "other encodings of the same signature", NULL, NULL, crl_signature },
    { "around", "octets and headers around the CRL, or none", NULL, NULL, crl_around },
    { "pair", "two of the others", NULL, pair, NULL },
};
const size_t crl_n_operators = sizeof crl_operators / sizeof crl_operators[0];

bool crl_bend_before(struct crl_family *f, const struct crl_operator *op)
{
    if (op->tree != NULL)
        return op->tree(f->rng, f->a, f->f.tbs);
    return op->before == NULL || op->before(f);
}

bool crl_bend_after(struct crl_family *f, const struct crl_operator *op)
{
    return op->after == NULL || op->after(f);
}

static bool pair(struct crl_family *f)
{
    bool done = false;
    for (size_t i = 0; i < 2; i++)
        done = crl_bend_before(f, &crl_operators[rng_below(f->rng, crl_n_operators - 1)]) || done;
    return done;
}
