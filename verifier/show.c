/* SPDX-License-Identifier: Apache-2.0
 *
 * show.c - recognising what was given.
 */
#include "show.h"

bool vd_show_sha256(struct vd_doc *d, struct vd_span in, uint8_t ret[VD_SHA256])
{
    d->out->failed = !vd_sha256(in, ret) || d->out->failed;
    return !d->out->failed;
}

bool vd_show(struct vd_span in, bool json, bool checked, struct vd_buf *out)
{
    static bool (*const kinds[])(struct vd_span, struct vd_doc *) = {
        vd_show_signed, vd_show_bundle,   vd_show_delta, vd_show_part, vd_show_cert,       vd_show_cd,
        vd_show_crl,  vd_show_elements, vd_show_nocsr, vd_show_csr,  vd_show_broken_cert
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct vd_doc d = { .out = out, .json = json, .checked = checked,
                            .field_of = vd_show_field };
        if (kinds[i](in, &d) || out->failed) /* no memory: it is not another kind for that */
            return !out->failed;
    }
    return false;
}
