/* SPDX-License-Identifier: Apache-2.0
 *
 * signed_unit.h - made documents for the unit tests: keys, roots, heads.
 */
#ifndef SIGNED_UNIT_H
#define SIGNED_UNIT_H

#include "limits.h"
#include "signed.h"
#include "unit.h"

#define T0 INT64_C(1790000000)

struct signer {
    struct vd_key *key;
    struct vd_public pub;
};

static inline struct signer new_signer(bool ed25519)
{
    struct signer s = { ed25519 ? vd_key_generate_ed25519() : vd_key_generate(), { 0 } };
    assert_true(s.key != NULL && vd_key_public(s.key, &s.pub));
    return s;
}

/* The document with one more signature; `in` is freed. */
static inline struct vd_buf signed_by(struct vd_buf in, const struct signer *who)
{
    struct vd_buf out = VD_BUF(1u << 20);
    uint8_t signature[VD_RAW_SIG];
    struct vd_span message = vd_buf_span(&in);
    uint64_t size = 0;
    /* header and body, whatever has been signed before */
    assert_true(vd_span_slice(message, 28, 4, &message) && vd_take_le(&message, 4, &size));
    assert_true(vd_span_slice(vd_buf_span(&in), 0, VD_FRAME + (size_t)size, &message));
    assert_true(vd_key_sign(who->key, message, signature));
    assert_true(vd_signed_add(vd_buf_span(&in), &who->pub, VD_SPAN(signature), &out));
    vd_buf_free(&in);
    return out;
}

static inline struct vd_signed frame(enum vd_document kind, uint64_t number)
{
    return (struct vd_signed){ .kind = kind, .network = 2, .feed = "test", .epoch = 1,
                               .number = number, .created = T0, .expires = T0 + 86400 };
}

/* Version `number`; all of `keys` hold all roles. */
static inline struct vd_root root_of(const struct signer *keys, size_t n, uint8_t threshold,
                                     uint64_t number)
{
    struct vd_root r = { .s = frame(VD_DOC_ROOT, number), .head_until = T0 + 86400,
                         .threshold = { threshold, threshold, threshold } };
    for (size_t i = 0; i < n; i++)
        assert_true(vd_root_add(&r, keys[i].pub.algorithm, vd_public_span(&keys[i].pub), 7));
    return r;
}

static inline struct vd_buf written_root(const struct vd_root *r)
{
    struct vd_buf b = VD_BUF(1u << 20);
    assert_true(vd_root_write(r, &b));
    return b;
}

static inline struct vd_head head_of(uint64_t sequence)
{
    struct vd_head h = { .s = frame(VD_DOC_HEAD, sequence), .next_publish = T0 + 3600,
                         .root_version = 1, .trust_version = 1 };
    for (unsigned type = VD_REF_HUB; type <= VD_REF_TRUST; type++)
        h.ref[type] = (struct vd_ref){ .there = true, .size = 100 + type, .sha256 = { (uint8_t)type } };
    return h;
}

static inline struct vd_buf written_head(const struct vd_head *h)
{
    struct vd_buf b = VD_BUF(1u << 20);
    assert_true(vd_head_write(h, &b));
    return b;
}

#endif
