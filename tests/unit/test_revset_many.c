/* SPDX-License-Identifier: Apache-2.0
 *
 * test_revset_many.c - many CRLs: in several threads, of one URL, over the ceilings; and vendors who
 * use the ones of others.
 */
#include <pthread.h>

#include "made.h"
#include "revset_int.h"

#define VID 0xFFF1
#define URL "http://crl.example/a.crl"
#define OTHER_URL "http://crl.example/b.crl"

/* ---- threads ---- */

#define CRLS 24
#define THREADS 4

struct line {
    struct made_ca pai;
    char url[64];
    veridac_bytes der[2]; /* what was served before, and now */
};

struct worker {
    struct line *lines;
    veridac_crl *(*open)[2];
    size_t first;
};

static void feed_in_pieces(veridac_crl *crl, veridac_bytes der, size_t piece)
{
    for (size_t i = 0; i < der.size; i += piece) {
        size_t n = der.size - i < piece ? der.size - i : piece;
        assert_int_equal(veridac_revset_crl_feed(crl, (veridac_bytes){ der.data + i, n }), VERIDAC_OK);
    }
}

/* Every THREADS-th CRL; the later one of a URL before the earlier one. */
static void *work(void *user)
{
    struct worker *w = user;
    for (size_t i = w->first; i < CRLS; i += THREADS) {
        for (int k = 1; k >= 0; k--) {
            feed_in_pieces(w->open[i][k], w->lines[i].der[k], 61 + i);
            assert_int_equal(veridac_revset_crl_end(w->open[i][k]), VERIDAC_OK);
        }
    }
    return NULL;
}

static veridac_buffer bundle_of(veridac_revset *set)
{
    const veridac_bundle_options o = { .size = sizeof o, .kind = VERIDAC_KIND_FULL };
    veridac_buffer ret;
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_bundle(set, &o, &ret, NULL), VERIDAC_OK);
    veridac_revset_free(set);
    return ret;
}

static veridac_revset *set_of(const veridac_trust *t, const struct line *lines)
{
    veridac_revset *set = made_set(t);
    for (size_t i = 0; i < CRLS; i++)
        made_point(set, lines[i].url, lines[i].url, VID, false, &lines[i].pai, NULL);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    return set;
}

static veridac_buffer in_threads(const veridac_trust *t, struct line *lines)
{
    veridac_revset *set = set_of(t, lines);
    veridac_crl *open[CRLS][2];
    struct worker workers[THREADS];
    pthread_t threads[THREADS];

    for (size_t i = 0; i < CRLS; i++) {
        for (int k = 0; k < 2; k++)
            assert_int_equal(unit_crl_begin(set, lines[i].url, MADE_AT, &open[i][k]),
                             VERIDAC_OK);
    }
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){ lines, open, i };
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    return bundle_of(set);
}

static veridac_buffer one_by_one(const veridac_trust *t, struct line *lines)
{
    veridac_revset *set = set_of(t, lines);
    for (size_t i = 0; i < CRLS; i++) {
        for (int k = 0; k < 2; k++)
            made_feed(set, lines[i].url, lines[i].der[k]);
    }
    return bundle_of(set);
}

static void threads_give_the_same(void **state)
{
    struct made_ca paa = made_ca(MADE_PAA, "PAA", -1, NULL, NULL);
    veridac_trust *t = made_trust(&paa);
    struct line lines[CRLS];
    veridac_buffer a, b;
    (void)state;

    for (size_t i = 0; i < CRLS; i++) {
        struct made_crl m = { .signer = &lines[i].pai, .number = 1, .from = 500, .n = 90 };
        char cn[32];
        (void)snprintf(cn, sizeof cn, "PAI %zu", i);
        lines[i].pai = made_ca(MADE_PAI, cn, VID, &paa, NULL);
        (void)snprintf(lines[i].url, sizeof lines[i].url, "http://crl.example/%zu.crl", i);
        lines[i].der[0] = made_crl(&m);
        m.number = 2;
        m.n = i % 3 == 0 ? 5 : 100; /* a third of them shrinks, and is held */
        lines[i].der[1] = made_crl(&m);
    }
    a = one_by_one(t, lines);
    b = in_threads(t, lines);
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.data, b.data, a.size);
    veridac_buffer_free(&a);
    veridac_buffer_free(&b);
    for (size_t i = 0; i < CRLS; i++) {
        free((void *)(uintptr_t)lines[i].der[0].data);
        free((void *)(uintptr_t)lines[i].der[1].data);
        made_free(&lines[i].pai);
    }
    veridac_trust_free(t);
    made_free(&paa);
}

