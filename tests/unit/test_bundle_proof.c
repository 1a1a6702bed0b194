/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bundle_proof.c - confirming what a filter leaves open with one page of the bundle of kind full.
 */
#include "bundle_unit.h"
#include "limits.h"
#include "lookup.h"
#include "proof.h"

/* Numbers of pages around the fan-out of the tree: 1, 2, 16, 17, 32, 512. */
static const uint32_t single[] = { 64 }, two[] = { 500 }, sixteen[] = { 7000 }, seventeen[] = { 7000, 64 },
                      thirty_two[] = { 8000, 5 }, five_hundred[] = { 115000 };
static const struct {
    const uint32_t *counts;
    uint32_t n, pages;
} trees[] = { { single, 1, 1 },      { two, 1, 2 },         { sixteen, 1, 16 },
              { seventeen, 2, 17 },  { thirty_two, 2, 32 }, { five_hundred, 1, 512 } };

static int hash(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST])
{
    (void)user;
    return vd_sha256(vd_span_of(in, n), ret);
}

struct file {
    struct vd_span bytes;
    unsigned reads, fail_at; /* 0: never */
};

static bool read_file(void *user, uint64_t at, size_t n, struct vd_buf *out)
{
    struct file *f = user;
    struct vd_span part;
    if (++f->reads == f->fail_at)
        return false;
    return vd_span_slice(f->bytes, (size_t)at, n, &part) && vd_buf_put(out, part);
}

static struct vd_bucket bucket_of(const struct vd_bundle *hub, uint32_t page)
{
    struct vd_bucket b = { .page = page, .n_pages = hub->v.n_pages };
    memcpy(b.tree, hub->v.part[VDB_COVERAGE].p, sizeof b.tree);
    return b;
}

static const char *made(const struct vd_bucket *b, struct vd_span file, struct vd_buf *out)
{
    struct file f = { file, 0, 0 };
    *out = VD_BUF(VD_MAX_PROOF);
    return vd_proof_make(b, read_file, &f, out);
}

/* Checks a copy that ends where its memory ends. */
static enum vdb_error check(const struct vd_bucket *b, struct vd_span proof)
{
    uint8_t *copy = malloc(proof.n ? proof.n : 1);
    struct vdb_bytes page;
    enum vdb_error e;

    assert_non_null(copy);
    if (proof.n > 0)
        memcpy(copy, proof.p, proof.n);
    e = vdb_proof_check(b->tree, b->n_pages, b->page, (struct vdb_bytes){ copy, proof.n }, hash, NULL,
                        &page);
    free(copy);
    return e;
}

static void every_page_is_proven(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        struct set s = set_of(trees[i].counts, trees[i].n, 9);
        struct vd_buf full = encoded(&s, VDB_FULL), hub = encoded(&s, VDB_HUB), proof;
        const struct vd_bundle f = opened(&full), h = opened(&hub);
        assert_int_equal(h.v.n_pages, trees[i].pages);
        for (uint32_t k = 0; k < trees[i].pages; k++) {
            const struct vd_bucket b = bucket_of(&h, k);
            const struct vdb_bytes page = vdb_page_at(&f.v, k);
            struct vdb_bytes seen;
            assert_null(made(&b, vd_buf_span(&full), &proof));
            assert_int_equal(vdb_proof_check(b.tree, b.n_pages, k, (struct vdb_bytes){ proof.p, proof.n },
                                             hash, NULL, &seen), VDB_OK);
            assert_int_equal(seen.n, page.n);
            assert_true(page.n == 0 || memcmp(seen.p, page.p, page.n) == 0);
            vd_buf_free(&proof);
        }
        vd_buf_free(&full);
        vd_buf_free(&hub);
        set_free(&s);
    }
}

