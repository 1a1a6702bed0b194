/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_elements.c - what a device answers: attestation elements, NOCSR elements, and the certification
 * request in these.
 *
 * Reaches: vd_elements_read vd_nocsr_read vd_csr_read vd_csr_check veridac_attest
 * Properties: what they borrow lies in the input; a structure without an error has its mandatory fields,
 * and has an error when it is cut or something follows; a request that is whole, written again, is the
 * same; what a device of ours answers, read again, has what was put in, and its signature verifies.
 */
#include <veridac/veridac.h>

#include "elements.h"
#include "sig.h"

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

/* The input is the declaration, its end the nonce and its begin the challenge. */
static void answer(struct vd_span in)
{
    static const uint8_t scalar[32] = { 1, 2, 3, 4, 5, 6, 7 };
    const size_t half = in.n / 2 < 32 ? in.n / 2 : 32;
    const veridac_bytes cd = { in.p, in.n }, nonce = { in.p + (in.n - half), half },
                        challenge = { in.p, half / 2 };
    veridac_buffer elements = { NULL, 0 };
    uint8_t signature[64], point[VD_POINT];
    struct vd_key *key;
    struct vd_elements e;
    struct vd_findings f;
    const veridac_status st = veridac_attest((veridac_bytes){ scalar, sizeof scalar }, cd, nonce, challenge,
                                             &elements, signature, NULL);

    INVARIANT(st == VERIDAC_OK || st == VERIDAC_TOO_LARGE);
    if (st != VERIDAC_OK)
        return;
    vd_findings_reset(&f);
    INVARIANT(vd_elements_read(vd_span_of(elements.data, elements.size), &e, &f) && e.has_cd && e.has_nonce);
    INVARIANT(vd_span_eq(e.cd, in) && vd_span_eq(e.nonce, vd_span_of(nonce.data, nonce.size)));
    key = vd_key_from_scalar(VD_SPAN(scalar));
    INVARIANT(key != NULL && vd_key_point(key, point));
    INVARIANT(vd_sig_check_raw(VD_SPAN(point), vd_span_of(elements.data, elements.size),
                               vd_span_of(challenge.data, challenge.size), VD_SPAN(signature)) == VD_CHECK_GOOD);
    vd_key_free(key);
    veridac_buffer_free(&elements);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };

    structures(in);
    request(in);
    if (fuzz_hash(in) % 32 == 0) /* it signs, which costs as much as a thousand readings */
        answer(in);
    return 0;
}
