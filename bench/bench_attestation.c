/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_attestation.c - one full attestation beside bare ECDSA checks in the same process.
 *
 * Four signatures are in an attestation: the PAI's, the DAC's, the response's, the declaration's.
 * When PAI and declaration were seen before, two are left. Two keys (the PAI's and the DAC's) have to
 * be imported each time, the PAA's and the declaration signer's are as well, since nothing is cached.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "bench.h"
#include "device.h"

struct job {
    struct device device;
    EVP_PKEY_CTX *ctx, *importer;
    unsigned char digest[32], sig[128], point[65];
    size_t n_sig;
};

static void attest(void *user)
{
    struct job *j = user;
    if (!device_attest(&j->device))
        exit(1);
}

/* Context reused, digest given: the floor that nobody can go below. */
static void bare_checks(struct job *j, int n)
{
    for (int i = 0; i < n; i++) {
        if (EVP_PKEY_verify(j->ctx, j->sig, j->n_sig, j->digest, sizeof j->digest) != 1)
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

/* A point becomes a key that can verify, in the way that the manual shows. */
static void import(struct job *j)
{
    static char group[] = "P-256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, j->point, sizeof j->point),
        OSSL_PARAM_construct_end()
    };
    EVP_PKEY *key = NULL;
    if (EVP_PKEY_fromdata(j->importer, &key, EVP_PKEY_PUBLIC_KEY, (OSSL_PARAM *)(uintptr_t)params) != 1)
        exit(70);
    EVP_PKEY_free(key);
}

static void four_checks_two_imports(void *user)
{
    import(user);
    import(user);
    bare_checks(user, 4);
}

static void make_baseline(struct job *j)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    size_t n = 0;
    j->n_sig = sizeof j->sig;
    j->ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    j->importer = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    if (sign == NULL || j->ctx == NULL || j->importer == NULL ||
        EVP_PKEY_fromdata_init(j->importer) != 1 || EVP_PKEY_sign_init(sign) != 1 ||
        EVP_PKEY_sign(sign, j->sig, &j->n_sig, j->digest, sizeof j->digest) != 1 ||
        EVP_PKEY_verify_init(j->ctx) != 1 ||
        EVP_PKEY_get_octet_string_param(key, "pub", j->point, sizeof j->point, &n) != 1 || n != 65)
        exit(70);
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(key);
}

/* The same device with two PAAs in the store and with many, in turn. */
struct stores {
    struct device few, many;
};

static void with_few(void *user)
{
    if (!device_attest(&((struct stores *)user)->few))
        exit(1);
}

static void with_many(void *user)
{
    if (!device_attest(&((struct stores *)user)->many))
        exit(1);
}

/* Measured and baseline in turn, in microseconds; the baseline is the limit where it says so. */
static void pair_row(struct bench_line line, void (*measured)(void *), void (*baseline)(void *),
                     void *user, size_t calls)
{
    struct bench_times t, base;
    bench_pair(measured, baseline, user, calls, &t, &base);
    line.unit = "us";
    line.sense = BENCH_RATIO_MOST;
    line.measured = bench_times_by(t, 1e6);
    line.beside = base.median * 1e6;
    line.limit_is = line.beside;
    bench_print(&line);
}

static void store_row(const char *folder, const char *paas, size_t calls)
{
    static struct stores s;
    char what[96];
    unsigned n;
    device_load(folder, &s.few);
    device_load(folder, &s.many);
    n = device_add_paas(&s.many, paas);
    (void)snprintf(what, sizeof what, "full attestation with %u PAAs, nothing cached", n);
    pair_row((struct bench_line){ .id = "attestation.cold.paas", .what = what, .goal = 1.05,
                                  .baseline = "the same with one PAA" },
             with_many, with_few, &s, calls);
}

int main(int argc, char **argv)
{
    static struct job j;
    size_t calls;

    bench_begin(&argc, argv);
    calls = argc == 4 ? (size_t)strtoul(argv[3], NULL, 10) : 50;
    if (argc < 3 || argc > 4 || calls == 0) {
        (void)fprintf(stderr, "usage: bench_attestation [--quick] CASE-FOLDER PAA-FOLDER "
                              "[CALLS-PER-SAMPLE]\n");
        return 64;
    }
    device_load(argv[1], &j.device);
    make_baseline(&j);
    pair_row((struct bench_line){ .id = "attestation.cold",
                                  .what = "full attestation, nothing cached", .goal = 1.25,
                                  .baseline = "four EVP_PKEY_verify, context reused, digest given",
                                  .limit = "these four" },
             attest, four_checks, &j, calls);
    pair_row((struct bench_line){ .id = "attestation.cold.imports",
                                  .what = "full attestation, beside key imports as well", .goal = 1.10,
                                  .baseline = "the same four and two EVP_PKEY_fromdata" },
             attest, four_checks_two_imports, &j, calls);
    store_row(argv[1], argv[2], calls);
    if (veridac_context_new(&j.device.context) != VERIDAC_OK)
        return 70;
    attest(&j);
    pair_row((struct bench_line){ .id = "attestation.warm",
                                  .what = "full attestation, PAI and declaration seen before",
                                  .goal = 1.25,
                                  .baseline = "two EVP_PKEY_verify, context reused, digest given",
                                  .limit = "these two" },
             attest, two_checks, &j, calls);
    return 0;
}
