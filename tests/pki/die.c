/* SPDX-License-Identifier: Apache-2.0
 *
 * die.c - give up with one line and an exit code.
 */
#include "die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static char about[160];

void die_about(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(about, sizeof about, format, args);
    va_end(args);
}

void die(int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fprintf(stderr, "veridac-testpki: %s", about);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(code);
}
