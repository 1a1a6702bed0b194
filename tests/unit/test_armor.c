/* SPDX-License-Identifier: Apache-2.0
 *
 * test_armor.c - PEM, hex and base64 are undone, everything else stays.
 */
#include "armor.h"
#include "unit.h"

static void unwraps(void **state)
{
    static const struct {
        const char *name, *text, *hex;
        size_t more;
    } rows[] = {
        { "PEM", "-----BEGIN CERTIFICATE-----\nZm9v\n-----END CERTIFICATE-----\n", "666F6F", 0 },
        { "PEM with text before and CRLF",
          "subject=x\r\n-----BEGIN CERTIFICATE-----\r\nZm9v\r\n-----END CERTIFICATE-----", "666F6F", 0 },
        { "two blocks",
          "-----BEGIN A-----\nZm9v\n-----END A-----\n-----BEGIN B-----\nZg==\n-----END B-----\n",
          "666F6F", 1 },
        { "a private key is not what is meant",
          "-----BEGIN PRIVATE KEY-----\nZm9v\n-----END PRIVATE KEY-----\n"
          "-----BEGIN CERTIFICATE-----\nZg==\n-----END CERTIFICATE-----\n",
          "66", 0 },
        { "hex", "666f6F", "666F6F", 0 },
        { "hex with colons and spaces", " 66:6f\n 6F ", "666F6F", 0 },
        { "hex as C bytes", "0x66, 0x6f, 0x6f", "666F6F", 0 },
        { "odd hex stays text", "666", "363636", 0 },
        { "base64", "Zm9vZm9v", "666F6F666F6F", 0 },
        { "base64 in quotes, after a byte order mark", "\xEF\xBB\xBF\"Zm9vZm9v\"\r\n", "666F6F666F6F", 0 },
        { "a quote alone is a part of it", "\"Zm9vZm9v", "225A6D39765A6D3976", 0 },
        { "hex after a byte order mark", "\xEF\xBB\xBF\x36\x36", "66", 0 },
        { "short words are no base64", "word", "776F7264", 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf out = VD_BUF(4096), want = unhex(rows[i].hex);
        size_t more = 99;
        ROW_TRUE(rows[i].name, vd_unwrap(vd_span_str(rows[i].text), &out, &more));
        ROW_TRUE(rows[i].name, vd_span_eq(vd_buf_span(&out), vd_buf_span(&want)));
        ROW_EQ(rows[i].name, more, rows[i].more);
        vd_buf_free(&out);
        vd_buf_free(&want);
    }
}

static void binary_stays(void **state)
{
    struct vd_buf in = unhex("3082010A0282010100"), out = VD_BUF(64);
    size_t more;
    (void)state;
    assert_true(vd_unwrap(vd_buf_span(&in), &out, &more));
    assert_true(vd_span_eq(vd_buf_span(&in), vd_buf_span(&out)));
    vd_buf_free(&in);
    vd_buf_free(&out);
}

/* A device may put any text into a certificate; what is judged is the certificate. */
static void a_block_inside_binary_is_no_armour(void **state)
{
    static const char text[] = "\x30\x82\x01\x02-----BEGIN CERTIFICATE-----\nZm9v\n"
                               "-----END CERTIFICATE-----\n";
    struct vd_buf out = VD_BUF(4096);
    size_t more;
    (void)state;
    assert_false(vd_is_pem(vd_span_str(text)));
    assert_true(vd_unwrap(vd_span_str(text), &out, &more));
    assert_true(vd_span_is(vd_buf_span(&out), text));
    assert_true(vd_is_pem(vd_span_skip(vd_span_str(text), 4)));
    vd_buf_free(&out);
}

static void broken_blocks_are_said(void **state)
{
    static const char *const rows[] = {
        "-----BEGIN A-----\nZm9v\n",
        "-----BEGIN A-----\nZm9v\n-----END B-----\n",
        "-----BEGIN A-----\nZm9*\n-----END A-----\n",
        "-----BEGIN A\nZm9v\n-----END A-----\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_span in = vd_span_str(rows[i]), label;
        struct vd_buf out = VD_BUF(64);
        bool broken = false;
        ROW_TRUE(rows[i], !vd_pem_next(&in, &label, &out, &broken));
        ROW_TRUE(rows[i], broken);
        vd_buf_free(&out);
    }
}

/* What is taken, and what may not be passed over in silence. */
static void names_of_certificates(void **state)
{
    static const struct {
        const char *label;
        bool taken, other;
    } rows[] = {
        { "CERTIFICATE", true, false },           { "X509 CERTIFICATE", true, false },
        { "X.509 CERTIFICATE", true, false },     { "TRUSTED CERTIFICATE", false, true },
        { "ATTRIBUTE CERTIFICATE", false, true }, { "CERTIFICATE REQUEST", false, false },
        { "PUBLIC KEY", false, false },           { "", false, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ROW_TRUE(rows[i].label, vd_pem_certificate(vd_span_str(rows[i].label)) == rows[i].taken);
        ROW_TRUE(rows[i].label, vd_pem_other_certificate(vd_span_str(rows[i].label)) == rows[i].other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(unwraps), cmocka_unit_test(binary_stays),
                                        cmocka_unit_test(a_block_inside_binary_is_no_armour),
                                        cmocka_unit_test(broken_blocks_are_said),
                                        cmocka_unit_test(names_of_certificates) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
