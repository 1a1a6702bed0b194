/* SPDX-License-Identifier: Apache-2.0
 *
 * proof.c - header, directory, page table, hashes, page: the parts of a file that prove one page.
 */
#include "proof.h"

#include "limits.h"

#define NOT_READ "" /* `read` knows why */

struct part {
    uint64_t at, size;
};

struct making {
    const struct vd_bucket *bucket;
    vd_proof_read *read;
    void *user;
    struct part pages, codes, tree;
};

/* A few octets of the file as a span over `b`. */
static bool get(const struct making *m, uint64_t at, size_t n, struct vd_buf *b, struct vd_span *ret)
{
    vd_buf_clear(b);
    *ret = VD_NO_SPAN;
    if (!m->read(m->user, at, n, b) || b->failed || b->n != n)
        return false;
    *ret = vd_buf_span(b);
    return true;
}

/* entry := type:u32 flags:u32 offset:u64 size:u64 digest[32] zero:u64 */
static bool take_entry(struct making *m, struct vd_span *in)
{
    uint64_t type, flags, at, size;
    struct vd_span entry;

    if (!vd_take(in, VDB_HEADER, &entry) || !vd_take_le(&entry, 4, &type) ||
        !vd_take_le(&entry, 4, &flags) || !vd_take_le(&entry, 8, &at) ||
        !vd_take_le(&entry, 8, &size) || at > VDB_MAX_SIZE || size > VDB_MAX_SIZE)
        return false;
    if (type == VDB_PAGES)
        m->pages = (struct part){ at, size };
    else if (type == VDB_CODES)
        m->codes = (struct part){ at, size };
    else if (type == VDB_TREE)
        m->tree = (struct part){ at, size };
    return true;
}

/* Coverage begins with the root of the tree: it tells a file of another set before more is fetched. */
static const char *read_root(const struct making *m, struct vd_span root)
{
    uint64_t issuers, pages;
    struct vd_span digest;

    if (!vd_take(&root, VDB_DIGEST, &digest) || !vd_take_le(&root, 4, &issuers) ||
        !vd_take_le(&root, 4, &pages) || pages != m->bucket->n_pages ||
        !vd_span_eq(digest, VD_SPAN(m->bucket->tree)))
        return "the bundle there is of another time: its pages are not those of this one";
    return NULL;
}

/* header := "VDB1" network:u8 kind:u8 sections:u8 ... ; directory, header_hash[32], zeros, coverage */
static const char *read_front(struct making *m)
{
    uint8_t room[VDB_HEADER * (VDB_MAX_SECTIONS + 2) + VDB_DIGEST];
    struct vd_buf b = VD_BUF_ON(room);
    uint8_t network, kind, sections;
    struct vd_span in, directory;
    size_t coverage;

    if (!get(m, 0, VDB_HEADER, &b, &in))
        return NOT_READ;
    if (!vd_take_tag(&in, "VDB1") || !vd_take_u8(&in, &network) || !vd_take_u8(&in, &kind) ||
        !vd_take_u8(&in, &sections) || sections > VDB_MAX_SECTIONS)
        return "not a bundle";
    if (kind != VDB_FULL)
        return "not a bundle of kind full";
    coverage = ((size_t)VDB_HEADER * sections + VDB_DIGEST + VDB_ALIGN - 1) / VDB_ALIGN * VDB_ALIGN;
    if (!get(m, VDB_HEADER, coverage + VDB_DIGEST + 8, &b, &in))
        return NOT_READ;
    directory = (struct vd_span){ in.p, (size_t)VDB_HEADER * sections };
    while (directory.n > 0) {
        if (!take_entry(m, &directory))
            return "its directory is not one";
    }
    return read_root(m, vd_span_skip(in, coverage));
}

static const char *read_page(const struct making *m, struct vd_buf *out)
{
    uint8_t room[8];
    struct vd_buf b = VD_BUF_ON(room);
    struct vd_span in;
    uint64_t from, to;

    if (m->pages.size != 4 * ((uint64_t)m->bucket->n_pages + 1))
        return "its page table is not one";
    if (!get(m, m->pages.at + 4 * (uint64_t)m->bucket->page, 8, &b, &in))
        return NOT_READ;
    if (!vd_take_le(&in, 4, &from) || !vd_take_le(&in, 4, &to) || to < from || to > m->codes.size)
        return "its page table is not one";
    if (to - from > VD_MAX_PAGE)
        return "the page is larger than the ceiling";
    if (!vd_buf_le(out, 4, to - from) || !vd_buf_u8(out, 0))
        return "out of memory";
    return to == from || m->read(m->user, m->codes.at + from, (size_t)(to - from), out) ? NULL
                                                                                        : NOT_READ;
}

static const char *read_path(const struct making *m, struct vd_buf *out)
{
    const struct vd_bucket *b = m->bucket;
    struct vdb_group g;

    for (uint32_t level = 0; vdb_proof_group(b->n_pages, b->page, level, &g); level++) {
        if (!vd_buf_u8(out, g.top ? 2 : 1) || (g.top && !vd_buf_le(out, 4, b->n_pages)))
            return "out of memory";
        if (!m->read(m->user, m->tree.at + (uint64_t)g.at * VDB_DIGEST, (size_t)g.n * VDB_DIGEST, out))
            return NOT_READ;
    }
    return out->failed ? "out of memory" : NULL;
}

const char *vd_proof_make(const struct vd_bucket *bucket, vd_proof_read *read, void *user,
                          struct vd_buf *out)
{
    struct making m = { .bucket = bucket, .read = read, .user = user };
    const char *wrong = bucket->page < bucket->n_pages ? read_front(&m) : "no page is named";

    if (wrong == NULL)
        wrong = read_page(&m, out);
    return wrong == NULL ? read_path(&m, out) : wrong;
}

const char *vd_proof_text(enum vdb_error e)
{
    return e == VDB_BAD_PROOF_SIZE   ? "the proof has another size"
           : e == VDB_BAD_PROOF_PAGE ? "the page is not the one that the tree names"
           : e == VDB_BAD_PROOF_PATH ? "the hashes of the tree do not follow from each other"
           : e == VDB_BAD_PROOF_ROOT ? "the tree is not the one of the snapshot"
                                     : "not a proof";
}
