/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ext.c - extensions of a CRL and of its entries (RFC 5280 5.2, 5.3).
 */
#include "crl_ext.h"

#include "der.h"

/* id-ce numbers: 2.5.29.n */
enum { AKID = 35, NUMBER = 20, IDP = 28, DELTA = 27, REASON = 21, INVALIDITY = 24, ISSUER = 29 };

struct extension {
    int id; /* of id-ce, or -1 */
    bool critical;
    struct vd_span value;
};

/* A Name that a CA of Matter can have as its subject. */
static bool is_ca_name(struct vd_span der)
{
    struct vd_name name;
    vd_name_read(der, &name);
    return name.well_formed && !name.empty && name.vid.state != VD_ID_BAD &&
           name.pid.state != VD_ID_BAD && !name.vid.repeated && !name.pid.repeated;
}

/* OtherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY } */
static bool is_other_name(struct vd_span in)
{
    struct vd_span oid, value, whole;
    uint8_t tag;
    return vd_der_take(&in, DER_OID, &oid) && vd_der_oid_valid(oid) &&
           vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &value) && in.n == 0 &&
           vd_der_next(&value, &tag, &whole, NULL) && value.n == 0;
}

/* One GeneralName of a form that somebody uses. What cannot be read might have named anybody. */
static bool name_ok(uint8_t tag, struct vd_span content)
{
    switch (tag) {
    case DER_CONTEXT_CONSTRUCTED(0):
        return is_other_name(content);
    case DER_CONTEXT_CONSTRUCTED(4):
        return is_ca_name(content);
    case DER_CONTEXT(8):
        return vd_der_oid_valid(content);
    default: /* rfc822Name, dNSName, URI, iPAddress */
        return tag == DER_CONTEXT(1) || tag == DER_CONTEXT(2) || tag == DER_CONTEXT(6) ||
               tag == DER_CONTEXT(7);
    }
}

/* Content of GeneralNames: at least one. */
static bool names_ok(struct vd_span names)
{
    struct vd_span content;
    uint8_t tag;

    if (names.n == 0 || !vd_der_nested(names))
        return false;
    while (names.n > 0) {
        if (!vd_der_next(&names, &tag, &content, NULL) || !name_ok(tag, content))
            return false;
    }
    return true;
}

/* Extension ::= SEQUENCE { OID, critical BOOLEAN DEFAULT FALSE, OCTET STRING } */
static bool next_extension(struct vd_span *in, struct extension *ret, bool *explicit_false)
{
    struct vd_span seq, oid, content;

    *ret = (struct extension){ .id = -1 };
    if (!vd_der_take(in, DER_SEQUENCE, &seq) || !vd_der_take(&seq, DER_OID, &oid) ||
        !vd_der_oid_valid(oid))
        return false;
    if (oid.n == 3 && oid.p[0] == 0x55 && oid.p[1] == 0x1D && oid.p[2] < 0x80)
        ret->id = oid.p[2];
    if (vd_der_take(&seq, DER_BOOLEAN, &content)) {
        if (!vd_der_bool(content, &ret->critical))
            return false;
        *explicit_false = *explicit_false || !ret->critical;
    }
    return vd_der_take(&seq, DER_OCTET_STRING, &ret->value) && seq.n == 0;
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0], authorityCertIssuer [1],
 *     authorityCertSerialNumber [2] }: CRL issuers MUST use the first (RFC 5280 5.2.1) and may add
 * the other two, which many CA programs do. */
static bool read_akid(struct vd_span value, struct vd_span *ret)
{
    struct vd_span seq, content;
    bool issuer, serial;

    if (!vd_der_take(&value, DER_SEQUENCE, &seq) || value.n != 0 ||
        !vd_der_take(&seq, DER_CONTEXT(0), ret) || ret->n != 20)
        return false;
    issuer = vd_der_take(&seq, DER_CONTEXT_CONSTRUCTED(1), &content);
    if (issuer && !names_ok(content))
        return false;
    serial = vd_der_take(&seq, DER_CONTEXT(2), &content);
    if (serial && !vd_der_integer_minimal(content))
        return false;
    return seq.n == 0 && issuer == serial; /* both or none, X.509 9.2.2.1 */
}

static void take_akid(const struct extension *x, struct vd_crl *c, struct vd_crl_store *store)
{
    struct vd_span id;
    c->has_akid = true;
    c->akid_critical = x->critical;
    c->akid_malformed = !read_akid(x->value, &id) || !vd_copy(store->akid, 20, id);
    if (!c->akid_malformed)
        c->akid = VD_SPAN(store->akid);
}

static void take_number(const struct extension *x, struct vd_crl *c, struct vd_crl_store *store)
{
    struct vd_span value = x->value, content, magnitude;
    c->has_number = true;
    c->number_critical = x->critical;
    c->number_malformed = !vd_der_take(&value, DER_INTEGER, &content) || value.n != 0 ||
                          !vd_der_magnitude(content, &magnitude) ||
                          !vd_copy(store->number, sizeof store->number, magnitude);
    if (!c->number_malformed)
        c->number = (struct vd_span){ store->number, magnitude.n };
}

