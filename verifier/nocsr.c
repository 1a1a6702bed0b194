/* SPDX-License-Identifier: Apache-2.0
 *
 * nocsr.c - the answer to a CSRRequest.
 *
 *   nocsr-elements => STRUCTURE [tag-order] {
 *       csr [1] : OCTET STRING, CSRNonce [2] : OCTET STRING [length 32],
 *       vendor_reserved1 to 3 [3, 4, 5, optional] : OCTET STRING }
 */
#include "nocsr.h"

#include <inttypes.h>

#include "tlv.h"

#define ON VD_ON_NOCSR

/* ---- the structure ---- */

struct state {
    struct vd_nocsr *out;
    struct vd_findings *f;
    uint32_t last; /* context tag; 0: none yet */
};

static const char *const fields[] = { "csr", "CSRNonce", "vendor_reserved1", "vendor_reserved2",
                                      "vendor_reserved3" };

static void take_field(struct state *s, const struct vd_tlv *e)
{
    struct vd_nocsr *out = s->out;
    struct vd_span *to[] = { &out->csr, &out->nonce, &out->vendor[0], &out->vendor[1],
                             &out->vendor[2] };
    bool *has[] = { &out->has_csr, &out->has_nonce, &out->has_vendor[0], &out->has_vendor[1],
                    &out->has_vendor[2] };
    unsigned i = e->tag - 1;

    *has[i] = true;
    if (e->type == VD_TLV_OCTETS)
        *to[i] = e->bytes;
    else
        (void)vd_find(s->f, VD_RULE_NOCSR_FIELD_TYPE, ON, "octet string", "%s is %s", fields[i],
                      vd_tlv_type_text(e->type));
}

static void take_member(struct state *s, const struct vd_tlv *e)
{
    if (e->form != VD_TAG_CONTEXT) {
        (void)vd_find(s->f, VD_RULE_NOCSR_UNKNOWN_TAG, ON, "context tags 1 to 5", "a profile tag");
        return;
    }
    if (e->tag < 1 || e->tag > 5) {
        (void)vd_find(s->f, VD_RULE_NOCSR_UNKNOWN_TAG, ON, "context tags 1 to 5", "context tag %u",
                      (unsigned)e->tag);
        return;
    }
    if (s->last == 0 ? e->tag != 1 : e->tag <= s->last)
        (void)vd_find(s->f, VD_RULE_NOCSR_ORDER, ON, "context tags from 1, ascending",
                      "context tag %u %s", (unsigned)e->tag, s->last ? "out of order" : "first");
    s->last = e->tag;
    take_field(s, e);
}

/* The members of the structure, up to its end. */
static bool read_members(struct vd_tlv_reader *r, struct state *s)
{
    struct vd_tlv e;
    while (vd_tlv_next(r, &e)) {
        if (e.type == VD_TLV_END)
            return true;
        take_member(s, &e);
        if (vd_tlv_is_container(e.type) && !vd_tlv_skip(r))
            return false;
    }
    return false;
}

bool vd_nocsr_read(struct vd_span in, struct vd_nocsr *ret, struct vd_findings *f)
{
    struct vd_tlv_reader r = vd_tlv_start(in);
    struct state s = { ret, f, 0 };
    struct vd_tlv top;

    *ret = (struct vd_nocsr){ .has_csr = false };
    if (in.n > VD_MAX_ELEMENTS)
        (void)vd_find(f, VD_RULE_NOCSR_SIZE, ON, "at most 900 bytes", "%zu bytes", in.n);
    if (!vd_tlv_next(&r, &top) || top.type != VD_TLV_STRUCTURE || top.form != VD_TAG_ANONYMOUS) {
        (void)vd_find(f, VD_RULE_NOCSR_TLV, ON, "an anonymous structure",
                      in.n == 0 ? "no bytes" : "something else");
        return false;
    }
    if (!read_members(&r, &s)) {
        (void)vd_find(f, VD_RULE_NOCSR_TLV, ON, "well-formed TLV up to the end of the structure",
                      "broken at byte %zu of %zu", in.n - r.in.n, in.n);
        return ret->has_csr || ret->has_nonce;
    }
    if (r.in.n > 0)
        (void)vd_find(f, VD_RULE_NOCSR_TRAILING_BYTES, ON, "0 bytes", "%zu bytes", r.in.n);
    if (!ret->has_csr)
        (void)vd_find(f, VD_RULE_NOCSR_FIELD_MISSING, ON, "csr", "no csr");
    if (!ret->has_nonce)
        (void)vd_find(f, VD_RULE_NOCSR_FIELD_MISSING, ON, "CSRNonce", "no CSRNonce");
    return true;
}

/* ---- the request ---- */

static void check_request_signature(const struct vd_csr *r, struct vd_cache *cache,
                                    struct vd_findings *f)
{
    enum vd_check got = cache != NULL
                            ? vd_cache_check_once(cache, r->key, r->info, r->signature)
                            : vd_sig_check(r->key, r->info, r->signature);

    if (got == VD_CHECK_NO_KEY)
        (void)vd_find(f, VD_RULE_CSR_PUBLIC_KEY, VD_ON_CSR, "a point on P-256", "not on the curve");
    else if (got == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_CSR, NULL, "signature not checked");
    else if (got == VD_CHECK_BAD)
        (void)vd_find(f, VD_RULE_CSR_SIGNATURE, VD_ON_CSR, NULL,
                      "the signature does not verify with the requested key");
}

