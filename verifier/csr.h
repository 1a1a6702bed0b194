/* SPDX-License-Identifier: Apache-2.0
 *
 * csr.h - one PKCS#10 certification request: DER -> facts.
 *
 * Owns:           the shape of a request (RFC 2986).
 * Must not know:  who sent it, what it was asked for.
 */
#ifndef VD_CSR_H
#define VD_CSR_H

#include "cert.h"

struct vd_csr {
    bool parsed;             /* the structure holds to its end */
    const char *broken;      /* the field at which it did not, or NULL */
    size_t trailing;         /* bytes after the request */
    struct vd_span info;     /* what is signed, header included */
    uint64_t version;        /* 0 is v1, the only one */
    struct vd_name subject;
    enum vd_key_kind key_kind;
    struct vd_span key;      /* point: 65 octets when key_kind is P256 */
    bool has_attributes;
    enum vd_algorithm algorithm;
    struct vd_span signature; /* content of the BIT STRING, without the unused-bits octet */
};

/* Reads what is there; false and `broken` set when the structure does not hold. */
bool vd_csr_read(struct vd_span in, struct vd_csr *ret);

#endif
