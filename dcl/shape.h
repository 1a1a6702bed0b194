/* SPDX-License-Identifier: Apache-2.0
 *
 * shape.h - the field sets of the ledger's records: names, types, which have to be there.
 *
 * Owns:           the schema (Distributed Compliance Ledger 1.6: pki, compliance, model).
 * Must not know:  what a field means.
 *
 * A node writes every field of a record, with a default where there is nothing (0, "", [], null);
 * older nodes leave out fields that came later, newer ones have more. So: unknown fields are passed
 * over, a missing one has its default unless nothing can be said without it, and a field of the
 * wrong type breaks the record, whether it is used or not: such a record was not written by a node.
 */
#ifndef DCL_SHAPE_H
#define DCL_SHAPE_H

#include "json.h"

enum vd_shape {
    VD_SHAPE_ID,            /* CertificateIdentifier */
    VD_SHAPE_GROUP,         /* certificates of one subject and key id */
    VD_SHAPE_CERTIFICATE,
    VD_SHAPE_POINT,         /* PkiRevocationDistributionPoint */
    VD_SHAPE_COMPLIANCE,    /* ComplianceInfo */
    VD_SHAPE_MODEL_STATE,   /* CertifiedModel, RevokedModel, ProvisionalModel */
    VD_SHAPE_SOFTWARE,      /* DeviceSoftwareCompliance */
    VD_SHAPE_MODEL,
    VD_SHAPE_MODEL_VERSION,
    VD_SHAPE_VERSIONS,      /* ModelVersions: the numbers of one model's versions */
};

/* NULL, or what is wrong: "not an object", or the name of the field. */
const char *vd_shape_check(struct vd_json_value v, enum vd_shape shape);

#endif
