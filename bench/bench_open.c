/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_open.c - opening a bundle to the first answer, and what memory that takes; beside SHA-256 over its
 * bytes, reading them, and parsing a JSON set of the same certificates.
 *
 *   bench_open [--quick] [--entries N] [--issuers N]    with either, no goals
 *
 * Writes and removes veridac-bench.bundle in the folder that it is started in.
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/evp.h>
#include <sys/stat.h>

#include "bench.h"
#include "bundles.h"
#include "json_set.h"

#define FILE_NAME "veridac-bench.bundle"

struct job {
    struct set set;
    struct vd_buf full;
    struct json_set *json;
    bool goals;
    struct bench_times hash_ms, read_ms, json_ms;
};

static const veridac_snapshot_options in_memory = { .size = sizeof in_memory, .label = "bench" };
static const veridac_snapshot_options in_a_file = { .size = sizeof in_a_file, .label = "bench",
                                                    .path = FILE_NAME };

static veridac_snapshot *open_once(struct job *j, const veridac_snapshot_options *o)
{
    const bool file = o->path != NULL;
    veridac_snapshot *ret = NULL;
    if (veridac_snapshot_open((veridac_bytes){ file ? NULL : j->full.p, file ? 0 : j->full.n }, o, &ret,
                              NULL) != VERIDAC_OK)
        exit(1);
    set_look_up(&j->set, ret);
    return ret;
}

static struct bench_times open_ms(struct job *j, const veridac_snapshot_options *o)
{
    double samples[BENCH_SAMPLES];
    const size_t n = bench_samples(31);
    for (size_t i = 0; i < n; i++) {
        double t = bench_now();
        veridac_snapshot *s = open_once(j, o);
        samples[i] = (bench_now() - t) * 1e3;
        veridac_snapshot_free(s);
    }
    return bench_sum_up(samples, n);
}

static void baselines(struct job *j)
{
    double hash[BENCH_SAMPLES], read[BENCH_SAMPLES], json[BENCH_SAMPLES];
    const size_t n = bench_samples(15), few = j->set.n > 1000000 ? 1 : bench_samples(5);
    volatile uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t digest[32];
        double t = bench_now();
        if (EVP_Digest(j->full.p, j->full.n, digest, NULL, EVP_sha256(), NULL) != 1)
            exit(70);
        hash[i] = (bench_now() - t) * 1e3;
        t = bench_now();
        for (size_t k = 0; k + 8 <= j->full.n; k += 64)
            sum += j->full.p[k];
        read[i] = (bench_now() - t) * 1e3;
    }
    for (size_t i = 0; i < few; i++) {
        double t = bench_now();
        if (!json_set_revoked(j->json, &j->set, 0, 0))
            exit(1);
        json[i] = (bench_now() - t) * 1e3;
    }
    j->hash_ms = bench_sum_up(hash, n);
    j->read_ms = bench_sum_up(read, n);
    j->json_ms = bench_sum_up(json, few);
}

/* Memory of this process alone; pages of a mapped file are not among it. */
static double private_kb(void)
{
    char line[256];
    unsigned long kb, sum = 0;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "Anonymous: %lu", &kb) == 1)
            sum += kb;
    }
    if (f != NULL)
        (void)fclose(f);
    return (double)sum;
}

static void write_file(const struct job *j)
{
    FILE *f;
    (void)remove(FILE_NAME);
    f = fopen(FILE_NAME, "wb");
    if (f == NULL || fwrite(j->full.p, 1, j->full.n, f) != j->full.n || fclose(f) != 0 ||
        chmod(FILE_NAME, 0444) != 0)
        exit(74);
}

static void say(const struct job *j, struct bench_line line)
{
    line.sense = j->goals ? line.sense : BENCH_NO_GOAL;
    line.entries = (double)j->set.n;
    line.issuers = j->set.issuers;
    bench_print(&line);
}

static void rows(struct job *j)
{
    double before, after;
    veridac_snapshot *s;

    say(j, (struct bench_line){ .id = "open.memory", .what = "from memory: copy, hashes, all rows, an answer",
                                .unit = "ms", .measured = open_ms(j, &in_memory), .sense = BENCH_MOST,
                                .goal = 5, .baseline = "a JSON set, parsed and searched",
                                .beside = j->json_ms.median, .limit = "reading a line in each 64 octets",
                                .limit_is = j->read_ms.median });
    write_file(j);
    /* 0.1 of the 5 ms are left for the head: two documents of 1 KB and two signatures */
    say(j, (struct bench_line){ .id = "open.file",
                                .what = "from a store's file, mapped, to the first answer, without head",
                                .unit = "ms", .measured = open_ms(j, &in_a_file), .sense = BENCH_MOST,
                                .goal = 4.9, .baseline = "a JSON set, parsed and searched",
                                .beside = j->json_ms.median, .limit = "SHA-256 over its octets, EVP",
                                .limit_is = j->hash_ms.median });
    before = private_kb();
    s = open_once(j, &in_a_file);
    after = private_kb();
    say(j, (struct bench_line){ .id = "open.private",
                                .what = "private memory of an open bundle, mapped pages apart", .unit = "KB",
                                .measured = bench_exactly(after - before), .sense = BENCH_MOST,
                                .goal = 256 });
    say(j, (struct bench_line){ .id = "open.mapped", .what = "mapped octets of it", .unit = "KB",
                                .measured = bench_exactly((double)j->full.n / 1024) });
    veridac_snapshot_free(s);
    (void)remove(FILE_NAME);
}

int main(int argc, char **argv)
{
    static struct job j;
    uint64_t entries;
    uint32_t issuers;

    bench_begin(&argc, argv);
    if (!set_options(argc, argv, &entries, &issuers)) {
        (void)fprintf(stderr, "usage: bench_open [--quick] [--entries N] [--issuers N]\n");
        return 64;
    }
    j.goals = argc == 1;
    set_make(&j.set, entries, issuers, false);
    j.full = set_encode(&j.set, VDB_FULL);
    j.json = json_set_make(&j.set);
    set_ask(&j.set, LISTED, NULL);
    baselines(&j);
    rows(&j);
    json_set_free(j.json);
    vd_buf_free(&j.full);
    set_free(&j.set);
    return 0;
}
