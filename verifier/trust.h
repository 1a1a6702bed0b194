/* SPDX-License-Identifier: Apache-2.0
 *
 * trust.h - trust anchors: which certificates count as PAA, which keys may sign declarations.
 *
 * Owns:           admission to the store, networks, the pinned CSA declaration root, lookup.
 * Must not know:  devices, revocation, files.
 */
#ifndef VD_TRUST_H
#define VD_TRUST_H

#include "cert.h"
#include "finding.h"
#include "sig.h"

/* Same numbers as VERIDAC_NETWORK_*. */
enum vd_network { VD_NETWORK_NONE = 0, VD_NETWORK_MAIN = 1, VD_NETWORK_TEST = 2 };

enum vd_anchor_kind {
    VD_ANCHOR_PAA = 1,
    VD_ANCHOR_CD_SIGNER,
    VD_ANCHOR_CD_ROOT,   /* the CSA root, or what claims its key id: never a PAA */
    VD_ANCHOR_CD_REFUSED, /* named for main and not below the CSA root: kept to say so */
    VD_ANCHOR_PAA_REFUSED, /* broke a rule of PAAs; kept to say so when a chain asks for it */
    VD_ANCHOR_PAA_WITHDRAWN /* revoked on, or removed from, the ledger: the same */
};

struct vd_anchor {
    enum vd_anchor_kind kind;
    enum vd_network network;
    bool csa;            /* below the CSA root, by signature under its pinned key */
    enum vd_rule refused_for; /* of what is refused */
    uint8_t *der;        /* owned; cert points into it */
    struct vd_cert cert;
    uint8_t sha256[VD_SHA256];
};

struct vd_trust;

/* The CSA root, what names it as its issuer, or the SDK's test signer: never a PAA or a PAI. */
bool vd_trust_signs_declarations(const struct vd_cert *c);

struct vd_trust *vd_trust_make(void);
void vd_trust_free(struct vd_trust *t);

enum vd_admission {
    VD_ADMITTED = 0,
    VD_ADMITTED_BEFORE, /* the very same certificate is there already */
    VD_REFUSED,         /* an error among the findings says why */
    VD_ADMISSION_FULL   /* too many anchors, or no memory */
};

/* Judges one certificate (copied) and takes it when it may anchor; `said` is where it came from.
 * Findings (errors and notes) are added to f. */
enum vd_admission vd_trust_admit_paa(struct vd_trust *t, struct vd_span der, enum vd_network said,
                                     struct vd_findings *f);
/* The same for a PAA that is trusted no longer. It outweighs the very same certificate among the
 * trusted ones, in whatever order they come; another certificate of that CA stays what it is. */
enum vd_admission vd_trust_withdraw_paa(struct vd_trust *t, struct vd_span der,
                                        enum vd_network said, struct vd_findings *f);
enum vd_admission vd_trust_admit_cd_signer(struct vd_trust *t, struct vd_span der,
                                           enum vd_network said, struct vd_findings *f);

/* When the newest of the lists that filled the store was current; 0: nobody said. */
void vd_trust_note_time(struct vd_trust *t, int64_t as_of);
int64_t vd_trust_time(const struct vd_trust *t);

/* The i-th anchor of this kind with this subject key id, ordered by subject; NULL after the last. */
const struct vd_anchor *vd_trust_find(const struct vd_trust *t, enum vd_anchor_kind kind,
                                      struct vd_span skid, size_t i);
size_t vd_trust_count(const struct vd_trust *t, enum vd_anchor_kind kind, enum vd_network network);
const struct vd_anchor *vd_trust_at(const struct vd_trust *t, size_t i); /* NULL after the last */

/* To copy from: saves an import for each verification. */
const struct vd_checker *vd_trust_checker(const struct vd_trust *t);

/* Whatever the caller says: the network that this certificate can only belong to. */
enum vd_network vd_trust_network(const struct vd_cert *c, enum vd_network said);
const char *vd_network_text(enum vd_network n);

#endif
