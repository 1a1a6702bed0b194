/* SPDX-License-Identifier: Apache-2.0
 *
 * profile.h - the Matter profile over OpenSSL's objects.
 *
 * Owns:           Matter 6.2.2 and 6.2.3.1 as far as they concern the chain, written from the rules
 *                 a second time. Reasons are "profile:ROLE:WHAT".
 * Must not know:  veridac's code, tables and slugs.
 */
#ifndef DIFF_PROFILE_H
#define DIFF_PROFILE_H

#include <openssl/x509.h>
#include <stdint.h>

#include "view.h"

enum chain_place { CHAIN_PAA, CHAIN_PAI, CHAIN_DAC, CHAIN_CERTS };

/* One certificate by itself. */
void profile_cert(enum chain_place place, const char *role, X509 *cert, struct view *ret);
/* The three together: names, key ids, signatures, ids, times. */
void profile_chain(X509 *const certs[CHAIN_CERTS], struct view *ret);

/* Read and written again, every part anew, are these the same octets? */
bool profile_is_der(const unsigned char *p, size_t n);
bool profile_name_is_der(const X509_NAME *name);
bool profile_flag_is_der(const X509_EXTENSION *ext);
/* The value of an extension, when it is written as OpenSSL would write it; else NULL. */
void *profile_value(X509_EXTENSION *ext, const ASN1_ITEM *item);
bool profile_same_name(const X509_NAME *a, const X509_NAME *b);

/* Seconds since 1970, when it is written as RFC 5280 4.1.2.5 asks for. */
#define PROFILE_NO_TIME INT64_MIN
int64_t profile_time(const ASN1_TIME *t);

/* Vendor and product id of a Name. */
enum id_found { ID_NONE, ID_GOOD, ID_WRONG };
struct ids {
    bool name_ok; /* one or more attributes, all strings; no empty CN or id; no id twice */
    enum id_found vid, pid;
    unsigned vid_value, pid_value;
};
struct ids profile_ids(X509_NAME *name);

#endif
