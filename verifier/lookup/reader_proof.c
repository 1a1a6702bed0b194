/* SPDX-License-Identifier: Apache-2.0
 *
 * reader_proof.c - one page of a bundle of kind full, checked against the root that a hub has.
 *
 * A proof is laid out so that everything that is hashed lies in one piece: no copy, no buffer.
 */
#include "reader_int.h"

int vdb_proof_group(uint32_t n_pages, uint32_t page, uint32_t level, struct vdb_group *ret)
{
    uint32_t at = 0, first;

    if (page >= n_pages)
        return 0;
    for (; level > 0 && n_pages > VDB_FANOUT; level--, page /= VDB_FANOUT) {
        at += n_pages;
        n_pages = (n_pages + (VDB_FANOUT - 1)) / VDB_FANOUT;
    }
    if (level > 0)
        return 0;
    first = page & ~(uint32_t)(VDB_FANOUT - 1);
    ret->at = at + first;
    ret->n = n_pages - first < VDB_FANOUT ? n_pages - first : VDB_FANOUT;
    ret->place = page - first;
    ret->top = n_pages <= VDB_FANOUT;
    return 1;
}

/* Octets of a group in a proof: its tag, in the last one the number of pages, and the hashes. */
static uint32_t size_of(const struct vdb_group *g)
{
    return (g->top ? 5 : 1) + g->n * VDB_DIGEST;
}

static int tag_ok(const struct vdb_group *g, const uint8_t *p, uint32_t n_pages)
{
    return g->top ? p[0] == 2 && vdb_le32(p + 1) == n_pages : p[0] == 1;
}

enum vdb_error vdb_proof_check(const uint8_t root[VDB_DIGEST], uint32_t n_pages, uint32_t page,
                               struct vdb_bytes proof, vdb_sha256 *sha256, void *user,
                               struct vdb_bytes *ret_page)
{
    uint8_t digest[VDB_DIGEST];
    struct vdb_group g;
    struct vdb_bytes in;
    uint32_t level, need = 0;

    for (level = 0; vdb_proof_group(n_pages, page, level, &g); level++)
        need += size_of(&g);
    if (level == 0 || proof.n < 5 || vdb_le32(proof.p) > proof.n - 5 ||
        proof.n - 5 - vdb_le32(proof.p) != need)
        return VDB_BAD_PROOF_SIZE;
    in.p = proof.p + 4;
    in.n = 1 + (size_t)vdb_le32(proof.p);
    if (in.p[0] != 0)
        return VDB_BAD_PROOF_PATH;
    for (level = 0; vdb_proof_group(n_pages, page, level, &g); level++) {
        const uint8_t *hashes;
        if (sha256(user, in.p, in.n, digest) == 0)
            return VDB_BAD_PROOF_PATH;
        in.p += in.n;
        in.n = size_of(&g);
        hashes = in.p + (g.top ? 5 : 1);
        if (!tag_ok(&g, in.p, n_pages))
            return VDB_BAD_PROOF_PATH;
        if (vdb_compare(hashes + g.place * VDB_DIGEST, digest, VDB_DIGEST) != 0)
            return level == 0 ? VDB_BAD_PROOF_PAGE : VDB_BAD_PROOF_PATH;
    }
    if (sha256(user, in.p, in.n, digest) == 0 || vdb_compare(digest, root, VDB_DIGEST) != 0)
        return VDB_BAD_PROOF_ROOT;
    ret_page->p = proof.p + 5;
    ret_page->n = vdb_le32(proof.p);
    return VDB_OK;
}

enum vdb_error vdb_confirm(const struct vdb *b, const struct vdb_found *found, uint64_t key,
                           struct vdb_bytes proof, vdb_sha256 *sha256, void *user,
                           enum vdb_answer *ret)
{
    struct vdb_bytes page;
    enum vdb_error e = VDB_BAD_PROOF_PAGE;

    if (found->row.base_n >= VDB_SMALL) /* a list needs no page, and has none */
        e = vdb_proof_check(b->part[VDB_COVERAGE].p, b->n_pages, found->page, proof, sha256, user, &page);
    if (e == VDB_OK)
        *ret = vdb_find_on_page(&found->row, page.p, page.n, key);
    return e;
}
