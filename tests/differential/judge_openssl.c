/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_openssl.c - OpenSSL's view of a chain, and the profile's.
 *
 * Each certificate is read by d2i_X509 and judged by the profile (profile_*.c). X509_verify_cert
 * runs on top, strict, at the DAC's notBefore; its errors are collected, not only the first.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "die.h"
#include "judges.h"
#include "profile.h"

static const char *const roles[] = {
    [CHAIN_PAA] = "paa", [CHAIN_PAI] = "pai", [CHAIN_DAC] = "dac"
};

/* ---- reading ---- */

/* The innermost reason why OpenSSL could not read something. */
static void say_unread(struct view *ret, const char *role)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error());
    view_no(ret, "openssl:%s:parse:%s", role, reason == NULL ? "no reason" : reason);
    ERR_clear_error();
}

static X509 *read_one(struct octets_in in, const char *role, struct view *ret)
{
    const unsigned char *p = in.p;
    X509 *cert;

    ERR_clear_error();
    cert = d2i_X509(NULL, &p, (long)in.n);
    if (cert == NULL) {
        say_unread(ret, role);
        return NULL;
    }
    if (p != in.p + in.n)
        view_no(ret, "profile:%s:trailing-bytes", role);
    else if (!profile_is_der(in.p, in.n))
        view_no(ret, "profile:%s:der", role);
    ERR_clear_error();
    return cert;
}

/* ---- extensions that OpenSSL reads and the profile leaves alone ---- */

static void say_extension(struct view *ret, const char *role, X509_EXTENSION *ext)
{
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(ext));
    view_no(ret, "openssl:%s:invalid-%sextension:%s", role,
            X509_EXTENSION_get_critical(ext) ? "critical-" : "", OBJ_nid2sn(nid));
}

static bool is_readable(X509_EXTENSION *ext)
{
    const X509V3_EXT_METHOD *method = X509V3_EXT_get(ext);
    void *value = method == NULL ? NULL : X509V3_EXT_d2i(ext);

    if (value != NULL && method->it != NULL)
        ASN1_item_free(value, ASN1_ITEM_ptr(method->it));
    else if (value != NULL)
        method->ext_free(value);
    return method == NULL || value != NULL;
}

/* Would OpenSSL go on if this one were not there? Not asked of those that the profile reads: they
 * are refused for themselves, or were right. */
static bool is_culprit(X509 *cert, int i)
{
    int nid = OBJ_obj2nid(X509_EXTENSION_get_object(X509_get_ext(cert, i)));
    X509 *copy;
    bool gone;

    if (nid == NID_basic_constraints || nid == NID_key_usage || nid == NID_subject_key_identifier ||
        nid == NID_authority_key_identifier)
        return false;
    copy = X509_dup(cert);

    if (copy == NULL)
        die(DIE_INTERNAL, "X509_dup failed");
    X509_EXTENSION_free(X509_delete_ext(copy, i));
    gone = (X509_get_extension_flags(copy) & EXFLAG_INVALID) == 0;
    X509_free(copy);
    return gone;
}

/* Names every extension that made OpenSSL give up; false when there is none. */
static bool say_invalid(struct view *ret, X509 *cert, const char *role)
{
    bool named = false;

    if ((X509_get_extension_flags(cert) & EXFLAG_INVALID) == 0)
        return false;
    for (int i = 0; i < X509_get_ext_count(cert); i++) {
        if (!is_readable(X509_get_ext(cert, i))) {
            say_extension(ret, role, X509_get_ext(cert, i));
            named = true;
        }
    }
    for (int i = 0; !named && i < X509_get_ext_count(cert); i++) {
        if (is_culprit(cert, i)) {
            say_extension(ret, role, X509_get_ext(cert, i));
            named = true;
        }
    }
    if (!named)
        view_no(ret, "openssl:%s:invalid-extension", role);
    ERR_clear_error();
    return true;
}

/* ---- X509_verify_cert ---- */

struct judging {
    struct view *ret;
    time_t at;
};

/* Says why, and goes on as if it were nothing. */
static int collect(int ok, X509_STORE_CTX *ctx)
{
    static const char *const depths[] = { "dac", "pai", "paa" };
    struct judging *j = X509_STORE_CTX_get_app_data(ctx);
    int error = X509_STORE_CTX_get_error(ctx), depth = X509_STORE_CTX_get_error_depth(ctx);
    X509 *cert = X509_STORE_CTX_get_current_cert(ctx);
    time_t at = j->at;

    if (ok)
        return 1;
    if (error == X509_V_ERR_CERT_HAS_EXPIRED && cert != NULL &&
        profile_time(X509_get0_notAfter(cert)) == at) {
        view_no(j->ret, "openssl:%s:expired-at-its-last-second", depths[depth > 2 ? 2 : depth]);
        return 1;
    }
    view_no(j->ret, "openssl:%s:%s", depths[depth > 2 ? 2 : depth],
            X509_verify_cert_error_string(error));
    return 1;
}

static void verify(X509 *const certs[CHAIN_CERTS], struct view *ret)
{
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    struct judging j = { ret, (time_t)profile_time(X509_get0_notBefore(certs[CHAIN_DAC])) };
    size_t before = ret->n;
    unsigned long flags = X509_V_FLAG_X509_STRICT | X509_V_FLAG_CHECK_SS_SIGNATURE;

    if (store == NULL || ctx == NULL || between == NULL ||
        !X509_STORE_add_cert(store, certs[CHAIN_PAA]) || !sk_X509_push(between, certs[CHAIN_PAI]) ||
        !X509_STORE_CTX_init(ctx, store, certs[CHAIN_DAC], between))
        die(DIE_INTERNAL, "X509_STORE_CTX_init failed");
    X509_STORE_CTX_set_flags(ctx, flags);
    X509_STORE_CTX_set_time(ctx, flags, j.at);
    X509_STORE_CTX_set_app_data(ctx, &j);
    X509_STORE_CTX_set_verify_cb(ctx, collect);
    if (X509_verify_cert(ctx) != 1 && ret->n == before)
        view_no(ret, "openssl:dac:%s",
                X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    sk_X509_free(between);
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);
    ERR_clear_error();
}

void openssl_chain(const struct chain_in *in, struct view *ret)
{
    const struct octets_in *each[] = {
        [CHAIN_PAA] = &in->paa, [CHAIN_PAI] = &in->pai, [CHAIN_DAC] = &in->dac
    };
    X509 *certs[CHAIN_CERTS];
    bool whole = true, readable = true;

    *ret = (struct view){ .n = 0 };
    for (int i = 0; i < CHAIN_CERTS; i++) {
        certs[i] = read_one(*each[i], roles[i], ret);
        whole = whole && certs[i] != NULL;
        if (certs[i] == NULL)
            continue;
        profile_cert((enum chain_place)i, roles[i], certs[i], ret);
        readable = !say_invalid(ret, certs[i], roles[i]) && readable;
    }
    if (whole) {
        profile_chain(certs, ret);
        /* with an extension that it cannot read, OpenSSL gives up before it has looked */
        if (readable && profile_time(X509_get0_notBefore(certs[CHAIN_DAC])) != PROFILE_NO_TIME)
            verify(certs, ret);
    }
    for (int i = 0; i < CHAIN_CERTS; i++)
        X509_free(certs[i]);
}
