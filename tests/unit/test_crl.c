/* SPDX-License-Identifier: Apache-2.0
 *
 * test_crl.c - the streaming reader: facts, entries, chunks of any size, broken bytes.
 */
#include "crl.h"
#include "crl_pem.h"
#include "der.h"
#include "unit.h"

struct seen {
    struct vd_buf text; /* one line per entry */
    enum vd_crl_state state;
    uint8_t digest[VD_SHA256];
    uint64_t n;
};

static bool take(void *user, const struct vd_crl_entry *e)
{
    struct seen *s = user;
    return vd_buf_fmt(&s->text, "%u:", (unsigned)e->issuers_id) &&
           vd_hex_put(&s->text, e->issuers, true) && vd_buf_u8(&s->text, ':') &&
           vd_hex_put(&s->text, e->serial, true) && vd_buf_u8(&s->text, '\n');
}

static struct seen read_in(struct vd_span in, size_t chunk, size_t max)
{
    struct seen s = { .text = VD_BUF(1u << 22) };
    struct vd_crl_reader *r = vd_crl_start(take, &s, max);
    struct vd_span part;
    assert_non_null(r);
    while (in.n > 0 && vd_take(&in, in.n < chunk ? in.n : chunk, &part)) {
        /* a copy of its own shows reads beyond the chunk to the sanitizer */
        uint8_t *copy = malloc(part.n);
        assert_true(copy != NULL && vd_copy(copy, part.n, part));
        (void)vd_crl_feed(r, (struct vd_span){ copy, part.n });
        free(copy);
    }
    s.state = vd_crl_end(r);
    s.n = vd_crl_facts(r)->n_entries;
    assert_true(vd_copy(s.digest, sizeof s.digest, VD_SPAN(vd_crl_facts(r)->digest)));
    vd_crl_free(r);
    return s;
}

static bool same(const struct seen *a, const struct seen *b)
{
    return a->state == b->state && vd_span_eq(vd_buf_span(&a->text), vd_buf_span(&b->text)) &&
           memcmp(a->digest, b->digest, sizeof a->digest) == 0;
}

/* ---- a small CRL, written by hand ---- */

static void put(struct vd_buf *out, uint8_t tag, struct vd_span content)
{
    assert_true(vd_buf_u8(out, tag));
    if (content.n >= 0x100)
        assert_true(vd_buf_u8(out, 0x82) && vd_buf_be(out, 2, content.n));
    else if (content.n >= 0x80)
        assert_true(vd_buf_u8(out, 0x81) && vd_buf_u8(out, (uint8_t)content.n));
    else
        assert_true(vd_buf_u8(out, (uint8_t)content.n));
    assert_true(vd_buf_put(out, content));
}

/* The body is the content of tbsCertList in hex. */
static struct vd_buf crl_of(const char *body)
{
    struct vd_buf tbs = unhex(body), inner = VD_BUF(1u << 20), out = VD_BUF(1u << 20);
    struct vd_buf tail = unhex("300A06082A8648CE3D040302 030900 3006020101020101");
    put(&inner, DER_SEQUENCE, vd_buf_span(&tbs));
    assert_true(vd_buf_put(&inner, vd_buf_span(&tail)));
    put(&out, DER_SEQUENCE, vd_buf_span(&inner));
    vd_buf_free(&tbs);
    vd_buf_free(&inner);
    vd_buf_free(&tail);
    return out;
}

#define ALG "300A06082A8648CE3D040302 "
#define ISSUER "300C310A300806035504030C0141 "
#define T1 "170D3236303130313030303030305A "
#define T2 "170D3237303130313030303030305A "
#define ENTRY(serial) "3012 0201" serial " 170D3236303130313030303030305A "
#define EXTS "A00E300C300A0603551D140403020101 "

