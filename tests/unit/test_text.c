/* SPDX-License-Identifier: Apache-2.0
 *
 * test_text.c - hex, base64, decimals, times, UTF-8, JSON strings.
 */
#include "unit.h"

static void base64(void **state)
{
    static const struct {
        const char *name, *text, *hex; /* hex NULL: refused */
        bool spaces;
    } rows[] = { { "empty", "", "", false },
                 { "one octet", "Zg==", "66", false },
                 { "two octets", "Zm8=", "666F", false },
                 { "three octets", "Zm9v", "666F6F", false },
                 { "both special digits", "+/+/", "FBFFBF", false },
                 { "no padding", "Zg", NULL, false },
                 { "one padding too few", "Zg=", NULL, false },
                 { "three paddings", "Z===", NULL, false },
                 { "unused bits set", "Zh==", NULL, false },
                 { "digit after padding", "Zg==Zg==", NULL, false },
                 { "url alphabet", "-_-_", NULL, false },
                 { "space refused", "Zm 9v", NULL, false },
                 { "space allowed", " Zm\r\n9v ", "666F6F", true },
                 { "space inside padding", "Zg=\n=", "66", true } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf got = VD_BUF(64), want = unhex(rows[i].hex ? rows[i].hex : "");
        bool ok = vd_base64_read(vd_span_str(rows[i].text), rows[i].spaces, &got);
        ROW_EQ(rows[i].name, ok, rows[i].hex != NULL);
        if (ok)
            ROW_TRUE(rows[i].name, vd_span_eq(vd_buf_span(&got), vd_buf_span(&want)));
        vd_buf_free(&got);
        vd_buf_free(&want);
    }
}

static void base64_round_trip(void **state)
{
    uint8_t bytes[97];
    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7 + 3);
    for (size_t n = 0; n <= sizeof bytes; n++) {
        struct vd_buf text = VD_BUF(256), back = VD_BUF(256);
        assert_true(vd_base64_put(&text, (struct vd_span){ bytes, n }));
        assert_true(vd_base64_read(vd_buf_span(&text), false, &back));
        assert_true(vd_span_eq(vd_buf_span(&back), (struct vd_span){ bytes, n }));
        vd_buf_free(&text);
        vd_buf_free(&back);
    }
}

static void times(void **state)
{
    static const struct {
        const char *name, *text;
        int64_t t;
        bool ok;
    } rows[] = {
        { "epoch", "1970-01-01T00:00:00Z", 0, true },
        { "before the epoch", "1969-12-31T23:59:59Z", -1, true },
        { "leap day", "2024-02-29T12:00:00Z", 1709208000, true },
        { "no leap day in 2023", "2023-02-29T12:00:00Z", 0, false },
        { "no leap day in 2100", "2100-02-29T00:00:00Z", 0, false },
        { "leap day in 2000", "2000-02-29T00:00:00Z", 951782400, true },
        { "end of time", "9999-12-31T23:59:59Z", 253402300799, true },
        { "offset", "2026-01-31T13:00:00+01:00", 1769860800, true },
        { "negative offset", "2026-01-31T07:00:00-05:00", 1769860800, true },
        { "fraction is cut", "2026-01-31T12:00:00.999Z", 1769860800, true },
        { "empty fraction", "2026-01-31T12:00:00.Z", 0, false },
        { "no zone", "2026-01-31T12:00:00", 0, false },
        { "trailing", "2026-01-31T12:00:00Z ", 0, false },
        { "month 13", "2026-13-01T00:00:00Z", 0, false },
        { "hour 24", "2026-01-01T24:00:00Z", 0, false },
        { "second 60", "2026-01-01T00:00:60Z", 0, false },
        { "short year", "226-01-01T00:00:00Z", 0, false },
        { "empty", "", 0, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t t = 0;
        ROW_EQ(rows[i].name, vd_time_read(vd_span_str(rows[i].text), &t), rows[i].ok);
        ROW_EQ(rows[i].name, t, rows[i].t);
    }
}

static void times_round_trip(void **state)
{
    char text[VD_TIME_TEXT];
    (void)state;
    for (int64_t t = INT64_C(-62167219200); t <= INT64_C(253402300799); t += 86399 * 331) {
        int64_t back = 0;
        vd_time_text(t, text);
        assert_true(vd_time_read(vd_span_str(text), &back));
        assert_true(back == t);
    }
    vd_time_text(INT64_MAX, text);
    assert_string_equal(text, "out of range");
    vd_time_text(INT64_MIN, text);
    assert_string_equal(text, "out of range");
}

static void decimals(void **state)
{
    static const struct {
        const char *text;
        uint64_t max, v;
        bool ok;
    } rows[] = { { "0", 10, 0, true },
                 { "65535", 65535, 65535, true },
                 { "65536", 65535, 0, false },
                 { "3", 2, 0, false }, /* a digit above the limit */
                 { "10", 9, 0, false },
                 { "9", 9, 9, true },
                 { "18446744073709551615", UINT64_MAX, UINT64_MAX, true },
                 { "18446744073709551616", UINT64_MAX, 0, false },
                 { "", 10, 0, false },
                 { "-1", 10, 0, false },
                 { "+1", 10, 0, false },
                 { " 1", 10, 0, false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t v = 0;
        ROW_EQ(rows[i].text, vd_decimal_read(vd_span_str(rows[i].text), rows[i].max, &v),
               rows[i].ok);
        ROW_TRUE(rows[i].text, v == rows[i].v);
    }
}

static void utf8(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = { { "ASCII", "414243", true },
                 { "two octets", "C3A9", true },
                 { "overlong slash", "C0AF", false },
                 { "overlong three", "E08080", false },
                 { "three octets", "E282AC", true },
                 { "surrogate", "EDA080", false },
                 { "four octets", "F09F9880", true },
                 { "beyond U+10FFFF", "F4908080", false },
                 { "lone continuation", "80", false },
                 { "cut off", "E282", false },
                 { "FF", "FF", false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        ROW_EQ(rows[i].name, vd_utf8_valid(vd_buf_span(&b)), rows[i].ok);
        vd_buf_free(&b);
    }
}

static void json_strings(void **state)
{
    static const struct {
        const char *hex, *json;
    } rows[] = { { "", "\"\"" },
                 { "61225C62", "\"a\\\"\\\\b\"" },
                 { "000A7F", "\"\\u0000\\u000a\\u007f\"" },
                 { "C3A9", "\"\xC3\xA9\"" },
                 { "61FF", "\"a\\ufffd\"" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex), out = VD_BUF(256);
        ROW_TRUE(rows[i].json, vd_text_json(&out, vd_buf_span(&b)));
        ROW_TRUE(rows[i].json, vd_span_is(vd_buf_span(&out), rows[i].json));
        vd_buf_free(&b);
        vd_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64),   cmocka_unit_test(base64_round_trip), cmocka_unit_test(times),
        cmocka_unit_test(times_round_trip), cmocka_unit_test(decimals),  cmocka_unit_test(utf8),
        cmocka_unit_test(json_strings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
