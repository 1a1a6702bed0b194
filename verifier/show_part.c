/* SPDX-License-Identifier: Apache-2.0
 *
 * show_part.c - names, provenance and compliance records: as sections of a bundle, and as files of their
 * own.
 */
#include "compliance.h"
#include "names.h"
#include "provenance.h"
#include "show.h"
#include "sig.h"

static const char *status_text(enum vd_certification s)
{
    switch (s) {
    case VD_CERT_DEV:
        break;
    case VD_CERT_PROVISIONAL:
        return "provisional";
    case VD_CERT_CERTIFIED:
        return "certified";
    case VD_CERT_REVOKED:
        return "revoked";
    case VD_CERT_SAID_REVOKED:
        return "said-revoked";
    }
    return "development";
}

/* ---- provenance ---- */

void vd_show_sources(struct vd_span records, struct vd_doc *d)
{
    struct vd_source s;

    vd_doc_open_list(d, "crls");
    while (records.n > 0 && vd_provenance_next(&records, &s)) {
        vd_doc_open(d, NULL);
        vd_doc_bytes(d, "url", s.url);
        vd_doc_hex(d, "sha256", s.sha256);
        if (s.number.n > 0)
            vd_doc_hex(d, "number", s.number);
        vd_doc_time(d, "confirmed", s.time);
        if (s.node.n > 0)
            vd_doc_bytes(d, "node", s.node);
        if (s.height > 0)
            vd_doc_number(d, "height", s.height);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

/* ---- compliance ---- */

void vd_show_statuses(const struct vd_compliance *c, struct vd_doc *d)
{
    uint64_t n[VD_CERTIFICATIONS] = { 0 }, all = 0;
    struct vd_span in = c->records;
    struct vd_compliance_record r;

    for (; vd_compliance_next(&in, &r); all++)
        n[r.status]++;
    vd_doc_open(d, "compliance");
    vd_doc_number(d, "records", all);
    for (unsigned i = 0; i < VD_CERTIFICATIONS; i++)
        vd_doc_number(d, status_text((enum vd_certification)i), n[i]);
    vd_doc_close(d);
}

static void show_records(struct vd_span in, struct vd_doc *d)
{
    struct vd_compliance_record r;

    vd_doc_open_list(d, "records");
    while (vd_compliance_next(&in, &r)) {
        vd_doc_open(d, NULL);
        vd_doc_text(d, "vendor_id", "%04X", (unsigned)r.vid);
        vd_doc_text(d, "product_id", "%04X", (unsigned)r.pid);
        vd_doc_number(d, "software_version", r.software_version);
        vd_doc_text(d, "status", "%s", status_text(r.status));
        vd_doc_time(d, "date", r.date);
        vd_doc_bytes(d, "certificate_id", r.certificate_id);
        vd_doc_number(d, "declaration_version", r.cd_version);
        if (r.device_type != VD_NO_DEVICE_TYPE)
            vd_doc_number(d, "device_type", r.device_type);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

/* ---- names and rules ---- */

static void show_names(const struct vd_names *n, struct vd_doc *d)
{
    uint8_t id[VD_ISSUER_ID];
    struct vd_span key_id, name;

    vd_doc_open_list(d, "issuers");
    for (uint32_t i = 0; i < n->n && vd_names_at(n->section, n->n, i, &key_id, &name); i++) {
        vd_doc_open(d, NULL);
        vd_doc_name(d, "issuer", name);
        vd_doc_hex(d, "key_id", key_id);
        if (vd_revkey_issuer(NULL, name, key_id, id))
            vd_doc_hex(d, "issuer_id", VD_SPAN(id));
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

/* ---- files ---- */

static void open_part(struct vd_span in, const char *kind, enum vd_network network, struct vd_doc *d)
{
    uint8_t sha256[VD_SHA256];

    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "%s", kind);
    vd_doc_text(d, "network", "%s", vd_network_text(network));
    if (vd_show_sha256(d, in, sha256))
        vd_doc_hex(d, "sha256", VD_SPAN(sha256));
    vd_doc_number(d, "size", in.n);
}

bool vd_show_part(struct vd_span in, struct vd_doc *d)
{
    struct vd_provenance p;
    struct vd_compliance c;
    struct vd_names n;

    if (vd_is_provenance(in) && vd_provenance_read(in, &p) == NULL) {
        open_part(in, "provenance of CRLs (" VD_PROVENANCE_MAGIC ")", p.network, d);
        vd_show_sources(p.records, d);
    } else if (vd_is_compliance(in) && vd_compliance_read(in, &c) == NULL) {
        open_part(in, "compliance records (" VD_COMPLIANCE_MAGIC ")", c.network, d);
        vd_show_statuses(&c, d);
        show_records(c.records, d);
    } else if (vd_is_names(in) && vd_names_read(in, &n) == NULL) {
        open_part(in, "names of issuers (" VD_NAMES_MAGIC ")", n.network, d);
        show_names(&n, d);
    } else {
        return false;
    }
    vd_doc_close(d);
    return true;
}
