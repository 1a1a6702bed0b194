/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_cert.c - what a PAA, a PAI and a DAC have to look like (Matter 6.1.2 to 6.2.2.5).
 */
#include <openssl/ec.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "profile.h"

struct on {
    enum chain_place place;
    const char *role;
    X509 *cert;
    struct view *ret;
};

static void no(const struct on *on, const char *what)
{
    view_no(on->ret, "profile:%s:%s", on->role, what);
}

static void unless(bool ok, const struct on *on, const char *what)
{
    if (!ok)
        no(on, what);
}

/* ---- times ---- */

int64_t profile_time(const ASN1_TIME *t)
{
    const char *p = (const char *)ASN1_STRING_get0_data(t);
    int n = ASN1_STRING_length(t), days = 0, seconds = 0;
    bool utc = ASN1_STRING_type(t) == V_ASN1_UTCTIME;
    ASN1_TIME *epoch;
    bool ok;

    if (n != (utc ? 13 : 15) || p[n - 1] != 'Z' || ASN1_TIME_check(t) != 1 ||
        (!utc && memcmp(p, "2050", 4) < 0))
        return PROFILE_NO_TIME;
    epoch = ASN1_TIME_set(NULL, 0);
    ok = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;
    ASN1_TIME_free(epoch);
    return ok ? (int64_t)days * 86400 + seconds : PROFILE_NO_TIME;
}

static void check_times(const struct on *on)
{
    int64_t from = profile_time(X509_get0_notBefore(on->cert));
    int64_t to = profile_time(X509_get0_notAfter(on->cert));

    unless(from != PROFILE_NO_TIME && to != PROFILE_NO_TIME && from <= to, on, "times");
}

/* ---- version, number, algorithm, key ---- */

static bool is_ecdsa_sha256(const X509_ALGOR *a, bool null_too)
{
    const ASN1_OBJECT *o;
    int type;

    X509_ALGOR_get0(&o, &type, NULL, a);
    return OBJ_obj2nid(o) == NID_ecdsa_with_SHA256 &&
           (type == V_ASN1_UNDEF || (null_too && type == V_ASN1_NULL));
}

static void check_head(const struct on *on)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(on->cert);
    const X509_ALGOR *inner = X509_get0_tbs_sigalg(on->cert), *outer;
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);

    unless(X509_get_version(on->cert) == X509_VERSION_3, on, "version");
    unless(number != NULL && !BN_is_negative(number) && !BN_is_zero(number) &&
               BN_num_bytes(number) <= 20,
           on, "serial");
    BN_free(number);
    X509_get0_signature(NULL, &outer, on->cert);
    unless(is_ecdsa_sha256(inner, on->place == CHAIN_PAA) && X509_ALGOR_cmp(inner, outer) == 0, on,
           "signature-algorithm");
}

static void check_key(const struct on *on)
{
    EVP_PKEY *key = X509_get0_pubkey(on->cert);
    X509_PUBKEY *spki = X509_get_X509_PUBKEY(on->cert);
    const unsigned char *point = NULL;
    char curve[32] = "";
    int n = 0;
    X509_ALGOR *algorithm = NULL;
    ASN1_OBJECT *o = NULL;
    int type = 0;
    const void *value = NULL;

    (void)X509_PUBKEY_get0_param(&o, &point, &n, &algorithm, spki);
    X509_ALGOR_get0(NULL, &type, &value, algorithm);
    if (OBJ_obj2nid(o) != NID_X9_62_id_ecPublicKey || type != V_ASN1_OBJECT ||
        OBJ_obj2nid(value) != NID_X9_62_prime256v1 || n != 65 || point[0] != 0x04 ||
        (X509_get0_pubkey_bitstr(on->cert)->flags & 0x07) != 0) /* 520 bits, RFC 5480 2.2 */
        no(on, "public-key");
    else if (key == NULL || EVP_PKEY_get_group_name(key, curve, sizeof curve, NULL) != 1 ||
             strcmp(curve, "prime256v1") != 0)
        no(on, "point-not-on-curve");
}

/* ---- extensions ---- */

/* The one extension of this kind with the right criticality; `must` it be there? */
static X509_EXTENSION *one(const struct on *on, int nid, bool critical, bool must, const char *what)
{
    int at = X509_get_ext_by_NID(on->cert, nid, -1);
    X509_EXTENSION *ext = at < 0 ? NULL : X509_get_ext(on->cert, at);

    if (ext == NULL) {
        unless(!must, on, what);
        return NULL;
    }
    unless(X509_EXTENSION_get_critical(ext) == (critical ? 1 : 0), on, what);
    unless(X509_get_ext_by_NID(on->cert, nid, at) < 0, on, what);
    return ext;
}

static bool value_is(X509_EXTENSION *ext, const unsigned char *p, int n)
{
    ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(ext);
    return ASN1_STRING_length(value) == n &&
           memcmp(ASN1_STRING_get0_data(value), p, (size_t)n) == 0;
}

