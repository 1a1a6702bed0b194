/* SPDX-License-Identifier: Apache-2.0
 *
 * merge.c - several nodes: certificates.
 */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "text.h"

unsigned vd_bits(uint32_t nodes)
{
    unsigned n = 0;
    for (; nodes != 0; nodes &= nodes - 1)
        n++;
    return n;
}

bool vd_merge_majority(const struct vd_merge *m, uint32_t nodes)
{
    unsigned n = vd_bits(nodes & m->fit);
    return n >= 2 && 2 * n > m->n_nodes;
}

uint32_t vd_merge_turn(uint32_t nodes, uint32_t taken[VD_MERGE_TURNS])
{
    uint32_t turn = UINT32_MAX;
    if (nodes == 0)
        return taken[VD_MAX_NODES]++;
    for (size_t i = 0; i < VD_MAX_NODES; i++) {
        if ((nodes >> i & 1) && taken[i]++ < turn)
            turn = taken[i] - 1;
    }
    return turn;
}

void vd_merge_say(struct vd_merge *m, const char *id, const char *subject, uint32_t nodes)
{
    if (m->notes.n >= VD_MAX_NOTES)
        m->notes.dropped++;
    else
        vd_merge_say_at_last(m, id, subject, nodes);
}

void vd_merge_say_at_last(struct vd_merge *m, const char *id, const char *subject, uint32_t nodes)
{
    struct vd_buf *out = &m->notes.text;
    bool first = true;

    (void)(vd_buf_fmt(out, "%s{\"id\":\"%s\",\"subject\":", m->notes.n ? ",\n" : "", id) &&
           vd_text_json(out, vd_span_str(subject)) && vd_buf_str(out, ",\"nodes\":["));
    for (size_t i = 0; i < m->n_nodes; i++) {
        if ((nodes >> i & 1) == 0)
            continue;
        (void)(vd_buf_str(out, first ? "" : ",") &&
               vd_text_json(out, vd_span_str(m->nodes[i].url)));
        first = false;
    }
    (void)vd_buf_str(out, "]}");
    m->notes.n++;
}

static void look_at_node(struct vd_merge *m, size_t i)
{
    const struct vd_ledger *l = &m->nodes[i];
    const uint32_t bit = UINT32_C(1) << i;

    if (l->failed) {
        vd_merge_say(m, "node-failed", l->why, bit);
        return;
    }
    m->answered |= bit;
    if (l->block.height >= m->before->height)
        m->fit |= bit;
    else if (l->block.height != 0)
        vd_merge_say(m, "node-behind", "its height is below that of the last run", bit);
    if (l->block.height != 0 && !l->pinned)
        vd_merge_say(m, "height-not-confirmed", "its answers do not say of which height they are", bit);
    if (l->proxied)
        vd_merge_say(m, "only-a-proxy-seen", "the address behind the proxy was not checked", bit);
    if (l->lists.n_broken > 0) {
        struct vd_buf text = VD_BUF(VD_MAX_INPUT + 1);
        if (vd_buf_put(&text, vd_buf_span(&l->lists.broken)) && vd_buf_u8(&text, 0))
            vd_merge_say(m, "record-broken", (const char *)text.p, bit);
        vd_buf_free(&text);
    }
    if (l->lists.n_points_over > 0)
        vd_merge_say(m, "too-many-points", "a vendor has more revocation points than the ceiling allows",
                     bit);
}

void vd_merge_start(struct vd_merge *m)
{
    m->notes.text = VD_BUF(1u << 24);
    for (size_t i = 0; i < m->n_nodes; i++)
        look_at_node(m, i);
}

/* ---- one certificate ---- */

struct seen {
    char sha256[VD_HASH_TEXT];
    const struct vd_run_certificate *before;
    uint32_t as[4]; /* nodes that list it as root, signer, authority, revoked */
    uint64_t place; /* over the ceiling those with the highest go */
};

