/* SPDX-License-Identifier: Apache-2.0
 *
 * points.c - one revocation distribution point and the CA that it is bound to.
 *
 *   isPAA  signer                     delegator        the CA is
 *   true   an approved PAA itself     none             that PAA
 *   true   issued by an approved PAA  none or that PAA that PAA
 *   false  a PAI                      none             that PAI
 *   false  issued by the delegator    a PAI            the delegator
 */
#include "points.h"

#include <stdlib.h>

#include "profile.h"
#include "text.h"

/* ---- copies ---- */

static uint8_t *copy_bytes(struct vd_span in)
{
    uint8_t *p = malloc(in.n + 1);
    if (p == NULL || !vd_copy(p, in.n, in)) {
        free(p);
        return NULL;
    }
    p[in.n] = 0;
    return p;
}

/* A NUL in the middle must not hide what follows it: it becomes an octet that no rule lets pass. */
static char *copy_text(struct vd_span in)
{
    uint8_t *p = copy_bytes(in);
    for (size_t i = 0; p != NULL && i < in.n; i++) {
        if (p[i] == 0)
            p[i] = 0x7F;
    }
    return (char *)p;
}

bool vd_point_make(const struct vd_point_record *r, struct vd_point *ret)
{
    struct vd_point p = { .vid = r->vid, .pid = r->pid, .revocation_type = r->revocation_type,
                          .is_paa = r->is_paa, .has_data_fields = r->has_data_fields,
                          .adds_only = r->adds_only,
                          .extra_certificates = r->extra_certificates };

    if (r->label.n > VD_MAX_LABEL || r->url.n > VD_MAX_URL || r->key_id.n > VD_MAX_KEY_ID_TEXT ||
        r->signer.n > VD_MAX_INPUT || r->delegator.n > VD_MAX_INPUT)
        return false;
    p.label = copy_text(r->label);
    p.url = copy_text(r->url);
    p.key_id_text = copy_text(r->key_id);
    p.signer_der = copy_bytes(r->signer);
    p.delegator_der = copy_bytes(r->delegator);
    if (p.label == NULL || p.url == NULL || p.key_id_text == NULL || p.signer_der == NULL ||
        p.delegator_der == NULL) {
        vd_point_clear(&p);
        return false;
    }
    p.has_delegator = r->delegator.n > 0;
    (void)vd_cert_read((struct vd_span){ p.signer_der, r->signer.n }, &p.signer);
    (void)vd_cert_read((struct vd_span){ p.delegator_der, r->delegator.n }, &p.delegator);
    *ret = p;
    return true;
}

void vd_point_clear(struct vd_point *p)
{
    free(p->label);
    free(p->url);
    free(p->key_id_text);
    free(p->signer_der);
    free(p->delegator_der);
    *p = (struct vd_point){ .vid = 0 };
}

/* ---- the record itself ---- */

static void check_key_id(struct vd_point *p, struct vd_findings *f)
{
    struct vd_span text = vd_span_str(p->key_id_text);
    struct vd_buf b = VD_BUF_ON(p->key_id);
    bool upper = true;

    for (size_t i = 0; i < text.n; i++)
        upper = upper && !(text.p[i] >= 'a' && text.p[i] <= 'f');
    p->has_key_id = upper && text.n == 40 && vd_hex_read(text, &b);
    if (!p->has_key_id)
        (void)vd_find(f, VD_RULE_POINT_KEY_ID, VD_ON_POINT, "40 upper-case hex digits", "%.80s",
                      p->key_id_text);
}

static bool has_prefix(struct vd_span in, const char *prefix)
{
    return vd_take_tag(&in, prefix) && in.n > 0;
}

static void check_url(const struct vd_point *p, struct vd_findings *f)
{
    struct vd_span url = vd_span_str(p->url);
    bool printable = url.n > 0;
    for (size_t i = 0; i < url.n; i++)
        printable = printable && url.p[i] > 0x20 && url.p[i] < 0x7F;
    if (!printable || !(has_prefix(url, "https://") || has_prefix(url, "http://")))
        (void)vd_find(f, VD_RULE_POINT_URL, VD_ON_POINT, "http:// or https://, printable",
                      "%zu characters", url.n);
}

