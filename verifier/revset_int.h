/* SPDX-License-Identifier: Apache-2.0
 *
 * revset_int.h - what revset.c (points, issuers, conclusions) and revset_crl.c (one CRL) share.
 */
#ifndef VD_REVSET_INT_H
#define VD_REVSET_INT_H

#include <stdatomic.h>

#include "crl_check.h"
#include "provenance.h"
#include "revset.h"

enum vd_revset_phase { PHASE_ADDING = 0, PHASE_BOUND, PHASE_FINISHED };

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

/* Where a CRL came from. */
struct vd_rev_source {
    bool given;
    const char *url;
    unsigned feed;   /* the how-many-eth CRL of its URL */
    uint8_t sha256[VD_SHA256], number[20];
    size_t n_number;
    int64_t time;
    uint64_t height;
    struct vd_buf node;
};

/* What a CRL says of one point's CA, until it is joined to the point. */
struct vd_rev_part {
    struct vd_rev_point *point;
    struct vd_crl_worth worth;
    struct vd_rev_crl crl;
    struct vd_finding *findings;
    size_t n_findings, cap_findings;
};

/* A CRL that is being fed. It looks at the records and their binding, which no longer change, and
 * writes nothing outside of itself, so that several can be fed at once; the set joins those that have
 * ended in the order in which they were begun. */
struct vd_rev_feed {
    struct vd_rev_feed *next; /* begun after this one */
    const struct vd_revset *set;
    atomic_bool ended;        /* the last thing that its thread writes */
    struct vd_crl_reader *reader;
    size_t first, n;          /* the records with its URL, by_url order */
    int64_t last_ok;
    struct vd_buf entries;    /* u32 certificateIssuer number, u8 length, magnitude; they wait here
                                 until the signature has been checked */
    struct vd_buf issuers;    /* GeneralNames, one after the other */
    size_t *issuer_ends;      /* of number 1, 2, ... in `issuers` */
    size_t n_issuers, cap_issuers;
    uint64_t unassigned;      /* entries before the first certificateIssuer */
    struct vd_rev_source source;
    struct vd_hash *hash;     /* of what is fed, when nobody told it */
    bool too_many, no_memory;
    struct vd_rev_part *parts;
    size_t n_parts;
};

struct vd_revset {
    const struct vd_trust *trust;
    enum vd_network network;
    int64_t at;
    enum vd_revset_phase phase;

    struct vd_rev_point *points;
    size_t n_points, cap_points;
    struct vd_rev_point **by_key, **by_url; /* the points in two orders */
    struct vd_rev_point **by_issuer;        /* those that are bound, in key order within an issuer */
    const char **urls;                      /* of bound points, distinct */
    size_t n_urls;

    struct vd_rev_authority *authorities;
    size_t n_authorities, cap_authorities;
    struct vd_rev_authority *disputed;
    size_t n_disputed, cap_disputed;
    struct vd_rev_listed *listed;
    size_t n_listed, cap_listed;
    struct vd_rev_issuer *issuers; /* sorted by id */
    size_t n_issuers, cap_issuers;

    char (*may_shrink)[41]; /* key ids */
    size_t n_may_shrink, cap_may_shrink;

    struct vd_rev_feed *feeds, **last_feed; /* begun and not joined, oldest first */
    uint32_t max_issuer, max_vendor;        /* revoked certificates */
    uint32_t *held;                         /* entries that are held, by vendor id of the record */
    struct vd_rev_source *sources;
    size_t n_sources, cap_sources;
    bool no_memory;                         /* a check could not be made: there is no set */
    struct vd_findings scratch;
};

/* revset_join.c: joins what has ended. With `all` set those that have not ended are dropped; else the
 * first of them ends the joining. */
enum vd_revset_status vd_revset_join(struct vd_revset *s, bool all);

/* revset_delegates.c: CRLs of delegates that are revoked themselves no longer count. */
bool vd_revset_drop_revoked_delegates(struct vd_revset *s);
/* revset_join.c: what a vendor may hold while a set is made: yesterday's lists and today's. */
uint32_t vd_revset_share(const struct vd_revset *s);
/* Then silence proves nothing. */
void vd_revset_too_many(struct vd_rev_crl *crl, uint32_t most, const char *of, struct vd_findings *f);

/* revset_history.c: a later CRL of the same URL, judged by itself, after those before. Takes over
 * `next`; adds to the scratch list. */
void vd_revset_succeed(struct vd_revset *s, struct vd_rev_point *p, struct vd_rev_crl *next);

/* SIZE_MAX when it is none. */
size_t vd_revset_find_issuer(struct vd_revset *s, const struct vd_cert *ca);
/* revset_said.c: nobody is good below a CA that is disputed. false for lack of memory. */
bool vd_revset_hold_disputed(struct vd_revset *s);
void vd_revset_disputed_free(struct vd_revset *s);

/* Keeps the findings of the scratch list with the point: each once, up to the ceiling. */
bool vd_revset_keep(struct vd_revset *s, struct vd_rev_point *p);
/* The first of the points (by_url order) with this URL, and how many; 0 for none. */
size_t vd_revset_url_range(const struct vd_revset *s, const char *url, size_t *ret_first);
void vd_revset_feed_free(struct vd_rev_feed *feed);
/* The vendor id of a record as an index. */
size_t vd_revset_vendor(const struct vd_rev_point *p);
/* revset_source.c: of a CRL that was fed; false when libcrypto could not hash it. */
bool vd_revset_source_end(struct vd_rev_feed *feed);
/* Of one that is about to be joined. */
bool vd_revset_source_keep(struct vd_revset *s, struct vd_rev_feed *feed);
void vd_revset_sources_free(struct vd_revset *s);

#endif
