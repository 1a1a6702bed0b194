/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bundle.c - the draft bundle and head: every flip, every truncation, every lie about a
 * length is refused before use; lookups at the borders.
 */
#include "bundle.h"
#include "head.h"
#include "lookup.h"
#include "unit.h"

#define T0 INT64_C(1790000000)

struct row {
    const char *name; /* the issuer's Name; any bytes will do here */
    bool good;
    enum vd_reason reason;
    uint64_t keys[4];
    size_t n_keys;
};

static int by_id(const void *x, const void *y)
{
    return memcmp(x, y, VD_ISSUER_ID);
}

/* Writes what the format says, independent of the writer of the library. */
static struct vd_buf bundle_of(const struct row *rows, size_t n)
{
    struct vd_buf out = VD_BUF(1u << 16), names = VD_BUF(1u << 16);
    uint8_t ids[8][VD_ISSUER_ID + 1], digest[VD_SHA256];
    uint64_t total = 0;

    for (size_t i = 0; i < n; i++) {
        assert_true(vd_revkey_issuer(vd_span_str(rows[i].name), vd_span_str("01234567890123456789"),
                                     ids[i]));
        ids[i][VD_ISSUER_ID] = (uint8_t)i;
        total += rows[i].n_keys;
    }
    qsort(ids, n, sizeof ids[0], by_id);
    for (size_t i = 0; i < n; i++) {
        const struct row *r = &rows[ids[i][VD_ISSUER_ID]];
        assert_true(vd_buf_u8(&names, 20) && vd_buf_str(&names, "01234567890123456789") &&
                    vd_buf_str(&names, r->name));
    }
    assert_true(vd_buf_str(&out, "VDB0") && vd_buf_le(&out, 4, 2) && vd_buf_le(&out, 8, T0) &&
                vd_buf_le(&out, 4, n) && vd_buf_le(&out, 4, 0) && vd_buf_le(&out, 8, total) &&
                vd_buf_le(&out, 8, names.n));
    total = 0;
    for (size_t i = 0, offset = 0; i < n; i++) {
        const struct row *r = &rows[ids[i][VD_ISSUER_ID]];
        size_t size = 21 + strlen(r->name);
        assert_true(vd_buf_put(&out, (struct vd_span){ ids[i], VD_ISSUER_ID }) &&
                    vd_buf_u8(&out, r->good) && vd_buf_u8(&out, (uint8_t)r->reason) &&
                    vd_buf_le(&out, 2, 0) && vd_buf_le(&out, 4, r->n_keys) &&
                    vd_buf_le(&out, 8, T0 - 3600) && vd_buf_le(&out, 8, T0 + 86400) &&
                    vd_buf_le(&out, 8, T0) && vd_buf_le(&out, 8, total) &&
                    vd_buf_le(&out, 4, offset) && vd_buf_le(&out, 4, size));
        total += r->n_keys;
        offset += size;
    }
    for (size_t i = 0; i < n; i++) {
        const struct row *r = &rows[ids[i][VD_ISSUER_ID]];
        for (size_t k = 0; k < r->n_keys; k++)
            assert_true(vd_buf_le(&out, 8, r->keys[k]));
    }
    assert_true(vd_buf_put(&out, vd_buf_span(&names)) && vd_sha256(vd_buf_span(&out), digest) &&
                vd_buf_put(&out, VD_SPAN(digest)));
    vd_buf_free(&names);
    return out;
}

static const struct row three[] = {
    { "ONE", true, VD_REASON_NO_DATA, { 5, 5, 9 }, 3 },
    { "TWO", false, VD_REASON_INCOMPLETE, { 7 }, 1 },
    { "THREE", true, VD_REASON_NO_DATA, { 0 }, 0 },
};

static void reads_what_the_format_says(void **state)
{
    struct vd_buf b = bundle_of(three, 3);
    struct vd_bundle_row row;
    struct vd_bundle v;
    uint8_t id[VD_ISSUER_ID];
    (void)state;
    assert_null(vd_bundle_read(vd_buf_span(&b), &v));
    assert_int_equal(v.n_rows, 3);
    assert_int_equal(v.n_keys, 4);
    assert_true(vd_revkey_issuer(vd_span_str("ONE"), vd_span_str("01234567890123456789"), id));
    assert_true(vd_bundle_find(&v, id, &row));
    assert_true(vd_span_is(row.name, "ONE"));
    assert_true(vd_bundle_listed(&row, 5) && vd_bundle_listed(&row, 9));
    assert_false(vd_bundle_listed(&row, 7) || vd_bundle_listed(&row, 4));
    id[0] ^= 1;
    assert_false(vd_bundle_find(&v, id, &row));
    vd_buf_free(&b);
}

