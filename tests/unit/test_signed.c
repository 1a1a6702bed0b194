/* SPDX-License-Identifier: Apache-2.0
 *
 * test_signed.c - signed documents: each rule with the case that passes and the one that differs in one
 * thing and is refused for just that.
 */
#include "signed_unit.h"

#define KEYS 4u
static struct signer keys[KEYS]; /* the third is Ed25519 */

static int make_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        keys[i] = new_signer(i == 2);
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < KEYS; i++)
        vd_key_free(keys[i].key);
    return 0;
}

/* A refusal has a name; "" is none. */
static const char *said(const char *wrong)
{
    return wrong == NULL ? "" : wrong;
}

/* ---- form ---- */

struct flip {
    const char *why;
    size_t at;
    uint8_t value;
};

static const char *read_kind(struct vd_span in)
{
    struct vd_root root;
    struct vd_trust_list trust;
    struct vd_head head;
    struct vd_index index;
    switch (vd_signed_kind(in)) {
    case VD_DOC_TRUST:
        return vd_trust_list_read(in, &trust);
    case VD_DOC_HEAD:
        return vd_head_read(in, &head);
    case VD_DOC_INDEX:
        return vd_index_read(in, &index);
    default:
        return vd_root_read(in, &root);
    }
}

/* One octet set to another value; then every length but the right one. */
static void refuse(struct vd_buf b, const struct flip *rows, size_t n)
{
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "");
    for (size_t i = 0; i < n; i++) {
        const uint8_t was = b.p[rows[i].at];
        b.p[rows[i].at] = rows[i].value;
        if (strcmp(said(read_kind(vd_buf_span(&b))), rows[i].why) != 0)
            fail_msg("octet %zu: %s instead of %s", rows[i].at, said(read_kind(vd_buf_span(&b))),
                     rows[i].why);
        b.p[rows[i].at] = was;
    }
    for (size_t k = 0; k < b.n; k++) {
        uint8_t *exact = malloc(k ? k : 1); /* a block of just this size */
        assert_true(exact != NULL && vd_copy(exact, k, vd_span_of(b.p, k)));
        assert_string_not_equal(said(read_kind(vd_span_of(exact, k))), "");
        free(exact);
    }
    assert_true(vd_buf_u8(&b, 0));
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "document-trailing");
    vd_buf_free(&b);
}

static void forms(void **state)
{
    static const struct flip root_rows[] = {
        { "document-magic", 3, '0' },   { "document-kind", 4, 9 },       { "document-network", 5, 3 },
        { "document-zero", 6, 1 },      { "document-feed", 8, 'T' },     { "document-feed", 15, 'x' },
        { "document-feed", 5, 1 },      { "document-number", 24, 0 },    { "document-number", 39, 0x7F },
        { "document-number", 36, 1 },   { "document-time", 47, 0x80 },   { "document-time", 55, 0x80 },
        { "document-zero", 63, 1 },     { "root-head-until", 71, 0x80 }, { "root-head-until", 68, 1 },
        { "root-threshold", 72, 0 },    { "root-threshold", 73, 5 },     { "root-keys", 75, 0 },
        { "root-keys", 75, 33 },        { "root-size", 75, 3 },          { "root-zero", 76, 1 },
        { "root-roles", 84, 0 },        { "root-roles", 84, 8 },         { "root-zero", 85, 1 },
        { "root-key", 88, 5 },          { "root-key", 80, 2 },
    };
    static const struct flip head_rows[] = {
        { "head-next-publish", 71, 0x80 }, { "head-next-publish", 68, 0xFF }, { "head-version", 72, 0 },
        { "head-version", 76, 0 },         { "head-size", 80, 2 },            { "head-zero", 84, 1 },
        { "head-order", 88, 2 },           { "head-zero", 92, 1 },            { "head-reference", 103, 1 },
        { "head-reference", 96, 0 },       { "head-incomplete", 184, 4 },
    };
    struct vd_root r = root_of(keys, 4, 2, 1);
    struct vd_head h = head_of(7);
    (void)state;
    refuse(written_root(&r), root_rows, sizeof root_rows / sizeof root_rows[0]);
    refuse(written_head(&h), head_rows, sizeof head_rows / sizeof head_rows[0]);
    refuse(signed_by(signed_by(written_root(&r), &keys[0]), &keys[2]), NULL, 0);
}

