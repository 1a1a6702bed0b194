/* SPDX-License-Identifier: Apache-2.0
 *
 * cert.c - one X.509 certificate: DER -> facts.
 *
 *   Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
 *   TBSCertificate ::= SEQUENCE { version [0] EXPLICIT INTEGER DEFAULT v1, serialNumber INTEGER,
 *       signature AlgorithmIdentifier, issuer Name, validity SEQUENCE { Time, Time },
 *       subject Name, subjectPublicKeyInfo, issuerUniqueID [1] OPTIONAL,
 *       subjectUniqueID [2] OPTIONAL, extensions [3] EXPLICIT OPTIONAL }
 */
#include "cert.h"

#include "der.h"

static const uint8_t oid_ecdsa_sha256[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 };
static const uint8_t oid_ec_key[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01 };
static const uint8_t oid_p256[] = { 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 };
static const uint8_t oid_mldsa44[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11 };
static const uint8_t oid_mldsa65[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12 };

static const struct {
    const char *text;
    uint8_t n, oid[8];
} ext_rows[VD_EXT_KINDS] = {
    [VD_EXT_BC] = { "basicConstraints", 3, { 0x55, 0x1D, 0x13 } },
    [VD_EXT_KU] = { "keyUsage", 3, { 0x55, 0x1D, 0x0F } },
    [VD_EXT_SKID] = { "subjectKeyIdentifier", 3, { 0x55, 0x1D, 0x0E } },
    [VD_EXT_AKID] = { "authorityKeyIdentifier", 3, { 0x55, 0x1D, 0x23 } },
    [VD_EXT_EKU] = { "extKeyUsage", 3, { 0x55, 0x1D, 0x25 } },
    [VD_EXT_SAN] = { "subjectAltName", 3, { 0x55, 0x1D, 0x11 } },
    [VD_EXT_IAN] = { "issuerAltName", 3, { 0x55, 0x1D, 0x12 } },
    [VD_EXT_CP] = { "certificatePolicies", 3, { 0x55, 0x1D, 0x20 } },
    [VD_EXT_AIA] = { "authorityInfoAccess", 8, { 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01 } },
    [VD_EXT_CRLDP] = { "cRLDistributionPoints", 3, { 0x55, 0x1D, 0x1F } },
};

const char *vd_ext_text(enum vd_ext_kind kind)
{
    return kind < VD_EXT_KINDS ? ext_rows[kind].text : "unknown extension";
}

const char *vd_key_text(enum vd_key_kind k)
{
    switch (k) {
    case VD_KEY_P256:
        return "P-256";
    case VD_KEY_EC_OTHER:
        return "EC, not P-256 or not uncompressed";
    case VD_KEY_MLDSA44:
        return "ML-DSA-44";
    case VD_KEY_MLDSA65:
        return "ML-DSA-65";
    case VD_KEY_OTHER:
        break;
    }
    return "another kind of key";
}

unsigned vd_key_strength(enum vd_key_kind k)
{
    return k == VD_KEY_P256 ? 1 : k == VD_KEY_MLDSA44 ? 2 : k == VD_KEY_MLDSA65 ? 3 : 0;
}

unsigned vd_algorithm_strength(enum vd_algorithm a)
{
    return a == VD_ALG_MLDSA44   ? 2
           : a == VD_ALG_MLDSA65 ? 3
           : a == VD_ALG_OTHER   ? 0
                                 : 1;
}

const char *vd_algorithm_text(enum vd_algorithm a)
{
    switch (a) {
    case VD_ALG_ECDSA_SHA256:
        return "ecdsa-with-SHA256";
    case VD_ALG_ECDSA_SHA256_NULL:
        return "ecdsa-with-SHA256 with NULL parameters";
    case VD_ALG_MLDSA44:
        return "id-ml-dsa-44";
    case VD_ALG_MLDSA65:
        return "id-ml-dsa-65";
    case VD_ALG_OTHER:
        break;
    }
    return "another algorithm";
}

