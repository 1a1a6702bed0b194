/* SPDX-License-Identifier: Apache-2.0
 *
 * cd.c - Certification Declarations.
 */
#include "cd.h"

#include <string.h>

#include "der.h"
#include "node.h"

#define U8 0x04u
#define U16 0x05u
#define UTF8 0x0Cu
#define STRUCTURE 0x15u
#define ARRAY 0x16u

#define SHA256 "30{oid(2.16.840.1.101.3.4.2.1)}"
#define ECDSA_SHA256 "30{oid(1.2.840.10045.4.3.2)}"

static void put_products(struct writer *w, const struct cd_claims *claims)
{
    node_open_tlv(w, "products", ARRAY, 2);
    for (size_t i = 0; i < claims->n_pids; i++)
        node_uint(w, "product", U16, -1, claims->pids[i]);
    node_close(w);
}

static void make_content(struct mint *m, const char *object, const struct cd_claims *claims,
                         struct buf *ret)
{
    static const char certificate_id[] = "CSA25000MAT00000-24";
    struct writer w = node_writer(m->set, &m->env, object);

    node_open_tlv(&w, NODE_ROOT, STRUCTURE, -1);
    node_uint(&w, "format-version", U8, 0, 1);
    node_uint(&w, "vendor-id", U16, 1, claims->vid);
    put_products(&w, claims);
    node_uint(&w, "device-type-id", U16, 3, 0x0100);
    node_string(&w, "certificate-id", UTF8, 4, certificate_id, strlen(certificate_id));
    node_uint(&w, "security-level", U8, 5, 0);
    node_uint(&w, "security-information", U16, 6, 0);
    node_uint(&w, "version-number", U16, 7, 1);
    node_uint(&w, "certification-type", U8, 8, 0);
    node_expr(&w, "origin-vid", "none");
    node_expr(&w, "origin-pid", "none");
    node_expr(&w, "authorized-paas", "none");
    node_close(&w);
    *ret = w.out;
}

static void sign(struct mint *m, const char *object, const char *signer, const struct buf *content,
                 struct buf *ret)
{
    const char *over = settings_get2(m->set, object, "sign-over");
    uint8_t raw[64], digest[32];
    struct buf hashed = { .p = NULL };

    keys_sha256(content->p, content->n, digest);
    buf_add(&hashed, digest, sizeof digest);
    cert_sign(m, object, cert_key(m, signer),
              over != NULL && strcmp(over, "digest") == 0 ? &hashed : content, raw);
    der_ecdsa(ret, raw);
    buf_free(&hashed);
}

static void put_signer_info(struct mint *m, struct writer *w, const char *signer,
                            const struct buf *signature)
{
    node_open(w, "signers", 0x31);
    node_open(w, "signer", 0x30);
    node_expr(w, "signer-version", "020103");
    node_der(w, "signer-id", 0x80, keys_get(m->keys, cert_key(m, signer))->id, 20);
    node_expr(w, "signer-digest", SHA256);
    node_expr(w, "signer-algorithm", ECDSA_SHA256);
    node_open(w, "signature", 0x04);
    node_der(w, "signature-value", 0x30, signature->p, signature->n);
    node_close(w);
    node_close(w);
    node_close(w);
}

static void put_encapsulated(struct writer *w, const struct buf *content)
{
    node_open(w, "encapsulated", 0x30);
    node_expr(w, "encapsulated-type", "oid(1.2.840.113549.1.7.1)");
    node_open(w, "encapsulated-explicit", 0xA0);
    node_der(w, "octets", 0x04, content->p, content->n);
    node_close(w);
    node_close(w);
}

void cd_make(struct mint *m, const char *content_object, const char *object, const char *signer,
             const struct cd_claims *claims, struct buf *ret)
{
    struct writer w = node_writer(m->set, &m->env, object);
    struct buf content = { .p = NULL }, signature = { .p = NULL };

    make_content(m, content_object, claims, &content);
    sign(m, object, signer, &content, &signature);
    node_open(&w, NODE_ROOT, 0x30);
    node_expr(&w, "content-type", "oid(1.2.840.113549.1.7.2)");
    node_open(&w, "explicit", 0xA0);
    node_open(&w, "signed-data", 0x30);
    node_expr(&w, "version", "020103");
    node_open(&w, "digests", 0x31);
    node_expr(&w, "digest", SHA256);
    node_close(&w);
    put_encapsulated(&w, &content);
    put_signer_info(m, &w, signer, &signature);
    node_close(&w);
    node_close(&w);
    node_close(&w);
    *ret = w.out;
    buf_free(&content);
    buf_free(&signature);
}
