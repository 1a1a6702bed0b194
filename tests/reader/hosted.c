/* SPDX-License-Identifier: Apache-2.0
 *
 * hosted.c - the questions as a program of an operating system.
 */
#include <stdio.h>

#include "ask.h"

void say(const char *text)
{
    (void)fputs(text, stdout);
}

int main(void)
{
    return ask_all();
}