enum vd_algorithm vd_algorithm_read(struct vd_span whole, struct vd_span *ret_oid)
{
    struct vd_span seq, oid, params;
    *ret_oid = VD_NO_SPAN;
    if (!vd_der_take(&whole, DER_SEQUENCE, &seq) || whole.n != 0 ||
        !vd_der_take(&seq, DER_OID, &oid))
        return VD_ALG_OTHER;
    *ret_oid = oid;
    if (vd_span_eq(oid, VD_SPAN(oid_ecdsa_sha256))) {
        if (seq.n == 0)
            return VD_ALG_ECDSA_SHA256;
        return vd_der_take(&seq, DER_NULL, &params) && params.n == 0 && seq.n == 0
                   ? VD_ALG_ECDSA_SHA256_NULL
                   : VD_ALG_OTHER;
    }
    if (seq.n == 0 && vd_span_eq(oid, VD_SPAN(oid_mldsa44)))
        return VD_ALG_MLDSA44;
    if (seq.n == 0 && vd_span_eq(oid, VD_SPAN(oid_mldsa65)))
        return VD_ALG_MLDSA65;
    return VD_ALG_OTHER;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING } */
bool vd_spki_read(struct vd_span spki, enum vd_key_kind *ret_kind, struct vd_span *ret_key)
{
    struct vd_span alg, oid, curve = VD_NO_SPAN, bits;
    uint8_t unused;

    if (!vd_der_take(&spki, DER_SEQUENCE, &alg) || !vd_der_take(&alg, DER_OID, &oid) ||
        !vd_der_take(&spki, DER_BIT_STRING, &bits) || spki.n != 0 ||
        !vd_take_u8(&bits, &unused) || unused != 0)
        return false;
    *ret_kind = VD_KEY_OTHER;
    if (vd_span_eq(oid, VD_SPAN(oid_ec_key))) {
        bool named = vd_der_take(&alg, DER_OID, &curve) && alg.n == 0;
        bool p256 = named && vd_span_eq(curve, VD_SPAN(oid_p256));
        *ret_kind = p256 && bits.n == 65 && bits.p[0] == 0x04 ? VD_KEY_P256 : VD_KEY_EC_OTHER;
    } else if (alg.n == 0 && vd_span_eq(oid, VD_SPAN(oid_mldsa44))) {
        *ret_kind = VD_KEY_MLDSA44;
    } else if (alg.n == 0 && vd_span_eq(oid, VD_SPAN(oid_mldsa65))) {
        *ret_kind = VD_KEY_MLDSA65;
    }
    *ret_key = bits;
    return true;
}

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL } */
static bool read_basic_constraints(struct vd_span value, struct vd_cert *c)
{
    struct vd_span seq, content;
    if (!vd_der_take(&value, DER_SEQUENCE, &seq) || value.n != 0)
        return false;
    if (vd_der_take(&seq, DER_BOOLEAN, &content)) {
        if (!vd_der_bool(content, &c->ca))
            return false;
        c->explicit_false = c->explicit_false || !c->ca;
    }
    if (vd_der_take(&seq, DER_INTEGER, &content)) {
        c->has_path_length = vd_der_uint(content, &c->path_length);
        if (!c->has_path_length)
            return false;
    }
    return seq.n == 0;
}

static bool read_key_usage(struct vd_span value, struct vd_cert *c)
{
    struct vd_span bits;
    return vd_der_take(&value, DER_BIT_STRING, &bits) && value.n == 0 &&
           vd_der_named_bits(bits, &c->key_usage);
}

static bool read_skid(struct vd_span value, struct vd_cert *c)
{
    struct vd_span id;
    if (!vd_der_take(&value, DER_OCTET_STRING, &id) || value.n != 0 || id.n != 20)
        return false;
    c->skid = id;
    return true;
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] OPTIONAL, ... }: Matter uses only [0] */
bool vd_akid_read(struct vd_span value, struct vd_span *ret)
{
    struct vd_span seq, id;
    if (!vd_der_take(&value, DER_SEQUENCE, &seq) || value.n != 0 ||
        !vd_der_take(&seq, DER_CONTEXT(0), &id) || seq.n != 0 || id.n != 20)
        return false;
    *ret = id;
    return true;
}

/* The outer form of the extensions that Matter gives no meaning: SEQUENCE SIZE (1..MAX) OF
 * something, `tag` 0 for GeneralName. Looked at because a critical one that cannot be read must not
 * be passed over (RFC 5280 4.2). */
