/* SPDX-License-Identifier: Apache-2.0
 *
 * answers.c - what stands around the records in an answer of the ledger's REST port.
 */
#include "answers.h"

#include "text.h"

#define CHAIN_MAX 50u /* characters of a chain's name: CometBFT's own ceiling */

/* root[outer] is the record or the list; with `inner`, root[outer][inner] is the list. */
static const struct {
    const char *outer, *inner;
    bool list;
} answers[] = {
    [VD_ANSWER_ROOTS] = { "approvedRootCertificates", "certs", true },
    [VD_ANSWER_REVOKED_ROOTS] = { "revokedRootCertificates", "certs", true },
    [VD_ANSWER_CERTIFICATES] = { "approvedCertificates", NULL, true },
    [VD_ANSWER_CERTIFICATE] = { "approvedCertificates", NULL, false },
    [VD_ANSWER_CHILDREN] = { "childCertificates", "certIds", true },
    [VD_ANSWER_REVOKED] = { "revokedCertificates", NULL, true },
    [VD_ANSWER_REVOKED_ONE] = { "revokedCertificates", NULL, false },
    [VD_ANSWER_POINTS] = { "PkiRevocationDistributionPoint", NULL, true },
    [VD_ANSWER_POINTS_OF] = { "pkiRevocationDistributionPointsByIssuerSubjectKeyID", "points", true },
    [VD_ANSWER_POINT] = { "PkiRevocationDistributionPoint", NULL, false },
    [VD_ANSWER_COMPLIANCE] = { "complianceInfo", NULL, true },
    [VD_ANSWER_COMPLIANCE_ONE] = { "complianceInfo", NULL, false },
    [VD_ANSWER_CERTIFIED] = { "certifiedModel", NULL, true },
    [VD_ANSWER_CERTIFIED_ONE] = { "certifiedModel", NULL, false },
    [VD_ANSWER_REVOKED_MODELS] = { "revokedModel", NULL, true },
    [VD_ANSWER_REVOKED_MODEL] = { "revokedModel", NULL, false },
    [VD_ANSWER_PROVISIONAL] = { "provisionalModel", NULL, true },
    [VD_ANSWER_PROVISIONAL_ONE] = { "provisionalModel", NULL, false },
    [VD_ANSWER_SOFTWARE] = { "deviceSoftwareCompliance", NULL, true },
    [VD_ANSWER_SOFTWARE_ONE] = { "deviceSoftwareCompliance", NULL, false },
    [VD_ANSWER_MODELS] = { "model", NULL, true },
    [VD_ANSWER_MODEL] = { "model", NULL, false },
    [VD_ANSWER_VERSIONS] = { "modelVersions", NULL, false },
    [VD_ANSWER_VERSION] = { "modelVersion", NULL, false },
};

const char *vd_answer_read(struct vd_json_value root, enum vd_answer which,
                           struct vd_json_value *ret)
{
    struct vd_json_value v = vd_json_member(root, answers[which].outer);

    if (!vd_json_is_object(root))
        return "not an object";
    if (answers[which].inner != NULL) {
        if (!vd_json_is_object(v))
            return answers[which].outer;
        v = vd_json_member(v, answers[which].inner);
        if (!vd_json_is_array(v))
            return answers[which].inner;
    }
    if (answers[which].list ? !vd_json_is_array(v) : !vd_json_is_object(v))
        return answers[which].outer;
    *ret = v;
    return NULL;
}

/* ---- the node ---- */

static bool put_chain(struct vd_json_value v, struct vd_buf *chain)
{
    size_t before = chain->n;
    return vd_json_string(v, chain) && chain->n > before && chain->n - before <= CHAIN_MAX;
}

const char *vd_answer_node(struct vd_json_value root, struct vd_buf *chain)
{
    struct vd_json_value info = vd_json_member(root, "default_node_info");
    if (!vd_json_is_object(info))
        return "default_node_info";
    return put_chain(vd_json_member(info, "network"), chain) ? NULL : "network";
}

const char *vd_answer_block(struct vd_json_value root, struct vd_buf *chain, struct vd_block *ret)
{
    struct vd_json_value header = vd_json_member(vd_json_member(root, "block"), "header");
    struct vd_json_value time = vd_json_member(header, "time");
    struct vd_block b = { 0, 0 };

    if (!vd_json_is_object(header))
        return "block.header";
    if (!put_chain(vd_json_member(header, "chain_id"), chain))
        return "chain_id";
    if (!vd_json_uint(vd_json_member(header, "height"), INT64_MAX, &b.height) || b.height == 0)
        return "height";
    if (!vd_json_is_string(time) || !vd_time_read(vd_json_text(time), &b.time) || b.time < 0)
        return "time";
    *ret = b;
    return NULL;
}
