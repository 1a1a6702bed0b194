/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle_set.c - a bundle from a revocation set: a base, or the next one on the bundle before.
 */
#include <stdlib.h>

#include "bundle.h"
#include "limits.h"
#include "sig.h"

/* ---- what the bundle before fixed ---- */

struct vd_span vd_bundle_base(const struct vd_bundle *b, int64_t *ret_time)
{
    struct vd_span in = vd_span_of(b->v.file.p, b->v.file.n), ret = VD_NO_SPAN;
    uint64_t base_time = 0;

    if (!vd_span_slice(in, 24, 8, &ret) || !vd_take_le(&ret, 8, &base_time) ||
        !vd_span_slice(in, 32, VDB_DIGEST, &ret))
        return VD_NO_SPAN;
    *ret_time = (int64_t)base_time;
    return vd_bundle_is_base(b) ? vd_bundle_hash(b) : ret;
}

struct vd_span vd_bundle_hash(const struct vd_bundle *b)
{
    struct vd_span ret = VD_NO_SPAN;
    (void)vd_span_slice(vd_span_of(b->v.file.p, b->v.file.n), VDB_HEADER + b->v.directory.n,
                        VDB_DIGEST, &ret);
    return ret;
}

/* Parameters and filter of an issuer stay while it has no more than a quarter above its base. */
static void keep_issuer(const struct vd_bundle *before, struct vd_bundle_issuer *i)
{
    uint32_t at;
    struct vdb_row r;

    i->base_n = i->n;
    i->filter = VD_NO_SPAN;
    if (!vdb_find_row(&before->v, i->id, &at))
        return;
    r = vdb_row_at(&before->v, at);
    if (i->n > vdb_most_keys(r.base_n))
        return;
    i->base_n = r.base_n;
    if (r.base_n >= VDB_SMALL)
        (void)vd_span_slice(vd_bundle_section(before, VDB_LINES), (size_t)r.at * VDB_LINE,
                            (size_t)r.extent * VDB_LINE, &i->filter);
}

const char *vd_bundle_keep(const struct vd_bundle *before, struct vd_bundle_in *in,
                           struct vd_bundle_issuer *issuers)
{
    if (before->network != in->network)
        return "the bundle before is of another network";
    if (before->v.kind != (uint8_t)in->kind)
        return "the bundle before is of another kind";
    if (before->evidence_time > in->evidence_time)
        return "the bundle before is of a later time";
    in->base = vd_bundle_base(before, &in->base_time).p;
    for (uint32_t k = 0; k < in->n; k++)
        keep_issuer(before, &issuers[k]);
    return NULL;
}

bool vd_bundle_base_due(int64_t base_time, int64_t at, uint64_t delta_octets, uint64_t hub_octets)
{
    return at < base_time || at - base_time >= VD_BASE_AGE_S ||
           delta_octets > hub_octets / VD_BASE_DELTAS;
}

/* ---- from a revocation set ---- */

static int by_number(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

#define RADIX 256u
#define WORTH_RADIX 512u /* fewer keys are sorted as well by comparing */

/* Octet by octet from the last: the same work whatever the keys, whoever chose the serials. Eight rounds,
 * so that they end where they began. */
static void sort_keys(uint64_t *keys, size_t n)
{
    uint64_t *from = keys, *to = n < WORTH_RADIX ? NULL : calloc(n, sizeof *to), *const room = to;

    if (room == NULL) {
        qsort(keys, n, sizeof *keys, by_number);
        return;
    }
    for (unsigned shift = 0; shift < 64; shift += 8) {
        size_t at[RADIX] = { 0 }, sum = 0;
        uint64_t *const swap = from;
        for (size_t i = 0; i < n; i++)
            at[from[i] >> shift & (RADIX - 1)]++;
        for (size_t b = 0; b < RADIX; b++) {
            const size_t here = at[b];
            at[b] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++)
            to[at[from[i] >> shift & (RADIX - 1)]++] = from[i];
        from = to;
        to = swap;
    }
    free(room);
}

static bool make_keys(const struct vd_rev_issuer *issuer, uint64_t *keys)
{
    struct vd_hash *h = vd_hash_make();
    bool ok = h != NULL;
    for (size_t i = 0; ok && i < issuer->n_serials; i++)
        ok = vd_revkey_make(h, issuer->id, issuer->serials[i], &keys[i]);
    vd_hash_free(h);
    if (ok && issuer->n_serials > 0)
        sort_keys(keys, issuer->n_serials);
    return ok;
}

static bool take_issuer(const struct vd_rev_issuer *from, uint64_t *keys,
                        struct vd_bundle_issuer *to)
{
    *to = (struct vd_bundle_issuer){ .id = from->id,
                                     .key_id = from->ca->skid,
                                     .name = from->ca->subject.der,
                                     .good = from->good,
                                     .reason = from->reason,
                                     .this_update = from->this_update,
                                     .next_update = from->next_update,
                                     .last_ok = from->last_ok,
                                     .keys = keys,
                                     .n = (uint32_t)from->n_serials,
                                     .base_n = (uint32_t)from->n_serials };
    return from->n_serials <= VDB_MAX_KEYS && make_keys(from, keys);
}

/* The keys of all issuers are there; the parts, and the file. */
static const char *encode(const struct vd_revset *set, const struct vd_bundle_wish *wish,
                          struct vd_bundle_issuer *issuers, size_t n, struct vd_buf *out)
{
    struct vd_buf provenance = VD_BUF(VD_MAX_BUNDLE);
    struct vd_bundle_in in = { .network = vd_revset_network(set),
                               .kind = wish->kind,
                               .evidence_time = vd_revset_at(set),
                               .issuers = issuers,
                               .n = (uint32_t)n,
                               .without_names = wish->without_names,
                               .compliance = wish->compliance };
    const char *wrong = wish->before == NULL ? NULL : vd_bundle_keep(wish->before, &in, issuers);
    bool ok = !wish->provenance || vd_revset_provenance(set, &provenance);

    in.provenance = vd_buf_span(&provenance);
    if (wrong == NULL && !(ok && vd_bundle_encode(&in, out)))
        wrong = "out of memory";
    vd_buf_free(&provenance);
    return wrong;
}

const char *vd_bundle_write(const struct vd_revset *set, const struct vd_bundle_wish *wish,
                            struct vd_buf *out)
{
    const size_t n = vd_revset_issuers(set);
    struct vd_bundle_issuer *issuers = calloc(n ? n : 1, sizeof *issuers);
    size_t total = 0, at = 0;
    const char *wrong = "out of memory";
    uint64_t *keys;
    bool ok;

    for (size_t i = 0; i < n; i++)
        total += vd_revset_issuer(set, i)->n_serials;
    keys = calloc(total ? total : 1, sizeof *keys);
    ok = issuers != NULL && keys != NULL && n <= VD_MAX_ISSUERS;
    for (size_t i = 0; ok && i < n; i++) {
        const struct vd_rev_issuer *from = vd_revset_issuer(set, i);
        ok = take_issuer(from, keys + at, &issuers[i]);
        at += from->n_serials;
    }
    if (ok)
        wrong = encode(set, wish, issuers, n, out);
    free(issuers);
    free(keys);
    return wrong;
}
