/* SPDX-License-Identifier: Apache-2.0
 *
 * compliance.h - what the ledger says of the certification of software versions: the part VDC0.
 *
 * Owns:           the bytes of the part, and finding records in it.
 * Must not know:  declarations, devices.
 *
 * Little-endian. Header of 16 octets: "VDC0", network, three zeros, number of records (4), zero (4).
 * Records of 48 octets, strictly ascending by (vid, pid, software version, certificate id):
 *
 *    0  2  vendor id
 *    2  2  product id
 *    4  4  software version
 *    8  4  device type id, FFFFFFFF when no model says it
 *   12  2  version number of the declaration
 *   14  1  status: 0 development, 1 provisional, 2 certified, 3 revoked
 *   15  1  zero
 *   16  8  date of the status, seconds since 1970
 *   24 19  certificate id
 *   43  5  zero
 */
#ifndef VD_COMPLIANCE_H
#define VD_COMPLIANCE_H

#include "limits.h"
#include "trust.h"

#define VD_COMPLIANCE_MAGIC "VDC0"
#define VD_CERTIFICATE_ID 19u
#define VD_NO_DEVICE_TYPE UINT32_MAX

enum vd_certification { VD_CERT_DEV = 0, VD_CERT_PROVISIONAL, VD_CERT_CERTIFIED, VD_CERT_REVOKED };

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
/* The i-th record of a product, over all its software versions; false after the last. */
bool vd_compliance_find(const struct vd_compliance *c, uint16_t vid, uint16_t pid, size_t i,
                        struct vd_compliance_record *ret);

#endif
