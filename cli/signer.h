/* SPDX-License-Identifier: Apache-2.0
 *
 * signer.h - what --key and --signer name: keys in files, or a command that signs.
 */
#ifndef CLI_SIGNER_H
#define CLI_SIGNER_H

#include <veridac/dcl.h>

#include "cli.h"

#define CLI_MAX_SIGNERS 8

struct cli_signers {
    struct cli_list keys;     /* --key, repeats; with --signer one public key */
    const char *command;      /* --signer: bytes on its standard input, signature on its output */

    veridac_signer v[CLI_MAX_SIGNERS];
    size_t n;
    veridac_buffer pem[CLI_MAX_SIGNERS];
};

#define CLI_SIGNER_OPTIONS(s)                                                                       \
    { "key", CLI_LIST, &(s).keys, "F", "private key (veridac keygen); its public key with --signer" }, \
    { "signer", CLI_TEXT, &(s).command, "CMD", "shell command that signs what it reads" }

/* Reads the keys. 0 or an exit code after a message. */
int cli_signers_read(const char *command, struct cli_signers *s);
void cli_signers_free(struct cli_signers *s);

#endif
