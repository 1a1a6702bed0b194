/* SPDX-License-Identifier: Apache-2.0
 *
 * cms.c - the CMS envelope of a Certification Declaration.
 *
 *   ContentInfo ::= SEQUENCE { id-signedData, [0] EXPLICIT SignedData }
 *   SignedData  ::= SEQUENCE { 3, SET { sha256 }, SEQUENCE { pkcs7-data, [0] EXPLICIT OCTET STRING },
 *                              SET { SignerInfo } }
 *   SignerInfo  ::= SEQUENCE { 3, [0] IMPLICIT OCTET STRING (20), sha256, ecdsa-with-SHA256,
 *                              OCTET STRING { Ecdsa-Sig-Value } }
 * Algorithms have no parameters; certificates, CRLs and attributes are left out.
 */
#include "cms.h"

#include "der.h"

#define ON VD_ON_CD

static const uint8_t oid_signed_data[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 };
static const uint8_t oid_data[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 };
static const uint8_t alg_sha256[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 };
static const uint8_t alg_ecdsa[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 };

/* AlgorithmIdentifier content that is this OID and nothing more. */
static bool only_oid(struct vd_span seq, struct vd_span oid)
{
    struct vd_span seen;
    return vd_der_take(&seq, DER_OID, &seen) && seq.n == 0 && vd_span_eq(seen, oid);
}

static bool broken(struct vd_findings *f, enum vd_rule rule, const char *where)
{
    (void)vd_find(f, rule, ON, "the DER profile of Matter 6.3.1", "broken at %s", where);
    return false;
}

static bool check_algorithm(struct vd_findings *f, enum vd_rule rule, struct vd_span seq,
                            struct vd_span oid, const char *wanted)
{
    char hex[VD_HEX_TEXT];
    if (only_oid(seq, oid))
        return true;
    (void)vd_find(f, rule, ON, wanted, "AlgorithmIdentifier %s", vd_hex_text(seq, hex));
    return false;
}

static void check_version(struct vd_findings *f, enum vd_rule rule, struct vd_span content)
{
    char hex[VD_HEX_TEXT];
    uint64_t v;
    if (!vd_der_uint(content, &v) || v != 3)
        (void)vd_find(f, rule, ON, "version 3", "version %s", vd_hex_text(content, hex));
}

static bool read_signer_info(struct vd_span in, struct vd_cms *ret, struct vd_findings *f)
{
    struct vd_span content, alg;

    if (!vd_der_take(&in, DER_INTEGER, &content))
        return broken(f, VD_RULE_CD_SIGNER_INFO, "SignerInfo version");
    check_version(f, VD_RULE_CD_SIGNER_INFO, content);
    if (!vd_der_take(&in, DER_CONTEXT(0), &content) || content.n != 20)
        return broken(f, VD_RULE_CD_SIGNER_INFO, "subjectKeyIdentifier");
    ret->signer = content;
    if (!vd_der_take(&in, DER_SEQUENCE, &alg))
        return broken(f, VD_RULE_CD_SIGNER_INFO, "digestAlgorithm");
    ret->checkable = check_algorithm(f, VD_RULE_CD_SIGNER_DIGEST, alg, VD_SPAN(alg_sha256), "sha256");
    if (vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &content))
        (void)vd_find(f, VD_RULE_CD_CMS_EXTRA, ON, "no attributes", "signedAttrs");
    if (!vd_der_take(&in, DER_SEQUENCE, &alg))
        return broken(f, VD_RULE_CD_SIGNER_INFO, "signatureAlgorithm");
    if (!check_algorithm(f, VD_RULE_CD_SIGNER_ALGORITHM, alg, VD_SPAN(alg_ecdsa),
                         "ecdsa-with-SHA256"))
        ret->checkable = false;
    if (!vd_der_take(&in, DER_OCTET_STRING, &ret->signature))
        return broken(f, VD_RULE_CD_SIGNER_INFO, "signature");
    if (vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(1), &content))
        (void)vd_find(f, VD_RULE_CD_CMS_EXTRA, ON, "no attributes", "unsignedAttrs");
    return in.n == 0 || broken(f, VD_RULE_CD_SIGNER_INFO, "end of SignerInfo");
}