/* ---- one PAI below a PAA, and what is fed for it ---- */

struct world {
    struct made_ca paa, pai;
    veridac_trust *trust;
    veridac_revset *set;
};

static struct world world(void)
{
    struct world w = { .paa = made_ca(MADE_PAA, "PAA", -1, NULL, NULL) };
    w.pai = made_ca(MADE_PAI, "PAI", VID, &w.paa, NULL);
    w.trust = made_trust(&w.paa);
    w.set = made_set(w.trust);
    return w;
}

static void unmake(struct world *w)
{
    veridac_revset_free(w->set);
    veridac_trust_free(w->trust);
    made_free(&w->pai);
    made_free(&w->paa);
}

/* A handle that is never ended counts for nothing, and holds nobody up. */
static void begun_and_not_ended(void **state)
{
    struct world w = world();
    const struct made_crl m = { .signer = &w.pai, .number = 1, .from = 7, .n = 1 };
    veridac_crl *open = NULL;
    (void)state;

    made_point(w.set, "a", URL, VID, false, &w.pai, NULL);
    assert_int_equal(veridac_revset_bind(w.set), VERIDAC_OK);
    assert_int_equal(unit_crl_begin(w.set, URL, MADE_AT, &open), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_feed(open, made_text("junk")), VERIDAC_OK);
    made_feed_new(w.set, URL, &m);
    assert_int_equal(veridac_revset_finish(w.set), VERIDAC_OK);
    assert_string_equal(made_coverage(w.set, &w.pai), "good");
    assert_true(made_lists(w.set, &w.pai, 7));
    unmake(&w);
}

/* Each of them is wrong in several ways: the set can still be made. A seventeenth is refused, aloud. */
static void sixteen_bad_ones_and_no_more(void **state)
{
    struct world w = world();
    veridac_crl *open = NULL;
    veridac_point_view p = { .size = sizeof p };
    (void)state;

    made_point(w.set, "a", URL, VID, false, &w.pai, NULL);
    assert_int_equal(veridac_revset_bind(w.set), VERIDAC_OK);
    for (uint32_t i = 0; i < VD_MAX_HISTORY; i++) {
        const struct made_crl m = { .signer = &w.pai, .this_update = MADE_AT - 86400 + i,
                                    .from = 7 + i, .n = 5 + i, .entry_issuer = &w.paa,
                                    .unknown_critical = true };
        made_feed_new(w.set, URL, &m);
    }
    assert_int_equal(unit_crl_begin(w.set, URL, MADE_AT, &open), VERIDAC_TOO_LARGE);
    assert_null(open);
    assert_int_equal(veridac_revset_finish(w.set), VERIDAC_OK);
    assert_string_equal(made_coverage(w.set, &w.pai), "invalid");
    assert_int_equal(veridac_revset_point(w.set, 0, &p), VERIDAC_OK);
    assert_true(p.n_findings > 0 && p.n_findings <= VD_MAX_FINDINGS);
    unmake(&w);
}

