/* SPDX-License-Identifier: Apache-2.0
 *
 * test_tlv.c - Matter TLV element by element (appendix A).
 */
#include "tlv.h"
#include "unit.h"

/* Reads everything; the number of elements, or -1 when the bytes are refused. */
static int walk(struct vd_span in)
{
    struct vd_tlv_reader r = vd_tlv_start(in);
    struct vd_tlv e;
    int n = 0;
    while (r.in.n > 0) {
        if (!vd_tlv_next(&r, &e))
            return -1;
        n++;
    }
    return r.depth == 0 ? n : -1;
}

static void structures(void **state)
{
    static const struct {
        const char *name, *hex;
        int n;
    } rows[] = {
        { "empty structure", "1518", 2 },
        { "member with context tag", "15 24 01 05 18", 3 },
        { "anonymous member of a structure", "15 04 05 18", -1 },
        { "array of anonymous members", "16 04 05 05 0100 18", 4 },
        { "tagged member of an array", "16 24 01 05 18", -1 },
        { "list with both", "17 04 05 24 01 05 18", 4 },
        { "context tag at the top", "24 01 05", -1 },
        { "end at the top", "18", -1 },
        { "end with a tag", "15 38 01", -1 },
        { "container still open", "15 24 01 05", -1 },
        { "common profile tag", "15 44 0100 05 18", 3 },
        { "implicit profile tag", "15 84 0100 05 18", -1 },
        { "fully qualified tag, 6 octets", "15 C4 F1FF 3E00 0100 05 18", 3 },
        { "fully qualified tag, 8 octets", "15 E4 F1FF 3E00 01000000 05 18", 3 },
        { "fully qualified tag, cut", "15 C4 F1FF 3E00 01", -1 },
        { "reserved type 19", "15 39 01 18", -1 },
        { "reserved type 1F", "15 3F 01 18", -1 },
        { "string longer than what is there", "15 30 01 05 AA 18", -1 },
        { "string length of 8 octets, too long", "15 33 01 FFFFFFFFFFFFFFFF AA 18", -1 },
        { "string length of 2 octets", "15 31 01 0100 AA 18", 3 },
        { "UTF-8", "15 2C 01 02 C3A9 18", 3 },
        { "broken UTF-8", "15 2C 01 02 C328 18", -1 },
        { "depth 8", "15 3501 3501 3501 3501 3501 3501 3501 18 18 18 18 18 18 18 18", 16 },
        { "depth 9", "15 3501 3501 3501 3501 3501 3501 3501 3501 18 18 18 18 18 18 18 18 18", -1 },
        { "null, boolean, float", "15 34 01 29 02 2A 03 00000000 18", 5 },
        { "float cut", "15 2B 03 00000000 18", -1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        ROW_EQ(rows[i].name, walk(vd_buf_span(&b)), rows[i].n);
        vd_buf_free(&b);
    }
}

static void numbers(void **state)
{
    static const struct {
        const char *name, *hex;
        enum vd_tlv_type type;
        uint64_t v;
    } rows[] = {
        { "u8", "0405", VD_TLV_UNSIGNED, 5 },
        { "u16", "050201", VD_TLV_UNSIGNED, 0x0102 },
        { "u32 wider than needed", "0605000000", VD_TLV_UNSIGNED, 5 },
        { "u64", "07FFFFFFFFFFFFFFFF", VD_TLV_UNSIGNED, UINT64_MAX },
        { "s8 -1", "00FF", VD_TLV_SIGNED, UINT64_MAX },
        { "s16 -2", "01FEFF", VD_TLV_SIGNED, UINT64_MAX - 1 },
        { "s64 min", "030000000000000080", VD_TLV_SIGNED, UINT64_C(1) << 63 },
        { "true", "09", VD_TLV_BOOLEAN, 1 },
        { "false", "08", VD_TLV_BOOLEAN, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf b = unhex(rows[i].hex);
        struct vd_tlv_reader r = vd_tlv_start(vd_buf_span(&b));
        struct vd_tlv e;
        ROW_TRUE(rows[i].name, vd_tlv_next(&r, &e));
        ROW_EQ(rows[i].name, e.type, rows[i].type);
        ROW_TRUE(rows[i].name, e.number == rows[i].v);
        vd_buf_free(&b);
    }
}

static void skipping_ends_behind_the_container(void **state)
{
    struct vd_buf b = unhex("15 3601 1518 17 18 18 2402 07 18");
    struct vd_tlv_reader r = vd_tlv_start(vd_buf_span(&b));
    struct vd_tlv e;
    (void)state;
    assert_true(vd_tlv_next(&r, &e) && vd_tlv_next(&r, &e));
    assert_int_equal(e.type, VD_TLV_ARRAY);
    assert_true(vd_tlv_skip(&r));
    assert_true(vd_tlv_next(&r, &e));
    assert_true(vd_tlv_is_context(&e, 2));
    vd_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(structures), cmocka_unit_test(numbers),
                                        cmocka_unit_test(skipping_ends_behind_the_container) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
