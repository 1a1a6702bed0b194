/* SPDX-License-Identifier: Apache-2.0
 *
 * binding.c - what the bindings are compared with: a check, a batch of 1000 and a whole verification, through
 * the public functions. Prints nanoseconds of each, a key or a device; bench_bindings.py runs it.
 *
 *   binding BUNDLE CASE AT CHALLENGE NONCE ROUNDS    challenge and nonce are files
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <veridac/veridac.h>

#define EVIDENCE 1790000000 /* of the golden bundles */
#define KEYS 1000

static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_PERMISSIVE,
                                       .network = VERIDAC_NETWORK_TEST };

static void must(veridac_status st)
{
    if (st != VERIDAC_OK)
        exit((fprintf(stderr, "%s\n", veridac_status_text(st)), 1));
}

static double now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static veridac_bytes slurp(const char *folder, const char *name)
{
    uint8_t *data = malloc(65536);
    char path[1024];
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f == NULL || data == NULL)
        exit((perror(path), 1));
    veridac_bytes ret = { data, fread(data, 1, 65536, f) };
    (void)fclose(f);
    return ret;
}

static double checks(const veridac_snapshot *s, const veridac_bytes *serials, size_t n)
{
    const veridac_bytes name = { (const uint8_t *)"golden 6", 8 }, none = { NULL, 0 };
    const veridac_bytes key_id = { (const uint8_t *)"\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6", 20 };
    const double start = now();
    for (size_t i = 0; i < n; i++) {
        veridac_answer a = { .size = sizeof a };
        must(veridac_snapshot_lookup(s, name, key_id, serials[i % KEYS], none, &policy, EVIDENCE, &a, NULL));
    }
    return (now() - start) / (double)n;
}

static double batches(const veridac_snapshot *s, veridac_bytes block, size_t n)
{
    const veridac_bytes name = { (const uint8_t *)"golden 6", 8 };
    const veridac_bytes key_id = { (const uint8_t *)"\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6\6", 20 };
    static veridac_brief ret[KEYS];
    const double start = now();
    for (size_t i = 0; i < n; i++)
        must(veridac_snapshot_lookup_batch(s, name, key_id, block, NULL, KEYS, &policy, EVIDENCE, ret));
    return (now() - start) / (double)n / KEYS;
}

static double verifications(const veridac_device *d, const veridac_trust *t, int64_t at, size_t n)
{
    veridac_context *context;
    veridac_result *result;
    double start;
    must(veridac_context_new(&context));
    must(veridac_result_new(&result));
    must(veridac_verify(context, d, t, NULL, 0, &policy, at, result));
    start = now();
    for (size_t i = 0; i < n; i++)
        must(veridac_verify(context, d, t, NULL, 0, &policy, at, result));
    start = (now() - start) / (double)n;
    veridac_context_free(context);
    veridac_result_free(result);
    return start;
}

int main(int argc, char **argv)
{
    static uint8_t room[KEYS * 16];
    static veridac_bytes serials[KEYS];
    const veridac_trust_source test = { .size = sizeof test, .network = VERIDAC_NETWORK_TEST };
    veridac_snapshot *s;
    veridac_trust *t;
    if (argc != 7)
        return 64;
    const veridac_snapshot_options o = { .size = sizeof o, .path = argv[1] };
    const veridac_device d = { .size = sizeof d, .dac = slurp(argv[2], "dac.der"), .pai = slurp(argv[2], "pai.der"),
                               .elements = slurp(argv[2], "elements.bin"), .signature = slurp(argv[2], "signature.bin"),
                               .challenge = slurp("", argv[4]), .nonce = slurp("", argv[5]), .vid = 0xFFF1,
                               .pid = 0x8000, .software_version = -1 };
    for (size_t i = 0; i < KEYS; i++) {
        room[16 * i + 14] = (uint8_t)(i >> 8);
        room[16 * i + 15] = (uint8_t)i;
        serials[i] = (veridac_bytes){ room + 16 * i, 16 };
    }
    must(veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s, NULL));
    must(veridac_trust_new(&t));
    must(veridac_trust_add_paa(t, slurp(argv[2], "trust/0-paa.der"), &test, NULL));
    must(veridac_trust_add_cd_signer(t, slurp(argv[2], "cd-signers/0-cdsigner.der"), &test, NULL));
    for (int i = 0; i < atoi(argv[6]); i++)
        printf("%f %f %f\n", checks(s, serials, 200000), batches(s, (veridac_bytes){ room, sizeof room }, 200),
               verifications(&d, t, strtoll(argv[3], NULL, 10), 500));
    return 0;
}
