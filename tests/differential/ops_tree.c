/* SPDX-License-Identifier: Apache-2.0
 *
 * ops_tree.c - operators that bend any DER tree.
 */
#include "ops_tree.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define MAX_PLACES 8192

static const uint8_t string_tags[] = { 0x0C, 0x13, 0x16, 0x14, 0x12, 0x1A, 0x1C, 0x1E };

bool ops_is_string(const struct element *e)
{
    return !e->parent && e->n_tag == 1 &&
           memchr(string_tags, e->tag[0], COUNT(string_tags)) != NULL;
}

unsigned ops_string_tag(struct rng *r)
{
    return string_tags[rng_below(r, rng_one_in(r, 2) ? 3 : COUNT(string_tags))];
}

uint8_t ops_letter(struct rng *r)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789  '-.:";
    return (uint8_t)letters[rng_below(r, sizeof letters - 1)];
}

/* ---- places ---- */

typedef bool wanted(const struct place *p);

static bool any(const struct place *p)
{
    return p->parent != NULL;
}

static bool leaf(const struct place *p)
{
    return !p->e->parent && !p->e->raw;
}

static bool leaf_with_content(const struct place *p)
{
    return leaf(p) && p->e->n > 0;
}

static bool constructed(const struct place *p)
{
    return p->parent != NULL && p->e->parent && (p->e->tag[0] & 0x20) != 0;
}

static bool has_siblings(const struct place *p)
{
    return p->parent != NULL && p->parent->n_v > 1;
}

static bool pick(struct rng *r, struct element *root, wanted *want, struct place *ret)
{
    static struct place all[MAX_PLACES];
    size_t n = tree_places(root, all, MAX_PLACES), kept = 0;
    bool inside = rng_one_in(r, 3);

    for (size_t i = 0; i < n; i++) {
        if (want(&all[i]) && (!inside || all[i].wrapped))
            all[kept++] = all[i];
    }
    if (kept == 0)
        return false;
    *ret = all[rng_below(r, kept)];
    return true;
}

/* ---- contents ---- */

bool ops_tag(struct rng *r, struct arena *a, struct element *root)
{
    static const uint8_t others[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x17,
                                      0x18, 0x30, 0x31, 0x80, 0x81, 0xA0, 0xA1, 0xA3, 0x9F };
    struct place p;
    uint8_t was;
    (void)a;

    if (!pick(r, root, any, &p))
        return false;
    was = p.e->tag[0];
    if (ops_is_string(p.e) && !rng_one_in(r, 4)) {
        p.e->tag[0] = (uint8_t)ops_string_tag(r);
    } else if (rng_one_in(r, 8)) { /* the same number in the long form */
        p.e->tag[0] |= 0x1F;
        p.e->tag[1] = was & 0x1F;
        p.e->n_tag = 2;
        return true;
    } else if (rng_one_in(r, 2)) {
        p.e->tag[0] ^= (uint8_t)(rng_one_in(r, 2) ? 0x20 : 1u << rng_below(r, 8));
    } else {
        p.e->tag[0] = others[rng_below(r, COUNT(others))];
    }
    return p.e->tag[0] != was;
}

bool ops_grow(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    size_t at, more = 1 + rng_below(r, 3);
    uint8_t *content;

    if (!pick(r, root, leaf, &p))
        return false;
    content = arena_take(a, p.e->n + more);
    at = rng_below(r, p.e->n + 1);
    if (at > 0)
        memcpy(content, p.e->p, at);
    if (p.e->n > at)
        memcpy(content + at + more, p.e->p + at, p.e->n - at);
    for (size_t i = 0; i < more; i++)
        content[at + i] = ops_is_string(p.e) ? ops_letter(r) : (uint8_t)rng_next(r);
    tree_set(p.e, content, p.e->n + more);
    return true;
}

bool ops_shrink(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    size_t at, less;
    uint8_t *content;

    if (!pick(r, root, leaf_with_content, &p))
        return false;
    less = 1 + rng_below(r, p.e->n < 3 ? p.e->n : 3);
    less = less > p.e->n ? p.e->n : less;
    at = rng_below(r, p.e->n - less + 1);
    content = arena_copy(a, p.e->p, p.e->n);
    memmove(content + at, content + at + less, p.e->n - at - less);
    tree_set(p.e, content, p.e->n - less);
    return true;
}

void ops_flip(struct rng *r, struct arena *a, struct element *e)
{
    struct bytes was = tree_content(a, e);
    uint8_t *content = arena_copy(a, was.p, was.n);
    if (was.n > 0)
        content[rng_below(r, was.n)] ^= (uint8_t)(1u << rng_below(r, 8));
    tree_set(e, content, was.n);
}

