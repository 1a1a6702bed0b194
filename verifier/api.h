/* SPDX-License-Identifier: Apache-2.0
 *
 * api.h - what the api_*.c files share: conversions at the border of the library.
 */
#ifndef VD_API_H
#define VD_API_H

#include <veridac/veridac.h>

#include "explain.h"
#include "sized.h"

struct veridac_trust {
    struct vd_trust *trust;
};

struct veridac_snapshot {
    struct vd_snapshot *snapshot;
};

struct veridac_revset {
    struct vd_revset *set;
    struct vd_buf compliance; /* of every bundle that is given none */
};

struct veridac_context {
    struct vd_cache *cache;
};

#define VD_MAX_SNAPSHOTS 16u

struct veridac_result {
    struct vd_judgement judgement;
    veridac_answer dac, pai; /* what a view points to */
    struct vd_policy policy; /* without its lists */
    uint8_t policy_lists[VD_SHA256];
    int64_t at;
    struct vd_snapshot_note snapshots[VD_MAX_SNAPSHOTS];
    size_t n_snapshots;
    bool filled;
};

struct vd_span vd_api_span(veridac_bytes b);
veridac_bytes vd_api_bytes(struct vd_span s);

/* Writes one line to err (may be NULL) and hands the status back. */
veridac_status vd_api_fail(veridac_error *err, veridac_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Hands the buffer's bytes to the caller, with a NUL behind them; frees it on failure. */
veridac_status vd_api_give(struct vd_buf *b, veridac_buffer *ret);
/* The policy allows its network. */
bool vd_api_network(const struct vd_policy *p);
veridac_answer vd_api_answer(const struct vd_answer *a);
veridac_finding vd_api_finding(const struct vd_finding *f);

#endif
