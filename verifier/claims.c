/* SPDX-License-Identifier: Apache-2.0
 *
 * claims.c - declaration rules.
 */
#include "claims.h"

#include <inttypes.h>

#define ON VD_ON_CD

/* ---- who signed it ---- */

/* The signer of this network, else one of another network, else NULL. */
static const struct vd_anchor *find_signer(const struct vd_claims *in, struct vd_span key_id)
{
    const struct vd_anchor *a, *other = NULL;
    for (size_t i = 0; (a = vd_trust_find(in->trust, VD_ANCHOR_CD_SIGNER, key_id, i)); i++) {
        if (a->network == in->network)
            return a;
        other = a;
    }
    return other;
}

static const struct vd_anchor *check_signer(const struct vd_claims *in, const struct vd_cms *cms,
                                            struct vd_findings *f)
{
    const struct vd_anchor *signer = find_signer(in, cms->signer);
    char hex[VD_HEX_TEXT];
    enum vd_check signature;

    if (signer == NULL && in->network == VD_NETWORK_MAIN &&
        vd_trust_find(in->trust, VD_ANCHOR_CD_REFUSED, cms->signer, 0) != NULL) {
        (void)vd_find(f, VD_RULE_CD_SIGNER_NOT_CSA, ON, "signed by the CSA root",
                      "key id %s was refused when it was loaded", vd_hex_text(cms->signer, hex));
        return NULL;
    }
    if (signer == NULL) {
        (void)vd_find(f, VD_RULE_CD_SIGNER_UNKNOWN, ON, "a signer in the trust store",
                      "key id %s, store: %zu signers", vd_hex_text(cms->signer, hex),
                      vd_trust_count(in->trust, VD_ANCHOR_CD_SIGNER, VD_NETWORK_NONE));
        return NULL;
    }
    if (signer->network != in->network && in->network == VD_NETWORK_MAIN) {
        (void)vd_find(f, VD_RULE_CD_SIGNER_TEST, ON, "a signer of network main",
                      "key id %s of network %s", vd_hex_text(cms->signer, hex),
                      vd_network_text(signer->network));
        return NULL;
    }
    if (!cms->checkable)
        return signer; /* said by the envelope; a check would say nothing */
    signature = vd_cache_check(in->cache, signer->cert.key, cms->content, cms->signature);
    if (signature == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, ON, NULL, "signature not checked");
    else if (signature != VD_CHECK_GOOD)
        (void)vd_find(f, VD_RULE_CD_SIGNATURE, ON, NULL,
                      "the signature does not verify with the named key");
    return signer;
}

/* ---- what it says about itself ---- */

static void check_type(const struct vd_claims *in, const struct vd_decl *d,
                       const struct vd_anchor *signer, struct vd_findings *f)
{
    switch (d->certification_type) {
    case 0:
        if (in->network != VD_NETWORK_TEST)
            (void)vd_find(f, VD_RULE_CD_TYPE_TEST, ON, "type 1 or 2", "type 0");
        break;
    case 1:
        (void)vd_find(f, VD_RULE_CD_TYPE_PROVISIONAL, ON, NULL, "type 1");
        break;
    case 2:
        if (signer != NULL && !signer->csa)
            (void)vd_find(f, VD_RULE_CD_TYPE_OFFICIAL_TEST_KEY, ON, "a signer below the CSA root",
                          "type 2 under another signer");
        break;
    default:
        (void)vd_find(f, VD_RULE_CD_TYPE, ON, "0, 1 or 2", "%" PRIu64, d->certification_type);
    }
}

static void check_itself(const struct vd_decl *d, struct vd_findings *f)
{
    if (d->format_version != 1)
        (void)vd_find(f, VD_RULE_CD_FORMAT_VERSION, ON, "1", "%" PRIu64, d->format_version);
    if (d->security_level != 0 || d->security_information != 0)
        (void)vd_find(f, VD_RULE_CD_RESERVED, ON, NULL,
                      "security_level %" PRIu64 ", security_information %" PRIu64,
                      d->security_level, d->security_information);
}

/* ---- what it says about the device ---- */

