/* SPDX-License-Identifier: Apache-2.0
 *
 * merge.h - what several nodes list, and what was known before -> what counts now.
 *
 * Owns:           the rules for several nodes (design: "Several nodes"): quarantine of anchors, majority for
 *                 removals, union for points.
 * Must not know:  files, sockets. No I/O: the same input gives the same output.
 *
 *   a new anchor        counts when the operator names it, or when all configured nodes, at least two, list
 *                       it; else it is in quarantine
 *   an accepted anchor  is withdrawn when a majority, at least two nodes, none of them behind the last
 *                       height, hides it or lists it as revoked; else it stays
 *   a point             counts when at least half of the nodes that answered list it; listed by fewer, it may
 *                       only add revocations
 *   a vanished point    stays until such a majority has it no longer; when its vendor registered another
 *                       content under the same label, it may only add from then on
 */
#ifndef DCL_MERGE_H
#define DCL_MERGE_H

#include "ledger.h"
#include "limits.h"

/* What an operator should see: a JSON array without its brackets. */
struct vd_notes {
    struct vd_buf text;
    uint32_t n, dropped;
};

struct vd_merge {
    /* given */
    const struct vd_ledger *nodes;
    size_t n_nodes;
    const struct vd_run *before;
    struct vd_lists *counted_before, *adding_before; /* points of the last run; sorted by this */
    const char *const *named;  /* SHA-256 of anchors that the operator accepts, lower case */
    size_t n_named;

    /* found: bits are nodes */
    uint32_t answered, fit;    /* fit: answered, and not behind the last height */
    struct vd_notes notes;
};

void vd_merge_start(struct vd_merge *m);
/* Adds the certificates to the new run, as many as it has room for. */
veridac_status vd_merge_certificates(struct vd_merge *m, struct vd_run *now);
/* Records on a line each. VERIDAC_TOO_LARGE when those that count are over the ceiling. */
veridac_status vd_merge_points(struct vd_merge *m, struct vd_buf *counted, struct vd_buf *adding);
/* At least two nodes that are not behind, and more than half of all. */
bool vd_merge_majority(const struct vd_merge *m, uint32_t nodes);
unsigned vd_bits(uint32_t nodes);
/* Where there is no room for all that few nodes say, each of them has its turn: the number of the first that is
 * left to one of these. What nobody says any more, and only the last run had (nodes 0), has one like a node. One that
 * says a million things, today or in the last run, crowds out nobody. */
#define VD_MERGE_TURNS (VD_MAX_NODES + 1u)
uint32_t vd_merge_turn(uint32_t nodes, uint32_t taken[VD_MERGE_TURNS]);
/* {"id", "subject", "nodes": [...]} */
void vd_merge_say(struct vd_merge *m, const char *id, const char *subject, uint32_t nodes);
/* The same, also when there are as many notes as are kept: for what stands for many. */
void vd_merge_say_at_last(struct vd_merge *m, const char *id, const char *subject, uint32_t nodes);

#endif
