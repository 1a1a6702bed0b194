/* SPDX-License-Identifier: Apache-2.0
 *
 * case.h - one commissioner vector in its JSON form, made into the inputs of a verification.
 */
#ifndef CLI_CASE_H
#define CLI_CASE_H

#include "cli.h"

struct cli_case {
    veridac_buffer dac, pai, declaration, elements;
    uint8_t signature[64], nonce[32], challenge[16];
    int32_t vid, pid;
};

/* Reads the file, takes a nonce and a challenge of its own, and makes the response that a device
 * with the given key would send. Looks at no file name. 0, or an exit code after a message. */
int cli_case_read(const char *path, struct cli_case *ret);
void cli_case_free(struct cli_case *c);

#endif
