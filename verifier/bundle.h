/* SPDX-License-Identifier: Apache-2.0
 *
 * bundle.h - bundles (VDB1, docs/FORMAT.md): writing them, and what libveridac asks of one beyond
 * the freestanding reader.
 *
 * Owns:           the encoder; the check of names, and that the other parts are of its network; the
 *                 check of every code.
 * Must not know:  signatures, times as seen by a caller, CRLs.
 */
#ifndef VD_BUNDLE_H
#define VD_BUNDLE_H

#include "compliance.h"
#include "lookup/reader.h"
#include "names.h"
#include "provenance.h"
#include "revset.h"

/* ---- reading ---- */

struct vd_bundle {
    struct vdb v;
    enum vd_network network;
    int64_t evidence_time;
    uint32_t n_rows;
    uint64_t n_keys;
    struct vd_span names; /* {NULL, 0}: the section is not there */
    struct vd_provenance provenance; /* network NONE: the same */
    struct vd_compliance compliance;
};

struct vd_bundle_row {
    struct vdb_row raw;
    bool good;
    enum vd_reason reason;
    int64_t this_update, next_update, last_ok;
};

/* Everything but the codes, which are checked as they are read; NULL, or what is wrong. */
const char *vd_bundle_read(struct vd_span in, struct vd_bundle *ret);
/* The same of octets whose SHA-256 a signature has named: their own hashes need not be looked at. */
const char *vd_bundle_read_vouched(struct vd_span in, struct vd_bundle *ret);
/* i is below n_rows. */
struct vd_bundle_row vd_bundle_row(const struct vd_bundle *b, uint32_t i);
/* The issuer of row i; false when the bundle has no names. */
bool vd_bundle_name(const struct vd_bundle *b, uint32_t i, struct vd_span *ret_key_id,
                    struct vd_span *ret_name);
/* Takes them from a part of their own, which b borrows from then. NULL, or what is wrong with it. */
const char *vd_bundle_take_names(struct vd_bundle *b, struct vd_span part);
/* Its parameters are fixed by itself, not by an earlier bundle. */
bool vd_bundle_is_base(const struct vd_bundle *b);
struct vd_span vd_bundle_section(const struct vd_bundle *b, enum vdb_section type);
/* Its header hash: what deltas and later bundles name it by. */
struct vd_span vd_bundle_hash(const struct vd_bundle *b);
/* The header hash of its base, and the time of that; its own when it is a base. */
struct vd_span vd_bundle_base(const struct vd_bundle *b, int64_t *ret_time);

/* The keys of one row, the bits below its width zero; not of an issuer with filter in kind hub. */
struct vd_bundle_keys {
    uint64_t *p; /* to be freed by the caller; used again for the next row */
    size_t n, cap;
    bool memory; /* there was none */
};
/* NULL, or what is wrong with its codes. */
const char *vd_bundle_keys(const struct vd_bundle *b, const struct vdb_row *r,
                           struct vd_bundle_keys *k);

/* Decodes every code, encodes the keys again and compares the sections byte for byte. Of a bundle
 * of kind hub only the lists can be compared. NULL, or what is wrong; false in *ret_ran when there
 * was no memory to do it. */
const char *vd_bundle_check(const struct vd_bundle *b, bool *ret_ran);

/* ---- writing ---- */

struct vd_bundle_issuer {
    const uint8_t *id;
    struct vd_span key_id, name;
    bool good;
    enum vd_reason reason;
    int64_t this_update, next_update, last_ok;
    const uint64_t *keys; /* ascending, a multiset */
    uint32_t n, base_n;   /* now, and when its parameters were fixed: n <= 1.25 base_n */
    struct vd_span filter; /* its lines in the bundle before, with the keys that left; or none */
};

struct vd_bundle_in {
    enum vd_network network;
    enum vdb_kind kind;
    int64_t evidence_time;
    const uint8_t *base; /* header hash of the base; NULL: this is a base itself */
    int64_t base_time;
    const struct vd_bundle_issuer *issuers; /* ascending by id */
    uint32_t n;
    const uint8_t *root; /* of the tree over pages, of kind hub: issuers with filter need no keys then */
    bool without_names;
    struct vd_span provenance, compliance; /* sections as they are; absent: none */
};

/* The same bytes for the same input. False for no memory and for more than a bundle can hold. */
bool vd_bundle_encode(const struct vd_bundle_in *in, struct vd_buf *out);

/* The same bundle without names, provenance and compliance records: of its own kind, or of kind hub. `base`
 * is the header hash of the base of that kind; NULL when this is a base. */
bool vd_bundle_bare(const struct vd_bundle *b, enum vdb_kind kind, const uint8_t *base,
                    struct vd_buf *out);

/* Makes `in` the bundle that follows `before` on the same base: base_n and filter of each of the
 * in->n `issuers` are those of `before`, or its own when it is new or has grown more than a quarter
 * above what it had. Filters keep what `before` has, and get the keys of now: so `before` and the
 * set of now are all that is to be remembered. `in` and `issuers` borrow from `before`, which is of
 * the same kind. NULL, or why not. */
const char *vd_bundle_keep(const struct vd_bundle *before, struct vd_bundle_in *in,
                           struct vd_bundle_issuer *issuers);
/* What a bundle of a set is to hold beside it. */
struct vd_bundle_wish {
    enum vdb_kind kind;
    const struct vd_bundle *before; /* NULL: a base of the whole set */
    bool without_names, provenance;
    struct vd_span compliance;      /* the section; absent: none */
};
/* A base of the whole set, or the bundle that follows wish->before. NULL, or what is wrong. */
const char *vd_bundle_write(const struct vd_revset *set, const struct vd_bundle_wish *wish,
                            struct vd_buf *out);
/* Is it time for a new base of all issuers? `delta_octets` are those of the deltas of kind hub from
 * the base on, one after the other; hub_octets those of the bundle of kind hub now. */
bool vd_bundle_base_due(int64_t base_time, int64_t at, uint64_t delta_octets, uint64_t hub_octets);

/* ---- bundle_code.c: the codes of pages and lists, the filter, the tree ---- */

/* Keys of one page or list: `keys` ascend and share their top page_bits; the rest of their top
 * `width` bits is coded. */
bool vd_code_page(const uint64_t *keys, size_t n, unsigned width, unsigned page_bits, unsigned rice,
                  struct vd_buf *out);
/* All pages of an issuer, and the end of each in the page table. */
bool vd_code_pages(const struct vd_bundle_issuer *i, struct vd_buf *codes, struct vd_buf *pages);
bool vd_code_lines(const struct vd_bundle_issuer *i, struct vd_buf *lines);
/* Sets the bits of the keys in a filter of so many lines. */
void vd_code_probes(const uint64_t *keys, size_t n, uint32_t lines, uint8_t *filter);
/* The tree over the pages that `pages` bounds in `codes`; the root of it. */
bool vd_code_tree(struct vd_span pages, struct vd_span codes, struct vd_buf *tree,
                  uint8_t ret_root[VDB_DIGEST]);

#endif
