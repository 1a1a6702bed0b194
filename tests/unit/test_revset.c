/* SPDX-License-Identifier: Apache-2.0
 *
 * test_revset.c - the revocation devices of the vectors, from CRLs and points: what is revoked,
 * what is good, what is unknown and why.
 */
#include <veridac/veridac.h>

#include "cert.h"
#include "crl_unit.h"
#include "unit.h"

#define NOW INT64_C(1790000000) /* 2026-09-21 */

#define DIR "revocation/"
#define IND "revocation/indirect/"
#define PAA_KEY "6AFD22771F511FECBF1641976710DCDC31A1717E"

/* The ledger records that belong to the CRLs of the vectors. */
static const struct record {
    const char *name, *key_file, *signer, *delegator, *url, *crl;
    bool is_paa;
} records[] = {
    { "paa", NULL, DIR "Chip-Test-PAA-FFF1-Cert.der", NULL, "https://example.com/paa.crl",
      DIR "Chip-Test-PAA-FFF1-CRL.der", true },
    { "dev-pai", DIR "Matter-Development-PAI-FFF1-noPID-Cert.der",
      DIR "Matter-Development-PAI-FFF1-noPID-Cert.der", NULL, "https://example.com/dev-pai.crl",
      DIR "Matter-Development-PAI-FFF1-noPID-CRL.der", false },
    { "revoked-pai", DIR "Chip-Test-PAI-FFF1-noPID-Revoked-Cert.der",
      DIR "Chip-Test-PAI-FFF1-noPID-Revoked-Cert.der", NULL, "https://example.com/revoked-pai.crl",
      DIR "Chip-Test-PAI-FFF1-noPID-Revoked-CRL.der", false },
    { "paa-delegate", NULL, IND "Chip-Test-PAA-Delegate-FFF1-Cert.der", NULL,
      "https://example.com/paa-delegated-crl.der", IND "Chip-Test-PAA-FFF1-Delegated-CRL.der",
      true },
    { "pai-01", IND "Chip-Test-PAI-FFF1-01-Cert.der", IND "Chip-Test-PAI-Delegate-FFF1-01-Cert.der",
      IND "Chip-Test-PAI-FFF1-01-Cert.der", "https://example.com/pai-delegated-crl.der",
      IND "Chip-Test-PAI-FFF1-Delegated-CRL.der", false },
    { "pai-02", IND "Chip-Test-PAI-FFF1-02-Cert.der", IND "Chip-Test-PAI-Delegate-FFF1-02-Cert.der",
      IND "Chip-Test-PAI-FFF1-02-Cert.der", "https://example.com/pai-delegated-crl.der",
      IND "Chip-Test-PAI-FFF1-Delegated-CRL.der", false },
    { "pai-03", IND "Chip-Test-PAI-FFF1-03-Cert.der", IND "Chip-Test-PAI-Delegate-FFF1-03-Cert.der",
      IND "Chip-Test-PAI-FFF1-03-Cert.der", "https://example.com/pai-03.crl", NULL, false },
};

static veridac_bytes bytes(const struct vd_buf *b)
{
    return (veridac_bytes){ b->p, b->n };
}

static veridac_bytes text(const char *s)
{
    return (veridac_bytes){ (const uint8_t *)s, s ? strlen(s) : 0 };
}

static const struct record *record(const char *name)
{
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        if (strcmp(records[i].name, name) == 0)
            return &records[i];
    }
    fail_msg("no record %s", name);
    return NULL;
}

static void add(veridac_revset *set, const struct record *r)
{
    struct vd_buf signer = vector(r->signer), delegator = VD_BUF(1), ca = VD_BUF(1);
    char key[64] = PAA_KEY;
    veridac_point p = { .size = sizeof p, .vid = 0xFFF1, .is_paa = r->is_paa,
                        .revocation_type = 1, .label = text(r->name), .url = text(r->url) };
    if (r->delegator)
        delegator = vector(r->delegator);
    if (r->key_file) {
        struct vd_cert c;
        struct vd_buf hex = VD_BUF_ON(key);
        ca = vector(r->key_file);
        assert_true(vd_cert_read(vd_buf_span(&ca), &c) && vd_hex_put(&hex, c.skid, true));
    }
    p.issuer_key_id = text(key);
    p.signer = bytes(&signer);
    p.delegator = bytes(&delegator);
    assert_int_equal(veridac_revset_add_point(set, &p), VERIDAC_OK);
    vd_buf_free(&signer);
    vd_buf_free(&delegator);
    vd_buf_free(&ca);
}

