/* SPDX-License-Identifier: Apache-2.0
 *
 * veridac.h - libveridac: is this Matter device genuine, and is its certificate revoked?
 *
 * The library judges bytes. It opens no socket, reads no clock, keeps no global state, starts no
 * thread and needs no initialisation; the one function that opens a file says so.
 *
 * Conventions, said once
 *
 *   Status    Functions return veridac_status: did the library do its work? VERIDAC_OK is 0. What
 *             it found out is a different type. A revoked device is an answer, not an error.
 *   Answers   veridac_verdict, veridac_revocation: zero is never a yes, so zeroed memory is not a
 *             pass.
 *   Bytes     veridac_bytes is borrowed: the library reads it during the call and keeps nothing,
 *             except where a function says that it copies. {NULL, 0} is "not given", which is not
 *             the same as empty: {p, 0} is "given, and empty".
 *   Owning    veridac_buffer is the caller's; free it with veridac_buffer_free. A handle made by
 *             x_new or x_open is freed by x_free; every free takes NULL.
 *   Results   Out-parameters come last and are written only on VERIDAC_OK.
 *   Structs   Structs that start with `size` grow at their end; set it with sizeof before the call.
 *             A program that was compiled with an older header keeps working: what it does not have
 *             counts as zero, and is not written. One with a newer header gets VERIDAC_MISUSE when it
 *             asks for something that this library does not know, and zero where it cannot answer.
 *   Errors    `err` may be NULL. When it is not, and the status is not OK, it holds one line of
 *             English that says what was expected and what was there.
 *   Time      Seconds since 1970-01-01T00:00:00Z, int64_t, always given by the caller.
 *   Threads   A handle may be used by one thread at a time, except: veridac_trust after the last
 *             add, and veridac_snapshot always, are immutable and may be shared by any number.
 *   Memory    From calloc, realloc and free of the C library, and libcrypto's from libcrypto. There is no
 *             hook at run time: that would be global state. Who compiles the sources in (VERIDAC_STATIC)
 *             may put a header before each of them (cc -include) that defines these names as others.
 *   Strings   Pointers in views are UTF-8, NUL-terminated, owned by the handle, and valid until the
 *             handle is changed or freed. They are never NULL unless a field says so.
 */
#ifndef VERIDAC_VERIDAC_H
#define VERIDAC_VERIDAC_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(VERIDAC_STATIC)
#define VERIDAC_API
#elif defined(__GNUC__)
#define VERIDAC_API __attribute__((visibility("default")))
#else
#define VERIDAC_API
#endif

#define VERIDAC_VERSION "0.1.0"

/* ---- status ---- */

typedef int32_t veridac_status;

#define VERIDAC_OK 0
#define VERIDAC_MISUSE 1        /* a caller bug: NULL where forbidden, unknown size, wrong order */
#define VERIDAC_NO_MEMORY 2
#define VERIDAC_BAD_DATA 3      /* data of the operator that cannot be used */
#define VERIDAC_TOO_LARGE 4     /* over a ceiling of limits.h */
#define VERIDAC_BAD_SIGNATURE 5 /* a head or bundle that is not what was signed */
#define VERIDAC_OTHER_NETWORK 6 /* a snapshot of another network than the policy asks for */
#define VERIDAC_IO 7            /* a file or a server */
#define VERIDAC_INTERNAL 8      /* libcrypto failed in a way that input cannot explain */
#define VERIDAC_STOPPED 9       /* the caller's own function ended the call (dcl.h) */

VERIDAC_API const char *veridac_version(void);
VERIDAC_API const char *veridac_status_text(veridac_status status);

#define VERIDAC_FEATURE_ED25519 1u /* libcrypto can check heads and lists that are signed with Ed25519 */

/* What this build can do with the libcrypto that it runs on: VERIDAC_FEATURE_* together. */
VERIDAC_API uint32_t veridac_features(void);

typedef struct veridac_error {
    char text[256];
} veridac_error;

/* ---- bytes ---- */

typedef struct veridac_bytes {
    const uint8_t *data;
    size_t size;
} veridac_bytes;

typedef struct veridac_buffer {
    uint8_t *data; /* a NUL follows the last byte, so that text can be printed */
    size_t size;
} veridac_buffer;

