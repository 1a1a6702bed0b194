/* SPDX-License-Identifier: Apache-2.0
 *
 * test_overlay.c - local rules as text: read, refused with line and column, found, written.
 */
#include "limits.h"
#include "overlay.h"
#include "unit.h"

#define HEAD "veridac-rules 1 test\n"
#define ISSUER "0102 MA4xDDAKBgNVBAMMA0FBQQ=="
#define KEY_ID "\x01\x02"
#define NAME "\x30\x0e\x31\x0c\x30\x0a\x06\x03\x55\x04\x03\x0c\x03" "AAA"
#define KINDS "expected certificate, issuer, paa, skid, vendor, product or version"
#define SIGNATURE "signature p256 000102030405060708090a0b0c0d0e0f " \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="
#define WORD_64 "0123456789012345678901234567890123456789012345678901234567890123"

static const struct {
    const char *name, *text, *why; /* NULL: read */
    uint32_t line, column;
} rows[] = {
    { "nothing", HEAD, NULL, 0, 0 },
    { "all kinds", HEAD "# a remark\n\ncertificate " ISSUER " 0A stolen\ncertificate 0102 - 0A\nissuer " ISSUER
      "\npaa 0102\nskid 0102 gone\nvendor FFF1\nproduct FFF1 8000 recalled\nversion FFF1 8000 1 4294967295\n",
      NULL, 0, 0 },
    { "no end of line", HEAD "product FFF1 8000", NULL, 0, 0 },
    { "no rules", "product FFF1 8000\n", "not a list of rules", 1, 1 },
    { "a later version", "veridac-rules 2 test\n", "not a list of rules", 1, 1 },
    { "no network", "veridac-rules 1 \n", "expected the network main or test", 1, 17 },
    { "another network", "veridac-rules 1 both\n", "expected the network main or test", 1, 17 },
    { "another word", HEAD "exception " ISSUER " 0A\n", KINDS, 2, 1 },
    { "a space in front", HEAD "\n product FFF1 8000\n", KINDS, 3, 1 },
    { "no key id", HEAD "issuer  MA4xDDAKBgNVBAMMA0FBQQ==\n", "expected the key id of the issuer, in hex", 2, 8 },
    { "half an octet", HEAD "issuer 010 MA4xDDAKBgNVBAMMA0FBQQ==\n",
      "expected the key id of the issuer, in hex", 2, 8 },
    { "a Name that is not base64", HEAD "issuer 0102 MA4x*\n", "expected the Name of the issuer in base64", 2, 13 },
    { "any Name of an issuer", HEAD "issuer 0102 -\n", "expected the Name of the issuer in base64", 2, 13 },
    { "no serial", HEAD "certificate " ISSUER "\n", "expected a serial number in hex", 2, 42 },
    { "a serial of 22 octets", HEAD "certificate " ISSUER
      " 00112233445566778899001122334455667788990011\n", "expected a serial number in hex", 2, 43 },
    { "a serial of 21 octets", HEAD "certificate " ISSUER
      " 112233445566778899001122334455667788990011\n", "expected a serial number in hex", 2, 43 },
    { "20 octets behind a zero", HEAD "certificate " ISSUER
      " 002233445566778899001122334455667788990011\n", NULL, 0, 0 },
    { "a key id of 33 octets", HEAD "skid 000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f00\n",
      "expected a key id in hex", 2, 6 },
    { "vendor 0", HEAD "product 0000 8000\n", "expected a vendor id, four hex digits", 2, 9 },
    { "a product of five digits", HEAD "product FFF1 08000\n", "expected a product id, four hex digits, not 0000", 2, 14 },
    { "product 0", HEAD "product FFF1 0000\n", "expected a product id, four hex digits, not 0000", 2, 14 },
    { "versions the wrong way round", HEAD "version FFF1 8000 5 4\n",
      "expected the first and the last software version, in decimal", 2, 21 },
    { "one version", HEAD "version FFF1 8000 5 5\n", NULL, 0, 0 },
    { "a version of 33 bits", HEAD "version FFF1 8000 5 4294967296\n",
      "expected the first and the last software version, in decimal", 2, 21 },
    { "all that may be said", HEAD "product FFF1 8000 id=r1 effect=quarantine source=soc ticket=INC-1 "
      "time=2026-01-01T00:00:00Z expires=2026-02-01T00:00:00Z stolen in March\n", NULL, 0, 0 },
    { "a misspelled expiry", HEAD "product FFF1 8000 expire=2026-02-01T00:00:00Z stolen\n",
      "not an attribute of rules: id, effect, source, ticket, time or expires", 2, 19 },
    { "a capital letter", HEAD "product FFF1 8000 Expires=2026-02-01T00:00:00Z stolen\n",
      "not an attribute of rules: id, effect, source, ticket, time or expires", 2, 19 },
    { "a letter too many", HEAD "product FFF1 8000 expires_at=2026-02-01T00:00:00Z stolen\n",
      "not an attribute of rules: id, effect, source, ticket, time or expires", 2, 19 },
    { "an attribute in the reason", HEAD "product FFF1 8000 stolen expire=2026\n", NULL, 0, 0 },
    { "an id twice", HEAD "product FFF1 8000 id=a id=b\n", "said twice", 2, 24 },
    { "two effects", HEAD "product FFF1 8000 effect=suspect effect=refuse\n", "said twice", 2, 34 },
    { "another effect", HEAD "product FFF1 8000 effect=accept\n", "expected suspect, quarantine or refuse", 2, 19 },
    { "no id", HEAD "product FFF1 8000 id=\n", "expected a word of at most 64 printable characters", 2, 19 },
    { "an id of 64", HEAD "product FFF1 8000 id=" WORD_64 "\n", NULL, 0, 0 },
    { "an id of 65", HEAD "product FFF1 8000 id=" WORD_64 "4\n",
      "expected a word of at most 64 printable characters", 2, 19 },
    { "a day that is none", HEAD "product FFF1 8000 expires=2026-02-30T00:00:00Z\n",
      "expected a time, RFC 3339", 2, 19 },
    { "the beginning of time", HEAD "product FFF1 8000 expires=1970-01-01T00:00:00Z\n",
      "expected a time, RFC 3339", 2, 19 },
    { "a reason that is not UTF-8", HEAD "product FFF1 8000 \xff\n", "the reason is not a short text", 2, 19 },
    { "a reason with a control character", HEAD "product FFF1 8000 a\x1b[2J\n", "the reason is not a short text",
      2, 19 },
    { "signatures", HEAD "vendor FFF1\n" SIGNATURE "\n" SIGNATURE "\n", NULL, 0, 0 },
    { "a rule behind a signature", HEAD SIGNATURE "\nvendor FFF1\n",
      "expected a signature: nothing else follows the first one", 3, 1 },
    { "a remark behind a signature", HEAD SIGNATURE "\n#\n",
      "expected a signature: nothing else follows the first one", 3, 1 },
    { "an algorithm of tomorrow", HEAD "signature p384 00 AA==\n",
      "expected a signature: nothing else follows the first one", 2, 1 },
};

