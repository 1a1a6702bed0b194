/* SPDX-License-Identifier: Apache-2.0
 *
 * signed.c - the frame of signed documents.
 *
 *   document   header body signatures
 *   header     "VDH1" kind:u8 network:u8 zero:u16 feed[16] epoch:u32 body_size:u32 number:u64
 *              created:i64 expires:i64 zero:u64
 *   signatures count:u16 zero:u16 (algorithm:u16 size:u16 key_id[16] value[size])*
 */
#include "signed.h"

#include "limits.h"

#define MAX_NUMBER (UINT64_C(1) << 62) /* a version that is never reached by counting */

/* ---- the feed ---- */

static bool feed_octet(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool vd_feed_valid(const char *feed, uint8_t network)
{
    const struct vd_span text = vd_span_str(feed);
    if (text.n == 0 || text.n > VD_FEED || network < 1 || network > 2)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        if (!feed_octet(text.p[i]))
            return false;
    }
    return (!vd_span_is(text, "main") || network == 1) &&
           (!vd_span_is(text, "test") || network == 2);
}

/* Text, then zeros. */
static bool read_feed(struct vd_span in, char ret[VD_FEED + 1])
{
    size_t n = 0;
    while (n < in.n && in.p[n] != 0)
        n++;
    for (size_t i = n; i < in.n; i++) {
        if (in.p[i] != 0)
            return false;
    }
    vd_zero(ret, VD_FEED + 1);
    in.n = n;
    return vd_copy(ret, VD_FEED, in);
}

bool vd_signed_before(uint32_t a_epoch, uint64_t a_number, uint32_t b_epoch, uint64_t b_number)
{
    return a_epoch < b_epoch || (a_epoch == b_epoch && a_number < b_number);
}

/* ---- reading ---- */

unsigned vd_signed_kind(struct vd_span in)
{
    uint8_t kind;
    return vd_take_tag(&in, "VDH1") && vd_take_u8(&in, &kind) && kind >= VD_DOC_ROOT &&
                   kind <= VD_DOC_INDEX
               ? kind
               : 0;
}

static bool take_signature(struct vd_span *in, struct vd_signature *ret)
{
    uint64_t algorithm, size;
    if (!vd_take_le(in, 2, &algorithm) || !vd_take_le(in, 2, &size) ||
        !vd_take(in, VD_KEY_ID, &ret->key_id) || !vd_take(in, (size_t)size, &ret->value))
        return false;
    ret->algorithm = (uint16_t)algorithm;
    return true;
}

bool vd_signed_next(struct vd_span *cursor, struct vd_signature *ret)
{
    return cursor->n > 0 && take_signature(cursor, ret);
}

/* Ascending by key id, so that nobody is there twice. */
static const char *read_signatures(struct vd_span in, struct vd_signed *d)
{
    struct vd_span last = VD_NO_SPAN;
    struct vd_signature s;
    uint64_t count, zero;

    if (!vd_take_le(&in, 2, &count) || !vd_take_le(&in, 2, &zero))
        return "document-size";
    if (zero != 0)
        return "document-zero";
    if (count > VD_MAX_SIGNATURES)
        return "signature-count";
    d->signatures = in;
    d->n_signatures = (uint32_t)count;
    for (uint64_t i = 0; i < count; i++) {
        int order;
        if (!take_signature(&in, &s))
            return "document-size";
        if (s.value.n > VD_MAX_SIGNATURE || s.algorithm == 0 ||
            (s.algorithm <= VD_SIGN_LAST && s.value.n != VD_RAW_SIG))
            return "signature-size";
        order = vd_span_cmp(last, s.key_id);
        if (order == 0)
            return "signature-twice";
        if (order > 0)
            return "signature-order";
        last = s.key_id;
    }
    return in.n == 0 ? NULL : "document-trailing";
}

static const char *check_values(const struct vd_signed *d)
{
    if (d->network < 1 || d->network > 2)
        return "document-network";
    if (!vd_feed_valid(d->feed, d->network))
        return "document-feed";
    if (d->epoch == 0 || d->number == 0 || d->number > MAX_NUMBER)
        return "document-number";
    if (d->created <= 0 ||
        (d->kind == VD_DOC_INDEX ? d->expires != 0 : d->expires <= d->created))
        return "document-time";
    return NULL;
}

const char *vd_signed_read(struct vd_span in, enum vd_document kind, size_t max,
                           struct vd_signed *ret)
{
    struct vd_span all = in, feed;
    uint64_t got_kind, network, zero, epoch, size, created, expires, rest;
    struct vd_signed d;
    const char *wrong;

