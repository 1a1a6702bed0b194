/* SPDX-License-Identifier: Apache-2.0
 *
 * test_bundle.c - answers at the borders: what a snapshot says of a certificate, and when.
 */
#include "bundle_unit.h"
#include "lookup.h"

/* ---- answers ---- */

/* Issuer 0 ("few") lists the serials 1 .. 3, issuer 1 ("many") 1 .. 200, issuer 2 nothing. */
static const uint32_t three[] = { 3, 200, 0 };

static struct set serials_set(void)
{
    struct set s = set_of(three, 3, 1);
    size_t at = 0;

    for (uint32_t i = 0; i < 3; at += three[i], i++) {
        for (uint32_t k = 0; k < three[i]; k++) {
            uint8_t serial = (uint8_t)(k + 1);
            assert_true(vd_revkey_make(NULL, s.ids[i], (struct vd_span){ &serial, 1 }, &s.keys[at + k]));
        }
        qsort(s.keys + at, three[i], sizeof *s.keys, by_key);
    }
    return s;
}

static struct vd_bundle_issuer *issuer_of(struct set *s, const char *name)
{
    for (uint32_t i = 0; i < s->in.n; i++) {
        if (vd_span_is(s->issuers[i].name, name))
            return &s->issuers[i];
    }
    fail_msg("no issuer %s", name);
    return NULL;
}

static struct vd_snapshot *snapshot_of(const struct vd_buf *b)
{
    struct vd_snapshot *s = vd_snapshot_make("x");
    const char *why;
    s->bytes = vd_buf_span(b);
    assert_int_equal(vd_snapshot_check(s, &(struct vd_snapshot_docs){ .n_parts = 0 }, &why), VD_OPEN_OK);
    return s;
}

static const char *text_of(struct vd_answer a)
{
    return a.status == VD_STATUS_UNKNOWN ? vd_reason_text(a.reason) : vd_status_text(a.status);
}

static const char *answer(const struct vd_snapshot *s, const char *issuer, uint8_t serial,
                          int64_t at, int64_t max_head_age)
{
    const struct vd_terms terms = { .at = at, .max_crl_age_s = 7 * 86400,
                                    .max_head_age_s = max_head_age };
    return text_of(vd_lookup_one(s, vd_span_str(issuer), vd_span_str(KEY_ID),
                                 (struct vd_span){ &serial, 1 }, &terms));
}

static void answers(void **state)
{
    struct set set = serials_set();
    struct vd_snapshot *s;
    struct vd_buf b;
    (void)state;

    issuer_of(&set, "issuer 1")->good = false;
    issuer_of(&set, "issuer 1")->reason = VD_REASON_UNREACHABLE;
    b = encoded(&set, VDB_FULL);
    s = snapshot_of(&b);
    assert_string_equal(answer(s, "issuer 0", 3, T0, 0), "revoked");
    assert_string_equal(answer(s, "issuer 1", 100, T0, 0), "revoked"); /* whatever the coverage */
    assert_string_equal(answer(s, "issuer 0", 4, T0, 0), "good");
    assert_string_equal(answer(s, "issuer 2", 1, T0, 0), "good");
    assert_string_equal(answer(s, "issuer 1", 0, T0, 0), "unreachable");
    assert_string_equal(answer(s, "issuer 3", 1, T0, 0), "not-covered");
    assert_string_equal(answer(s, "issuer 0", 0x80, T0, 0), "not-covered"); /* a negative serial */
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 86400, 0), "good");   /* nextUpdate */
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 86401, 0), "stale");
    assert_string_equal(answer(s, "issuer 0", 3, T0 + 86401, 0), "revoked");
    assert_string_equal(answer(s, "issuer 0", 4, T0 - 300, 0), "good");
    assert_string_equal(answer(s, "issuer 0", 4, T0 - 301, 0), "clock");
    assert_string_equal(answer(s, "issuer 3", 4, T0 - 301, 0), "clock");
    assert_string_equal(answer(s, "issuer 0", 4, INT64_MIN, 0), "clock");
    assert_string_equal(answer(s, "issuer 0", 4, INT64_MAX, 0), "stale");

    s->has_head = true; /* as a head would say */
    s->head.created = T0;
    s->head.expires = T0 + 60;
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 60, 0), "good");
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 61, 0), "stale");
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 61, 3600), "good"); /* the caller's own age */
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 3600, 3600), "good");
    assert_string_equal(answer(s, "issuer 0", 4, T0 + 3601, 3600), "stale");
    assert_string_equal(answer(s, "issuer 0", 3, T0 + 3601, 3600), "revoked");
    vd_snapshot_free(s);
    vd_buf_free(&b);
    set_free(&set);
}

