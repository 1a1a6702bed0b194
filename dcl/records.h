/* SPDX-License-Identifier: Apache-2.0
 *
 * records.h - what the ledger's JSON means: the only file that knows its field names.
 *
 * Owns:           the shapes of the REST answers (Distributed Compliance Ledger, dcl/pki).
 * Must not know:  how they were fetched, what they are worth.
 */
#ifndef DCL_RECORDS_H
#define DCL_RECORDS_H

#include <veridac/veridac.h>

#include "json.h"

/* What is said of a record, instead of a field's name, when there was no memory to look at it: nothing is known
 * against it. Compared as a pointer. */
extern const char vd_record_no_memory[];

/* One record of the revocation points with its strings unescaped into `text`. NULL on success,
 * else which field is wrong. The veridac_point borrows from `text`. */
const char *vd_record_point(struct vd_json_value v, struct vd_buf *text, veridac_point *ret);

/* The list of points in any of the answers' shapes, or a bare array; absent when there is none. A
 * by-key answer with a single record is the record itself. */
struct vd_json_value vd_record_points(struct vd_json_value root);

/* {"subject", "subjectKeyId"}: both as text. */
struct vd_record_id {
    struct vd_span subject, key_id; /* base64; upper-case hex with colons */
};
const char *vd_record_id(struct vd_json_value v, struct vd_record_id *ret);

/* The certificates of one subject and key id. */
struct vd_record_group {
    struct vd_record_id id;
    struct vd_json_value certificates; /* a list */
};
const char *vd_record_group(struct vd_json_value v, struct vd_record_group *ret);

/* One certificate of a group. */
struct vd_record_certificate {
    struct vd_record_id id;
    bool is_root;
    bool device_attestation; /* certificateType DeviceAttestationPKI, or not given (older nodes) */
};
/* The PEM text goes to `pem`, unescaped. */
const char *vd_record_certificate(struct vd_json_value v, struct vd_record_certificate *ret,
                                  struct vd_buf *pem);
/* Is this one DER SEQUENCE, whole and with nothing behind it? What is inside is for the verifier. */
bool vd_record_is_der(struct vd_span der);

/* One ComplianceInfo. `matter` is false for records of another programme; those say nothing here. */
struct vd_record_compliance {
    uint16_t vid, pid, cd_version;
    uint32_t software_version, device_type; /* UINT32_MAX: not known */
    uint8_t status;                         /* 0 to 3 */
    int64_t date;
    uint8_t certificate_id[19];
    bool matter;
};
const char *vd_record_compliance(struct vd_json_value v, struct vd_record_compliance *ret);

/* DeviceSoftwareCompliance: of the records that are filed under one certificate id, how many are
 * certified ones of Matter. */
const char *vd_record_software(struct vd_json_value v, uint32_t *ret_certified);

/* CertifiedModel, RevokedModel or ProvisionalModel: `value` is false when the model was in that state
 * and is no longer. */
struct vd_record_model_state {
    uint32_t software_version;
    uint16_t vid, pid;
    bool matter, value;
};
const char *vd_record_model_state(struct vd_json_value v, struct vd_record_model_state *ret);

struct vd_record_model {
    uint16_t vid, pid;
    uint32_t device_type; /* UINT32_MAX: not known */
};
const char *vd_record_model(struct vd_json_value v, struct vd_record_model *ret);

/* {"code": n, "message": ...}: the code of an error answer. */
bool vd_record_error(struct vd_json_value root, uint64_t *ret_code);
/* pagination: the next key unescaped into `key` (empty: the last page), and total (0: not said). */
const char *vd_record_pagination(struct vd_json_value root, struct vd_buf *key,
                                 uint64_t *ret_total);

#endif
