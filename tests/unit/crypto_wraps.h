/* SPDX-License-Identifier: Apache-2.0
 *
 * crypto_wraps.h - every call into libcrypto that can fail, and those that open and map a file, caught by
 * the linker: it returns its failure value, and what the real one leaves behind (an entry in libcrypto's
 * list, errno). CMakeLists.txt wraps the same names; a name that is not there is never reached.
 *
 * For alloc.h, which says when: `fails`.
 */
#ifndef CRYPTO_WRAPS_H
#define CRYPTO_WRAPS_H

#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fails(const char *name);

static bool crypto_fails(const char *name)
{
    if (!fails(name))
        return false;
    ERR_raise(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE);
    return true;
}

static bool system_fails(const char *name, int error)
{
    if (!fails(name))
        return false;
    errno = error;
    return true;
}

/* WRAP(what it returns, name, failure value, (parameters), (arguments)) */
#define WRAP(type, name, failure, parameters, arguments)                                           \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return crypto_fails(#name) ? (failure) : __real_##name arguments;                          \
    }

/* ---- digests ---- */

WRAP(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
WRAP(EVP_MD *, EVP_MD_fetch, NULL, (OSSL_LIB_CTX * c, const char *name, const char *q), (c, name, q))
WRAP(int, EVP_Digest, 0,
     (const void *p, size_t n, unsigned char *md, unsigned *size, const EVP_MD *type, ENGINE *e),
     (p, n, md, size, type, e))
WRAP(int, EVP_DigestInit_ex2, 0, (EVP_MD_CTX * c, const EVP_MD *type, const OSSL_PARAM *p),
     (c, type, p))
WRAP(int, EVP_DigestUpdate, 0, (EVP_MD_CTX * c, const void *p, size_t n), (c, p, n))
WRAP(int, EVP_DigestFinal_ex, 0, (EVP_MD_CTX * c, unsigned char *md, unsigned *n), (c, md, n))

/* ---- signatures ---- */

WRAP(int, EVP_PKEY_verify_init, 0, (EVP_PKEY_CTX * c), (c))
WRAP(int, EVP_PKEY_verify, -1,
     (EVP_PKEY_CTX * c, const unsigned char *sig, size_t n, const unsigned char *p, size_t n_p),
     (c, sig, n, p, n_p))
WRAP(int, EVP_DigestVerifyInit_ex, 0,
     (EVP_MD_CTX * c, EVP_PKEY_CTX **pc, const char *md, OSSL_LIB_CTX *l, const char *q, EVP_PKEY *k,
      const OSSL_PARAM *p),
     (c, pc, md, l, q, k, p))
WRAP(int, EVP_DigestVerify, -1,
     (EVP_MD_CTX * c, const unsigned char *sig, size_t n, const unsigned char *p, size_t n_p),
     (c, sig, n, p, n_p))
WRAP(int, EVP_DigestSignInit_ex, 0,
     (EVP_MD_CTX * c, EVP_PKEY_CTX **pc, const char *md, OSSL_LIB_CTX *l, const char *q, EVP_PKEY *k,
      const OSSL_PARAM *p),
     (c, pc, md, l, q, k, p))
WRAP(int, EVP_DigestSign, 0,
     (EVP_MD_CTX * c, unsigned char *sig, size_t *n, const unsigned char *p, size_t n_p),
     (c, sig, n, p, n_p))

/* ---- keys ---- */

WRAP(EVP_PKEY *, EVP_PKEY_dup, NULL, (EVP_PKEY * k), (k))
WRAP(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_name, NULL,
     (OSSL_LIB_CTX * l, const char *name, const char *q), (l, name, q))
WRAP(EVP_PKEY_CTX *, EVP_PKEY_CTX_new_from_pkey, NULL, (OSSL_LIB_CTX * l, EVP_PKEY *k, const char *q),
     (l, k, q))
WRAP(int, EVP_PKEY_fromdata_init, 0, (EVP_PKEY_CTX * c), (c))
WRAP(int, EVP_PKEY_fromdata, 0, (EVP_PKEY_CTX * c, EVP_PKEY **k, int what, OSSL_PARAM p[]),
     (c, k, what, p))
WRAP(int, EVP_PKEY_set1_encoded_public_key, 0, (EVP_PKEY * k, const unsigned char *p, size_t n),
     (k, p, n))
WRAP(EVP_PKEY *, EVP_PKEY_new_raw_public_key_ex, NULL,
     (OSSL_LIB_CTX * l, const char *type, const char *q, const unsigned char *p, size_t n),
     (l, type, q, p, n))
WRAP(int, EVP_PKEY_get_raw_public_key, 0, (const EVP_PKEY *k, unsigned char *p, size_t *n), (k, p, n))
WRAP(int, EVP_PKEY_get_octet_string_param, 0,
     (const EVP_PKEY *k, const char *name, unsigned char *p, size_t max, size_t *n),
     (k, name, p, max, n))
WRAP(int, EVP_PKEY_get_utf8_string_param, 0,
     (const EVP_PKEY *k, const char *name, char *p, size_t max, size_t *n), (k, name, p, max, n))
WRAP(OSSL_PARAM_BLD *, OSSL_PARAM_BLD_new, NULL, (void), ())
WRAP(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, NULL, (OSSL_PARAM_BLD * b), (b))
WRAP(int, OSSL_PARAM_BLD_push_BN, 0, (OSSL_PARAM_BLD * b, const char *name, const BIGNUM *n),
     (b, name, n))
WRAP(int, OSSL_PARAM_BLD_push_octet_string, 0,
     (OSSL_PARAM_BLD * b, const char *name, const void *p, size_t n), (b, name, p, n))
WRAP(int, OSSL_PARAM_BLD_push_utf8_string, 0,
     (OSSL_PARAM_BLD * b, const char *name, const char *p, size_t n), (b, name, p, n))
WRAP(BIGNUM *, BN_bin2bn, NULL, (const unsigned char *p, int n, BIGNUM *ret), (p, n, ret))
WRAP(BIGNUM *, BN_secure_new, NULL, (void), ())
WRAP(EC_GROUP *, EC_GROUP_new_by_curve_name, NULL, (int nid), (nid))
WRAP(EC_POINT *, EC_POINT_new, NULL, (const EC_GROUP *g), (g))
WRAP(int, EC_POINT_mul, 0,
     (const EC_GROUP *g, EC_POINT *r, const BIGNUM *n, const EC_POINT *q, const BIGNUM *m, BN_CTX *c),
     (g, r, n, q, m, c))
WRAP(size_t, EC_POINT_point2oct, 0,
     (const EC_GROUP *g, const EC_POINT *p, point_conversion_form_t form, unsigned char *to, size_t n,
      BN_CTX *c),
     (g, p, form, to, n, c))

/* ---- PEM ---- */

WRAP(BIO *, BIO_new, NULL, (const BIO_METHOD *m), (m))
WRAP(BIO *, BIO_new_mem_buf, NULL, (const void *p, int n), (p, n))
WRAP(EVP_PKEY *, PEM_read_bio_PUBKEY, NULL, (BIO * b, EVP_PKEY **k, pem_password_cb *cb, void *u),
     (b, k, cb, u))
WRAP(EVP_PKEY *, PEM_read_bio_PrivateKey, NULL, (BIO * b, EVP_PKEY **k, pem_password_cb *cb, void *u),
     (b, k, cb, u))
WRAP(int, PEM_write_bio_PUBKEY, 0, (BIO * b, const EVP_PKEY *k), (b, k))
WRAP(int, PEM_write_bio_PKCS8PrivateKey, 0,
     (BIO * b, const EVP_PKEY *k, const EVP_CIPHER *c, const char *p, int n, pem_password_cb *cb,
      void *u),
     (b, k, c, p, n, cb, u))

/* ---- files ---- */

void *__real_mmap(void *at, size_t n, int protection, int flags, int fd, off_t from);
void *__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t from);
void *__wrap_mmap(void *at, size_t n, int protection, int flags, int fd, off_t from)
{
    return system_fails("mmap", ENOMEM) ? MAP_FAILED
                                        : __real_mmap(at, n, protection, flags, fd, from);
}

int __real_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret);
int __wrap_fstat(int fd, struct stat *ret)
{
    return system_fails("fstat", EIO) ? -1 : __real_fstat(fd, ret);
}

ssize_t __real_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n);
ssize_t __wrap_read(int fd, void *p, size_t n)
{
    return system_fails("read", EIO) ? -1 : __real_read(fd, p, n);
}

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    unsigned mode = 0;
    va_list more;

    if (system_fails("open", EMFILE))
        return -1;
    va_start(more, flags);
    if ((flags & O_CREAT) != 0)
        mode = va_arg(more, unsigned);
    va_end(more);
    return __real_open(path, flags, mode);
}

#endif
