/* SPDX-License-Identifier: Apache-2.0
 *
 * test_ceilings.c - one node says more than the ceiling of a run allows. It takes nothing from what the others say,
 * and ends no run.
 */
#include <stdlib.h>

#include "compliance.h"
#include "compliance_list.h"
#include "limits.h"
#include "unit.h"

enum { HONEST, ALSO, HOSTILE, SILENT, NODES };

/* `lies`: how much only the hostile node says. */
static void with_nodes(void (*merge)(struct vd_ledger nodes[NODES], uint32_t lies), uint32_t lies)
{
    struct vd_ledger *nodes = calloc(NODES, sizeof *nodes);
    assert_non_null(nodes);
    for (size_t i = 0; i < NODES; i++)
        nodes[i].url = "https://node.example";
    nodes[SILENT].failed = true;
    merge(nodes, lies);
    for (size_t i = 0; i < NODES; i++)
        vd_lists_free(&nodes[i].lists);
    free(nodes);
}

static void assert_noted(struct vd_merge *m, const char *id, bool want)
{
    assert_true(vd_buf_u8(&m->notes.text, 0));
    assert_int_equal(strstr((const char *)m->notes.text.p, id) != NULL, want);
    vd_buf_free(&m->notes.text);
}

/* ---- certifications ---- */

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
static void set_up_records(struct vd_ledger nodes[NODES])
{
    for (unsigned i = HONEST; i <= ALSO; i++) {
        say(&nodes[i], record(0xFFF1, 1, VD_CERT_CERTIFIED));
        say(&nodes[i], record(0xFFF1, 2, VD_CERT_REVOKED));
    }
    say(&nodes[HONEST], record(0xFFF2, 1, VD_CERT_CERTIFIED));
    say(&nodes[ALSO], record(0xFFF3, 1, VD_CERT_REVOKED));
}

static void merge_records(struct vd_ledger nodes[NODES], uint32_t lies)
{
    const struct vd_record_compliance *twice, known = record(0xFFF2, 1, VD_CERT_CERTIFIED);
    const struct vd_run run = { .number = 0 };
    struct vd_merge m = { .nodes = nodes, .n_nodes = NODES, .before = &run };
    struct vd_buf before = VD_BUF(4096), part = VD_BUF(VD_MAX_BUNDLE);
    struct vd_compliance c;
    const bool over = lies > VD_MAX_COMPLIANCE - 4;
    uint32_t n = 0;

    set_up_records(nodes);
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
    assert_noted(&m, "too-many-certifications", over);
    vd_buf_free(&before);
    vd_buf_free(&part);
}

static void certifications(void **state)
{
    (void)state;
    with_nodes(merge_records, 10);
    with_nodes(merge_records, VD_MAX_COMPLIANCE);
}

/* ---- certificates ---- */

/* A hash that is a number: those of the hostile node come first. */
static void list(struct vd_ledger *node, uint32_t number, unsigned as)
{
    struct vd_listed_certificate c = { .as = as };
    struct vd_lists *l = &node->lists;
    (void)snprintf(c.sha256, sizeof c.sha256, "%064u", (unsigned)number);
    assert_true(vd_grow((void **)&l->certificates, l->n_certificates, &l->cap_certificates, sizeof c, VD_MAX_ISSUERS));
    l->certificates[l->n_certificates++] = c;
}

enum { OF_TWO = 900000, REVOKED_BEFORE, ACCEPTED_BEFORE, OF_ONE };

static void know(struct vd_run *run, uint32_t number, enum vd_run_kind kind, bool accepted, bool withdrawn)
{
    struct vd_run_certificate c = { .kind = kind, .accepted = accepted, .withdrawn = withdrawn };
    (void)snprintf(c.sha256, sizeof c.sha256, "%064u", (unsigned)number);
    assert_true(vd_run_add_certificate(run, &c));
}

