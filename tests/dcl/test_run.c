/* SPDX-License-Identifier: Apache-2.0
 *
 * test_run.c - records of runs: with ten times the CRLs of one answer's ceiling, whole or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "run.h"

#define MANY 20000u
#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void url_of(unsigned i, char ret[400])
{
    (void)snprintf(ret, 400, "https://crl.%05u.example/%0250u.crl", i, i);
}

static void fill(struct vd_run *run, unsigned n, bool backwards)
{
    *run = (struct vd_run){ .time = 1790000000, .network = 2, .height = 7 };
    (void)snprintf(run->points, sizeof run->points, "%s", HASH);
    (void)snprintf(run->adding, sizeof run->adding, "%s", HASH);
    for (unsigned i = 0; i < n; i++) {
        const unsigned k = backwards ? n - 1 - i : i;
        char url[400];
        struct vd_run_crl *c;
        url_of(k, url);
        c = vd_run_add_crl(run, url);
        assert_non_null(c);
        c->size = k;
        assert_true(vd_run_set(&c->etag, "\"0123456789abcdef0123456789abcdef\""));
        (void)snprintf(c->sha256, sizeof c->sha256, "%s", HASH);
    }
}

static void many_crls(void **state)
{
    struct vd_run run, back = { .number = 0 };
    struct vd_buf text = VD_BUF(VD_MAX_RUN_RECORD);
    (void)state;

    fill(&run, MANY, false);
    assert_true(vd_run_write(&run, &text));
    assert_true(text.n > VD_MAX_JSON);
    assert_true(vd_run_read(vd_buf_span(&text), &back));
    assert_int_equal(back.n_crls, MANY);
    for (unsigned i = 0; i < MANY; i += 7) {
        char url[400];
        const struct vd_run_crl *c;
        url_of(i, url);
        c = vd_run_crl(&back, url);
        assert_non_null(c);
        assert_int_equal(c->size, i);
    }
    vd_run_clear(&back);
    assert_false(vd_run_read(vd_span_of(text.p, text.n - 2), &back)); /* the twin: it ends early */
    vd_buf_free(&text);
    vd_run_clear(&run);
}

static void too_many_crls(void **state)
{
    struct vd_run run;
    struct vd_buf text = VD_BUF(1u << 20);
    (void)state;

    fill(&run, MANY / 10, false);
    assert_false(vd_run_write(&run, &text)); /* refused, never cut */
    vd_buf_free(&text);
    vd_run_clear(&run);
}

/* Found in whatever order they stand, and not found when they are not there. */
static void found(void **state)
{
    static const char *const hashes[] = { "a", "c", "b", "d" };
    (void)state;
    for (unsigned backwards = 0; backwards < 2; backwards++) {
        struct vd_run run;
        char url[400];
        fill(&run, 5, backwards != 0);
        for (unsigned i = 0; i < 5; i++) {
            url_of(i, url);
            assert_int_equal(vd_run_crl(&run, url)->size, i);
        }
        url_of(9, url);
        assert_null(vd_run_crl(&run, url));
        for (size_t i = 0; i < (backwards ? 4u : 2u); i++) {
            struct vd_run_certificate c = { .kind = VD_RUN_ANCHOR };
            (void)snprintf(c.sha256, sizeof c.sha256, "%s", hashes[i]);
            assert_true(vd_run_add_certificate(&run, &c) && vd_run_add_certificate(&run, &c));
        }
        assert_int_equal(run.n_certificates, backwards ? 4 : 2);
        assert_non_null(vd_run_certificate(&run, VD_RUN_ANCHOR, "c"));
        assert_null(vd_run_certificate(&run, VD_RUN_SIGNER, "c"));
        assert_null(vd_run_certificate(&run, VD_RUN_ANCHOR, "e"));
        vd_run_clear(&run);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_crls),
        cmocka_unit_test(too_many_crls),
        cmocka_unit_test(found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
