/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_compare.c - one mutated chain: made, signed again, judged twice.
 */
#include "cert_compare.h"

#include <stdio.h>
#include <stdlib.h>

#include "cert_ops.h"
#include "die.h"
#include "judges.h"

#define ATTEMPTS 200 /* an operator that finds nothing to do so often is broken */

struct state {
    struct keys *keys;
    struct good_chains good;
    struct arena arena;
    struct judge *judge;
};

static const char *name(size_t op)
{
    return cert_operators[op].name;
}

static const char *what(size_t op)
{
    return cert_operators[op].what;
}

static void judge(struct state *s, const struct bytes der[ROLES], struct mutant *m)
{
    struct chain_in in = { { der[PAA].p, der[PAA].n },
                           { der[PAI].p, der[PAI].n },
                           { der[DAC].p, der[DAC].n } };
    judge_chain(s->judge, &in, &m->veridac);
    openssl_chain(&in, &m->openssl);
    m->veridac_ok = m->veridac.n == 0;
    m->openssl_ok = m->openssl.n == 0;
}

/* The comparison means nothing unless both sides take the good chains. */
static void check_good(struct state *s)
{
    for (size_t i = 0; i < s->good.n; i++) {
        static struct mutant m;
        judge(s, s->good.v[i].der, &m);
        if (m.veridac.n != 0 || m.openssl.n != 0)
            die(DIE_INTERNAL, "the good chain \"%s\" is refused: %s", s->good.v[i].name,
                m.veridac.n != 0 ? m.veridac.why[0] : m.openssl.why[0]);
    }
}

static void *start(const char *seed)
{
    struct state *s = calloc(1, sizeof *s);

    if (s == NULL)
        die(DIE_INTERNAL, "out of memory");
    s->keys = keys_new(seed);
    s->good = family_good(s->keys);
    s->arena = arena_make(1u << 24);
    s->judge = judge_new();
    check_good(s);
    return s;
}

static void stop(void *state)
{
    struct state *s = state;
    family_good_free(&s->good);
    keys_free(s->keys);
    arena_free(&s->arena);
    judge_free(s->judge);
    free(s);
}

static bool bend(struct state *s, struct mutant *m, struct family *f)
{
    const struct cert_operator *op = &cert_operators[m->op];

    arena_reset(&s->arena);
    *f = (struct family){ .rng = &m->rng,
                          .a = &s->arena,
                          .keys = s->keys,
                          .target = (enum role)rng_below(&m->rng, ROLES),
                          .follow = !rng_one_in(&m->rng, 4) };
    family_open(f, &s->good.v[rng_below(&m->rng, s->good.n)]);
    if (!cert_bend_before(f, op))
        return false;
    family_sign(f);
    if (!cert_bend_after(f, op))
        return false;
    family_write(f);
    return true;
}

static void make(void *state, struct mutant *m)
{
    static const char *const files[ROLES] = { "paa.der", "pai.der", "dac.der" };
    struct state *s = state;
    struct family f;
    size_t attempt = 0;

    while (!bend(s, m, &f)) {
        if (++attempt == ATTEMPTS)
            die(DIE_INTERNAL, "operator %s finds nothing to do", name(m->op));
    }
    (void)snprintf(m->where, sizeof m->where, "%s of \"%s\"%s", role_names[f.target], f.good->name,
                   f.follow ? "" : ", others unchanged");
    judge(s, f.der, m);
    m->alone = &m->veridac;
    for (int role = 0; role < ROLES; role++)
        m->file[role] = (struct mutant_file){ files[role], f.der[role].p, f.der[role].n };
}

struct comparison cert_comparison(void)
{
    return (struct comparison){ .name = "certificates",
                                .n_ops = cert_n_operators,
                                .op_name = name,
                                .op_what = what,
                                .start = start,
                                .make = make,
                                .stop = stop };
}
