/* SPDX-License-Identifier: Apache-2.0
 *
 * world.h - a small ecosystem: who issues whom, who publishes which CRL, which devices there are.
 *
 * Owns:           the tables; tests/pki/README.md draws them.
 * Must not know:  the verifier. What a device deserves is written down beside it.
 */
#ifndef PKI_WORLD_H
#define PKI_WORLD_H

#include "crl.h"

/* A PAA that the ledger lists. */
struct world_root {
    const char *label, *text; /* text: its subject for people */
    uint16_t vid;             /* under which the ledger lists it */
};

/* A revocation distribution point of the ledger. */
struct world_point {
    const char *label;
    uint16_t vid, pid; /* pid 0: absent */
    bool is_paa;
    const char *ca;        /* whose certificates are listed */
    const char *signer;    /* crlSignerCertificate */
    const char *delegator; /* crlSignerDelegator, or NULL */
    const char *crl;
};

struct world_device {
    const char *name, *dac, *pai;
    uint16_t vid, pid;
    const char *key; /* that signs the response; NULL: the DAC's; "" for no response at all */
    const char *expect, *slugs; /* under the standard policy, with every CRL at hand */
};

extern const struct cert_spec world_certs[];
extern const size_t world_n_certs;
extern const struct world_root world_roots[];
extern const size_t world_n_roots;
extern const char *const world_pais[]; /* the ones on the ledger, ends with NULL */
extern const struct crl_spec world_crls[];
extern const size_t world_n_crls;
extern const struct crl_spec world_more_crls[];
extern const size_t world_n_more_crls;
extern const struct world_point world_points[];
extern const size_t world_n_points;
extern const struct world_device world_devices[];
extern const size_t world_n_devices;

/* What is different from the tables: labels, or NULL. */
struct world_changes {
    const char *revoke; /* a certificate that stands in the CRLs of its issuer as well */
    const char *empty;  /* a CRL that lists nothing */
    const char *flood;  /* a CRL that lists 200 000 certificates more, which nobody has */
};

/* Makes everything and writes it below `out`. CRLs are published below BASEURL/crl/. `set` changes single
 * elements, as in a case. */
void world_write(struct keys *keys, const char *url, int64_t at,
                 const struct world_changes *changes, struct settings *set, const char *out);

#endif