static void trust_forms(void **state)
{
    static const struct flip rows[] = {
        { "trust-entries", 66, 1 },  { "trust-size", 64, 1 },   { "trust-size", 64, 3 },
        { "trust-zero", 68, 1 },     { "trust-kind", 72, 3 },   { "trust-network", 73, 1 },
        { "trust-state", 74, 3 },    { "trust-size", 75, 1 },   { "trust-order", 80, 9 },
        { "trust-twice", 80, 2 },
    };
    static const uint8_t one[] = { 1 }, two[] = { 2 };
    struct vd_trust_entry entries[] = {
        { VD_ENTRY_PAA, 2, VD_ENTRY_WITHDRAWN, VD_SPAN(two) },
        { VD_ENTRY_PAA, 2, VD_ENTRY_TRUSTED, VD_SPAN(one) },
    };
    const struct vd_signed f = frame(VD_DOC_TRUST, 1);
    struct vd_buf b = VD_BUF(4096);
    (void)state;
    assert_true(vd_trust_list_write(&f, entries, 2, &b));
    refuse(b, rows, sizeof rows / sizeof rows[0]);
}

static void index_forms(void **state)
{
    static const struct flip rows[] = {
        { "index-range", 64, 0 },  { "index-range", 64, 4 },  { "index-size", 72, 1 },
        { "index-zero", 76, 1 },   { "index-kind", 80, 3 },   { "index-zero", 84, 1 },
        { "index-loop", 88, 5 },   { "index-loop", 88, 6 },   { "index-range", 88, 2 },
        { "index-range", 96, 8 },  { "index-delta", 104, 0 }, { "index-order", 80, 2 },
        { "document-time", 48, 1 },
    };
    const struct vd_index_entry entries[] = { { 1, 3, 5, 10, { 1 } }, { 1, 5, 7, 10, { 2 } } };
    struct vd_signed f = frame(VD_DOC_INDEX, 7);
    struct vd_buf b = VD_BUF(4096), s = VD_BUF(4096);
    struct vd_index index;
    struct vd_head h = head_of(7);
    (void)state;
    f.expires = 0;
    assert_true(vd_index_write(&f, 3, entries, 2, &b));
    assert_true(vd_buf_put(&s, vd_buf_span(&b)));
    assert_null(vd_index_read(vd_buf_span(&b), &index));
    assert_null(vd_index_of(&index, &h));
    h.s.number = 8;
    assert_string_equal(said(vd_index_of(&index, &h)), "index-of-another-head");
    refuse(b, rows, sizeof rows / sizeof rows[0]);
    s = signed_by(s, &keys[0]);
    assert_string_equal(said(vd_index_read(vd_buf_span(&s), &index)), "index-signed");
    vd_buf_free(&s);
}

/* ---- signatures ---- */

static void signature_block(void **state)
{
    struct vd_root r = root_of(keys, 4, 2, 1);
    struct vd_buf b = signed_by(signed_by(written_root(&r), &keys[0]), &keys[1]);
    const size_t first = b.n - 2 * 84, second = b.n - 84; /* 2 + 2 + 16 + 64 octets each */
    uint8_t entry[84];
    (void)state;

    for (size_t i = 0; i < 84; i++) { /* exchanged */
        entry[i] = b.p[first + i];
        b.p[first + i] = b.p[second + i];
        b.p[second + i] = entry[i];
    }
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "signature-order");
    assert_true(vd_copy(b.p + second, 84, vd_span_of(b.p + first, 84)));
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "signature-twice");
    assert_true(vd_copy(b.p + first, 84, VD_SPAN(entry)));
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "");
    b.p[first - 4] = 65;
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "signature-count");
    b.p[first - 4] = 2;
    b.p[first - 1] = 1;
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "document-zero");
    b.p[first - 1] = 0;
    b.p[first] = 0; /* algorithm */
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "signature-size");
    b.p[first] = 1;
    b.p[first + 3] = 0x21; /* size */
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "document-size");
    vd_buf_free(&b);
}

static const char *approves(const struct vd_root *r, const struct vd_buf *b)
{
    struct vd_root back;
    assert_null(vd_root_read(vd_buf_span(b), &back));
    return said(vd_root_approves(r, VD_DUTY_ROOT, &back.s));
}

