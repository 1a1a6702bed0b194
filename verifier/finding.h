/* SPDX-License-Identifier: Apache-2.0
 *
 * finding.h - evidence: which rule, which subject, found and wanted. No prose, no verdict.
 *
 * Owns:           the list of findings of one verification, in the order they were made.
 * Must not know:  policy.
 */
#ifndef VD_FINDING_H
#define VD_FINDING_H

#include "limits.h"
#include "rule.h"
#include "span.h"

enum vd_subject {
    VD_ON_INPUT = 0,
    VD_ON_DAC,
    VD_ON_PAI,
    VD_ON_PAA,
    VD_ON_ELEMENTS,
    VD_ON_SIGNATURE,
    VD_ON_CHALLENGE,
    VD_ON_NONCE,
    VD_ON_VID,
    VD_ON_PID,
    VD_ON_CD,
    VD_ON_CD_SIGNER,
    VD_ON_CRL_SIGNER,
    VD_ON_CRL_DELEGATOR,
    VD_ON_CRL,
    VD_ON_POINT,
    VD_ON_SNAPSHOT,
    VD_ON_NOCSR,
    VD_ON_NOCSR_SIGNATURE,
    VD_ON_CSR
};

struct vd_finding {
    enum vd_rule rule;
    enum vd_subject subject;
    enum vd_severity severity;
    char found[VD_MAX_EVIDENCE];
    char wanted[VD_MAX_EVIDENCE];
};

struct vd_findings {
    struct vd_finding v[VD_MAX_FINDINGS];
    size_t n;
};

void vd_findings_reset(struct vd_findings *f);
/* Adds a finding with the severity of its rule. `wanted` may be NULL; `found` is a format. A rule that
 * has spoken often enough on this subject adds nothing; in a full list, errors displace the rest. */
struct vd_finding *vd_find(struct vd_findings *f, enum vd_rule rule, enum vd_subject on,
                           const char *wanted, const char *found, ...)
    __attribute__((format(printf, 5, 6)));
bool vd_findings_has(const struct vd_findings *f, enum vd_rule rule);
/* The first finding from index `from` on that is an error, or NULL. */
const struct vd_finding *vd_findings_error(const struct vd_findings *f, size_t from);

const char *vd_subject_text(enum vd_subject on);
/* Upper-case hex of at most 40 octets, for evidence. */
#define VD_HEX_TEXT 96
const char *vd_hex_text(struct vd_span bytes, char ret[VD_HEX_TEXT]);

#endif