static void check_constraints(const struct on *on)
{
    X509_EXTENSION *ext = one(on, NID_basic_constraints, true, true, "basic-constraints");
    BASIC_CONSTRAINTS *bc = profile_value(ext, ASN1_ITEM_rptr(BASIC_CONSTRAINTS));
    int64_t path = -1;

    if (ext == NULL)
        return;
    if (bc == NULL) {
        no(on, "basic-constraints");
        return;
    }
    if (bc->pathlen != NULL && ASN1_INTEGER_get_int64(&path, bc->pathlen) != 1)
        path = 1000;
    unless(bc->ca == (on->place == CHAIN_DAC ? 0 : 0xFF), on, "basic-constraints");
    if (on->place == CHAIN_DAC)
        unless(bc->pathlen == NULL, on, "path-length");
    else if (on->place == CHAIN_PAI)
        unless(bc->pathlen != NULL && path == 0, on, "path-length");
    else
        unless(bc->pathlen == NULL || path == 1, on, "path-length");
    BASIC_CONSTRAINTS_free(bc);
}

static void check_usage(const struct on *on)
{
    static const unsigned char dac[] = { 3, 2, 7, 0x80 }, ca[] = { 3, 2, 1, 0x06 },
                               ca_too[] = { 3, 2, 1, 0x86 };
    X509_EXTENSION *ext = one(on, NID_key_usage, true, true, "key-usage");

    if (ext == NULL)
        return;
    if (on->place == CHAIN_DAC)
        unless(value_is(ext, dac, 4), on, "key-usage");
    else
        unless(value_is(ext, ca, 4) || value_is(ext, ca_too, 4), on, "key-usage");
}

static void check_key_ids(const struct on *on)
{
    X509_EXTENSION *ext = one(on, NID_subject_key_identifier, false, true, "subject-key-id");
    ASN1_OCTET_STRING *skid = profile_value(ext, ASN1_ITEM_rptr(ASN1_OCTET_STRING));
    AUTHORITY_KEYID *akid;

    unless(skid != NULL && ASN1_STRING_length(skid) == 20, on, "subject-key-id");
    ASN1_OCTET_STRING_free(skid);
    ext = one(on, NID_authority_key_identifier, false, on->place != CHAIN_PAA, "authority-key-id");
    if (ext == NULL)
        return;
    akid = profile_value(ext, ASN1_ITEM_rptr(AUTHORITY_KEYID));
    unless(akid != NULL && akid->keyid != NULL && akid->issuer == NULL && akid->serial == NULL &&
               ASN1_STRING_length(akid->keyid) == 20,
           on, "authority-key-id");
    AUTHORITY_KEYID_free(akid);
}

/* None twice; none that must be understood and is not; no encoded FALSE. */
static void check_others(const struct on *on)
{
    static const int known[] = { NID_basic_constraints,
                                 NID_key_usage,
                                 NID_subject_key_identifier,
                                 NID_authority_key_identifier,
                                 NID_ext_key_usage,
                                 NID_subject_alt_name,
                                 NID_issuer_alt_name,
                                 NID_certificate_policies,
                                 NID_info_access,
                                 NID_crl_distribution_points };
    int n = X509_get_ext_count(on->cert);

    for (int i = 0; i < n; i++) {
        X509_EXTENSION *ext = X509_get_ext(on->cert, i);
        ASN1_OBJECT *o = X509_EXTENSION_get_object(ext);
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof known[0]; k++)
            found = found || OBJ_obj2nid(o) == known[k];
        unless(profile_flag_is_der(ext), on, "extension-flag");
        unless(found || !X509_EXTENSION_get_critical(ext), on, "critical-extension");
        unless(X509_get_ext_by_OBJ(on->cert, o, i) < 0, on, "duplicate-extension");
    }
}

/* ---- names ---- */

static void check_id(const struct on *on, enum id_found subject, enum id_found issuer,
                     bool same_value, bool must, bool may, bool issuer_must, bool issuer_may,
                     const char *what)
{
    unless(subject != ID_WRONG && issuer != ID_WRONG, on, what);
    unless(subject != ID_NONE || !must, on, what);
    unless(subject == ID_NONE || may, on, what);
    unless(issuer != ID_NONE || !issuer_must, on, what);
    unless(issuer == ID_NONE || issuer_may, on, what);
    if (subject == ID_GOOD && issuer == ID_GOOD)
        unless(same_value, on, what);
}

static void check_names(const struct on *on)
{
    struct ids s = profile_ids(X509_get_subject_name(on->cert));
    struct ids i = profile_ids(X509_get_issuer_name(on->cert));
    bool dac = on->place == CHAIN_DAC, paa = on->place == CHAIN_PAA;

    unless(s.name_ok && i.name_ok, on, "name");
    check_id(on, s.vid, i.vid, s.vid_value == i.vid_value, !paa, true, dac, true, "vendor-id");
    check_id(on, s.pid, i.pid, s.pid_value == i.pid_value, dac, !paa, false, dac, "product-id");
}

void profile_cert(enum chain_place place, const char *role, X509 *cert, struct view *ret)
{
    const struct on on = { place, role, cert, ret };

    unless(i2d_X509(cert, NULL) <= 600, &on, "size");
    check_head(&on);
    check_times(&on);
    check_key(&on);
    check_constraints(&on);
    check_usage(&on);
    check_key_ids(&on);
    check_others(&on);
    check_names(&on);
}
