/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_der.c - is this DER? What is read and written again by OpenSSL has to be the same octets.
 *
 * OpenSSL keeps the octets of what it read in three places: tbsCertificate, Names and extension
 * values. They are made to be written anew.
 */
#include <openssl/asn1.h>
#include <string.h>

#include "profile.h"

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
    ok = n_was >= 0 && n_was == n_is && memcmp(was, is, (size_t)n_was) == 0;
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
    ok = ok && n_again == (int)n && memcmp(again, p, n) == 0 &&
         profile_name_is_der(X509_get_subject_name(cert)) && profile_name_is_der(X509_get_issuer_name(cert));
    OPENSSL_free(tbs);
    OPENSSL_free(again);
    X509_free(cert);
    return ok;
}
