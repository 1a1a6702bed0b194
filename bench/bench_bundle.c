/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_bundle.c - bundles of a million revoked certificates: size by tier, writing, opening, looking up.
 *
 * Keys are those of real serial numbers (SHA-256 and all); the serials are made of a counter. Bundles
 * are written by the encoder that `veridac build` uses, so this links the library's objects; opening
 * and looking up go through the public functions.
 */
#include <string.h>
#include <sys/stat.h>
#include <veridac/veridac.h>

#include "bench.h"
#include "keys.h"

#define ISSUERS 300u
#define KEYS 1000000u
#define AT INT64_C(1790000000)
#define SERIAL 12u
#define QUERIES 65536u

static const uint8_t key_id[20] = "the same key id here";

struct set {
    uint32_t counts[ISSUERS], first[ISSUERS]; /* by number of the issuer, not by place in the bundle */
    char names[ISSUERS][16];
    uint8_t ids[ISSUERS][VDB_ID];
    struct vd_bundle_issuer issuers[ISSUERS];
    uint64_t *keys;
    struct vd_buf full, hub;
    struct vd_bundle hub_view;
    veridac_snapshot *snapshot;
    struct {
        uint32_t issuer;
        uint8_t serial[SERIAL];
    } queries[QUERIES];
    uint32_t next;
    uint64_t revoked;
};

/* Serial i of an issuer: positive, 12 octets. */
static void make_serial(uint32_t issuer, uint64_t i, uint8_t ret[SERIAL])
{
    uint64_t x = mix((uint64_t)issuer << 40 | i);
    for (unsigned k = 0; k < 8; k++)
        ret[k] = (uint8_t)(x >> (56 - 8 * k));
    for (unsigned k = 8; k < SERIAL; k++)
        ret[k] = (uint8_t)(i >> (8 * (SERIAL - 1 - k)));
    ret[0] = (uint8_t)((ret[0] & 0x3F) | 0x40);
}

static struct vd_span span(const void *p, size_t n)
{
    return vd_span_of(p, n);
}

static void make_set(struct set *s, bool zipf)
{
    double sum = 0;
    uint32_t at = 0;

    for (uint32_t i = 0; i < ISSUERS; i++)
        sum += zipf ? 1.0 / (i + 1) : 1.0;
    for (uint32_t i = 0; i < ISSUERS; i++)
        s->counts[i] = (uint32_t)(KEYS * (zipf ? 1.0 / (i + 1) : 1.0) / sum);
    s->keys = calloc(KEYS, sizeof *s->keys);
    if (s->keys == NULL)
        exit(70);
    for (uint32_t i = 0; i < ISSUERS; i++) {
        (void)snprintf(s->names[i], sizeof s->names[i], "issuer %u", (unsigned)i);
        if (!vd_revkey_issuer(NULL, span(s->names[i], strlen(s->names[i])), VD_SPAN(key_id), s->ids[i]))
            exit(70);
        for (uint32_t k = 0; k < s->counts[i]; k++) {
            uint8_t serial[SERIAL];
            make_serial(i, k, serial);
            if (!vd_revkey_make(NULL, s->ids[i], VD_SPAN(serial), &s->keys[at + k]))
                exit(70);
        }
        qsort(s->keys + at, s->counts[i], sizeof *s->keys, by_key);
        s->issuers[i] = (struct vd_bundle_issuer){
            .id = s->ids[i], .key_id = VD_SPAN(key_id),
            .name = span(s->names[i], strlen(s->names[i])), .good = true,
            .this_update = AT - 3600, .next_update = AT + 86400, .last_ok = AT,
            .keys = s->keys + at, .n = s->counts[i], .base_n = s->counts[i]
        };
        at += s->counts[i];
    }
    qsort(s->issuers, ISSUERS, sizeof s->issuers[0], by_id);
}

static void encode(const struct set *s, enum vdb_kind kind, struct vd_buf *out)
{
    const struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = kind, .evidence_time = AT,
                                     .issuers = s->issuers, .n = ISSUERS };
    if (!vd_bundle_encode(&in, out))
        exit(70);
}

/* ---- size ---- */

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

static double false_positives(const struct set *s, const struct vd_bundle *hub)
{
    uint64_t hits = 0, probes = 2000000;
    for (uint64_t i = 0; i < probes; i++) {
        const uint32_t k = (uint32_t)(mix(i) % ISSUERS);
        hits += vdb_find(&hub->v, s->ids[k], mix(i + (UINT64_C(1) << 50)), NULL) == VDB_UNCONFIRMED;
    }
    return 100.0 * (double)hits / (double)probes;
}

