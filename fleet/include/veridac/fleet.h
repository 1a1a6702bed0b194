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

/* ---- policies (docs/policy.md) ---- */

typedef struct veridac_policy_file veridac_policy_file;

typedef struct veridac_policy_source {
    size_t size;
    const char *path;       /* JSON; it and its folder belong to this user or to root, and nobody else may
                               write them */
    const char *last_valid; /* folder, made when it is not there, in which the last text that could be used
                               is kept; when the file cannot be used, that one is, and err says so beside
                               VERIDAC_OK (else its text is empty). NULL: a file that cannot be used is an
                               error */
} veridac_policy_source;

/* VERIDAC_BAD_DATA when the file is not trusted, or no policy: err then says file, line and column. */
VERIDAC_API veridac_status veridac_policy_load(const veridac_policy_source *source,
                                               veridac_policy_file **ret, veridac_error *err);
VERIDAC_API void veridac_policy_free(veridac_policy_file *policy);

typedef struct veridac_policy_view {
    size_t size;
    const char *name;             /* "" for none */
    const veridac_policy *policy; /* to be copied; its lists live as long as the file's handle. `network` is 0
                                     when the policy leaves it to the caller */
    size_t n_signals;             /* that veridac_rules_ingest knows */
} veridac_policy_view;

VERIDAC_API veridac_status veridac_policy_look(const veridac_policy_file *policy, veridac_policy_view *ret);

/* ---- local rules (docs/rules.md; the text: docs/FORMAT.md) ---- */

