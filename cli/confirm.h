/* SPDX-License-Identifier: Apache-2.0
 *
 * confirm.h - verify --confirm: pages for the answers that a snapshot of kind hub leaves open.
 *
 * Owns:           the pages that were fetched, and which mirrors are asked.
 * Must not know:  what an answer means for the verdict.
 */
#ifndef CLI_CONFIRM_H
#define CLI_CONFIRM_H

#include "cli.h"

#define CLI_PROOFS 32u

struct cli_proofs {
    veridac_buffer buffers[CLI_PROOFS];
    veridac_bytes v[CLI_PROOFS]; /* for veridac_device.proofs */
    size_t n;
};

/* Fetches the pages that these answers name, from the first of the URLs, or else of the stores' mirrors,
 * that has them; true when there is one more. What could not be had is said on standard error, and the
 * answer stays open. */
bool cli_confirm(struct cli_proofs *p, const struct cli_list *urls, const struct cli_list *stores,
                 const veridac_result_view *view);
void cli_proofs_free(struct cli_proofs *p);

#endif
