/* SPDX-License-Identifier: Apache-2.0
 *
 * opinion.h - OpenSSL's opinion on chains, declarations and attestation signatures.
 *
 * Owns:           every call of OpenSSL's certificate and CMS code.
 * Must not know:  what the answer should be.
 */
#ifndef PKI_OPINION_H
#define PKI_OPINION_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "buf.h"

void opinion_read(const char *folder, const char *name, struct buf *ret);
bool opinion_has(const char *folder, const char *name);
/* NULL when it does not parse. */
X509 *opinion_cert(const char *folder, const char *name);
/* Every certificate of PARENT/NAME; those that do not parse are left out. */
STACK_OF(X509) * opinion_certs(const char *parent, const char *name);

/* X509_verify_cert, strict, at the notBefore of the DAC. */
bool opinion_chain(X509 *dac, X509 *pai, STACK_OF(X509) * anchors);
/* CMS_verify of the declaration in the elements. */
bool opinion_declaration(const struct buf *elements, STACK_OF(X509) * signers);
/* ECDSA over elements || challenge with the key of the DAC. */
bool opinion_response(X509 *dac, const struct buf *elements, const struct buf *challenge,
                      const struct buf *signature);

#endif
