/* SPDX-License-Identifier: Apache-2.0
 *
 * der.h - DER out: headers, integers, object identifiers, times, signatures.
 *
 * Owns:           the encoding rules of X.690, for writing only.
 * Must not know:  certificates.
 */
#ifndef PKI_DER_H
#define PKI_DER_H

#include "buf.h"

/* Length octets; `octets` 0 is the shortest form, else 0x80|octets and that many. */
void der_length(struct buf *out, size_t n, size_t octets);
void der_put(struct buf *out, unsigned tag, const void *content, size_t n);
/* INTEGER from a big-endian magnitude: leading zeros dropped, a sign octet where needed. */
void der_uint(struct buf *out, const uint8_t *p, size_t n);
/* Content octets of an OBJECT IDENTIFIER from its dotted form; 0 when it is none. */
int der_oid(struct buf *out, const char *dotted, size_t n);
/* UTCTime up to 2049, GeneralizedTime from 2050. */
void der_time(struct buf *out, int64_t unix_seconds);
/* Content of the SEQUENCE Ecdsa-Sig-Value from r || s, 32 octets each. */
void der_ecdsa(struct buf *out, const uint8_t raw[64]);

#endif
