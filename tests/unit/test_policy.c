/* SPDX-License-Identifier: Apache-2.0
 *
 * test_policy.c - the decision for every answer under every policy, and what a policy adds, to the second.
 */
#include "policy.h"
#include "unit.h"

#define T0 INT64_C(1790000000)
#define HOUR 3600

static const struct vd_policy standard = { .preset = VD_STANDARD, .network = VD_NETWORK_TEST,
                                           .max_crl_age_s = VD_MAX_CRL_AGE_S,
                                           .clock_tolerance_s = VD_CLOCK_SKEW_S };

static struct vd_answer answer(enum vd_status status, unsigned reason)
{
    return (struct vd_answer){ .status = status, .reason = (enum vd_reason)reason, .source = "" };
}

/* ---- the decision ---- */

static enum vd_verdict decide(const struct vd_policy *p, struct vd_answer dac, struct vd_answer pai)
{
    static const struct vd_findings none = { .n = 0 };
    return vd_policy_decide(p, &dac, &pai, &none);
}

/* What is said in words: docs/policy.md. 0 nothing, 1 accept, 2 hold, 3 reject, for this reason. */
static enum vd_verdict expected(enum vd_preset preset, unsigned reason, unsigned said)
{
    if (said == 3)
        return VD_REJECT;
    if (said == 2)
        return VD_UNDETERMINED;
    if (reason != VD_REASON_UNCONFIRMED && (said == 1 || preset == VD_PERMISSIVE))
        return VD_ACCEPT;
    return preset == VD_STRICT ? VD_REJECT : VD_UNDETERMINED;
}

static void every_unknown(void **state)
{
    (void)state;
    for (unsigned preset = VD_STRICT; preset <= VD_AUDIT; preset++) {
        for (unsigned reason = 0; reason < VERIDAC_REASON_COUNT; reason++) {
            for (unsigned said = 0; said < 4; said++) {
                struct vd_policy p = standard;
                const struct vd_answer good = answer(VD_STATUS_GOOD, 0),
                                       unknown = answer(VD_STATUS_UNKNOWN, reason);
                enum vd_verdict wanted = expected((enum vd_preset)preset, reason, said);
                p.preset = (enum vd_preset)preset;
                p.accept_unknown = said == 1 ? 1u << reason : 0;
                p.hold_unknown = said == 2 ? 1u << reason : 0;
                p.reject_unknown = said == 3 ? 1u << reason : 0;
                assert_true(vd_policy_valid(&p));
                assert_int_equal(decide(&p, good, good), VD_ACCEPT);
                assert_int_equal(decide(&p, unknown, good), wanted);
                assert_int_equal(decide(&p, good, unknown), wanted);
            }
        }
    }
}

/* Whatever a policy says: revoked is rejected, an error is rejected, a missing input is never accepted. */
static void nothing_else_is_accepted(void **state)
{
    (void)state;
    for (unsigned preset = VD_STRICT; preset <= VD_AUDIT; preset++) {
        for (uint32_t masks = 0; masks < 3; masks++) {
            for (unsigned reason = 0; reason <= VERIDAC_REASON_COUNT; reason++) {
                const struct vd_answer revoked = answer(VD_STATUS_REVOKED, 0),
                                       other = reason == VERIDAC_REASON_COUNT
                                                   ? answer(VD_STATUS_GOOD, 0)
                                                   : answer(VD_STATUS_UNKNOWN, reason);
                struct vd_policy p = standard;
                struct vd_findings f = { .n = 0 };
                p.preset = (enum vd_preset)preset;
                p.accept_unknown = masks == 0 ? (1u << VERIDAC_REASON_COUNT) - 1 : 0;
                p.hold_unknown = masks == 1 ? (1u << VERIDAC_REASON_COUNT) - 1 : 0;
                assert_int_equal(decide(&p, revoked, other), VD_REJECT);
                assert_int_equal(decide(&p, other, revoked), VD_REJECT);
                (void)vd_find(&f, VD_RULE_NO_NONCE, VD_ON_NONCE, NULL, "x");
                assert_int_not_equal(vd_policy_decide(&p, &other, &other, &f), VD_ACCEPT);
                (void)vd_find(&f, VD_RULE_DAC_KEY_USAGE, VD_ON_DAC, NULL, "x");
                assert_int_equal(vd_policy_decide(&p, &other, &other, &f), VD_REJECT);
            }
        }
    }
}

/* ---- policies that are none ---- */

