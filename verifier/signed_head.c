/* SPDX-License-Identifier: Apache-2.0
 *
 * signed_head.c - heads: which bundles, trust list, parts and deltas are current, and until when.
 *
 *   body        next_publish:i64 root_version:u32 trust_version:u32 references:u32 zero:u32 reference*
 *   reference   type:u32 zero:u32 size:u64 sha256[32]                  ascending by type
 */
#include "limits.h"
#include "signed.h"

const char *vd_ref_text(enum vd_ref_type type)
{
    static const char *const texts[VD_REFS] = {
        "", "hub", "full", "trust", "names", "provenance", "compliance", "hub_delta", "full_delta",
        "index", "rules"
    };
    return type > 0 && type < VD_REFS ? texts[type] : "unknown";
}

bool vd_ref_is(const struct vd_ref *ref, size_t size, const uint8_t sha256[VD_SHA256])
{
    return ref->there && ref->size == size &&
           vd_span_eq(VD_SPAN(ref->sha256), vd_span_of(sha256, VD_SHA256));
}

static uint64_t ceiling(uint64_t type)
{
    return type == VD_REF_TRUST ? VD_MAX_TRUST_LIST
           : type == VD_REF_INDEX ? VD_MAX_INDEX
           : type == VD_REF_RULES ? VD_MAX_RULES_TEXT
                                  : VD_MAX_BUNDLE;
}

/* References of later versions are passed over. */
static const char *read_refs(struct vd_span in, uint64_t n, struct vd_head *h)
{
    uint64_t last = 0, type, zero, size;
    struct vd_span hash;

    for (uint64_t i = 0; i < n; i++, last = type) {
        if (!vd_take_le(&in, 4, &type) || !vd_take_le(&in, 4, &zero) || !vd_take_le(&in, 8, &size) ||
            !vd_take(&in, VD_SHA256, &hash))
            return "head-size";
        if (zero != 0)
            return "head-zero";
        if (type <= last)
            return "head-order";
        if (size == 0 || size > ceiling(type))
            return "head-reference";
        if (type >= VD_REFS)
            continue;
        h->ref[type].there = true;
        h->ref[type].size = size;
        (void)vd_copy(h->ref[type].sha256, VD_SHA256, hash);
    }
    if (in.n != 0)
        return "head-size";
    return h->ref[VD_REF_HUB].there && h->ref[VD_REF_FULL].there && h->ref[VD_REF_TRUST].there
               ? NULL
               : "head-incomplete";
}

const char *vd_head_read(struct vd_span in, struct vd_head *ret)
{
    struct vd_head h = { .next_publish = 0 };
    uint64_t next, root, trust, n, zero;
    const char *wrong = vd_signed_read(in, VD_DOC_HEAD, VD_MAX_HEAD, &h.s);
    struct vd_span body;

    if (wrong != NULL)
        return wrong;
    body = h.s.body;
    if (!vd_take_le(&body, 8, &next) || !vd_take_le(&body, 4, &root) ||
        !vd_take_le(&body, 4, &trust) || !vd_take_le(&body, 4, &n) || !vd_take_le(&body, 4, &zero))
        return "head-size";
    if (zero != 0)
        return "head-zero";
    h.next_publish = (int64_t)next;
    h.root_version = (uint32_t)root;
    h.trust_version = (uint32_t)trust;
    if (root == 0 || trust == 0)
        return "head-version";
    if (h.next_publish < h.s.created || h.next_publish > h.s.expires)
        return "head-next-publish";
    if ((wrong = read_refs(body, n, &h)) != NULL)
        return wrong;
    *ret = h;
    return NULL;
}

const char *vd_head_check(struct vd_span in, const struct vd_root *root, struct vd_head *ret)
{
    struct vd_head h;
    const char *wrong = vd_head_read(in, &h);
    if (wrong == NULL)
        wrong = vd_root_covers(root, &h.s);
    if (wrong != NULL)
        return wrong;
    if (h.s.epoch != root->s.epoch)
        return "wrong-epoch";
    if (h.root_version != root->s.number)
        return "head-root-version";
    if (h.s.expires > root->head_until)
        return "head-outlives-key";
    if ((wrong = vd_root_approves(root, VD_DUTY_HEAD, &h.s)) != NULL)
        return wrong;
    *ret = h;
    return NULL;
}

bool vd_head_write(const struct vd_head *h, struct vd_buf *out)
{
    struct vd_buf body = VD_BUF(VD_MAX_HEAD), refs = VD_BUF(VD_MAX_HEAD);
    uint32_t n = 0;
    bool ok = true;

    for (unsigned type = 1; ok && type < VD_REFS; type++) {
        const struct vd_ref *r = &h->ref[type];
        if (!r->there)
            continue;
        n++;
        ok = vd_buf_le(&refs, 4, type) && vd_buf_le(&refs, 4, 0) && vd_buf_le(&refs, 8, r->size) &&
             vd_buf_put(&refs, VD_SPAN(r->sha256));
    }
    ok = ok && vd_buf_le(&body, 8, (uint64_t)h->next_publish) &&
         vd_buf_le(&body, 4, h->root_version) && vd_buf_le(&body, 4, h->trust_version) &&
         vd_buf_le(&body, 4, n) && vd_buf_le(&body, 4, 0) && vd_buf_put(&body, vd_buf_span(&refs)) &&
         vd_signed_write(&h->s, vd_buf_span(&body), out);
    vd_buf_free(&body);
    vd_buf_free(&refs);
    return ok;
}
