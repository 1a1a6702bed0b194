/* SPDX-License-Identifier: Apache-2.0
 *
 * crl.c - one CRL as a stream: the outer structure and the entries.
 *
 *   CertificateList ::= SEQUENCE { tbsCertList, signatureAlgorithm, signatureValue BIT STRING }
 *   TBSCertList ::= SEQUENCE { version INTEGER OPTIONAL, signature AlgorithmIdentifier,
 *       issuer Name, thisUpdate Time, nextUpdate Time OPTIONAL,
 *       revokedCertificates SEQUENCE OF SEQUENCE { userCertificate INTEGER, revocationDate Time,
 *           crlEntryExtensions Extensions OPTIONAL } OPTIONAL,
 *       crlExtensions [0] EXPLICIT Extensions OPTIONAL }
 *
 * Bytes are consumed one element at a time. A chunk is parsed where it lies; only an element that
 * a chunk boundary cuts is put together in `carry`.
 */
#include "crl.h"

#include <stdlib.h>

#include "crl_ext.h"
#include "crl_pem.h"
#include "der.h"

enum stage {
    STAGE_OUTER,
    STAGE_TBS,
    STAGE_VERSION,
    STAGE_ALGORITHM,
    STAGE_ISSUER,
    STAGE_THIS_UPDATE,
    STAGE_NEXT_UPDATE,
    STAGE_LIST,
    STAGE_ENTRIES,
    STAGE_EXTENSIONS,
    STAGE_TBS_END,
    STAGE_OUTER_ALGORITHM,
    STAGE_SIGNATURE,
    STAGE_END
};

struct vd_crl_reader {
    struct vd_crl facts;
    struct vd_crl_store store; /* what the spans in facts point to */
    vd_crl_sink *sink;
    void *user;
    size_t bytes, max_bytes;
    enum vd_crl_state state;
    enum stage stage;
    size_t outer_left, tbs_left, list_left;
    bool hashing;
    struct vd_hash *hash;
    struct vd_buf carry;
    struct vd_buf algorithm;   /* the inner AlgorithmIdentifier */
    struct vd_buf issuers;     /* GeneralNames in force */
    uint64_t issuers_id;
    struct vd_crl_pem pem;
};

/* One whole element, as the stages see it. */
struct item {
    uint8_t tag;
    struct vd_span whole, value;
};

static bool broken(struct vd_crl_reader *r, const char *where)
{
    r->state = VD_CRL_BROKEN;
    r->facts.broken = where;
    return false;
}

static bool give_up(struct vd_crl_reader *r, enum vd_crl_state state)
{
    r->state = state;
    return false;
}

struct vd_crl_reader *vd_crl_start(vd_crl_sink *sink, void *user, size_t max_bytes)
{
    struct vd_crl_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->sink = sink;
    r->user = user;
    r->max_bytes = max_bytes;
    r->carry = VD_BUF(VD_MAX_CRL_ITEM + 8);
    r->algorithm = VD_BUF(1024);
    r->issuers = VD_BUF(VD_MAX_CRL_ITEM);
    vd_crl_pem_start(&r->pem);
    r->hash = vd_hash_make();
    if (r->hash == NULL || !vd_hash_start(r->hash)) {
        vd_crl_free(r);
        return NULL;
    }
    return r;
}

void vd_crl_free(struct vd_crl_reader *r)
{
    if (r == NULL)
        return;
    vd_hash_free(r->hash);
    vd_buf_free(&r->carry);
    vd_buf_free(&r->algorithm);
    vd_buf_free(&r->issuers);
    vd_crl_pem_free(&r->pem);
    free(r);
}

const struct vd_crl *vd_crl_facts(const struct vd_crl_reader *r)
{
    return &r->facts;
}

/* ---- the fields before the entries ---- */

static bool take_version(struct vd_crl_reader *r, const struct item *i)
{
    return vd_der_uint(i->value, &r->facts.version) || broken(r, "version");
}

static bool take_algorithm(struct vd_crl_reader *r, const struct item *i)
{
    if (i->tag != DER_SEQUENCE)
        return broken(r, "signature");
    if (!vd_buf_put(&r->algorithm, i->whole))
        return broken(r, "signature algorithm identifier");
    return true;
}

static bool take_issuer(struct vd_crl_reader *r, const struct item *i)
{
    if (i->tag != DER_SEQUENCE)
        return broken(r, "issuer");
    if (!vd_copy(r->store.issuer, sizeof r->store.issuer, i->whole))
        return give_up(r, VD_CRL_TOO_LARGE);
    r->facts.issuer = (struct vd_span){ r->store.issuer, i->whole.n };
    return true;
}

