/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_attestation.c - one full attestation, nothing cached, beside four bare ECDSA checks.
 *
 * The device is a folder as veridac-testpki makes it (dac.der, pai.der, elements.bin, ...).
 */
#include <openssl/evp.h>
#include <string.h>
#include <veridac/veridac.h>

#include "bench.h"

struct device {
    veridac_device in;
    veridac_trust *trust;
    veridac_result *result;
    veridac_policy policy;
    int64_t at;
    veridac_context *context; /* NULL: nothing cached */
    EVP_PKEY_CTX *ctx;
    unsigned char digest[32], sig[128];
    size_t n_sig;
    bool accepted;
};

static veridac_bytes read_file(const char *folder, const char *name)
{
    char path[1024];
    uint8_t *p = malloc(65536);
    size_t n;
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f == NULL || p == NULL) {
        (void)fprintf(stderr, "bench: %s is not there\n", path);
        exit(74);
    }
    n = fread(p, 1, 65536, f);
    (void)fclose(f);
    return (veridac_bytes){ p, n };
}

/* "key: value" of case.txt */
static const char *value_of(const char *text, const char *key, char *ret, size_t room)
{
    const char *at = strstr(text, key);
    size_t n = strlen(key);
    ret[0] = '\0';
    if (at == NULL)
        return ret;
    at += n + 2;
    (void)snprintf(ret, room, "%.*s", (int)strcspn(at, "\n"), at);
    return ret;
}

static veridac_bytes hex_of(const char *text, const char *key)
{
    char value[256];
    veridac_buffer out = { NULL, 0 };
    (void)value_of(text, key, value, sizeof value);
    (void)veridac_unwrap((veridac_bytes){ (const uint8_t *)value, strlen(value) },
                         VERIDAC_MEANT_FIRST, &out, NULL, NULL);
    return (veridac_bytes){ out.data, out.size };
}

static void load(const char *folder, struct device *d)
{
    veridac_bytes text = read_file(folder, "case.txt");
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    char value[64], *c = (char *)(uintptr_t)text.data;
    veridac_bytes paa = read_file(folder, "trust/0-paa.der");
    veridac_bytes signer = read_file(folder, "cd-signers/0-cdsigner.der");

    c[text.size] = '\0';
    d->in = (veridac_device){ .size = sizeof d->in,
                              .dac = read_file(folder, "dac.der"),
                              .pai = read_file(folder, "pai.der"),
                              .elements = read_file(folder, "elements.bin"),
                              .signature = read_file(folder, "signature.bin"),
                              .challenge = hex_of(c, "challenge"),
                              .nonce = hex_of(c, "nonce"),
                              .vid = (int32_t)strtol(value_of(c, "vid", value, 64), NULL, 10),
                              .pid = (int32_t)strtol(value_of(c, "pid", value, 64), NULL, 10),
                              .software_version = -1 };
    d->at = strtoll(value_of(c, "\nat", value, 64), NULL, 10);
    d->policy = (veridac_policy){ .size = sizeof d->policy, .preset = VERIDAC_POLICY_PERMISSIVE,
                                  .network = VERIDAC_NETWORK_TEST };
    if (veridac_trust_new(&d->trust) != VERIDAC_OK ||
        veridac_trust_add_paa(d->trust, paa, &from, NULL) != VERIDAC_OK ||
        veridac_trust_add_cd_signer(d->trust, signer, &from, NULL) != VERIDAC_OK ||
        veridac_result_new(&d->result) != VERIDAC_OK)
        exit(70);
}

static void attest(void *user)
{
    struct device *d = user;
    veridac_result_view view = { .size = sizeof view };
    (void)veridac_verify(d->context, &d->in, d->trust, NULL, 0, &d->policy, d->at, d->result);
    (void)veridac_result_look(d->result, &view);
    d->accepted = view.verdict == VERIDAC_ACCEPT;
}

/* Context reused, digest given: the floor that nobody can go below. */
static void bare_checks(struct device *d, int n)
{
    for (int i = 0; i < n; i++) {
        if (EVP_PKEY_verify(d->ctx, d->sig, d->n_sig, d->digest, sizeof d->digest) != 1)
            exit(70);
    }
}

static void four_checks(void *user)
{
    bare_checks(user, 4);
}

static void two_checks(void *user)
{
    bare_checks(user, 2);
}

static void make_baseline(struct device *d)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    d->n_sig = sizeof d->sig;
    d->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    if (sign == NULL || d->ctx == NULL || EVP_PKEY_sign_init(sign) != 1 ||
        EVP_PKEY_sign(sign, d->sig, &d->n_sig, d->digest, sizeof d->digest) != 1 ||
        EVP_PKEY_verify_init(d->ctx) != 1)
        exit(70);
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(key);
}

int main(int argc, char **argv)
{
    static struct device d;
    struct bench_times t, base;

    size_t calls = argc == 3 ? (size_t)strtoul(argv[2], NULL, 10) : 50;

    if (argc < 2 || argc > 3 || calls == 0) {
        (void)fprintf(stderr, "usage: bench_attestation CASE-FOLDER [CALLS-PER-SAMPLE]\n");
        return 64;
    }
    load(argv[1], &d);
    make_baseline(&d);
    attest(&d);
    if (!d.accepted) {
        (void)fprintf(stderr, "bench: the device is not accepted\n");
        return 1;
    }
    bench_pair(attest, four_checks, &d, calls, &t, &base);
    bench_row("full attestation, nothing cached", "bench/run", 1.25, t,
              "four EVP_PKEY_verify, context reused, digest given", base);
    if (veridac_context_new(&d.context) != VERIDAC_OK)
        return 70;
    attest(&d);
    bench_pair(attest, two_checks, &d, calls, &t, &base);
    bench_row("full attestation, PAI and declaration seen before", "bench/run", 1.25, t,
              "two EVP_PKEY_verify, context reused, digest given", base);
    return 0;
}
