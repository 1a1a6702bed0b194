/* SPDX-License-Identifier: Apache-2.0
 *
 * policy.h - what the caller makes of facts: which unknown is accepted, how old evidence may be, which
 * vendors and declarations are wanted.
 *
 *   policy.c         the decision
 *   policy_check.c   rules that a policy adds, and short-lived evidence
 *   policy_id.c      the canonical form, and its name
 *
 * Owns:           the decision, and everything in it that a caller may choose. A policy turns nothing into
 *                 ACCEPT but an UNKNOWN: an error, a revoked certificate and a missing input stay what
 *                 they are.
 * Must not know:  how facts come about, files.
 */
#ifndef VD_POLICY_H
#define VD_POLICY_H

#include <veridac/veridac.h>

#include "lookup.h"

/* Same numbers as VERIDAC_UNDETERMINED, _ACCEPT, _REJECT. */
enum vd_verdict { VD_UNDETERMINED = 0, VD_ACCEPT = 1, VD_REJECT = 2 };

/* Same numbers as VERIDAC_POLICY_*. */
enum vd_preset { VD_STRICT = 1, VD_STANDARD, VD_PERMISSIVE, VD_AUDIT };

/* Lists are the caller's, for the time of the call, and ascend. */
struct vd_policy {
    enum vd_preset preset;
    enum vd_network network;
    uint32_t accept_unknown, hold_unknown, reject_unknown; /* bits of enum vd_reason, each in one at most */
    bool sdk_compat;
    int64_t max_crl_age_s, max_head_age_s, clock_tolerance_s;
    uint32_t networks, certification_types; /* bits; 0: any */
    const uint16_t *allowed_vids, *denied_vids;
    const veridac_age_limit *ages;          /* vendors, then key ids */
    const veridac_short_lived *short_lived;
    size_t n_allowed_vids, n_denied_vids, n_ages, n_short_lived;
};

bool vd_policy_valid(const struct vd_policy *p);
/* The caller's policy, with its defaults; false when it is none. */
bool vd_policy_take(const veridac_policy *in, struct vd_policy *ret);

/* ---- what it adds ---- */

struct vd_policy_device {
    int32_t vid; /* Basic Information; -1: not known */
    const struct vd_cert *dac, *pai;
};
void vd_policy_check_vendors(const struct vd_policy *p, const struct vd_policy_device *in,
                             struct vd_findings *f);
void vd_policy_check_type(const struct vd_policy *p, uint64_t certification_type, struct vd_findings *f);

/* How old the CRLs may be for a certificate with this vendor id (-1: none) of this issuer. Where the vendor
 * is not known it may be any of those that the policy names: then the shortest age of all. */
#define VD_VID_NOT_KNOWN (-2)
int64_t vd_policy_crl_age(const struct vd_policy *p, struct vd_span issuer_key_id, int32_t vid);

/* A certificate of a private issuer that lives shortly is its own evidence: turns an UNKNOWN, of which nobody
 * speaks, into GOOD while it lives, and into UNKNOWN(stale) afterwards. Everything else stays as it is.
 * `issuer` is the issuer's certificate; of one that is not there nothing is short-lived. */
void vd_policy_short_lived(const struct vd_policy *p, const struct vd_cert *c, struct vd_span issuer,
                           enum vd_subject on, int64_t at, struct vd_answer *a, struct vd_findings *f);

/* ---- the decision ---- */

/* What the status of one certificate leads to, if nothing else was found. */
enum vd_verdict vd_policy_of(const struct vd_policy *p, enum vd_status status, enum vd_reason reason);
/* The worst of all that was found: reject, then undetermined, then accept. */
enum vd_verdict vd_policy_decide(const struct vd_policy *p, const struct vd_answer *dac,
                                 const struct vd_answer *pai, const struct vd_findings *f);

/* ---- its name ---- */

/* The lists in their canonical form, hashed; needed once for any number of ids, which then need the lists
 * no more, only how long they are. */
bool vd_policy_lists(const struct vd_policy *p, uint8_t ret[VD_SHA256]);
/* SHA-256 of the canonical form (docs/policy.md). */
bool vd_policy_id(const struct vd_policy *p, const uint8_t lists[VD_SHA256], uint8_t ret[VD_SHA256]);
const char *vd_preset_text(enum vd_preset p);

#endif
