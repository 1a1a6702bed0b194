/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_crl.c - when a CRL is complete.
 */
#include "profile_crl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "profile.h"

static void unless(bool ok, struct view *ret, const char *what)
{
    if (!ok)
        view_no(ret, "profile:crl:%s", what);
}

static bool is_ca_name(X509_NAME *name)
{
    struct ids ids = profile_ids(name);
    return ids.name_ok && ids.vid != ID_WRONG && ids.pid != ID_WRONG;
}

bool profile_crl_names_ok(const GENERAL_NAMES *all)
{
    bool ok = sk_GENERAL_NAME_num(all) > 0;

    for (int i = 0; ok && i < sk_GENERAL_NAME_num(all); i++) {
        const GENERAL_NAME *one = sk_GENERAL_NAME_value(all, i);
        /* X.400 and EDI names are gone from the world; nothing could check them */
        ok = one->type != GEN_X400 && one->type != GEN_EDIPARTY &&
             (one->type != GEN_DIRNAME ||
              (profile_name_is_der(one->d.directoryName) && is_ca_name(one->d.directoryName)));
    }
    return ok;
}

GENERAL_NAMES *profile_crl_names(X509_EXTENSION *ext)
{
    GENERAL_NAMES *all = profile_value(ext, ASN1_ITEM_rptr(GENERAL_NAMES));

    if (all != NULL && profile_crl_names_ok(all))
        return all;
    GENERAL_NAMES_free(all);
    return NULL;
}

static X509_EXTENSION *extension(const X509_CRL *crl, int nid)
{
    int at = X509_CRL_get_ext_by_NID(crl, nid, -1);
    return at < 0 ? NULL : X509_CRL_get_ext(crl, at);
}

/* ---- times and the list of extensions ---- */

static void check_times(const X509_CRL *crl, struct view *ret)
{
    int64_t from = profile_time(X509_CRL_get0_lastUpdate(crl)), to = PROFILE_NO_TIME;

    if (X509_CRL_get0_nextUpdate(crl) != NULL)
        to = profile_time(X509_CRL_get0_nextUpdate(crl));
    unless(from != PROFILE_NO_TIME && to != PROFILE_NO_TIME && from <= to, ret, "times");
}

static void check_list(const X509_CRL *crl, struct view *ret)
{
    for (int i = 0; i < X509_CRL_get_ext_count(crl); i++) {
        X509_EXTENSION *ext = X509_CRL_get_ext(crl, i);
        const ASN1_OBJECT *o = X509_EXTENSION_get_object(ext);
        int nid = OBJ_obj2nid(o);
        bool known = nid == NID_authority_key_identifier || nid == NID_crl_number ||
                     nid == NID_issuing_distribution_point;
        unless(profile_flag_is_der(ext), ret, "extension-flag");
        unless(known || !X509_EXTENSION_get_critical(ext), ret, "critical-extension");
        /* RFC 5280 forbids it for certificates only; twice of what is read is never right */
        unless(!known || X509_CRL_get_ext_by_OBJ(crl, o, i) < 0, ret, "duplicate-extension");
    }
    unless(X509_CRL_get0_extensions(crl) == NULL || X509_CRL_get_ext_count(crl) > 0, ret,
           "extensions-empty");
    unless(extension(crl, NID_delta_crl) == NULL, ret, "delta");
}

static void check_number(const X509_CRL *crl, struct view *ret)
{
    X509_EXTENSION *ext = extension(crl, NID_crl_number);
    ASN1_INTEGER *number = profile_value(ext, ASN1_ITEM_rptr(ASN1_INTEGER));
    BIGNUM *value = number == NULL ? NULL : ASN1_INTEGER_to_BN(number, NULL);

    unless(value != NULL && !BN_is_negative(value) && BN_num_bytes(value) <= 20 &&
               !X509_EXTENSION_get_critical(ext),
           ret, "number");
    BN_free(value);
    ASN1_INTEGER_free(number);
}

