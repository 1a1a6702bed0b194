/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.h - what the ledger says of the certification of software versions
 * (docs/FORMAT.md, compliance): a section of a bundle, and a part of its own.
 *
 * Owns:           the bytes of the part, and finding records in it.
 * Must not know:  declarations, devices.
 */
#ifndef VD_COMPLIANCE_H
#define VD_COMPLIANCE_H

#include "limits.h"
#include "trust.h"

#define VD_COMPLIANCE_MAGIC "VDC1"
#define VD_CERTIFICATE_ID 19u
#define VD_NO_DEVICE_TYPE UINT32_MAX

enum vd_certification {
    VD_CERT_DEV = 0,
    VD_CERT_PROVISIONAL,
    VD_CERT_CERTIFIED,
    VD_CERT_REVOKED,
    VD_CERT_SAID_REVOKED /* says one ledger node or another, and no majority of them */
};
#define VD_CERTIFICATIONS (VD_CERT_SAID_REVOKED + 1u)

struct vd_compliance {
    enum vd_network network;
    struct vd_span records; /* checked */
};

struct vd_compliance_record {
    uint16_t vid, pid, cd_version;
    uint32_t software_version, device_type;
    enum vd_certification status;
    int64_t date;
    struct vd_span certificate_id;
};

bool vd_is_compliance(struct vd_span in);
/* NULL, or the place that is wrong. */
const char *vd_compliance_read(struct vd_span in, struct vd_compliance *ret);
/* One after the other; `cursor` begins as the records. */
bool vd_compliance_next(struct vd_span *cursor, struct vd_compliance_record *ret);
/* Sorts records; one that stands where another stands, or NULL: then they can be written. */
const struct vd_compliance_record *vd_compliance_sort(struct vd_compliance_record *v, size_t n);
bool vd_compliance_write(enum vd_network network, const struct vd_compliance_record *v, size_t n,
                         struct vd_buf *out);
/* The i-th record of a product, over all its software versions; false after the last. */
bool vd_compliance_find(const struct vd_compliance *c, uint16_t vid, uint16_t pid, size_t i,
                        struct vd_compliance_record *ret);

#endif
