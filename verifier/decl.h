/* SPDX-License-Identifier: Apache-2.0
 *
 * decl.h - the content of a Certification Declaration: TLV -> fields.
 *
 * Owns:           the certification-elements structure (Matter 6.3.1).
 * Must not know:  the device, the chain, the signer.
 */
#ifndef VD_DECL_H
#define VD_DECL_H

#include "finding.h"

struct vd_decl {
    uint64_t format_version, vendor_id, device_type_id, security_level, security_information;
    uint64_t version_number, certification_type, origin_vid, origin_pid;
    uint16_t products[VD_MAX_CD_PRODUCTS];
    size_t n_products;
    struct vd_span certificate_id;
    struct vd_span paas[VD_MAX_CD_PAAS]; /* 20 octets each */
    size_t n_paas;
    bool has_origin_vid, has_origin_pid, has_paas;
};

/* Adds findings; true when every mandatory field is there with its type. */
bool vd_decl_read(struct vd_span in, struct vd_decl *ret, struct vd_findings *f);
bool vd_decl_has_product(const struct vd_decl *d, uint16_t pid);

#endif
