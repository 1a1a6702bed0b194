/* SPDX-License-Identifier: Apache-2.0
 *
 * tree.h - DER as a tree that can be taken apart, bent and written again.
 *
 * Owns:           memory of one case (an arena), reading, writing with lengths that follow.
 * Must not know:  certificates, CRLs, which changes are right.
 *
 * An OCTET STRING that wraps exactly one element is read as its parent, so that values of
 * extensions are part of the tree.
 */
#ifndef DIFF_TREE_H
#define DIFF_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena {
    uint8_t *p;
    size_t n, size;
};

struct arena arena_make(size_t size);
void arena_free(struct arena *a);
void arena_reset(struct arena *a);
/* Zeroed; ends the program when the arena is full. */
void *arena_take(struct arena *a, size_t n);
uint8_t *arena_copy(struct arena *a, const void *p, size_t n);

enum length_form {
    LENGTH_MINIMAL = 0,
    LENGTH_PADDED,     /* `bend` more length octets than needed */
    LENGTH_INDEFINITE, /* 80, content, 00 00 */
    LENGTH_WRONG       /* says `bend` octets more (or less) than there are */
};

struct element {
    uint8_t tag[4]; /* identifier octets */
    size_t n_tag;
    enum length_form form;
    int bend;
    bool parent; /* has children; else p, n is the content */
    const uint8_t *p;
    size_t n;
    struct element **v;
    size_t n_v, cap;
    const uint8_t *tail; /* octets after the content, inside the element */
    size_t n_tail;
    bool raw; /* p, n is the whole element, header and all */
};

/* NULL when p, n is not exactly one element. Borrows the bytes. */
struct element *tree_read(struct arena *a, const uint8_t *p, size_t n);
/* The encoding, in the arena. */
struct bytes {
    const uint8_t *p;
    size_t n;
};
struct bytes tree_write(struct arena *a, const struct element *e);
bool bytes_eq(struct bytes a, struct bytes b);

struct element *tree_leaf(struct arena *a, unsigned tag, const void *p, size_t n);
/* A parent without children yet. */
struct element *tree_node(struct arena *a, unsigned tag);
struct element *tree_clone(struct arena *a, const struct element *e);
/* Behind the last one when there are not as many. */
void tree_insert(struct arena *a, struct element *parent, size_t at, struct element *child);
/* Nothing happens when there are not as many. */
void tree_remove(struct element *parent, size_t at);
/* `e` becomes these octets as content, or as the whole element. */
void tree_set(struct element *e, const uint8_t *p, size_t n);
void tree_set_raw(struct element *e, struct bytes whole);
/* Content octets of e, children written out, in the arena. */
struct bytes tree_content(struct arena *a, const struct element *e);
bool tree_is(const struct element *e, unsigned tag);

/* Where an element stands; parent is NULL for the root. */
struct place {
    struct element *e, *parent;
    size_t at;
    unsigned depth;
    bool wrapped; /* inside of an OCTET STRING */
};
/* All places below (and with) root in reading order; at most max. */
size_t tree_places(struct element *root, struct place *ret, size_t max);

#endif
