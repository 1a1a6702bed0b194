/* SPDX-License-Identifier: Apache-2.0
 *
 * sig.h - hashes, keys and signatures: the only door to libcrypto.
 * What fails here leaves nothing in libcrypto's list of errors.
 *
 * Owns:           EVP objects, key import, signature encodings.
 * Must not know:  certificates, trust.
 */
#ifndef VD_SIG_H
#define VD_SIG_H

#include "buf.h"

#define VD_SHA256 32u
#define VD_POINT 65u  /* uncompressed P-256 point, 04 || X || Y */
#define VD_RAW_SIG 64u /* r || s */

enum vd_check {
    VD_CHECK_BAD = 0,  /* the signature does not verify */
    VD_CHECK_GOOD,
    VD_CHECK_NO_KEY,   /* the key is not a point of P-256 */
    VD_CHECK_NO_MEMORY /* libcrypto could not work */
};

/* What a reader says, whose other answers are what is wrong with the octets, when it could not work; told
 * apart by its address. */
extern const char vd_no_memory[];

bool vd_sha256(struct vd_span in, uint8_t ret[VD_SHA256]);
bool vd_sha256_two(struct vd_span a, struct vd_span b, uint8_t ret[VD_SHA256]); /* of a || b */

struct vd_hash; /* a running SHA-256 */
struct vd_hash *vd_hash_make(void);
void vd_hash_free(struct vd_hash *h);
bool vd_hash_start(struct vd_hash *h);
bool vd_hash_add(struct vd_hash *h, struct vd_span in);
bool vd_hash_end(struct vd_hash *h, uint8_t ret[VD_SHA256]);
/* All at once; with h NULL by a context of its own. */
bool vd_hash_one(struct vd_hash *h, struct vd_span in, uint8_t ret[VD_SHA256]);

/* A place for public keys: a key object that is imported once through EVP_PKEY_fromdata and then
 * takes one point after the other, which costs a twentieth of an import. One thread at a time;
 * copying from one that nobody uses is safe for any number. */
struct vd_checker;
struct vd_checker *vd_checker_make(void);
struct vd_checker *vd_checker_copy(const struct vd_checker *from);
void vd_checker_free(struct vd_checker *c);
/* ECDSA P-256 over a SHA-256 digest; `sig` is DER, strict. */
enum vd_check vd_checker_check(struct vd_checker *c, struct vd_span point,
                               const uint8_t digest[VD_SHA256], struct vd_span sig_der);

/* GOOD: 65 octets on the curve. */
enum vd_check vd_point_check(struct vd_span point);
/* ECDSA P-256 with SHA-256 over `message`; `sig` is DER, strict. */
enum vd_check vd_sig_check(struct vd_span point, struct vd_span message, struct vd_span sig_der);
enum vd_check vd_sig_check_digest(struct vd_span point, const uint8_t digest[VD_SHA256],
                                  struct vd_span sig_der);
/* The same with a raw r || s of 64 octets, over a || b. */
enum vd_check vd_sig_check_raw(struct vd_span point, struct vd_span a, struct vd_span b,
                               struct vd_span sig_raw);
/* ECDSA-Sig-Value: minimal positive integers of at most 32 octets, nothing else. */
bool vd_sig_der_valid(struct vd_span sig_der);
bool vd_sig_raw_to_der(struct vd_span raw, struct vd_buf *out);
bool vd_sig_der_to_raw(struct vd_span sig_der, uint8_t ret[VD_RAW_SIG]); /* strict */

/* Keys of those who publish: signed documents name the algorithm by number. */
enum vd_signing { VD_SIGN_P256 = 1, VD_SIGN_ED25519 = 2 };
#define VD_SIGN_LAST 2u
#define VD_ED25519 32u

struct vd_public {
    uint16_t algorithm;
    uint8_t n;
    uint8_t p[VD_POINT]; /* the uncompressed point, or 32 octets */
};

struct vd_span vd_public_span(const struct vd_public *k);
/* SubjectPublicKeyInfo in PEM, of a key that can sign documents. */
bool vd_public_pem_read(struct vd_span pem, struct vd_public *ret);
/* GOOD: octets that can be a key of this algorithm; of one that is not known, anything but nothing. */
enum vd_check vd_public_key_check(uint16_t algorithm, struct vd_span key);
/* A signature of 64 octets: r || s, or that of RFC 8032. NO_KEY for an unknown algorithm. */
enum vd_check vd_public_check(uint16_t algorithm, struct vd_span key, struct vd_span message,
                              struct vd_span signature);

/* Signing: the commissioner vectors, documents. Keys are PKCS#8 PEM or a 32-octet scalar. */
struct vd_key;
struct vd_key *vd_key_generate(void);                     /* P-256 */
struct vd_key *vd_key_generate_ed25519(void);
bool vd_key_has_ed25519(void); /* this libcrypto knows the algorithm */
struct vd_key *vd_key_read_pem(struct vd_span pem);       /* private, of either algorithm */
struct vd_key *vd_key_from_scalar(struct vd_span scalar); /* private, P-256, 32 octets */
bool vd_key_scalar_valid(struct vd_span scalar);          /* 32 octets, from 1 to below the order */
void vd_key_free(struct vd_key *k);
bool vd_key_point(const struct vd_key *k, uint8_t ret[VD_POINT]);
bool vd_key_private_pem(const struct vd_key *k, struct vd_buf *out);
bool vd_key_public_pem(const struct vd_key *k, struct vd_buf *out);
bool vd_key_sign_raw(const struct vd_key *k, struct vd_span message, uint8_t ret[VD_RAW_SIG]);
bool vd_key_public(const struct vd_key *k, struct vd_public *ret);
/* By whichever algorithm the key is of. */
bool vd_key_sign(const struct vd_key *k, struct vd_span message, uint8_t ret[VD_RAW_SIG]);
/* SubjectPublicKeyInfo in PEM -> point. */
bool vd_public_pem_point(struct vd_span pem, uint8_t ret[VD_POINT]);

#endif
