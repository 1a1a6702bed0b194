/* SPDX-License-Identifier: Apache-2.0
 *
 * csr.c - one PKCS#10 certification request: DER -> facts.
 *
 *   CertificationRequest ::= SEQUENCE { certificationRequestInfo, AlgorithmIdentifier, BIT STRING }
 *   CertificationRequestInfo ::= SEQUENCE { version INTEGER, subject Name, subjectPKInfo,
 *       attributes [0] IMPLICIT SET OF Attribute }
 */
#include "csr.h"

#include "der.h"

/* Attribute ::= SEQUENCE { type OID, values SET OF ANY }: none of them is used here */
static bool attributes_ok(struct vd_span in)
{
    struct vd_span seq, content;
    bool ok = vd_der_nested(in);

    while (ok && in.n > 0)
        ok = vd_der_take(&in, DER_SEQUENCE, &seq) && vd_der_take(&seq, DER_OID, &content) &&
             vd_der_oid_valid(content) && vd_der_take(&seq, DER_SET, &content) && seq.n == 0;
    return ok;
}

/* NULL, or the name of the field at which the structure broke. */
static const char *read_info(struct vd_span info, struct vd_csr *r)
{
    struct vd_span content, spki;

    if (!vd_der_take(&info, DER_INTEGER, &content) || !vd_der_uint(content, &r->version))
        return "version";
    if (!vd_der_take_whole(&info, DER_SEQUENCE, &content))
        return "subject";
    vd_name_read(content, &r->subject);
    if (!r->subject.well_formed)
        return "subject";
    if (!vd_der_take(&info, DER_SEQUENCE, &spki) || !vd_spki_read(spki, &r->key_kind, &r->key))
        return "subjectPKInfo";
    r->has_attributes = vd_der_take(&info, DER_CONTEXT_CONSTRUCTED(0), &content);
    return info.n == 0 && (!r->has_attributes || attributes_ok(content)) ? NULL : "attributes";
}

static const char *read_request(struct vd_span in, struct vd_csr *r)
{
    struct vd_span outer, whole, info, algorithm, oid, bits;
    const char *broken;
    uint8_t unused;

    if (!vd_der_take(&in, DER_SEQUENCE, &outer))
        return "outer SEQUENCE";
    r->trailing = in.n;
    if (!vd_der_take_whole(&outer, DER_SEQUENCE, &r->info))
        return "certificationRequestInfo";
    whole = r->info;
    if (!vd_der_take(&whole, DER_SEQUENCE, &info))
        return "certificationRequestInfo";
    broken = read_info(info, r);
    if (broken != NULL)
        return broken;
    if (!vd_der_take_whole(&outer, DER_SEQUENCE, &algorithm))
        return "signatureAlgorithm";
    r->algorithm = vd_algorithm_read(algorithm, &oid);
    if (!vd_der_take(&outer, DER_BIT_STRING, &bits) || !vd_take_u8(&bits, &unused) || unused != 0 ||
        outer.n != 0)
        return "signature";
    r->signature = bits;
    return NULL;
}

bool vd_csr_read(struct vd_span in, struct vd_csr *ret)
{
    *ret = (struct vd_csr){ .parsed = false };
    ret->broken = read_request(in, ret);
    ret->parsed = ret->broken == NULL;
    return ret->parsed;
}
