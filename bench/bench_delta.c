/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_delta.c - what an update costs: a million revoked certificates of 300 issuers, then a day in which
 * a thousand come, a hundred leave, and every issuer has issued its CRL again.
 *
 *   bench_delta [--quick] [--entries N] [--issuers N]    with either, one day and no goals
 *
 * Bundles and deltas are written by the library's encoders; sizes are those of the files. Keys are
 * random numbers, as SHA-256 makes them.
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/evp.h>
#include <string.h>

#include "bench.h"
#include "bundles.h"
#include "delta.h"
#include "limits.h"
#include "plan.h"

#define ISSUERS_MAX 1000u
#define DAY 86400

static const uint8_t key_id[20] = "the same key id here";
static uint64_t n_keys;
static uint32_t n_issuers;

struct feed {
    char names[ISSUERS_MAX][20];
    uint8_t ids[ISSUERS_MAX][VDB_ID];
    struct vd_bundle_issuer issuers[ISSUERS_MAX];
    uint64_t *keys[ISSUERS_MAX];
    uint64_t seed;
};

static uint64_t random64(uint64_t *seed)
{
    return mix((*seed)++);
}

static void make_feed(struct feed *f, bool zipf)
{
    double sum = 0;

    for (uint32_t i = 0; i < n_issuers; i++)
        sum += zipf ? 1.0 / (i + 1) : 1.0;
    for (uint32_t i = 0; i < n_issuers; i++) {
        const uint32_t n = (uint32_t)((double)n_keys * (zipf ? 1.0 / (i + 1) : 1.0) / sum);
        (void)snprintf(f->names[i], sizeof f->names[i], "issuer %u", (unsigned)i);
        f->keys[i] = calloc(2 * (size_t)n + n_keys / 20, sizeof *f->keys[i]);
        if (f->keys[i] == NULL ||
            !vd_revkey_issuer(NULL, vd_span_str(f->names[i]), VD_SPAN(key_id), f->ids[i]))
            exit(70);
        for (uint32_t k = 0; k < n; k++)
            f->keys[i][k] = random64(&f->seed);
        qsort(f->keys[i], n, sizeof *f->keys[i], by_key);
        f->issuers[i] = (struct vd_bundle_issuer){
            .id = f->ids[i], .key_id = VD_SPAN(key_id), .name = vd_span_str(f->names[i]),
            .good = true, .this_update = AT - (int64_t)(random64(&f->seed) % DAY), .last_ok = AT,
            .keys = f->keys[i], .n = n, .base_n = n
        };
        f->issuers[i].next_update = f->issuers[i].this_update + 7 * DAY;
    }
    qsort(f->issuers, n_issuers, sizeof f->issuers[0], by_id);
}

static uint64_t *keys_of(const struct vd_bundle_issuer *i)
{
    return (uint64_t *)(uintptr_t)i->keys;
}

/* `came` keys come and `left` leave, each of an issuer by its size; where `again`, every issuer has a
 * new CRL from some second of the day. */
static void pass_a_day(struct feed *f, int64_t at, uint32_t came, uint32_t left, bool again)
{
    uint64_t total = 0;

    for (uint32_t i = 0; i < n_issuers; i++)
        total += f->issuers[i].n;
    for (uint32_t k = 0; k < came + left; k++) {
        uint64_t at_key = random64(&f->seed) % total;
        struct vd_bundle_issuer *i = f->issuers;
        for (; at_key >= i->n && i < f->issuers + n_issuers - 1; i++)
            at_key -= i->n;
        if (k < came)
            keys_of(i)[i->n++] = random64(&f->seed);
        else if (i->n > 0)
            keys_of(i)[at_key % i->n] = i->keys[i->n - 1], i->n--;
    }
    for (uint32_t i = 0; i < n_issuers; i++) {
        struct vd_bundle_issuer *one = &f->issuers[i];
        qsort(keys_of(one), one->n, sizeof *one->keys, by_key);
        one->last_ok = at;
        if (again)
            one->this_update = at - (int64_t)(random64(&f->seed) % DAY);
        one->next_update = one->this_update + 7 * DAY;
    }
}

static struct vd_buf encode(struct feed *f, enum vdb_kind kind, int64_t at,
                            const struct vd_buf *before)
{
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = kind, .evidence_time = at,
                               .issuers = f->issuers, .n = n_issuers, .without_names = true };
    struct vd_buf out = VD_BUF(1u << 30);
    struct vd_bundle b;

    if (before != NULL && (vd_bundle_read(vd_buf_span(before), &b) != NULL ||
                           vd_bundle_keep(&b, &in, f->issuers) != NULL))
        exit(70);
    if (!vd_bundle_encode(&in, &out))
        exit(70);
    return out;
}