/* DistributionPointName ::= CHOICE { fullName [0] GeneralNames, nameRelativeToCRLIssuer [1] } */
static bool take_point_name(struct vd_span in, struct vd_crl *c, struct vd_crl_store *store)
{
    struct vd_span names, name;
    uint8_t tag;

    if (!vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(0), &names)) {
        c->idp_other_names = true; /* relative to the issuer: not a URL */
        return vd_der_take(&in, DER_CONTEXT_CONSTRUCTED(1), &names) && in.n == 0;
    }
    if (in.n != 0 || names.n == 0)
        return false;
    while (names.n > 0) {
        if (!vd_der_next(&names, &tag, &name, NULL))
            return false;
        if (tag != DER_CONTEXT(6)) {
            c->idp_other_names = true;
        } else if (c->idp_uris++ == 0) {
            if (!vd_copy(store->uri, sizeof store->uri, name))
                return false;
            c->idp_uri = (struct vd_span){ store->uri, name.n };
        }
    }
    return true;
}

static bool take_flag(struct vd_span *in, uint8_t number, bool *ret, bool *explicit_false)
{
    struct vd_span content;
    if (!vd_der_take(in, (uint8_t)DER_CONTEXT(number), &content))
        return true;
    if (!vd_der_bool(content, ret))
        return false;
    *explicit_false = *explicit_false || !*ret;
    return true;
}

/* IssuingDistributionPoint ::= SEQUENCE { distributionPoint [0], onlyContainsUserCerts [1],
 *     onlyContainsCACerts [2], onlySomeReasons [3], indirectCRL [4],
 *     onlyContainsAttributeCerts [5] }, all optional, flags DEFAULT FALSE */
static bool read_idp(struct vd_span value, struct vd_crl *c, struct vd_crl_store *store)
{
    struct vd_span seq, content;
    if (!vd_der_take(&value, DER_SEQUENCE, &seq) || value.n != 0)
        return false;
    if (vd_der_take(&seq, DER_CONTEXT_CONSTRUCTED(0), &content) &&
        !take_point_name(content, c, store))
        return false;
    if (!take_flag(&seq, 1, &c->only_user, &c->explicit_false) ||
        !take_flag(&seq, 2, &c->only_ca, &c->explicit_false))
        return false;
    c->some_reasons = vd_der_take(&seq, DER_CONTEXT(3), &content);
    return take_flag(&seq, 4, &c->indirect, &c->explicit_false) &&
           take_flag(&seq, 5, &c->only_attribute, &c->explicit_false) && seq.n == 0;
}

static void take_idp(const struct extension *x, struct vd_crl *c, struct vd_crl_store *store)
{
    c->has_idp = true;
    c->idp_critical = x->critical;
    c->idp_malformed = !read_idp(x->value, c, store);
}

static void take_crl_extension(const struct extension *x, struct vd_crl *c,
                               struct vd_crl_store *store)
{
    bool known = x->id == AKID || x->id == NUMBER || x->id == IDP || x->id == DELTA;
    bool seen = (x->id == AKID && c->has_akid) || (x->id == NUMBER && c->has_number) ||
                (x->id == IDP && c->has_idp) || (x->id == DELTA && c->has_delta);

    if (!known) {
        c->unknown_critical = c->unknown_critical || x->critical;
        return;
    }
    if (seen) {
        c->duplicate_extension = true;
        return;
    }
    if (x->id == AKID)
        take_akid(x, c, store);
    else if (x->id == NUMBER)
        take_number(x, c, store);
    else if (x->id == IDP)
        take_idp(x, c, store);
    else
        c->has_delta = true;
}

const char *vd_crl_extensions(struct vd_span explicit0, struct vd_crl *facts,
                              struct vd_crl_store *store)
{
    struct vd_span exts;
    struct extension x;

    if (!vd_der_take(&explicit0, DER_SEQUENCE, &exts) || explicit0.n != 0 || exts.n == 0)
        return "crlExtensions";
    while (exts.n > 0) {
        if (!next_extension(&exts, &x, &facts->explicit_false))
            return "a CRL extension";
        take_crl_extension(&x, facts, store);
    }
    return NULL;
}

static bool read_reason(struct vd_span value, bool *removal)
{
    const uint8_t enumerated = 0x0A;
    struct vd_span content;
    uint64_t code;
    if (!vd_der_take(&value, enumerated, &content) || value.n != 0 || !vd_der_uint(content, &code))
        return false;
    *removal = code == 8;
    return code <= 10 && code != 7;
}

static bool read_issuers(struct vd_span value, struct vd_span *ret)
{
    struct vd_span names;
    if (!vd_der_take(&value, DER_SEQUENCE, &names) || value.n != 0 || !names_ok(names))
        return false;
    *ret = names;
    return true;
}

void vd_crl_entry_extensions(struct vd_span in, struct vd_crl_entry_ext *ret)
{
    bool explicit_false = false, reason = false;
    struct extension x;

    *ret = (struct vd_crl_entry_ext){ .malformed = in.n == 0 };
    while (in.n > 0) {
        if (!next_extension(&in, &x, &explicit_false)) {
            ret->malformed = true;
            return;
        }
        if (x.id == REASON) {
            ret->malformed = !read_reason(x.value, &ret->removal) || reason || ret->malformed;
            reason = true;
        } else if (x.id == ISSUER) {
            ret->malformed = ret->has_issuers || !read_issuers(x.value, &ret->issuers) ||
                             ret->malformed;
            ret->has_issuers = true;
            ret->issuers_critical = x.critical;
        } else if (x.id != INVALIDITY && x.critical) {
            ret->unknown_critical = true;
        }
    }
    ret->malformed = ret->malformed || explicit_false;
}

bool vd_crl_names_issuer(struct vd_span general_names, struct vd_span name)
{
    struct vd_span one;
    uint8_t tag;
    while (general_names.n > 0) {
        if (!vd_der_next(&general_names, &tag, &one, NULL))
            return false;
        if (tag == DER_CONTEXT_CONSTRUCTED(4) && vd_span_eq(one, name))
            return true;
    }
    return false;
}
