/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_bundle.h - bundles made on the spot, and the hashes of one that was changed put right.
 */
#ifndef FUZZ_BUNDLE_H
#define FUZZ_BUNDLE_H

#include "bundle.h"
#include "fuzz.h"
#include "sig.h"

#define FUZZ_AT INT64_C(1790000000)
#define FUZZ_KEY_ID "01234567890123456789"

static inline int fuzz_sha256(void *user, const uint8_t *in, size_t n, uint8_t ret[VDB_DIGEST])
{
    (void)user;
    return vd_sha256(vd_span_of(in, n), ret);
}

/* Size, section hashes and header hash, as far as the directory leads to something. */
static inline void fuzz_bundle_repair(uint8_t *p, size_t n)
{
    const size_t entries = n > 6 ? p[6] : 0, end = VDB_HEADER * (1 + entries);
    struct vd_span section;
    if (n < end + VDB_DIGEST || entries > VDB_MAX_SECTIONS)
        return;
    for (size_t i = 0; i < 8; i++)
        p[16 + i] = (uint8_t)((uint64_t)n >> 8 * i);
    for (size_t i = 1; i <= entries; i++) {
        uint8_t *e = p + VDB_HEADER * i;
        const size_t at = (size_t)e[8] | (size_t)e[9] << 8 | (size_t)e[10] << 16,
                     size = (size_t)e[16] | (size_t)e[17] << 8 | (size_t)e[18] << 16;
        if (vd_span_slice(vd_span_of(p, n), at, size, &section))
            INVARIANT(vd_sha256(section, e + 24));
    }
    INVARIANT(vd_sha256(vd_span_of(p, end), p + end));
}

/* Issuers "a", "b", ...: counts[i] keys, spread over all 64 bits. At most 4. */
static inline struct vd_buf fuzz_bundle_of(enum vdb_kind kind, const uint32_t *counts, uint32_t n)
{
    static const char *const names[] = { "a", "b", "c", "d" };
    static uint64_t keys[4][4096];
    struct vd_bundle_issuer issuers[4];
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = kind,
                               .evidence_time = FUZZ_AT, .issuers = issuers, .n = n };
    struct vd_buf out = VD_BUF(1u << 20);
    uint8_t ids[4][VD_ISSUER_ID];

    for (size_t i = 0; i < n; i++) {
        INVARIANT(vd_revkey_issuer(NULL, vd_span_str(names[i]), vd_span_str(FUZZ_KEY_ID), ids[i]));
        for (uint64_t k = 0; k < counts[i]; k++)
            keys[i][k] = (k + 1) * (UINT64_MAX / (counts[i] + 2)) + i;
        issuers[i] = (struct vd_bundle_issuer){ .id = ids[i], .key_id = vd_span_str(FUZZ_KEY_ID),
                                                .name = vd_span_str(names[i]), .good = true,
                                                .this_update = FUZZ_AT - 10000,
                                                .next_update = FUZZ_AT + 600000, .last_ok = FUZZ_AT,
                                                .keys = keys[i], .n = counts[i],
                                                .base_n = counts[i] };
    }
    for (size_t i = 0; i < n; i++) { /* ascending by id */
        for (size_t k = 0; k + 1 < n; k++) {
            const struct vd_bundle_issuer one = issuers[k];
            if (vd_span_cmp(vd_span_of(one.id, VDB_ID), vd_span_of(issuers[k + 1].id, VDB_ID)) > 0) {
                issuers[k] = issuers[k + 1];
                issuers[k + 1] = one;
            }
        }
    }
    INVARIANT(vd_bundle_encode(&in, &out));
    return out;
}

#endif
