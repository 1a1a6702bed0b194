/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_crl_set.c - 300 CRLs of 3 333 entries into one revocation set, in one thread and in as many as
 * there are cores, through the public functions.
 *
 * On a shared machine the clock on the wall says little about scaling; so the gain is told by the
 * processor time of the busiest thread, which is what the clock would say on idle cores.
 */
#include <openssl/x509v3.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>
#include <veridac/veridac.h>

#include "bench.h"
#include "seeded_key.h"

#define CRLS 300u /* partitions of the list of one CA */
#define AT INT64_C(1750000000)
#define THREADS_MAX 16

static void must(int ok)
{
    if (!ok)
        exit(70);
}

/* ---- a PAA and what it signs ---- */

static EVP_PKEY *key;
static X509 *paa;

static void extend(int nid, const char *value)
{
    X509V3_CTX ctx;
    X509_EXTENSION *e;
    X509V3_set_ctx(&ctx, paa, paa, NULL, NULL, 0);
    e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(e != NULL && X509_add_ext(paa, e, -1) == 1);
    X509_EXTENSION_free(e);
}

static void make_paa(void)
{
    key = seeded_key("bench_crl_set");
    paa = X509_new();
    must(key != NULL && paa != NULL && X509_set_version(paa, 2) == 1 &&
         ASN1_INTEGER_set(X509_get_serialNumber(paa), 7) == 1 &&
         ASN1_TIME_set(X509_getm_notBefore(paa), AT - 86400) != NULL &&
         ASN1_TIME_set(X509_getm_notAfter(paa), AT + 86400 * 90) != NULL &&
         X509_NAME_add_entry_by_txt(X509_get_subject_name(paa), "CN", MBSTRING_UTF8,
                                    (const uint8_t *)"Bench PAA", -1, -1, 0) == 1 &&
         X509_set_issuer_name(paa, X509_get_subject_name(paa)) == 1 && X509_set_pubkey(paa, key) == 1);
    extend(NID_basic_constraints, "critical,CA:TRUE,pathlen:1");
    extend(NID_key_usage, "critical,keyCertSign,cRLSign");
    extend(NID_subject_key_identifier, "hash");
    must(X509_sign(paa, key, EVP_sha256()) > 0);
}

static unsigned entries = 3333; /* of each CRL */

/* One of 300 lists; each has serials of its own, 16 octets long. */
static veridac_bytes make_crl(unsigned number)
{
    AUTHORITY_KEYID akid = { .keyid = ASN1_OCTET_STRING_dup(X509_get0_subject_key_id(paa)) };
    ASN1_TIME *from = ASN1_TIME_set(NULL, AT - 3600), *to = ASN1_TIME_set(NULL, AT + 86400);
    ASN1_INTEGER *one = ASN1_INTEGER_new();
    X509_CRL *crl = X509_CRL_new();
    uint8_t *der = NULL;
    int n;

    must(X509_CRL_set_version(crl, 1) == 1 &&
         X509_CRL_set_issuer_name(crl, X509_get_subject_name(paa)) == 1 &&
         X509_CRL_set1_lastUpdate(crl, from) == 1 && X509_CRL_set1_nextUpdate(crl, to) == 1);
    for (unsigned i = 0; i < entries; i++) {
        X509_REVOKED *r = X509_REVOKED_new();
        uint8_t serial[16] = { 0x41 };
        uint32_t x = (number * entries + i) * 2654435761u;
        for (size_t k = 1; k < sizeof serial; k++, x = x * 1664525u + 1013904223u)
            serial[k] = (uint8_t)(x >> 24);
        must(ASN1_STRING_set(one, serial, sizeof serial) == 1 &&
             X509_REVOKED_set_serialNumber(r, one) == 1 && X509_REVOKED_set_revocationDate(r, from) == 1 &&
             X509_CRL_add0_revoked(crl, r) == 1);
    }
    must(ASN1_INTEGER_set(one, 1) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_authority_key_identifier, &akid, 0, 0) == 1 &&
         X509_CRL_add1_ext_i2d(crl, NID_crl_number, one, 0, 0) == 1 &&
         X509_CRL_sign(crl, key, EVP_sha256()) > 0);
    n = i2d_X509_CRL(crl, &der);
    must(n > 0);
    ASN1_OCTET_STRING_free(akid.keyid);
    ASN1_INTEGER_free(one);
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    X509_CRL_free(crl);
    return (veridac_bytes){ der, (size_t)n };
}