static void validity(void **state)
{
    static const uint16_t ascending[] = { 1, 0xFFF1 }, twice[] = { 5, 5 };
    static const uint8_t key[33] = { 0 };
    veridac_age_limit ages[2] = { { .vid = 0xFFF1, .max_crl_age_s = 1 },
                                  { .key_id = { key, 20 }, .max_crl_age_s = 1 } };
    veridac_short_lived lives[2] = { { { 1 }, 24 * HOUR }, { { 2 }, 72 * HOUR } };
    struct vd_policy p = standard;
    (void)state;

#define TWIN(good, bad)                                                                              \
    do {                                                                                             \
        good;                                                                                        \
        assert_true(vd_policy_valid(&p));                                                            \
        bad;                                                                                         \
        assert_false(vd_policy_valid(&p));                                                           \
        p = standard;                                                                                \
    } while (0)
    TWIN(p.preset = VD_AUDIT, p.preset = (enum vd_preset)5);
    TWIN(p.network = VD_NETWORK_MAIN, p.network = VD_NETWORK_NONE);
    TWIN(p.hold_unknown = 1u << 11, p.hold_unknown = 1u << 12);
    TWIN((p.accept_unknown = 1, p.reject_unknown = 2), p.reject_unknown = 3);
    TWIN((p.accept_unknown = 1, p.hold_unknown = 2), p.hold_unknown = 1);
    TWIN((p.reject_unknown = 1, p.hold_unknown = 2), p.hold_unknown = 3);
    TWIN(p.clock_tolerance_s = 86400, p.clock_tolerance_s = 86401);
    TWIN(p.networks = 6, p.networks = 8);
    TWIN(p.certification_types = 7, p.certification_types = 8);
    TWIN((p.allowed_vids = ascending, p.n_allowed_vids = 2), p.allowed_vids = twice);
    TWIN((p.denied_vids = ascending, p.n_denied_vids = 2), p.denied_vids = NULL);
    TWIN((p.ages = ages, p.n_ages = 2), ages[0].max_crl_age_s = 0);
    ages[0].max_crl_age_s = 1;
    TWIN((p.ages = ages, p.n_ages = 2), ages[0].vid = 0);
    ages[0].vid = 0xFFF1;
    TWIN((p.ages = ages, p.n_ages = 2), ages[1].key_id.size = 33);
    ages[1] = (veridac_age_limit){ .vid = 0xFFF2, .max_crl_age_s = 1 };
    TWIN((p.ages = ages, p.n_ages = 2), ages[1].vid = 0xFFF1);
    TWIN((p.short_lived = lives, p.n_short_lived = 2), lives[0].below_s = 24 * HOUR - 1);
    lives[0].below_s = 24 * HOUR;
    TWIN((p.short_lived = lives, p.n_short_lived = 2), lives[1].below_s = 72 * HOUR + 1);
    lives[1].below_s = 72 * HOUR;
    TWIN((p.short_lived = lives, p.n_short_lived = 2), lives[1].issuer[0] = 1);
}

/* ---- ages ---- */

static void ages(void **state)
{
    static const uint8_t a[] = { 1 }, b[] = { 2 };
    const veridac_age_limit rows[] = { { .vid = 0xFFF1, .max_crl_age_s = 10 },
                                       { .key_id = { a, 1 }, .max_crl_age_s = 20 } };
    struct vd_policy p = standard;
    (void)state;

    p.ages = rows;
    p.n_ages = 2;
    assert_true(vd_policy_valid(&p));
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(b), 0xFFF2), VD_MAX_CRL_AGE_S);
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(b), -1), VD_MAX_CRL_AGE_S);
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(b), 0xFFF1), 10);
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(a), 0xFFF1), 20);
    /* it may be the vendor with the shorter age; the issuer's own age goes first all the same */
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(b), VD_VID_NOT_KNOWN), 10);
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(a), VD_VID_NOT_KNOWN), 20);
    p.max_crl_age_s = 5;
    assert_int_equal(vd_policy_crl_age(&p, VD_SPAN(b), VD_VID_NOT_KNOWN), 5);
}

/* ---- vendors and types ---- */

static void vendors(void **state)
{
    static const uint16_t list[] = { 0x1000, 0xFFF1 };
    static const struct {
        int32_t told;
        uint16_t dac;
        bool allowed, denied;
    } rows[] = { { 0xFFF1, 0xFFF1, true, true },   { 0xFFF2, 0xFFF2, false, false },
                 { 0xFFF1, 0xFFF2, false, true },  { 0xFFF2, 0xFFF1, false, true },
                 { -1, 0x1000, true, true },       { -1, 0x1001, false, false } };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_cert dac = { .parsed = true }, pai = { .parsed = false };
        const struct vd_policy_device in = { rows[i].told, &dac, &pai };
        struct vd_policy p = standard;
        struct vd_findings f = { .n = 0 };
        dac.subject.vid.state = VD_ID_PRESENT;
        dac.subject.vid.value = rows[i].dac;
        p.allowed_vids = list;
        p.n_allowed_vids = 2;
        vd_policy_check_vendors(&p, &in, &f);
        assert_int_equal(vd_findings_has(&f, VD_RULE_POLICY_VENDOR), !rows[i].allowed);
        p = standard;
        f.n = 0;
        p.denied_vids = list;
        p.n_denied_vids = 2;
        vd_policy_check_vendors(&p, &in, &f);
        assert_int_equal(vd_findings_has(&f, VD_RULE_POLICY_VENDOR), rows[i].denied);
    }
}