static veridac_trust *trust(void)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    struct vd_buf paa = vector(DIR "Chip-Test-PAA-FFF1-Cert.der");
    veridac_trust *t = NULL;
    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    assert_int_equal(veridac_trust_add_paa(t, bytes(&paa), &from, NULL), VERIDAC_OK);
    vd_buf_free(&paa);
    return t;
}

/* The names of records, separated by spaces, built into a bundle and opened. */
static veridac_snapshot *snapshot_of(const veridac_trust *t, const char *names, int64_t at)
{
    const veridac_bundle_options full = { .size = sizeof full, .kind = VERIDAC_KIND_FULL };
    char copy[256], *rest = copy;
    veridac_snapshot_options o = { .size = sizeof o, .label = "test" };
    veridac_revset *set = NULL;
    veridac_snapshot *s = NULL;
    veridac_buffer bundle;
    veridac_error err;
    const char *name, *url;

    assert_int_equal(veridac_revset_new(t, &(veridac_revset_options){ .size = sizeof(veridac_revset_options),
                                              .network = VERIDAC_NETWORK_TEST, .at = at }, &set), VERIDAC_OK);
    (void)snprintf(copy, sizeof copy, "%s", names);
    while ((name = strtok_r(rest, " ", &rest)) != NULL)
        add(set, record(name));
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    for (uint32_t i = 0; (url = veridac_revset_url(set, i)) != NULL; i++) {
        for (size_t k = 0; k < sizeof records / sizeof records[0]; k++) {
            veridac_crl *feed = NULL;
            struct vd_buf crl;
            if (records[k].crl == NULL || strcmp(records[k].url, url) != 0)
                continue;
            crl = vector(records[k].crl);
            assert_int_equal(unit_crl_begin(set, url, at, &feed), VERIDAC_OK);
            assert_int_equal(veridac_revset_crl_feed(feed, bytes(&crl)), VERIDAC_OK);
            assert_int_equal(veridac_revset_crl_end(feed), VERIDAC_OK);
            vd_buf_free(&crl);
            break;
        }
    }
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_bundle(set, &full, &bundle, NULL), VERIDAC_OK);
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ bundle.data, bundle.size }, &o, &s,
                                           &err),
                     VERIDAC_OK);
    veridac_buffer_free(&bundle);
    veridac_revset_free(set);
    return s;
}

static const char *status_of(const veridac_snapshot *s, const char *file, int64_t at)
{
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    struct vd_buf der = vector(file);
    veridac_answer a = { .size = sizeof a };
    struct vd_cert c;

    assert_true(vd_cert_read(vd_buf_span(&der), &c));
    assert_int_equal(veridac_snapshot_lookup(
                         s, (veridac_bytes){ c.issuer.der.p, c.issuer.der.n },
                         (veridac_bytes){ c.akid.p, c.akid.n },
                         (veridac_bytes){ c.serial.p, c.serial.n }, (veridac_bytes){ NULL, 0 }, &policy, at,
                         &a, NULL),
                     VERIDAC_OK);
    vd_buf_free(&der);
    return a.status == VERIDAC_REVOKED ? "revoked"
           : a.status == VERIDAC_GOOD  ? "good"
                                       : veridac_reason_text(a.reason);
}

#define DEV_PAI DIR "Matter-Development-PAI-FFF1-noPID-Cert.der"
#define REV_PAI DIR "Chip-Test-PAI-FFF1-noPID-Revoked-Cert.der"

