/* SPDX-License-Identifier: Apache-2.0
 *
 * lists.h - what one ledger node lists, in memory.
 *
 * Owns:           records of a node, each with the digest by which nodes are compared; quotas.
 * Must not know:  how they were fetched, what other nodes say, who is trusted.
 *
 * A record that cannot be read is isolated: it is counted and said, and the others stay.
 */
#ifndef DCL_LISTS_H
#define DCL_LISTS_H

#include "json.h"
#include "records.h"
#include "state.h"

struct vd_digest {
    uint8_t b[32];
};

/* Digests, sorted before they are looked up. */
struct vd_digests {
    struct vd_digest *v;
    size_t n, cap;
    bool sorted;
};

bool vd_digests_add(struct vd_digests *d, struct vd_span of);
bool vd_digests_has(struct vd_digests *d, const struct vd_digest *one);

/* What a certificate is listed as. */
enum { VD_AS_ROOT = 1, VD_AS_SIGNER = 2, VD_AS_AUTHORITY = 4, VD_AS_REVOKED = 8 };

struct vd_listed_certificate {
    uint8_t *der; /* owned */
    size_t n;
    char sha256[VD_HASH_TEXT];
    struct vd_digest id; /* of subject and key id */
    bool is_root, revoked;
    unsigned as;
};

struct vd_listed_point {
    char *json;   /* owned; the record on one line */
    size_t n;
    char *order;  /* owned; key id, label: as the revocation set sorts the points of a vendor */
    struct vd_digest content, identity; /* all fields; vendor, key id and label */
    uint16_t vid;
};

struct vd_lists {
    struct vd_listed_certificate *certificates;
    size_t n_certificates, cap_certificates;
    struct vd_listed_point *points;
    size_t n_points, cap_points;
    struct vd_record_compliance *compliance;
    size_t n_compliance, cap_compliance;
    struct vd_record_model *models;
    size_t n_models, cap_models;
    struct vd_digests roots, signers, revoked_roots, groups; /* ids */
    uint32_t n_revoked_alone; /* revoked roots whose certificate is not among the revoked ones */
    uint32_t n_software;  /* certified versions, counted by their certificate ids */
    uint32_t n_states[4]; /* models in each state of certification, counted by the other endpoints */
    uint32_t *per_vid;    /* points of each vendor that are kept */
    uint32_t n_points_seen, n_points_over; /* over: beyond a vendor's quota */
    uint32_t n_points_twice; /* said what another had said, field by field */
    uint64_t bytes;       /* kept */
    uint32_t n_broken, n_points_broken; /* all of them; points among them */
    struct vd_buf broken; /* a line for each, as many as fit */
};

void vd_lists_free(struct vd_lists *l);

/* One item of an answer's list. OK also for a record that is broken; VERIDAC_TOO_LARGE over a ceiling. */
typedef veridac_status vd_take_item(struct vd_lists *l, struct vd_json_value item);
vd_take_item vd_lists_root, vd_lists_revoked_root, vd_lists_signer, vd_lists_group,
    vd_lists_revoked_group, vd_lists_point, vd_lists_compliance, vd_lists_model,
    vd_lists_certified, vd_lists_provisional, vd_lists_revoked_model, vd_lists_software;

/* When all are there: says what each certificate is listed as; keeps of each vendor's points as many
 * as count. *ret_without: roots that have no certificate. VERIDAC_NO_MEMORY: what is revoked is not known. */
veridac_status vd_lists_settle(struct vd_lists *l, size_t *ret_without);

void vd_lists_settle_points(struct vd_lists *l); /* called by vd_lists_settle */

/* Whitespace between tokens is dropped: then no record has a line break. */
bool vd_on_one_line(struct vd_span in, struct vd_buf *out);
/* The point's fields for comparing; NULL on success, else what vd_record_point says. */
const char *vd_listed_point_make(struct vd_json_value v, struct vd_listed_point *ret);
void vd_listed_point_clear(struct vd_listed_point *p);

#endif