/* ---- the work ---- */

static veridac_bytes crls[CRLS];

struct work {
    veridac_crl *open[CRLS];
    unsigned first, step;
    double processor;
};

static double processor_now(void)
{
    struct timespec t;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void *run(void *user)
{
    struct work *w = user;
    const double t = processor_now();
    for (unsigned i = w->first; i < CRLS; i += w->step) {
        must(veridac_revset_crl_feed(w->open[i], crls[i]) == VERIDAC_OK);
        must(veridac_revset_crl_end(w->open[i]) == VERIDAC_OK);
    }
    w->processor = processor_now() - t;
    return NULL;
}

static veridac_revset *new_set(const veridac_trust *trust)
{
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST, .at = AT,
                                       .max_entries_issuer = 1u << 26, .max_entries_vendor = 1u << 26 };
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(paa);
    char key_id[41], url[64];
    uint8_t *der = NULL;
    const int n = i2d_X509(paa, &der);
    veridac_revset *set = NULL;

    for (int i = 0; i < 20; i++)
        (void)snprintf(key_id + 2 * i, 3, "%02X", ASN1_STRING_get0_data(id)[i]);
    must(veridac_revset_new(trust, &o, &set) == VERIDAC_OK);
    for (unsigned i = 0; i < CRLS; i++) {
        const int len = snprintf(url, sizeof url, "http://crl.example/%u.crl", i);
        const veridac_point p = { .size = sizeof p, .vid = 0xFFF1, .is_paa = 1, .revocation_type = 1,
                                  .label = { (uint8_t *)url, (size_t)len },
                                  .url = { (uint8_t *)url, (size_t)len },
                                  .issuer_key_id = { (uint8_t *)key_id, 40 },
                                  .signer = { der, (size_t)n } };
        must(veridac_revset_add_point(set, &p) == VERIDAC_OK);
    }
    must(veridac_revset_bind(set) == VERIDAC_OK);
    OPENSSL_free(der);
    return set;
}

struct took {
    double wall, busiest, finish;
};

static struct took feed_all(const veridac_trust *trust, unsigned threads)
{
    static struct work works[THREADS_MAX];
    veridac_revset *set = new_set(trust);
    veridac_revset_view v = { .size = sizeof v };
    pthread_t ids[THREADS_MAX];
    struct took ret = { 0, 0, 0 };
    char url[64];
    const veridac_crl_options o = { .size = sizeof o, .url = url, .last_ok = AT };
    double t;

    for (unsigned i = 0; i < CRLS; i++) {
        (void)snprintf(url, sizeof url, "http://crl.example/%u.crl", i);
        must(veridac_revset_crl_begin(set, &o, &works[0].open[i]) == VERIDAC_OK);
    }
    t = bench_now();
    for (unsigned k = 0; k < threads; k++) {
        if (k > 0)
            works[k] = works[0];
        works[k].first = k;
        works[k].step = threads;
    }
    for (unsigned k = 0; k < threads; k++)
        must(pthread_create(&ids[k], NULL, run, &works[k]) == 0);
    for (unsigned k = 0; k < threads; k++) {
        must(pthread_join(ids[k], NULL) == 0);
        ret.busiest = works[k].processor > ret.busiest ? works[k].processor : ret.busiest;
    }
    ret.wall = bench_now() - t;
    t = processor_now();
    must(veridac_revset_finish(set) == VERIDAC_OK);
    ret.finish = processor_now() - t;
    must(veridac_revset_look(set, &v) == VERIDAC_OK && v.n_revoked == CRLS * entries);
    veridac_revset_free(set);
    return ret;
}

struct series {
    double wall[BENCH_SAMPLES], busiest[BENCH_SAMPLES];
    struct bench_times wall_s, busiest_s;
};

struct compared {
    struct series one, many;
    double times[BENCH_SAMPLES], finish[BENCH_SAMPLES];
};

