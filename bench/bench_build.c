/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_build.c - writing a bundle of kind full from sorted keys, hashes and tree included, beside SHA-256
 * over the bytes that come out.
 *
 *   bench_build [--quick] [--entries N] [--issuers N]    with either, no goals
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/evp.h>

#include "bench.h"
#include "bundles.h"

int main(int argc, char **argv)
{
    static struct set s;
    double samples[BENCH_SAMPLES], hash[BENCH_SAMPLES];
    uint64_t entries;
    uint32_t issuers;
    size_t n;

    bench_begin(&argc, argv);
    if (!set_options(argc, argv, &entries, &issuers)) {
        (void)fprintf(stderr, "usage: bench_build [--quick] [--entries N] [--issuers N]\n");
        return 64;
    }
    set_make(&s, entries, issuers, false);
    n = bench_samples(entries > 1000000 ? 5 : 15);
    for (size_t i = 0; i < n; i++) {
        uint8_t digest[32];
        double t = bench_now();
        struct vd_buf out = set_encode(&s, VDB_FULL);
        samples[i] = bench_now() - t;
        t = bench_now();
        if (EVP_Digest(out.p, out.n, digest, NULL, EVP_sha256(), NULL) != 1)
            return 70;
        hash[i] = bench_now() - t;
        vd_buf_free(&out);
    }
    bench_print(&(struct bench_line){
        .id = "build.speed", .what = "bundle of kind full from sorted keys", .unit = "M keys/s",
        .measured = bench_per_second(bench_sum_up(samples, n), (double)entries / 1e6),
        .sense = argc == 1 ? BENCH_LEAST : BENCH_NO_GOAL, .goal = 20, .limit = "SHA-256 over the result",
        .limit_is = (double)entries / 1e6 / bench_sum_up(hash, n).median, .entries = (double)entries,
        .issuers = issuers });
    set_free(&s);
    return 0;
}
