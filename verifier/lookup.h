/* SPDX-License-Identifier: Apache-2.0
 *
 * lookup.h - is this certificate revoked? GOOD only when everything that makes it good is there.
 *
 * Owns:           the answer of one snapshot and of several, and its freshness.
 * Must not know:  findings, verdicts.
 */
#ifndef VD_LOOKUP_H
#define VD_LOOKUP_H

#include "proof.h"
#include "snapshot.h"

/* Same numbers as VERIDAC_UNKNOWN, _GOOD, _REVOKED. */
enum vd_status { VD_STATUS_UNKNOWN = 0, VD_STATUS_GOOD = 1, VD_STATUS_REVOKED = 2 };

/* On what terms an answer is asked for. */
struct vd_terms {
    int64_t at, max_crl_age_s, max_head_age_s; /* max_head_age_s 0: the head's own expiry */
    int64_t clock_tolerance_s;                 /* of two clocks; 0: VD_CLOCK_SKEW_S */
    const struct vd_span *proofs; /* pages that were fetched because an answer was "unconfirmed" */
    size_t n_proofs;
};

struct vd_answer {
    enum vd_status status;
    enum vd_reason reason;  /* of UNKNOWN */
    const char *source;
    int64_t this_update, next_update, last_ok;
    struct vd_bucket bucket; /* of "unconfirmed": the page that settles it */
    size_t snapshot;         /* of several, the one that answered */
    bool no_memory;          /* it could not be looked up: "unconfirmed", and no answer */
};

/* serial is INTEGER content. */
struct vd_answer vd_lookup_one(const struct vd_snapshot *s, struct vd_span issuer_name,
                               struct vd_span key_id, struct vd_span serial,
                               const struct vd_terms *terms);
/* The same for many serials of one issuer: `next` gives one until it says false, `take` gets its
 * answer. */
typedef bool vd_next_serial(void *user, struct vd_span *ret);
typedef void vd_take_answer(void *user, const struct vd_answer *a);
void vd_lookup_batch(const struct vd_snapshot *s, struct vd_span issuer_name, struct vd_span key_id,
                     const struct vd_terms *terms, vd_next_serial *next, void *user,
                     vd_take_answer *take);
/* Over all: revoked in one is revoked, unconfirmed in one is unconfirmed, good in one is good; else
 * the first reason that is more than "not covered". */
struct vd_answer vd_lookup_all(const struct vd_snapshot *const *s, size_t n,
                               struct vd_span issuer_name, struct vd_span key_id,
                               struct vd_span serial, const struct vd_terms *terms);
/* One, with a proof that must hold when a filter leaves the answer open; NULL, or what is wrong. */
const char *vd_lookup_confirm(const struct vd_snapshot *s, struct vd_span issuer_name,
                              struct vd_span key_id, struct vd_span serial,
                              const struct vd_terms *terms, struct vd_span proof,
                              struct vd_answer *ret);
const char *vd_status_text(enum vd_status s);

#endif
