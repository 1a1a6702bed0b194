/* SPDX-License-Identifier: Apache-2.0
 *
 * test_claims.c - the type of a declaration on the main network. Only the CSA can sign what main
 * admits, so no made case shows these rules alone; here the made signer passes for one of its own.
 */
#include "claims.h"
#include "elements.h"

#include "unit.h"

static struct vd_buf case_file(const char *name, const char *file)
{
    struct vd_buf out = VD_BUF(1u << 16);
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s/%s", CASES, name, file);
    f = fopen(path, "rb");
    assert_non_null(f);
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        assert_true(vd_buf_put(&out, (struct vd_span){ part, n }));
    (void)fclose(f);
    return out;
}

struct world {
    struct vd_buf dac, pai, elements, signer;
    struct vd_cert dac_cert, pai_cert;
    struct vd_elements read;
    struct vd_trust *trust;
    struct vd_cache *cache;
    struct vd_findings findings;
};

static void set_up(struct world *w, const char *name, enum vd_network network, bool csa)
{
    const struct vd_anchor *a;
    struct vd_anchor *changed;

    w->dac = case_file(name, "dac.der");
    w->pai = case_file(name, "pai.der");
    w->elements = case_file(name, "elements.bin");
    w->signer = case_file(name, "cd-signers/0-cdsigner.der");
    vd_findings_reset(&w->findings);
    assert_true(vd_cert_read(vd_buf_span(&w->dac), &w->dac_cert));
    assert_true(vd_cert_read(vd_buf_span(&w->pai), &w->pai_cert));
    assert_true(vd_elements_read(vd_buf_span(&w->elements), &w->read, &w->findings));
    w->trust = vd_trust_make();
    assert_non_null(w->trust);
    assert_int_equal(vd_trust_admit_cd_signer(w->trust, vd_buf_span(&w->signer), VD_NETWORK_TEST,
                                              &w->findings), VD_ADMITTED);
    a = vd_trust_at(w->trust, 0);
    changed = (struct vd_anchor *)(uintptr_t)a; /* what only a certificate of the CSA could be */
    changed->network = network;
    changed->csa = csa;
    w->cache = vd_cache_make_bare(vd_trust_checker(w->trust));
    assert_non_null(w->cache);
    vd_findings_reset(&w->findings);
}

static void tear_down(struct world *w)
{
    vd_cache_free(w->cache);
    vd_trust_free(w->trust);
    vd_buf_free(&w->dac);
    vd_buf_free(&w->pai);
    vd_buf_free(&w->elements);
    vd_buf_free(&w->signer);
}

/* Each row: all findings are this rule, once; 0: there are none. */
static void type_and_network(void **state)
{
    static const struct {
        const char *row, *name;
        enum vd_network network;
        bool csa;
        int want;
    } rows[] = {
        { "type 0 on test", "good", VD_NETWORK_TEST, false, 0 },
        { "type 0 on main", "good", VD_NETWORK_MAIN, true, VD_RULE_CD_TYPE_TEST },
        { "type 1 on main", "cd-type-1", VD_NETWORK_MAIN, true, VD_RULE_CD_TYPE_PROVISIONAL },
        { "type 2 on main", "cd-type-2-by-test-signer", VD_NETWORK_MAIN, true, 0 },
        { "type 2 on test", "cd-type-2-by-test-signer", VD_NETWORK_TEST, false,
          VD_RULE_CD_TYPE_OFFICIAL_TEST_KEY },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct world w;
        struct vd_decl decl;
        struct vd_claims in;
        set_up(&w, rows[i].name, rows[i].network, rows[i].csa);
        in = (struct vd_claims){ w.read.cd, &w.dac_cert, &w.pai_cert,     NULL,  w.trust,
                                 w.cache,   rows[i].network, 0xFFF1, 0x8000 };
        ROW_TRUE(rows[i].row, vd_claims_check(&in, &decl, &w.findings));
        ROW_EQ(rows[i].row, w.findings.n, rows[i].want != 0);
        if (rows[i].want != 0)
            ROW_EQ(rows[i].row, w.findings.v[0].rule, rows[i].want);
        tear_down(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(type_and_network) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
