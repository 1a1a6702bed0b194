/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_chain.c - the three certificates together (Matter 6.2.2, 6.2.3.1).
 */
#include <openssl/x509v3.h>

#include "profile.h"

static void unless(bool ok, struct view *ret, const char *what)
{
    if (!ok)
        view_no(ret, "profile:%s", what);
}

static void check_link(X509 *cert, X509 *issuer, const char *role, struct view *ret)
{
    const ASN1_OCTET_STRING *akid = X509_get0_authority_key_id(cert);
    const ASN1_OCTET_STRING *skid = X509_get0_subject_key_id(issuer);
    EVP_PKEY *key = X509_get0_pubkey(issuer);

    if (!profile_same_name(X509_get_issuer_name(cert), X509_get_subject_name(issuer)))
        view_no(ret, "profile:%s:issuer-name", role);
    if (akid != NULL && skid != NULL && ASN1_OCTET_STRING_cmp(akid, skid) != 0)
        view_no(ret, "profile:%s:key-ids-differ", role);
    if (key == NULL || X509_verify(cert, key) != 1)
        view_no(ret, "profile:%s:signature", role);
}

static void check_ids(X509 *const certs[CHAIN_CERTS], struct view *ret)
{
    struct ids paa = profile_ids(X509_get_subject_name(certs[CHAIN_PAA]));
    struct ids pai = profile_ids(X509_get_subject_name(certs[CHAIN_PAI]));
    struct ids dac = profile_ids(X509_get_subject_name(certs[CHAIN_DAC]));

    if (dac.vid == ID_GOOD && pai.vid == ID_GOOD)
        unless(dac.vid_value == pai.vid_value, ret, "dac:vendor-id-of-pai");
    if (dac.pid == ID_GOOD && pai.pid == ID_GOOD)
        unless(dac.pid_value == pai.pid_value, ret, "dac:product-id-of-pai");
    if (pai.vid == ID_GOOD && paa.vid == ID_GOOD)
        unless(pai.vid_value == paa.vid_value, ret, "pai:vendor-id-of-paa");
}

/* Valid at the DAC's notBefore, both ends included. */
static void check_window(const X509 *cert, int64_t at, const char *role, struct view *ret)
{
    int64_t from = profile_time(X509_get0_notBefore(cert));
    int64_t to = profile_time(X509_get0_notAfter(cert));

    if (at == PROFILE_NO_TIME || from == PROFILE_NO_TIME || to == PROFILE_NO_TIME)
        return; /* said already */
    if (at < from || at > to)
        view_no(ret, "profile:%s:not-valid-at-not-before", role);
}

void profile_chain(X509 *const certs[CHAIN_CERTS], struct view *ret)
{
    X509 *paa = certs[CHAIN_PAA], *pai = certs[CHAIN_PAI], *dac = certs[CHAIN_DAC];
    int64_t at = profile_time(X509_get0_notBefore(dac));

    check_link(paa, paa, "paa", ret);
    check_link(pai, paa, "pai", ret);
    check_link(dac, pai, "dac", ret);
    unless(!profile_same_name(X509_get_issuer_name(pai), X509_get_subject_name(pai)), ret,
           "pai:self-issued");
    unless(!profile_same_name(X509_get_issuer_name(dac), X509_get_subject_name(dac)), ret,
           "dac:self-issued");
    check_ids(certs, ret);
    check_window(paa, at, "paa", ret);
    check_window(pai, at, "pai", ret);
}
