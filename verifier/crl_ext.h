/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ext.h - extensions of a CRL and of its entries.
 *
 * Owns:           AKID, cRLNumber, issuingDistributionPoint, reasonCode, certificateIssuer.
 * Must not know:  streaming, what a fault leads to.
 */
#ifndef VD_CRL_EXT_H
#define VD_CRL_EXT_H

#include "crl.h"

/* Bytes that outlive the chunk they came in. */
struct vd_crl_store {
    uint8_t issuer[VD_MAX_NAME], akid[20], number[20], uri[VD_MAX_URL];
    uint8_t signature[5120]; /* room for algorithms that are recognised and not supported */
};

/* Content of [0]: fills the facts; NULL, or where the structure broke. */
const char *vd_crl_extensions(struct vd_span explicit0, struct vd_crl *facts,
                              struct vd_crl_store *store);

struct vd_crl_entry_ext {
    bool malformed;        /* an extension or its value is not what it should be, or occurs twice */
    bool unknown_critical;
    bool removal;          /* reasonCode removeFromCRL */
    bool has_issuers, issuers_critical;
    struct vd_span issuers; /* certificateIssuer: GeneralNames content; empty when malformed, so
                               that the entry and its followers belong to nobody. Of two that do not
                               belong here the first one counts */
};

/* Content of crlEntryExtensions. */
void vd_crl_entry_extensions(struct vd_span in, struct vd_crl_entry_ext *ret);

#endif
