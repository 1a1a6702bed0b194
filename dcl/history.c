/* SPDX-License-Identifier: Apache-2.0
 *
 * history.c - what one publish leaves for the next, as JSON. Losing it costs a new base, nothing else.
 */
#include <inttypes.h>

#include "json.h"
#include "publish.h"
#include "store.h"
#include "text.h"

static const char *const kinds[] = { "", "hub", "full" };

bool vd_history_write(const struct vd_history *h, struct vd_buf *out)
{
    char name[65];
    bool ok = vd_buf_fmt(out,
                         "{\"schema_version\":1,\"base\":%" PRIu64 ",\"delta_octets\":%" PRIu64
                         ",\"anchors\":%" PRIu32 ",\n\"kept\":[",
                         h->base, h->delta_octets, h->anchors);
    for (size_t i = 0; ok && i < h->n_kept; i++) {
        ok = vd_buf_fmt(out, "%s{\"sequence\":%" PRIu64, i ? ",\n" : "\n", h->kept[i].sequence);
        for (unsigned k = VD_REF_HUB; ok && k <= VD_REF_FULL; k++) {
            vd_store_name(h->kept[i].kind[k].sha256, name);
            ok = vd_buf_fmt(out, ",\"%s\":\"%s\",\"%s_size\":%" PRIu64, kinds[k], name, kinds[k],
                            h->kept[i].kind[k].size);
        }
        ok = ok && vd_buf_str(out, "}");
    }
    ok = ok && vd_buf_str(out, "],\n\"vids\":[");
    for (size_t i = 0; ok && i < h->n_vids; i++)
        ok = vd_buf_fmt(out, "%s%u", i ? "," : "", h->vids[i]);
    return ok && vd_buf_str(out, "]}\n");
}

static bool read_ref(struct vd_json_value v, const char *name, const char *size_name,
                     struct vd_ref *ret)
{
    struct vd_buf hash = { ret->sha256, 0, VD_SHA256, VD_SHA256, false };
    ret->there = true;
    return vd_hex_read(vd_json_text(vd_json_member(v, name)), &hash) && hash.n == VD_SHA256 &&
           vd_json_uint(vd_json_member(v, size_name), VD_MAX_BUNDLE, &ret->size);
}

static bool read_kept(struct vd_json_value list, struct vd_history *h)
{
    if (!vd_json_is_array(list))
        return false;
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v)) {
        struct vd_kept *k = &h->kept[h->n_kept];
        if (h->n_kept == VD_MAX_KEPT ||
            !vd_json_uint(vd_json_member(v, "sequence"), UINT64_MAX, &k->sequence) ||
            !read_ref(v, "hub", "hub_size", &k->kind[VD_REF_HUB]) ||
            !read_ref(v, "full", "full_size", &k->kind[VD_REF_FULL]))
            return false;
        h->n_kept++;
    }
    return true;
}

static bool read_vids(struct vd_json_value list, struct vd_history *h)
{
    if (!vd_json_is_array(list))
        return false;
    for (struct vd_json_value v = vd_json_first(list); vd_json_present(v); v = vd_json_next(v)) {
        uint64_t vid;
        if (h->n_vids == sizeof h->vids / sizeof h->vids[0] || !vd_json_uint(v, 0xFFFF, &vid))
            return false;
        h->vids[h->n_vids++] = (uint16_t)vid;
    }
    return true;
}

bool vd_history_read(struct vd_span text, struct vd_history *h)
{
    struct vd_json *doc = NULL;
    struct vd_json_value root;
    uint64_t schema = 0, anchors = 0;
    bool ok = vd_json_read(text, &doc, NULL) == NULL;

    if (ok) {
        root = vd_json_root(doc);
        ok = vd_json_uint(vd_json_member(root, "schema_version"), 1, &schema) && schema == 1 &&
             vd_json_uint(vd_json_member(root, "base"), UINT64_MAX, &h->base) && h->base > 0 &&
             vd_json_uint(vd_json_member(root, "delta_octets"), UINT64_MAX, &h->delta_octets) &&
             vd_json_uint(vd_json_member(root, "anchors"), UINT32_MAX, &anchors) &&
             read_kept(vd_json_member(root, "kept"), h) && read_vids(vd_json_member(root, "vids"), h);
        h->anchors = (uint32_t)anchors;
    }
    vd_json_free(doc);
    return ok;
}
