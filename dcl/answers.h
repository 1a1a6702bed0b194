/* SPDX-License-Identifier: Apache-2.0
 *
 * answers.h - what stands around the records in an answer of the ledger's REST port.
 *
 * Owns:           the members in which each endpoint wraps its records; the node's own endpoints.
 * Must not know:  what a record says (records.h), how an answer was fetched.
 */
#ifndef DCL_ANSWERS_H
#define DCL_ANSWERS_H

#include "json.h"

/* Endpoints, below /dcl/ of a node. One name wraps a list in one and a single record in another. */
enum vd_answer {
    VD_ANSWER_ROOTS,              /* pki/root-certificates: list of ids */
    VD_ANSWER_REVOKED_ROOTS,      /* pki/revoked-root-certificates: list of ids */
    VD_ANSWER_CERTIFICATES,       /* pki/certificates: list of groups, paged */
    VD_ANSWER_CERTIFICATE,        /* pki/certificates/SUBJECT/KEYID: one group */
    VD_ANSWER_CHILDREN,           /* pki/child-certificates/SUBJECT/KEYID: list of ids */
    VD_ANSWER_REVOKED,            /* pki/revoked-certificates: list of groups, paged */
    VD_ANSWER_REVOKED_ONE,        /* pki/revoked-certificates/SUBJECT/KEYID: one group */
    VD_ANSWER_POINTS,             /* pki/revocation-points: list of points, paged */
    VD_ANSWER_POINTS_OF,          /* pki/revocation-points/KEYID: list of points */
    VD_ANSWER_POINT,              /* pki/revocation-points/KEYID/VID/LABEL: one point */
    VD_ANSWER_COMPLIANCE,         /* compliance/compliance-info: list of records, paged */
    VD_ANSWER_COMPLIANCE_ONE,     /* .../VID/PID/VERSION/TYPE: one */
    VD_ANSWER_CERTIFIED,          /* compliance/certified-models: list of states, paged */
    VD_ANSWER_CERTIFIED_ONE,
    VD_ANSWER_REVOKED_MODELS,     /* compliance/revoked-models: list of states, paged */
    VD_ANSWER_REVOKED_MODEL,
    VD_ANSWER_PROVISIONAL,        /* compliance/provisional-models: list of states, paged */
    VD_ANSWER_PROVISIONAL_ONE,
    VD_ANSWER_SOFTWARE,           /* compliance/device-software-compliance: list, paged */
    VD_ANSWER_SOFTWARE_ONE,       /* .../CERTIFICATE-ID: one */
    VD_ANSWER_MODELS,             /* model/models: list of models, paged */
    VD_ANSWER_MODEL,              /* model/models/VID/PID: one */
    VD_ANSWER_VERSIONS,           /* model/versions/VID/PID: one list of numbers */
    VD_ANSWER_VERSION,            /* model/versions/VID/PID/VERSION: one */
};

/* The list or the single record of an answer. NULL on success, else the member that is not there or
 * is not what it has to be. */
const char *vd_answer_read(struct vd_json_value root, enum vd_answer which,
                           struct vd_json_value *ret);

/* node_info (below /cosmos/base/tendermint/v1beta1/): the name of the chain, appended to `chain`. */
const char *vd_answer_node(struct vd_json_value root, struct vd_buf *chain);
/* blocks/latest, blocks/HEIGHT */
struct vd_block {
    uint64_t height;
    int64_t time;
};
const char *vd_answer_block(struct vd_json_value root, struct vd_buf *chain, struct vd_block *ret);

#endif
