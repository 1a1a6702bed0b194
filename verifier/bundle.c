/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle.c - the draft bundle VDB0.
 */
#include "bundle.h"

#include <stdlib.h>

#define HEADER 40u
#define ROW 64u
#define KEY 8u

/* ---- writing ---- */

static int by_number(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static bool put_keys(const struct vd_rev_issuer *issuer, struct vd_buf *out)
{
    size_t n = issuer->n_serials;
    uint64_t *keys = calloc(n ? n : 1, sizeof *keys);
    bool ok = keys != NULL;

    for (size_t i = 0; ok && i < n; i++)
        ok = vd_revkey_make(issuer->id, issuer->serials[i], &keys[i]);
    if (ok)
        qsort(keys, n, sizeof *keys, by_number);
    for (size_t i = 0; ok && i < n; i++)
        ok = vd_buf_le(out, KEY, keys[i]);
    free(keys);
    return ok;
}

static size_t name_size(const struct vd_rev_issuer *issuer)
{
    return 1 + issuer->ca->skid.n + issuer->ca->subject.der.n;
}

static bool put_row(const struct vd_rev_issuer *issuer, uint64_t first_key, size_t names_offset,
                    struct vd_buf *out)
{
    return vd_buf_put(out, VD_SPAN(issuer->id)) && vd_buf_u8(out, issuer->good ? 1 : 0) &&
           vd_buf_u8(out, issuer->good ? 0 : (uint8_t)issuer->reason) && vd_buf_le(out, 2, 0) &&
           vd_buf_le(out, 4, issuer->n_serials) &&
           vd_buf_le(out, 8, (uint64_t)issuer->this_update) &&
           vd_buf_le(out, 8, (uint64_t)issuer->next_update) &&
           vd_buf_le(out, 8, (uint64_t)issuer->last_ok) && vd_buf_le(out, 8, first_key) &&
           vd_buf_le(out, 4, names_offset) &&
           vd_buf_le(out, 4, name_size(issuer));
}

static bool put_header(const struct vd_revset *set, struct vd_buf *out)
{
    uint64_t keys = 0, names = 0;
    size_t n = vd_revset_issuers(set);
    for (size_t i = 0; i < n; i++) {
        keys += vd_revset_issuer(set, i)->n_serials;
        names += name_size(vd_revset_issuer(set, i));
    }
    return vd_buf_str(out, "VDB0") && vd_buf_u8(out, (uint8_t)vd_revset_network(set)) &&
           vd_buf_le(out, 3, 0) && vd_buf_le(out, 8, (uint64_t)vd_revset_at(set)) &&
           vd_buf_le(out, 4, n) && vd_buf_le(out, 4, 0) && vd_buf_le(out, 8, keys) &&
           vd_buf_le(out, 8, names);
}

bool vd_bundle_write(const struct vd_revset *set, struct vd_buf *out)
{
    size_t n = vd_revset_issuers(set), offset = 0;
    uint64_t first_key = 0;
    uint8_t digest[VD_SHA256];
    bool ok = put_header(set, out);

    for (size_t i = 0; ok && i < n; i++) {
        const struct vd_rev_issuer *issuer = vd_revset_issuer(set, i);
        ok = put_row(issuer, first_key, offset, out);
        first_key += issuer->n_serials;
        offset += name_size(issuer);
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = put_keys(vd_revset_issuer(set, i), out);
    for (size_t i = 0; ok && i < n; i++) {
        const struct vd_cert *ca = vd_revset_issuer(set, i)->ca;
        ok = vd_buf_u8(out, (uint8_t)ca->skid.n) && vd_buf_put(out, ca->skid) &&
             vd_buf_put(out, ca->subject.der);
    }
    return ok && vd_sha256(vd_buf_span(out), digest) && vd_buf_put(out, VD_SPAN(digest));
}

/* ---- reading ---- */

struct raw_row {
    struct vd_span id;
    uint64_t good, reason, zero, n_keys, this_update, next_update, last_ok;
    uint64_t first_key, offset, size;
};

static bool read_row(struct vd_span *in, struct raw_row *r)
{
    return vd_take(in, VD_ISSUER_ID, &r->id) && vd_take_le(in, 1, &r->good) &&
           vd_take_le(in, 1, &r->reason) && vd_take_le(in, 2, &r->zero) &&
           vd_take_le(in, 4, &r->n_keys) && vd_take_le(in, 8, &r->this_update) &&
           vd_take_le(in, 8, &r->next_update) && vd_take_le(in, 8, &r->last_ok) &&
           vd_take_le(in, 8, &r->first_key) && vd_take_le(in, 4, &r->offset) && vd_take_le(in, 4, &r->size);
}

static bool row_values_ok(const struct raw_row *r)
{
    return r->zero == 0 && (r->good == 0 || (r->good == 1 && r->reason == 0)) &&
           r->reason < VD_REASONS;
}

static bool ascending(struct vd_span keys)
{
    uint64_t last = 0, key = 0;
    while (vd_take_le(&keys, KEY, &key)) {
        if (key < last)
            return false;
        last = key;
    }
    return true;
}

/* The part of `names` that belongs to a row: a key id and a Name. */
static bool read_name(struct vd_span names, const struct raw_row *r, struct vd_span *ret_key_id,
                      struct vd_span *ret_name)
{
    struct vd_span part;
    uint8_t n;
    if (!vd_span_slice(names, (size_t)r->offset, (size_t)r->size, &part) ||
        !vd_take_u8(&part, &n) || !vd_take(&part, n, ret_key_id))
        return false;
    *ret_name = part;
    return true;
}

static const char *check_rows(const struct vd_bundle *b)
{
    struct vd_span in = b->rows, keys = b->keys, mine, last = VD_NO_SPAN, key_id, name;
    uint64_t offset = 0, first_key = 0;
    uint8_t id[VD_ISSUER_ID];
    struct raw_row r;

    while (in.n > 0) {
        if (!read_row(&in, &r) || !row_values_ok(&r))
            return "coverage row";
        if (last.n != 0 && vd_span_cmp(last, r.id) >= 0)
            return "order of coverage rows";
        if (r.first_key != first_key || !vd_take(&keys, (size_t)r.n_keys * KEY, &mine) ||
            !ascending(mine))
            return "keys";
        if (r.offset != offset || !read_name(b->names, &r, &key_id, &name) ||
            !vd_revkey_issuer(name, key_id, id) || !vd_span_eq(VD_SPAN(id), r.id))
            return "names";
        offset += r.size;
        first_key += r.n_keys;
        last = r.id;
    }
    if (keys.n != 0 || offset != b->names.n)
        return "sizes of keys and names";
    return NULL;
}

const char *vd_bundle_read(struct vd_span in, struct vd_bundle *ret)
{
    struct vd_span all = in, walked, digest;
    uint64_t network, zero, time, n_rows, zero2, n_keys, names;
    uint8_t seen[VD_SHA256];
    struct vd_bundle b = { .network = VD_NETWORK_NONE };

    if (!vd_take_tag(&in, "VDB0"))
        return "magic";
    if (!vd_take_le(&in, 1, &network) || !vd_take_le(&in, 3, &zero) || !vd_take_le(&in, 8, &time) ||
        !vd_take_le(&in, 4, &n_rows) || !vd_take_le(&in, 4, &zero2) ||
        !vd_take_le(&in, 8, &n_keys) || !vd_take_le(&in, 8, &names))
        return "header";
    if ((network != VD_NETWORK_MAIN && network != VD_NETWORK_TEST) || zero != 0 || zero2 != 0 ||
        n_rows > VD_MAX_ISSUERS || n_keys > VD_MAX_BUNDLE / KEY || names > VD_MAX_BUNDLE)
        return "header values";
    if (!vd_take(&in, (size_t)n_rows * ROW, &b.rows) ||
        !vd_take(&in, (size_t)n_keys * KEY, &b.keys) || !vd_take(&in, (size_t)names, &b.names))
        return "size";
    walked = vd_span_walked(all, in);
    if (!vd_take(&in, VD_SHA256, &digest) || in.n != 0)
        return "size";
    if (!vd_sha256(walked, seen) || !vd_span_eq(VD_SPAN(seen), digest))
        return "hash";
    b.network = (enum vd_network)network;
    b.evidence_time = (int64_t)time;
    b.n_rows = (uint32_t)n_rows;
    b.n_keys = n_keys;
    *ret = b;
    return check_rows(&b);
}

bool vd_bundle_row(const struct vd_bundle *b, uint32_t i, struct vd_bundle_row *ret)
{
    struct vd_span in = b->rows;
    struct raw_row r;

    if (i >= b->n_rows || !vd_span_slice(b->rows, (size_t)i * ROW, ROW, &in) || !read_row(&in, &r) ||
        !vd_span_slice(b->keys, (size_t)r.first_key * KEY, (size_t)r.n_keys * KEY, &ret->keys) ||
        !read_name(b->names, &r, &ret->key_id, &ret->name))
        return false;
    ret->id = r.id;
    ret->good = r.good == 1;
    ret->reason = (enum vd_reason)r.reason;
    ret->this_update = (int64_t)r.this_update;
    ret->next_update = (int64_t)r.next_update;
    ret->last_ok = (int64_t)r.last_ok;
    return true;
}

bool vd_bundle_find(const struct vd_bundle *b, const uint8_t id[VD_ISSUER_ID],
                    struct vd_bundle_row *ret)
{
    uint32_t lo = 0, hi = b->n_rows;
    struct vd_span at, want = { id, VD_ISSUER_ID };

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        int c;
        if (!vd_span_slice(b->rows, (size_t)mid * ROW, VD_ISSUER_ID, &at))
            return false;
        c = vd_span_cmp(at, want);
        if (c == 0)
            return vd_bundle_row(b, mid, ret);
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}

bool vd_bundle_listed(const struct vd_bundle_row *row, uint64_t key)
{
    size_t lo = 0, hi = row->keys.n / KEY;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        struct vd_span at;
        uint64_t seen;
        if (!vd_span_slice(row->keys, mid * KEY, KEY, &at) || !vd_take_le(&at, KEY, &seen))
            return false;
        if (seen == key)
            return true;
        if (seen < key)
            lo = mid + 1;
        else
            hi = mid;
    }
    return false;
}
