/* SPDX-License-Identifier: Apache-2.0
 *
 * fleet.h - libveridac-fleet: the files of whoever answers for many devices.
 *
 * What an operator refuses beside the ledger, what a policy asks for, what was found and when. It keeps
 * those files and judges nothing: judging is libveridac's. The conventions of veridac.h hold here too.
 * No function reads the clock; `at` is the time now, given by the caller. Reports are JSON texts.
 *
 * Written files appear in one step: temporary name, fsync, rename, fsync of the folder. A process that
 * is killed leaves the old or the new file.
 */
#ifndef VERIDAC_FLEET_H
#define VERIDAC_FLEET_H

#include <veridac/dcl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- local rules (docs/FORMAT.md) ---- */

/* A list of rules, and what makes it trusted. */
typedef struct veridac_rules_source {
    size_t size;
    const char *path;
} veridac_rules_source;

/* The text of a list of rules, for veridac_snapshot_open. The file and its folder must belong to this user or to
 * root, and nobody else may write them: who can add a rule can keep a device out. VERIDAC_BAD_DATA when
 * that does not hold, and for a text that is no list of rules: err then says file and line. */
VERIDAC_API veridac_status veridac_rules_read(const veridac_rules_source *source, veridac_buffer *ret,
                                              veridac_error *err);

#ifdef __cplusplus
}
#endif

#endif
