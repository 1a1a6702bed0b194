/* SPDX-License-Identifier: Apache-2.0
 *
 * test_golden.c - the golden bundles through the public functions: they open for ever and say of
 * each certificate what they said when they were made (tests/golden/make.py).
 */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <veridac/veridac.h>

#include "unit.h"

#define EVIDENCE INT64_C(1790000000)

static veridac_snapshot *open_golden(const char *name)
{
    char path[1024];
    const veridac_snapshot_options o = { .size = sizeof o, .path = path, .label = name };
    veridac_snapshot *s = NULL;
    veridac_error err;

    (void)snprintf(path, sizeof path, "%s/vdb1-%s.bundle", GOLDEN, name);
    if (veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s, &err) != VERIDAC_OK)
        fail_msg("%s: %s", path, err.text);
    return s;
}

/* Issuer k revoked the serials 1, 4, 9, ... counts[k]^2; odd ones are "unreachable". */
static const uint32_t counts[] = { 0, 1, 63, 64, 65, 500, 1000 };
#define ISSUERS (sizeof counts / sizeof counts[0])

static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                       .network = VERIDAC_NETWORK_TEST };

/* With a proof, or without when it has no bytes. */
static veridac_answer ask_with(const veridac_snapshot *s, size_t k, uint64_t number,
                               veridac_bytes proof)
{
    veridac_answer a = { .size = sizeof a };
    veridac_bytes issuer, key, bytes;
    uint8_t key_id[20], serial[9];
    char name[16];

    memset(key_id, (int)k, sizeof key_id);
    for (size_t i = 0; i < sizeof serial; i++, number >>= 8)
        serial[sizeof serial - 1 - i] = (uint8_t)(number & 0xFF);
    (void)snprintf(name, sizeof name, "golden %zu", k);
    issuer = (veridac_bytes){ (const uint8_t *)name, strlen(name) };
    key = (veridac_bytes){ key_id, 20 };
    bytes = (veridac_bytes){ serial, sizeof serial };
    assert_int_equal(veridac_snapshot_lookup(s, issuer, key, bytes, proof, &policy, EVIDENCE, &a, NULL),
                     VERIDAC_OK);
    return a;
}

static veridac_answer ask(const veridac_snapshot *s, size_t k, uint64_t number)
{
    return ask_with(s, k, number, (veridac_bytes){ NULL, 0 });
}

static void full(void **state)
{
    veridac_snapshot *s = open_golden("full");
    (void)state;
    for (size_t k = 0; k < ISSUERS; k++) {
        veridac_answer other = ask(s, k, 3); /* not a square */
        for (uint64_t i = 1; i <= counts[k]; i++)
            assert_int_equal(ask(s, k, i * i).status, VERIDAC_REVOKED);
        assert_int_equal(other.status, k % 2 == 0 ? VERIDAC_GOOD : VERIDAC_UNKNOWN);
        if (k % 2 == 1)
            assert_int_equal(other.reason, VERIDAC_REASON_UNREACHABLE);
        assert_int_equal(other.this_update, EVIDENCE - 3600);
        assert_int_equal(other.next_update, EVIDENCE + 86400);
        assert_int_equal(other.last_ok, EVIDENCE - 60 * (int64_t)k);
    }
    assert_int_equal(ask(s, ISSUERS, 1).reason, VERIDAC_REASON_NOT_COVERED);
    veridac_snapshot_free(s);
}

static void hub(void **state)
{
    veridac_snapshot *s = open_golden("hub");
    (void)state;
    for (size_t k = 0; k < ISSUERS; k++) {
        for (uint64_t i = 1; i <= counts[k]; i++) {
            veridac_answer a = ask(s, k, i * i);
            assert_int_equal(a.status, counts[k] < 64 ? VERIDAC_REVOKED : VERIDAC_UNKNOWN);
            if (counts[k] >= 64)
                assert_int_equal(a.reason, VERIDAC_REASON_UNCONFIRMED);
        }
    }
    veridac_snapshot_free(s);
}

/* Serials 0 .. N - 1 of an issuer in one block: of 2 octets each, or as short as DER has them. */
#define N 600u

