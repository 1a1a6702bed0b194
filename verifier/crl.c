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

#include "crl_int.h"
#include "der.h"

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

/* ---- containers: only their header is an element of its own ---- */

static bool is_container_stage(enum vd_crl_stage s)
{
    return s == STAGE_OUTER || s == STAGE_TBS || s == STAGE_LIST;
}

static bool open_container(struct vd_crl_reader *r, uint8_t tag, size_t header, size_t content)
{
    if (tag != DER_SEQUENCE)
        return vd_crl_broken(r, r->stage == STAGE_OUTER ? "outer SEQUENCE" : "tbsCertList");
    if (r->stage == STAGE_OUTER) {
        if (content > r->max_bytes)
            return vd_crl_give_up(r, VD_CRL_TOO_LARGE);
        r->outer_left = content;
        r->stage = STAGE_TBS;
    } else if (r->stage == STAGE_TBS) {
        if (content > r->outer_left - header)
            return vd_crl_broken(r, "length of tbsCertList");
        r->tbs_left = header + content;
        r->stage = STAGE_VERSION;
        r->hashing = true;
    } else { /* revokedCertificates */
        if (content > r->tbs_left - header)
            return vd_crl_broken(r, "length of revokedCertificates");
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
    vd_crl_skip_absent(r, 0, false);
    if (r->stage != STAGE_TBS_END)
        return vd_crl_broken(r, "end of tbsCertList");
    if (!vd_hash_add(r->hash, vd_span_walked(*unhashed, in)) ||
        !vd_hash_end(r->hash, r->facts.digest))
        return vd_crl_give_up(r, VD_CRL_MEMORY);
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
    struct vd_crl_item item = { 0 };

    switch (vd_der_measure(*in, &item.tag, &header, &content)) {
    case VD_DER_MORE:
        return STEP_MORE;
    case VD_DER_BAD:
        (void)vd_crl_broken(r, "tag or length");
        return STEP_STOP;
    case VD_DER_HEADER:
        break;
    }
    vd_crl_skip_absent(r, item.tag, true);
    n = is_container_stage(r->stage) ? header : header + content;
    if (n > room(r) || (!is_container_stage(r->stage) && content > room(r))) {
        (void)vd_crl_broken(r, "an element longer than what contains it");
        return STEP_STOP;
    }
    if (n > VD_MAX_CRL_ITEM) {
        (void)vd_crl_give_up(r, VD_CRL_TOO_LARGE);
        return STEP_STOP;
    }
    if (in->n < n)
        return STEP_MORE;
    (void)vd_take(in, n, &item.whole);
    item.value = vd_span_skip(item.whole, header);
    if (r->stage == STAGE_ENTRIES)
        r->list_left -= n;
    if (is_container_stage(r->stage) ? !open_container(r, item.tag, header, content)
                                     : !vd_crl_take_item(r, &item))
        return STEP_STOP;
    if (outer)
        *unhashed = *in;
    account(r, n, outer);
    return close_containers(r, unhashed, *in) ? STEP_ON : STEP_STOP;
}

/* Nearly all of a large CRL is entries of a short length. All but the last of the list are taken here
 * without the questions that step asks of any element; the last one ends containers, and step sees to
 * it. */
static void take_short_entries(struct vd_crl_reader *r, struct vd_span *in)
{
    struct vd_crl_item item = { 0 };
    while (r->stage == STAGE_ENTRIES && in->n > 2 && in->p[0] == DER_SEQUENCE && in->p[1] < 0x80) {
        const size_t n = 2u + in->p[1];
        if (in->n < n || n >= r->list_left)
            return;
        item.tag = DER_SEQUENCE;
        (void)vd_take(in, n, &item.whole);
        item.value = vd_span_skip(item.whole, 2);
        r->list_left -= n;
        account(r, n, false);
        if (!vd_crl_take_item(r, &item))
            return;
    }
}

/* As many elements as are whole; the rest of `in` is what a later chunk has to complete. */
static void parse(struct vd_crl_reader *r, struct vd_span *in)
{
    struct vd_span unhashed = *in;
    enum step s = STEP_ON;

    while (s == STEP_ON && r->state == VD_CRL_READING && in->n > 0) {
        if (r->stage == STAGE_END) {
            (void)vd_crl_broken(r, "bytes after the CRL");
            return;
        }
        take_short_entries(r, in);
        if (r->state == VD_CRL_READING && in->n > 0)
            s = step(r, in, &unhashed);
    }
    if (r->hashing && r->state == VD_CRL_READING &&
        !vd_hash_add(r->hash, vd_span_walked(unhashed, *in)))
        (void)vd_crl_give_up(r, VD_CRL_MEMORY);
}

/* DER bytes, PEM already undone. */
static bool feed_der(void *user, struct vd_span all)
{
    struct vd_crl_reader *r = user;
    struct vd_span in = VD_NO_SPAN, part = VD_NO_SPAN, rest;
    const size_t room = r->max_bytes - r->bytes;
    const bool over = all.n > room;

    (void)vd_take(&all, over ? room : all.n, &in); /* what is below the ceiling is judged first */
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
        if (part.n == 0)
            return vd_crl_give_up(r, VD_CRL_TOO_LARGE);
        if (!vd_buf_put(&r->carry, part))
            return vd_crl_give_up(r, VD_CRL_MEMORY);
        rest = vd_buf_span(&r->carry);
        parse(r, &rest);
        vd_buf_drop(&r->carry, r->carry.n - rest.n);
    }
    return r->state == VD_CRL_READING && (!over || vd_crl_give_up(r, VD_CRL_TOO_LARGE));
}

enum vd_crl_state vd_crl_feed(struct vd_crl_reader *r, struct vd_span chunk)
{
    if (r->state == VD_CRL_READING && !vd_crl_pem_feed(&r->pem, chunk, feed_der, r) &&
        r->state == VD_CRL_READING) {
        if (r->pem.out.failed)
            (void)vd_crl_give_up(r, VD_CRL_MEMORY);
        else
            (void)vd_crl_broken(r, "PEM");
    }
    return r->state;
}

enum vd_crl_state vd_crl_end(struct vd_crl_reader *r)
{
    if (r->state != VD_CRL_READING)
        return r->state;
    if (!vd_crl_pem_end(&r->pem))
        (void)vd_crl_broken(r, "end of PEM");
    else if (r->stage != STAGE_END || r->outer_left != 0 || r->carry.n != 0)
        (void)vd_crl_broken(r, r->stage == STAGE_END ? "bytes after the signature" : "end of input");
    else
        r->state = VD_CRL_DONE;
    return r->state;
}
