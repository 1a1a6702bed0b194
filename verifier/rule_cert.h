/* SPDX-License-Identifier: Apache-2.0
 *
 * rule_cert.h - the part of the list of rules that every role of certificate has, for rule.h.
 */
#ifndef VD_RULE_CERT_H
#define VD_RULE_CERT_H

/* Rules that every X.509 certificate of the ecosystem has to meet, once for each role. */
#define VD_CERT_RULES(R, ROLE, low, base, clause, format, vid_code, pid_code)                      \
    R(ROLE##_DER, base + 1, low "-der", ERROR, format, "RFC 5280 4.1", "A.2.1",                    \
      "must be one DER certificate", "send the certificate as it was issued, byte for byte")       \
    R(ROLE##_TRAILING_BYTES, base + 2, low "-trailing-bytes", ERROR, format, "X.690 8.1", "A.2.1", \
      "nothing may follow the certificate", "cut the bytes after the outer SEQUENCE")              \
    R(ROLE##_SIZE, base + 3, low "-size", ERROR, format, "Matter 6.1.3", "A.2.1",                  \
      "may have at most 600 bytes", "drop extensions that Matter does not need, or shorten names") \
    R(ROLE##_VERSION, base + 4, low "-version", ERROR, format, clause, "A.2.2",                    \
      "must be X.509 version 3", "issue it with version INTEGER 2 (v3)")                           \
    R(ROLE##_SIGNATURE_ALGORITHM, base + 5, low "-signature-algorithm", ERROR, format, clause,     \
      "A.2.3", "must be signed with ecdsa-with-SHA256, named twice in the same bytes",             \
      "sign with ECDSA P-256 and SHA-256; leave out the parameters")                               \
    R(ROLE##_SIGNATURE_NULL, base + 6, low "-signature-null", NOTE, 0, "RFC 5758 3.2", "A.2.3",    \
      "ecdsa-with-SHA256 should have no parameters; NULL is tolerated here", "")                   \
    R(ROLE##_PUBLIC_KEY, base + 7, low "-public-key", ERROR, format, clause, "A.2.4 H.1.2",        \
      "the public key must be an uncompressed point on P-256", "use a prime256v1 key")             \
    R(ROLE##_SERIAL, base + 8, low "-serial", ERROR, format, "RFC 5280 4.1.2.2", "A.2.5",          \
      "the serial number must be positive, minimal and at most 20 octets", "issue a new serial")   \
    R(ROLE##_TIME, base + 9, low "-time", ERROR, format, "RFC 5280 4.1.2.5", "A.2.6",              \
      "notBefore and notAfter must be DER times in this order",                                    \
      "UTCTime up to 2049, GeneralizedTime from 2050, seconds and Z")                              \
    R(ROLE##_SUBJECT_KEY_ID, base + 10, low "-subject-key-id", ERROR, format, clause, "A.2.7",     \
      "subjectKeyIdentifier must be there once, not critical, 20 octets", "")                      \
    R(ROLE##_AUTHORITY_KEY_ID, base + 11, low "-authority-key-id", ERROR, format, clause, "A.2.8", \
      "authorityKeyIdentifier must be a keyIdentifier of 20 octets, once, not critical", "")       \
    R(ROLE##_BASIC_CONSTRAINTS, base + 12, low "-basic-constraints", ERROR, format, clause,        \
      "A.2.9", "basicConstraints must be there once, critical, with the right cA", "")             \
    R(ROLE##_PATH_LENGTH, base + 13, low "-path-length", ERROR, format, clause, "A.2.9",           \
      "pathLenConstraint must be what its place in the chain asks for", "")                        \
    R(ROLE##_KEY_USAGE, base + 14, low "-key-usage", ERROR, format, clause, "A.2.10",              \
      "keyUsage must be there once, critical, with exactly the allowed bits", "")                  \
    R(ROLE##_CRITICAL_EXTENSION, base + 15, low "-critical-extension", ERROR, format,              \
      "RFC 5280 4.2", "A.2.12", "a critical extension must be known and readable", "")             \
    R(ROLE##_DUPLICATE_EXTENSION, base + 16, low "-duplicate-extension", ERROR, format,            \
      "RFC 5280 4.2", "A.2.13", "no extension may appear twice", "")                               \
    R(ROLE##_OTHER_EXTENSION, base + 17, low "-other-extension", NOTE, 0, clause, "A.2.11",        \
      "extensions that Matter does not define are ignored", "")                                    \
    R(ROLE##_UNIQUE_ID, base + 18, low "-unique-id", NOTE, 0, "RFC 5280 4.1.2.8", "A.2.14",        \
      "unique identifiers are not used by Matter and are ignored", "")                             \
    R(ROLE##_EXTENSION_ENCODING, base + 19, low "-extension-encoding", ERROR, format, "X.690 11.5",\
      "A.2.1", "a default value must not be encoded (critical FALSE, cA FALSE)",                   \
      "leave the FALSE out")                                                                       \
    R(ROLE##_NAME, base + 20, low "-name", ERROR, format, "RFC 5280 4.1.2.4", "A.4.4 A.4.5 B.3.6", \
      "subject and issuer must be well-formed, non-empty Names", "")                               \
    R(ROLE##_VID_MISSING, base + 21, low "-vid-missing", ERROR, vid_code, clause, "A.5.7",         \
      "the subject must carry a vendor id", "add 1.3.6.1.4.1.37244.2.1, or Mvid: in the CN")       \
    R(ROLE##_VID_ENCODING, base + 22, low "-vid-encoding", ERROR, format, "Matter 6.2.2.2",        \
      "A.4.1 A.4.2 A.5.2 A.5.3 A.5.4 A.5.5 A.5.6 A.5.8 A.5.10",                                    \
      "a vendor id must be four upper-case hex digits in UTF8String or PrintableString", "")       \
    R(ROLE##_VID_REPEATED, base + 23, low "-vid-repeated", ERROR, format, "Matter 6.1.1", "A.4.3", \
      "a Name may carry at most one vendor id and one product id", "")                             \
    R(ROLE##_PID_MISSING, base + 24, low "-pid-missing", ERROR, pid_code, clause, "A.5.7",         \
      "the subject must carry a product id", "add 1.3.6.1.4.1.37244.2.2, or Mpid: in the CN")      \
    R(ROLE##_PID_ENCODING, base + 25, low "-pid-encoding", ERROR, format, "Matter 6.2.2.2",        \
      "A.4.1 A.4.2 A.5.2 A.5.3 A.5.4 A.5.5 A.5.6 A.5.8 A.5.10",                                    \
      "a product id must be four upper-case hex digits in UTF8String or PrintableString", "")      \
    R(ROLE##_PID_FORBIDDEN, base + 26, low "-pid-forbidden", ERROR, format, clause, "B.1.6",       \
      "this certificate must not carry a product id", "")                                          \
    R(ROLE##_ISSUER_VID, base + 27, low "-issuer-vid", ERROR, vid_code, clause, "B.1.5",           \
      "the vendor id in the issuer name must agree with the subject's", "")                        \
    R(ROLE##_ISSUER_PID, base + 28, low "-issuer-pid", ERROR, pid_code, clause, "B.1.6",           \
      "the product id in the issuer name must agree with the subject's", "")                       \
    R(ROLE##_CN_IGNORED, base + 29, low "-cn-ignored", NOTE, 0, "Matter 6.2.2.2", "A.5.1 A.5.11",  \
      "Mvid: or Mpid: in a CN is plain text when the Name carries a Matter attribute", "")         \
    R(ROLE##_CN_LONG, base + 30, low "-cn-long", NOTE, 0, "X.520 6.2.2", "A.5.9",                  \
      "a CN longer than 64 characters is read whole; others cut it", "")                           \
    R(ROLE##_ID_ZERO, base + 31, low "-id-zero", NOTE, 0, "Matter 2.5.2", "A.5.12",                \
      "vendor id or product id 0000 is well-formed, and read by some as absent", "")               \
    R(ROLE##_ID_STRING, base + 32, low "-id-string", NOTE, 0, "Matter 6.1.1", "A.4.2",             \
      "a Matter attribute should be a UTF8String; PrintableString is tolerated", "")

#endif
