/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_openssl_cms.c - OpenSSL's view of a declaration's envelope, and the profile's.
 *
 * CMS_verify says whether it is a signature of a trusted signer over what it hands out. The profile
 * (profile_cms.c) has its own ASN.1 templates: OpenSSL shows neither versions nor digests.
 */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <string.h>

#include "die.h"
#include "judges.h"
#include "profile_cms.h"

/* The first reason in the list: what was wrong at the innermost place. */
static void say(struct view *ret, const char *what)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    view_no(ret, "openssl:cms:%s:%s", what, reason == NULL ? "no reason" : reason);
    ERR_clear_error();
}

static STACK_OF(X509) *signers(const struct cms_in *in)
{
    STACK_OF(X509) *all = sk_X509_new_null();

    for (size_t i = 0; all != NULL && i < CMS_IN_SIGNERS; i++) {
        const unsigned char *p = in->signer[i].p;
        X509 *cert = d2i_X509(NULL, &p, (long)in->signer[i].n);
        if (cert == NULL || sk_X509_push(all, cert) <= 0)
            die(DIE_INTERNAL, "a signer of declarations does not parse");
    }
    if (all == NULL)
        die(DIE_INTERNAL, "out of memory");
    return all;
}

static void verify(CMS_ContentInfo *cms, const struct cms_in *in, struct cms_view *ret)
{
    /* whose keys count is settled: those of the list, and none that comes with the envelope */
    const unsigned flags = CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY;
    STACK_OF(X509) *all = signers(in);
    BIO *out = BIO_new(BIO_s_mem());
    int n;

    if (out == NULL)
        die(DIE_INTERNAL, "out of memory");
    ERR_clear_error();
    if (CMS_verify(cms, all, NULL, NULL, out, flags) != 1) {
        say(&ret->why, "verify");
    } else {
        n = BIO_read(out, ret->content, (int)sizeof ret->content);
        ret->n = n < 0 ? 0 : (size_t)n;
    }
    BIO_free(out);
    sk_X509_pop_free(all, X509_free);
    ERR_clear_error();
}

void openssl_cms(const struct cms_in *in, struct cms_view *ret)
{
    const unsigned char *p = in->cd.p;
    CMS_ContentInfo *cms;

    ret->why = (struct view){ .n = 0 };
    ret->n = 0;
    ERR_clear_error();
    cms = d2i_CMS_ContentInfo(NULL, &p, (long)in->cd.n);
    if (cms == NULL) {
        say(&ret->why, "parse");
    } else {
        if (p != in->cd.p + in->cd.n)
            view_no(&ret->why, "profile:cms:trailing-bytes");
        verify(cms, in, ret);
    }
    CMS_ContentInfo_free(cms);
    profile_cms(in->cd.p, in->cd.n, &ret->why);
    ERR_clear_error();
}
