/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_compare.c - one mutated envelope: made, signed again, judged twice.
 *
 * When both sides accept, they have to hand out the same content.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert_compare.h"
#include "cms_ops.h"
#include "die.h"
#include "judges.h"

#define ATTEMPTS 200

struct state {
    struct keys *keys;
    struct good_cmss good;
    struct arena arena;
    struct judge *judge;
    struct cms_view veridac, openssl;
};

static const char *name(size_t op)
{
    return cms_operators[op].name;
}

static const char *what(size_t op)
{
    return cms_operators[op].what;
}

static void judge(struct state *s, struct bytes der, struct mutant *m)
{
    const struct cms_in in = { .cd = { der.p, der.n },
                               .signer = { { s->good.signer[0].p, s->good.signer[0].n },
                                           { s->good.signer[1].p, s->good.signer[1].n } } };
    struct cms_view *ours = &s->veridac, *theirs = &s->openssl;

    judge_cms(s->judge, &in, ours);
    openssl_cms(&in, theirs);
    m->veridac = ours->why;
    m->openssl = theirs->why;
    m->veridac_ok = ours->why.n == 0;
    m->openssl_ok = theirs->why.n == 0;
    if (m->veridac_ok && m->openssl_ok &&
        (ours->n != theirs->n || memcmp(ours->content, theirs->content, ours->n) != 0))
        view_no(&m->openssl, "content-differs");
}

static void check_good(struct state *s)
{
    for (size_t i = 0; i < s->good.n; i++) {
        static struct mutant m;
        judge(s, s->good.v[i].der, &m);
        if (m.veridac.n != 0 || m.openssl.n != 0)
            die(DIE_INTERNAL, "the good envelope \"%s\" is refused: %s", s->good.v[i].name,
                m.veridac.n != 0 ? m.veridac.why[0] : m.openssl.why[0]);
    }
}

static void *start(const char *seed)
{
    struct state *s = calloc(1, sizeof *s);

    if (s == NULL)
        die(DIE_INTERNAL, "out of memory");
    s->keys = keys_new(seed);
    s->good = cms_family_good(s->keys);
    s->arena = arena_make(1u << 24);
    s->judge = judge_new();
    check_good(s);
    return s;
}

static void stop(void *state)
{
    struct state *s = state;
    cms_family_good_free(&s->good);
    keys_free(s->keys);
    arena_free(&s->arena);
    judge_free(s->judge);
    free(s);
}

static bool bend(struct state *s, struct mutant *m, struct cms_family *f)
{
    const struct cms_operator *op = &cms_operators[m->op];

    arena_reset(&s->arena);
    *f = (struct cms_family){
        .rng = &m->rng, .a = &s->arena, .keys = s->keys, .all = &s->good
    };
    cms_family_open(f, &s->good.v[rng_below(&m->rng, s->good.n)]);
    if (!cms_bend_before(f, op))
        return false;
    cms_family_sign(f);
    if (!cms_bend_after(f, op))
        return false;
    cms_family_write(f);
    return true;
}

static void make(void *state, struct mutant *m)
{
    struct state *s = state;
    struct cms_family f;
    size_t attempt = 0;

    while (!bend(s, m, &f)) {
        if (++attempt == ATTEMPTS)
            die(DIE_INTERNAL, "operator %s finds nothing to do", name(m->op));
    }
    (void)snprintf(m->where, sizeof m->where, "of \"%s\"", f.good->name);
    judge(s, f.der, m);
    m->alone = &m->veridac;
    m->file[0] = (struct mutant_file){ "cd.der", f.der.p, f.der.n };
    for (size_t i = 0; i < CMS_SIGNERS; i++)
        m->file[1 + i] = (struct mutant_file){ i == 0 ? "signer.der" : "signer2.der",
                                               s->good.signer[i].p, s->good.signer[i].n };
}

struct comparison cms_comparison(void)
{
    return (struct comparison){ .name = "cms",
                                .n_ops = cms_n_operators,
                                .op_name = name,
                                .op_what = what,
                                .start = start,
                                .make = make,
                                .stop = stop };
}
