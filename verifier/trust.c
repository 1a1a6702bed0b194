/* SPDX-License-Identifier: Apache-2.0
 *
 * trust.c - trust anchors.
 *
 * Anchors are kept sorted by (kind, subject key id, subject, hash), so that a lookup costs the
 * same with one PAA and with a thousand, and does not depend on the order of loading.
 */
#include "trust.h"

#include <stdlib.h>

#include "profile.h"

struct vd_trust {
    struct vd_anchor **v;
    size_t n, cap;
    int64_t as_of;
    struct vd_checker *checker; /* only copied from */
};

/* CSA "Matter Certification and Testing CA": the root of production declaration signers. Its key
 * is pinned, so that a certificate that only claims its name or key id is nothing. */
static const uint8_t csa_root_skid[20] = { 0x97, 0xE4, 0x69, 0xD0, 0xC5, 0x04, 0x14,
                                           0xC2, 0x6F, 0xC7, 0x01, 0xF7, 0x7E, 0x94,
                                           0x77, 0x39, 0x09, 0x8D, 0xF6, 0xA5 };
static const uint8_t csa_root_point[VD_POINT] = {
    0x04, 0x38, 0x4A, 0x3A, 0xC3, 0xAA, 0x5D, 0xBE, 0xCB, 0x72, 0x0F, 0xE6, 0x21, 0x1D, 0x3C, 0xAD,
    0x48, 0x62, 0x6F, 0xF7, 0x11, 0xA0, 0xA4, 0x92, 0x9F, 0xAD, 0xD8, 0x60, 0xF8, 0xE2, 0x77, 0xFF,
    0xC0, 0xDE, 0x1F, 0x3E, 0xB6, 0x33, 0x7A, 0x34, 0x84, 0x7B, 0x5A, 0x3A, 0x05, 0x6E, 0xA8, 0x71,
    0x0E, 0x93, 0x77, 0xEE, 0xED, 0xEE, 0x25, 0x17, 0x03, 0xFD, 0xD9, 0x35, 0x01, 0x25, 0xCB, 0x8E,
    0x48
};

/* Key ids that belong to the test network whatever a file or an operator says. */
static const uint8_t test_skids[][20] = {
    /* SDK test PAA FFF1 */
    { 0x6A, 0xFD, 0x22, 0x77, 0x1F, 0x51, 0x1F, 0xEC, 0xBF, 0x16,
      0x41, 0x97, 0x67, 0x10, 0xDC, 0xDC, 0x31, 0xA1, 0x71, 0x7E },
    /* SDK test PAA without vendor id */
    { 0x78, 0x5C, 0xE7, 0x05, 0xB8, 0x6B, 0x8F, 0x4E, 0x6F, 0xC7,
      0x93, 0xAA, 0x60, 0xCB, 0x43, 0xEA, 0x69, 0x68, 0x82, 0xD5 },
    /* SDK development PAA */
    { 0xFA, 0x92, 0xCF, 0x09, 0x5E, 0xFA, 0x42, 0xE1, 0x14, 0x30,
      0x65, 0x16, 0x32, 0xFE, 0xFE, 0x1B, 0x2C, 0x77, 0xA7, 0xC8 },
    /* SDK test PAAs FFF2, valid in the past and in the future */
    { 0x9B, 0xB2, 0x99, 0xBB, 0xA6, 0x49, 0x7D, 0xB5, 0xA0, 0x4E,
      0x1E, 0x18, 0xC7, 0xC2, 0x0E, 0xAE, 0xC5, 0x4C, 0x42, 0xE9 },
    { 0x7F, 0x1D, 0xAA, 0xF2, 0x44, 0x98, 0xB9, 0x86, 0x68, 0x0E,
      0xA0, 0x8F, 0xC1, 0x89, 0x21, 0xE8, 0x48, 0x48, 0x9D, 0x17 },
    /* SDK test declaration signer; it stays the last one */
    { 0x62, 0xFA, 0x82, 0x33, 0x59, 0xAC, 0xFA, 0xA9, 0x96, 0x3E,
      0x1C, 0xFA, 0x14, 0x0A, 0xDD, 0xF5, 0x04, 0xF3, 0x71, 0x60 },
};

