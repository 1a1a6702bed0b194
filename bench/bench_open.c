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

#include <malloc.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "bench.h"
#include "bundles.h"
#include "json_set.h"
#include "limits.h"
#include "signed.h"

#define FILE_NAME "veridac-bench.bundle"

struct job {
    struct set set;
    struct vd_buf full;
    struct json_set *json;
    struct vd_buf root, head; /* whose key signed the bundle */
    bool goals;
    struct bench_times hash_ms, read_ms, json_ms;
};

static const veridac_snapshot_options in_memory = { .size = sizeof in_memory, .label = "bench" };
static const veridac_snapshot_options in_a_file = { .size = sizeof in_a_file, .label = "bench",
                                                    .path = FILE_NAME };

/* ---- a signed head ---- */

/* The document with a signature of `key`; the one without is freed. */
static struct vd_buf signed_by(struct vd_key *key, struct vd_buf in)
{
    struct vd_buf out = VD_BUF(VD_MAX_ROOT);
    struct vd_public pub;
    uint8_t signature[VD_RAW_SIG];
    struct vd_span size, message;
    uint64_t n;
    if (!vd_span_slice(vd_buf_span(&in), 28, 4, &size) || !vd_take_le(&size, 4, &n) ||
        !vd_span_slice(vd_buf_span(&in), 0, VD_FRAME + (size_t)n, &message) || /* frame and body */
        !vd_key_public(key, &pub) || !vd_key_sign(key, message, signature) ||
        !vd_signed_add(vd_buf_span(&in), &pub, VD_SPAN(signature), &out))
        exit(70);
    vd_buf_free(&in);
    return out;
}

static struct vd_signed frame(enum vd_document kind)
{
    return (struct vd_signed){ .kind = kind, .network = VD_NETWORK_TEST, .feed = "test", .epoch = 1,
                               .number = 1, .created = AT, .expires = AT + 86400 };
}

/* One key for all duties, which signs the head of this bundle. */
static void sign(struct job *j)
{
    struct vd_key *key = vd_key_generate();
    struct vd_public pub;
    struct vd_root root = { .s = frame(VD_DOC_ROOT), .head_until = AT + 86400, .threshold = { 1, 1, 1 } };
    struct vd_head head = { .s = frame(VD_DOC_HEAD), .next_publish = AT + 3600, .root_version = 1,
                            .trust_version = 1 };

    j->root = VD_BUF(VD_MAX_ROOT);
    j->head = VD_BUF(VD_MAX_HEAD);
    head.ref[VD_REF_FULL] = (struct vd_ref){ .there = true, .size = j->full.n };
    for (unsigned type = VD_REF_HUB; type <= VD_REF_TRUST; type++) {
        if (type != VD_REF_FULL)
            head.ref[type] = (struct vd_ref){ .there = true, .size = 100, .sha256 = { (uint8_t)type } };
    }
    if (key == NULL || !vd_key_public(key, &pub) ||
        !vd_sha256(vd_buf_span(&j->full), head.ref[VD_REF_FULL].sha256) ||
        !vd_root_add(&root, pub.algorithm, vd_public_span(&pub), 7) || !vd_root_write(&root, &j->root) ||
        !vd_head_write(&head, &j->head))
        exit(70);
    j->root = signed_by(key, j->root);
    j->head = signed_by(key, j->head);
    vd_key_free(key);
}

/* ---- opening ---- */

static veridac_snapshot *open_once(struct job *j, const veridac_snapshot_options *o)
{
    const bool file = o->path != NULL;
    veridac_snapshot_options with = *o;
    veridac_snapshot *ret = NULL;
    with.root = (veridac_bytes){ j->root.p, j->root.n };
    with.head = (veridac_bytes){ j->head.p, j->head.n };
    if (veridac_snapshot_open((veridac_bytes){ file ? NULL : j->full.p, file ? 0 : j->full.n }, &with, &ret,
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

static volatile uint64_t sink;

static void baselines(struct job *j)
{
    double hash[BENCH_SAMPLES], read[BENCH_SAMPLES], json[BENCH_SAMPLES];
    const size_t n = bench_samples(15), few = j->json == NULL ? 0 : bench_samples(5);
    for (size_t i = 0; i < n; i++) {
        uint8_t digest[32];
        double t = bench_now();
        if (EVP_Digest(j->full.p, j->full.n, digest, NULL, EVP_sha256(), NULL) != 1)
            exit(70);
        hash[i] = (bench_now() - t) * 1e3;
        t = bench_now();
        for (size_t k = 0; k + 8 <= j->full.n; k += 64)
            sink += j->full.p[k];
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
    if (few > 0)
        j->json_ms = bench_sum_up(json, few);
}

/* Memory of this process alone; pages of a mapped file are not among it. */
static double anonymous_kb(void)
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

/* What the allocator has given out. Without this, memory that was freed before and is used again would
 * not show. */
static double heap_kb(void)
{
    const struct mallinfo2 m = mallinfo2();
    return (double)(m.uordblks + m.hblkhd) / 1024;
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
    const char *beside = j->json == NULL ? NULL : "a JSON set, parsed and searched";
    double pages, heap;
    veridac_snapshot *s;

    say(j, (struct bench_line){ .id = "open.memory", .what = "from memory: copy, head, SHA-256, rows, an answer",
                                .unit = "ms", .measured = open_ms(j, &in_memory), .baseline = beside,
                                .beside = j->json_ms.median, .limit = "reading a line in each 64 octets",
                                .limit_is = j->read_ms.median });
    write_file(j);
    say(j, (struct bench_line){ .id = "open.file",
                                .what = "from a store's file, mapped: head, SHA-256, rows, an answer",
                                .unit = "ms", .measured = open_ms(j, &in_a_file), .sense = BENCH_MOST,
                                .goal = 5, .baseline = beside,
                                .beside = j->json_ms.median, .limit = "SHA-256 over its octets, EVP",
                                .limit_is = j->hash_ms.median });
    pages = anonymous_kb();
    heap = heap_kb();
    s = open_once(j, &in_a_file);
    pages = anonymous_kb() - pages;
    heap = heap_kb() - heap;
    say(j, (struct bench_line){ .id = "open.private",
                                .what = "private memory of an open bundle, mapped pages apart", .unit = "KB",
                                .measured = bench_exactly(pages > heap ? pages : heap), .sense = BENCH_MOST,
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
    sign(&j);
    j.json = entries <= JSON_MOST ? json_set_make(&j.set) : NULL;
    set_ask(&j.set, LISTED, NULL);
    baselines(&j);
    rows(&j);
    if (j.json != NULL)
        json_set_free(j.json);
    vd_buf_free(&j.full);
    vd_buf_free(&j.root);
    vd_buf_free(&j.head);
    set_free(&j.set);
    return 0;
}
