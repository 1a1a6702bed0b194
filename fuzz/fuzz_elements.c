/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_elements.c - what a device answers: attestation elements, NOCSR elements, and the certification
 * request in these.
 *
 * Reaches: vd_elements_read vd_nocsr_read vd_csr_read vd_csr_check
 * Properties: what they borrow lies in the input; a structure without an error has its mandatory fields,
 * and has an error when it is cut or something follows; a request that is whole, written again, is the
 * same.
 */
#include "elements.h"

#include "fuzz_der.h"
#include "nocsr.h"

static bool elements_ok(struct vd_span in, struct vd_elements *e)
{
    struct vd_findings f;
    vd_findings_reset(&f);
    INVARIANT(vd_elements_read(in, e, &f) || f.n > 0);
    return vd_findings_error(&f, 0) == NULL;
}

static bool nocsr_ok(struct vd_span in, struct vd_nocsr *n)
{
    struct vd_findings f;
    vd_findings_reset(&f);
    INVARIANT(vd_nocsr_read(in, n, &f) || f.n > 0);
    return vd_findings_error(&f, 0) == NULL;
}

static void request(struct vd_span in)
{
    struct vd_findings f;
    struct vd_csr c;
    vd_findings_reset(&f);
    if (vd_csr_read(in, &c) && c.trailing == 0)
        fuzz_der_canonical(in);
    INVARIANT(c.parsed == (c.broken == NULL));
    vd_csr_check(in, NULL, &f);
    INVARIANT(c.parsed || vd_findings_error(&f, 0) != NULL);
}

static void structures(struct vd_span in)
{
    const struct vd_span cut = { in.p, in.n - (in.n > 0) };
    struct vd_elements e, e2;
    struct vd_nocsr n, n2;

    if (elements_ok(in, &e)) {
        INVARIANT(e.has_cd && e.has_nonce && e.has_timestamp);
        INVARIANT(!elements_ok(cut, &e2));
    }
    fuzz_inside(in, e.cd);
    fuzz_inside(in, e.nonce);
    fuzz_inside(in, e.firmware);
    if (nocsr_ok(in, &n)) {
        INVARIANT(n.has_csr && n.has_nonce);
        INVARIANT(!nocsr_ok(cut, &n2));
    }
    fuzz_inside(in, n.csr);
    fuzz_inside(in, n.nonce);
    if (n.has_csr)
        request(n.csr);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };

    structures(in);
    request(in);
    return 0;
}
