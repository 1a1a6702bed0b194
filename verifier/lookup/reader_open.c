/* SPDX-License-Identifier: Apache-2.0
 *
 * reader_open.c - what must hold before anything in a bundle is looked up.
 */
#include "reader_int.h"

/* The smallest b with unit * 2^b >= n; n is at most 2^27. */
static uint8_t log2_up(uint32_t unit, uint32_t n)
{
    uint8_t b = 0;
    while (unit << b < n)
        b++;
    return b;
}

static int all_zero(const uint8_t *p, uint32_t n)
{
    uint8_t any = 0;
    while (n-- > 0)
        any |= *p++;
    return any == 0;
}

static uint32_t align_up(uint32_t n)
{
    return (n + (VDB_ALIGN - 1)) & ~(uint32_t)(VDB_ALIGN - 1);
}

/* ---- what a base fixes ---- */

struct vdb_params vdb_params_of(uint32_t base_n)
{
    struct vdb_params p = { VDB_RICE + 24, 0, 0 };
    if (base_n > VDB_MAX_KEYS)
        return p;
    if (base_n <= UINT32_C(1) << 24) /* there are 64 bits */
        p.width = (uint8_t)(VDB_RICE + log2_up(1, base_n));
    if (base_n >= VDB_SMALL) {
        p.page_bits = log2_up(VDB_PAGE_KEYS, base_n);
        p.lines = (10 * base_n + 511) / 512;
    }
    return p;
}

/* ---- rows ---- */

/* What the bundle says of a row is what base_n makes of it. */
static int row_ok(const struct vdb_row *r, uint32_t evidence_time)
{
    const struct vdb_params want = vdb_params_of(r->base_n);
    return r->base_n <= VDB_MAX_KEYS && r->n <= vdb_most_keys(r->base_n) && r->complete <= 1 &&
           (r->complete == 0 || r->reason == 0) && r->rice == VDB_RICE &&
           r->width == want.width && r->page_bits == want.page_bits &&
           (want.lines == 0 || r->extent == want.lines) &&
           (r->last_ok == 0 || r->last_ok != evidence_time) && all_zero(r->id + 53, 3);
}

/* The rows one after the other: in order, and each where the one before it ended. */
static enum vdb_error check_rows(const struct vdb *b)
{
    const uint32_t evidence = all_zero(b->file.p + 12, 4) ? vdb_le32(b->file.p + 8) : 0;
    uint32_t i, list = 0, line = 0, page = 0;
    const uint8_t *last = NULL;

    for (i = 0; i < b->n_rows; i++) {
        const struct vdb_row r = vdb_row_at(b, i);
        const int small = r.base_n < VDB_SMALL;
        if (!row_ok(&r, evidence))
            return VDB_BAD_ROW;
        if (last != NULL && vdb_compare(last, r.id, VDB_ID) >= 0)
            return VDB_BAD_ROW_ORDER;
        last = r.id;
        if (r.at != (small ? list : line) || r.page != (small ? 0 : page))
            return VDB_BAD_EXTENT;
        /* what is left bounds each step, so no sum overflows */
        if (small ? r.extent > b->lists.n - list : r.extent > b->lines.n / VDB_LINE - line)
            return VDB_BAD_EXTENT;
        if (small) {
            list += r.extent;
            continue;
        }
        line += r.extent;
        if (UINT32_C(1) << r.page_bits > b->n_pages - page)
            return VDB_BAD_EXTENT;
        page += UINT32_C(1) << r.page_bits;
    }
    return list == b->lists.n && line == b->lines.n / VDB_LINE && b->lines.n % VDB_LINE == 0 &&
                   page == b->n_pages
               ? VDB_OK
               : VDB_BAD_EXTENT;
}

static enum vdb_error check_pages(const struct vdb *b)
{
    uint32_t i, last = 0, at;

    if (b->kind != VDB_FULL)
        return VDB_OK;
    if (b->pages.n / 4 == 0 || b->pages.n % 4 != 0 || b->pages.n / 4 - 1 != b->n_pages ||
        vdb_le32(b->pages.p) != 0)
        return VDB_BAD_PAGES;
    for (i = 1; i <= b->n_pages; i++, last = at) {
        at = vdb_le32(b->pages.p + (size_t)i * 4);
        if (at < last)
            return VDB_BAD_PAGES;
    }
    return last == b->codes.n ? VDB_OK : VDB_BAD_PAGES;
}

static enum vdb_error check_coverage(struct vdb *b)
{
    const struct vdb_bytes c = b->coverage;

    if (c.n < VDB_HEADER || !all_zero(c.p + 40, 24))
        return VDB_BAD_COVERAGE;
    b->n_rows = vdb_le32(c.p + 32);
    b->n_pages = vdb_le32(c.p + 36);
    return (c.n - VDB_HEADER) / VDB_ROW == b->n_rows && (c.n - VDB_HEADER) % VDB_ROW == 0
               ? VDB_OK
               : VDB_BAD_COVERAGE;
}