static void thresholds(void **state)
{
    struct vd_root r = root_of(keys, 3, 2, 1);
    struct vd_buf b = written_root(&r);
    (void)state;

    assert_string_equal(approves(&r, &b), "signature-threshold");
    b = signed_by(b, &keys[0]);
    assert_string_equal(approves(&r, &b), "signature-threshold");
    b = signed_by(b, &keys[0]); /* the same key again replaces its signature */
    assert_string_equal(approves(&r, &b), "signature-threshold");
    b = signed_by(b, &keys[3]); /* a stranger */
    assert_string_equal(approves(&r, &b), "signature-threshold");
    b = signed_by(b, &keys[2]); /* Ed25519 beside P-256 */
    assert_string_equal(approves(&r, &b), "");
    for (size_t at = 0; at < b.n; at++) { /* no bit of the message or of a counted signature */
        struct vd_root back;
        const char *wrong;
        b.p[at] ^= 1;
        wrong = vd_root_read(vd_buf_span(&b), &back);
        if (wrong == NULL)
            wrong = vd_root_approves(&r, VD_DUTY_ROOT, &back.s);
        if (wrong == NULL) { /* only the stranger's signature may be anything */
            struct vd_span cursor = back.s.signatures;
            struct vd_signature s = { 0, VD_NO_SPAN, VD_NO_SPAN };
            bool stranger = false;
            uint8_t id[VD_KEY_ID];
            assert_true(vd_key_id(VD_SIGN_P256, vd_public_span(&keys[3].pub), id));
            while (!stranger && vd_signed_next(&cursor, &s))
                stranger = at >= (size_t)(s.key_id.p - b.p) - 4 && at < (size_t)(cursor.p - b.p);
            assert_true(stranger);
        }
        b.p[at] ^= 1;
    }
    b.p[VD_FRAME - 16] ^= 1; /* expires: the signatures are of another document */
    assert_string_equal(approves(&r, &b), "signature-wrong");
    vd_buf_free(&b);
}

/* The algorithm's two octets, the lower one first, then the key. */
static void key_ids(void **state)
{
    static const struct {
        uint16_t algorithm;
        uint8_t octets[7];
    } rows[] = { { VD_SIGN_P256, { 1, 0, 'p', 'o', 'i', 'n', 't' } },
                 { 0x0102, { 2, 1, 'p', 'o', 'i', 'n', 't' } },
                 { 0xFFFE, { 0xFE, 0xFF, 'p', 'o', 'i', 'n', 't' } } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t digest[VD_SHA256], id[VD_KEY_ID];
        assert_true(vd_sha256(VD_SPAN(rows[i].octets), digest));
        assert_true(vd_key_id(rows[i].algorithm, vd_span_str("point"), id));
        assert_memory_equal(id, digest, VD_KEY_ID);
    }
}

/* A signature of an algorithm that this version does not know is passed over and never counted. */
static void unknown_algorithms(void **state)
{
    static const uint8_t pqc[1312] = { 7 };
    const struct vd_public listed = { .algorithm = 9, .n = 32 };
    struct vd_root r = root_of(keys, 1, 1, 1);
    struct vd_buf b, more = VD_BUF(1u << 20);
    struct vd_root back;
    (void)state;

    assert_true(vd_root_add(&r, 9, vd_public_span(&listed), 7) && vd_root_add(&r, 8, VD_SPAN(pqc), 7));
    b = written_root(&r);
    assert_true(vd_signed_add(vd_buf_span(&b), &listed, vd_span_of(pqc, 100), &more));
    assert_string_equal(approves(&r, &more), "signature-threshold");
    more = signed_by(more, &keys[0]);
    assert_string_equal(approves(&r, &more), "");
    assert_null(vd_root_read(vd_buf_span(&more), &back));
    assert_int_equal(back.n_keys, 3);
    back.threshold[VD_DUTY_ROOT] = 2; /* the two unknown ones cannot make up for a missing one */
    assert_string_equal(said(vd_root_first(&back)), "signature-threshold");
    vd_buf_free(&b);
    vd_buf_free(&more);
}

/* ---- who follows whom ---- */

static const char *follows(const struct vd_root *old, const struct vd_root *next,
                           const struct signer *a, const struct signer *b)
{
    struct vd_buf bytes = signed_by(written_root(next), a);
    struct vd_root back;
    const char *wrong;
    if (b != NULL)
        bytes = signed_by(bytes, b);
    assert_null(vd_root_read(vd_buf_span(&bytes), &back));
    wrong = vd_root_follows(old, &back);
    vd_buf_free(&bytes);
    return said(wrong);
}

