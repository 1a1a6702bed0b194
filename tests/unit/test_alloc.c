/* SPDX-License-Identifier: Apache-2.0
 *
 * test_alloc.c - each allocation fails in turn (alloc.h): certificates, stores, verifications.
 */
#include "alloc.h"
#include "world.h"

/* ---- what is called ---- */

static struct {
    struct device device, nocsr, revoked;
    struct vd_buf paa, spare, signer, pem;
    veridac_trust *trust;
    veridac_snapshot *snapshot;
    int64_t at;
} with;

static const veridac_policy policy = { .size = sizeof policy,
                                       .preset = VERIDAC_POLICY_PERMISSIVE,
                                       .network = VERIDAC_NETWORK_TEST };
static const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };

static veridac_status unwrap_pem(veridac_buffer *ret)
{
    return veridac_unwrap(bytes(&with.pem), VERIDAC_MEANT_PAI, ret, NULL, NULL);
}

static veridac_status show_certificate(veridac_buffer *ret)
{
    return veridac_show(with.device.in.dac, 0, ret, NULL);
}

static veridac_status show_elements(veridac_buffer *ret)
{
    return veridac_show(with.device.in.elements, VERIDAC_SHOW_JSON, ret, NULL);
}

static veridac_status show_request(veridac_buffer *ret)
{
    return veridac_show(with.nocsr.in.nocsr, 0, ret, NULL);
}

/* A store of its own, and how many it has in the end. */
static veridac_status fill_a_store(veridac_buffer *ret)
{
    static uint8_t counts[3]; /* handed out as text that nobody frees */
    veridac_trust_view view = { .size = sizeof view };
    veridac_trust *t = NULL;
    veridac_status st = veridac_trust_new(&t);

    (void)ret;
    if (st == VERIDAC_OK)
        st = veridac_trust_add_paa(t, bytes(&with.paa), &from, NULL);
    if (st == VERIDAC_OK)
        st = veridac_trust_add_paa(t, bytes(&with.pem), &from, NULL);
    if (st == VERIDAC_BAD_DATA) /* no PAA is in there: refused, and remembered */
        st = veridac_trust_add_cd_signer(t, bytes(&with.signer), &from, NULL);
    if (st == VERIDAC_OK && veridac_trust_look(t, &view) == VERIDAC_OK) {
        counts[0] = (uint8_t)view.test_paas;
        counts[1] = (uint8_t)view.cd_signers;
        assert_int_equal(counts[0] + counts[1], 2);
    }
    veridac_trust_free(t);
    return st;
}

static veridac_status judge(veridac_context *context, const veridac_device *d, bool text,
                            veridac_buffer *ret)
{
    veridac_result *r = NULL;
    veridac_status st = veridac_result_new(&r);
    if (st == VERIDAC_OK)
        st = veridac_verify(context, d, with.trust,
                            (const veridac_snapshot *const *)&with.snapshot, 1, &policy, with.at, r);
    if (st == VERIDAC_OK)
        st = text ? veridac_result_text(r, 1, ret) : veridac_result_json(r, ret);
    veridac_result_free(r);
    return st;
}

static veridac_status verify_cold(veridac_buffer *ret)
{
    return judge(NULL, &with.device.in, false, ret);
}

/* The same context again and again: what failed once is no harm to the next call. */
static veridac_context *kept;

static veridac_status verify_warm(veridac_buffer *ret)
{
    return judge(kept, &with.device.in, true, ret);
}

static veridac_status verify_with_a_new_context(veridac_buffer *ret)
{
    veridac_context *c = NULL;
    veridac_status st = veridac_context_new(&c);
    if (st == VERIDAC_OK)
        st = judge(c, &with.nocsr.in, false, ret);
    veridac_context_free(c);
    return st;
}

static veridac_status verify_a_batch(veridac_buffer *ret)
{
    const veridac_device both[] = { with.device.in, with.nocsr.in };
    veridac_verdict verdicts[2] = { 0 };
    size_t done = 9;
    veridac_status st = veridac_verify_batch(NULL, both, 2, with.trust, NULL, 0, &policy, with.at,
                                             verdicts, NULL, NULL, &done);
    (void)ret;
    assert_true(st == VERIDAC_OK ? done == 2 : done < 2);
    if (done > 0)
        assert_int_equal(verdicts[0], VERIDAC_ACCEPT);
    return st;
}

