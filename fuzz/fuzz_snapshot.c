/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_snapshot.c - a bundle with parts of its own, under a head that names them. The head is made and signed
 * here, so that what a mirror serves is reached behind its hashes. Parts (fuzz.h):
 *   f flags:u8   B the bundle   N names   P provenance   C compliance records   R rules   s a serial
 *   q the proof of a page
 *   flags: 1 the rules are not given; 2 one part more that no head names; 4 the head names another bundle;
 *          8 the head is of the other network; 16 the parts come in the other order
 *
 * Reaches: veridac_snapshot_open vd_snapshot_check vd_snapshot_load vd_head_check vd_bundle_read_vouched
 *          vd_bundle_take_names vd_names_read vd_provenance_read vd_compliance_read vd_overlay_read
 *          vd_issuers_make veridac_snapshot_lookup veridac_snapshot_look vd_lookup_confirm
 * Properties: each flag alone makes it unusable, with its status; from memory, from a file and from a file
 * that may be mapped it is the same snapshot; nobody is good without a row of his own; with names and without
 * them the answers are the same; a proof opens nothing but an open answer; under a policy of heads that are
 * young nobody is better off.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <veridac/veridac.h>

#include "fuzz_bundle.h"
#include "limits.h"
#include "names.h"
#include "signed.h"

enum { NO_RULES = 1, ONE_MORE = 2, OTHER_BUNDLE = 4, OTHER_NETWORK = 8, TURNED = 16 };
enum { PARTS = 4 };

static const enum vd_ref_type types[PARTS] = { VD_REF_NAMES, VD_REF_PROVENANCE, VD_REF_COMPLIANCE,
                                               VD_REF_RULES };
static struct vd_key *key;
static struct vd_public pub;
static char path[64];

struct given {
    uint8_t flags;
    struct vd_span bundle, part[PARTS], serial, proof;
    struct vd_buf head, root;
    veridac_bytes parts[PARTS];
    size_t n;
};

static veridac_bytes of(struct vd_span s)
{
    return (veridac_bytes){ s.p, s.n };
}

static void once(void)
{
    static const uint8_t scalar[32] = { 1, 2, 3, 4, 5, 6, 7 };
    if (key != NULL)
        return;
    key = vd_key_from_scalar(VD_SPAN(scalar));
    INVARIANT(key != NULL && vd_key_public(key, &pub));
    (void)snprintf(path, sizeof path, "/tmp/veridac-fuzz-snapshot-%ld", (long)getpid());
}

static void name_it(struct vd_head *h, enum vd_ref_type type, struct vd_span in)
{
    h->ref[type].there = true;
    h->ref[type].size = in.n;
    INVARIANT(vd_sha256(in, h->ref[type].sha256));
}

/* The network of the bundle, unless a flag says otherwise; one that is none is taken as "test". */
static struct vd_signed frame(const struct given *g, enum vd_document kind, uint64_t number)
{
    const bool main_net = g->bundle.n > 4 && g->bundle.p[4] == VD_NETWORK_MAIN;
    uint8_t network = main_net ? VD_NETWORK_MAIN : VD_NETWORK_TEST;
    if (g->flags & OTHER_NETWORK)
        network = main_net ? VD_NETWORK_TEST : VD_NETWORK_MAIN;
    struct vd_signed s = { .kind = kind, .network = network, .epoch = 1, .number = number,
                           .created = FUZZ_AT - 100, .expires = FUZZ_AT + 86400 };
    (void)snprintf(s.feed, sizeof s.feed, "fuzz");
    return s;
}

