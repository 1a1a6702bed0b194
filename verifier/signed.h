/* SPDX-License-Identifier: Apache-2.0
 *
 * signed.h - signed documents (VDH1, docs/FORMAT.md): the frame that all of them share, and the block
 * of signatures behind it.
 *
 *   signed.c        the frame
 *   signed_root.c   root: which keys may sign what, and whether enough of them did
 *   signed_trust.c  trust: the list of PAAs and declaration signers
 *   signed_head.c   head: which bundle is current, and until when
 *   signed_index.c  index: the deltas since the base
 *
 * Owns:           the byte formats, their canonical form, counting signatures.
 * Must not know:  the clock, files, what was seen before.
 *
 * Readers take everything or refuse, with the slug of the one thing that is wrong. Spans point into
 * the bytes that were read.
 */
#ifndef VD_SIGNED_H
#define VD_SIGNED_H

#include "sig.h"

#define VD_FEED 16u
#define VD_KEY_ID 16u
#define VD_FRAME 64u     /* octets of the header */
#define VD_SIGNATURES_AT 4u /* octets before the first signature */

enum vd_document { VD_DOC_ROOT = 1, VD_DOC_TRUST, VD_DOC_HEAD, VD_DOC_INDEX };

struct vd_signed {
    enum vd_document kind;
    uint8_t network;          /* 1 main, 2 test */
    char feed[VD_FEED + 1];   /* "main", "test", or the name of a private feed */
    uint32_t epoch;
    uint64_t number;          /* version of root and trust, sequence of head and index */
    int64_t created, expires; /* expires 0 in an index: it lives as long as the head that names it */
    struct vd_span body;
    struct vd_span message;   /* what signatures are over: header and body */
    struct vd_span signatures;
    uint32_t n_signatures;
};

struct vd_signature {
    uint16_t algorithm; /* enum vd_signing, or one that this version does not know */
    struct vd_span key_id, value;
};

/* NULL, or what is wrong. */
const char *vd_signed_read(struct vd_span in, enum vd_document kind, size_t max,
                           struct vd_signed *ret);
/* The kind of a document, 0 when it is none. Nothing else is checked. */
unsigned vd_signed_kind(struct vd_span in);
/* The next of d->signatures, in order; `cursor` begins as d->signatures. */
bool vd_signed_next(struct vd_span *cursor, struct vd_signature *ret);
bool vd_feed_valid(const char *feed, uint8_t network);
/* a is before b: (epoch, number). */
bool vd_signed_before(uint32_t a_epoch, uint64_t a_number, uint32_t b_epoch, uint64_t b_number);

/* Writes header and body, without a signature. */
bool vd_signed_write(const struct vd_signed *d, struct vd_span body, struct vd_buf *out);
/* Key ids of signatures and of root documents. */
bool vd_key_id(uint16_t algorithm, struct vd_span key, uint8_t ret[VD_KEY_ID]);
/* The document `in` with one signature more, in its place; one of the same key is replaced. False for
 * no memory and when `in` is not a document. */
bool vd_signed_add(struct vd_span in, const struct vd_public *key, struct vd_span value,
                   struct vd_buf *out);

/* ---- root ---- */

enum vd_duty { VD_DUTY_ROOT = 0, VD_DUTY_TRUST, VD_DUTY_HEAD, VD_DUTIES };
#define VD_DUTY_BIT(role) (1u << (role))

struct vd_root_key {
    uint16_t algorithm;
    uint8_t roles; /* VD_DUTY_BIT of each */
    struct vd_span key;
    uint8_t id[VD_KEY_ID];
};

#define VD_MAX_ROOT_KEYS 32u /* people and machines that sign for one feed */

struct vd_root {
    struct vd_signed s;
    int64_t head_until;           /* head keys sign nothing that lives longer */
    uint8_t threshold[VD_DUTIES];
    uint32_t n_keys;
    struct vd_root_key keys[VD_MAX_ROOT_KEYS];
};

