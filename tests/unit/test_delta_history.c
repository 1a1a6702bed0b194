/* SPDX-License-Identifier: Apache-2.0
 *
 * test_delta_history.c - random histories of a feed. A model remembers each key that came since the
 * base and builds every bundle directly; what follows step by step, and every way through the
 * deltas, gives the same bytes.
 *
 * VERIDAC_LONG=N runs N histories instead of a few.
 */
#include "bundle_unit.h"
#include "delta.h"

#define ISSUERS 10u
#define STEPS 6u
#define CAP 1200u

struct issuer {
    char name[24];
    uint8_t id[VDB_ID];
    bool here, good;
    enum vd_reason reason;
    int64_t this_update, next_update, last_ok;
    uint64_t keys[CAP], since[8 * CAP]; /* now; at the base and everything that came since */
    uint32_t n, n_since, base_n;
};

struct feed {
    struct issuer issuers[ISSUERS];
    uint64_t seed;
    int64_t at, base_time;
    uint8_t base[2][VDB_DIGEST]; /* of kind hub and of kind full */
    bool names;
};

static uint32_t random_below(struct feed *f, uint32_t n)
{
    return (uint32_t)(next_random(&f->seed) % n);
}

/* ---- what happens to an issuer ---- */

/* Most are new; some are equal to one that is there, or differ from it below any width. */
static uint64_t some_key(struct feed *f, const struct issuer *i)
{
    const uint32_t way = random_below(f, 20);
    const uint64_t old = i->n > 0 ? i->keys[random_below(f, i->n)] : 0;
    if (i->n > 0 && way == 0)
        return old;
    if (i->n > 0 && way == 1)
        return old ^ 1;
    if (i->n_since > 0 && way == 2) /* comes again */
        return i->since[random_below(f, i->n_since)];
    return way == 3 ? 0 : way == 4 ? UINT64_MAX : next_random(&f->seed);
}

static void resize(struct feed *f, struct issuer *i, uint32_t n)
{
    n = n < CAP ? n : CAP;
    while (i->n > n)
        i->keys[random_below(f, i->n)] = i->keys[i->n - 1], i->n--;
    while (i->n < n) {
        const uint64_t key = some_key(f, i);
        i->keys[i->n++] = key;
        assert_true(i->n_since < 8 * CAP);
        i->since[i->n_since++] = key;
    }
}

static void fix(struct issuer *i)
{
    i->base_n = i->n_since = i->n;
    for (uint32_t k = 0; k < i->n; k++)
        i->since[k] = i->keys[k];
}

static void change_keys(struct feed *f, struct issuer *i)
{
    static const uint32_t borders[] = { 0,   1,   2,   62,  63,  64,  65,  66,  79,  80,  81, 127,
                                        128, 129, 255, 256, 257, 447, 448, 449, 560, 561, 896, 897 };
    const uint32_t few = random_below(f, 6);

    switch (random_below(f, 6)) {
    case 0:
        return;
    case 1:
        resize(f, i, borders[random_below(f, sizeof borders / sizeof borders[0])]);
        return;
    case 2:
        resize(f, i, i->n > few ? i->n - few : 0);
        return;
    case 3: /* as many as the parameters allow, and one more */
        resize(f, i, i->base_n + i->base_n / 4 + random_below(f, 2));
        return;
    default:
        resize(f, i, i->n > few ? i->n - few : 0);
        resize(f, i, i->n + random_below(f, 8));
    }
}

static void change_coverage(struct feed *f, struct issuer *i)
{
    static const int64_t odd[] = { 0, 1, UINT32_MAX - INT64_C(1), UINT32_MAX };

    if (random_below(f, 3) == 0) { /* issued again */
        i->this_update = f->at - random_below(f, 86400);
        i->next_update = i->this_update + 7 * 86400;
    }
    if (random_below(f, 12) == 0)
        i->next_update = odd[random_below(f, 4)];
    if (random_below(f, 12) == 0)
        i->this_update = odd[random_below(f, 4)];
    i->last_ok = random_below(f, 4) ? f->at : f->at - random_below(f, 4 * 86400);
    i->good = random_below(f, 4) != 0;
    i->reason = i->good ? VD_REASON_NO_DATA : (enum vd_reason)random_below(f, VD_REASONS);
    if (random_below(f, 12) == 0)
        i->this_update = i->next_update = i->last_ok = 0;
}

