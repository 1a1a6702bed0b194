/* SPDX-License-Identifier: Apache-2.0
 *
 * tree.c - DER as a tree.
 */
#include "tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 24

/* ---- memory ---- */

static _Noreturn void full(void)
{
    (void)fputs("differential: out of memory for one case\n", stderr);
    exit(70);
}

struct arena arena_make(size_t size)
{
    struct arena a = { malloc(size), 0, size };
    if (a.p == NULL)
        full();
    return a;
}

void arena_free(struct arena *a)
{
    free(a->p);
    *a = (struct arena){ NULL, 0, 0 };
}

void arena_reset(struct arena *a)
{
    a->n = 0;
}

void *arena_take(struct arena *a, size_t n)
{
    uint8_t *p = a->p + a->n;
    size_t room = (n + 15) & ~(size_t)15;

    if (room > a->size - a->n)
        full();
    a->n += room;
    memset(p, 0, room);
    return p;
}

uint8_t *arena_copy(struct arena *a, const void *p, size_t n)
{
    uint8_t *copy = arena_take(a, n + 1);
    if (n > 0)
        memcpy(copy, p, n);
    return copy;
}

bool bytes_eq(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ---- reading ---- */

static struct element *read_whole(struct arena *a, const uint8_t *p, size_t n, unsigned depth);

/* Octets of the header; 0 when there is none or the element is longer than n. */
static size_t header(const uint8_t *p, size_t n, size_t *ret_content)
{
    size_t width, len = 0;
    if (n < 2 || (p[0] & 0x1F) == 0x1F)
        return 0;
    width = p[1] & 0x7F;
    if (p[1] < 0x80) {
        *ret_content = p[1];
        return p[1] <= n - 2 ? 2 : 0;
    }
    if (width < 1 || width > 4 || width > n - 2)
        return 0;
    for (size_t i = 0; i < width; i++)
        len = len << 8 | p[2 + i];
    *ret_content = len;
    return len <= n - 2 - width ? 2 + width : 0;
}

static bool read_children(struct arena *a, struct element *e, const uint8_t *p, size_t n,
                          unsigned depth)
{
    while (n > 0) {
        size_t content = 0, head = header(p, n, &content);
        struct element *child = head == 0 ? NULL : read_whole(a, p, head + content, depth + 1);
        if (child == NULL)
            return false;
        tree_insert(a, e, e->n_v, child);
        p += head + content;
        n -= head + content;
    }
    return true;
}

static struct element *read_whole(struct arena *a, const uint8_t *p, size_t n, unsigned depth)
{
    size_t content = 0, head = header(p, n, &content);
    struct element *e;

    if (head == 0 || head + content != n || depth > MAX_DEPTH)
        return NULL;
    e = tree_leaf(a, p[0], p + head, content);
    e->parent = (p[0] & 0x20) != 0 || p[0] == 0x04;
    if (e->parent &&
        (!read_children(a, e, p + head, content, depth) || (p[0] == 0x04 && e->n_v != 1))) {
        e->parent = false;
        e->n_v = 0;
    }
    return e;
}

struct element *tree_read(struct arena *a, const uint8_t *p, size_t n)
{
    return read_whole(a, p, n, 0);
}

/* ---- writing: from the end to the front, so that lengths are known when they are needed ---- */

struct writing {
    uint8_t *p; /* front of what is written */
    size_t room;
};

static void put(struct writing *w, const uint8_t *p, size_t n)
{
    if (n > w->room)
        full();
    w->p -= n;
    w->room -= n;
    if (n > 0)
        memcpy(w->p, p, n);
}

static void put_length(struct writing *w, const struct element *e, size_t n)
{
    uint8_t octets[12];
    size_t at = sizeof octets, padding = e->form == LENGTH_PADDED ? (size_t)e->bend : 0;

    if (e->form == LENGTH_WRONG)
        n = (size_t)((long)n + e->bend < 0 ? 0 : (long)n + e->bend);
    if (e->form == LENGTH_INDEFINITE) {
        octets[--at] = 0x80;
    } else if (n < 0x80 && padding == 0) {
        octets[--at] = (uint8_t)n;
    } else {
        for (; n > 0 || at == sizeof octets; n >>= 8)
            octets[--at] = (uint8_t)n;
        for (; padding > 0 && at > 2; padding--)
            octets[--at] = 0;
        at--;
        octets[at] = (uint8_t)(0x80 | (sizeof octets - 1 - at));
    }
    put(w, octets + at, sizeof octets - at);
}

static void write_element(struct writing *w, const struct element *e);

static void write_content(struct writing *w, const struct element *e)
{
    put(w, e->tail, e->n_tail);
    if (!e->parent)
        put(w, e->p, e->n);
    for (size_t i = e->parent ? e->n_v : 0; i > 0; i--)
        write_element(w, e->v[i - 1]);
}

static void write_element(struct writing *w, const struct element *e)
{
    const uint8_t *end = w->p;
    static const uint8_t end_of_contents[2];

    if (e->raw) {
        put(w, e->p, e->n);
        return;
    }
    if (e->form == LENGTH_INDEFINITE)
        put(w, end_of_contents, 2);
    write_content(w, e);
    put_length(w, e, (size_t)(end - w->p));
    put(w, e->tag, e->n_tag);
}

#define WRITING_ROOM 65536u

static struct bytes write_with(struct arena *a, const struct element *e,
                               void (*write)(struct writing *, const struct element *))
{
    static uint8_t room[WRITING_ROOM];
    struct writing w = { room + sizeof room, sizeof room };
    size_t n;

    write(&w, e);
    n = sizeof room - w.room;
    return (struct bytes){ arena_copy(a, w.p, n), n };
}

struct bytes tree_write(struct arena *a, const struct element *e)
{
    return write_with(a, e, write_element);
}

struct bytes tree_content(struct arena *a, const struct element *e)
{
    return write_with(a, e, write_content);
}

/* ---- changing ---- */

struct element *tree_leaf(struct arena *a, unsigned tag, const void *p, size_t n)
{
    struct element *e = arena_take(a, sizeof *e);
    e->tag[0] = (uint8_t)tag;
    e->n_tag = 1;
    e->p = p;
    e->n = n;
    return e;
}

struct element *tree_node(struct arena *a, unsigned tag)
{
    struct element *e = tree_leaf(a, tag, NULL, 0);
    e->parent = true;
    return e;
}

struct element *tree_clone(struct arena *a, const struct element *e)
{
    struct element *copy = arena_take(a, sizeof *copy);
    *copy = *e;
    copy->v = NULL;
    copy->n_v = copy->cap = 0;
    for (size_t i = 0; i < e->n_v; i++)
        tree_insert(a, copy, i, tree_clone(a, e->v[i]));
    return copy;
}

void tree_insert(struct arena *a, struct element *parent, size_t at, struct element *child)
{
    at = at > parent->n_v ? parent->n_v : at;
    if (parent->n_v == parent->cap) {
        size_t cap = parent->cap ? parent->cap * 2 : 4;
        struct element **v = arena_take(a, cap * sizeof(struct element *));
        if (parent->n_v > 0)
            memcpy(v, parent->v, parent->n_v * sizeof(struct element *));
        parent->v = v;
        parent->cap = cap;
    }
    for (size_t i = parent->n_v; i > at; i--)
        parent->v[i] = parent->v[i - 1];
    parent->v[at] = child;
    parent->n_v++;
}

void tree_remove(struct element *parent, size_t at)
{
    if (at >= parent->n_v)
        return;
    for (size_t i = at; i + 1 < parent->n_v; i++)
        parent->v[i] = parent->v[i + 1];
    parent->n_v--;
}

void tree_set(struct element *e, const uint8_t *p, size_t n)
{
    e->parent = e->raw = false;
    e->n_v = 0;
    e->p = p;
    e->n = n;
}

void tree_set_raw(struct element *e, struct bytes whole)
{
    tree_set(e, whole.p, whole.n);
    e->raw = true;
}

bool tree_is(const struct element *e, unsigned tag)
{
    return e->n_tag == 1 && e->tag[0] == tag && !e->raw;
}

/* ---- walking ---- */

struct walk {
    struct place *v;
    size_t n, max;
};

static void visit(struct walk *w, struct place here)
{
    if (w->n == w->max)
        return;
    w->v[w->n++] = here;
    for (size_t i = 0; here.e->parent && i < here.e->n_v; i++)
        visit(w, (struct place){ here.e->v[i], here.e, i, here.depth + 1,
                                 here.wrapped || tree_is(here.e, 0x04) });
}

size_t tree_places(struct element *root, struct place *ret, size_t max)
{
    struct walk w = { ret, 0, max };
    visit(&w, (struct place){ root, NULL, 0, 0, false });
    return w.n;
}
