/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bundle_bad.c - bundles that somebody changed: refused before use, by the hash, or, when the
 * hashes were made again, by what they claim. Nothing here may read a byte too many: every copy
 * lies in memory of exactly its size.
 */
#include "bundle_unit.h"

/* A list, a filter with one page, a filter with two, and an issuer without keys. */
static const uint32_t counts[] = { 5, 70, 0, 460 };
static const uint32_t small[] = { 3, 64 };

enum { DIRECTORY = 64, E_OFFSET = 8, E_SIZE = 16, E_HASH = 24 };

static uint64_t get(const struct vd_buf *b, size_t at, size_t width)
{
    struct vd_span in;
    uint64_t v = 0;
    assert_true(vd_span_slice(vd_buf_span(b), at, width, &in) && vd_take_le(&in, width, &v));
    return v;
}

static void set(struct vd_buf *b, size_t at, size_t width, uint64_t v)
{
    assert_true(at + width <= b->n);
    for (size_t i = 0; i < width; i++, v >>= 8)
        b->p[at + i] = (uint8_t)(v & 0xFF);
}

/* Where the section with this place in the directory begins. */
static size_t section(const struct vd_buf *b, size_t i)
{
    return (size_t)get(b, DIRECTORY + 64 * i + E_OFFSET, 8);
}

/* Makes all hashes again that can be made. */
static void reseal(struct vd_buf *b)
{
    const size_t n = b->p[6], end = DIRECTORY + 64 * n;
    uint8_t digest[VD_SHA256];
    struct vd_span part;

    if (end + VD_SHA256 > b->n)
        return;
    for (size_t i = 0; i < n; i++) {
        const size_t entry = DIRECTORY + 64 * i;
        if (get(b, entry + E_OFFSET, 8) <= b->n && get(b, entry + E_SIZE, 8) <= b->n &&
            vd_span_slice(vd_buf_span(b), section(b, i), (size_t)get(b, entry + E_SIZE, 8), &part)) {
            assert_true(vd_sha256(part, digest));
            memcpy(b->p + entry + E_HASH, digest, sizeof digest);
        }
    }
    assert_true(vd_sha256((struct vd_span){ b->p, end }, digest));
    memcpy(b->p + end, digest, sizeof digest);
}

/* Reads a copy that ends where its memory ends; NULL, or what was wrong. */
static const char *read_copy(struct vd_span in, struct vd_bundle *ret, uint8_t **ret_copy)
{
    *ret_copy = malloc(in.n ? in.n : 1);
    assert_non_null(*ret_copy);
    if (in.n > 0)
        memcpy(*ret_copy, in.p, in.n);
    return vd_bundle_read((struct vd_span){ *ret_copy, in.n }, ret);
}

static const char *wrong_with(struct vd_span in)
{
    struct vd_bundle b;
    uint8_t *copy;
    const char *wrong = read_copy(in, &b, &copy);
    free(copy);
    return wrong;
}

/* Opens without hashes and asks for every key and for others. */
static void ask_all_unhashed(struct vd_span in, const struct set *s)
{
    uint8_t *copy = malloc(in.n ? in.n : 1);
    uint64_t seed = 5;
    struct vdb b;

    assert_non_null(copy);
    if (in.n > 0)
        memcpy(copy, in.p, in.n);
    if (vdb_open(copy, in.n, NULL, NULL, &b) == VDB_OK) {
        for (uint32_t i = 0; i < s->in.n; i++) {
            for (uint32_t k = 0; k < s->issuers[i].n; k++)
                (void)vdb_find(&b, s->issuers[i].id, s->issuers[i].keys[k], NULL);
            for (uint32_t k = 0; k < 4; k++)
                (void)vdb_find(&b, s->issuers[i].id, next_random(&seed), NULL);
        }
    }
    free(copy);
}

