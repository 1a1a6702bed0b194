/* SPDX-License-Identifier: Apache-2.0
 *
 * head.h - the draft head VDH0: one signature over which bundle is current, and until when.
 *
 * Owns:           the byte format and its signature.
 * Must not know:  stores, versions seen before, the clock.
 *
 * VDH0 is a draft without any promise; VDH1 will replace it.
 *
 *   head := "VDH0" network:u8 algorithm:u8 zero:u16 sequence:u64 created:i64 expires:i64
 *           next_publish:i64 bundle_size:u64 bundle_sha256[32] signature[64]     ; little-endian
 *
 * algorithm 1 is ECDSA P-256 with SHA-256, r || s, over everything before the signature.
 */
#ifndef VD_HEAD_H
#define VD_HEAD_H

#include "sig.h"

struct vd_head {
    uint8_t network;
    uint64_t sequence;
    int64_t created, expires, next_publish;
    uint64_t bundle_size;
    uint8_t bundle_sha256[VD_SHA256];
};

bool vd_head_write(const struct vd_head *h, const struct vd_key *key, struct vd_buf *out);
/* The form alone: NULL, or what is wrong. */
const char *vd_head_read(struct vd_span in, struct vd_head *ret, struct vd_span *ret_signed,
                         struct vd_span *ret_signature);
/* Form and signature; NULL, or what is wrong. */
const char *vd_head_check(struct vd_span in, struct vd_span point, struct vd_head *ret);

#endif
