/* SPDX-License-Identifier: Apache-2.0
 *
 * show_cd.c - the description of a Certification Declaration and of attestation elements.
 */
#include <stdlib.h>

#include "cms.h"
#include "decl.h"
#include "elements.h"
#include "show.h"
#include "tlv.h"

static void show_declaration(struct vd_doc *d, const struct vd_decl *c)
{
    vd_doc_number(d, "format_version", c->format_version);
    vd_doc_text(d, "vendor_id", "%04X", (unsigned)c->vendor_id);
    vd_doc_open_list(d, "product_ids");
    for (size_t i = 0; i < c->n_products; i++)
        vd_doc_text(d, NULL, "%04X", c->products[i]);
    vd_doc_close(d);
    vd_doc_number(d, "device_type_id", c->device_type_id);
    vd_doc_bytes(d, "certificate_id", c->certificate_id);
    vd_doc_number(d, "security_level", c->security_level);
    vd_doc_number(d, "security_information", c->security_information);
    vd_doc_number(d, "version_number", c->version_number);
    vd_doc_number(d, "certification_type", c->certification_type);
    if (c->has_origin_vid)
        vd_doc_text(d, "dac_origin_vendor_id", "%04X", (unsigned)c->origin_vid);
    if (c->has_origin_pid)
        vd_doc_text(d, "dac_origin_product_id", "%04X", (unsigned)c->origin_pid);
    if (!c->has_paas)
        return;
    vd_doc_open_list(d, "authorized_paas");
    for (size_t i = 0; i < c->n_paas; i++)
        vd_doc_hex(d, NULL, c->paas[i]);
    vd_doc_close(d);
}

static void show_cms(struct vd_span in, struct vd_doc *d, struct vd_findings *f)
{
    struct vd_cms cms;
    struct vd_decl decl;

    (void)vd_cms_read(in, &cms, f);
    if (cms.content.n > 0)
        (void)vd_decl_read(cms.content, &decl, f);
    vd_doc_lint(d, f, VD_ON_CD);
    vd_doc_number(d, "size", in.n);
    vd_doc_hex(d, "signer_key_id", cms.signer);
    vd_doc_hex(d, "signature", cms.signature);
    if (cms.content.n > 0)
        show_declaration(d, &decl);
}

bool vd_show_cd(struct vd_span in, struct vd_doc *d)
{
    struct vd_findings *f = calloc(1, sizeof *f);
    struct vd_cms cms;
    bool is;

    if (f == NULL)
        return !(d->out->failed = true);
    (void)vd_cms_read(in, &cms, f);
    is = cms.content.n > 0; /* something that went as far as content in a SignedData */
    vd_findings_reset(f);
    if (is) {
        vd_doc_open(d, NULL);
        vd_doc_text(d, "kind", "certification declaration");
        show_cms(in, d, f);
        vd_doc_findings(d, f);
        vd_doc_close(d);
    }
    free(f);
    return is;
}

static void show_vendor(struct vd_doc *d, struct vd_span in)
{
    struct vd_tlv_reader r = vd_tlv_start(in);
    struct vd_tlv e;

    vd_doc_open_list(d, "vendor_reserved");
    (void)vd_tlv_next(&r, &e); /* the structure itself */
    while (vd_tlv_next(&r, &e) && e.type != VD_TLV_END) {
        if (e.form != VD_TAG_CONTEXT) {
            vd_doc_open(d, NULL);
            vd_doc_text(d, "tag", "%04X:%04X:%u", e.vendor, e.profile, (unsigned)e.tag);
            vd_doc_hex(d, "value", e.bytes);
            vd_doc_close(d);
        }
        if (vd_tlv_is_container(e.type) && !vd_tlv_skip(&r))
            break;
    }
    vd_doc_close(d);
}

static void show_all(struct vd_span in, const struct vd_elements *e, struct vd_findings *f,
                     struct vd_doc *d)
{
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "attestation elements");
    vd_doc_lint(d, f, VD_ON_ELEMENTS);
    vd_doc_number(d, "size", in.n);
    vd_doc_hex(d, "attestation_nonce", e->nonce);
    vd_doc_number(d, "timestamp", e->timestamp);
    if (e->has_firmware)
        vd_doc_hex(d, "firmware_information", e->firmware);
    show_vendor(d, in);
    vd_doc_open(d, "certification_declaration");
    show_cms(e->cd, d, f);
    vd_doc_close(d);
    vd_doc_findings(d, f);
    vd_doc_close(d);
}

/* NOCSR elements start the same way; what tells them apart is the time, and what tag 1 holds. */
static bool looks_like_elements(const struct vd_elements *e, struct vd_findings *scratch)
{
    struct vd_cms cms;
    if (!e->has_cd)
        return false;
    (void)vd_cms_read(e->cd, &cms, scratch);
    return e->has_timestamp || cms.content.n > 0;
}

bool vd_show_elements(struct vd_span in, struct vd_doc *d)
{
    struct vd_findings *f = calloc(1, sizeof *f);
    struct vd_elements e;
    bool is;

    if (f == NULL)
        return !(d->out->failed = true);
    is = vd_elements_read(in, &e, f) && looks_like_elements(&e, f);
    if (is) {
        vd_findings_reset(f);
        (void)vd_elements_read(in, &e, f);
        show_all(in, &e, f, d);
    }
    free(f);
    return is;
}
