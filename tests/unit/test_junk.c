/* SPDX-License-Identifier: Apache-2.0
 *
 * test_junk.c - any string of 0 to 64 KiB in any argument of the public API ends in a finding or a
 * status, never in a yes. VERIDAC_SEED repeats a run, VERIDAC_ROUNDS makes it longer; how long the
 * slowest answer takes is measured in bench/.
 *
 * Every string has a block of the heap of just its size, so that a sanitizer sees the first read
 * past its end.
 */
#include "signed_unit.h"
#include "world.h"

/* ---- junk ---- */

static uint64_t noise;

static uint32_t next(void)
{
    noise = noise * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(noise >> 33);
}

/* Around every limit that a field has, and anything up to 64 KiB and one more. */
static size_t some_size(void)
{
    static const size_t edges[] = { 0,   1,    2,    15,   16,    17,    19,    20,    21,
                                    31,  32,   33,   63,   64,    65,    127,   128,   129,
                                    255, 256,  257,  599,  600,   601,   899,   900,   901,
                                    1023, 1024, 1025, 10240, 10241, 65535, 65536, 65537 };
    switch (next() % 4) {
    case 0:
        return next() % 65537;
    case 1:
        return next() % 1024;
    default:
        return edges[next() % (sizeof edges / sizeof edges[0])];
    }
}

enum kind {
    ZEROS,
    ONES,
    RANDOM,
    CUT,    /* the good value, not to its end */
    FLIPS,  /* one to eight bits of it */
    LONGER, /* noise behind it */
    SPLICE, /* noise over a part of it */
    AGAIN,  /* the good value, over and over */
    HEADER, /* the head of a certificate, an elements structure or a PEM block, then noise */
    KINDS
};

struct junk {
    enum kind kind;
    uint8_t *p;
    size_t n;
    bool same; /* the good value after all */
};

static void fill_from(struct junk *j, veridac_bytes good)
{
    static const char *const heads[] = { "\x30\x82\xFF\xFC\x30\x82\xFF\xF8",
                                         "\x15\x30\x01\xFF",
                                         "\x15\x15\x15\x15\x15\x15\x15\x15\x15\x15",
                                         "\x30\x80\x30\x80",
                                         "-----BEGIN CERTIFICATE-----\n",
                                         "VDB0",
                                         "VDH1\x03\x02" };
    const char *head = heads[next() % 7];
    size_t n_head = strlen(head), at;

    for (size_t i = 0; i < j->n; i++) {
        j->p[i] = j->kind == ZEROS ? 0 : j->kind == ONES ? 0xFF : (uint8_t)next();
        if (j->kind == HEADER && i < n_head)
            j->p[i] = (uint8_t)head[i];
        else if (j->kind >= CUT && j->kind != HEADER && good.size > 0 &&
                 (i < good.size || j->kind == AGAIN))
            j->p[i] = good.data[i % good.size];
    }
    if (j->kind == FLIPS && j->n > 0) {
        for (unsigned k = next() % 8 + 1; k > 0; k--)
            j->p[next() % j->n] ^= (uint8_t)(1u << next() % 8);
    } else if (j->kind == SPLICE && j->n > 0) {
        at = next() % j->n;
        for (size_t k = next() % 16 + 1; k > 0 && at < j->n; k--)
            j->p[at++] = (uint8_t)next();
    }
}

/* The caller frees p. */
static struct junk make_junk(veridac_bytes good)
{
    struct junk j = { .kind = (enum kind)(next() % KINDS) };

    j.n = some_size();
    if (j.kind == CUT)
        j.n = good.size == 0 ? 0 : next() % good.size;
    else if (j.kind == FLIPS || j.kind == SPLICE)
        j.n = good.size;
    else if (j.kind == LONGER)
        j.n = good.size + 1 + (next() % 2 ? 0 : some_size());
    j.p = malloc(j.n > 0 ? j.n : 1);
    assert_non_null(j.p);
    fill_from(&j, good);
    j.same = j.n == good.size && (j.n == 0 || memcmp(j.p, good.data, j.n) == 0);
    return j;
}

static veridac_bytes of(const struct junk *j)
{
    return (veridac_bytes){ j->p, j->n };
}