static bool read_content(struct vd_span in, struct vd_cms *ret, struct vd_findings *f)
{
    struct vd_span oid, wrapped;
    char hex[VD_HEX_TEXT];

    if (!vd_der_take(&in, DER_OID, &oid))
        return broken(f, VD_RULE_CD_CMS, "eContentType");
    if (!vd_span_eq(oid, VD_SPAN(oid_data)))
        (void)vd_find(f, VD_RULE_CD_CONTENT_TYPE, ON, "pkcs7-data", "OID %s", vd_hex_text(oid, hex));
    if (!vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &wrapped) || in.n != 0 ||
        !vd_der_take(&wrapped, DER_OCTET_STRING, &ret->content) || wrapped.n != 0)
        return broken(f, VD_RULE_CD_CMS, "eContent");
    return true;
}

static bool read_signed_data(struct vd_span in, struct vd_cms *ret, struct vd_findings *f)
{
    struct vd_span content, set, alg, signers, signer;

    if (!vd_der_take(&in, DER_INTEGER, &content))
        return broken(f, VD_RULE_CD_CMS, "SignedData version");
    check_version(f, VD_RULE_CD_CMS_VERSION, content);
    if (!vd_der_take(&in, DER_SET, &set))
        return broken(f, VD_RULE_CD_CMS, "digestAlgorithms");
    if (!vd_der_take(&set, DER_SEQUENCE, &alg) || set.n != 0)
        (void)vd_find(f, VD_RULE_CD_DIGEST_ALGORITHM, ON, "exactly one", "another number");
    else
        (void)check_algorithm(f, VD_RULE_CD_DIGEST_ALGORITHM, alg, VD_SPAN(alg_sha256), "sha256");
    if (!vd_der_take(&in, DER_SEQUENCE, &content))
        return broken(f, VD_RULE_CD_CMS, "encapContentInfo");
    if (!read_content(content, ret, f))
        return false;
    if (vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &content))
        (void)vd_find(f, VD_RULE_CD_CMS_EXTRA, ON, "no certificates", "certificates");
    if (vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(1), &content))
        (void)vd_find(f, VD_RULE_CD_CMS_EXTRA, ON, "no CRLs", "crls");
    if (!vd_der_take(&in, DER_SET, &signers) || in.n != 0)
        return broken(f, VD_RULE_CD_CMS, "signerInfos");
    if (!vd_der_take(&signers, DER_SEQUENCE, &signer) || signers.n != 0)
        return broken(f, VD_RULE_CD_SIGNER_INFO, "number of SignerInfos");
    return read_signer_info(signer, ret, f);
}

bool vd_cms_read(struct vd_span in, struct vd_cms *ret, struct vd_findings *f)
{
    struct vd_span outer, oid, wrapped, signed_data;

    *ret = (struct vd_cms){ .content = VD_NO_SPAN };
    if (!vd_der_take(&in, DER_SEQUENCE, &outer))
        return broken(f, VD_RULE_CD_CMS, "ContentInfo");
    if (in.n > 0)
        (void)vd_find(f, VD_RULE_CD_TRAILING_BYTES, ON, "0 bytes", "%zu bytes", in.n);
    if (!vd_der_take(&outer, DER_OID, &oid) || !vd_span_eq(oid, VD_SPAN(oid_signed_data)))
        return broken(f, VD_RULE_CD_CMS, "contentType");
    if (!vd_der_take(&outer, DER_CONTEXT_CONSTRUCTED(0), &wrapped) || outer.n != 0 ||
        !vd_der_take(&wrapped, DER_SEQUENCE, &signed_data) || wrapped.n != 0)
        return broken(f, VD_RULE_CD_CMS, "content");
    return read_signed_data(signed_data, ret, f);
}