/* The same fault each time is said once. */
static void sixteen_times_junk(void **state)
{
    struct world w = world();
    veridac_finding f = { .size = sizeof f };
    veridac_point_view p = { .size = sizeof p };
    (void)state;

    made_point(w.set, "a", URL, VID, false, &w.pai, NULL);
    assert_int_equal(veridac_revset_bind(w.set), VERIDAC_OK);
    for (uint32_t i = 0; i < VD_MAX_HISTORY; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "x%u", i);
        made_feed(w.set, URL, made_text(text));
    }
    assert_int_equal(veridac_revset_finish(w.set), VERIDAC_OK);
    assert_int_equal(veridac_revset_point(w.set, 0, &p), VERIDAC_OK);
    assert_int_equal(p.n_findings, 1);
    assert_int_equal(veridac_revset_point_finding(w.set, 0, 0, &f), VERIDAC_OK);
    assert_string_equal(f.id, "crl-der");
    unmake(&w);
}

/* A point with more faults than places says that there are more; it does not end the run. */
static void more_findings_than_places(void **state)
{
    struct vd_rev_point p = { .n_findings = 0 };
    struct vd_revset *s = calloc(1, sizeof *s);
    (void)state;

    assert_non_null(s);
    for (unsigned i = 0; i < 2 * VD_MAX_FINDINGS; i++) {
        vd_findings_reset(&s->scratch);
        (void)vd_find(&s->scratch, VD_RULE_CRL_ENTRY_DATE, VD_ON_CRL, NULL, "%u entries", i);
        assert_true(vd_revset_keep(s, &p));
    }
    assert_int_equal(p.n_findings, VD_MAX_FINDINGS);
    assert_int_equal(p.findings[0].rule, VD_RULE_CRL_ENTRY_DATE);
    assert_int_equal(p.findings[VD_MAX_FINDINGS - 1].rule, VD_RULE_FINDINGS_OVERFLOW);
    free(p.findings);
    free(s);
}

/* ---- where a CRL comes from ---- */

static veridac_buffer with_source(const struct world *w, veridac_bytes der,
                                  const veridac_crl_options *o)
{
    const veridac_bundle_options full = { .size = sizeof full, .kind = VERIDAC_KIND_FULL,
                                          .provenance = 1 };
    veridac_revset *set = made_set(w->trust);
    veridac_crl *open = NULL;
    veridac_buffer ret;

    made_point(set, "a", URL, VID, false, &w->pai, NULL);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_begin(set, o, &open), VERIDAC_OK);
    feed_in_pieces(open, der, 61);
    assert_int_equal(veridac_revset_crl_end(open), VERIDAC_OK);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_bundle(set, &full, &ret, NULL), VERIDAC_OK);
    veridac_revset_free(set);
    return ret;
}

static bool same(const veridac_buffer *a, const veridac_buffer *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}

/* Told, or taken of what is fed: the same provenance. Neither: none. */
static void the_hash_of_a_crl(void **state)
{
    struct world w = world();
    const struct made_crl m = { .signer = &w.pai, .number = 1, .from = 7, .n = 30 };
    const veridac_bytes der = made_crl(&m);
    uint8_t digest[VD_SHA256], other[VD_SHA256] = { 1 };
    veridac_crl_options o = { .size = sizeof o, .url = URL, .last_ok = MADE_AT,
                              .node = made_text("https://node.example"), .height = 5 };
    veridac_buffer none = with_source(&w, der, &o), told, taken, wrong;
    (void)state;

    assert_true(vd_sha256((struct vd_span){ der.data, der.size }, digest));
    o.sha256 = (veridac_bytes){ digest, sizeof digest };
    told = with_source(&w, der, &o);
    o.sha256.data = other;
    wrong = with_source(&w, der, &o);
    o.sha256 = (veridac_bytes){ NULL, 0 };
    o.hash = 1;
    taken = with_source(&w, der, &o);
    assert_true(same(&told, &taken));
    assert_false(same(&told, &wrong));
    assert_false(same(&told, &none));
    veridac_buffer_free(&none);
    veridac_buffer_free(&told);
    veridac_buffer_free(&taken);
    veridac_buffer_free(&wrong);
    free((void *)(uintptr_t)der.data);
    unmake(&w);
}