static struct vd_buf delta_of(const struct vd_buf *from, const struct vd_buf *to)
{
    struct vd_buf d = VD_BUF(1u << 30);
    if (vd_delta_make(vd_buf_span(from), vd_buf_span(to), &d) != VD_DELTA_OK)
        exit(70);
    return d;
}

static struct bench_times apply_ms(const struct vd_buf *from, const struct vd_buf *delta)
{
    double samples[BENCH_SAMPLES];
    const size_t n = bench_samples(9);
    for (size_t i = 0; i < n; i++) {
        struct vd_buf out = VD_BUF(1u << 30);
        const double t = bench_now();
        if (vd_delta_apply(vd_buf_span(from), vd_buf_span(delta), 1u << 30, &out) != VD_DELTA_OK)
            exit(1);
        samples[i] = (bench_now() - t) * 1e3;
        vd_buf_free(&out);
    }
    return bench_sum_up(samples, n);
}

static struct bench_times hash_ms(const struct vd_buf *bytes)
{
    double samples[BENCH_SAMPLES];
    const size_t n = bench_samples(9);
    for (size_t i = 0; i < n; i++) {
        uint8_t digest[32];
        const double t = bench_now();
        if (EVP_Digest(bytes->p, bytes->n, digest, NULL, EVP_sha256(), NULL) != 1)
            exit(70);
        samples[i] = (bench_now() - t) * 1e3;
    }
    return bench_sum_up(samples, n);
}

struct day {
    const char *id, *what;
    uint32_t came, left;
    bool again;
    double hub, full; /* goals in octets; below 0: none */
};

/* Ids in growth are the same; goals are those of 1 M. */
static void one_kind(struct feed *f, enum vdb_kind kind, const struct vd_buf *from, const struct day *d,
                     const char *how)
{
    const char *name = kind == VDB_HUB ? "hub" : "full";
    const bool full = kind == VDB_FULL;
    const double goal = n_keys != 1000000 || n_issuers != 300 ? -1 : full ? d->full : d->hub;
    struct vd_buf to = encode(f, kind, AT + DAY, from), delta = delta_of(from, &to);
    char what[128], id[64];

    (void)snprintf(what, sizeof what, "delta of kind %s, %s, %s", name, d->what, how);
    (void)snprintf(id, sizeof id, "delta.%s.%s.%s", d->id, name, how);
    bench_print(&(struct bench_line){ .id = id, .what = what, .unit = "octets",
                                      .measured = bench_exactly((double)delta.n),
                                      .sense = goal < 0 ? BENCH_NO_GOAL : BENCH_MOST, .goal = goal,
                                      .baseline = "the whole bundle", .beside = (double)to.n,
                                      .limit = full && d->came > 0 ? "40 bits for each that came, "
                                                                     "17 for the second of each CRL"
                                                                   : NULL,
                                      .limit_is = (40.0 * d->came + 17.0 * n_issuers) / 8,
                                      .entries = (double)n_keys, .issuers = n_issuers });
    (void)snprintf(what, sizeof what, "applying it to a %s of %.1f MB, checked: %s, %s", name,
                   (double)from->n / 1e6, d->what, how);
    (void)snprintf(id, sizeof id, "delta.%s.%s.%s.apply", d->id, name, how);
    bench_print(&(struct bench_line){ .id = id, .what = what, .unit = "ms",
                                      .measured = apply_ms(from, &delta),
                                      .limit = "SHA-256 over the result", .limit_is = hash_ms(&to).median,
                                      .entries = (double)n_keys, .issuers = n_issuers });
    vd_buf_free(&to);
    vd_buf_free(&delta);
}

static void one_day(bool zipf, const struct day *d)
{
    static struct feed f;
    struct vd_buf hub, full;

    f.seed = 1;
    make_feed(&f, zipf);
    hub = encode(&f, VDB_HUB, AT, NULL);
    full = encode(&f, VDB_FULL, AT, NULL);
    pass_a_day(&f, AT + DAY, d->came, d->left, d->again);
    one_kind(&f, VDB_HUB, &hub, d, zipf ? "zipf" : "uniform");
    one_kind(&f, VDB_FULL, &full, d, zipf ? "zipf" : "uniform");
    vd_buf_free(&hub);
    vd_buf_free(&full);
    for (uint32_t i = 0; i < n_issuers; i++)
        free(f.keys[i]);
}