static unsigned rounds(unsigned n)
{
    const char *times = getenv("VERIDAC_ROUNDS");
    return n * (times == NULL ? 1 : (unsigned)strtoul(times, NULL, 10));
}

#define FAIL_ROUND(what, round, j)                                                                 \
    fail_msg("%s: round %u, kind %d, %zu bytes", what, round, (int)(j)->kind, (j)->n)

/* ---- what a device sends ---- */

static const veridac_policy permissive = { .size = sizeof permissive,
                                           .preset = VERIDAC_POLICY_PERMISSIVE,
                                           .network = VERIDAC_NETWORK_TEST };

static veridac_trust *trust_of_case(const char *folder)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    struct vd_buf paa = made_file(folder, "trust/0-paa.der");
    struct vd_buf signer = made_file(folder, "cd-signers/0-cdsigner.der");
    veridac_trust *t = NULL;

    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    assert_int_equal(veridac_trust_add_paa(t, bytes(&paa), &from, NULL), VERIDAC_OK);
    assert_int_equal(veridac_trust_add_cd_signer(t, bytes(&signer), &from, NULL), VERIDAC_OK);
    vd_buf_free(&paa);
    vd_buf_free(&signer);
    return t;
}

/* A no has a reason: a finding that is an error or says what is missing. */
static bool has_reason(const veridac_result *r)
{
    veridac_finding f = { .size = sizeof f };
    for (uint32_t i = 0; veridac_result_finding(r, i, &f) == VERIDAC_OK; i++) {
        if (strcmp(f.severity, "error") == 0 || strcmp(f.severity, "incomplete") == 0)
            return f.id[0] != '\0' && f.text[0] != '\0';
    }
    return false;
}

static void readable(const veridac_result *r)
{
    veridac_buffer text;
    assert_int_equal(veridac_result_json(r, &text), VERIDAC_OK);
    assert_true(text.size > 2 && text.data[0] == '{');
    veridac_buffer_free(&text);
    assert_int_equal(veridac_result_text(r, 1, &text), VERIDAC_OK);
    veridac_buffer_free(&text);
}

static void what_a_device_sends(void **state)
{
    static const char *const names[] = { "dac",       "pai",   "elements", "signature",
                                         "challenge", "nonce", "nocsr",    "nocsr_signature",
                                         "csr_nonce" };
    struct device d = load_from(CASES "/nocsr-good", "case.txt");
    veridac_trust *t = trust_of_case(CASES "/nocsr-good");
    veridac_device in = d.in;
    veridac_bytes *const fields[] = { &in.dac,       &in.pai,   &in.elements, &in.signature,
                                      &in.challenge, &in.nonce, &in.nocsr,    &in.nocsr_signature,
                                      &in.csr_nonce };
    const int64_t at = 1748736000;
    veridac_context *warm = NULL;
    veridac_result *r = NULL;
    veridac_result_view view = { .size = sizeof view };

    (void)state;
    assert_int_equal(veridac_context_new(&warm), VERIDAC_OK);
    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    assert_int_equal(veridac_verify(warm, &in, t, NULL, 0, &permissive, at, r), VERIDAC_OK);
    assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
    assert_int_equal(view.verdict, VERIDAC_ACCEPT);
    for (unsigned i = 0, n = rounds(3600); i < n; i++) {
        size_t which = i % 9;
        struct junk j = make_junk(*fields[which]);
        *fields[which] = of(&j);
        if (veridac_verify(i % 2 ? warm : NULL, &in, t, NULL, 0, &permissive, at, r) != VERIDAC_OK)
            FAIL_ROUND(names[which], i, &j);
        assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
        if (!j.same && (view.verdict == VERIDAC_ACCEPT || !has_reason(r)))
            FAIL_ROUND(names[which], i, &j);
        readable(r);
        free(j.p);
        in = d.in;
    }
    veridac_context_free(warm);
    veridac_result_free(r);
    veridac_trust_free(t);
    unload(&d);
}

