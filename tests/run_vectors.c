/* SPDX-License-Identifier: Apache-2.0
 *
 * run_vectors.c - every commissioner vector and every pair of attestation certificates, in random
 * order, through one context that has seen the others: never a byte of another answer than a cold
 * call gives, whatever changed since the last call. Through the shipped library.
 *
 * usage: run_vectors VECTORS      exit 77: they are not there. VERIDAC_SEED repeats an order.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <veridac/veridac.h>

#include <cmocka.h>

#define MAX 4096
#define AT 1788220800 /* 2026-09-01 */

static const char *root;
static uint64_t seed;

static uint32_t next(void)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33);
}

/* ---- files ---- */

struct file {
    char name[128];
    veridac_bytes bytes;
};

static veridac_bytes read_file(const char *folder, const char *name)
{
    char path[2048];
    uint8_t *p = malloc(65536);
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s/%s", root, folder, name);
    f = fopen(path, "rb");
    if (f == NULL || p == NULL) {
        free(p);
        fail_msg("%s is not there", path);
    }
    n = fread(p, 1, 65535, f);
    p[n] = 0;
    (void)fclose(f);
    return (veridac_bytes){ p, n };
}

/* The files of a folder whose names begin so. */
static size_t read_folder(const char *folder, const char *prefix, struct file *ret, size_t room)
{
    char path[2048];
    struct dirent **names = NULL;
    size_t used = 0;
    int n;

    (void)snprintf(path, sizeof path, "%s/%s", root, folder);
    n = scandir(path, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        if (used < room && names[i]->d_name[0] != '.' &&
            strncmp(names[i]->d_name, prefix, strlen(prefix)) == 0) {
            (void)snprintf(ret[used].name, sizeof ret[used].name, "%.127s", names[i]->d_name);
            ret[used++].bytes = read_file(folder, names[i]->d_name);
        }
        free(names[i]);
    }
    free(names);
    return used;
}

/* ---- devices ---- */

static struct {
    char name[280];
    veridac_device in;
} devices[MAX];
static size_t n_devices;
static const uint8_t nonce[32] = { 0xA5 }, challenge[16] = { 0x5A };

/* The string or number after "key": in a flat JSON object. */
static const char *after(const char *json, const char *key)
{
    char quoted[64];
    const char *at;
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", key);
    at = strstr(json, quoted);
    if (at == NULL)
        fail_msg("no %s", key);
    return at + strlen(quoted) + strspn(at + strlen(quoted), " :\"");
}

static veridac_bytes hex_of(const char *json, const char *key)
{
    const char *at = after(json, key);
    const size_t n = strspn(at, "0123456789abcdefABCDEF") / 2;
    uint8_t *p = malloc(n ? n : 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        unsigned byte = 0;
        assert_int_equal(sscanf(at + 2 * i, "%2x", &byte), 1);
        p[i] = (uint8_t)byte;
    }
    return (veridac_bytes){ p, n };
}

static void give_up(veridac_bytes b)
{
    free((void *)(uintptr_t)b.data);
}

static void add_vector(const struct file *f)
{
    const char *json = (const char *)f->bytes.data;
    veridac_bytes key = hex_of(json, "dac_private_key");
    veridac_bytes declaration = hex_of(json, "certification_declaration");
    veridac_device *d = &devices[n_devices].in;
    veridac_buffer elements;
    uint8_t *signature = malloc(64);

    assert_non_null(signature);
    *d = (veridac_device){ .size = sizeof *d, .dac = hex_of(json, "dac_cert"),
                           .pai = hex_of(json, "pai_cert"), .nonce = { nonce, 32 },
                           .challenge = { challenge, 16 }, .signature = { signature, 64 },
                           .vid = 0xFFF1, .software_version = -1,
                           .pid = (int32_t)strtol(after(json, "basic_info_pid"), NULL, 10) };
    assert_int_equal(veridac_attest(key, declaration, d->nonce, d->challenge, &elements, signature,
                                    NULL), VERIDAC_OK);
    d->elements = (veridac_bytes){ elements.data, elements.size };
    (void)snprintf(devices[n_devices++].name, sizeof devices[0].name, "%s", f->name);
    give_up(key);
    give_up(declaration);
}

static void add_pair(const struct file *dac, const struct file *pai)
{
    devices[n_devices].in = (veridac_device){ .size = sizeof(veridac_device), .dac = dac->bytes,
                                              .pai = pai->bytes, .vid = -1, .pid = -1,
                                              .software_version = -1 };
    (void)snprintf(devices[n_devices++].name, sizeof devices[0].name, "%s under %s", dac->name,
                   pai->name);
}

/* ---- what may change between two calls ---- */

enum { ALL, WITHDRAWN, NO_PAAS, NO_SIGNERS, MAIN, COMPAT, SETTINGS };

struct setting {
    veridac_trust *trust;
    veridac_policy policy;
};

