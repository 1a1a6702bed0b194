/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle.h - the draft bundle VDB0: coverage rows, names and exact keys, one encoding per set.
 *
 * Owns:           the byte format and its checks.
 * Must not know:  signatures, times as seen by a caller, CRLs.
 *
 * VDB0 is a draft without any promise; VDB1 will replace it.
 *
 *   bundle := "VDB0" network:u8 zero:u8[3] evidence_time:i64 n_rows:u32 zero:u32 n_keys:u64
 *             names_size:u64 row[n_rows] key:u64[n_keys] names sha256[32]      ; little-endian
 *   row    := issuer_id[16] good:u8 reason:u8 zero:u16 n_keys:u32 this_update:i64 next_update:i64
 *             last_ok:i64 first_key:u64 names_offset:u32 names_size:u32        ; 64 bytes
 *   names  := (key_id_size:u8 key_id name)[n_rows]
 *
 * Rows ascend by issuer_id; the keys of a row follow those of the row before it, ascending; names
 * likewise; the hash is over everything before it; nothing may follow.
 */
#ifndef VD_BUNDLE_H
#define VD_BUNDLE_H

#include "revset.h"

struct vd_bundle_row {
    struct vd_span id;
    bool good;
    enum vd_reason reason;
    int64_t this_update, next_update, last_ok;
    struct vd_span keys;         /* 8 octets each */
    struct vd_span key_id, name; /* of the issuer */
};

struct vd_bundle {
    enum vd_network network;
    int64_t evidence_time;
    uint32_t n_rows;
    uint64_t n_keys;
    struct vd_span rows, keys, names;
};

bool vd_bundle_write(const struct vd_revset *set, struct vd_buf *out);
/* Checks everything; NULL, or what is wrong. */
const char *vd_bundle_read(struct vd_span in, struct vd_bundle *ret);
bool vd_bundle_row(const struct vd_bundle *b, uint32_t i, struct vd_bundle_row *ret);
/* The row of this issuer id, or false. */
bool vd_bundle_find(const struct vd_bundle *b, const uint8_t id[VD_ISSUER_ID],
                    struct vd_bundle_row *ret);
bool vd_bundle_listed(const struct vd_bundle_row *row, uint64_t key);

#endif
