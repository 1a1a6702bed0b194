/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_lookup.c - asking a bundle about a serial, through the public function, hashes included: hot, in
 * random order, and with cold caches; beside a sorted array of the same keys, a JSON set, and one line of
 * memory.
 *
 *   bench_lookup [--quick] [--entries N] [--issuers N]    with either, no goals and nothing cold
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <pthread.h>

#include "bench.h"
#include "bundles.h"
#include "json_set.h"

struct job {
    struct set set;
    struct vd_buf full, hub;
    struct vd_bundle hub_view;
    veridac_snapshot *snapshot;
    uint64_t *sorted; /* the keys of all issuers */
    uint64_t found;
    bool goals;
};

/* Of j->set: both bundles, and the full one open. */
static void open_job(struct job *j)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = "bench" };
    j->full = set_encode(&j->set, VDB_FULL);
    j->hub = set_encode(&j->set, VDB_HUB);
    if (vd_bundle_read(vd_buf_span(&j->hub), &j->hub_view) != NULL ||
        veridac_snapshot_open((veridac_bytes){ j->full.p, j->full.n }, &o, &j->snapshot, NULL) != VERIDAC_OK)
        exit(70);
}

static void close_job(struct job *j)
{
    veridac_snapshot_free(j->snapshot);
    vd_buf_free(&j->full);
    vd_buf_free(&j->hub);
    set_free(&j->set);
}

static void look_up(void *user)
{
    struct job *j = user;
    set_look_up(&j->set, j->snapshot);
}

static void two_hashes(void *user)
{
    struct job *j = user;
    j->found += set_hash_next(&j->set) == 0;
}

/* The same two hashes, and a binary search over the keys of all issuers. */
static void binary_search(void *user)
{
    struct job *j = user;
    const uint64_t key = set_hash_next(&j->set);
    j->found += bsearch(&key, j->sorted, j->set.n, sizeof key, by_key) != NULL;
}

/* One line of as much memory as the bundle takes; each address depends on what was read before. */
static void one_line(void *user)
{
    struct job *j = user;
    const uint64_t at = mix(j->set.next++ + j->found % 2) % (j->full.n / 64) * 64;
    j->found += j->full.p[at];
}

static void say(const struct job *j, struct bench_line line)
{
    line.unit = "ns";
    line.sense = j->goals ? line.sense : BENCH_NO_GOAL;
    line.entries = (double)j->set.n;
    line.issuers = j->set.issuers;
    bench_print(&line);
}

static const size_t calls = QUERIES / 4;

static void hot_row(struct job *j, enum asked asked, const char *id, const char *what, double goal)
{
    struct bench_times t, search, line, again;
    set_ask(&j->set, asked, &j->hub_view);
    bench_pair(look_up, binary_search, j, calls, &t, &search);
    if ((j->set.revoked == 0) != (asked == OTHERS || asked == FALSELY)) /* no answer, no time */
        exit(1);
    bench_pair(one_line, one_line, j, calls, &line, &again);
    say(j, (struct bench_line){ .id = id, .what = what, .measured = bench_times_by(t, 1e9),
                                .sense = goal > 0 ? BENCH_MOST : BENCH_NO_GOAL, .goal = goal,
                                .baseline = "a sorted array of all keys, binary search",
                                .beside = search.median * 1e9, .limit = "a line of as much memory",
                                .limit_is = line.median * 1e9 });
}

#define COLD 301u
#define CACHES (96u << 20)

/* One lookup at a time, and between two of them memory that is larger than the caches. `warm` is another
 * snapshot, asked just before: then the bundle is cold and code and hash contexts are not, as for a program
 * that looks up. Without it everything is cold, which is no goal but a figure. */
