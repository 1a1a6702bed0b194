/* SPDX-License-Identifier: Apache-2.0
 *
 * test_der.c - tags, lengths and primitive types, each refusal with its twin.
 */
#include "der.h"
#include "limits.h"
#include "unit.h"

static void elements(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
        size_t n; /* content */
    } rows[] = {
        { "short form", "0402AABB", true, 2 },
        { "empty", "0400", true, 0 },
        { "content cut", "0402AA", false, 0 },
        { "no length", "04", false, 0 },
        { "long form where short fits", "048102AABB", false, 0 },
        { "long form needed", "048180"
                              "00000000000000000000000000000000000000000000000000000000000000000000"
                              "00000000000000000000000000000000000000000000000000000000000000000000"
                              "00000000000000000000000000000000000000000000000000000000000000000000"
                              "0000000000000000000000000000000000000000000000000000",
          true, 128 },
        { "two length octets where one fits", "04820002AABB", false, 0 },
        { "indefinite", "2480AABB0000", false, 0 },
        { "reserved length FF", "04FF", false, 0 },
        { "five length octets", "04850000000002AABB", false, 0 },
        { "high tag number", "1F0100", false, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        struct vd_span in = vd_buf_span(&b), value;
        uint8_t tag;
        ROW_EQ(rows[i].name, vd_der_next(&in, &tag, &value, NULL), rows[i].ok);
        if (rows[i].ok)
            ROW_EQ(rows[i].name, value.n, rows[i].n);
        else
            ROW_EQ(rows[i].name, in.n, b.n); /* untouched */
        vd_buf_free(&b);
    }
}

