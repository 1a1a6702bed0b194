/* SPDX-License-Identifier: Apache-2.0
 *
 * test_wrapped_keys.c - each call into libcrypto fails in turn (crypto_wraps.h): keys, and signatures with
 * them; and each call that opens, reads or maps a bundle's file.
 */
#include "alloc.h"
#include "sig.h"
#include "world.h"

#define MESSAGE VD_SPAN(((const uint8_t[]){ 'm', 'e' }))

static struct {
    struct vd_key *p256, *ed25519;
    struct vd_public pub[2];
    uint8_t signature[2][VD_RAW_SIG];
    struct vd_buf private_pem, public_pem;
    veridac_buffer bundle;
    char mapped[64], owned[64];
    const char *path;
    int64_t at;
} with;

/* ---- keys: what cannot be made is not handed out ---- */

static veridac_status handed(const void *p, size_t n, veridac_buffer *ret)
{
    const bool on = fault.on;
    struct vd_buf out = VD_BUF(4096);

    fault.on = false;
    assert_true(vd_buf_put(&out, vd_span_of(p, n)));
    fault.on = on;
    *ret = (veridac_buffer){ out.p, out.n };
    return VERIDAC_OK;
}

static veridac_status point_of(struct vd_key *k, veridac_buffer *ret)
{
    uint8_t point[VD_POINT];
    const veridac_status st = k != NULL && vd_key_point(k, point) ? handed(point, sizeof point, ret)
                                                                  : VERIDAC_NO_MEMORY;
    vd_key_free(k);
    return st;
}

static veridac_status a_key_of_a_scalar(veridac_buffer *ret)
{
    static const uint8_t scalar[32] = { 1, 2, 3 };
    return point_of(vd_key_from_scalar(VD_SPAN(scalar)), ret);
}

static veridac_status a_key_of_pem(veridac_buffer *ret)
{
    return point_of(vd_key_read_pem(vd_buf_span(&with.private_pem)), ret);
}

static veridac_status a_public_key_of_pem(veridac_buffer *ret)
{
    struct vd_public k = { 0 };
    return vd_public_pem_read(vd_buf_span(&with.public_pem), &k) ? handed(k.p, k.n, ret)
                                                                 : VERIDAC_NO_MEMORY;
}

static veridac_status text_of(bool (*write)(const struct vd_key *, struct vd_buf *),
                              veridac_buffer *ret)
{
    struct vd_buf out = VD_BUF(4096);
    const bool ok = write(with.p256, &out);
    const veridac_status st = ok ? handed(out.p, out.n, ret) : VERIDAC_NO_MEMORY;
    vd_buf_free(&out);
    return st;
}

static veridac_status pem_of_a_key(veridac_buffer *ret)
{
    return text_of(vd_key_private_pem, ret);
}

static veridac_status pem_of_a_public_key(veridac_buffer *ret)
{
    return text_of(vd_key_public_pem, ret);
}

/* ---- signatures ---- */

static veridac_status sign_with(const struct vd_key *k, const struct vd_public *pub, veridac_buffer *ret)
{
    uint8_t signature[VD_RAW_SIG];
    bool on;

    (void)ret;
    if (!vd_key_sign(k, MESSAGE, signature))
        return VERIDAC_NO_MEMORY;
    on = fault.on; /* what was signed has to verify */
    fault.on = false;
    assert_int_equal(vd_public_check(pub->algorithm, vd_public_span(pub), MESSAGE, VD_SPAN(signature)),
                     VD_CHECK_GOOD);
    fault.on = on;
    return VERIDAC_OK;
}

static veridac_status sign_p256(veridac_buffer *ret)
{
    return sign_with(with.p256, &with.pub[0], ret);
}

static veridac_status sign_ed25519(veridac_buffer *ret)
{
    return sign_with(with.ed25519, &with.pub[1], ret);
}

/* Good has to be good or "could not", and a bad one never good. */
static veridac_status check_with(size_t i)
{
    const struct vd_public *pub = &with.pub[i];
    uint8_t other[VD_RAW_SIG];
    enum vd_check got;

    memcpy(other, with.signature[i], VD_RAW_SIG);
    other[40] ^= 1;
    got = vd_public_check(pub->algorithm, vd_public_span(pub), MESSAGE, VD_SPAN(other));
    if (got == VD_CHECK_NO_MEMORY)
        return VERIDAC_NO_MEMORY;
    if (got != VD_CHECK_BAD)
        return VERIDAC_INTERNAL;
    got = vd_public_check(pub->algorithm, vd_public_span(pub), MESSAGE, VD_SPAN(with.signature[i]));
    return got == VD_CHECK_GOOD        ? VERIDAC_OK
           : got == VD_CHECK_NO_MEMORY ? VERIDAC_NO_MEMORY
                                       : VERIDAC_BAD_DATA;
}

