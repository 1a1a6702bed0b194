/* SPDX-License-Identifier: Apache-2.0
 *
 * alloc.h - each allocation fails in turn: the k-th of every call, until none is left to fail. The status
 * says so, nothing is handed out, nothing leaks (a sanitizer watches), what was there before is as it was,
 * and an answer that is given is the answer.
 *
 * Own allocations are caught by the linker (--wrap), those of libcrypto through its own hook. What
 * failed may be something that the answer did not need: then the answer has to be the usual one.
 */
#ifndef ALLOC_H
#define ALLOC_H

#include <openssl/crypto.h>
#include <openssl/err.h>

#include <veridac/veridac.h>

#include "unit.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static struct {
    bool on, own, others; /* which kind failed */
    size_t at, seen;
} fault;

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

struct call {
    const char *name;
    veridac_status (*run)(veridac_buffer *ret);
};

static veridac_status run_failing(const struct call *c, size_t at, veridac_buffer *ret)
{
    veridac_status st;
    fault.at = at;
    fault.seen = 0;
    fault.own = fault.others = false;
    fault.on = true;
    st = c->run(ret);
    fault.on = false;
    return st;
}

/* How many allocations there were to fail. A lookup has none, as long as its hash is in the pool. */
static size_t sweep(const struct call *c)
{
    veridac_buffer want = { NULL, 0 };
    size_t k = 0;

    for (int i = 0; i < 2; i++) { /* what libcrypto sets up at its first use is not the subject */
        veridac_buffer_free(&want);
        ROW_EQ(c->name, c->run(&want), VERIDAC_OK);
    }
    for (;; k++) {
        veridac_buffer got = { NULL, 0 };
        veridac_status st = run_failing(c, k, &got);
        if (!fault.own && !fault.others)
            k = SIZE_MAX - 1; /* the end */
        if (st != VERIDAC_OK && (st != VERIDAC_NO_MEMORY || got.data != NULL))
            fail_msg("%s: allocation %zu (%s): status %d", c->name, fault.at,
                     fault.own ? "own" : "libcrypto", (int)st);
        if (st == VERIDAC_OK &&
            (got.size != want.size || (got.size > 0 && memcmp(got.data, want.data, got.size) != 0)))
            fail_msg("%s: allocation %zu: another answer:\n%s\ninstead of\n%s", c->name, fault.at,
                     (const char *)got.data, (const char *)want.data);
        if (getenv("VERIDAC_ALLOC_TRACE") != NULL)
            print_message("%s %zu own %d st %d\n", c->name, fault.at, fault.own, (int)st);
        if (ERR_peek_error() != 0)
            fail_msg("%s: allocation %zu: libcrypto's list has an entry", c->name, fault.at);
        veridac_buffer_free(&got);
        if (k == SIZE_MAX - 1)
            break;
    }
    veridac_buffer_free(&want);
    return fault.at;
}

static int alloc_main(const struct CMUnitTest *tests, size_t n, int (*set_up)(void **),
                      int (*tear_down)(void **))
{
    if (CRYPTO_set_mem_functions(crypto_malloc, crypto_realloc, crypto_free) != 1)
        return 70;
    return _cmocka_run_group_tests("alloc", tests, n, set_up, tear_down);
}

#endif
