/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_revset.c - ledger records and CRLs to a set, a bundle and answers. Parts (fuzz.h):
 *   A time:i64   T PAA   W E a CA said to be revoked, by most and by fewer   Z a known CA   L U K S D label, url, key id, signer, delegator of the next point
 *   P vid:u16 pid:u16 is_paa:u8 type:u8 flags:u8   the point   C the CRL of URL U   Q a certificate to ask of
 *
 * Reaches: vd_point_make vd_point_bind vd_crl_check_authentic vd_crl_check_complete vd_revset_bind
 *          vd_revset_crl_feed vd_revset_crl_end vd_revset_finish vd_revset_provenance vd_bundle_write
 *          vd_bundle_keep veridac_revset_bundle veridac_revset_issuer veridac_revset_serial
 *          veridac_revset_report veridac_snapshot_lookup_batch vd_lookup_one vd_revset_add_revoked
 *          vd_revset_add_disputed vd_revset_hold_disputed
 * Properties: what the set lists is revoked in the bundle that is made of it, and never good in that of
 * kind hub; who is called good is covered by the set; CRLs in other chunks give the same bundle, and so
 * does the bundle that follows it with nothing new.
 */
#include <veridac/dcl.h>

#include "cert.h"
#include "fuzz.h"

#define SAID 8u /* certificates of which the ledger says something, of each kind */

struct made {
    veridac_trust *trust;
    veridac_revset *set;
    int64_t at;
    veridac_point point;
    char url[256];
    bool bound;
    size_t chunk;
    struct vd_span query;
    veridac_bytes revoked[SAID], disputed[SAID];
    size_t n_revoked, n_disputed;
};

static const veridac_bytes none = { NULL, 0 };

static veridac_bytes of(struct vd_span s)
{
    return (veridac_bytes){ s.p, s.n };
}

static void start(struct made *m)
{
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST, .at = m->at,
                                       .revoked = m->revoked, .n_revoked = m->n_revoked,
                                       .disputed = m->disputed, .n_disputed = m->n_disputed };
    if (m->set == NULL)
        INVARIANT(veridac_revset_new(m->trust, &o, &m->set) == VERIDAC_OK);
}

static void add_point(struct made *m, struct vd_span in)
{
    uint64_t vid = 0, pid = 0;
    uint8_t flags[3] = { 0 };
    veridac_status st;
    if (!vd_take_le(&in, 2, &vid) || !vd_take_le(&in, 2, &pid) || !vd_take_u8(&in, &flags[0]) ||
        !vd_take_u8(&in, &flags[1]) || !vd_take_u8(&in, &flags[2]))
        return;
    m->point.size = sizeof m->point;
    m->point.vid = (int32_t)vid;
    m->point.pid = (int32_t)pid;
    m->point.is_paa = flags[0] & 1;
    m->point.revocation_type = flags[1];
    m->point.has_data_fields = flags[2] & 1;
    m->point.adds_only = flags[2] >> 1 & 1;
    start(m);
    st = veridac_revset_add_point(m->set, &m->point);
    INVARIANT(st == VERIDAC_OK || st == VERIDAC_TOO_LARGE || st == VERIDAC_MISUSE);
}

static void feed(struct made *m, struct vd_span crl)
{
    const veridac_crl_options o = { .size = sizeof o, .url = m->url, .last_ok = m->at,
                                    .sha256 = { (const uint8_t *)"0123456789abcdef0123456789abcdef", 32 },
                                    .height = 7 };
    veridac_crl *open = NULL;
    start(m);
    if (!m->bound)
        INVARIANT(veridac_revset_bind(m->set) == VERIDAC_OK);
    m->bound = true;
    if (veridac_revset_crl_begin(m->set, &o, &open) != VERIDAC_OK)
        return;
    while (crl.n > 0) {
        struct vd_span part;
        (void)vd_take(&crl, m->chunk < crl.n ? m->chunk : crl.n, &part);
        INVARIANT(veridac_revset_crl_feed(open, of(part)) == VERIDAC_OK);
    }
    INVARIANT(veridac_revset_crl_end(open) == VERIDAC_OK);
}

static void take(struct made *m, uint8_t tag, struct vd_span in)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST };
    uint64_t at;
    switch (tag) {
    case 'A':
        if (m->set == NULL && vd_take_le(&in, 8, &at))
            m->at = (int64_t)at;
        break;
    case 'T':
        if (m->set == NULL) /* the store is not changed once a set looks at it */
            (void)veridac_trust_add_paa(m->trust, of(in), &from, NULL);
        break;
    case 'W':
        if (m->set == NULL && m->n_revoked < SAID)
            m->revoked[m->n_revoked++] = of(in);
        break;
    case 'E':
        if (m->set == NULL && m->n_disputed < SAID)
            m->disputed[m->n_disputed++] = of(in);
        break;
    case 'Z':
        start(m);
        (void)veridac_revset_add_authority(m->set, of(in));
        break;
    case 'L': m->point.label = of(in); break;
    case 'K': m->point.issuer_key_id = of(in); break;
    case 'S': m->point.signer = of(in); break;
    case 'D': m->point.delegator = in.n > 0 ? of(in) : (veridac_bytes){ NULL, 0 }; break;
    case 'U':
        m->point.url = of(in);
        m->url[0] = '\0';
        (void)snprintf(m->url, sizeof m->url, "%.*s", (int)(in.n < 255 ? in.n : 255), (const char *)in.p);
        break;
    case 'P': add_point(m, in); break;
    case 'C': feed(m, in); break;
    case 'Q': m->query = in; break;
    default: break;
    }
}

