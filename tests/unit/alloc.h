/* SPDX-License-Identifier: Apache-2.0
 *
 * alloc.h - each allocation fails in turn: the k-th of every call, until none is left to fail. The status
 * says so, nothing is handed out, nothing leaks (a sanitizer watches), what was there before is as it was,
 * and an answer that is given is the answer.
 *
 * Own allocations are caught by the linker (--wrap), those of libcrypto through its own hook. With
 * ALLOC_WRAPS it is the calls into libcrypto themselves that fail, and those that open and map a file
 * (crypto_wraps.h): one at a time, and all from the k-th on. What
 * failed may be something that the answer did not need: then the answer has to be the usual one.
 */
#ifndef ALLOC_H
#define ALLOC_H

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <veridac/veridac.h>

#include "unit.h"

static struct {
    bool on, own, others; /* which kind failed */
    bool rest;            /* all from that one on */
    size_t at, seen;
    const char *name; /* of the first call that failed, when it was not an allocation */
} fault;

#ifdef ALLOC_WRAPS

#include "crypto_wraps.h"

/* Every call of libcrypto's, and of the system's for files. */
static bool fails(const char *name)
{
    bool now;

    if (!fault.on)
        return false;
    now = fault.rest ? fault.seen >= fault.at : fault.seen == fault.at;
    fault.seen++;
    if (!now)
        return false;
    if (!fault.others)
        fault.name = name;
    fault.others = true;
    return true;
}

#else

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static bool fails(bool own)
{
    if (!fault.on || fault.seen++ != fault.at)
        return false;
    *(own ? &fault.own : &fault.others) = true;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return fails(true) ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails(true) ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return fails(true) ? NULL : __real_realloc(p, n);
}

static void *crypto_malloc(size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return n == 0 || fails(false) ? NULL : __real_malloc(n);
}

static void *crypto_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return fails(false) ? NULL : __real_realloc(p, n);
}

static void crypto_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    free(p);
}

#endif

struct call {
    const char *name;
    veridac_status (*run)(veridac_buffer *ret);
};

/* Does the status say what failed? */
static bool is_said(veridac_status st)
{
    static const char *const files[] = { "open", "fstat", "mmap", "read" };

    for (size_t i = 0; fault.name != NULL && i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(fault.name, files[i]) == 0)
            return st == VERIDAC_IO;
    }
    return st == VERIDAC_NO_MEMORY;
}

static veridac_status run_failing(const struct call *c, size_t at, veridac_buffer *ret)
{
    veridac_status st;
    fault.at = at;
    fault.seen = 0;
    fault.own = fault.others = false;
    fault.name = NULL;
    fault.on = true;
    st = c->run(ret);
    fault.on = false;
    return st;
}

static void check_unharmed(const struct call *c, const veridac_buffer *want)
{
    veridac_buffer got = { NULL, 0 };

    ROW_EQ(c->name, c->run(&got), VERIDAC_OK);
    if (got.size != want->size || (got.size > 0 && memcmp(got.data, want->data, got.size) != 0))
        fail_msg("%s: after fault %zu (%s) another answer:\n%s\ninstead of\n%s", c->name, fault.at,
                 fault.name == NULL ? "allocation" : fault.name, (const char *)got.data,
                 (const char *)want->data);
    veridac_buffer_free(&got);
}

/* One at a time, or all from the k-th on. */
static size_t sweep_so(const struct call *c, bool rest)
{
    veridac_buffer want = { NULL, 0 };
    size_t k = 0;

    for (int i = 0; i < 2; i++) { /* what libcrypto sets up at its first use is not the subject */
        veridac_buffer_free(&want);
        ROW_EQ(c->name, c->run(&want), VERIDAC_OK);
    }
    fault.rest = rest;
    for (;; k++) {
        veridac_buffer got = { NULL, 0 };
        veridac_status st = run_failing(c, k, &got);
        if (!fault.own && !fault.others)
            k = SIZE_MAX - 1; /* the end */
        if (st != VERIDAC_OK && (!is_said(st) || got.data != NULL))
            fail_msg("%s: %s %zu (%s): status %d", c->name, rest ? "all from" : "fault", fault.at,
                     fault.own ? "own" : fault.name != NULL ? fault.name : "libcrypto", (int)st);
        if (st == VERIDAC_OK &&
            (got.size != want.size || (got.size > 0 && memcmp(got.data, want.data, got.size) != 0)))
            fail_msg("%s: %s %zu (%s): another answer:\n%s\ninstead of\n%s", c->name,
                     rest ? "all from" : "fault", fault.at, fault.name == NULL ? "" : fault.name,
                     (const char *)got.data, (const char *)want.data);
        if (getenv("VERIDAC_ALLOC_TRACE") != NULL)
            print_message("%s %zu own %d st %d\n", c->name, fault.at, fault.own, (int)st);
        if (ERR_peek_error() != 0)
            fail_msg("%s: fault %zu (%s): libcrypto's list has an entry", c->name, fault.at,
                     fault.name == NULL ? "" : fault.name);
        veridac_buffer_free(&got);
        if (k % 8 == 0)
            check_unharmed(c, &want);
        if (k == SIZE_MAX - 1)
            break;
    }
    veridac_buffer_free(&want);
    fault.rest = false;
    return fault.at;
}

/* How many allocations there were to fail. A lookup has none, as long as its hash is in the pool. */
static size_t sweep(const struct call *c)
{
#ifdef ALLOC_WRAPS
    (void)sweep_so(c, true);
#endif
    return sweep_so(c, false);
}

static int alloc_main(const struct CMUnitTest *tests, size_t n, int (*set_up)(void **),
                      int (*tear_down)(void **))
{
#ifndef ALLOC_WRAPS
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1)
        return 70;
#endif
    return _cmocka_run_group_tests("alloc", tests, n, set_up, tear_down);
}

#endif
