/* SPDX-License-Identifier: Apache-2.0
 *
 * crl.h - certificate revocation lists.
 *
 * Owns:           the good CRL: version 2, authority key id, number, distribution point where
 * needed. Must not know:  who publishes it where.
 */
#ifndef PKI_CRL_H
#define PKI_CRL_H

#include "cert.h"

#define CRL_MAX_ENTRIES 4
#define CRL_FLOOD "200 000 certificates that nobody has"

struct crl_entry {
    const char *cert;   /* label of the certificate that is listed, or CRL_FLOOD; NULL ends the list */
    const char *issuer; /* label for certificateIssuer, or NULL */
};

struct crl_spec {
    const char *label;
    const char *signer; /* label of the certificate whose key signs */
    bool indirect;      /* issuingDistributionPoint with indirectCRL */
    bool partition;     /* issuingDistributionPoint with the URL alone */
    struct crl_entry entries[CRL_MAX_ENTRIES + 1];
};

/* thisUpdate one hour before `at`, nextUpdate thirty days after, everything revoked a day before.
 */
void crl_make(struct mint *m, const struct crl_spec *spec, const char *url, int64_t at,
              struct buf *ret);

#endif
