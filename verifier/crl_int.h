/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_int.h - what crl.c (the stream) and crl_item.c (its elements) share.
 */
#ifndef VD_CRL_INT_H
#define VD_CRL_INT_H

#include "crl.h"
#include "crl_ext.h"
#include "crl_pem.h"

enum vd_crl_stage {
    STAGE_OUTER,
    STAGE_TBS,
    STAGE_VERSION,
    STAGE_ALGORITHM,
    STAGE_ISSUER,
    STAGE_THIS_UPDATE,
    STAGE_NEXT_UPDATE,
    STAGE_LIST,
    STAGE_ENTRIES,
    STAGE_EXTENSIONS,
    STAGE_TBS_END,
    STAGE_OUTER_ALGORITHM,
    STAGE_SIGNATURE,
    STAGE_END
};

struct vd_crl_reader {
    struct vd_crl facts;
    struct vd_crl_store store; /* what the spans in facts point to */
    vd_crl_sink *sink;
    void *user;
    size_t bytes, max_bytes;
    enum vd_crl_state state;
    enum vd_crl_stage stage;
    size_t outer_left, tbs_left, list_left;
    bool hashing;
    struct vd_hash *hash;
    struct vd_buf carry;
    struct vd_buf algorithm;   /* the inner AlgorithmIdentifier */
    struct vd_buf issuers;     /* GeneralNames in force */
    uint64_t issuers_id;
    struct vd_crl_pem pem;
};

/* One whole element, as the stages see it. */
struct vd_crl_item {
    uint8_t tag;
    struct vd_span whole, value;
};

/* Both set the state and say false. */
bool vd_crl_broken(struct vd_crl_reader *r, const char *where);
bool vd_crl_give_up(struct vd_crl_reader *r, enum vd_crl_state state);

/* Stages whose field is optional step aside when the next tag (or the end: more is false) is not
 * theirs. */
void vd_crl_skip_absent(struct vd_crl_reader *r, uint8_t tag, bool more);
/* Hands one whole element to the stage that waits for it. */
bool vd_crl_take_item(struct vd_crl_reader *r, const struct vd_crl_item *i);

#endif