static veridac_buffer bundle_of(const struct made *m, int32_t kind, veridac_bytes before)
{
    const veridac_bundle_options o = { .size = sizeof o, .kind = kind, .provenance = 1, .before = before };
    veridac_buffer b = { NULL, 0 };
    const veridac_status st = veridac_revset_bundle(m->set, &o, &b, NULL);
    /* a time before 1970 or after 2106 is none of a bundle */
    INVARIANT(st == VERIDAC_OK || st == VERIDAC_BAD_DATA || st == VERIDAC_TOO_LARGE);
    return b;
}

static veridac_snapshot *opened(const veridac_buffer *b)
{
    const veridac_snapshot_options o = { .size = sizeof o };
    veridac_snapshot *s = NULL;
    INVARIANT(veridac_snapshot_open((veridac_bytes){ b->data, b->size }, &o, &s, NULL) == VERIDAC_OK);
    return s;
}

static void ask(const struct made *m, const veridac_snapshot *s, bool full)
{
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_issuer_view v = { .size = sizeof v };
    for (uint32_t i = 0; veridac_revset_issuer(m->set, i, &v) == VERIDAC_OK; i++) {
        for (uint32_t k = 0; k < v.n_serials && k < 64; k++) {
            veridac_answer a = { .size = sizeof a };
            veridac_brief brief;
            veridac_bytes magnitude;
            uint8_t content[24] = { 0 }; /* of the INTEGER, with an octet for the sign */
            INVARIANT(veridac_revset_serial(m->set, i, k, &magnitude) == VERIDAC_OK);
            INVARIANT(vd_copy(content + 1, 20, vd_span_of(magnitude.data, magnitude.size)));
            const veridac_bytes serial = { content, 1 + magnitude.size };
            INVARIANT(veridac_snapshot_lookup(s, v.name, v.key_id, serial, none, &policy, m->at, &a,
                                              NULL) == VERIDAC_OK);
            INVARIANT(full ? a.status == VERIDAC_REVOKED : a.status != VERIDAC_GOOD);
            INVARIANT(veridac_snapshot_lookup_batch(s, v.name, v.key_id, serial, NULL, 1, &policy,
                                                    m->at, &brief) == VERIDAC_OK);
            INVARIANT(brief.status == a.status);
        }
    }
}

/* A certificate: good only if its issuer is one that the set covers, and the set does not list it. */
static void ask_of(const struct made *m, const veridac_snapshot *s)
{
    const veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD,
                                    .network = VERIDAC_NETWORK_TEST };
    veridac_issuer_view v = { .size = sizeof v };
    veridac_answer a = { .size = sizeof a };
    struct vd_cert c;
    bool covered = false;
    if (!vd_cert_read(m->query, &c) || c.akid.p == NULL)
        return;
    INVARIANT(veridac_snapshot_lookup(s, of(c.issuer.der), of(c.akid), of(c.serial), none, &policy, m->at,
                                      &a, NULL) == VERIDAC_OK);
    for (uint32_t i = 0; veridac_revset_issuer(m->set, i, &v) == VERIDAC_OK; i++)
        covered = covered || (v.good && vd_span_eq(vd_span_of(v.name.data, v.name.size), c.issuer.der) &&
                              vd_span_eq(vd_span_of(v.key_id.data, v.key_id.size), c.akid) &&
                              m->at <= v.next_update && v.this_update - 300 <= m->at);
    INVARIANT(a.status != VERIDAC_GOOD || covered);
}

static veridac_buffer run(struct vd_span in, size_t chunk, bool look)
{
    struct made m = { .chunk = chunk, .at = 1748736000 };
    struct vd_span part;
    veridac_buffer full, hub, next, report = { NULL, 0 };
    veridac_snapshot *s;
    uint8_t tag;

    INVARIANT(veridac_trust_new(&m.trust) == VERIDAC_OK);
    while (fuzz_part(&in, &tag, &part))
        take(&m, tag, part);
    start(&m);
    if (!m.bound)
        INVARIANT(veridac_revset_bind(m.set) == VERIDAC_OK);
    INVARIANT(veridac_revset_finish(m.set) == VERIDAC_OK);
    full = bundle_of(&m, VERIDAC_KIND_FULL, (veridac_bytes){ NULL, 0 });
    if (look && full.data != NULL) {
        s = opened(&full);
        ask(&m, s, true);
        ask_of(&m, s);
        veridac_snapshot_free(s);
        hub = bundle_of(&m, VERIDAC_KIND_HUB, (veridac_bytes){ NULL, 0 });
        s = opened(&hub);
        ask(&m, s, false);
        veridac_snapshot_free(s);
        next = bundle_of(&m, VERIDAC_KIND_HUB, (veridac_bytes){ hub.data, hub.size });
        INVARIANT(next.data != NULL);
        veridac_buffer_free(&hub);
        veridac_buffer_free(&next);
        INVARIANT(veridac_revset_report(m.set, &report) == VERIDAC_OK);
        veridac_buffer_free(&report);
    }
    veridac_revset_free(m.set);
    veridac_trust_free(m.trust);
    return full;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };
    veridac_buffer once, twice;

    if (size > 65536)
        return 0;
    once = run(in, 65536, true);
    twice = run(in, 1 + fuzz_hash(in) % 40, false);
    INVARIANT(once.size == twice.size && (once.size == 0 || memcmp(once.data, twice.data, once.size) == 0));
    veridac_buffer_free(&once);
    veridac_buffer_free(&twice);
    return 0;
}
