/* SPDX-License-Identifier: Apache-2.0
 *
 * test_golden.c - the golden bundles through the public functions: they open for ever and say of
 * each certificate what they said when they were made (tests/golden/make.py).
 */
#include <veridac/veridac.h>

#include "unit.h"

#define EVIDENCE INT64_C(1790000000)

static veridac_snapshot *open_golden(const char *name)
{
    char path[1024];
    const veridac_snapshot_options o = { .size = sizeof o, .path = path, .label = name };
    veridac_snapshot *s = NULL;
    veridac_error err;

    (void)snprintf(path, sizeof path, "%s/vdb1-%s.bundle", GOLDEN, name);
    if (veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s, &err) != VERIDAC_OK)
        fail_msg("%s: %s", path, err.text);
    return s;
}

/* Issuer k revoked the serials 1, 4, 9, ... counts[k]^2; odd ones are "unreachable". */
static const uint32_t counts[] = { 0, 1, 63, 64, 65, 500, 1000 };
#define ISSUERS (sizeof counts / sizeof counts[0])

static veridac_answer ask(const veridac_snapshot *s, size_t k, uint64_t number)
{
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_answer a = { .size = sizeof a };
    uint8_t key_id[20], serial[9];
    char name[16];

    memset(key_id, (int)k, sizeof key_id);
    for (size_t i = 0; i < sizeof serial; i++, number >>= 8)
        serial[sizeof serial - 1 - i] = (uint8_t)(number & 0xFF);
    (void)snprintf(name, sizeof name, "golden %zu", k);
    assert_int_equal(
        veridac_snapshot_lookup(s, (veridac_bytes){ (const uint8_t *)name, strlen(name) },
                                (veridac_bytes){ key_id, 20 },
                                (veridac_bytes){ serial, sizeof serial }, &policy, EVIDENCE, &a),
        VERIDAC_OK);
    return a;
}

static void full(void **state)
{
    veridac_snapshot *s = open_golden("full");
    (void)state;
    for (size_t k = 0; k < ISSUERS; k++) {
        veridac_answer other = ask(s, k, 3); /* not a square */
        for (uint64_t i = 1; i <= counts[k]; i++)
            assert_int_equal(ask(s, k, i * i).status, VERIDAC_REVOKED);
        assert_int_equal(other.status, k % 2 == 0 ? VERIDAC_GOOD : VERIDAC_UNKNOWN);
        if (k % 2 == 1)
            assert_int_equal(other.reason, VERIDAC_REASON_UNREACHABLE);
        assert_int_equal(other.this_update, EVIDENCE - 3600);
        assert_int_equal(other.next_update, EVIDENCE + 86400);
        assert_int_equal(other.last_ok, EVIDENCE - 60 * (int64_t)k);
    }
    assert_int_equal(ask(s, ISSUERS, 1).reason, VERIDAC_REASON_NOT_COVERED);
    veridac_snapshot_free(s);
}

static void hub(void **state)
{
    veridac_snapshot *s = open_golden("hub");
    (void)state;
    for (size_t k = 0; k < ISSUERS; k++) {
        for (uint64_t i = 1; i <= counts[k]; i++) {
            veridac_answer a = ask(s, k, i * i);
            assert_int_equal(a.status, counts[k] < 64 ? VERIDAC_REVOKED : VERIDAC_UNKNOWN);
            if (counts[k] >= 64)
                assert_int_equal(a.reason, VERIDAC_REASON_UNCONFIRMED);
        }
    }
    veridac_snapshot_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(full), cmocka_unit_test(hub) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
