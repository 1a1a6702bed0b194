/* SPDX-License-Identifier: Apache-2.0
 *
 * ledger.h - everything that one ledger node lists: complete, or failed and said why.
 *
 * Owns:           REST paths, pagination, heights, what an error answer means.
 * Must not know:  which certificate is trusted, what other nodes say, where evidence is kept.
 *
 * The node is asked for its newest block first, and then for all lists at that height, side by side,
 * each page after page. One that does not know the height that it named itself (several machines behind
 * one name, or a lie) is asked without, and its height counts for nothing. A list ends when the node names no
 * further page; it fails when pages go round in a circle, when their number does not fit the announced total,
 * when a record comes twice (a copy would make the total fit), or when an answer is from another height.
 */
#ifndef DCL_LEDGER_H
#define DCL_LEDGER_H

#include "answers.h"
#include "http.h"
#include "lists.h"
#include "repeats.h"
#include "spool.h"

#define VD_CHAIN_TEXT 64

/* One answer as it came. */
struct vd_fetch {
    char *path;      /* owned; below the node's URL */
    long status;
    uint64_t height, at; /* the latter in the spool */
    size_t n;
    int64_t duration_ms;
};

struct vd_ledger;

/* One list on its way. */
struct vd_pages {
    struct vd_ledger *ledger;
    size_t which;            /* in the table of lists */
    uint64_t n, total, asked; /* asked: for this height */
    struct vd_buf keys, key; /* seen, each with its length in front; the next one */
    struct vd_repeats records;
    char *path;              /* being fetched; owned */
    size_t n_pages;
    bool done, missing;      /* missing: this node does not have this endpoint */
};

/* In the table of lists; others are not asked for by name. From VD_LIST_STATES on they say what state
 * a certification is in: records leave one as they enter another. */
enum { VD_LIST_COMPLIANCE = 6, VD_LIST_STATES = 8, VD_LIST_SOFTWARE = 11 };
#define VD_LEDGER_LISTS VD_RUN_LISTS

struct vd_ledger {
    const char *url;         /* REST base, without a slash at the end */
    int64_t timeout_s;
    struct vd_http *http;
    struct vd_spool *spool;

    struct vd_lists lists;
    struct vd_pages pages[VD_LEDGER_LISTS];
    struct vd_fetch *fetches;
    size_t n_fetches, cap_fetches;
    char chain[VD_CHAIN_TEXT];
    struct vd_block block;   /* height 0: the node did not say where it stands, or cannot mean it */
    bool pinned;             /* its answers said that they are of that height */
    bool failed, proxied;
    uint32_t n_found_points, n_found_certificates; /* that only an endpoint for a single key has */
    char why[512];
};

/* Queues the first request; the rest follows from its answers. */
veridac_status vd_ledger_start(struct vd_ledger *l);
/* One more question, behind the lists, to an endpoint for a single key: what it has goes into the lists of
 * this node, which are then settled anew. An answer that is none changes nothing: a node that wants to keep
 * a record back could say "not found" as well. `q` stays where it is until vd_http_run is over. */
struct vd_question {
    struct vd_ledger *ledger;
    char *path;            /* owned */
    enum vd_answer which;
    vd_take_item *take;
    bool answered;         /* it has such a record */
};
veridac_status vd_ledger_ask(struct vd_ledger *l, struct vd_question *q);
/* When nothing is queued any more: checks what can only be checked then. */
veridac_status vd_ledger_end(struct vd_ledger *l);
void vd_ledger_free(struct vd_ledger *l);
/* The name of a list, and whether it came. */
const char *vd_ledger_list_name(size_t i);

#endif
