/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bundle_keys.c - every key that went in is found, whatever the numbers; no issuer changes
 * what is said of another; the same set has the same bytes.
 *
 * VERIDAC_LONG=1 adds sets of a million and of ten million keys, and a million chosen ones.
 */
#include "bundle_unit.h"

static enum vdb_answer ask(const struct vd_bundle *b, const struct vd_bundle_issuer *i, uint64_t key)
{
    return vdb_find(&b->v, i->id, key, NULL);
}

/* Every key is listed (behind the filter alone: unconfirmed), and the bundle checks. */
static void assert_all_there(const struct set *s, enum vdb_kind kind)
{
    struct vd_buf bytes = encoded(s, kind);
    const struct vd_bundle b = opened(&bytes);
    const char *wrong;
    bool ran;

    for (uint32_t i = 0; i < s->in.n; i++) {
        const struct vd_bundle_issuer *issuer = &s->issuers[i];
        const enum vdb_answer want =
            kind == VDB_HUB && issuer->base_n >= VDB_SMALL ? VDB_UNCONFIRMED : VDB_LISTED;
        for (uint32_t k = 0; k < issuer->n; k++)
            assert_int_equal(ask(&b, issuer, issuer->keys[k]), want);
    }
    wrong = vd_bundle_check(&b, &ran);
    assert_true(ran);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    vd_buf_free(&bytes);
}

static void every_key_is_found(void **state)
{
    static const uint32_t many[] = { 0,   1,   2,   3,   62,  63,  64,   65,   66,   127, 128,
                                     129, 447, 448, 449, 895, 896, 897, 1023, 1024, 1025, 5000 };
    static const uint32_t sizes[] = { 0, 1, 63, 64, 65, 1000, 100000 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct set s = set_of(&sizes[i], 1, i);
        assert_all_there(&s, VDB_FULL);
        assert_all_there(&s, VDB_HUB);
        set_free(&s);
    }
    for (uint64_t seed = 0; seed < 4; seed++) {
        struct set s = set_of(many, sizeof many / sizeof many[0], seed);
        assert_all_there(&s, VDB_FULL);
        assert_all_there(&s, VDB_HUB);
        set_free(&s);
    }
}

/* A million and ten million keys, of one issuer and of many. */
static void every_key_is_found_of_millions(void **state)
{
    static const uint32_t sizes[] = { 1000000, 10000000 };
    static uint32_t many[300];
    (void)state;
    if (getenv("VERIDAC_LONG") == NULL)
        skip();
    for (size_t i = 0; i < 2; i++) {
        struct set one = set_of(&sizes[i], 1, i), all;
        for (size_t k = 0; k < 300; k++) /* the k-th has a share of 1 in k + 1 */
            many[k] = (uint32_t)(sizes[i] / 6.2829 / (double)(k + 1));
        all = set_of(many, 300, i);
        for (uint32_t k = 0; k + 10 < sizes[i]; k += 1000) { /* equal ones, and equal prefixes */
            one.keys[k + 1] = one.keys[k];
            one.keys[k + 2] = one.keys[k] ^ 1;
        }
        qsort(one.keys, sizes[i], sizeof *one.keys, by_key);
        for (int kind = VDB_HUB; kind <= VDB_FULL; kind++) {
            assert_all_there(&one, (enum vdb_kind)kind);
            assert_all_there(&all, (enum vdb_kind)kind);
        }
        set_free(&one);
        set_free(&all);
    }
}

/* Keys that agree in the top w bits, and keys that agree in all. */
static void equal_prefixes_are_kept(void **state)
{
    static const uint32_t sizes[] = { 63, 64, 1000 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct set s = set_of(&sizes[i], 1, 9);
        struct vd_buf bytes;
        struct vdb_codes c;
        struct vd_bundle b;
        uint32_t seen = 0;
        uint64_t v;

        for (uint32_t k = 1; k < sizes[i]; k += 2)
            s.keys[k] = k % 4 == 1 ? s.keys[k - 1] : s.keys[k - 1] ^ 1;
        qsort(s.keys, sizes[i], sizeof *s.keys, by_key);
        assert_all_there(&s, VDB_FULL);
        bytes = encoded(&s, VDB_FULL);
        b = opened(&bytes);
        for (uint32_t p = 0; p < (b.n_rows && sizes[i] >= VDB_SMALL ? b.v.n_pages : 1); p++) {
            const struct vdb_row r = vdb_row_at(&b.v, 0);
            const struct vdb_bytes page =
                sizes[i] < VDB_SMALL ? vdb_list_of(&b.v, &r) : vdb_page_at(&b.v, p);
            c = vdb_codes_of(page.p, page.n, r.rice);
            while (vdb_next(&c, &v) == VDB_STEP_KEY)
                seen++;
        }
        assert_int_equal(seen, sizes[i]); /* a multiset: none was dropped */
        vd_buf_free(&bytes);
        set_free(&s);
    }
}