VERIDAC_API void veridac_buffer_free(veridac_buffer *buffer);

/* Which one is meant when a text holds several certificates. */
#define VERIDAC_MEANT_FIRST 0
#define VERIDAC_MEANT_DAC 1 /* the first that is no CA; without one the first */
#define VERIDAC_MEANT_PAI 2 /* the first CA that is not self-issued; without one the second */

/* Undoes the wrapping in which people hold binary data: PEM (keys are passed over), hex with white
 * space, colons or 0x, base64, and the lines of a commissioner's log in which certificates stand in
 * hex; anything else is taken as it is. How many others stood beside the one that was taken is
 * counted in *ret_others, which may be NULL. Never fails on content: bytes that only look like a
 * wrapping stay as they are. At most 64 MiB. */
VERIDAC_API veridac_status veridac_unwrap(veridac_bytes in, int32_t meant, veridac_buffer *ret,
                                          size_t *ret_others, veridac_error *err);

/* ---- networks and reasons ---- */

#define VERIDAC_NETWORK_MAIN 1
#define VERIDAC_NETWORK_TEST 2

typedef int32_t veridac_verdict;

#define VERIDAC_UNDETERMINED 0
#define VERIDAC_ACCEPT 1
#define VERIDAC_REJECT 2

VERIDAC_API const char *veridac_verdict_text(veridac_verdict verdict);

typedef int32_t veridac_revocation;

#define VERIDAC_UNKNOWN 0
#define VERIDAC_GOOD 1
#define VERIDAC_REVOKED 2

/* Why a status is UNKNOWN. The numbers are bit numbers of veridac_policy.accept_unknown. */
#define VERIDAC_REASON_NO_DATA 0        /* no revocation source was given */
#define VERIDAC_REASON_NOT_COVERED 1    /* the issuer is not in the snapshot */
#define VERIDAC_REASON_NOT_PUBLISHED 2  /* the issuer is known; the ledger has no point for it */
#define VERIDAC_REASON_INVALID 3        /* its CRL failed a check */
#define VERIDAC_REASON_INCOMPLETE 4     /* a partition or point is missing */
#define VERIDAC_REASON_UNREACHABLE 5    /* its CRL could not be fetched */
#define VERIDAC_REASON_STALE 6          /* the evidence is too old */
#define VERIDAC_REASON_HELD 7           /* a guard keeps the last good data */
#define VERIDAC_REASON_TOO_LARGE 8      /* over a ceiling */
#define VERIDAC_REASON_UNCONFIRMED 9    /* a Bloom hit without the exact tier */
#define VERIDAC_REASON_CLOCK 10         /* the time asked for lies before the evidence */
#define VERIDAC_REASON_ALGORITHM 11     /* signed with an algorithm this build cannot verify */
#define VERIDAC_REASON_COUNT 12

/* "not-covered" and so on; "?" for a number that is none. */
VERIDAC_API const char *veridac_reason_text(int32_t reason);

/* ---- trust ---- */

/* PAAs and the keys that sign Certification Declarations. */
typedef struct veridac_trust veridac_trust;

typedef struct veridac_trust_report {
    size_t size;
    uint32_t accepted; /* certificates that were taken */
    uint32_t refused;
    char text[1024];   /* one line per certificate that was refused or has a note; "" for none */
} veridac_trust_report;

typedef struct veridac_trust_view {
    size_t size;
    uint32_t main_paas, test_paas, cd_signers, withdrawn_paas;
    int64_t as_of; /* the newest source of trusted PAAs; 0: nobody said */
} veridac_trust_view;

/* Where certificates of a trust store come from. */
typedef struct veridac_trust_source {
    size_t size;
    int32_t network;   /* VERIDAC_NETWORK_* */
    int32_t withdrawn; /* 1: PAAs that were revoked on, or removed from, the ledger. They are never
                          trusted, and are kept so that a finding can say so. */
    int64_t as_of;     /* when this list was current; 0: not known */
} veridac_trust_source;

VERIDAC_API veridac_status veridac_trust_new(veridac_trust **ret);
VERIDAC_API void veridac_trust_free(veridac_trust *trust);

