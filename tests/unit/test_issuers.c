/* SPDX-License-Identifier: Apache-2.0
 *
 * test_issuers.c - issuers by name say what issuer ids say.
 */
#include "issuers.h"

#include "bundle_unit.h"

#define MANY 700u

static const struct vd_bundle *bundle(bool names, struct vd_buf *bytes)
{
    static struct vd_bundle b;
    static uint32_t counts[MANY];
    struct set s;

    for (uint32_t i = 0; i < MANY; i++)
        counts[i] = i % 5;
    s = set_of(counts, MANY, 5);
    s.in.kind = VDB_HUB;
    s.in.without_names = !names;
    *bytes = VD_BUF(1u << 24);
    assert_true(vd_bundle_encode(&s.in, bytes));
    assert_null(vd_bundle_read(vd_buf_span(bytes), &b));
    set_free(&s);
    return &b;
}

/* Found by name exactly where the id is. */
static void expect_same(const struct vd_issuers *i, const struct vd_bundle *b, const char *name,
                        const char *key_id)
{
    uint8_t id[VD_ISSUER_ID];
    uint32_t by_name = UINT32_MAX, by_hash = UINT32_MAX;
    assert_true(vd_revkey_issuer(NULL, vd_span_str(name), vd_span_str(key_id), id));
    (void)vdb_find_row(&b->v, id, &by_hash);
    assert_int_equal(vd_issuers_find(i, vd_span_str(name), vd_span_str(key_id), &by_name),
                     by_hash != UINT32_MAX);
    assert_int_equal(by_name, by_hash);
}

static void every_issuer_and_its_neighbours(void **state)
{
    struct vd_buf bytes;
    const struct vd_bundle *b = bundle(true, &bytes);
    struct vd_issuers i;
    char name[32];
    (void)state;

    assert_true(vd_issuers_make(b, &i));
    assert_true(vd_issuers_known(&i));
    for (uint32_t k = 0; k < MANY + 300; k++) { /* the last 300 are not in it */
        (void)snprintf(name, sizeof name, "issuer %u", (unsigned)k);
        expect_same(&i, b, name, KEY_ID);
        expect_same(&i, b, name, "01234567890123456788"); /* one octet of the key id */
        expect_same(&i, b, name, "0123456789012345678");
        (void)snprintf(name, sizeof name, "issuer %u ", (unsigned)k);
        expect_same(&i, b, name, KEY_ID);
    }
    expect_same(&i, b, "", KEY_ID);
    expect_same(&i, b, "", "");
    vd_issuers_free(&i);
    assert_false(vd_issuers_known(&i));
    vd_buf_free(&bytes);
}

/* Flips that keep the hash of a name whatever the seed is: bit 63 of a word, bits 63 and 31 of the next. */
static void names_that_crowd_cost_nothing(void **state)
{
    static char names[256][VD_MAX_NAME];
    static uint8_t ids[256][VDB_ID];
    static struct vd_bundle_issuer issuers[256];
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = VDB_HUB, .evidence_time = T0,
                               .issuers = issuers, .n = 256 };
    struct vd_buf bytes = VD_BUF(1u << 24);
    struct vd_bundle b;
    struct vd_issuers i;
    (void)state;

    for (unsigned k = 0; k < 256; k++) {
        (void)memset(names[k], 'a', 128);
        for (unsigned pair = 0; pair < 8; pair++) {
            if ((k >> pair & 1) == 0)
                continue;
            names[k][16 * pair] ^= (char)0x80;
            names[k][16 * pair + 8] ^= (char)0x80;
            names[k][16 * pair + 12] ^= (char)0x80;
        }
        assert_true(vd_revkey_issuer(NULL, vd_span_of(names[k], 128), vd_span_str(KEY_ID), ids[k]));
        issuers[k] = (struct vd_bundle_issuer){ .id = ids[k], .key_id = vd_span_str(KEY_ID),
                                                .name = vd_span_of(names[k], 128), .good = true,
                                                .this_update = T0 - 10, .next_update = T0 + 10, .last_ok = T0 };
    }
    qsort(issuers, 256, sizeof issuers[0], by_issuer);
    assert_true(vd_bundle_encode(&in, &bytes));
    assert_null(vd_bundle_read(vd_buf_span(&bytes), &b));
    assert_true(vd_issuers_make(&b, &i));
    assert_false(vd_issuers_known(&i)); /* searched by hashes then */
    vd_issuers_free(&i);
    vd_buf_free(&bytes);
}

static void without_names_there_is_nothing_to_ask(void **state)
{
    struct vd_buf bytes;
    const struct vd_bundle *b = bundle(false, &bytes);
    struct vd_issuers i;
    (void)state;

    assert_true(vd_issuers_make(b, &i));
    assert_false(vd_issuers_known(&i));
    vd_issuers_free(&i);
    vd_buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_issuer_and_its_neighbours),
        cmocka_unit_test(names_that_crowd_cost_nothing),
        cmocka_unit_test(without_names_there_is_nothing_to_ask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
