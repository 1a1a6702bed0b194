/* SPDX-License-Identifier: Apache-2.0
 *
 * test_verify.c - verification through the public API, over the devices of the made world: what
 * changes between two calls counts at once, a batch says what single calls say, what is left out has
 * its finding, and no bytes in any argument are accepted or end the program.
 */
#include <pthread.h>
#include <time.h>
#include <veridac/veridac.h>

#include "unit.h"

/* ---- the world ---- */

struct device {
    struct vd_buf files[4]; /* dac, pai, elements, signature */
    struct vd_buf challenge, nonce;
    veridac_device in;
};

static struct vd_buf world_file(const char *folder, const char *name)
{
    struct vd_buf out = VD_BUF(1u << 20);
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;
    (void)snprintf(path, sizeof path, "%s/%s/%s", WORLD, folder, name);
    f = fopen(path, "rb");
    if (f == NULL)
        return out;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        assert_true(vd_buf_put(&out, (struct vd_span){ part, n }));
    (void)fclose(f);
    return out;
}

static veridac_bytes bytes(const struct vd_buf *b)
{
    return (veridac_bytes){ b->p, b->n };
}

static void told(const struct vd_buf *text, const char *key, char ret[160])
{
    const char *at = strstr((const char *)text->p, key);
    assert_non_null(at);
    (void)snprintf(ret, 160, "%.*s", (int)strcspn(at + strlen(key), "\n"), at + strlen(key));
}

static struct device load(const char *name)
{
    static const char *const files[] = { "dac.der", "pai.der", "elements.bin", "signature.bin" };
    struct device d;
    char folder[128], value[160];
    struct vd_buf text;

    (void)snprintf(folder, sizeof folder, "devices/%s", name);
    for (size_t i = 0; i < 4; i++)
        d.files[i] = world_file(folder, files[i]);
    text = world_file(folder, "device.txt");
    assert_true(vd_buf_u8(&text, 0));
    d.in = (veridac_device){ .size = sizeof d.in, .software_version = -1 };
    told(&text, "vid: ", value);
    d.in.vid = (int32_t)strtol(value, NULL, 10);
    told(&text, "pid: ", value);
    d.in.pid = (int32_t)strtol(value, NULL, 10);
    told(&text, "challenge: ", value);
    d.challenge = unhex(value);
    told(&text, "nonce: ", value);
    d.nonce = unhex(value);
    vd_buf_free(&text);
    d.in.dac = bytes(&d.files[0]);
    d.in.pai = bytes(&d.files[1]);
    d.in.elements = bytes(&d.files[2]);
    d.in.signature = bytes(&d.files[3]);
    d.in.challenge = bytes(&d.challenge);
    d.in.nonce = bytes(&d.nonce);
    return d;
}

static void unload(struct device *d)
{
    for (size_t i = 0; i < 4; i++)
        vd_buf_free(&d->files[i]);
    vd_buf_free(&d->challenge);
    vd_buf_free(&d->nonce);
}

enum { WITHOUT_PAAS = 1, WITHOUT_SIGNERS = 2, WITHDRAWN = 4 };

static void add(veridac_trust *t, const char *folder, const char *name, bool signer, int withdrawn)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST,
                                        .withdrawn = withdrawn };
    struct vd_buf der = world_file(folder, name);
    assert_int_equal(signer ? veridac_trust_add_cd_signer(t, bytes(&der), &from, NULL)
                            : veridac_trust_add_paa(t, bytes(&der), &from, NULL),
                     VERIDAC_OK);
    vd_buf_free(&der);
}

static veridac_trust *trust(int how)
{
    veridac_trust *t = NULL;
    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    if (!(how & WITHOUT_PAAS))
        add(t, "paa", "paa-fff1.der", false, 0);
    add(t, "paa", "paa-novid.der", false, 0);
    if (how & WITHDRAWN)
        add(t, "paa", "paa-fff1.der", false, 1);
    if (!(how & WITHOUT_SIGNERS))
        add(t, "cd-signers", "cd-signer.der", true, 0);
    return t;
}