const char *vd_network_text(enum vd_network n)
{
    switch (n) {
    case VD_NETWORK_MAIN:
        return "main";
    case VD_NETWORK_TEST:
        return "test";
    case VD_NETWORK_NONE:
        break;
    }
    return "none";
}

enum vd_network vd_trust_network(const struct vd_cert *c, enum vd_network said)
{
    const struct vd_id *vid = &c->subject.vid;
    if (vid->state == VD_ID_PRESENT && vid->value >= 0xFFF1 && vid->value <= 0xFFF4)
        return VD_NETWORK_TEST;
    for (size_t i = 0; i < sizeof test_skids / sizeof test_skids[0]; i++) {
        if (vd_span_eq(c->skid, VD_SPAN(test_skids[i])))
            return VD_NETWORK_TEST;
    }
    return said;
}

bool vd_trust_signs_declarations(const struct vd_cert *c)
{
    const size_t last = sizeof test_skids / sizeof test_skids[0] - 1;
    return vd_span_eq(c->skid, VD_SPAN(csa_root_skid)) ||
           vd_span_eq(c->akid, VD_SPAN(csa_root_skid)) || vd_span_eq(c->skid, VD_SPAN(test_skids[last]));
}

struct vd_trust *vd_trust_make(void)
{
    struct vd_trust *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->checker = vd_checker_make();
    if (t->checker == NULL) {
        free(t);
        return NULL;
    }
    return t;
}

void vd_trust_note_time(struct vd_trust *t, int64_t as_of)
{
    if (as_of > t->as_of)
        t->as_of = as_of;
}

int64_t vd_trust_time(const struct vd_trust *t)
{
    return t->as_of;
}

const struct vd_checker *vd_trust_checker(const struct vd_trust *t)
{
    return t->checker;
}

static void free_anchor(struct vd_anchor *a)
{
    if (a != NULL)
        free(a->der);
    free(a);
}

void vd_trust_free(struct vd_trust *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++)
        free_anchor(t->v[i]);
    vd_checker_free(t->checker);
    free(t->v);
    free(t);
}

static int compare_key(const struct vd_anchor *a, enum vd_anchor_kind kind, struct vd_span skid)
{
    if (a->kind != kind)
        return a->kind < kind ? -1 : 1;
    return vd_span_cmp(a->cert.skid, skid);
}

static int compare(const struct vd_anchor *a, const struct vd_anchor *b)
{
    int c = compare_key(a, b->kind, b->cert.skid);
    if (c == 0)
        c = vd_span_cmp(a->cert.subject.der, b->cert.subject.der);
    if (c == 0)
        c = vd_span_cmp(VD_SPAN(a->sha256), VD_SPAN(b->sha256));
    return c != 0 ? c : (a->network > b->network) - (a->network < b->network);
}