bool ops_bit(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    if (!pick(r, root, leaf_with_content, &p))
        return false;
    ops_flip(r, a, p.e);
    return true;
}

/* ---- lengths ---- */

static bool bend(struct rng *r, struct element *root, wanted *want, enum length_form form, int by)
{
    struct place p;
    if (!pick(r, root, want, &p))
        return false;
    p.e->form = form;
    p.e->bend = by;
    return true;
}

bool ops_length_padded(struct rng *r, struct arena *a, struct element *root)
{
    (void)a;
    return bend(r, root, any, LENGTH_PADDED, 1 + (int)rng_below(r, 3));
}

bool ops_length_indefinite(struct rng *r, struct arena *a, struct element *root)
{
    (void)a;
    return bend(r, root, rng_one_in(r, 8) ? any : constructed, LENGTH_INDEFINITE, 0);
}

bool ops_length_wrong(struct rng *r, struct arena *a, struct element *root)
{
    static const int by[] = { -1, 1, -2, 2, 16, 128, -16 };
    (void)a;
    return bend(r, root, any, LENGTH_WRONG, by[rng_below(r, COUNT(by))]);
}

/* ---- structure ---- */

bool ops_swap_siblings(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    struct element *other;
    size_t at;
    (void)a;

    if (!pick(r, root, has_siblings, &p))
        return false;
    at = rng_below(r, p.parent->n_v);
    if (at == p.at)
        return false;
    other = p.parent->v[at];
    p.parent->v[at] = p.e;
    p.parent->v[p.at] = other;
    return true;
}

static bool is_within(const struct element *e, const struct element *root)
{
    if (e == root)
        return true;
    for (size_t i = 0; i < root->n_v; i++) {
        if (is_within(e, root->v[i]))
            return true;
    }
    return false;
}

bool ops_swap_far(struct rng *r, struct arena *a, struct element *root)
{
    struct place x, y;
    (void)a;

    if (!pick(r, root, any, &x) || !pick(r, root, any, &y) || is_within(x.e, y.e) ||
        is_within(y.e, x.e))
        return false;
    if (x.e->tag[0] != y.e->tag[0] && !rng_one_in(r, 4))
        return false; /* mostly elements of the same type: another attempt finds them */
    x.parent->v[x.at] = y.e;
    y.parent->v[y.at] = x.e;
    return true;
}

bool ops_duplicate(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    if (!pick(r, root, any, &p))
        return false;
    tree_insert(a, p.parent, rng_one_in(r, 2) ? p.at + 1 : rng_below(r, p.parent->n_v + 1),
                tree_clone(a, p.e));
    return true;
}

bool ops_drop(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    (void)a;
    if (!pick(r, root, any, &p))
        return false;
    tree_remove(p.parent, p.at);
    return true;
}

struct element *ops_any(struct rng *r, struct arena *a)
{
    static const struct {
        uint8_t tag, n, content[6];
    } rows[] = {
        { 0x05, 0, { 0 } },
        { 0x01, 1, { 0xFF } },
        { 0x01, 1, { 0x00 } },
        { 0x02, 1, { 0x01 } },
        { 0x03, 2, { 0x00, 0x80 } },
        { 0x04, 2, { 0x05, 0x00 } },
        { 0x06, 3, { 0x55, 0x04, 0x03 } },
        { 0x0C, 4, { 'F', 'F', 'F', '1' } },
        { 0x30, 0, { 0 } },
        { 0x31, 0, { 0 } },
        { 0x80, 1, { 0x00 } },
        { 0xA0, 0, { 0 } },
    };
    size_t i = rng_below(r, COUNT(rows));
    return tree_leaf(a, rows[i].tag, arena_copy(a, rows[i].content, rows[i].n), rows[i].n);
}

bool ops_insert(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    if (!pick(r, root, constructed, &p))
        return false;
    tree_insert(a, p.e, rng_below(r, p.e->n_v + 1), ops_any(r, a));
    return true;
}

bool ops_replace(struct rng *r, struct arena *a, struct element *root)
{
    struct place x, y;

    if (!pick(r, root, any, &x) || !pick(r, root, any, &y) || x.e == y.e)
        return false;
    if (x.e->tag[0] != y.e->tag[0] && !rng_one_in(r, 4))
        return false;
    x.parent->v[x.at] = tree_clone(a, y.e);
    return true;
}

bool ops_tail(struct rng *r, struct arena *a, struct element *root)
{
    struct place p;
    uint8_t *octets = arena_take(a, 2);

    if (!pick(r, root, constructed, &p))
        return false;
    octets[0] = rng_one_in(r, 2) ? 0x05 : (uint8_t)rng_next(r);
    p.e->tail = octets;
    p.e->n_tail = 1 + rng_below(r, 2);
    return true;
}
