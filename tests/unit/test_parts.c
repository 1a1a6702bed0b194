/* SPDX-License-Identifier: Apache-2.0
 *
 * test_parts.c - provenance and compliance records: written, read, and refused when one thing is wrong.
 */
#include "bundle_unit.h"
#include "compliance.h"
#include "limits.h"
#include "provenance.h"

static const uint8_t digest_a[VD_SHA256] = { 1 }, digest_b[VD_SHA256] = { 2 };
static const uint8_t long_number[20] = { 0x7F };

/* ---- provenance ---- */

static struct vd_source source(const char *url, const uint8_t digest[VD_SHA256], int64_t time)
{
    return (struct vd_source){ .sha256 = vd_span_of(digest, VD_SHA256), .time = time,
                               .height = 1234567, .number = VD_SPAN(long_number),
                               .url = vd_span_str(url), .node = vd_span_str("https://node.example") };
}

static struct vd_buf provenance_of(const struct vd_source *in, size_t n)
{
    struct vd_source v[8];
    struct vd_buf b = VD_BUF(1u << 20);
    assert_true(n <= 8);
    memcpy(v, in, n * sizeof *v);
    assert_true(vd_provenance_write(VD_NETWORK_TEST, v, n, &b));
    return b;
}

static void provenance_is_written_in_one_way(void **state)
{
    const struct vd_source in[] = { source("http://b.example/x", digest_a, T0),
                                    source("http://a.example/x", digest_b, T0 + 1),
                                    source("http://a.example/x", digest_a, 0) },
                           turned[] = { in[2], in[2], in[0], in[1] };
    struct vd_buf b = provenance_of(in, 3), same = provenance_of(turned, 4);
    struct vd_provenance p;
    struct vd_source s;
    size_t n = 0;
    (void)state;

    assert_true(vd_span_eq(vd_buf_span(&b), vd_buf_span(&same)));
    assert_null(vd_provenance_read(vd_buf_span(&b), &p));
    assert_int_equal(p.network, VD_NETWORK_TEST);
    for (; vd_provenance_next(&p.records, &s); n++) {
        const struct vd_source *want = &in[2 - n];
        assert_true(vd_span_eq(s.url, want->url) && vd_span_eq(s.sha256, want->sha256));
        assert_true(s.time == want->time && s.height == want->height);
        assert_true(vd_span_eq(s.number, want->number) && vd_span_eq(s.node, want->node));
    }
    assert_int_equal(n, 3);
    vd_buf_free(&b);
    vd_buf_free(&same);
    b = provenance_of(in, 0); /* nothing is a part as well */
    assert_null(vd_provenance_read(vd_buf_span(&b), &p));
    assert_int_equal(p.records.n, 0);
    vd_buf_free(&b);
}

static void the_later_confirmation_of_the_same_octets_counts(void **state)
{
    const struct vd_source in[] = { source("http://a.example/x", digest_a, T0),
                                    source("http://a.example/x", digest_a, T0 + 9) };
    struct vd_buf b = provenance_of(in, 2);
    struct vd_provenance p;
    struct vd_source s;
    (void)state;
    assert_null(vd_provenance_read(vd_buf_span(&b), &p));
    assert_true(vd_provenance_next(&p.records, &s));
    assert_int_equal(s.time, T0 + 9);
    assert_int_equal(p.records.n, 0);
    vd_buf_free(&b);
}

enum { HEAD = 16, TIME = 32, NUMBER = 48, URL = NUMBER + 1 + 20 }; /* of a record of `source` */

static const struct lie {
    const char *name, *why;
    size_t at;
    uint8_t value;
} lies[] = {
    { "nothing", NULL, HEAD, 1 },
    { "magic", "magic", 3, '0' },
    { "network 0", "header values", 4, 0 },
    { "network 3", "header values", 4, 3 },
    { "reserved", "header values", 7, 1 },
    { "reserved at the end", "header values", 15, 1 },
    { "a record more", "record", 8, 3 },
    { "2^31 records more", "record", 11, 0x80 },
    { "a record less", "size", 8, 1 },
    { "no record", "size", 8, 0 },
    { "order", "order of records", HEAD, 2 },
    { "a time below 1970", "record", HEAD + TIME + 7, 0x80 },
    { "21 octets of number", "record", HEAD + NUMBER, 21 },
    { "a number with a leading zero", "record", HEAD + NUMBER + 1, 0 },
    { "no URL", "record", HEAD + URL, 0 },
    { "a URL over the ceiling", "record", HEAD + URL + 1, 0xFF },
};

