/* SPDX-License-Identifier: Apache-2.0
 *
 * cert.h - certificates: from a table of who issues whom to DER.
 *
 * Owns:           the certificate profile of a good PAA, PAI, DAC, declaration signer and CRL
 * signer, and the names of its parts (tests/cases/README.md lists them). Must not know:  which
 * parts a case changes, where the files go.
 */
#ifndef PKI_CERT_H
#define PKI_CERT_H

#include "expr.h"
#include "settings.h"

enum cert_role { CERT_PAA, CERT_PAI, CERT_DAC, CERT_CD_SIGNER, CERT_CRL_SIGNER };

/* One row of the table; settings of the same name override parent, subject and key. */
struct cert_spec {
    const char *label;
    enum cert_role role;
    const char *parent;  /* label of the issuer; its own for a root */
    const char *subject; /* its RDNs, an expression */
    const char *key;     /* label of its key; NULL: its own label */
};

struct cert {
    const struct cert_spec *spec;
    bool made, naming; /* naming: its subject is being made */
    struct buf der;
    struct buf subject; /* Name, as it stands in the certificate */
    struct buf serial;  /* content octets, as a CRL would list them */
};

/* Makes objects on demand, once each. */
struct mint {
    struct settings *set;
    struct keys *keys;
    struct expr_env env;
    const struct cert_spec *specs;
    size_t n_specs;
    struct cert *certs;     /* one for each row */
    const char *not_before; /* of every certificate, an expression */
    const char *making[8];  /* labels in progress: an issuer loop is a mistake */
    size_t depth;
};

void mint_init(struct mint *m, struct settings *set, struct keys *keys,
               const struct cert_spec *specs, size_t n_specs);
void mint_free(struct mint *m);

const struct cert *cert_get(struct mint *m, const char *label);
/* Label of the key that the certificate's subject holds. */
const char *cert_key(struct mint *m, const char *label);
/* The Name that this certificate has, or will have, as subject. */
const struct buf *cert_subject(struct mint *m, const char *label);
/* Signs with the key that "OBJECT.signed-by" names, else with `key`, in "OBJECT.sign-form". */
void cert_sign(struct mint *m, const char *object, const char *key, const struct buf *message,
               uint8_t ret[64]);

#endif