/* One bit, one octet, one place: refused. */
static void a_changed_proof_is_refused(void **state)
{
    struct set s = set_of(seventeen, 2, 9);
    struct vd_buf full = encoded(&s, VDB_FULL), proof;
    const struct vd_bundle f = opened(&full);
    const struct vd_bucket b = bucket_of(&f, 3);
    struct vd_bucket other = b;
    struct vd_span in;
    size_t page;
    (void)state;

    assert_null(made(&b, vd_buf_span(&full), &proof));
    in = vd_buf_span(&proof);
    page = in.n - (1 + 16 * 32) - (5 + 2 * 32) - 5;
    assert_int_equal(check(&b, in), VDB_OK);
    for (size_t bit = 0; bit < 8 * in.n; bit++) {
        const size_t at = bit / 8;
        enum vdb_error e;
        proof.p[at] ^= (uint8_t)(1u << bit % 8);
        e = check(&b, in);
        if (at < 4)
            assert_int_equal(e, VDB_BAD_PROOF_SIZE);
        else if (at == 4)
            assert_int_equal(e, VDB_BAD_PROOF_PATH);
        else if (at < 5 + page)
            assert_int_equal(e, VDB_BAD_PROOF_PAGE); /* forged page */
        else
            assert_true(e == VDB_BAD_PROOF_PAGE || e == VDB_BAD_PROOF_PATH || e == VDB_BAD_PROOF_ROOT);
        proof.p[at] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t n = 0; n < in.n; n++)
        assert_int_equal(check(&b, (struct vd_span){ in.p, n }), VDB_BAD_PROOF_SIZE);
    assert_true(vd_buf_u8(&proof, 0));
    assert_int_equal(check(&b, vd_buf_span(&proof)), VDB_BAD_PROOF_SIZE);
    proof.n--;
    in = vd_buf_span(&proof);
    for (other.page = 0; other.page < 16; other.page++) /* a page of the same group */
        assert_int_equal(check(&other, in), other.page == 3 ? VDB_OK : VDB_BAD_PROOF_PAGE);
    assert_int_equal(check(&other, in), VDB_BAD_PROOF_SIZE); /* 16: another issuer, another group */
    other = b;
    other.tree[31] ^= 1; /* the tree of another day */
    assert_int_equal(check(&other, in), VDB_BAD_PROOF_ROOT);
    other = b;
    other.n_pages = 18; /* as many groups of the same sizes, but the top says 17 */
    assert_int_equal(check(&other, in), VDB_BAD_PROOF_PATH);
    other.n_pages = 0;
    assert_int_equal(check(&other, in), VDB_BAD_PROOF_SIZE);
    vd_buf_free(&proof);
    vd_buf_free(&full);
    set_free(&s);
}

/* ---- where the proof comes from ---- */

static void files_that_are_not_the_right_one(void **state)
{
    struct set s = set_of(seventeen, 2, 9), later = set_of(seventeen, 2, 10);
    struct vd_buf full = encoded(&s, VDB_FULL), hub = encoded(&s, VDB_HUB),
                  stale = encoded(&later, VDB_FULL), proof;
    const struct vd_bundle h = opened(&hub);
    const struct vd_bucket b = bucket_of(&h, 16), none = { 0, 0, { 0 } };
    struct file f = { vd_buf_span(&full), 0, 0 };
    unsigned reads;
    const struct {
        const char *name, *want;
        struct vd_span file;
    } rows[] = {
        { "hub", "not a bundle of kind full", vd_buf_span(&hub) },
        { "stale", "the bundle there is of another time: its pages are not those of this one",
          vd_buf_span(&stale) },
        { "text", "not a bundle", vd_span_str("<!doctype html><title>404</title><p>There is nothing "
                                              "like that at this place. Sorry.</p>\n") },
        { "cut in the header", "", { full.p, 63 } },
        { "cut in the directory", "", { full.p, 64 + 63 } },
        { "cut in the codes", "", { full.p, full.n / 2 } },
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *wrong = made(&b, rows[i].file, &proof);
        if (wrong == NULL || strcmp(wrong, rows[i].want) != 0)
            fail_msg("%s: '%s'", rows[i].name, wrong ? wrong : "made");
        vd_buf_free(&proof);
    }
    assert_string_equal(made(&none, vd_buf_span(&full), &proof), "no page is named");
    proof = VD_BUF(VD_MAX_PROOF);
    assert_null(vd_proof_make(&b, read_file, &f, &proof));
    reads = f.reads;
    vd_buf_free(&proof);
    assert_true(reads >= 6);
    for (unsigned k = 1; k <= reads; k++) {
        f = (struct file){ vd_buf_span(&full), 0, k };
        proof = VD_BUF(VD_MAX_PROOF);
        assert_string_equal(vd_proof_make(&b, read_file, &f, &proof), "");
        vd_buf_free(&proof);
    }
    vd_buf_free(&full);
    vd_buf_free(&hub);
    vd_buf_free(&stale);
    set_free(&s);
    set_free(&later);
}

