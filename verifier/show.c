/* SPDX-License-Identifier: Apache-2.0
 *
 * show.c - recognising what was given, and the description of heads and bundles.
 */
#include "show.h"

#include "head.h"
#include "trust.h"

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

bool vd_show(struct vd_span in, bool json, bool checked, struct vd_buf *out)
{
    static bool (*const kinds[])(struct vd_span, struct vd_doc *) = {
        vd_show_head, vd_show_bundle,   vd_show_delta, vd_show_part, vd_show_cert,       vd_show_cd,
        vd_show_crl,  vd_show_elements, vd_show_nocsr, vd_show_csr,  vd_show_broken_cert
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct vd_doc d = { .out = out, .json = json, .checked = checked,
                            .field_of = vd_show_field };
        if (kinds[i](in, &d))
            return !out->failed;
    }
    return false;
}
