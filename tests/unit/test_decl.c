/* SPDX-License-Identifier: Apache-2.0
 *
 * test_decl.c - how many products a declaration names, and what is said of too few and too many.
 */
#include "decl.h"
#include "unit.h"

/* A declaration that has nothing but product_id_array. */
static struct vd_buf of(unsigned products)
{
    struct vd_buf out = unhex("15 2400 01 2501 F1FF 3602");
    for (unsigned i = 0; i < products; i++)
        assert_true(vd_buf_u8(&out, 5) && vd_buf_le(&out, 2, 0x8000 + i));
    assert_true(vd_buf_be(&out, 2, 0x1818));
    return out;
}

static void products(void **state)
{
    static const struct {
        unsigned n;
        const char *found; /* NULL: nothing is wrong with the number */
    } rows[] = { { 0, "none" }, { 1, NULL }, { 100, NULL }, { 101, "more than 100" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf in = of(rows[i].n);
        const char *found = NULL;
        struct vd_findings f;
        struct vd_decl d;
        vd_findings_reset(&f);
        (void)vd_decl_read(vd_buf_span(&in), &d, &f);
        assert_int_equal(d.n_products, rows[i].n > 100 ? 100 : rows[i].n);
        for (size_t k = 0; k < f.n; k++) {
            assert_int_not_equal(f.v[k].rule, VD_RULE_CD_TLV);
            if (f.v[k].rule == VD_RULE_CD_PRODUCT_COUNT)
                found = f.v[k].found;
        }
        assert_int_equal(found != NULL, rows[i].found != NULL);
        if (found != NULL)
            assert_string_equal(found, rows[i].found);
        vd_buf_free(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(products) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
