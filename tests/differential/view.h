/* SPDX-License-Identifier: Apache-2.0
 *
 * view.h - what one side thinks of a case: yes, or no with all its reasons.
 *
 * Owns:           a list of short reasons, each once.
 * Must not know:  where they come from.
 */
#ifndef DIFF_VIEW_H
#define DIFF_VIEW_H

#include <stdbool.h>
#include <stddef.h>

#define VIEW_REASONS 64
#define VIEW_TEXT 96

struct view {
    size_t n;  /* 0: accepted */
    bool full; /* more reasons than fit */
    char why[VIEW_REASONS][VIEW_TEXT];
};

/* Adds a reason: spaces become '-', capitals small, so that it can stand in a list of names. */
void view_no(struct view *v, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
