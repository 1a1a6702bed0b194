/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle_code.c - how keys become pages, filters and a hash tree; the reader has the other side.
 */
#include "bundle.h"
#include "sig.h"

/* The top `width` bits of a key without its page. */
static uint64_t value_of(uint64_t key, unsigned width, unsigned page_bits)
{
    return key >> (64 - width) & ((UINT64_C(1) << (width - page_bits)) - 1);
}

/* ---- codes ---- */

bool vd_code_page(const uint64_t *keys, size_t n, unsigned width, unsigned page_bits, unsigned rice,
                  struct vd_buf *out)
{
    const size_t octets = rice / 8;
    uint64_t last = 0, bit = 0;
    uint8_t *front, *back;
    size_t size;

    for (size_t i = 0; i < n; i++) {
        uint64_t v = value_of(keys[i], width, page_bits);
        bit += ((v - last) >> rice) + 1;
        last = v;
    }
    size = n * octets + (size_t)((bit + 7) / 8);
    if (size == 0)
        return !out->failed;
    front = vd_buf_grow(out, size);
    if (front == NULL)
        return false;
    vd_zero(front, size);
    back = front + size - 1;
    last = bit = 0;
    for (size_t i = 0; i < n; i++, bit++) {
        uint64_t v = value_of(keys[i], width, page_bits), gap = v - last;
        bit += gap >> rice;
        back[-(ptrdiff_t)(bit / 8)] |= (uint8_t)(1u << (bit & 7));
        for (size_t k = 0; k < octets; k++, gap >>= 8)
            *front++ = (uint8_t)(gap & 0xFF);
        last = v;
    }
    return true;
}

bool vd_code_pages(const struct vd_bundle_issuer *issuer, struct vd_buf *codes,
                   struct vd_buf *pages)
{
    const struct vdb_params p = vdb_params_of(issuer->base_n);
    size_t from = 0;
    bool ok = true;

    for (uint64_t page = 0; ok && page < UINT64_C(1) << p.page_bits; page++) {
        size_t to = from;
        while (to < issuer->n &&
               (p.page_bits == 0 || issuer->keys[to] >> (64 - p.page_bits) == page))
            to++;
        ok = vd_code_page(issuer->keys + from, to - from, p.width, p.page_bits, VDB_RICE, codes) &&
             codes->n <= UINT32_MAX && vd_buf_le(pages, 4, codes->n);
        from = to;
    }
    return ok && from == issuer->n;
}

/* ---- the filter ---- */

void vd_code_probes(const uint64_t *keys, size_t n, uint32_t lines, uint8_t *filter)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t line;
        uint64_t probes = vdb_probes(keys[i], lines, &line);
        uint8_t *to = filter + (size_t)line * VDB_LINE;
        for (unsigned k = 0; k < VDB_PROBES; k++, probes >>= 9)
            to[probes >> 3 & 63] |= (uint8_t)(1u << (probes & 7));
    }
}

bool vd_code_lines(const struct vd_bundle_issuer *issuer, struct vd_buf *lines)
{
    const uint32_t n = vdb_params_of(issuer->base_n).lines;
    const size_t at = lines->n, size = (size_t)n * VDB_LINE;

    if (issuer->filter.p != NULL) {
        if (issuer->filter.n != size || !vd_buf_put(lines, issuer->filter))
            return false;
    } else if (vd_buf_grow(lines, size) == NULL) {
        return false;
    } else {
        vd_zero(lines->p + at, size);
    }
    if (issuer->keys != NULL)
        vd_code_probes(issuer->keys, issuer->n, n, lines->p + at);
    return true;
}

/* ---- the tree ---- */

static bool hash_children(uint8_t kind, struct vd_span children, struct vd_buf *out)
{
    uint8_t digest[VD_SHA256];
    return vd_sha256_two((struct vd_span){ &kind, 1 }, children, digest) &&
           vd_buf_put(out, VD_SPAN(digest));
}

static bool put_leaves(struct vd_span pages, struct vd_span codes, struct vd_buf *tree,
                       uint64_t *ret_n)
{
    uint64_t from = 0, to = 0;
    struct vd_span page;
    bool ok = vd_take_le(&pages, 4, &from);

    *ret_n = 0;
    while (ok && pages.n > 0) {
        ok = vd_take_le(&pages, 4, &to) && to >= from &&
             vd_span_slice(codes, (size_t)from, (size_t)(to - from), &page) &&
             hash_children(0, page, tree);
        from = to;
        ++*ret_n;
    }
    return ok;
}

bool vd_code_tree(struct vd_span pages, struct vd_span codes, struct vd_buf *tree,
                  uint8_t ret_root[VDB_DIGEST])
{
    uint8_t top_in[5 + VDB_FANOUT * VD_SHA256];
    struct vd_buf top = VD_BUF_ON(top_in);
    struct vd_span level, group;
    uint64_t n_pages;
    size_t at = 0;
    bool ok = put_leaves(pages, codes, tree, &n_pages);

    while (ok && tree->n - at > VDB_FANOUT * VD_SHA256) {
        const size_t end = tree->n;
        for (; ok && at < end; at += group.n) {
            size_t left = end - at, part = VDB_FANOUT * VD_SHA256;
            uint8_t copy[VDB_FANOUT * VD_SHA256]; /* the tree moves when it grows */
            ok = vd_span_slice(vd_buf_span(tree), at, left < part ? left : part, &group) &&
                 vd_copy(copy, sizeof copy, group) &&
                 hash_children(1, (struct vd_span){ copy, group.n }, tree);
        }
    }
    return ok && vd_span_slice(vd_buf_span(tree), at, tree->n - at, &level) &&
           vd_buf_u8(&top, 2) && vd_buf_le(&top, 4, n_pages) && vd_buf_put(&top, level) &&
           vd_sha256(vd_buf_span(&top), ret_root);
}
