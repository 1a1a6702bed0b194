/* SPDX-License-Identifier: Apache-2.0
 *
 * view.c - what one side thinks of a case.
 */
#include "view.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void view_no(struct view *v, const char *format, ...)
{
    char text[VIEW_TEXT];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *p = text; *p != 0; p++)
        *p = *p == ' ' ? '-' : (char)tolower((unsigned char)*p);
    for (size_t i = 0; i < v->n; i++) {
        if (strcmp(v->why[i], text) == 0)
            return;
    }
    if (v->n == VIEW_REASONS) {
        v->full = true;
        return;
    }
    memcpy(v->why[v->n++], text, sizeof text);
}
