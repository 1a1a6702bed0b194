/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle_unit.h - sets of issuers with keys that nobody chose, as bundles.
 */
#ifndef BUNDLE_UNIT_H
#define BUNDLE_UNIT_H

#include "bundle.h"
#include "sig.h"
#include "unit.h"

#define T0 INT64_C(1790000000)
#define KEY_ID "01234567890123456789"

struct set {
    struct vd_bundle_in in;
    struct vd_bundle_issuer *issuers;
    uint8_t (*ids)[VDB_ID];
    char (*names)[24];
    uint64_t *keys;
};

static inline uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static int by_key(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static int by_issuer(const void *x, const void *y)
{
    const struct vd_bundle_issuer *a = x, *b = y;
    return memcmp(a->id, b->id, VDB_ID);
}

/* Issuer "issuer k" with counts[k] random keys, complete and fresh at T0. */
static inline struct set set_of(const uint32_t *counts, uint32_t n, uint64_t seed)
{
    struct set s = { .issuers = calloc(n ? n : 1, sizeof *s.issuers),
                     .ids = calloc(n ? n : 1, sizeof *s.ids),
                     .names = calloc(n ? n : 1, sizeof *s.names) };
    size_t total = 0, at = 0;

    for (uint32_t i = 0; i < n; i++)
        total += counts[i];
    s.keys = calloc(total ? total : 1, sizeof *s.keys);
    assert_true(s.issuers != NULL && s.ids != NULL && s.names != NULL && s.keys != NULL);
    for (size_t i = 0; i < total; i++)
        s.keys[i] = next_random(&seed);
    for (uint32_t i = 0; i < n; i++) {
        (void)snprintf(s.names[i], sizeof s.names[i], "issuer %u", (unsigned)i);
        assert_true(vd_revkey_issuer(NULL, vd_span_str(s.names[i]), vd_span_str(KEY_ID), s.ids[i]));
        qsort(s.keys + at, counts[i], sizeof *s.keys, by_key);
        s.issuers[i] = (struct vd_bundle_issuer){ .id = s.ids[i],
                                                  .key_id = vd_span_str(KEY_ID),
                                                  .name = vd_span_str(s.names[i]),
                                                  .good = true,
                                                  .this_update = T0 - 3600,
                                                  .next_update = T0 + 86400,
                                                  .last_ok = T0,
                                                  .keys = s.keys + at,
                                                  .n = counts[i],
                                                  .base_n = counts[i] };
        at += counts[i];
    }
    qsort(s.issuers, n, sizeof *s.issuers, by_issuer);
    s.in = (struct vd_bundle_in){ .network = VD_NETWORK_TEST, .kind = VDB_FULL,
                                  .evidence_time = T0, .issuers = s.issuers, .n = n };
    return s;
}

static inline void set_free(struct set *s)
{
    free(s->issuers);
    free(s->ids);
    free(s->names);
    free(s->keys);
}

static inline struct vd_buf encoded(const struct set *s, enum vdb_kind kind)
{
    struct vd_buf b = VD_BUF(1u << 30);
    struct vd_bundle_in in = s->in;
    in.kind = kind;
    assert_true(vd_bundle_encode(&in, &b));
    return b;
}

static inline struct vd_bundle opened(const struct vd_buf *b)
{
    struct vd_bundle v;
    const char *wrong = vd_bundle_read(vd_buf_span(b), &v);
    if (wrong != NULL)
        fail_msg("not opened: %s", wrong);
    return v;
}

#endif