/* Adds the PAA certificates in `in` (DER, or PEM with any number of blocks; copied). Whatever the
 * source says, vendor ids FFF1..FFF4, the SDK's test roots and the test declaration key are of the
 * test network, and the CSA declaration root is never a PAA. A certificate counts only when it
 * meets Matter 6.2.2.5, is self-issued and its self-signature holds. A withdrawn one outweighs the
 * very same certificate among the trusted ones, in whatever order they are added. VERIDAC_BAD_DATA
 * when none was accepted. `report` may be NULL. */
VERIDAC_API veridac_status veridac_trust_add_paa(veridac_trust *trust, veridac_bytes in,
                                                 const veridac_trust_source *source,
                                                 veridac_trust_report *report);
/* The same for certificates whose keys may sign Certification Declarations. For `main` only
 * those count that chain to the CSA root (Matter 6.3.1). source->withdrawn must be 0. */
VERIDAC_API veridac_status veridac_trust_add_cd_signer(veridac_trust *trust, veridac_bytes in,
                                                       const veridac_trust_source *source,
                                                       veridac_trust_report *report);
VERIDAC_API veridac_status veridac_trust_look(const veridac_trust *trust, veridac_trust_view *ret);

/* ---- policy ---- */

#define VERIDAC_POLICY_STRICT 1     /* UNKNOWN rejects */
#define VERIDAC_POLICY_STANDARD 2   /* UNKNOWN gives UNDETERMINED */
#define VERIDAC_POLICY_PERMISSIVE 3 /* UNKNOWN is accepted and reported, except `unconfirmed` */
#define VERIDAC_POLICY_AUDIT 4      /* as STANDARD, and says that it is not enforced */

/* How old the CRLs of one issuer, or of all issuers of one vendor's certificates, may be. */
typedef struct veridac_age_limit {
    veridac_bytes key_id;  /* of the issuer; it goes before its vendor's. Not given: */
    int32_t vid;           /* certificates with this vendor id */
    int64_t max_crl_age_s;
} veridac_age_limit;

/* Short-lived evidence. A private fabric that renews its certificates every day needs no CRL of them: while
 * such a certificate lives, it is good. This holds only where no snapshot knows the issuer; a listed
 * revocation is never outweighed. The second after notAfter it is UNKNOWN(stale). */
typedef struct veridac_short_lived {
    uint8_t issuer[32];    /* SHA-256 of the issuer's certificate */
    int64_t below_s;       /* notAfter - notBefore is below this; 86400 (24 h) to 259200 (72 h) */
} veridac_short_lived;

typedef struct veridac_policy {
    size_t size;
    int32_t preset;          /* one of the above; there is no default */
    int32_t network;         /* VERIDAC_NETWORK_*; there is no default */
    uint32_t accept_unknown; /* 1 << VERIDAC_REASON_x: reasons that are accepted and reported */
    int32_t sdk_compat;      /* 1: judge the DAC by `at` too, and over-size is a warning */
    int64_t max_crl_age_s;   /* seconds since a CRL was last confirmed current; 0: seven days */
    int64_t max_head_age_s;  /* 0: the head's own expiry; else its age counts and not its expiry */
    uint32_t hold_unknown;   /* reasons that give UNDETERMINED, and */
    uint32_t reject_unknown; /* that reject, whatever the preset; a reason stands in one of the three */
    int64_t clock_tolerance_s;    /* of two clocks; 0: five minutes; at most a day */
    uint32_t networks;            /* 1 << VERIDAC_NETWORK_x: `network` must be one of them; 0: any */
    uint32_t certification_types; /* 1 << type of declarations that are taken; 0: what Matter takes. Adds
                                     nothing to what Matter takes. */
    /* Vendors: of Basic Information, the DAC and the PAI. All lists ascend, without duplicates; veridac_age_limit
     * has vendors first. They are the caller's, and are looked at during the call only. */
    const uint16_t *allowed_vids; /* none: any */
    size_t n_allowed_vids;
    const uint16_t *denied_vids;
    size_t n_denied_vids;
    const veridac_age_limit *ages;          /* at most 4096 */
    size_t n_ages;
    const veridac_short_lived *short_lived; /* at most 4096 */
    size_t n_short_lived;
} veridac_policy;