static void check_key_id(const X509_CRL *crl, struct view *ret)
{
    X509_EXTENSION *ext = extension(crl, NID_authority_key_identifier);
    AUTHORITY_KEYID *akid = profile_value(ext, ASN1_ITEM_rptr(AUTHORITY_KEYID));

    unless(akid != NULL && !X509_EXTENSION_get_critical(ext), ret, "authority-key-id-form");
    AUTHORITY_KEYID_free(akid);
}

/* ---- the distribution point ---- */

static bool only_this_url(const DIST_POINT_NAME *name, const char *url)
{
    const GENERAL_NAME *one;

    if (name->type != 0 || sk_GENERAL_NAME_num(name->name.fullname) != 1)
        return false;
    one = sk_GENERAL_NAME_value(name->name.fullname, 0);
    return one->type == GEN_URI &&
           ASN1_STRING_length(one->d.uniformResourceIdentifier) == (int)strlen(url) &&
           memcmp(ASN1_STRING_get0_data(one->d.uniformResourceIdentifier), url, strlen(url)) == 0;
}

static void check_point(const X509_CRL *crl, bool lists_cas, bool delegated, const char *url,
                        struct view *ret)
{
    X509_EXTENSION *ext = extension(crl, NID_issuing_distribution_point);
    ISSUING_DIST_POINT *idp = profile_value(ext, ASN1_ITEM_rptr(ISSUING_DIST_POINT));

    if (ext == NULL) {
        unless(!delegated, ret, "not-indirect");
        return;
    }
    if (idp == NULL || !X509_EXTENSION_get_critical(ext)) {
        unless(false, ret, "distribution-point");
        ISSUING_DIST_POINT_free(idp);
        return;
    }
    unless(idp->onlyattr == 0 && (lists_cas ? idp->onlyuser : idp->onlyCA) == 0, ret, "scope");
    unless((idp->onlyattr == 0 || idp->onlyattr == 0xFF) &&
               (idp->onlyuser == 0 || idp->onlyuser == 0xFF) &&
               (idp->onlyCA == 0 || idp->onlyCA == 0xFF) &&
               (idp->indirectCRL == 0 || idp->indirectCRL == 0xFF),
           ret, "distribution-point");
    unless(idp->onlysomereasons == NULL, ret, "some-reasons");
    unless(!delegated || idp->indirectCRL, ret, "not-indirect");
    unless(idp->distpoint == NULL || only_this_url(idp->distpoint, url), ret, "url");
    ISSUING_DIST_POINT_free(idp);
}

static bool is_indirect(const X509_CRL *crl)
{
    ISSUING_DIST_POINT *idp = profile_value(extension(crl, NID_issuing_distribution_point),
                                            ASN1_ITEM_rptr(ISSUING_DIST_POINT));
    bool ret = idp != NULL && idp->indirectCRL != 0;
    ISSUING_DIST_POINT_free(idp);
    return ret;
}

static bool plain_flag(ASN1_BOOLEAN v)
{
    return v == 0 || v == 0xFF;
}

/* DER but for an encoded FALSE or two, of three octets each: that is said elsewhere, and leaves no doubt
 * about what the flags are. */
static bool is_readable(ISSUING_DIST_POINT *idp, const ASN1_OCTET_STRING *value, size_t read)
{
    const size_t n = (size_t)ASN1_STRING_length(value);
    unsigned char *again = NULL;
    const int n_again = idp == NULL ? -1 : i2d_ISSUING_DIST_POINT(idp, &again);
    const bool same = n_again > 0 && n == (size_t)n_again &&
                      memcmp(again, ASN1_STRING_get0_data(value), n) == 0;
    const bool shorter = n_again > 0 && n > (size_t)n_again && (n - (size_t)n_again) % 3 == 0;

    OPENSSL_free(again);
    return idp != NULL && read == n && (same || shorter) && plain_flag(idp->onlyattr) &&
           plain_flag(idp->onlyuser) && plain_flag(idp->onlyCA) && plain_flag(idp->indirectCRL);
}