/* The extremes of keys and of gaps: everything on one page, at its two ends. */
static void extreme_keys(void **state)
{
    static const uint32_t sizes[] = { 2, 63, 64, 449, 5000 };
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (unsigned way = 0; way < 4; way++) {
            struct set s = set_of(&sizes[i], 1, 3);
            for (uint32_t k = 0; k < sizes[i]; k++)
                s.keys[k] = way == 0   ? 0
                            : way == 1 ? UINT64_MAX
                            : way == 2 ? (k < sizes[i] / 2 ? 0 : UINT64_MAX)
                                       : (uint64_t)k << 24;
            qsort(s.keys, sizes[i], sizeof *s.keys, by_key);
            assert_all_there(&s, VDB_FULL);
            set_free(&s);
        }
    }
}

/* 10 bits a key and at most 1 % at 100 000 keys; what is not in is found with 2^-40 only. */
static void rates(void **state)
{
    static const uint32_t n = 100000, probes = 200000;
    struct set s = set_of(&n, 1, 5);
    struct vd_buf full = encoded(&s, VDB_FULL), hub = encoded(&s, VDB_HUB);
    const struct vd_bundle f = opened(&full), h = opened(&hub);
    const struct vd_bundle_issuer *i = &s.issuers[0];
    uint64_t other = 1234567;
    unsigned hits = 0;
    (void)state;

    for (uint32_t k = 0; k < probes; k++) {
        const uint64_t key = next_random(&other);
        assert_int_equal(ask(&f, i, key), VDB_CLEAR);
        hits += ask(&h, i, key) == VDB_UNCONFIRMED;
    }
    assert_in_range(hits, probes / 200, probes / 100); /* computed: 0.96 % */
    assert_in_range(h.v.part[VDB_LINES].n * 8, n * 10, n * 10.2);
    assert_in_range(f.v.part[VDB_CODES].n * 8 + f.v.part[VDB_PAGES].n * 8, n * 41, n * 42.7);
    assert_int_equal(vdb_row_at(&f.v, 0).width, 57);
    vd_buf_free(&full);
    vd_buf_free(&hub);
    set_free(&s);
}

/* ---- issuers do not touch each other ---- */

enum aim { AT_A_PAGE, AT_A_LINE, AT_A_PREFIX, AIMS };

/* The keys of "issuer 0" as it would grind its serials: all of one page, all of one line of the
 * filter (of a thousandth of the lines of a large one), all with one prefix as wide as what is stored. */
static void grind(struct set *s, uint32_t n, enum aim aim)
{
    const struct vdb_params p = vdb_params_of(n);
    uint64_t seed = 77;

    for (uint32_t k = 0; k < n;) {
        uint64_t key = next_random(&seed);
        uint32_t at = 0;
        if (aim == AT_A_LINE)
            (void)vdb_probes(key, p.lines, &at);
        if (at <= p.lines / 1000)
            s->keys[k++] = aim == AT_A_LINE     ? key
                           : aim == AT_A_PREFIX ? key >> p.width
                                                : key >> p.page_bits;
    }
    qsort(s->keys, n, sizeof *s->keys, by_key);
}

static struct vdb_row row_of(const struct vd_bundle *b, const uint8_t *id)
{
    uint32_t at = 0;
    assert_int_equal(vdb_find_row(&b->v, id, &at), 1);
    return vdb_row_at(&b->v, at);
}

/* What a lookup reads of another issuer, and with it what it costs, is the same octets: its list, or
 * its filter and pages. */
static void assert_same_tiers(const struct vd_bundle *a, const struct vd_bundle *b, const uint8_t *id)
{
    const struct vdb_row r = row_of(a, id), q = row_of(b, id);

    assert_int_equal(r.extent, q.extent);
    assert_int_equal(r.width, q.width);
    assert_int_equal(r.page_bits, q.page_bits);
    if (r.base_n < VDB_SMALL) {
        assert_memory_equal(vdb_list_of(&a->v, &r).p, vdb_list_of(&b->v, &q).p, r.extent);
        return;
    }
    assert_memory_equal(a->v.part[VDB_LINES].p + (size_t)r.at * VDB_LINE, b->v.part[VDB_LINES].p + (size_t)q.at * VDB_LINE,
                        (size_t)r.extent * VDB_LINE);
    for (uint32_t k = 0; k < UINT32_C(1) << r.page_bits; k++) {
        const struct vdb_bytes x = vdb_page_at(&a->v, r.page + k), y = vdb_page_at(&b->v, q.page + k);
        assert_int_equal(x.n, y.n);
        assert_memory_equal(x.p, y.p, x.n);
    }
}