static void rotation(void **state)
{
    const struct vd_root old = root_of(&keys[0], 1, 1, 4);
    struct vd_root next = root_of(&keys[1], 1, 1, 5);
    (void)state;

    assert_string_equal(follows(&old, &next, &keys[0], &keys[1]), "");
    assert_string_equal(follows(&old, &next, &keys[0], NULL), "signature-threshold");
    assert_string_equal(follows(&old, &next, &keys[1], NULL), "signature-threshold");
    next.s.number = 6;
    assert_string_equal(follows(&old, &next, &keys[0], &keys[1]), "root-version");
    next.s.number = 4;
    assert_string_equal(follows(&old, &next, &keys[0], &keys[1]), "root-version");
    next.s.number = 5;
    (void)snprintf(next.s.feed, sizeof next.s.feed, "acme");
    assert_string_equal(follows(&old, &next, &keys[0], &keys[1]), "wrong-feed");
    (void)snprintf(next.s.feed, sizeof next.s.feed, "test");
    next.s.epoch = 2;
    assert_string_equal(follows(&old, &next, &keys[0], &keys[1]), "");
    assert_string_equal(follows(&next, &next, &keys[0], &keys[1]), "root-version");
}

static const char *head_wrong(const struct vd_root *root, const struct vd_head *h,
                              const struct signer *who)
{
    struct vd_buf b = signed_by(written_head(h), who);
    struct vd_head back;
    const char *wrong = vd_head_check(vd_buf_span(&b), root, &back);
    if (wrong == NULL)
        assert_int_equal(back.s.number, h->s.number);
    vd_buf_free(&b);
    return said(wrong);
}

static void heads(void **state)
{
    struct vd_root root = root_of(keys, 2, 1, 1);
    struct vd_head h = head_of(7);
    (void)state;

    assert_string_equal(head_wrong(&root, &h, &keys[0]), "");
    assert_string_equal(head_wrong(&root, &h, &keys[3]), "signature-threshold");
    root.keys[0].roles = root.keys[1].roles = 3; /* root and trust keys sign no heads */
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "signature-threshold");
    root.keys[0].roles = root.keys[1].roles = 4;
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "");
    h.root_version = 2;
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "head-root-version");
    h.root_version = 1;
    h.s.epoch = 2;
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "wrong-epoch");
    root.s.epoch = 3;
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "wrong-epoch");
    root.s.epoch = 2;
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "");
    root.head_until--;
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "head-outlives-key");
    root.head_until++;
    h.s.network = 1;
    (void)snprintf(h.s.feed, sizeof h.s.feed, "main");
    assert_string_equal(head_wrong(&root, &h, &keys[0]), "wrong-feed");
}

/* A head key alone cannot make a trust list. */
static void trust_needs_its_role(void **state)
{
    struct vd_root root = root_of(keys, 2, 1, 1);
    const struct vd_signed f = frame(VD_DOC_TRUST, 1);
    struct vd_buf b = VD_BUF(4096);
    struct vd_trust_list list;
    (void)state;

    assert_true(vd_trust_list_write(&f, NULL, 0, &b));
    b = signed_by(b, &keys[0]);
    assert_string_equal(said(vd_trust_list_check(vd_buf_span(&b), &root, &list)), "");
    root.keys[0].roles = root.keys[1].roles = VD_DUTY_BIT(VD_DUTY_HEAD);
    assert_string_equal(said(vd_trust_list_check(vd_buf_span(&b), &root, &list)),
                        "signature-threshold");
    vd_buf_free(&b);
}

/* A full head of every reference and two signatures is at most 1 KB. */
static void head_size(void **state)
{
    struct vd_head h = head_of(7);
    struct vd_buf b;
    (void)state;
    for (unsigned type = 1; type < VD_REFS; type++)
        h.ref[type] = (struct vd_ref){ .there = true, .size = 1 };
    b = signed_by(signed_by(written_head(&h), &keys[0]), &keys[2]);
    assert_true(b.n <= VD_MAX_HEAD);
    assert_string_equal(said(read_kind(vd_buf_span(&b))), "");
    vd_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),           cmocka_unit_test(trust_forms),
        cmocka_unit_test(index_forms),     cmocka_unit_test(signature_block),
        cmocka_unit_test(thresholds),      cmocka_unit_test(unknown_algorithms),
        cmocka_unit_test(rotation),        cmocka_unit_test(heads),
        cmocka_unit_test(trust_needs_its_role), cmocka_unit_test(head_size),
        cmocka_unit_test(key_ids),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
