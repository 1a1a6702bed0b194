/* SPDX-License-Identifier: Apache-2.0
 *
 * test_span.c - the cursor and the buffer.
 */
#include "unit.h"

static void takes_or_leaves_untouched(void **state)
{
    static const uint8_t bytes[] = { 1, 2, 3 };
    static const struct {
        const char *name;
        size_t n;
        bool ok;
        size_t left;
    } rows[] = { { "nothing", 0, true, 3 },
                 { "some", 2, true, 1 },
                 { "all", 3, true, 0 },
                 { "one too many", 4, false, 3 },
                 { "far too many", SIZE_MAX, false, 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_span in = VD_SPAN(bytes), out = { NULL, 77 };
        ROW_EQ(rows[i].name, vd_take(&in, rows[i].n, &out), rows[i].ok);
        ROW_EQ(rows[i].name, in.n, rows[i].left);
        ROW_EQ(rows[i].name, out.n, rows[i].ok ? rows[i].n : 77);
    }
}

static void empty_spans_are_safe(void **state)
{
    struct vd_span none = VD_NO_SPAN, out;
    uint8_t byte;
    (void)state;
    assert_true(vd_take(&none, 0, &out));
    assert_false(vd_take_u8(&none, &byte));
    assert_true(vd_span_eq(VD_NO_SPAN, vd_span_str("")));
    assert_int_equal(vd_span_cmp(VD_NO_SPAN, VD_NO_SPAN), 0);
    assert_int_equal(vd_at(VD_NO_SPAN, 0), 0);
}

static void integers_of_both_orders(void **state)
{
    static const struct {
        const char *name, *hex;
        size_t width;
        uint64_t le, be;
        bool ok;
    } rows[] = { { "empty is not zero", "", 1, 0, 0, false },
                 { "one octet", "80", 1, 0x80, 0x80, true },
                 { "two octets", "0102", 2, 0x0201, 0x0102, true },
                 { "eight octets", "FF00000000000001", 8, 0x01000000000000FF, 0xFF00000000000001,
                   true },
                 { "too short", "0102", 3, 0, 0, false },
                 { "width zero", "01", 0, 0, 0, false },
                 { "width nine", "010203040506070809", 9, 0, 0, false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        struct vd_span le = vd_buf_span(&b), be = le;
        uint64_t x = 0, y = 0;
        ROW_EQ(rows[i].name, vd_take_le(&le, rows[i].width, &x), rows[i].ok);
        ROW_EQ(rows[i].name, vd_take_be(&be, rows[i].width, &y), rows[i].ok);
        ROW_TRUE(rows[i].name, x == rows[i].le && y == rows[i].be);
        vd_buf_free(&b);
    }
}

static void finds_and_slices(void **state)
{
    struct vd_span text = vd_span_str("Mvid:FFF1 Mpid:8000"), part;
    size_t at = 99;
    (void)state;
    assert_true(vd_span_find(text, vd_span_str("Mpid:"), &at));
    assert_int_equal(at, 10);
    assert_false(vd_span_find(text, vd_span_str("MPID:"), &at));
    assert_false(vd_span_find(text, VD_NO_SPAN, &at));
    assert_true(vd_span_slice(text, 15, 4, &part));
    assert_true(vd_span_is(part, "8000"));
    assert_false(vd_span_slice(text, 16, 4, &part));
    assert_false(vd_span_slice(text, SIZE_MAX, 1, &part));
}

static void buffers_stop_at_their_ceiling(void **state)
{
    struct vd_buf b = VD_BUF(4);
    uint8_t room[4];
    struct vd_buf on = VD_BUF_ON(room);
    (void)state;
    assert_true(vd_buf_le(&b, 4, 0x04030201));
    assert_false(vd_buf_u8(&b, 5));
    assert_true(b.failed);
    assert_int_equal(b.n, 4);
    assert_false(vd_buf_put(&b, VD_NO_SPAN)); /* stays failed */
    vd_buf_free(&b);

    assert_true(vd_buf_str(&on, "abcd"));
    assert_false(vd_buf_u8(&on, 'e'));
    assert_memory_equal(room, "abcd", 4);
}

static void buffers_drop_and_pad(void **state)
{
    struct vd_buf b = VD_BUF(64);
    (void)state;
    assert_true(vd_buf_str(&b, "abcdef"));
    vd_buf_drop(&b, 2);
    assert_true(vd_span_is(vd_buf_span(&b), "cdef"));
    vd_buf_drop(&b, 99);
    assert_int_equal(b.n, 0);
    assert_true(vd_buf_u8(&b, 1) && vd_buf_pad(&b, 8));
    assert_int_equal(b.n, 8);
    vd_buf_free(&b);
}

static void arrays_grow_to_their_limit(void **state)
{
    uint32_t *v = NULL;
    size_t n = 0, cap = 0;
    (void)state;
    for (; vd_grow((void **)&v, n, &cap, sizeof *v, 20); n++)
        v[n] = (uint32_t)n;
    assert_int_equal(n, 20);
    assert_int_equal(v[19], 19);
    free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_or_leaves_untouched), cmocka_unit_test(empty_spans_are_safe),
        cmocka_unit_test(integers_of_both_orders),   cmocka_unit_test(finds_and_slices),
        cmocka_unit_test(buffers_stop_at_their_ceiling), cmocka_unit_test(buffers_drop_and_pad),
        cmocka_unit_test(arrays_grow_to_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
