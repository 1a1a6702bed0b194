/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_size.c - how large bundles are, by tier, for issuers of one size and by Zipf's law; and how often
 * filters and codes hit what is not there.
 *
 *   bench_size [--quick] [--entries N] [--issuers N]    with either, only sizes and no goals
 *   bench_size --law                                    the law of false "revoked": a minute
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include "bench.h"
#include "bundles.h"

static double bits(const struct vd_bundle *b, enum vdb_section a, enum vdb_section c,
                   enum vdb_section d)
{
    size_t n = vd_bundle_section(b, a).n;
    n += c ? vd_bundle_section(b, c).n : 0;
    n += d ? vd_bundle_section(b, d).n : 0;
    return 8.0 * (double)n / (double)b->n_keys;
}

/* Bits of the worst issuer with pages. */
static double worst_issuer(const struct vd_bundle *b)
{
    double worst = 0;
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct vdb_row r = vdb_row_at(&b->v, i);
        size_t n = 0;
        if (r.base_n < VDB_SMALL)
            continue;
        for (uint32_t k = 0; k < UINT32_C(1) << r.page_bits; k++)
            n += vdb_page_at(&b->v, r.page + k).n + 4;
        worst = 8.0 * (double)n / r.n > worst ? 8.0 * (double)n / r.n : worst;
    }
    return worst;
}

/* Per cent; each sample asks for as many keys that nobody chose. */
static struct bench_times false_positives(const struct set *s, const struct vd_bundle *hub)
{
    const uint64_t probes = 400000;
    const size_t n = bench_samples(9);
    double samples[BENCH_SAMPLES];
    for (size_t k = 0; k < n; k++) {
        uint64_t hits = 0;
        for (uint64_t i = k * probes; i < (k + 1) * probes; i++) {
            const uint8_t *id = s->named[mix(i) % s->issuers].id;
            hits += vdb_find(&hub->v, id, mix(i + (UINT64_C(1) << 50)), NULL) == VDB_UNCONFIRMED;
        }
        samples[k] = 100.0 * (double)hits / (double)probes;
    }
    return bench_sum_up(samples, n);
}

/* As many keys more as the parameters of each issuer allow: the worst before it is re-based. */
static struct bench_times rate_before_rebase(const struct set *s, const struct vd_bundle *hub)
{
    struct vd_bundle_issuer *grown = calloc(s->issuers, sizeof *grown);
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = VDB_HUB, .evidence_time = AT + 1,
                               .issuers = grown, .n = s->issuers };
    uint64_t *keys = calloc(s->n + s->n / 4 + s->issuers, sizeof *keys), *at = keys;
    struct vd_buf out = VD_BUF(1u << 30);
    struct vd_bundle later;
    struct bench_times rate;

    if (grown == NULL || keys == NULL)
        exit(70);
    for (uint32_t i = 0; i < s->issuers; i++) {
        grown[i] = s->rows[i];
        grown[i].keys = at;
        grown[i].n = vdb_most_keys(grown[i].n);
        for (uint32_t k = 0; k < grown[i].n; k++)
            at[k] = k < s->rows[i].n ? s->rows[i].keys[k]
                                     : mix((uint64_t)i << 32 | k | UINT64_C(1) << 60);
        qsort(at, grown[i].n, sizeof *at, by_key);
        at += grown[i].n;
    }
    if (vd_bundle_keep(hub, &in, grown) != NULL || !vd_bundle_encode(&in, &out) ||
        vd_bundle_read(vd_buf_span(&out), &later) != NULL)
        exit(70);
    rate = false_positives(s, &later);
    vd_buf_free(&out);
    free(keys);
    free(grown);
    return rate;
}

/* What is shipped: the width of every row of the bundle. */
static double too_narrow(const struct vd_bundle *b)
{
    double wrong = 0;
    for (uint32_t i = 0; i < b->n_rows; i++) {
        const struct vdb_row r = vdb_row_at(&b->v, i);
        wrong += UINT64_C(1) << (r.width - 40) < r.n || r.rice != 40;
    }
    return wrong;
}

struct made {
    struct set set;
    const char *how;
    struct vd_buf full_bytes, hub_bytes;
    struct vd_bundle full, hub;
};

static void make(struct made *m, uint64_t entries, uint32_t issuers, bool zipf)
{
    set_make(&m->set, entries, issuers, zipf);
    m->how = zipf ? "zipf" : "uniform";
    m->full_bytes = set_encode(&m->set, VDB_FULL);
    m->hub_bytes = set_encode(&m->set, VDB_HUB);
    if (vd_bundle_read(vd_buf_span(&m->full_bytes), &m->full) != NULL ||
        vd_bundle_read(vd_buf_span(&m->hub_bytes), &m->hub) != NULL)
        exit(1);
}

/* The id gets "uniform" or "zipf" behind it, and so do the words. */
static void say(const struct made *m, struct bench_line line)
{
    char id[64], what[128];
    (void)snprintf(id, sizeof id, "size.%s.%s", line.id, m->how);
    (void)snprintf(what, sizeof what, "%s, %s", line.what, m->how);
    line.id = id;
    line.what = what;
    line.entries = (double)m->set.n;
    line.issuers = m->set.issuers;
    bench_print(&line);
}

