/* SPDX-License-Identifier: Apache-2.0
 *
 * bundles.c - made sets of revoked certificates.
 */
#include "bundles.h"

#include <stdio.h>
#include <stdlib.h>

const uint8_t bundles_key_id[20] = "the same key id here";

static void *room(size_t n, size_t size)
{
    void *p = calloc(n > 0 ? n : 1, size);
    if (p == NULL)
        exit(70);
    return p;
}

void make_serial(uint32_t issuer, uint64_t i, uint8_t ret[SERIAL])
{
    uint64_t x = mix((uint64_t)issuer << 40 | i);
    for (unsigned k = 0; k < 8; k++)
        ret[k] = (uint8_t)(x >> (56 - 8 * k));
    for (unsigned k = 8; k < SERIAL; k++)
        ret[k] = (uint8_t)(i >> (8 * (SERIAL - 1 - k)));
    ret[0] = (uint8_t)((ret[0] & 0x3F) | 0x40);
}

/* How many keys each issuer has: all the same, or by Zipf's law; the first takes what rounding leaves. */
static void deal(struct set *s, bool zipf)
{
    double sum = 0;
    uint64_t dealt = 0;
    for (uint32_t i = 0; i < s->issuers; i++)
        sum += zipf ? 1.0 / (i + 1) : 1.0;
    for (uint32_t i = 0; i < s->issuers; i++) {
        s->named[i].n = (uint32_t)((double)s->n * (zipf ? 1.0 / (i + 1) : 1.0) / sum);
        dealt += s->named[i].n;
    }
    s->named[0].n += (uint32_t)(s->n - dealt);
}

static void make_issuer(struct set *s, uint32_t i, uint64_t *keys)
{
    struct named *n = &s->named[i];
    (void)snprintf(n->name, sizeof n->name, "issuer %u", (unsigned)i);
    if (!vd_revkey_issuer(s->hash, vd_span_str(n->name), VD_SPAN(bundles_key_id), n->id))
        exit(70);
    for (uint32_t k = 0; k < n->n; k++) {
        uint8_t serial[SERIAL];
        make_serial(i, k, serial);
        if (!vd_revkey_make(s->hash, n->id, VD_SPAN(serial), &keys[k]))
            exit(70);
    }
    qsort(keys, n->n, sizeof *keys, by_key);
    s->rows[i] = (struct vd_bundle_issuer){ .id = n->id, .key_id = VD_SPAN(bundles_key_id),
                                            .name = vd_span_str(n->name), .good = true,
                                            .this_update = AT - 3600, .next_update = AT + 86400,
                                            .last_ok = AT, .keys = keys, .n = n->n, .base_n = n->n };
}

void set_make(struct set *s, uint64_t keys, uint32_t issuers, bool zipf)
{
    uint64_t *at;
    *s = (struct set){ .issuers = issuers, .n = keys };
    s->named = room(issuers, sizeof *s->named);
    s->rows = room(issuers, sizeof *s->rows);
    s->keys = at = room(keys, sizeof *s->keys);
    s->queries = room(QUERIES, sizeof *s->queries);
    s->hash = vd_hash_make();
    if (s->hash == NULL)
        exit(70);
    deal(s, zipf);
    for (uint32_t i = 0; i < issuers; i++) {
        make_issuer(s, i, at);
        at += s->named[i].n;
    }
    qsort(s->rows, issuers, sizeof *s->rows, by_id);
}

void set_free(struct set *s)
{
    free(s->named);
    free(s->rows);
    free(s->keys);
    free(s->queries);
    vd_hash_free(s->hash);
}

struct vd_buf set_encode(const struct set *s, enum vdb_kind kind)
{
    const struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = kind, .evidence_time = AT,
                                     .issuers = s->rows, .n = s->issuers };
    struct vd_buf out = VD_BUF(1u << 30);
    if (!vd_bundle_encode(&in, &out))
        exit(70);
    return out;
}

/* ---- questions ---- */

/* Does the filter of its issuer hit the serial of query i? */
static bool filter_hits(const struct set *s, uint32_t i, const struct vd_bundle *hub)
{
    const uint8_t *id = s->named[s->queries[i].issuer].id;
    uint64_t key;
    return vd_revkey_make(s->hash, id, vd_span_of(s->queries[i].serial, SERIAL), &key) &&
           vdb_find(&hub->v, id, key, NULL) == VDB_UNCONFIRMED;
}

void set_ask(struct set *s, enum asked asked, const struct vd_bundle *hub)
{
    const uint32_t least = asked == FALSELY ? VDB_SMALL : 1; /* others have no filter */
    for (uint32_t i = 0; i < QUERIES; i++) {
        const uint64_t r = mix(i * 7919u + asked);
        uint32_t k = (uint32_t)(r % s->issuers);
        uint64_t n;
        while (s->named[k].n < least)
            k = k > 0 ? k - 1 : s->issuers - 1;
        n = mix(r) % s->named[k].n;
        s->queries[i].issuer = k;
        make_serial(k, asked == LISTED || (asked == HALF && i % 2) ? n : n + (UINT64_C(1) << 30),
                    s->queries[i].serial);
        for (uint64_t x = 0; asked == FALSELY && !filter_hits(s, i, hub); x++)
            make_serial(k, mix(r + x) | UINT64_C(1) << 40, s->queries[i].serial);
    }
    s->next = 0;
    s->revoked = 0;
}

void set_look_up(struct set *s, const veridac_snapshot *snapshot)
{
    static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    const uint32_t i = s->next++ % QUERIES;
    const char *name = s->named[s->queries[i].issuer].name;
    veridac_answer a = { .size = sizeof a };
    if (veridac_snapshot_lookup(snapshot,
                                (veridac_bytes){ (const uint8_t *)name, strlen(name) },
                                (veridac_bytes){ bundles_key_id, sizeof bundles_key_id },
                                (veridac_bytes){ s->queries[i].serial, SERIAL },
                                (veridac_bytes){ NULL, 0 }, &policy, AT, &a, NULL) != VERIDAC_OK)
        exit(1);
    s->revoked += a.status == VERIDAC_REVOKED;
}

uint64_t set_hash_next(struct set *s)
{
    const uint32_t i = s->next++ % QUERIES;
    uint8_t id[VD_ISSUER_ID];
    uint64_t key;
    if (!vd_revkey_issuer(s->hash, vd_span_str(s->named[s->queries[i].issuer].name),
                          VD_SPAN(bundles_key_id), id) ||
        !vd_revkey_make(s->hash, id, vd_span_of(s->queries[i].serial, SERIAL), &key))
        exit(1);
    return key;
}

bool set_options(int argc, char **argv, uint64_t *entries, uint32_t *issuers)
{
    *entries = 1000000;
    *issuers = 300;
    for (int i = 1; i < argc; i += 2) {
        const unsigned long long n = i + 1 < argc ? strtoull(argv[i + 1], NULL, 10) : 0;
        if (n == 0 || (strcmp(argv[i], "--entries") != 0 && strcmp(argv[i], "--issuers") != 0))
            return false;
        if (strcmp(argv[i], "--entries") == 0)
            *entries = n;
        else
            *issuers = (uint32_t)n;
    }
    return *entries < UINT32_MAX;
}
