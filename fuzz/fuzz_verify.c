/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_verify.c - a whole verification. Parts (fuzz.h):
 *   o preset:u8 network:u8 sdk_compat:u8 accept_unknown:u16 vid:u16 pid:u16 at:i64 software_version:u32
 *   p what: u8 to deny, allow or give an age a vendor, or let an issuer (its certificate's SHA-256) be short-lived,
 *     vid:u16 or the digest, seconds:u32
 *   T PAA   W withdrawn PAA   S declaration signer   B a bundle, compliance part or rules   f a proof
 *   d DAC   i PAI   e elements   s signature   c challenge   n nonce   q r k NOCSR, its signature and nonce
 *
 * Reaches: veridac_verify vd_judge vd_chain_check vd_claims_check vd_nocsr_check vd_profile_check
 *          vd_lookup_all vd_certified_check vd_local_check vd_cache_check_raw veridac_result_finding
 *          veridac_result_json veridac_result_text vd_policy_check_vendors vd_policy_short_lived
 * Properties: the same answer with and without a memory, and in any order of asking; no ACCEPT without all
 * proofs, nor, unless the policy says so, without both certificates being good in a snapshot; good
 * only while that snapshot is of the time; revoked is REJECT; a REJECT has an error; no vendor that the
 * policy does not let is accepted.
 */
#include <veridac/veridac.h>

#include "fuzz_bundle.h"

struct given {
    veridac_trust *trust;
    veridac_policy policy;
    veridac_device device;
    int64_t at;
    veridac_snapshot *snapshots[4];
    size_t n_snapshots;
    veridac_bytes proofs[4];
    uint16_t denied, allowed; /* of the policy */
    veridac_age_limit age;
    veridac_short_lived lived;
    struct vd_span own[32];
    size_t n_own;
};

static veridac_bytes keep(struct given *g, struct vd_span part)
{
    if (g->n_own == sizeof g->own / sizeof g->own[0])
        return (veridac_bytes){ NULL, 0 };
    g->own[g->n_own] = fuzz_own(part);
    part = g->own[g->n_own++];
    return (veridac_bytes){ part.p, part.n };
}

static void options(struct given *g, struct vd_span in)
{
    uint64_t v[8] = { 2, 2, 0, 0, 0, 0, 0, 0 };
    static const uint8_t widths[] = { 1, 1, 1, 2, 2, 2, 8, 4 };
    for (size_t i = 0; i < 8 && vd_take_le(&in, widths[i], &v[i]); i++)
        ;
    g->policy = (veridac_policy){ .size = sizeof g->policy, .preset = 1 + (int32_t)(v[0] & 3),
                                  .network = 1 + (int32_t)(v[1] & 1), .sdk_compat = (int32_t)(v[2] & 1),
                                  .accept_unknown = (uint32_t)v[3] & ((1u << VERIDAC_REASON_COUNT) - 1) };
    g->device.vid = v[4] == 0 ? -1 : (int32_t)v[4];
    g->device.pid = v[5] == 0 ? -1 : (int32_t)v[5];
    g->at = (int64_t)v[6];
    g->device.software_version = v[7] == UINT32_MAX ? -1 : (int64_t)v[7];
}

/* One more term of the policy, of each kind once. */
static void term(struct given *g, struct vd_span in)
{
    uint64_t vid, seconds;
    struct vd_span digest;
    uint8_t what;

    if (!vd_take_u8(&in, &what))
        return;
    if (what == 3 && vd_take(&in, 32, &digest) && vd_take_le(&in, 4, &seconds)) {
        INVARIANT(vd_copy(g->lived.issuer, sizeof g->lived.issuer, digest));
        g->lived.below_s = 86400 + (int64_t)(seconds % (2 * 86400 + 1));
        g->policy.short_lived = &g->lived;
        g->policy.n_short_lived = 1;
    } else if (what < 3 && vd_take_le(&in, 2, &vid) && vid > 0) {
        g->denied = g->allowed = (uint16_t)vid;
        if (what == 0)
            g->policy.denied_vids = &g->denied, g->policy.n_denied_vids = 1;
        else if (what == 1)
            g->policy.allowed_vids = &g->allowed, g->policy.n_allowed_vids = 1;
        else if (vd_take_le(&in, 4, &seconds) && seconds > 0) {
            g->age = (veridac_age_limit){ .vid = (int32_t)vid, .max_crl_age_s = (int64_t)seconds };
            g->policy.ages = &g->age;
            g->policy.n_ages = 1;
        }
    }
}

static void open_snapshot(struct given *g, struct vd_span in)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = "fuzz" };
    veridac_snapshot_view view = { .size = sizeof view };
    struct vd_span own = fuzz_own(in);
    veridac_snapshot *s = NULL;

    fuzz_bundle_repair((uint8_t *)(uintptr_t)own.p, own.n);
    if (g->n_snapshots < 4 &&
        veridac_snapshot_open((veridac_bytes){ own.p, own.n }, &o, &s, NULL) == VERIDAC_OK)
        INVARIANT(veridac_snapshot_look(s, &view) == VERIDAC_OK);
    fuzz_free(own);
    if (s != NULL && view.network == g->policy.network)
        g->snapshots[g->n_snapshots++] = s;
    else
        veridac_snapshot_free(s);
}

