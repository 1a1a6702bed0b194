/* SPDX-License-Identifier: Apache-2.0
 *
 * compare.c - many mutants, two views of each, one table.
 *
 * Case i is made by operator i mod n from (seed, i) alone, so it can be made again by itself.
 */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "compare.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "die.h"
#include "export.h"
#include "files.h"

#define MAX_OPS 96
#define MAX_ROWS 256
#define MAX_SHOWN 60
#define FULL_SHARE 100 /* one in so many has to be accepted, and refused */

struct counts {
    uint64_t total, openssl_accepts, veridac_accepts, agree, explained;
};

/* Of one process; the parent adds them up. */
struct tally {
    struct counts op[MAX_OPS];
    uint64_t met[MAX_ROWS];
    uint64_t unknown, dangerous; /* dangerous: veridac accepts, not explained */
    bool finished;
};

uint64_t compare_seed(const char *text)
{
    uint64_t seed = 0;

    for (const char *p = text; *p != 0; p++)
        seed = seed * 131 + (unsigned char)*p;
    return seed;
}

/* ---- one process ---- */

/* Disagreements of the same kind are shown once. */
struct shown {
    char text[MAX_SHOWN][256];
    size_t n;
};

static void join(const struct view *v, char *ret, size_t size)
{
    size_t at = 0;

    ret[0] = 0;
    for (size_t i = 0; i < v->n && at < size; i++)
        at += (size_t)snprintf(ret + at, size - at, "%s%s", i == 0 ? "" : " ", v->why[i]);
}

static void show(struct shown *shown, const struct comparison *c, const struct mutant *m,
                 uint64_t number)
{
    bool accepts = m->veridac.n == 0;
    char why[1024];

    join(accepts ? &m->openssl : &m->veridac, why, sizeof why);
    why[sizeof shown->text[0] - 2] = 0;
    for (size_t i = 0; i < shown->n; i++) {
        if (shown->text[i][0] == (accepts ? 'a' : 'r') && strcmp(shown->text[i] + 1, why) == 0)
            return;
    }
    if (shown->n == MAX_SHOWN)
        return;
    (void)snprintf(shown->text[shown->n++], sizeof shown->text[0], "%c%.254s", accepts ? 'a' : 'r',
                   why);
    printf("UNEXPLAINED case %" PRIu64 ", %s, %s: %s refuses, %s accepts: %s\n", number,
           c->op_name(m->op), m->where, accepts ? "openssl" : "veridac",
           accepts ? "veridac" : "openssl", why);
    (void)fflush(stdout);
}

static void count(struct tally *t, const struct comparison *c, const struct explained *e,
                  const struct mutant *m, uint64_t number, struct shown *shown)
{
    bool ours = m->veridac.n == 0, theirs = m->openssl.n == 0;
    struct counts *n = &t->op[m->op];

    n->total++;
    n->veridac_accepts += m->veridac_ok;
    n->openssl_accepts += m->openssl_ok;
    n->agree += ours == theirs;
    if (ours == theirs)
        return;
    if (explained_all(e, ours ? SIDE_OPENSSL : SIDE_VERIDAC, ours ? &m->openssl : &m->veridac,
                      t->met)) {
        n->explained++;
        return;
    }
    t->unknown++;
    t->dangerous += ours;
    show(shown, c, m, number);
}

/* As if nobody checked this. */
static void take_away(struct view *v, const char *pattern)
{
    size_t kept = 0;

    for (size_t i = 0; i < v->n; i++) {
        if (fnmatch(pattern, v->why[i], 0) != 0)
            memmove(v->why[kept++], v->why[i], sizeof v->why[0]);
    }
    v->n = kept;
}

static void work(const struct comparison *c, const struct run *run, const struct explained *e,
                 unsigned job, struct tally *t)
{
    void *state = c->start(run->seed);
    static struct shown shown;
    static struct mutant m;
    const uint64_t seed = compare_seed(run->seed);

    for (uint64_t i = 0; i < run->cases; i++) {
        if (i / c->n_ops % run->jobs != job)
            continue;
        m = (struct mutant){ .rng = rng_make(seed, i), .op = (size_t)(i % c->n_ops) };
        c->make(state, &m);
        if (run->blind != NULL) {
            take_away(&m.veridac, run->blind);
            take_away(&m.openssl, run->blind);
        }
        count(t, c, e, &m, i, &shown);
    }
    c->stop(state);
    t->finished = true;
}

/* ---- one case in detail ---- */

static void keep(const struct mutant *m, const char *folder)
{
    (void)files_make_folder(folder);
    for (size_t i = 0; i < MUTANT_FILES && m->file[i].name != NULL; i++) {
        struct buf der = { .p = NULL };
        buf_add(&der, m->file[i].p, m->file[i].n);
        files_write(folder, m->file[i].name, &der);
        buf_free(&der);
    }
}