static void texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_overlay o;
        struct vd_overlay_place at = { 0, 0 };
        const char *wrong = vd_overlay_read_at(vd_span_str(rows[i].text), &o, &at);
        if ((wrong == NULL) != (rows[i].why == NULL) ||
            (wrong != NULL && (strcmp(wrong, rows[i].why) != 0 || at.line != rows[i].line ||
                               at.column != rows[i].column)))
            fail_msg("%s: '%s' in line %u, column %u", rows[i].name, wrong ? wrong : "read",
                     (unsigned)at.line, (unsigned)at.column);
        if (wrong == NULL)
            vd_overlay_free(&o);
    }
}

/* ---- hits ---- */

static const struct vd_span key_id = { (const uint8_t *)KEY_ID, 2 }, no_key = { (const uint8_t *)"\x01\x03", 2 },
                            name = { (const uint8_t *)NAME, sizeof NAME - 1 };
static const uint8_t serial_octets[] = { 0x0A }, other_octets[] = { 0x0B };

static const char *const list =
    HEAD "certificate " ISSUER " 0A id=cert\ncertificate 0102 - 0A id=serial\nissuer " ISSUER " id=issuer\n"
         "paa 0102 id=paa\nskid 0102 id=skid\nvendor FFF2 id=vendor\nvendor FFF3 id=all\n"
         "product FFF1 8000 effect=suspect id=weak\nproduct FFF1 8000 effect=quarantine id=strong\n"
         "product FFF1 8000 effect=quarantine id=second\n"
         "product FFF1 8000 id=late expires=1970-01-01T00:01:40Z\n"
         "version FFF4 8000 10 20 id=range\nversion FFF4 8000 15 30 effect=suspect id=wide\n"
         "version FFF6 8000 0 5 id=low\n";

