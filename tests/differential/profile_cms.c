/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_cms.c - the form that Matter asks of a declaration's envelope.
 */
#include "profile_cms.h"

#include <openssl/asn1t.h>
#include <openssl/x509.h>
#include <string.h>

/* ---- RFC 5652 5.1 and 5.3, with a key id for the signer ---- */

typedef struct {
    ASN1_INTEGER *version;
    ASN1_OCTET_STRING *key_id;
    X509_ALGOR *digest;
    STACK_OF(X509_ATTRIBUTE) *signed_attributes;
    X509_ALGOR *algorithm;
    ASN1_OCTET_STRING *signature;
    STACK_OF(X509_ATTRIBUTE) *unsigned_attributes;
} PROFILE_SIGNER;

ASN1_SEQUENCE(PROFILE_SIGNER) = {
    ASN1_SIMPLE(PROFILE_SIGNER, version, ASN1_INTEGER),
    ASN1_IMP(PROFILE_SIGNER, key_id, ASN1_OCTET_STRING, 0),
    ASN1_SIMPLE(PROFILE_SIGNER, digest, X509_ALGOR),
    ASN1_IMP_SET_OF_OPT(PROFILE_SIGNER, signed_attributes, X509_ATTRIBUTE, 0),
    ASN1_SIMPLE(PROFILE_SIGNER, algorithm, X509_ALGOR),
    ASN1_SIMPLE(PROFILE_SIGNER, signature, ASN1_OCTET_STRING),
    ASN1_IMP_SET_OF_OPT(PROFILE_SIGNER, unsigned_attributes, X509_ATTRIBUTE, 1),
} static_ASN1_SEQUENCE_END(PROFILE_SIGNER)

typedef struct {
    ASN1_OBJECT *type;
    ASN1_OCTET_STRING *octets;
} PROFILE_CONTENT;

ASN1_SEQUENCE(PROFILE_CONTENT) = {
    ASN1_SIMPLE(PROFILE_CONTENT, type, ASN1_OBJECT),
    ASN1_EXP(PROFILE_CONTENT, octets, ASN1_OCTET_STRING, 0),
} static_ASN1_SEQUENCE_END(PROFILE_CONTENT)

DEFINE_STACK_OF(PROFILE_SIGNER)

typedef struct {
    ASN1_INTEGER *version;
    STACK_OF(X509_ALGOR) *digests;
    PROFILE_CONTENT *content;
    STACK_OF(ASN1_TYPE) *certificates;
    STACK_OF(ASN1_TYPE) *crls;
    STACK_OF(PROFILE_SIGNER) *signers;
} PROFILE_DATA;

ASN1_SEQUENCE(PROFILE_DATA) = {
    ASN1_SIMPLE(PROFILE_DATA, version, ASN1_INTEGER),
    ASN1_SET_OF(PROFILE_DATA, digests, X509_ALGOR),
    ASN1_SIMPLE(PROFILE_DATA, content, PROFILE_CONTENT),
    ASN1_IMP_SET_OF_OPT(PROFILE_DATA, certificates, ASN1_ANY, 0),
    ASN1_IMP_SET_OF_OPT(PROFILE_DATA, crls, ASN1_ANY, 1),
    ASN1_SET_OF(PROFILE_DATA, signers, PROFILE_SIGNER),
} static_ASN1_SEQUENCE_END(PROFILE_DATA)

typedef struct {
    ASN1_OBJECT *type;
    PROFILE_DATA *data;
} PROFILE_ENVELOPE;

ASN1_SEQUENCE(PROFILE_ENVELOPE) = {
    ASN1_SIMPLE(PROFILE_ENVELOPE, type, ASN1_OBJECT),
    ASN1_EXP(PROFILE_ENVELOPE, data, PROFILE_DATA, 0),
} static_ASN1_SEQUENCE_END(PROFILE_ENVELOPE)

/* ---- rules ---- */

static void unless(bool ok, struct view *ret, const char *what)
{
    if (!ok)
        view_no(ret, "profile:cms:%s", what);
}

/* This algorithm, and not even NULL for parameters. */
static bool is(const X509_ALGOR *algorithm, int nid)
{
    const ASN1_OBJECT *o;
    int type;

    X509_ALGOR_get0(&o, &type, NULL, algorithm);
    return OBJ_obj2nid(o) == nid && type == V_ASN1_UNDEF;
}

static void check_signer(const PROFILE_SIGNER *s, struct view *ret)
{
    unless(ASN1_INTEGER_get(s->version) == 3, ret, "signer-version");
    unless(ASN1_STRING_length(s->key_id) == 20, ret, "signer-id");
    unless(is(s->digest, NID_sha256), ret, "signer-digest");
    unless(is(s->algorithm, NID_ecdsa_with_SHA256), ret, "signer-algorithm");
    unless(s->signed_attributes == NULL, ret, "signed-attributes");
    unless(s->unsigned_attributes == NULL, ret, "unsigned-attributes");
}

static void check_data(const PROFILE_DATA *d, struct view *ret)
{
    unless(ASN1_INTEGER_get(d->version) == 3, ret, "version");
    unless(sk_X509_ALGOR_num(d->digests) == 1 && is(sk_X509_ALGOR_value(d->digests, 0), NID_sha256),
           ret, "digests");
    unless(OBJ_obj2nid(d->content->type) == NID_pkcs7_data, ret, "content-type");
    unless(d->certificates == NULL, ret, "certificates");
    unless(d->crls == NULL, ret, "crls");
    unless(sk_PROFILE_SIGNER_num(d->signers) == 1, ret, "signers");
    for (int i = 0; i < sk_PROFILE_SIGNER_num(d->signers); i++)
        check_signer(sk_PROFILE_SIGNER_value(d->signers, i), ret);
}

static bool is_der(const PROFILE_ENVELOPE *e, const unsigned char *p, size_t n)
{
    unsigned char *again = NULL;
    int n_again = ASN1_item_i2d((const ASN1_VALUE *)e, &again, ASN1_ITEM_rptr(PROFILE_ENVELOPE));
    bool same = n_again > 0 && (size_t)n_again == n && memcmp(again, p, n) == 0;

    OPENSSL_free(again);
    return same;
}

void profile_cms(const unsigned char *p, size_t n, struct view *ret)
{
    const unsigned char *in = p;
    PROFILE_ENVELOPE *e =
        (PROFILE_ENVELOPE *)ASN1_item_d2i(NULL, &in, (long)n, ASN1_ITEM_rptr(PROFILE_ENVELOPE));

    if (e == NULL) {
        unless(false, ret, "shape");
        return;
    }
    unless(is_der(e, p, (size_t)(in - p)), ret, "der");
    unless(OBJ_obj2nid(e->type) == NID_pkcs7_signed, ret, "type");
    check_data(e->data, ret);
    ASN1_item_free((ASN1_VALUE *)e, ASN1_ITEM_rptr(PROFILE_ENVELOPE));
}