static int show_one(const struct comparison *c, const struct run *run)
{
    static struct mutant m;
    void *state = c->start(run->seed);
    char why[4096];

    m = (struct mutant){ .rng = rng_make(compare_seed(run->seed), run->cases),
                         .op = (size_t)(run->cases % c->n_ops) };
    c->make(state, &m);
    if (run->folder != NULL)
        keep(&m, run->folder);
    printf("case %" PRIu64 ", %s, %s\n", run->cases, c->op_name(m.op), m.where);
    join(&m.veridac, why, sizeof why);
    printf("veridac: %s\n", m.veridac.n == 0 ? "accepts" : why);
    join(&m.openssl, why, sizeof why);
    printf("openssl: %s\n", m.openssl.n == 0 ? "accepts" : why);
    c->stop(state);
    return 0;
}

/* ---- the table ---- */

static void add(struct tally *to, const struct tally *from)
{
    for (size_t i = 0; i < MAX_OPS; i++) {
        to->op[i].total += from->op[i].total;
        to->op[i].openssl_accepts += from->op[i].openssl_accepts;
        to->op[i].veridac_accepts += from->op[i].veridac_accepts;
        to->op[i].agree += from->op[i].agree;
        to->op[i].explained += from->op[i].explained;
    }
    for (size_t i = 0; i < MAX_ROWS; i++)
        to->met[i] += from->met[i];
    to->unknown += from->unknown;
    to->dangerous += from->dangerous;
}

static void print_row(const char *name, const struct counts *n, const char *what)
{
    printf("%-20s %8" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 " %9" PRIu64
           " %8" PRIu64 "  %s\n",
           name, n->total, n->openssl_accepts, n->total - n->openssl_accepts, n->veridac_accepts,
           n->agree, n->explained, n->total - n->agree - n->explained, what);
}

static bool print_table(const struct comparison *c, const struct run *run, const struct tally *t)
{
    struct counts sum = { .total = 0 };
    bool ok = true;

    printf("%-20s %8s %9s %9s %9s %9s %9s %8s\n", "operator", "cases", "openssl", "openssl",
           "veridac", "agree", "explained", "unknown");
    printf("%-20s %8s %9s %9s %9s\n", "", "", "accepts", "refuses", "accepts");
    for (size_t i = 0; i < c->n_ops; i++) {
        const struct counts *n = &t->op[i];
        uint64_t refuses = n->total - n->openssl_accepts;
        bool thin = run->full &&
                    (n->openssl_accepts * FULL_SHARE < n->total || refuses * FULL_SHARE < n->total);
        print_row(c->op_name(i), n, thin ? "LESS THAN 1 % ON ONE SIDE" : c->op_what(i));
        ok = ok && !thin;
        sum.total += n->total;
        sum.openssl_accepts += n->openssl_accepts;
        sum.veridac_accepts += n->veridac_accepts;
        sum.agree += n->agree;
        sum.explained += n->explained;
    }
    print_row("all", &sum, "");
    return ok;
}

static bool print_explained(const struct explained *e, const char *name, const struct tally *t,
                            bool full)
{
    bool ok = true;

    printf("\nexplained disagreements (%s)\n", name);
    for (size_t i = 0; i < e->n; i++) {
        bool unused = full && t->met[i] == 0;
        printf("%8" PRIu64 "  %s refuses: %s%s\n", t->met[i],
               e->v[i].side == SIDE_VERIDAC ? "veridac" : "openssl", e->v[i].reason,
               unused ? "  NEVER MET: TAKE IT OFF THE LIST" : "");
        ok = ok && !unused;
    }
    return ok;
}

int compare(const struct comparison *c, const struct run *run)
{
    struct explained e;
    struct tally *tallies, sum = { .unknown = 0 };
    bool ok = true;

    if (run->one)
        return show_one(c, run);
    if (run->export)
        return export_all(c, run);
    explained_read(run->explained, c->name, &e);
    if (c->n_ops > MAX_OPS || e.n > MAX_ROWS)
        die(DIE_INTERNAL, "more operators or explanations than there is room for");
    tallies = mmap(NULL, run->jobs * sizeof *tallies, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tallies == MAP_FAILED)
        die(DIE_INTERNAL, "mmap failed");
    printf("%s: seed \"%s\", %" PRIu64 " cases, %zu operators, %u processes\n", c->name, run->seed,
           run->cases, c->n_ops, run->jobs);
    (void)fflush(stdout);
    for (unsigned i = 0; i < run->jobs && run->jobs > 1; i++) {
        pid_t pid = fork();
        if (pid < 0)
            die(DIE_INTERNAL, "fork failed");
        if (pid == 0) {
            work(c, run, &e, i, &tallies[i]);
            (void)fflush(stdout);
            explained_free(&e);
            exit(0);
        }
    }
    if (run->jobs == 1)
        work(c, run, &e, 0, &tallies[0]);
    while (run->jobs > 1 && wait(NULL) > 0)
        continue;
    for (unsigned i = 0; i < run->jobs; i++) {
        add(&sum, &tallies[i]);
        ok = ok && tallies[i].finished;
    }
    if (!ok)
        printf("A PROCESS ENDED EARLY\n");
    ok = print_table(c, run, &sum) && ok;
    ok = print_explained(&e, c->name, &sum, run->full) && ok;
    printf("\n%s: unexplained disagreements: %" PRIu64 ", of them veridac alone accepts: %" PRIu64
           "\n",
           c->name, sum.unknown, sum.dangerous);
    explained_free(&e);
    (void)munmap(tallies, run->jobs * sizeof *tallies);
    return ok && sum.unknown == 0 ? 0 : 1;
}
