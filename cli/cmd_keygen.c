/* SPDX-License-Identifier: Apache-2.0
 *
 * cmd_keygen.c - veridac keygen --out F: F (private, mode 0600) and F.pub.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <veridac/dcl.h>

#include "cli.h"

static int write_pair(const char *out, const veridac_buffer *priv, const veridac_buffer *pub)
{
    size_t n = strlen(out) + 8;
    char *name = malloc(n);
    int code;

    if (name == NULL)
        return cli_fail(EXIT_INTERNAL, "out of memory");
    (void)snprintf(name, n, "%s.pub", out);
    if (access(out, F_OK) == 0 || access(name, F_OK) == 0)
        code = cli_fail(EXIT_IO, "%s: there is a key already, and it is not overwritten", out);
    else
        code = cli_write(out, cli_bytes(priv), 0600);
    if (code == 0)
        code = cli_write(name, cli_bytes(pub), 0644);
    if (code == 0)
        (void)printf("private key  %s\npublic key   %s\n", out, name);
    free(name);
    return code;
}

int cmd_keygen(int argc, char **argv)
{
    const char *out = NULL;
    int32_t algorithm = VERIDAC_KEY_P256;
    bool helped;
    const struct cli_option options[] = {
        { "algorithm", CLI_ALGORITHM, &algorithm, "NAME", "p256 (default) or ed25519" },
        { "out", CLI_TEXT, &out, "FILE", "private key in PKCS#8 PEM; FILE.pub is the public key" },
    };
    veridac_buffer priv = { NULL, 0 }, pub = { NULL, 0 };
    veridac_status st;
    int code = cli_parse(cli_command("keygen"), argc, argv, options,
                         sizeof options / sizeof options[0], NULL, 0, &helped);

    if (code != 0 || helped)
        return code;
    if (out == NULL)
        return cli_fail(EXIT_USAGE, "keygen: --out FILE is needed");
    st = veridac_key_generate(algorithm, &priv, &pub);
    if (st != VERIDAC_OK)
        return cli_fail(cli_exit_of(st), "keygen: %s", veridac_status_text(st));
    code = write_pair(out, &priv, &pub);
    veridac_buffer_free(&priv);
    veridac_buffer_free(&pub);
    return code;
}