static bool named(const struct vd_merge *m, const char *sha256)
{
    for (size_t i = 0; i < m->n_named; i++) {
        if (strcmp(m->named[i], sha256) == 0)
            return true;
    }
    return false;
}

static enum vd_run_kind kind_of(const struct seen *s)
{
    if (s->before != NULL && s->before->kind != VD_RUN_AUTHORITY)
        return s->before->kind;
    return s->as[0] != 0 ? VD_RUN_ANCHOR : s->as[1] != 0 ? VD_RUN_SIGNER : VD_RUN_AUTHORITY;
}

/* A dispute ends when all have been heard, and none says so any more. */
static bool disputed(const struct vd_merge *m, const struct seen *s, bool withdrawn)
{
    const bool was = s->before != NULL && s->before->disputed;
    return !withdrawn && (s->as[3] != 0 || (was && vd_bits(m->answered) < m->n_nodes));
}

static struct vd_run_certificate judge_anchor(struct vd_merge *m, const struct seen *s,
                                              enum vd_run_kind kind)
{
    const uint32_t listing = s->as[kind == VD_RUN_ANCHOR ? 0 : 1], revoked = s->as[3];
    const uint32_t gone = m->answered & ~listing;
    const bool all = m->n_nodes >= 2 && vd_bits(listing) == m->n_nodes;
    const bool known = s->before != NULL && s->before->accepted, said = named(m, s->sha256);
    const bool removed = vd_merge_majority(m, revoked | (known ? gone : 0));
    struct vd_run_certificate c = { .kind = kind, .listed = listing != 0 };

    c.withdrawn = removed || (s->before != NULL && s->before->withdrawn && !said && !all);
    c.accepted = !c.withdrawn && (said || known || all);
    c.disputed = disputed(m, s, c.withdrawn);
    if (c.withdrawn && known)
        vd_merge_say(m, "anchor-withdrawn", s->sha256, revoked | gone);
    if (!c.accepted && !c.withdrawn && listing != 0)
        vd_merge_say(m, "anchor-in-quarantine", s->sha256, listing);
    if (c.accepted && gone != 0)
        vd_merge_say(m, "anchor-hidden", s->sha256, gone);
    if (!c.withdrawn && revoked != 0)
        vd_merge_say(m, "anchor-said-revoked", s->sha256, revoked);
    return c;
}

static struct vd_run_certificate judge_authority(struct vd_merge *m, const struct seen *s)
{
    const bool was = s->before != NULL && s->before->withdrawn;
    struct vd_run_certificate c = { .kind = VD_RUN_AUTHORITY, .accepted = true,
                                    .listed = s->as[2] != 0 };

    c.withdrawn = vd_merge_majority(m, s->as[3]) ||
                  (was && !(s->as[3] == 0 && vd_merge_majority(m, s->as[2])));
    c.disputed = disputed(m, s, c.withdrawn);
    if (s->as[3] != 0 && c.withdrawn && !was)
        vd_merge_say(m, "authority-revoked", s->sha256, s->as[3]);
    else if (s->as[3] != 0 && !c.withdrawn)
        vd_merge_say(m, "authority-said-revoked", s->sha256, s->as[3]);
    else if (was && c.withdrawn && (m->answered & ~s->as[3]) != 0)
        vd_merge_say(m, "authority-revocation-hidden", s->sha256, m->answered & ~s->as[3]);
    return c;
}

/* ---- all ---- */

static int by_hash(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return strcmp(a->sha256, b->sha256);
}

static void note_listing(struct seen *s, const struct vd_listed_certificate *c, size_t node)
{
    static const unsigned as[4] = { VD_AS_ROOT, VD_AS_SIGNER, VD_AS_AUTHORITY, VD_AS_REVOKED };
    (void)vd_copy(s->sha256, sizeof s->sha256, vd_span_of(c->sha256, sizeof c->sha256));
    for (size_t i = 0; i < 4; i++) {
        if (c->as & as[i])
            s->as[i] |= UINT32_C(1) << node;
    }
}

