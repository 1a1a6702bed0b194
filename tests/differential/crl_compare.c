/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_compare.c - one mutated CRL: made, signed again, judged twice.
 *
 * A CRL has two thresholds, so there are three questions. Authentic: if only one side says yes, the
 * reasons against it are shown as "authentic:REASON" (or "not-der:REASON" when the side that says
 * yes adds that it is not DER), unless the other side even calls it complete.
 * Complete: as with certificates. And whenever both read an authentic CRL, the serials that they
 * find for the CA have to be the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert_compare.h"
#include "crl_ops.h"
#include "die.h"
#include "judges.h"

#define ATTEMPTS 200

struct state {
    struct keys *keys;
    struct good_crls good;
    struct arena arena;
    struct judge *judge;
    struct crl_view veridac, openssl;
};

static const char *name(size_t op)
{
    return crl_operators[op].name;
}

static const char *what(size_t op)
{
    return crl_operators[op].what;
}

/* Does it say that the octets are not DER? */
static bool is_not_der(const struct view *v)
{
    static const char *const reasons[] = { "profile:crl:der", "profile:crl:extension-flag",
                                           "profile:crl:entry-extension-flag" };
    for (size_t i = 0; i < v->n; i++) {
        for (size_t k = 0; k < sizeof reasons / sizeof reasons[0]; k++) {
            if (strcmp(v->why[i], reasons[k]) == 0)
                return true;
        }
    }
    return false;
}

/* `yes` takes it for authentic, `no` does not. */
static void one_sided(const struct crl_view *yes, const struct crl_view *no, struct view *ret_yes,
                      struct view *ret_no)
{
    const char *how = yes->why.n == 0 ? "" : is_not_der(&yes->why) ? "not-der:" : "authentic:";
    *ret_yes = *ret_no = (struct view){ .n = 0 };
    for (size_t i = 0; i < no->not_authentic.n; i++)
        view_no(ret_no, "%s%s", how, no->not_authentic.why[i]);
}

static void judge(struct state *s, const struct good_crl *good, struct bytes der, struct mutant *m)
{
    const struct crl_in in = { .crl = { der.p, der.n },
                               .paa = { s->good.paa.p, s->good.paa.n },
                               .ca = { good->ca.p, good->ca.n },
                               .signer = { good->signer.p, good->signer.n },
                               .is_paa = good->is_paa,
                               .delegated = good->delegated,
                               .key_id = good->key_id,
                               .url = CRL_URL,
                               .vid = 0xFFF1,
                               .at = CRL_AT };
    struct crl_view *ours = &s->veridac, *theirs = &s->openssl;

    judge_crl(s->judge, &in, ours);
    openssl_crl(&in, theirs);
    m->veridac = ours->why;
    m->openssl = theirs->why;
    m->veridac_ok = ours->why.n == 0;
    m->openssl_ok = theirs->why.n == 0;
    if (ours->authentic && !theirs->authentic) {
        one_sided(ours, theirs, &m->veridac, &m->openssl);
    } else if (!ours->authentic && theirs->authentic) {
        one_sided(theirs, ours, &m->openssl, &m->veridac);
    } else if (ours->authentic && strcmp(ours->serials, theirs->serials) != 0) {
        m->veridac = m->openssl = (struct view){ .n = 0 };
        view_no(&m->openssl, "%sserials-differ",
                ours->why.n > 0 && is_not_der(&theirs->why) ? "not-der:" : "");
    }
}

static void check_good(struct state *s)
{
    for (size_t i = 0; i < s->good.n; i++) {
        static struct mutant m;
        judge(s, &s->good.v[i], s->good.v[i].crl, &m);
        if (m.veridac.n != 0 || m.openssl.n != 0)
            die(DIE_INTERNAL, "the good CRL \"%s\" is refused: %s", s->good.v[i].name,
                m.veridac.n != 0 ? m.veridac.why[0] : m.openssl.why[0]);
    }
}

static void *start(const char *seed)
{
    struct state *s = calloc(1, sizeof *s);

    if (s == NULL)
        die(DIE_INTERNAL, "out of memory");
    s->keys = keys_new(seed);
    s->good = crl_family_good(s->keys);
    s->arena = arena_make(1u << 24);
    s->judge = judge_new();
    check_good(s);
    return s;
}

static void stop(void *state)
{
    struct state *s = state;
    crl_family_good_free(&s->good);
    keys_free(s->keys);
    arena_free(&s->arena);
    judge_free(s->judge);
    free(s);
}

static bool bend(struct state *s, struct mutant *m, struct crl_family *f)
{
    const struct crl_operator *op = &crl_operators[m->op];

    arena_reset(&s->arena);
    *f = (struct crl_family){ .rng = &m->rng, .a = &s->arena, .keys = s->keys };
    crl_family_open(f, &s->good.v[rng_below(&m->rng, s->good.n)]);
    if (!crl_bend_before(f, op))
        return false;
    crl_family_sign(f);
    if (!crl_bend_after(f, op))
        return false;
    crl_family_write(f);
    return true;
}

static void make(void *state, struct mutant *m)
{
    struct state *s = state;
    struct crl_family f;
    size_t attempt = 0;

    while (!bend(s, m, &f)) {
        if (++attempt == ATTEMPTS)
            die(DIE_INTERNAL, "operator %s finds nothing to do", name(m->op));
    }
    (void)snprintf(m->where, sizeof m->where, "of \"%s\"", f.good->name);
    judge(s, f.good, f.der, m);
    m->alone = &s->veridac.not_authentic;
    m->serials = s->veridac.read ? s->veridac.serials : NULL;
    m->file[0] = (struct mutant_file){ "list.crl", f.der.p, f.der.n };
    m->file[1] = (struct mutant_file){ "signer.der", f.good->signer.p, f.good->signer.n };
    m->file[2] = (struct mutant_file){ "ca.der", f.good->ca.p, f.good->ca.n };
}

struct comparison crl_comparison(void)
{
    return (struct comparison){ .name = "crls",
                                .n_ops = crl_n_operators,
                                .op_name = name,
                                .op_what = what,
                                .start = start,
                                .make = make,
                                .stop = stop };
}
