/* SPDX-License-Identifier: Apache-2.0
 *
 * profile_crl.h - when a CRL is complete: its silence about a certificate counts.
 *
 * Owns:           RFC 5280 5.1 to 5.3 and Matter 6.2.4.1 step 7b and 8, over OpenSSL's objects.
 * Must not know:  who signed it, veridac's code, tables and slugs.
 */
#ifndef DIFF_PROFILE_CRL_H
#define DIFF_PROFILE_CRL_H

#include <openssl/x509v3.h>
#include <stdbool.h>

#include "view.h"

void profile_crl(X509_CRL *crl, bool lists_cas, bool delegated, const char *url, struct view *ret);
/* At least one, each of a form that can be compared or passed over. */
bool profile_crl_names_ok(const GENERAL_NAMES *all);
/* Both, for an extension that is GeneralNames; the caller frees. */
/* It is indirect, or nobody can tell: entries may be about the certificates of others. */
bool profile_crl_speaks_for_others(const X509_CRL *crl);
GENERAL_NAMES *profile_crl_names(X509_EXTENSION *ext);
bool profile_crl_is_der(const unsigned char *p, size_t n);

#endif
