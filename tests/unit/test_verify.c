/* SPDX-License-Identifier: Apache-2.0
 *
 * test_verify.c - verification through the public API, over the devices of the made world: what
 * changes between two calls counts at once, a batch says what single calls say, and what is left out
 * has its finding.
 */
#include <pthread.h>

#include "world.h"

/* ---- one call ---- */

static const veridac_policy permissive = { .size = sizeof permissive,
                                           .preset = VERIDAC_POLICY_PERMISSIVE,
                                           .network = VERIDAC_NETWORK_TEST };

struct call {
    veridac_context *context;
    const veridac_device *device;
    const veridac_trust *trust;
    const veridac_snapshot *snapshot;
    veridac_policy policy;
    int64_t at;
};

/* The verdict, and whether a finding with this id is among the reasons; "" asks for none. */
static void expect(const char *row, const struct call *c, veridac_verdict verdict, const char *id)
{
    veridac_result *r = NULL;
    veridac_result_view view = { .size = sizeof view };
    veridac_finding f = { .size = sizeof f };
    bool found = id[0] == '\0';

    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    ROW_EQ(row, veridac_verify(c->context, c->device, c->trust, &c->snapshot, c->snapshot ? 1 : 0,
                               &c->policy, c->at, r), VERIDAC_OK);
    ROW_EQ(row, veridac_result_look(r, &view), VERIDAC_OK);
    for (uint32_t i = 0; veridac_result_finding(r, i, &f) == VERIDAC_OK; i++)
        found = found || strcmp(f.id, id) == 0;
    ROW_TRUE(row, found);
    ROW_EQ(row, view.verdict, verdict);
    veridac_result_free(r);
}

/* ---- tests ---- */

static void what_changes_counts_at_once(void **state)
{
    struct device d = load("revoked-pai");
    veridac_trust *all = trust(0), *no_paa = trust(WITHOUT_PAAS), *gone = trust(WITHDRAWN);
    veridac_trust *no_signer = trust(WITHOUT_SIGNERS);
    int64_t at;
    veridac_snapshot *revoked = revocations(all, &at);
    struct call base = { NULL, &d.in, all, NULL, permissive, at }, c;

    (void)state;
    assert_int_equal(veridac_context_new(&base.context), VERIDAC_OK);
    for (int round = 0; round < 2; round++) {
        expect("warm", &base, VERIDAC_ACCEPT, "");
        expect("warm again", &base, VERIDAC_ACCEPT, "");
        c = base, c.trust = no_paa;
        expect("PAA removed", &c, VERIDAC_REJECT, "paa-not-found");
        c = base, c.trust = gone;
        expect("PAA withdrawn", &c, VERIDAC_REJECT, "paa-withdrawn");
        c = base, c.trust = no_signer;
        expect("declaration signer removed", &c, VERIDAC_REJECT, "cd-signer-unknown");
        c = base, c.snapshot = revoked;
        expect("PAI revoked", &c, VERIDAC_REJECT, "pai-revoked");
        c = base, c.policy.network = VERIDAC_NETWORK_MAIN;
        expect("another network", &c, VERIDAC_REJECT, "paa-other-network");
        c = base, c.policy.preset = VERIDAC_POLICY_STRICT;
        expect("another policy", &c, VERIDAC_REJECT, "dac-revocation-unknown");
        c = base, c.policy.preset = VERIDAC_POLICY_STANDARD;
        expect("and another", &c, VERIDAC_UNDETERMINED, "dac-revocation-unknown");
        c = base, c.policy.sdk_compat = 1, c.at = 0;
        expect("another time", &c, VERIDAC_REJECT, "dac-expired-now");
    }
    veridac_context_free(base.context);
    veridac_snapshot_free(revoked);
    veridac_trust_free(all);
    veridac_trust_free(no_paa);
    veridac_trust_free(gone);
    veridac_trust_free(no_signer);
    unload(&d);
}

static void what_is_left_out_has_its_finding(void **state)
{
    struct device d = load("genuine");
    veridac_trust *all = trust(0), *none = NULL, *no_signer = trust(WITHOUT_SIGNERS);
    veridac_device in = d.in;
    struct call c = { NULL, &in, all, NULL, permissive, time(NULL) };
    const struct {
        const char *id;
        veridac_bytes *field;
    } rows[] = { { "no-dac", &in.dac },
                 { "no-pai", &in.pai },
                 { "no-proof-of-possession", &in.elements },
                 { "no-proof-of-possession", &in.signature },
                 { "no-proof-of-possession", &in.challenge },
                 { "no-nonce", &in.nonce } };

    (void)state;
    expect("complete", &c, VERIDAC_ACCEPT, "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *rows[i].field = (veridac_bytes){ NULL, 0 };
        expect(rows[i].id, &c, VERIDAC_UNDETERMINED, rows[i].id);
        in = d.in;
    }
    in.vid = -1;
    expect("no vid", &c, VERIDAC_UNDETERMINED, "no-basic-information");
    in = d.in;
    in.pid = -1;
    expect("no pid", &c, VERIDAC_UNDETERMINED, "no-basic-information");
    in = d.in;
    assert_int_equal(veridac_trust_new(&none), VERIDAC_OK);
    c.trust = none;
    expect("no trust", &c, VERIDAC_REJECT, "no-trust-anchors"); /* nor is there a signer */
    c.trust = no_signer;
    expect("no signers", &c, VERIDAC_REJECT, "cd-signer-unknown");
    veridac_trust_free(none);
    veridac_trust_free(no_signer);
    veridac_trust_free(all);
    unload(&d);
}

/* ---- batches ---- */

