/* SPDX-License-Identifier: Apache-2.0
 *
 * rule.h - the one list of rules: number, slug, severity, SDK number, clause, facts, sentence, hint.
 *
 * The enum, the slugs, the sentences and the documentation all come from this list. Numbers and
 * slugs are ABI: append, never renumber, never rename.
 *
 * Severity
 *   ERROR       the device is refused, whatever the policy
 *   INCOMPLETE  an input is missing: the verdict is at most undetermined, whatever the policy
 *   UNKNOWN     the revocation status is unknown: the policy decides
 *   WARNING     accepted, and somebody should know
 *   NOTE        a tolerance or an observation
 *
 * The "facts" column names the entries of the project's fact sheet that a row implements; a script
 * counts them. "sdk" is the number in the Matter SDK's AttestationVerificationResult, 0 for none.
 */
#ifndef VD_RULE_H
#define VD_RULE_H

#include "rule_cert.h"

#define VD_RULES(R)                                                                                \
    VD_CERT_RULES(R, DAC, "dac", 1000, "Matter 6.2.2.3", 303, 305, 306)                            \
    VD_CERT_RULES(R, PAI, "pai", 1100, "Matter 6.2.2.4", 203, 305, 306)                            \
    VD_CERT_RULES(R, PAA, "paa", 1200, "Matter 6.2.2.5", 105, 105, 105)                            \
    VD_CERT_RULES(R, CD_SIGNER, "cd-signer", 1300, "Matter 6.3.1", 601, 601, 601)                  \
    VD_CERT_RULES(R, CRL_SIGNER, "crl-signer", 1400, "Matter 6.2.4", 0, 0, 0)                      \
                                                                                                   \
    /* what was given */                                                                           \
    R(NO_DAC, 2001, "no-dac", INCOMPLETE, 701, "Matter 6.2.3.1", "B.1.1",                          \
      "the device attestation certificate was not given", "pass the DAC")                          \
    R(NO_PAI, 2002, "no-pai", INCOMPLETE, 207, "Matter 6.2.3.1", "B.1.1",                          \
      "the product attestation intermediate was not given", "pass the PAI")                        \
    R(PAI_EMPTY, 2003, "pai-empty", ERROR, 207, "Matter 6.2.3.1", "B.1.1",                         \
      "the device sent an empty PAI", "the maker has to provision the PAI certificate")            \
    R(NO_PROOF_OF_POSSESSION, 2004, "no-proof-of-possession", INCOMPLETE, 701, "Matter 6.2.3.1",   \
      "C.2.1", "elements, signature and challenge are all needed to prove the DAC's key",          \
      "without them a copied certificate chain looks the same as the device")                      \
    R(NO_NONCE, 2005, "no-nonce", INCOMPLETE, 701, "Matter 6.2.3.1", "C.1.4",                      \
      "the attestation nonce was not given, so a replay cannot be told",                           \
      "pass the 32 octets that were sent to the device")                                           \
    R(NO_BASIC_INFORMATION, 2006, "no-basic-information", INCOMPLETE, 701, "Matter 6.2.3.1",       \
      "D.6.3 D.6.4", "vendor id and product id from Basic Information were not given",             \
      "read VendorID and ProductID from the device's Basic Information cluster")                   \
    R(NO_TRUST_ANCHORS, 2007, "no-trust-anchors", INCOMPLETE, 101, "Matter 6.2.3.1", "B.1.2",      \
      "the trust store has no PAA", "load the PAA certificates of the network")                    \
    R(CHALLENGE_LENGTH, 2008, "challenge-length", ERROR, 701, "Matter 11.18.4.7", "C.2.3",         \
      "an attestation challenge has 16 octets", "")                                                \
    R(INPUT_SIZE, 2009, "input-size", ERROR, 701, "limits", "C.1.1",                               \
      "an argument is far larger than anything Matter defines", "")                                \
    R(ALGORITHM_UNSUPPORTED, 2010, "algorithm-unsupported", INCOMPLETE, 0, "Matter PQC profile",   \
      "H.1.1 H.1.10",                                                                              \
      "ML-DSA is recognised but cannot be verified by this build", "needs OpenSSL 3.5 or newer")   \
    R(FINDINGS_OVERFLOW, 2011, "findings-overflow", INCOMPLETE, 0, "limits", "",                   \
      "there were more findings than can be reported", "")                                         \
    R(OUT_OF_MEMORY, 2012, "out-of-memory", INCOMPLETE, 700, "limits", "",                         \
      "a check could not be run for lack of memory", "")                                           \
                                                                                                   \
    /* the chain */                                                                                \
    R(CHAIN_SHAPE, 2101, "chain-shape", ERROR, 301, "Matter 6.2.3.1", "B.1.1",                     \
      "the chain must be DAC, PAI, PAA: three different levels", "")                               \
    R(DAC_ISSUER_NAME, 2102, "dac-issuer-name", ERROR, 301, "Matter 6.2.2.3", "B.1.7",             \
      "the DAC's issuer must be the PAI's subject, byte for byte", "is this the PAI of this DAC?") \
    R(DAC_ISSUER_NAME_NORMALISED, 2103, "dac-issuer-name-normalised", ERROR, 301, "Matter 6.2.2.3",\
      "B.3.3", "the names agree only after normalising; Matter compares bytes",                    \
      "reissue the DAC with the PAI's subject copied unchanged")                                   \
    R(DAC_KEY_ID_MISMATCH, 2104, "dac-key-id-mismatch", ERROR, 301, "Matter 6.2.2.3",              \
      "B.1.8 B.3.4", "the DAC's authority key id must be the PAI's subject key id", "")            \
    R(DAC_SIGNATURE, 2105, "dac-signature", ERROR, 301, "Matter 6.2.3.1", "B.1.3",                 \
      "the DAC must be signed by the PAI's key", "")                                               \
    R(PAI_ISSUER_NAME, 2106, "pai-issuer-name", ERROR, 301, "Matter 6.2.2.4", "B.1.7 B.5.1",       \
      "the PAI's issuer must be the PAA's subject, byte for byte", "")                             \
    R(PAI_ISSUER_NAME_NORMALISED, 2107, "pai-issuer-name-normalised", ERROR, 301, "Matter 6.2.2.4",\
      "B.3.3", "the names agree only after normalising; Matter compares bytes", "")                \
    R(PAI_SIGNATURE, 2108, "pai-signature", ERROR, 301, "Matter 6.2.3.1", "B.1.3",                 \
      "the PAI must be signed by the PAA's key", "")                                               \
    R(PAI_VALIDITY, 2109, "pai-validity", ERROR, 301, "Matter 6.2.3.1", "B.1.3",                   \
      "the PAI must be valid at the DAC's notBefore", "")                                          \
    R(PAA_VALIDITY, 2110, "paa-validity", ERROR, 301, "Matter 6.2.3.1", "B.1.3",                   \
      "the PAA must be valid at the DAC's notBefore", "")                                          \
    R(DAC_EXPIRED_NOW, 2111, "dac-expired-now", ERROR, 300, "SDK behaviour", "B.3.7",              \
      "the DAC is outside its validity by the clock (checked in sdk-compat only)", "")             \
    R(DAC_NOT_BEFORE_RANGE, 2112, "dac-not-before-range", NOTE, 0, "SDK behaviour", "B.3.5",       \
      "notBefore does not fit 32-bit Unix time; other verifiers refuse this DAC", "")              \
    R(PAA_NOT_FOUND, 2113, "paa-not-found", ERROR, 101, "Matter 6.2.3.1", "B.1.2 B.5.1",           \
      "no PAA in the trust store issued this PAI",                                                 \
      "load the PAA with the wanted subject key id, if the network lists it")                      \
    R(PAA_OTHER_NETWORK, 2114, "paa-other-network", ERROR, 101, "Matter 6.2.3.1", "B.5.4",         \
      "the PAA is known, but for another network", "choose the network on purpose with --network") \
    R(PAA_IS_CD_ROOT, 2115, "paa-is-cd-root", ERROR, 101, "Matter 6.3.1", "A.8",                   \
      "the issuer of this PAI signs Certification Declarations and is never a PAA", "")            \
    R(PAA_WITHDRAWN, 2121, "paa-withdrawn", ERROR, 101, "Matter 6.2.3.1", "B.1.2",                 \
      "the PAA was withdrawn: it is trusted no longer",                                            \
      "the vendor has to say which devices are affected; nothing on your side is wrong")           \
    R(CHAIN_ALGORITHMS, 2122, "chain-algorithms", ERROR, 301, "Matter PQC profile", "H.1.3 H.1.4", \
      "a signature is of its issuer's kind of key, and no key is stronger than its issuer's",      \
      "no verifier can accept this chain, whatever it supports")                                   \
    R(DAC_VID_MISMATCH, 2116, "dac-vid-mismatch", ERROR, 305, "Matter 6.2.2.3", "B.1.5",           \
      "DAC and PAI must name the same vendor id", "")                                              \
    R(PAI_VID_SCOPE, 2117, "pai-vid-scope", ERROR, 205, "Matter 6.2.2.5", "B.1.5",                 \
      "a PAA with a vendor id may only issue for that vendor id", "")                              \
    R(DAC_PID_MISMATCH, 2118, "dac-pid-mismatch", ERROR, 306, "Matter 6.2.2.4", "B.1.6",           \
      "a PAI with a product id may only issue for that product id", "")                            \
    R(PAA_NOT_SELF_ISSUED, 2119, "paa-not-self-issued", ERROR, 105, "Matter 6.2.2.5", "B.3.1",     \
      "a PAA must be self-issued: issuer equal to subject, byte for byte", "")                     \
    R(PAA_SELF_SIGNATURE, 2120, "paa-self-signature", ERROR, 105, "Matter 6.2.2.5", "B.3.2",       \
      "a PAA must be signed by its own key", "")                                                   \
                                                                                                   \
    /* the attestation response */                                                                 \
    R(ELEMENTS_SIZE, 3001, "elements-size", ERROR, 701, "Matter 11.18.4.6", "C.1.1 D.1.4",         \
      "attestation elements have at most 900 bytes", "")                                           \
    R(ELEMENTS_TLV, 3002, "elements-tlv", ERROR, 501, "Matter A.7",                                \
      "C.1.1 C.4.2 C.4.3 C.4.4 C.4.5 C.4.6 C.4.8 C.4.9",                                           \
      "attestation elements must be one well-formed TLV structure", "")                            \
    R(ELEMENTS_TRAILING_BYTES, 3003, "elements-trailing-bytes", ERROR, 501, "Matter A.7", "C.1.5", \
      "nothing may follow the attestation elements", "")                                           \
    R(ELEMENTS_ORDER, 3004, "elements-order", ERROR, 501, "Matter 11.18.4.6", "C.1.2 C.1.3 C.4.7", \
      "context tags ascend, then vendor tags ascend", "")                                          \
    R(ELEMENTS_FIELD_MISSING, 3005, "elements-field-missing", ERROR, 501, "Matter 11.18.4.6",      \
      "C.1.2", "declaration (1), nonce (2) and timestamp (3) must all be there", "")               \
    R(ELEMENTS_FIELD_TYPE, 3006, "elements-field-type", ERROR, 501, "Matter 11.18.4.6",            \
      "C.1.1 C.1.3", "a field has the wrong TLV type or range", "")                                \
    R(ELEMENTS_VENDOR_TAG, 3007, "elements-vendor-tag", ERROR, 501, "Matter 11.18.4.6", "C.1.3",   \
      "a vendor-reserved field needs a fully-qualified tag with a vendor id", "")                  \
    R(ELEMENTS_UNKNOWN_TAG, 3008, "elements-unknown-tag", NOTE, 0, "Matter 11.18.4.6", "C.1.2",    \
      "a context tag above 4 is skipped", "")                                                      \
    R(ELEMENTS_FIRMWARE, 3009, "elements-firmware", NOTE, 0, "Matter 11.18.4.6", "C.1.7",          \
      "firmware information is present and is not compared", "")                                   \
    R(NONCE_LENGTH, 3010, "nonce-length", ERROR, 502, "Matter 11.18.4.6", "C.1.4",                 \
      "an attestation nonce has 32 octets", "")                                                    \
    R(NONCE_MISMATCH, 3011, "nonce-mismatch", ERROR, 502, "Matter 6.2.3.1", "C.1.4",               \
      "the nonce in the elements must be the one that was sent", "a replayed response?")           \
    R(ATTESTATION_SIGNATURE_LENGTH, 3012, "attestation-signature-length", ERROR, 500,              \
      "Matter 3.5.3", "C.2.2", "an attestation signature is r || s, 64 octets", "")                \
    R(ATTESTATION_SIGNATURE, 3013, "attestation-signature", ERROR, 500, "Matter 6.2.3.1",          \
      "C.2.1 C.2.2", "elements and challenge must be signed by the DAC's key",                     \
      "wrong challenge, or not the device that owns this DAC")                                     \
    R(ATTESTATION_SIGNATURE_LONG, 3014, "attestation-signature-long", ERROR, 503, "Matter 3.5.3",  \
      "C.2.2", "an attestation signature is r || s, not more than 64 octets", "")                  \
                                                                                                   \
    /* the answer to a CSRRequest */                                                               \
    R(NO_CSR_PROOF, 3101, "no-csr-proof", INCOMPLETE, 0, "Matter 11.18", "C.3.3",                  \
      "NOCSR elements, their signature and the challenge are all needed", "")                      \
    R(NO_CSR_NONCE, 3102, "no-csr-nonce", INCOMPLETE, 0, "Matter 11.18", "C.3.4",                  \
      "the CSR nonce was not given, so a replay cannot be told",                                   \
      "pass the 32 octets that were sent with the CSRRequest")                                     \
    R(NOCSR_SIZE, 3103, "nocsr-size", ERROR, 0, "Matter 11.18", "C.3.1",                           \
      "NOCSR elements have at most 900 bytes", "")                                                 \
    R(NOCSR_TLV, 3104, "nocsr-tlv", ERROR, 0, "Matter A.7", "C.3.1 C.4.2 C.4.5",                   \
      "NOCSR elements must be one well-formed TLV structure", "")                                  \
    R(NOCSR_TRAILING_BYTES, 3105, "nocsr-trailing-bytes", ERROR, 0, "Matter A.7", "C.3.1",         \
      "nothing may follow the NOCSR elements", "")                                                 \
    R(NOCSR_ORDER, 3106, "nocsr-order", ERROR, 0, "Matter 11.18", "C.3.2 C.4.7",                   \
      "context tags ascend from 1", "")                                                            \
    R(NOCSR_FIELD_MISSING, 3107, "nocsr-field-missing", ERROR, 0, "Matter 11.18", "C.3.1",         \
      "csr (1) and CSRNonce (2) must both be there", "")                                           \
    R(NOCSR_FIELD_TYPE, 3108, "nocsr-field-type", ERROR, 0, "Matter 11.18", "C.3.1",               \
      "all fields of NOCSR elements are octet strings", "")                                        \
    R(NOCSR_UNKNOWN_TAG, 3109, "nocsr-unknown-tag", ERROR, 0, "Matter 11.18", "C.3.2",             \
      "NOCSR elements have context tags 1 to 5 and no others", "")                                 \
    R(CSR_NONCE_LENGTH, 3110, "csr-nonce-length", ERROR, 0, "Matter 11.18", "C.3.1 C.3.4",         \
      "a CSR nonce has 32 octets", "")                                                             \
    R(CSR_NONCE_MISMATCH, 3111, "csr-nonce-mismatch", ERROR, 0, "Matter 11.18", "C.3.4",           \
      "the nonce in the elements must be the one that was sent", "a replayed response?")           \
    R(NOCSR_SIGNATURE_LENGTH, 3112, "nocsr-signature-length", ERROR, 0, "Matter 3.5.3", "C.3.3",   \
      "the signature over NOCSR elements is r || s, 64 octets", "")                                \
    R(NOCSR_SIGNATURE, 3113, "nocsr-signature", ERROR, 0, "Matter 11.18", "C.3.3",                 \
      "NOCSR elements and challenge must be signed by the DAC's key",                              \
      "wrong challenge, or not the device that owns this DAC")                                     \
    R(NOCSR_CHALLENGE_SHOWN, 3114, "nocsr-challenge-shown", WARNING, 0, "Matter 11.18", "C.3.4",   \
      "a vendor-reserved field must not contain the attestation challenge", "")                    \
    R(CSR_DER, 3120, "csr-der", ERROR, 0, "RFC 2986 4", "C.3.1 C.3.4",                             \
      "csr must be one PKCS#10 request in DER", "")                                                \
    R(CSR_TRAILING_BYTES, 3121, "csr-trailing-bytes", ERROR, 0, "X.690 8.1", "C.3.4",              \
      "nothing may follow the request", "")                                                        \
    R(CSR_VERSION, 3122, "csr-version", ERROR, 0, "RFC 2986 4.1", "C.3.4",                         \
      "a request must have version 0", "")                                                         \
    R(CSR_PUBLIC_KEY, 3123, "csr-public-key", ERROR, 0, "Matter 6.4.7", "C.3.4",                   \
      "the operational key must be an uncompressed point on P-256", "")                            \
    R(CSR_SIGNATURE_ALGORITHM, 3124, "csr-signature-algorithm", ERROR, 0, "Matter 6.4.7", "C.3.4", \
      "a request must be signed with ecdsa-with-SHA256, without parameters", "")                   \
    R(CSR_SIGNATURE, 3125, "csr-signature", ERROR, 0, "RFC 2986 4.2", "C.3.4",                     \
      "a request must be signed by the key that it asks a certificate for", "")                    \
    R(CSR_ATTRIBUTES, 3126, "csr-attributes", NOTE, 0, "RFC 2986 4.1", "C.3.4",                    \
      "a request without the attributes field is read all the same", "")                           \
                                                                                                   \
    /* the Certification Declaration: envelope */                                                  \
    R(CD_CMS, 4001, "cd-cms", ERROR, 602, "Matter 6.3.1", "D.1.1 D.1.3",                           \
      "the declaration must be one CMS SignedData in DER", "")                                     \
    R(CD_TRAILING_BYTES, 4002, "cd-trailing-bytes", ERROR, 602, "X.690 8.1", "D.1.3",              \
      "nothing may follow the declaration", "")                                                    \
    R(CD_CMS_VERSION, 4003, "cd-cms-version", ERROR, 602, "Matter 6.3.1", "D.1.1",                 \
      "SignedData must have version 3", "")                                                        \
    R(CD_DIGEST_ALGORITHM, 4004, "cd-digest-algorithm", ERROR, 602, "Matter 6.3.1", "D.1.1",       \
      "digestAlgorithms must be exactly sha256 without parameters", "")                            \
    R(CD_CONTENT_TYPE, 4005, "cd-content-type", ERROR, 602, "Matter 6.3.1", "D.1.1",               \
      "eContentType must be pkcs7-data", "")                                                       \
    R(CD_CMS_EXTRA, 4006, "cd-cms-extra", ERROR, 602, "Matter 6.3.1", "D.1.1",                     \
      "no certificates, no CRLs and no attributes belong in the envelope", "")                     \
    R(CD_SIGNER_INFO, 4007, "cd-signer-info", ERROR, 600, "Matter 6.3.1", "D.1.1 D.1.5",           \
      "there must be exactly one SignerInfo, version 3, named by a key id of 20 octets", "")       \
    R(CD_SIGNER_DIGEST, 4008, "cd-signer-digest", ERROR, 600, "Matter 6.3.1", "D.1.1",             \
      "the signer's digest must be sha256 without parameters", "")                                 \
    R(CD_SIGNER_ALGORITHM, 4009, "cd-signer-algorithm", ERROR, 600, "Matter 6.3.1", "D.1.1",       \
      "the signer's algorithm must be ecdsa-with-SHA256 without parameters", "")                   \
    R(CD_SIGNER_UNKNOWN, 4011, "cd-signer-unknown", ERROR, 601, "Matter 6.3.1", "D.3.4 D.4.4 D.5.1",\
      "the key that signed the declaration is not known", "load the CD signers of the network")    \
    R(CD_SIGNER_NOT_CSA, 4012, "cd-signer-not-csa", ERROR, 601, "Matter 6.3.1", "D.3.4",           \
      "on main a declaration signer must chain to the CSA root", "")                               \
    R(CD_SIGNER_TEST, 4013, "cd-signer-test", ERROR, 601, "Matter 6.3.1", "D.4.1",                 \
      "a test key signed the declaration, and the network is main", "")                            \
    R(CD_SIGNATURE, 4014, "cd-signature", ERROR, 602, "Matter 6.3.1", "D.1.2 D.5.1",               \
      "the declaration must be signed by the named key", "")                                       \
                                                                                                   \
    /* the Certification Declaration: content */                                                   \
    R(CD_TLV, 4101, "cd-tlv", ERROR, 603, "Matter 6.3.1", "D.2 C.4.10",                            \
      "the declaration's content must be one well-formed TLV structure", "")                       \
    R(CD_FIELD_MISSING, 4102, "cd-field-missing", ERROR, 603, "Matter 6.3.1", "D.2.1 D.6.1",       \
      "fields 0 to 8 of a declaration are mandatory", "")                                          \
    R(CD_FIELD_ORDER, 4103, "cd-field-order", ERROR, 603, "Matter 6.3.1", "D.2.1 D.2.5",           \
      "fields of a declaration ascend by tag", "")                                                 \
    R(CD_FIELD_TYPE, 4104, "cd-field-type", ERROR, 603, "Matter 6.3.1", "D.2",                     \
      "a field has the wrong TLV type or range", "")                                               \
    R(CD_UNKNOWN_TAG, 4105, "cd-unknown-tag", ERROR, 603, "Matter 6.3.1", "D.2.3",                 \
      "a tag that is not defined may only come after 11", "")                                      \
    R(CD_EXTRA_TAG, 4106, "cd-extra-tag", NOTE, 0, "Matter 6.3.1", "D.2.3",                        \
      "a tag above 11 is skipped", "")                                                             \
    R(CD_FORMAT_VERSION, 4107, "cd-format-version", ERROR, 501, "Matter 6.3.1", "D.6.2",           \
      "format_version must be 1", "")                                                              \
    R(CD_PRODUCT_COUNT, 4108, "cd-product-count", ERROR, 605, "Matter 6.3.1", "D.2 D.2.4",         \
      "product_id_array has 1 to 100 entries", "")                                                 \
    R(CD_CERTIFICATE_ID, 4109, "cd-certificate-id", ERROR, 603, "Matter 6.3.1", "D.2 D.6.8",       \
      "certificate_id has exactly 19 characters", "")                                              \
    R(CD_RESERVED, 4110, "cd-reserved", NOTE, 0, "Matter 6.3.1", "D.6.8",                          \
      "security_level and security_information are reserved; their values are ignored", "")        \
    R(CD_TYPE, 4111, "cd-type", ERROR, 501, "Matter 6.3.1", "D.6.2",                               \
      "certification_type must be 0, 1 or 2", "")                                                  \
    R(CD_TYPE_TEST, 4112, "cd-type-test", ERROR, 601, "Matter 6.3.1", "D.6.10",                    \
      "a development declaration (type 0) counts only on a test network", "")                      \
    R(CD_TYPE_PROVISIONAL, 4113, "cd-type-provisional", WARNING, 0, "Matter 6.3.1", "D.6.10 D.4.3",\
      "the declaration is provisional: certification is still running", "tell the user")           \
    R(CD_TYPE_OFFICIAL_TEST_KEY, 4114, "cd-type-official-test-key", ERROR, 601, "Matter 6.3.1",    \
      "D.4.2", "an official declaration (type 2) must be signed below the CSA root", "")           \
    R(CD_ORIGIN_PAIR, 4115, "cd-origin-pair", ERROR, 603, "Matter 6.3.1", "D.2.2",                 \
      "dac_origin vendor id and product id come both or not at all", "")                           \
    R(CD_PAA_COUNT, 4116, "cd-paa-count", ERROR, 603, "Matter 6.3.1", "D.2",                       \
      "authorized_paa_list has at most 10 key ids of 20 octets", "")                               \
                                                                                                   \
    /* the declaration against the device */                                                       \
    R(CD_VID, 4201, "cd-vid", ERROR, 604, "Matter 6.2.3.1", "D.6.3",                               \
      "the declaration's vendor id must be the device's", "is this the declaration of this product?")\
    R(CD_PID, 4202, "cd-pid", ERROR, 605, "Matter 6.2.3.1", "D.6.4",                               \
      "the device's product id must be in the declaration", "")                                    \
    R(CD_ORIGIN_VID, 4203, "cd-origin-vid", ERROR, 604, "Matter 6.2.3.1", "D.6.5",                 \
      "DAC and PAI must carry the declared origin vendor id", "")                                  \
    R(CD_ORIGIN_PID, 4204, "cd-origin-pid", ERROR, 605, "Matter 6.2.3.1", "D.6.5",                 \
      "DAC and PAI must carry the declared origin product id", "")                                 \
    R(CD_CHAIN_VID, 4205, "cd-chain-vid", ERROR, 604, "Matter 6.2.3.1", "D.6.6",                   \
      "DAC and PAI must carry the declaration's vendor id", "")                                    \
    R(CD_CHAIN_PID, 4206, "cd-chain-pid", ERROR, 605, "Matter 6.2.3.1", "D.6.6",                   \
      "the product ids of DAC and PAI must be in the declaration", "")                             \
    R(CD_PAA_NOT_AUTHORIZED, 4207, "cd-paa-not-authorized", ERROR, 606, "Matter 6.2.3.1",          \
      "D.6.7 D.2.4", "the PAA of this chain must be in authorized_paa_list", "")                   \
                                                                                                   \
    /* what the ledger says of the certification */                                                \
    R(COMPLIANCE_REVOKED, 4301, "compliance-revoked", ERROR, 0, "Matter 6.2.3.1", "D.6.9",         \
      "the certification of this software version was revoked",                                    \
      "the maker has to have it certified again")                                                  \
    R(COMPLIANCE_CERTIFICATE_ID, 4302, "compliance-certificate-id", WARNING, 0, "Matter 6.2.3.1",  \
      "D.6.9", "the ledger has another certificate id for this product", "")                       \
    R(COMPLIANCE_VERSION, 4303, "compliance-version", WARNING, 0, "Matter 6.2.3.1", "D.6.9",       \
      "the ledger has another version number for this declaration", "")                            \
    R(COMPLIANCE_DEVICE_TYPE, 4304, "compliance-device-type", WARNING, 0, "Matter 6.2.3.1",        \
      "D.6.9", "the ledger has another device type for this product", "")                          \
    R(COMPLIANCE_NO_RECORD, 4305, "compliance-no-record", NOTE, 0, "Matter 6.2.3.1", "D.6.9",      \
      "the ledger has no certification of this product and software version",                      \
      "products in development have none")                                                         \
    R(SOFTWARE_VERSION_NOT_GIVEN, 4306, "software-version-not-given", NOTE, 0, "Matter 6.2.3.1",   \
      "D.6.9", "without the software version only the certificate id can be compared",             \
      "read SoftwareVersion from the device's Basic Information cluster")                          \
    R(COMPLIANCE_SAID_REVOKED, 4307, "compliance-said-revoked", INCOMPLETE, 0, "Matter 6.2.3.1",   \
      "D.6.9",                                                                                     \
      "one ledger node says that the certification of this software version was revoked, and "     \
      "no majority of them", "ask more nodes, or the maker")                                       \
                                                                                                   \
    /* revocation */                                                                               \
    R(DAC_REVOKED, 5001, "dac-revoked", ERROR, 302, "Matter 6.2.4.2", "B.1.4 E.5.5",               \
      "the DAC is revoked by its issuer", "do not commission; ask the maker")                      \
    R(PAI_REVOKED, 5002, "pai-revoked", ERROR, 202, "Matter 6.2.4.2", "B.1.4 E.5.5",               \
      "the PAI is revoked, and with it every DAC below it", "do not commission; ask the maker")    \
    R(PAI_AND_DAC_REVOKED, 5005, "pai-and-dac-revoked", ERROR, 208, "Matter 6.2.4.2", "E.5.5",     \
      "both are revoked", "do not commission; ask the maker")                                      \
    R(LOCAL_RULE, 5101, "local-rule", ERROR, 0, "local", "",                                       \
      "the operator refuses this by a rule of its own", "see the rules that were given")           \
    R(LOCAL_QUARANTINE, 5102, "local-quarantine", INCOMPLETE, 0, "local", "",                      \
      "the operator has set this apart", "see the rules that were given")                          \
    R(LOCAL_SUSPECT, 5103, "local-suspect", WARNING, 0, "local", "",                               \
      "the operator suspects this", "see the rules that were given")                               \
    R(LOCAL_RULE_EXPIRED, 5104, "local-rule-expired", NOTE, 0, "local", "",                        \
      "a rule of the operator would hit, and has expired", "renew it, or remove it")               \
    R(LOCAL_RULE_VERSION, 5105, "local-rule-version", INCOMPLETE, 0, "local", "",                  \
      "the operator has rules about some software versions of this product",                       \
      "pass the software version")                                                                 \
    R(POLICY_VENDOR, 5201, "policy-vendor", ERROR, 0, "policy", "",                                \
      "the policy does not take this vendor", "see the policy that was given")                     \
    R(POLICY_CERTIFICATION_TYPE, 5202, "policy-certification-type", ERROR, 0, "policy", "",        \
      "the policy does not take declarations of this type", "see the policy that was given")       \
    R(SHORT_LIVED, 5203, "short-lived", NOTE, 0, "policy", "",                                     \
      "by the policy a certificate of this issuer is good while it lives", "")                     \
    R(DAC_REVOCATION_UNKNOWN, 5003, "dac-revocation-unknown", UNKNOWN, 0, "Matter 6.2.4.2", "E.5.4",\
      "whether the DAC is revoked is not known", "")                                               \
    R(PAI_REVOCATION_UNKNOWN, 5004, "pai-revocation-unknown", UNKNOWN, 0, "Matter 6.2.4.2", "E.5.4",\
      "whether the PAI is revoked is not known", "")                                               \
                                                                                                   \
    /* revocation points: what the ledger says */                                                  \
    R(POINT_TYPE, 6001, "point-type", ERROR, 0, "Matter 11.23.9", "E.2.1",                         \
      "revocationType must be 1 (a CRL)", "")                                                      \
    R(POINT_KEY_ID, 6002, "point-key-id", ERROR, 0, "Matter 11.23.9", "E.1 E.2.9",                 \
      "issuerSubjectKeyID must be the key id of the CA whose certificates are listed", "")         \
    R(POINT_URL, 6003, "point-url", ERROR, 0, "Matter 11.23.9", "E.1",                             \
      "dataURL must be http or https, and once per vendor and key id", "")                         \
    R(POINT_DUPLICATE, 6004, "point-duplicate", ERROR, 0, "Matter 11.23.9", "E.1.1",               \
      "vendor id, label and key id must name one record", "")                                      \
    R(POINT_DATA_FIELDS, 6005, "point-data-fields", WARNING, 0, "Matter 11.23.9", "E.1",           \
      "size and digest do not belong to a CRL point and were not used", "")                        \
    R(POINT_SIGNER, 6006, "point-signer", ERROR, 0, "Matter 6.2.4.1", "E.2.2",                     \
      "crlSignerCertificate must be one certificate", "")                                          \
    R(POINT_DELEGATOR, 6007, "point-delegator", ERROR, 0, "Matter 6.2.4.1", "E.2.2",               \
      "crlSignerDelegator must be the CA that the signer speaks for", "")                          \
    R(POINT_VID, 6008, "point-vid", ERROR, 0, "Matter 6.2.4.1", "E.2.3 E.2.4",                     \
      "the vendor id of the record must be the one in the certificates", "")                       \
    R(POINT_PID, 6009, "point-pid", ERROR, 0, "Matter 6.2.4.1", "E.2.4",                           \
      "the product id of the record must be the one in the certificate", "")                       \
    R(POINT_CHAIN, 6010, "point-chain", ERROR, 0, "Matter 6.2.4.1", "E.2.5",                       \
      "the signer must chain to an approved PAA", "")                                              \
    R(POINT_AUTHORITY, 6011, "point-authority", ERROR, 0, "Matter 6.2.4.1", "E.2.5",               \
      "the signer must be the CA itself or be issued by it directly", "")                          \
    R(POINT_SIGNER_REVOKED, 6012, "point-signer-revoked", ERROR, 0, "Matter 6.2.4.1", "E.2.5",     \
      "a revoked delegate cannot sign for the CA", "")                                             \
    R(POINT_EXTRA_CERTIFICATES, 6013, "point-extra-certificates", NOTE, 0, "Matter 11.23.9", "E.1",\
      "only the first certificate of a PEM text counts", "")                                       \
    R(POINT_TOO_MANY, 6014, "point-too-many", ERROR, 0, "limits", "",                              \
      "one vendor registered more points than the ceiling allows", "")                             \
    R(POINT_NO_CRL, 6015, "point-no-crl", ERROR, 0, "Matter 6.2.4.1", "E.2.6",                     \
      "the CRL could not be had", "")                                                              \
                                                                                                   \
    /* a CRL: authentic or not */                                                                  \
    R(CRL_DER, 6101, "crl-der", ERROR, 0, "RFC 5280 5.1", "E.3.1", "must be one DER CRL", "")      \
    R(CRL_TOO_LARGE, 6102, "crl-too-large", ERROR, 0, "limits", "", "is over a ceiling", "")       \
    R(CRL_VERSION, 6103, "crl-version", ERROR, 0, "RFC 5280 5.1.2.1", "E.3.1",                     \
      "must be a version 2 CRL", "")                                                               \
    R(CRL_ALGORITHM, 6104, "crl-algorithm", ERROR, 0, "RFC 5280 5.1.1.2", "E.3.1",                 \
      "must be signed with ecdsa-with-SHA256, named twice in the same bytes", "")                  \
    R(CRL_ISSUER, 6105, "crl-issuer", ERROR, 0, "RFC 5280 5.1.2.3", "E.3.2",                       \
      "the CRL's issuer must be the signer's subject, byte for byte", "")                          \
    R(CRL_ISSUER_NORMALISED, 6106, "crl-issuer-normalised", ERROR, 0, "RFC 5280 7.1", "E.3.2",     \
      "issuer and signer agree only after normalising; bytes are compared", "")                    \
    R(CRL_AKID, 6107, "crl-akid", ERROR, 0, "Matter 6.2.4.1", "E.2.7",                             \
      "authorityKeyIdentifier must be the signer's key id", "")                                    \
    R(CRL_SIGNATURE, 6108, "crl-signature", ERROR, 0, "RFC 5280 5.1.1.3", "E.3.1",                 \
      "must be signed by the signer's key", "")                                                    \
    R(CRL_SIGNER_VALIDITY, 6109, "crl-signer-validity", ERROR, 0, "RFC 5280 6.3.3", "E.2.5",       \
      "signer, delegator and PAA must be valid at thisUpdate", "")                                 \
                                                                                                   \
    /* a CRL: complete or not */                                                                   \
    R(CRL_TIME, 6201, "crl-time", ERROR, 0, "RFC 5280 5.1.2.4", "E.3.3",                           \
      "thisUpdate and nextUpdate must be DER times in this order", "")                             \
    R(CRL_NEXT_UPDATE, 6202, "crl-next-update", ERROR, 0, "RFC 5280 5.1.2.5", "E.3.3",             \
      "nextUpdate must be there", "")                                                              \
    R(CRL_NUMBER, 6203, "crl-number", ERROR, 0, "RFC 5280 5.2.3", "E.3.4",                         \
      "cRLNumber must be there, not critical, at most 20 octets", "")                              \
    R(CRL_CRITICAL_EXTENSION, 6204, "crl-critical-extension", ERROR, 0, "RFC 5280 5.2", "E.3.5",   \
      "an extension that is not known must not be critical", "")                                   \
    R(CRL_DELTA, 6205, "crl-delta", ERROR, 0, "RFC 5280 5.2.4", "E.3.5",                           \
      "a delta CRL is not a full CRL", "")                                                         \
    R(CRL_IDP, 6206, "crl-idp", ERROR, 0, "RFC 5280 5.2.5", "E.3.6",                               \
      "issuingDistributionPoint must be well-formed and critical", "")                             \
    R(CRL_IDP_MISSING, 6207, "crl-idp-missing", ERROR, 0, "Matter 6.2.4.1", "E.2.7b",              \
      "one of several CRLs of a CA must name its own URL", "")                                     \
    R(CRL_IDP_URL, 6208, "crl-idp-url", ERROR, 0, "Matter 6.2.4.1", "E.2.7b",                      \
      "the URL in the distribution point must be the dataURL, byte for byte", "")                  \
    R(CRL_IDP_SCOPE, 6209, "crl-idp-scope", ERROR, 0, "RFC 5280 5.2.5", "E.3.6",                   \
      "the scope must include the certificates that the CA issues", "")                            \
    R(CRL_IDP_REASONS, 6210, "crl-idp-reasons", ERROR, 0, "RFC 5280 5.2.5", "E.3.6",               \
      "a CRL for only some reasons does not cover the others", "")                                 \
    R(CRL_IDP_INDIRECT, 6211, "crl-idp-indirect", ERROR, 0, "RFC 5280 5.2.5", "E.3.6",             \
      "a delegate's CRL must say that it is indirect", "")                                         \
    R(CRL_ENTRY_ISSUER, 6212, "crl-entry-issuer", ERROR, 0, "RFC 5280 5.3.3", "E.4.2",             \
      "certificateIssuer belongs to indirect CRLs only, and is critical", "")                      \
    R(CRL_ENTRY_ISSUER_MISSING, 6213, "crl-entry-issuer-missing", ERROR, 0, "RFC 5280 5.3.3",      \
      "E.4.1", "several CAs share the CRL, and its first entry does not say whose it is", "")      \
    R(CRL_ENTRY_ISSUER_ASSUMED, 6214, "crl-entry-issuer-assumed", NOTE, 0, "RFC 5280 5.3.3",       \
      "E.4.4", "entries without certificateIssuer are read as the delegating CA's", "")            \
    R(CRL_ENTRY_EXTENSION, 6215, "crl-entry-extension", ERROR, 0, "RFC 5280 5.3", "E.3.7",         \
      "entry extensions must be well-formed, and known when critical", "")                         \
    R(CRL_ENTRY_REMOVAL, 6216, "crl-entry-removal", ERROR, 0, "RFC 5280 5.3.1", "E.3.8",           \
      "removeFromCRL is for delta CRLs only", "")                                                  \
    R(CRL_ENTRY_SERIAL, 6217, "crl-entry-serial", ERROR, 0, "RFC 5280 4.1.2.2", "E.3.11",          \
      "serial numbers must be positive, minimal and at most 20 octets", "")                        \
    R(CRL_ENTRY_DATE, 6218, "crl-entry-date", ERROR, 0, "RFC 5280 5.1.2.6", "E.3.1",               \
      "revocation dates must be DER times", "")                                                    \
    R(CRL_EMPTY_LIST, 6219, "crl-empty-list", NOTE, 0, "RFC 5280 5.1.2.6", "E.3.9",                \
      "an empty revokedCertificates should be left out", "")                                       \
    R(CRL_EXTENSION_ENCODING, 6220, "crl-extension-encoding", ERROR, 0, "X.690 11.5", "E.3.1",     \
      "no extension twice, and no encoded default", "")                                            \
    R(CRL_DUPLICATE_SERIAL, 6221, "crl-duplicate-serial", NOTE, 0, "RFC 5280 5.1.2.6", "E.3.1",    \
      "a serial number is listed more than once", "")                                              \
    R(CRL_NUMBER_BACK, 6223, "crl-number-back", ERROR, 0, "RFC 5280 5.2.3", "E.3.4",               \
      "number and thisUpdate of a CRL must not go back",                                           \
      "a host that serves an old CRL hides what was revoked since")                                \
    R(CRL_SHRUNK, 6224, "crl-shrunk", ERROR, 0, "limits", "",                                      \
      "a CRL must not lose most of its entries at once",                                           \
      "ask the CA; --accept-shrink KEYID takes it as it is")                                       \
    R(CRL_KEPT, 6225, "crl-kept", NOTE, 0, "RFC 5280 6.3.3", "",                                   \
      "what an earlier CRL listed stays in force", "")                                             \
    R(CRL_TOO_MANY, 6222, "crl-too-many", ERROR, 0, "limits", "",                                  \
      "more entries than the ceiling allows for one issuer", "")                                   \
    R(CRL_STALE, 6226, "crl-stale", WARNING, 0, "RFC 5280 5.1.2.5", "E.3.3",                       \
      "nextUpdate is over: what is not listed is unknown", "fetch it again, or ask the CA")        \
    R(CRL_NOT_YET_VALID, 6227, "crl-not-yet-valid", WARNING, 0, "RFC 5280 5.1.2.4", "E.3.3",       \
      "thisUpdate is yet to come: what is not listed is unknown", "compare the clocks")

#define VD_RULE_ENUM(name, value, slug, severity, sdk, clause, facts, text, hint)                  \
    VD_RULE_##name = (value),
enum vd_rule { VD_RULES(VD_RULE_ENUM) };
#undef VD_RULE_ENUM

enum vd_severity {
    VD_SEVERITY_NOTE = 1,
    VD_SEVERITY_WARNING,
    VD_SEVERITY_UNKNOWN,
    VD_SEVERITY_INCOMPLETE,
    VD_SEVERITY_ERROR
};

struct vd_rule_row {
    enum vd_rule rule;
    enum vd_severity severity;
    int sdk_code;
    const char *slug, *clause, *facts, *text, *hint;
};

/* NULL for a number that is no rule. */
const struct vd_rule_row *vd_rule_row(enum vd_rule rule);
/* The i-th row in the order of the list, NULL after the last. */
const struct vd_rule_row *vd_rule_at(unsigned i);
const char *vd_severity_text(enum vd_severity severity);

#endif
