/* SPDX-License-Identifier: Apache-2.0
 *
 * policy_file.h - a policy as a text of JSON (docs/policy.md).
 *
 *   policy_parse.c    the text
 *   policy_rows.c     what it says of issuers and vendors
 *   policy_signals.c  its thresholds for signals
 *   policy_file.c     files, and the public functions
 *
 * Owns:           the names and values in that text, and where in it something is wrong.
 * Must not know:  what a policy leads to (verifier/policy.h).
 */
#ifndef FLEET_POLICY_FILE_H
#define FLEET_POLICY_FILE_H

#include <veridac/fleet.h>

#include "fail.h"
#include "json.h"
#include "limits.h"

/* When signals of one name make an entry in a list of rules. */
struct vd_threshold {
    char signal[VD_MAX_RULE_WORD + 1];
    int64_t window_s, keep_s;
    uint64_t min_score;
    uint64_t suspect, quarantine, refuse; /* so many in the window; 0: never */
};

struct veridac_policy_file {
    char name[VD_MAX_RULE_WORD + 1];
    veridac_policy policy; /* network 0 when the text allows several; lists point to what follows */
    uint16_t *allowed, *denied;
    veridac_age_limit *ages;
    uint8_t (*key_ids)[32]; /* what ages point to */
    veridac_short_lived *short_lived;
    struct vd_threshold *thresholds;
    size_t n_thresholds;
};

/* A text that is being read: where a value stands in it. */
struct vd_policy_text {
    const char *path;
    struct vd_span text;
    veridac_error *err;
};
struct vd_policy_reader {
    struct vd_policy_text t;
    veridac_policy_file *p;
};
struct vd_policy_member {
    const char *name;
    veridac_status (*read)(struct vd_policy_reader *r, struct vd_json_value v);
};
/* Every member of the object is one of these. */
veridac_status vd_policy_read_members(struct vd_policy_reader *r, struct vd_json_value object,
                                      const struct vd_policy_member *m, size_t n);
/* "PATH:LINE:COLUMN: ..." */
veridac_status vd_policy_wrong(const struct vd_policy_text *t, struct vd_json_value at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
veridac_status vd_policy_duration(const struct vd_policy_text *t, struct vd_json_value v, int64_t least,
                                  int64_t most, int64_t *ret);
size_t vd_policy_members(struct vd_json_value object);
bool vd_policy_vid(struct vd_json_value v, uint16_t *ret); /* four hex digits, not 0000 */
veridac_status vd_policy_ages(struct vd_policy_reader *r, struct vd_json_value v);
veridac_status vd_policy_lives(struct vd_policy_reader *r, struct vd_json_value v);

veridac_status vd_policy_parse(const char *path, struct vd_span text, veridac_policy_file **ret,
                               veridac_error *err);
veridac_status vd_policy_thresholds(const struct vd_policy_text *t, struct vd_json_value v,
                                    veridac_policy_file *p);

#endif
