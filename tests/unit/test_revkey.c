/* SPDX-License-Identifier: Apache-2.0
 *
 * test_revkey.c - canonical serials, issuer ids and keys: one definition for everybody.
 */
#include "revkey.h"
#include "sig.h"
#include "unit.h"

/* Top bit set, leading zero and 20 octets are the three that others got wrong in public. */
static void serials(void **state)
{
    static const struct {
        const char *name, *hex, *canonical; /* NULL: refused */
    } rows[] = {
        { "plain", "302664392B8A3F2A", "302664392B8A3F2A" },
        { "sign octet before a top bit", "00AB042494323FE5", "AB042494323FE5" },
        { "leading zeros", "0000000102", "0102" },
        { "leading zero nibble", "0AB042494323FE54", "0AB042494323FE54" },
        { "20 octets", "5433500AF72D566DD0C0FD2710AB6F8562BD6F8F",
          "5433500AF72D566DD0C0FD2710AB6F8562BD6F8F" },
        { "20 octets and a sign octet", "00D433500AF72D566DD0C0FD2710AB6F8562BD6F8F",
          "D433500AF72D566DD0C0FD2710AB6F8562BD6F8F" },
        { "21 octets", "015433500AF72D566DD0C0FD2710AB6F8562BD6F8F", NULL },
        { "zero", "00", "00" },
        { "several zeros", "000000", "00" },
        { "negative", "80", NULL },
        { "nothing", "", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf in = unhex(rows[i].hex);
        struct vd_buf want = unhex(rows[i].canonical ? rows[i].canonical : "");
        struct vd_span got = VD_NO_SPAN;
        ROW_EQ(rows[i].name, vd_revkey_serial(vd_buf_span(&in), &got), rows[i].canonical != NULL);
        ROW_TRUE(rows[i].name, vd_span_eq(got, vd_buf_span(&want)));
        vd_buf_free(&in);
        vd_buf_free(&want);
    }
}

/* The definition of the design, put together by hand. */
static void ids_are_what_the_format_says(void **state)
{
    static const char name[] = "NAME", key_id[] = "01234567890123456789";
    uint8_t id[VD_ISSUER_ID], digest[VD_SHA256], serial[] = { 1, 2, 3 };
    struct vd_buf b = VD_BUF(256);
    uint64_t key = 0, want;
    (void)state;

    assert_true(vd_buf_str(&b, "veridac-issuer-v1") && vd_buf_u8(&b, 4) && vd_buf_u8(&b, 0) &&
                vd_buf_str(&b, name) && vd_buf_u8(&b, 20) && vd_buf_str(&b, key_id));
    assert_true(vd_sha256(vd_buf_span(&b), digest));
    assert_true(vd_revkey_issuer(NULL, vd_span_str(name), vd_span_str(key_id), id));
    assert_memory_equal(id, digest, VD_ISSUER_ID);

    vd_buf_clear(&b);
    assert_true(vd_buf_put(&b, VD_SPAN(id)) && vd_buf_u8(&b, 3) && vd_buf_put(&b, VD_SPAN(serial)));
    assert_true(vd_sha256(vd_buf_span(&b), digest));
    want = vd_load_be64(digest);
    assert_true(vd_revkey_make(NULL, id, VD_SPAN(serial), &key));
    assert_true(key == want);
    vd_buf_free(&b);
}

static void ids_bind_name_and_key_id(void **state)
{
    uint8_t a[VD_ISSUER_ID], b[VD_ISSUER_ID];
    static const uint8_t long_name[2000];
    (void)state;
    /* the border between the two is part of the id */
    assert_true(vd_revkey_issuer(NULL, vd_span_str("AB"), vd_span_str("CD"), a));
    assert_true(vd_revkey_issuer(NULL, vd_span_str("A"), vd_span_str("BCD"), b));
    assert_memory_not_equal(a, b, VD_ISSUER_ID);
    assert_true(vd_revkey_issuer(NULL, vd_span_str("AB"), VD_NO_SPAN, b));
    assert_memory_not_equal(a, b, VD_ISSUER_ID);
    assert_false(vd_revkey_issuer(NULL, VD_SPAN(long_name), vd_span_str("CD"), a));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(serials),
                                        cmocka_unit_test(ids_are_what_the_format_says),
                                        cmocka_unit_test(ids_bind_name_and_key_id) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
