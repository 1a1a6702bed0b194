/* SPDX-License-Identifier: Apache-2.0
 *
 * text.h - small text jobs: lists of words, RFC 3339 times, "key: value" lines.
 *
 * Owns:           the forms in which case.txt and device.txt say things.
 * Must not know:  which lines there are.
 */
#ifndef PKI_TEXT_H
#define PKI_TEXT_H

#include <stdbool.h>

#include "buf.h"

/* True when the space-separated list has the word. */
bool text_has_word(const char *list, const char *word);
/* Appends the words sorted and without repetition, one space between them. */
void text_sorted_words(struct buf *out, const char *list);
/* "2025-06-01T00:00:00Z" or a number of seconds -> Unix time; false when it is neither. */
bool text_time(const char *text, int64_t *ret);
/* "KEY: VALUE\n" */
void text_line(struct buf *out, const char *key, const char *value);
void text_line_hex(struct buf *out, const char *key, const struct buf *value);

#endif
