/* SPDX-License-Identifier: Apache-2.0
 *
 * test_delta_bad.c - deltas that somebody else has changed or made up: refused, never a crash, never a
 * wrong bundle, never more memory than the bundles need.
 *
 * The allocator is watched (see CMakeLists.txt: --wrap), so that a count that lies is seen.
 */
#include "bundle_unit.h"
#include "delta_int.h"
#include "limits.h"

/* ---- the largest block that was asked for, and one that is not there ---- */

static size_t largest;
static long until_failure = -1; /* so many more calls succeed; below 0: all */

void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);

void *__wrap_calloc(size_t n, size_t size)
{
    largest = n * size > largest ? n * size : largest;
    if (until_failure >= 0 && until_failure-- == 0)
        return NULL;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    largest = size > largest ? size : largest;
    if (until_failure >= 0 && until_failure-- == 0)
        return NULL;
    return __real_realloc(p, size);
}

/* ---- bundles ---- */

struct pair {
    struct set s;
    struct vd_buf from, to, delta;
};

/* Some keys come and some leave, of a list, of a filter, and of an issuer that grows out of its
 * parameters; a filter has bits of keys that are gone. */
static struct pair pair_of(enum vdb_kind kind)
{
    static const uint32_t counts[] = { 100, 3, 70 }, later[] = { 103, 3, 95 };
    struct pair p = { .s = set_of(counts, 3, 1), .delta = VD_BUF(1u << 20), .to = VD_BUF(1u << 20) };
    struct set now = set_of(later, 3, 1);
    struct vd_buf middle = VD_BUF(1u << 20);
    struct vd_bundle b;

    p.from = encoded(&p.s, kind);
    for (int step = 0; step < 2; step++) { /* the second step takes two of the keys away again */
        struct vd_buf *out = step == 0 ? &middle : &p.to;
        b = opened(step == 0 ? &p.from : &middle);
        now.in.kind = kind;
        now.in.evidence_time = T0 + 86400 * (step + 1);
        for (uint32_t i = 0; i < 3; i++) {
            now.issuers[i].this_update += 86400 + i;
            now.issuers[i].next_update += 86400;
            now.issuers[i].n -= step == 1 && now.issuers[i].n == 103 ? 2 : 0;
        }
        assert_null(vd_bundle_keep(&b, &now.in, now.issuers));
        assert_true(vd_bundle_encode(&now.in, out));
    }
    assert_int_equal(vd_delta_make(vd_buf_span(&p.from), vd_buf_span(&p.to), &p.delta), VD_DELTA_OK);
    vd_buf_free(&middle);
    set_free(&now);
    return p;
}

static void pair_free(struct pair *p)
{
    vd_buf_free(&p->from);
    vd_buf_free(&p->to);
    vd_buf_free(&p->delta);
    set_free(&p->s);
}

/* No block is larger than a table of VD_MAX_ISSUERS numbers, which is all that a delta may ask for
 * without proof; these bundles have a few thousand octets. */
#define ROOM (4 * (size_t)VD_MAX_ISSUERS)

static enum vd_delta_error apply(const struct pair *p, struct vd_span delta)
{
    struct vd_buf out = VD_BUF(1u << 24);
    enum vd_delta_error e;

    largest = 0;
    e = vd_delta_apply(vd_buf_span(&p->from), delta, p->to.n, &out);
    assert_true(largest <= ROOM);
    if (e == VD_DELTA_OK) {
        assert_int_equal(out.n, p->to.n);
        assert_memory_equal(out.p, p->to.p, out.n);
    } else {
        assert_int_equal(out.n, 0);
    }
    vd_buf_free(&out);
    return e;
}

/* ---- what anybody can do to it ---- */

