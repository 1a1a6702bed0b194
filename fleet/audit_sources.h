/* SPDX-License-Identifier: Apache-2.0
 *
 * audit_sources.h - the stores, bundles and rules that a fleet is looked up in.
 *
 * Owns:           opening them, one answer over all of them, a query without the issuer's Name.
 * Must not know:  inventories, verdicts.
 */
#ifndef FLEET_AUDIT_SOURCES_H
#define FLEET_AUDIT_SOURCES_H

#include <veridac/fleet.h>

#include "snapshot.h"

struct vd_by_key_id {
    uint8_t key_id[32];
    uint8_t n;
    uint32_t row;
};

/* An issuer that a local rule names. */
struct vd_ruled_name {
    uint8_t key_id[32];
    uint8_t n;
    size_t from, size; /* of the Name, in `names` of the source */
};

struct vd_fleet_source {
    veridac_snapshot *handle;
    struct vd_snapshot *inside; /* the same, for what the handle does not show: Names, and rules */
    struct vd_by_key_id *index; /* its issuers, ascending by key id; empty without Names */
    size_t n_index;
    struct vd_buf text;         /* of rules */
    struct vd_ruled_name *ruled; /* issuers that its rules name, ascending by key id */
    size_t n_ruled;
    struct vd_buf names;        /* theirs */
};

#define VD_MAX_SOURCES 16u

struct vd_fleet_sources {
    struct vd_fleet_source v[VD_MAX_SOURCES];
    const veridac_snapshot *handles[VD_MAX_SOURCES]; /* of all, for veridac_verify */
    size_t n;
    const struct vd_snapshot *ruled[VD_MAX_SOURCES]; /* those with local rules */
    size_t n_ruled;
};

veridac_status vd_sources_add_store(struct vd_fleet_sources *s, const char *folder, veridac_error *err);
veridac_status vd_sources_add_file(struct vd_fleet_sources *s, const char *path, veridac_error *err);
/* A list of local rules, and whose signature makes it trusted (none: its permissions do). */
veridac_status vd_sources_add_rules(struct vd_fleet_sources *s, const veridac_rules_source *from,
                                    veridac_error *err);
void vd_sources_free(struct vd_fleet_sources *s);

/* The Names that issuers with this key id have, in bundles and in local rules: the i-th over all sources;
 * false after the last. */
bool vd_sources_name(const struct vd_fleet_sources *s, struct vd_span key_id, size_t i,
                     struct vd_span *ret);

struct vd_asked {
    veridac_revocation status;
    int32_t reason; /* of UNKNOWN */
};

/* What all of them say: revoked in one is revoked, unconfirmed in one is unconfirmed, good in one is good,
 * else the first reason that is more than "not covered". Without a Name every issuer with this key id is
 * asked: good only when all of them are. */
veridac_status vd_sources_ask(const struct vd_fleet_sources *s, struct vd_span name, struct vd_span key_id,
                              struct vd_span serial, const veridac_policy *policy, int64_t at,
                              struct vd_asked *ret);

#endif
