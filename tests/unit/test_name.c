/* SPDX-License-Identifier: Apache-2.0
 *
 * test_name.c - vendor and product ids in Names (Matter 6.1.1, 6.2.2.2), comparison, text.
 */
#include "name.h"
#include "der.h"
#include "unit.h"

/* Builds a Name from (OID, string tag, value) triples, one RDN each. */
struct part {
    char kind; /* c: CN, v: VID, p: PID, o: O, 0: end */
    uint8_t tag;
    const char *value;
};

static void put_part(struct vd_buf *out, const struct part *p)
{
    static const uint8_t cn[] = { 6, 3, 0x55, 4, 3 }, o[] = { 6, 3, 0x55, 4, 10 };
    static const uint8_t vid[] = { 6, 10, 0x2B, 6, 1, 4, 1, 0x82, 0xA2, 0x7C, 2, 1 };
    static const uint8_t pid[] = { 6, 10, 0x2B, 6, 1, 4, 1, 0x82, 0xA2, 0x7C, 2, 2 };
    struct vd_span oid = p->kind == 'c'   ? VD_SPAN(cn)
                         : p->kind == 'o' ? VD_SPAN(o)
                         : p->kind == 'v' ? VD_SPAN(vid)
                                          : VD_SPAN(pid);
    size_t n = strlen(p->value), inner = oid.n + 2 + n;
    assert_true(inner < 126);
    assert_true(vd_buf_u8(out, DER_SET) && vd_buf_u8(out, (uint8_t)(inner + 2)) &&
                vd_buf_u8(out, DER_SEQUENCE) && vd_buf_u8(out, (uint8_t)inner) &&
                vd_buf_put(out, oid) && vd_buf_u8(out, p->tag) && vd_buf_u8(out, (uint8_t)n) &&
                vd_buf_str(out, p->value));
}

static struct vd_buf name_of(const struct part *parts)
{
    struct vd_buf rdns = VD_BUF(4096), out = VD_BUF(4096);
    for (; parts->kind; parts++)
        put_part(&rdns, parts);
    assert_true(vd_buf_u8(&out, DER_SEQUENCE));
    if (rdns.n >= 0x80)
        assert_true(vd_buf_u8(&out, 0x81));
    assert_true(vd_buf_u8(&out, (uint8_t)rdns.n) && vd_buf_put(&out, vd_buf_span(&rdns)));
    vd_buf_free(&rdns);
    return out;
}

#define U DER_UTF8_STRING
#define P DER_PRINTABLE_STRING