static void cold_row(struct job *j, enum asked asked, const char *id, const char *what, struct job *warm)
{
    static double samples[COLD], line[COLD];
    volatile uint8_t *other = calloc(1, CACHES);
    const uint32_t n = bench_is_quick ? COLD / 3 : COLD;
    double empty = 1;

    if (other == NULL)
        exit(70);
    set_ask(&j->set, asked, &j->hub_view);
    look_up(j);
    for (uint32_t i = 0; i < n; i++) {
        double t, nothing;
        for (size_t k = 0; k < CACHES; k += 64)
            other[k]++;
        for (unsigned k = 0; warm != NULL && k < 64; k++)
            look_up(warm);
        t = bench_now();
        nothing = bench_now() - t;
        empty = nothing < empty ? nothing : empty;
        t = bench_now();
        look_up(j);
        samples[i] = bench_now() - t;
        t = bench_now();
        one_line(j);
        line[i] = bench_now() - t;
    }
    free((void *)(uintptr_t)other);
    for (uint32_t i = 0; i < n; i++) { /* without reading the clock */
        samples[i] = (samples[i] - empty) * 1e9;
        line[i] = (line[i] - empty) * 1e9;
    }
    say(j, (struct bench_line){ .id = id, .what = what, .measured = bench_sum_up(samples, n),
                                .sense = warm != NULL ? BENCH_MOST : BENCH_NO_GOAL, .goal = 1200, .limit = "a line of as much memory",
                                .limit_is = bench_sum_up(line, n).median });
}

/* Each question reads the file again, so few are asked. */
static void json_row(struct job *j)
{
    double samples[BENCH_SAMPLES], ours[BENCH_SAMPLES];
    const size_t n = bench_samples(9);
    struct json_set *json = json_set_make(&j->set);
    struct bench_times t;

    set_ask(&j->set, HALF, NULL);
    for (size_t i = 0; i < n; i++) {
        double t0 = bench_now();
        const bool listed = i % 2 == 0;
        if (json_set_revoked(json, &j->set, 0, listed ? j->set.named[0].n / 2 : UINT64_C(1) << 30) != listed)
            exit(1);
        samples[i] = (bench_now() - t0) * 1e9;
        t0 = bench_now();
        for (size_t k = 0; k < calls; k++)
            look_up(j);
        ours[i] = (bench_now() - t0) * 1e9 / (double)calls;
    }
    json_set_free(json);
    t = bench_sum_up(samples, n);
    say(j, (struct bench_line){ .id = "lookup.json", .what = "lookup, half listed, beside a JSON set",
                                .measured = bench_sum_up(ours, n),
                                .baseline = "the SDK's way: parse the JSON set, walk it",
                                .beside = t.median });
}

static void hash_row(struct job *j)
{
    struct bench_times t, again;
    set_ask(&j->set, OTHERS, NULL);
    bench_pair(two_hashes, two_hashes, j, calls, &t, &again);
    say(j, (struct bench_line){ .id = "lookup.hashes", .what = "of a lookup, its two hashes",
                                .measured = bench_times_by(t, 1e9) });
}

/* ---- two threads on one snapshot ---- */

struct asker {
    struct set set; /* the questions are shared, the place among them is not */
    const veridac_snapshot *snapshot;
    double seconds;
};

static void *ask_all(void *user)
{
    struct asker *a = user;
    struct timespec from, to;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
    for (size_t i = 0; i < 4 * calls; i++)
        set_look_up(&a->set, a->snapshot);
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
    a->seconds = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) * 1e-9;
    return NULL;
}

/* Nanoseconds of a lookup by the processor time of its thread, the slower of two where there are two. */
static double asked_by(struct job *j, unsigned threads)
{
    struct asker a[2];
    pthread_t ids[2];
    double worst = 0;
    for (unsigned i = 0; i < threads; i++) {
        a[i] = (struct asker){ j->set, j->snapshot, 0 };
        a[i].set.next = i * QUERIES / 2;
        if (pthread_create(&ids[i], NULL, ask_all, &a[i]) != 0)
            exit(70);
    }
    for (unsigned i = 0; i < threads; i++) {
        (void)pthread_join(ids[i], NULL);
        worst = a[i].seconds > worst ? a[i].seconds : worst;
    }
    return worst * 1e9 / (4.0 * (double)calls);
}