static void every_bit(void **state)
{
    (void)state;
    for (int kind = VDB_HUB; kind <= VDB_FULL; kind++) {
        struct pair p = pair_of((enum vdb_kind)kind);
        assert_int_equal(apply(&p, vd_buf_span(&p.delta)), VD_DELTA_OK);
        for (size_t bit = 0; bit < 8 * p.delta.n; bit++) {
            p.delta.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
            if (apply(&p, vd_buf_span(&p.delta)) == VD_DELTA_OK)
                fail_msg("bit %zu changes nothing", bit);
            p.delta.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        pair_free(&p);
    }
}

static void every_length(void **state)
{
    (void)state;
    for (int kind = VDB_HUB; kind <= VDB_FULL; kind++) {
        struct pair p = pair_of((enum vdb_kind)kind);
        for (size_t n = 0; n < p.delta.n; n++) {
            const enum vd_delta_error e = apply(&p, (struct vd_span){ p.delta.p, n });
            if (e != (n < 4 ? VD_DELTA_BAD_MAGIC : VD_DELTA_BAD_CODES))
                fail_msg("%zu octets: %s", n, vd_delta_error_text(e));
        }
        assert_true(vd_buf_u8(&p.delta, 0));
        assert_int_equal(apply(&p, vd_buf_span(&p.delta)), VD_DELTA_TAIL);
        pair_free(&p);
    }
}

/* Octets at random places become random. */
static void noise(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int kind = VDB_HUB; kind <= VDB_FULL; kind++) {
        struct pair p = pair_of((enum vdb_kind)kind);
        struct vd_buf bad = VD_BUF(1u << 20);
        for (int i = 0; i < 1000; i++) {
            vd_buf_clear(&bad);
            assert_true(vd_buf_put(&bad, vd_buf_span(&p.delta)));
            for (uint64_t k = next_random(&seed) % 8; k < 8; k++)
                bad.p[VD_DELTA_HEAD + next_random(&seed) % (bad.n - VD_DELTA_HEAD)] =
                    (uint8_t)next_random(&seed);
            if (!vd_span_eq(vd_buf_span(&bad), vd_buf_span(&p.delta)))
                assert_int_not_equal(apply(&p, vd_buf_span(&bad)), VD_DELTA_OK);
        }
        vd_buf_free(&bad);
        pair_free(&p);
    }
}

/* ---- what only somebody who knows the format can do ---- */

struct lie {
    const char *name;
    void (*tell)(struct vd_delta *d);
    enum vd_delta_error want;
};

static void rows_less(struct vd_delta *d)
{
    d->n_from--;
}

static void again_huge(struct vd_delta *d)
{
    d->base_n[0] = VDB_MAX_KEYS;
}

static void more_than_fits(struct vd_delta *d)
{
    d->columns[VD_DELTA_MORE][0] = 1000;
}

static void more_huge(struct vd_delta *d)
{
    d->base_n[0] = 60000;
    d->columns[VD_DELTA_MORE][d->again[0]] = 70000;
}

static void more_wraps(struct vd_delta *d)
{
    for (uint32_t i = 0; i < vd_delta_kept(d); i++)
        d->columns[VD_DELTA_MORE][i] = UINT32_MAX;
}

static void less_than_none(struct vd_delta *d)
{
    for (uint32_t i = 0; i < vd_delta_kept(d); i++)
        d->columns[VD_DELTA_LESS][i] = UINT32_MAX;
}

static void unknown_reason(struct vd_delta *d)
{
    d->columns[VD_DELTA_STATE][1] = 2 * 200;
}

static void no_names(struct vd_delta *d)
{
    d->mode[VD_DELTA_NAMES] = VD_DELTA_NONE;
}

static void other_time(struct vd_delta *d)
{
    d->columns[VD_DELTA_THIS][0]++;
}

static void a_part_that_is_not_there(struct vd_delta *d)
{
    d->mode[VD_DELTA_PROVENANCE] = VD_DELTA_SAME;
}

static const struct lie lies[] = {
    { "other number of rows", rows_less, VD_DELTA_BAD_CODES },
    { "parameters for 2^27 keys", again_huge, VD_DELTA_TOO_LARGE },
    { "more keys than the parameters allow", more_than_fits, VD_DELTA_BAD_CODES },
    { "keys for which there are no octets", more_huge, VD_DELTA_TOO_LARGE },
    { "2^32 - 1 keys come", more_wraps, VD_DELTA_BAD_CODES },
    { "2^32 - 1 keys leave", less_than_none, VD_DELTA_BAD_CODES },
    { "a reason that does not exist", unknown_reason, VD_DELTA_BAD_CODES },
    { "names left out", no_names, VD_DELTA_OTHER_RESULT },
    { "another this_update", other_time, VD_DELTA_OTHER_RESULT },
    { "a part that the first bundle does not have", a_part_that_is_not_there, VD_DELTA_BAD_CODES },
};

