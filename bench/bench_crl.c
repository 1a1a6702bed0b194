/* SPDX-License-Identifier: Apache-2.0
 *
 * bench_crl.c - reading CRLs of any size, beside d2i_X509_CRL, X509_CRL_verify and a lookup on the same
 * bytes, and beside SHA-256 over them.
 *
 * The CRL is made while it is read, so that its own size does not show in the memory of the reader; it
 * is signed with a key of this run. Each measurement is a process of its own. The reader has no public
 * function that takes a CRL over the ceiling of 64 MiB, so this links the objects of the library.
 */
#include <stdlib.h> /* first: see CMakeLists.txt */

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "crl.h"
#include "seeded_key.h"
#include "sig.h"

#define ENTRY 35u /* SEQUENCE, INTEGER of 16 octets, UTCTime */
#define HEAD_MAX 256u

/* ---- the CRL ---- */

struct maker {
    uint64_t n;
    EVP_PKEY *key;
    uint8_t outer[8], head[HEAD_MAX], tail[64], trailer[128];
    size_t n_outer, n_head, n_tail, n_trailer;
};

static size_t put(uint8_t *to, const void *p, size_t n)
{
    (void)memcpy(to, p, n);
    return n;
}

/* A DER header with a long length. */
static size_t put_header(uint8_t *to, uint8_t tag, uint64_t n)
{
    size_t width = n > 0xFFFFFF ? 4 : n > 0xFFFF ? 3 : 2;
    to[0] = tag;
    to[1] = (uint8_t)(0x80 | width);
    for (size_t i = 0; i < width; i++)
        to[2 + i] = (uint8_t)(n >> (8 * (width - 1 - i)));
    return 2 + width;
}

static const uint8_t algorithm[] = { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86,
                                     0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 };
static const uint8_t names[] = { 0x02, 0x01, 0x01, /* version, then algorithm, issuer, times */
                                 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04,
                                 0x03, 0x02,
                                 0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04,
                                 0x03, 0x0C, 0x01, 'B',
                                 0x17, 0x0D, '2', '5', '0', '6', '0', '1', '0', '0', '0', '0',
                                 '0', '0', 'Z',
                                 0x17, 0x0D, '2', '5', '0', '7', '0', '1', '0', '0', '0', '0',
                                 '0', '0', 'Z' };
/* [0] { SEQUENCE { cRLNumber 1 } } */
static const uint8_t extensions[] = { 0xA0, 0x0E, 0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55,
                                      0x1D, 0x14, 0x04, 0x03, 0x02, 0x01, 0x01 };

/* Serials that ascend, as an issuer's do not have to, and differ in every octet. */
static void put_entry(uint8_t *to, uint64_t i)
{
    static const uint8_t frame[] = { 0x30, 0x21, 0x02, 0x10 };
    static const uint8_t date[] = { 0x17, 0x0D, '2', '5', '0', '1', '0', '1', '0', '0',
                                    '0',  '0',  '0', '0', 'Z' };
    uint64_t x = (i + 1) * UINT64_C(0x9E3779B97F4A7C15), y = x * UINT64_C(0xBF58476D1CE4E5B9);
    size_t at = put(to, frame, sizeof frame);
    for (int k = 0; k < 8; k++)
        to[at++] = (uint8_t)(x >> (56 - 8 * k));
    for (int k = 0; k < 8; k++)
        to[at++] = (uint8_t)(y >> (56 - 8 * k));
    to[4] = (uint8_t)((to[4] & 0x3F) | 0x40); /* positive, minimal */
    (void)put(to + at, date, sizeof date);
}

/* Calls take() with the whole CRL in chunks; `signed_part` leaves the frame around tbs out. */
static void produce(const struct maker *m, bool signed_part, void (*take)(void *, const uint8_t *, size_t),
                    void *user)
{
    uint8_t chunk[ENTRY * 1024];
    if (!signed_part)
        take(user, m->outer, m->n_outer);
    take(user, m->head, m->n_head);
    for (uint64_t i = 0; i < m->n;) {
        size_t k = 0;
        for (; k < 1024 && i < m->n; k++, i++)
            put_entry(chunk + ENTRY * k, i);
        take(user, chunk, ENTRY * k);
    }
    take(user, m->tail, m->n_tail);
    if (!signed_part)
        take(user, m->trailer, m->n_trailer);
}

static void digest_chunk(void *user, const uint8_t *p, size_t n)
{
    if (EVP_DigestSignUpdate(user, p, n) != 1)
        exit(70);
}

static struct maker make(uint64_t n)
{
    struct maker m = { .n = n };
    const uint64_t list = n * ENTRY;
    uint8_t list_header[8];
    const size_t n_list = put_header(list_header, 0x30, list);
    const uint64_t tbs = sizeof names + n_list + list + sizeof extensions;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    uint8_t sig[80];
    size_t n_sig = sizeof sig;

