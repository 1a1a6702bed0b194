/* SPDX-License-Identifier: Apache-2.0
 *
 * show_field.c - beside which field of a description a deviation stands.
 *
 * The slug of a rule is the subject and what is wrong with it; the second half names the field.
 */
#include "show.h"
#include "text.h"

static const char *const subjects[] = { "cd-signer-", "crl-signer-", "dac-", "pai-", "paa-",
                                        "cd-", "elements-", "nocsr-", "csr-" };

static const struct {
    const char *rest, *field;
} fields[] = {
    /* certificates and requests */
    { "trailing-bytes", "size" },
    { "size", "size" },
    { "version", "version" },
    { "serial", "serial" },
    { "signature-algorithm", "signature_algorithm" },
    { "signature-null", "signature_algorithm" },
    { "issuer-vid", "issuer" },
    { "issuer-pid", "issuer" },
    { "name", "subject" },
    { "vid-missing", "subject" },
    { "pid-missing", "subject" },
    { "cn-ignored", "subject" },
    { "cn-long", "subject" },
    { "vid-encoding", "vendor_id" },
    { "vid-repeated", "vendor_id" },
    { "id-zero", "vendor_id" },
    { "id-string", "vendor_id" },
    { "pid-encoding", "product_id" },
    { "pid-forbidden", "product_id" },
    { "time", "not_before" },
    { "public-key", "key" },
    { "subject-key-id", "subject_key_id" },
    { "authority-key-id", "authority_key_id" },
    { "basic-constraints", "ca" },
    { "path-length", "ca" },
    { "key-usage", "key_usage" },
    { "critical-extension", "extensions" },
    { "duplicate-extension", "extensions" },
    { "other-extension", "extensions" },
    { "extension-encoding", "extensions" },
    { "signature", "signature" },
    { "attributes", "attributes" },
    /* declarations */
    { "signer-info", "signer_key_id" },
    { "signer-algorithm", "signature" },
    { "format-version", "format_version" },
    { "product-count", "product_ids" },
    { "certificate-id", "certificate_id" },
    { "type", "certification_type" },
    { "type-test", "certification_type" },
    { "type-provisional", "certification_type" },
    { "origin-pair", "dac_origin_vendor_id" },
    { "paa-count", "authorized_paas" },
    /* elements */
    { "firmware", "firmware_information" },
    { "vendor-tag", "vendor_reserved" },
};

const char *vd_show_field(enum vd_rule rule)
{
    struct vd_span slug = vd_span_str(vd_rule_row(rule)->slug);

    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        if (vd_take_tag(&slug, subjects[i]))
            break;
    }
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (vd_span_is(slug, fields[i].rest))
            return fields[i].field;
    }
    return "";
}
