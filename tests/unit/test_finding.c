/* SPDX-License-Identifier: Apache-2.0
 *
 * test_finding.c - the list of findings is bounded, and nothing that a device repeats hides an error.
 */
#include "finding.h"
#include "unit.h"

static struct vd_findings f;

static void a_rule_that_goes_on_says_so(void **state)
{
    (void)state;
    vd_findings_reset(&f);
    for (unsigned i = 0; i < 1000; i++)
        (void)vd_find(&f, VD_RULE_ELEMENTS_UNKNOWN_TAG, VD_ON_ELEMENTS, NULL, "context tag %u", i);
    assert_int_equal(f.n, VD_MAX_REPEATS + 1);
    assert_string_equal(f.v[0].found, "context tag 0");
    assert_string_equal(f.v[VD_MAX_REPEATS - 1].found, "context tag 2");
    assert_string_equal(f.v[VD_MAX_REPEATS].found, "context tag 3 (and more)");
    (void)vd_find(&f, VD_RULE_ELEMENTS_UNKNOWN_TAG, VD_ON_NOCSR, NULL, "another subject");
    assert_int_equal(f.n, VD_MAX_REPEATS + 2);
}

static void a_long_text_keeps_its_end(void **state)
{
    char text[2 * VD_MAX_EVIDENCE] = { 0 };
    const char *found;
    (void)state;
    for (size_t i = 0; i + 1 < sizeof text; i++)
        text[i] = 'x';
    vd_findings_reset(&f);
    for (unsigned i = 0; i <= VD_MAX_REPEATS; i++)
        (void)vd_find(&f, VD_RULE_NO_DAC, VD_ON_DAC, NULL, "%s", text);
    found = f.v[VD_MAX_REPEATS].found;
    assert_int_equal(strlen(found), VD_MAX_EVIDENCE - 1);
    assert_string_equal(found + strlen(found) - 11, " (and more)");
}

/* Fills the list to its last place with what is no error. */
static void fill(void)
{
    vd_findings_reset(&f);
    for (unsigned i = 0; f.n < VD_MAX_FINDINGS; i++)
        (void)vd_find(&f, i % 2 ? VD_RULE_DAC_CN_LONG : VD_RULE_PAI_CN_LONG,
                      (enum vd_subject)(i / 8), NULL, "%u", i);
}

static void errors_displace_the_rest(void **state)
{
    (void)state;
    fill();
    assert_int_equal(f.v[VD_MAX_FINDINGS - 1].rule, VD_RULE_FINDINGS_OVERFLOW);
    assert_null(vd_findings_error(&f, 0));
    (void)vd_find(&f, VD_RULE_DAC_ID_ZERO, VD_ON_DAC, NULL, "a note more");
    assert_false(vd_findings_has(&f, VD_RULE_DAC_ID_ZERO));
    (void)vd_find(&f, VD_RULE_DAC_REVOKED, VD_ON_DAC, "good", "revoked");
    (void)vd_find(&f, VD_RULE_PAI_REVOKED, VD_ON_PAI, "good", "revoked");
    assert_true(vd_findings_has(&f, VD_RULE_DAC_REVOKED));
    assert_true(vd_findings_has(&f, VD_RULE_PAI_REVOKED));
    assert_int_equal(f.n, VD_MAX_FINDINGS);
    assert_int_equal(f.v[VD_MAX_FINDINGS - 1].rule, VD_RULE_FINDINGS_OVERFLOW);
}

static void nothing_but_errors_stays_as_it_is(void **state)
{
    (void)state;
    vd_findings_reset(&f);
    for (unsigned i = 0; i < 2 * VD_MAX_FINDINGS; i++)
        (void)vd_find(&f, VD_RULE_DAC_SERIAL, (enum vd_subject)(i / 4), NULL, "%u", i);
    assert_int_equal(f.n, VD_MAX_FINDINGS);
    assert_string_equal(f.v[VD_MAX_FINDINGS - 2].found, "94");
    assert_int_equal(f.v[VD_MAX_FINDINGS - 1].rule, VD_RULE_FINDINGS_OVERFLOW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_that_goes_on_says_so),
        cmocka_unit_test(a_long_text_keeps_its_end),
        cmocka_unit_test(errors_displace_the_rest),
        cmocka_unit_test(nothing_but_errors_stays_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