static void every_flip_and_truncation_is_refused(void **state)
{
    static const enum vdb_kind kinds[] = { VDB_HUB, VDB_FULL };
    struct set s = set_of(small, 2, 1);
    (void)state;
    for (size_t k = 0; k < 2; k++) {
        struct vd_buf b = encoded(&s, kinds[k]);
        assert_null(wrong_with(vd_buf_span(&b)));
        for (size_t bit = 0; bit < b.n * 8; bit++) {
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_non_null(wrong_with(vd_buf_span(&b)));
            ask_all_unhashed(vd_buf_span(&b), &s);
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t n = 0; n < b.n; n++) {
            assert_non_null(wrong_with((struct vd_span){ b.p, n }));
            ask_all_unhashed((struct vd_span){ b.p, n }, &s);
        }
        assert_true(vd_buf_u8(&b, 0));
        assert_non_null(wrong_with(vd_buf_span(&b)));
        vd_buf_free(&b);
    }
    set_free(&s);
}

/* A publisher who codes badly: `show --check` tells every single bit of filters, pages, codes and tree,
 * and of a list every bit that is not just another key; a reader stays safe. */
static void every_flip_of_a_code_is_told_by_the_check(void **state)
{
    struct set s = set_of(small, 2, 1);
    struct vd_buf b = encoded(&s, VDB_FULL);
    (void)state;
    for (size_t i = 1; i <= 5; i++) { /* lists, lines, pages, codes, tree */
        const size_t at = section(&b, i), n = (size_t)get(&b, DIRECTORY + 64 * i + E_SIZE, 8);
        size_t told = 0;
        for (size_t bit = 8 * at; bit < 8 * (at + n); bit++) {
            struct vd_bundle v;
            const char *wrong;
            uint8_t *copy;
            bool ran = true;
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            reseal(&b);
            wrong = read_copy(vd_buf_span(&b), &v, &copy);
            if (wrong == NULL)
                wrong = vd_bundle_check(&v, &ran);
            assert_true(ran);
            if (wrong == NULL) /* in a list that stands alone a low bit makes another list */
                assert_int_equal(i, 1);
            told += wrong != NULL;
            free(copy);
            b.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        assert_true(told > 0);
    }
    reseal(&b);
    assert_null(wrong_with(vd_buf_span(&b)));
    vd_buf_free(&b);
    set_free(&s);
}

/* ---- lies with new hashes ---- */

enum where { HEADER, ENTRY, SECTION };

static const struct lie {
    const char *name;
    enum where where;
    size_t index, at, width; /* of the entry or section with this index */
    uint64_t value;
    const char *why;         /* NULL: that is no lie */
} lies[] = {
    { "nothing", HEADER, 0, 4, 1, 2, NULL },
    { "magic of the draft", HEADER, 0, 3, 1, '0', "magic" },
    { "network 0", HEADER, 0, 4, 1, 0, "header values" },
    { "network 3", HEADER, 0, 4, 1, 3, "header values" },
    { "kind 0", HEADER, 0, 5, 1, 0, "header values" },
    { "kind 3", HEADER, 0, 5, 1, 3, "header values" },
    { "17 sections", HEADER, 0, 6, 1, 17, "header values" },
    { "reserved", HEADER, 0, 7, 1, 1, "header values" },
    { "one octet less", HEADER, 0, 16, 2, 1, "size" },
    { "size 2^32 - 1", HEADER, 0, 16, 8, UINT32_MAX, "size" },
    { "size 2^63", HEADER, 0, 23, 1, 0x80, "size" },
    { "a base of another time", HEADER, 0, 24, 1, 1, "time of the base" },
    { "a later base", HEADER, 0, 30, 4, 0x00010001, "time of the base" },
    { "hub with an exact tier", HEADER, 0, 5, 1, 1, "directory" },
    { "type 0", ENTRY, 0, 0, 4, 0, "directory" },
    { "type twice", ENTRY, 1, 0, 4, 1, "directory" },
    { "types swapped", ENTRY, 1, 0, 4, 4, "directory" },
    { "no coverage", ENTRY, 6, 0, 4, 0, "directory" },
    { "critical left out", ENTRY, 0, 4, 4, 0, "directory" },
    { "names critical", ENTRY, 6, 4, 4, 1, "directory" },
    { "flags 2", ENTRY, 6, 4, 4, 2, "directory" },
    { "later type", ENTRY, 6, 0, 4, 10, NULL },
    { "later type, 2^32 - 1", ENTRY, 6, 0, 4, UINT32_MAX, NULL },
    { "later type, critical", ENTRY, 6, 0, 8, 10 | UINT64_C(1) << 32,
      "a critical section of a later version" },
    { "reserved of an entry", ENTRY, 3, 63, 1, 1, "directory" },
    { "overlap", ENTRY, 2, E_OFFSET, 4, 64 * 8, "directory" },
    { "offset 2^32", ENTRY, 2, E_OFFSET + 4, 4, 1, "directory" },
    { "offset 2^63", ENTRY, 2, E_OFFSET + 7, 1, 0x80, "directory" },
    { "offset 2^32 - 1", ENTRY, 2, E_OFFSET, 4, UINT32_MAX, "directory" },
    { "size of a section 2^32 - 1", ENTRY, 4, E_SIZE, 4, UINT32_MAX, "directory" },
    { "size of a section 2^63", ENTRY, 4, E_SIZE + 7, 1, 0x80, "directory" },
    { "size of a section 0", ENTRY, 4, E_SIZE, 4, 0, "directory" },
    { "coverage: 2^32 - 1 rows", SECTION, 0, 32, 4, UINT32_MAX, "coverage" },
    { "coverage: a row less", SECTION, 0, 32, 4, 3, "coverage" },
    { "coverage: 2^32 - 1 pages", SECTION, 0, 36, 4, UINT32_MAX,
      "places of lists, lines and pages" },
    { "coverage: a page more", SECTION, 0, 36, 4, 4, "places of lists, lines and pages" },
    { "coverage: reserved", SECTION, 0, 63, 1, 1, "coverage" },
    { "row: 2^32 - 1 keys", SECTION, 0, 64 + 16, 4, UINT32_MAX, "coverage row" },
    { "row: base of 2^32 - 1", SECTION, 0, 64 + 20, 4, UINT32_MAX, "coverage row" },
    { "row: base of 2^27 + 1", SECTION, 0, 64 + 20, 4, (1u << 27) + 1, "coverage row" },
    { "row: extent", SECTION, 0, 64 + 24, 4, UINT32_MAX, NULL },
    { "row: at", SECTION, 0, 64 + 28, 4, 1, "places of lists, lines and pages" },
    { "row: page", SECTION, 0, 64 + 32, 4, 1, "places of lists, lines and pages" },
    { "row: last_ok at evidence time", SECTION, 0, 64 + 44, 4, T0, "coverage row" },
    { "row: complete 2", SECTION, 0, 64 + 48, 1, 2, "coverage row" },
    { "row: complete with a reason", SECTION, 0, 64 + 49, 1, 5, "coverage row" },
    { "row: a reason that is none", SECTION, 0, 64 + 48, 2, 12 << 8, "coverage row" },
    { "row: width", SECTION, 0, 64 + 50, 1, 64, "coverage row" },
    { "row: width 0", SECTION, 0, 64 + 50, 1, 0, "coverage row" },
    { "row: rice", SECTION, 0, 64 + 51, 1, 39, "coverage row" },
    { "row: page_bits", SECTION, 0, 64 + 52, 1, 31, "coverage row" },
    { "row: reserved", SECTION, 0, 64 + 55, 1, 1, "coverage row" },
    { "row: id", SECTION, 0, 64 + 15, 1, 0x5A, "names" },
    { "row: order", SECTION, 0, 64, 1, 0xFF, "order of coverage rows" },
    { "pages: first", SECTION, 3, 0, 4, 1, "page table" },
    { "pages: descending", SECTION, 3, 4, 4, UINT32_MAX, "page table" },
    { "pages: last", SECTION, 3, 12, 4, UINT32_MAX, "page table" },
    { "names: first end", SECTION, 6, 0, 4, 1, "names" },
    { "names: end 2^32 - 1", SECTION, 6, 4, 4, UINT32_MAX, "names" },
    { "names: key id", SECTION, 6, 20, 1, 255, "names" },
};

static void lies_with_new_hashes_are_refused(void **state)
{
    struct set s = set_of(counts, 4, 1);
    (void)state;
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        const struct lie *lie = &lies[i];
        struct vd_buf b = encoded(&s, VDB_FULL);
        const char *wrong;
        size_t at = lie->at;
        if (lie->where == ENTRY)
            at += DIRECTORY + 64 * lie->index;
        if (lie->where == SECTION)
            at += section(&b, lie->index);
        set(&b, at, lie->width, lie->value);
        reseal(&b);
        wrong = wrong_with(vd_buf_span(&b));
        if (lie->why == NULL && lie->where == SECTION)
            ROW_TRUE(lie->name, wrong != NULL); /* which fault comes first depends on the row */
        else if (lie->why == NULL)
            ROW_TRUE(lie->name, wrong == NULL);
        else if (wrong == NULL || strcmp(wrong, lie->why) != 0)
            fail_msg("%s: '%s' instead of '%s'", lie->name, wrong ? wrong : "", lie->why);
        ask_all_unhashed(vd_buf_span(&b), &s);
        vd_buf_free(&b);
    }
    set_free(&s);
}