const char *vd_root_read(struct vd_span in, struct vd_root *ret);
bool vd_root_write(const struct vd_root *root, struct vd_buf *out);
/* Adds a key in its place, or the roles to one that is there; r->keys point to the caller's bytes. */
bool vd_root_add(struct vd_root *root, uint16_t algorithm, struct vd_span key, uint8_t roles);
/* NULL when at least the threshold of keys of this role signed the document, each counted once. */
const char *vd_root_approves(const struct vd_root *root, enum vd_duty role,
                             const struct vd_signed *d);
/* The same, as a number of keys; the worst that was found of one that has the duty: GOOD, BAD or NO_MEMORY. */
unsigned vd_root_signers(const struct vd_root *root, enum vd_duty role, const struct vd_signed *d,
                         enum vd_check *ret_worst);
/* The first root that somebody trusts: it is signed by its own keys. */
const char *vd_root_first(const struct vd_root *root);
/* `next` is the version behind `root`, signed by the thresholds of both. */
const char *vd_root_follows(const struct vd_root *root, const struct vd_root *next);
/* Network, feed and epoch are those of the root. */
const char *vd_root_covers(const struct vd_root *root, const struct vd_signed *d);

/* ---- trust ---- */

enum vd_entry_kind { VD_ENTRY_PAA = 1, VD_ENTRY_CD_SIGNER = 2 };
enum vd_entry_state { VD_ENTRY_TRUSTED = 1, VD_ENTRY_WITHDRAWN = 2 };

struct vd_trust_entry {
    uint8_t kind, network, state;
    struct vd_span der;
};

struct vd_trust_list {
    struct vd_signed s;
    uint32_t n;
    struct vd_span entries;
};

const char *vd_trust_list_read(struct vd_span in, struct vd_trust_list *ret);
/* Form, feed, epoch and signatures. */
const char *vd_trust_list_check(struct vd_span in, const struct vd_root *root,
                                struct vd_trust_list *ret);
bool vd_trust_list_next(struct vd_span *cursor, struct vd_trust_entry *ret);
/* Entries in any order; each certificate once. */
bool vd_trust_list_write(const struct vd_signed *d, struct vd_trust_entry *entries, size_t n,
                         struct vd_buf *out);

/* ---- head ---- */

enum vd_ref_type {
    VD_REF_HUB = 1,
    VD_REF_FULL,
    VD_REF_TRUST,
    VD_REF_NAMES,
    VD_REF_PROVENANCE,
    VD_REF_COMPLIANCE,
    VD_REF_HUB_DELTA,  /* from the sequence before to this one */
    VD_REF_FULL_DELTA,
    VD_REF_INDEX,
    VD_REF_RULES, /* local rules of whoever publishes the feed; they only add */
    VD_REFS
};

struct vd_ref {
    bool there;
    uint64_t size;
    uint8_t sha256[VD_SHA256];
};

struct vd_head {
    struct vd_signed s;
    int64_t next_publish;
    uint32_t root_version, trust_version;
    struct vd_ref ref[VD_REFS]; /* by type; 0 is not used */
};

const char *vd_head_read(struct vd_span in, struct vd_head *ret);
/* Form, feed, epoch, root version, life of the head keys, signatures. */
const char *vd_head_check(struct vd_span in, const struct vd_root *root, struct vd_head *ret);
bool vd_head_write(const struct vd_head *head, struct vd_buf *out);
const char *vd_ref_text(enum vd_ref_type type);
/* These bytes are what the reference names. */
bool vd_ref_is(const struct vd_ref *ref, size_t size, const uint8_t sha256[VD_SHA256]);

/* ---- index ---- */

struct vd_index_entry {
    uint8_t kind; /* 1 hub, 2 full */
    uint64_t from, to, size;
    uint8_t sha256[VD_SHA256];
};

struct vd_index {
    struct vd_signed s;
    uint64_t base; /* sequence at which the base was made */
    uint32_t n;
    struct vd_span entries;
};

const char *vd_index_read(struct vd_span in, struct vd_index *ret);
/* Of the same feed, epoch and sequence as the head that names it. */
const char *vd_index_of(const struct vd_index *index, const struct vd_head *head);
bool vd_index_at(const struct vd_index *index, uint32_t i, struct vd_index_entry *ret);
/* Entries ascend by (kind, to, from). */
bool vd_index_write(const struct vd_signed *d, uint64_t base, const struct vd_index_entry *entries,
                    size_t n, struct vd_buf *out);

#endif
