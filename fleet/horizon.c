/* SPDX-License-Identifier: Apache-2.0
 *
 * horizon.c - what expires when: the renewal debt of a fleet.
 *
 * Owns:           the spans of time, and counting a certificate once.
 * Must not know:  whether any of it is trusted or revoked.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "armor.h"
#include "audit_sources.h"
#include "cert.h"
#include "fail.h"
#include "inventory.h"
#include "sized.h"
#include "store.h"
#include "text.h"

#define DAY 86400
#define NEVER INT64_C(253402300799) /* 9999-12-31T23:59:59Z: no date of expiry (RFC 5280 4.1.2.5) */

enum { DAC = 0, PAI, PAA, CRL, CD_SIGNER, KINDS };
static const char *const kinds[KINDS] = { "dac", "pai", "paa", "crl", "cd_signer" };

/* A bucket ends so many seconds after `at`; the first holds what is over, the last two are named. */
static const struct {
    const char *name;
    int64_t within;
} buckets[] = { { "expired", -1 },        { "7d", 7 * DAY },      { "30d", 30 * DAY },
                { "90d", 90 * DAY },      { "1y", 365 * DAY },    { "2y", 730 * DAY },
                { "5y", 5 * 365 * DAY },  { "10y", 3650 * DAY },  { "later", INT64_MAX },
                { "never", INT64_MAX } };
#define BUCKETS (sizeof buckets / sizeof buckets[0])

struct horizon {
    veridac_horizon_options o;
    uint64_t count[KINDS][BUCKETS];
    int64_t soonest[KINDS]; /* that is not over; 0: none */
    uint64_t unreadable, malformed, devices_without_certificate;
    uint64_t *seen;         /* hashes of certificates; open addressing, 0: free */
    size_t n_seen;
};

#define SEEN (2 * VD_MAX_ISSUERS)

/* ---- counting ---- */

static void count(struct horizon *h, unsigned kind, int64_t until)
{
    size_t i = 0;

    if (until >= NEVER)
        i = BUCKETS - 1;
    else if (until >= h->o.at)
        for (i = 1; until - h->o.at > buckets[i].within; i++)
            ;
    h->count[kind][i]++;
    if (i > 0 && (h->soonest[kind] == 0 || until < h->soonest[kind]))
        h->soonest[kind] = until;
}

/* Whether it is the first time. Of more than a table holds all count. */
static bool first_time(struct horizon *h, struct vd_span der)
{
    uint8_t hash[32];
    struct vd_span at = VD_SPAN(hash);
    uint64_t v = 0;
    size_t i;

    if (!vd_sha256(der, hash) || !vd_take_le(&at, 8, &v) || h->n_seen == VD_MAX_ISSUERS)
        return true;
    v |= 1;
    for (i = (size_t)(v % SEEN); h->seen[i] != 0; i = (i + 1) % SEEN) {
        if (h->seen[i] == v)
            return false;
    }
    h->seen[i] = v;
    h->n_seen++;
    return true;
}

static void take_certificate(struct horizon *h, unsigned kind, struct vd_span der)
{
    struct vd_cert c;

    if (kind != DAC && !first_time(h, der))
        return;
    if (der.n <= VD_MAX_INPUT && vd_cert_read(der, &c) && c.times_ok)
        count(h, kind, c.not_after);
    else
        h->unreadable++;
}

/* ---- sources ---- */

static veridac_status take_inventory(struct horizon *h, veridac_error *err)
{
    struct vd_inventory in = { .fd = -1 };
    struct vd_block b;
    struct vd_listed_device d;
    struct vd_buf room = VD_BUF(VD_INVENTORY_ROOM);
    veridac_status st = vd_inventory_open(h->o.inventory, &in, err);

    if (st != VERIDAC_OK)
        return st;
    if (!vd_block_make(&b) || vd_buf_grow(&room, VD_INVENTORY_ROOM) == NULL)
        st = VERIDAC_NO_MEMORY;
    while (st == VERIDAC_OK && vd_inventory_next(&in, &b)) {
        for (size_t i = 0; i < b.n_records; i++) {
            if (b.v[i].malformed != NULL || vd_listed_read(&in, b.v[i].bytes, &room, &d) != NULL) {
                h->malformed++;
                continue;
            }
            h->devices_without_certificate += d.dac.p == NULL;
            if (d.dac.p != NULL)
                take_certificate(h, DAC, d.dac);
            if (d.pai.p != NULL)
                take_certificate(h, PAI, d.pai);
        }
        if (h->o.progress != NULL)
            h->o.progress(h->o.user, b.end, in.size);
    }
    if (st == VERIDAC_OK && in.failed != NULL)
        st = vd_fail(err, VERIDAC_IO, "%s: cannot read: %s", h->o.inventory, in.failed);
    vd_buf_free(&room);
    vd_block_free(&b);
    vd_inventory_close(&in);
    return st;
}

static veridac_status take_trust(struct horizon *h, const char *folder, veridac_error *err)
{
    struct vd_buf bytes = VD_BUF(VD_MAX_TRUST_LIST);
    struct vd_trust_list list;
    struct vd_trust_entry e;
    struct vd_span cursor;
    struct vd_store store;
    bool there = false;
    veridac_status st = vd_store_read(folder, "head", &store, err);

    if (st != VERIDAC_OK)
        return st;
    if (store.there)
        st = vd_store_get(folder, "trust", &store.head.ref[VD_REF_TRUST], &bytes, &there, err);
    if (st == VERIDAC_OK &&
        (!there || vd_trust_list_check(vd_buf_span(&bytes), &store.root, &list) != NULL))
        st = vd_fail(err, VERIDAC_BAD_DATA, "%s: the trust list cannot be used", folder);
    if (st == VERIDAC_OK) {
        cursor = list.entries;
        for (uint32_t i = 0; i < list.n && vd_trust_list_next(&cursor, &e); i++) {
            if (e.state == VD_ENTRY_TRUSTED)
                take_certificate(h, e.kind == VD_ENTRY_PAA ? PAA : CD_SIGNER, e.der);
        }
    }
    vd_store_clear(&store);
    vd_buf_free(&bytes);
    return st;
}

