/* SPDX-License-Identifier: Apache-2.0
 *
 * issuers.h - the row of an issuer by its Name and key id, without hashing them: of the two hashes of a
 * lookup one remains.
 *
 * Owns:           a table over the names section of one bundle, made when it is opened.
 * Must not know:  keys, lookups.
 *
 * What is found was compared octet for octet. Names are what others chose: a bundle whose names crowd
 * together has no table, and is searched by hashes.
 */
#ifndef VD_ISSUERS_H
#define VD_ISSUERS_H

#include "bundle.h"

struct vd_issuers {
    struct vd_issuer_place {
        uint32_t tag, row;       /* row + 1; 0: free */
        struct vd_span key_id, name; /* in the bundle */
    } *places;
    uint32_t mask; /* places - 1; at least half of them are free */
    uint64_t seed;
};

/* Of a bundle with names, which vd_bundle_read has checked and whose octets stay; of one without, or with
 * names that crowd, nothing. False: no memory. */
bool vd_issuers_make(const struct vd_bundle *b, struct vd_issuers *ret);
void vd_issuers_free(struct vd_issuers *i);
/* Are all issuers of the bundle in it? Then who is not found is not covered. */
bool vd_issuers_known(const struct vd_issuers *i);
bool vd_issuers_find(const struct vd_issuers *i, struct vd_span name, struct vd_span key_id,
                     uint32_t *ret_row);

#endif