static size_t collect(const struct vd_merge *m, struct seen *out)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_nodes; i++) {
        const struct vd_lists *l = &m->nodes[i].lists;
        for (size_t k = 0; !m->nodes[i].failed && k < l->n_certificates; k++)
            note_listing(&out[n++], &l->certificates[k], i);
    }
    for (size_t i = 0; i < m->before->n_certificates; i++) {
        const struct vd_run_certificate *c = &m->before->certificates[i];
        if (c->kind == VD_RUN_AUTHORITY && !c->withdrawn && !c->disputed)
            continue; /* nothing rests on a CA that no node lists any more */
        out[n].before = c;
        (void)vd_copy(out[n].sha256, sizeof out[n].sha256, vd_span_of(c->sha256, sizeof c->sha256));
        n++;
    }
    return n;
}

static size_t join(struct seen *v, size_t n)
{
    size_t out = 0;
    qsort(v, n, sizeof *v, by_hash);
    for (size_t i = 0; i < n; i++) {
        if (out == 0 || by_hash(&v[out - 1], &v[i]) != 0) {
            v[out++] = v[i];
            continue;
        }
        for (size_t k = 0; k < 4; k++)
            v[out - 1].as[k] |= v[i].as[k];
        if (v[i].before != NULL)
            v[out - 1].before = v[i].before;
    }
    return out;
}

/* ---- the ceiling ---- */

static uint32_t listing(const struct seen *s)
{
    return s->as[0] | s->as[1] | s->as[2] | s->as[3];
}

static int by_place(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    return a->place != b->place ? (a->place > b->place) - (a->place < b->place) : by_hash(x, y);
}

/* First what most nodes list, what is accepted or withdrawn, and what the operator names; then what few nodes list,
 * and what only the last run had, in turn. What does not fit is said, and does not end the run. */
static size_t cut(struct vd_merge *m, struct seen *v, size_t n)
{
    uint32_t taken[VD_MERGE_TURNS] = { 0 }, nodes = 0;

    if (n <= VD_MAX_ISSUERS)
        return n;
    for (size_t i = 0; i < n; i++) {
        const struct vd_run_certificate *c = v[i].before;
        if (2 * vd_bits(listing(&v[i])) > vd_bits(m->answered) || named(m, v[i].sha256) ||
            (c != NULL && (c->withdrawn || (c->accepted && c->kind != VD_RUN_AUTHORITY))))
            v[i].place = 0;
        else
            v[i].place = UINT64_C(1) + vd_merge_turn(listing(&v[i]), taken);
    }
    qsort(v, n, sizeof *v, by_place);
    for (size_t i = VD_MAX_ISSUERS; i < n; i++)
        nodes |= listing(&v[i]);
    vd_merge_say_at_last(m, "too-many-certificates", "more certificates than the ceiling allows", nodes);
    qsort(v, VD_MAX_ISSUERS, sizeof *v, by_hash);
    return VD_MAX_ISSUERS;
}

veridac_status vd_merge_certificates(struct vd_merge *m, struct vd_run *now)
{
    size_t max = m->before->n_certificates + 1, n;
    struct seen *seen;
    veridac_status st = VERIDAC_OK;

    for (size_t i = 0; i < m->n_nodes; i++)
        max += m->nodes[i].lists.n_certificates;
    seen = calloc(max, sizeof *seen);
    if (seen == NULL)
        return VERIDAC_NO_MEMORY;
    n = cut(m, seen, join(seen, collect(m, seen)));
    for (size_t i = 0; st == VERIDAC_OK && i < n; i++) {
        enum vd_run_kind kind = kind_of(&seen[i]);
        struct vd_run_certificate c = kind == VD_RUN_AUTHORITY ? judge_authority(m, &seen[i])
                                                               : judge_anchor(m, &seen[i], kind);
        (void)vd_copy(c.sha256, sizeof c.sha256,
                      vd_span_of(seen[i].sha256, sizeof seen[i].sha256));
        if (!vd_run_add_certificate(now, &c))
            st = VERIDAC_NO_MEMORY;
    }
    free(seen);
    return st;
}