static void make_documents(struct given *g)
{
    struct vd_root root = { .s = frame(g, VD_DOC_ROOT, 1), .head_until = FUZZ_AT + 86400,
                            .threshold = { 1, 1, 1 } };
    struct vd_head head = { .s = frame(g, VD_DOC_HEAD, 5), .next_publish = FUZZ_AT + 3600,
                            .root_version = 1, .trust_version = 1 };
    struct vd_buf plain = VD_BUF(VD_MAX_HEAD);
    struct vd_signed s;
    uint8_t signature[VD_RAW_SIG];

    name_it(&head, VD_REF_HUB, g->flags & OTHER_BUNDLE ? vd_span_str("another") : g->bundle);
    name_it(&head, VD_REF_FULL, vd_span_str("full"));
    name_it(&head, VD_REF_TRUST, vd_span_str("trust"));
    for (size_t i = 0; i < PARTS; i++) {
        if (g->part[i].n > 0)
            name_it(&head, types[i], g->part[i]);
    }
    INVARIANT(vd_root_add(&root, pub.algorithm, vd_public_span(&pub), 7) && vd_root_write(&root, &g->root));
    INVARIANT(vd_head_write(&head, &plain));
    INVARIANT(vd_signed_read(vd_buf_span(&plain), VD_DOC_HEAD, VD_MAX_HEAD, &s) == NULL &&
              vd_key_sign(key, s.message, signature) &&
              vd_signed_add(vd_buf_span(&plain), &pub, VD_SPAN(signature), &g->head));
    vd_buf_free(&plain);
}

static void give(struct given *g)
{
    for (size_t k = 0; k < PARTS; k++) {
        const size_t i = g->flags & TURNED ? PARTS - 1 - k : k;
        if (g->part[i].n > 0 && !(types[i] == VD_REF_RULES && (g->flags & NO_RULES)))
            g->parts[g->n++] = of(g->part[i]);
    }
    if ((g->flags & ONE_MORE) && g->n < PARTS)
        g->parts[g->n++] = of(vd_span_str("unnamed"));
}

static veridac_status open_it(const struct given *g, bool from_file, size_t n_parts, veridac_snapshot **ret)
{
    const veridac_snapshot_options o = { .size = sizeof o, .head = of(vd_buf_span(&g->head)),
                                         .root = of(vd_buf_span(&g->root)), .label = "fuzz",
                                         .path = from_file ? path : NULL, .parts = g->parts,
                                         .n_parts = n_parts };
    veridac_error err = { "" };
    const veridac_bytes none = { NULL, 0 };
    const veridac_status st = veridac_snapshot_open(from_file ? none : of(g->bundle), &o, ret, &err);
    INVARIANT((st == VERIDAC_OK) == (*ret != NULL) && (st == VERIDAC_OK || err.text[0] != '\0'));
    return st;
}

static veridac_answer answer_of(const veridac_snapshot *s, const veridac_bytes *who, veridac_bytes proof,
                                const veridac_policy *policy)
{
    veridac_answer a = { .size = sizeof a };
    veridac_error err = { "" };
    const veridac_status st = veridac_snapshot_lookup(s, who[0], who[1], who[2], proof, policy, FUZZ_AT, &a,
                                                      &err);
    INVARIANT(st == VERIDAC_OK || (st == VERIDAC_BAD_DATA && proof.data != NULL && err.text[0] != '\0') ||
              st == VERIDAC_MISUSE);
    if (st != VERIDAC_OK)
        a.status = VERIDAC_UNKNOWN, a.reason = VERIDAC_REASON_COUNT;
    return a;
}

static bool same(const veridac_answer *a, const veridac_answer *b)
{
    return a->status == b->status && a->reason == b->reason;
}

static void ask_of(const struct given *g, const veridac_snapshot *s, const veridac_snapshot *other,
                   const veridac_bytes *who, bool stranger)
{
    veridac_policy policy = { .size = sizeof policy, .preset = VERIDAC_POLICY_STANDARD };
    veridac_snapshot_view view = { .size = sizeof view };
    const veridac_bytes none = { NULL, 0 };
    veridac_answer a, b;

    INVARIANT(veridac_snapshot_look(s, &view) == VERIDAC_OK && view.has_head && view.sequence == 5);
    policy.network = view.network;
    a = answer_of(s, who, none, &policy);
    b = answer_of(other, who, none, &policy);
    INVARIANT(same(&a, &b));
    INVARIANT(a.status != VERIDAC_GOOD || (!stranger && view.n_good > 0));
    if (g->proof.n > 0) {
        b = answer_of(s, who, of(g->proof), &policy);
        INVARIANT(same(&a, &b) || (a.status == VERIDAC_UNKNOWN && a.reason == VERIDAC_REASON_UNCONFIRMED));
        INVARIANT(!stranger || same(&a, &b));
    }
    policy.max_head_age_s = 60; /* the head has lived 100 */
    b = answer_of(s, who, none, &policy);
    INVARIANT(b.status != VERIDAC_GOOD && (a.status != VERIDAC_REVOKED || b.status == VERIDAC_REVOKED));
}