/* Equal ids are no order: which of the two rows would answer? */
static void an_issuer_has_one_row(void **state)
{
    struct set s = set_of(counts, 4, 1);
    struct vd_buf b = encoded(&s, VDB_FULL);
    uint8_t *row = b.p + section(&b, 0) + 64, kept[VDB_ID];
    (void)state;
    memcpy(kept, row, VDB_ID);
    memcpy(row, row + VDB_ROW, VDB_ID);
    reseal(&b);
    assert_string_equal(wrong_with(vd_buf_span(&b)), "order of coverage rows");
    memcpy(row, kept, VDB_ID);
    reseal(&b);
    assert_null(wrong_with(vd_buf_span(&b)));
    vd_buf_free(&b);
    set_free(&s);
}

/* Every pair of sections exchanged: their contents, and their entries. */
static void exchanged_sections_are_refused(void **state)
{
    struct set s = set_of(counts, 4, 1);
    struct vd_buf b = encoded(&s, VDB_FULL);
    uint8_t other[64], one[64];
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        for (size_t k = 0; k < i; k++) {
            uint8_t *x = b.p + DIRECTORY + 64 * i, *y = b.p + DIRECTORY + 64 * k;
            for (size_t from = 0; from <= 8; from += 8) { /* with and without the types */
                memcpy(one, x, 64);
                memcpy(other, y, 64);
                memcpy(x + from, other + from, 64 - from);
                memcpy(y + from, one + from, 64 - from);
                reseal(&b);
                assert_non_null(wrong_with(vd_buf_span(&b)));
                ask_all_unhashed(vd_buf_span(&b), &s);
                memcpy(x, one, 64);
                memcpy(y, other, 64);
            }
        }
    }
    reseal(&b);
    assert_null(wrong_with(vd_buf_span(&b)));
    vd_buf_free(&b);
    set_free(&s);
}

static void octets_between_sections_are_zero(void **state)
{
    struct set s = set_of(counts, 4, 1);
    struct vd_buf b = encoded(&s, VDB_FULL);
    size_t seen = 0;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        const size_t end = section(&b, i) + (size_t)get(&b, DIRECTORY + 64 * i + E_SIZE, 8);
        for (size_t at = end; at < section(&b, i + 1); at++, seen++) {
            b.p[at] = 1;
            assert_string_equal(wrong_with(vd_buf_span(&b)), "directory");
            b.p[at] = 0;
        }
    }
    assert_true(seen > 0);
    vd_buf_free(&b);
    set_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_flip_and_truncation_is_refused),
        cmocka_unit_test(every_flip_of_a_code_is_told_by_the_check),
        cmocka_unit_test(lies_with_new_hashes_are_refused),
        cmocka_unit_test(an_issuer_has_one_row),
        cmocka_unit_test(exchanged_sections_are_refused),
        cmocka_unit_test(octets_between_sections_are_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