static void sources_that_cannot_be(void **state)
{
    struct world w = world();
    static uint8_t octets[VD_MAX_URL + 1];
    const veridac_crl_options good = { .size = sizeof good, .url = URL };
    veridac_crl_options o = good;
    veridac_crl *open = NULL;
    (void)state;

    made_point(w.set, "a", URL, VID, false, &w.pai, NULL);
    assert_int_equal(veridac_revset_bind(w.set), VERIDAC_OK);
    o.sha256 = (veridac_bytes){ octets, 31 };
    assert_int_equal(veridac_revset_crl_begin(w.set, &o, &open), VERIDAC_MISUSE);
    o = good;
    o.hash = 2;
    assert_int_equal(veridac_revset_crl_begin(w.set, &o, &open), VERIDAC_MISUSE);
    o = good;
    o.url = "http://crl.example/no-point-names-it";
    assert_int_equal(veridac_revset_crl_begin(w.set, &o, &open), VERIDAC_MISUSE);
    o = good;
    o.node = (veridac_bytes){ octets, sizeof octets };
    assert_int_equal(veridac_revset_crl_begin(w.set, &o, &open), VERIDAC_TOO_LARGE);
    assert_null(open);
    assert_int_equal(veridac_revset_crl_begin(w.set, &good, &open), VERIDAC_OK);
    unmake(&w);
}

/* ---- a vendor at somebody else's URL ---- */

/* The honest list: of a PAA's delegate, indirect, and its entry names no certificateIssuer. */
static void a_strangers_point_takes_no_revocation_back(void **state)
{
    (void)state;
    for (int attack = 0; attack < 3; attack++) {
        struct world w = world();
        struct made_ca delegate = made_ca(MADE_DELEGATE, "Delegate", -1, &w.paa, NULL);
        struct made_ca evil = made_ca(MADE_PAI, "Evil PAI", 0xFFF2, &w.paa, NULL);
        /* a delegate of the attacker's own, with its own key or with the honest delegate's */
        struct made_ca below = made_ca(MADE_DELEGATE, "Delegate", -1, &evil,
                                       attack == 2 ? delegate.key : NULL);
        const struct made_crl m = { .signer = &delegate, .number = 1, .from = 7, .n = 1,
                                    .indirect = true };
        made_point(w.set, "a", URL, VID, true, &w.paa, &delegate);
        if (attack > 0)
            made_point(w.set, "evil", URL, 0xFFF2, false, &evil, &below);
        assert_int_equal(veridac_revset_bind(w.set), VERIDAC_OK);
        made_feed_new(w.set, URL, &m);
        assert_int_equal(veridac_revset_finish(w.set), VERIDAC_OK);
        assert_string_equal(made_coverage(w.set, &w.paa), "good");
        assert_true(made_lists(w.set, &w.paa, 7));
        made_free(&below);
        made_free(&evil);
        made_free(&delegate);
        unmake(&w);
    }
}

/* ---- ceilings: 10 of an issuer, 25 of a vendor ---- */

#define PAIS 9

/* PAI number i lists n[i] certificates; the last two are another vendor's. */
static veridac_revset *set_with(const struct world *w, const struct made_ca *pais, const uint32_t *n)
{
    veridac_revset *set = made_set_of(w->trust, 10, 25);
    char url[PAIS][64];

    for (uint32_t i = 0; i < PAIS; i++) {
        (void)snprintf(url[i], sizeof url[i], "http://crl.example/%u.crl", i);
        made_point(set, url[i], url[i], i < PAIS - 2 ? VID : 0xFFF2, false, &pais[i], NULL);
    }
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    for (uint32_t i = 0; i < PAIS; i++) {
        const struct made_crl m = { .signer = &pais[i], .number = 1, .from = 100, .n = n[i] };
        made_feed_new(set, url[i], &m);
    }
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    return set;
}

