/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_key.c - keys of those who publish, as files, and their signatures: private ones in PKCS#8, public ones
 * in SubjectPublicKeyInfo. What is no PEM is taken as a signature, or as a raw key.
 *
 * Reaches: vd_key_read_pem vd_key_private_pem vd_key_public_pem vd_key_public vd_key_sign vd_public_pem_read
 *          vd_public_pem_point vd_public_key_check vd_public_check vd_key_scalar_valid vd_key_from_scalar
 * Properties: a key that was read, written again, is the same key; it signs, and its public half verifies
 * that and nothing else; a file that is no key of a kind that signs is refused, and no passphrase is asked for.
 */
#include "fuzz.h"
#include "sig.h"

static void signs(const struct vd_key *key, const struct vd_public *pub, bool from_file)
{
    static const uint8_t message[] = "a document";
    uint8_t signature[VD_RAW_SIG];
    const struct vd_span said = VD_SPAN(message), of = { signature, sizeof signature };

    INVARIANT(vd_public_key_check(pub->algorithm, vd_public_span(pub)) == VD_CHECK_GOOD);
    INVARIANT(vd_key_sign(key, said, signature));
    if (vd_public_check(pub->algorithm, vd_public_span(pub), said, of) == VD_CHECK_BAD) {
        INVARIANT(from_file); /* its halves are of two keys; whoever signs with it checks what came out */
        return;
    }
    INVARIANT(vd_public_check(pub->algorithm, vd_public_span(pub), (struct vd_span){ said.p, said.n - 1 }, of) ==
              VD_CHECK_BAD);
    signature[5] ^= 1;
    INVARIANT(vd_public_check(pub->algorithm, vd_public_span(pub), said, of) == VD_CHECK_BAD);
}

static bool same(const struct vd_public *a, const struct vd_public *b)
{
    return a->algorithm == b->algorithm && vd_span_eq(vd_public_span(a), vd_public_span(b));
}

static void again(const struct vd_key *key, const struct vd_public *pub)
{
    struct vd_buf priv = VD_BUF(65536), text = VD_BUF(65536);
    struct vd_public read;
    struct vd_key *copy;
    uint8_t point[VD_POINT];

    INVARIANT(vd_key_private_pem(key, &priv) && vd_key_public_pem(key, &text));
    copy = vd_key_read_pem(vd_buf_span(&priv));
    INVARIANT(copy != NULL && vd_key_public(copy, &read) && same(&read, pub));
    vd_key_free(copy);
    INVARIANT(vd_public_pem_read(vd_buf_span(&text), &read) && same(&read, pub));
    INVARIANT(vd_public_pem_point(vd_buf_span(&text), point) == (pub->algorithm == VD_SIGN_P256));
    vd_buf_free(&priv);
    vd_buf_free(&text);
}

static void use(struct vd_key *key, bool from_file)
{
    struct vd_public pub;
    if (key == NULL)
        return;
    if (vd_key_public(key, &pub)) {
        signs(key, &pub, from_file);
        again(key, &pub);
    }
    vd_key_free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };
    struct vd_public pub;

    use(vd_key_read_pem(in), true);
    if (vd_key_scalar_valid(in))
        use(vd_key_from_scalar(in), false);
    if (vd_public_pem_read(in, &pub)) {
        INVARIANT(vd_public_key_check(pub.algorithm, vd_public_span(&pub)) == VD_CHECK_GOOD);
        INVARIANT(vd_public_check(pub.algorithm, vd_public_span(&pub), in, in) == VD_CHECK_BAD);
    }
    for (uint16_t algorithm = 0; algorithm < 4; algorithm++) {
        struct vd_span rest = in, key;
        if (vd_take(&rest, algorithm == VD_SIGN_P256 ? VD_POINT : VD_ED25519, &key))
            INVARIANT(vd_public_check(algorithm, key, in, rest) != VD_CHECK_GOOD); /* nobody has the key */
        INVARIANT(vd_public_key_check(algorithm, VD_NO_SPAN) == VD_CHECK_NO_KEY);
    }
    return 0;
}
