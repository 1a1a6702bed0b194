/* SPDX-License-Identifier: Apache-2.0
 *
 * publish_probe.c - publishes, and is asked whether to stop.
 *
 *   publish_probe STATE REPO KEY AT N     the N-th question, and no other, is answered with yes
 *
 * Prints how often it was asked, and the status.
 */
#include <veridac/dcl.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned long asked, yes_at;

static int32_t ask(void *user)
{
    (void)user;
    return ++asked == yes_at;
}

static veridac_bytes load(const char *name)
{
    static uint8_t bytes[65536];
    FILE *file = fopen(name, "rb");
    size_t n = file == NULL ? 0 : fread(bytes, 1, sizeof bytes, file);
    if (file != NULL)
        (void)fclose(file);
    return (veridac_bytes){ bytes, n };
}

int main(int argc, char **argv)
{
    veridac_publish_options o = { .size = sizeof o, .stop = ask };
    veridac_signer signer = { .size = sizeof signer };
    veridac_buffer report = { NULL, 0 };
    veridac_error err = { "" };
    veridac_status st;

    if (argc != 6)
        return 2;
    o.state = argv[1];
    o.repo = argv[2];
    signer.key = load(argv[3]);
    o.signers = &signer;
    o.n_signers = 1;
    o.at = strtoll(argv[4], NULL, 10);
    yes_at = strtoul(argv[5], NULL, 10);
    st = veridac_publish(&o, &report, &err);
    (void)printf("{\"asked\":%lu,\"status\":%d,\"report\":%s,\"error\":\"%s\"}\n", asked, (int)st,
                 report.size > 0 ? "true" : "false", err.text);
    veridac_buffer_free(&report);
    return 0;
}