static void one_hostile_issuer(uint32_t n, enum aim aim)
{
    const uint32_t counts[] = { n, 3000, 50, 0 };
    struct set calm = set_of(counts, 4, 1), bad = set_of(counts, 4, 1);
    struct vd_buf a = encoded(&calm, VDB_FULL), c;
    struct vd_bundle b = opened(&a), d;
    uint64_t seed = 99;

    grind(&bad, n, aim);
    c = encoded(&bad, VDB_FULL);
    d = opened(&c);
    for (uint32_t i = 1; i < 4; i++) {
        assert_same_tiers(&b, &d, calm.ids[i]);
        for (uint32_t k = 0; k < 20000; k++) {
            const uint64_t key = k % 2 == 0 ? next_random(&seed) : bad.keys[k % n];
            assert_int_equal(vdb_find(&b.v, calm.ids[i], key, NULL),
                             vdb_find(&d.v, bad.ids[i], key, NULL));
        }
    }
    for (uint32_t k = 0; k < n; k += 1 + n / 3000) /* nor does it help the attacker */
        assert_int_equal(vdb_find(&d.v, bad.ids[0], bad.keys[k], NULL), VDB_LISTED);
    vd_buf_free(&a);
    vd_buf_free(&c);
    set_free(&calm);
    set_free(&bad);
}

static void hostile_serials_stay_at_home(void **state)
{
    (void)state;
    for (int aim = 0; aim < AIMS; aim++)
        one_hostile_issuer(3000, (enum aim)aim);
    if (getenv("VERIDAC_LONG") != NULL) {
        for (int aim = 0; aim < AIMS; aim++)
            one_hostile_issuer(1000000, (enum aim)aim);
    }
}

/* ---- one set, one encoding; parameters of an earlier base ---- */

static void the_same_set_has_the_same_bytes(void **state)
{
    static const uint32_t counts[] = { 10, 64, 0, 5000 };
    struct set s = set_of(counts, 4, 1), t = set_of(counts, 4, 1);
    struct vd_buf a = encoded(&s, VDB_FULL), b = encoded(&t, VDB_FULL);
    (void)state;
    assert_true(vd_span_eq(vd_buf_span(&a), vd_buf_span(&b)));
    vd_buf_free(&a);
    vd_buf_free(&b);
    set_free(&s);
    set_free(&t);
}

/* An issuer keeps what its base fixed up to 25 % more keys, and down to none. */
static void parameters_of_the_base_are_kept(void **state)
{
    static const struct {
        uint32_t base_n, n;
        bool fits;
    } rows[] = { { 63, 78, true },     { 63, 79, false }, { 64, 80, true },     { 64, 81, false },
                 { 64, 0, true },      { 64, 63, true },  { 4096, 5120, true }, { 4096, 5121, false },
                 { 0, 1, false },      { 3, 3, true },    { 3, 4, false },      { 4, 5, true } };
    static const uint8_t base[VDB_DIGEST] = { 1 };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct set s = set_of(&rows[i].n, 1, 4);
        struct vd_buf out = VD_BUF(1u << 20);
        s.in.base = base;
        s.in.base_time = T0 - 86400;
        s.issuers[0].base_n = rows[i].base_n;
        assert_int_equal(vd_bundle_encode(&s.in, &out), rows[i].fits);
        if (rows[i].fits) {
            const struct vd_bundle b = opened(&out);
            const struct vdb_row r = vdb_row_at(&b.v, 0);
            assert_int_equal(r.width, vdb_params_of(rows[i].base_n).width);
            assert_int_equal(r.n, rows[i].n);
            assert_false(vd_bundle_is_base(&b));
            assert_all_there(&s, VDB_FULL);
        }
        vd_buf_free(&out);
        set_free(&s);
    }
}

/* From the design: w = 40 + ceil(log2 n), a list below 64, p = ceil(log2(n / 448)), 10 bits a key. */
static void parameters(void **state)
{
    static const struct {
        uint32_t n, width, page_bits, lines;
    } rows[] = { { 0, 40, 0, 0 },      { 1, 40, 0, 0 },         { 2, 41, 0, 0 },
                 { 3, 42, 0, 0 },      { 63, 46, 0, 0 },        { 64, 46, 0, 2 },
                 { 65, 47, 0, 2 },     { 448, 49, 0, 9 },       { 449, 49, 1, 9 },
                 { 896, 50, 1, 18 },   { 897, 50, 2, 18 },      { 1000000, 60, 12, 19532 },
                 { 1u << 24, 64, 16, 327680 }, { (1u << 24) + 1, 64, 16, 327681 } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct vdb_params p = vdb_params_of(rows[i].n);
        assert_int_equal(p.width, rows[i].width);
        assert_int_equal(p.page_bits, rows[i].page_bits);
        assert_int_equal(p.lines, rows[i].lines);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters),
        cmocka_unit_test(every_key_is_found),
        cmocka_unit_test(every_key_is_found_of_millions),
        cmocka_unit_test(equal_prefixes_are_kept),
        cmocka_unit_test(extreme_keys),
        cmocka_unit_test(rates),
        cmocka_unit_test(hostile_serials_stay_at_home),
        cmocka_unit_test(the_same_set_has_the_same_bytes),
        cmocka_unit_test(parameters_of_the_base_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