/* ---- verifying one device ---- */

/* What the device sent and what the commissioner knows. Everything is optional; what is missing
 * of the attestation is a finding, and the verdict is then at most UNDETERMINED. */
typedef struct veridac_device {
    size_t size;
    veridac_bytes dac, pai;    /* DER certificates */
    veridac_bytes elements;    /* attestation elements, TLV, <= 900 bytes */
    veridac_bytes signature;   /* r || s, 64 octets */
    veridac_bytes challenge;   /* 16 octets of the session */
    veridac_bytes nonce;       /* 32 octets that were sent */
    int32_t vid, pid;          /* Basic Information; -1: not known */
    int64_t software_version;  /* Basic Information, 32 bits; -1: not known. Looked up in the compliance
                                  records of the snapshots, when there are any. */
    /* The answer to a CSRRequest of the same session; judged when one of the three is given. */
    veridac_bytes nocsr;           /* NOCSR elements, TLV, <= 900 bytes */
    veridac_bytes nocsr_signature; /* r || s, 64 octets */
    veridac_bytes csr_nonce;       /* 32 octets that were sent */
    /* Pages that were fetched because an answer was UNKNOWN(unconfirmed), see veridac_bucket; at most
     * 32. Those that do not belong to an open answer, or do not hold, change nothing. */
    const veridac_bytes *proofs;
    size_t n_proofs;
} veridac_device;

typedef struct veridac_snapshot veridac_snapshot;
typedef struct veridac_result veridac_result; /* reused from call to call */

/* What was checked before: signatures that verified and imported keys, in tables of fixed size.
 * Nothing else is remembered: times, trust, revocation and policy are judged anew on each call. One
 * context for each thread. */
typedef struct veridac_context veridac_context;

VERIDAC_API veridac_status veridac_context_new(veridac_context **ret);
VERIDAC_API void veridac_context_free(veridac_context *context);

VERIDAC_API veridac_status veridac_result_new(veridac_result **ret);
VERIDAC_API void veridac_result_free(veridac_result *result);

/* Judges one device at time `at` (Matter 6.2.3.1). Every stage that has its inputs runs; all
 * findings are reported in a stable order. `snapshots` may be NULL when n_snapshots is 0: then
 * revocation is UNKNOWN(no-data). Several snapshots add up: revoked in one is revoked.
 * VERIDAC_OTHER_NETWORK when a snapshot is of another network than the policy, or the policy does not allow it; VERIDAC_NO_MEMORY when
 * a check could not be made, and then there is no result. `context` may be NULL: then nothing is
 * remembered. */
VERIDAC_API veridac_status veridac_verify(veridac_context *context, const veridac_device *device,
                                          const veridac_trust *trust,
                                          const veridac_snapshot *const *snapshots,
                                          size_t n_snapshots, const veridac_policy *policy,
                                          int64_t at, veridac_result *result);

/* The same for n devices, one after the other: verdicts[i] is written for each, and `each` (may be
 * NULL) is called with its result, which holds until the call returns; when it returns something
 * else than 0 the batch ends there and *ret_done says how many were judged. A caller may run parts
 * of a batch from several threads, each with a context of its own; trust and snapshots are shared. All
 * devices of a batch have the same `size`. */
VERIDAC_API veridac_status veridac_verify_batch(
    veridac_context *context, const veridac_device *devices, size_t n, const veridac_trust *trust,
    const veridac_snapshot *const *snapshots, size_t n_snapshots, const veridac_policy *policy,
    int64_t at, veridac_verdict *verdicts,
    int32_t (*each)(void *user, size_t i, const veridac_result *result), void *user,
    size_t *ret_done);

typedef struct veridac_finding {
    size_t size;
    const char *id;       /* stable slug, e.g. "dac-key-usage" */
    const char *severity; /* "error", "incomplete", "unknown", "warning", "note" */
    const char *clause, *subject, *text, *found, *wanted, *hint;
    int32_t sdk_code;     /* AttestationVerificationResult of the Matter SDK, or 0 */
} veridac_finding;