/* The first index whose anchor is not below (kind, skid). */
static size_t lower_bound(const struct vd_trust *t, enum vd_anchor_kind kind, struct vd_span skid)
{
    size_t lo = 0, hi = t->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (compare_key(t->v[mid], kind, skid) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const struct vd_anchor *vd_trust_find(const struct vd_trust *t, enum vd_anchor_kind kind,
                                      struct vd_span skid, size_t i)
{
    size_t at = lower_bound(t, kind, skid) + i;
    return skid.n != 0 && at < t->n && compare_key(t->v[at], kind, skid) == 0 ? t->v[at] : NULL;
}

size_t vd_trust_count(const struct vd_trust *t, enum vd_anchor_kind kind, enum vd_network network)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        n += t->v[i]->kind == kind && (network == VD_NETWORK_NONE || t->v[i]->network == network);
    return n;
}

const struct vd_anchor *vd_trust_at(const struct vd_trust *t, size_t i)
{
    return i < t->n ? t->v[i] : NULL;
}

static struct vd_anchor *make_anchor(enum vd_anchor_kind kind, struct vd_span der)
{
    struct vd_anchor *a = calloc(1, sizeof *a);
    if (a == NULL)
        return NULL;
    a->kind = kind;
    a->der = malloc(der.n ? der.n : 1);
    if (a->der == NULL || !vd_copy(a->der, der.n, der) || !vd_sha256(der, a->sha256)) {
        free_anchor(a);
        return NULL;
    }
    (void)vd_cert_read((struct vd_span){ a->der, der.n }, &a->cert);
    return a;
}

/* The index of the very same certificate in this place, or t->n. */
static size_t index_of(const struct vd_trust *t, enum vd_anchor_kind kind,
                       const struct vd_anchor *a)
{
    size_t i = 0;
    while (i < t->n && (t->v[i]->kind != kind || t->v[i]->network != a->network ||
                        !vd_span_eq(VD_SPAN(t->v[i]->sha256), VD_SPAN(a->sha256))))
        i++;
    return i;
}

static void remove_at(struct vd_trust *t, size_t i)
{
    free_anchor(t->v[i]);
    for (t->n--; i < t->n; i++)
        t->v[i] = t->v[i + 1];
}

/* Takes over `a` in every case. */
static enum vd_admission insert(struct vd_trust *t, struct vd_anchor *a)
{
    size_t at = t->n;
    if (index_of(t, a->kind, a) < t->n) {
        free_anchor(a);
        return VD_ADMITTED_BEFORE;
    }
    if (!vd_grow((void **)&t->v, t->n, &t->cap, sizeof(struct vd_anchor *), VD_MAX_ANCHORS)) {
        free_anchor(a);
        return VD_ADMISSION_FULL;
    }
    for (t->n++; at > 0 && compare(a, t->v[at - 1]) < 0; at--)
        t->v[at] = t->v[at - 1];
    t->v[at] = a;
    return VD_ADMITTED;
}

static bool self_issued(const struct vd_cert *c)
{
    return vd_span_eq(c->issuer.der, c->subject.der) &&
           (c->akid.n == 0 || vd_span_eq(c->akid, c->skid));
}

static bool is_csa_root(const struct vd_cert *c)
{
    return vd_span_eq(c->key, VD_SPAN(csa_root_point)) &&
           vd_span_eq(c->skid, VD_SPAN(csa_root_skid)) &&
           vd_span_eq(c->issuer.der, c->subject.der);
}

static void check_self_signature(const struct vd_cert *c, struct vd_findings *f)
{
    enum vd_check got;
    if (c->key_kind != VD_KEY_P256 ||
        (c->outer != VD_ALG_ECDSA_SHA256 && c->outer != VD_ALG_ECDSA_SHA256_NULL))
        return; /* already a finding */
    got = vd_sig_check(c->key, c->tbs, c->signature);
    if (got == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_PAA, NULL, "signature not checked");
    else if (got == VD_CHECK_NO_KEY)
        (void)vd_find(f, VD_RULE_PAA_PUBLIC_KEY, VD_ON_PAA, "a point on P-256", "not on the curve");
    else if (got != VD_CHECK_GOOD)
        (void)vd_find(f, VD_RULE_PAA_SELF_SIGNATURE, VD_ON_PAA, NULL,
                      "the self-signature does not verify");
}

static void check_paa(const struct vd_cert *c, struct vd_findings *f)
{
    char hex[VD_HEX_TEXT];

    vd_profile_check(c, VD_ROLE_PAA, VD_ON_PAA, vd_profile_names(c, c), f);
    if (!c->parsed)
        return;
    if (vd_span_eq(c->skid, VD_SPAN(csa_root_skid)) || is_csa_root(c))
        (void)vd_find(f, VD_RULE_PAA_IS_CD_ROOT, VD_ON_PAA, NULL,
                      "key id %s", vd_hex_text(c->skid, hex));
    if (vd_key_strength(c->key_kind) != 0 && vd_algorithm_strength(c->outer) != 0 &&
        vd_key_strength(c->key_kind) != vd_algorithm_strength(c->outer))
        (void)vd_find(f, VD_RULE_CHAIN_ALGORITHMS, VD_ON_PAA, vd_key_text(c->key_kind),
                      "self-signed with %s", vd_algorithm_text(c->outer));
    if (self_issued(c))
        check_self_signature(c, f);
    else
        (void)vd_find(f, VD_RULE_PAA_NOT_SELF_ISSUED, VD_ON_PAA, "issuer equal to subject",
                      "issued by another name or key id");
}

/* Errors and unsupported algorithms keep a certificate out: the first of them, or NULL. */
static const struct vd_finding *first_bar(const struct vd_findings *f, size_t from)
{
    const struct vd_finding *error = vd_findings_error(f, from);
    if (error != NULL)
        return error;
    for (size_t i = from; i < f->n; i++) {
        if (f->v[i].severity >= VD_SEVERITY_INCOMPLETE)
            return &f->v[i];
    }
    return NULL;
}

/* Refused, and remembered under another kind, so that a verdict can say what it met. What does not
 * even parse cannot be asked for and is forgotten. */
static enum vd_admission refuse(struct vd_trust *t, struct vd_anchor *a, enum vd_anchor_kind kind,
                                enum vd_rule why)
{
    if (!a->cert.parsed) {
        free_anchor(a);
        return VD_REFUSED;
    }
    a->kind = kind;
    a->refused_for = why;
    return insert(t, a) == VD_ADMISSION_FULL ? VD_ADMISSION_FULL : VD_REFUSED;
}

static bool said_rule(const struct vd_findings *f, size_t from, enum vd_rule rule)
{
    for (size_t i = from; i < f->n; i++) {
        if (f->v[i].rule == rule)
            return true;
    }
    return false;
}

enum vd_admission vd_trust_admit_paa(struct vd_trust *t, struct vd_span der, enum vd_network said,
                                     struct vd_findings *f)
{
    size_t from = f->n;
    const struct vd_finding *bar;
    struct vd_anchor *a = make_anchor(VD_ANCHOR_PAA, der);

    if (a == NULL)
        return VD_ADMISSION_FULL;
    check_paa(&a->cert, f);
    a->network = vd_trust_network(&a->cert, said);
    if (is_csa_root(&a->cert)) { /* the ledger lists it among the PAAs; here it becomes what it is */
        for (size_t i = from; i < f->n; i++) {
            if (f->v[i].rule == VD_RULE_PAA_IS_CD_ROOT)
                f->v[i].severity = VD_SEVERITY_NOTE;
        }
        a->kind = VD_ANCHOR_CD_ROOT;
    }
    if (index_of(t, VD_ANCHOR_PAA_WITHDRAWN, a) < t->n) {
        (void)vd_find(f, VD_RULE_PAA_WITHDRAWN, VD_ON_PAA, NULL, "the same certificate is listed "
                      "as withdrawn");
        free_anchor(a);
        return VD_REFUSED;
    }
    bar = first_bar(f, from);
    if (bar == NULL)
        return insert(t, a);
    if (said_rule(f, from, VD_RULE_OUT_OF_MEMORY)) {
        free_anchor(a);
        return VD_ADMISSION_FULL;
    }
    return refuse(t, a, said_rule(f, from, VD_RULE_PAA_IS_CD_ROOT) ? VD_ANCHOR_CD_ROOT
                                                                   : VD_ANCHOR_PAA_REFUSED,
                  bar->rule);
}

enum vd_admission vd_trust_withdraw_paa(struct vd_trust *t, struct vd_span der,
                                        enum vd_network said, struct vd_findings *f)
{
    struct vd_anchor *a = make_anchor(VD_ANCHOR_PAA_WITHDRAWN, der);
    size_t trusted;

    if (a == NULL)
        return VD_ADMISSION_FULL;
    if (!a->cert.parsed) {
        (void)vd_find(f, VD_RULE_PAA_DER, VD_ON_PAA, "a certificate", "broken at %s",
                      a->cert.broken != NULL ? a->cert.broken : "its end");
        free_anchor(a);
        return VD_REFUSED;
    }
    a->network = vd_trust_network(&a->cert, said);
    trusted = index_of(t, VD_ANCHOR_PAA, a);
    if (trusted < t->n)
        remove_at(t, trusted);
    return insert(t, a);
}

static enum vd_check below_csa(const struct vd_cert *c)
{
    return vd_span_eq(c->akid, VD_SPAN(csa_root_skid))
               ? vd_sig_check(VD_SPAN(csa_root_point), c->tbs, c->signature)
               : VD_CHECK_BAD;
}

static void check_cd_signer(struct vd_anchor *a, struct vd_findings *f)
{
    const struct vd_cert *c = &a->cert;
    enum vd_check csa = below_csa(c), key = VD_CHECK_GOOD;

    a->csa = csa == VD_CHECK_GOOD;
    if (a->kind == VD_ANCHOR_CD_ROOT || !c->parsed)
        return;
    if (c->key_kind == VD_KEY_P256)
        key = vd_point_check(c->key);
    if (csa == VD_CHECK_NO_MEMORY || key == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_CD_SIGNER, NULL, "signature not checked");
    if (key == VD_CHECK_NO_KEY)
        (void)vd_find(f, VD_RULE_CD_SIGNER_PUBLIC_KEY, VD_ON_CD_SIGNER, "a point on P-256",
                      "not on the curve");
    if (!a->csa && a->network == VD_NETWORK_MAIN)
        (void)vd_find(f, VD_RULE_CD_SIGNER_NOT_CSA, VD_ON_CD_SIGNER, "signed by the CSA root",
                      "not signed by the CSA root");
    /* the SDK's test signer has no digitalSignature; what stands below the CSA root has */
    if (a->csa && (c->key_usage & VD_KU_DIGITAL_SIGNATURE) == 0)
        (void)vd_find(f, VD_RULE_CD_SIGNER_KEY_USAGE, VD_ON_CD_SIGNER, "digitalSignature",
                      "no digitalSignature");
}

enum vd_admission vd_trust_admit_cd_signer(struct vd_trust *t, struct vd_span der,
                                           enum vd_network said, struct vd_findings *f)
{
    size_t from = f->n;
    struct vd_anchor *a = make_anchor(VD_ANCHOR_CD_SIGNER, der);

    if (a == NULL)
        return VD_ADMISSION_FULL;
    vd_profile_check(&a->cert, VD_ROLE_CD_SIGNER, VD_ON_CD_SIGNER, vd_profile_names(&a->cert, &a->cert), f);
    if (is_csa_root(&a->cert))
        a->kind = VD_ANCHOR_CD_ROOT;
    a->network = vd_trust_network(&a->cert, said);
    check_cd_signer(a, f);
    if (first_bar(f, from) == NULL)
        return insert(t, a);
    if (said_rule(f, from, VD_RULE_CD_SIGNER_NOT_CSA) && !said_rule(f, from, VD_RULE_OUT_OF_MEMORY))
        return refuse(t, a, VD_ANCHOR_CD_REFUSED, VD_RULE_CD_SIGNER_NOT_CSA);
    free_anchor(a);
    return said_rule(f, from, VD_RULE_OUT_OF_MEMORY) ? VD_ADMISSION_FULL : VD_REFUSED;
}