static void check_record(struct vd_point *p, struct vd_findings *f)
{
    if (p->revocation_type != 1)
        (void)vd_find(f, VD_RULE_POINT_TYPE, VD_ON_POINT, "1", "%d", (int)p->revocation_type);
    check_key_id(p, f);
    check_url(p, f);
    if (p->has_data_fields)
        (void)vd_find(f, VD_RULE_POINT_DATA_FIELDS, VD_ON_POINT, "not set", "set");
    if (p->extra_certificates > 0)
        (void)vd_find(f, VD_RULE_POINT_EXTRA_CERTIFICATES, VD_ON_POINT, NULL, "%zu more",
                      p->extra_certificates);
    if (!p->signer.parsed || p->signer.trailing > 0)
        (void)vd_find(f, VD_RULE_POINT_SIGNER, VD_ON_CRL_SIGNER, "one DER certificate",
                      p->signer.parsed ? "trailing bytes" : "broken");
    if (p->has_delegator && (!p->delegator.parsed || p->delegator.trailing > 0))
        (void)vd_find(f, VD_RULE_POINT_DELEGATOR, VD_ON_CRL_DELEGATOR, "one DER certificate",
                      p->delegator.parsed ? "trailing bytes" : "broken");
}

/* ---- paths ---- */

/* `c` was issued by `ca`: name, key id and signature. NULL, or what speaks against it. */
static const char *not_issued(const struct vd_cert *c, const struct vd_cert *ca, bool *memory)
{
    enum vd_check got = VD_CHECK_BAD;
    if (!vd_span_eq(c->issuer.der, ca->subject.der))
        return "it names another issuer";
    if (ca->skid.n == 0 || !vd_span_eq(c->akid, ca->skid))
        return "its authority key id is another one";
    if (ca->key_kind == VD_KEY_P256)
        got = vd_sig_check(ca->key, c->tbs, c->signature);
    *memory = *memory || got == VD_CHECK_NO_MEMORY;
    return got == VD_CHECK_GOOD ? NULL : "the signature does not verify with the delegator's key";
}

const struct vd_anchor *vd_point_issuing_paa(const struct vd_cert *c, const struct vd_trust *trust,
                                             enum vd_network network, bool *memory)
{
    const struct vd_anchor *a;
    for (size_t i = 0; (a = vd_trust_find(trust, VD_ANCHOR_PAA, c->akid, i)); i++) {
        if (a->network == network && not_issued(c, &a->cert, memory) == NULL)
            return a;
    }
    return NULL;
}

static const struct vd_anchor *same_paa(const struct vd_cert *c, const struct vd_trust *trust,
                                        enum vd_network network)
{
    const struct vd_anchor *a;
    for (size_t i = 0; (a = vd_trust_find(trust, VD_ANCHOR_PAA, c->skid, i)); i++) {
        if (a->network == network && vd_span_eq(a->cert.der, c->der))
            return a;
    }
    return NULL;
}

static void no_chain(struct vd_findings *f, enum vd_subject on, const char *found)
{
    (void)vd_find(f, VD_RULE_POINT_CHAIN, on, "issued by an approved PAA of this network", "%s",
                  found);
}

static void say_memory(struct vd_findings *f, bool memory)
{
    if (memory)
        (void)vd_find(f, VD_RULE_OUT_OF_MEMORY, VD_ON_CRL_SIGNER, NULL, "signature not checked");
}

/* A delegate of `ca`: its own profile, and issued by the CA directly. */
static void check_delegate(struct vd_point *p, struct vd_findings *f)
{
    vd_profile_check(&p->signer, VD_ROLE_CRL_SIGNER, VD_ON_CRL_SIGNER, false, f);
    p->delegate = true;
}

static bool self_issued(const struct vd_cert *c)
{
    return vd_span_eq(c->issuer.der, c->subject.der);
}

static void bind_paa(struct vd_point *p, const struct vd_trust *trust, enum vd_network network,
                     struct vd_findings *f)
{
    bool memory = false;

    if (self_issued(&p->signer)) {
        p->paa = same_paa(&p->signer, trust, network);
        if (p->paa == NULL)
            no_chain(f, VD_ON_CRL_SIGNER, "self-issued, and not among the approved PAAs");
    } else {
        p->paa = vd_point_issuing_paa(&p->signer, trust, network, &memory);
        say_memory(f, memory);
        if (p->paa == NULL)
            no_chain(f, VD_ON_CRL_SIGNER, "not issued by an approved PAA directly");
        check_delegate(p, f);
    }
    if (p->paa == NULL)
        return;
    p->ca = &p->paa->cert;
    if (p->has_delegator && p->delegator.parsed && !vd_span_eq(p->delegator.der, p->ca->der))
        (void)vd_find(f, VD_RULE_POINT_DELEGATOR, VD_ON_CRL_DELEGATOR, "the PAA itself, or none",
                      "another certificate");
}