static void check_device(const struct vd_claims *in, const struct vd_decl *d, struct vd_findings *f)
{
    if (in->vid >= 0 && d->vendor_id != (uint64_t)in->vid)
        (void)vd_find(f, VD_RULE_CD_VID, ON, "the device's vendor id",
                      "declaration %04" PRIX64 ", device %04X", d->vendor_id, (unsigned)in->vid);
    if (in->pid >= 0 && !vd_decl_has_product(d, (uint16_t)in->pid))
        (void)vd_find(f, VD_RULE_CD_PID, ON, "the device's product id in product_id_array",
                      "device %04X is not among %zu", (unsigned)in->pid, d->n_products);
}

/* VID of DAC and PAI against one value. */
static void check_vids(const struct vd_claims *in, uint64_t wanted, enum vd_rule rule,
                       struct vd_findings *f)
{
    const struct vd_cert *certs[] = { in->dac, in->pai };
    for (size_t i = 0; i < 2; i++) {
        const struct vd_id *vid = &certs[i]->subject.vid;
        if (vid->state == VD_ID_PRESENT && vid->value != wanted) {
            (void)vd_find(f, rule, ON, "one vendor id", "declaration %04" PRIX64 ", %s %04X",
                          wanted, i == 0 ? "DAC" : "PAI", vid->value);
            return;
        }
    }
}

static bool product_ok(const struct vd_decl *d, uint16_t pid)
{
    return d->has_origin_pid ? pid == d->origin_pid : vd_decl_has_product(d, pid);
}

/* PID of DAC and PAI (where it has one) against the origin, or against the array. */
static void check_pids(const struct vd_claims *in, const struct vd_decl *d, enum vd_rule rule,
                       struct vd_findings *f)
{
    const struct vd_cert *certs[] = { in->dac, in->pai };
    for (size_t i = 0; i < 2; i++) {
        const struct vd_id *pid = &certs[i]->subject.pid;
        if (pid->state == VD_ID_PRESENT && !product_ok(d, pid->value)) {
            (void)vd_find(f, rule, ON, d->has_origin_pid ? "the origin product id"
                                                         : "a product id of the declaration",
                          "%s %04X", i == 0 ? "DAC" : "PAI", pid->value);
            return;
        }
    }
}

static void check_chain(const struct vd_claims *in, const struct vd_decl *d, struct vd_findings *f)
{
    bool origin = d->has_origin_vid && d->has_origin_pid;
    check_vids(in, origin ? d->origin_vid : d->vendor_id,
               origin ? VD_RULE_CD_ORIGIN_VID : VD_RULE_CD_CHAIN_VID, f);
    check_pids(in, d, origin ? VD_RULE_CD_ORIGIN_PID : VD_RULE_CD_CHAIN_PID, f);
}

static void check_paas(const struct vd_claims *in, const struct vd_decl *d, struct vd_findings *f)
{
    char hex[VD_HEX_TEXT];
    if (!d->has_paas || in->paa == NULL)
        return; /* without a PAA the chain has failed already */
    for (size_t i = 0; i < d->n_paas; i++) {
        if (vd_span_eq(d->paas[i], in->paa->cert.skid))
            return;
    }
    (void)vd_find(f, VD_RULE_CD_PAA_NOT_AUTHORIZED, ON, vd_hex_text(in->paa->cert.skid, hex),
                  d->n_paas == 0 ? "the list is empty" : "%zu other key ids", d->n_paas);
}

bool vd_claims_check(const struct vd_claims *in, struct vd_decl *ret, struct vd_findings *f)
{
    const struct vd_anchor *signer = NULL;
    struct vd_cms cms;

    if (vd_cms_read(in->cd, &cms, f))
        signer = check_signer(in, &cms, f);
    if (cms.content.p == NULL || !vd_decl_read(cms.content, ret, f))
        return false; /* no content was reached, or it cannot be used: both have their findings */
    check_itself(ret, f);
    check_type(in, ret, signer, f);
    check_device(in, ret, f);
    check_chain(in, ret, f);
    check_paas(in, ret, f);
    return true;
}