static const struct vd_run_certificate *found(const struct vd_run *run, uint32_t number, enum vd_run_kind kind)
{
    char sha256[VD_HASH_TEXT];
    (void)snprintf(sha256, sizeof sha256, "%064u", (unsigned)number);
    return vd_run_certificate(run, kind, sha256);
}

static void merge_certificates(struct vd_ledger nodes[NODES], uint32_t lies)
{
    struct vd_run before = { .number = 1 }, now = { .number = 0 };
    struct vd_merge m = { .nodes = nodes, .n_nodes = NODES, .before = &before };
    const bool over = lies > VD_MAX_ISSUERS - 4;

    know(&before, REVOKED_BEFORE, VD_RUN_AUTHORITY, true, true);
    know(&before, ACCEPTED_BEFORE, VD_RUN_ANCHOR, true, false);
    list(&nodes[HONEST], OF_TWO, VD_AS_AUTHORITY);
    list(&nodes[ALSO], OF_TWO, VD_AS_AUTHORITY);
    list(&nodes[ALSO], OF_ONE, VD_AS_REVOKED);
    list(&nodes[HONEST], ACCEPTED_BEFORE, VD_AS_ROOT);
    for (uint32_t i = 0; i < lies; i++)
        list(&nodes[HOSTILE], i, i % 2 ? VD_AS_ROOT : VD_AS_REVOKED);
    vd_merge_start(&m);
    assert_int_equal(vd_merge_certificates(&m, &now), VERIDAC_OK);

    assert_int_equal(now.n_certificates, over ? VD_MAX_ISSUERS : lies + 4);
    assert_false(now.mixed_certificates); /* in the order of their hashes, as before */
    assert_non_null(found(&now, OF_TWO, VD_RUN_AUTHORITY));
    assert_true(found(&now, OF_ONE, VD_RUN_AUTHORITY)->disputed);
    assert_true(found(&now, REVOKED_BEFORE, VD_RUN_AUTHORITY)->withdrawn);
    assert_true(found(&now, ACCEPTED_BEFORE, VD_RUN_ANCHOR)->accepted);
    assert_noted(&m, "too-many-certificates", over);
    vd_run_clear(&before);
    vd_run_clear(&now);
}

/* What the hostile node said fills the last run; it says so again, or is silent and not heard any more. One of the
 * honest says something new: that is not what is left out. */
static void merge_after_lies(struct vd_ledger nodes[NODES], uint32_t lies, bool silent)
{
    struct vd_run before = { .number = 1 }, now = { .number = 0 };
    struct vd_merge m = { .nodes = nodes, .n_nodes = NODES, .before = &before };

    for (uint32_t i = 0; i < lies; i++) {
        know(&before, i, VD_RUN_AUTHORITY, true, false);
        before.certificates[before.n_certificates - 1].disputed = true;
        if (!silent)
            list(&nodes[HOSTILE], i, VD_AS_REVOKED);
    }
    nodes[HOSTILE].failed = silent;
    list(&nodes[ALSO], OF_ONE, VD_AS_REVOKED);
    vd_merge_start(&m);
    assert_int_equal(vd_merge_certificates(&m, &now), VERIDAC_OK);

    assert_int_equal(now.n_certificates, lies < VD_MAX_ISSUERS ? lies + 1 : VD_MAX_ISSUERS);
    assert_non_null(found(&now, OF_ONE, VD_RUN_AUTHORITY));
    assert_true(found(&now, OF_ONE, VD_RUN_AUTHORITY)->disputed);
    assert_true(found(&now, 0, VD_RUN_AUTHORITY)->disputed);
    assert_noted(&m, "too-many-certificates", lies == VD_MAX_ISSUERS);
    vd_run_clear(&before);
    vd_run_clear(&now);
}

static void lies_again(struct vd_ledger nodes[NODES], uint32_t lies)
{
    merge_after_lies(nodes, lies, false);
}

static void lies_no_more(struct vd_ledger nodes[NODES], uint32_t lies)
{
    merge_after_lies(nodes, lies, true);
}