/* A bundle of the PAA's CRL, which lists PAIs. The key id of the point is the certificate's. */
static veridac_snapshot *revocations(const veridac_trust *t, int64_t *ret_at)
{
    static const char label[] = "paa", url[] = "http://host.example/paa.crl";
    const veridac_snapshot_options o = { .size = sizeof o, .label = "test" };
    struct vd_buf signer = world_file("crl-signers", "paa-fff1.der");
    struct vd_buf crl = world_file("crl", "paa-fff1.crl"), key_id = VD_BUF(64);
    veridac_revset_view view = { .size = sizeof view };
    veridac_buffer shown, bundle;
    veridac_revset *set = NULL;
    veridac_snapshot *s = NULL;
    veridac_point p = { .size = sizeof p, .vid = 0xFFF1, .is_paa = 1, .revocation_type = 1,
                        .label = { (const uint8_t *)label, sizeof label - 1 },
                        .url = { (const uint8_t *)url, sizeof url - 1 },
                        .signer = bytes(&signer) };
    const char *at;

    assert_int_equal(veridac_show(bytes(&signer), 0, &shown, NULL), VERIDAC_OK);
    at = strstr((const char *)shown.data, "subject_key_id: ");
    assert_non_null(at);
    assert_true(vd_buf_put(&key_id, (struct vd_span){ (const uint8_t *)at + 16, 40 }));
    p.issuer_key_id = bytes(&key_id);
    *ret_at = time(NULL);
    assert_int_equal(veridac_revset_new(t, VERIDAC_NETWORK_TEST, *ret_at, &set), VERIDAC_OK);
    assert_int_equal(veridac_revset_add_point(set, &p), VERIDAC_OK);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_begin(set, url, *ret_at), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_feed(set, bytes(&crl)), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_end(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_look(set, &view), VERIDAC_OK);
    assert_true(view.n_revoked > 0);
    assert_int_equal(veridac_revset_bundle(set, &bundle), VERIDAC_OK);
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ bundle.data, bundle.size }, &o, &s, NULL),
                     VERIDAC_OK);
    veridac_buffer_free(&bundle);
    veridac_buffer_free(&shown);
    veridac_revset_free(set);
    vd_buf_free(&signer);
    vd_buf_free(&crl);
    vd_buf_free(&key_id);
    return s;
}

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

/* ---- any bytes ---- */

static uint64_t noise;

static uint8_t next(void)
{
    noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint8_t)(noise >> 56);
}

/* Kinds: one octet, noise, the good value cut, with a flip, and with noise behind it. */
static size_t make_junk(unsigned kind, veridac_bytes good, size_t n, uint8_t *to)
{
    uint8_t octet = next();
    size_t at;
    for (size_t i = 0; i < n; i++)
        to[i] = kind == 0 ? octet : next();
    if (kind < 2 || good.size == 0)
        return n;
    n = kind == 2 ? next() % good.size : n < good.size ? good.size : n;
    for (size_t i = 0; i < n && i < good.size; i++)
        to[i] = good.data[i];
    at = ((size_t)next() << 8 | next()) % good.size;
    if (kind == 3)
        to[at] ^= (uint8_t)(1u << next() % 8);
    return kind == 3 ? good.size : kind == 4 ? n + 1 : n;
}

static void no_bytes_are_accepted(void **state)
{
    static const size_t sizes[] = { 0, 1, 15, 16, 31, 32, 63, 64, 65, 127, 600, 901, 4096, 65535, 65536 };
    struct device d = load("genuine");
    veridac_trust *all = trust(0);
    uint8_t *junk = malloc(65536 + 8);
    veridac_device in = d.in;
    veridac_bytes *const fields[] = { &in.dac,   &in.pai,   &in.elements,        &in.signature,
                                      &in.challenge, &in.nonce, &in.nocsr, &in.nocsr_signature,
                                      &in.csr_nonce };
    veridac_result *r = NULL;
    veridac_result_view view = { .size = sizeof view };

    (void)state;
    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    for (unsigned round = 0; round < 4000; round++) {
        size_t which = round % 9, n = sizes[(round / 9) % 15];
        noise = round;
        n = make_junk(round % 5, *fields[which], n, junk);
        if (n > 0 && fields[which]->size == n && memcmp(fields[which]->data, junk, n) == 0)
            continue;
        *fields[which] = (veridac_bytes){ junk, n };
        assert_int_equal(veridac_verify(NULL, &in, all, NULL, 0, &permissive, time(NULL), r),
                         VERIDAC_OK);
        assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
        if (view.verdict == VERIDAC_ACCEPT)
            fail_msg("round %u: field %zu with %zu bytes was accepted", round, which, n);
        in = d.in;
    }
    veridac_result_free(r);
    veridac_trust_free(all);
    free(junk);
    unload(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_changes_counts_at_once),
        cmocka_unit_test(what_is_left_out_has_its_finding),
        cmocka_unit_test(a_batch_says_what_single_calls_say),
        cmocka_unit_test(no_bytes_are_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
