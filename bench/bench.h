/* SPDX-License-Identifier: Apache-2.0
 *
 * bench.h - what every benchmark shares: time, samples, a baseline in the same run, one JSON row.
 *
 * Absolute times of a shared machine mean little; the ratio to a baseline that ran in turn with
 * the measured code means much. A row has a goal, what was measured, the baseline and the ratio. A
 * row below its goal ends in the word SHORT, and nothing else prints that word.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_SAMPLES 31

static inline double bench_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct bench_times {
    double median, low, high; /* seconds for one call; 10th and 90th percentile */
};

static inline struct bench_times bench_sum_up(double *samples, size_t n)
{
    qsort(samples, n, sizeof *samples, bench_compare);
    return (struct bench_times){ samples[n / 2], samples[n / 10], samples[n - 1 - n / 10] };
}

/* Runs measured and baseline in turn, `calls` calls a sample. */
static inline void bench_pair(void (*measured)(void *), void (*baseline)(void *), void *user,
                              size_t calls, struct bench_times *ret, struct bench_times *ret_base)
{
    double a[BENCH_SAMPLES], b[BENCH_SAMPLES];
    for (size_t s = 0; s < BENCH_SAMPLES; s++) {
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
    *ret = bench_sum_up(a, BENCH_SAMPLES);
    *ret_base = bench_sum_up(b, BENCH_SAMPLES);
}

/* The row for a goal of the form "at most goal_ratio times the baseline". */
static inline void bench_row(const char *what, const char *command, double goal_ratio,
                             struct bench_times t, const char *baseline, struct bench_times base)
{
    double ratio = t.median / base.median;
    bool met = ratio <= goal_ratio;
    (void)printf("{\"what\":\"%s\",\"command\":\"%s\",\"goal_ratio\":%.2f,\"us\":%.2f,"
                 "\"us_low\":%.2f,\"us_high\":%.2f,\"samples\":%d,\"baseline\":\"%s\","
                 "\"baseline_us\":%.2f,\"ratio\":%.3f,\"met\":%s}%s\n",
                 what, command, goal_ratio, t.median * 1e6, t.low * 1e6, t.high * 1e6,
                 BENCH_SAMPLES, baseline, base.median * 1e6, ratio, met ? "true" : "false",
                 met ? "" : " SHORT");
}

/* The row for a goal of the form "at most so many"; a goal below 0 is no goal, only a figure. */
static inline void bench_limit(const char *what, const char *command, double goal, double measured,
                               const char *unit)
{
    bool met = goal < 0 || measured <= goal;
    (void)printf("{\"what\":\"%s\",\"command\":\"%s\",\"goal\":", what, command);
    if (goal < 0)
        (void)printf("null");
    else
        (void)printf("%.2f", goal);
    (void)printf(",\"measured\":%.2f,\"unit\":\"%s\",\"met\":%s}%s\n", measured, unit,
                 met ? "true" : "false", met ? "" : " SHORT");
}

#endif
