/* SPDX-License-Identifier: Apache-2.0
 *
 * show_cert.c - the description of a certificate, with what deviates from the profile of the role
 * that its constraints suggest.
 */
#include <stdlib.h>

#include "profile.h"
#include "show.h"
#include "trust.h"

/* What signs declarations is known by its key. Of the rest, cA FALSE with cRLSign is a CRL delegate,
 * otherwise a DAC; a self-issued CA is a PAA. */
static enum vd_role guess_role(const struct vd_cert *c)
{
    if (vd_trust_signs_declarations(c))
        return VD_ROLE_CD_SIGNER;
    if (!c->ca)
        return c->key_usage & VD_KU_CRL_SIGN ? VD_ROLE_CRL_SIGNER : VD_ROLE_DAC;
    if (vd_span_eq(c->issuer.der, c->subject.der))
        return VD_ROLE_PAA;
    return VD_ROLE_PAI;
}

static const char *const role_texts[] = { "DAC", "PAI", "PAA", "declaration signer",
                                          "CRL delegate" };
static const enum vd_subject role_subjects[] = { VD_ON_DAC, VD_ON_PAI, VD_ON_PAA, VD_ON_CD_SIGNER,
                                                 VD_ON_CRL_SIGNER };

static void show_id(struct vd_doc *d, const char *key, const struct vd_id *id)
{
    if (id->state == VD_ID_PRESENT)
        vd_doc_text(d, key, "%04X", id->value);
    else if (id->state == VD_ID_BAD)
        vd_doc_text(d, key, "malformed");
}

static void show_usage(struct vd_doc *d, uint16_t bits)
{
    static const char *const names[] = { "digitalSignature", "nonRepudiation",   "keyEncipherment",
                                         "dataEncipherment", "keyAgreement",     "keyCertSign",
                                         "cRLSign",          "encipherOnly",     "decipherOnly" };
    vd_doc_open_list(d, "key_usage");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (bits & 0x8000u >> i)
            vd_doc_text(d, NULL, "%s", names[i]);
    }
    vd_doc_close(d);
}

static void show_extensions(struct vd_doc *d, const struct vd_cert *c)
{
    struct vd_span list = c->extensions;
    struct vd_extension e;
    char hex[VD_HEX_TEXT];

    vd_doc_open_list(d, "extensions");
    while (vd_extension_next(&list, &e)) {
        enum vd_ext_kind kind = vd_ext_kind_of(e.oid);
        vd_doc_open(d, NULL);
        if (kind == VD_EXT_OTHER)
            vd_doc_text(d, "name", "OID %s", vd_hex_text(e.oid, hex));
        else
            vd_doc_text(d, "name", "%s", vd_ext_text(kind));
        vd_doc_bool(d, "critical", e.critical);
        vd_doc_hex(d, "value", e.value);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

static void show_facts(struct vd_doc *d, const struct vd_cert *c)
{
    vd_doc_number(d, "size", c->der.n);
    vd_doc_number(d, "version", c->version + 1);
    vd_doc_hex(d, "serial", c->serial);
    vd_doc_text(d, "signature_algorithm", "%s", vd_algorithm_text(c->outer));
    vd_doc_name(d, "issuer", c->issuer.der);
    vd_doc_name(d, "subject", c->subject.der);
    show_id(d, "vendor_id", &c->subject.vid);
    show_id(d, "product_id", &c->subject.pid);
    if (c->times_ok) {
        vd_doc_time(d, "not_before", c->not_before);
        vd_doc_time(d, "not_after", c->not_after);
    }
    vd_doc_text(d, "key", "%s", vd_key_text(c->key_kind));
    vd_doc_hex(d, "public_key", c->key);
    vd_doc_hex(d, "subject_key_id", c->skid);
    vd_doc_hex(d, "authority_key_id", c->akid);
    vd_doc_bool(d, "ca", c->ca);
    if (c->has_path_length)
        vd_doc_number(d, "path_length", c->path_length);
    show_usage(d, c->key_usage);
    show_extensions(d, c);
    vd_doc_hex(d, "signature", c->signature);
}

static bool show(const struct vd_cert *c, struct vd_span in, struct vd_doc *d)
{
    struct vd_findings *f = calloc(1, sizeof *f);
    uint8_t sha256[VD_SHA256];
    enum vd_role role = guess_role(c);

    if (f == NULL || !vd_sha256(c->parsed ? c->der : in, sha256)) {
        free(f);
        return !(d->out->failed = true);
    }
    vd_profile_check(c, role, role_subjects[role], vd_profile_names(c, c), f);
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "certificate");
    vd_doc_text(d, "role", "%s", role_texts[role]);
    vd_doc_hex(d, "sha256", VD_SPAN(sha256));
    vd_doc_lint(d, f, role_subjects[role]);
    show_facts(d, c);
    vd_doc_findings(d, f);
    vd_doc_close(d);
    free(f);
    return true;
}

bool vd_show_cert(struct vd_span in, struct vd_doc *d)
{
    struct vd_cert c;
    return vd_cert_read(in, &c) && show(&c, in, d);
}

bool vd_show_broken_cert(struct vd_span in, struct vd_doc *d)
{
    struct vd_cert c;
    (void)vd_cert_read(in, &c);
    return c.issuer.der.n > 0 && show(&c, in, d);
}