/* As many keys more as the parameters of each issuer allow: the worst before it is re-based. */
static double rate_before_rebase(const struct set *s, const struct vd_bundle *hub)
{
    static struct vd_bundle_issuer grown[ISSUERS];
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = VDB_HUB, .evidence_time = AT + 1,
                               .issuers = grown, .n = ISSUERS };
    uint64_t *keys = calloc(KEYS + KEYS / 4, sizeof *keys), *at = keys;
    struct vd_buf out = VD_BUF(1u << 30);
    struct vd_bundle later;
    double rate;

    for (uint32_t i = 0; keys != NULL && i < ISSUERS; i++) {
        grown[i] = s->issuers[i];
        grown[i].keys = at;
        grown[i].n = vdb_most_keys(grown[i].n);
        for (uint32_t k = 0; k < grown[i].n; k++)
            at[k] = k < s->issuers[i].n ? s->issuers[i].keys[k]
                                        : mix((uint64_t)i << 32 | k | UINT64_C(1) << 60);
        qsort(at, grown[i].n, sizeof *at, by_key);
        at += grown[i].n;
    }
    if (keys == NULL || vd_bundle_keep(hub, &in, grown) != NULL || !vd_bundle_encode(&in, &out) ||
        vd_bundle_read(vd_buf_span(&out), &later) != NULL)
        exit(70);
    rate = false_positives(s, &later);
    vd_buf_free(&out);
    free(keys);
    return rate;
}

static void sizes(struct set *s, const char *how)
{
    struct vd_bundle full, hub;
    char what[96];

    s->full = VD_BUF(1u << 30);
    s->hub = VD_BUF(1u << 30);
    encode(s, VDB_FULL, &s->full);
    encode(s, VDB_HUB, &s->hub);
    if (vd_bundle_read(vd_buf_span(&s->full), &full) != NULL ||
        vd_bundle_read(vd_buf_span(&s->hub), &hub) != NULL)
        exit(1);
    (void)snprintf(what, sizeof what, "exact tier, 1 M over 300 issuers, %s", how);
    bench_limit(what, "bench/run", 42.5, bits(&full, VDB_CODES, VDB_PAGES, VDB_LISTS), "bits a key");
    (void)snprintf(what, sizeof what, "exact tier, worst issuer of 64 or more, %s", how);
    bench_limit(what, "bench/run", 43.1, worst_issuer(&full), "bits a key");
    (void)snprintf(what, sizeof what, "Bloom tier, %s", how);
    bench_limit(what, "bench/run", 10.2, bits(&hub, VDB_LINES, 0, 0), "bits a key");
    (void)snprintf(what, sizeof what, "Bloom tier, false positives, %s", how);
    bench_limit(what, "bench/run", 1.0, false_positives(s, &hub), "%");
    (void)snprintf(what, sizeof what, "the same with 25 %% more keys, before the re-base, %s", how);
    bench_limit(what, "bench/run", 2.5, rate_before_rebase(s, &hub), "%");
    (void)snprintf(what, sizeof what, "bundle of kind hub, %s", how);
    bench_limit(what, "bench/run", -1, (double)s->hub.n / 1e6, "MB");
    (void)snprintf(what, sizeof what, "bundle of kind full, %s", how);
    bench_limit(what, "bench/run", -1, (double)s->full.n / 1e6, "MB");
}

/* ---- time ---- */

static void write_row(const struct set *s)
{
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        struct vd_buf out = VD_BUF(1u << 30);
        double t = bench_now();
        encode(s, VDB_FULL, &out);
        t = bench_now() - t;
        best = t < best ? t : best;
        vd_buf_free(&out);
    }
    bench_least("writing a bundle of kind full from sorted keys, hashes included", "bench/run", 20,
                KEYS / best / 1e6, "M keys/s");
}

static veridac_snapshot *open_now(const struct set *s)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = "bench" };
    veridac_snapshot *ret = NULL;
    if (veridac_snapshot_open((veridac_bytes){ s->full.p, s->full.n }, &o, &ret, NULL) != VERIDAC_OK)
        exit(1);
    return ret;
}

