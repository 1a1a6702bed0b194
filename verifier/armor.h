/* SPDX-License-Identifier: Apache-2.0
 *
 * armor.h - the wrappings in which people hold binary data: PEM, hex, base64.
 *
 * Owns:           telling them apart.
 * Must not know:  what is inside.
 */
#ifndef VD_ARMOR_H
#define VD_ARMOR_H

#include "buf.h"

/* The next PEM block of `in`: its label and its bytes (appended to out). Text between blocks is
 * skipped. False at the end, and for a block that is not well-formed (*ret_broken is then true). */
bool vd_pem_next(struct vd_span *in, struct vd_span *ret_label, struct vd_buf *out,
                 bool *ret_broken);
/* A certificate, under each of the names that RFC 7468 5.1 lets it have; and one in a form that is not read, as
 * OpenSSL's TRUSTED CERTIFICATE: who takes all of a list may not pass it over like a key. */
bool vd_pem_certificate(struct vd_span label);
bool vd_pem_other_certificate(struct vd_span label);
/* A text with a block in it. A block inside binary data is a part of them: a device may put any text
 * into its certificate. */
bool vd_is_pem(struct vd_span in);

/* PEM (the first block that is no private key), hex (white space, colons and 0x allowed), base64,
 * or the bytes as they are. False only for lack of room in `out`. */
bool vd_unwrap(struct vd_span in, struct vd_buf *out, size_t *ret_more_blocks);

#endif