static void empty_bundles_are_bundles(void **state)
{
    struct vd_buf b = bundle_of(three, 0);
    struct vd_bundle v;
    (void)state;
    assert_null(vd_bundle_read(vd_buf_span(&b), &v));
    assert_int_equal(v.n_rows, 0);
    vd_buf_free(&b);
}

static void every_flip_and_truncation_is_refused(void **state)
{
    struct vd_buf b = bundle_of(three, 3);
    struct vd_bundle v;
    (void)state;
    for (size_t bit = 0; bit < b.n * 8; bit++) {
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_non_null(vd_bundle_read(vd_buf_span(&b), &v));
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < b.n; n++)
        assert_non_null(vd_bundle_read((struct vd_span){ b.p, n }, &v));
    assert_true(vd_buf_u8(&b, 0));
    assert_non_null(vd_bundle_read(vd_buf_span(&b), &v));
    vd_buf_free(&b);
}

/* Changed, and hashed again by somebody who can: the structure itself must hold. */
static void resealed_lies_are_refused(void **state)
{
    static const struct {
        const char *name;
        size_t at;
        uint8_t value;
        const char *why;
    } rows[] = {
        { "network 3", 4, 3, "header values" },
        { "reserved byte", 5, 1, "header values" },
        { "one row more", 16, 4, "size" },
        { "one key more", 24, 5, "size" },
        { "keys 2^63", 31, 0x80, "header values" },
        { "names 2^63", 39, 0x80, "header values" },
        { "row neither good nor not", 40 + 16, 2, "coverage row" },
        { "good with a reason", 40 + 17, 9, "coverage row" },
        { "reserved in a row", 40 + 18, 1, "coverage row" },
        { "row with more keys", 40 + 20, 0xFF, "keys" },
        { "first key elsewhere", 40 + 48, 1, "keys" },
        { "names elsewhere", 40 + 56, 1, "names" },
        { "longer name", 40 + 60, 0xFF, "names" },
        { "another id", 40 + 15, 0xAA, NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static const struct row one[] = { { "ONE", true, VD_REASON_NO_DATA, { 5, 9 }, 2 } };
        struct vd_buf b = rows[i].at < 40 ? bundle_of(three, 3) : bundle_of(one, 1);
        uint8_t digest[VD_SHA256];
        struct vd_bundle v;
        const char *why;
        ROW_TRUE(rows[i].name, b.p[rows[i].at] != rows[i].value);
        b.p[rows[i].at] = rows[i].value;
        assert_true(vd_sha256((struct vd_span){ b.p, b.n - 32 }, digest));
        memcpy(b.p + b.n - 32, digest, 32);
        why = vd_bundle_read(vd_buf_span(&b), &v);
        ROW_TRUE(rows[i].name, why != NULL);
        if (rows[i].why != NULL)
            assert_string_equal(why, rows[i].why);
        vd_buf_free(&b);
    }
}

static void unsorted_keys_are_refused(void **state)
{
    static const struct row bad[] = { { "ONE", true, VD_REASON_NO_DATA, { 9, 5 }, 2 } };
    struct vd_buf b = bundle_of(bad, 1);
    struct vd_bundle v;
    (void)state;
    assert_string_equal(vd_bundle_read(vd_buf_span(&b), &v), "keys");
    vd_buf_free(&b);
}

/* ---- heads ---- */

static void heads(void **state)
{
    struct vd_key *k = vd_key_generate(), *other = vd_key_generate();
    struct vd_head h = { .network = 2, .sequence = 7, .created = T0, .expires = T0 + 10,
                         .next_publish = T0 + 5, .bundle_size = 99 }, back;
    struct vd_buf b = VD_BUF(1024);
    uint8_t point[VD_POINT], wrong[VD_POINT];
    (void)state;

    assert_true(vd_key_point(k, point) && vd_key_point(other, wrong));
    assert_true(vd_head_write(&h, k, &b));
    assert_null(vd_head_check(vd_buf_span(&b), VD_SPAN(point), &back));
    assert_int_equal(back.sequence, 7);
    assert_string_equal(vd_head_check(vd_buf_span(&b), VD_SPAN(wrong), &back), "signature");
    for (size_t bit = 0; bit < b.n * 8; bit++) {
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_non_null(vd_head_check(vd_buf_span(&b), VD_SPAN(point), &back));
        b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < b.n; n++)
        assert_non_null(vd_head_check((struct vd_span){ b.p, n }, VD_SPAN(point), &back));
    assert_true(vd_buf_u8(&b, 0));
    assert_non_null(vd_head_check(vd_buf_span(&b), VD_SPAN(point), &back));
    vd_buf_free(&b);
    vd_key_free(k);
    vd_key_free(other);
}

/* ---- answers at the borders ---- */

static const char *answer(const struct vd_snapshot *s, const char *issuer, uint8_t serial,
                          int64_t at, int64_t max_head_age)
{
    const struct vd_freshness fresh = { at, 7 * 86400, max_head_age };
    struct vd_answer a = vd_lookup_one(s, vd_span_str(issuer), vd_span_str("01234567890123456789"),
                                       (struct vd_span){ &serial, 1 }, &fresh);
    return a.status == VD_STATUS_UNKNOWN ? vd_reason_text(a.reason) : vd_status_text(a.status);
}

static void answers(void **state)
{
    struct row rows[] = { { "ONE", true, VD_REASON_NO_DATA, { 0 }, 1 },
                          { "TWO", false, VD_REASON_UNREACHABLE, { 0 }, 1 } };
    struct vd_snapshot *s = vd_snapshot_make("x");
    uint8_t id[VD_ISSUER_ID], serial = 0x42;
    struct vd_buf b;
    const char *why;
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        assert_true(vd_revkey_issuer(vd_span_str(rows[i].name),
                                     vd_span_str("01234567890123456789"), id));
        assert_true(vd_revkey_make(id, (struct vd_span){ &serial, 1 }, &rows[i].keys[0]));
    }
    b = bundle_of(rows, 2);
    s->bytes = vd_buf_span(&b);
    assert_int_equal(vd_snapshot_check(s, VD_NO_SPAN, VD_NO_SPAN, &why), VD_OPEN_OK);

    assert_string_equal(answer(s, "ONE", 0x42, T0, 0), "revoked");
    assert_string_equal(answer(s, "TWO", 0x42, T0, 0), "revoked"); /* whatever the coverage */
    assert_string_equal(answer(s, "ONE", 0x41, T0, 0), "good");
    assert_string_equal(answer(s, "TWO", 0x41, T0, 0), "unreachable");
    assert_string_equal(answer(s, "SIX", 0x41, T0, 0), "not-covered");
    assert_string_equal(answer(s, "ONE", 0x80, T0, 0), "not-covered"); /* a negative serial */
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 86400, 0), "good");  /* nextUpdate */
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 86401, 0), "stale");
    assert_string_equal(answer(s, "ONE", 0x42, T0 + 86401, 0), "revoked");
    assert_string_equal(answer(s, "ONE", 0x41, T0 - 300, 0), "good");
    assert_string_equal(answer(s, "ONE", 0x41, T0 - 301, 0), "clock");
    assert_string_equal(answer(s, "SIX", 0x41, T0 - 301, 0), "clock");
    assert_string_equal(answer(s, "ONE", 0x41, INT64_MIN, 0), "clock");
    assert_string_equal(answer(s, "ONE", 0x41, INT64_MAX, 0), "stale");

    s->has_head = true; /* as a head would say */
    s->head.created = T0;
    s->head.expires = T0 + 60;
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 60, 0), "good");
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 61, 0), "stale");
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 61, 3600), "good"); /* the caller's own age */
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 3600, 3600), "good");
    assert_string_equal(answer(s, "ONE", 0x41, T0 + 3601, 3600), "stale");
    assert_string_equal(answer(s, "ONE", 0x42, T0 + 3601, 3600), "revoked");
    vd_snapshot_free(s);
    vd_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_format_says),
        cmocka_unit_test(empty_bundles_are_bundles),
        cmocka_unit_test(every_flip_and_truncation_is_refused),
        cmocka_unit_test(resealed_lies_are_refused),
        cmocka_unit_test(unsorted_keys_are_refused),
        cmocka_unit_test(heads),
        cmocka_unit_test(answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
