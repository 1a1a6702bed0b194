/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_bundle.c - a bundle: opening it, every code, looking things up. Its hashes are put right first;
 * with the hashes as they came it is opened as well.
 *
 * Reaches: vdb_open vdb_find vdb_find_on_page vdb_next vdb_row_at vdb_page_at vd_bundle_read
 *          vd_bundle_keys vd_bundle_check vd_bundle_name vd_provenance_read vd_compliance_read
 *          veridac_snapshot_open veridac_snapshot_lookup vd_show_bundle
 * Properties: a key is listed exactly when it is among the decoded ones; a bundle of kind hub never
 * lists what only its filter knows; what a snapshot calls good has a row that is complete and of the time.
 */
#include <veridac/veridac.h>

#include "fuzz_bundle.h"
#include "show.h"

static bool among(const struct vd_bundle_keys *k, uint64_t key, unsigned width)
{
    for (size_t i = 0; i < k->n; i++) {
        if (k->p[i] >> (64 - width) == key >> (64 - width))
            return true;
    }
    return false;
}

static void ask(const struct vd_bundle *b, const struct vdb_row *r, const struct vd_bundle_keys *k,
                uint64_t key)
{
    struct vdb_found found;
    const enum vdb_answer a = vdb_find(&b->v, r->id, key, &found);
    const bool filter = r->base_n >= VDB_SMALL;

    if (filter && b->v.kind == VDB_HUB) {
        INVARIANT(a == VDB_CLEAR || a == VDB_UNCONFIRMED);
        return;
    }
    INVARIANT(a == VDB_LISTED || a == VDB_CLEAR);
    if (!filter || a == VDB_LISTED) /* a filter that somebody else made may forget a key */
        INVARIANT((a == VDB_LISTED) == among(k, key, r->width));
}

static void rows(const struct vd_bundle *b, uint32_t seed)
{
    struct vd_bundle_keys keys = { .p = NULL };
    struct vd_span key_id, name;
    bool ran;

    for (uint32_t i = 0; i < b->n_rows && i < 16; i++) {
        const struct vd_bundle_row row = vd_bundle_row(b, i);
        const struct vdb_row *r = &row.raw;
        const bool hub = r->base_n >= VDB_SMALL && b->v.kind == VDB_HUB;
        keys.n = 0;
        INVARIANT(b->names.p == NULL || vd_bundle_name(b, i, &key_id, &name));
        if (!hub && vd_bundle_keys(b, r, &keys) != NULL)
            continue;
        INVARIANT(hub || keys.n == r->n);
        for (int n = 0; n < 8; n++)
            ask(b, r, &keys, (uint64_t)fuzz_next(&seed) << 40 | (uint64_t)fuzz_next(&seed) << 16);
        for (size_t k = 0; k < keys.n && k < 32; k++)
            ask(b, r, &keys, keys.p[k]);
    }
    free(keys.p);
    (void)vd_bundle_check(b, &ran);
}

static void look_up(struct vd_span in)
{
    static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    static const uint8_t serial[20] = { 0x01, 0x47 };
    const veridac_snapshot_options o = { .size = sizeof o };
    veridac_answer a = { .size = sizeof a };
    veridac_snapshot *s = NULL;
    veridac_status st;

    if (veridac_snapshot_open((veridac_bytes){ in.p, in.n }, &o, &s, NULL) != VERIDAC_OK)
        return;
    for (char name = 'a'; name <= 'd'; name++) {
        st = veridac_snapshot_lookup(s, (veridac_bytes){ (const uint8_t *)&name, 1 },
                                     (veridac_bytes){ (const uint8_t *)FUZZ_KEY_ID, 20 },
                                     (veridac_bytes){ serial, 1 + (in.n & 15) },
                                     (veridac_bytes){ NULL, 0 }, &policy, FUZZ_AT, &a, NULL);
        INVARIANT(st == VERIDAC_OK || st == VERIDAC_OTHER_NETWORK);
        if (st == VERIDAC_OK && a.status == VERIDAC_GOOD)
            INVARIANT(a.next_update >= FUZZ_AT && a.this_update <= FUZZ_AT + 300 &&
                      a.last_ok >= FUZZ_AT - 7 * 86400);
    }
    veridac_snapshot_free(s);
}

static void whole(struct vd_span in)
{
    struct vd_buf out = VD_BUF(1u << 24);
    struct vd_doc d = { .out = &out, .json = in.n & 1, .checked = in.n & 2, .field_of = vd_show_field };
    struct vd_bundle b;

    if (vd_bundle_read(in, &b) == NULL)
        rows(&b, fuzz_hash(in));
    look_up(in);
    (void)vd_show_bundle(in, &d);
    vd_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_span changed;
    struct vdb v;

    if (vdb_open(data, size, fuzz_sha256, NULL, &v) == VDB_OK)
        INVARIANT(vdb_open(data, size, NULL, NULL, &v) == VDB_OK);
    changed = fuzz_own((struct vd_span){ data, size });
    fuzz_bundle_repair((uint8_t *)(uintptr_t)changed.p, size);
    whole(changed);
    fuzz_free(changed);
    return 0;
}