/* Junk in every field at once. */
static void nothing_but_junk(void **state)
{
    struct device d = load_from(CASES "/nocsr-good", "case.txt");
    veridac_trust *t = trust_of_case(CASES "/nocsr-good");
    veridac_device in = d.in;
    veridac_bytes *const fields[] = { &in.dac,       &in.pai,   &in.elements, &in.signature,
                                      &in.challenge, &in.nonce, &in.nocsr,    &in.nocsr_signature,
                                      &in.csr_nonce };
    veridac_result *r = NULL;
    veridac_result_view view = { .size = sizeof view };

    (void)state;
    assert_int_equal(veridac_result_new(&r), VERIDAC_OK);
    for (unsigned i = 0, n = rounds(500); i < n; i++) {
        struct junk j[9];
        for (size_t k = 0; k < 9; k++) {
            j[k] = make_junk(*fields[k]);
            *fields[k] = of(&j[k]);
        }
        in.vid = (int32_t)(next() % 65537) - 1;
        in.pid = (int32_t)(next() % 65537) - 1;
        assert_int_equal(veridac_verify(NULL, &in, t, NULL, 0, &permissive,
                                        (int64_t)((uint64_t)next() << 33), r), VERIDAC_OK);
        assert_int_equal(veridac_result_look(r, &view), VERIDAC_OK);
        assert_int_equal(view.verdict, VERIDAC_REJECT);
        assert_true(has_reason(r));
        readable(r);
        for (size_t k = 0; k < 9; k++)
            free(j[k].p);
        in = d.in;
    }
    veridac_result_free(r);
    veridac_trust_free(t);
    unload(&d);
}

/* ---- what an operator gives ---- */

static void stores(void **state)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    struct vd_buf paa = world_file("paa", "paa-fff1.der");
    struct vd_buf signer = world_file("cd-signers", "cd-signer.der");
    veridac_trust_view view = { .size = sizeof view };

    (void)state;
    for (unsigned i = 0, n = rounds(1500); i < n; i++) {
        const bool one = i % 2 == 0;
        struct junk j = make_junk(one ? bytes(&paa) : bytes(&signer));
        veridac_trust_report report = { .size = sizeof report };
        veridac_trust *t = NULL;
        veridac_status st;

        assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
        st = (one ? veridac_trust_add_paa : veridac_trust_add_cd_signer)(t, of(&j), &from, &report);
        /* nobody's signature stands on the named signer of a test network; a PAA has its own */
        if (st != VERIDAC_BAD_DATA && (st != VERIDAC_OK || (one && !j.same)))
            FAIL_ROUND(one ? "add_paa" : "add_cd_signer", i, &j);
        assert_int_equal(veridac_trust_look(t, &view), VERIDAC_OK);
        assert_int_equal(view.test_paas + view.main_paas + view.cd_signers, st == VERIDAC_OK);
        if (st != VERIDAC_OK && report.text[0] == '\0')
            FAIL_ROUND("a store without a word", i, &j);
        veridac_trust_free(t);
        free(j.p);
    }
    vd_buf_free(&paa);
    vd_buf_free(&signer);
}

static void texts_and_shapes(void **state)
{
    struct device d = load_from(CASES "/nocsr-good", "case.txt");
    struct vd_buf crl = world_file("crl", "paa-fff1.crl");
    const veridac_bytes goods[] = { d.in.dac, d.in.elements, d.in.nocsr, bytes(&crl) };

    (void)state;
    for (unsigned i = 0, n = rounds(1000); i < n; i++) {
        struct junk j = make_junk(goods[i % 4]);
        veridac_buffer out = { NULL, 0 };
        veridac_error err = { "" };
        veridac_status st;

        assert_int_equal(veridac_unwrap(of(&j), (int32_t)(next() % 3), &out, NULL, &err),
                         VERIDAC_OK);
        veridac_buffer_free(&out);
        st = veridac_show(of(&j), (int32_t)(i / 4 % 2), &out, &err);
        if (st != VERIDAC_OK && (st != VERIDAC_BAD_DATA || err.text[0] == '\0'))
            FAIL_ROUND("show", i, &j);
        if (st == VERIDAC_OK)
            veridac_buffer_free(&out);
        free(j.p);
    }
    vd_buf_free(&crl);
    unload(&d);
}