static veridac_status check_p256(veridac_buffer *ret)
{
    (void)ret;
    return check_with(0);
}

static veridac_status check_ed25519(veridac_buffer *ret)
{
    (void)ret;
    return check_with(1);
}

static veridac_status check_a_key(veridac_buffer *ret)
{
    enum vd_check got = vd_public_key_check(VD_SIGN_P256, vd_public_span(&with.pub[0]));
    (void)ret;
    return got == VD_CHECK_GOOD        ? VERIDAC_OK
           : got == VD_CHECK_NO_MEMORY ? VERIDAC_NO_MEMORY
                                       : VERIDAC_BAD_DATA;
}

/* ---- files ---- */

static veridac_status open_and_look_up(veridac_buffer *ret)
{
    static const uint8_t some[20] = { 1 };
    static const veridac_policy policy = { .size = sizeof policy,
                                           .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    const veridac_bytes in = { some, sizeof some };
    const veridac_snapshot_options o = { .size = sizeof o, .path = with.path };
    veridac_answer a = { .size = sizeof a };
    veridac_snapshot *s = NULL;
    veridac_error err = { "" };
    veridac_status st = veridac_snapshot_open((veridac_bytes){ NULL, 0 }, &o, &s, &err);

    (void)ret;
    if (st == VERIDAC_OK)
        st = veridac_snapshot_lookup(s, in, in, in, (veridac_bytes){ NULL, 0 }, &policy, with.at, &a,
                                     NULL);
    if (st == VERIDAC_OK)
        assert_int_equal(a.reason, VERIDAC_REASON_NOT_COVERED);
    if (st == VERIDAC_IO) /* never that somebody changed the file */
        assert_true(strstr(err.text, "cannot be ") != NULL);
    veridac_snapshot_free(s);
    return st;
}

static veridac_status open_a_mapped_file(veridac_buffer *ret)
{
    with.path = with.mapped;
    return open_and_look_up(ret);
}

static veridac_status open_a_file_that_is_read(veridac_buffer *ret)
{
    with.path = with.owned;
    return open_and_look_up(ret);
}

static const struct call calls[] = {
    { "a key of a scalar", a_key_of_a_scalar },
    { "a key of PEM", a_key_of_pem },
    { "a public key of PEM", a_public_key_of_pem },
    { "PEM of a key", pem_of_a_key },
    { "PEM of a public key", pem_of_a_public_key },
    { "sign, P-256", sign_p256 },
    { "sign, Ed25519", sign_ed25519 },
    { "check, P-256", check_p256 },
    { "check, Ed25519", check_ed25519 },
    { "check a key", check_a_key },
    { "open a mapped file", open_a_mapped_file },
    { "open a file that is read", open_a_file_that_is_read },
};

static void every_call_fails_in_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        size_t n = sweep(&calls[i]);
        print_message("%s: %zu\n", calls[i].name, n);
        ROW_TRUE(calls[i].name, n > 0);
    }
}

/* ---- */

static void write_bundle(char path[64], unsigned mode)
{
    FILE *f;
    int fd;

    (void)snprintf(path, 64, "veridac-wrapped-XXXXXX");
    fd = mkstemp(path);
    f = fd < 0 ? NULL : fdopen(fd, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(with.bundle.data, 1, with.bundle.size, f), with.bundle.size);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int set_up(void **state)
{
    veridac_trust *t = trust(0);
    const struct vd_key *keys[2];

    (void)state;
    keys[0] = with.p256 = vd_key_generate();
    keys[1] = with.ed25519 = vd_key_generate_ed25519();
    for (size_t i = 0; i < 2; i++)
        assert_true(keys[i] != NULL && vd_key_public(keys[i], &with.pub[i]) &&
                    vd_key_sign(keys[i], MESSAGE, with.signature[i]));
    with.private_pem = VD_BUF(4096);
    with.public_pem = VD_BUF(4096);
    assert_true(vd_key_private_pem(with.p256, &with.private_pem) &&
                vd_key_public_pem(with.p256, &with.public_pem));
    with.bundle = bundle_of(t, &with.at);
    veridac_trust_free(t);
    write_bundle(with.mapped, 0444);
    write_bundle(with.owned, 0644);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(with.mapped);
    (void)unlink(with.owned);
    vd_key_free(with.p256);
    vd_key_free(with.ed25519);
    vd_buf_free(&with.private_pem);
    vd_buf_free(&with.public_pem);
    veridac_buffer_free(&with.bundle);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_call_fails_in_turn) };
    return alloc_main(tests, 1, set_up, tear_down);
}
