/* SPDX-License-Identifier: Apache-2.0
 *
 * revset.h - a revocation set from files: ledger records, CRLs, PAAs.
 */
#ifndef CLI_REVSET_H
#define CLI_REVSET_H

#include "cli.h"

struct cli_revset {
    const char *command;     /* for messages */
    const char *points;      /* file with ledger records */
    struct cli_list crls;    /* URL=FILE */
    struct cli_trust trust;
    struct cli_list listed;  /* somebody else's sets; without points they are all there is */
    int32_t network;
    int64_t at;

    veridac_trust *anchors;
    veridac_revset *set;     /* finished */
    bool broken_records;     /* some records were left out */
};

/* Fills anchors and set. 0 or an exit code after a message. */
int cli_revset_make(struct cli_revset *r);
void cli_revset_free(struct cli_revset *r);
/* Every point with its reasons on standard error, in short. */
void cli_revset_say(const struct cli_revset *r);

#endif