struct batch {
    uint8_t even[2 * N], tight[2 * N];
    uint32_t ends[N];
    size_t n_tight;
    veridac_brief got[N + 1];
};

static void fill(struct batch *b)
{
    b->n_tight = 0;
    for (uint32_t i = 0; i < N; i++) {
        b->even[2 * i] = (uint8_t)(i >> 8);
        b->even[2 * i + 1] = (uint8_t)(i & 0xFF);
        if (i > 0x7F) /* contents of an INTEGER: 80 alone would be negative */
            b->tight[b->n_tight++] = (uint8_t)(i >> 8);
        b->tight[b->n_tight++] = (uint8_t)(i & 0xFF);
        b->ends[i] = (uint32_t)b->n_tight;
    }
}

static veridac_status ask_all(const veridac_snapshot *s, size_t k, struct batch *b,
                              veridac_bytes serials, const uint32_t *ends, size_t n)
{
    uint8_t key_id[20];
    char name[16];

    memset(b->got, 0xEE, sizeof b->got);
    memset(key_id, (int)k, sizeof key_id);
    (void)snprintf(name, sizeof name, "golden %zu", k);
    return veridac_snapshot_lookup_batch(s, (veridac_bytes){ (const uint8_t *)name, strlen(name) },
                                         (veridac_bytes){ key_id, 20 }, serials, ends, n, &policy,
                                         EVIDENCE, b->got);
}

static void compare(const veridac_snapshot *s, size_t k, const struct batch *b)
{
    for (uint32_t i = 0; i < N; i++) {
        const veridac_answer want = ask(s, k, i);
        assert_int_equal(b->got[i].status, want.status);
        assert_int_equal(b->got[i].reason, want.status == VERIDAC_UNKNOWN ? want.reason : 0);
    }
    assert_int_equal(b->got[N].status, 0xEE); /* nothing behind the last */
}

static void batches_say_what_single_lookups_say(void **state)
{
    struct batch b;
    (void)state;
    fill(&b);
    for (int kind = 0; kind < 2; kind++) {
        veridac_snapshot *s = open_golden(kind == 0 ? "full" : "hub");
        for (size_t k = 0; k <= ISSUERS; k++) { /* the last is not covered */
            assert_int_equal(ask_all(s, k, &b, (veridac_bytes){ b.even, sizeof b.even }, NULL, N),
                             VERIDAC_OK);
            compare(s, k, &b);
            assert_int_equal(ask_all(s, k, &b, (veridac_bytes){ b.tight, b.n_tight }, b.ends, N),
                             VERIDAC_OK);
            compare(s, k, &b);
        }
        veridac_snapshot_free(s);
    }
}

static void blocks_that_do_not_come_out_even(void **state)
{
    veridac_snapshot *s = open_golden("full");
    static const uint32_t back[] = { 2, 1, 4 }, beyond[] = { 1, 2, 5 }, before[] = { 1, 2, 3 };
    struct batch b;
    const veridac_bytes four = { b.even, 4 }, none = { b.even, 0 }, absent = { NULL, 0 };
    const struct { veridac_bytes in; const uint32_t *ends; size_t n; veridac_status want; } rows[] = {
        { four, NULL, 2, VERIDAC_OK },       { four, NULL, 3, VERIDAC_MISUSE },
        { none, NULL, 1, VERIDAC_MISUSE },   { four, back, 3, VERIDAC_MISUSE },
        { four, beyond, 3, VERIDAC_MISUSE }, { four, before, 3, VERIDAC_MISUSE },
        { absent, NULL, 0, VERIDAC_OK },     { absent, NULL, 1, VERIDAC_MISUSE },
        { four, NULL, SIZE_MAX, VERIDAC_MISUSE },
    };

    (void)state;
    fill(&b);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(ask_all(s, 0, &b, rows[i].in, rows[i].ends, rows[i].n), rows[i].want);
        assert_true(rows[i].want == VERIDAC_OK || b.got[0].status == 0xEE); /* nothing written */
    }
    veridac_snapshot_free(s);
}

