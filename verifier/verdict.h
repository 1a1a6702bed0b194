/* SPDX-License-Identifier: Apache-2.0
 *
 * verdict.h - one device: run every stage that has its inputs, then let the policy decide.
 *
 * Owns:           the order of the stages.
 * Must not know:  any rule about certificates, declarations or CRLs.
 */
#ifndef VD_VERDICT_H
#define VD_VERDICT_H

#include "cache.h"
#include "policy.h"

struct vd_device {
    struct vd_span dac, pai, elements, signature, challenge, nonce; /* p NULL: not given */
    int32_t vid, pid;                                               /* -1: not given */
    struct vd_span nocsr, nocsr_signature, csr_nonce;
    int64_t software_version; /* -1: not known */
    const struct vd_span *proofs; /* of pages that settle "unconfirmed" */
    size_t n_proofs;
};

struct vd_judgement {
    enum vd_verdict verdict;
    bool enforced;
    struct vd_answer dac, pai;
    struct vd_findings findings;
};

/* The snapshots are of the policy's network. */
void vd_judge(struct vd_cache *cache, const struct vd_device *device, const struct vd_trust *trust,
              const struct vd_snapshot *const *snapshots, size_t n_snapshots,
              const struct vd_policy *policy, int64_t at, struct vd_judgement *ret);

const char *vd_verdict_text(enum vd_verdict v);

#endif
