/* SPDX-License-Identifier: Apache-2.0
 *
 * keys.h - private keys by label, and signatures with them.
 *
 * Owns:           key generation, ECDSA, hashes; with a seed everything is derived from it.
 * Must not know:  what is signed.
 *
 * A label that starts with "k1:" names a key on secp256k1, every other one a key on P-256. Keys
 * are made when they are first asked for and stay the same until keys_free.
 */
#ifndef PKI_KEYS_H
#define PKI_KEYS_H

#include <stdbool.h>

#include "buf.h"

struct keys;

struct key {
    char label[64];
    bool k1;           /* on secp256k1 */
    uint8_t point[65]; /* uncompressed */
    uint8_t id[20];    /* SHA-1 of the point, as every certificate of the ecosystem has it */
};

enum keys_form { KEYS_ANY_S = 0, KEYS_LOW_S, KEYS_HIGH_S };

/* `seed` NULL: new keys and nonces. */
struct keys *keys_new(const char *seed);
void keys_free(struct keys *keys);
const struct key *keys_get(struct keys *keys, const char *label);
/* r || s over SHA-256 of the message. */
void keys_sign(struct keys *keys, const char *label, const struct buf *message, enum keys_form form,
               uint8_t ret[64]);
/* Up to 32 octets: derived from seed and label, or random. */
void keys_octets(struct keys *keys, const char *label, uint8_t *ret, size_t n);
void keys_sha256(const void *p, size_t n, uint8_t ret[32]);

#endif