static void expect(const struct vd_overlay *o, const struct vd_overlay_rule *asked, int64_t at,
                   const char *rule, const char *expired, const char *open)
{
    const struct vd_overlay_hit hit = vd_overlay_find(o, asked, at);
    const struct {
        const struct vd_overlay_rule *got;
        const char *wanted;
    } v[] = { { hit.rule, rule }, { hit.expired, expired }, { hit.open, open } };
    for (size_t i = 0; i < 3; i++) {
        if ((v[i].got == NULL) != (v[i].wanted == NULL) ||
            (v[i].got != NULL && !vd_span_is(v[i].got->id, v[i].wanted)))
            fail_msg("kind %d at %d: number %zu is %.*s, wanted %s", (int)asked->kind, (int)at, i,
                     v[i].got ? (int)v[i].got->id.n : 4, v[i].got ? (const char *)v[i].got->id.p : "none",
                     v[i].wanted ? v[i].wanted : "none");
    }
}

static void product(const struct vd_overlay *o, enum vd_overlay_kind kind, uint16_t vid, int64_t version,
                    int64_t at, const char *rule, const char *expired, const char *open)
{
    struct vd_overlay_rule r;
    vd_overlay_ask_product(kind, vid, 0x8000, version, &r);
    expect(o, &r, at, rule, expired, open);
}

static void hits(void **state)
{
    struct vd_overlay_rule r;
    struct vd_overlay o;
    uint32_t line;
    (void)state;

    assert_null(vd_overlay_read(vd_span_str(list), &o, &line));
    assert_int_equal(o.n, 14);
    assert_true(vd_overlay_ask_certificate(key_id, name, VD_SPAN(serial_octets), &r));
    expect(&o, &r, 1, "cert", NULL, NULL);
    assert_true(vd_overlay_ask_certificate(key_id, name, VD_SPAN(other_octets), &r));
    expect(&o, &r, 1, NULL, NULL, NULL);
    assert_true(vd_overlay_ask_certificate(no_key, name, VD_SPAN(serial_octets), &r));
    expect(&o, &r, 1, NULL, NULL, NULL);
    assert_true(vd_overlay_ask_serial(key_id, VD_SPAN(serial_octets), &r));
    expect(&o, &r, 1, "serial", NULL, NULL);
    assert_true(vd_overlay_ask_serial(no_key, VD_SPAN(serial_octets), &r));
    expect(&o, &r, 1, NULL, NULL, NULL);
    assert_true(vd_overlay_ask_issuer(key_id, name, &r));
    expect(&o, &r, 1, "issuer", NULL, NULL);
    assert_true(vd_overlay_ask_issuer(no_key, name, &r));
    expect(&o, &r, 1, NULL, NULL, NULL);
    assert_true(vd_overlay_ask_key(VD_OVERLAY_PAA, key_id, &r));
    expect(&o, &r, 1, "paa", NULL, NULL);
    assert_true(vd_overlay_ask_key(VD_OVERLAY_SKID, key_id, &r));
    expect(&o, &r, 1, "skid", NULL, NULL);
    assert_true(vd_overlay_ask_key(VD_OVERLAY_SKID, no_key, &r));
    expect(&o, &r, 1, NULL, NULL, NULL);
    product(&o, VD_OVERLAY_VENDOR, 0xFFF2, -1, 1, "vendor", NULL, NULL);
    product(&o, VD_OVERLAY_VENDOR, 0xFFF3, -1, 1, "all", NULL, NULL);
    product(&o, VD_OVERLAY_VENDOR, 0xFFF1, -1, 1, NULL, NULL, NULL);
    vd_overlay_free(&o);
}

/* The strongest that is in force, the first of equal ones; to the second. */
static void strength_and_time(void **state)
{
    struct vd_overlay o;
    uint32_t line;
    (void)state;

    assert_null(vd_overlay_read(vd_span_str(list), &o, &line));
    product(&o, VD_OVERLAY_PRODUCT, 0xFFF1, -1, 100, "late", NULL, NULL);
    product(&o, VD_OVERLAY_PRODUCT, 0xFFF1, -1, 101, "strong", "late", NULL);
    vd_overlay_free(&o);
}