static void integers(void **state)
{
    static const struct {
        const char *name, *hex;
        bool minimal, magnitude;
        size_t n;
    } rows[] = { { "empty", "", false, false, 0 },
                 { "zero", "00", true, true, 1 },
                 { "top bit set is negative", "80", true, false, 0 },
                 { "sign octet", "0080", true, true, 1 },
                 { "needless sign octet", "007F", false, false, 0 },
                 { "needless FF", "FF80", false, false, 0 },
                 { "two octets", "0102", true, true, 2 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        struct vd_span m = VD_NO_SPAN;
        ROW_EQ(rows[i].name, vd_der_integer_minimal(vd_buf_span(&b)), rows[i].minimal);
        ROW_EQ(rows[i].name, vd_der_magnitude(vd_buf_span(&b), &m), rows[i].magnitude);
        ROW_EQ(rows[i].name, m.n, rows[i].n);
        vd_buf_free(&b);
    }
}

static void named_bits(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
        uint16_t bits;
    } rows[] = { { "digitalSignature", "0780", true, 0x8000 },
                 { "keyCertSign cRLSign", "0106", true, 0x0600 },
                 { "nine bits", "070080", true, 0x0080 },
                 { "no bit", "00", true, 0 },
                 { "unused bits say 8", "0880", false, 0 },
                 { "an unused bit set", "0781", false, 0 },
                 { "trailing zero bit encoded", "0680", false, 0 },
                 { "empty", "", false, 0 },
                 { "no bit with unused bits", "07", false, 0 },
                 { "too long", "0080000080", false, 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        uint16_t bits = 0;
        ROW_EQ(rows[i].name, vd_der_named_bits(vd_buf_span(&b), &bits), rows[i].ok);
        ROW_EQ(rows[i].name, bits, rows[i].bits);
        vd_buf_free(&b);
    }
}

static void times(void **state)
{
    static const struct {
        const char *name, *text;
        uint8_t tag;
        bool ok;
        int64_t t;
    } rows[] = { { "UTCTime", "260131120000Z", DER_UTC_TIME, true, 1769860800 },
                 { "UTCTime 50 is 1950", "500101000000Z", DER_UTC_TIME, true, -631152000 },
                 { "UTCTime 49 is 2049", "491231235959Z", DER_UTC_TIME, true, 2524607999 },
                 { "GeneralizedTime 2050", "20500101000000Z", DER_GENERALIZED_TIME, true,
                   2524608000 },
                 { "GeneralizedTime 9999", "99991231235959Z", DER_GENERALIZED_TIME, true,
                   253402300799 },
                 { "GeneralizedTime before 2050", "20491231235959Z", DER_GENERALIZED_TIME, false, 0 },
                 { "no seconds", "2601311200Z", DER_UTC_TIME, false, 0 },
                 { "offset", "260131120000+0100", DER_UTC_TIME, false, 0 },
                 { "no Z", "260131120000", DER_UTC_TIME, false, 0 },
                 { "fraction", "20500101000000.5Z", DER_GENERALIZED_TIME, false, 0 },
                 { "month 00", "260031120000Z", DER_UTC_TIME, false, 0 },
                 { "30 February", "260230120000Z", DER_UTC_TIME, false, 0 },
                 { "another type", "260131120000Z", DER_UTF8_STRING, false, 0 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t t = 0;
        ROW_EQ(rows[i].name, vd_der_time(rows[i].tag, vd_span_str(rows[i].text), &t), rows[i].ok);
        ROW_EQ(rows[i].name, t, rows[i].t);
    }
}

static void booleans(void **state)
{
    static const struct {
        const char *hex;
        bool ok, value;
    } rows[] = { { "00", true, false }, { "FF", true, true }, { "01", false, false },
                 { "", false, false },  { "FFFF", false, false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        bool v = false;
        ROW_EQ(rows[i].hex, vd_der_bool(vd_buf_span(&b), &v), rows[i].ok);
        ROW_EQ(rows[i].hex, v, rows[i].value);
        vd_buf_free(&b);
    }
}

static void measuring_needs_the_whole_header(void **state)
{
    static const struct {
        const char *name, *hex;
        enum vd_der_state want;
    } rows[] = { { "nothing", "", VD_DER_MORE },
                 { "tag only", "30", VD_DER_MORE },
                 { "length to come", "3082", VD_DER_MORE },
                 { "half a length", "308201", VD_DER_MORE },
                 { "header", "30820100", VD_DER_HEADER },
                 { "not minimal", "30820001", VD_DER_BAD },
                 { "indefinite", "3080", VD_DER_BAD },
                 { "too many length octets", "3085", VD_DER_BAD } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        uint8_t tag;
        size_t header, content;
        ROW_EQ(rows[i].name, vd_der_measure(vd_buf_span(&b), &tag, &header, &content),
               rows[i].want);
        vd_buf_free(&b);
    }
}

static void object_identifiers(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = { { "id-ce-basicConstraints", "551D13", true },
                 { "arcs of two octets", "2B06010401 82A27C0201", true },
                 { "nothing", "", false },
                 { "a padded first arc", "80551D13", false },
                 { "a padded arc inside", "55801D13", false },
                 { "the last arc goes on", "551D93", false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        ROW_EQ(rows[i].name, vd_der_oid_valid(vd_buf_span(&b)), rows[i].ok);
        vd_buf_free(&b);
    }
}

static void bit_strings(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = { { "no bits", "00", true },       { "eight bits", "00FF", true },
                 { "one bit", "0780", true },     { "nothing", "", false },
                 { "unused of nothing", "01", false }, { "eight unused", "0880", false },
                 { "an unused bit is set", "0781", false } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        ROW_EQ(rows[i].name, vd_der_bits_valid(vd_buf_span(&b)), rows[i].ok);
        vd_buf_free(&b);
    }
}

/* n SEQUENCEs around each other, the innermost empty. */
static bool nested(size_t n)
{
    uint8_t octets[64];
    for (size_t i = 0; i < n; i++) {
        octets[2 * i] = DER_SEQUENCE;
        octets[2 * i + 1] = (uint8_t)(2 * (n - 1 - i));
    }
    return vd_der_nested((struct vd_span){ octets, 2 * n });
}

static void elements_in_elements(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = { { "nothing", "", true },
                 { "one", "0500", true },
                 { "two", "0500 020101", true },
                 { "inside", "3005 3000 020101", true },
                 { "longer than what holds it", "3003 3003 0201", false },
                 { "a long length", "308102 0500", false },
                 { "an octet behind", "3002 0500 00", false },
                 { "no element in a primitive one", "040130", true } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        ROW_EQ(rows[i].name, vd_der_nested(vd_buf_span(&b)), rows[i].ok);
        vd_buf_free(&b);
    }
    assert_true(nested(VD_MAX_DER_DEPTH));
    assert_false(nested(VD_MAX_DER_DEPTH + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elements), cmocka_unit_test(integers), cmocka_unit_test(named_bits),
        cmocka_unit_test(times),    cmocka_unit_test(booleans),
        cmocka_unit_test(measuring_needs_the_whole_header),
        cmocka_unit_test(object_identifiers), cmocka_unit_test(bit_strings),
        cmocka_unit_test(elements_in_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
