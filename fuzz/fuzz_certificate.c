/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_certificate.c - one certificate: its facts, and every profile.
 *
 * Reaches: vd_cert_read vd_der_next vd_name_read vd_algorithm_read vd_spki_read vd_akid_read
 *          vd_extension_next vd_profile_check vd_der_named_bits vd_der_time vd_der_oid_valid
 * Properties: read twice, the same; what it borrows lies in the input; what is whole, written again from
 * its elements, is the input; a certificate that is cut is not whole; what is not whole has an error.
 */
#include "cert.h"

#include "fuzz_der.h"
#include "profile.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_it((struct vd_span){ data, size });
    return 0;
}
