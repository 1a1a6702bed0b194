/* SPDX-License-Identifier: Apache-2.0
 *
 * die.h - the one way in which this program gives up: one line on stderr, an exit code.
 */
#ifndef PKI_DIE_H
#define PKI_DIE_H

#define DIE_USAGE 64    /* the command line */
#define DIE_CASE 65     /* a case file says something that cannot be made */
#define DIE_INTERNAL 70 /* libcrypto or memory */
#define DIE_IO 74       /* a file or folder */

/* Says what the program is busy with, "" for nothing; stands before the message. */
void die_about(const char *format, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void die(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
