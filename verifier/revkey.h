/* SPDX-License-Identifier: Apache-2.0
 *
 * revkey.h - how an issuer and a serial number become the keys that bundles are searched by.
 *
 * Owns:           the canonical serial, the issuer id and the key: one definition for CRLs,
 *                 certificates and lookups.
 * Must not know:  bundles, CRLs.
 *
 * `h` is a context to hash with, or NULL.
 */
#ifndef VD_REVKEY_H
#define VD_REVKEY_H

#include "sig.h"

#define VD_ISSUER_ID 16u

/* SHA-256("veridac-issuer-v1" || u16 len || Name DER || u8 len || key id), first 16 octets;
 * lengths little-endian. False for a Name over VD_MAX_NAME or a key id over 32 octets. */
/* No issuer in any bundle is longer. What is possible fails only for lack of memory. */
bool vd_revkey_possible(struct vd_span name, struct vd_span key_id);
bool vd_revkey_issuer(struct vd_hash *h, struct vd_span name, struct vd_span key_id, uint8_t ret[VD_ISSUER_ID]);

/* INTEGER content -> magnitude without leading zeros, 1 to 20 octets (zero is one octet 00).
 * False for nothing, for a negative number and for more than 20 octets. */
bool vd_revkey_serial(struct vd_span content, struct vd_span *ret);

/* SHA-256(issuer id || u8 len || magnitude), first 64 bits, big-endian. */
bool vd_revkey_make(struct vd_hash *h, const uint8_t issuer[VD_ISSUER_ID], struct vd_span magnitude, uint64_t *ret);

#endif
