/* SPDX-License-Identifier: Apache-2.0
 *
 * reader.c - looking up: rows, filters, codes. The format is told in docs/FORMAT.md.
 *
 * Every address below is made of a bound that vdb_open proved or that stands beside it.
 */
#include "reader_int.h"

#ifndef VDB_SHORT
static uint64_t le64(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

/* How many zeros stand below the lowest one; word is not 0. */
static uint32_t zeros_below(uint64_t word)
{
#if defined(__GNUC__)
    return (uint32_t)__builtin_ctzll(word);
#else
    uint32_t n = 0;
    for (; (word & 1) == 0; word >>= 1)
        n++;
    return n;
#endif
}
#endif

static uint64_t be64(const uint8_t *p)
{
    return (uint64_t)p[7] | (uint64_t)p[6] << 8 | (uint64_t)p[5] << 16 | (uint64_t)p[4] << 24 |
           (uint64_t)p[3] << 32 | (uint64_t)p[2] << 40 | (uint64_t)p[1] << 48 |
           (uint64_t)p[0] << 56;
}

/* ---- rows ---- */

struct vdb_bytes vdb_section_of(const struct vdb *b, uint32_t type)
{
    struct vdb_bytes ret = { NULL, 0 };
    uint32_t i;

    for (i = 0; i < b->n_sections; i++) {
        const uint8_t *e = vdb_entry(b, i);
        if (vdb_le32(e) == type) {
            ret.p = b->file.p + vdb_le32(e + 8);
            ret.n = vdb_le32(e + 16);
        }
    }
    return ret;
}

struct vdb_row vdb_row_at(const struct vdb *b, uint32_t i)
{
    const uint8_t *p = b->part[VDB_COVERAGE].p + VDB_HEADER + (size_t)i * VDB_ROW;
    struct vdb_row r;
    r.id = p;
    r.n = vdb_le32(p + 16);
    r.base_n = vdb_le32(p + 20);
    r.extent = vdb_le32(p + 24);
    r.at = vdb_le32(p + 28);
    r.page = vdb_le32(p + 32);
    r.this_update = vdb_le32(p + 36);
    r.next_update = vdb_le32(p + 40);
    r.last_ok = vdb_le32(p + 44);
    r.complete = p[48];
    r.reason = p[49];
    r.width = p[50];
    r.rice = p[51];
    r.page_bits = p[52];
    return r;
}

/* ---- codes ---- */

struct vdb_codes vdb_codes_of(const uint8_t *p, size_t n, uint32_t rice)
{
    struct vdb_codes c;
    c.p = p;
    c.n = n;
    c.front = c.back = 0;
    c.word = c.low = 0;
    c.count = 0;
    c.done = n == 0;
    c.rice_octets = rice / 8;
    return c;
}

#ifdef VDB_SHORT

/* A bit at a time: a fifth of the code of the other one, which takes eight octets at once. */
VDB_SMALL_CODE static enum vdb_step step(struct vdb_codes *c, uint64_t *ret)
{
    uint32_t i, octet, bit = (uint32_t)c->back;
    size_t used;

    if (c->done)
        return VDB_STEP_END;
    do {
        used = c->front + c->rice_octets + (bit >> 3) + 1;
        if (used > c->n)
            return VDB_STEP_DAMAGED;
        octet = (uint32_t)c->p[c->n - 1 - (bit >> 3)] >> (bit & 7);
        bit++;
    } while ((octet & 1) == 0);
    if (used == c->n) {
        /* the last key: it fills the page, and no one is left in its octet */
        if (octet != 1)
            return VDB_STEP_DAMAGED;
        c->done = 1;
    }
    c->back = bit;
    for (i = 0; i < c->rice_octets; i++)
        c->low += (uint64_t)c->p[c->front++] << (8 * i);
    *ret = ((uint64_t)(bit - ++c->count) << (8 * c->rice_octets)) + c->low;
    return VDB_STEP_KEY;
}

#else

/* The next quotient octets, from the back; at most eight, and none that a remainder has taken. */
static int load(struct vdb_codes *c)
{
    const size_t left = c->n - c->front, end = c->n - c->back;
    size_t i;

    if (c->back >= left)
        return 0;
    if (left - c->back >= 8) {
        c->word = be64(c->p + end - 8);
    } else {
        for (i = 0; i < left - c->back; i++)
            c->word |= (uint64_t)c->p[end - 1 - i] << (8 * i);
    }
    c->back += 8;
    return 1;
}

static uint32_t ones_in(uint64_t word)
{
    word -= word >> 1 & UINT64_C(0x5555555555555555);
    word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
    word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(word * UINT64_C(0x0101010101010101) >> 56);
}

/* The place of the highest one; word is not 0. */
static uint32_t highest_in(uint64_t word)
{
#if defined(__GNUC__)
    return 63 - (uint32_t)__builtin_clzll(word);
#else
    uint32_t n = 0;
    for (; word > 1; word >>= 1)
        n++;
    return n;
#endif
}

static uint64_t remainder_at(const struct vdb_codes *c, size_t at)
{
    uint64_t v = 0;
    uint32_t i;
    if (c->n - at >= 8)
        return le64(c->p + at) & ((UINT64_C(1) << (8 * c->rice_octets)) - 1);
    for (i = 0; i < c->rice_octets; i++)
        v |= (uint64_t)c->p[at + i] << (8 * i);
    return v;
}

static inline enum vdb_step step(struct vdb_codes *c, uint64_t *ret)
{
    uint64_t bit;
    size_t used;

    if (c->done)
        return VDB_STEP_END;
    while (c->word == 0) {
        if (!load(c))
            return VDB_STEP_DAMAGED;
    }
    bit = (uint64_t)(c->back - 8) * 8 + zeros_below(c->word);
    c->word &= c->word - 1;
    used = c->front + c->rice_octets + (size_t)(bit / 8) + 1;
    if (used >= c->n) {
        /* the last key: it fills the page, and no one is left in its octet */
        if (used > c->n || (c->word & (UINT64_C(0xFF) << (bit & 56))) != 0)
            return VDB_STEP_DAMAGED;
        c->done = 1;
    }
    c->low += remainder_at(c, c->front);
    c->front += c->rice_octets;
    *ret = ((bit - c->count) << (8 * c->rice_octets)) + c->low;
    c->count++;
    return VDB_STEP_KEY;
}

/* Passes over keys below `want`, as many at a time as end in eight octets of quotients: their remainders
 * are added up, and nobody asks for the keys between. Only whole octets in which the last key is not;
 * and only on pages so short that no sum overflows, where keys ascend whatever stands there. */
static void pass_below(struct vdb_codes *c, uint64_t want)
{
    const uint64_t mask = (UINT64_C(1) << (8 * c->rice_octets)) - 1;

    if (c->n > UINT32_C(1) << 20 || c->rice_octets != VDB_RICE / 8)
        return;
    while (c->n - c->front > c->back + 8) {
        const uint64_t word = be64(c->p + (c->n - c->back) - 8);
        const uint32_t k = ones_in(word);
        const uint8_t *p = c->p + c->front;
        uint64_t low = c->low, last;
        uint32_t i;

        if (c->n - c->front - c->back - 8 <= (size_t)k * (VDB_RICE / 8))
            return;
        for (i = 0; i < k; i++, p += VDB_RICE / 8)
            low += le64(p) & mask;
        last = (uint64_t)c->back * 8 + (k > 0 ? highest_in(word) + 1 : 0) - (c->count + k);
        if (k > 0 && (last << VDB_RICE) + low >= want)
            return;
        c->front += (size_t)k * (VDB_RICE / 8);
        c->back += 8;
        c->count += k;
        c->low = low;
    }
}

#endif

enum vdb_step vdb_next(struct vdb_codes *c, uint64_t *ret)
{
    return step(c, ret);
}

/* ---- looking up ---- */

int vdb_key(const uint8_t id[VDB_ID], const uint8_t *serial, size_t n, vdb_sha256 *sha256,
            void *user, uint64_t *ret)
{
    uint8_t in[VDB_ID + 1 + 20], digest[VDB_DIGEST];
    size_t i;

    if (n < 1 || n > 20)
        return 0;
    for (i = 0; i < VDB_ID; i++)
        in[i] = id[i];
    in[VDB_ID] = (uint8_t)n;
    for (i = 0; i < n; i++)
        in[VDB_ID + 1 + i] = serial[i];
    if (sha256(user, in, VDB_ID + 1 + n, digest) == 0)
        return 0;
    *ret = be64(digest);
    return 1;
}

VDB_SMALL_CODE static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

uint64_t vdb_probes(uint64_t key, uint32_t lines, uint32_t *ret_line)
{
    const uint64_t x = mix((key >> 24) + UINT64_C(0x9e3779b97f4a7c15));
    *ret_line = (uint32_t)((x >> 32) * lines >> 32);
    return mix(x);
}

static int perhaps(const struct vdb *b, const struct vdb_row *r, uint64_t key)
{
    uint32_t line, i, hit = 1;
    uint64_t probes = vdb_probes(key, r->extent, &line);
    const uint8_t *p = b->part[VDB_LINES].p + ((size_t)r->at + line) * VDB_LINE;

    for (i = 0; i < VDB_PROBES; i++, probes >>= 9)
        hit &= (uint32_t)p[probes >> 3 & 63] >> (probes & 7);
    return (int)(hit & 1);
}

int vdb_find_row(const struct vdb *b, const uint8_t id[VDB_ID], uint32_t *ret)
{
    uint32_t lo = 0, hi = b->n_rows;
    while (lo < hi) {
        const uint32_t mid = lo + (hi - lo) / 2;
        const int c = vdb_compare(b->part[VDB_COVERAGE].p + VDB_HEADER + (size_t)mid * VDB_ROW, id, VDB_ID);
        if (c == 0) {
            *ret = mid;
            return 1;
        }
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return 0;
}

struct vdb_bytes vdb_page_at(const struct vdb *b, uint32_t i)
{
    const uint32_t at = vdb_le32(b->part[VDB_PAGES].p + (size_t)i * 4);
    struct vdb_bytes ret;
    ret.p = b->part[VDB_CODES].p + at;
    ret.n = vdb_le32(b->part[VDB_PAGES].p + (size_t)i * 4 + 4) - at;
    return ret;
}

struct vdb_bytes vdb_list_of(const struct vdb *b, const struct vdb_row *row)
{
    struct vdb_bytes ret;
    ret.p = b->part[VDB_LISTS].p + row->at;
    ret.n = row->extent;
    return ret;
}

enum vdb_answer vdb_find_on_page(const struct vdb_row *row, const uint8_t *page, size_t n,
                                 uint64_t key)
{
    /* without the top page_bits, and only so many bits as are stored */
    const uint64_t want = key << row->page_bits >> (64 - row->width + row->page_bits);
    struct vdb_codes c = vdb_codes_of(page, n, row->rice);
    uint64_t seen = 0;
    enum vdb_step s;

#ifndef VDB_SHORT
    pass_below(&c, want);
#endif
    s = step(&c, &seen);
    while (s == VDB_STEP_KEY && seen < want)
        s = step(&c, &seen);
    if (s == VDB_STEP_DAMAGED)
        return VDB_DAMAGED;
    return s == VDB_STEP_KEY && seen == want ? VDB_LISTED : VDB_CLEAR;
}

enum vdb_answer vdb_find_in(const struct vdb *b, uint64_t key, struct vdb_found *found)
{
    const struct vdb_row *r = &found->row;
    struct vdb_bytes page;

    found->page = 0;
    if (r->base_n < VDB_SMALL) {
        page = vdb_list_of(b, r);
        return vdb_find_on_page(r, page.p, page.n, key);
    }
    found->page = r->page + ((uint32_t)(key >> 32) >> 1 >> (31 - r->page_bits));
    if (!perhaps(b, r, key))
        return VDB_CLEAR;
    if (b->kind != VDB_FULL)
        return VDB_UNCONFIRMED;
    page = vdb_page_at(b, found->page);
    return vdb_find_on_page(r, page.p, page.n, key);
}

enum vdb_answer vdb_find(const struct vdb *b, const uint8_t id[VDB_ID], uint64_t key,
                         struct vdb_found *ret)
{
    struct vdb_found found;
    enum vdb_answer a;
    uint32_t i;

    if (!vdb_find_row(b, id, &i))
        return VDB_NOT_COVERED;
    found.row = vdb_row_at(b, i);
    a = vdb_find_in(b, key, &found);
    if (ret != NULL)
        *ret = found;
    return a;
}