    if (in.n > max)
        return "document-too-large";
    if (!vd_take_tag(&in, "VDH1"))
        return "document-magic";
    if (!vd_take_le(&in, 1, &got_kind) || !vd_take_le(&in, 1, &network) ||
        !vd_take_le(&in, 2, &zero) || !vd_take(&in, VD_FEED, &feed) ||
        !vd_take_le(&in, 4, &epoch) || !vd_take_le(&in, 4, &size) ||
        !vd_take_le(&in, 8, &d.number) || !vd_take_le(&in, 8, &created) ||
        !vd_take_le(&in, 8, &expires) || !vd_take_le(&in, 8, &rest) ||
        !vd_take(&in, (size_t)size, &d.body))
        return "document-size";
    if (got_kind != kind)
        return "document-kind";
    if (zero != 0 || rest != 0)
        return "document-zero";
    if (!read_feed(feed, d.feed))
        return "document-feed";
    d.kind = kind;
    d.network = (uint8_t)network;
    d.epoch = (uint32_t)epoch;
    d.created = (int64_t)created;
    d.expires = (int64_t)expires;
    d.message = vd_span_walked(all, in);
    if ((wrong = check_values(&d)) != NULL || (wrong = read_signatures(in, &d)) != NULL)
        return wrong;
    *ret = d;
    return NULL;
}

/* ---- writing ---- */

bool vd_signed_write(const struct vd_signed *d, struct vd_span body, struct vd_buf *out)
{
    uint8_t feed[VD_FEED] = { 0 };
    return body.n <= UINT32_MAX && vd_copy(feed, sizeof feed, vd_span_str(d->feed)) &&
           vd_buf_str(out, "VDH1") && vd_buf_u8(out, (uint8_t)d->kind) &&
           vd_buf_u8(out, d->network) && vd_buf_le(out, 2, 0) && vd_buf_put(out, VD_SPAN(feed)) &&
           vd_buf_le(out, 4, d->epoch) && vd_buf_le(out, 4, body.n) &&
           vd_buf_le(out, 8, d->number) && vd_buf_le(out, 8, (uint64_t)d->created) &&
           vd_buf_le(out, 8, (uint64_t)d->expires) && vd_buf_le(out, 8, 0) &&
           vd_buf_put(out, body) && vd_buf_le(out, VD_SIGNATURES_AT, 0);
}

bool vd_key_id(uint16_t algorithm, struct vd_span key, uint8_t ret[VD_KEY_ID])
{
    uint8_t tag[2] = { (uint8_t)(algorithm & 0xFF), (uint8_t)(algorithm >> 8) };
    uint8_t digest[VD_SHA256];
    struct vd_span head;
    return vd_sha256_two(VD_SPAN(tag), key, digest) &&
           vd_span_slice(VD_SPAN(digest), 0, VD_KEY_ID, &head) && vd_copy(ret, VD_KEY_ID, head);
}

static bool put_signature(struct vd_buf *out, uint16_t algorithm, struct vd_span key_id,
                          struct vd_span value)
{
    return vd_buf_le(out, 2, algorithm) && vd_buf_le(out, 2, value.n) && vd_buf_put(out, key_id) &&
           vd_buf_put(out, value);
}

/* Any kind, so that one function signs all of them. */
static bool read_any(struct vd_span in, struct vd_signed *ret)
{
    const unsigned kind = vd_signed_kind(in);
    return kind != 0 && vd_signed_read(in, (enum vd_document)kind, in.n, ret) == NULL;
}

bool vd_signed_add(struct vd_span in, const struct vd_public *key, struct vd_span value,
                   struct vd_buf *out)
{
    struct vd_span cursor;
    struct vd_signature s;
    struct vd_signed d;
    uint8_t id[VD_KEY_ID];
    bool ok, done = false, replaces = false;

    if (!read_any(in, &d) || !vd_key_id(key->algorithm, vd_public_span(key), id))
        return false;
    cursor = d.signatures;
    while (vd_signed_next(&cursor, &s))
        replaces = replaces || vd_span_eq(s.key_id, VD_SPAN(id));
    ok = d.n_signatures + !replaces <= VD_MAX_SIGNATURES && vd_buf_put(out, d.message) &&
         vd_buf_le(out, 2, d.n_signatures + !replaces) && vd_buf_le(out, 2, 0);
    cursor = d.signatures;
    while (ok && vd_signed_next(&cursor, &s)) {
        const int order = vd_span_cmp(s.key_id, VD_SPAN(id));
        if (order >= 0 && !done)
            ok = done = put_signature(out, key->algorithm, VD_SPAN(id), value);
        if (order != 0)
            ok = ok && put_signature(out, s.algorithm, s.key_id, s.value);
    }
    return ok && (done || put_signature(out, key->algorithm, VD_SPAN(id), value));
}