/* A PAI that lists its own DACs, or has them listed by a delegate. */
static void bind_pai(struct vd_point *p, const struct vd_trust *trust, enum vd_network network,
                     struct vd_findings *f)
{
    const struct vd_cert *pai = p->has_delegator ? &p->delegator : &p->signer;
    enum vd_subject on = p->has_delegator ? VD_ON_CRL_DELEGATOR : VD_ON_CRL_SIGNER;
    const char *against;
    bool memory = false;

    if (!pai->parsed)
        return;
    vd_profile_check(pai, VD_ROLE_PAI, on, false, f);
    p->paa = self_issued(pai) ? NULL : vd_point_issuing_paa(pai, trust, network, &memory);
    say_memory(f, memory);
    if (p->paa == NULL)
        no_chain(f, on, self_issued(pai) ? "self-issued" : "not issued by an approved PAA");
    p->ca = pai;
    if (!p->has_delegator)
        return;
    check_delegate(p, f);
    against = not_issued(&p->signer, pai, &memory);
    say_memory(f, memory);
    if (against != NULL)
        (void)vd_find(f, VD_RULE_POINT_AUTHORITY, VD_ON_CRL_SIGNER, "issued by the delegator", "%s",
                      against);
}

/* ---- ids ---- */

static void check_vid(const struct vd_point *p, const struct vd_cert *c, bool must,
                      enum vd_subject on, struct vd_findings *f)
{
    const struct vd_id *vid = &c->subject.vid;
    char wanted[16];
    struct vd_buf b = VD_BUF_ON(wanted);
    (void)vd_buf_fmt(&b, "%04X", (unsigned)p->vid & 0xFFFF);
    wanted[b.n] = '\0';
    if (vid->state == VD_ID_PRESENT && vid->value != p->vid)
        (void)vd_find(f, VD_RULE_POINT_VID, on, wanted, "%04X", vid->value);
    else if (vid->state == VD_ID_BAD || (must && vid->state != VD_ID_PRESENT))
        (void)vd_find(f, VD_RULE_POINT_VID, on, wanted,
                      vid->state == VD_ID_BAD ? "malformed" : "none");
}

static void check_pid(const struct vd_point *p, struct vd_findings *f)
{
    const struct vd_id *pid = &p->ca->subject.pid;
    unsigned in_cert = pid->state == VD_ID_PRESENT ? pid->value : 0;
    if (p->is_paa ? p->pid != 0 : (unsigned)p->pid != in_cert)
        (void)vd_find(f, VD_RULE_POINT_PID, VD_ON_POINT,
                      p->is_paa ? "none for a PAA" : "as in the CA's certificate",
                      "record %04X, certificate %04X", (unsigned)p->pid & 0xFFFF, in_cert);
}

static void check_ids(struct vd_point *p, struct vd_findings *f)
{
    char found[VD_HEX_TEXT];

    bool own = vd_span_eq(p->ca->der, p->signer.der);

    check_vid(p, &p->signer, own && !p->is_paa, VD_ON_CRL_SIGNER, f);
    if (!own)
        check_vid(p, p->ca, !p->is_paa, VD_ON_CRL_DELEGATOR, f);
    check_pid(p, f);
    if (p->has_key_id && !vd_span_eq(p->ca->skid, VD_SPAN(p->key_id)))
        (void)vd_find(f, VD_RULE_POINT_KEY_ID, VD_ON_POINT, vd_hex_text(p->ca->skid, found),
                      "%.40s", p->key_id_text);
}

void vd_point_bind(struct vd_point *p, const struct vd_trust *trust, enum vd_network network,
                   struct vd_findings *f)
{
    size_t from = f->n;

    check_record(p, f);
    if (p->signer.parsed) {
        if (p->is_paa)
            bind_paa(p, trust, network, f);
        else
            bind_pai(p, trust, network, f);
    }
    if (p->ca != NULL)
        check_ids(p, f);
    p->bound = p->ca != NULL && p->paa != NULL;
    for (size_t i = from; i < f->n; i++)
        p->bound = p->bound && f->v[i].severity < VD_SEVERITY_INCOMPLETE;
}
