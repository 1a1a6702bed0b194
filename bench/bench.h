/* SPDX-License-Identifier: Apache-2.0
 *
 * bench.h - what every benchmark in C shares: time, samples, a baseline in the same run, one JSON row.
 *
 * Absolute times of a shared machine mean little; the ratio to a baseline that ran in turn with
 * the measured code means much. bench/rows.py describes a row and writes the same ones. A row below
 * its goal ends in the word SHORT, and nothing else prints that word.
 */
#ifndef BENCH_H
#define BENCH_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_SAMPLES 31 /* at most */

static char bench_line_of_command[1024];
static bool bench_is_quick;

/* First in main(): keeps the command line for the rows, and takes --quick out of it. */
static inline void bench_begin(int *argc, char **argv)
{
    size_t at = 0;
    int n = 0;
    for (int i = 0; i < *argc; i++) {
        const int wrote = snprintf(bench_line_of_command + at, sizeof bench_line_of_command - at,
                                   "%s%s", i ? " " : "", argv[i]);
        at += wrote > 0 && (size_t)wrote < sizeof bench_line_of_command - at ? (size_t)wrote : 0;
        if (i > 0 && strcmp(argv[i], "--quick") == 0)
            bench_is_quick = true;
        else
            argv[n++] = argv[i];
    }
    *argc = n;
    argv[n] = NULL;
}

/* How often a thing is measured; --quick does a third of it. */
static inline size_t bench_samples(size_t most)
{
    return bench_is_quick && most > 3 ? (most / 3 > 3 ? most / 3 : 3) : most;
}

static inline double bench_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct bench_times {
    double median, low, high; /* seconds for one call; 10th and 90th percentile */
    size_t samples;
};

static inline struct bench_times bench_sum_up(double *samples, size_t n)
{
    qsort(samples, n, sizeof *samples, bench_compare);
    return (struct bench_times){ samples[n / 2], samples[n / 10], samples[n - 1 - n / 10], n };
}

/* In another unit: microseconds are bench_times_by(t, 1e6). */
static inline struct bench_times bench_times_by(struct bench_times t, double factor)
{
    return (struct bench_times){ t.median * factor, t.low * factor, t.high * factor, t.samples };
}

/* What is done `n` times in t, for each second. */
static inline struct bench_times bench_per_second(struct bench_times t, double n)
{
    return (struct bench_times){ n / t.median, n / t.high, n / t.low, t.samples };
}

/* A figure that is the same each time: a size, a count. */
static inline struct bench_times bench_exactly(double figure)
{
    return (struct bench_times){ figure, figure, figure, 1 };
}

/* Runs measured and baseline in turn, `calls` calls a sample. */
static inline void bench_pair(void (*measured)(void *), void (*baseline)(void *), void *user,
                              size_t calls, struct bench_times *ret, struct bench_times *ret_base)
{
    double a[BENCH_SAMPLES], b[BENCH_SAMPLES];
    const size_t n = bench_samples(BENCH_SAMPLES);
    for (size_t s = 0; s < n; s++) {
        double t0 = bench_now(), t1, t2;
        for (size_t i = 0; i < calls; i++)
            measured(user);
        t1 = bench_now();
        for (size_t i = 0; i < calls; i++)
            baseline(user);
        t2 = bench_now();
        a[s] = (t1 - t0) / (double)calls;
        b[s] = (t2 - t1) / (double)calls;
    }
    *ret = bench_sum_up(a, n);
    *ret_base = bench_sum_up(b, n);
}

enum bench_goal {
    BENCH_NO_GOAL,
    BENCH_MOST,      /* measured is at most the goal */
    BENCH_LEAST,     /* at least */
    BENCH_RATIO_MOST /* measured / baseline is at most the goal */
};

struct bench_line {
    const char *id; /* for other programs; the same in every run */
    const char *what, *unit;
    struct bench_times measured;
    enum bench_goal sense;
    double goal;
    const char *baseline; /* NULL: none; in the unit of measured */
    double beside;
    const char *limit; /* NULL: none; what nobody gets beyond, measured in the same run */
    double limit_is;
    double entries, issuers, threads; /* 0: not what this row is about */
};

static inline void bench_number(const char *before, double x)
{
    if (isfinite(x))
        (void)printf("%s%.6g", before, x);
    else
        (void)printf("%snull", before);
}

static inline void bench_beside(const char *name, const char *what, double x)
{
    (void)printf(",\"%s\":", name);
    if (what == NULL) {
        (void)printf("null");
        return;
    }
    (void)printf("{\"what\":\"%s\"", what);
    bench_number(",\"measured\":", x);
    (void)printf("}");
}

static inline void bench_at(const struct bench_line *l)
{
    const struct {
        const char *name;
        double n;
    } all[] = { { "entries", l->entries }, { "issuers", l->issuers }, { "threads", l->threads } };
    const char *comma = "";
    (void)printf(",\"at\":{");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].n <= 0)
            continue;
        (void)printf("%s\"%s\":%.0f", comma, all[i].name, all[i].n);
        comma = ",";
    }
    (void)printf("}");
}

static inline void bench_print(const struct bench_line *l)
{
    static const char *const sense[] = { "", "most", "least", "most" };
    const double ratio = l->baseline != NULL ? l->measured.median / l->beside : NAN;
    const double judged = l->sense == BENCH_RATIO_MOST ? ratio : l->measured.median;
    const bool met = l->sense == BENCH_NO_GOAL ||
                     (l->sense == BENCH_LEAST ? judged >= l->goal : judged <= l->goal);
    (void)printf("{\"id\":\"%s\",\"what\":\"%s\",\"command\":\"%s\",\"goal\":", l->id, l->what,
                 bench_line_of_command);
    if (l->sense == BENCH_NO_GOAL)
        (void)printf("null");
    else
        (void)printf("{\"%s\":%.6g,\"of\":\"%s\"}", sense[l->sense], l->goal,
                     l->sense == BENCH_RATIO_MOST ? "ratio" : "measured");
    bench_number(",\"measured\":", l->measured.median);
    (void)printf(",\"unit\":\"%s\",\"samples\":%zu", l->unit, l->measured.samples);
    bench_number(",\"low\":", l->measured.low);
    bench_number(",\"high\":", l->measured.high);
    bench_beside("baseline", l->baseline, l->beside);
    bench_number(",\"ratio\":", ratio);
    bench_beside("limit", l->limit, l->limit_is);
    bench_at(l);
    (void)printf(",\"met\":%s}%s\n", met ? "true" : "false", met ? "" : " SHORT");
    (void)fflush(stdout);
}

#endif