/* The unit vectors of the Matter SDK and the decisions of the design. ABSENT, PRESENT, BAD. */
static void ids(void **state)
{
    static const struct {
        const char *name;
        struct part parts[5];
        enum vd_id_state vid, pid;
        unsigned v, p;
    } rows[] = {
        { "OIDs", { { 'v', U, "FFF1" }, { 'p', U, "8000" } }, 1, 1, 0xFFF1, 0x8000 },
        { "PrintableString", { { 'v', P, "118C" } }, 1, 0, 0x118C, 0 },
        { "IA5String", { { 'v', DER_IA5_STRING, "FFF1" } }, 2, 0, 0, 0 },
        { "zero", { { 'v', U, "0000" } }, 1, 0, 0, 0 },
        { "lower case", { { 'v', U, "12eF" } }, 2, 0, 0, 0 },
        { "five digits", { { 'v', U, "12345" } }, 2, 0, 0, 0 },
        { "three digits", { { 'v', U, "AB5" } }, 2, 0, 0, 0 },
        { "not hex", { { 'p', U, "10FH" } }, 0, 2, 0, 0 },
        { "0x in front", { { 'v', U, "0x45" } }, 2, 0, 0, 0 },
        { "CN both", { { 'c', U, "ACME Mvid:FFF1 Mpid:00B1" } }, 1, 1, 0xFFF1, 0x00B1 },
        { "CN other order", { { 'c', U, "Mpid:00B1,ACME,Mvid:FFF1" } }, 1, 1, 0xFFF1, 0x00B1 },
        { "CN glued", { { 'c', U, "Mvid:FFF1ACME Mpid:00B19899" } }, 1, 1, 0xFFF1, 0x00B1 },
        { "CN leftmost correct one",
          { { 'c', U, "Mpid:Mvid:FFF1 Mpid:12cd Matter Test Mpid:FE67" } }, 1, 1, 0xFFF1, 0xFE67 },
        { "CN overlapping", { { 'c', U, "MpidMvid:FFF10 Matter Test Mpid:FE67" } }, 1, 1, 0xFFF1,
          0xFE67 },
        { "CN never correct", { { 'c', U, "Mvid:FF1" } }, 2, 0, 0, 0 },
        { "CN lower case", { { 'c', U, "Mvid:fff1" } }, 2, 0, 0, 0 },
        { "CN empty PID", { { 'c', U, "Mpid: Mvid:FFF1" } }, 1, 2, 0xFFF1, 0 },
        { "CN other case of the marker", { { 'c', U, "MVID:FFF1" } }, 0, 0, 0, 0 },
        { "CN underscore", { { 'c', U, "Mvid_FFF1" } }, 0, 0, 0, 0 },
        { "CN cut", { { 'c', U, "Mvid:FFF" } }, 2, 0, 0, 0 },
        { "OID wins", { { 'c', U, "Mvid:FFF2 Mpid:00B2" }, { 'v', U, "FFF1" }, { 'p', U, "00B1" } },
          1, 1, 0xFFF1, 0x00B1 },
        { "no mixing", { { 'c', U, "Mvid:FFF1" }, { 'p', U, "00B1" } }, 0, 1, 0, 0x00B1 },
        { "malformed OID value does not fall back",
          { { 'c', U, "Mvid:FFF1" }, { 'v', U, "fff1" } }, 2, 0, 0, 0 },
        { "second CN", { { 'c', U, "ACME" }, { 'c', U, "Mvid:FFF1" } }, 1, 0, 0xFFF1, 0 },
        { "correct one in the second CN", { { 'c', U, "Mvid:FF1" }, { 'c', U, "Mvid:FFF1" } }, 1, 0,
          0xFFF1, 0 },
        { "another attribute is not looked at", { { 'o', U, "Mvid:FFF1" } }, 0, 0, 0, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf der = name_of(rows[i].parts);
        struct vd_name n;
        vd_name_read(vd_buf_span(&der), &n);
        ROW_TRUE(rows[i].name, n.well_formed && !n.empty);
        ROW_EQ(rows[i].name, n.vid.state, rows[i].vid);
        ROW_EQ(rows[i].name, n.pid.state, rows[i].pid);
        if (rows[i].vid == VD_ID_PRESENT)
            ROW_EQ(rows[i].name, n.vid.value, rows[i].v);
        if (rows[i].pid == VD_ID_PRESENT)
            ROW_EQ(rows[i].name, n.pid.value, rows[i].p);
        vd_buf_free(&der);
    }
}

/* What a device calls itself must not rewrite the line on which it is shown. */
static void what_is_shown_is_what_is_there(void **state)
{
    static const struct {
        const char *name, *in, *out;
    } rows[] = {
        { "letters", "ACME \xC3\xA9\xE2\x82\xAC", "ACME \xC3\xA9\xE2\x82\xAC" },
        { "escape", "a\x1B[2Jb", "a\\x1B[2Jb" },
        { "backslash", "a\\b", "a\\x5Cb" },
        { "C1", "a\xC2\x9B" "b", "a\\xC2\\x9Bb" },
        { "right to left", "a\xE2\x80\xAE" "b", "a\\xE2\\x80\\xAEb" },
        { "isolate", "a\xE2\x81\xA6" "b", "a\\xE2\\x81\\xA6b" },
        { "zero width", "a\xE2\x80\x8B" "b", "a\\xE2\\x80\\x8Bb" },
        { "byte order mark", "\xEF\xBB\xBF" "b", "\\xEF\\xBB\\xBFb" },
        { "a dash of the same block", "a\xE2\x80\x93" "b", "a\xE2\x80\x93" "b" },
        { "not UTF-8", "a\xE2\x80", "a\\xE2\\x80" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf out = VD_BUF(256);
        ROW_TRUE(rows[i].name, vd_printable(vd_span_str(rows[i].in), &out));
        ROW_TRUE(rows[i].name, vd_span_is(vd_buf_span(&out), rows[i].out));
        vd_buf_free(&out);
    }
}

static void oddities(void **state)
{
    static const struct part twice[] = { { 'v', U, "FFF1" }, { 'v', U, "FFF1" }, { 0, 0, NULL } };
    static const struct part empty[] = { { 'c', U, "" }, { 0, 0, NULL } };
    static const struct part none[] = { { 0, 0, NULL } };
    static const struct part beside[] = { { 'v', U, "FFF1" }, { 'c', U, "x Mvid:FF" },
                                          { 0, 0, NULL } };
    struct vd_buf der;
    struct vd_name n;
    (void)state;

    der = name_of(twice);
    vd_name_read(vd_buf_span(&der), &n);
    assert_true(n.vid.repeated);
    vd_buf_free(&der);

    der = name_of(empty);
    vd_name_read(vd_buf_span(&der), &n);
    assert_true(n.well_formed && n.empty);
    vd_buf_free(&der);

    der = name_of(none);
    vd_name_read(vd_buf_span(&der), &n);
    assert_true(n.well_formed && n.empty);
    vd_buf_free(&der);

    der = name_of(beside);
    vd_name_read(vd_buf_span(&der), &n);
    assert_true(n.cn_ignored && n.vid.state == VD_ID_PRESENT);
    vd_buf_free(&der);

    der = unhex("3005310330010A");
    vd_name_read(vd_buf_span(&der), &n);
    assert_false(n.well_formed);
    vd_buf_free(&der);
}

static void folding(void **state)
{
    static const struct {
        const char *name;
        struct part a[3], b[3];
        bool same;
    } rows[] = {
        { "case", { { 'c', U, "ACME PAI" } }, { { 'c', U, "Acme pai" } }, true },
        { "string type", { { 'c', U, "ACME" } }, { { 'c', P, "ACME" } }, true },
        { "white space", { { 'c', U, " ACME  PAI " } }, { { 'c', U, "ACME PAI" } }, true },
        { "a missing space", { { 'c', U, "ACMEPAI" } }, { { 'c', U, "ACME PAI" } }, false },
        { "another letter", { { 'c', U, "ACME" } }, { { 'c', U, "ACMF" } }, false },
        { "a prefix", { { 'c', U, "ACME" } }, { { 'c', U, "ACME1" } }, false },
        { "another attribute", { { 'c', U, "ACME" } }, { { 'o', U, "ACME" } }, false },
        { "one more attribute", { { 'c', U, "A" } }, { { 'c', U, "A" }, { 'o', U, "A" } }, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf a = name_of(rows[i].a), b = name_of(rows[i].b);
        ROW_EQ(rows[i].name, vd_name_eq_normalised(vd_buf_span(&a), vd_buf_span(&b)),
               rows[i].same);
        ROW_EQ(rows[i].name, vd_name_eq_normalised(vd_buf_span(&b), vd_buf_span(&a)),
               rows[i].same);
        vd_buf_free(&a);
        vd_buf_free(&b);
    }
}

static void text_is_printable(void **state)
{
    static const struct part parts[] = { { 'c', U, "a\033[31mb\xC2\x9B" "c" }, { 'v', U, "FFF1" },
                                         { 0, 0, NULL } };
    struct vd_buf der = name_of(parts), out = VD_BUF(1024);
    (void)state;
    assert_true(vd_name_text(vd_buf_span(&der), &out));
    assert_true(vd_span_is(vd_buf_span(&out), "CN=a\\x1B[31mb\\xC2\\x9Bc, VID=FFF1"));
    vd_buf_free(&der);
    vd_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ids),
                                        cmocka_unit_test(what_is_shown_is_what_is_there),
                                        cmocka_unit_test(oddities),
                                        cmocka_unit_test(folding),
                                        cmocka_unit_test(text_is_printable) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
