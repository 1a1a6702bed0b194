/* SPDX-License-Identifier: Apache-2.0
 *
 * record.h - what --trail and --receipt ask for: that a verdict is kept.
 */
#ifndef CLI_RECORD_H
#define CLI_RECORD_H

#include <veridac/fleet.h>

#include "signer.h"

struct cli_record {
    const char *trail, *receipt, *label; /* --trail, --receipt, --label */
    struct cli_signers signers;
    int64_t part; /* --trail-part */
    veridac_trail *handle;
};

#define CLI_RECORD_OPTIONS(r)                                                                       \
    { "trail", CLI_TEXT, &(r).trail, "F", "append what was found to this trail" },                  \
        { "trail-part", CLI_SIZE, &(r).part, "SIZE", "begin its next part there (default: 64M)" },      \
        CLI_SIGNER_OPTIONS((r).signers)

/* Opens the trail, if one is asked for. 0 or an exit code after a message. */
int cli_record_open(const char *command, struct cli_record *r, int64_t at);
/* Puts the verdict into the trail and the receipt: before anybody sees it. */
int cli_record_verdict(struct cli_record *r, const veridac_result *result, const veridac_device *device,
                       const veridac_policy *policy, int64_t now);
/* A change that was made, as a report (JSON) says it; one too long for a line by its diff, in several. */
int cli_record_change(struct cli_record *r, const char *kind, veridac_bytes report, int64_t now);
void cli_record_free(struct cli_record *r);

#endif
