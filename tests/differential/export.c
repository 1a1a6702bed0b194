/* SPDX-License-Identifier: Apache-2.0
 *
 * export.c - the cases of a run, for a judge that is another program.
 */
#include "export.h"

#include <inttypes.h>
#include <stdio.h>

static void put_text(const char *text)
{
    (void)putchar('"');
    for (const char *p = text; *p != 0; p++) {
        if (*p == '"' || *p == '\\')
            (void)putchar('\\');
        (void)putchar((unsigned char)*p < 0x20 ? ' ' : *p);
    }
    (void)putchar('"');
}

static void put_hex(const uint8_t *p, size_t n)
{
    static const char digits[] = "0123456789ABCDEF";

    (void)putchar('"');
    for (size_t i = 0; i < n; i++) {
        (void)putchar(digits[p[i] >> 4]);
        (void)putchar(digits[p[i] & 15]);
    }
    (void)putchar('"');
}

static void put_case(const struct comparison *c, const struct mutant *m, uint64_t number)
{
    printf("{\"case\":%" PRIu64 ",\"op\":", number);
    put_text(c->op_name(m->op));
    printf(",\"where\":");
    put_text(m->where);
    printf(",\"veridac\":[");
    for (size_t i = 0; i < m->alone->n; i++) {
        printf(i == 0 ? "" : ",");
        put_text(m->alone->why[i]);
    }
    printf("],\"serials\":");
    if (m->serials == NULL)
        printf("null");
    else
        put_text(m->serials);
    printf(",\"files\":{");
    for (size_t i = 0; i < MUTANT_FILES && m->file[i].name != NULL; i++) {
        printf(i == 0 ? "" : ",");
        put_text(m->file[i].name);
        (void)putchar(':');
        put_hex(m->file[i].p, m->file[i].n);
    }
    printf("}}\n");
}

int export_all(const struct comparison *c, const struct run *run)
{
    void *state = c->start(run->seed);
    static struct mutant m;

    for (uint64_t i = 0; i < run->cases; i++) {
        m = (struct mutant){ .rng = rng_make(compare_seed(run->seed), i),
                             .op = (size_t)(i % c->n_ops) };
        c->make(state, &m);
        put_case(c, &m, i);
    }
    c->stop(state);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
