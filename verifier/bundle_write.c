/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle_write.c - a bundle from sorted keys.
 */
#include "bundle.h"
#include "limits.h"
#include "sig.h"

#define SECTIONS (VDB_COMPLIANCE + 1)

struct plan {
    struct vd_buf s[SECTIONS]; /* by type; a section that is not there is not `used` */
    bool used[SECTIONS];
    uint64_t n_pages;
};

/* ---- coverage ---- */

/* 0: not known; the last value: then or later. */
static uint64_t time32(int64_t t)
{
    return t <= 0 ? 0 : t >= (int64_t)UINT32_MAX ? UINT32_MAX : (uint64_t)t;
}

/* Of a CRL that was never confirmed this is 1, the oldest time there is: 0 says "as the evidence". */
static uint64_t last_ok32(const struct vd_bundle_issuer *i, int64_t evidence_time)
{
    if (i->this_update == 0 && i->next_update == 0 && i->last_ok == 0)
        return 0;
    if (i->last_ok == evidence_time)
        return 0;
    return i->last_ok < 1 ? 1 : time32(i->last_ok);
}

static bool put_row(const struct vd_bundle_issuer *i, int64_t evidence_time, uint64_t extent,
                    uint64_t at, uint64_t page, struct vd_buf *out)
{
    const struct vdb_params p = vdb_params_of(i->base_n);
    return vd_buf_put(out, (struct vd_span){ i->id, VDB_ID }) && vd_buf_le(out, 4, i->n) &&
           vd_buf_le(out, 4, i->base_n) && vd_buf_le(out, 4, extent) && vd_buf_le(out, 4, at) &&
           vd_buf_le(out, 4, page) && vd_buf_le(out, 4, time32(i->this_update)) &&
           vd_buf_le(out, 4, time32(i->next_update)) &&
           vd_buf_le(out, 4, last_ok32(i, evidence_time)) && vd_buf_u8(out, i->good) &&
           vd_buf_u8(out, i->good ? 0 : (uint8_t)i->reason) && vd_buf_u8(out, p.width) &&
           vd_buf_u8(out, VDB_RICE) && vd_buf_u8(out, p.page_bits) && vd_buf_le(out, 3, 0);
}

/* The codes of one issuer, and the row that says where they are. */
static bool put_issuer(const struct vd_bundle_in *in, const struct vd_bundle_issuer *i,
                       struct plan *p, struct vd_buf *rows)
{
    struct vd_buf *lists = &p->s[VDB_LISTS], *lines = &p->s[VDB_LINES];
    const uint64_t list = lists->n, line = lines->n / VDB_LINE, page = p->n_pages;
    const struct vdb_params params = vdb_params_of(i->base_n);

    if (i->base_n > VDB_MAX_KEYS || i->n > vdb_most_keys(i->base_n))
        return false;
    if (i->base_n < VDB_SMALL)
        return vd_code_page(i->keys, i->n, params.width, 0, VDB_RICE, lists) &&
               put_row(i, in->evidence_time, lists->n - list, list, 0, rows);
    p->n_pages += UINT64_C(1) << params.page_bits;
    return vd_code_lines(i, lines) &&
           (in->root != NULL || vd_code_pages(i, &p->s[VDB_CODES], &p->s[VDB_PAGES])) &&
           put_row(i, in->evidence_time, params.lines, line, page, rows);
}

static bool put_coverage(const struct vd_bundle_in *in, struct plan *p)
{
    struct vd_buf rows = VD_BUF(VD_MAX_BUNDLE), *out = &p->s[VDB_COVERAGE];
    uint8_t root[VDB_DIGEST];
    bool ok = (in->root == NULL || in->kind == VDB_HUB) && vd_buf_le(&p->s[VDB_PAGES], 4, 0);

    for (uint32_t i = 0; ok && i < in->n; i++)
        ok = put_issuer(in, &in->issuers[i], p, &rows);
    if (ok && in->root != NULL)
        ok = vd_copy(root, sizeof root, vd_span_of(in->root, VDB_DIGEST));
    else
        ok = ok && vd_code_tree(vd_buf_span(&p->s[VDB_PAGES]), vd_buf_span(&p->s[VDB_CODES]),
                                &p->s[VDB_TREE], root);
    ok = ok && vd_buf_put(out, VD_SPAN(root)) && vd_buf_le(out, 4, in->n) &&
         vd_buf_le(out, 4, p->n_pages) && vd_buf_le(out, 8, 0) &&
         vd_buf_le(out, 8, 0) && vd_buf_le(out, 8, 0) && vd_buf_put(out, vd_buf_span(&rows));
    vd_buf_free(&rows);
    return ok;
}

/* ---- names ---- */

static bool put_names(const struct vd_bundle_in *in, struct vd_buf *out)
{
    uint64_t at = 0;
    bool ok = vd_buf_le(out, 4, 0);

    for (uint32_t i = 0; ok && i < in->n; i++) {
        at += 1 + in->issuers[i].key_id.n + in->issuers[i].name.n;
        ok = at <= UINT32_MAX && vd_buf_le(out, 4, at);
    }
    for (uint32_t i = 0; ok && i < in->n; i++)
        ok = vd_buf_u8(out, (uint8_t)in->issuers[i].key_id.n) &&
             vd_buf_put(out, in->issuers[i].key_id) && vd_buf_put(out, in->issuers[i].name);
    return ok;
}