/* The PAI's vendor counts where it names one. */
static void vendors_of_the_issuer(void **state)
{
    static const uint16_t list[] = { 0xFFF1 };
    static const struct {
        bool parsed;
        enum vd_id_state state;
        uint16_t vid;
        bool denied;
    } rows[] = { { true, VD_ID_PRESENT, 0xFFF1, true },  { true, VD_ID_PRESENT, 0xFFF3, false },
                 { true, VD_ID_ABSENT, 0xFFF1, false },  { true, VD_ID_BAD, 0xFFF1, false },
                 { false, VD_ID_PRESENT, 0xFFF1, false } };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_cert dac = { .parsed = false }, pai = { .parsed = rows[i].parsed };
        const struct vd_policy_device in = { 0xFFF2, &dac, &pai };
        struct vd_policy p = standard;
        struct vd_findings f = { .n = 0 };
        pai.subject.vid.state = rows[i].state;
        pai.subject.vid.value = rows[i].vid;
        p.denied_vids = list;
        p.n_denied_vids = 1;
        vd_policy_check_vendors(&p, &in, &f);
        assert_int_equal(f.n, rows[i].denied);
        if (rows[i].denied) {
            assert_int_equal(f.v[0].rule, VD_RULE_POLICY_VENDOR);
            assert_int_equal(f.v[0].subject, VD_ON_PAI);
        }
    }
}

static void types(void **state)
{
    (void)state;
    for (uint32_t taken = 0; taken < 8; taken++) {
        for (uint64_t type = 0; type < 40; type++) {
            struct vd_policy p = standard;
            struct vd_findings f = { .n = 0 };
            p.certification_types = taken;
            vd_policy_check_type(&p, type, &f);
            assert_int_equal(f.n, taken != 0 && !(type < 3 && (taken >> type & 1) != 0));
        }
    }
}

/* ---- short-lived evidence ---- */

static const struct vd_span issuer = { (const uint8_t *)"the issuer", 10 },
                            stranger = { (const uint8_t *)"a stranger", 10 };

static struct vd_answer short_lived(struct vd_answer a, struct vd_span by, int64_t from, int64_t to, int64_t at)
{
    const struct vd_cert c = { .parsed = true, .times_ok = true, .not_before = from, .not_after = to };
    veridac_short_lived row = { .below_s = 48 * HOUR };
    struct vd_policy p = standard;
    struct vd_findings f = { .n = 0 };

    assert_true(vd_sha256(issuer, row.issuer));
    p.short_lived = &row;
    p.n_short_lived = 1;
    assert_true(vd_policy_valid(&p));
    vd_policy_short_lived(&p, &c, by, VD_ON_DAC, at, &a, &f);
    assert_int_equal(vd_findings_has(&f, VD_RULE_SHORT_LIVED), f.n);
    return a;
}

static void short_lives(void **state)
{
    const int64_t end = T0 + 48 * HOUR - 1, never = INT64_C(253402300799);
    const struct {
        const char *name;
        struct vd_span by;
        int64_t from, to, at;
        enum vd_status status;
        unsigned reason;
    } rows[] = {
        { "the first second", issuer, T0, end, T0, VD_STATUS_GOOD, 0 },
        { "the second before", issuer, T0, end, T0 - 1, VD_STATUS_UNKNOWN, VD_REASON_CLOCK },
        { "the last second", issuer, T0, end, end, VD_STATUS_GOOD, 0 },
        { "the second after", issuer, T0, end, end + 1, VD_STATUS_UNKNOWN, VD_REASON_STALE },
        { "as long as the limit", issuer, T0, end + 1, T0, VD_STATUS_UNKNOWN, VD_REASON_NOT_COVERED },
        { "another issuer", stranger, T0, end, T0, VD_STATUS_UNKNOWN, VD_REASON_NOT_COVERED },
        { "no issuer", VD_NO_SPAN, T0, end, T0, VD_STATUS_UNKNOWN, VD_REASON_NOT_COVERED },
        { "ends before it begins", issuer, T0, T0 - 1, T0, VD_STATUS_UNKNOWN, VD_REASON_NOT_COVERED },
        { "one second", issuer, T0, T0, T0, VD_STATUS_GOOD, 0 },
        { "no end", issuer, never - HOUR, never, never - 1, VD_STATUS_UNKNOWN, VD_REASON_NOT_COVERED },
        { "an end before that", issuer, never - HOUR, never - 1, never - 1, VD_STATUS_GOOD, 0 },
    };
    (void)state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_answer a = answer(VD_STATUS_UNKNOWN, VD_REASON_NOT_COVERED);
        a = short_lived(a, rows[i].by, rows[i].from, rows[i].to, rows[i].at);
        if (a.status != rows[i].status || (a.status == VD_STATUS_UNKNOWN && a.reason != rows[i].reason))
            fail_msg("%s: status %d, reason %s", rows[i].name, (int)a.status, vd_reason_text(a.reason));
    }
}