static bool is_time(uint8_t tag)
{
    return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

static bool take_this_update(struct vd_crl_reader *r, const struct item *i)
{
    if (!is_time(i->tag))
        return broken(r, "thisUpdate");
    r->facts.times_ok = vd_der_time(i->tag, i->value, &r->facts.this_update);
    return true;
}

static bool take_next_update(struct vd_crl_reader *r, const struct item *i)
{
    r->facts.has_next_update = true;
    r->facts.times_ok = vd_der_time(i->tag, i->value, &r->facts.next_update) && r->facts.times_ok;
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
    return vd_buf_put(&r->issuers, x.issuers) || give_up(r, VD_CRL_TOO_LARGE);
}

static bool take_entry(struct vd_crl_reader *r, const struct item *i)
{
    struct vd_span in = i->value, serial, date, exts, magnitude;
    struct vd_crl_entry entry;
    uint8_t date_tag;
    int64_t when;

    if (i->tag != DER_SEQUENCE || !vd_der_take(&in, DER_INTEGER, &serial) || serial.n == 0 ||
        !vd_der_next(&in, &date_tag, &date, NULL) || !is_time(date_tag))
        return broken(r, "revokedCertificates entry");
    r->facts.bad_dates += !vd_der_time(date_tag, date, &when);
    r->facts.bad_serials += !vd_der_magnitude(serial, &magnitude) || magnitude.n > 20;
    if (vd_der_take(&in, DER_SEQUENCE, &exts) && !take_entry_extensions(r, exts))
        return false;
    if (in.n != 0)
        return broken(r, "end of a revokedCertificates entry");
    r->facts.n_entries++;
    entry = (struct vd_crl_entry){ serial, vd_buf_span(&r->issuers), r->issuers_id };
    return r->sink(r->user, &entry) || give_up(r, VD_CRL_STOPPED);
}

/* ---- after the entries ---- */

static bool take_extensions(struct vd_crl_reader *r, const struct item *i)
{
    const char *where = vd_crl_extensions(i->value, &r->facts, &r->store);
    return where == NULL || broken(r, where);
}

static bool take_outer_algorithm(struct vd_crl_reader *r, const struct item *i)
{
    struct vd_span oid;
    if (i->tag != DER_SEQUENCE)
        return broken(r, "signatureAlgorithm");
    r->facts.algorithm = vd_algorithm_read(i->whole, &oid);
    r->facts.algorithms_equal = vd_span_eq(i->whole, vd_buf_span(&r->algorithm));
    return true;
}

static bool take_signature(struct vd_crl_reader *r, const struct item *i)
{
    struct vd_span bits = i->value;
    uint8_t unused;
    if (i->tag != DER_BIT_STRING || !vd_take_u8(&bits, &unused) || unused != 0 ||
        !vd_copy(r->store.signature, sizeof r->store.signature, bits))
        return broken(r, "signatureValue");
    r->facts.signature = (struct vd_span){ r->store.signature, bits.n };
    return true;
}

/* ---- which stage takes the next element ---- */

/* Stages whose field is optional step aside when the next tag is not theirs. */
static void skip_absent(struct vd_crl_reader *r, uint8_t tag, bool more)
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

static bool take_item(struct vd_crl_reader *r, const struct item *i)
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
    return broken(r, "order of fields");
}

/* ---- containers: only their header is an element of its own ---- */

static bool is_container_stage(enum stage s)
{
    return s == STAGE_OUTER || s == STAGE_TBS || s == STAGE_LIST;
}

static bool open_container(struct vd_crl_reader *r, uint8_t tag, size_t header, size_t content)
{
    if (tag != DER_SEQUENCE)
        return broken(r, r->stage == STAGE_OUTER ? "outer SEQUENCE" : "tbsCertList");
    if (r->stage == STAGE_OUTER) {
        if (content > r->max_bytes)
            return give_up(r, VD_CRL_TOO_LARGE);
        r->outer_left = content;
        r->stage = STAGE_TBS;
    } else if (r->stage == STAGE_TBS) {
        if (content > r->outer_left - header)
            return broken(r, "length of tbsCertList");
        r->tbs_left = header + content;
        r->stage = STAGE_VERSION;
        r->hashing = true;
    } else { /* revokedCertificates */
        if (content > r->tbs_left - header)
            return broken(r, "length of revokedCertificates");
        r->list_left = content;
        r->facts.empty_list = content == 0;
        r->stage = content == 0 ? STAGE_EXTENSIONS : STAGE_ENTRIES;
    }
    return true;
}

/* What the element may take at most: the rest of the innermost container that is open. */
static size_t room(const struct vd_crl_reader *r)
{
    if (r->stage == STAGE_OUTER)
        return SIZE_MAX;
    if (r->stage == STAGE_ENTRIES)
        return r->list_left;
    return r->hashing ? r->tbs_left : r->outer_left;
}

static void account(struct vd_crl_reader *r, size_t n, bool was_outer)
{
    if (was_outer)
        return;
    r->outer_left -= n;
    if (r->hashing)
        r->tbs_left -= n;
}

