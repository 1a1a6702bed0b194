/* SPDX-License-Identifier: Apache-2.0
 *
 * test_overlay.c - local rules as text: read, refused with the line, found, written.
 */
#include "limits.h"
#include "overlay.h"
#include "unit.h"

#define HEAD "veridac-rules 1 test\n"
#define ISSUER "0102 MA4xDDAKBgNVBAMMA0FBQQ=="
#define KEY_ID "\x01\x02"
#define NAME "\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03" "AAA"

static const struct {
    const char *name, *text, *why; /* NULL: read */
    uint32_t line;
} rows[] = {
    { "nothing", HEAD, NULL, 0 },
    { "all kinds", HEAD "# a remark\n\ncertificate " ISSUER " 0A stolen\nissuer " ISSUER "\n"
      "product FFF1 8000 recalled\n", NULL, 0 },
    { "no end of line", HEAD "product FFF1 8000", NULL, 0 },
    { "no rules", "product FFF1 8000\n", "not a list of rules", 1 },
    { "a later version", "veridac-rules 2 test\n", "not a list of rules", 1 },
    { "no network", "veridac-rules 1 \n", "expected the network main or test", 1 },
    { "another network", "veridac-rules 1 both\n", "expected the network main or test", 1 },
    { "another word", HEAD "exception " ISSUER " 0A\n", "expected certificate, issuer or product", 2 },
    { "a space in front", HEAD "\n product FFF1 8000\n", "expected certificate, issuer or product", 3 },
    { "no key id", HEAD "issuer  MA4xDDAKBgNVBAMMA0FBQQ==\n",
      "expected the key id in hex and the Name in base64 of the issuer", 2 },
    { "half an octet", HEAD "issuer 010 MA4xDDAKBgNVBAMMA0FBQQ==\n",
      "expected the key id in hex and the Name in base64 of the issuer", 2 },
    { "a Name that is not base64", HEAD "issuer 0102 MA4x*\n",
      "expected the key id in hex and the Name in base64 of the issuer", 2 },
    { "no serial", HEAD "certificate " ISSUER "\n", "expected a serial number in hex", 2 },
    { "a serial of 22 octets", HEAD "certificate " ISSUER
      " 00112233445566778899001122334455667788990011\n", "expected a serial number in hex", 2 },
    { "a serial of 21 octets", HEAD "certificate " ISSUER
      " 112233445566778899001122334455667788990011\n", "expected a serial number in hex", 2 },
    { "20 octets behind a zero", HEAD "certificate " ISSUER
      " 002233445566778899001122334455667788990011\n", NULL, 0 },
    { "vendor 0", HEAD "product 0000 8000\n",
      "expected a vendor id and a product id, four hex digits each", 2 },
    { "a product of five digits", HEAD "product FFF1 08000\n",
      "expected a vendor id and a product id, four hex digits each", 2 },
    { "a reason that is not UTF-8", HEAD "product FFF1 8000 \xff\n", "the reason is not a short text", 2 },
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_overlay o;
        uint32_t line = 0;
        const char *wrong = vd_overlay_read(vd_span_str(rows[i].text), &o, &line);
        if ((wrong == NULL) != (rows[i].why == NULL) ||
            (wrong != NULL && (strcmp(wrong, rows[i].why) != 0 || line != rows[i].line)))
            fail_msg("%s: '%s' in line %u", rows[i].name, wrong ? wrong : "read", (unsigned)line);
        if (wrong == NULL)
            vd_overlay_free(&o);
    }
}

static void hits(void **state)
{
    const struct vd_span key_id = { (const uint8_t *)KEY_ID, 2 },
                         name = { (const uint8_t *)NAME, sizeof NAME - 1 };
    const uint8_t serial[] = { 0x8A }, other[] = { 0x8B };
    struct vd_buf text = VD_BUF(4096);
    uint8_t id[VD_ISSUER_ID], stranger[VD_ISSUER_ID] = { 0 };
    const struct vd_overlay_rule *hit;
    struct vd_overlay o;
    uint64_t key, clear;
    uint32_t line;
    (void)state;

    assert_true(vd_revkey_issuer(NULL, name, key_id, id));
    assert_true(vd_revkey_make(NULL, id, VD_SPAN(serial), &key));
    assert_true(vd_revkey_make(NULL, id, VD_SPAN(other), &clear));
    assert_true(vd_buf_str(&text, HEAD));
    assert_true(vd_overlay_put(VD_OVERLAY_PRODUCT, VD_NO_SPAN, VD_NO_SPAN, VD_NO_SPAN, 0xFFF2, 0,
                               VD_NO_SPAN, &text));
    assert_true(vd_overlay_put(VD_OVERLAY_PRODUCT, VD_NO_SPAN, VD_NO_SPAN, VD_NO_SPAN, 0xFFF1, 0x8000,
                               vd_span_str("recalled"), &text));
    for (int twice = 0; twice < 2; twice++)
        assert_true(vd_overlay_put(VD_OVERLAY_CERTIFICATE, key_id, name, VD_SPAN(serial), 0, 0,
                                   vd_span_str("stolen"), &text));
    assert_null(vd_overlay_read(vd_buf_span(&text), &o, &line));
    assert_int_equal(o.n, 4);

    hit = vd_overlay_certificate(&o, id, key);
    assert_non_null(hit);
    assert_true(vd_span_is(hit->reason, "stolen"));
    assert_int_equal(hit->line, 4); /* the first of two */
    assert_null(vd_overlay_certificate(&o, id, clear));
    assert_null(vd_overlay_certificate(&o, stranger, key));
    assert_non_null(vd_overlay_product(&o, 0xFFF1, 0x8000));
    assert_null(vd_overlay_product(&o, 0xFFF1, 0x8001));
    assert_non_null(vd_overlay_product(&o, 0xFFF2, 0x1234)); /* all of a vendor */
    assert_null(vd_overlay_product(&o, 0xFFF3, 0));
    vd_overlay_free(&o);

    assert_true(vd_overlay_put(VD_OVERLAY_ISSUER, key_id, name, VD_NO_SPAN, 0, 0, VD_NO_SPAN, &text));
    assert_null(vd_overlay_read(vd_buf_span(&text), &o, &line));
    assert_non_null(vd_overlay_certificate(&o, id, clear));
    assert_null(vd_overlay_certificate(&o, stranger, clear));
    vd_overlay_free(&o);
    vd_buf_free(&text);
}

/* Whatever stands there: no crash, and rules that are read can be asked for. */
static void junk(void **state)
{
    char text[] = HEAD "certificate " ISSUER " 0A stolen\nproduct FFF1 8000\n";
    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        for (unsigned v = 0; v < 256; v += 5) {
            struct vd_overlay o;
            uint32_t line;
            const char keep = text[i];
            uint8_t *copy = malloc(sizeof text - 1); /* ends where its memory ends */
            assert_non_null(copy);
            text[i] = (char)v;
            memcpy(copy, text, sizeof text - 1);
            if (vd_overlay_read((struct vd_span){ copy, sizeof text - 1 }, &o, &line) == NULL) {
                (void)vd_overlay_product(&o, 0xFFF1, 0x8000);
                vd_overlay_free(&o);
            }
            text[i] = keep;
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(texts), cmocka_unit_test(hits),
                                        cmocka_unit_test(junk) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
