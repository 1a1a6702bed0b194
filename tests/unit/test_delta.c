/* SPDX-License-Identifier: Apache-2.0
 *
 * test_delta.c - histories of one feed: bundles that follow each other on a base, and the deltas
 * between them.
 */
#include "bundle_unit.h"
#include "delta.h"

/* ---- the rule of design.md 5 ---- */

static void a_new_base_is_due(void **state)
{
    static const struct {
        const char *name;
        int64_t age;
        uint64_t deltas, hub;
        bool due;
    } rows[] = { { "young and small", 0, 0, 1000, false },
                 { "one second to 30 days", 30 * 86400 - 1, 0, 1000, false },
                 { "30 days", 30 * 86400, 0, 1000, true },
                 { "a quarter", 86400, 250, 1000, false },
                 { "more than a quarter", 86400, 251, 1000, true },
                 { "a clock that went back", -1, 0, 1000, true },
                 { "no base at all", INT64_C(1) << 62, 0, 0, true } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (vd_bundle_base_due(T0, T0 + rows[i].age, rows[i].deltas, rows[i].hub) != rows[i].due)
            fail_msg("%s", rows[i].name);
    }
}

/* ---- the bundle that follows another ---- */

static struct vd_buf next_of(const struct vd_buf *before, struct set *s, enum vdb_kind kind,
                             int64_t at)
{
    struct vd_bundle b = opened(before);
    struct vd_buf out = VD_BUF(1u << 30);
    struct vd_bundle_in in = s->in;

    in.kind = kind;
    in.evidence_time = at;
    assert_null(vd_bundle_keep(&b, &in, s->issuers));
    assert_true(vd_bundle_encode(&in, &out));
    return out;
}

/* A filter is made of the keys of the base and of all that came since; who leaves stays in it. */
static void filters_remember(void **state)
{
    static const uint32_t count = 100;
    struct set base = set_of(&count, 1, 1), now = set_of(&count, 1, 1);
    struct vd_buf a = encoded(&base, VDB_HUB), b, want = VD_BUF(1u << 20);
    struct vd_bundle_issuer all = base.issuers[0];
    struct vd_bundle v;
    uint64_t keys[101];
    (void)state;

    for (size_t k = 0; k < 100; k++)
        keys[k] = base.keys[k];
    now.keys[7] = keys[100] = UINT64_C(0x1234567890123456); /* one leaves, one comes */
    qsort(now.keys, count, sizeof keys[0], by_key);
    qsort(keys, 101, sizeof keys[0], by_key);
    b = next_of(&a, &now, VDB_HUB, T0 + 1);
    v = opened(&b);
    all.keys = keys;
    all.n = 101;
    assert_true(vd_code_lines(&all, &want));
    assert_int_equal(v.v.part[VDB_LINES].n, want.n);
    assert_memory_equal(v.v.part[VDB_LINES].p, want.p, want.n);
    vd_buf_free(&a);
    vd_buf_free(&b);
    vd_buf_free(&want);
    set_free(&base);
    set_free(&now);
}

/* ---- heads that do not belong ---- */

struct pair {
    struct set s;
    struct vd_buf from, to, delta;
};

static struct pair pair_of(enum vdb_kind kind)
{
    static const uint32_t counts[] = { 100, 3 };
    struct pair p = { .s = set_of(counts, 2, 1), .delta = VD_BUF(1u << 30) };
    p.from = encoded(&p.s, kind);
    p.to = next_of(&p.from, &p.s, kind, T0 + 86400);
    assert_int_equal(vd_delta_make(vd_buf_span(&p.from), vd_buf_span(&p.to), &p.delta), VD_DELTA_OK);
    return p;
}

static void pair_free(struct pair *p)
{
    vd_buf_free(&p->from);
    vd_buf_free(&p->to);
    vd_buf_free(&p->delta);
    set_free(&p->s);
}

static enum vd_delta_error apply(const struct vd_buf *from, const struct vd_buf *delta,
                                 uint64_t max_size)
{
    struct vd_buf out = VD_BUF(1u << 30);
    enum vd_delta_error e = vd_delta_apply(vd_buf_span(from), vd_buf_span(delta), max_size, &out);
    if (e != VD_DELTA_OK)
        assert_int_equal(out.n, 0);
    vd_buf_free(&out);
    return e;
}