static bool list_of(struct vd_span value, uint8_t tag)
{
    struct vd_span seq, content;
    uint8_t seen;

    if (!vd_der_nested(value) || !vd_der_take(&value, DER_SEQUENCE, &seq) || value.n != 0 ||
        seq.n == 0)
        return false;
    while (seq.n > 0) {
        if (!vd_der_next(&seq, &seen, &content, NULL) ||
            (tag != 0 ? seen != tag : (seen & 0xC0) != 0x80) ||
            (tag == DER_OID && !vd_der_oid_valid(content)))
            return false;
    }
    return true;
}

enum vd_ext_kind vd_ext_kind_of(struct vd_span oid)
{
    unsigned k = 0;
    while (k < VD_EXT_KINDS && !vd_span_eq(oid, (struct vd_span){ ext_rows[k].oid, ext_rows[k].n }))
        k++;
    return (enum vd_ext_kind)k;
}

static bool ext_value_ok(enum vd_ext_kind kind, struct vd_span value, struct vd_cert *c)
{
    switch (kind) {
    case VD_EXT_BC:
        return read_basic_constraints(value, c);
    case VD_EXT_KU:
        return read_key_usage(value, c);
    case VD_EXT_SKID:
        return read_skid(value, c);
    case VD_EXT_AKID:
        return vd_akid_read(value, &c->akid);
    case VD_EXT_EKU:
        return list_of(value, DER_OID);
    case VD_EXT_CP:
    case VD_EXT_AIA:
    case VD_EXT_CRLDP:
        return list_of(value, DER_SEQUENCE);
    case VD_EXT_SAN:
    case VD_EXT_IAN:
        return list_of(value, 0);
    case VD_EXT_OTHER:
        break;
    }
    return true;
}

/* Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING } */
bool vd_extension_next(struct vd_span *list, struct vd_extension *ret)
{
    struct vd_span seq, content;

    *ret = (struct vd_extension){ .critical = false };
    if (!vd_der_take(list, DER_SEQUENCE, &seq) || !vd_der_take(&seq, DER_OID, &ret->oid) ||
        !vd_der_oid_valid(ret->oid))
        return false;
    if (vd_der_take(&seq, DER_BOOLEAN, &content)) {
        if (!vd_der_bool(content, &ret->critical))
            return false;
        ret->explicit_false = !ret->critical;
    }
    return vd_der_take(&seq, DER_OCTET_STRING, &ret->value) && seq.n == 0;
}

static void take_extension(const struct vd_extension *e, struct vd_cert *c)
{
    enum vd_ext_kind kind = vd_ext_kind_of(e->oid);

    c->explicit_false = c->explicit_false || e->explicit_false;
    if (kind == VD_EXT_OTHER) {
        struct vd_span *first = e->critical ? &c->critical_unknown : &c->other_unknown;
        if (first->n == 0)
            *first = e->oid;
        return;
    }
    if (c->ext[kind].count++ > 0)
        return; /* the first one counts; the repetition is a finding of its own */
    c->ext[kind].critical = e->critical;
    c->ext[kind].value = e->value;
    c->ext[kind].malformed = !ext_value_ok(kind, e->value, c);
}

/* NULL, or what is wrong. */
static const char *read_extensions(struct vd_span explicit3, struct vd_cert *c)
{
    struct vd_span exts, oids[VD_MAX_EXTENSIONS];
    struct vd_extension e;
    size_t n = 0;

    if (!vd_der_take(&explicit3, DER_SEQUENCE, &exts) || explicit3.n != 0 || exts.n == 0)
        return "extensions";
    c->extensions = exts;
    while (exts.n > 0) {
        if (n == VD_MAX_EXTENSIONS)
            return "extensions (too many)";
        if (!vd_extension_next(&exts, &e))
            return "extensions";
        take_extension(&e, c);
        oids[n] = e.oid;
        for (size_t i = 0; i < n; i++) {
            if (vd_span_eq(oids[i], oids[n]))
                c->duplicate_oid = oids[n];
        }
        n++;
    }
    return NULL;
}

static bool read_version(struct vd_span *tbs, struct vd_cert *c)
{
    struct vd_span explicit0, content;
    if (!vd_der_take(tbs, DER_CONTEXT_CONSTRUCTED(0), &explicit0))
        return true; /* absent: v1 */
    return vd_der_take(&explicit0, DER_INTEGER, &content) && explicit0.n == 0 &&
           vd_der_uint(content, &c->version) && c->version != 0; /* 0 is the DEFAULT */
}

