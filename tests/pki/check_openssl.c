/* SPDX-License-Identifier: Apache-2.0
 *
 * check_openssl.c - does somebody else agree that what veridac-testpki calls good is good?
 *
 * usage: check_openssl cases FOLDER | world FOLDER
 *
 * For every case that expects "accept", and every device of the world: the chain by
 * X509_verify_cert at the notBefore of the DAC, the declaration by CMS_verify, the attestation
 * signature. For the world also every CRL, and that it lists whom it should.
 */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "files.h"
#include "opinion.h"
#include "text.h"

static int problems;

static void problem(const char *where, const char *what)
{
    (void)printf("%s: %s\n", where, what);
    problems++;
    ERR_clear_error();
}

/* The value of "KEY: VALUE" in case.txt or device.txt; "" when it is not there. */
static void value_of(const struct buf *text, const char *key, struct buf *ret)
{
    const char *line = buf_str(text);
    size_t n = strlen(key);

    for (; line != NULL && *line != 0; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) == 0 && line[n] == ':') {
            line += n + 1 + (line[n + 1] == ' ');
            buf_add(ret, line, strcspn(line, "\n"));
            return;
        }
    }
}

static bool value_is(const struct buf *text, const char *key, const char *wanted)
{
    struct buf value = { .p = NULL };
    bool same;
    value_of(text, key, &value);
    same = strcmp(buf_str(&value), wanted) == 0;
    buf_free(&value);
    return same;
}

static void hex_of(const struct buf *text, const char *key, struct buf *ret)
{
    struct buf hex = { .p = NULL };
    unsigned v;
    value_of(text, key, &hex);
    for (size_t i = 0; i + 1 < hex.n; i += 2) {
        char pair[] = { (char)hex.p[i], (char)hex.p[i + 1], 0 };
        v = (unsigned)strtoul(pair, NULL, 16);
        buf_u8(ret, v);
    }
    buf_free(&hex);
}

/* `signers` NULL: the declaration is not looked at. */
static void check_response(const char *folder, X509 *dac, STACK_OF(X509) * signers,
                           const struct buf *text, bool wanted)
{
    struct buf elements = { .p = NULL }, signature = { .p = NULL }, challenge = { .p = NULL };

    opinion_read(folder, "elements.bin", &elements);
    opinion_read(folder, "signature.bin", &signature);
    hex_of(text, "challenge", &challenge);
    if (signers != NULL && !opinion_declaration(&elements, signers))
        problem(folder, "CMS_verify refuses the declaration");
    if (opinion_response(dac, &elements, &challenge, &signature) != wanted)
        problem(folder, "the attestation signature is not what it should be");
    buf_free(&elements);
    buf_free(&signature);
    buf_free(&challenge);
}

/* ---- cases ---- */

/* Accepted by Matter's rules, and not by OpenSSL. */
static bool chain_differs(const char *name)
{
    return text_has_word("dac-ext-ian-critical " /* it knows the extension only when not critical */
                         "chain-paa-same-key-id-ok " /* it tries the first anchor of a name */
                         /* to it, a certificate is over at its notAfter */
                         "dac-time-equal-ok pai-time-equal-ok time-pai-ends-at time-paa-ends-at",
                         name);
}

static bool declaration_differs(const char *name)
{
    return text_has_word("cd-signer-key-id-shared-ok", name); /* it tries the first of a key id */
}

static STACK_OF(X509) * anchors_of(const char *folder)
{
    static const char *const stores[] = { "trust", "trust-main", "trust-test" };
    STACK_OF(X509) *all = sk_X509_new_null();

    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        STACK_OF(X509) *some = opinion_certs(folder, stores[i]);
        while (sk_X509_num(some) > 0)
            (void)sk_X509_push(all, sk_X509_shift(some));
        sk_X509_free(some);
    }
    return all;
}

static void check_accepted(const char *folder, const char *name, const struct buf *text)
{
    X509 *dac = opinion_cert(folder, "dac.der"), *pai = opinion_cert(folder, "pai.der");
    STACK_OF(X509) *anchors = anchors_of(folder), *signers = opinion_certs(folder, "cd-signers");

    if (dac == NULL || pai == NULL)
        problem(folder, "a certificate does not parse");
    else if (opinion_chain(dac, pai, anchors) == chain_differs(name))
        problem(folder, "X509_verify_cert is of another opinion");
    if (dac != NULL)
        check_response(folder, dac, declaration_differs(name) ? NULL : signers, text, true);
    X509_free(dac);
    X509_free(pai);
    sk_X509_pop_free(anchors, X509_free);
    sk_X509_pop_free(signers, X509_free);
}

static void check_cases(const char *root)
{
    size_t n, accepted = 0;
    char **names = files_list(root, "", &n);

    for (size_t i = 0; i < n; i++) {
        struct buf folder = { .p = NULL }, text = { .p = NULL };
        buf_fmt(&folder, "%s/%s", root, names[i]);
        opinion_read(buf_str(&folder), "case.txt", &text);
        if (value_is(&text, "expect", "accept")) {
            check_accepted(buf_str(&folder), names[i], &text);
            accepted++;
        }
        buf_free(&folder);
        buf_free(&text);
        free(names[i]);
    }
    free(names);
    (void)printf("%zu cases, %zu of them accepted, %d problems\n", n, accepted, problems);
    if (accepted == 0)
        die(DIE_CASE, "%s: no case that is accepted", root);
}

/* ---- world ---- */

