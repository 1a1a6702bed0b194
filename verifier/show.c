/* SPDX-License-Identifier: Apache-2.0
 *
 * show.c - recognising what was given, and the description of heads and bundles.
 */
#include "show.h"

#include "bundle.h"
#include "head.h"

bool vd_show_head(struct vd_span in, struct vd_doc *d)
{
    struct vd_span part, signature;
    struct vd_head h;
    if (vd_head_read(in, &h, &part, &signature) != NULL)
        return false;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "head (draft VDH0)");
    vd_doc_text(d, "network", "%s", vd_network_text((enum vd_network)h.network));
    vd_doc_number(d, "sequence", h.sequence);
    vd_doc_time(d, "created", h.created);
    vd_doc_time(d, "expires", h.expires);
    vd_doc_time(d, "next_publish", h.next_publish);
    vd_doc_number(d, "bundle_size", h.bundle_size);
    vd_doc_hex(d, "bundle_sha256", VD_SPAN(h.bundle_sha256));
    vd_doc_text(d, "signature", "present, not checked");
    vd_doc_close(d);
    return true;
}

static void show_row(const struct vd_bundle_row *row, struct vd_doc *d)
{
    vd_doc_open(d, NULL);
    vd_doc_name(d, "issuer", row->name);
    vd_doc_hex(d, "key_id", row->key_id);
    if (row->good)
        vd_doc_text(d, "coverage", "complete");
    else
        vd_doc_text(d, "coverage", "unknown (%s)", vd_reason_text(row->reason));
    vd_doc_number(d, "revoked", row->keys.n / 8);
    if (row->this_update != 0) {
        vd_doc_time(d, "this_update", row->this_update);
        vd_doc_time(d, "next_update", row->next_update);
        vd_doc_time(d, "last_ok", row->last_ok);
    }
    vd_doc_close(d);
}

bool vd_show_bundle(struct vd_span in, struct vd_doc *d)
{
    struct vd_bundle b;
    struct vd_bundle_row row;
    uint8_t sha256[VD_SHA256];

    if (vd_bundle_read(in, &b) != NULL || !vd_sha256(in, sha256))
        return false;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "bundle (draft VDB0)");
    vd_doc_text(d, "network", "%s", vd_network_text(b.network));
    vd_doc_hex(d, "sha256", VD_SPAN(sha256));
    vd_doc_number(d, "size", in.n);
    vd_doc_time(d, "evidence_time", b.evidence_time);
    vd_doc_number(d, "issuers", b.n_rows);
    vd_doc_number(d, "revoked", b.n_keys);
    vd_doc_open_list(d, "coverage");
    for (uint32_t i = 0; i < b.n_rows; i++) {
        if (vd_bundle_row(&b, i, &row))
            show_row(&row, d);
    }
    vd_doc_close(d);
    vd_doc_close(d);
    return true;
}

bool vd_show(struct vd_span in, bool json, struct vd_buf *out)
{
    static bool (*const kinds[])(struct vd_span, struct vd_doc *) = {
        vd_show_head,     vd_show_bundle, vd_show_cert, vd_show_cd, vd_show_crl,
        vd_show_elements, vd_show_nocsr,  vd_show_csr,  vd_show_broken_cert
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct vd_doc d = { .out = out, .json = json, .field_of = vd_show_field };
        if (kinds[i](in, &d))
            return !out->failed;
    }
    return false;
}