static void versions(void **state)
{
    struct vd_overlay o;
    uint32_t line;
    (void)state;

    assert_null(vd_overlay_read(vd_span_str(list), &o, &line));
    product(&o, VD_OVERLAY_VERSION, 0xFFF4, 9, 1, NULL, NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF4, 10, 1, "range", NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF4, 20, 1, "range", NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF4, 21, 1, "wide", NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF4, 31, 1, NULL, NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF4, -1, 1, NULL, NULL, "range");
    product(&o, VD_OVERLAY_VERSION, 0xFFF5, -1, 1, NULL, NULL, NULL);
    /* a version that nobody told is in no range, not in one of the first versions either */
    product(&o, VD_OVERLAY_VERSION, 0xFFF6, 0, 1, "low", NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF6, 1, 1, "low", NULL, NULL);
    product(&o, VD_OVERLAY_VERSION, 0xFFF6, -1, 1, NULL, NULL, "low");
    vd_overlay_free(&o);
}

/* ---- writing ---- */

/* Each rule of the list, written, is the line that was read. */
static void written(void **state)
{
    struct vd_buf out = VD_BUF(65536);
    struct vd_overlay o, again;
    uint32_t line;
    (void)state;

    assert_null(vd_overlay_read(vd_span_str(list), &o, &line));
    assert_true(vd_buf_str(&out, HEAD));
    for (uint32_t n = 2; n < 2 + o.n; n++) {
        for (size_t i = 0; i < o.n; i++) {
            if (o.v[i].line == n)
                assert_true(vd_overlay_line_put(&o.v[i], &out));
        }
    }
    assert_null(vd_overlay_read(vd_buf_span(&out), &again, &line));
    assert_int_equal(o.n, again.n);
    for (size_t i = 0; i < o.n; i++) {
        assert_int_equal(vd_overlay_compare(&o.v[i], &again.v[i]), 0);
        assert_int_equal(o.v[i].line, again.v[i].line);
        assert_true(vd_span_eq(o.v[i].id, again.v[i].id));
        assert_int_equal(o.v[i].expires, again.v[i].expires);
        assert_int_equal(o.v[i].effect, again.v[i].effect);
    }
    vd_overlay_free(&o);
    vd_overlay_free(&again);
    vd_buf_free(&out);
}

/* No word becomes another attribute, and no reason another line. */
static void not_written(void **state)
{
    static const struct {
        const char *id, *reason;
        bool ok;
    } cases[] = { { "a", "stolen", true },         { "a b", "stolen", false }, { "a\nvendor FFF1", "", false },
                  { "a", "x\nvendor FFF1", false }, { "a", "effect=suspect", false },
                  { "a", "stolen id=b", true },     { "a", "later=b", false } };
    struct vd_overlay_rule r;
    (void)state;

    vd_overlay_ask_product(VD_OVERLAY_PRODUCT, 0xFFF1, 0x8000, 0, &r);
    r.subject = vd_span_str("FFF1 8000");
    r.effect = VD_OVERLAY_REFUSE;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vd_buf out = VD_BUF(4096);
        r.id = vd_span_str(cases[i].id);
        r.reason = vd_span_str(cases[i].reason);
        if (vd_overlay_line_put(&r, &out) != cases[i].ok)
            fail_msg("id '%s', reason '%s'", cases[i].id, cases[i].reason);
        vd_buf_free(&out);
    }
}

/* Whatever stands there: no crash, and rules that are read can be asked for. */
static void junk(void **state)
{
    char text[] = HEAD "certificate " ISSUER " 0A stolen\nversion FFF1 8000 1 2 id=a effect=suspect "
                       "expires=2026-01-01T00:00:00Z x\n" SIGNATURE "\n";
    (void)state;
    for (size_t i = 0; i < sizeof text - 1; i++) {
        for (unsigned v = 0; v < 256; v += 5) {
            struct vd_overlay o;
            struct vd_overlay_rule r;
            uint32_t line;
            const char keep = text[i];
            uint8_t *copy = malloc(sizeof text - 1); /* ends where its memory ends */
            assert_non_null(copy);
            text[i] = (char)v;
            memcpy(copy, text, sizeof text - 1);
            if (vd_overlay_read((struct vd_span){ copy, sizeof text - 1 }, &o, &line) == NULL) {
                vd_overlay_ask_product(VD_OVERLAY_VERSION, 0xFFF1, 0x8000, 1, &r);
                (void)vd_overlay_find(&o, &r, 0);
                vd_overlay_free(&o);
            }
            text[i] = keep;
            free(copy);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),    cmocka_unit_test(hits),    cmocka_unit_test(strength_and_time),
        cmocka_unit_test(versions), cmocka_unit_test(written), cmocka_unit_test(not_written),
        cmocka_unit_test(junk)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