/* ---- trust stores: making one costs more than the rest, and most inputs have one of a few ---- */

static struct {
    uint8_t digest[VD_SHA256];
    veridac_trust *trust;
} stores[64];

static bool is_anchor(uint8_t tag)
{
    return tag == 'T' || tag == 'W' || tag == 'S';
}

static void anchor(veridac_trust *trust, uint8_t tag, struct vd_span in)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST,
                                        .withdrawn = tag == 'W' };
    const veridac_bytes der = { in.p, in.n };
    if (tag == 'S')
        (void)veridac_trust_add_cd_signer(trust, der, &from, NULL);
    else
        (void)veridac_trust_add_paa(trust, der, &from, NULL);
}

static veridac_trust *store_of(struct vd_span all)
{
    struct vd_buf anchors = VD_BUF(1u << 20);
    struct vd_span in = all, part;
    uint8_t digest[VD_SHA256], tag;
    size_t at;

    while (fuzz_part(&in, &tag, &part)) {
        if (is_anchor(tag))
            INVARIANT(vd_buf_le(&anchors, 1, tag) && vd_buf_le(&anchors, 4, part.n) && vd_buf_put(&anchors, part));
    }
    INVARIANT(vd_sha256(vd_buf_span(&anchors), digest));
    vd_buf_free(&anchors);
    at = digest[0] % (sizeof stores / sizeof stores[0]);
    if (stores[at].trust != NULL && vd_span_eq(VD_SPAN(stores[at].digest), VD_SPAN(digest)))
        return stores[at].trust;
    veridac_trust_free(stores[at].trust);
    INVARIANT(veridac_trust_new(&stores[at].trust) == VERIDAC_OK);
    INVARIANT(vd_copy(stores[at].digest, VD_SHA256, VD_SPAN(digest)));
    for (in = all; fuzz_part(&in, &tag, &part);) {
        if (is_anchor(tag))
            anchor(stores[at].trust, tag, part);
    }
    return stores[at].trust;
}

static void take(struct given *g, uint8_t tag, struct vd_span in)
{
    veridac_device *d = &g->device;
    const struct {
        uint8_t tag;
        veridac_bytes *to;
    } rows[] = { { 'd', &d->dac }, { 'i', &d->pai }, { 'e', &d->elements }, { 's', &d->signature },
                 { 'c', &d->challenge }, { 'n', &d->nonce }, { 'q', &d->nocsr },
                 { 'r', &d->nocsr_signature }, { 'k', &d->csr_nonce } };

    if (tag == 'o' && g->n_snapshots == 0) /* these are of its network */
        options(g, in);
    else if (tag == 'p')
        term(g, in);
    else if (tag == 'B')
        open_snapshot(g, in);
    else if (tag == 'f' && d->n_proofs < 4)
        g->proofs[d->n_proofs++] = keep(g, in);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].tag == tag && rows[i].to->data == NULL)
            *rows[i].to = keep(g, in);
    }
}

static veridac_buffer judge(const struct given *g, veridac_context *context, veridac_result *r)
{
    veridac_buffer json = { NULL, 0 };
    INVARIANT(veridac_verify(context, &g->device, g->trust, (const veridac_snapshot *const *)g->snapshots,
                             g->n_snapshots, &g->policy, g->at, r) == VERIDAC_OK);
    INVARIANT(veridac_result_json(r, &json) == VERIDAC_OK);
    return json;
}