/* What somebody says of the issuer stays what it is: a listed revocation, and every other unknown. */
static void short_lives_outweigh_nothing(void **state)
{
    (void)state;
    for (unsigned reason = 0; reason < VERIDAC_REASON_COUNT; reason++) {
        const bool nobody = reason == VD_REASON_NO_DATA || reason == VD_REASON_NOT_COVERED;
        struct vd_answer a = short_lived(answer(VD_STATUS_UNKNOWN, reason), issuer, T0, T0, T0);
        assert_int_equal(a.status, nobody ? VD_STATUS_GOOD : VD_STATUS_UNKNOWN);
        a = short_lived(answer(VD_STATUS_UNKNOWN, reason), issuer, T0, T0, T0 + 1);
        assert_int_equal(a.status, VD_STATUS_UNKNOWN);
        assert_int_equal(a.reason, nobody ? (unsigned)VD_REASON_STALE : reason);
    }
    for (int64_t at = T0 - 1; at < T0 + 3; at++) {
        assert_int_equal(short_lived(answer(VD_STATUS_REVOKED, 0), issuer, T0, T0 + 1, at).status,
                         VD_STATUS_REVOKED);
        assert_int_equal(short_lived(answer(VD_STATUS_GOOD, 0), issuer, T0, T0 + 1, at).status, VD_STATUS_GOOD);
    }
}

/* ---- the name ---- */

static void id(const struct vd_policy *p, uint8_t ret[VD_SHA256])
{
    uint8_t lists[VD_SHA256];
    assert_true(vd_policy_lists(p, lists));
    assert_true(vd_policy_id(p, lists, ret));
}

/* Every value is in it. */
static void every_value_counts(void **state)
{
    static const uint16_t vids[] = { 1 };
    static const uint8_t key[] = { 1 };
    static const veridac_age_limit by_vid = { .vid = 1, .max_crl_age_s = 5 },
                                   by_key = { .key_id = { key, 1 }, .max_crl_age_s = 5 };
    static const veridac_short_lived life = { { 0 }, 24 * HOUR };
    struct vd_policy v[18];
    uint8_t ids[18][VD_SHA256];
    size_t n = 0;
    (void)state;

#define VARIANT(change) (v[n] = standard, change, n++)
    VARIANT((void)0);
    VARIANT(v[n].preset = VD_STRICT);
    VARIANT(v[n].network = VD_NETWORK_MAIN);
    VARIANT(v[n].accept_unknown = 1);
    VARIANT(v[n].hold_unknown = 1);
    VARIANT(v[n].reject_unknown = 1);
    VARIANT(v[n].sdk_compat = true);
    VARIANT(v[n].max_crl_age_s = 1);
    VARIANT(v[n].max_head_age_s = 1);
    VARIANT(v[n].clock_tolerance_s = 1);
    VARIANT(v[n].networks = 2);
    VARIANT(v[n].certification_types = 2);
    VARIANT((v[n].allowed_vids = vids, v[n].n_allowed_vids = 1));
    VARIANT((v[n].denied_vids = vids, v[n].n_denied_vids = 1));
    VARIANT((v[n].ages = &by_vid, v[n].n_ages = 1));
    VARIANT((v[n].ages = &by_key, v[n].n_ages = 1));
    VARIANT((v[n].short_lived = &life, v[n].n_short_lived = 1));
    for (size_t i = 0; i < n; i++) {
        assert_true(vd_policy_valid(&v[i]));
        id(&v[i], ids[i]);
        for (size_t k = 0; k < i; k++)
            assert_false(vd_span_eq(VD_SPAN(ids[i]), VD_SPAN(ids[k])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_unknown), cmocka_unit_test(nothing_else_is_accepted), cmocka_unit_test(validity),
        cmocka_unit_test(ages), cmocka_unit_test(vendors), cmocka_unit_test(vendors_of_the_issuer),
        cmocka_unit_test(types),
        cmocka_unit_test(short_lives), cmocka_unit_test(short_lives_outweigh_nothing),
        cmocka_unit_test(every_value_counts)
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
