/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_item.c - the elements of a CRL, one after the other: fields, entries, signature.
 */
#include "crl_int.h"
#include "der.h"

bool vd_crl_broken(struct vd_crl_reader *r, const char *where)
{
    r->state = VD_CRL_BROKEN;
    r->facts.broken = where;
    return false;
}

bool vd_crl_give_up(struct vd_crl_reader *r, enum vd_crl_state state)
{
    r->state = state;
    return false;
}

/* ---- the fields before the entries ---- */

static bool take_version(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    return vd_der_uint(i->value, &r->facts.version) || vd_crl_broken(r, "version");
}

static bool take_algorithm(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    if (i->tag != DER_SEQUENCE)
        return vd_crl_broken(r, "signature");
    if (i->whole.n > r->algorithm.max)
        return vd_crl_broken(r, "signature algorithm identifier");
    return vd_buf_put(&r->algorithm, i->whole) || vd_crl_give_up(r, VD_CRL_MEMORY);
}

static bool take_issuer(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    if (i->tag != DER_SEQUENCE)
        return vd_crl_broken(r, "issuer");
    if (!vd_copy(r->store.issuer, sizeof r->store.issuer, i->whole))
        return vd_crl_give_up(r, VD_CRL_TOO_LARGE);
    r->facts.issuer = (struct vd_span){ r->store.issuer, i->whole.n };
    return true;
}

static bool is_time(uint8_t tag)
{
    return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

static bool take_this_update(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    if (!is_time(i->tag))
        return vd_crl_broken(r, "thisUpdate");
    r->facts.this_ok = vd_der_time(i->tag, i->value, &r->facts.this_update);
    return true;
}

static bool take_next_update(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    r->facts.has_next_update = true;
    r->facts.next_ok = vd_der_time(i->tag, i->value, &r->facts.next_update);
    return true;
}

/* ---- entries ---- */

static bool take_entry_extensions(struct vd_crl_reader *r, struct vd_span in)
{
    struct vd_crl_entry_ext x;
    vd_crl_entry_extensions(in, &x);
    r->facts.bad_extensions += x.malformed;
    r->facts.unknown_critical_entries += x.unknown_critical;
    r->facts.removals += x.removal;
    if (!x.has_issuers)
        return true;
    r->facts.issuer_extensions++;
    r->facts.uncritical_issuers += !x.issuers_critical;
    if (vd_span_eq(x.issuers, vd_buf_span(&r->issuers)) && r->issuers_id > 0)
        return true;
    vd_buf_clear(&r->issuers);
    r->issuers_id++;
    return vd_buf_put(&r->issuers, x.issuers) || vd_crl_give_up(r, VD_CRL_MEMORY);
}

static bool take_entry(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    struct vd_span in = i->value, serial, date, exts, magnitude;
    struct vd_crl_entry entry;
    uint8_t date_tag;

    if (i->tag != DER_SEQUENCE || !vd_der_take(&in, DER_INTEGER, &serial) || serial.n == 0 ||
        !vd_der_next(&in, &date_tag, &date, NULL) || !is_time(date_tag))
        return vd_crl_broken(r, "revokedCertificates entry");
    r->facts.bad_dates += !vd_der_time(date_tag, date, NULL);
    r->facts.bad_serials += !vd_der_magnitude(serial, &magnitude) || magnitude.n > 20;
    if (vd_der_take(&in, DER_SEQUENCE, &exts) && !take_entry_extensions(r, exts))
        return false;
    if (in.n != 0)
        return vd_crl_broken(r, "end of a revokedCertificates entry");
    r->facts.n_entries++;
    entry = (struct vd_crl_entry){ serial, vd_buf_span(&r->issuers), r->issuers_id };
    return r->sink(r->user, &entry) || vd_crl_give_up(r, VD_CRL_STOPPED);
}

/* ---- after the entries ---- */

static bool take_extensions(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    const char *where = vd_crl_extensions(i->value, &r->facts, &r->store);
    return where == NULL || vd_crl_broken(r, where);
}

static bool take_outer_algorithm(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    struct vd_span oid;
    if (i->tag != DER_SEQUENCE)
        return vd_crl_broken(r, "signatureAlgorithm");
    r->facts.algorithm = vd_algorithm_read(i->whole, &oid);
    r->facts.algorithms_equal = vd_span_eq(i->whole, vd_buf_span(&r->algorithm));
    return true;
}

static bool take_signature(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    struct vd_span bits = i->value;
    uint8_t unused;
    if (i->tag != DER_BIT_STRING || !vd_take_u8(&bits, &unused) || unused != 0 ||
        !vd_copy(r->store.signature, sizeof r->store.signature, bits))
        return vd_crl_broken(r, "signatureValue");
    r->facts.signature = (struct vd_span){ r->store.signature, bits.n };
    return true;
}

/* ---- which stage takes the next element ---- */

/* Stages whose field is optional step aside when the next tag is not theirs. */
void vd_crl_skip_absent(struct vd_crl_reader *r, uint8_t tag, bool more)
{
    if (r->stage == STAGE_VERSION && !(more && tag == DER_INTEGER))
        r->stage = STAGE_ALGORITHM;
    if (r->stage == STAGE_NEXT_UPDATE && !(more && is_time(tag)))
        r->stage = STAGE_LIST;
    if (r->stage == STAGE_LIST && !(more && tag == DER_SEQUENCE))
        r->stage = STAGE_EXTENSIONS;
    if (r->stage == STAGE_EXTENSIONS && !(more && tag == DER_CONTEXT_CONSTRUCTED(0)))
        r->stage = STAGE_TBS_END;
}

bool vd_crl_take_item(struct vd_crl_reader *r, const struct vd_crl_item *i)
{
    switch (r->stage) {
    case STAGE_VERSION:
        r->stage = STAGE_ALGORITHM;
        return take_version(r, i);
    case STAGE_ALGORITHM:
        r->stage = STAGE_ISSUER;
        return take_algorithm(r, i);
    case STAGE_ISSUER:
        r->stage = STAGE_THIS_UPDATE;
        return take_issuer(r, i);
    case STAGE_THIS_UPDATE:
        r->stage = STAGE_NEXT_UPDATE;
        return take_this_update(r, i);
    case STAGE_NEXT_UPDATE:
        r->stage = STAGE_LIST;
        return take_next_update(r, i);
    case STAGE_ENTRIES:
        return take_entry(r, i);
    case STAGE_EXTENSIONS:
        r->stage = STAGE_TBS_END;
        return take_extensions(r, i);
    case STAGE_OUTER_ALGORITHM:
        r->stage = STAGE_SIGNATURE;
        return take_outer_algorithm(r, i);
    case STAGE_SIGNATURE:
        r->stage = STAGE_END;
        return take_signature(r, i);
    case STAGE_OUTER:
    case STAGE_TBS:
    case STAGE_LIST:
    case STAGE_TBS_END:
    case STAGE_END:
        break;
    }
    return vd_crl_broken(r, "order of fields");
}
