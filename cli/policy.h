/* SPDX-License-Identifier: Apache-2.0
 *
 * policy.h - what --policy names: one of four presets, or a file.
 */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include <veridac/fleet.h>

#include "cli.h"

struct cli_policy {
    const char *name;       /* --policy; NULL: standard */
    const char *last_valid; /* --last-valid */
    veridac_policy_file *file;
    veridac_policy policy;
};

/* Fills p->policy. `network` is that of --network, 0 for none: then the policy's, or main. 0 or an exit code
 * after a message. */
int cli_policy_read(struct cli_policy *p, int32_t network);
/* Reasons of --accept-unknown: the command line goes before the file. */
void cli_policy_accept(struct cli_policy *p, uint32_t reasons);
void cli_policy_free(struct cli_policy *p);

#endif
