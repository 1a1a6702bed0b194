/* SPDX-License-Identifier: Apache-2.0
 *
 * show_bundle.c - the description of a bundle: its sections, its issuers, and how often its filters
 * are wrong.
 */
#include "bundle.h"
#include "show.h"

static const char *section_text(uint32_t type)
{
    static const char *const texts[] = { "coverage", "lists", "lines",      "pages",     "codes",
                                         "tree",     "names", "provenance", "compliance" };
    return type >= 1 && type <= sizeof texts / sizeof texts[0] ? texts[type - 1] : "unknown";
}

static void show_sections(const struct vd_bundle *b, struct vd_doc *d)
{
    struct vd_span in = vd_span_of(b->v.directory.p, b->v.directory.n), entry, digest;
    uint64_t type, flags, at, size;

    vd_doc_open_list(d, "sections");
    while (vd_take(&in, VDB_HEADER, &entry) && vd_take_le(&entry, 4, &type) &&
           vd_take_le(&entry, 4, &flags) && vd_take_le(&entry, 8, &at) &&
           vd_take_le(&entry, 8, &size) && vd_take(&entry, VDB_DIGEST, &digest)) {
        vd_doc_open(d, NULL);
        vd_doc_text(d, "name", "%s", section_text((uint32_t)type));
        vd_doc_number(d, "type", type);
        vd_doc_number(d, "offset", at);
        vd_doc_number(d, "size", size);
        vd_doc_hex(d, "sha256", digest);
        vd_doc_close(d);
    }
    vd_doc_close(d);
}

/* ---- filters ---- */

static unsigned ones(struct vd_span line)
{
    unsigned n = 0;
    for (size_t i = 0; i < line.n; i++) {
        for (unsigned v = vd_at(line, i); v != 0; v &= v - 1)
            n++;
    }
    return n;
}

/* The rate that the bits of the lines give: a wrong key meets six set bits of its line. */
static double computed_rate(const struct vd_bundle *b, const struct vdb_row *r)
{
    const struct vd_span lines = vd_bundle_section(b, VDB_LINES);
    struct vd_span line;
    double sum = 0;

    for (uint32_t i = 0; i < r->extent; i++) {
        double fill, all = 1;
        if (!vd_span_slice(lines, ((size_t)r->at + i) * VDB_LINE, VDB_LINE, &line))
            return 1;
        fill = ones(line) / (8.0 * VDB_LINE);
        for (unsigned k = 0; k < VDB_PROBES; k++)
            all *= fill;
        sum += all;
    }
    return sum / r->extent;
}

#define PROBES 100000u

/* The same by trying keys that nobody chose: the golden-ratio sequence. */
static double measured_rate(const struct vd_bundle *b, const struct vdb_row *r)
{
    struct vd_bundle hub = *b;
    uint64_t key = 0;
    unsigned hits = 0;

    hub.v.kind = VDB_HUB; /* ask the filter only */
    for (unsigned i = 0; i < PROBES; i++) {
        struct vdb_found found = { .row = *r };
        key += UINT64_C(0x9e3779b97f4a7c15);
        hits += vdb_find_in(&hub.v, key, &found) == VDB_UNCONFIRMED;
    }
    return (double)hits / PROBES;
}

/* ---- issuers ---- */

static void show_tier(const struct vd_bundle *b, const struct vdb_row *r, struct vd_doc *d)
{
    uint64_t octets = 0;

    if (r->base_n < VDB_SMALL) {
        vd_doc_text(d, "tier", "list");
        vd_doc_number(d, "list_size", r->extent);
        return;
    }
    vd_doc_text(d, "tier", b->v.kind == VDB_FULL ? "filter and exact" : "filter");
    vd_doc_number(d, "filter_size", (uint64_t)r->extent * VDB_LINE);
    vd_doc_text(d, "filter_false_positives_computed", "%.6f", computed_rate(b, r));
    vd_doc_text(d, "filter_false_positives_measured", "%.6f", measured_rate(b, r));
    if (b->v.kind != VDB_FULL)
        return;
    for (uint32_t i = 0; i < UINT32_C(1) << r->page_bits; i++)
        octets += vdb_page_at(&b->v, r->page + i).n;
    vd_doc_number(d, "pages", UINT32_C(1) << r->page_bits);
    vd_doc_number(d, "exact_size", octets);
}

static void show_row(const struct vd_bundle *b, uint32_t i, struct vd_doc *d)
{
    const struct vd_bundle_row row = vd_bundle_row(b, i);
    struct vd_span key_id, name;

    vd_doc_open(d, NULL);
    if (vd_bundle_name(b, i, &key_id, &name)) {
        vd_doc_name(d, "issuer", name);
        vd_doc_hex(d, "key_id", key_id);
    }
    vd_doc_hex(d, "issuer_id", vd_span_of(row.raw.id, VDB_ID));
    if (row.good)
        vd_doc_text(d, "coverage", "complete");
    else
        vd_doc_text(d, "coverage", "unknown (%s)", vd_reason_text(row.reason));
    vd_doc_number(d, "revoked", row.raw.n);
    if (row.raw.n != row.raw.base_n)
        vd_doc_number(d, "revoked_in_base", row.raw.base_n);
    vd_doc_number(d, "width", row.raw.width);
    show_tier(b, &row.raw, d);
    if (row.this_update != 0) {
        vd_doc_time(d, "this_update", row.this_update);
        vd_doc_time(d, "next_update", row.next_update);
        vd_doc_time(d, "last_ok", row.last_ok);
    }
    vd_doc_close(d);
}

bool vd_show_bundle(struct vd_span in, struct vd_doc *d)
{
    struct vd_bundle b;
    const char *wrong = vd_bundle_read(in, &b);
    uint8_t sha256[VD_SHA256];

    d->out->failed = d->out->failed || wrong == vd_no_memory;
    if (wrong != NULL || !vd_show_sha256(d, in, sha256))
        return false;
    vd_doc_open(d, NULL);
    vd_doc_text(d, "kind", "bundle (VDB1)");
    vd_doc_text(d, "contents", b.v.kind == VDB_FULL ? "full" : "hub");
    vd_doc_text(d, "network", "%s", vd_network_text(b.network));
    vd_doc_hex(d, "sha256", VD_SPAN(sha256));
    vd_doc_number(d, "size", in.n);
    vd_doc_time(d, "evidence_time", b.evidence_time);
    vd_doc_bool(d, "base", vd_bundle_is_base(&b));
    vd_doc_number(d, "issuers", b.n_rows);
    vd_doc_number(d, "revoked", b.n_keys);
    vd_doc_bool(d, "codes_checked", d->checked);
    show_sections(&b, d);
    vd_doc_open_list(d, "coverage");
    for (uint32_t i = 0; i < b.n_rows; i++)
        show_row(&b, i, d);
    vd_doc_close(d);
    if (b.provenance.network != VD_NETWORK_NONE)
        vd_show_sources(b.provenance.records, d);
    if (b.compliance.network != VD_NETWORK_NONE)
        vd_show_statuses(&b.compliance, d);
    vd_doc_close(d);
    return true;
}

const char *vd_show_bundle_fault(struct vd_span in, bool check)
{
    struct vd_span magic = in;
    struct vd_bundle b;
    const char *wrong;
    bool ran;

    if (!vd_take_tag(&magic, "VDB"))
        return check ? "not a bundle, and only bundles can be checked" : NULL;
    wrong = vd_bundle_read(in, &b);
    if (wrong != NULL || !check)
        return wrong;
    wrong = vd_bundle_check(&b, &ran);
    return ran ? wrong : vd_no_memory;
}
