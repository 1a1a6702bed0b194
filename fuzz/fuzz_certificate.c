/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_certificate.c - one certificate: its facts, every profile, the trust store, its description.
 *
 * Reaches: vd_cert_read vd_der_next vd_name_read vd_name_text vd_algorithm_read vd_spki_read
 *          vd_akid_read vd_extension_next vd_profile_check vd_show_cert vd_show_broken_cert
 *          vd_der_named_bits vd_der_time veridac_trust_add_paa veridac_trust_add_cd_signer
 * Properties: read twice, the same; what it borrows lies in the input; what is whole, written again from
 * its elements, is the input; a certificate that is cut is not whole; a store has as many as it took.
 */
#include <veridac/veridac.h>

#include "cert.h"
#include "fuzz_der.h"
#include "profile.h"
#include "show.h"

static void read_it(struct vd_span in)
{
    struct vd_cert c, again;
    struct vd_findings f;
    const bool whole = vd_cert_read(in, &c);

    INVARIANT(whole == c.parsed && whole == (c.broken == NULL));
    INVARIANT(vd_cert_read(in, &again) == whole && again.broken == c.broken);
    INVARIANT(vd_span_eq(again.serial, c.serial) && again.key_usage == c.key_usage);
    fuzz_inside(in, c.der);
    fuzz_inside(c.der, c.tbs);
    fuzz_inside(c.der, c.serial);
    fuzz_inside(c.der, c.issuer.der);
    fuzz_inside(c.der, c.subject.der);
    fuzz_inside(c.der, c.key);
    fuzz_inside(c.der, c.signature);
    fuzz_inside(c.der, c.skid);
    fuzz_inside(c.der, c.akid);
    if (whole) {
        INVARIANT(c.der.n + c.trailing == in.n);
        fuzz_der_canonical(c.der);
        INVARIANT(!vd_cert_read((struct vd_span){ c.der.p, c.der.n - 1 }, &again));
    }
    for (enum vd_role role = VD_ROLE_DAC; role <= VD_ROLE_CRL_SIGNER; role++) {
        vd_findings_reset(&f);
        vd_profile_check(&c, role, VD_ON_DAC, false, &f);
        INVARIANT(whole || c.der.p == NULL || vd_findings_error(&f, 0) != NULL);
    }
}

static void describe(struct vd_span in)
{
    struct vd_buf out = VD_BUF(1u << 20);
    struct vd_doc d = { .out = &out, .json = fuzz_hash(in) & 1, .field_of = vd_show_field };
    if (!vd_show_cert(in, &d))
        (void)vd_show_broken_cert(in, &d);
    INVARIANT(d.depth == 0 && !out.failed);
    vd_buf_free(&out);
}

static void store(veridac_bytes in)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    veridac_trust_view view = { .size = sizeof view };
    veridac_trust *t = NULL;
    veridac_status paa, signer;

    INVARIANT(veridac_trust_new(&t) == VERIDAC_OK);
    paa = veridac_trust_add_paa(t, in, &from, NULL);
    signer = veridac_trust_add_cd_signer(t, in, &from, NULL);
    INVARIANT(veridac_trust_look(t, &view) == VERIDAC_OK);
    INVARIANT((paa == VERIDAC_OK) == (view.test_paas + view.main_paas > 0));
    INVARIANT((signer == VERIDAC_OK) == (view.cd_signers > 0));
    veridac_trust_free(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_it((struct vd_span){ data, size });
    describe((struct vd_span){ data, size });
    store((veridac_bytes){ data, size });
    return 0;
}
