/* SPDX-License-Identifier: Apache-2.0
 *
 * test_alloc_set.c - each allocation fails in turn (alloc.h): sets, bundles, snapshots, descriptions.
 */
#include "alloc.h"
#include "signed_unit.h"
#include "world.h"

static struct {
    struct listed listed;
    struct vd_buf pai, device_cd, head, root, hub_page;
    veridac_trust *trust;
    veridac_revset *set;
    veridac_buffer full, hub;
    veridac_snapshot *snapshot;
    struct device device;
    int64_t at;
} with;

static const veridac_policy policy = { .size = sizeof policy,
                                       .preset = VERIDAC_POLICY_STANDARD,
                                       .network = VERIDAC_NETWORK_TEST };

static veridac_bytes of(const veridac_buffer *b)
{
    return (veridac_bytes){ b->data, b->size };
}

/* ---- sets ---- */

static veridac_status feed_one(veridac_revset *set, veridac_bytes octets, size_t chunk)
{
    const veridac_crl_options o = { .size = sizeof o, .url = world_url, .last_ok = with.at, .hash = 1 };
    veridac_crl *crl = NULL;
    veridac_status st = veridac_revset_crl_begin(set, &o, &crl);
    while (st == VERIDAC_OK && octets.size > 0) {
        const size_t n = octets.size < chunk ? octets.size : chunk;
        st = veridac_revset_crl_feed(crl, (veridac_bytes){ octets.data, n });
        octets.data += n;
        octets.size -= n;
    }
    return st == VERIDAC_OK ? veridac_revset_crl_end(crl) : st;
}

/* What came of the whole set, as a text. */
static veridac_status summary(const veridac_revset *set, veridac_buffer *ret)
{
    veridac_revset_view view = { .size = sizeof view };
    veridac_point_view point = { .size = sizeof point };
    struct vd_buf text = VD_BUF(4096);
    veridac_finding f = { .size = sizeof f };
    assert_int_equal(veridac_revset_look(set, &view), VERIDAC_OK);
    fault.on = false;
    (void)vd_buf_fmt(&text, "%u %u %u %u", view.n_used, view.n_issuers, view.n_good,
                     (unsigned)view.n_revoked);
    assert_int_equal(veridac_revset_point(set, 0, &point), VERIDAC_OK);
    for (uint32_t i = 0; veridac_revset_point_finding(set, 0, i, &f) == VERIDAC_OK; i++)
        (void)vd_buf_fmt(&text, " %s: %s", f.id, f.found);
    *ret = (veridac_buffer){ text.p, text.n };
    return VERIDAC_OK;
}

static veridac_status make(veridac_bytes crl, size_t chunk, bool missing, veridac_buffer *ret)
{
    const char *const shrink[] = { "ABABABABABABABABABABABABABABABABABABABAB" };
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST,
                                       .at = with.at, .accept_shrink = shrink, .n_accept_shrink = 1 };
    static const uint8_t serial[2] = { 1, 2 };
    static const uint8_t name[] = { 0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C,
                                    0x01, 0x41 };
    const veridac_bytes serials[] = { { serial, 2 }, { serial, 1 } };
    veridac_revset *set = NULL;
    veridac_status st = veridac_revset_new(with.trust, &o, &set);
    if (st == VERIDAC_OK)
        st = veridac_revset_add_point(set, &with.listed.point);
    if (st == VERIDAC_OK)
        st = veridac_revset_add_authority(set, bytes(&with.pai));
    if (st == VERIDAC_OK)
        st = veridac_revset_add_listed(set, (veridac_bytes){ name, sizeof name },
                                       (veridac_bytes){ with.pai.p, 20 }, serials, 2);
    if (st == VERIDAC_OK)
        st = veridac_revset_bind(set);
    if (st == VERIDAC_OK)
        st = missing ? veridac_revset_crl_missing(set, world_url, VERIDAC_REASON_UNREACHABLE, "why")
                     : feed_one(set, crl, chunk);
    if (st == VERIDAC_OK)
        st = veridac_revset_finish(set);
    if (st == VERIDAC_OK)
        st = summary(set, ret);
    veridac_revset_free(set);
    return st;
}

