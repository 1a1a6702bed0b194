/* SPDX-License-Identifier: Apache-2.0
 *
 * commissioner.c - judges one device of the test network; the exit code is the verdict.
 *
 *   commissioner PAA CD-SIGNER SNAPSHOT DEVICE CHALLENGE NONCE VID PID
 *
 * DEVICE is a folder with what the device sent. SNAPSHOT is taken without a signed head: your own.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <veridac/veridac.h>

static veridac_bytes slurp(const char *folder, const char *name)
{
    static const uint8_t empty;
    char path[1024];
    uint8_t *data = malloc(65536);
    (void)snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", name);
    FILE *f = fopen(path, "rb");
    return f == NULL ? (veridac_bytes){ &empty, 0 } : (veridac_bytes){ data, fread(data, 1, 65536, f) };
}

static void must(veridac_status status, const char *what)
{
    if (status != VERIDAC_OK)
        exit((fprintf(stderr, "%s: %s\n", what, veridac_status_text(status)), 70));
}

int main(int argc, char **argv)
{
    const veridac_trust_source test = { .size = sizeof test, .network = VERIDAC_NETWORK_TEST };
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_trust *trust;
    veridac_snapshot *snapshot;
    veridac_result *result;
    veridac_buffer text;
    veridac_result_view view = { .size = sizeof view };
    if (argc != 9)
        return 64;
    const veridac_snapshot_options options = { .size = sizeof options, .path = argv[3] };
    const veridac_device device = {
        .size = sizeof device, .dac = slurp(argv[4], "dac.der"), .pai = slurp(argv[4], "pai.der"),
        .elements = slurp(argv[4], "elements.bin"), .signature = slurp(argv[4], "signature.bin"),
        .challenge = slurp("", argv[5]), .nonce = slurp("", argv[6]), .software_version = -1,
        .vid = (int32_t)strtol(argv[7], NULL, 0), .pid = (int32_t)strtol(argv[8], NULL, 0) };
    must(veridac_trust_new(&trust), "trust");
    must(veridac_trust_add_paa(trust, slurp("", argv[1]), &test, NULL), argv[1]);
    must(veridac_trust_add_cd_signer(trust, slurp("", argv[2]), &test, NULL), argv[2]);
    must(veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &options, &snapshot, NULL), argv[3]);
    must(veridac_result_new(&result), "result");
    must(veridac_verify(NULL, &device, trust, (const veridac_snapshot *const *)&snapshot, 1, &policy,
                        time(NULL), result), "verify");
    must(veridac_result_look(result, &view), "look");
    must(veridac_result_text(result, 0, &text), "text");
    (void)fwrite(text.data, 1, text.size, stdout);
    return view.verdict == VERIDAC_ACCEPT ? 0 : view.verdict == VERIDAC_REJECT ? 1 : 2;
}