static veridac_trust *make_trust(int which)
{
    static const char *const paas[] = { "Chip-Test-PAA-FFF1-Cert.der",
                                        "Chip-Test-PAA-NoVID-Cert.der",
                                        "Chip-Test-PAA-FFF2-ValInPast-Cert.der",
                                        "Chip-Test-PAA-FFF2-ValInFuture-Cert.der" };
    veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    veridac_trust *t = NULL;

    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    for (size_t i = 0; i < 4 && which != NO_PAAS; i++) {
        veridac_bytes der = read_file("attestation", paas[i]);
        from.withdrawn = which == WITHDRAWN;
        assert_int_equal(veridac_trust_add_paa(t, der, &from, NULL), VERIDAC_OK);
        give_up(der);
    }
    from.withdrawn = 0;
    if (which != NO_SIGNERS) {
        veridac_bytes der = read_file("cd-signers", "Chip-Test-CD-Cert.der");
        assert_int_equal(veridac_trust_add_cd_signer(t, der, &from, NULL), VERIDAC_OK);
        give_up(der);
    }
    return t;
}

static struct setting make_setting(int which)
{
    return (struct setting){
        make_trust(which),
        { .size = sizeof(veridac_policy), .preset = VERIDAC_POLICY_PERMISSIVE,
          .network = which == MAIN ? VERIDAC_NETWORK_MAIN : VERIDAC_NETWORK_TEST,
          .sdk_compat = which == COMPAT } };
}

/* ---- the test ---- */

static veridac_buffer answer(veridac_context *context, const veridac_device *d,
                             const struct setting *s, veridac_verdict *ret)
{
    veridac_result *r = NULL;
    veridac_result_view view = { .size = sizeof view };
    veridac_buffer json;
    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    assert_int_equal(veridac_verify(context, d, s->trust, NULL, 0, &s->policy, AT, r), VERIDAC_OK);
    assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
    assert_int_equal(veridac_result_json(r, &json), VERIDAC_OK);
    *ret = view.verdict;
    veridac_result_free(r);
    return json;
}

static void warm_is_cold(void **state)
{
    struct setting settings[SETTINGS];
    unsigned accepted[SETTINGS] = { 0 };
    veridac_context *warm = NULL;

    (void)state;
    assert_int_equal(veridac_context_new(&warm), VERIDAC_OK);
    for (int i = 0; i < SETTINGS; i++)
        settings[i] = make_setting(i);
    for (unsigned round = 0; round < 800; round++) {
        /* half of the time a setting in which something is accepted, and remembered */
        const unsigned which = next() % 2 ? ALL : next() % SETTINGS;
        const size_t i = next() % n_devices;
        veridac_verdict cold_verdict, warm_verdict;
        veridac_buffer cold = answer(NULL, &devices[i].in, &settings[which], &cold_verdict);
        veridac_buffer got = answer(warm, &devices[i].in, &settings[which], &warm_verdict);
        if (cold_verdict != warm_verdict || strcmp((char *)cold.data, (char *)got.data) != 0)
            fail_msg("round %u, setting %u: %s", round, which, devices[i].name);
        accepted[which] += warm_verdict == VERIDAC_ACCEPT;
        veridac_buffer_free(&cold);
        veridac_buffer_free(&got);
    }
    assert_true(accepted[ALL] > 20);
    assert_true(accepted[COMPAT] > 0);
    assert_int_equal(accepted[WITHDRAWN] + accepted[NO_PAAS] + accepted[NO_SIGNERS] + accepted[MAIN],
                     0);
    veridac_context_free(warm);
    for (int i = 0; i < SETTINGS; i++)
        veridac_trust_free(settings[i].trust);
}

int main(int argc, char **argv)
{
    static struct file vectors[512], dacs[128], pais[64];
    const struct CMUnitTest tests[] = { cmocka_unit_test(warm_is_cold) };
    const char *text = getenv("VERIDAC_SEED");
    size_t n_vectors, n_dacs, n_pais;
    int failed;

    if (argc != 2)
        return 64;
    root = getenv("VERIDAC_VECTORS") != NULL ? getenv("VERIDAC_VECTORS") : argv[1];
    n_vectors = read_folder("commissioner_dut", "", vectors, 512);
    if (n_vectors == 0) {
        (void)printf("skipped: no vectors in %s\n", root);
        return 77;
    }
    seed = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    (void)printf("VERIDAC_SEED=%llu\n", (unsigned long long)seed);
    n_dacs = read_folder("attestation", "Chip-Test-DAC-", dacs, 128);
    n_pais = read_folder("attestation", "Chip-Test-PAI-", pais, 64);
    for (size_t i = 0; i < n_vectors; i++) {
        add_vector(&vectors[i]);
        add_vector(&vectors[i]); /* twice as often as a pair */
        give_up(vectors[i].bytes);
    }
    for (size_t i = 0; i < n_dacs; i++) {
        for (size_t k = 0; k < n_pais && n_devices < MAX; k++)
            add_pair(&dacs[i], &pais[k]);
    }
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < 2 * n_vectors; i++) {
        give_up(devices[i].in.dac);
        give_up(devices[i].in.pai);
        give_up(devices[i].in.elements);
        give_up(devices[i].in.signature);
    }
    for (size_t i = 0; i < n_dacs; i++)
        give_up(dacs[i].bytes);
    for (size_t i = 0; i < n_pais; i++)
        give_up(pais[i].bytes);
    return failed;
}
