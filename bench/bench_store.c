/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_store.c - opening an installed store to the first answer: head, its signatures, the bundle's hash,
 * all rows. bench_pull.py makes the store.
 *
 *   bench_store STORE ISSUER SERIAL ENTRIES    a certificate, and a serial that it revoked, in hexadecimal
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/x509v3.h>
#include <veridac/dcl.h>

#include "bench.h"

struct question {
    veridac_bytes name, key_id, serial;
};

static struct question question_of(const char *issuer, const char *serial)
{
    static uint8_t octets[64];
    FILE *f = fopen(issuer, "rb");
    X509 *x = f == NULL ? NULL : d2i_X509_fp(f, NULL);
    struct question q = { { NULL, 0 }, { NULL, 0 }, { octets, 0 } };
    uint8_t *name = NULL;
    int n;

    if (x == NULL || OPENSSL_hexstr2buf_ex(octets, sizeof octets, &q.serial.size, serial, '\0') != 1 ||
        (n = i2d_X509_NAME(X509_get_subject_name(x), &name)) <= 0) {
        (void)fprintf(stderr, "bench_store: %s, or the serial, cannot be read\n", issuer);
        exit(64);
    }
    (void)fclose(f);
    q.name = (veridac_bytes){ name, (size_t)n };
    q.key_id = (veridac_bytes){ ASN1_STRING_get0_data(X509_get0_subject_key_id(x)), 20 };
    return q;
}

static void ask(const veridac_snapshot *s, const struct question *q)
{
    static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    veridac_answer a = { .size = sizeof a };
    if (veridac_snapshot_lookup(s, q->name, q->key_id, q->serial, (veridac_bytes){ NULL, 0 }, &policy,
                                (int64_t)time(NULL), &a, NULL) != VERIDAC_OK ||
        a.status != VERIDAC_REVOKED) {
        (void)fputs("bench_store: what is revoked is not\n", stderr);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    double samples[BENCH_SAMPLES];
    struct question q;
    size_t n;

    bench_begin(&argc, argv);
    if (argc != 5) {
        (void)fprintf(stderr, "usage: bench_store [--quick] STORE ISSUER SERIAL ENTRIES\n");
        return 64;
    }
    q = question_of(argv[2], argv[3]);
    n = bench_samples(31);
    for (size_t i = 0; i < n; i++) {
        double t = bench_now();
        veridac_error err = { "" };
        veridac_snapshot *s = NULL;
        if (veridac_store_open(argv[1], &s, &err) != VERIDAC_OK) {
            (void)fprintf(stderr, "bench_store: %s\n", err.text);
            return 65;
        }
        ask(s, &q);
        samples[i] = (bench_now() - t) * 1e3;
        veridac_snapshot_free(s);
    }
    bench_print(&(struct bench_line){
        .id = "open.store", .what = "an installed store to the first answer, signatures included",
        .unit = "ms", .measured = bench_sum_up(samples, n), .sense = BENCH_MOST, .goal = 5,
        .entries = strtod(argv[4], NULL), .issuers = 300 });
    return 0;
}