static void devices(void **state)
{
    static const struct {
        const char *records, *file, *want;
    } rows[] = {
        { "paa dev-pai", DIR "Matter-Development-DAC-FFF1-8001-Revoked-01-Cert.der", "revoked" },
        { "paa dev-pai", DIR "Matter-Development-DAC-FFF1-8001-Revoked-02-Cert.der", "revoked" },
        { "paa dev-pai", DIR "Matter-Development-DAC-FFF1-8001-Revoked-03-Cert.der", "revoked" },
        { "paa dev-pai", DEV_PAI, "good" },
        { "paa revoked-pai", REV_PAI, "revoked" },
        { "paa revoked-pai", DIR "Chip-Test-DAC-FFF1-8001-Signed-By-Revoked-PAI-Cert.der", "good" },
        { "paa revoked-pai",
          DIR "Chip-Test-DAC-FFF1-8001-Revoked-Signed-By-Revoked-PAI-Cert.der", "revoked" },
        { "paa-delegate pai-01 pai-02", IND "Chip-Test-DAC-FFF1-8001-Signed-By-Test-PAI-01-Cert.der",
          "revoked" },
        { "paa-delegate pai-01 pai-02", IND "Chip-Test-DAC-FFF1-8001-Signed-By-Test-PAI-02-Cert.der",
          "revoked" },
        { "paa-delegate pai-01 pai-02",
          IND "Chip-Test-DAC-02-FFF1-8001-Signed-By-Test-PAI-02-Cert.der", "good" },
        { "paa-delegate", IND "Chip-Test-PAI-FFF1-01-Cert.der", "good" },
        { "paa-delegate", IND "Chip-Test-PAI-FFF1-03-Cert.der", "revoked" },
        /* the broken delegate of PAI 03: its point is the vendor's own, and unusable */
        { "paa-delegate pai-03", IND "Chip-Test-DAC-01-FFF1-8001-Signed-By-Test-PAI-03-Cert.der",
          "not-covered" },
        /* both CRLs of the PAA: what they list stays revoked, silence proves nothing because the
           direct one does not name its URL */
        { "paa paa-delegate", IND "Chip-Test-PAI-FFF1-03-Cert.der", "revoked" },
        { "paa paa-delegate", REV_PAI, "revoked" },
        { "paa paa-delegate", DEV_PAI, "incomplete" },
        { "paa", DIR "Matter-Development-DAC-FFF1-8001-Revoked-01-Cert.der", "not-covered" },
    };
    veridac_trust *t = trust();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        veridac_snapshot *s = snapshot_of(t, rows[i].records, NOW);
        const char *got = status_of(s, rows[i].file, NOW);
        if (strcmp(got, rows[i].want) != 0)
            print_error("%s under '%s': %s\n", rows[i].file, rows[i].records, got);
        assert_string_equal(got, rows[i].want);
        veridac_snapshot_free(s);
    }
    veridac_trust_free(t);
}

/* The order in which points come does not show in the bundle. */
static void order_does_not_matter(void **state)
{
    veridac_trust *t = trust();
    veridac_snapshot *a = snapshot_of(t, "paa dev-pai revoked-pai pai-01 pai-02", NOW);
    veridac_snapshot *b = snapshot_of(t, "pai-02 revoked-pai pai-01 dev-pai paa", NOW);
    veridac_snapshot_view va = { .size = sizeof va }, vb = { .size = sizeof vb };
    (void)state;
    assert_int_equal(veridac_snapshot_look(a, &va), VERIDAC_OK);
    assert_int_equal(veridac_snapshot_look(b, &vb), VERIDAC_OK);
    assert_string_equal(va.sha256, vb.sha256);
    assert_int_equal(va.n_issuers, 5);
    assert_int_equal(va.n_good, 5);
    assert_int_equal(va.n_revoked, 7);
    veridac_snapshot_free(a);
    veridac_snapshot_free(b);
    veridac_trust_free(t);
}

static void freshness(void **state)
{
    static const struct {
        const char *name;
        int64_t at; /* seconds after the build */
        const char *good, *listed;
    } rows[] = { { "at the build", 0, "good", "revoked" },
                 { "seven days later", 7 * 86400, "good", "revoked" },
                 { "a second more", 7 * 86400 + 1, "stale", "revoked" },
                 { "five minutes earlier", -300, "good", "revoked" },
                 { "a second more", -301, "clock", "revoked" },
                 { "far in the past", -INT64_C(1700000000), "clock", "revoked" } };
    veridac_trust *t = trust();
    veridac_snapshot *s = snapshot_of(t, "paa dev-pai", NOW);
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ROW_TRUE(rows[i].name, strcmp(status_of(s, DEV_PAI, NOW + rows[i].at), rows[i].good) == 0);
        ROW_TRUE(rows[i].name,
                 strcmp(status_of(s, DIR "Matter-Development-DAC-FFF1-8001-Revoked-01-Cert.der",
                                  NOW + rows[i].at),
                        rows[i].listed) == 0);
    }
    veridac_snapshot_free(s);
    veridac_trust_free(t);
}

static void missing_crl_is_unreachable(void **state)
{
    veridac_trust *t = trust();
    veridac_revset *set = NULL;
    veridac_point_view p = { .size = sizeof p };
    veridac_issuer_view issuer = { .size = sizeof issuer };
    veridac_finding f = { .size = sizeof f };
    (void)state;
    assert_int_equal(veridac_revset_new(t, &(veridac_revset_options){ .size = sizeof(veridac_revset_options),
                                              .network = VERIDAC_NETWORK_TEST, .at = NOW }, &set), VERIDAC_OK);
    add(set, record("paa"));
    assert_int_equal(veridac_revset_finish(set), VERIDAC_MISUSE); /* not bound yet */
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_feed(NULL, text("x")), VERIDAC_MISUSE);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_point(set, 0, &p), VERIDAC_OK);
    assert_int_equal(p.used, 0);
    assert_int_equal(p.n_findings, 1);
    assert_int_equal(veridac_revset_point_finding(set, 0, 0, &f), VERIDAC_OK);
    assert_string_equal(f.id, "point-no-crl");
    assert_int_equal(veridac_revset_issuer(set, 0, &issuer), VERIDAC_OK);
    assert_int_equal(issuer.good, 0);
    assert_int_equal(issuer.reason, VERIDAC_REASON_UNREACHABLE);
    veridac_revset_free(set);
    veridac_trust_free(t);
}