/* A hub never says "revoked" of an issuer with a filter, and never "good" of what the filter hits. */
static void hubs_answer_unconfirmed(void **state)
{
    struct set set = serials_set();
    struct vd_buf b = encoded(&set, VDB_HUB);
    struct vd_snapshot *s = snapshot_of(&b);
    unsigned good = 0;
    (void)state;

    for (unsigned k = 1; k <= 127; k++)
        assert_string_equal(answer(s, "issuer 1", (uint8_t)k, T0, 0), "unconfirmed");
    assert_string_equal(answer(s, "issuer 1", 1, T0 + 86401, 0), "unconfirmed"); /* not "stale" */
    assert_string_equal(answer(s, "issuer 1", 1, T0 - 301, 0), "unconfirmed");   /* not "clock" */
    assert_string_equal(answer(s, "issuer 0", 3, T0, 0), "revoked"); /* few: an exact list */
    assert_string_equal(answer(s, "issuer 0", 4, T0, 0), "good");
    assert_string_equal(answer(s, "issuer 1", 0, T0, 0), "good");
    for (unsigned k = 0; k < 1000; k++) {
        const struct vd_terms terms = { .at = T0, .max_crl_age_s = 7 * 86400 };
        const uint8_t serial[2] = { (uint8_t)(1 + (k >> 8)), (uint8_t)k };
        const char *a = text_of(vd_lookup_one(s, vd_span_str("issuer 1"), vd_span_str(KEY_ID),
                                              VD_SPAN(serial), &terms));
        assert_true(strcmp(a, "good") == 0 || strcmp(a, "unconfirmed") == 0);
        good += strcmp(a, "good") == 0;
    }
    assert_true(good > 950); /* 1 % of a thousand is 10 */
    vd_snapshot_free(s);
    vd_buf_free(&b);
    set_free(&set);
}

static void unconfirmed_with_bad_coverage(void **state)
{
    struct set set = serials_set();
    struct vd_snapshot *s;
    struct vd_buf b;
    (void)state;

    issuer_of(&set, "issuer 1")->good = false;
    issuer_of(&set, "issuer 1")->reason = VD_REASON_UNREACHABLE;
    b = encoded(&set, VDB_HUB);
    s = snapshot_of(&b);
    /* permissive accepts "unreachable" and must not accept this */
    assert_string_equal(answer(s, "issuer 1", 1, T0, 0), "unconfirmed");
    vd_snapshot_free(s);
    vd_buf_free(&b);
    set_free(&set);
}

static void several_snapshots_add_up(void **state)
{
    struct set set = serials_set(), none = set_of((const uint32_t[]){ 0, 0 }, 2, 1);
    struct vd_buf full = encoded(&set, VDB_FULL), hub = encoded(&set, VDB_HUB),
                  empty = encoded(&none, VDB_FULL);
    struct vd_snapshot *f = snapshot_of(&full), *h = snapshot_of(&hub), *e = snapshot_of(&empty);
    const struct vd_snapshot *const all[] = { e, h, f }, *const perhaps[] = { e, h };
    const struct vd_terms terms = { .at = T0, .max_crl_age_s = 7 * 86400 };
    const struct vd_span name = vd_span_str("issuer 1"), key_id = vd_span_str(KEY_ID);
    const uint8_t listed[] = { 1 }, clear[] = { 0 };
    (void)state;

    assert_string_equal(text_of(vd_lookup_all(all, 3, name, key_id, VD_SPAN(listed), &terms)),
                        "revoked");
    /* what one holds possible, the "good" of another does not undo */
    assert_string_equal(text_of(vd_lookup_all(perhaps, 2, name, key_id, VD_SPAN(listed), &terms)),
                        "unconfirmed");
    assert_string_equal(text_of(vd_lookup_all(all, 3, name, key_id, VD_SPAN(clear), &terms)),
                        "good");
    vd_snapshot_free(f);
    vd_snapshot_free(h);
    vd_snapshot_free(e);
    vd_buf_free(&full);
    vd_buf_free(&hub);
    vd_buf_free(&empty);
    set_free(&set);
    set_free(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(hubs_answer_unconfirmed),
        cmocka_unit_test(unconfirmed_with_bad_coverage),
        cmocka_unit_test(several_snapshots_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
