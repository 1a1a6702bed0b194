/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_der.c - is this DER? What is read and written again by OpenSSL has to be the same octets.
 *
 * OpenSSL keeps the octets of what it read in three places: tbsCertificate, Names and extension
 * values. They are made to be written anew.
 */
#include <openssl/x509v3.h>
#include <string.h>

#include "profile.h"

static bool same(const unsigned char *a, int n, const unsigned char *b, int m)
{
    return n >= 0 && n == m && memcmp(a, b, (size_t)n) == 0;
}

/* Written again with its flag as DER wants it: absent, or TRUE as FF. */
bool profile_flag_is_der(const X509_EXTENSION *ext)
{
    X509_EXTENSION *copy = X509_EXTENSION_dup(ext);
    unsigned char *was = NULL, *is = NULL;
    int n_was = i2d_X509_EXTENSION(ext, &was), n_is = -1;
    bool ok;

    if (copy != NULL && X509_EXTENSION_set_critical(copy, X509_EXTENSION_get_critical(ext)) == 1)
        n_is = i2d_X509_EXTENSION(copy, &is);
    ok = same(was, n_was, is, n_is);
    OPENSSL_free(was);
    OPENSSL_free(is);
    X509_EXTENSION_free(copy);
    return ok;
}

void *profile_value(X509_EXTENSION *ext, const ASN1_ITEM *item)
{
    ASN1_OCTET_STRING *octets = ext == NULL ? NULL : X509_EXTENSION_get_data(ext);
    void *value = ext == NULL ? NULL : X509V3_EXT_d2i(ext);
    unsigned char *again = NULL;
    int n = value == NULL ? -1 : ASN1_item_i2d(value, &again, item);
    bool ok =
        value != NULL && same(again, n, ASN1_STRING_get0_data(octets), ASN1_STRING_length(octets));

    OPENSSL_free(again);
    if (ok)
        return value;
    ASN1_item_free(value, item);
    return NULL;
}

/* Written again from its attributes. */
bool profile_name_is_der(const X509_NAME *name)
{
    X509_NAME *again = X509_NAME_new();
    unsigned char *was = NULL, *is = NULL;
    int n_was = i2d_X509_NAME(name, &was), n_is, set = -1;
    bool ok = again != NULL;

    for (int i = 0; ok && i < X509_NAME_entry_count(name); i++) {
        X509_NAME_ENTRY *e = X509_NAME_get_entry(name, i);
        ok = X509_NAME_add_entry(again, e, -1, X509_NAME_ENTRY_set(e) == set ? -1 : 0) == 1;
        set = X509_NAME_ENTRY_set(e);
    }
    n_is = ok ? i2d_X509_NAME(again, &is) : -1;
    ok = same(was, n_was, is, n_is);
    OPENSSL_free(was);
    OPENSSL_free(is);
    X509_NAME_free(again);
    return ok;
}

bool profile_is_der(const unsigned char *p, size_t n)
{
    const unsigned char *in = p;
    unsigned char *tbs = NULL, *again = NULL;
    X509 *cert = d2i_X509(NULL, &in, (long)n);
    int n_again = -1;
    bool ok = cert != NULL && i2d_re_X509_tbs(cert, &tbs) > 0; /* from now on it is written anew */

    if (ok)
        n_again = i2d_X509(cert, &again);
    ok = ok && same(again, n_again, p, (int)n) &&
         profile_name_is_der(X509_get_subject_name(cert)) &&
         profile_name_is_der(X509_get_issuer_name(cert));
    OPENSSL_free(tbs);
    OPENSSL_free(again);
    X509_free(cert);
    return ok;
}
