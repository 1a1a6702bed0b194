/* SPDX-License-Identifier: Apache-2.0
 *
 * certified.c - compliance rules.
 *
 * A ledger statement about certification is no proof of forgery: what differs is a warning. Only a
 * certification that was revoked refuses.
 */
#include "certified.h"

#include <inttypes.h>

#include "text.h"

#define ON VD_ON_CD

/* What the records of this product say about this declaration. */
struct seen {
    bool any;            /* records of the product (and of the software version, when it is known) */
    bool same_id;        /* one of them has the declaration's certificate id */
    struct vd_compliance_record record; /* that one, or else the first */
};

/* Of two records under one id the one that says more against it is spoken of. */
static int against(const struct vd_compliance_record *r)
{
    return r->status == VD_CERT_REVOKED ? 2 : r->status == VD_CERT_SAID_REVOKED ? 1 : 0;
}

static void take(const struct vd_certified *in, const struct vd_compliance_record *r,
                 struct seen *s)
{
    bool same = vd_span_eq(r->certificate_id, in->decl->certificate_id);

    if (in->software_version >= 0 && r->software_version != in->software_version)
        return;
    if (!s->any || (same && (!s->same_id || against(r) > against(&s->record))))
        s->record = *r;
    s->any = true;
    s->same_id = s->same_id || same;
}

static void say_id(const struct vd_certified *in, const struct seen *s, struct vd_findings *f)
{
    char found[40], wanted[40];
    struct vd_buf fb = VD_BUF_ON(found), wb = VD_BUF_ON(wanted);
    (void)vd_printable(in->decl->certificate_id, &fb);
    (void)vd_printable(s->record.certificate_id, &wb);
    wanted[wb.n < sizeof wanted ? wb.n : sizeof wanted - 1] = '\0';
    (void)vd_find(f, VD_RULE_COMPLIANCE_CERTIFICATE_ID, ON, wanted, "%.*s", (int)fb.n, found);
}

static void check_record(const struct vd_certified *in, const struct seen *s, struct vd_findings *f)
{
    const struct vd_compliance_record *r = &s->record;
    char date[VD_TIME_TEXT];

    if (r->status == VD_CERT_REVOKED) {
        vd_time_text(r->date, date);
        (void)vd_find(f, VD_RULE_COMPLIANCE_REVOKED, ON, "certified",
                      "software version %" PRIu32 " revoked at %s", r->software_version, date);
    }
    if (r->status == VD_CERT_SAID_REVOKED)
        (void)vd_find(f, VD_RULE_COMPLIANCE_SAID_REVOKED, ON, "certified",
                      "software version %" PRIu32, r->software_version);
    if (r->cd_version != in->decl->version_number)
        (void)vd_find(f, VD_RULE_COMPLIANCE_VERSION, ON, "the version number that the ledger has",
                      "%" PRIu64 " in the declaration, %u on the ledger",
                      in->decl->version_number, (unsigned)r->cd_version);
    if (r->device_type != VD_NO_DEVICE_TYPE && r->device_type != in->decl->device_type_id)
        (void)vd_find(f, VD_RULE_COMPLIANCE_DEVICE_TYPE, ON, "the device type that the ledger has",
                      "%" PRIu64 " in the declaration, %" PRIu32 " on the ledger",
                      in->decl->device_type_id, r->device_type);
}

void vd_certified_check(const struct vd_certified *in, struct vd_findings *f)
{
    struct vd_compliance_record r;
    struct seen seen = { .any = false };
    bool records = false;

    if (in->vid < 0 || in->pid < 0)
        return; /* whose records? that has its finding */
    for (size_t i = 0; i < in->n_snapshots; i++) {
        const struct vd_compliance *c = &in->snapshots[i]->compliance;
        records = records || c->network != VD_NETWORK_NONE;
        for (size_t k = 0; vd_compliance_find(c, (uint16_t)in->vid, (uint16_t)in->pid, k, &r); k++)
            take(in, &r, &seen);
    }
    if (!records)
        return;
    if (in->software_version < 0)
        (void)vd_find(f, VD_RULE_SOFTWARE_VERSION_NOT_GIVEN, ON, "the software version",
                      "only the certificate id was compared");
    if (!seen.any)
        (void)vd_find(f, VD_RULE_COMPLIANCE_NO_RECORD, ON, NULL, "vendor id %04X, product id %04X",
                      (unsigned)in->vid, (unsigned)in->pid);
    else if (!seen.same_id)
        say_id(in, &seen, f);
    if (seen.any && in->software_version >= 0)
        check_record(in, &seen, f);
}
