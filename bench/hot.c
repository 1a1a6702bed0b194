/* SPDX-License-Identifier: Apache-2.0
 *
 * hot.c - the paths whose cost matters, each made to run a fixed number of times on fixed input, for
 * bench/check: callgrind counts the instructions between the begin and the end of hot(), and those of
 * this program alone (which is the library, linked in), not libcrypto's or libc's.
 *
 *     bench_hot PATH CASE-FOLDER         a path of the table at the end
 *     bench_hot                          names them, with the number of calls; and the octets of what they make
 */
#include <stdlib.h> /* first: see CMakeLists.txt */
#include <string.h>

#include "bench.h"
#include "crl.h"
#include "delta.h"
#include "device.h"
#include "keys.h"
#include "limits.h"
#include "profile.h"
#include "snapshot.h"

#define ISSUERS 30u
#define KEYS 100000u
#define SERIAL 12u
#define AT INT64_C(1790000000)

struct world {
    const char *folder;
    struct device device;
    veridac_bytes dac;
    struct vd_findings findings;
    char names[ISSUERS][16];
    uint8_t ids[ISSUERS][VDB_ID];
    struct vd_bundle_issuer issuers[ISSUERS];
    uint64_t *keys[ISSUERS];
    struct vd_buf bundle, later, delta, crl;
    veridac_snapshot *snapshot;
    uint32_t next;
    bool listed;
};

static const uint8_t key_id[20] = "the same key id here";

static void must(bool ok)
{
    if (!ok)
        exit(70);
}

/* ---- what the paths run on ---- */

static void make_serial(uint64_t i, uint8_t ret[SERIAL])
{
    const uint64_t x = mix(i);
    for (unsigned k = 0; k < 8; k++)
        ret[k] = (uint8_t)(x >> (56 - 8 * k));
    for (unsigned k = 8; k < SERIAL; k++)
        ret[k] = (uint8_t)(i >> (8 * (SERIAL - 1 - k)));
    ret[0] = (uint8_t)((ret[0] & 0x3F) | 0x40);
}

static void encode(struct world *w, const struct vd_buf *before, struct vd_buf *out)
{
    struct vd_bundle_in in = { .network = VD_NETWORK_TEST, .kind = VDB_FULL, .issuers = w->issuers,
                               .n = ISSUERS, .evidence_time = before == NULL ? AT : AT + 86400 };
    struct vd_bundle b;
    if (before != NULL)
        must(vd_bundle_read(vd_buf_span(before), &b) == NULL &&
             vd_bundle_keep(&b, &in, w->issuers) == NULL);
    must(vd_bundle_encode(&in, out));
}

static void make_keys(struct world *w)
{
    for (uint32_t i = 0; i < ISSUERS; i++) {
        const uint32_t n = KEYS / ISSUERS;
        (void)snprintf(w->names[i], sizeof w->names[i], "issuer %u", (unsigned)i);
        w->keys[i] = calloc(n + 100, sizeof *w->keys[i]);
        must(w->keys[i] != NULL && vd_revkey_issuer(NULL, vd_span_str(w->names[i]), VD_SPAN(key_id), w->ids[i]));
        for (uint32_t k = 0; k < n; k++) {
            uint8_t serial[SERIAL];
            make_serial((uint64_t)i << 32 | k, serial);
            must(vd_revkey_make(NULL, w->ids[i], VD_SPAN(serial), &w->keys[i][k]));
        }
        qsort(w->keys[i], n, sizeof *w->keys[i], by_key);
        w->issuers[i] = (struct vd_bundle_issuer){
            .id = w->ids[i], .key_id = VD_SPAN(key_id), .name = vd_span_str(w->names[i]), .good = true,
            .this_update = AT - 3600, .next_update = AT + 86400, .last_ok = AT, .keys = w->keys[i],
            .n = n, .base_n = n
        };
    }
    qsort(w->issuers, ISSUERS, sizeof w->issuers[0], by_id);
}

