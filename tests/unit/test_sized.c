/* SPDX-License-Identifier: Apache-2.0
 *
 * test_sized.c - programs of other versions: shorter and longer structs.
 */
#include "sized.h"

#include <string.h>

#include "unit.h"

/* The struct as this library knows it, as it began, and as a later version will have it. */
struct known {
    size_t size;
    int32_t a, b;
    int64_t c;
};
struct began {
    size_t size;
    int32_t a, b;
};
struct later {
    size_t size;
    int32_t a, b;
    int64_t c, d;
};

#define LEAST VD_UPTO(struct known, b)

static void options_of_other_versions(void **state)
{
    const struct began shorter = { sizeof shorter, 1, 2 };
    struct later longer = { sizeof longer, 1, 2, 3, 0 };
    const struct known same = { sizeof same, 1, 2, 3 };
    struct known got = { 0, 9, 9, 9 };
    size_t small = LEAST - 1, huge = (size_t)-1;

    (void)state;
    assert_true(vd_sized_take(&got, sizeof got, LEAST, &same));
    assert_int_equal(got.c, 3);
    assert_true(vd_sized_take(&got, sizeof got, LEAST, &shorter));
    assert_int_equal(got.b, 2);
    assert_int_equal(got.c, 0); /* not given */
    assert_true(vd_sized_take(&got, sizeof got, LEAST, &longer));
    assert_int_equal(got.c, 3);
    longer.d = 1; /* asks for what is not known here */
    got.c = 7;
    assert_false(vd_sized_take(&got, sizeof got, LEAST, &longer));
    assert_int_equal(got.c, 7);
    assert_false(vd_sized_take(&got, sizeof got, LEAST, &small));
    assert_false(vd_sized_take(&got, sizeof got, LEAST, &huge));
    assert_false(vd_sized_take(&got, sizeof got, LEAST, NULL));
}

static void views_of_other_versions(void **state)
{
    const struct known view = { 0, 1, 2, 3 };
    struct began shorter = { sizeof shorter, 9, 9 };
    struct later longer = { sizeof longer, 9, 9, 9, 9 };
    size_t small = LEAST - 1;

    (void)state;
    assert_true(vd_sized_fits(LEAST, &shorter));
    vd_sized_give(&shorter, &view, sizeof view);
    assert_int_equal(shorter.size, sizeof shorter);
    assert_int_equal(shorter.b, 2);
    assert_true(vd_sized_fits(LEAST, &longer));
    vd_sized_give(&longer, &view, sizeof view);
    assert_int_equal(longer.size, sizeof longer);
    assert_int_equal(longer.c, 3);
    assert_int_equal(longer.d, 0); /* no answer */
    assert_false(vd_sized_fits(LEAST, &small));
    assert_false(vd_sized_fits(LEAST, NULL));
}

static void arrays_of_other_versions(void **state)
{
    struct later all[3] = { { sizeof all[0], 1, 0, 0, 0 }, { sizeof all[0], 2, 0, 0, 0 },
                            { sizeof(struct known), 3, 0, 0, 0 } };
    const size_t stride = vd_sized_stride(LEAST, _Alignof(struct known), all);
    const struct later *second;
    size_t odd = LEAST + 1;

    (void)state;
    assert_int_equal(stride, sizeof all[0]);
    second = vd_sized_at(all, stride, 3, 1);
    assert_non_null(second);
    assert_int_equal(second->a, 2);
    assert_null(vd_sized_at(all, stride, 3, 2)); /* of another size than the first */
    assert_null(vd_sized_at(all, stride, 3, 3));
    assert_int_equal(vd_sized_stride(LEAST, _Alignof(struct known), &odd), 0);
    assert_int_equal(vd_sized_stride(LEAST, _Alignof(struct known), NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_other_versions),
        cmocka_unit_test(views_of_other_versions),
        cmocka_unit_test(arrays_of_other_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