/* ---- the file ---- */

static uint64_t align_up(uint64_t n)
{
    return (n + VDB_ALIGN - 1) / VDB_ALIGN * VDB_ALIGN;
}

static bool put_entry(unsigned type, uint64_t at, struct vd_span section, struct vd_buf *out)
{
    uint8_t digest[VD_SHA256];
    return vd_sha256(section, digest) && vd_buf_le(out, 4, type) &&
           vd_buf_le(out, 4, type <= VDB_CODES) && vd_buf_le(out, 8, at) &&
           vd_buf_le(out, 8, section.n) && vd_buf_put(out, VD_SPAN(digest)) && vd_buf_le(out, 8, 0);
}

static bool put_header(const struct vd_bundle_in *in, const struct plan *p, struct vd_buf *out)
{
    static const uint8_t none[VDB_DIGEST];
    uint64_t n = 0, end, size;

    for (unsigned t = 1; t < SECTIONS; t++)
        n += p->used[t];
    size = end = VDB_HEADER * (1 + n) + VDB_DIGEST;
    for (unsigned t = 1; t < SECTIONS; t++)
        size = p->used[t] ? align_up(size) + p->s[t].n : size;
    if (!vd_buf_str(out, "VDB1") || !vd_buf_u8(out, (uint8_t)in->network) ||
        !vd_buf_u8(out, (uint8_t)in->kind) || !vd_buf_le(out, 2, n) ||
        !vd_buf_le(out, 8, (uint64_t)in->evidence_time) || !vd_buf_le(out, 8, size) ||
        !vd_buf_le(out, 8, (uint64_t)(in->base ? in->base_time : in->evidence_time)) ||
        !vd_buf_put(out, (struct vd_span){ in->base ? in->base : none, VDB_DIGEST }))
        return false;
    for (unsigned t = 1; t < SECTIONS; t++) {
        if (!p->used[t])
            continue;
        if (!put_entry(t, align_up(end), vd_buf_span(&p->s[t]), out))
            return false;
        end = align_up(end) + p->s[t].n;
    }
    return true;
}

static bool put_file(const struct vd_bundle_in *in, const struct plan *p, struct vd_buf *out)
{
    uint8_t digest[VD_SHA256];
    bool ok = put_header(in, p, out) && vd_sha256(vd_buf_span(out), digest) &&
              vd_buf_put(out, VD_SPAN(digest));

    for (unsigned t = 1; ok && t < SECTIONS; t++) {
        if (p->used[t])
            ok = vd_buf_pad(out, VDB_ALIGN) && vd_buf_put(out, vd_buf_span(&p->s[t]));
    }
    return ok;
}

bool vd_bundle_encode(const struct vd_bundle_in *in, struct vd_buf *out)
{
    const bool full = in->kind == VDB_FULL;
    struct plan p = { .used = { [VDB_COVERAGE] = true, [VDB_LISTS] = true, [VDB_LINES] = true,
                                [VDB_PAGES] = full, [VDB_CODES] = full, [VDB_TREE] = full,
                                [VDB_NAMES] = !in->without_names,
                                [VDB_PROVENANCE] = in->provenance.p != NULL,
                                [VDB_COMPLIANCE] = in->compliance.p != NULL } };
    bool ok;

    for (unsigned t = 0; t < SECTIONS; t++)
        p.s[t] = VD_BUF(VD_MAX_BUNDLE);
    ok = put_coverage(in, &p) && put_names(in, &p.s[VDB_NAMES]) &&
         vd_buf_put(&p.s[VDB_PROVENANCE], in->provenance) &&
         vd_buf_put(&p.s[VDB_COMPLIANCE], in->compliance) && put_file(in, &p, out);
    for (unsigned t = 0; t < SECTIONS; t++)
        vd_buf_free(&p.s[t]);
    return ok;
}

bool vd_bundle_bare(const struct vd_bundle *b, enum vdb_kind kind, const uint8_t *base,
                    struct vd_buf *out)
{
    struct plan p = { .n_pages = 0 };
    struct vd_bundle_in in = { .network = b->network, .kind = kind, .base = base,
                               .evidence_time = b->evidence_time };
    bool ok = true;

    (void)vd_bundle_base(b, &in.base_time);
    for (unsigned t = VDB_COVERAGE; t <= (kind == VDB_FULL ? VDB_TREE : VDB_LINES); t++) {
        p.used[t] = true;
        p.s[t] = VD_BUF(VD_MAX_BUNDLE);
        ok = ok && vd_buf_put(&p.s[t], vd_bundle_section(b, (enum vdb_section)t));
    }
    ok = ok && put_file(&in, &p, out);
    for (unsigned t = 0; t < SECTIONS; t++)
        vd_buf_free(&p.s[t]);
    return ok;
}
