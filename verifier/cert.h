/* SPDX-License-Identifier: Apache-2.0
 *
 * cert.h - one X.509 certificate: DER -> facts.
 *
 * Owns:           the shape of a certificate (RFC 5280 section 4) as far as Matter looks at it.
 * Must not know:  which role asks for what, who is trusted, the clock.
 *
 * The reader goes as far as the structure allows and records what it saw, right or wrong; rules
 * over these facts are in profile.c. All spans point into the caller's bytes.
 */
#ifndef VD_CERT_H
#define VD_CERT_H

#include "limits.h"
#include "name.h"

enum vd_algorithm {
    VD_ALG_OTHER = 0,
    VD_ALG_ECDSA_SHA256,
    VD_ALG_ECDSA_SHA256_NULL, /* with NULL parameters */
    VD_ALG_MLDSA44,
    VD_ALG_MLDSA65
};

enum vd_key_kind { VD_KEY_OTHER = 0, VD_KEY_P256, VD_KEY_EC_OTHER, VD_KEY_MLDSA44, VD_KEY_MLDSA65 };

/* Extensions that are told apart. */
enum vd_ext_kind {
    VD_EXT_BC = 0,
    VD_EXT_KU,
    VD_EXT_SKID,
    VD_EXT_AKID,
    VD_EXT_EKU,
    VD_EXT_SAN,
    VD_EXT_IAN,
    VD_EXT_CP,
    VD_EXT_AIA,
    VD_EXT_CRLDP,
    VD_EXT_OTHER,
    VD_EXT_KINDS = VD_EXT_OTHER
};

struct vd_ext {
    unsigned count;        /* how often the OID occurs */
    bool critical;
    bool malformed;        /* the value is not what the OID promises */
    struct vd_span value;
};

struct vd_extension {
    struct vd_span oid, value;
    bool critical, explicit_false; /* critical FALSE was encoded */
};

/* keyUsage bits as vd_der_named_bits gives them. */
#define VD_KU_DIGITAL_SIGNATURE 0x8000u
#define VD_KU_KEY_CERT_SIGN 0x0400u
#define VD_KU_CRL_SIGN 0x0200u

struct vd_cert {
    struct vd_span der;       /* the certificate itself, without what may follow */
    bool parsed;              /* the structure holds to its end */
    const char *broken;       /* the field at which it did not, or NULL */
    size_t trailing;          /* bytes after the certificate */

    struct vd_span tbs;       /* what is signed, header included */
    uint64_t version;         /* 0 is v1, 2 is v3 */
    struct vd_span serial;    /* content octets as they stand */
    struct vd_span magnitude; /* without a sign octet; empty when negative or not minimal */
    enum vd_algorithm inner, outer;
    bool algorithms_equal;    /* the two AlgorithmIdentifiers are the same bytes */
    struct vd_span algorithm_oid;
    struct vd_name issuer, subject;
    bool times_ok;
    int64_t not_before, not_after;
    enum vd_key_kind key_kind;
    struct vd_span key;       /* point: 65 octets when key_kind is P256 */
    bool has_unique_id;
    struct vd_span signature; /* content of the BIT STRING, without the unused-bits octet */

    struct vd_span extensions; /* as they stand, one after the other */
    struct vd_ext ext[VD_EXT_KINDS];
    bool explicit_false;      /* critical FALSE or cA FALSE was encoded */
    struct vd_span critical_unknown; /* OID of the first critical extension that is not known */
    struct vd_span other_unknown;    /* and of the first that is not critical */
    struct vd_span duplicate_oid;
    bool ca, has_path_length;
    uint64_t path_length;
    uint16_t key_usage;
    struct vd_span skid, akid; /* key ids; absent when missing or malformed */
};

/* Reads what is there; false and `broken` set when the structure does not hold. */
bool vd_cert_read(struct vd_span in, struct vd_cert *ret);

/* AlgorithmIdentifier: the whole TLV -> kind, and its OID. */
enum vd_algorithm vd_algorithm_read(struct vd_span whole, struct vd_span *ret_oid);
const char *vd_algorithm_text(enum vd_algorithm a);
const char *vd_key_text(enum vd_key_kind k);
/* P-256, ML-DSA-44, ML-DSA-65 by strength from 1; 0 for anything else. */
unsigned vd_key_strength(enum vd_key_kind k);
unsigned vd_algorithm_strength(enum vd_algorithm a);
/* Content of a SubjectPublicKeyInfo -> kind of key, and the content of its BIT STRING. */
bool vd_spki_read(struct vd_span spki, enum vd_key_kind *ret_kind, struct vd_span *ret_key);
/* AuthorityKeyIdentifier content -> keyIdentifier of 20 octets and nothing else. */
bool vd_akid_read(struct vd_span value, struct vd_span *ret);
const char *vd_ext_text(enum vd_ext_kind kind);
enum vd_ext_kind vd_ext_kind_of(struct vd_span oid);
/* The next of a list of extensions; false at its end, and where it is broken. */
bool vd_extension_next(struct vd_span *list, struct vd_extension *ret);

#endif
