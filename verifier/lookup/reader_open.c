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
        if (small ? r.extent > b->part[VDB_LISTS].n - list : r.extent > b->part[VDB_LINES].n / VDB_LINE - line)
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
    return list == b->part[VDB_LISTS].n && line == b->part[VDB_LINES].n / VDB_LINE && b->part[VDB_LINES].n % VDB_LINE == 0 &&
                   page == b->n_pages
               ? VDB_OK
               : VDB_BAD_EXTENT;
}

static enum vdb_error check_pages(const struct vdb *b)
{
    uint32_t i, last = 0, at;

    if (b->kind != VDB_FULL)
        return VDB_OK;
    if (b->part[VDB_PAGES].n / 4 == 0 || b->part[VDB_PAGES].n % 4 != 0 || b->part[VDB_PAGES].n / 4 - 1 != b->n_pages ||
        vdb_le32(b->part[VDB_PAGES].p) != 0)
        return VDB_BAD_PAGES;
    for (i = 1; i <= b->n_pages; i++, last = at) {
        at = vdb_le32(b->part[VDB_PAGES].p + (size_t)i * 4);
        if (at < last)
            return VDB_BAD_PAGES;
    }
    return last == b->part[VDB_CODES].n ? VDB_OK : VDB_BAD_PAGES;
}

static enum vdb_error check_coverage(struct vdb *b)
{
    const struct vdb_bytes c = b->part[VDB_COVERAGE];

    if (c.n < VDB_HEADER || !all_zero(c.p + 40, 24))
        return VDB_BAD_COVERAGE;
    b->n_rows = vdb_le32(c.p + 32);
    b->n_pages = vdb_le32(c.p + 36);
    return (c.n - VDB_HEADER) / VDB_ROW == b->n_rows && (c.n - VDB_HEADER) % VDB_ROW == 0
               ? VDB_OK
               : VDB_BAD_COVERAGE;
}

/* ---- header and directory ---- */

static int digest_ok(struct vdb_bytes in, const uint8_t *want, vdb_sha256 *sha256, void *user)
{
    uint8_t seen[VDB_DIGEST];
    return sha256 == NULL ||
           (sha256(user, in.p, in.n, seen) != 0 && vdb_compare(seen, want, VDB_DIGEST) == 0);
}

/* Sections ascend by type and follow each other without a gap but for zeros up to the alignment. */
static enum vdb_error check_directory(struct vdb *b, uint32_t end, vdb_sha256 *sha256, void *user)
{
    const uint32_t size = (uint32_t)b->file.n;
    uint32_t i, last = 0;

    for (i = 0; i < b->n_sections; i++) {
        const uint8_t *e = vdb_entry(b, i);
        const uint32_t type = vdb_le32(e), critical = vdb_le32(e + 4), at = vdb_le32(e + 8);
        struct vdb_bytes in;
        in.n = vdb_le32(e + 16);
        if (type <= last || !all_zero(e + 12, 4) || !all_zero(e + 20, 4) || !all_zero(e + 56, 8))
            return VDB_BAD_DIRECTORY;
        if (critical != (type <= VDB_CODES))
            return type > VDB_COMPLIANCE && critical == 1 ? VDB_UNSUPPORTED : VDB_BAD_DIRECTORY;
        if (at != align_up(end) || at > size || in.n > size - at ||
            !all_zero(b->file.p + end, at - end))
            return VDB_BAD_DIRECTORY;
        in.p = b->file.p + at;
        if (!digest_ok(in, e + 24, sha256, user))
            return VDB_BAD_SECTION_HASH;
        if (type <= VDB_CODES)
            b->part[type] = in;
        end = at + (uint32_t)in.n;
        last = type;
    }
    return end == size ? VDB_OK : VDB_BAD_DIRECTORY;
}

/* The parts a reader needs are there, and a hub's bundle has no exact tier. */
static enum vdb_error check_parts(const struct vdb *b)
{
    const int full = b->kind == VDB_FULL;
    uint32_t type;

    for (type = VDB_COVERAGE; type <= VDB_CODES; type++) {
        if ((b->part[type].p != NULL) != (type < VDB_PAGES || full))
            return VDB_BAD_DIRECTORY;
    }
    return (vdb_section_of(b, VDB_TREE).p != NULL) == full ? VDB_OK : VDB_BAD_DIRECTORY;
}

static enum vdb_error read_header(const uint8_t *p, size_t n, vdb_sha256 *sha256, void *user,
                                  struct vdb *b)
{
    struct vdb_bytes hashed;
    uint32_t type;

    for (type = 0; type <= VDB_CODES; type++) {
        b->part[type].p = NULL;
        b->part[type].n = 0;
    }
    if (n < VDB_HEADER || vdb_le32(p) != UINT32_C(0x31424456)) /* VDB1 */
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
        e = check_directory(ret, (uint32_t)(VDB_HEADER + ret->directory.n + VDB_DIGEST), sha256,
                            user);
    if (e == VDB_OK)
        e = check_parts(ret);
    if (e == VDB_OK)
        e = check_coverage(ret);
    if (e == VDB_OK)
        e = check_rows(ret);
    return e == VDB_OK ? check_pages(ret) : e;
}