/* What a snapshot of kind hub leaves open is settled by one page of the bundle of kind full that was
 * made with it; asking for the page tells which page, and nothing else of the certificate.
 * veridac_page_fetch (dcl.h) gets it with its proof from a web server. */
typedef struct veridac_bucket {
    uint32_t page, n_pages; /* n_pages 0: no page is needed */
    uint8_t tree[32];       /* root of the hash tree over the pages */
} veridac_bucket;

typedef struct veridac_answer {
    size_t size;
    veridac_revocation status;
    int32_t reason;       /* VERIDAC_REASON_*, when status is UNKNOWN */
    const char *source;   /* label of the snapshot that gave the answer; "" for none */
    int64_t this_update, next_update; /* of the issuer's CRLs; 0: not known */
    int64_t last_ok;      /* when they were last confirmed current; 0: not known */
    uint32_t snapshot;    /* which of the snapshots of the call gave the answer, when one did */
    veridac_bucket bucket; /* of UNKNOWN(unconfirmed) */
} veridac_answer;

typedef struct veridac_result_view {
    size_t size;
    veridac_verdict verdict;
    int32_t enforced;     /* 0 under the audit policy */
    int64_t at;
    uint32_t n_findings;
    const veridac_answer *dac, *pai;
    uint8_t policy_id[32]; /* SHA-256 of the canonical form of the policy (docs/policy.md) */
} veridac_result_view;

VERIDAC_API veridac_status veridac_result_look(const veridac_result *result,
                                               veridac_result_view *ret);
/* VERIDAC_MISUSE when i is not below n_findings. */
VERIDAC_API veridac_status veridac_result_finding(const veridac_result *result, uint32_t i,
                                                  veridac_finding *ret);
/* The published JSON object (docs/verify.schema.json). */
VERIDAC_API veridac_status veridac_result_json(const veridac_result *result, veridac_buffer *ret);
/* The same for people; `colour` 1 adds ANSI colours. */
VERIDAC_API veridac_status veridac_result_text(const veridac_result *result, int32_t colour,
                                               veridac_buffer *ret);

/* ---- snapshots: bundles with, or without, a signed head ---- */

typedef struct veridac_snapshot_options {
    size_t size;
    veridac_bytes head;  /* signed head that names this bundle, or not given */
    veridac_bytes root;  /* the root document (VDH1) whose keys must have signed it; needed with a head */
    const char *label;   /* how answers call this snapshot; copied; NULL: "" */
    const char *path;    /* the file to open when no bytes are given */
    int64_t seen;        /* the latest time this machine is known to have seen; 0: none. A verification at
                            a time before it is UNKNOWN(clock) for everything that is not listed. */
    const veridac_bytes *parts; /* that the head names: names, provenance, compliance records, rules. Rules
                                   that it names must be among them: VERIDAC_BAD_DATA */
    size_t n_parts;             /* at most 4 */
} veridac_snapshot_options;

typedef struct veridac_snapshot_view {
    size_t size;
    int32_t network;
    int32_t has_head;
    uint64_t sequence;        /* of the head */
    int64_t created, expires; /* of the head */
    int64_t evidence_time;    /* the newest evidence in the bundle */
    uint32_t n_issuers, n_good; /* rows of the coverage table; those that can answer GOOD */
    uint64_t n_revoked;
    char sha256[65];          /* of the bundle, lower-case hex */
} veridac_snapshot_view;

/* Checks the whole bundle (and the head, when given) and takes a copy of the bytes. A compliance part,
 * or local rules (docs/FORMAT.md), are taken in place of a bundle: a snapshot without revocation data. With options->path in place of
 * bytes the file is mapped when it is a regular file of this user or root that nobody may write, and
 * read into memory otherwise: the one file access of this library. Parts are copied; a part that the head
 * does not name is VERIDAC_BAD_SIGNATURE. */
VERIDAC_API veridac_status veridac_snapshot_open(veridac_bytes bundle,
                                                 const veridac_snapshot_options *options,
                                                 veridac_snapshot **ret, veridac_error *err);
VERIDAC_API void veridac_snapshot_free(veridac_snapshot *snapshot);
VERIDAC_API veridac_status veridac_snapshot_look(const veridac_snapshot *snapshot,
                                                 veridac_snapshot_view *ret);

