/* SPDX-License-Identifier: Apache-2.0
 *
 * show_nocsr.c - the description of NOCSR elements and of a certification request.
 */
#include <stdlib.h>

#include "nocsr.h"
#include "show.h"

static void show_request(struct vd_doc *d, struct vd_span in)
{
    struct vd_csr r;

    (void)vd_csr_read(in, &r);
    vd_doc_number(d, "size", in.n);
    vd_doc_number(d, "version", r.version + 1);
    vd_doc_name(d, "subject", r.subject.der);
    vd_doc_text(d, "key", "%s", vd_key_text(r.key_kind));
    vd_doc_hex(d, "public_key", r.key);
    vd_doc_bool(d, "attributes", r.has_attributes);
    vd_doc_text(d, "signature_algorithm", "%s", vd_algorithm_text(r.algorithm));
    vd_doc_hex(d, "signature", r.signature);
}

static bool is_request(struct vd_span in)
{
    struct vd_csr r;
    (void)vd_csr_read(in, &r);
    return r.subject.der.n > 0;
}

bool vd_show_csr(struct vd_span in, struct vd_doc *d)
{
    struct vd_findings *f;
    struct vd_csr r;

    (void)vd_csr_read(in, &r);
    if (r.subject.der.n == 0 || !r.subject.well_formed) /* a CRL has an algorithm in its place */
        return false;
    f = calloc(1, sizeof *f);
    if (f == NULL)
        return !(d->out->failed = true);
    vd_csr_check(in, NULL, f);
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "certification request");
    vd_doc_lint(d, f, VD_ON_CSR);
    show_request(d, in);
    vd_doc_findings(d, f);
    vd_doc_close(d);
    free(f);
    return true;
}

static void show_elements(struct vd_doc *d, const struct vd_nocsr *e, struct vd_findings *f)
{
    vd_doc_lint(d, f, VD_ON_NOCSR);
    vd_doc_hex(d, "csr_nonce", e->nonce);
    vd_doc_open_list(d, "vendor_reserved");
    for (unsigned i = 0; i < VD_NOCSR_VENDOR; i++) {
        if (!e->has_vendor[i])
            continue;
        vd_doc_open(d, NULL);
        vd_doc_number(d, "tag", 3 + i);
        vd_doc_hex(d, "value", e->vendor[i]);
        vd_doc_close(d);
    }
    vd_doc_close(d);
    vd_doc_open(d, "csr");
    vd_doc_lint(d, f, VD_ON_CSR);
    show_request(d, e->csr);
    vd_doc_close(d);
    vd_doc_findings(d, f);
}

bool vd_show_nocsr(struct vd_span in, struct vd_doc *d)
{
    struct vd_findings *f = calloc(1, sizeof *f);
    struct vd_nocsr e;
    bool is;

    if (f == NULL)
        return !(d->out->failed = true);
    is = vd_nocsr_read(in, &e, f) && e.has_csr && is_request(e.csr);
    if (is) {
        vd_csr_check(e.csr, NULL, f);
        vd_doc_open(d, NULL);
        vd_doc_text(d, "kind", "NOCSR elements");
        vd_doc_number(d, "size", in.n);
        show_elements(d, &e, f);
        vd_doc_close(d);
    }
    free(f);
    return is;
}
