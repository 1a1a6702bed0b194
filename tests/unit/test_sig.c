/* SPDX-License-Identifier: Apache-2.0
 *
 * test_sig.c - signatures: encodings, ranges, keys.
 */
#include <openssl/err.h>

#include "sig.h"
#include "unit.h"

static const struct vd_span message = { (const uint8_t *)"veridac", 7 };

static void signs_and_checks(void **state)
{
    struct vd_key *k = vd_key_generate();
    uint8_t point[VD_POINT], raw[VD_RAW_SIG], other[VD_POINT];
    struct vd_key *k2 = vd_key_generate();
    (void)state;
    assert_non_null(k);
    assert_non_null(k2);
    assert_true(vd_key_point(k, point) && vd_key_point(k2, other));
    assert_true(vd_key_sign_raw(k, message, raw));
    assert_int_equal(vd_sig_check_raw(VD_SPAN(point), message, VD_NO_SPAN, VD_SPAN(raw)),
                     VD_CHECK_GOOD);
    assert_int_equal(vd_sig_check_raw(VD_SPAN(other), message, VD_NO_SPAN, VD_SPAN(raw)),
                     VD_CHECK_BAD);
    assert_int_equal(vd_sig_check_raw(VD_SPAN(point), message, message, VD_SPAN(raw)),
                     VD_CHECK_BAD);
    raw[63] ^= 1;
    assert_int_equal(vd_sig_check_raw(VD_SPAN(point), message, VD_NO_SPAN, VD_SPAN(raw)),
                     VD_CHECK_BAD);
    vd_key_free(k);
    vd_key_free(k2);
}

static void split_messages_hash_the_same(void **state)
{
    uint8_t a[VD_SHA256], b[VD_SHA256];
    (void)state;
    assert_true(vd_sha256(vd_span_str("veridac"), a));
    assert_true(vd_sha256_two(vd_span_str("ver"), vd_span_str("idac"), b));
    assert_memory_equal(a, b, sizeof a);
    assert_true(vd_sha256_two(vd_span_str("veridac"), VD_NO_SPAN, b));
    assert_memory_equal(a, b, sizeof a);
}

static void der_signatures_are_strict(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = {
        { "r 1, s 1", "3006020101020101", true },
        { "sign octet needed", "300702020080020101", true },
        { "negative r", "3006020180020101", false },
        { "needless sign octet", "300702020001020101", false },
        { "zero r", "3006020100020101", false },
        { "zero s", "3006020101020100", false },
        { "trailing inside", "300702010102010100", false },
        { "trailing outside", "300602010102010100", false },
        { "one integer", "3003020101", false },
        { "33 octets of magnitude",
          "3026022101000000000000000000000000000000000000000000000000000000000000000000020101", false },
        { "empty", "", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        ROW_EQ(rows[i].name, vd_sig_der_valid(vd_buf_span(&b)), rows[i].ok);
        vd_buf_free(&b);
    }
}

static void raw_signatures_out_of_range(void **state)
{
    static const char n[] = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    static const char one[] = "0000000000000000000000000000000000000000000000000000000000000001";
    static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const struct {
        const char *name, *r, *s;
    } rows[] = { { "r 0", zero, one }, { "s 0", one, zero }, { "r = n", n, one },
                 { "s = n", one, n } };
    struct vd_key *k = vd_key_generate();
    uint8_t point[VD_POINT];
    (void)state;
    assert_true(k != NULL && vd_key_point(k, point));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].r), s = unhex(rows[i].s);
        assert_true(vd_buf_put(&b, vd_buf_span(&s)));
        ROW_EQ(rows[i].name,
               vd_sig_check_raw(VD_SPAN(point), message, VD_NO_SPAN, vd_buf_span(&b)),
               VD_CHECK_BAD);
        vd_buf_free(&b);
        vd_buf_free(&s);
    }
    assert_int_equal(vd_sig_check_raw(VD_SPAN(point), message, VD_NO_SPAN,
                                      (struct vd_span){ point, 63 }),
                     VD_CHECK_BAD);
    vd_key_free(k);
}

