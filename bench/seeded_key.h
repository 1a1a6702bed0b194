/* SPDX-License-Identifier: Apache-2.0
 *
 * seeded_key.h - key pairs on P-256 that are the same in every run.
 */
#ifndef BENCH_SEEDED_KEY_H
#define BENCH_SEEDED_KEY_H

#include <openssl/evp.h>

/* The private key is SHA-256 of the name. Ends the program when it cannot. */
EVP_PKEY *seeded_key(const char *name);

#endif