/* What could not be looked up is not "not covered": a policy may accept that. */
static veridac_status verify_what_is_revoked(veridac_buffer *ret)
{
    return judge(NULL, &with.revoked.in, false, ret);
}

static veridac_status look_one_up(veridac_buffer *ret)
{
    static const uint8_t some[20] = { 1 };
    const veridac_bytes in = { some, sizeof some };
    veridac_answer a = { .size = sizeof a };
    veridac_status st = veridac_snapshot_lookup(with.snapshot, in, in, in, (veridac_bytes){ NULL, 0 },
                                                &policy, with.at, &a, NULL);
    (void)ret;
    if (st == VERIDAC_OK)
        assert_int_equal(a.reason, VERIDAC_REASON_NOT_COVERED);
    return st;
}

/* ---- the sweep ---- */

static const struct call calls[] = {
    { "unwrap", unwrap_pem },
    { "show a certificate", show_certificate },
    { "show elements", show_elements },
    { "show a request", show_request },
    { "trust", fill_a_store },
    { "verify, cold", verify_cold },
    { "verify, warm", verify_warm },
    { "verify, a new context", verify_with_a_new_context },
    { "verify a batch", verify_a_batch },
    { "verify what is revoked", verify_what_is_revoked },
    { "look up", look_one_up },
};

#ifdef ALLOC_WRAPS /* libcrypto is needed for signatures and digests alone */
#define NONE_IS_FINE(run) ((run) == look_one_up || (run) == unwrap_pem || (run) == show_elements)
#else
#define NONE_IS_FINE(run) ((run) == look_one_up)
#endif

static void every_allocation_fails_in_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        size_t n = sweep(&calls[i]);
        print_message("%s: %zu\n", calls[i].name, n);
        ROW_TRUE(calls[i].name, n > 0 || NONE_IS_FINE(calls[i].run));
    }
}

/* A store to which something could not be added is what it was before. */
static void a_store_stays_as_it_was(void **state)
{
    veridac_trust *t = NULL;
    veridac_trust_view view = { .size = sizeof view };
    veridac_status st = VERIDAC_NO_MEMORY;

    (void)state;
    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    assert_int_equal(veridac_trust_add_paa(t, bytes(&with.spare), &from, NULL), VERIDAC_OK);
    for (size_t k = 0; st != VERIDAC_OK; k++) {
        fault.at = k;
        fault.seen = 0;
        fault.on = true;
        st = veridac_trust_add_paa(t, bytes(&with.paa), &from, NULL);
        fault.on = false;
        assert_true(st == VERIDAC_OK || st == VERIDAC_NO_MEMORY);
        assert_int_equal(veridac_trust_look(t, &view), VERIDAC_OK);
        assert_int_equal(view.test_paas, st == VERIDAC_OK ? 2 : 1);
    }
    veridac_trust_free(t);
}

/* ---- */

static int set_up(void **state)
{
    veridac_buffer text;
    (void)state;
    with.device = load("genuine");
    with.nocsr = load_from(CASES "/nocsr-good", "case.txt");
    with.revoked = load("revoked-pai");
    with.paa = world_file("paa", "paa-fff1.der");
    with.spare = world_file("paa", "paa-novid.der");
    with.signer = world_file("cd-signers", "cd-signer.der");
    with.trust = trust(0);
    with.snapshot = revocations(with.trust, &with.at);
    with.pem = VD_BUF(1u << 16);
    assert_true(vd_buf_str(&with.pem, "-----BEGIN CERTIFICATE-----\n") &&
                vd_base64_put(&with.pem, vd_span_of(with.device.in.pai.data, with.device.in.pai.size)) &&
                vd_buf_str(&with.pem, "\n-----END CERTIFICATE-----\n"));
    assert_int_equal(veridac_context_new(&kept), VERIDAC_OK);
    assert_int_equal(verify_warm(&text), VERIDAC_OK);
    veridac_buffer_free(&text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unload(&with.device);
    unload(&with.nocsr);
    unload(&with.revoked);
    vd_buf_free(&with.paa);
    vd_buf_free(&with.spare);
    vd_buf_free(&with.signer);
    vd_buf_free(&with.pem);
    veridac_trust_free(with.trust);
    veridac_snapshot_free(with.snapshot);
    veridac_context_free(kept);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_fails_in_turn),
                                        cmocka_unit_test(a_store_stays_as_it_was) };
    return alloc_main(tests, sizeof tests / sizeof tests[0], set_up, tear_down);
}