static void over_the_ceilings(void **state)
{
    static const struct {
        const char *name;
        uint32_t n[PAIS];
        const char *words; /* g: good, t: too-large */
        uint32_t revoked;  /* of the first vendor */
    } rows[] = {
        { "an issuer at its ceiling", { 10, 0, 3, 0, 0, 0, 0, 5, 0 }, "ggggggggg", 13 },
        { "and one over it", { 11, 0, 3, 0, 0, 0, 0, 5, 0 }, "tgggggggg", 13 },
        { "a vendor at its ceiling", { 10, 10, 5, 0, 0, 0, 0, 10, 10 }, "ggggggggg", 25 },
        { "and one over it", { 10, 10, 6, 0, 0, 0, 0, 10, 10 }, "tttttttgg", 26 },
        { "a vendor who lists and lists", { 10, 10, 10, 10, 10, 10, 10, 10, 10 }, "tttttttgg", 50 },
    };
    struct world w = world();
    struct made_ca pais[PAIS];
    (void)state;

    for (uint32_t i = 0; i < PAIS; i++) {
        char cn[16];
        (void)snprintf(cn, sizeof cn, "PAI %u", i);
        pais[i] = made_ca(MADE_PAI, cn, i < PAIS - 2 ? VID : 0xFFF2, &w.paa, NULL);
    }
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        veridac_revset *set = set_with(&w, pais, rows[k].n);
        uint32_t revoked = 0;
        for (uint32_t i = 0; i < PAIS; i++) {
            const char *word = made_coverage(set, &pais[i]);
            if (i < PAIS - 2)
                revoked += made_issuer(set, &pais[i], NULL).n_serials;
            ROW_TRUE(rows[k].name, strcmp(word, rows[k].words[i] == 'g' ? "good" : "too-large") == 0);
            ROW_EQ(rows[k].name, made_lists(set, &pais[i], 100),
                   rows[k].n[i] > 0 && made_issuer(set, &pais[i], NULL).n_serials > 0);
        }
        ROW_EQ(rows[k].name, revoked, rows[k].revoked);
        veridac_revset_free(set);
    }
    for (uint32_t i = 0; i < PAIS; i++)
        made_free(&pais[i]);
    unmake(&w);
}

/* One CRL is a thousand points' of one vendor: it is held as often as the vendor's share allows. */
static void one_list_for_many_points(void **state)
{
    struct world w = world();
    const struct made_crl m = { .signer = &w.pai, .number = 1, .from = 100, .n = 10 };
    veridac_revset *set = made_set_of(w.trust, 10, 25);
    veridac_point_view p = { .size = sizeof p };
    uint64_t held = 0;
    (void)state;

    for (int i = 0; i < 50; i++) {
        char label[16];
        (void)snprintf(label, sizeof label, "%d", i);
        made_point(set, label, URL, VID, false, &w.pai, NULL);
    }
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    made_feed_new(set, URL, &m);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    for (uint32_t i = 0; veridac_revset_point(set, i, &p) == VERIDAC_OK; i++)
        held += p.n_entries;
    assert_int_equal(held, 50);
    assert_int_equal(made_issuer(set, &w.pai, NULL).n_serials, 10);
    assert_string_not_equal(made_coverage(set, &w.pai), "good");
    veridac_revset_free(set);
    unmake(&w);
}

/* ---- delegates that are revoked ---- */

/* Round one: the CA's own list condemns a delegate. Round two: so does another delegate's list, unless
 * that one is out already; a delegate's list says nothing about itself. */
