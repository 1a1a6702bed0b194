/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_page.c - confirming what a filter leaves open: proofs that somebody sends, genuine ones that were
 * changed, and servers that send other octets than those of the bundle. The first octet chooses the key
 * and which of the three; changes are at:u16 value:u8, over and over.
 *
 * Reaches: vdb_confirm vdb_proof_check vdb_proof_group vd_proof_make vd_proof_text
 * Properties: a proof that holds is the genuine page, and gives the answer of the full bundle.
 */
#include "fuzz_bundle.h"
#include "limits.h"
#include "proof.h"

static const uint32_t counts[] = { 3000, 70, 3 };
static struct vd_buf hub_file, full_file;
static struct vd_bundle hub, full;

static void make(void)
{
    hub_file = fuzz_bundle_of(VDB_HUB, counts, 3);
    full_file = fuzz_bundle_of(VDB_FULL, counts, 3);
    INVARIANT(vd_bundle_read(vd_buf_span(&hub_file), &hub) == NULL);
    INVARIANT(vd_bundle_read(vd_buf_span(&full_file), &full) == NULL);
}

/* Of the octets [at, at + n), which are the last of `out`. */
static void patch(struct vd_span patches, uint64_t at, size_t n, struct vd_buf *out)
{
    uint64_t where;
    uint8_t value;
    while (vd_take_le(&patches, 2, &where) && vd_take_u8(&patches, &value)) {
        if (where >= at && where - at < n)
            out->p[out->n - n + (size_t)(where - at)] = value;
    }
}

/* A server that sends other octets. */
static bool read_patched(void *user, uint64_t at, size_t n, struct vd_buf *out)
{
    struct vd_span part;
    if (at > full_file.n || !vd_span_slice(vd_buf_span(&full_file), (size_t)at, n, &part) ||
        !vd_buf_put(out, part))
        return false;
    patch(*(struct vd_span *)user, at, n, out);
    return true;
}

/* A key of the first issuer with filter that the filter does not rule out. */
static bool pick(uint8_t choice, uint64_t *ret_key, struct vdb_found *ret)
{
    for (uint32_t i = 0; i < hub.n_rows; i++) {
        const struct vdb_row r = vdb_row_at(&hub.v, i);
        if (r.n != counts[choice & 1])
            continue;
        for (uint64_t k = choice; k < r.n + 64; k += 61) {
            *ret_key = (k + 1) * (UINT64_MAX / (r.n + 2)) + (choice & 1);
            if (vdb_find(&hub.v, r.id, *ret_key, ret) == VDB_UNCONFIRMED)
                return true;
        }
    }
    return false;
}

static void judge(struct vd_span proof, const struct vdb_found *found, uint64_t key)
{
    uint8_t root[VDB_DIGEST];
    enum vdb_answer a = VDB_NOT_COVERED;
    struct vdb_bytes page;
    const struct vdb_bytes in = { proof.p, proof.n }, want = vdb_page_at(&full.v, found->page);
    enum vdb_error e, f;

    (void)vd_copy(root, sizeof root, vd_span_of(hub.v.part[VDB_COVERAGE].p, VDB_DIGEST));
    e = vdb_proof_check(root, hub.v.n_pages, found->page, in, fuzz_sha256, NULL, &page);
    f = vdb_confirm(&hub.v, found, key, in, fuzz_sha256, NULL, &a);
    INVARIANT(e == f && (e == VDB_OK || (vd_proof_text(e) != NULL && a == VDB_NOT_COVERED)));
    if (e != VDB_OK)
        return;
    INVARIANT(vd_span_eq(vd_span_of(page.p, page.n), vd_span_of(want.p, want.n)));
    INVARIANT(a == vdb_find(&full.v, found->row.id, key, NULL));
}

static bool make_proof(const struct vdb_found *found, struct vd_span patches, struct vd_buf *out)
{
    struct vd_bucket b = { .page = found->page, .n_pages = hub.v.n_pages };
    (void)vd_copy(b.tree, sizeof b.tree, vd_span_of(hub.v.part[VDB_COVERAGE].p, VDB_DIGEST));
    return vd_proof_make(&b, read_patched, &patches, out) == NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_buf proof = VD_BUF(VD_MAX_PROOF);
    struct vd_span rest, own;
    struct vdb_found found;
    uint64_t key;
    bool made = true;

    if (hub_file.p == NULL)
        make();
    if (size == 0 || !pick(data[0], &key, &found))
        return 0;
    rest = (struct vd_span){ data + 1, size - 1 };
    if ((data[0] >> 1 & 3) == 1) {
        made = make_proof(&found, rest, &proof);
    } else if ((data[0] >> 1 & 3) == 2) {
        INVARIANT(make_proof(&found, VD_NO_SPAN, &proof));
        patch(rest, 0, proof.n, &proof);
    } else {
        INVARIANT(vd_buf_put(&proof, rest));
    }
    own = fuzz_own(vd_buf_span(&proof));
    if (made)
        judge(own, &found, key);
    fuzz_free(own);
    vd_buf_free(&proof);
    return 0;
}