static veridac_status a_set(veridac_buffer *ret)
{
    return make(bytes(&with.listed.crl), SIZE_MAX, false, ret);
}

static veridac_status a_set_in_chunks(veridac_buffer *ret)
{
    return make(bytes(&with.listed.crl), 50, false, ret);
}

static veridac_status a_set_of_pem(veridac_buffer *ret)
{
    struct vd_buf pem = VD_BUF(1u << 16);
    const bool on = fault.on;
    veridac_status st;
    fault.on = false;
    assert_true(vd_buf_str(&pem, "-----BEGIN X509 CRL-----\n") &&
                vd_base64_put(&pem, vd_buf_span(&with.listed.crl)) &&
                vd_buf_str(&pem, "\n-----END X509 CRL-----\n"));
    fault.on = on;
    st = make(bytes(&pem), 64, false, ret);
    vd_buf_free(&pem);
    return st;
}

static veridac_status a_set_without_a_crl(veridac_buffer *ret)
{
    return make((veridac_bytes){ NULL, 0 }, 1, true, ret);
}

/* ---- bundles and snapshots ---- */

static veridac_status a_bundle(veridac_buffer *ret)
{
    const veridac_bundle_options o = { .size = sizeof o, .kind = VERIDAC_KIND_FULL, .provenance = 1 };
    return veridac_revset_bundle(with.set, &o, ret, NULL);
}

static veridac_status a_bundle_that_follows(veridac_buffer *ret)
{
    const veridac_bundle_options o = { .size = sizeof o, .kind = VERIDAC_KIND_HUB,
                                       .before = of(&with.hub) };
    return veridac_revset_bundle(with.set, &o, ret, NULL);
}

static veridac_status open_with(veridac_bytes head, veridac_bytes root)
{
    const veridac_snapshot_options o = { .size = sizeof o, .head = head, .root = root };
    veridac_snapshot *s = NULL;
    const veridac_status st = veridac_snapshot_open(of(&with.full), &o, &s, NULL);
    assert_true((st == VERIDAC_OK) == (s != NULL));
    veridac_snapshot_free(s);
    return st;
}

static veridac_status open_a_snapshot(veridac_buffer *ret)
{
    (void)ret;
    return open_with((veridac_bytes){ NULL, 0 }, (veridac_bytes){ NULL, 0 });
}

static veridac_status open_with_a_head(veridac_buffer *ret)
{
    (void)ret;
    return open_with(bytes(&with.head), bytes(&with.root));
}

static veridac_status open_rules(veridac_buffer *ret)
{
    static const char text[] = "veridac-rules 1 test\nproduct FFF1 8000 why\nproduct FFF2 8001 why\n";
    const veridac_snapshot_options o = { .size = sizeof o };
    veridac_snapshot *s = NULL;
    const veridac_status st = veridac_snapshot_open(
        (veridac_bytes){ (const uint8_t *)text, sizeof text - 1 }, &o, &s, NULL);
    (void)ret;
    veridac_snapshot_free(s);
    return st;
}

static veridac_status look_up(veridac_buffer *ret)
{
    static const uint8_t some[21] = { 0, 1 };
    const veridac_bytes in = { some, sizeof some };
    veridac_brief b[3];
    (void)ret;
    return veridac_snapshot_lookup_batch(with.snapshot, in, in, (veridac_bytes){ some, 21 }, NULL, 3,
                                         &policy, with.at, b);
}

/* ---- descriptions and small things ---- */

static veridac_status show_bundle(veridac_buffer *ret)
{
    return veridac_show(of(&with.full), VERIDAC_SHOW_JSON, ret, NULL);
}

static veridac_status show_checked(veridac_buffer *ret)
{
    return veridac_show(of(&with.full), VERIDAC_SHOW_CHECK, ret, NULL);
}

static veridac_status show_crl(veridac_buffer *ret)
{
    return veridac_show(bytes(&with.listed.crl), 0, ret, NULL);
}

static veridac_status show_head(veridac_buffer *ret)
{
    return veridac_show(bytes(&with.head), 0, ret, NULL);
}

