/* SPDX-License-Identifier: Apache-2.0
 *
 * paste.h - what people paste: a certificate in any wrapping, several in one PEM file, or the lines
 * of a commissioner's log in which certificates stand as hexadecimal bytes.
 *
 * Owns:           finding certificates in text, and picking the one that is meant.
 * Must not know:  rules, trust, files.
 */
#ifndef VD_PASTE_H
#define VD_PASTE_H

#include "buf.h"

/* Which certificate is meant when there are several. Same numbers as VERIDAC_MEANT_*. */
enum vd_meant { VD_MEANT_FIRST = 0, VD_MEANT_DAC = 1, VD_MEANT_PAI = 2 };

/* The bytes that are meant -> out; *ret_more: how many others stood beside them. What is no text
 * with certificates goes through vd_unwrap. Bytes behind a certificate in the same block or on the
 * same line stay with it: whether they may be there is for a rule to say. False for lack of room. */
bool vd_paste_read(struct vd_span in, enum vd_meant meant, struct vd_buf *out, size_t *ret_more);

#endif
