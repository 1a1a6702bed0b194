/* SPDX-License-Identifier: Apache-2.0
 *
 * explain.h - a judgement as text and as JSON (docs/verify.schema.json).
 *
 * Owns:           wording and layout of verdicts.
 * Must not know:  how a verdict is reached.
 */
#ifndef VD_EXPLAIN_H
#define VD_EXPLAIN_H

#include "verdict.h"

struct vd_snapshot_note;

struct vd_explained {
    const struct vd_judgement *judgement;
    const struct vd_policy *policy; /* its lists may be gone */
    const uint8_t *policy_id;       /* VD_SHA256 octets */
    const struct vd_snapshot_note *snapshots;
    size_t n_snapshots;
};

/* What a result remembers of a snapshot after the call. */
struct vd_snapshot_note {
    char label[VD_SNAPSHOT_LABEL];
    uint8_t sha256[VD_SHA256];
    bool has_head;
    uint64_t sequence;
    int64_t created, expires, evidence_time;
};

bool vd_explain_json(const struct vd_explained *e, struct vd_buf *out);
bool vd_explain_text(const struct vd_explained *e, bool colour, struct vd_buf *out);
/* One finding as a JSON object; also used for revocation points. */
bool vd_explain_finding(const struct vd_finding *f, struct vd_buf *out);

#endif