/* Revocation of one certificate by its issuer Name (DER), authority key id (20 octets) and serial
 * (content octets of the INTEGER; leading zeros do not matter). No heap. The vendor is not known here: where
 * the policy has ages of vendors the shortest of all counts.
 *
 * `proof` is not given, or the page that answer->bucket of a call before named: then the answer is exact.
 * VERIDAC_BAD_DATA when it is cut, or is not of this page of this snapshot: err says which; nothing is
 * known then that was not known before. A proof that is not needed is not looked at. */
VERIDAC_API veridac_status veridac_snapshot_lookup(const veridac_snapshot *snapshot,
                                                   veridac_bytes issuer_name,
                                                   veridac_bytes key_id, veridac_bytes serial,
                                                   veridac_bytes proof,
                                                   const veridac_policy *policy, int64_t at,
                                                   veridac_answer *ret, veridac_error *err);

/* What veridac_answer says, in two octets. */
typedef struct veridac_brief {
    uint8_t status; /* VERIDAC_UNKNOWN, _GOOD, _REVOKED */
    uint8_t reason; /* VERIDAC_REASON_*, when status is UNKNOWN */
} veridac_brief;

/* The same for n certificates of one issuer, whose serials stand in one block: serial i ends before
 * ends[i] and begins where the one before it ends. With ends NULL all have the same size, serials.size
 * / n, as serials that were padded with leading zeros to a common width have. The block has to come
 * out even: VERIDAC_MISUSE otherwise, and then nothing is written. ret has room for n; on
 * VERIDAC_NO_MEMORY it is written, and what could not be looked up is unconfirmed. No heap. */
VERIDAC_API veridac_status veridac_snapshot_lookup_batch(const veridac_snapshot *snapshot,
                                                         veridac_bytes issuer_name,
                                                         veridac_bytes key_id, veridac_bytes serials,
                                                         const uint32_t *ends, size_t n,
                                                         const veridac_policy *policy, int64_t at,
                                                         veridac_brief *ret);

/* ---- CRLs and ledger records to a revocation set ---- */

typedef struct veridac_revset veridac_revset;

/* One PkiRevocationDistributionPoint of the ledger. Everything is copied. */
typedef struct veridac_point {
    size_t size;
    int32_t vid, pid;            /* pid 0: absent */
    int32_t is_paa;
    int32_t revocation_type;     /* 1: RFC 5280 CRL */
    veridac_bytes label, url;    /* text */
    veridac_bytes issuer_key_id; /* text as on the ledger: upper-case hex without colons */
    veridac_bytes signer;        /* crlSignerCertificate, PEM or DER */
    veridac_bytes delegator;     /* crlSignerDelegator, or not given */
    int32_t has_data_fields;     /* dataFileSize, dataDigest or dataDigestType is set */
    int32_t adds_only;           /* 1: may add revocations, and is no partition that has to be there: a
                                    record that only few nodes list, or that was changed since */
} veridac_point;

typedef struct veridac_revset_options {
    size_t size;
    int32_t network;                   /* chooses the PAAs */
    int64_t at;                        /* the set is judged at this time */
    const char *const *accept_shrink;  /* key ids (upper-case hex) of CAs whose CRLs may lose any
                                          number of entries at once */
    size_t n_accept_shrink;
    uint32_t max_entries_issuer;       /* revoked certificates of one issuer, and of all issuers of */
    uint32_t max_entries_vendor;       /* one vendor, each at most 134217728; 0: 1000000 and 2000000.
                                          Over them an issuer is UNKNOWN(too-large): what is held of
                                          its list stays revoked, and nobody else's changes */
    const veridac_bytes *revoked;      /* certificates (DER) on the ledger's list of revoked ones, by */
    size_t n_revoked;                  /* a majority of its nodes: what an approved PAA issued is REVOKED */
    const veridac_bytes *disputed;     /* and by fewer: below such a CA nobody is good, UNKNOWN(held) */
    size_t n_disputed;
    veridac_bytes compliance;          /* a compliance part, for every bundle of the set that is given
                                          none of its own */
} veridac_revset_options;