/* As DER has it: no needless zero octets, and one where the first bit would be a sign. */
static void raw_signatures_as_der(void **state)
{
    static const struct {
        uint8_t r[2], s[2];
        const char *hex;
    } rows[] = { { { 0, 1 }, { 0, 1 }, "3006020101020101" },
                 { { 0, 0x80 }, { 0, 0x7F }, "30070202008002017F" },
                 { { 1, 0 }, { 0x80, 0 }, "30090202010002030080 00" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf want = unhex(rows[i].hex), out = VD_BUF(128);
        uint8_t raw[VD_RAW_SIG] = { 0 };
        memcpy(raw + 30, rows[i].r, 2);
        memcpy(raw + 62, rows[i].s, 2);
        ROW_TRUE(rows[i].hex, vd_sig_raw_to_der(VD_SPAN(raw), &out));
        ROW_TRUE(rows[i].hex, vd_span_eq(vd_buf_span(&out), vd_buf_span(&want)));
        ROW_TRUE(rows[i].hex, vd_sig_der_valid(vd_buf_span(&out)));
        vd_buf_free(&out);
        vd_buf_free(&want);
    }
}

static void points_off_the_curve(void **state)
{
    struct vd_key *k = vd_key_generate();
    uint8_t point[VD_POINT];
    (void)state;
    assert_true(k != NULL && vd_key_point(k, point));
    assert_int_equal(vd_point_check(VD_SPAN(point)), VD_CHECK_GOOD);
    point[64] ^= 1;
    assert_int_equal(vd_point_check(VD_SPAN(point)), VD_CHECK_NO_KEY);
    point[64] ^= 1;
    point[0] = 0x02;
    assert_int_equal(vd_point_check(VD_SPAN(point)), VD_CHECK_NO_KEY);
    assert_int_equal(vd_point_check((struct vd_span){ point, 33 }), VD_CHECK_NO_KEY);
    vd_key_free(k);
}

/* The list belongs to the caller: a TLS stack that finds an error there ends its connection. */
static void errors_of_libcrypto_are_not_left_behind(void **state)
{
    static const char bad[] = "3006020101020101";
    struct vd_key *k = vd_key_generate();
    struct vd_buf sig = unhex(bad);
    uint8_t point[VD_POINT], off[VD_POINT];

    (void)state;
    assert_true(k != NULL && vd_key_point(k, point) && vd_key_point(k, off));
    off[64] ^= 1;
    for (int already = 0; already < 2; already++) {
        unsigned long was;
        ERR_clear_error();
        if (already)
            ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE);
        was = ERR_peek_last_error();
        assert_int_equal(vd_point_check(VD_SPAN(off)), VD_CHECK_NO_KEY);
        assert_int_equal(vd_sig_check(VD_SPAN(off), message, vd_buf_span(&sig)), VD_CHECK_NO_KEY);
        assert_int_equal(vd_sig_check(VD_SPAN(point), message, vd_buf_span(&sig)), VD_CHECK_BAD);
        assert_null(vd_key_read_pem(message));
        assert_false(vd_public_pem_point(message, off));
        assert_true(ERR_peek_last_error() == was);
        if (already)
            assert_true(ERR_get_error() == was);
        assert_true(ERR_get_error() == 0);
    }
    vd_buf_free(&sig);
    vd_key_free(k);
}

static void keys_travel_as_pem(void **state)
{
    struct vd_key *k = vd_key_generate(), *back;
    struct vd_buf priv = VD_BUF(4096), pub = VD_BUF(4096);
    uint8_t a[VD_POINT], b[VD_POINT], c[VD_POINT];
    (void)state;
    assert_true(vd_key_private_pem(k, &priv) && vd_key_public_pem(k, &pub));
    back = vd_key_read_pem(vd_buf_span(&priv));
    assert_non_null(back);
    assert_true(vd_key_point(k, a) && vd_key_point(back, b) &&
                vd_public_pem_point(vd_buf_span(&pub), c));
    assert_memory_equal(a, b, VD_POINT);
    assert_memory_equal(a, c, VD_POINT);
    assert_null(vd_key_read_pem(vd_buf_span(&pub)));
    assert_false(vd_public_pem_point(vd_buf_span(&priv), c));
    assert_null(vd_key_read_pem(VD_NO_SPAN));
    vd_key_free(k);
    vd_key_free(back);
    vd_buf_free(&priv);
    vd_buf_free(&pub);
}

static void scalars(void **state)
{
    static const struct {
        const char *name, *hex;
        bool ok;
    } rows[] = {
        { "1", "0000000000000000000000000000000000000000000000000000000000000001", true },
        { "n - 1", "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550", true },
        { "0", "0000000000000000000000000000000000000000000000000000000000000000", false },
        { "n", "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", false },
        { "31 octets", "00000000000000000000000000000000000000000000000000000000000001", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        struct vd_key *k = vd_key_from_scalar(vd_buf_span(&b));
        ROW_EQ(rows[i].name, k != NULL, rows[i].ok);
        vd_key_free(k);
        vd_buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_and_checks),          cmocka_unit_test(split_messages_hash_the_same),
        cmocka_unit_test(der_signatures_are_strict), cmocka_unit_test(raw_signatures_out_of_range),
        cmocka_unit_test(raw_signatures_as_der),
        cmocka_unit_test(points_off_the_curve),      cmocka_unit_test(keys_travel_as_pem),
        cmocka_unit_test(scalars),
        cmocka_unit_test(errors_of_libcrypto_are_not_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