static void snapshots(void **state)
{
    veridac_trust *t = trust(0);
    int64_t at;
    veridac_buffer bundle = bundle_of(t, &at);
    struct signer key = new_signer(false);
    struct vd_root r = root_of(&key, 1, 1, 1);
    struct vd_head h = head_of(1);
    struct vd_buf root = signed_by(written_root(&r), &key), head;

    (void)state;
    h.ref[VD_REF_FULL].size = bundle.size;
    assert_true(vd_sha256(vd_span_of(bundle.data, bundle.size), h.ref[VD_REF_FULL].sha256));
    head = signed_by(written_head(&h), &key);
    for (unsigned i = 0, n = rounds(1500); i < n; i++) {
        const veridac_bytes goods[] = { { bundle.data, bundle.size },
                                        { head.p, head.n },
                                        { root.p, root.n } };
        veridac_bytes in[3] = { goods[0], goods[1], goods[2] };
        struct junk j = make_junk(goods[i % 3]);
        veridac_snapshot_options o = { .size = sizeof o };
        veridac_snapshot *s = NULL;
        veridac_error err = { "" };
        veridac_status st;

        in[i % 3] = of(&j);
        o.head = in[1];
        o.root = in[2];
        st = veridac_snapshot_open(in[0], &o, &s, &err);
        /* whether the root's own signatures hold was checked when it came */
        if (i % 3 < 2 && (st == VERIDAC_OK) != j.same)
            FAIL_ROUND(i % 3 == 0 ? "bundle" : "head", i, &j);
        if (st != VERIDAC_OK && (s != NULL || err.text[0] == '\0'))
            FAIL_ROUND("snapshot_open", i, &j);
        veridac_snapshot_free(s);
        free(j.p);
    }
    veridac_buffer_free(&bundle);
    vd_key_free(key.key);
    vd_buf_free(&root);
    vd_buf_free(&head);
    veridac_trust_free(t);
}

/* A serial is looked up for the issuer that lists it; anything else is not covered. */
static void lookups(void **state)
{
    veridac_trust *t = trust(0);
    int64_t at;
    veridac_snapshot *s = revocations(t, &at);
    static const uint8_t some[20] = { 1 };
    const veridac_bytes good = { some, sizeof some };

    (void)state;
    for (unsigned i = 0, n = rounds(600); i < n; i++) {
        struct junk j = make_junk(good);
        veridac_bytes in[3] = { good, good, good };
        veridac_answer a = { .size = sizeof a };
        in[i % 3] = of(&j);
        assert_int_equal(veridac_snapshot_lookup(s, in[0], in[1], in[2], (veridac_bytes){ NULL, 0 },
                                                 &permissive, at, &a, NULL),
                         VERIDAC_OK);
        if (a.status != VERIDAC_UNKNOWN || a.reason != VERIDAC_REASON_NOT_COVERED)
            FAIL_ROUND("lookup", i, &j);
        free(j.p);
    }
    veridac_snapshot_free(s);
    veridac_trust_free(t);
}

/* The CRL in chunks of some size, when there is a point for it. */
static void feed(veridac_revset *set, veridac_bytes crl, int64_t at)
{
    veridac_crl *open = NULL;
    if (unit_crl_begin(set, world_url, at, &open) != VERIDAC_OK)
        return;
    for (size_t from = 0, step; from < crl.size; from += step) {
        step = next() % 700 + 1;
        step = step < crl.size - from ? step : crl.size - from;
        assert_int_equal(veridac_revset_crl_feed(open, (veridac_bytes){ crl.data + from, step }),
                         VERIDAC_OK);
    }
    assert_int_equal(veridac_revset_crl_end(open), VERIDAC_OK);
}

/* How many issuers have good answers after one point, one CA and one CRL. */
static uint32_t good_issuers(const veridac_trust *t, const veridac_point *p,
                             veridac_bytes authority, veridac_bytes crl)
{
    const int64_t at = time(NULL);
    veridac_revset_view view = { .size = sizeof view };
    veridac_revset *set = new_set(t, at);
    veridac_buffer bundle;
    veridac_status st;

    st = veridac_revset_add_point(set, p);
    assert_true(st == VERIDAC_OK || st == VERIDAC_TOO_LARGE);
    assert_int_equal(veridac_revset_add_authority(set, authority),
                     authority.size > 65536 ? VERIDAC_TOO_LARGE : VERIDAC_OK);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    feed(set, crl, at);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_look(set, &view), VERIDAC_OK);
    assert_int_equal(veridac_revset_bundle(set, &full_bundle, &bundle, NULL), VERIDAC_OK);
    veridac_buffer_free(&bundle);
    veridac_revset_free(set);
    return view.n_good;
}

