/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h - bytes and times as text: hex, base64, decimal, RFC 3339, UTF-8.
 *
 * Owns:           every conversion between text and values.
 * Must not know:  the clock, PEM, JSON.
 */
#ifndef VD_TEXT_H
#define VD_TEXT_H

#include "buf.h"

bool vd_hex_put(struct vd_buf *out, struct vd_span bytes, bool upper);
/* Colon-separated upper-case hex, the form of a key id on the ledger. */
bool vd_hex_put_colons(struct vd_buf *out, struct vd_span bytes);
/* An even number of hex digits of either case and nothing else; `out` is appended to. */
bool vd_hex_read(struct vd_span text, struct vd_buf *out);
int vd_hex_digit(uint8_t c); /* 0..15 or -1 */

bool vd_base64_put(struct vd_buf *out, struct vd_span bytes);
/* RFC 4648 section 4, padded; white space between characters is skipped when asked; the unused
 * bits must be zero and nothing may follow the padding. */
bool vd_base64_read(struct vd_span text, bool skip_space, struct vd_buf *out);

/* Decimal digits only, no sign, at most `max`. */
bool vd_decimal_read(struct vd_span text, uint64_t max, uint64_t *ret);

struct vd_civil {
    int64_t year;
    unsigned month, day, hour, minute, second;
};
bool vd_civil_valid(struct vd_civil c);
int64_t vd_civil_to_unix(struct vd_civil c); /* proleptic Gregorian, UTC */
struct vd_civil vd_civil_from_unix(int64_t t);

#define VD_TIME_TEXT 32 /* room for any formatted time */
/* "2026-01-31T12:00:00Z"; years outside 0000..9999 print as "out of range". */
void vd_time_text(int64_t t, char ret[VD_TIME_TEXT]);
/* RFC 3339 in UTC ("Z") or with an offset; a fraction is cut. */
bool vd_time_read(struct vd_span text, int64_t *ret);
/* 90s, 15m, 72h, 7d: seconds, more than none. */
bool vd_duration_read(struct vd_span text, int64_t *ret);

/* A JSON string with its quotes; what is not UTF-8 becomes U+FFFD. */
bool vd_text_json(struct vd_buf *out, struct vd_span text);

bool vd_utf8_valid(struct vd_span text);
bool vd_is_space(uint8_t c);
#define VD_ESCAPE 0x1Bu /* begins the colour of a terminal's line */
/* Not empty, and no control characters but white space and escapes. */
bool vd_is_text(struct vd_span in);

#endif
