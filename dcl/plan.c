/* SPDX-License-Identifier: Apache-2.0
 *
 * plan.c - the cheapest way through the deltas.
 *
 * Entries ascend by (kind, to), and every delta leads forward: one pass finds for each entry the
 * cheapest way that ends with it.
 */
#include "plan.h"

#include <stdlib.h>

#define NONE UINT32_MAX

struct node {
    uint64_t from, to, cost; /* cost of the cheapest way that ends with this delta; UINT64_MAX: none */
    uint32_t before, steps;  /* the delta before it, NONE at the start */
};

/* The cheapest way that arrives at `at` among the first n. */
static uint32_t arrival(const struct node *nodes, uint32_t n, uint64_t at)
{
    uint32_t best = NONE;
    for (uint32_t i = n; i-- > 0 && nodes[i].to >= at;) {
        if (nodes[i].to == at && nodes[i].cost != UINT64_MAX &&
            (best == NONE || nodes[i].cost < nodes[best].cost))
            best = i;
    }
    return best;
}

static void place(struct node *nodes, uint32_t i, uint64_t start, uint64_t size)
{
    struct node *x = &nodes[i];
    const uint32_t before = x->from == start ? NONE : arrival(nodes, i, x->from);

    x->before = before;
    x->steps = 1;
    x->cost = size == 0 ? 0 : size + VD_REQUEST_COST;
    if (x->from != start && before == NONE) {
        x->cost = UINT64_MAX;
    } else if (before != NONE) {
        x->steps += nodes[before].steps;
        x->cost = x->steps > VD_MAX_STEPS ? UINT64_MAX : x->cost + nodes[before].cost;
    }
}

static uint32_t first_of(const struct vd_index *index, uint8_t kind)
{
    struct vd_index_entry e;
    uint32_t i = 0;
    while (i < index->n && vd_index_at(index, i, &e) && e.kind < kind)
        i++;
    return i;
}

static void follow(const struct node *nodes, uint32_t last, uint32_t first, struct vd_plan *ret)
{
    ret->cost = nodes[last].cost;
    ret->n = nodes[last].steps;
    for (size_t i = ret->n; i-- > 0; last = nodes[last].before)
        ret->steps[i] = first + last;
}

bool vd_plan_make(const struct vd_index *index, uint8_t kind, uint64_t from, uint64_t whole,
                  struct vd_plan *ret)
{
    const uint32_t first = first_of(index, kind);
    struct node *nodes = calloc(index->n ? index->n : 1, sizeof *nodes);
    struct vd_index_entry e;
    uint32_t n = 0, last;

    if (nodes == NULL)
        return false;
    *ret = (struct vd_plan){ .cost = whole + VD_REQUEST_COST };
    while (first + n < index->n && vd_index_at(index, first + n, &e) && e.kind == kind) {
        nodes[n].from = e.from;
        nodes[n].to = e.to;
        place(nodes, n, from, e.size);
        n++;
    }
    last = arrival(nodes, n, index->s.number);
    if (last != NONE && nodes[last].cost < ret->cost)
        follow(nodes, last, first, ret);
    free(nodes);
    return true;
}
