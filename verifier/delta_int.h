/* SPDX-License-Identifier: Apache-2.0
 *
 * delta_int.h - a delta in memory, between its files: what it says of rows without a bundle at hand,
 * and its rows when there is one.
 */
#ifndef VD_DELTA_INT_H
#define VD_DELTA_INT_H

#include "bits.h"
#include "delta.h"

/* What changes of the issuers that stay, a column for each. */
enum vd_delta_column {
    VD_DELTA_STATE, /* complete or the reason why not; this and the times as differences */
    VD_DELTA_THIS,
    VD_DELTA_NEXT,
    VD_DELTA_LAST_OK,
    VD_DELTA_LESS,  /* keys that left */
    VD_DELTA_MORE,  /* keys that came; of an issuer with new parameters all */
    VD_DELTA_COLUMNS
};

enum vd_delta_part { VD_DELTA_NAMES, VD_DELTA_PROVENANCE, VD_DELTA_COMPLIANCE, VD_DELTA_PARTS };
/* How the target has a part: not, the same octets, anew, or (names) with those of new issuers. */
enum vd_delta_mode { VD_DELTA_NONE, VD_DELTA_SAME, VD_DELTA_ANEW, VD_DELTA_MERGED };

struct vd_delta_new { /* an issuer that the first bundle does not have */
    uint8_t id[VDB_ID];
    uint32_t state, this_update, next_update, last_ok, base_n, n;
    struct vd_span name; /* u8 size, key id, Name; when names are merged */
};

struct vd_delta {
    struct vd_delta_head head;
    struct vd_span root; /* of the tree over pages; kind hub only */
    uint32_t n_from, n_gone, n_again, n_new;
    uint32_t *gone;   /* rows of the first bundle that have left */
    uint32_t *again;  /* of those that stay, counted without the ones that left: new parameters */
    uint32_t *base_n; /* and of what number of keys */
    uint32_t *columns[VD_DELTA_COLUMNS];
    struct vd_delta_new *fresh;
    enum vd_delta_mode mode[VD_DELTA_PARTS];
    struct vd_span part[VD_DELTA_PARTS]; /* anew */
};

static inline uint32_t vd_delta_kept(const struct vd_delta *d)
{
    return d->n_from - d->n_gone;
}

/* The next_update of a CRL whose this_update moved: it moves along, unless it says nothing. */
static inline uint32_t vd_delta_expected(const struct vdb_row *old, uint32_t this_update)
{
    return old->next_update == 0 || old->next_update == UINT32_MAX
               ? old->next_update
               : old->next_update + (this_update - old->this_update);
}

/* One issuer of the target. */
struct vd_delta_row {
    const uint8_t *id;
    bool is_new, anew;  /* not in the first bundle; parameters, list and filter made anew */
    struct vdb_row old; /* unless it is new */
    uint32_t state, this_update, next_update, last_ok; /* as a row of the bundle has them */
    uint32_t base_n, n, less, more;
    uint32_t line, lines;
};

#define VD_DELTA_HEAD (24u + 3 * VDB_DIGEST)

struct vd_delta_work {
    const struct vd_bundle *from, *to; /* to is NULL when a delta is applied */
    struct vd_delta d;
    struct vd_delta_row *rows; /* of the target, ascending by id */
    uint32_t n_rows, n_lines;
    uint32_t *ranks; /* of the keys that left, row by row */
    uint64_t *keys;  /* that came, row by row */
    size_t n_ranks, cap_ranks, n_keys, cap_keys;
    struct vd_buf lines; /* of the target as far as keys say it; read: all */
    bool memory;
};

/* ---- delta_head.c ---- */

bool vd_delta_put_head(const struct vd_bundle *from, const struct vd_bundle *to, struct vd_buf *out);
enum vd_delta_error vd_delta_check_head(const struct vd_delta_head *h, const struct vd_bundle *from,
                                        uint64_t max_size);
enum vd_delta_error vd_delta_check_pair(const struct vd_bundle *from, const struct vd_bundle *to);

/* ---- delta_code.c: the codes of all that can be read without a bundle ---- */

/* Behind the head. Reading allocates within a small multiple of the input and VD_MAX_ISSUERS; no
 * memory is said in *ret_memory. */
bool vd_delta_code(struct vd_bits *b, struct vd_delta *d, bool *ret_memory);
void vd_delta_free(struct vd_delta *d);

/* ---- delta_diff.c: rows, ranks and keys of two bundles; what they say as columns ---- */

bool vd_delta_diff(struct vd_delta_work *w);

/* ---- delta_body.c: what is coded against the first bundle ---- */

bool vd_delta_body(struct vd_bits *b, struct vd_delta_work *w);
/* Has an exact list or pages in bundles of this kind. */
static inline bool vd_delta_is_exact(const struct vd_delta_work *w, uint32_t base_n)
{
    return w->from->v.kind == VDB_FULL || base_n < VDB_SMALL;
}

/* ---- delta_build.c: rows of a delta, and the target ---- */

/* Whatever they say is proven before it costs memory: by the first bundle, by the octets that are
 * left to read, or by the size of the target. */
enum vd_delta_error vd_delta_resolve(struct vd_delta_work *w, size_t left);
enum vd_delta_error vd_delta_build(struct vd_delta_work *w, struct vd_buf *out);

#endif
