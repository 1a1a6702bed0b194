/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bits.c - the three codes: what is written is read, and nothing else is.
 */
#include "bits.h"
#include "unit.h"

/* From docs/FORMAT.md: bits in the order in which they stand, the lowest of an octet first. */
static void numbers_by_hand(void **state)
{
    static const struct {
        unsigned k;
        uint64_t v;
        const char *bits;
    } rows[] = { { 0, 0, "1" },       { 0, 1, "010" },     { 0, 2, "011" },    { 0, 3, "00100" },
                 { 1, 0, "10" },      { 1, 1, "11" },      { 1, 2, "0100" },   { 1, 5, "0111" },
                 { 2, 3, "111" },     { 2, 4, "01000" },   { 3, 7, "1111" },   { 3, 8, "010000" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf out = VD_BUF(64);
        struct vd_bits b = vd_bits_write(&out);
        uint64_t v = rows[i].v;
        assert_true(vd_bits_number(&b, rows[i].k, UINT64_MAX, &v));
        assert_int_equal(vd_bits_number_size(rows[i].k, v), strlen(rows[i].bits));
        for (size_t k = 0; k < strlen(rows[i].bits); k++)
            assert_int_equal(out.p[k / 8] >> k % 8 & 1, rows[i].bits[k] - '0');
        vd_buf_free(&out);
    }
}

static void numbers_come_back(void **state)
{
    static const uint64_t numbers[] = { 0, 1, 2, 63, 64, 65, UINT32_MAX, UINT64_C(1) << 63,
                                        UINT64_MAX - 1, UINT64_MAX };
    (void)state;
    for (unsigned k = 0; k < 64; k++) {
        struct vd_buf out = VD_BUF(1024);
        struct vd_bits b = vd_bits_write(&out), r;
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            uint64_t v = numbers[i];
            assert_true(vd_bits_number(&b, k, UINT64_MAX, &v));
        }
        assert_true(vd_bits_align(&b));
        r = vd_bits_read(vd_buf_span(&out));
        for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
            uint64_t v = 0;
            assert_true(vd_bits_number(&r, k, UINT64_MAX, &v));
            assert_int_equal(v, numbers[i]);
        }
        assert_true(vd_bits_align(&r));
        assert_int_equal(r.in.n, 0);
        vd_buf_free(&out);
    }
}

static void too_large_is_refused(void **state)
{
    struct vd_buf out = VD_BUF(64);
    struct vd_bits b = vd_bits_write(&out), r;
    uint64_t v = 10, back = 0;
    (void)state;

    assert_false(vd_bits_number(&b, 2, 9, &v));
    vd_buf_clear(&out);
    b = vd_bits_write(&out);
    assert_true(vd_bits_number(&b, 2, 10, &v));
    r = vd_bits_read(vd_buf_span(&out));
    assert_false(vd_bits_number(&r, 2, 9, &back));
    r = vd_bits_read(vd_buf_span(&out));
    assert_true(vd_bits_number(&r, 2, 10, &back));
    r = vd_bits_read(vd_span_of("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16)); /* nothing but zeros */
    assert_false(vd_bits_number(&r, 0, UINT64_MAX, &back));
    vd_buf_free(&out);
}

static void places_come_back(void **state)
{
    static const struct {
        const char *name;
        uint64_t n;       /* 0: numbers of `width` bits */
        unsigned width;
        uint64_t v[4];
        size_t count;
    } rows[] = { { "the only one", 1, 0, { 0 }, 1 },
                 { "all", 4, 0, { 0, 1, 2, 3 }, 4 },
                 { "the last", 1000000, 0, { 999999 }, 1 },
                 { "first and last", UINT32_MAX, 0, { 0, UINT32_MAX - 1 }, 2 },
                 { "equal ones", 0, 40, { 5, 5, 7, 7 }, 4 },
                 { "all 64 bits", 0, 64, { 0, 0, UINT64_MAX, UINT64_MAX }, 4 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_places p = rows[i].n > 0 ? vd_places_of(rows[i].n, rows[i].count)
                                           : vd_places_repeated(rows[i].width, rows[i].count),
                         q = p;
        struct vd_buf out = VD_BUF(256);
        struct vd_bits b = vd_bits_write(&out), r;
        uint64_t v = 0;
        for (size_t k = 0; k < rows[i].count; k++) {
            v = rows[i].v[k];
            if (!vd_bits_place(&b, &p, &v))
                fail_msg("%s: not written", rows[i].name);
        }
        r = vd_bits_read(vd_buf_span(&out));
        for (size_t k = 0; k < rows[i].count; k++) {
            if (!vd_bits_place(&r, &q, &v) || v != rows[i].v[k])
                fail_msg("%s: not read", rows[i].name);
        }
        vd_buf_free(&out);
    }
}

static void places_that_do_not_exist(void **state)
{
    struct vd_places p = vd_places_of(4, 2), q = vd_places_of(0, 0);
    struct vd_buf out = VD_BUF(64);
    struct vd_bits b = vd_bits_write(&out), r = vd_bits_read(vd_span_of("\x01", 1));
    uint64_t v = 4;
    (void)state;

    assert_false(vd_bits_place(&b, &p, &v));
    v = 3;
    assert_true(vd_bits_place(&b, &p, &v));
    assert_false(vd_bits_place(&b, &p, &v)); /* twice, and behind the last */
    assert_false(vd_bits_place(&r, &q, &v));
    vd_buf_free(&out);
}

static void padding_is_zero(void **state)
{
    struct vd_bits r = vd_bits_read(vd_span_of("\x01\x03", 2));
    uint64_t v;
    (void)state;

    assert_true(vd_bits_word(&r, 1, &v) && v == 1);
    assert_true(vd_bits_align(&r));
    assert_true(vd_bits_word(&r, 1, &v));
    assert_false(vd_bits_align(&r));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_by_hand),      cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(too_large_is_refused), cmocka_unit_test(places_come_back),
        cmocka_unit_test(places_that_do_not_exist), cmocka_unit_test(padding_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