/* One thread and many in turn. */
static void measure(const veridac_trust *trust, unsigned threads, size_t n, struct compared *ret)
{
    for (size_t i = 0; i < n; i++) {
        const struct took a = feed_all(trust, 1), b = feed_all(trust, threads);
        ret->one.wall[i] = a.wall;
        ret->one.busiest[i] = a.busiest;
        ret->many.wall[i] = b.wall;
        ret->many.busiest[i] = b.busiest;
        ret->times[i] = a.busiest / b.busiest;
        ret->finish[i] = a.finish * 1e3;
    }
    ret->one.wall_s = bench_sum_up(ret->one.wall, n);
    ret->one.busiest_s = bench_sum_up(ret->one.busiest, n);
    ret->many.wall_s = bench_sum_up(ret->many.wall, n);
    ret->many.busiest_s = bench_sum_up(ret->many.busiest, n);
}

/* In growth the two speeds have one id, and nothing else is said. */
static void rows(const veridac_trust *trust, unsigned threads, size_t n, bool growth)
{
    static struct compared c;
    const double all = CRLS * entries, millions = all / 1e6;
    char what[96];

    measure(trust, threads, n, &c);
    (void)snprintf(what, sizeof what, "%u CRLs of %u entries into a set, one thread", CRLS, entries);
    bench_print(&(struct bench_line){
        .id = "crl.set", .what = what, .unit = "M entries/s",
        .measured = bench_per_second(c.one.busiest_s, millions), .entries = all, .threads = 1 });
    (void)snprintf(what, sizeof what, "these CRLs into a set, %u threads, by %s", threads,
                   growth ? "the busiest one's processor time" : "the clock on the wall");
    bench_print(&(struct bench_line){
        .id = growth ? "crl.set" : "crl.set.threads", .what = what, .unit = "M entries/s",
        .measured = bench_per_second(growth ? c.many.busiest_s : c.many.wall_s, millions),
        .baseline = "one thread",
        .beside = millions / (growth ? c.one.busiest_s : c.one.wall_s).median,
        .entries = all, .threads = threads });
    bench_print(&(struct bench_line){
        .id = "crl.set.finish", .what = "drawing the conclusions over a set of all of them", .unit = "ms",
        .measured = bench_sum_up(c.finish, n), .entries = all });
    if (growth)
        return;
    (void)snprintf(what, sizeof what, "what %u threads gain with them, by the busiest one's processor time",
                   threads);
    bench_print(&(struct bench_line){
        .id = "crl.set.gain", .what = what, .unit = "times",
        .measured = bench_sum_up(c.times, n), .sense = BENCH_LEAST, .goal = 0.9 * threads,
        .limit = "threads", .limit_is = threads, .threads = threads });
}

int main(int argc, char **argv)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    const long n = sysconf(_SC_NPROCESSORS_ONLN);
    const unsigned cores = n < 2 ? 2 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
    veridac_trust *trust = NULL;
    uint8_t *der = NULL;
    bool growth;
    int size;

    bench_begin(&argc, argv);
    growth = argc == 3 && strcmp(argv[1], "--entries") == 0;
    if (growth)
        entries = (unsigned)(strtoul(argv[2], NULL, 10) / CRLS);
    if (entries == 0 || (argc != 1 && !growth)) {
        (void)fprintf(stderr, "usage: bench_crl_set [--quick] [--entries N]\n");
        return 64;
    }
    make_paa();
    size = i2d_X509(paa, &der);
    must(veridac_trust_new(&trust) == VERIDAC_OK &&
         veridac_trust_add_paa(trust, (veridac_bytes){ der, (size_t)size }, &from, NULL) == VERIDAC_OK);
    for (unsigned i = 0; i < CRLS; i++)
        crls[i] = make_crl(i);
    rows(trust, cores, bench_samples(entries > 3333 ? 3 : 9), growth);
    for (unsigned i = 0; i < CRLS; i++)
        OPENSSL_free((void *)(uintptr_t)crls[i].data);
    veridac_trust_free(trust);
    OPENSSL_free(der);
    X509_free(paa);
    EVP_PKEY_free(key);
    return 0;
}
