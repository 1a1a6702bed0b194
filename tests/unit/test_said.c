/* SPDX-License-Identifier: Apache-2.0
 *
 * test_said.c - a CA of which some nodes say that it is revoked: another form of the same certificate is not
 * another certificate.
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/x509.h>

#include "cert.h"
#include "world.h"

/* The same certificate with the other signature that holds: (r, n - s). */
static struct vd_buf turned(const struct vd_buf *der)
{
    const unsigned char *p = der->p, *q;
    X509 *x = d2i_X509(NULL, &p, (long)der->n);
    const ASN1_BIT_STRING *value;
    const X509_ALGOR *algorithm;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    BIGNUM *s = BN_new();
    ECDSA_SIG *sig;
    unsigned char *out = NULL;
    struct vd_buf ret = VD_BUF(1u << 16);
    int n;

    X509_get0_signature(&value, &algorithm, x);
    q = ASN1_STRING_get0_data(value);
    sig = d2i_ECDSA_SIG(NULL, &q, ASN1_STRING_length(value));
    assert_true(sig != NULL && group != NULL &&
                BN_sub(s, EC_GROUP_get0_order(group), ECDSA_SIG_get0_s(sig)) == 1 &&
                ECDSA_SIG_set0(sig, BN_dup(ECDSA_SIG_get0_r(sig)), s) == 1);
    n = i2d_ECDSA_SIG(sig, &out);
    assert_true(n > 0 && ASN1_STRING_set((ASN1_STRING *)(uintptr_t)value, out, n) == 1);
    OPENSSL_free(out);
    out = NULL;
    n = i2d_X509(x, &out);
    assert_true(n > 0 && vd_buf_put(&ret, (struct vd_span){ out, (size_t)n }));
    OPENSSL_free(out);
    ECDSA_SIG_free(sig);
    EC_GROUP_free(group);
    X509_free(x);
    return ret;
}

/* Why nobody below the PAI is good; `disputed` and `authority` may be absent. */
static int32_t reason(const veridac_trust *t, const struct vd_buf *disputed, const struct vd_buf *authority)
{
    const veridac_bytes said = disputed ? bytes(disputed) : (veridac_bytes){ NULL, 0 };
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST, .at = time(NULL),
                                       .disputed = &said, .n_disputed = disputed ? 1 : 0 };
    veridac_issuer_view view = { .size = sizeof view };
    struct vd_buf pai = world_file("devices/genuine", "pai.der");
    struct vd_cert c;
    veridac_revset *set = NULL;
    int32_t ret = -1;

    assert_true(vd_cert_read(vd_buf_span(&pai), &c));
    assert_int_equal(veridac_revset_new(t, &o, &set), VERIDAC_OK);
    assert_int_equal(veridac_revset_add_authority(set, bytes(&pai)), VERIDAC_OK);
    if (authority != NULL)
        assert_int_equal(veridac_revset_add_authority(set, bytes(authority)), VERIDAC_OK);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    for (uint32_t i = 0; veridac_revset_issuer(set, i, &view) == VERIDAC_OK; i++) {
        if (vd_span_eq(vd_span_of(view.key_id.data, view.key_id.size), c.skid))
            ret = view.reason;
    }
    veridac_revset_free(set);
    vd_buf_free(&pai);
    return ret;
}

static void another_signature_is_no_other_certificate(void **state)
{
    veridac_trust *t = trust(0);
    struct vd_buf pai = world_file("devices/genuine", "pai.der"), other = turned(&pai);
    (void)state;

    assert_false(vd_span_eq(vd_buf_span(&pai), vd_buf_span(&other)));
    assert_int_equal(reason(t, NULL, NULL), VERIDAC_REASON_NOT_PUBLISHED);
    assert_int_equal(reason(t, &pai, NULL), VERIDAC_REASON_HELD);
    assert_int_equal(reason(t, &pai, &other), VERIDAC_REASON_HELD);
    assert_int_equal(reason(t, &other, NULL), VERIDAC_REASON_HELD);
    vd_buf_free(&pai);
    vd_buf_free(&other);
    veridac_trust_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(another_signature_is_no_other_certificate) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