/* The delta with one thing in it that is not so, and the rest as it was. */
static void told(const struct pair *p, const struct lie *lie, struct vd_buf *out)
{
    struct vd_delta d = { .root = VD_NO_SPAN };
    struct vd_bits r = vd_bits_read(vd_span_skip(vd_buf_span(&p->delta), VD_DELTA_HEAD)), w;
    struct vd_span body;
    uint64_t bit = 0;
    bool memory = false;

    assert_int_equal(vd_delta_read_head(vd_buf_span(&p->delta), &d.head), VD_DELTA_OK);
    assert_true(vd_delta_code(&r, &d, &memory));
    assert_true(vd_span_slice(vd_buf_span(&p->delta), 0, VD_DELTA_HEAD, &body) &&
                vd_buf_put(out, body));
    lie->tell(&d);
    w = vd_bits_write(out);
    assert_true(vd_delta_code(&w, &d, &memory));
    while (r.in.n > 0 || r.used != 0)
        assert_true(vd_bits_word(&r, 1, &bit) && vd_bits_word(&w, 1, &bit));
    vd_delta_free(&d);
}

static void liars(void **state)
{
    (void)state;
    for (int kind = VDB_HUB; kind <= VDB_FULL; kind++) {
        struct pair p = pair_of((enum vdb_kind)kind);
        for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
            struct vd_buf bad = VD_BUF(1u << 20);
            enum vd_delta_error e;
            told(&p, &lies[i], &bad);
            e = apply(&p, vd_buf_span(&bad));
            if (e != lies[i].want)
                fail_msg("%s: %s", lies[i].name, vd_delta_error_text(e));
            vd_buf_free(&bad);
        }
        pair_free(&p);
    }
}

/* ---- it gives the bundle, and is not the delta for it ---- */

/* A new filter where the old one would do: only one of the two is accepted. */
static void longer_ways_are_refused(void **state)
{
    struct pair p = pair_of(VDB_FULL);
    struct vd_buf bad = VD_BUF(1u << 20);
    struct vd_delta d = { .root = VD_NO_SPAN };
    struct vd_bits r = vd_bits_read(vd_span_skip(vd_buf_span(&p.delta), VD_DELTA_HEAD)), w;
    struct vd_bundle to = opened(&p.to);
    struct vd_span head;
    bool memory = false;
    uint64_t bit = 0;
    (void)state;

    assert_int_equal(vd_delta_read_head(vd_buf_span(&p.delta), &d.head), VD_DELTA_OK);
    assert_true(vd_delta_code(&r, &d, &memory));
    d.mode[VD_DELTA_NAMES] = VD_DELTA_ANEW; /* the same names, in full */
    d.part[VD_DELTA_NAMES] = to.names;
    assert_true(vd_span_slice(vd_buf_span(&p.delta), 0, VD_DELTA_HEAD, &head) &&
                vd_buf_put(&bad, head));
    w = vd_bits_write(&bad);
    assert_true(vd_delta_code(&w, &d, &memory));
    while (r.in.n > 0 || r.used != 0)
        assert_true(vd_bits_word(&r, 1, &bit) && vd_bits_word(&w, 1, &bit));
    assert_int_equal(apply(&p, vd_buf_span(&bad)), VD_DELTA_NOT_MINIMAL);
    vd_delta_free(&d);
    vd_buf_free(&bad);
    pair_free(&p);
}

/* ---- no memory ---- */

/* The k-th allocation fails, for every k there is: the reason is said (or another way was
 * found), and nothing is lost (the sanitizer counts). */
static void memory_that_is_not_there(void **state)
{
    (void)state;
    for (int kind = VDB_HUB; kind <= VDB_FULL; kind++) {
        struct pair p = pair_of((enum vdb_kind)kind);
        for (int making = 0; making < 2; making++) {
            bool failed = true;
            long k = 0;
            for (; failed; k++) {
                struct vd_buf out = VD_BUF(1u << 20);
                enum vd_delta_error e;
                until_failure = k;
                e = making ? vd_delta_make(vd_buf_span(&p.from), vd_buf_span(&p.to), &out)
                           : vd_delta_apply(vd_buf_span(&p.from), vd_buf_span(&p.delta), p.to.n, &out);
                failed = until_failure < 0;
                until_failure = -1;
                assert_true(e == VD_DELTA_OK || out.n == 0);
                if (failed ? e != VD_DELTA_NO_MEMORY && e != VD_DELTA_OK : e != VD_DELTA_OK)
                    fail_msg("kind %d, making %d, allocation %ld: %s", kind, making, k,
                             vd_delta_error_text(e));
                vd_buf_free(&out);
            }
            assert_true(k > 20);
        }
        pair_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bit), cmocka_unit_test(every_length),
        cmocka_unit_test(noise),     cmocka_unit_test(liars),
        cmocka_unit_test(longer_ways_are_refused),
        cmocka_unit_test(memory_that_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
