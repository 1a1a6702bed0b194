/* SPDX-License-Identifier: Apache-2.0
 *
 * test_reader_short.c - the reader as microcontrollers have it (VDB_SHORT) beside the fast one: whatever
 * octets stand on a page, both say the same.
 */
#include "lookup/reader.h"

#define VDB_SHORT 1
#define vdb_section_of small_section_of
#define vdb_row_at small_row_at
#define vdb_codes_of small_codes_of
#define vdb_next small_next
#define vdb_key small_key
#define vdb_probes small_probes
#define vdb_find_row small_find_row
#define vdb_page_at small_page_at
#define vdb_list_of small_list_of
#define vdb_find_on_page small_find_on_page
#define vdb_find_in small_find_in
#define vdb_find small_find
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#include "lookup/reader.c"
#pragma GCC diagnostic pop
#undef vdb_section_of
#undef vdb_row_at
#undef vdb_codes_of
#undef vdb_next
#undef vdb_key
#undef vdb_probes
#undef vdb_find_row
#undef vdb_page_at
#undef vdb_list_of
#undef vdb_find_on_page
#undef vdb_find_in
#undef vdb_find

#include "bundle_unit.h"

/* The fast one passes over many keys at a time: it must stop where the other one stops. */
#define VALUE_BITS 60u

static void compare_finds(const uint8_t *page, size_t n, uint64_t value)
{
    const struct vdb_row row = { .width = VALUE_BITS + 3, .page_bits = 3, .rice = VDB_RICE };
    const uint64_t key = value << (64 - VALUE_BITS) >> 3;
    assert_int_equal(vdb_find_on_page(&row, page, n, key), small_find_on_page(&row, page, n, key));
}

/* All keys of a page, step by step, and each of them, its neighbours and the ends looked for. */
static void compare_walks(const uint8_t *page, size_t n)
{
    uint8_t *copy = malloc(n ? n : 1); /* ends where its memory ends */
    struct vdb_codes a, b;
    enum vdb_step x, y;
    uint64_t v = 0, w = 0;

    assert_non_null(copy);
    if (n > 0)
        memcpy(copy, page, n);
    a = vdb_codes_of(copy, n, VDB_RICE);
    b = small_codes_of(copy, n, VDB_RICE);
    do {
        x = vdb_next(&a, &v);
        y = small_next(&b, &w);
        assert_int_equal(x, y);
        assert_true(x != VDB_STEP_KEY || v == w);
        if (x == VDB_STEP_KEY && v >> VALUE_BITS == 0) {
            compare_finds(copy, n, v - (v > 0));
            compare_finds(copy, n, v);
            compare_finds(copy, n, v + 1);
        }
    } while (x == VDB_STEP_KEY);
    compare_finds(copy, n, 0);
    compare_finds(copy, n, (UINT64_C(1) << VALUE_BITS) - 1);
    free(copy);
}

static void pages_of_octets_that_nobody_coded(void **state)
{
    uint64_t seed = 7;
    uint8_t page[64];
    (void)state;
    for (unsigned round = 0; round < 40000; round++) {
        const size_t n = next_random(&seed) % sizeof page;
        for (size_t i = 0; i < n; i++) /* many zeros and few ones: long quotients */
            page[i] = (uint8_t)(round % 2 ? next_random(&seed) & 0xFF
                                          : (next_random(&seed) % 8 == 0 ? 1u : 0u) << round % 8);
        compare_walks(page, n);
    }
}

/* As a page is made: remainders, and quotients with about as many ones as there are remainders. */
static void long_pages_of_any_octets(void **state)
{
    static uint8_t page[4096];
    uint64_t seed = 11;
    (void)state;
    for (unsigned round = 0; round < 60; round++) {
        const size_t keys = next_random(&seed) % 300 + 1, quotients = keys / 4 + round % 3;
        for (size_t i = 0; i < 5 * keys; i++)
            page[i] = (uint8_t)next_random(&seed);
        for (size_t i = 5 * keys; i < 5 * keys + quotients; i++)
            page[i] = (uint8_t)(next_random(&seed) & next_random(&seed));
        compare_walks(page, 5 * keys + quotients);
    }
}

static void real_pages_and_every_flip_of_one(void **state)
{
    static const uint32_t counts[] = { 5, 63, 64, 500, 1000 };
    struct set s = set_of(counts, 5, 3);
    struct vd_buf full = encoded(&s, VDB_FULL);
    const struct vd_bundle b = opened(&full);
    uint64_t seed = 9;
    (void)state;

    for (uint32_t i = 0; i < b.v.n_pages; i++) {
        const struct vdb_bytes page = vdb_page_at(&b.v, i);
        compare_walks(page.p, page.n);
        for (size_t cut = 0; cut < page.n; cut += 1 + cut / 4)
            compare_walks(page.p, cut);
    }
    for (uint32_t i = 0; i < b.n_rows; i++) {
        const struct vdb_row r = vdb_row_at(&b.v, i);
        uint8_t copy[512];
        const struct vdb_bytes list = vdb_list_of(&b.v, &r);
        if (r.base_n >= VDB_SMALL || list.n > sizeof copy)
            continue;
        memcpy(copy, list.p, list.n);
        for (size_t bit = 0; bit < 8 * list.n; bit++) {
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
            compare_walks(copy, list.n);
            copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
    for (uint32_t i = 0; i < s.in.n; i++) {
        uint32_t at;
        assert_true(vdb_find_row(&b.v, s.issuers[i].id, &at));
        for (uint32_t k = 0; k < 2 * s.issuers[i].n; k++) {
            const uint64_t key =
                k < s.issuers[i].n ? s.issuers[i].keys[k] : next_random(&seed);
            assert_int_equal(vdb_find(&b.v, s.issuers[i].id, key, NULL),
                             small_find(&b.v, s.issuers[i].id, key, NULL));
        }
    }
    vd_buf_free(&full);
    set_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_of_octets_that_nobody_coded),
        cmocka_unit_test(long_pages_of_any_octets),
        cmocka_unit_test(real_pages_and_every_flip_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