/* The trust handle must outlive the set. */
VERIDAC_API veridac_status veridac_revset_new(const veridac_trust *trust,
                                              const veridac_revset_options *options,
                                              veridac_revset **ret);
VERIDAC_API void veridac_revset_free(veridac_revset *set);

/* First all points, then all known CA certificates (PAIs of the ledger: they make "no point for
 * this issuer" an answer), then veridac_revset_bind once. */
VERIDAC_API veridac_status veridac_revset_add_point(veridac_revset *set,
                                                    const veridac_point *point);
VERIDAC_API veridac_status veridac_revset_add_authority(veridac_revset *set, veridac_bytes der);
/* Revocations that somebody else listed for an issuer: serials as magnitudes, 1 to 20 octets. Such a
 * list has neither coverage nor age, so it only adds: who is not in it is not covered by it. Before
 * bind. VERIDAC_TOO_LARGE when Name, key id or a serial cannot be one. */
VERIDAC_API veridac_status veridac_revset_add_listed(veridac_revset *set, veridac_bytes issuer_name,
                                                     veridac_bytes key_id,
                                                     const veridac_bytes *serials, size_t n);
VERIDAC_API veridac_status veridac_revset_bind(veridac_revset *set);

/* The i-th distinct URL that a usable point names; NULL after the last. */
VERIDAC_API const char *veridac_revset_url(const veridac_revset *set, uint32_t i);

typedef struct veridac_crl veridac_crl;

typedef struct veridac_crl_options {
    size_t size;
    const char *url;      /* a usable point names it */
    int64_t last_ok;      /* when the URL was last confirmed to serve these bytes */
    /* Where it comes from, for the provenance in bundles, which holds the CRLs of which a hash is known;
     * not needed for anything else. */
    veridac_bytes sha256; /* of the octets that are fed, 32; not given: see hash */
    int32_t hash;         /* 1: take the SHA-256 of what is fed */
    veridac_bytes node;   /* of the ledger that named the URL: text; not given: not known */
    uint64_t height;      /* of that ledger; 0: not known */
} veridac_crl_options;

/* One CRL: begin, feed in chunks of any size (DER or PEM), end. Nothing of it counts before `end`
 * has checked its signature. The status says whether the library worked; what the CRL is
 * worth is in the report.
 *
 * The set owns the handle: after `end` it must not be used again, and one that is never ended does not
 * count. Several CRLs may be open, each fed and ended by a thread of its own; begin, missing and
 * finish belong to one thread at a time. The result depends on the order of the begins, not on that of
 * the ends.
 *
 * A URL may be fed up to 16 CRLs, oldest first: the last good one that a caller kept, and today's. The
 * later one takes over unless it is broken, not authentic, not complete, older, or has lost most of its
 * entries; then the earlier one stays in force with its own times, and the entries of both are
 * revoked. veridac_point_view says which to keep for the next time. VERIDAC_MISUSE when no point names
 * the URL, VERIDAC_TOO_LARGE for the seventeenth or a node's name beyond 2048 octets. */
VERIDAC_API veridac_status veridac_revset_crl_begin(veridac_revset *set,
                                                    const veridac_crl_options *options,
                                                    veridac_crl **ret);
VERIDAC_API veridac_status veridac_revset_crl_feed(veridac_crl *crl, veridac_bytes chunk);
VERIDAC_API veridac_status veridac_revset_crl_end(veridac_crl *crl);
/* The CRL of this URL is not there; `reason` is a VERIDAC_REASON_*. */
VERIDAC_API veridac_status veridac_revset_crl_missing(veridac_revset *set, const char *url,
                                                      int32_t reason, const char *why);
/* Draws the conclusions. URLs that were never fed count as unreachable. */
VERIDAC_API veridac_status veridac_revset_finish(veridac_revset *set);

typedef struct veridac_revset_view {
    size_t size;
    uint32_t n_points, n_used; /* used: bound, its CRL authentic, complete and of this time */
    uint32_t n_issuers, n_good;
    uint64_t n_revoked;
} veridac_revset_view;

