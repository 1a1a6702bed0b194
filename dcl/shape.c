/* SPDX-License-Identifier: Apache-2.0
 *
 * shape.c - the field sets of the ledger's records.
 */
#include "shape.h"

enum type { TEXT, BOOL, LIST, U16, U31, U32, U64 };
enum need { MAY, MUST };

/* U31: int32 of the schema, never negative on the ledger. U64 comes as a string. */
struct field {
    const char *name;
    enum type type;
    enum need need;
};

static const struct field id[] = {
    { "subject", TEXT, MUST },
    { "subjectKeyId", TEXT, MUST },
};

static const struct field group[] = {
    { "subject", TEXT, MUST }, /* empty when the key id alone was asked for */
    { "subjectKeyId", TEXT, MUST },
    { "certs", LIST, MUST },
    { "schemaVersion", U32, MAY },
};

static const struct field certificate[] = {
    { "pemCert", TEXT, MUST },         { "serialNumber", TEXT, MAY },
    { "issuer", TEXT, MAY },           { "authorityKeyId", TEXT, MAY },
    { "rootSubject", TEXT, MAY },      { "rootSubjectKeyId", TEXT, MAY },
    { "isRoot", BOOL, MAY },           { "owner", TEXT, MAY },
    { "subject", TEXT, MUST },         { "subjectKeyId", TEXT, MUST },
    { "approvals", LIST, MAY },        { "subjectAsText", TEXT, MAY },
    { "rejects", LIST, MAY },          { "vid", U16, MAY },
    { "certificateType", TEXT, MAY },  { "schemaVersion", U32, MAY },
};

static const struct field point[] = {
    { "vid", U16, MUST },
    { "label", TEXT, MUST },
    { "issuerSubjectKeyID", TEXT, MUST },
    { "pid", U16, MAY },
    { "isPAA", BOOL, MUST },
    { "crlSignerCertificate", TEXT, MUST },
    { "dataURL", TEXT, MUST },
    { "dataFileSize", U64, MAY },
    { "dataDigest", TEXT, MAY },
    { "dataDigestType", U32, MAY },
    { "revocationType", U32, MAY },
    { "schemaVersion", U32, MAY },
    { "crlSignerDelegator", TEXT, MAY }, /* since 1.2 */
};

static const struct field compliance[] = {
    { "vid", U16, MUST },
    { "pid", U16, MUST },
    { "softwareVersion", U32, MUST },
    { "certificationType", TEXT, MUST },
    { "softwareVersionString", TEXT, MAY },
    { "cDVersionNumber", U32, MUST },
    { "softwareVersionCertificationStatus", U32, MUST },
    { "date", TEXT, MUST },
    { "reason", TEXT, MAY },
    { "owner", TEXT, MAY },
    { "history", LIST, MAY },
    { "cDCertificateId", TEXT, MUST },
    { "certificationRoute", TEXT, MAY },
    { "programType", TEXT, MAY },
    { "programTypeVersion", TEXT, MAY },
    { "compliantPlatformUsed", TEXT, MAY },
    { "compliantPlatformVersion", TEXT, MAY },
    { "transport", TEXT, MAY },
    { "familyId", TEXT, MAY },
    { "supportedClusters", TEXT, MAY },
    { "OSVersion", TEXT, MAY },
    { "parentChild", TEXT, MAY },
    { "certificationIdOfSoftwareComponent", TEXT, MAY },
    { "schemaVersion", U32, MAY },
    { "specificationVersion", U32, MAY }, /* since 1.6 */
};

static const struct field model_state[] = {
    { "vid", U16, MUST },
    { "pid", U16, MUST },
    { "softwareVersion", U32, MUST },
    { "certificationType", TEXT, MUST },
    { "value", BOOL, MUST }, /* false: was in this state, and is no longer */
    { "schemaVersion", U32, MAY },
};

static const struct field software[] = {
    { "cDCertificateId", TEXT, MUST },
    { "complianceInfo", LIST, MUST },
    { "schemaVersion", U32, MAY },
};

