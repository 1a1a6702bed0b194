/* SPDX-License-Identifier: Apache-2.0
 *
 * rules.h - lists of local rules: trusted, changed, reported.
 *
 *   rules_read.c    what makes a list trusted
 *   rules_draft.c   a new rule as a line
 *   rules_change.c  adding, removing, signing
 *   rules_plan.c    what a caller wants added and removed
 *   rules_report.c  every rule, and conflicts
 *
 * Owns:           what makes a list trusted, and how it changes.
 * Must not know:  what a line means (overlay.h), which device it hits.
 */
#ifndef FLEET_RULES_H
#define FLEET_RULES_H

#include <veridac/fleet.h>

#include "fail.h"
#include "overlay.h"

/* The rules borrow from `text`; err says file, line and column. */
veridac_status vd_rules_parse(const char *path, struct vd_span text, struct vd_overlay *ret,
                              veridac_error *err);
/* The text of a trusted list, and its rules, which borrow from it. `source` was checked. */
veridac_status vd_rules_load(const veridac_rules_source *source, struct vd_buf *text,
                             struct vd_overlay *ret, veridac_error *err);

/* One line of a new rule. */
veridac_status vd_rules_draft(const veridac_rule_draft *draft, int64_t at, struct vd_buf *out,
                              veridac_error *err);

/* What changes in a list, as lines. */
struct vd_rules_edit {
    struct vd_span add;      /* whole lines */
    const uint32_t *remove;  /* line numbers, ascending */
    size_t n_remove;
};

/* The rule with this id; NULL when there is none. */
const struct vd_overlay_rule *vd_rules_by_id(const struct vd_overlay *o, struct vd_span id);

/* Reads under a lock, lets `plan` say what changes, signs, writes, and reports. */
typedef veridac_status vd_rules_plan(void *user, const struct vd_overlay *now, struct vd_rules_edit *ret,
                                     veridac_error *err);
struct vd_rules_job {
    const char *path;
    int32_t network;
    const veridac_bytes *keys;
    size_t n_keys;
    const veridac_signer *signer;
    bool dry_run;
    vd_rules_plan *plan;
    void *user;
};
/* `report` gets the members "diff", "written" and "signed", without braces. */
veridac_status vd_rules_run(const struct vd_rules_job *job, struct vd_buf *report, veridac_error *err);

#endif
