/* SPDX-License-Identifier: Apache-2.0
 *
 * world_tables.c - the small ecosystem as tables.
 */
#include "world.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

#define FFF1 "vid(\"FFF1\")"
#define FFF2 "vid(\"FFF2\")"
#define DAC_FFF1 "cn(\"World DAC\") " FFF1 " pid(\"8000\")"
#define DAC_FFF2 "cn(\"World DAC\") " FFF2 " pid(\"8001\")"
#define DELEGATE "cn(\"World PAI CRL Delegate\")"

const struct cert_spec world_certs[] = {
    { "paa-fff1", CERT_PAA, "paa-fff1", "cn(\"World PAA FFF1\") " FFF1, NULL },
    { "paa-novid", CERT_PAA, "paa-novid", "cn(\"World PAA\")", NULL },
    { "paa-unlisted", CERT_PAA, "paa-unlisted", "cn(\"Unlisted PAA\")", NULL },
    { "paa-delegate", CERT_CRL_SIGNER, "paa-novid", "cn(\"World PAA CRL Delegate\")", NULL },

    { "pai-direct", CERT_PAI, "paa-fff1", "cn(\"PAI Direct\") " FFF1 " pid(\"8000\")", NULL },
    { "pai-revoked", CERT_PAI, "paa-fff1", "cn(\"PAI Revoked\") " FFF1, NULL },
    { "pai-silent", CERT_PAI, "paa-fff1", "cn(\"PAI Silent\") " FFF1, NULL },
    { "pai-delegating-1", CERT_PAI, "paa-novid", "cn(\"PAI Delegating 1\") " FFF2, NULL },
    { "pai-delegating-2", CERT_PAI, "paa-novid", "cn(\"PAI Delegating 2\") " FFF2, NULL },
    { "pai-partitioned", CERT_PAI, "paa-novid", "cn(\"PAI Partitioned\") " FFF2, NULL },
    { "pai-revoked-2", CERT_PAI, "paa-novid", "cn(\"PAI Revoked 2\") " FFF2, NULL },
    { "pai-unlisted", CERT_PAI, "paa-unlisted", "cn(\"PAI Unlisted\") " FFF2, NULL },

    /* one key and one name, certified by both PAIs: that is how one CRL serves both */
    { "pai-delegate-1", CERT_CRL_SIGNER, "pai-delegating-1", DELEGATE, "pai-delegate" },
    { "pai-delegate-2", CERT_CRL_SIGNER, "pai-delegating-2", DELEGATE, "pai-delegate" },

    { "dac-genuine", CERT_DAC, "pai-direct", DAC_FFF1, NULL },
    { "dac-revoked", CERT_DAC, "pai-direct", DAC_FFF1, NULL },
    { "dac-forged", CERT_DAC, "pai-direct", DAC_FFF1, NULL },
    { "dac-mute", CERT_DAC, "pai-direct", DAC_FFF1, NULL },
    { "dac-under-revoked", CERT_DAC, "pai-revoked", DAC_FFF1, NULL },
    { "dac-silent", CERT_DAC, "pai-silent", DAC_FFF1, NULL },
    { "dac-unlisted", CERT_DAC, "pai-unlisted", DAC_FFF2, NULL },
    { "dac-delegated", CERT_DAC, "pai-delegating-2", DAC_FFF2, NULL },
    { "dac-delegated-revoked", CERT_DAC, "pai-delegating-1", DAC_FFF2, NULL },
    { "dac-delegated-sticky", CERT_DAC, "pai-delegating-1", DAC_FFF2, NULL },
    { "dac-delegated-other", CERT_DAC, "pai-delegating-2", DAC_FFF2, NULL },
    { "dac-same-serial", CERT_DAC, "pai-delegating-2", DAC_FFF2, NULL },
    { "dac-partitioned", CERT_DAC, "pai-partitioned", DAC_FFF2, NULL },
    { "dac-partition-1", CERT_DAC, "pai-partitioned", DAC_FFF2, NULL },
    { "dac-partition-2", CERT_DAC, "pai-partitioned", DAC_FFF2, NULL },
    { "dac-under-revoked-2", CERT_DAC, "pai-revoked-2", DAC_FFF2, NULL },

    { "cd-signer", CERT_CD_SIGNER, "cd-signer", "cn(\"World CD Signer\")", NULL },
};
const size_t world_n_certs = COUNT(world_certs);

const struct world_root world_roots[] = {
    { "paa-fff1", "CN=World PAA FFF1, VID=FFF1", 0xFFF1 },
    { "paa-novid", "CN=World PAA", 0xFFF2 },
};
const size_t world_n_roots = COUNT(world_roots);

const char *const world_pais[] = {
    "pai-direct",       "pai-revoked",     "pai-silent",    "pai-delegating-1",
    "pai-delegating-2", "pai-partitioned", "pai-revoked-2", NULL,
};