static void open_row(struct set *s)
{
    double best = 1e9;
    for (int i = 0; i < 15; i++) {
        double t = bench_now();
        veridac_snapshot *one = open_now(s);
        t = bench_now() - t;
        best = t < best ? t : best;
        veridac_snapshot_free(one);
    }
    bench_limit("opening it from memory: copy, hashes, all rows", "bench/run", 5.0, best * 1e3, "ms");
    s->snapshot = open_now(s);
    if (vd_bundle_read(vd_buf_span(&s->hub), &s->hub_view) != NULL)
        exit(1);
}

enum asked { LISTED, OTHERS, HALF, FALSELY };

/* Does the filter of its issuer hit the serial of query i? */
static bool filter_hits(const struct set *s, uint32_t i)
{
    const uint32_t k = s->queries[i].issuer;
    uint64_t key;
    return vd_revkey_make(NULL, s->ids[k], span(s->queries[i].serial, SERIAL), &key) &&
           vdb_find(&s->hub_view.v, s->ids[k], key, NULL) == VDB_UNCONFIRMED;
}

static void prepare(struct set *s, enum asked asked)
{
    for (uint32_t i = 0; i < QUERIES; i++) {
        const uint64_t r = mix(i * 7919u + asked);
        const uint32_t k = (uint32_t)(r % ISSUERS);
        const uint64_t n = mix(r) % s->counts[k];
        s->queries[i].issuer = k;
        make_serial(k, asked == LISTED || (asked == HALF && i % 2) ? n : n + (UINT64_C(1) << 30),
                    s->queries[i].serial);
        for (uint64_t x = 0; asked == FALSELY && !filter_hits(s, i); x++)
            make_serial(k, mix(r + x) | UINT64_C(1) << 40, s->queries[i].serial);
    }
    s->next = 0;
    s->revoked = 0;
}

static void look_up(void *user)
{
    static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    struct set *s = user;
    const uint32_t i = s->next++ % QUERIES, k = s->queries[i].issuer;
    veridac_answer a = { .size = sizeof a };
    if (veridac_snapshot_lookup(s->snapshot,
                                (veridac_bytes){ (const uint8_t *)s->names[k], strlen(s->names[k]) },
                                (veridac_bytes){ key_id, sizeof key_id },
                                (veridac_bytes){ s->queries[i].serial, SERIAL }, (veridac_bytes){ NULL, 0 },
                                &policy, AT, &a, NULL) != VERIDAC_OK)
        exit(1);
    s->revoked += a.status == VERIDAC_REVOKED;
}

/* The two hashes of a lookup: issuer id and key. */
static void two_hashes(void *user)
{
    struct set *s = user;
    const uint32_t i = s->next++ % QUERIES, k = s->queries[i].issuer;
    uint8_t id[VD_ISSUER_ID];
    uint64_t key;
    if (!vd_revkey_issuer(NULL, span(s->names[k], strlen(s->names[k])), VD_SPAN(key_id), id) ||
        !vd_revkey_make(NULL, id, span(s->queries[i].serial, SERIAL), &key))
        exit(1);
    s->revoked += key == 0;
}

#define COLD 301u
#define CACHES (96u << 20)

/* One lookup at a time, and between two of them memory that is larger than the caches. Code and hash
 * contexts are cold as well. */
static void cold_row(struct set *s, enum asked asked, const char *what)
{
    double samples[COLD], empty[COLD];
    volatile uint8_t *other = calloc(1, CACHES);

    if (other == NULL)
        exit(70);
    prepare(s, asked);
    look_up(s);
    for (uint32_t i = 0; i < COLD; i++) {
        double t;
        for (size_t k = 0; k < CACHES; k += 64)
            other[k]++;
        t = bench_now();
        empty[i] = bench_now() - t;
        t = bench_now();
        look_up(s);
        samples[i] = bench_now() - t;
    }
    free((void *)(uintptr_t)other);
    bench_limit(what, "bench/run", 1200,
                (bench_sum_up(samples, COLD).median - bench_sum_up(empty, COLD).median) * 1e9, "ns");
}