static void provenance_lies_are_refused(void **state)
{
    /* the digest of the first is below that of the second */
    const struct vd_source in[] = { source("http://a.example/x", digest_a, T0),
                                    source("http://a.example/x", digest_b, T0) };
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct vd_buf b = provenance_of(in, 2);
        struct vd_provenance p;
        const char *wrong;
        b.p[lies[i].at] = lies[i].value;
        wrong = vd_provenance_read(vd_buf_span(&b), &p);
        if ((wrong == NULL) != (lies[i].why == NULL) ||
            (wrong != NULL && strcmp(wrong, lies[i].why) != 0))
            fail_msg("%s: '%s'", lies[i].name, wrong ? wrong : "read");
        vd_buf_free(&b);
    }
}

/* Whatever is read is what would be written; copies end where their memory ends. */
static void check_canonical(struct vd_span in)
{
    uint8_t *copy = malloc(in.n ? in.n : 1);
    struct vd_span bytes = { copy, in.n };
    struct vd_provenance p;
    struct vd_compliance c;

    assert_non_null(copy);
    if (in.n > 0)
        memcpy(copy, in.p, in.n);
    if (vd_provenance_read(bytes, &p) == NULL) {
        struct vd_source v[4];
        struct vd_buf again = VD_BUF(1u << 20);
        size_t n = 0;
        while (n < 4 && vd_provenance_next(&p.records, &v[n]))
            n++;
        assert_true(vd_provenance_write(p.network, v, n, &again));
        assert_true(vd_span_eq(vd_buf_span(&again), bytes));
        vd_buf_free(&again);
    }
    if (vd_compliance_read(bytes, &c) == NULL) {
        struct vd_compliance_record v[4];
        struct vd_buf again = VD_BUF(1u << 20);
        size_t n = 0;
        while (n < 4 && vd_compliance_next(&c.records, &v[n]))
            n++;
        assert_null(vd_compliance_sort(v, n));
        assert_true(vd_compliance_write(c.network, v, n, &again));
        assert_true(vd_span_eq(vd_buf_span(&again), bytes));
        vd_buf_free(&again);
    }
    free(copy);
}

static void flip_and_cut(struct vd_buf *b)
{
    for (size_t bit = 0; bit < 8 * b->n; bit++) {
        b->p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        check_canonical(vd_buf_span(b));
        b->p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < b->n; n++) {
        struct vd_provenance p;
        struct vd_compliance c;
        const struct vd_span cut = { b->p, n };
        assert_non_null(vd_provenance_read(cut, &p));
        assert_non_null(vd_compliance_read(cut, &c));
        check_canonical(cut);
    }
}

/* ---- compliance ---- */

static struct vd_compliance_record record(uint16_t pid, uint32_t version, const char *id)
{
    return (struct vd_compliance_record){ .vid = 0xFFF1, .pid = pid, .cd_version = 3,
                                          .software_version = version,
                                          .device_type = VD_NO_DEVICE_TYPE,
                                          .status = VD_CERT_CERTIFIED, .date = T0,
                                          .certificate_id = vd_span_str(id) };
}

#define ID_A "CSA00000SWC00000-01"
#define ID_B "CSA00000SWC00000-02"

static struct vd_buf compliance_of(void)
{
    struct vd_compliance_record v[] = { record(0x8001, 7, ID_A), record(0x8000, 9, ID_B),
                                        record(0x8000, 9, ID_A) };
    struct vd_buf b = VD_BUF(1u << 20);
    assert_null(vd_compliance_sort(v, 3));
    assert_true(vd_compliance_write(VD_NETWORK_TEST, v, 3, &b));
    return b;
}