/* Directories and page tables that lie: no crash, and never a proof that holds for another page. */
static void hints_may_lie(void **state)
{
    struct set s = set_of(two, 1, 9);
    struct vd_buf full = encoded(&s, VDB_FULL), proof, good;
    const struct vd_bundle f = opened(&full);
    const struct vd_bucket b = bucket_of(&f, 1);
    (void)state;

    assert_null(made(&b, vd_buf_span(&full), &good));
    for (size_t bit = 0; bit < 8 * full.n; bit++) {
        full.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (made(&b, vd_buf_span(&full), &proof) == NULL && check(&b, vd_buf_span(&proof)) == VDB_OK)
            assert_true(vd_span_eq(vd_buf_span(&proof), vd_buf_span(&good)));
        vd_buf_free(&proof);
        full.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    vd_buf_free(&good);
    vd_buf_free(&full);
    set_free(&s);
}

/* ---- answers ---- */

#define LISTED 500u

static struct set serials_set(void)
{
    static const uint32_t n[] = { LISTED, 200 };
    struct set s = set_of(n, 2, 1);
    for (uint32_t i = 0; i < 2; i++) {
        uint64_t *keys = s.keys + (i ? LISTED : 0);
        for (uint32_t k = 0; k < n[i]; k++) {
            const uint8_t serial[] = { 1, (uint8_t)(k >> 8), (uint8_t)k };
            assert_true(vd_revkey_make(NULL, s.ids[i], VD_SPAN(serial), &keys[k]));
        }
        qsort(keys, n[i], sizeof *keys, by_key);
    }
    return s;
}

static struct vd_snapshot *snapshot_of(const struct vd_buf *b)
{
    struct vd_snapshot *s = vd_snapshot_make("x");
    const char *why;
    s->bytes = vd_buf_span(b);
    assert_int_equal(vd_snapshot_check(s, &(struct vd_snapshot_docs){ .n_parts = 0 }, &why), VD_OPEN_OK);
    return s;
}

struct asking {
    struct vd_snapshot *hub;
    struct vd_span full;
    struct vd_terms terms;
};

static struct vd_answer ask(const struct asking *a, struct vd_span serial)
{
    return vd_lookup_one(a->hub, vd_span_str("issuer 0"), vd_span_str(KEY_ID), serial, &a->terms);
}

/* Offline, then with the page, through both ways in. */
static struct vd_answer settle(struct asking *a, struct vd_span serial)
{
    const struct vd_answer open = ask(a, serial);
    struct vd_answer one, settled;
    struct vd_span as_span;
    struct vd_buf proof;

    assert_int_equal(open.reason, VD_REASON_UNCONFIRMED);
    assert_null(made(&open.bucket, a->full, &proof));
    as_span = vd_buf_span(&proof);
    assert_null(vd_lookup_confirm(a->hub, vd_span_str("issuer 0"), vd_span_str(KEY_ID), serial,
                                  &a->terms, as_span, &one));
    a->terms.proofs = &as_span;
    a->terms.n_proofs = 1;
    settled = ask(a, serial);
    assert_int_equal(one.status, settled.status);
    assert_int_equal(settled.bucket.n_pages, 0);
    proof.p[5] ^= 1; /* forged: as if there were none */
    assert_int_equal(ask(a, serial).reason, VD_REASON_UNCONFIRMED);
    assert_string_equal(vd_lookup_confirm(a->hub, vd_span_str("issuer 0"), vd_span_str(KEY_ID), serial,
                                          &a->terms, as_span, &one),
                        "the page is not the one that the tree names");
    a->terms.n_proofs = 0;
    vd_buf_free(&proof);
    return settled;
}

static void a_hub_is_exact_with_the_page(void **state)
{
    struct set s = serials_set();
    struct vd_buf full = encoded(&s, VDB_FULL), hub = encoded(&s, VDB_HUB);
    struct asking a = { snapshot_of(&hub), vd_buf_span(&full),
                        { .at = T0, .max_crl_age_s = 7 * 86400 } };
    unsigned falsely = 0;
    struct vd_answer answer;
    (void)state;

    for (uint32_t k = 0; k < LISTED; k++) {
        const uint8_t serial[] = { 1, (uint8_t)(k >> 8), (uint8_t)k };
        assert_int_equal(settle(&a, VD_SPAN(serial)).status, VD_STATUS_REVOKED);
    }
    for (uint32_t k = 0; k < 20000; k++) {
        const uint8_t serial[] = { 2, (uint8_t)(k >> 8), (uint8_t)k };
        if (ask(&a, VD_SPAN(serial)).status == VD_STATUS_GOOD)
            continue;
        assert_int_equal(settle(&a, VD_SPAN(serial)).status, VD_STATUS_GOOD);
        falsely++;
    }
    assert_true(falsely > 0);
    a.terms.at = T0 + 86401; /* what is not listed is judged as ever: stale */
    for (uint32_t k = 0; k < 20000; k++) {
        const uint8_t serial[] = { 2, (uint8_t)(k >> 8), (uint8_t)k };
        if (ask(&a, VD_SPAN(serial)).reason != VD_REASON_UNCONFIRMED)
            continue;
        answer = settle(&a, VD_SPAN(serial));
        assert_int_equal(answer.status, VD_STATUS_UNKNOWN);
        assert_int_equal(answer.reason, VD_REASON_STALE);
        break;
    }
    vd_snapshot_free(a.hub);
    vd_buf_free(&full);
    vd_buf_free(&hub);
    set_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_proven),
        cmocka_unit_test(a_changed_proof_is_refused),
        cmocka_unit_test(files_that_are_not_the_right_one),
        cmocka_unit_test(hints_may_lie),
        cmocka_unit_test(a_hub_is_exact_with_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
