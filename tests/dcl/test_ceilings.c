/* SPDX-License-Identifier: Apache-2.0
 *
 * test_certifications.c - one node says more of certifications than the ceiling allows. It takes nothing from what
 * the others say, and ends no run.
 */
#include <stdlib.h>

#include "compliance.h"
#include "compliance_list.h"
#include "limits.h"
#include "unit.h"

enum { HONEST, ALSO, HOSTILE, SILENT, NODES };

static struct vd_record_compliance record(unsigned vid, uint32_t version, int status)
{
    struct vd_record_compliance r = { .vid = (uint16_t)vid, .pid = 1, .software_version = version,
                                      .status = (uint8_t)status, .date = 1700000000, .cd_version = 1,
                                      .device_type = UINT32_MAX, .matter = true };
    assert_true(vd_copy(r.certificate_id, sizeof r.certificate_id, vd_span_str("CSA00000SWC00000-01")));
    return r;
}

static void say(struct vd_ledger *node, struct vd_record_compliance r)
{
    struct vd_lists *l = &node->lists;
    assert_true(vd_grow((void **)&l->compliance, l->n_compliance, &l->cap_compliance, sizeof r, VD_MAX_COMPLIANCE));
    l->compliance[l->n_compliance++] = r;
}

/* The status in the part; -1: no record. */
static int status_of(const struct vd_compliance *c, unsigned vid, uint32_t version)
{
    struct vd_compliance_record r;
    for (size_t i = 0; vd_compliance_find(c, (uint16_t)vid, 1, i, &r); i++) {
        if (r.software_version == version)
            return (int)r.status;
    }
    return -1;
}

/* FFF1: said by two; FFF2: known before, and hidden by all but one; FFF3: one of the honest says revoked. */
static void set_up(struct vd_ledger nodes[NODES])
{
    for (size_t i = 0; i < NODES; i++)
        nodes[i].url = "https://node.example";
    nodes[SILENT].failed = true;
    for (unsigned i = HONEST; i <= ALSO; i++) {
        say(&nodes[i], record(0xFFF1, 1, VD_CERT_CERTIFIED));
        say(&nodes[i], record(0xFFF1, 2, VD_CERT_REVOKED));
    }
    say(&nodes[HONEST], record(0xFFF2, 1, VD_CERT_CERTIFIED));
    say(&nodes[ALSO], record(0xFFF3, 1, VD_CERT_REVOKED));
}

/* `lies` records that only the hostile node has. */
static void merge(uint32_t lies)
{
    static struct vd_ledger nodes[NODES];
    const struct vd_record_compliance *twice, known = record(0xFFF2, 1, VD_CERT_CERTIFIED);
    const struct vd_run run = { .number = 0 };
    struct vd_merge m = { .nodes = nodes, .n_nodes = NODES, .before = &run };
    struct vd_buf before = VD_BUF(4096), part = VD_BUF(VD_MAX_BUNDLE);
    struct vd_compliance c;
    const bool over = lies > VD_MAX_COMPLIANCE - 4;
    uint32_t n = 0;

    for (size_t i = 0; i < NODES; i++)
        nodes[i] = (struct vd_ledger){ .failed = false };
    set_up(nodes);
    for (uint32_t i = 0; i < lies; i++)
        say(&nodes[HOSTILE], record(1, i, VD_CERT_REVOKED));
    assert_true(vd_compliance_part(2, &known, 1, &before, &twice));
    vd_merge_start(&m);
    assert_int_equal(vd_merge_compliance(&m, 2, vd_buf_span(&before), &part, &n), VERIDAC_OK);

    assert_int_equal(n, over ? VD_MAX_COMPLIANCE : lies + 4);
    assert_null(vd_compliance_read(vd_buf_span(&part), &c));
    assert_int_equal(status_of(&c, 0xFFF1, 1), VD_CERT_CERTIFIED);
    assert_int_equal(status_of(&c, 0xFFF1, 2), VD_CERT_SAID_REVOKED); /* by two of four: no majority */
    assert_int_equal(status_of(&c, 0xFFF2, 1), VD_CERT_CERTIFIED);
    assert_int_equal(status_of(&c, 0xFFF3, 1), VD_CERT_SAID_REVOKED);
    assert_int_equal(status_of(&c, 1, 0), lies > 0 ? VD_CERT_SAID_REVOKED : -1);
    assert_true(vd_buf_u8(&m.notes.text, 0));
    assert_int_equal(strstr((const char *)m.notes.text.p, "too-many-certifications") != NULL, over);

    for (size_t i = 0; i < NODES; i++)
        vd_lists_free(&nodes[i].lists);
    vd_buf_free(&m.notes.text);
    vd_buf_free(&before);
    vd_buf_free(&part);
}

static void ceiling(void **state)
{
    (void)state;
    merge(0);
    merge(10);
    merge(VD_MAX_COMPLIANCE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ceiling) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