static void compliance_is_written_in_one_way(void **state)
{
    struct vd_compliance_record twice[] = { record(0x8000, 9, ID_A), record(0x8001, 9, ID_A),
                                            record(0x8000, 9, ID_A) }, r;
    struct vd_buf b = compliance_of();
    struct vd_compliance c;
    (void)state;
    assert_null(vd_compliance_read(vd_buf_span(&b), &c));
    assert_true(vd_compliance_find(&c, 0xFFF1, 0x8000, 1, &r));
    assert_true(vd_span_is(r.certificate_id, ID_B));
    assert_false(vd_compliance_find(&c, 0xFFF1, 0x8000, 2, &r));
    assert_false(vd_compliance_find(&c, 0xFFF1, 0x8002, 0, &r));
    assert_ptr_equal(vd_compliance_sort(twice, 3), &twice[1]);
    vd_buf_free(&b);
}

static void flips_and_cuts_are_told_or_canonical(void **state)
{
    const struct vd_source in[] = { source("http://a.example/x", digest_a, T0),
                                    source("http://b.example/x", digest_b, T0) };
    struct vd_buf b = provenance_of(in, 2);
    (void)state;
    flip_and_cut(&b);
    vd_buf_free(&b);
    b = compliance_of();
    flip_and_cut(&b);
    vd_buf_free(&b);
}

/* ---- as sections ---- */

static const char *read_with(struct vd_span provenance, struct vd_span compliance, bool names)
{
    static const uint32_t counts[] = { 3, 64 };
    struct set s = set_of(counts, 2, 1);
    struct vd_buf b;
    struct vd_bundle v;
    const char *wrong;

    s.in.provenance = provenance;
    s.in.compliance = compliance;
    s.in.without_names = !names;
    b = encoded(&s, VDB_HUB);
    wrong = vd_bundle_read(vd_buf_span(&b), &v);
    if (wrong == NULL) {
        assert_true(vd_span_eq(vd_bundle_section(&v, VDB_PROVENANCE), provenance));
        assert_true(vd_span_eq(vd_bundle_section(&v, VDB_COMPLIANCE), compliance));
        assert_int_equal(v.names.p != NULL, names);
        assert_int_equal(v.provenance.network != VD_NETWORK_NONE, provenance.p != NULL);
        assert_int_equal(v.compliance.network != VD_NETWORK_NONE, compliance.p != NULL);
    }
    vd_buf_free(&b);
    set_free(&s);
    return wrong;
}

static void sections_of_a_bundle(void **state)
{
    const struct vd_source in[] = { source("http://a.example/x", digest_a, T0) };
    struct vd_buf p = provenance_of(in, 1), c = compliance_of();
    const struct vd_span provenance = vd_buf_span(&p), compliance = vd_buf_span(&c);
    (void)state;

    assert_null(read_with(VD_NO_SPAN, VD_NO_SPAN, false));
    assert_null(read_with(provenance, VD_NO_SPAN, true));
    assert_null(read_with(VD_NO_SPAN, compliance, false));
    assert_null(read_with(provenance, compliance, true));
    assert_string_equal(read_with(compliance, VD_NO_SPAN, true), "provenance");
    assert_string_equal(read_with(VD_NO_SPAN, provenance, true), "compliance");
    p.p[4] = c.p[4] = VD_NETWORK_MAIN; /* a part of another network */
    assert_string_equal(read_with(provenance, VD_NO_SPAN, true), "provenance");
    assert_string_equal(read_with(VD_NO_SPAN, compliance, true), "compliance");
    vd_buf_free(&p);
    vd_buf_free(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provenance_is_written_in_one_way),
        cmocka_unit_test(the_later_confirmation_of_the_same_octets_counts),
        cmocka_unit_test(provenance_lies_are_refused),
        cmocka_unit_test(compliance_is_written_in_one_way),
        cmocka_unit_test(flips_and_cuts_are_told_or_canonical),
        cmocka_unit_test(sections_of_a_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