/* ---- header and directory ---- */

/* Sections ascend by type and follow each other without a gap but for zeros up to the alignment. */
static enum vdb_error check_directory(const struct vdb *b, uint32_t end)
{
    const uint32_t size = (uint32_t)b->file.n;
    uint32_t i, type, last = 0;

    for (i = 0; i < b->n_sections; i++, last = type) {
        const uint8_t *e = vdb_entry(b, i);
        const uint32_t critical = vdb_le32(e + 4), at = vdb_le32(e + 8), n = vdb_le32(e + 16);
        type = vdb_le32(e);
        if (type <= last || critical > 1 || !all_zero(e + 12, 4) || !all_zero(e + 20, 4) ||
            !all_zero(e + 56, 8))
            return VDB_BAD_DIRECTORY;
        if (type > VDB_COMPLIANCE && critical)
            return VDB_UNSUPPORTED;
        if (type <= VDB_COMPLIANCE && critical != (type <= VDB_CODES ? 1u : 0u))
            return VDB_BAD_DIRECTORY;
        if (at != align_up(end) || at > size || n > size - at ||
            !all_zero(b->file.p + end, at - end))
            return VDB_BAD_DIRECTORY;
        end = at + n;
    }
    return end == size ? VDB_OK : VDB_BAD_DIRECTORY;
}

/* The parts a reader needs are there, and a hub's bundle has no exact tier. */
static enum vdb_error check_parts(struct vdb *b)
{
    const int full = b->kind == VDB_FULL;

    b->coverage = vdb_section_of(b, VDB_COVERAGE);
    b->lists = vdb_section_of(b, VDB_LISTS);
    b->lines = vdb_section_of(b, VDB_LINES);
    b->pages = vdb_section_of(b, VDB_PAGES);
    b->codes = vdb_section_of(b, VDB_CODES);
    return b->coverage.p != NULL && b->lists.p != NULL && b->lines.p != NULL &&
                   (b->pages.p != NULL) == full && (b->codes.p != NULL) == full &&
                   (vdb_section_of(b, VDB_TREE).p != NULL) == full
               ? VDB_OK
               : VDB_BAD_DIRECTORY;
}

static int digest_ok(struct vdb_bytes in, const uint8_t *want, vdb_sha256 *sha256, void *user)
{
    uint8_t seen[VDB_DIGEST];
    return sha256 == NULL ||
           (sha256(user, in.p, in.n, seen) != 0 && vdb_compare(seen, want, VDB_DIGEST) == 0);
}

static enum vdb_error check_hashes(const struct vdb *b, vdb_sha256 *sha256, void *user)
{
    uint32_t i;
    for (i = 0; i < b->n_sections; i++) {
        const uint8_t *e = vdb_entry(b, i);
        if (!digest_ok(vdb_section_of(b, vdb_le32(e)), e + 24, sha256, user))
            return VDB_BAD_SECTION_HASH;
    }
    return VDB_OK;
}

static enum vdb_error read_header(const uint8_t *p, size_t n, vdb_sha256 *sha256, void *user,
                                  struct vdb *b)
{
    struct vdb_bytes hashed;

    if (n < VDB_HEADER || p[0] != 'V' || p[1] != 'D' || p[2] != 'B' || p[3] != '1')
        return VDB_BAD_MAGIC;
    b->file.p = p;
    b->file.n = n;
    b->network = p[4];
    b->kind = p[5];
    b->n_sections = p[6];
    if (b->network < 1 || b->network > 2 || (b->kind != VDB_HUB && b->kind != VDB_FULL) ||
        b->n_sections > VDB_MAX_SECTIONS || p[7] != 0)
        return VDB_BAD_HEADER;
    hashed.p = p;
    hashed.n = VDB_HEADER + (size_t)b->n_sections * VDB_HEADER;
    if (n > VDB_MAX_SIZE || vdb_le32(p + 16) != n || !all_zero(p + 20, 4) ||
        n < hashed.n + VDB_DIGEST)
        return VDB_BAD_SIZE;
    b->directory.p = p + VDB_HEADER;
    b->directory.n = hashed.n - VDB_HEADER;
    return digest_ok(hashed, p + hashed.n, sha256, user) ? VDB_OK : VDB_BAD_HEADER_HASH;
}

enum vdb_error vdb_open(const uint8_t *p, size_t n, vdb_sha256 *sha256, void *user, struct vdb *ret)
{
    enum vdb_error e = read_header(p, n, sha256, user, ret);
    if (e == VDB_OK)
        e = check_directory(ret, (uint32_t)(VDB_HEADER + ret->directory.n + VDB_DIGEST));
    if (e == VDB_OK)
        e = check_hashes(ret, sha256, user);
    if (e == VDB_OK)
        e = check_parts(ret);
    if (e == VDB_OK)
        e = check_coverage(ret);
    if (e == VDB_OK)
        e = check_rows(ret);
    return e == VDB_OK ? check_pages(ret) : e;
}