static void shapes(void **state)
{
    static const struct {
        const char *name, *body;
        enum vd_crl_state want;
        int n;
    } rows[] = {
        { "no list", "020101" ALG ISSUER T1 T2 EXTS, VD_CRL_DONE, 0 },
        { "one entry", "020101" ALG ISSUER T1 T2 "3014" ENTRY("05") EXTS, VD_CRL_DONE, 1 },
        { "two entries", "020101" ALG ISSUER T1 T2 "3028" ENTRY("05") ENTRY("06") EXTS, VD_CRL_DONE,
          2 },
        { "empty list", "020101" ALG ISSUER T1 T2 "3000" EXTS, VD_CRL_DONE, 0 },
        { "no nextUpdate", "020101" ALG ISSUER T1 "3014" ENTRY("05") EXTS, VD_CRL_DONE, 1 },
        { "v1", ALG ISSUER T1 T2, VD_CRL_DONE, 0 },
        { "no issuer", "020101" ALG, VD_CRL_BROKEN, 0 },
        { "no thisUpdate", "020101" ALG ISSUER EXTS, VD_CRL_BROKEN, 0 },
        { "list twice", "020101" ALG ISSUER T1 T2 "3014" ENTRY("05") "3014" ENTRY("06") EXTS,
          VD_CRL_BROKEN, 1 },
        { "extensions twice", "020101" ALG ISSUER T1 T2 EXTS EXTS, VD_CRL_BROKEN, 0 },
        { "entry longer than its list", "020101" ALG ISSUER T1 T2 "3013" ENTRY("05") EXTS,
          VD_CRL_BROKEN, 0 },
        { "list longer than what holds it", "020101" ALG ISSUER T1 T2 "307F" ENTRY("05"),
          VD_CRL_BROKEN, 0 },
        { "entry without date", "020101" ALG ISSUER T1 T2 "30053003020105" EXTS, VD_CRL_BROKEN, 0 },
        { "entry with something behind", "020101" ALG ISSUER T1 T2
          "3016 3014 020105 170D3236303130313030303030305A 0500" EXTS, VD_CRL_BROKEN, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf der = crl_of(rows[i].body);
        struct seen s = read_in(vd_buf_span(&der), SIZE_MAX, VD_MAX_CRL);
        ROW_EQ(rows[i].name, s.state, rows[i].want);
        ROW_EQ(rows[i].name, s.n, rows[i].n);
        vd_buf_free(&s.text);
        vd_buf_free(&der);
    }
}

/* Where it breaks is said. */
static void broken_where(void **state)
{
    static const struct {
        const char *body, *where;
    } rows[] = { { "020101" ALG ISSUER T1 T2, NULL },
                 { "020101 040100" ISSUER T1 T2, "signature" },
                 { "02020000" ALG ISSUER T1 T2, "version" },
                 { "020101" ALG "040100" T1 T2, "issuer" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf der = crl_of(rows[i].body), text = VD_BUF(4096);
        struct seen s = { .text = text };
        struct vd_crl_reader *r = vd_crl_start(take, &s, VD_MAX_CRL);
        assert_non_null(r);
        (void)vd_crl_feed(r, vd_buf_span(&der));
        ROW_EQ(rows[i].body, vd_crl_end(r), rows[i].where == NULL ? VD_CRL_DONE : VD_CRL_BROKEN);
        if (rows[i].where != NULL)
            assert_string_equal(vd_crl_facts(r)->broken, rows[i].where);
        vd_crl_free(r);
        vd_buf_free(&s.text);
        vd_buf_free(&der);
    }
}

static void chunks_do_not_matter(void **state)
{
    struct vd_buf der = crl_of("020101" ALG ISSUER T1 T2 "3028" ENTRY("05") ENTRY("06") EXTS);
    struct seen whole = read_in(vd_buf_span(&der), SIZE_MAX, VD_MAX_CRL);
    (void)state;
    assert_int_equal(whole.state, VD_CRL_DONE);
    for (size_t chunk = 1; chunk <= der.n; chunk++) {
        struct seen s = read_in(vd_buf_span(&der), chunk, VD_MAX_CRL);
        assert_true(same(&whole, &s));
        vd_buf_free(&s.text);
    }
    vd_buf_free(&whole.text);
    vd_buf_free(&der);
}

static void the_digest_is_that_of_tbs(void **state)
{
    struct vd_buf der = crl_of("020101" ALG ISSUER T1 T2 "3014" ENTRY("05") EXTS);
    struct vd_span in = vd_buf_span(&der), outer, tbs;
    struct seen s = read_in(in, 7, VD_MAX_CRL);
    uint8_t want[VD_SHA256];
    (void)state;
    assert_true(vd_der_take(&in, DER_SEQUENCE, &outer));
    assert_true(vd_der_take_whole(&outer, DER_SEQUENCE, &tbs));
    assert_true(vd_sha256(tbs, want));
    assert_memory_equal(s.digest, want, sizeof want);
    vd_buf_free(&s.text);
    vd_buf_free(&der);
}

/* Truncated anywhere, or with a byte more: never a CRL. */
static void every_truncation_is_refused(void **state)
{
    struct vd_buf der = crl_of("020101" ALG ISSUER T1 T2 "3014" ENTRY("05") EXTS);
    (void)state;
    for (size_t n = 0; n < der.n; n++) {
        struct seen s = read_in((struct vd_span){ der.p, n }, 16, VD_MAX_CRL);
        assert_int_not_equal(s.state, VD_CRL_DONE);
        vd_buf_free(&s.text);
    }
    assert_true(vd_buf_u8(&der, 0));
    for (size_t chunk = 1; chunk < 20; chunk++) {
        struct seen s = read_in(vd_buf_span(&der), chunk, VD_MAX_CRL);
        assert_int_equal(s.state, VD_CRL_BROKEN);
        vd_buf_free(&s.text);
    }
    vd_buf_free(&der);
}

/* Every length octet and every other byte changed: no crash, and the same in any chunks. */
static void every_byte_changed_reads_the_same_in_chunks(void **state)
{
    struct vd_buf der = crl_of("020101" ALG ISSUER T1 T2 "3014" ENTRY("05") EXTS);
    static const uint8_t change[] = { 0x01, 0x80, 0xFF, 0x7F };
    (void)state;
    for (size_t at = 0; at < der.n; at++) {
        for (size_t c = 0; c < sizeof change; c++) {
            struct seen a, b;
            der.p[at] ^= change[c];
            a = read_in(vd_buf_span(&der), SIZE_MAX, VD_MAX_CRL);
            b = read_in(vd_buf_span(&der), 1, VD_MAX_CRL);
            assert_int_equal(a.state == VD_CRL_DONE, b.state == VD_CRL_DONE);
            if (a.state == VD_CRL_DONE)
                assert_true(same(&a, &b));
            vd_buf_free(&a.text);
            vd_buf_free(&b.text);
            der.p[at] ^= change[c];
        }
    }
    vd_buf_free(&der);
}

static void ceilings(void **state)
{
    struct vd_buf der = crl_of("020101" ALG ISSUER T1 T2 "3014" ENTRY("05") EXTS);
    struct vd_buf huge = unhex("3084FFFFFFFF 3084FFFFFFF0 0201");
    struct seen s = read_in(vd_buf_span(&der), 5, der.n - 1);
    (void)state;
    assert_int_equal(s.state, VD_CRL_TOO_LARGE);
    vd_buf_free(&s.text);
    s = read_in(vd_buf_span(&der), 5, der.n);
    assert_int_equal(s.state, VD_CRL_DONE);
    vd_buf_free(&s.text);
    s = read_in(vd_buf_span(&huge), 5, VD_MAX_CRL);
    assert_int_equal(s.state, VD_CRL_TOO_LARGE);
    vd_buf_free(&s.text);
    vd_buf_free(&der);
    vd_buf_free(&huge);
}

static void pem_is_undone(void **state)
{
    struct vd_buf der = crl_of("020101" ALG ISSUER T1 T2 "3014" ENTRY("05") EXTS);
    struct vd_buf b64 = VD_BUF(4096), pem = VD_BUF(8192), other = VD_BUF(8192);
    struct seen whole = read_in(vd_buf_span(&der), SIZE_MAX, VD_MAX_CRL);
    (void)state;

    assert_true(vd_base64_put(&b64, vd_buf_span(&der)));
    assert_true(vd_buf_str(&pem, "-----BEGIN X509 CRL-----\r\n"));
    for (size_t i = 0; i < b64.n; i += 64) {
        size_t n = b64.n - i < 64 ? b64.n - i : 64;
        assert_true(vd_buf_put(&pem, (struct vd_span){ b64.p + i, n }) && vd_buf_str(&pem, "\r\n"));
    }
    assert_true(vd_buf_put(&other, vd_buf_span(&pem)));
    assert_true(vd_buf_str(&pem, "-----END X509 CRL-----\r\n"));
    assert_true(vd_buf_str(&other, "-----END CERTIFICATE-----\r\n"));
    for (size_t chunk = 1; chunk < 80; chunk++) {
        struct seen s = read_in(vd_buf_span(&pem), chunk, VD_MAX_CRL);
        assert_true(same(&whole, &s));
        vd_buf_free(&s.text);
        s = read_in((struct vd_span){ pem.p, pem.n - 3 }, chunk, VD_MAX_CRL);
        assert_int_equal(s.state, VD_CRL_BROKEN); /* the armour is not closed */
        vd_buf_free(&s.text);
        s = read_in(vd_buf_span(&other), chunk, VD_MAX_CRL);
        assert_int_equal(s.state, VD_CRL_BROKEN);
        vd_buf_free(&s.text);
    }
    vd_buf_free(&whole.text);
    vd_buf_free(&der);
    vd_buf_free(&b64);
    vd_buf_free(&pem);
    vd_buf_free(&other);
}

static void sticky_issuers(void **state)
{
    /* entries: none, issuer A, none, issuer B, malformed, none */
    static const char a[] = "301C0603551D1D0101FF0412 3010A40E300C310A300806035504030C0141 ";
    static const char b[] = "301C0603551D1D0101FF0412 3010A40E300C310A300806035504030C0142 ";
    static const char bad[] = "300D0603551D1D0101FF0403 020101 ";
    char body[2048];
    struct vd_buf der, name_a = unhex("300C310A300806035504030C0141");
    struct seen s;
    (void)state;

    (void)snprintf(body, sizeof body,
                   "020101" ALG ISSUER T1 T2 "3081C9" ENTRY("01")
                   "3032 020102 170D3236303130313030303030305A 301E %s" ENTRY("03")
                   "3032 020104 170D3236303130313030303030305A 301E %s"
                   "3023 020105 170D3236303130313030303030305A 300F %s" ENTRY("06") EXTS,
                   a, b, bad);
    der = crl_of(body);
    s = read_in(vd_buf_span(&der), 3, VD_MAX_CRL);
    assert_int_equal(s.state, VD_CRL_DONE);
    assert_true(vd_buf_u8(&s.text, 0));
    assert_string_equal((char *)s.text.p, "0::01\n"
                                          "1:A40E300C310A300806035504030C0141:02\n"
                                          "1:A40E300C310A300806035504030C0141:03\n"
                                          "2:A40E300C310A300806035504030C0142:04\n"
                                          "3::05\n"
                                          "3::06\n");
    vd_buf_free(&s.text);
    vd_buf_free(&der);
    der = unhex("A40E300C310A300806035504030C0141");
    assert_true(vd_crl_names_issuer(vd_buf_span(&der), vd_buf_span(&name_a)));
    assert_false(vd_crl_names_issuer(VD_NO_SPAN, vd_buf_span(&name_a)));
    vd_buf_free(&der);
    vd_buf_free(&name_a);
}

/* The facts of a body; spans in them are gone. */
static struct vd_crl facts_of(const char *body, enum vd_crl_state *ret_state)
{
    struct seen s = { .text = VD_BUF(4096) };
    struct vd_buf der = crl_of(body);
    struct vd_crl_reader *r = vd_crl_start(take, &s, VD_MAX_CRL);
    struct vd_crl ret;

    assert_non_null(r);
    (void)vd_crl_feed(r, vd_buf_span(&der));
    *ret_state = vd_crl_end(r);
    ret = *vd_crl_facts(r);
    vd_crl_free(r);
    vd_buf_free(&s.text);
    vd_buf_free(&der);
    return ret;
}

/* One time that is none says nothing about the other. */
static void each_time_is_judged_by_itself(void **state)
{
    static const struct {
        const char *name, *body;
        bool this_ok, next_ok;
    } rows[] = {
        { "both", "020101" ALG ISSUER T1 T2 EXTS, true, true },
        { "no nextUpdate", "020101" ALG ISSUER T1 EXTS, true, false },
        { "thisUpdate without Z", "020101" ALG ISSUER "170C323630313031303030303030 " T2 EXTS,
          false, true },
        { "nextUpdate without Z", "020101" ALG ISSUER T1 "170C323730313031303030303030 " EXTS, true,
          false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum vd_crl_state got;
        struct vd_crl c = facts_of(rows[i].body, &got);
        ROW_EQ(rows[i].name, got, VD_CRL_DONE);
        ROW_EQ(rows[i].name, c.this_ok, rows[i].this_ok);
        ROW_EQ(rows[i].name, c.next_ok, rows[i].next_ok);
    }
}

#define KEY_ID "801400112233445566778899AABBCCDDEEFF00112233"
#define NAME_A "A40E300C310A300806035504030C0141"

static void key_id_with_company(void **state)
{
    static const struct {
        const char *name, *exts;
        bool ok;
    } rows[] = {
        { "key id alone", "A023 3021 301F 0603551D23 0418 3016" KEY_ID, true },
        { "with issuer and serial",
          "A038 3036 3034 0603551D23 042D 302B" KEY_ID "A110" NAME_A "820105", true },
        { "with issuer alone", "A035 3033 3031 0603551D23 042A 3028" KEY_ID "A110" NAME_A, false },
        { "with serial alone", "A026 3024 3022 0603551D23 041B 3019" KEY_ID "820105", false },
        { "with no issuer in it", "A028 3026 3024 0603551D23 041D 301B" KEY_ID "A100 820105",
          false },
        { "with something else", "A026 3024 3022 0603551D23 041B 3019" KEY_ID "830105", false },
        { "19 octets", "A022 3020 301E 0603551D23 0417 3015"
          "801300112233445566778899AABBCCDDEEFF001122", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[1024];
        enum vd_crl_state got;
        struct vd_crl c;
        (void)snprintf(body, sizeof body, "020101" ALG ISSUER T1 T2 "%s", rows[i].exts);
        c = facts_of(body, &got);
        ROW_EQ(rows[i].name, got, VD_CRL_DONE);
        ROW_EQ(rows[i].name, c.has_akid && !c.akid_malformed, rows[i].ok);
    }
}

/* An extension whose OID is none breaks the list; a certificateIssuer that cannot be read is
 * counted, because it might have named the CA. */
static void odd_extensions(void **state)
{
    static const struct {
        const char *name, *exts;
        enum vd_crl_state want;
    } rows[] = {
        { "unknown", "A00D 300B 3009 06032B067F 04020500", VD_CRL_DONE },
        { "padded OID", "A00E 300C 300A 0604802B067F 04020500", VD_CRL_BROKEN },
        { "OID without end", "A00D 300B 3009 06032B06FF 04020500", VD_CRL_BROKEN },
        { "no OID", "A00A 3008 3006 0600 04020500", VD_CRL_BROKEN },
    };
    static const struct {
        const char *name, *issuers;
        int bad;
    } issuers[] = {
        { "a directoryName", "3010" NAME_A, 0 },
        { "and a URI", "3013 8601 78" NAME_A, 0 },
        { "nothing", "3000", 1 },
        { "a Name with an empty RDN", "3006 A404 3002 3100", 1 },
        { "a form that nobody uses", "3010 A50E300C310A300806035504030C0141", 1 },
        { "an otherName", "300A A008 06022A03 A0020500", 0 },
        { "an otherName without value", "3006 A004 06022A03", 1 },
        { "a registeredID", "3004 88022A03", 0 },
        { "a registeredID that is none", "3004 88022A83", 1 },
    };
    enum vd_crl_state got;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char body[1024];
        (void)snprintf(body, sizeof body, "020101" ALG ISSUER T1 T2 "%s", rows[i].exts);
        (void)facts_of(body, &got);
        ROW_EQ(rows[i].name, got, rows[i].want);
    }
    for (size_t i = 0; i < sizeof issuers / sizeof issuers[0]; i++) {
        struct vd_buf value = unhex(issuers[i].issuers);
        unsigned n = (unsigned)value.n;
        char body[1024];
        struct vd_crl c;
        (void)snprintf(body, sizeof body,
                       "020101" ALG ISSUER T1 T2 "30%02X 30%02X 020105 170D3236303130313030303030305A"
                       "30%02X 30%02X 0603551D1D 0101FF 04%02X %s" EXTS,
                       n + 34, n + 32, n + 12, n + 10, n, issuers[i].issuers);
        c = facts_of(body, &got);
        ROW_EQ(issuers[i].name, got, VD_CRL_DONE);
        ROW_EQ(issuers[i].name, c.bad_extensions, issuers[i].bad);
        vd_buf_free(&value);
    }
}

static void vectors_in_chunks(void **state)
{
    static const char *const files[] = {
        "revocation/Chip-Test-PAA-FFF1-CRL.der",
        "revocation/Chip-Test-PAI-FFF1-noPID-Revoked-CRL.der",
        "revocation/Matter-Development-PAI-FFF1-noPID-CRL.der",
        "revocation/indirect/Chip-Test-PAA-FFF1-Delegated-CRL.der",
        "revocation/indirect/Chip-Test-PAI-FFF1-Delegated-CRL.der",
    };
    static const size_t chunks[] = { 1, 2, 3, 7, 13, 31, 64, 127, 257, 509 };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct vd_buf der = vector(files[i]);
        struct seen whole = read_in(vd_buf_span(&der), SIZE_MAX, VD_MAX_CRL);
        ROW_EQ(files[i], whole.state, VD_CRL_DONE);
        for (size_t c = 0; c < sizeof chunks / sizeof chunks[0]; c++) {
            struct seen s = read_in(vd_buf_span(&der), chunks[c], VD_MAX_CRL);
            ROW_TRUE(files[i], same(&whole, &s));
            vd_buf_free(&s.text);
        }
        vd_buf_free(&whole.text);
        vd_buf_free(&der);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(broken_where),
        cmocka_unit_test(chunks_do_not_matter),
        cmocka_unit_test(the_digest_is_that_of_tbs),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_byte_changed_reads_the_same_in_chunks),
        cmocka_unit_test(ceilings),
        cmocka_unit_test(pem_is_undone),
        cmocka_unit_test(sticky_issuers),
        cmocka_unit_test(each_time_is_judged_by_itself),
        cmocka_unit_test(key_id_with_company),
        cmocka_unit_test(odd_extensions),
        cmocka_unit_test(vectors_in_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
