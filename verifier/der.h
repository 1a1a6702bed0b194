/* SPDX-License-Identifier: Apache-2.0
 *
 * der.h - DER (X.690 section 10) one element at a time.
 *
 * Owns:           tag and length octets, and the primitive types that more than one format uses.
 * Must not know:  certificates, CRLs, CMS.
 *
 * Only what DER allows is read: definite, minimal lengths and single-octet tags.
 */
#ifndef VD_DER_H
#define VD_DER_H

#include "span.h"

enum {
    DER_BOOLEAN = 0x01,
    DER_INTEGER = 0x02,
    DER_BIT_STRING = 0x03,
    DER_OCTET_STRING = 0x04,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0C,
    DER_NUMERIC_STRING = 0x12,
    DER_PRINTABLE_STRING = 0x13,
    DER_T61_STRING = 0x14,
    DER_IA5_STRING = 0x16,
    DER_UTC_TIME = 0x17,
    DER_GENERALIZED_TIME = 0x18,
    DER_UNIVERSAL_STRING = 0x1C,
    DER_BMP_STRING = 0x1E,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
};
#define DER_CONTEXT(n) ((uint8_t)(0x80u | (n)))             /* [n] IMPLICIT, primitive */
#define DER_CONTEXT_CONSTRUCTED(n) ((uint8_t)(0xA0u | (n))) /* [n] constructed */

/* The header alone: tag and length of the content that follows. */
bool vd_der_header(struct vd_span *in, uint8_t *ret_tag, size_t *ret_len);
/* The same for bytes that may go on: is the header there, and how long is the element? */
enum vd_der_state { VD_DER_BAD = 0, VD_DER_MORE, VD_DER_HEADER };
enum vd_der_state vd_der_measure(struct vd_span in, uint8_t *ret_tag, size_t *ret_header,
                                 size_t *ret_content);
/* One whole element. `ret_value` is its content, `ret_whole` (may be NULL) header and content. */
bool vd_der_next(struct vd_span *in, uint8_t *ret_tag, struct vd_span *ret_value,
                 struct vd_span *ret_whole);
/* One whole element that must have this tag. */
bool vd_der_take(struct vd_span *in, uint8_t tag, struct vd_span *ret_value);
bool vd_der_take_whole(struct vd_span *in, uint8_t tag, struct vd_span *ret_whole);
/* The next element has this tag (its length is not looked at). */
bool vd_der_peek(struct vd_span in, uint8_t tag);

/* Content checks: the span is the content of the element. */
bool vd_der_bool(struct vd_span content, bool *ret);             /* 00 or FF */
bool vd_der_integer_minimal(struct vd_span content);
bool vd_der_uint(struct vd_span content, uint64_t *ret);         /* minimal, not negative */
/* Minimal and not negative: the magnitude without the sign octet; zero is one octet 00. */
bool vd_der_magnitude(struct vd_span content, struct vd_span *ret);
/* OBJECT IDENTIFIER: at least one arc, each in its shortest form, the last one whole. */
bool vd_der_oid_valid(struct vd_span content);
/* BIT STRING: at most seven unused bits, and those zero. */
bool vd_der_bits_valid(struct vd_span content);
/* Elements inside of elements fill the span, at most VD_MAX_DER_DEPTH deep; tags are not judged. */
bool vd_der_nested(struct vd_span in);
/* A named-bit list: minimal, at most 16 bits. Bit 0 (the first) is the value's bit 15. */
bool vd_der_named_bits(struct vd_span content, uint16_t *ret);
/* UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 wants them: seconds and Z, and GeneralizedTime
 * only from 2050 on. `ret` may be NULL. */
bool vd_der_time(uint8_t tag, struct vd_span content, int64_t *ret);

#endif