    m.key = seeded_key("bench_crl");
    m.n_head = put_header(m.head, 0x30, tbs);
    m.n_head += put(m.head + m.n_head, names, sizeof names);
    m.n_head += put(m.head + m.n_head, list_header, n_list);
    m.n_tail = put(m.tail, extensions, sizeof extensions);
    if (ctx == NULL || m.key == NULL || EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, m.key) != 1)
        exit(70);
    produce(&m, true, digest_chunk, ctx);
    if (EVP_DigestSignFinal(ctx, sig, &n_sig) != 1)
        exit(70);
    m.n_trailer = put(m.trailer, algorithm, sizeof algorithm);
    m.trailer[m.n_trailer++] = 0x03;
    m.trailer[m.n_trailer++] = (uint8_t)(n_sig + 1);
    m.trailer[m.n_trailer++] = 0;
    m.n_trailer += put(m.trailer + m.n_trailer, sig, n_sig);
    m.n_outer = put_header(m.outer, 0x30, m.n_head + list + m.n_tail + m.n_trailer);
    EVP_MD_CTX_free(ctx);
    return m;
}

/* ---- two readers ---- */

static double peak_mib(void)
{
    char line[256];
    double kib = -1;
    FILE *f = fopen("/proc/self/status", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0)
            kib = strtod(line + 6, NULL);
    }
    if (f != NULL)
        (void)fclose(f);
    return kib / 1024;
}

struct measured {
    double seconds, mib;
};

static bool count_entry(void *user, const struct vd_crl_entry *e)
{
    *(uint64_t *)user += e->serial.n == 16;
    return true;
}

struct ours {
    struct vd_crl_reader *reader;
    double seconds;
};

struct hashed {
    EVP_MD_CTX *ctx;
    double seconds;
};

static void feed(void *user, const uint8_t *p, size_t n)
{
    struct ours *o = user;
    double t = bench_now();
    (void)vd_crl_feed(o->reader, (struct vd_span){ p, n });
    o->seconds += bench_now() - t;
}

static struct measured read_with_ours(const struct maker *m)
{
    uint64_t n = 0;
    struct ours o = { vd_crl_start(count_entry, &n, UINT32_MAX), 0 };
    uint8_t point[65];
    size_t got = 0;
    double t;

    if (EVP_PKEY_get_octet_string_param(m->key, "pub", point, sizeof point, &got) != 1)
        exit(70);
    produce(m, false, feed, &o);
    t = bench_now();
    if (vd_crl_end(o.reader) != VD_CRL_DONE || n != m->n ||
        vd_sig_check_digest((struct vd_span){ point, 65 }, vd_crl_facts(o.reader)->digest,
                            vd_crl_facts(o.reader)->signature) != VD_CHECK_GOOD)
        exit(1);
    o.seconds += bench_now() - t;
    vd_crl_free(o.reader);
    return (struct measured){ o.seconds, peak_mib() };
}

/* SHA-256 over the signed part: what every reader has to do. */
static void hash_chunk(void *user, const uint8_t *p, size_t n)
{
    struct hashed *h = user;
    double t = bench_now();
    if (EVP_DigestUpdate(h->ctx, p, n) != 1)
        exit(70);
    h->seconds += bench_now() - t;
}

static struct measured only_hash(const struct maker *m)
{
    struct hashed h = { EVP_MD_CTX_new(), 0 };
    uint8_t digest[32];
    if (h.ctx == NULL || EVP_DigestInit_ex(h.ctx, EVP_sha256(), NULL) != 1)
        exit(70);
    produce(m, true, hash_chunk, &h);
    if (EVP_DigestFinal_ex(h.ctx, digest, NULL) != 1)
        exit(70);
    EVP_MD_CTX_free(h.ctx);
    return (struct measured){ h.seconds, peak_mib() };
}

struct whole {
    uint8_t *p;
    size_t n;
};

static void append(void *user, const uint8_t *p, size_t n)
{
    struct whole *w = user;
    w->n += put(w->p + w->n, p, n);
}

/* The last entry is in the list that was read. */
static bool openssl_finds(X509_CRL *crl, const struct maker *m)
{
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    X509_REVOKED *found = NULL;
    uint8_t entry[ENTRY];
    bool ret;

    put_entry(entry, m->n - 1);
    ret = serial != NULL && ASN1_STRING_set(serial, entry + 4, 16) == 1 &&
          X509_CRL_get0_by_serial(crl, &found, serial) == 1;
    ASN1_INTEGER_free(serial);
    return ret;
}

static struct measured read_with_openssl(const struct maker *m)
{
    struct whole w = { malloc(ENTRY * m->n + 1024), 0 };
    const unsigned char *p = w.p;
    X509_CRL *crl;
    double t;