static void make_bundles(struct world *w)
{
    make_keys(w);
    w->bundle = w->later = w->delta = VD_BUF(1u << 30);
    encode(w, NULL, &w->bundle);
    for (uint32_t i = 0; i < ISSUERS; i++) { /* ten more each */
        struct vd_bundle_issuer *one = &w->issuers[i];
        uint64_t *keys = (uint64_t *)(uintptr_t)one->keys;
        for (uint32_t k = 0; k < 10; k++)
            keys[one->n++] = mix((uint64_t)i << 32 | k | UINT64_C(1) << 60);
        qsort(keys, one->n, sizeof *keys, by_key);
    }
    encode(w, &w->bundle, &w->later);
    must(vd_delta_make(vd_buf_span(&w->bundle), vd_buf_span(&w->later), &w->delta) == VD_DELTA_OK);
    w->snapshot = NULL;
}

static void opened(struct world *w)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = "hot" };
    make_bundles(w);
    must(veridac_snapshot_open((veridac_bytes){ w->bundle.p, w->bundle.n }, &o, &w->snapshot, NULL) ==
         VERIDAC_OK);
}

static void with_listed(struct world *w)
{
    opened(w);
    w->listed = true;
}

static void with_device(struct world *w)
{
    device_load(w->folder, &w->device);
    w->dac = device_file(w->folder, "dac.der");
}

static void with_warm_device(struct world *w)
{
    with_device(w);
    must(veridac_context_new(&w->device.context) == VERIDAC_OK && device_attest(&w->device));
}

/* A CRL of 10 000 entries, unsigned: what is counted is the reading. */
static void with_crl(struct world *w)
{
    static const uint8_t names[] = { 0x02, 0x01, 0x01, 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
                                     0x3D, 0x04, 0x03, 0x02, 0x30, 0x0C, 0x31, 0x0A, 0x30, 0x08, 0x06,
                                     0x03, 0x55, 0x04, 0x03, 0x0C, 0x01, 'B',
                                     0x17, 0x0D, '2', '5', '0', '6', '0', '1', '0', '0', '0', '0', '0', '0', 'Z',
                                     0x17, 0x0D, '2', '5', '0', '7', '0', '1', '0', '0', '0', '0', '0', '0', 'Z' };
    static const uint8_t tail[] = { 0xA0, 0x0E, 0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x14, 0x04,
                                    0x03, 0x02, 0x01, 0x01 };
    static const uint8_t closing[] = { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02,
                                       0x03, 0x09, 0x00, 0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01 };
    static const uint8_t date[] = { 0x17, 0x0D, '2', '5', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z' };
    const size_t entries = 10000 * (4 + SERIAL + sizeof date), tbs = sizeof names + 5 + entries + sizeof tail;
    struct vd_buf *b = &w->crl;

    *b = VD_BUF(1u << 30);
    must(vd_buf_u8(b, 0x30) && vd_buf_u8(b, 0x83) && vd_buf_be(b, 3, 5 + tbs + sizeof closing) &&
         vd_buf_u8(b, 0x30) && vd_buf_u8(b, 0x83) && vd_buf_be(b, 3, tbs) && vd_buf_put(b, VD_SPAN(names)) &&
         vd_buf_u8(b, 0x30) && vd_buf_u8(b, 0x83) && vd_buf_be(b, 3, entries));
    for (uint32_t i = 0; i < 10000; i++) {
        uint8_t serial[SERIAL];
        make_serial(i, serial);
        must(vd_buf_u8(b, 0x30) && vd_buf_u8(b, (uint8_t)(2 + SERIAL + sizeof date)) && vd_buf_u8(b, 0x02) &&
             vd_buf_u8(b, SERIAL) && vd_buf_put(b, VD_SPAN(serial)) && vd_buf_put(b, VD_SPAN(date)));
    }
    must(vd_buf_put(b, VD_SPAN(tail)) && vd_buf_put(b, VD_SPAN(closing)));
}

/* ---- the paths ---- */

static void certificate(struct world *w)
{
    struct vd_cert c;
    w->findings.n = 0;
    must(vd_cert_read((struct vd_span){ w->dac.data, w->dac.size }, &c));
    vd_profile_check(&c, VD_ROLE_DAC, VD_ON_DAC, false, &w->findings);
    must(w->findings.n == 0);
}

static void attestation(struct world *w)
{
    must(device_attest(&w->device));
}

static void lookup(struct world *w)
{
    static const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                           .network = VERIDAC_NETWORK_TEST };
    const uint64_t r = mix(w->next++);
    const uint32_t i = (uint32_t)(r % ISSUERS), k = (uint32_t)(mix(r) % (KEYS / ISSUERS));
    veridac_answer a = { .size = sizeof a };
    uint8_t serial[SERIAL];

    make_serial((uint64_t)i << 32 | (w->listed ? k : k + (UINT32_C(1) << 30)), serial);
    must(veridac_snapshot_lookup(w->snapshot,
                                 (veridac_bytes){ (const uint8_t *)w->names[i], strlen(w->names[i]) },
                                 (veridac_bytes){ key_id, sizeof key_id }, (veridac_bytes){ serial, SERIAL },
                                 (veridac_bytes){ NULL, 0 }, &policy, AT, &a, NULL) == VERIDAC_OK &&
         a.status == (w->listed ? VERIDAC_REVOKED : VERIDAC_GOOD));
}

