/* SPDX-License-Identifier: Apache-2.0
 *
 * points.h - one revocation distribution point: a ledger record, and whose CRL it may speak for.
 *
 * Owns:           the binding of a record to a CA (Matter 6.2.4.1 steps 1 to 5 and 9), with the
 *                 narrow authority of the design: the CA itself, or a delegate that it issued.
 * Must not know:  CRLs, other points.
 *
 * The ledger guarantees none of this: any vendor can register a point under any key id.
 */
#ifndef VD_POINTS_H
#define VD_POINTS_H

#include "trust.h"

struct vd_point_record {
    int32_t vid, pid, revocation_type;
    bool is_paa, has_data_fields, adds_only;
    struct vd_span label, url, key_id, signer, delegator; /* key_id is text; certificates are DER */
    size_t extra_certificates; /* blocks after the first in the PEM texts */
};

struct vd_point {
    int32_t vid, pid, revocation_type;
    bool is_paa, has_data_fields;
    bool adds_only;            /* revocations, never coverage */
    size_t extra_certificates;
    char *label, *url, *key_id_text; /* NUL-terminated copies */
    uint8_t *signer_der, *delegator_der;
    struct vd_cert signer, delegator; /* delegator.der absent: none */
    bool has_delegator;

    /* the binding */
    bool has_key_id;
    uint8_t key_id[20];
    bool bound;
    bool delegate;                   /* the signer is not the CA itself */
    bool partitioned;                /* its vendor registered more than one for this key id */
    bool conflict;                   /* another record has the same vendor, label and key id */
    const struct vd_anchor *paa;     /* at the top of the path */
    const struct vd_cert *ca;        /* whose certificates are listed */
};

/* Copies the record; false for lack of memory or a field over its ceiling. */
bool vd_point_make(const struct vd_point_record *record, struct vd_point *ret);
void vd_point_clear(struct vd_point *p);

/* Decides whether the record is bound to a CA below an approved PAA of this network. Every reason
 * against it is an error among the findings. */
void vd_point_bind(struct vd_point *p, const struct vd_trust *trust, enum vd_network network,
                   struct vd_findings *f);

/* The approved PAA that issued this certificate directly, or NULL. *memory becomes true when a signature
 * could not be checked: then NULL says nothing. */
const struct vd_anchor *vd_point_issuing_paa(const struct vd_cert *c, const struct vd_trust *trust,
                                             enum vd_network network, bool *memory);

#endif
