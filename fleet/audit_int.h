/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_int.h - what the parts of an audit share.
 *
 *   audit_judge.c   one device: what becomes of it, and why
 *   audit_rules.c   local rules, and what of them cannot be asked for
 *   audit_since.c   anchors that were trusted before
 *   audit_line.c    that as a line
 *   audit_tally.c   counts by reason, PAA, PAI and product
 *   audit_resume.c  how far a run came, in a file that survives a crash
 *   audit_run.c     threads; lines in the order of the inventory
 *   audit.c         the public function
 */
#ifndef FLEET_AUDIT_INT_H
#define FLEET_AUDIT_INT_H

#include "audit_sources.h"
#include "cert.h"
#include "fail.h"
#include "files.h"
#include "inventory.h"
#include "policy.h"

/* ---- one device ---- */

enum { VD_OUT_OPEN = 0, VD_OUT_CLEAR, VD_OUT_HIT, VD_OUT_MALFORMED, VD_OUTS };

#define VD_JUDGED_REASONS 8u

struct vd_key_id20 {
    bool there;
    uint8_t v[20];
};

/* What is kept of a device until its line is written and counted. */
struct vd_judged {
    uint64_t line;
    uint8_t outcome;
    bool chain;          /* the chain was checked, not only looked up */
    bool quiet;          /* nothing to write: with --since, unchanged */
    uint8_t n_reasons;
    const char *reasons[VD_JUDGED_REASONS]; /* slugs; the first one counts */
    int32_t vid, pid;
    struct vd_key_id20 pai, paa;
    bool has_pai;
    struct vd_asked of_dac, of_pai;
    size_t from, n;      /* its line in the block's text */
    size_t json_from, json_n;
};

/* What is the same for all devices of a run. */
struct vd_audit {
    veridac_audit_options o;
    veridac_policy policy;
    struct vd_policy terms; /* the same, taken */
    struct vd_inventory in;
    struct vd_fleet_sources now, before; /* before: of --since */
    veridac_trust *own_trust;
    const veridac_trust *trust;    /* NULL: there is none, chains are not checked */
    struct vd_withdrawn *withdrawn; /* PAAs that are trusted no longer since `before` */
    size_t n_withdrawn;
    uint32_t ruled; /* kinds of local rules that may keep a device from being clear, a bit each */
    bool ruled_pai; /* one of them may be about a PAI, by its issuer */
    uint8_t config[VD_SHA256]; /* of everything that the lines depend on, with `resume` */
};

/* A PAA by what a PAI says of it. */
struct vd_withdrawn {
    uint8_t key_id[20];
};

/* PAAs that the store of `before` trusts and the first store of now does not. */
veridac_status vd_withdrawn_since(struct vd_audit *a, veridac_error *err);

/* What a thread needs to judge. */
struct vd_judge_kit {
    veridac_context *context;
    veridac_result *result;
    struct vd_buf room; /* of the values of one record */
};

veridac_status vd_judge_kit_make(struct vd_judge_kit *k);
void vd_judge_kit_free(struct vd_judge_kit *k);

/* Judges a record. ret_device (spans into the record and the kit's room) and ret_serial are for its line. */
veridac_status vd_audit_judge(const struct vd_audit *a, struct vd_judge_kit *k,
                              const struct vd_record *record, struct vd_judged *ret,
                              struct vd_listed_device *ret_device, struct vd_span *ret_serial);
const char *vd_outcome_text(unsigned outcome);
/* One more reason; a text that lives as long as the library. */
void vd_judged_because(struct vd_judged *j, const char *slug);
/* The same, and it is not clear. */
void vd_judged_open(struct vd_judged *j, const char *slug);
/* Of findings without a chain: errors, what is open, and a suspicion. */
void vd_judged_findings(const struct vd_findings *f, struct vd_judged *j);

/* ---- local rules ---- */

/* Which kinds there are at the run's time; before any device. */
void vd_rules_note(struct vd_audit *a);
void vd_judge_rules(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                    const struct vd_listed_device *d, struct vd_judged *j);
/* Open where a rule goes by something that is not known of this device. */
void vd_judge_unasked(const struct vd_audit *a, const struct vd_cert *dac, const struct vd_cert *pai,
                      const struct vd_listed_device *d, struct vd_judged *j);

/* ---- its line ---- */

bool vd_audit_json_line(const struct vd_judged *j, const struct vd_listed_device *d,
                        struct vd_span serial, struct vd_buf *out);
/* The run itself, for a trail: inventory, time, policy, snapshots. */
bool vd_audit_run_entry(const struct vd_audit *a, struct vd_buf *out);
bool vd_audit_text_line(const struct vd_judged *j, const struct vd_listed_device *d,
                        struct vd_buf *out);

/* ---- counts ---- */

enum { VD_BY_REASON = 0, VD_BY_PAA, VD_BY_PAI, VD_BY_PRODUCT, VD_TABLES };

struct vd_group {
    uint8_t n; /* of key; 0: free */
    uint8_t key[47];
    uint64_t count[VD_OUTS];
};

struct vd_table {
    struct vd_group *v; /* open addressing */
    size_t n;
    struct vd_group others; /* when there are too many */
};

struct vd_tally {
    uint64_t count[VD_OUTS];
    uint64_t malformed[VD_AUDIT_LISTED]; /* the first lines of these */
    struct vd_table table[VD_TABLES];
};

bool vd_tally_make(struct vd_tally *t);
void vd_tally_free(struct vd_tally *t);
void vd_tally_add(struct vd_tally *t, const struct vd_judged *j);
/* For the file of a resumed run. */
bool vd_tally_put(const struct vd_tally *t, struct vd_buf *out);
bool vd_tally_take(struct vd_tally *t, struct vd_span *in);
bool vd_tally_report(const struct vd_audit *a, const struct vd_tally *t, struct vd_buf *out);

/* ---- resuming ---- */

struct vd_progress {
    uint64_t at, line; /* of the inventory */
    uint64_t written;  /* octets of the output */
    int64_t time;      /* the run's `at` */
};

/* What a run must have in common with the one that it goes on with, once everything is open. */
veridac_status vd_resume_config(struct vd_audit *a);
veridac_status vd_resume_write(const struct vd_audit *a, const struct vd_progress *p,
                               const struct vd_tally *t, veridac_error *err);
/* *ret_there false: there is nothing to go on with. VERIDAC_BAD_DATA: it is of another run. */
veridac_status vd_resume_read(struct vd_audit *a, struct vd_progress *p, struct vd_tally *t,
                              bool *ret_there, veridac_error *err);
void vd_resume_remove(const struct vd_audit *a);

/* ---- the run ---- */

struct vd_output {
    int fd; /* -1: lines go to o.line */
    char tmp[VD_PATH];
    uint64_t written;
};

veridac_status vd_audit_run(struct vd_audit *a, struct vd_progress *p, struct vd_tally *t,
                            struct vd_output *out, veridac_error *err);

#endif
