/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.h - many mutants, two views of each, one table.
 *
 * Owns:           counting, processes, what is printed, what makes a run fail.
 * Must not know:  what is mutated.
 */
#ifndef DIFF_COMPARE_H
#define DIFF_COMPARE_H

#include "explained.h"
#include "rng.h"

/* One file of a mutant; the octets stay until the next one is made. */
struct mutant_file {
    const char *name;
    const uint8_t *p;
    size_t n;
};
#define MUTANT_FILES 4

/* One mutant. */
struct mutant {
    struct rng rng;
    size_t op;
    struct mutant_file file[MUTANT_FILES]; /* what was judged; those without a name are not there */
    struct view veridac, openssl;
    bool veridac_ok, openssl_ok; /* for the table */
    const struct view *alone;    /* veridac's, for a judge outside of this program (export.h) */
    const char *serials;         /* that a CRL revokes, as veridac reads it; or NULL */
    char where[96];              /* what was bent, for people */
};

/* What is mutated. `start` runs once in each process. */
struct comparison {
    const char *name;
    size_t n_ops;
    const char *(*op_name)(size_t op);
    const char *(*op_what)(size_t op);
    void *(*start)(const char *seed);
    void (*make)(void *state, struct mutant *m);
    void (*stop)(void *state);
};

struct run {
    const char *seed, *explained, *folder;
    const char *blind; /* reasons like this count on neither side: a canary, or NULL */
    uint64_t cases;
    unsigned jobs;
    bool one;  /* only case number `cases`, in detail */
    bool export; /* no judgement: each case to stdout */
    bool full; /* shares of each operator and unused explanations count as well */
};

/* What the cases of a seed begin with. */
uint64_t compare_seed(const char *text);
/* 0 when all is well, else 1. */
int compare(const struct comparison *c, const struct run *run);

#endif
