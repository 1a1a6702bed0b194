/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_openssl_crl.c - OpenSSL's view of a CRL, and the profile's (RFC 5280 5, Matter 6.2.4.1).
 *
 * d2i_X509_CRL reads it, X509_CRL_verify checks it, and the rules are written over OpenSSL's
 * objects. Reasons of authenticity come first: form, names, key id, signature, signer's validity.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "judges.h"
#include "profile.h"
#include "profile_crl.h"

static X509 *certificate(struct octets_in in)
{
    const unsigned char *p = in.p;
    X509 *cert = d2i_X509(NULL, &p, (long)in.n);
    if (cert == NULL)
        die(DIE_INTERNAL, "a certificate of the CRL's signer does not parse");
    return cert;
}

static void unless(bool ok, struct view *ret, const char *what)
{
    if (!ok)
        view_no(ret, "profile:crl:%s", what);
}

/* ---- authentic ---- */

static bool ecdsa_sha256(const X509_CRL *crl)
{
    const X509_ALGOR *outer;
    const ASN1_OBJECT *o;
    int type;

    X509_CRL_get0_signature(crl, NULL, &outer);
    X509_ALGOR_get0(&o, &type, NULL, outer);
    return OBJ_obj2nid(o) == NID_ecdsa_with_SHA256 && type == V_ASN1_UNDEF;
}

static bool header(const unsigned char **p, const unsigned char *end, int *tag)
{
    long size;
    int class;
    return (ASN1_get_object(p, &size, tag, &class, end - *p) & 0x80) == 0 &&
           class == V_ASN1_UNIVERSAL;
}

/* The AlgorithmIdentifier under the signature is the one outside of it (RFC 5280 5.1.1.2). OpenSSL
 * 3.0.20 and later check that in X509_CRL_verify, 3.0.19 does not, and neither shows the inner one,
 * so it is read where it stands: CertificateList { tbsCertList { [version] signature ... */
static bool algorithms_equal(const X509_CRL *crl, struct octets_in der)
{
    const unsigned char *p = der.p, *end = der.p + der.n, *first;
    const X509_ALGOR *outer;
    X509_ALGOR *inner = NULL;
    int tag;

    X509_CRL_get0_signature(crl, NULL, &outer);
    if (header(&p, end, &tag) && header(&p, end, &tag)) {
        first = p;
        if (header(&p, end, &tag))
            p = tag == V_ASN1_INTEGER ? p + 1 : first; /* a version of one octet; others are refused */
        inner = d2i_X509_ALGOR(NULL, &p, end - p);
    }
    bool same = inner != NULL && X509_ALGOR_cmp(inner, outer) == 0;
    X509_ALGOR_free(inner);
    return same;
}

static bool valid_at(const X509 *cert, int64_t at)
{
    int64_t from = profile_time(X509_get0_notBefore(cert));
    int64_t to = profile_time(X509_get0_notAfter(cert));
    return at != PROFILE_NO_TIME && from != PROFILE_NO_TIME && to != PROFILE_NO_TIME &&
           at >= from && at <= to;
}

static void check_authentic(X509_CRL *crl, struct octets_in der, X509 *const certs[3],
                            struct view *ret)
{
    X509 *signer = certs[0];
    int64_t at = profile_time(X509_CRL_get0_lastUpdate(crl));
    int where = X509_CRL_get_ext_by_NID(crl, NID_authority_key_identifier, -1);
    AUTHORITY_KEYID *akid = profile_value(where < 0 ? NULL : X509_CRL_get_ext(crl, where),
                                          ASN1_ITEM_rptr(AUTHORITY_KEYID));
    const ASN1_OCTET_STRING *skid = X509_get0_subject_key_id(signer);

    unless(X509_CRL_get_version(crl) == X509_CRL_VERSION_2, ret, "version");
    unless(ecdsa_sha256(crl) && algorithms_equal(crl, der), ret, "algorithm");
    unless(profile_same_name(X509_CRL_get_issuer(crl), X509_get_subject_name(signer)), ret,
           "issuer");
    unless(akid != NULL && akid->keyid != NULL && ASN1_OCTET_STRING_cmp(akid->keyid, skid) == 0 &&
               (akid->issuer == NULL) == (akid->serial == NULL) &&
               (akid->issuer == NULL || profile_crl_names_ok(akid->issuer)),
           ret, "authority-key-id");
    AUTHORITY_KEYID_free(akid);
    unless(at != PROFILE_NO_TIME, ret, "this-update");
    for (size_t i = 0; i < 3; i++)
        unless(at == PROFILE_NO_TIME || valid_at(certs[i], at), ret, "signer-not-valid");
    ERR_clear_error();
    if (X509_CRL_verify(crl, X509_get0_pubkey(signer)) != 1) {
        const char *reason = ERR_reason_error_string(ERR_peek_error());
        view_no(ret, "openssl:crl:signature%s%s", reason == NULL ? "" : ":",
                reason == NULL ? "" : reason);
    }
    ERR_clear_error();
}