static X509_CRL *read_crl(const char *root, const char *name)
{
    struct buf folder = { .p = NULL }, der = { .p = NULL };
    const unsigned char *p;
    X509_CRL *crl;

    buf_fmt(&folder, "%s/crl", root);
    opinion_read(buf_str(&folder), name, &der);
    p = der.p;
    crl = d2i_X509_CRL(NULL, &p, (long)der.n);
    if (crl == NULL)
        die(DIE_CASE, "%s/%s does not parse", buf_str(&folder), name);
    buf_free(&folder);
    buf_free(&der);
    return crl;
}

/* Some signer of this name must have made the signature. */
static bool crl_ok(X509_CRL *crl, STACK_OF(X509) * signers)
{
    for (int i = 0; i < sk_X509_num(signers); i++) {
        X509 *signer = sk_X509_value(signers, i);
        if (X509_NAME_cmp(X509_get_subject_name(signer), X509_CRL_get_issuer(crl)) == 0 &&
            X509_CRL_verify(crl, X509_get0_pubkey(signer)) == 1)
            return true;
    }
    return false;
}

static void check_crls(const char *root)
{
    STACK_OF(X509) *signers = opinion_certs(root, "crl-signers");
    struct buf folder = { .p = NULL };
    size_t n;
    char **names;

    buf_fmt(&folder, "%s/crl", root);
    names = files_list(buf_str(&folder), ".crl", &n);
    for (size_t i = 0; i < n; i++) {
        X509_CRL *crl = read_crl(root, names[i]);
        if (!crl_ok(crl, signers))
            problem(names[i], "no signer of this name made its signature");
        X509_CRL_free(crl);
        free(names[i]);
    }
    free(names);
    buf_free(&folder);
    sk_X509_pop_free(signers, X509_free);
}

/* Is the certificate listed, by serial and by the issuer that OpenSSL makes out for the entry? */
static bool is_listed(const char *root, const char *crl_name, X509 *cert)
{
    X509_CRL *crl = read_crl(root, crl_name);
    X509_REVOKED *entry;
    bool listed = X509_CRL_get0_by_cert(crl, &entry, cert) == 1;
    X509_CRL_free(crl);
    return listed;
}

static const struct {
    const char *device, *file, *crl;
    bool listed;
} listings[] = {
    { "revoked-dac", "dac.der", "pai-direct.crl", true },
    { "genuine", "dac.der", "pai-direct.crl", false },
    { "revoked-pai", "pai.der", "paa-fff1.crl", true },
    { "genuine", "pai.der", "paa-fff1.crl", false },
    { "delegated-revoked-pai", "pai.der", "paa-novid.crl", true },
    { "delegated-revoked", "dac.der", "pai-delegates.crl", true },
    { "delegated-revoked-sticky", "dac.der", "pai-delegates.crl", true },
    { "genuine-delegated", "dac.der", "pai-delegates.crl", false },
    { "genuine-same-serial", "dac.der", "pai-delegates.crl", false },
    { "partition-revoked", "dac.der", "pai-partitioned-1.crl", false },
    { "partition-revoked", "dac.der", "pai-partitioned-2.crl", true },
    { "genuine-partitioned", "dac.der", "pai-partitioned-1.crl", false },
    { "genuine-partitioned", "dac.der", "pai-partitioned-2.crl", false },
};

static void check_listings(const char *root)
{
    for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++) {
        struct buf folder = { .p = NULL };
        X509 *cert;
        buf_fmt(&folder, "%s/devices/%s", root, listings[i].device);
        cert = opinion_cert(buf_str(&folder), listings[i].file);
        if (cert == NULL || is_listed(root, listings[i].crl, cert) != listings[i].listed)
            problem(listings[i].device, listings[i].crl);
        X509_free(cert);
        buf_free(&folder);
    }
}

static void check_device(const char *root, const char *name, STACK_OF(X509) * anchors,
                         STACK_OF(X509) * signers)
{
    struct buf folder = { .p = NULL }, text = { .p = NULL };
    bool known = strcmp(name, "unknown-paa") != 0;
    X509 *dac, *pai;

    buf_fmt(&folder, "%s/devices/%s", root, name);
    opinion_read(buf_str(&folder), "device.txt", &text);
    dac = opinion_cert(buf_str(&folder), "dac.der");
    pai = opinion_cert(buf_str(&folder), "pai.der");
    if (dac == NULL || pai == NULL || opinion_chain(dac, pai, anchors) != known)
        problem(name, "its chain is not what it should be");
    if (dac != NULL && opinion_has(buf_str(&folder), "elements.bin"))
        check_response(buf_str(&folder), dac, signers, &text,
                       strcmp(name, "forged-signature") != 0);
    X509_free(dac);
    X509_free(pai);
    buf_free(&folder);
    buf_free(&text);
}

static void check_world(const char *root)
{
    STACK_OF(X509) *anchors = opinion_certs(root, "paa"),
                   *signers = opinion_certs(root, "cd-signers");
    struct buf devices = { .p = NULL };
    size_t n;
    char **names;

    check_crls(root);
    check_listings(root);
    buf_fmt(&devices, "%s/devices", root);
    names = files_list(buf_str(&devices), "", &n);
    for (size_t i = 0; i < n; i++) {
        check_device(root, names[i], anchors, signers);
        free(names[i]);
    }
    free(names);
    buf_free(&devices);
    sk_X509_pop_free(anchors, X509_free);
    sk_X509_pop_free(signers, X509_free);
    (void)printf("%zu devices, %d problems\n", n, problems);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "cases") == 0)
        check_cases(argv[2]);
    else if (argc == 3 && strcmp(argv[1], "world") == 0)
        check_world(argv[2]);
    else
        die(DIE_USAGE, "usage: check_openssl cases FOLDER | world FOLDER");
    return problems == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
