/* SPDX-License-Identifier: Apache-2.0
 *
 * cms.h - the CMS envelope of a Certification Declaration: SignedData -> content, key id, signature.
 *
 * Owns:           the byte profile of Matter 6.3.1 (one signer, one algorithm, nothing optional).
 * Must not know:  who may sign, what the content means.
 */
#ifndef VD_CMS_H
#define VD_CMS_H

#include "finding.h"

struct vd_cms {
    struct vd_span content;   /* eContent octets: what is signed */
    struct vd_span signer;    /* subjectKeyIdentifier, 20 octets; absent when it was not one */
    struct vd_span signature; /* DER Ecdsa-Sig-Value */
    bool checkable;           /* made with the one algorithm that there is */
};

/* Adds findings; false when content, key id and signature cannot all be used. */
bool vd_cms_read(struct vd_span in, struct vd_cms *ret, struct vd_findings *f);

#endif
