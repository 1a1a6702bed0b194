/* SPDX-License-Identifier: Apache-2.0
 *
 * test_feed_rules.c - the rules that a head names belong to its snapshot: without them it does not open.
 */
#include <veridac/veridac.h>

#include "signed_unit.h"
#include "snapshot.h"

#define BUNDLE_RULES "veridac-rules 1 test\nproduct FFF1 8000\n"

static struct vd_ref ref_of(struct vd_span in)
{
    struct vd_ref r = { .there = true, .size = in.n };
    assert_true(vd_sha256(in, r.sha256));
    return r;
}

static struct vd_buf empty_bundle(void)
{
    const struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = VDB_HUB, .evidence_time = T0 };
    struct vd_buf b = VD_BUF(1u << 16);
    assert_true(vd_bundle_encode(&in, &b));
    return b;
}

static veridac_bytes of(const struct vd_buf *b)
{
    return (veridac_bytes){ b->p, b->n };
}

/* Opens with the parts that are given; what was said otherwise. */
static veridac_status open_with(bool named, const char *rules, veridac_error *err)
{
    struct signer key = new_signer(false);
    struct vd_root r = root_of(&key, 1, 1, 1);
    struct vd_buf bundle = empty_bundle(), root = signed_by(written_root(&r), &key), head;
    struct vd_head h = head_of(1);
    const struct vd_span text = vd_span_str(rules);
    const veridac_bytes part = { text.p, text.n };
    veridac_snapshot_options o = { .size = sizeof o, .parts = &part, .n_parts = rules != NULL };
    veridac_snapshot *s = NULL;
    veridac_status st;

    h.ref[VD_REF_HUB] = ref_of(vd_buf_span(&bundle));
    if (named)
        h.ref[VD_REF_RULES] = ref_of(vd_span_str(BUNDLE_RULES));
    head = signed_by(written_head(&h), &key);
    o.head = of(&head);
    o.root = of(&root);
    st = veridac_snapshot_open(of(&bundle), &o, &s, err);
    veridac_snapshot_free(s);
    vd_buf_free(&bundle);
    vd_buf_free(&root);
    vd_buf_free(&head);
    vd_key_free(key.key);
    return st;
}

static void what_a_head_names_has_to_be_there(void **state)
{
    veridac_error err = { "" };
    (void)state;

    assert_int_equal(open_with(true, BUNDLE_RULES, &err), VERIDAC_OK);
    assert_int_equal(open_with(false, NULL, &err), VERIDAC_OK);
    assert_int_equal(open_with(true, NULL, &err), VERIDAC_BAD_DATA);
    assert_non_null(strstr(err.text, "the rules that the head names are not given"));
    assert_int_equal(open_with(true, "veridac-rules 1 test\n", &err), VERIDAC_BAD_SIGNATURE);
    assert_non_null(strstr(err.text, "the head names no such part"));
    assert_int_equal(open_with(false, BUNDLE_RULES, &err), VERIDAC_BAD_SIGNATURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_a_head_names_has_to_be_there) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
