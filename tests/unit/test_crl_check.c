/* SPDX-License-Identifier: Apache-2.0
 *
 * test_crl_check.c - the two thresholds: what keeps a CRL from being complete does not keep its
 * serials from revoking.
 */
#include "crl_check.h"
#include "der.h"
#include "unit.h"

#define ALG "300A06082A8648CE3D040302 "
#define ISSUER "300C310A300806035504030C0141 "
#define T1 "170D3236303130313030303030305A "
#define T2 "170D3237303130313030303030305A "
#define AKID "301F 0603551D23 0418 3016 801400112233445566778899AABBCCDDEEFF00112233 "
#define NUMBER "300A 0603551D14 0403 020101 "

static bool ignore(void *user, const struct vd_crl_entry *e)
{
    (void)user, (void)e;
    return true;
}

/* tbsCertList -> CertificateList signed with `key`. */
static struct vd_buf sign(const struct vd_key *key, const char *tbs_hex)
{
    struct vd_buf tbs = unhex(tbs_hex), out = VD_BUF(4096), sig = VD_BUF(128);
    struct vd_buf alg = unhex(ALG);
    uint8_t raw[VD_RAW_SIG];
    size_t n;

    assert_true(vd_key_sign_raw(key, vd_buf_span(&tbs), raw));
    assert_true(vd_sig_raw_to_der(VD_SPAN(raw), &sig));
    n = tbs.n + alg.n + sig.n + 3;
    assert_true(vd_buf_u8(&out, DER_SEQUENCE) && vd_buf_u8(&out, 0x81) &&
                vd_buf_u8(&out, (uint8_t)n) && vd_buf_put(&out, vd_buf_span(&tbs)) &&
                vd_buf_put(&out, vd_buf_span(&alg)) && vd_buf_u8(&out, DER_BIT_STRING) &&
                vd_buf_u8(&out, (uint8_t)(sig.n + 1)) && vd_buf_u8(&out, 0) &&
                vd_buf_put(&out, vd_buf_span(&sig)));
    vd_buf_free(&tbs);
    vd_buf_free(&sig);
    vd_buf_free(&alg);
    return out;
}

static const struct row {
    const char *name, *tbs;
    bool authentic, complete;
    enum vd_rule rule; /* the one error */
} rows[] = {
    { "good", "306C 020101" ALG ISSUER T1 T2 "A02F 302D" AKID NUMBER, true, true, 0 },
    { "thisUpdate is none",
      "306C 020101" ALG ISSUER "170D3236303130313030303030307A " T2 "A02F 302D" AKID NUMBER, false,
      false, VD_RULE_CRL_TIME },
    { "nextUpdate is none",
      "306C 020101" ALG ISSUER T1 "170D3237303130313030303030307A "
      "A02F 302D" AKID NUMBER,
      true, false, VD_RULE_CRL_TIME },
    { "nextUpdate before thisUpdate", "306C 020101" ALG ISSUER T2 T1 "A02F 302D" AKID NUMBER, true,
      false, VD_RULE_CRL_TIME },
    { "no nextUpdate", "305D 020101" ALG ISSUER T1 "A02F 302D" AKID NUMBER, true, false,
      VD_RULE_CRL_NEXT_UPDATE },
    { "no key id", "304B 020101" ALG ISSUER T1 T2 "A00E 300C" NUMBER, false, false,
      VD_RULE_CRL_AKID },
    { "no number", "3060 020101" ALG ISSUER T1 T2 "A023 3021" AKID, true, false,
      VD_RULE_CRL_NUMBER },
};

static void thresholds(void **state)
{
    static const uint8_t key_id[] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99,
                                      0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0x00, 0x11, 0x22, 0x33 };
    struct vd_key *key = vd_key_generate();
    struct vd_buf name = unhex(ISSUER);
    uint8_t point[VD_POINT];
    struct vd_anchor paa = { .kind = VD_ANCHOR_PAA };
    static struct vd_findings f;
    struct vd_point p = { .url = (char[]){ "http://a" } };
    (void)state;

    assert_true(key != NULL && vd_key_point(key, point));
    p.signer = (struct vd_cert){
        .times_ok = true, .not_after = INT64_MAX, .skid = VD_SPAN(key_id), .key = VD_SPAN(point)
    };
    p.signer.subject.der = vd_buf_span(&name);
    paa.cert = p.signer;
    p.paa = &paa;
    p.ca = &p.signer;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf der = sign(key, rows[i].tbs);
        struct vd_crl_reader *r = vd_crl_start(ignore, NULL, VD_MAX_CRL);
        struct vd_crl_context in = { .point = &p };
        struct vd_crl_worth worth;

        assert_non_null(r);
        (void)vd_crl_feed(r, vd_buf_span(&der));
        ROW_EQ(rows[i].name, vd_crl_end(r), VD_CRL_DONE);
        in.crl = vd_crl_facts(r);
        vd_findings_reset(&f);
        worth = vd_crl_check_authentic(&in, &f);
        vd_crl_check_complete(&in, &worth, &f);
        ROW_EQ(rows[i].name, worth.authentic, rows[i].authentic);
        ROW_EQ(rows[i].name, worth.complete, rows[i].complete);
        ROW_EQ(rows[i].name, f.n, rows[i].complete ? 0 : 1);
        if (f.n == 1)
            ROW_EQ(rows[i].name, f.v[0].rule, rows[i].rule);
        vd_crl_free(r);
        vd_buf_free(&der);
    }
    vd_buf_free(&name);
    vd_key_free(key);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(thresholds) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