/* One difference each; `at` says which octet of the head becomes `value`. */
static void strangers_are_refused(void **state)
{
    static const struct {
        size_t at;
        uint8_t value;
        enum vd_delta_error want;
    } rows[] = { { 0, 'W', VD_DELTA_BAD_MAGIC },      { 4, 1, VD_DELTA_OTHER_NETWORK },
                 { 4, 3, VD_DELTA_BAD_HEADER },       { 4, 0, VD_DELTA_BAD_HEADER },
                 { 5, VDB_HUB, VD_DELTA_OTHER_KIND }, { 5, 3, VD_DELTA_BAD_HEADER },
                 { 6, 1, VD_DELTA_BAD_HEADER },       { 15, 0x80, VD_DELTA_BACKWARDS },
                 { 23, 1, VD_DELTA_TOO_LARGE },       { 19, 0x3F, VD_DELTA_TOO_LARGE },
                 { 24, 0, VD_DELTA_OTHER_BASE },      { 56, 0, VD_DELTA_OTHER_FROM } };
    struct pair p = pair_of(VDB_FULL);
    (void)state;

    assert_int_equal(apply(&p.from, &p.delta, p.to.n), VD_DELTA_OK);
    assert_int_equal(apply(&p.from, &p.delta, p.to.n - 1), VD_DELTA_TOO_LARGE);
    assert_int_equal(apply(&p.to, &p.delta, p.to.n), VD_DELTA_OTHER_FROM);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t was = p.delta.p[rows[i].at];
        assert_int_not_equal(was, rows[i].value);
        p.delta.p[rows[i].at] = rows[i].value;
        if (apply(&p.from, &p.delta, p.to.n) != rows[i].want)
            fail_msg("octet %zu: %s", rows[i].at,
                     vd_delta_error_text(apply(&p.from, &p.delta, p.to.n)));
        p.delta.p[rows[i].at] = was;
    }
    for (size_t k = 0; k < VDB_DIGEST; k++) /* to == from */
        p.delta.p[88 + k] = p.delta.p[56 + k];
    assert_int_equal(apply(&p.from, &p.delta, p.to.n), VD_DELTA_LOOP);
    pair_free(&p);
}

static enum vd_delta_error make(const struct vd_buf *from, const struct vd_buf *to)
{
    struct vd_buf out = VD_BUF(1u << 30);
    enum vd_delta_error e = vd_delta_make(vd_buf_span(from), vd_buf_span(to), &out);
    if (e != VD_DELTA_OK)
        assert_int_equal(out.n, 0);
    vd_buf_free(&out);
    return e;
}

static void pairs_that_have_none(void **state)
{
    struct pair p = pair_of(VDB_FULL), q = pair_of(VDB_HUB);
    struct vd_buf main_net, other;
    (void)state;

    p.s.in.network = VD_NETWORK_MAIN;
    main_net = encoded(&p.s, VDB_FULL);
    p.s.in.network = VD_NETWORK_TEST;
    p.s.in.evidence_time = T0 + 1;
    other = encoded(&p.s, VDB_FULL);
    assert_int_equal(make(&p.from, &p.to), VD_DELTA_OK);
    assert_int_equal(make(&p.to, &p.to), VD_DELTA_LOOP);
    assert_int_equal(make(&p.to, &p.from), VD_DELTA_OTHER_BASE); /* nothing leads to a base */
    assert_int_equal(make(&p.from, &other), VD_DELTA_OTHER_BASE);
    assert_int_equal(make(&other, &p.to), VD_DELTA_OTHER_BASE);
    assert_int_equal(make(&p.from, &q.to), VD_DELTA_OTHER_KIND);
    assert_int_equal(make(&main_net, &p.to), VD_DELTA_OTHER_NETWORK);
    p.from.p[0] = 'W';
    assert_int_equal(make(&p.from, &p.to), VD_DELTA_BAD_FROM);
    assert_int_equal(apply(&p.from, &p.delta, p.to.n), VD_DELTA_BAD_FROM);
    p.from.p[0] = 'V';
    p.to.p[0] = 'W';
    assert_int_equal(make(&p.from, &p.to), VD_DELTA_BAD_TO);
    vd_buf_free(&main_net);
    vd_buf_free(&other);
    pair_free(&p);
    pair_free(&q);
}

/* ---- golden files ---- */

static struct vd_buf file(const char *name)
{
    struct vd_buf b = VD_BUF(1u << 20);
    char path[1024], block[4096];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", GOLDEN, name);
    f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s is not there", path);
    while ((n = fread(block, 1, sizeof block, f)) > 0)
        assert_true(vd_buf_put(&b, vd_span_of(block, n)));
    (void)fclose(f);
    return b;
}

/* Written by tests/golden/vdd1.py from docs/FORMAT.md alone. */
static void golden_deltas(void **state)
{
    static const char *const names[2][3] = {
        { "vdb1-hub.bundle", "vdb1-next-hub.bundle", "vdd1-hub.delta" },
        { "vdb1-full.bundle", "vdb1-next-full.bundle", "vdd1-full.delta" }
    };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct vd_buf from = file(names[i][0]), to = file(names[i][1]), delta = file(names[i][2]),
                      made = VD_BUF(1u << 20), target = VD_BUF(1u << 20);
        assert_int_equal(vd_delta_make(vd_buf_span(&from), vd_buf_span(&to), &made), VD_DELTA_OK);
        assert_int_equal(made.n, delta.n);
        assert_memory_equal(made.p, delta.p, delta.n);
        assert_int_equal(vd_delta_apply(vd_buf_span(&from), vd_buf_span(&delta), to.n, &target),
                         VD_DELTA_OK);
        assert_int_equal(target.n, to.n);
        assert_memory_equal(target.p, to.p, to.n);
        vd_buf_free(&from);
        vd_buf_free(&to);
        vd_buf_free(&delta);
        vd_buf_free(&made);
        vd_buf_free(&target);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_base_is_due),
        cmocka_unit_test(filters_remember),
        cmocka_unit_test(strangers_are_refused),
        cmocka_unit_test(pairs_that_have_none),
        cmocka_unit_test(golden_deltas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