static void thread_rows(struct job *j)
{
    double one[BENCH_SAMPLES], two[BENCH_SAMPLES];
    const size_t n = bench_samples(BENCH_SAMPLES);
    struct bench_times alone;
    set_ask(&j->set, HALF, &j->hub_view);
    for (size_t i = 0; i < n; i++) {
        one[i] = asked_by(j, 1);
        two[i] = asked_by(j, 2);
    }
    alone = bench_sum_up(one, n);
    if (!j->goals)
        say(j, (struct bench_line){ .id = "lookup.threads", .what = "lookup, half listed, one thread",
                                    .measured = alone, .threads = 1 });
    say(j, (struct bench_line){ .id = "lookup.threads",
                                .what = "lookup, half listed, two threads on one snapshot, each",
                                .measured = bench_sum_up(two, n), .baseline = "one thread",
                                .beside = alone.median, .threads = 2 });
}

/* ---- no heap ---- */

static uint64_t allocations; /* by anybody, libcrypto included */

#define EXPORTED __attribute__((visibility("default"))) /* so that the libraries call these */

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

EXPORTED void *malloc(size_t n)
{
    allocations++;
    return __libc_malloc(n);
}

EXPORTED void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

EXPORTED void *realloc(void *p, size_t n)
{
    allocations++;
    return __libc_realloc(p, n);
}

static void heap_row(struct job *j)
{
    uint64_t before;
    set_ask(&j->set, HALF, NULL);
    look_up(j);
    before = allocations;
    if (before == 0) /* making the set allocates: then nothing was counted */
        exit(70);
    for (uint32_t i = 0; i < QUERIES; i++)
        look_up(j);
    bench_print(&(struct bench_line){ .id = "lookup.allocations",
                                      .what = "calls of the allocator in 65536 lookups", .unit = "calls",
                                      .measured = bench_exactly((double)(allocations - before)),
                                      .sense = BENCH_MOST, .goal = 0 });
}

/* ---- cold ---- */

static void cold_rows(struct job *j)
{
    static struct job small; /* asked the same questions of */
    set_make(&small.set, 20000, 300, false);
    open_job(&small);
    set_ask(&small.set, HALF, &small.hub_view);
    cold_row(j, OTHERS, "lookup.cold.other", "lookup, not listed, bundle cold", &small);
    cold_row(j, LISTED, "lookup.cold.listed", "lookup, listed, bundle cold", &small);
    cold_row(j, FALSELY, "lookup.cold.false", "lookup, falsely hit, bundle cold", &small);
    cold_row(j, OTHERS, "lookup.cold.all", "lookup, not listed, bundle and code cold", NULL);
    close_job(&small);
}

static void rows(struct job *j)
{
    hot_row(j, OTHERS, "lookup.other", "lookup, not listed, random order", 150);
    hot_row(j, LISTED, "lookup.listed", "lookup, listed, random order", 450);
    if (j->set.named[0].n >= VDB_SMALL)
        hot_row(j, FALSELY, "lookup.false", "lookup, falsely hit, random order", 450);
    hot_row(j, HALF, "lookup.half", "lookup, half listed, random order", 0);
    hash_row(j);
    if (j->set.n <= JSON_MOST)
        json_row(j);
    thread_rows(j);
    if (!j->goals)
        return;
    heap_row(j);
    cold_rows(j);
}

int main(int argc, char **argv)
{
    static struct job j;
    uint64_t entries;
    uint32_t issuers;

    bench_begin(&argc, argv);
    if (!set_options(argc, argv, &entries, &issuers)) {
        (void)fprintf(stderr, "usage: bench_lookup [--quick] [--entries N] [--issuers N]\n");
        return 64;
    }
    j.goals = argc == 1;
    set_make(&j.set, entries, issuers, false);
    open_job(&j);
    j.sorted = malloc(entries * sizeof *j.sorted);
    if (j.sorted == NULL)
        return 70;
    (void)memcpy(j.sorted, j.set.keys, entries * sizeof *j.sorted);
    qsort(j.sorted, entries, sizeof *j.sorted, by_key);
    rows(&j);
    free(j.sorted);
    close_job(&j);
    return 0;
}