static veridac_status show_root(veridac_buffer *ret)
{
    return veridac_show(bytes(&with.root), VERIDAC_SHOW_JSON, ret, NULL);
}

static veridac_status show_declaration(veridac_buffer *ret)
{
    return veridac_show(bytes(&with.device_cd), 0, ret, NULL);
}

static veridac_status attest(veridac_buffer *ret)
{
    static const uint8_t scalar[32] = { 1, 2, 3 };
    uint8_t signature[64];
    return veridac_attest((veridac_bytes){ scalar, 32 }, bytes(&with.device_cd),
                          (veridac_bytes){ scalar, 32 }, (veridac_bytes){ scalar, 16 }, ret, signature,
                          NULL);
}

static const struct call calls[] = {
    { "a set", a_set },
    { "a set, in chunks", a_set_in_chunks },
    { "a set, of PEM", a_set_of_pem },
    { "a set without a CRL", a_set_without_a_crl },
    { "a bundle", a_bundle },
    { "a bundle that follows another", a_bundle_that_follows },
    { "open a snapshot", open_a_snapshot },
    { "open a snapshot with a head", open_with_a_head },
    { "open rules", open_rules },
    { "look up several", look_up },
    { "show a bundle", show_bundle },
    { "show a bundle, checked", show_checked },
    { "show a CRL", show_crl },
    { "show a head", show_head },
    { "show a root", show_root },
    { "show a declaration", show_declaration },
    { "attest", attest },
};

static void every_allocation_fails_in_turn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        print_message("%s: %zu\n", calls[i].name, sweep(&calls[i]));
}

/* ---- */

static int set_up(void **state)
{
    static const veridac_bundle_options hub = { .size = sizeof hub, .kind = VERIDAC_KIND_HUB };
    struct signer key = new_signer(false);
    struct vd_root r = root_of(&key, 1, 1, 1);
    struct vd_head h = head_of(1);
    size_t at = 0, n;

    (void)state;
    with.listed = listed();
    with.pai = world_file("pai", "pai-direct.der");
    with.trust = trust(0);
    with.full = bundle_of(with.trust, &with.at);
    with.set = new_set(with.trust, with.at);
    assert_int_equal(veridac_revset_add_point(with.set, &with.listed.point), VERIDAC_OK);
    assert_int_equal(veridac_revset_bind(with.set), VERIDAC_OK);
    assert_int_equal(feed_one(with.set, bytes(&with.listed.crl), SIZE_MAX), VERIDAC_OK);
    assert_int_equal(veridac_revset_finish(with.set), VERIDAC_OK);
    assert_int_equal(veridac_revset_bundle(with.set, &hub, &with.hub, NULL), VERIDAC_OK);
    with.snapshot = revocations(with.trust, &with.at);
    with.device = load("genuine");
    with.root = signed_by(written_root(&r), &key);
    h.ref[VD_REF_FULL].size = with.full.size;
    assert_true(vd_sha256(vd_span_of(with.full.data, with.full.size), h.ref[VD_REF_FULL].sha256));
    with.head = signed_by(written_head(&h), &key);
    vd_key_free(key.key);
    /* elements: 15 31 01 size:u16 declaration ... or with a short size */
    with.device_cd = VD_BUF(4096);
    n = with.device.in.elements.data[1] == 0x31;
    at = 4 + n;
    n = with.device.in.elements.data[3] + (n ? 256u * with.device.in.elements.data[4] : 0);
    assert_true(vd_buf_put(&with.device_cd, vd_span_of(with.device.in.elements.data + at, n)));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlist(&with.listed);
    vd_buf_free(&with.pai);
    vd_buf_free(&with.device_cd);
    vd_buf_free(&with.head);
    vd_buf_free(&with.root);
    veridac_revset_free(with.set);
    veridac_trust_free(with.trust);
    veridac_buffer_free(&with.full);
    veridac_buffer_free(&with.hub);
    veridac_snapshot_free(with.snapshot);
    unload(&with.device);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_fails_in_turn) };
    return alloc_main(tests, 1, set_up, tear_down);
}
