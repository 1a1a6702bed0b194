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

/* ---- local rules (docs/rules.md; the text: docs/FORMAT.md) ---- */

/* A list of rules, and what makes it trusted. */
typedef struct veridac_rules_source {
    size_t size;
    const char *path;
    const veridac_bytes *keys; /* public keys, PEM: one of them must have signed the list. None: the file and
                                  its folder belong to this user or to root, and nobody else may write
                                  them: who can add a rule can keep a device out */
    size_t n_keys;
} veridac_rules_source;

/* The text of a list of rules, for veridac_snapshot_open. VERIDAC_BAD_DATA or VERIDAC_BAD_SIGNATURE when
 * nothing makes it trusted; VERIDAC_BAD_DATA for a text that is no list of rules: err then says file, line
 * and column. */
VERIDAC_API veridac_status veridac_rules_read(const veridac_rules_source *source, veridac_buffer *ret,
                                              veridac_error *err);

/* The same list as JSON: every rule, whether it has expired at `at`, and conflicts: ids used twice, rules
 * that say the same, and rules of which one covers the other. */
VERIDAC_API veridac_status veridac_rules_report(const veridac_rules_source *source, int64_t at,
                                                veridac_buffer *ret_report, veridac_error *err);

/* A rule to add. */
typedef struct veridac_rule_draft {
    size_t size;
    const char *rule;          /* kind and values as in the text: "product FFF1 8000"; or, with */
    veridac_bytes certificate; /* DER, what of it: "certificate", "issuer" (all that it signed), "paa" or
                                  "skid" */
    const char *effect;        /* "suspect", "quarantine"; NULL: "refuse" */
    const char *id;            /* NULL: one is made of the rule and the time */
    const char *source, *ticket; /* words, or NULL */
    const char *reason;        /* or NULL */
    int64_t expires;           /* the last second in which it hits; 0: never */
} veridac_rule_draft;

typedef struct veridac_rules_change_options {
    size_t size;
    const char *path;            /* made when it is not there and `network` is given */
    int32_t network;             /* of a new list; 0: the list must be there */
    int64_t at;
    const veridac_rule_draft *add;
    size_t n_add;
    const char *const *remove;   /* ids */
    size_t n_remove;
    int32_t remove_expired;      /* 1: and what has expired */
    const veridac_bytes *keys;   /* as in veridac_rules_source: whom to trust with what is there */
    size_t n_keys;
    const veridac_signer *signer; /* signs the list; NULL: a change takes the signatures away */
    int32_t dry_run;             /* 1: say what would change, write nothing */
} veridac_rules_change_options;

/* Adds, removes and signs, in one step, under a lock in the folder. Other lines stay as they are. The
 * report has "diff", a line for each rule that came ("+") or went ("-"). VERIDAC_BAD_DATA for a rule that
 * cannot be written, an id that is taken, or an id to remove that is not there; then nothing changes. */
VERIDAC_API veridac_status veridac_rules_change(const veridac_rules_change_options *options,
                                                veridac_buffer *ret_report, veridac_error *err);

#ifdef __cplusplus
}
#endif

#endif