const struct crl_spec world_crls[] = {
    { "paa-fff1", "paa-fff1", false, false, { { "pai-revoked", NULL } } },
    { "paa-novid", "paa-delegate", true, false, { { "pai-revoked-2", "paa-novid" } } },
    { "pai-direct", "pai-direct", false, false, { { "dac-revoked", NULL } } },
    { "pai-revoked", "pai-revoked", false, false, { { NULL, NULL } } },
    { "pai-revoked-2", "pai-revoked-2", false, false, { { NULL, NULL } } },
    { "pai-delegates",
      "pai-delegate-1",
      true,
      false,
      { { "dac-delegated-revoked", "pai-delegating-1" },
        { "dac-delegated-sticky", NULL }, /* belongs to pai-delegating-1 as well */
        { "dac-delegated-other", "pai-delegating-2" } } },
    { "pai-partitioned-1", "pai-partitioned", false, true, { { "dac-partition-1", NULL } } },
    { "pai-partitioned-2", "pai-partitioned", false, true, { { "dac-partition-2", NULL } } },
};
const size_t world_n_crls = COUNT(world_crls);

/* CRLs that no record of the world names; a case may. */
const struct crl_spec world_more_crls[] = {
    { "paa-novid-direct", "paa-novid", false, true, { { "paa-delegate", NULL } } },
    { "old-direct", "pai-direct", false, false, { { "dac-revoked", NULL } } },
};
const size_t world_n_more_crls = COUNT(world_more_crls);

const struct world_point world_points[] = {
    { "paa", 0xFFF1, 0, true, "paa-fff1", "paa-fff1", NULL, "paa-fff1" },
    { "paa-delegated", 0xFFF2, 0, true, "paa-novid", "paa-delegate", NULL, "paa-novid" },
    { "direct", 0xFFF1, 0x8000, false, "pai-direct", "pai-direct", NULL, "pai-direct" },
    { "revoked", 0xFFF1, 0, false, "pai-revoked", "pai-revoked", NULL, "pai-revoked" },
    { "revoked-2", 0xFFF2, 0, false, "pai-revoked-2", "pai-revoked-2", NULL, "pai-revoked-2" },
    { "delegated-1", 0xFFF2, 0, false, "pai-delegating-1", "pai-delegate-1", "pai-delegating-1",
      "pai-delegates" },
    { "delegated-2", 0xFFF2, 0, false, "pai-delegating-2", "pai-delegate-2", "pai-delegating-2",
      "pai-delegates" },
    { "part-1", 0xFFF2, 0, false, "pai-partitioned", "pai-partitioned", NULL, "pai-partitioned-1" },
    { "part-2", 0xFFF2, 0, false, "pai-partitioned", "pai-partitioned", NULL, "pai-partitioned-2" },
};
const size_t world_n_points = COUNT(world_points);

const struct world_device world_devices[] = {
    { "genuine", "dac-genuine", "pai-direct", 0xFFF1, 0x8000, NULL, "accept", "" },
    { "genuine-delegated", "dac-delegated", "pai-delegating-2", 0xFFF2, 0x8001, NULL, "accept",
      "" },
    { "genuine-same-serial", "dac-same-serial", "pai-delegating-2", 0xFFF2, 0x8001, NULL, "accept",
      "" },
    { "genuine-partitioned", "dac-partitioned", "pai-partitioned", 0xFFF2, 0x8001, NULL, "accept",
      "" },
    { "revoked-dac", "dac-revoked", "pai-direct", 0xFFF1, 0x8000, NULL, "reject", "dac-revoked" },
    { "revoked-pai", "dac-under-revoked", "pai-revoked", 0xFFF1, 0x8000, NULL, "reject",
      "pai-revoked" },
    { "delegated-revoked", "dac-delegated-revoked", "pai-delegating-1", 0xFFF2, 0x8001, NULL,
      "reject", "dac-revoked" },
    { "delegated-revoked-sticky", "dac-delegated-sticky", "pai-delegating-1", 0xFFF2, 0x8001, NULL,
      "reject", "dac-revoked" },
    { "delegated-revoked-pai", "dac-under-revoked-2", "pai-revoked-2", 0xFFF2, 0x8001, NULL,
      "reject", "pai-revoked" },
    { "partition-revoked", "dac-partition-2", "pai-partitioned", 0xFFF2, 0x8001, NULL, "reject",
      "dac-revoked" },
    { "no-crl", "dac-silent", "pai-silent", 0xFFF1, 0x8000, NULL, "undetermined",
      "dac-revocation-unknown" },
    { "forged-signature", "dac-forged", "pai-direct", 0xFFF1, 0x8000, "forger", "reject",
      "attestation-signature" },
    { "unknown-paa", "dac-unlisted", "pai-unlisted", 0xFFF2, 0x8001, NULL, "reject",
      "paa-not-found" },
    { "no-response", "dac-mute", "pai-direct", 0xFFF1, 0x8000, "", "undetermined",
      "no-nonce no-proof-of-possession" },
};
const size_t world_n_devices = COUNT(world_devices);
