/* SPDX-License-Identifier: Apache-2.0
 *
 * crl.h - one CRL as a stream: chunks in, entries and facts out, constant memory.
 *
 * Owns:           the shape of a CRL (RFC 5280 section 5), PEM around it, the digest of what is
 *                 signed, which issuer an entry of an indirect CRL belongs to by its own words.
 * Must not know:  who may sign, which points name it, the clock.
 *
 * Entries are handed out before the signature can be checked: whoever takes them keeps them apart
 * until vd_crl_end and the check of the signature.
 */
#ifndef VD_CRL_H
#define VD_CRL_H

#include "cert.h"
#include "sig.h"

struct vd_crl_entry {
    struct vd_span serial;    /* content octets of the INTEGER */
    struct vd_span issuers;   /* GeneralNames content of the certificateIssuer in force (its own or
                                 a previous entry's); absent before the first one */
    uint64_t issuers_id;      /* counts up with each certificateIssuer; 0: none in force */
};

/* False stops the reading with VD_CRL_STOPPED. The spans are valid during the call. */
typedef bool vd_crl_sink(void *user, const struct vd_crl_entry *entry);

enum vd_crl_state {
    VD_CRL_READING = 0,
    VD_CRL_DONE,      /* a whole CRL was read */
    VD_CRL_BROKEN,    /* not a CRL; `broken` says where */
    VD_CRL_TOO_LARGE, /* over a ceiling */
    VD_CRL_STOPPED,   /* by the sink */
    VD_CRL_MEMORY     /* out of it: says nothing about the CRL */
};

struct vd_crl {
    uint64_t version;              /* 1 is v2 */
    enum vd_algorithm algorithm;
    bool algorithms_equal;
    struct vd_span issuer;         /* Name DER; kept inside the reader, as all spans here */
    bool this_ok, next_ok;         /* thisUpdate is a DER time; nextUpdate is there and is one */
    bool has_next_update;
    int64_t this_update, next_update;

    bool has_akid, akid_malformed, akid_critical;
    struct vd_span akid;           /* keyIdentifier; issuer and serial may stand beside it */
    bool has_number, number_malformed, number_critical;
    struct vd_span number;         /* magnitude, at most 20 octets */
    bool has_idp, idp_malformed, idp_critical;
    unsigned idp_uris;             /* uniformResourceIdentifiers in fullName */
    bool idp_other_names;          /* another form of name in the distribution point */
    struct vd_span idp_uri;        /* the first one */
    bool only_user, only_ca, only_attribute, some_reasons, indirect;
    bool has_delta;
    bool duplicate_extension, explicit_false;
    bool unknown_critical;

    uint64_t n_entries;
    uint64_t bad_serials;          /* negative, not minimal, longer than 20 octets */
    uint64_t bad_dates;
    uint64_t bad_extensions;       /* malformed or repeated entry extensions */
    uint64_t unknown_critical_entries;
    uint64_t removals;             /* reasonCode removeFromCRL */
    uint64_t issuer_extensions;    /* certificateIssuer */
    uint64_t uncritical_issuers;   /* certificateIssuer that is not critical */
    bool empty_list;               /* revokedCertificates is there, and empty */

    uint8_t digest[VD_SHA256];     /* of tbsCertList */
    struct vd_span signature;      /* DER Ecdsa-Sig-Value */
    const char *broken;            /* where the structure broke */
};

struct vd_crl_reader;

struct vd_crl_reader *vd_crl_start(vd_crl_sink *sink, void *user, size_t max_bytes);
void vd_crl_free(struct vd_crl_reader *r);
enum vd_crl_state vd_crl_feed(struct vd_crl_reader *r, struct vd_span chunk);
/* After the last chunk. Facts may be looked at in every state; DONE means they are complete. */
enum vd_crl_state vd_crl_end(struct vd_crl_reader *r);
const struct vd_crl *vd_crl_facts(const struct vd_crl_reader *r);

/* One of the directoryNames in GeneralNames content is this Name. */
bool vd_crl_names_issuer(struct vd_span general_names, struct vd_span name);

#endif