static void lookup_rows(struct set *s)
{
    struct bench_times t, base;
    prepare(s, OTHERS);
    bench_pair(look_up, two_hashes, s, QUERIES / 4, &t, &base);
    if (s->revoked != 0)
        exit(1);
    bench_limit("lookup, not listed, 300 issuers in random order", "bench/run", 150, t.median * 1e9,
                "ns");
    bench_limit("of this the two hashes", "bench/run", -1, base.median * 1e9, "ns");
    prepare(s, LISTED);
    bench_pair(look_up, two_hashes, s, QUERIES / 4, &t, &base);
    if (s->revoked == 0)
        exit(1);
    bench_limit("lookup, listed, 300 issuers in random order", "bench/run", 450, t.median * 1e9, "ns");
    prepare(s, FALSELY);
    bench_pair(look_up, two_hashes, s, QUERIES / 4, &t, &base);
    if (s->revoked != 0)
        exit(1);
    bench_limit("lookup, falsely hit, 300 issuers in random order", "bench/run", 450, t.median * 1e9,
                "ns");
    prepare(s, HALF);
    bench_pair(look_up, two_hashes, s, QUERIES / 4, &t, &base);
    bench_limit("lookup, half listed, 300 issuers in random order", "bench/run", -1, t.median * 1e9,
                "ns");
    cold_row(s, OTHERS, "lookup, not listed, caches cold");
    cold_row(s, LISTED, "lookup, listed, caches cold");
    cold_row(s, FALSELY, "lookup, falsely hit, caches cold");
}

/* Memory of this process alone; pages of a mapped file are not among it. */
static double private_kb(void)
{
    char line[256];
    unsigned long kb, sum = 0;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "Anonymous: %lu", &kb) == 1)
            sum += kb;
    }
    if (f != NULL)
        (void)fclose(f);
    return (double)sum;
}

/* A file as it lies in a store: 0444, mapped; to the first answer. */
static void file_row(struct set *s)
{
    const char *path = "veridac-bench.bundle";
    const veridac_snapshot_options o = { .size = sizeof o, .label = "bench", .path = path };
    veridac_snapshot *kept = s->snapshot;
    double best = 1e9, before, after;
    FILE *f = fopen(path, "wb");

    if (f == NULL || fwrite(s->full.p, 1, s->full.n, f) != s->full.n || fclose(f) != 0 ||
        chmod(path, 0444) != 0)
        exit(74);
    prepare(s, LISTED);
    for (int i = 0; i < 15; i++) {
        double t = bench_now();
        if (veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s->snapshot, NULL) != VERIDAC_OK)
            exit(1);
        look_up(s);
        t = bench_now() - t;
        best = t < best ? t : best;
        veridac_snapshot_free(s->snapshot);
    }
    bench_limit("opening it from a store's file, to the first answer, without head", "bench/run", 4.9,
                best * 1e3, "ms");
    before = private_kb();
    if (veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s->snapshot, NULL) != VERIDAC_OK)
        exit(1);
    look_up(s);
    after = private_kb();
    bench_limit("private memory of an open bundle, mapped pages apart", "bench/run", 256, after - before,
                "KiB");
    veridac_snapshot_free(s->snapshot);
    s->snapshot = kept;
    (void)remove(path);
}

/* ---- the law of false "revoked" ---- */

#define LAW_KEYS 1024u
#define LAW_PROBES UINT64_C(100000000)

/* With w = 16 + log2 n bits a key that is not there is found with probability 2^-16: of 10^8 about 1526,
 * give or take 39. The same code with w = 40 + log2 n gives 2^-40, which nobody can wait for. */
static void law_row(void)
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
    bench_limit("false hits of 10^8 at w = 16 + log2 n, off 1526 by", "bench/run, VERIDAC_BENCH_LONG=1",
                5 * 39, hits > 1526 ? (double)(hits - 1526) : (double)(1526 - hits), "hits");
}

/* What is shipped: the width of every row of the bundle. */
static void width_row(const struct set *s)
{
    struct vd_bundle b;
    double wrong = 0;

    if (vd_bundle_read(vd_buf_span(&s->full), &b) != NULL)
        exit(1);
    for (uint32_t i = 0; i < b.n_rows; i++) {
        const struct vdb_row r = vdb_row_at(&b.v, i);
        wrong += UINT64_C(1) << (r.width - 40) < r.n || r.rice != 40;
    }
    bench_limit("issuers with less than 40 + log2 n bits a key", "bench/run", 0, wrong, "issuers");
}

int main(int argc, char **argv)
{
    static struct set uniform, zipf;

    if (argc > 1 && strcmp(argv[1], "--law") == 0) {
        law_row();
        return 0;
    }
    make_set(&uniform, false);
    sizes(&uniform, "uniform");
    width_row(&uniform);
    write_row(&uniform);
    open_row(&uniform);
    lookup_rows(&uniform);
    file_row(&uniform);
    make_set(&zipf, true);
    sizes(&zipf, "Zipf");
    return 0;
}