/* What says that there is a list has one, of key ids in hex. */
static void lists_that_are_none(void **state)
{
    static const char *const good[] = { PAA_KEY, PAA_KEY }, *const hole[] = { PAA_KEY, NULL },
                             *const shorter[] = { "6AFD" };
    static const struct {
        const char *const *list;
        size_t n;
        veridac_status want;
    } rows[] = { { NULL, 0, VERIDAC_OK },     { good, 1, VERIDAC_OK },     { good, 2, VERIDAC_OK },
                 { NULL, 1, VERIDAC_MISUSE }, { NULL, 2, VERIDAC_MISUSE }, { hole, 1, VERIDAC_OK },
                 { hole, 2, VERIDAC_MISUSE }, { shorter, 1, VERIDAC_MISUSE } };
    veridac_trust *t = trust();
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST, .at = 1,
                                           .accept_shrink = rows[i].list, .n_accept_shrink = rows[i].n };
        veridac_revset *set = NULL;
        assert_int_equal(veridac_revset_new(t, &o, &set), rows[i].want);
        assert_int_equal(set != NULL, rows[i].want == VERIDAC_OK);
        veridac_revset_free(set);
    }
    veridac_trust_free(t);
}

enum { MANY_NAMES = 300 }; /* so many ids that neighbours differ by 1 in their first octet */

static veridac_answer asked(const veridac_snapshot *s, veridac_bytes name, veridac_bytes key_id, uint8_t serial)
{
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_answer a = { .size = sizeof a };
    assert_int_equal(veridac_snapshot_lookup(s, name, key_id, (veridac_bytes){ &serial, 1 },
                                             (veridac_bytes){ NULL, 0 }, &policy, 1, &a, NULL),
                     VERIDAC_OK);
    return a;
}

/* Names that somebody listed have no certificate to be told apart by: their ids alone are the order. */
static void each_listed_name_is_found(void **state)
{
    const veridac_bundle_options full = { .size = sizeof full, .kind = VERIDAC_KIND_FULL };
    const veridac_revset_options options = { .size = sizeof options, .network = VERIDAC_NETWORK_TEST, .at = 1 };
    const veridac_snapshot_options o = { .size = sizeof o, .label = "test" };
    uint8_t der[] = { 0x30, 0x0D, 0x31, 0x0B, 0x30, 0x09, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x02, 0, 0 };
    static const uint8_t key[20] = { 7 }, serial = 5;
    const veridac_bytes name = { der, sizeof der }, key_id = { key, sizeof key }, listed = { &serial, 1 };
    veridac_trust *t = trust();
    veridac_revset *set = NULL;
    veridac_snapshot *s = NULL;
    veridac_buffer bundle;
    veridac_error err;
    (void)state;

    assert_int_equal(veridac_revset_new(t, &options, &set), VERIDAC_OK);
    for (unsigned i = 0; i < MANY_NAMES; i++) {
        der[13] = (uint8_t)('A' + i / 20);
        der[14] = (uint8_t)('A' + i % 20);
        assert_int_equal(veridac_revset_add_listed(set, name, key_id, &listed, 1), VERIDAC_OK);
    }
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_bundle(set, &full, &bundle, NULL), VERIDAC_OK);
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ bundle.data, bundle.size }, &o, &s, &err), VERIDAC_OK);
    for (unsigned i = 0; i < MANY_NAMES; i++) {
        veridac_answer a;
        der[13] = (uint8_t)('A' + i / 20);
        der[14] = (uint8_t)('A' + i % 20);
        assert_int_equal(asked(s, name, key_id, serial).status, VERIDAC_REVOKED);
        a = asked(s, name, key_id, serial + 1);
        assert_int_equal(a.status, VERIDAC_UNKNOWN);
    }
    veridac_snapshot_free(s);
    veridac_buffer_free(&bundle);
    veridac_revset_free(set);
    veridac_trust_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(devices),
                                        cmocka_unit_test(lists_that_are_none),
                                        cmocka_unit_test(each_listed_name_is_found),
                                        cmocka_unit_test(order_does_not_matter),
                                        cmocka_unit_test(freshness),
                                        cmocka_unit_test(missing_crl_is_unreachable) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
