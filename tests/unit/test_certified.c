/* SPDX-License-Identifier: Apache-2.0
 *
 * test_certified.c - of several records the one that says most against a declaration is spoken of.
 */
#include "certified.h"

#include "unit.h"

#define ID "CSA00000SWC00000-00"

static struct vd_snapshot snapshot_of(enum vd_certification status, struct vd_buf *part)
{
    struct vd_compliance_record r = { .vid = 0xFFF1, .pid = 0x8000, .software_version = 1, .cd_version = 1,
                                      .device_type = 1, .status = status, .date = 1700000000,
                                      .certificate_id = vd_span_str(ID) };
    struct vd_snapshot s = { .label = "part" };
    *part = VD_BUF(1u << 16);
    assert_true(vd_compliance_write(VD_NETWORK_TEST, &r, 1, part));
    assert_null(vd_compliance_read(vd_buf_span(part), &s.compliance));
    return s;
}

static void expect(enum vd_certification a, enum vd_certification b, enum vd_rule rule, enum vd_rule not)
{
    struct vd_buf parts[2];
    const struct vd_snapshot first = snapshot_of(a, &parts[0]), second = snapshot_of(b, &parts[1]);
    const struct vd_snapshot *const both[] = { &first, &second };
    struct vd_decl decl = { .certificate_id = vd_span_str(ID), .version_number = 1, .device_type_id = 1 };
    struct vd_findings f = { .n = 0 };

    vd_certified_check(&(struct vd_certified){ &decl, both, 2, 0xFFF1, 0x8000, 1 }, &f);
    assert_true(vd_findings_has(&f, rule));
    assert_false(vd_findings_has(&f, not));
    vd_buf_free(&parts[0]);
    vd_buf_free(&parts[1]);
}

static void revoked_outweighs_said_to_be_revoked(void **state)
{
    (void)state;
    expect(VD_CERT_REVOKED, VD_CERT_SAID_REVOKED, VD_RULE_COMPLIANCE_REVOKED, VD_RULE_COMPLIANCE_SAID_REVOKED);
    expect(VD_CERT_SAID_REVOKED, VD_CERT_REVOKED, VD_RULE_COMPLIANCE_REVOKED, VD_RULE_COMPLIANCE_SAID_REVOKED);
    expect(VD_CERT_REVOKED, VD_CERT_CERTIFIED, VD_RULE_COMPLIANCE_REVOKED, VD_RULE_COMPLIANCE_SAID_REVOKED);
    expect(VD_CERT_CERTIFIED, VD_CERT_SAID_REVOKED, VD_RULE_COMPLIANCE_SAID_REVOKED, VD_RULE_COMPLIANCE_REVOKED);
    expect(VD_CERT_SAID_REVOKED, VD_CERT_CERTIFIED, VD_RULE_COMPLIANCE_SAID_REVOKED, VD_RULE_COMPLIANCE_REVOKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(revoked_outweighs_said_to_be_revoked) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