static void megabytes(const struct made *m)
{
    say(m, (struct bench_line){ .id = "hub", .what = "bundle of kind hub", .unit = "MB",
                                .measured = bench_exactly((double)m->hub_bytes.n / 1e6) });
    say(m, (struct bench_line){ .id = "full", .what = "bundle of kind full", .unit = "MB",
                                .measured = bench_exactly((double)m->full_bytes.n / 1e6),
                                .baseline = "the keys alone, 8 octets each",
                                .beside = 8 * (double)m->set.n / 1e6 });
}

static void tiers(const struct made *m)
{
    say(m, (struct bench_line){ .id = "exact", .what = "exact tier", .unit = "bits a key",
                                .measured = bench_exactly(bits(&m->full, VDB_CODES, VDB_PAGES, VDB_LISTS)),
                                .sense = BENCH_MOST, .goal = 42.5,
                                .limit = "width that keeps false \\\"revoked\\\" below 2^-40",
                                .limit_is = 40 });
    say(m, (struct bench_line){ .id = "exact.worst", .what = "exact tier, worst issuer of 64 or more",
                                .unit = "bits a key", .measured = bench_exactly(worst_issuer(&m->full)),
                                .sense = BENCH_MOST, .goal = 43.1 });
    say(m, (struct bench_line){ .id = "exact.narrow",
                                .what = "issuers with less than 40 + log2 n bits a key",
                                .unit = "issuers", .measured = bench_exactly(too_narrow(&m->full)),
                                .sense = BENCH_MOST, .goal = 0 });
    say(m, (struct bench_line){ .id = "bloom", .what = "Bloom tier", .unit = "bits a key",
                                .measured = bench_exactly(bits(&m->hub, VDB_LINES, 0, 0)),
                                .sense = BENCH_MOST, .goal = 10.2,
                                .limit = "any Bloom filter of 1 %", .limit_is = 9.585 });
    say(m, (struct bench_line){ .id = "bloom.rate", .what = "Bloom tier, false hits", .unit = "%",
                                .measured = false_positives(&m->set, &m->hub), .sense = BENCH_MOST,
                                .goal = 1 });
    say(m, (struct bench_line){ .id = "bloom.later",
                                .what = "Bloom tier, false hits with 25 % more keys, before the re-base", .unit = "%",
                                .measured = rate_before_rebase(&m->set, &m->hub), .sense = BENCH_MOST,
                                .goal = 2.5 });
}

/* ---- the law of false "revoked" ---- */

#define LAW_KEYS 1024u
#define LAW_PROBES UINT64_C(100000000)

/* With w = 16 + log2 n bits a key that is not there is found with probability 2^-16: of 10^8 about 1526,
 * give or take 39. The same code with w = 40 + log2 n gives 2^-40, which nobody can wait for. */
static void law(void)
{
    static uint64_t keys[LAW_KEYS];
    struct vdb_row r = { .n = LAW_KEYS, .base_n = LAW_KEYS, .width = 26, .rice = 16, .page_bits = 2 };
    struct vd_buf pages[4];
    uint64_t hits = 0;

    for (uint32_t i = 0; i < LAW_KEYS; i++)
        keys[i] = mix(mix(i));
    qsort(keys, LAW_KEYS, sizeof *keys, by_key);
    for (uint32_t p = 0, from = 0; p < 4; p++) {
        uint32_t to = from;
        while (to < LAW_KEYS && keys[to] >> 62 == p)
            to++;
        pages[p] = VD_BUF(1u << 20);
        if (!vd_code_page(keys + from, to - from, r.width, r.page_bits, r.rice, &pages[p]))
            exit(70);
        from = to;
    }
    for (uint32_t i = 0; i < LAW_KEYS; i++) {
        const struct vd_buf *page = &pages[keys[i] >> 62];
        if (vdb_find_on_page(&r, page->p, page->n, keys[i]) != VDB_LISTED)
            exit(1);
    }
    for (uint64_t i = 0; i < LAW_PROBES; i++) {
        const uint64_t key = mix(i + (UINT64_C(1) << 60));
        hits += vdb_find_on_page(&r, pages[key >> 62].p, pages[key >> 62].n, key) == VDB_LISTED;
    }
    bench_print(&(struct bench_line){ .id = "size.law",
                                      .what = "false hits of 10^8 at w = 16 + log2 n, off 1526 by",
                                      .unit = "hits",
                                      .measured = bench_exactly(fabs((double)hits - 1526)),
                                      .sense = BENCH_MOST, .goal = 5 * 39 });
}

int main(int argc, char **argv)
{
    static struct made m;
    uint64_t entries;
    uint32_t issuers;
    const bool alone = argc == 2 && strcmp(argv[1], "--law") == 0;

    bench_begin(&argc, argv);
    if (alone) {
        law();
        return 0;
    }
    if (!set_options(argc, argv, &entries, &issuers)) {
        (void)fprintf(stderr, "usage: bench_size [--quick] [--entries N] [--issuers N] | --law\n");
        return 64;
    }
    for (unsigned zipf = 0; zipf < 2; zipf++) {
        make(&m, entries, issuers, zipf != 0);
        if (argc == 1)
            tiers(&m);
        megabytes(&m);
        vd_buf_free(&m.full_bytes);
        vd_buf_free(&m.hub_bytes);
        set_free(&m.set);
    }
    return 0;
}