static veridac_status take_coverage(struct horizon *h, veridac_error *err)
{
    struct vd_fleet_sources s = { .n = 0 };
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; st == VERIDAC_OK && i < h->o.n_stores; i++) {
        st = vd_sources_add_store(&s, h->o.stores[i], err);
        if (st == VERIDAC_OK)
            st = take_trust(h, h->o.stores[i], err);
    }
    for (size_t i = 0; st == VERIDAC_OK && i < h->o.n_bundles; i++)
        st = vd_sources_add_file(&s, h->o.bundles[i], err);
    for (size_t i = 0; st == VERIDAC_OK && i < s.n; i++) {
        for (uint32_t k = 0; k < s.v[i].inside->bundle.n_rows; k++) {
            const struct vd_bundle_row row = vd_bundle_row(&s.v[i].inside->bundle, k);
            if (row.next_update != 0) /* without a CRL nothing expires */
                count(h, CRL, row.next_update);
        }
    }
    vd_sources_free(&s);
    return st;
}

/* Any wrapping; PEM with any number of blocks. */
static veridac_status take_given(struct horizon *h, unsigned kind, veridac_bytes in)
{
    struct vd_span rest = vd_span_of(in.data, in.size), label;
    struct vd_buf der = VD_BUF(VD_MAX_OPERATOR_FILE);
    bool broken = false, found = false, pem = vd_is_pem(rest);

    while (pem && vd_pem_next(&rest, &label, &der, &broken)) {
        if (vd_pem_certificate(label)) {
            take_certificate(h, kind, vd_buf_span(&der));
            found = true;
        }
        h->unreadable += vd_pem_other_certificate(label);
        vd_buf_clear(&der);
    }
    h->unreadable += pem && (broken || !found); /* a broken block: it, and what comes after it */
    if (!pem && vd_unwrap(rest, &der, &(size_t){ 0 }))
        take_certificate(h, kind, vd_buf_span(&der));
    pem = der.failed;
    vd_buf_free(&der);
    return pem ? VERIDAC_NO_MEMORY : VERIDAC_OK;
}

/* ---- the report ---- */

static bool put_kind(const struct horizon *h, unsigned k, struct vd_buf *out)
{
    char time[VD_TIME_TEXT];
    bool ok = vd_buf_fmt(out, ",\"%s\":{", kinds[k]);

    for (size_t i = 0; ok && i < BUCKETS; i++)
        ok = vd_buf_fmt(out, "\"%s\":%" PRIu64 ",", buckets[i].name, h->count[k][i]);
    vd_time_text(h->soonest[k], time);
    return ok && (h->soonest[k] == 0 ? vd_buf_str(out, "\"soonest\":null}")
                                     : vd_buf_fmt(out, "\"soonest\":\"%s\"}", time));
}

static bool report(const struct horizon *h, struct vd_buf *out)
{
    char time[VD_TIME_TEXT];
    bool ok;

    vd_time_text(h->o.at, time);
    ok = vd_buf_fmt(out, "{\"schema_version\":1,\"at\":\"%s\"", time);
    for (unsigned k = 0; ok && k < KINDS; k++)
        ok = put_kind(h, k, out);
    return ok && vd_buf_fmt(out, ",\"unreadable\":%" PRIu64 ",\"malformed\":%" PRIu64
                                 ",\"without_certificate\":%" PRIu64 "}\n",
                            h->unreadable, h->malformed, h->devices_without_certificate);
}

static veridac_status run(struct horizon *h, veridac_error *err)
{
    veridac_status st = take_coverage(h, err);

    for (size_t i = 0; st == VERIDAC_OK && i < h->o.n_paas; i++)
        st = take_given(h, PAA, h->o.paas[i]);
    for (size_t i = 0; st == VERIDAC_OK && i < h->o.n_cd_signers; i++)
        st = take_given(h, CD_SIGNER, h->o.cd_signers[i]);
    return st == VERIDAC_OK && h->o.inventory != NULL ? take_inventory(h, err) : st;
}

veridac_status veridac_horizon(const veridac_horizon_options *options, veridac_buffer *ret_report,
                               veridac_error *err)
{
    struct horizon h = { .n_seen = 0 };
    struct vd_buf out = VD_BUF(65536);
    veridac_status st;

    if (ret_report == NULL ||
        !vd_sized_take(&h.o, sizeof h.o, VD_UPTO(veridac_horizon_options, user), options) ||
        (h.o.n_stores > 0 && h.o.stores == NULL) || (h.o.n_bundles > 0 && h.o.bundles == NULL) ||
        (h.o.n_paas > 0 && h.o.paas == NULL) || (h.o.n_cd_signers > 0 && h.o.cd_signers == NULL))
        return VERIDAC_MISUSE;
    h.seen = calloc(SEEN, sizeof *h.seen);
    st = h.seen == NULL ? VERIDAC_NO_MEMORY : run(&h, err);
    free(h.seen);
    if (st == VERIDAC_OK && !report(&h, &out))
        st = VERIDAC_NO_MEMORY;
    if (st == VERIDAC_OK)
        return vd_give(&out, ret_report);
    vd_buf_free(&out);
    return st;
}