static void certificates(void **state)
{
    (void)state;
    with_nodes(merge_certificates, 10);
    with_nodes(merge_certificates, VD_MAX_ISSUERS);
    with_nodes(lies_again, 10);
    with_nodes(lies_again, VD_MAX_ISSUERS);
    with_nodes(lies_no_more, 10);
    with_nodes(lies_no_more, VD_MAX_ISSUERS);
}

/* ---- revocation points ---- */

static char *copy(const char *text)
{
    struct vd_buf b = VD_BUF(256);
    assert_true(vd_buf_str(&b, text) && vd_buf_u8(&b, 0));
    return (char *)b.p;
}

static void point(struct vd_lists *l, uint32_t vid, uint32_t number)
{
    struct vd_listed_point p = { .vid = (uint16_t)vid };
    char text[64];

    (void)snprintf(text, sizeof text, "{%u %u}", (unsigned)vid, (unsigned)number);
    p.json = copy(text);
    p.n = strlen(text);
    (void)snprintf(text, sizeof text, "AA\x01%08u", (unsigned)number);
    p.order = copy(text);
    for (size_t i = 0; i < 4; i++) {
        p.content.b[i] = (uint8_t)(number >> (8 * i));
        p.content.b[i + 4] = (uint8_t)(vid >> (8 * i));
    }
    p.identity = p.content;
    assert_true(vd_grow((void **)&l->points, l->n_points, &l->cap_points, sizeof p, VD_MAX_POINTS * 2));
    l->points[l->n_points++] = p;
}

static size_t lines(const struct vd_buf *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++)
        n += b->p[i] == '\n';
    return n;
}

static bool has_line(const struct vd_buf *b, const char *line)
{
    size_t at;
    return vd_span_find(vd_buf_span(b), vd_span_str(line), &at);
}

/* FFF1: of two nodes; FFF2: only one of the honest has it; FFF3: that adds since the last run, and is hidden. */
static void merge_points(struct vd_ledger nodes[NODES], uint32_t lies)
{
    struct vd_lists counted_before = { .n_points = 0 }, adding_before = { .n_points = 0 };
    const struct vd_run run = { .number = 0 };
    struct vd_merge m = { .nodes = nodes, .n_nodes = NODES, .before = &run, .counted_before = &counted_before,
                          .adding_before = &adding_before };
    struct vd_buf counted = VD_BUF(VD_MAX_LISTS), adding = VD_BUF(VD_MAX_LISTS);
    const bool over = lies > VD_MAX_POINTS - 3;

    nodes[SILENT].failed = false; /* a fourth that has nothing of its own */
    point(&nodes[HONEST].lists, 0xFFF1, 1);
    point(&nodes[ALSO].lists, 0xFFF1, 1);
    point(&nodes[ALSO].lists, 0xFFF2, 1);
    point(&adding_before, 0xFFF3, 1);
    point(&nodes[ALSO].lists, 0xFFF3, 1);
    for (uint32_t i = 0; i < lies; i++)
        point(&nodes[HOSTILE].lists, 1 + i / VD_MAX_POINTS_VID, i);
    vd_merge_start(&m);
    assert_int_equal(vd_merge_points(&m, &counted, &adding), VERIDAC_OK);

    assert_int_equal(lines(&counted), 1);
    assert_true(has_line(&counted, "{65521 1}\n"));
    assert_int_equal(lines(&adding), over ? VD_MAX_POINTS - 1 : lies + 2);
    assert_true(has_line(&adding, "{65522 1}\n"));
    assert_true(has_line(&adding, "{65523 1}\n"));
    assert_noted(&m, "too-many-points", over);
    vd_lists_free(&counted_before);
    vd_lists_free(&adding_before);
    vd_buf_free(&counted);
    vd_buf_free(&adding);
}

static void points(void **state)
{
    (void)state;
    with_nodes(merge_points, 10);
    with_nodes(merge_points, VD_MAX_POINTS * 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(certifications), cmocka_unit_test(certificates),
                                        cmocka_unit_test(points) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