/* A list of rules, and what makes it trusted. */
typedef struct veridac_rules_source {
    size_t size;
    const char *path;
    const veridac_bytes *keys; /* public keys, PEM: one of them must have signed the list. None: the file and
                                  its folder belong to this user or to root, and nobody else may write
                                  them: who can add a rule can keep a device out */
    size_t n_keys;
    const char *last_valid;    /* as in veridac_policy_source */
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
/* ---- a fleet, in bulk (docs/fleet.md) ---- */

typedef struct veridac_trail veridac_trail;

typedef struct veridac_audit_options {
    size_t size;
    const char *inventory;         /* CSV with a header line, or JSON lines; "-": standard input */
    const char *const *stores;     /* folders that pull filled */
    size_t n_stores;
    const char *const *bundles;    /* bundle files */
    size_t n_bundles;
    const veridac_rules_source *rules; /* lists of local rules, beside those of the stores */
    size_t n_rules;
    const veridac_trust *trust;    /* NULL: what the stores' signed lists say */
    const veridac_policy *policy;
    veridac_bytes policy_id;       /* 32 octets (veridac_policy_id), or not given */
    int64_t at;
    int32_t at_fixed;              /* 0: `at` is now, and a run that is resumed goes on with the time that
                                      it began with */
    uint32_t jobs;                 /* threads that judge; 0: 1. The output is the same for any number */
    int32_t json;                  /* 1: JSON lines, else text */
    const char *since;             /* a store or a bundle of before: what is newly hit is written, and what is open */
    const char *out;               /* file for the lines, in place of `line`; under its name with ".tmp"
                                      behind it until the run is complete */
    const char *resume;            /* file that says how far an earlier run came; needs `out`, and an
                                      inventory that is a file. Removed when the run is complete. */
    int32_t (*line)(void *user, veridac_bytes lines); /* whole lines in the order of the inventory; another
                                      result than 0 ends the run with VERIDAC_IO */
    veridac_progress_fn *progress; /* octets of the inventory; total 0: not known; may be NULL */
    void *user;
    veridac_trail *trail;          /* gets an entry for the run, and one for each device; may be NULL */
    int64_t now;                   /* time of these entries */
} veridac_audit_options;

/* What became of the devices. There is no "accept": an inventory proves no possession of a key.
 *   hit        revoked, refused by a local rule, or not what it claims to be
 *   clear      checked, and nothing speaks against it
 *   open       nothing speaks against it, and not everything that should speaks for it */
typedef struct veridac_audit_view {
    size_t size;
    uint64_t devices, hit, clear, open, malformed; /* devices: all but malformed, which are lines */
    int32_t enforced;                              /* 0 under the audit policy */
    uint64_t resumed_at;                           /* octets that an earlier run had done; 0: none */
} veridac_audit_view;

/* Judges every device of an inventory, in memory that does not depend on its length. The report is a
 * summary: counts by PAA, PAI, product and reason. A line that cannot be read is reported and counted,
 * and ends nothing. VERIDAC_BAD_DATA for an inventory without a usable header, and for a `resume` of
 * another inventory, policy or snapshot. */
VERIDAC_API veridac_status veridac_audit(const veridac_audit_options *options,
                                         veridac_audit_view *ret, veridac_buffer *ret_report,
                                         veridac_error *err);

typedef struct veridac_horizon_options {
    size_t size;
    const char *inventory;          /* DACs and PAIs; NULL: none */
    const char *const *stores;
    size_t n_stores;
    const char *const *bundles;
    size_t n_bundles;
    const veridac_bytes *paas, *cd_signers; /* beside those of the stores' lists: DER, PEM, hex */
    size_t n_paas, n_cd_signers;
    int64_t at;
    veridac_progress_fn *progress;
    void *user;
} veridac_horizon_options;

/* How many DACs, PAIs, PAAs, CRLs and declaration signers expire in which span of time from `at` on. */
VERIDAC_API veridac_status veridac_horizon(const veridac_horizon_options *options,
                                           veridac_buffer *ret_report, veridac_error *err);

/* ---- statements: what was found, about which device, on what grounds ---- */

typedef struct veridac_statement_options {
    size_t size;
    const veridac_result *result; /* of veridac_verify */
    const veridac_device *device; /* the same; only hashes of what it sent are stated */
    const char *label;            /* how the operator calls the device; NULL: not given */
    veridac_bytes policy_id;      /* 32 octets, or not given */
} veridac_statement_options;

/* A JSON object in one line: for veridac_trail_append and veridac_receipt_make. */
VERIDAC_API veridac_status veridac_statement_make(const veridac_statement_options *options,
                                                  veridac_buffer *ret, veridac_error *err);

/* SHA-256 of a policy's canonical form: which policy it was that a statement speaks of. */
VERIDAC_API veridac_status veridac_policy_id(const veridac_policy *policy, uint8_t ret[32]);

/* A statement that anybody can check who has the public key (docs/trail.md). */
VERIDAC_API veridac_status veridac_receipt_make(veridac_bytes statement, int64_t at,
                                                const veridac_signer *signer, veridac_buffer *ret,
                                                veridac_error *err);
/* The statement of a receipt that one of the keys (PEM) signed. VERIDAC_BAD_SIGNATURE, VERIDAC_BAD_DATA. */
VERIDAC_API veridac_status veridac_receipt_check(veridac_bytes receipt, const veridac_bytes *keys,
                                                 size_t n_keys, veridac_buffer *ret, int64_t *ret_at,
                                                 veridac_error *err);

/* ---- the trail: what was found and changed, in order (docs/trail.md) ---- */

typedef struct veridac_trail_options {
    size_t size;
    const char *path;             /* made when it is not there; older parts are PATH.1, PATH.2, ... */
    const veridac_signer *signer; /* of checkpoints: one is made every 1000 lines, and at the end of a part */
    int64_t at;                   /* time of what opening has to write */
    uint64_t max_bytes;           /* of one file, before the next is begun; 0: 64 MiB */
} veridac_trail_options;

/* Opens a trail for appending; one process at a time: whoever comes second gets VERIDAC_IO. A last line that
 * a crash cut off is taken away, and the trail says so. VERIDAC_BAD_DATA when its end is not of a trail. */
VERIDAC_API veridac_status veridac_trail_open(const veridac_trail_options *options,
                                              veridac_trail **ret, veridac_error *err);
/* One entry. `kind` is a word like "verdict" or "rules", `body` a JSON object in one line. On disk only
 * after veridac_trail_sync. */
VERIDAC_API veridac_status veridac_trail_append(veridac_trail *trail, const char *kind, int64_t at,
                                                veridac_bytes body, veridac_error *err);
/* Makes everything durable; *ret_head (may be NULL) is the hash of the last line: note it elsewhere, and
 * veridac_trail_verify can tell whether the trail was cut. */
VERIDAC_API veridac_status veridac_trail_sync(veridac_trail *trail, uint8_t ret_head[32],
                                              veridac_error *err);
/* Signs a checkpoint behind the last entry, and syncs. */
VERIDAC_API veridac_status veridac_trail_checkpoint(veridac_trail *trail, int64_t at,
                                                    uint8_t ret_head[32], veridac_error *err);
/* Makes no checkpoint. NULL is allowed. */
VERIDAC_API void veridac_trail_close(veridac_trail *trail);

typedef struct veridac_trail_check {
    size_t size;
    const char *path;
    const veridac_bytes *keys; /* public keys (PEM) whose checkpoints count */
    size_t n_keys;
    veridac_bytes expect;      /* 32 octets: a head that was noted earlier; or not given */
} veridac_trail_check;

/* Reads a trail with all its parts. *ret_whole is 1 when nothing is wrong and a checkpoint or `expect` speaks for
 * it; the report says what is wrong, and where, and how much stands behind the last checkpoint, which only
 * `expect` protects. */
VERIDAC_API veridac_status veridac_trail_verify(const veridac_trail_check *options,
                                                int32_t *ret_whole, veridac_buffer *ret_report,
                                                veridac_error *err);
/* Every entry that names `what`: a label, a serial number, a key id or a SHA-256 of a certificate; and which
 * labels and certificates stand together in them, since when and until when. Checks no signature. */
VERIDAC_API veridac_status veridac_trail_find(const char *path, const char *what,
                                              int32_t (*line)(void *user, veridac_bytes line),
                                              void *user, veridac_buffer *ret_report,
                                              veridac_error *err);

typedef struct veridac_rules_ingest_options {
    size_t size;
    const char *path;                  /* of the list; as in veridac_rules_change_options, like the next */
    int32_t network;
    int64_t at;
    const veridac_policy_file *policy; /* has the thresholds */
    veridac_bytes signals;             /* lines of JSON (docs/rules.md), at most 64 MiB */
    const veridac_bytes *keys;
    size_t n_keys;
    const veridac_signer *signer;
    int32_t dry_run;
} veridac_rules_ingest_options;

/* Turns signals of a monitoring system into entries: certificates of which a signal came often enough, within
 * its window before `at`, are suspected, set apart or refused, as the policy says. What is in the list already
 * and is stronger, or as strong and lasts as long, stays. Lines that cannot be read are counted and listed in
 * the report, and stop nothing. */
VERIDAC_API veridac_status veridac_rules_ingest(const veridac_rules_ingest_options *options,
                                                veridac_buffer *ret_report, veridac_error *err);

#ifdef __cplusplus
}
#endif

#endif
