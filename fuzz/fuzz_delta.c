/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_delta.c - deltas, beside a bundle of three issuers: a filter, a list, and none revoked. What of the
 * head would refuse everything else (network, base, from) is put right first.
 *
 * Reaches: vd_delta_read_head vd_delta_code vd_delta_resolve vd_delta_body vd_delta_build vd_delta_diff
 *          vd_delta_apply vd_delta_make vd_show_delta
 * Properties: what comes out opens and is the bundle that is named; it has exactly this delta; nothing
 * comes out with an error.
 */
#include "delta_int.h"
#include "fuzz.h"
#include "show.h"

#define KEY_ID "01234567890123456789"

/* The bundle to start from. */
static struct vd_buf first(enum vdb_kind kind)
{
    static const char *const names[] = { "a", "b", "c" };
    static const uint32_t counts[] = { 100, 5, 0 };
    struct vd_bundle_issuer issuers[3];
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = kind,
                               .evidence_time = 1790000000, .issuers = issuers, .n = 3 };
    struct vd_buf out = VD_BUF(1u << 20);
    uint8_t ids[3][VD_ISSUER_ID];
    uint64_t keys[3][100];

    for (size_t i = 0; i < 3; i++) {
        INVARIANT(vd_revkey_issuer(NULL, vd_span_str(names[i]), vd_span_str(KEY_ID), ids[i]));
        for (uint32_t k = 0; k < counts[i]; k++)
            keys[i][k] = (k + 1) * UINT64_C(0x028F5C28F5C28F5C) + i; /* spread over all 64 bits */
        issuers[i] = (struct vd_bundle_issuer){ .id = ids[i], .key_id = vd_span_str(KEY_ID),
                                                .name = vd_span_str(names[i]), .good = true,
                                                .this_update = 1789990000,
                                                .next_update = 1790600000, .last_ok = 1790000000,
                                                .keys = keys[i], .n = counts[i],
                                                .base_n = counts[i] };
    }
    for (size_t i = 0; i < 2; i++) { /* ascending by id */
        for (size_t k = 0; k < 2; k++) {
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

static void check_result(struct vd_span from, struct vd_span delta, struct vd_span to)
{
    struct vd_buf again = VD_BUF(1u << 24);
    struct vd_delta_head h;
    struct vd_bundle b;

    INVARIANT(vd_delta_read_head(delta, &h) == VD_DELTA_OK);
    INVARIANT(vd_bundle_read(to, &b) == NULL && vd_span_eq(vd_bundle_hash(&b), h.to));
    INVARIANT(vd_delta_make(from, to, &again) == VD_DELTA_OK);
    INVARIANT(vd_span_eq(vd_buf_span(&again), delta));
    vd_buf_free(&again);
}

static void put(struct vd_buf *b, size_t at, struct vd_span bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        b->p[at + i] = bytes.p[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_buf delta = VD_BUF(1u << 24), out = VD_BUF(1u << 24), text = VD_BUF(1u << 24), from;
    struct vd_doc doc = { .out = &text, .json = true, .field_of = vd_show_field };
    struct vd_bundle b;
    enum vd_delta_error e;
    int64_t time;

    if (size < VD_DELTA_HEAD || !vd_buf_put(&delta, vd_span_of(data, size)))
        return 0;
    delta.p[4] = VD_NETWORK_TEST;
    delta.p[5] = delta.p[5] == VDB_HUB ? VDB_HUB : VDB_FULL;
    from = first((enum vdb_kind)delta.p[5]);
    INVARIANT(vd_bundle_read(vd_buf_span(&from), &b) == NULL);
    put(&delta, 24, vd_bundle_base(&b, &time));
    put(&delta, 24 + VDB_DIGEST, vd_bundle_hash(&b));
    e = vd_delta_apply(vd_buf_span(&from), vd_buf_span(&delta), 1u << 20, &out);
    INVARIANT(e == VD_DELTA_OK || out.n == 0);
    if (e == VD_DELTA_OK)
        check_result(vd_buf_span(&from), vd_buf_span(&delta), vd_buf_span(&out));
    (void)vd_show_delta(vd_buf_span(&delta), &doc);
    vd_buf_free(&delta);
    vd_buf_free(&from);
    vd_buf_free(&out);
    vd_buf_free(&text);
    return 0;
}