static const struct field model[] = {
    { "vid", U16, MUST },
    { "pid", U16, MUST },
    { "deviceTypeId", U32, MAY },
    { "productName", TEXT, MAY },
    { "productLabel", TEXT, MAY },
    { "partNumber", TEXT, MAY },
    { "commissioningCustomFlow", U31, MAY },
    { "commissioningCustomFlowUrl", TEXT, MAY },
    { "commissioningModeInitialStepsHint", U32, MAY },
    { "commissioningModeInitialStepsInstruction", TEXT, MAY },
    { "commissioningModeSecondaryStepsHint", U32, MAY },
    { "commissioningModeSecondaryStepsInstruction", TEXT, MAY },
    { "userManualUrl", TEXT, MAY },
    { "supportUrl", TEXT, MAY },
    { "productUrl", TEXT, MAY },
    { "lsfUrl", TEXT, MAY },
    { "lsfRevision", U31, MAY },
    { "creator", TEXT, MAY },
    { "schemaVersion", U32, MAY },
    { "enhancedSetupFlowOptions", U31, MAY }, /* from here on: since 1.4 and 1.5 */
    { "enhancedSetupFlowTCUrl", TEXT, MAY },
    { "enhancedSetupFlowTCRevision", U31, MAY },
    { "enhancedSetupFlowTCDigest", TEXT, MAY },
    { "enhancedSetupFlowTCFileSize", U32, MAY },
    { "maintenanceUrl", TEXT, MAY },
    { "discoveryCapabilitiesBitmask", U32, MAY },
    { "commissioningFallbackUrl", TEXT, MAY },
    { "icdUserActiveModeTriggerHint", U32, MAY },
    { "icdUserActiveModeTriggerInstruction", TEXT, MAY },
    { "factoryResetStepsHint", U32, MAY },
    { "factoryResetStepsInstruction", TEXT, MAY },
};

static const struct field model_version[] = {
    { "vid", U16, MUST },
    { "pid", U16, MUST },
    { "softwareVersion", U32, MUST },
    { "softwareVersionString", TEXT, MAY },
    { "cdVersionNumber", U31, MAY },
    { "firmwareInformation", TEXT, MAY },
    { "softwareVersionValid", BOOL, MAY },
    { "otaUrl", TEXT, MAY },
    { "otaFileSize", U64, MAY },
    { "otaChecksum", TEXT, MAY },
    { "otaChecksumType", U31, MAY },
    { "minApplicableSoftwareVersion", U32, MAY },
    { "maxApplicableSoftwareVersion", U32, MAY },
    { "releaseNotesUrl", TEXT, MAY },
    { "creator", TEXT, MAY },
    { "schemaVersion", U32, MAY },
    { "specificationVersion", U32, MAY },
};

static const struct field versions[] = {
    { "vid", U16, MUST },
    { "pid", U16, MUST },
    { "softwareVersions", LIST, MUST },
    { "schemaVersion", U32, MAY },
};

#define SHAPE(fields) { fields, sizeof (fields) / sizeof (fields)[0] }

static const struct {
    const struct field *fields;
    size_t n;
} shapes[] = {
    [VD_SHAPE_ID] = SHAPE(id),
    [VD_SHAPE_GROUP] = SHAPE(group),
    [VD_SHAPE_CERTIFICATE] = SHAPE(certificate),
    [VD_SHAPE_POINT] = SHAPE(point),
    [VD_SHAPE_COMPLIANCE] = SHAPE(compliance),
    [VD_SHAPE_MODEL_STATE] = SHAPE(model_state),
    [VD_SHAPE_SOFTWARE] = SHAPE(software),
    [VD_SHAPE_MODEL] = SHAPE(model),
    [VD_SHAPE_MODEL_VERSION] = SHAPE(model_version),
    [VD_SHAPE_VERSIONS] = SHAPE(versions),
};

static bool is_of(struct vd_json_value v, enum type type)
{
    uint64_t n;
    bool b;
    switch (type) {
    case TEXT:
        return vd_json_is_string(v);
    case BOOL:
        return vd_json_bool(v, &b);
    case LIST:
        return vd_json_is_array(v);
    case U16:
        return vd_json_uint(v, 0xFFFF, &n);
    case U31:
        return vd_json_uint(v, INT32_MAX, &n);
    case U32:
        return vd_json_uint(v, UINT32_MAX, &n);
    case U64:
        return vd_json_uint(v, UINT64_MAX, &n);
    }
    return false;
}

const char *vd_shape_check(struct vd_json_value v, enum vd_shape shape)
{
    if (!vd_json_is_object(v))
        return "not an object";
    for (size_t i = 0; i < shapes[shape].n; i++) {
        const struct field *f = &shapes[shape].fields[i];
        struct vd_json_value m = vd_json_member(v, f->name);
        bool given = vd_json_present(m) && !vd_json_is_null(m);
        if (given ? !is_of(m, f->type) : f->need == MUST)
            return f->name;
    }
    return NULL;
}