static void step(struct feed *f)
{
    f->at += random_below(f, 2 * 86400);
    for (uint32_t k = 0; k < ISSUERS; k++) {
        struct issuer *i = &f->issuers[k];
        const bool was = i->here;
        if (random_below(f, 8) == 0)
            i->here = !i->here;
        if (!i->here)
            continue;
        change_keys(f, i);
        change_coverage(f, i);
        if (!was || i->n > i->base_n + i->base_n / 4)
            fix(i); /* by itself */
    }
}

/* ---- bundles ---- */

static int by_id(const void *x, const void *y)
{
    const struct vd_bundle_issuer *a = x, *b = y;
    return memcmp(a->id, b->id, VDB_ID);
}

static uint32_t issuers_of(struct feed *f, struct vd_bundle_issuer *ret)
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < ISSUERS; k++) {
        struct issuer *i = &f->issuers[k];
        if (!i->here)
            continue;
        qsort(i->keys, i->n, sizeof *i->keys, by_key);
        ret[n++] = (struct vd_bundle_issuer){ .id = i->id, .key_id = vd_span_str(KEY_ID),
                                              .name = vd_span_str(i->name), .good = i->good,
                                              .reason = i->reason, .this_update = i->this_update,
                                              .next_update = i->next_update,
                                              .last_ok = i->last_ok, .keys = i->keys, .n = i->n,
                                              .base_n = i->base_n };
    }
    qsort(ret, n, sizeof *ret, by_id);
    return n;
}

static struct vd_bundle_in frame_of(const struct feed *f, const struct vd_bundle_issuer *issuers,
                                    uint32_t n, enum vdb_kind kind)
{
    return (struct vd_bundle_in){ .network = VD_NETWORK_TEST, .kind = kind, .evidence_time = f->at,
                                  .issuers = issuers, .n = n, .without_names = !f->names };
}

/* From the base and everything that came since, which the model remembers. */
static struct vd_buf direct(struct feed *f, enum vdb_kind kind, bool base)
{
    struct vd_bundle_issuer issuers[ISSUERS];
    const uint32_t n = issuers_of(f, issuers);
    struct vd_bundle_in in = frame_of(f, issuers, n, kind);
    struct vd_buf out = VD_BUF(1u << 24), filters[ISSUERS];

    for (uint32_t k = 0; k < n; k++) {
        const struct issuer *i = NULL;
        struct vd_bundle_issuer all = issuers[k];
        for (uint32_t m = 0; m < ISSUERS; m++)
            i = memcmp(f->issuers[m].id, all.id, VDB_ID) == 0 ? &f->issuers[m] : i;
        filters[k] = VD_BUF(1u << 24);
        all.keys = i->since;
        all.n = i->n_since;
        assert_true(all.base_n < VDB_SMALL || vd_code_lines(&all, &filters[k]));
        issuers[k].filter = vd_buf_span(&filters[k]);
    }
    if (!base) {
        in.base = f->base[kind == VDB_FULL];
        in.base_time = f->base_time;
    }
    assert_true(vd_bundle_encode(&in, &out));
    for (uint32_t k = 0; k < n; k++)
        vd_buf_free(&filters[k]);
    return out;
}

/* From the bundle before and the keys of now, which is all that a publisher has. */
static struct vd_buf following(struct feed *f, enum vdb_kind kind, const struct vd_buf *before)
{
    const struct vd_bundle b = opened(before);
    struct vd_bundle_issuer issuers[ISSUERS];
    const uint32_t n = issuers_of(f, issuers);
    struct vd_bundle_in in = frame_of(f, issuers, n, kind);
    struct vd_buf out = VD_BUF(1u << 24);

    assert_null(vd_bundle_keep(&b, &in, issuers));
    assert_true(vd_bundle_encode(&in, &out));
    return out;
}

static void assert_same(const struct vd_buf *a, const struct vd_buf *b)
{
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->p, b->p, a->n);
}

static void assert_checks(const struct vd_buf *a)
{
    const struct vd_bundle b = opened(a);
    bool ran;
    const char *wrong = vd_bundle_check(&b, &ran);
    assert_true(ran);
    if (wrong != NULL)
        fail_msg("%s", wrong);
}

/* ---- every way ---- */

static struct vd_buf delta_of(const struct vd_buf *from, const struct vd_buf *to)
{
    struct vd_buf d = VD_BUF(1u << 24);
    const enum vd_delta_error e = vd_delta_make(vd_buf_span(from), vd_buf_span(to), &d);
    if (e != VD_DELTA_OK)
        fail_msg("no delta: %s", vd_delta_error_text(e));
    return d;
}