static veridac_bytes proof_of(uint32_t page)
{
    static uint8_t bytes[8192];
    char path[1024];
    FILE *f;
    size_t n;

    (void)snprintf(path, sizeof path, "%s/vdb1-page-%u.proof", GOLDEN, (unsigned)page);
    f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s cannot be opened", path);
    n = fread(bytes, 1, sizeof bytes, f);
    (void)fclose(f);
    return (veridac_bytes){ bytes, n };
}

/* What the hub leaves open, the page settles: listed, and not listed. */
static void hub_with_pages(void **state)
{
    veridac_snapshot *s = open_golden("hub");
    unsigned listed = 0, cleared = 0;
    (void)state;
    for (size_t k = 0; k < ISSUERS; k++) {
        for (uint64_t i = 1; counts[k] >= 64 && i < 20000; i++) {
            const bool square = i <= counts[k]; /* 1, 4, 9 ...; then numbers that are none */
            const uint64_t number = square ? i * i : i * i + 1;
            veridac_answer a = ask(s, k, number);
            if (a.status != VERIDAC_UNKNOWN || a.reason != VERIDAC_REASON_UNCONFIRMED)
                continue;
            a = ask_with(s, k, number, proof_of(a.bucket.page));
            if (square)
                assert_int_equal(a.status, VERIDAC_REVOKED);
            else
                assert_int_equal(a.status, k % 2 == 0 ? VERIDAC_GOOD : VERIDAC_UNKNOWN);
            listed += square;
            cleared += !square;
        }
    }
    assert_int_equal(listed, 64 + 65 + 500 + 1000);
    assert_true(cleared > 0);
    veridac_snapshot_free(s);
}

/* ---- files that change under an open snapshot ---- */

static void copy_golden(const char *to, mode_t mode)
{
    char from[1024];
    static uint8_t data[65536];
    FILE *in, *out;
    size_t n;

    (void)snprintf(from, sizeof from, "%s/vdb1-full.bundle", GOLDEN);
    in = fopen(from, "rb");
    out = fopen(to, "wb");
    assert_true(in != NULL && out != NULL);
    n = fread(data, 1, sizeof data, in);
    assert_int_equal(fwrite(data, 1, n, out), n);
    assert_int_equal(fclose(out), 0);
    (void)fclose(in);
    assert_int_equal(chmod(to, mode), 0);
}

static bool is_mapped(const char *path)
{
    char line[4096];
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps != NULL && fgets(line, sizeof line, maps) != NULL)
        found = found || strstr(line, path) != NULL;
    if (maps != NULL)
        (void)fclose(maps);
    return found;
}

/* What anybody may still write is read into memory: cut off or overwritten, it answers as before. Only
 * what nobody writes any more, as the files of a store, is mapped. */
static void a_file_that_changes_while_it_is_open(void **state)
{
    char folder[] = "/tmp/veridac-golden-XXXXXX", path[64];
    const veridac_snapshot_options o = { .size = sizeof o, .path = path, .label = "" };
    veridac_snapshot *s = NULL;
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/bundle", folder);
    copy_golden(path, 0444);
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s, NULL), VERIDAC_OK);
    assert_true(is_mapped(path));
    veridac_snapshot_free(s);
    assert_int_equal(unlink(path), 0);
    copy_golden(path, 0644);
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s, NULL), VERIDAC_OK);
    assert_false(is_mapped(path));
    for (int cut = 0; cut < 2; cut++) {
        f = fopen(path, cut ? "wb" : "r+b"); /* "wb" cuts it off */
        assert_non_null(f);
        for (int i = 0; !cut && i < 4096; i++)
            (void)fputc(0xAA, f);
        (void)fclose(f);
        assert_int_equal(ask(s, 6, 4).status, VERIDAC_REVOKED);
        assert_int_equal(ask(s, 6, 3).status, VERIDAC_GOOD);
    }
    veridac_snapshot_free(s);
    (void)unlink(path);
    (void)rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full),
        cmocka_unit_test(hub),
        cmocka_unit_test(hub_with_pages),
        cmocka_unit_test(batches_say_what_single_lookups_say),
        cmocka_unit_test(blocks_that_do_not_come_out_even),
        cmocka_unit_test(a_file_that_changes_while_it_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
