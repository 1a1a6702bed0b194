/* SPDX-License-Identifier: Apache-2.0
 *
 * proof.h - how the proof of one page is cut out of a bundle of kind full that lies elsewhere.
 *
 * Owns:           which octets of the file are needed, in which order, and what the proof is made of.
 * Must not know:  where the octets come from; whether they are true: vdb_proof_check tells that.
 *
 * Everything that the file says on the way is a hint. A wrong one leads to a proof that does not hold.
 */
#ifndef VD_PROOF_H
#define VD_PROOF_H

#include "buf.h"
#include "lookup/reader.h"

/* The page that settles a key, as a reader of kind hub names it. */
struct vd_bucket {
    uint32_t page, n_pages;    /* n_pages 0: none */
    uint8_t tree[VDB_DIGEST];  /* root of the tree over the pages */
};

/* Appends exactly the octets [at, at + n) of the file; false ends the work. */
typedef bool vd_proof_read(void *user, uint64_t at, size_t n, struct vd_buf *out);

/* The proof, appended to `out`; NULL, or what is wrong ("" when `read` said so). */
const char *vd_proof_make(const struct vd_bucket *bucket, vd_proof_read *read, void *user,
                          struct vd_buf *out);
const char *vd_proof_text(enum vdb_error e);

#endif