static struct vd_buf applied(const struct vd_buf *from, const struct vd_buf *delta)
{
    struct vd_buf out = VD_BUF(1u << 24);
    const enum vd_delta_error e =
        vd_delta_apply(vd_buf_span(from), vd_buf_span(delta), 1u << 24, &out);
    if (e != VD_DELTA_OK)
        fail_msg("not applied: %s", vd_delta_error_text(e));
    return out;
}

/* Each delta between two bundles, and the chain of those one step apart. */
static void every_way(const struct vd_buf *bundles, size_t n)
{
    struct vd_buf at = VD_BUF(1u << 24);

    assert_true(vd_buf_put(&at, vd_buf_span(&bundles[0])));
    for (size_t i = 0; i < n; i++) {
        for (size_t k = i + 1; k < n; k++) {
            struct vd_buf d = delta_of(&bundles[i], &bundles[k]), to = applied(&bundles[i], &d);
            assert_same(&to, &bundles[k]);
            if (k == i + 1) { /* from what the delta before gave */
                struct vd_buf next = applied(&at, &d);
                vd_buf_free(&at);
                at = next;
            }
            vd_buf_free(&d);
            vd_buf_free(&to);
        }
    }
    assert_same(&at, &bundles[n - 1]);
    vd_buf_free(&at);
}

static void set_up(struct feed *f, uint64_t seed)
{
    *f = (struct feed){ .seed = seed, .at = T0, .names = seed % 2 == 0 };
    for (uint32_t k = 0; k < ISSUERS; k++) {
        struct issuer *i = &f->issuers[k];
        (void)snprintf(i->name, sizeof i->name, "issuer %u", (unsigned)k);
        assert_true(vd_revkey_issuer(NULL, vd_span_str(i->name), vd_span_str(KEY_ID), i->id));
        i->here = k % 4 != 3;
        i->good = true;
        resize(f, i, i->here ? random_below(f, k % 2 == 0 ? 100 : 900) : 0);
        fix(i);
    }
}

/* Both kinds of step s: directly and, unless it is a base, from the one before. */
static void make_step(struct feed *f, struct vd_buf bundles[2][STEPS], size_t s, bool base)
{
    if (base) {
        f->base_time = f->at;
        for (uint32_t k = 0; k < ISSUERS; k++)
            fix(&f->issuers[k]);
    }
    for (size_t k = 0; k < 2; k++) {
        const enum vdb_kind kind = k == 0 ? VDB_HUB : VDB_FULL;
        struct vd_bundle v;
        bundles[k][s] = direct(f, kind, base);
        assert_checks(&bundles[k][s]);
        v = opened(&bundles[k][s]);
        if (base) {
            assert_true(vd_copy(f->base[k], VDB_DIGEST, vd_bundle_hash(&v)));
        } else {
            struct vd_buf next = following(f, kind, &bundles[k][s - 1]);
            assert_same(&next, &bundles[k][s]);
            vd_buf_free(&next);
        }
    }
}

static void run_history(uint64_t seed)
{
    static struct feed f;
    struct vd_buf bundles[2][STEPS];
    size_t start = 0;

    set_up(&f, seed);
    for (size_t s = 0; s < STEPS; s++) {
        const bool base = s == 0 || random_below(&f, 8) == 0;
        if (s > 0)
            step(&f);
        make_step(&f, bundles, s, base);
        if (s + 1 < STEPS && !base)
            continue;
        for (size_t k = 0; k < 2; k++) { /* up to the new base, and not across it */
            const size_t end = base ? s : STEPS;
            struct vd_buf none = VD_BUF(1u << 24);
            if (end > start)
                every_way(&bundles[k][start], end - start);
            if (base && s > 0)
                assert_int_equal(vd_delta_make(vd_buf_span(&bundles[k][s - 1]),
                                               vd_buf_span(&bundles[k][s]), &none),
                                 VD_DELTA_OTHER_BASE);
            assert_int_equal(none.n, 0);
        }
        start = base ? s : start;
    }
    for (size_t s = 0; s < STEPS; s++) {
        vd_buf_free(&bundles[0][s]);
        vd_buf_free(&bundles[1][s]);
    }
}

static void histories(void **state)
{
    const char *more = getenv("VERIDAC_LONG");
    const unsigned long n = more != NULL ? strtoul(more, NULL, 10) : 6;
    (void)state;
    for (unsigned long seed = 0; seed < n; seed++)
        run_history(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(histories) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