/* ---- a month away ---- */

#define DAYS 30u

/* A client that was last there when the base was made, and comes back after thirty days of a thousand. */
static void month(enum vdb_kind kind)
{
    static struct feed f;
    static struct vd_index_entry entries[DAYS * 8];
    struct vd_buf bundles[DAYS + 1], bytes = VD_BUF(VD_MAX_INDEX);
    const struct vd_signed frame = { .kind = VD_DOC_INDEX, .network = 2, .feed = "test", .epoch = 1,
                                     .number = DAYS + 1, .created = AT };
    const char *name = kind == VDB_HUB ? "hub" : "full";
    struct vd_index index;
    struct vd_plan plan;
    size_t n = 0;
    double octets = VD_MAX_HEAD;
    char what[128], id[64];

    f.seed = 1;
    make_feed(&f, false);
    bundles[0] = encode(&f, kind, AT, NULL);
    for (uint32_t day = 1; day <= DAYS; day++) { /* sequence day + 1; steps are counted from the base */
        pass_a_day(&f, AT + (int64_t)day * DAY, 1000, 0, true);
        bundles[day] = encode(&f, kind, AT + (int64_t)day * DAY, &bundles[day - 1]);
        for (uint32_t step = 1u << 4; step >= 1; step /= 2) {
            struct vd_buf d;
            if (day % step != 0)
                continue;
            d = delta_of(&bundles[day - step], &bundles[day]);
            entries[n++] = (struct vd_index_entry){ .kind = 1, .from = day - step + 1, .to = day + 1,
                                                    .size = d.n, .sha256 = { 1 } };
            vd_buf_free(&d);
        }
    }
    if (!vd_index_write(&frame, 1, entries, n, &bytes) ||
        vd_index_read(vd_buf_span(&bytes), &index) != NULL ||
        !vd_plan_make(&index, 1, 1, bundles[DAYS].n, &plan))
        exit(70);
    octets += (double)bytes.n;
    for (size_t i = 0; i < plan.n; i++) {
        struct vd_index_entry e;
        octets += vd_index_at(&index, plan.steps[i], &e) ? (double)e.size : 0;
    }
    if (plan.n == 0)
        octets += (double)bundles[DAYS].n;
    (void)snprintf(what, sizeof what, "%s, 30 days offline at 1 000 a day, head and index included", name);
    (void)snprintf(id, sizeof id, "delta.month.%s", name);
    bench_print(&(struct bench_line){ .id = id, .what = what, .unit = "octets",
                                      .measured = bench_exactly(octets), .sense = BENCH_MOST,
                                      .goal = 250000, .baseline = "the whole bundle",
                                      .beside = (double)bundles[DAYS].n, .entries = (double)n_keys,
                                      .issuers = n_issuers });
    (void)snprintf(what, sizeof what, "%s, 30 days offline, requests", name);
    (void)snprintf(id, sizeof id, "delta.month.%s.requests", name);
    bench_print(&(struct bench_line){ .id = id, .what = what, .unit = "requests",
                                      .measured = bench_exactly(2 + (double)(plan.n ? plan.n : 1)),
                                      .sense = BENCH_MOST, .goal = 8 });
    for (uint32_t day = 0; day <= DAYS; day++)
        vd_buf_free(&bundles[day]);
    vd_buf_free(&bytes);
    for (uint32_t i = 0; i < n_issuers; i++)
        free(f.keys[i]);
}

int main(int argc, char **argv)
{
    static const struct day days[] = {
        { "thousand", "1 000 come on 1 M, all CRLs new", 1000, 0, true, 6000, 8500 },
        { "leave", "1 000 come and 100 leave, all CRLs new", 1000, 100, true, 6000, 8500 },
        { "crls", "all CRLs new and nothing else", 0, 0, true, 1200, 1200 },
        { "nothing", "nothing new", 0, 0, false, -1, -1 },
        { "many", "30 000 come and 3 000 leave, all CRLs new", 30000, 3000, true, -1, -1 },
    };
    bench_begin(&argc, argv);
    if (!set_options(argc, argv, &n_keys, &n_issuers) || n_issuers > ISSUERS_MAX) {
        (void)fprintf(stderr, "usage: bench_delta [--quick] [--entries N] [--issuers N]\n");
        return 64;
    }
    if (argc > 1) { /* how it grows: one day is enough */
        one_day(false, &days[0]);
        return 0;
    }
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        one_day(false, &days[i]);
        one_day(true, &days[i]);
    }
    month(VDB_HUB);
    month(VDB_FULL);
    return 0;
}