typedef struct veridac_point_view {
    size_t size;
    int32_t vid, pid, is_paa;
    const char *label, *url, *issuer_key_id;
    int32_t used;
    uint32_t n_findings; /* see veridac_revset_point_finding */
    uint64_t n_entries;  /* entries of its CRL that belong to this point's CA */
    uint32_t counting;   /* bit i: the i-th CRL that was fed for its URL counts: keep it */
} veridac_point_view;

typedef struct veridac_issuer_view {
    size_t size;
    veridac_bytes name, key_id;   /* Name DER and key id */
    veridac_bytes signer, delegator; /* of the point that listed it; delegator may be not given */
    int32_t good;                 /* 1: at the time of the set, what is not listed is GOOD */
    int32_t reason;               /* else why it is UNKNOWN */
    int64_t this_update, next_update, last_ok;
    uint32_t n_serials;
    int32_t listed;               /* 1: a list of somebody else is among its sources */
} veridac_issuer_view;

/* After finish. */
VERIDAC_API veridac_status veridac_revset_look(const veridac_revset *set,
                                               veridac_revset_view *ret);
VERIDAC_API veridac_status veridac_revset_point(const veridac_revset *set, uint32_t i,
                                                veridac_point_view *ret);
VERIDAC_API veridac_status veridac_revset_point_finding(const veridac_revset *set, uint32_t point,
                                                        uint32_t i, veridac_finding *ret);
/* Issuers in canonical order; serials of an issuer ascend, without leading zeros, no duplicates. */
VERIDAC_API veridac_status veridac_revset_issuer(const veridac_revset *set, uint32_t i,
                                                 veridac_issuer_view *ret);
VERIDAC_API veridac_status veridac_revset_serial(const veridac_revset *set, uint32_t issuer,
                                                 uint32_t i, veridac_bytes *ret);

/* hub: coverage, filters and the lists of small issuers; a hit of a filter is UNKNOWN(unconfirmed).
 * full: the exact lists of all issuers as well. */
#define VERIDAC_KIND_HUB 1
#define VERIDAC_KIND_FULL 2

typedef struct veridac_bundle_options {
    size_t size;
    int32_t kind; /* VERIDAC_KIND_* */
    veridac_bytes before; /* a bundle of this kind: make the one that follows it on the same base,
                             so that a delta between the two is small; not given: a new base */
    int32_t without_names;    /* 1: without Name and key id of the issuers */
    int32_t provenance;       /* 1: with where the CRLs came from, see veridac_crl_options */
    veridac_bytes compliance; /* a compliance part, or not given */
} veridac_bundle_options;

/* The bundle (docs/FORMAT.md): the same bytes for the same points, CRLs and times, and the same
 * `before`. VERIDAC_BAD_DATA when `before` is damaged, of the other kind or of a later time, VERIDAC_OTHER_NETWORK. */
VERIDAC_API veridac_status veridac_revset_bundle(const veridac_revset *set,
                                                 const veridac_bundle_options *options,
                                                 veridac_buffer *ret, veridac_error *err);

/* ---- looking at things ---- */

#define VERIDAC_SHOW_JSON 1
#define VERIDAC_SHOW_CHECK 2 /* bundles only: read every code, write them again and compare */

/* Describes a certificate, CRL, declaration, attestation elements, head, bundle or delta completely and
 * readably, with what deviates from the profile. VERIDAC_BAD_DATA when it is none of them. */
VERIDAC_API veridac_status veridac_show(veridac_bytes in, int32_t flags, veridac_buffer *ret,
                                        veridac_error *err);

/* The i-th rule (found and wanted empty); VERIDAC_MISUSE after the last. `ret_facts` may be NULL. */
VERIDAC_API veridac_status veridac_rule(uint32_t i, veridac_finding *ret, const char **ret_facts);

/* Makes the attestation response that a device with this DAC key would send: elements with
 * timestamp 0 and the signature over elements || challenge. For test vectors and simulators.
 * `scalar` is the private key, 32 octets, on P-256. */
VERIDAC_API veridac_status veridac_attest(veridac_bytes scalar, veridac_bytes declaration,
                                          veridac_bytes nonce, veridac_bytes challenge,
                                          veridac_buffer *ret_elements, uint8_t ret_signature[64],
                                          veridac_error *err);

#ifdef __cplusplus
}
#endif

#endif