/* Ends of containers that have been reached. False on trouble. */
static bool close_containers(struct vd_crl_reader *r, struct vd_span *unhashed, struct vd_span in)
{
    if (r->stage == STAGE_ENTRIES && r->list_left == 0)
        r->stage = STAGE_EXTENSIONS;
    if (!r->hashing || r->tbs_left != 0)
        return true;
    skip_absent(r, 0, false);
    if (r->stage != STAGE_TBS_END)
        return broken(r, "end of tbsCertList");
    if (!vd_hash_add(r->hash, vd_span_walked(*unhashed, in)) ||
        !vd_hash_end(r->hash, r->facts.digest))
        return give_up(r, VD_CRL_STOPPED);
    *unhashed = in;
    r->hashing = false;
    r->stage = STAGE_OUTER_ALGORITHM;
    return true;
}

enum step { STEP_ON, STEP_MORE, STEP_STOP };

/* One element from the front of `in`. */
static enum step step(struct vd_crl_reader *r, struct vd_span *in, struct vd_span *unhashed)
{
    size_t header = 0, content = 0, n;
    bool outer = r->stage == STAGE_OUTER;
    struct item item = { 0 };

    switch (vd_der_measure(*in, &item.tag, &header, &content)) {
    case VD_DER_MORE:
        return STEP_MORE;
    case VD_DER_BAD:
        (void)broken(r, "tag or length");
        return STEP_STOP;
    case VD_DER_HEADER:
        break;
    }
    skip_absent(r, item.tag, true);
    n = is_container_stage(r->stage) ? header : header + content;
    if (n > room(r) || (!is_container_stage(r->stage) && content > room(r))) {
        (void)broken(r, "an element longer than what contains it");
        return STEP_STOP;
    }
    if (n > VD_MAX_CRL_ITEM) {
        (void)give_up(r, VD_CRL_TOO_LARGE);
        return STEP_STOP;
    }
    if (in->n < n)
        return STEP_MORE;
    (void)vd_take(in, n, &item.whole);
    item.value = vd_span_skip(item.whole, header);
    if (r->stage == STAGE_ENTRIES)
        r->list_left -= n;
    if (is_container_stage(r->stage) ? !open_container(r, item.tag, header, content)
                                     : !take_item(r, &item))
        return STEP_STOP;
    if (outer)
        *unhashed = *in;
    account(r, n, outer);
    return close_containers(r, unhashed, *in) ? STEP_ON : STEP_STOP;
}

/* As many elements as are whole; the rest of `in` is what a later chunk has to complete. */
static void parse(struct vd_crl_reader *r, struct vd_span *in)
{
    struct vd_span unhashed = *in;
    enum step s = STEP_ON;

    while (s == STEP_ON && r->state == VD_CRL_READING && in->n > 0) {
        if (r->stage == STAGE_END) {
            (void)broken(r, "bytes after the CRL");
            return;
        }
        s = step(r, in, &unhashed);
    }
    if (r->hashing && r->state == VD_CRL_READING &&
        !vd_hash_add(r->hash, vd_span_walked(unhashed, *in)))
        (void)give_up(r, VD_CRL_STOPPED);
}

/* DER bytes, PEM already undone. */
static bool feed_der(void *user, struct vd_span in)
{
    struct vd_crl_reader *r = user;
    struct vd_span part, rest;

    if (r->bytes > r->max_bytes - in.n || in.n > r->max_bytes)
        return give_up(r, VD_CRL_TOO_LARGE);
    r->bytes += in.n;
    while (in.n > 0 && r->state == VD_CRL_READING) {
        if (r->carry.n == 0) {
            parse(r, &in);
            if (r->state != VD_CRL_READING || in.n == 0)
                break;
        }
        /* an element is cut: take what completes it, at most one element's worth */
        (void)vd_take(&in, in.n < VD_MAX_CRL_ITEM - r->carry.n ? in.n
                                                               : VD_MAX_CRL_ITEM - r->carry.n, &part);
        if (part.n == 0 || !vd_buf_put(&r->carry, part))
            return give_up(r, VD_CRL_TOO_LARGE);
        rest = vd_buf_span(&r->carry);
        parse(r, &rest);
        vd_buf_drop(&r->carry, r->carry.n - rest.n);
    }
    return r->state == VD_CRL_READING;
}

enum vd_crl_state vd_crl_feed(struct vd_crl_reader *r, struct vd_span chunk)
{
    if (r->state == VD_CRL_READING && !vd_crl_pem_feed(&r->pem, chunk, feed_der, r) &&
        r->state == VD_CRL_READING)
        (void)broken(r, "PEM");
    return r->state;
}

enum vd_crl_state vd_crl_end(struct vd_crl_reader *r)
{
    if (r->state != VD_CRL_READING)
        return r->state;
    if (!vd_crl_pem_end(&r->pem))
        (void)broken(r, "end of PEM");
    else if (r->stage != STAGE_END || r->outer_left != 0 || r->carry.n != 0)
        (void)broken(r, r->stage == STAGE_END ? "bytes after the signature" : "end of input");
    else
        r->state = VD_CRL_DONE;
    return r->state;
}