static void revoked_delegates(void **state)
{
    static const struct {
        const char *name;
        int own, a, b;            /* which delegate each list names: 1 is A, 2 is B, 0 none */
        bool a_counts, b_counts;
    } rows[] = {
        { "nobody", 0, 0, 0, true, true },          { "the CA names A", 1, 0, 0, false, true },
        { "A names B", 0, 2, 0, true, false },      { "A names A", 0, 1, 0, true, true },
        { "the CA names A, who names B", 1, 2, 0, false, true },
        { "A names B, who names A", 0, 2, 1, false, false },
    };
    struct world w = world();
    struct made_ca a = made_ca(MADE_DELEGATE, "A", -1, &w.paa, NULL);
    struct made_ca b = made_ca(MADE_DELEGATE, "B", -1, &w.paa, NULL);
    const struct made_ca *named[] = { NULL, &a, &b };
    (void)state;

    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        const struct made_ca *signers[] = { &w.paa, &a, &b };
        const int names[] = { rows[k].own, rows[k].a, rows[k].b };
        static const char *const urls[] = { URL, OTHER_URL, "http://crl.example/c.crl" };
        veridac_revset *set = made_set(w.trust);
        for (int i = 0; i < 3; i++)
            made_point(set, urls[i], urls[i], VID, true, &w.paa, i == 0 ? NULL : signers[i]);
        assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
        for (int i = 0; i < 3; i++) {
            const struct made_ca *who = named[names[i]];
            struct made_crl m = { .signer = signers[i], .number = 1, .from = 71 + (uint32_t)i, .n = 1,
                                  .indirect = i > 0 };
            if (who != NULL)
                m.also = (uint32_t)ASN1_INTEGER_get(X509_get0_serialNumber(who->cert));
            made_feed_new(set, urls[i], &m);
        }
        assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
        ROW_TRUE(rows[k].name, made_lists(set, &w.paa, 71));
        ROW_EQ(rows[k].name, made_lists(set, &w.paa, 72), rows[k].a_counts);
        ROW_EQ(rows[k].name, made_lists(set, &w.paa, 73), rows[k].b_counts);
        veridac_revset_free(set);
    }
    made_free(&a);
    made_free(&b);
    unmake(&w);
}

/* ---- after a good CRL, the same one damaged ---- */

/* Damage number i: cut anywhere, a byte more, then each octet (lengths among them) one more and one less. */
static bool damage(struct vd_span good, size_t i, struct vd_buf *out)
{
    vd_buf_clear(out);
    if (i < good.n)
        return vd_buf_put(out, (struct vd_span){ good.p, i });
    i -= good.n;
    if (!vd_buf_put(out, good) || i > 2 * good.n)
        return false;
    if (i == 2 * good.n)
        return vd_buf_u8(out, 0);
    out->p[i / 2] = (uint8_t)(out->p[i / 2] + (i % 2 ? 1 : 0xFF));
    return true;
}

/* None of them changes an answer: what was listed is revoked, nobody else is, the CA stays covered. */
static void damaged_after_good(void **state)
{
    struct world w = world();
    const struct made_crl m = { .signer = &w.pai, .number = 1, .from = 7, .n = 2 };
    veridac_bytes der = made_crl(&m);
    const struct vd_span good = { der.data, der.size };
    struct vd_buf bad = VD_BUF(4096);
    bool more = true;
    (void)state;

    for (size_t i = 0; more;) {
        veridac_revset *set = made_set(w.trust);
        veridac_finding f = { .size = sizeof f };
        made_point(set, "a", URL, VID, false, &w.pai, NULL);
        assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
        made_feed(set, URL, der);
        for (unsigned k = 1; k < VD_MAX_HISTORY && (more = damage(good, i, &bad)); k++, i++)
            made_feed(set, URL, (veridac_bytes){ bad.p, bad.n });
        assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
        assert_string_equal(made_coverage(set, &w.pai), "good");
        assert_int_equal(made_issuer(set, &w.pai, NULL).n_serials, 2);
        assert_int_equal(veridac_revset_point_finding(set, 0, 0, &f), VERIDAC_OK); /* each has a reason */
        veridac_revset_free(set);
    }
    vd_buf_free(&bad);
    free((void *)(uintptr_t)der.data);
    unmake(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_give_the_same),
        cmocka_unit_test(begun_and_not_ended),
        cmocka_unit_test(sixteen_bad_ones_and_no_more),
        cmocka_unit_test(sixteen_times_junk),
        cmocka_unit_test(more_findings_than_places),
        cmocka_unit_test(damaged_after_good),
        cmocka_unit_test(over_the_ceilings),
        cmocka_unit_test(one_list_for_many_points),
        cmocka_unit_test(revoked_delegates),
        cmocka_unit_test(the_hash_of_a_crl),
        cmocka_unit_test(sources_that_cannot_be),
        cmocka_unit_test(a_strangers_point_takes_no_revocation_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
