/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_int.h - what revset.c (points, issuers, conclusions) and revset_crl.c (one CRL) share.
 */
#ifndef VD_REVSET_INT_H
#define VD_REVSET_INT_H

#include "revset.h"

enum vd_revset_phase { PHASE_ADDING = 0, PHASE_BOUND, PHASE_FEEDING, PHASE_FINISHED };

struct vd_rev_authority {
    uint8_t *der;
    struct vd_cert cert;
};

/* Revocations that somebody else listed for one issuer. `ca` has a Name and a key id, nothing more. */
struct vd_rev_listed {
    struct vd_buf names, serials; /* Name DER and key id; u8 length, magnitude */
    struct vd_cert ca;
    uint64_t n_entries;
    size_t issuer;
};
void vd_revset_listed_clear(struct vd_rev_listed *l);

/* The CRL that is being fed. Its entries wait here until the signature has been checked. */
struct vd_rev_feed {
    struct vd_crl_reader *reader;
    const char *url;
    int64_t last_ok;
    struct vd_buf entries;    /* u32 certificateIssuer number, u8 length, magnitude */
    struct vd_buf issuers;    /* GeneralNames, one after the other */
    size_t *issuer_ends;      /* of number 1, 2, ... in `issuers` */
    size_t n_issuers, cap_issuers;
    uint64_t unassigned;      /* entries before the first certificateIssuer */
    bool too_many;
};

struct vd_revset {
    const struct vd_trust *trust;
    enum vd_network network;
    int64_t at;
    enum vd_revset_phase phase;

    struct vd_rev_point *points;
    size_t n_points, cap_points;
    struct vd_rev_point **by_key, **by_url; /* the points in two orders */
    const char **urls;                      /* of bound points, distinct */
    size_t n_urls;

    struct vd_rev_authority *authorities;
    size_t n_authorities, cap_authorities;
    struct vd_rev_listed *listed;
    size_t n_listed, cap_listed;
    struct vd_rev_issuer *issuers; /* sorted by id */
    size_t n_issuers, cap_issuers;

    char (*may_shrink)[41]; /* key ids */
    size_t n_may_shrink, cap_may_shrink;

    struct vd_rev_feed feed;
    struct vd_findings scratch;
};

/* revset_history.c: a later CRL of the same URL, judged by itself, after those before. Takes over
 * `next`; its findings are in the scratch list. */
void vd_revset_succeed(struct vd_revset *s, struct vd_rev_point *p, struct vd_rev_crl *next);

/* Keeps the findings of the scratch list with the point. */
bool vd_revset_keep(struct vd_revset *s, struct vd_rev_point *p);
/* The first of the points (by_url order) with this URL, and how many; 0 for none. */
size_t vd_revset_url_range(const struct vd_revset *s, const char *url, size_t *ret_first);
void vd_revset_feed_reset(struct vd_rev_feed *feed);

#endif