/* ---- whose are the entries ---- */

static bool names(const GENERAL_NAMES *all, const X509_NAME *name)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);
        if (one->type == GEN_DIRNAME && profile_same_name(one->d.directoryName, name))
            return true;
    }
    return false;
}

static size_t add_serial(const ASN1_INTEGER *serial, struct crl_view *ret, size_t at)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(serial, NULL);
    char *hex = number == NULL ? NULL : BN_bn2hex(number);

    if (hex == NULL || at + strlen(hex) + 2 >= sizeof ret->serials)
        die(DIE_INTERNAL, "no room for serials");
    /* a number that no certificate can have is a fault of the CRL and revokes nothing */
    if (!BN_is_negative(number) && BN_num_bytes(number) <= 20)
        at += (size_t)snprintf(ret->serials + at, sizeof ret->serials - at, "%s ",
                               BN_is_zero(number) ? "00" : hex);
    OPENSSL_free(hex);
    BN_free(number);
    return at;
}

static void write_serials(X509_CRL *crl, const X509 *ca, bool delegated, struct crl_view *ret)
{
    STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(crl);
    bool own = !delegated && !profile_crl_speaks_for_others(crl);
    bool mine = true; /* before the first certificateIssuer: the CA's own, or its delegate's */
    size_t at = 0;

    ret->serials[0] = 0;
    for (int i = 0; i < sk_X509_REVOKED_num(all); i++) {
        X509_REVOKED *one = sk_X509_REVOKED_value(all, i);
        int there = X509_REVOKED_get_ext_by_NID(one, NID_certificate_issuer, -1);
        GENERAL_NAMES *issuers = NULL;
        if (there >= 0)
            issuers = profile_crl_names(X509_REVOKED_get_ext(one, there));
        if (there >= 0) /* unreadable: nobody's, and so are those that follow it */
            mine = issuers != NULL && names(issuers, X509_get_subject_name(ca));
        GENERAL_NAMES_free(issuers);
        if (mine || own) /* without indirectCRL the extension has no meaning */
            at = add_serial(X509_REVOKED_get0_serialNumber(one), ret, at);
    }
    ret->read = true;
    ERR_clear_error();
}

/* ---- all together ---- */

static void judge(X509_CRL *crl, const struct crl_in *in, struct crl_view *ret)
{
    X509 *certs[3] = { certificate(in->signer), certificate(in->ca), certificate(in->paa) };

    check_authentic(crl, in->crl, certs, &ret->why);
    ret->not_authentic = ret->why;
    ret->authentic = ret->why.n == 0;
    profile_crl(crl, in->is_paa, in->delegated, in->url, &ret->why);
    write_serials(crl, certs[1], in->delegated, ret);
    for (size_t i = 0; i < 3; i++)
        X509_free(certs[i]);
}

void openssl_crl(const struct crl_in *in, struct crl_view *ret)
{
    const unsigned char *p = in->crl.p;
    X509_CRL *crl;

    ret->why = ret->not_authentic = (struct view){ .n = 0 };
    ret->read = ret->authentic = false;
    ERR_clear_error();
    crl = d2i_X509_CRL(NULL, &p, (long)in->crl.n);
    if (crl == NULL || p != in->crl.p + in->crl.n) {
        const char *reason = ERR_reason_error_string(ERR_peek_error());
        if (crl == NULL)
            view_no(&ret->why, "openssl:crl:parse:%s", reason == NULL ? "no reason" : reason);
        else
            view_no(&ret->why, "profile:crl:trailing-bytes");
        ret->not_authentic = ret->why;
    } else {
        judge(crl, in, ret);
        unless(profile_crl_is_der(in->crl.p, in->crl.n), &ret->why, "der");
    }
    ERR_clear_error();
    X509_CRL_free(crl);
}