static const char *const names[] = { "genuine",   "forged-signature", "revoked-pai", "revoked-dac",
                                     "unknown-paa", "genuine-delegated" };
#define N (sizeof names / sizeof names[0])

struct part {
    const veridac_device *devices;
    size_t n, stop_after, called;
    const veridac_trust *trust;
    const veridac_snapshot *snapshot;
    int64_t at;
    veridac_verdict verdicts[64];
    char *texts[64]; /* JSON of each */
    veridac_status status;
    size_t done;
};

static int32_t keep_text(void *user, size_t i, const veridac_result *r)
{
    struct part *p = user;
    veridac_buffer text;
    if (veridac_result_json(r, &text) != VERIDAC_OK)
        return 1;
    p->texts[i] = (char *)text.data;
    p->called++;
    return p->called == p->stop_after;
}

static void *run_part(void *user)
{
    struct part *p = user;
    veridac_context *context = NULL;
    p->status = veridac_context_new(&context);
    if (p->status == VERIDAC_OK)
        p->status = veridac_verify_batch(context, p->devices, p->n, p->trust, &p->snapshot, 1,
                                         &permissive, p->at, p->verdicts, keep_text, p, &p->done);
    veridac_context_free(context);
    return NULL;
}

static void compare(const struct part *p)
{
    veridac_result *r = NULL;
    veridac_result_view view = { .size = sizeof view };
    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    for (size_t i = 0; i < p->done; i++) {
        veridac_buffer text;
        assert_int_equal(veridac_verify(NULL, &p->devices[i], p->trust, &p->snapshot, 1, &permissive,
                                        p->at, r), VERIDAC_OK);
        assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
        assert_int_equal(veridac_result_json(r, &text), VERIDAC_OK);
        assert_int_equal(view.verdict, p->verdicts[i]);
        assert_string_equal((const char *)text.data, p->texts[i]);
        veridac_buffer_free(&text);
    }
    veridac_result_free(r);
}

static void forget(struct part *p)
{
    for (size_t i = 0; i < 64; i++)
        free(p->texts[i]);
}

static void a_batch_says_what_single_calls_say(void **state)
{
    struct device d[N];
    veridac_device in[64];
    veridac_trust *all = trust(0);
    struct part parts[2], cut;
    pthread_t threads[2];
    int64_t at;
    veridac_snapshot *s = revocations(all, &at);
    size_t done = 7;

    (void)state;
    for (size_t i = 0; i < N; i++)
        d[i] = load(names[i]);
    for (size_t i = 0; i < 64; i++)
        in[i] = d[i % N].in;
    for (size_t i = 0; i < 2; i++) { /* two parts, two threads; trust and snapshot are shared */
        parts[i] = (struct part){ .devices = in + 32 * i, .n = 32, .trust = all, .snapshot = s,
                                  .at = at };
        assert_int_equal(pthread_create(&threads[i], NULL, run_part, &parts[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(parts[i].status, VERIDAC_OK);
        assert_int_equal(parts[i].done, 32);
        compare(&parts[i]);
        forget(&parts[i]);
    }
    cut = (struct part){ .devices = in, .n = 64, .stop_after = 5, .trust = all, .snapshot = s,
                         .at = at };
    (void)run_part(&cut);
    assert_int_equal(cut.status, VERIDAC_OK);
    assert_int_equal(cut.done, 5);
    compare(&cut);
    forget(&cut);
    assert_int_equal(veridac_verify_batch(NULL, NULL, 0, all, NULL, 0, &permissive, at, NULL, NULL,
                                          NULL, &done), VERIDAC_OK);
    assert_int_equal(done, 0);
    assert_int_equal(veridac_verify_batch(NULL, NULL, 1, all, NULL, 0, &permissive, at, NULL, NULL,
                                          NULL, &done), VERIDAC_MISUSE);
    for (size_t i = 0; i < N; i++)
        unload(&d[i]);
    veridac_snapshot_free(s);
    veridac_trust_free(all);
}

/* A program with a newer header: its devices are longer, and the rest is zero. */
static void a_batch_of_longer_devices(void **state)
{
    struct longer {
        veridac_device device;
        int64_t later;
    } in[3];
    struct device d = load(names[0]);
    veridac_trust *all = trust(0);
    veridac_verdict verdicts[3] = { 9, 9, 9 };
    const int64_t at = time(NULL);
    size_t done = 0;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        in[i] = (struct longer){ d.in, 0 };
        in[i].device.size = sizeof in[i];
    }
    assert_int_equal(veridac_verify_batch(NULL, &in[0].device, 3, all, NULL, 0, &permissive, at,
                                          verdicts, NULL, NULL, &done), VERIDAC_OK);
    assert_int_equal(done, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(verdicts[i], VERIDAC_ACCEPT);
    in[1].later = 1; /* asks for what this library does not know */
    assert_int_equal(veridac_verify_batch(NULL, &in[0].device, 3, all, NULL, 0, &permissive, at,
                                          verdicts, NULL, NULL, &done), VERIDAC_MISUSE);
    assert_int_equal(done, 1);
    in[1].later = 0;
    in[2].device.size = sizeof in[2].device; /* another size than the first says */
    assert_int_equal(veridac_verify_batch(NULL, &in[0].device, 3, all, NULL, 0, &permissive, at,
                                          verdicts, NULL, NULL, &done), VERIDAC_MISUSE);
    assert_int_equal(done, 2);
    unload(&d);
    veridac_trust_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_of_longer_devices),
        cmocka_unit_test(what_changes_counts_at_once),
        cmocka_unit_test(what_is_left_out_has_its_finding),
        cmocka_unit_test(a_batch_says_what_single_calls_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