    if (w.p == NULL)
        exit(70);
    produce(m, false, append, &w);
    t = bench_now();
    crl = d2i_X509_CRL(NULL, &p, (long)w.n);
    if (crl == NULL || X509_CRL_verify(crl, m->key) != 1 || !openssl_finds(crl, m))
        exit(1);
    t = bench_now() - t;
    X509_CRL_free(crl);
    free(w.p);
    return (struct measured){ t, peak_mib() - (double)w.n / 1048576 }; /* without the CRL itself */
}

/* In a process of its own, so that the memory is its own. */
static struct measured apart(struct measured (*read_crl)(const struct maker *m), uint64_t n)
{
    struct measured ret;
    int fds[2], status = 1;
    pid_t pid;

    if (pipe(fds) != 0 || (pid = fork()) < 0)
        exit(70);
    if (pid == 0) {
        struct maker m = make(n);
        ret = read_crl(&m);
        _exit(write(fds[1], &ret, sizeof ret) == (ssize_t)sizeof ret ? 0 : 74);
    }
    if (waitpid(pid, &status, 0) != pid || status != 0 ||
        read(fds[0], &ret, sizeof ret) != (ssize_t)sizeof ret)
        exit(1);
    (void)close(fds[0]);
    (void)close(fds[1]);
    return ret;
}

struct series {
    double seconds[BENCH_SAMPLES], mib[BENCH_SAMPLES];
};

static void add(struct series *s, size_t i, struct measured m)
{
    s->seconds[i] = m.seconds;
    s->mib[i] = m.mib;
}

#define PEER_MOST 1000000u /* OpenSSL holds 400 octets for each entry, beside the CRL itself */

/* With ids like crl.speed.1000000; without goals where only growth is asked for. */
static void rows(uint64_t n, size_t samples, bool goals)
{
    static struct series ours, theirs, hash;
    const bool peer = n <= PEER_MOST;
    struct bench_times speed, memory;
    char what[96], id[64];

    for (size_t i = 0; i < samples; i++) { /* in turn */
        add(&ours, i, apart(read_with_ours, n));
        if (peer)
            add(&theirs, i, apart(read_with_openssl, n));
        add(&hash, i, apart(only_hash, n));
    }
    speed = bench_per_second(bench_sum_up(ours.seconds, samples), (double)n / 1e6);
    memory = bench_sum_up(ours.mib, samples);
    (void)snprintf(what, sizeof what, "CRL of %llu entries, read and verified", (unsigned long long)n);
    (void)snprintf(id, sizeof id, "crl.speed.%llu", (unsigned long long)n);
    bench_print(&(struct bench_line){
        .id = id, .what = what, .unit = "M entries/s", .measured = speed,
        .sense = goals ? BENCH_LEAST : BENCH_NO_GOAL, .goal = 10,
        .baseline = peer ? "d2i_X509_CRL, X509_CRL_verify, a lookup" : NULL,
        .beside = (double)n / 1e6 / bench_sum_up(theirs.seconds, samples).median,
        .limit = "SHA-256 over the same octets, EVP",
        .limit_is = (double)n / 1e6 / bench_sum_up(hash.seconds, samples).median,
        .entries = (double)n });
    (void)snprintf(id, sizeof id, "crl.memory.%llu", (unsigned long long)n);
    (void)snprintf(what, sizeof what, "peak RSS with a CRL of %llu entries", (unsigned long long)n);
    bench_print(&(struct bench_line){
        .id = id, .what = what, .unit = "MiB", .measured = memory,
        .sense = goals ? BENCH_MOST : BENCH_NO_GOAL, .goal = 8,
        .baseline = peer ? "OpenSSL, the CRL itself apart" : NULL,
        .beside = bench_sum_up(theirs.mib, samples).median, .entries = (double)n });
}

static void write_chunk(void *user, const uint8_t *p, size_t n)
{
    if (fwrite(p, 1, n, user) != n)
        exit(74);
}

/* The same CRL as a file, for peers. */
static int write_file(const char *path, uint64_t n)
{
    const struct maker m = make(n);
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        return 74;
    produce(&m, false, write_chunk, f);
    return fclose(f) == 0 ? 0 : 74;
}

int main(int argc, char **argv)
{
    bench_begin(&argc, argv);
    if (argc == 4 && strcmp(argv[1], "--write") == 0)
        return write_file(argv[2], strtoull(argv[3], NULL, 10));
    if (argc == 3 && strcmp(argv[1], "--entries") == 0) {
        const uint64_t n = strtoull(argv[2], NULL, 10);
        if (n > 0)
            rows(n, n > 1000000 ? 3 : bench_samples(9), false);
        return n > 0 ? 0 : 64;
    }
    if (argc != 1) {
        (void)fprintf(stderr, "usage: bench_crl [--quick] [--entries N] | --write FILE N\n");
        return 64;
    }
    rows(10000, bench_samples(15), true);
    rows(1000000, bench_samples(9), true);
    rows(10000000, bench_is_quick ? 1 : 3, true);
    return 0;
}
