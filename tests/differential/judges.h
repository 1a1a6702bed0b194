/* SPDX-License-Identifier: Apache-2.0
 *
 * judges.h - the two sides of the comparison.
 *
 * Owns:           the questions. veridac answers through its public function; the other side is
 *                 OpenSSL, and the Matter profile written anew over OpenSSL's objects.
 * Must not know:  operators, what the answer should be. Neither side sees the other's code.
 */
#ifndef DIFF_JUDGES_H
#define DIFF_JUDGES_H

#include <stdint.h>

#include "view.h"

struct octets_in {
    const uint8_t *p;
    size_t n;
};

struct chain_in {
    struct octets_in paa, pai, dac;
};

/* veridac: errors of the trust store's admission and of veridac_verify, by slug. */
struct judge;
struct judge *judge_new(void);
void judge_free(struct judge *j);
void judge_chain(struct judge *j, const struct chain_in *in, struct view *ret);

/* A CRL, and the one revocation point that names it. */
struct crl_in {
    struct octets_in crl, paa, ca, signer; /* ca: whose certificates are listed */
    bool is_paa, delegated;                /* ca is the PAA; signer is not the ca */
    const char *key_id, *url;              /* of the CA, in hex; of the point */
    int32_t vid;
    int64_t at;
};

/* Two thresholds: an authentic CRL's serials revoke, a complete one's silence counts as well. */
struct crl_view {
    struct view why; /* nothing: complete */
    bool authentic;
    struct view not_authentic; /* the reasons among `why` that concern authenticity */
    bool read;                 /* `serials` is there */
    char serials[1u << 16]; /* of the CA's certificates, in order: upper-case hex, ' ' after each */
};

void judge_crl(struct judge *j, const struct crl_in *in, struct crl_view *ret);
void openssl_crl(const struct crl_in *in, struct crl_view *ret);

/* A declaration's envelope, and whose signatures count. Always the same signers in one process. */
#define CMS_IN_SIGNERS 2
struct cms_in {
    struct octets_in cd, signer[CMS_IN_SIGNERS];
};

struct cms_view {
    struct view why;
    uint8_t content[1u << 14]; /* what is said to be signed; meant when nothing is wrong */
    size_t n;
};

void judge_cms(struct judge *j, const struct cms_in *in, struct cms_view *ret);
void openssl_cms(const struct cms_in *in, struct cms_view *ret);

/* OpenSSL and the profile: "openssl:ROLE:REASON" and "profile:ROLE:REASON". */
void openssl_chain(const struct chain_in *in, struct view *ret);

#endif
