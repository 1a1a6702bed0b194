/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_cms.c - the envelope of a Certification Declaration, and what is in it.
 *
 * Reaches: vd_cms_read vd_decl_read vd_sig_der_valid
 * Properties: what it borrows lies in the input; what can be used and has no error, written again from its
 * elements, is the input, and is not when it is cut or something follows; an error for everything else.
 */
#include "cms.h"

#include "decl.h"
#include "fuzz_der.h"
#include "sig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };
    struct vd_buf longer = VD_BUF(1u << 24);
    struct vd_findings f, g;
    struct vd_decl decl;
    struct vd_cms c, other;
    bool usable;

    vd_findings_reset(&f);
    vd_findings_reset(&g);
    usable = vd_cms_read(in, &c, &f);
    INVARIANT(usable || vd_findings_error(&f, 0) != NULL);
    fuzz_inside(in, c.content);
    fuzz_inside(in, c.signer);
    fuzz_inside(in, c.signature);
    if (usable) {
        INVARIANT(c.signer.n == 20);
        (void)vd_sig_der_valid(c.signature);
        (void)vd_decl_read(c.content, &decl, &g);
    }
    if (usable && vd_findings_error(&f, 0) == NULL) {
        fuzz_der_canonical(in);
        vd_findings_reset(&g);
        INVARIANT(!vd_cms_read((struct vd_span){ data, size - 1 }, &other, &g));
        vd_findings_reset(&g);
        INVARIANT(vd_buf_put(&longer, in) && vd_buf_u8(&longer, 0));
        (void)vd_cms_read(vd_buf_span(&longer), &other, &g);
        INVARIANT(vd_findings_error(&g, 0) != NULL);
    }
    vd_buf_free(&longer);
    return 0;
}
