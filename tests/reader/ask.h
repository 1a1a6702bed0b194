/* SPDX-License-Identifier: Apache-2.0
 *
 * ask.h - the questions, and where the answers go.
 */
#ifndef ASK_H
#define ASK_H

void say(const char *text);
int ask_all(void); /* 0, or what the program ends with */

#endif
