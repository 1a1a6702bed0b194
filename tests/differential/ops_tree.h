/* SPDX-License-Identifier: Apache-2.0
 *
 * ops_tree.h - operators that bend any DER tree.
 *
 * Owns:           the choice of a place, and what happens there.
 * Must not know:  what the tree means.
 *
 * Each says false when it found nothing to change. A third of the time only places inside of
 * extension values are looked at: those that nobody reads are where a bend can be harmless.
 */
#ifndef DIFF_OPS_TREE_H
#define DIFF_OPS_TREE_H

#include "rng.h"
#include "tree.h"

typedef bool tree_op(struct rng *r, struct arena *a, struct element *root);

tree_op ops_tag;           /* another tag */
tree_op ops_grow;          /* octets more in a primitive content */
tree_op ops_shrink;        /* octets less */
tree_op ops_bit;           /* one bit of a primitive content */
tree_op ops_length_padded; /* a length that is not minimal */
tree_op ops_length_indefinite;
tree_op ops_length_wrong; /* a length that is not true */
tree_op ops_swap_siblings;
tree_op ops_swap_far; /* two elements anywhere change places */
tree_op ops_duplicate;
tree_op ops_drop;
tree_op ops_insert;  /* a new element */
tree_op ops_replace; /* by a copy of another element */
tree_op ops_tail;    /* octets after the last child */

/* Shared with operators that know what they change. */
uint8_t ops_letter(struct rng *r);
void ops_flip(struct rng *r, struct arena *a, struct element *e);
bool ops_is_string(const struct element *e);
unsigned ops_string_tag(struct rng *r);
/* A primitive element of some universal type with fitting content. */
struct element *ops_any(struct rng *r, struct arena *a);

#endif