static bool good(const struct given *g, const veridac_answer *a)
{
    const int64_t week = 7 * 86400,
                  most = g->policy.n_ages > 0 && g->age.max_crl_age_s > week ? g->age.max_crl_age_s : week;
    if (a->status == VERIDAC_GOOD && g->policy.n_short_lived > 0 && a->source[0] == '\0')
        return true; /* nobody speaks of it, and its life is short */
    return a->status == VERIDAC_GOOD && a->snapshot < g->n_snapshots && a->this_update <= g->at + 300 &&
           g->at <= a->next_update && g->at - a->last_ok <= most;
}

static bool has_error(const veridac_result *r)
{
    veridac_finding f = { .size = sizeof f };
    for (uint32_t i = 0; veridac_result_finding(r, i, &f) == VERIDAC_OK; i++) {
        INVARIANT(f.id[0] != '\0' && f.text[0] != '\0');
        if (strcmp(f.severity, "error") == 0)
            return true;
    }
    return false;
}

static void check(const struct given *g, const veridac_result *r)
{
    const veridac_device *d = &g->device;
    veridac_result_view v = { .size = sizeof v };
    const bool strictly = g->policy.accept_unknown == 0 &&
                          g->policy.preset != VERIDAC_POLICY_PERMISSIVE;

    INVARIANT(veridac_result_look(r, &v) == VERIDAC_OK);
    INVARIANT(v.dac->status != VERIDAC_GOOD || good(g, v.dac));
    INVARIANT(v.pai->status != VERIDAC_GOOD || good(g, v.pai));
    if (v.dac->status == VERIDAC_REVOKED || v.pai->status == VERIDAC_REVOKED)
        INVARIANT(v.verdict == VERIDAC_REJECT);
    if (v.verdict == VERIDAC_REJECT)
        INVARIANT(has_error(r) || g->policy.preset == VERIDAC_POLICY_STRICT);
    if (v.verdict != VERIDAC_ACCEPT)
        return;
    INVARIANT(!has_error(r));
    INVARIANT(d->dac.data && d->pai.data && d->elements.data && d->signature.size == 64 &&
              d->challenge.size == 16 && d->nonce.size == 32 && d->vid > 0 && d->pid >= 0);
    INVARIANT(g->policy.n_denied_vids == 0 || d->vid != g->denied);
    INVARIANT(g->policy.n_allowed_vids == 0 || d->vid == g->allowed);
    INVARIANT(!strictly || (good(g, v.dac) && good(g, v.pai)));
}

static void run(struct given *g, bool without_memory)
{
    static veridac_context *warm; /* what it remembers of earlier inputs must not matter */
    veridac_result *r = NULL;
    veridac_buffer cold, again, text = { NULL, 0 };

    if (warm == NULL)
        INVARIANT(veridac_context_new(&warm) == VERIDAC_OK);
    INVARIANT(veridac_result_new(&r) == VERIDAC_OK);
    again = judge(g, warm, r);
    check(g, r);
    if (without_memory) {
        cold = judge(g, NULL, r);
        INVARIANT(cold.size == again.size && memcmp(cold.data, again.data, cold.size) == 0);
        veridac_buffer_free(&cold);
    }
    INVARIANT(veridac_result_text(r, g->at & 1, &text) == VERIDAC_OK && text.size > 0);
    veridac_buffer_free(&text);
    veridac_buffer_free(&again);
    veridac_result_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_span in = { data, size }, part;
    struct given g = { .device = { .size = sizeof g.device } };
    uint8_t tag;

    g.trust = store_of(in);
    options(&g, VD_NO_SPAN);
    while (fuzz_part(&in, &tag, &part))
        take(&g, tag, part);
    g.device.proofs = g.proofs;
    run(&g, fuzz_hash((struct vd_span){ data, size }) % 4 == 0);
    for (size_t i = 0; i < g.n_own; i++)
        fuzz_free(g.own[i]);
    for (size_t i = 0; i < g.n_snapshots; i++)
        veridac_snapshot_free(g.snapshots[i]);
    return 0;
}