/* Validity: whether the times make sense is a fact, not a matter of structure. */
static bool read_validity(struct vd_span *tbs, struct vd_cert *c)
{
    struct vd_span seq, from, to;
    uint8_t from_tag, to_tag;
    if (!vd_der_take(tbs, DER_SEQUENCE, &seq) || !vd_der_next(&seq, &from_tag, &from, NULL) ||
        !vd_der_next(&seq, &to_tag, &to, NULL) || seq.n != 0)
        return false;
    c->times_ok = vd_der_time(from_tag, from, &c->not_before) &&
                  vd_der_time(to_tag, to, &c->not_after);
    return true;
}

static bool read_serial(struct vd_span *tbs, struct vd_cert *c)
{
    if (!vd_der_take(tbs, DER_INTEGER, &c->serial) || c->serial.n == 0)
        return false;
    if (!vd_der_magnitude(c->serial, &c->magnitude))
        c->magnitude = VD_NO_SPAN;
    return true;
}

static const char *read_tail(struct vd_span *tbs, struct vd_cert *c)
{
    struct vd_span content;
    const char *broken = NULL;

    for (unsigned i = 1; i <= 2; i++) { /* issuerUniqueID, subjectUniqueID */
        if (!vd_der_take(tbs, DER_CONTEXT(i), &content))
            continue;
        c->has_unique_id = true;
        if (!vd_der_bits_valid(content))
            return "unique identifier";
    }
    if (vd_der_take(tbs, DER_CONTEXT_CONSTRUCTED(3), &content))
        broken = read_extensions(content, c);
    if (broken != NULL)
        return broken;
    return tbs->n == 0 ? NULL : "end of tbsCertificate";
}

/* NULL, or the name of the field at which the structure broke. */
static const char *read_tbs(struct vd_span tbs, struct vd_cert *c, struct vd_span *ret_algorithm)
{
    struct vd_span name, spki;

    if (!read_version(&tbs, c))
        return "version";
    if (!read_serial(&tbs, c))
        return "serialNumber";
    if (!vd_der_take_whole(&tbs, DER_SEQUENCE, ret_algorithm))
        return "signature";
    if (!vd_der_take_whole(&tbs, DER_SEQUENCE, &name))
        return "issuer";
    vd_name_read(name, &c->issuer);
    if (!read_validity(&tbs, c))
        return "validity";
    if (!vd_der_take_whole(&tbs, DER_SEQUENCE, &name))
        return "subject";
    vd_name_read(name, &c->subject);
    if (!vd_der_take(&tbs, DER_SEQUENCE, &spki) || !vd_spki_read(spki, &c->key_kind, &c->key))
        return "subjectPublicKeyInfo";
    return read_tail(&tbs, c);
}

static const char *read_certificate(struct vd_span in, struct vd_cert *c)
{
    struct vd_span rest = in, outer, whole_tbs, tbs, inner_alg, outer_alg, bits;
    const char *broken;
    uint8_t unused;

    if (!vd_der_take(&rest, DER_SEQUENCE, &outer))
        return "outer SEQUENCE";
    c->der = vd_span_walked(in, rest);
    c->trailing = rest.n;
    if (!vd_der_take_whole(&outer, DER_SEQUENCE, &c->tbs))
        return "tbsCertificate";
    whole_tbs = c->tbs;
    if (!vd_der_take(&whole_tbs, DER_SEQUENCE, &tbs))
        return "tbsCertificate";
    broken = read_tbs(tbs, c, &inner_alg);
    if (broken != NULL)
        return broken;
    if (!vd_der_take_whole(&outer, DER_SEQUENCE, &outer_alg))
        return "signatureAlgorithm";
    c->inner = vd_algorithm_read(inner_alg, &c->algorithm_oid);
    c->outer = vd_algorithm_read(outer_alg, &c->algorithm_oid);
    c->algorithms_equal = vd_span_eq(inner_alg, outer_alg);
    if (!vd_der_take(&outer, DER_BIT_STRING, &bits) || !vd_take_u8(&bits, &unused) || unused != 0 ||
        outer.n != 0)
        return "signatureValue";
    c->signature = bits;
    return NULL;
}

bool vd_cert_read(struct vd_span in, struct vd_cert *ret)
{
    *ret = (struct vd_cert){ .parsed = false };
    ret->broken = read_certificate(in, ret);
    ret->parsed = ret->broken == NULL;
    return ret->parsed;
}
