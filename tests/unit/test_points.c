/* SPDX-License-Identifier: Apache-2.0
 *
 * test_points.c - what is said of a record's certificates.
 */
#include "points.h"
#include "unit.h"
#include "world.h"

static const char *found(const struct vd_findings *f, enum vd_rule rule)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->v[i].rule == rule)
            return f->v[i].found;
    }
    return "";
}

static void certificates_of_a_record(void **state)
{
    struct vd_buf whole = world_file("devices/genuine", "pai.der"), more = VD_BUF(4096);
    struct vd_trust *t = vd_trust_make();
    const struct vd_span good = vd_buf_span(&whole);
    (void)state;

    assert_true(vd_buf_put(&more, good) && vd_buf_u8(&more, 0));
    {
        const struct {
            struct vd_span signer, delegator;
            const char *of_signer, *of_delegator;
        } rows[] = { { good, VD_NO_SPAN, "", "" },
                     { good, good, "", "" },
                     { vd_buf_span(&more), good, "trailing bytes", "" },
                     { vd_span_of(good.p, good.n - 1), good, "broken", "" },
                     { good, vd_buf_span(&more), "", "trailing bytes" },
                     { good, vd_span_of(good.p, good.n - 1), "", "broken" } };
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            const struct vd_point_record r = { .revocation_type = 1, .signer = rows[i].signer,
                                               .delegator = rows[i].delegator };
            struct vd_findings f;
            struct vd_point p;
            vd_findings_reset(&f);
            assert_true(vd_point_make(&r, &p));
            vd_point_bind(&p, t, VD_NETWORK_TEST, &f);
            assert_string_equal(found(&f, VD_RULE_POINT_SIGNER), rows[i].of_signer);
            assert_string_equal(found(&f, VD_RULE_POINT_DELEGATOR), rows[i].of_delegator);
            vd_point_clear(&p);
        }
    }
    vd_trust_free(t);
    vd_buf_free(&whole);
    vd_buf_free(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(certificates_of_a_record) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
