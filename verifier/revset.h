/* SPDX-License-Identifier: Apache-2.0
 *
 * revset.h - points and CRLs -> which serials of which issuer are revoked, and who is covered.
 *
 * Owns:           the construction of Matter 6.2.4.1 over all points: binding, sharing,
 *                 partitions, delegates, coverage rows.
 * Must not know:  the network, the clock, bundles.
 */
#ifndef VD_REVSET_H
#define VD_REVSET_H

#include "crl.h"
#include "points.h"
#include "revkey.h"

/* Same numbers as VERIDAC_REASON_*. */
enum vd_reason {
    VD_REASON_NO_DATA = 0,
    VD_REASON_NOT_COVERED,
    VD_REASON_NOT_PUBLISHED,
    VD_REASON_INVALID,
    VD_REASON_INCOMPLETE,
    VD_REASON_UNREACHABLE,
    VD_REASON_STALE,
    VD_REASON_HELD,
    VD_REASON_TOO_LARGE,
    VD_REASON_UNCONFIRMED,
    VD_REASON_CLOCK,
    VD_REASON_ALGORITHM,
    VD_REASONS
};
const char *vd_reason_text(enum vd_reason r);

/* What one CRL, or several of the same URL, say of a point's CA. */
struct vd_rev_crl {
    bool authentic, complete;
    enum vd_reason reason;       /* why not complete */
    int64_t this_update, next_update, last_ok;
    uint8_t number[20];          /* magnitude of cRLNumber */
    size_t n_number;
    uint8_t content[VD_SHA256];  /* digest of tbsCertList */
    struct vd_buf serials;       /* u8 length, magnitude; of this point's CA */
    uint64_t n_entries;
};

/* One record and what became of it. */
struct vd_rev_point {
    struct vd_point p;
    struct vd_finding *findings; /* errors say why it was not used, notes what was tolerated */
    size_t n_findings, cap_findings;
    bool duplicate;              /* says the same as an earlier record */
    size_t issuer;               /* index of its issuer, when bound */
    unsigned begun;              /* CRLs of its URL that were begun; at the first record of the URL */
    unsigned feeds;              /* CRLs of its URL that were joined */
    uint32_t counting;           /* bit i: the i-th of them counts */
    struct vd_rev_crl crl;
};

struct vd_rev_issuer {
    const struct vd_cert *ca;
    int32_t vid;             /* of the CA's certificate, -1: none */
    bool is_paa;
    uint8_t id[VD_ISSUER_ID];
    bool good;
    enum vd_reason reason;
    int64_t this_update, next_update, last_ok;
    struct vd_span *serials; /* sorted, no duplicates; they point into the points' buffers */
    size_t n_serials;
    size_t point;            /* a bound point, SIZE_MAX: none */
    bool listed;             /* somebody else lists revocations of it as well */
    size_t first, n_points;  /* its bound points, by_issuer order */
};

struct vd_revset;

struct vd_revset *vd_revset_make(const struct vd_trust *trust, enum vd_network network, int64_t at);
/* CRLs of the CA with this key id (as points write it) may lose any number of serials at once. */
bool vd_revset_accept_shrink(struct vd_revset *s, const char *key_id);
/* Revoked certificates of one issuer, and of all issuers of one vendor; 0: as in limits.h. */
void vd_revset_ceilings(struct vd_revset *s, uint32_t of_issuer, uint32_t of_vendor);
void vd_revset_free(struct vd_revset *s);

enum vd_revset_status { VD_REVSET_OK = 0, VD_REVSET_ORDER, VD_REVSET_MEMORY, VD_REVSET_LIMIT };

enum vd_revset_status vd_revset_add_point(struct vd_revset *s, const struct vd_point_record *r);
enum vd_revset_status vd_revset_add_authority(struct vd_revset *s, struct vd_span der);
/* Revoked serials (magnitudes; leading zeros do not matter) of an issuer, from a source that has neither coverage
 * nor age: they only add. LIMIT for a Name, key id or serial that cannot be one. */
enum vd_revset_status vd_revset_add_listed(struct vd_revset *s, struct vd_span name,
                                           struct vd_span key_id, const struct vd_span *serials,
                                           size_t n);
/* Certificates on the ledger's list of revoked ones, by a majority of its nodes or by fewer (revset_said.c). */
enum vd_revset_status vd_revset_add_revoked(struct vd_revset *s, struct vd_span der);
enum vd_revset_status vd_revset_add_disputed(struct vd_revset *s, struct vd_span der);
enum vd_revset_status vd_revset_bind(struct vd_revset *s);
const char *vd_revset_url(const struct vd_revset *s, size_t i);

/* One CRL. begin, missing and finish belong to one thread at a time; feed and end of different CRLs may
 * run in as many as there are. */
struct vd_rev_feed;
enum vd_revset_status vd_revset_crl_begin(struct vd_revset *s, const char *url, int64_t last_ok,
                                          struct vd_rev_feed **ret);
void vd_revset_crl_feed(struct vd_rev_feed *feed, struct vd_span chunk);
/* Right after begin: SHA-256 of its octets (absent: taken of what is fed), and the node and height of the
 * ledger that named its URL (absent, 0: not known). */
enum vd_revset_status vd_revset_crl_source(struct vd_rev_feed *feed, struct vd_span sha256,
                                           struct vd_span node, uint64_t height);
/* The feed belongs to the set from now on. MEMORY is said again when it is joined. */
enum vd_revset_status vd_revset_crl_end(struct vd_rev_feed *feed);
enum vd_revset_status vd_revset_crl_missing(struct vd_revset *s, const char *url,
                                            enum vd_reason reason, const char *why);
enum vd_revset_status vd_revset_finish(struct vd_revset *s);

/* Between thisUpdate, less the skew of clocks, and nextUpdate at the time of the set. */
bool vd_revset_fresh(const struct vd_revset *s, int64_t this_update, int64_t next_update);
bool vd_revset_finished(const struct vd_revset *s);
enum vd_network vd_revset_network(const struct vd_revset *s);
int64_t vd_revset_at(const struct vd_revset *s);
/* The sources of the CRLs that count, as far as they were told (provenance.h). */
bool vd_revset_provenance(const struct vd_revset *s, struct vd_buf *out);
size_t vd_revset_points(const struct vd_revset *s);
const struct vd_rev_point *vd_revset_point(const struct vd_revset *s, size_t i);
size_t vd_revset_issuers(const struct vd_revset *s);
const struct vd_rev_issuer *vd_revset_issuer(const struct vd_revset *s, size_t i);

#endif