static void open_bundle(struct world *w)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = "hot" };
    must(veridac_snapshot_open((veridac_bytes){ w->bundle.p, w->bundle.n }, &o, &w->snapshot, NULL) ==
         VERIDAC_OK);
    veridac_snapshot_free(w->snapshot);
}

static void write_bundle(struct world *w)
{
    struct vd_buf out = VD_BUF(1u << 30);
    encode(w, NULL, &out);
    vd_buf_free(&out);
}

static void make_delta(struct world *w)
{
    struct vd_buf out = VD_BUF(1u << 30);
    must(vd_delta_make(vd_buf_span(&w->bundle), vd_buf_span(&w->later), &out) == VD_DELTA_OK);
    vd_buf_free(&out);
}

static void apply_delta(struct world *w)
{
    struct vd_buf out = VD_BUF(1u << 30);
    must(vd_delta_apply(vd_buf_span(&w->bundle), vd_buf_span(&w->delta), 1u << 30, &out) == VD_DELTA_OK);
    vd_buf_free(&out);
}

static bool count(void *user, const struct vd_crl_entry *e)
{
    *(uint64_t *)user += e->serial.n == SERIAL;
    return true;
}

static void read_crl(struct world *w)
{
    uint64_t n = 0;
    struct vd_crl_reader *r = vd_crl_start(count, &n, UINT32_MAX);
    (void)vd_crl_feed(r, vd_buf_span(&w->crl));
    must(vd_crl_end(r) == VD_CRL_DONE && n == 10000);
    vd_crl_free(r);
}

struct path {
    const char *name;
    void (*prepare)(struct world *w), (*run)(struct world *w);
    uint32_t calls;
};

static const struct path paths[] = {
    { "certificate", with_device, certificate, 100 },
    { "attestation-cold", with_device, attestation, 5 },
    { "attestation-warm", with_warm_device, attestation, 5 },
    { "crl-10k", with_crl, read_crl, 1 },
    { "bundle-write-100k", make_bundles, write_bundle, 1 },
    { "bundle-open-100k", make_bundles, open_bundle, 1 },
    { "lookup-not-listed", opened, lookup, 1000 },
    { "lookup-listed", with_listed, lookup, 1000 },
    { "delta-make-100k", make_bundles, make_delta, 1 },
    { "delta-apply-100k", make_bundles, apply_delta, 1 },
};

/* What callgrind counts. */
__attribute__((noinline)) static void hot(const struct path *p, struct world *w)
{
    for (uint32_t i = 0; i < p->calls; i++)
        p->run(w);
}

int main(int argc, char **argv)
{
    static struct world w;
    const size_t n = sizeof paths / sizeof paths[0];

    if (argc == 1) {
        for (size_t i = 0; i < n; i++)
            (void)printf("path %s %u\n", paths[i].name, (unsigned)paths[i].calls);
        make_bundles(&w);
        (void)printf("size bundle-100k %zu\nsize delta-100k %zu\n", w.bundle.n, w.delta.n);
        return 0;
    }
    for (size_t i = 0; argc == 3 && i < n; i++) {
        if (strcmp(paths[i].name, argv[1]) == 0) {
            w.folder = argv[2];
            paths[i].prepare(&w);
            hot(&paths[i], &w);
            return 0;
        }
    }
    (void)fprintf(stderr, "usage: bench_hot [PATH CASE-FOLDER]\n");
    return 64;
}
