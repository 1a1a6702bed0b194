/* SPDX-License-Identifier: Apache-2.0
 *
 * run.h - the record of one run of sync: what was fetched, when, and what is accepted.
 *
 * Owns:           the record, in memory and as JSON.
 * Must not know:  where it is kept.
 */
#ifndef DCL_RUN_H
#define DCL_RUN_H

#include "fail.h"
#include "limits.h"

#define VD_HASH_TEXT 65
#define VD_RUN_LISTS 12 /* lists of a node */

enum vd_run_kind { VD_RUN_ANCHOR = 1, VD_RUN_SIGNER, VD_RUN_AUTHORITY };

struct vd_run_certificate {
    enum vd_run_kind kind;
    bool accepted;            /* anchors and signers: named by the operator or by all nodes, now or before */
    bool listed;              /* some node had it in this run */
    bool withdrawn;           /* revoked or removed, says a majority: trusted no longer */
    bool disputed;            /* revoked, says a node and no majority */
    char sha256[VD_HASH_TEXT];
};

/* Bytes that were served at a URL before and still count: the last good CRL, and what came after it. */
struct vd_run_kept {
    char sha256[VD_HASH_TEXT];
    int64_t last_ok;
};
#define VD_RUN_KEPT (VD_MAX_HISTORY - 1)

/* One ledger node in this run. */
struct vd_run_node {
    char *url, *chain;         /* chain: "" when it did not say */
    uint64_t height;           /* 0: it did not say */
    int64_t time;              /* of that block */
    int64_t last_ok;           /* when its lists were complete last */
    char *error;               /* "" when they are now */
    uint32_t records[VD_RUN_LISTS]; /* how many each of its lists had */
};

/* One answer of a node, kept as evidence. */
struct vd_run_page {
    size_t node;
    char *path;
    int64_t status, duration_ms;
    uint64_t height, size;
    char sha256[VD_HASH_TEXT];
};

struct vd_run_crl {
    char *url;
    struct vd_run_kept kept[VD_RUN_KEPT]; /* oldest first */
    size_t n_kept;
    char sha256[VD_HASH_TEXT]; /* "" when there were never any bytes */
    int64_t last_ok;           /* when the host last confirmed these bytes */
    int64_t status;            /* of the last attempt: HTTP status, 0 for none */
    char *error;               /* of the last attempt, for people; "" for none */
    char *reason;              /* the same as a word: vd_http_slug, a rule's name, ... */
    int64_t fetched;           /* when these bytes came first */
    uint64_t size;
    int64_t duration_ms;       /* of the last attempt */
    size_t node;               /* the first that answered in that run */
    char *etag, *last_modified;
};

struct vd_run {
    uint64_t number;           /* 0: no run yet */
    int64_t time;
    int32_t network;
    uint64_t height;           /* that most nodes had reached: who is below it next time is behind */
    struct vd_run_node *nodes;
    size_t n_nodes, cap_nodes;
    struct vd_run_page *pages;
    size_t n_pages, cap_pages;
    struct vd_run_certificate *certificates;
    size_t n_certificates, cap_certificates;
    bool mixed_certificates;   /* not in the order of their hashes, as they mostly come: found one by one */
    struct vd_run_crl *crls;
    size_t n_crls, cap_crls;
    bool mixed_crls;           /* the same of their URLs */
    char points[VD_HASH_TEXT];     /* those that count, a record a line */
    char adding[VD_HASH_TEXT];     /* those that only add */
    char compliance[VD_HASH_TEXT]; /* the compliance part; "" for none */
};

void vd_run_clear(struct vd_run *run);
/* One that is there already stays as it is. */
bool vd_run_add_certificate(struct vd_run *run, const struct vd_run_certificate *certificate);
/* Empty records, or NULL for lack of memory. */
struct vd_run_node *vd_run_add_node(struct vd_run *run, const char *url);
struct vd_run_page *vd_run_add_page(struct vd_run *run, const char *path);
/* An empty record for this URL, or NULL for lack of memory. */
struct vd_run_crl *vd_run_add_crl(struct vd_run *run, const char *url);
const struct vd_run_certificate *vd_run_certificate(const struct vd_run *run, enum vd_run_kind kind,
                                                    const char *sha256);
const struct vd_run_crl *vd_run_crl(const struct vd_run *run, const char *url);
struct vd_run_crl *vd_run_crl_mutable(struct vd_run *run, const char *url);
/* The newest bytes of this URL become earlier ones. When there is no room, the oldest stays: it is the
 * last good one. */
void vd_run_keep(struct vd_run_crl *c);
/* What the bits of veridac_point_view.counting leave: bit i is kept[i], the one behind is the newest. */
void vd_run_prune(struct vd_run_crl *c, uint32_t counting);
bool vd_run_set(char **field, const char *text); /* replaces an owned string */

bool vd_run_write(const struct vd_run *run, struct vd_buf *out);
bool vd_run_read(struct vd_span text, struct vd_run *ret); /* number stays 0 */
bool vd_is_hash(const char *text); /* 64 lower-case hex digits */

#endif