bool profile_crl_speaks_for_others(const X509_CRL *crl)
{
    X509_EXTENSION *ext = extension(crl, NID_issuing_distribution_point);
    const ASN1_OCTET_STRING *value = ext == NULL ? NULL : X509_EXTENSION_get_data(ext);
    const unsigned char *p = ext == NULL ? NULL : ASN1_STRING_get0_data(value), *from = p;
    ISSUING_DIST_POINT *idp =
        ext == NULL ? NULL : d2i_ISSUING_DIST_POINT(NULL, &p, ASN1_STRING_length(value));
    bool ret = ext != NULL && (!is_readable(idp, value, (size_t)(p - from)) || idp->indirectCRL != 0);
    ISSUING_DIST_POINT_free(idp);
    return ret;
}

/* ---- entries ---- */

static void check_reason(X509_EXTENSION *ext, struct view *ret)
{
    ASN1_ENUMERATED *reason = profile_value(ext, ASN1_ITEM_rptr(ASN1_ENUMERATED));
    long code = reason == NULL ? -1 : ASN1_ENUMERATED_get(reason);

    unless(code >= 0 && code <= 10 && code != 7, ret, "entry-reason");
    unless(code != 8, ret, "entry-removal");
    ASN1_ENUMERATED_free(reason);
}

static void check_entry_issuer(X509_EXTENSION *ext, bool indirect, struct view *ret)
{
    GENERAL_NAMES *names = profile_crl_names(ext);

    unless(names != NULL && indirect && X509_EXTENSION_get_critical(ext), ret, "entry-issuer");
    GENERAL_NAMES_free(names);
}

static void check_entry(const X509_REVOKED *one, bool indirect, struct view *ret)
{
    BIGNUM *serial = ASN1_INTEGER_to_BN(X509_REVOKED_get0_serialNumber(one), NULL);

    unless(serial != NULL && !BN_is_negative(serial) && BN_num_bytes(serial) <= 20, ret,
           "entry-serial");
    BN_free(serial);
    unless(profile_time(X509_REVOKED_get0_revocationDate(one)) != PROFILE_NO_TIME, ret,
           "entry-date");
    for (int i = 0; i < X509_REVOKED_get_ext_count(one); i++) {
        X509_EXTENSION *ext = X509_REVOKED_get_ext(one, i);
        const ASN1_OBJECT *o = X509_EXTENSION_get_object(ext);
        int nid = OBJ_obj2nid(o);
        if (nid == NID_crl_reason)
            check_reason(ext, ret);
        else if (nid == NID_certificate_issuer)
            check_entry_issuer(ext, indirect, ret);
        else
            unless(nid == NID_invalidity_date || !X509_EXTENSION_get_critical(ext), ret,
                   "entry-critical-extension");
        unless(profile_flag_is_der(ext), ret, "entry-extension-flag");
        unless((nid != NID_crl_reason && nid != NID_certificate_issuer) ||
                   X509_REVOKED_get_ext_by_OBJ(one, o, i) < 0,
               ret, "entry-duplicate-extension");
    }
    unless(X509_REVOKED_get0_extensions(one) == NULL || X509_REVOKED_get_ext_count(one) > 0, ret,
           "entry-extensions-empty");
}

void profile_crl(X509_CRL *crl, bool lists_cas, bool delegated, const char *url, struct view *ret)
{
    STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(crl);
    bool indirect = is_indirect(crl);

    check_times(crl, ret);
    check_list(crl, ret);
    check_number(crl, ret);
    check_key_id(crl, ret);
    check_point(crl, lists_cas, delegated, url, ret);
    for (int i = 0; i < sk_X509_REVOKED_num(all); i++)
        check_entry(sk_X509_REVOKED_value(all, i), indirect, ret);
    ERR_clear_error();
}

bool profile_crl_is_der(const unsigned char *p, size_t n)
{
    const unsigned char *in = p;
    unsigned char *tbs = NULL, *again = NULL;
    X509_CRL *crl = d2i_X509_CRL(NULL, &in, (long)n);
    int n_again = -1;
    bool ok = crl != NULL && i2d_re_X509_CRL_tbs(crl, &tbs) > 0; /* from now on written anew */

    if (ok)
        n_again = i2d_X509_CRL(crl, &again);
    ok = ok && n_again == (int)n && memcmp(again, p, n) == 0;
    OPENSSL_free(tbs);
    OPENSSL_free(again);
    X509_CRL_free(crl);
    return ok;
}