void vd_csr_check(struct vd_span in, struct vd_cache *cache, struct vd_findings *f)
{
    struct vd_csr r;

    if (!vd_csr_read(in, &r)) {
        (void)vd_find(f, VD_RULE_CSR_DER, VD_ON_CSR, "a PKCS#10 request", "broken at %s", r.broken);
        return;
    }
    if (r.trailing > 0)
        (void)vd_find(f, VD_RULE_CSR_TRAILING_BYTES, VD_ON_CSR, "0 bytes", "%zu bytes", r.trailing);
    if (r.version != 0)
        (void)vd_find(f, VD_RULE_CSR_VERSION, VD_ON_CSR, "version 0 (v1)", "version %" PRIu64,
                      r.version);
    if (!r.has_attributes)
        (void)vd_find(f, VD_RULE_CSR_ATTRIBUTES, VD_ON_CSR, NULL, "no attributes field");
    if (r.algorithm != VD_ALG_ECDSA_SHA256)
        (void)vd_find(f, VD_RULE_CSR_SIGNATURE_ALGORITHM, VD_ON_CSR, "ecdsa-with-SHA256", "%s",
                      vd_algorithm_text(r.algorithm));
    if (r.key_kind != VD_KEY_P256)
        (void)vd_find(f, VD_RULE_CSR_PUBLIC_KEY, VD_ON_CSR, "an uncompressed point on P-256",
                      "another kind of key");
    else if (r.algorithm == VD_ALG_ECDSA_SHA256)
        check_request_signature(&r, cache, f);
}

/* ---- against what was sent ---- */

static void check_nonce(const struct vd_nocsr_in *in, const struct vd_nocsr *e,
                        struct vd_findings *f)
{
    if (e->nonce.p == NULL)
        return;
    if (e->nonce.n != 32)
        (void)vd_find(f, VD_RULE_CSR_NONCE_LENGTH, ON, "32 octets", "%zu octets", e->nonce.n);
    else if (in->nonce.p != NULL && !vd_span_eq(e->nonce, in->nonce))
        (void)vd_find(f, VD_RULE_CSR_NONCE_MISMATCH, ON, "the nonce that was sent",
                      "another nonce");
}

static void check_vendor_fields(const struct vd_nocsr_in *in, const struct vd_nocsr *e,
                                struct vd_findings *f)
{
    size_t at;
    for (size_t i = 0; i < VD_NOCSR_VENDOR && in->challenge.n == 16; i++) {
        if (vd_span_find(e->vendor[i], in->challenge, &at))
            (void)vd_find(f, VD_RULE_NOCSR_CHALLENGE_SHOWN, ON, "no challenge", "in %s at byte %zu",
                          fields[2 + i], at);
    }
}

static void check_signature(const struct vd_nocsr_in *in, struct vd_findings *f)
{
    enum vd_check got;

    if (in->signature.p != NULL && in->signature.n != VD_RAW_SIG) {
        (void)vd_find(f, VD_RULE_NOCSR_SIGNATURE_LENGTH, VD_ON_NOCSR_SIGNATURE, "64 octets",
                      "%zu octets", in->signature.n);
        return;
    }
    if (in->elements.p == NULL || in->signature.p == NULL || in->challenge.p == NULL ||
        !in->dac->parsed || in->dac->key_kind != VD_KEY_P256)
        return; /* said elsewhere */
    got = vd_cache_check_raw(in->cache, in->dac->key, in->elements, in->challenge, in->signature);
    if (got == VD_CHECK_NO_MEMORY)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_NOCSR_SIGNATURE, NULL,
                      "signature not checked");
    else if (got == VD_CHECK_BAD)
        (void)vd_find(f, VD_RULE_NOCSR_SIGNATURE, VD_ON_NOCSR_SIGNATURE, NULL,
                      "the signature does not verify with the DAC's key");
}

static void say_missing(const struct vd_nocsr_in *in, struct vd_findings *f)
{
    const struct {
        struct vd_span given;
        enum vd_rule rule;
        enum vd_subject on;
        const char *what;
    } rows[] = {
        { in->elements, VD_RULE_NO_CSR_PROOF, ON, "the NOCSR elements" },
        { in->signature, VD_RULE_NO_CSR_PROOF, VD_ON_NOCSR_SIGNATURE, "the NOCSR signature" },
        { in->challenge, VD_RULE_NO_CSR_PROOF, VD_ON_CHALLENGE, "the attestation challenge" },
        { in->nonce, VD_RULE_NO_CSR_NONCE, VD_ON_NONCE, "the CSR nonce" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].given.p == NULL)
            (void)vd_find(f, rows[i].rule, rows[i].on, rows[i].what, "not given");
    }
}

void vd_nocsr_check(const struct vd_nocsr_in *in, struct vd_findings *f)
{
    struct vd_nocsr e;

    if (in->elements.p == NULL && in->signature.p == NULL && in->nonce.p == NULL)
        return; /* no CSRRequest, nothing to judge */
    say_missing(in, f);
    if (in->nonce.p != NULL && in->nonce.n != 32)
        (void)vd_find(f, VD_RULE_CSR_NONCE_LENGTH, VD_ON_NONCE, "32 octets", "%zu octets",
                      in->nonce.n);
    if (in->elements.p != NULL && vd_nocsr_read(in->elements, &e, f)) {
        check_nonce(in, &e, f);
        check_vendor_fields(in, &e, f);
        if (e.csr.p != NULL)
            vd_csr_check(e.csr, in->cache, f);
    }
    check_signature(in, f);
}
