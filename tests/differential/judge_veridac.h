/* SPDX-License-Identifier: Apache-2.0
 *
 * judge_veridac.h - what veridac's judges share.
 */
#ifndef DIFF_JUDGE_VERIDAC_H
#define DIFF_JUDGE_VERIDAC_H

#include "api.h"
#include "judges.h"

struct judge {
    veridac_context *context; /* remembers signatures, as a hub's does */
    veridac_result *result;
    veridac_trust *paa; /* for CRLs: the PAA is the same all the time */
    veridac_trust *cd_signers; /* for envelopes: so are they */
};

/* Ends the program; the run says then that a process ended early. */
void judge_must(bool ok, const char *what);
/* A slug, with what tells apart the kinds that it stands for. */
void judge_add(struct view *ret, const char *slug, const char *found);

#endif