/* Ledger records and CRLs: what is not the point as it was made gives no good answer. */
static void points_and_crls(void **state)
{
    struct listed l = listed();
    veridac_trust *t = trust(0);

    (void)state;
    assert_int_equal(good_issuers(t, &l.point, (veridac_bytes){ NULL, 0 }, bytes(&l.crl)), 1);
    for (unsigned i = 0, n = rounds(900); i < n; i++) {
        veridac_point p = l.point;
        veridac_bytes crl = bytes(&l.crl);
        veridac_bytes *const fields[] = { &p.issuer_key_id, &p.signer, &p.url, &crl, &p.delegator,
                                          &p.label };
        const unsigned which = i % 6;
        struct junk j = make_junk(*fields[which]);
        uint32_t good;

        *fields[which] = of(&j);
        good = good_issuers(t, &p, of(&j), crl);
        /* a label is any text, and an empty delegator is none */
        if (!j.same && which < 4 && good != 0)
            FAIL_ROUND("points and CRLs", i, &j);
        free(j.p);
    }
    veridac_trust_free(t);
    unlist(&l);
}

/* What stands behind a NUL is part of the text. */
static void a_nul_hides_nothing(void **state)
{
    struct listed l = listed();
    veridac_trust *t = trust(0);
    veridac_point p = l.point;
    char url[64] = { 0 };

    (void)state;
    assert_true(vd_buf_u8(&l.key_id, 0));
    p.issuer_key_id = bytes(&l.key_id);
    assert_int_equal(good_issuers(t, &p, (veridac_bytes){ NULL, 0 }, bytes(&l.crl)), 0);
    p = l.point;
    p.issuer_key_id = (veridac_bytes){ l.key_id.p, l.key_id.n - 1 };
    (void)snprintf(url, sizeof url, "%s", world_url);
    p.url = (veridac_bytes){ (const uint8_t *)url, p.url.size };
    assert_int_equal(good_issuers(t, &p, (veridac_bytes){ NULL, 0 }, bytes(&l.crl)), 1);
    p.url.size++;
    assert_int_equal(good_issuers(t, &p, (veridac_bytes){ NULL, 0 }, bytes(&l.crl)), 0);
    veridac_trust_free(t);
    unlist(&l);
}

static void keys_and_responses(void **state)
{
    static const uint8_t scalar[32] = { [31] = 7 }, octets[900] = { 1 };
    const veridac_bytes goods[] = { { scalar, 32 }, { octets, 240 }, { octets, 32 },
                                    { octets, 16 } };

    (void)state;
    for (unsigned i = 0, n = rounds(400); i < n; i++) {
        veridac_bytes in[4] = { goods[0], goods[1], goods[2], goods[3] };
        struct junk j = make_junk(goods[i % 4]);
        veridac_buffer out;
        uint8_t signature[64];
        veridac_error err = { "" };
        in[i % 4] = of(&j);
        if (veridac_attest(in[0], in[1], in[2], in[3], &out, signature, &err) == VERIDAC_OK)
            veridac_buffer_free(&out);
        else if (err.text[0] == '\0')
            FAIL_ROUND("attest", i, &j);
        free(j.p);
    }
}

/* Each test starts from the same seed, whichever ran before it. */
static int seed(void **state)
{
    const char *text = getenv("VERIDAC_SEED");
    (void)state;
    noise = text != NULL ? strtoull(text, NULL, 10) : (uint64_t)time(NULL);
    print_message("VERIDAC_SEED=%llu\n", (unsigned long long)noise);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_a_device_sends, seed),
        cmocka_unit_test_setup(nothing_but_junk, seed),
        cmocka_unit_test_setup(stores, seed),
        cmocka_unit_test_setup(texts_and_shapes, seed),
        cmocka_unit_test_setup(snapshots, seed),
        cmocka_unit_test_setup(lookups, seed),
        cmocka_unit_test_setup(points_and_crls, seed),
        cmocka_unit_test_setup(a_nul_hides_nothing, seed),
        cmocka_unit_test_setup(keys_and_responses, seed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