/* Of each issuer of the names, and of a stranger. */
static void ask(const struct given *g, const veridac_snapshot *s, const veridac_snapshot *other)
{
    const struct vd_span serial = g->serial.n > 0 ? g->serial : vd_span_str("\1");
    struct vd_span key_id = vd_span_str("98765432109876543210"), name = vd_span_str("stranger");
    struct vd_names names;

    if (vd_names_read(g->part[0], &names) != NULL)
        return;
    for (uint32_t i = 0; i <= names.n && i <= 8; i++) {
        const veridac_bytes who[] = { of(name), of(key_id), of(serial) };
        ask_of(g, s, other, who, i == 0);
        if (i < names.n)
            INVARIANT(vd_names_at(names.section, names.n, i, &key_id, &name));
    }
}

static void from_files(const struct given *g, veridac_status wanted)
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    INVARIANT(fd >= 0 && write(fd, g->bundle.p, g->bundle.n) == (ssize_t)g->bundle.n && close(fd) == 0);
    for (int mapped = 0; mapped < 2; mapped++) {
        veridac_snapshot *s = NULL;
        INVARIANT(chmod(path, mapped ? 0400 : 0600) == 0);
        INVARIANT(open_it(g, true, g->n, &s) == wanted);
        veridac_snapshot_free(s);
    }
    INVARIANT(unlink(path) == 0);
}

static void check(struct given *g)
{
    const bool has_rules = g->part[3].n > 0;
    veridac_snapshot *s = NULL, *nameless = NULL;
    const veridac_status st = open_it(g, false, g->n, &s);

    INVARIANT(st == VERIDAC_OK || st == VERIDAC_BAD_DATA || st == VERIDAC_BAD_SIGNATURE ||
              st == VERIDAC_TOO_LARGE);
    INVARIANT(st != VERIDAC_OK || !(g->flags & (OTHER_BUNDLE | OTHER_NETWORK)));
    INVARIANT(st != VERIDAC_OK || !(has_rules && (g->flags & NO_RULES)));
    INVARIANT(!(g->flags & OTHER_BUNDLE) || st == VERIDAC_BAD_SIGNATURE);
    if (fuzz_hash(g->bundle) % 16 == g->flags % 16 || (g->flags & TURNED))
        from_files(g, g->bundle.n == 0 ? VERIDAC_BAD_DATA : st);
    if (s != NULL && !(g->flags & (TURNED | ONE_MORE)) && g->n > 0 && g->part[0].n > 0) {
        struct given less = *g;
        for (size_t i = 1; i < less.n; i++) /* names come first */
            less.parts[i - 1] = less.parts[i];
        INVARIANT(open_it(&less, false, less.n - 1, &nameless) == VERIDAC_OK);
        ask(g, s, nameless);
    }
    veridac_snapshot_free(nameless);
    veridac_snapshot_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char tags[PARTS + 1] = "NPCR";
    struct vd_span in = { data, size }, part;
    struct given g = { .head = VD_BUF(VD_MAX_HEAD), .root = VD_BUF(VD_MAX_ROOT) };
    uint8_t tag, *copy;

    once();
    while (fuzz_part(&in, &tag, &part)) {
        const char *at = tag != '\0' ? strchr(tags, tag) : NULL;
        if (at != NULL)
            g.part[at - tags] = part;
        else if (tag == 'f' && part.n == 1)
            g.flags = part.p[0];
        else if (tag == 'B')
            g.bundle = part;
        else if (tag == 's')
            g.serial = part;
        else if (tag == 'q')
            g.proof = part;
    }
    copy = malloc(g.bundle.n + 1);
    INVARIANT(copy != NULL && vd_copy(copy, g.bundle.n, g.bundle));
    fuzz_bundle_repair(copy, g.bundle.n);
    g.bundle = (struct vd_span){ copy, g.bundle.n };
    if (g.bundle.n > 0 && g.part[3].n <= VD_MAX_RULES_TEXT) {
        make_documents(&g);
        give(&g);
        check(&g);
    }
    vd_buf_free(&g.head);
    vd_buf_free(&g.root);
    free(copy);
    return 0;
}
