/* SPDX-License-Identifier: Apache-2.0
 *
 * dcl.h - libveridac-dcl: moves bytes between the ledger, CRL hosts, disks and mirrors.
 *
 * It fetches and stores, and decides nothing about trust or revocation: that is libveridac's.
 * The conventions of veridac.h hold here too. No function reads the clock; `at` is the time now,
 * given by the caller. Folders are used by one process at a time: a lock inside them sees to it,
 * and whoever comes second gets VERIDAC_IO. Reports are JSON texts.
 *
 * Written files appear in one step: temporary name, fsync, rename, fsync of the folder. A process
 * that is killed leaves the old or the new state.
 */
#ifndef VERIDAC_DCL_H
#define VERIDAC_DCL_H

#include <veridac/veridac.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Ends a call that takes long: asked on the thread of the call, some ten times a second while something
 * is awaited, and between the steps of the work. Anything but 0 gives VERIDAC_STOPPED; what was in force
 * before stays in force, and transfers that broke off go on the next time. NULL: nobody ends it. */
typedef int32_t veridac_stop_fn(void *user);

/* ---- ledger records from files ---- */

typedef struct veridac_load_report {
    size_t size;
    uint32_t added, broken;
    char text[1024]; /* one line per broken record: its index and what is wrong; "" for none */
} veridac_load_report;

/* Adds the revocation points in a JSON text to the set: the answers of the ledger's
 * revocation-points endpoints, or an array of records. A record that cannot be read is isolated
 * and reported; VERIDAC_BAD_DATA when the text is not JSON, has no list of records, or is one page of
 * several. `report` may be NULL. */
VERIDAC_API veridac_status veridac_points_load(veridac_revset *set, veridac_bytes json,
                                               veridac_load_report *report, veridac_error *err);

/* Adds somebody else's revocation set, in one of the formats of veridac_revset_write. It only adds
 * revocations. One entry that cannot be read refuses the whole file (VERIDAC_BAD_DATA, err says which):
 * half of a set would be silence about the other half. report->added counts serials; `report` may be
 * NULL. Before veridac_revset_bind. */
VERIDAC_API veridac_status veridac_listed_load(veridac_revset *set, veridac_bytes in,
                                               veridac_load_report *report, veridac_error *err);

/* Makes a compliance part (which veridac_snapshot_open takes) of the ledger's compliance records: an
 * object with the list "complianceInfo" of the compliance-info endpoint and, if device types are to be
 * compared, the list "model" of the model endpoint. Records of other programmes than Matter are passed
 * over, broken ones isolated and reported. `report` may be NULL. */
VERIDAC_API veridac_status veridac_compliance_load(veridac_bytes json, int32_t network,
                                                   veridac_buffer *ret, veridac_load_report *report,
                                                   veridac_error *err);

/* How a set is written for others. */
#define VERIDAC_FORMAT_SDK 1      /* the Matter SDK's revocation-set JSON: an object for each issuer that
                                     a CRL covers, empty list included */
#define VERIDAC_FORMAT_MATTERJS 2 /* for matter.js, which knows an issuer by authorityKeyIdentifier (hex)
                                     and issuer (Name in base64) and asks for no signer:
                                     [ { ..., "serialNumbers": [ hex ] } ] */
#define VERIDAC_FORMAT_CSV 3      /* issuer key id, issuer Name (base64) and serial (hex), one revoked
                                     certificate a line */
/* The finished set as text; the same set gives the same bytes. */
VERIDAC_API veridac_status veridac_revset_write(const veridac_revset *set, int32_t format,
                                                veridac_buffer *ret);
/* Every point with its reasons, every issuer with its coverage. */
VERIDAC_API veridac_status veridac_revset_report(const veridac_revset *set, veridac_buffer *ret);

/* ---- deltas (VDD1, docs/FORMAT.md) ---- */

/* What turns one bundle into a later one of the same kind on the same base (veridac_bundle_options has
 * `before`); the first may be the base itself. The same two bundles give the same octets.
 * VERIDAC_BAD_DATA with the reason when the two have no delta. */
VERIDAC_API veridac_status veridac_delta_make(veridac_bytes from, veridac_bytes to,
                                              veridac_buffer *ret, veridac_error *err);
/* The later bundle, octet for octet, of at most max_size octets (0: as large as any bundle may be).
 * VERIDAC_BAD_DATA with the reason when the delta is damaged or made for another bundle,
 * VERIDAC_OTHER_NETWORK, VERIDAC_TOO_LARGE. What comes out is the bundle that the delta names; whether
 * that one is to be trusted, a signed head says. */
VERIDAC_API veridac_status veridac_delta_apply(veridac_bytes from, veridac_bytes delta,
                                               uint64_t max_size, veridac_buffer *ret,
                                               veridac_error *err);

/* ---- ledger -> evidence ---- */

typedef struct veridac_sync_options {
    size_t size;
    const char *const *nodes;      /* REST bases: https, or http on a loopback address */
    size_t n_nodes;                /* 1 to 16 */
    const char *state;             /* folder; made when it is not there */
    int32_t network;
    int64_t at;
    const char *const *accept;     /* SHA-256 (hex) of anchors that are accepted from now on */
    size_t n_accept;
    int64_t timeout_s;             /* for one object; 0: 60 */
    const char *const *accept_shrink; /* key ids (upper-case hex) of CAs whose CRLs may lose any
                                         number of entries in this run */
    size_t n_accept_shrink;
    int32_t allow_private;         /* 1: CRL hosts may have private, loopback and link-local addresses */
    int32_t dry_run;               /* 1: ask the nodes, write nothing, fetch no CRL */
    int32_t offline;               /* 1: report on what is there, open no socket; nodes are not looked at */
    int32_t per_host, parallel;    /* transfers at once; 0: 8 and 64 */
    const char *ca_file;           /* authorities of TLS servers, PEM; NULL: the system's */
    int64_t connect_s;             /* name lookup, connection, TLS; 0: 10 */
    int64_t idle_s;                /* below 64 bytes a second for so long: given up; 0: 20 */
    int64_t run_s;                 /* all together; 0: 1800. The last tenth is not for fetching */
    int64_t max_wait_s;            /* before a retry, whatever a server asks for; 0: 10 */
    int64_t max_crl_bytes;         /* 0: 64 MiB, which is also the ceiling */
    int64_t max_host_bytes, max_run_bytes; /* 0: 1 GiB and 4 GiB */
    int64_t disk_quota;            /* of the state; 0: 20 GiB. Over it no new evidence is kept, and the
                                      report says so; nothing is deleted for it */
    uint64_t seed;                 /* of the pauses before retries */
    veridac_stop_fn *stop;         /* may be NULL */
    void *user;                    /* for it */
} veridac_sync_options;

/* Fetches from each node root certificates, certificates, revoked ones, revocation points,
 * declaration signers and compliance records, and then the CRLs of usable points. An anchor never seen
 * before counts only when `accept` names it, or when all nodes, at least two, list it. An anchor is
 * withdrawn, a PAI or a certification revoked, and a vanished point forgotten, only when a majority of at
 * least two nodes says so; a minority that calls one revoked leaves the verdict open. A node
 * whose lists are empty, broken, cut or unreachable has failed; when all have, the run ends with
 * VERIDAC_IO and leaves the state as it was. What nodes disagree on is in the report, with their URLs. A
 * CRL that cannot be had is recorded, and its last good bytes stay with the time they were last confirmed. One that is
 * broken, forged, incomplete, older than before or suddenly short is kept beside the last good one,
 * which stays in force. */
VERIDAC_API veridac_status veridac_sync(const veridac_sync_options *options,
                                        veridac_buffer *ret_report, veridac_error *err);

/* The revocation set of the newest evidence that is not younger than `at`, finished; its bundles have the
 * compliance records of that time. Both handles are the caller's; the trust handle must outlive the set. */
VERIDAC_API veridac_status veridac_state_open(const char *state, int64_t at, veridac_trust **ret_trust,
                                              veridac_revset **ret_set, veridac_error *err);

/* The whole state in one file, for a machine without a network: objects by their hashes, and the records
 * of all runs. */
VERIDAC_API veridac_status veridac_state_export(const char *state, const char *file,
                                                veridac_buffer *ret_report, veridac_error *err);
/* Takes all of such a file, or nothing of one that is cut or changed (VERIDAC_BAD_DATA). The folder is made
 * when it is not there; runs that are younger than its newest are added behind it. */
VERIDAC_API veridac_status veridac_state_import(const char *file, const char *state,
                                                veridac_buffer *ret_report, veridac_error *err);
/* Forgets all but the newest `keep_runs` runs (at least one), and the objects that only the others spoke
 * of: no bundle of their time can be rebuilt any more. */
VERIDAC_API veridac_status veridac_state_gc(const char *state, uint32_t keep_runs,
                                            veridac_buffer *ret_report, veridac_error *err);

/* ---- keys, root and trust documents (VDH1, docs/FORMAT-documents.md) ---- */

#define VERIDAC_KEY_P256 1
#define VERIDAC_KEY_ED25519 2

/* A new key pair, PKCS#8 and SubjectPublicKeyInfo in PEM. */
VERIDAC_API veridac_status veridac_key_generate(int32_t algorithm, veridac_buffer *ret_private_pem,
                                                veridac_buffer *ret_public_pem);

/* Whoever signs: a private key in PKCS#8 PEM; or, with `sign`, its public key in PEM and a function
 * that has the private one sign elsewhere. It gets the bytes to be signed and gives 64 octets (r || s,
 * or Ed25519) or an ECDSA-Sig-Value in DER, and returns 0. What it gives is checked before it is used. */
typedef struct veridac_signer {
    size_t size;
    veridac_bytes key;
    int32_t (*sign)(void *user, veridac_bytes message, uint8_t *signature, size_t room,
                    size_t *ret_size);
    void *user;
} veridac_signer;

/* What the next version of a root document says. Key lists are public keys in PEM; a key may have
 * several duties. */
typedef struct veridac_root_options {
    size_t size;
    veridac_bytes previous;   /* the version before; not given: the first one, of this network and feed */
    int32_t network;
    const char *feed;         /* NULL: "main" or "test", by the network; else the name of a private feed */
    const veridac_bytes *root_keys, *trust_keys, *head_keys; /* that are added */
    size_t n_root_keys, n_trust_keys, n_head_keys;
    const veridac_bytes *removed;
    size_t n_removed;
    int32_t root_threshold, trust_threshold, head_threshold; /* 0: as before; 1 in the first one */
    int32_t new_epoch;        /* 1: sequences and trust versions start anew (recovery) */
    int64_t at, lifetime_s;   /* 0: a year */
    int64_t head_lifetime_s;  /* head keys sign nothing that lives longer; 0: the most, 90 days */
} veridac_root_options;

/* The document without a signature; VERIDAC_BAD_DATA when the values make none. */
VERIDAC_API veridac_status veridac_root_draft(const veridac_root_options *options,
                                              veridac_buffer *ret, veridac_error *err);

typedef struct veridac_trust_options {
    size_t size;
    veridac_bytes root;       /* the root document whose trust keys will sign */
    veridac_bytes previous;   /* the list before, or not given */
    const veridac_bytes *paas, *cd_signers, *withdrawn; /* DER: the whole list, not a change to it */
    size_t n_paas, n_cd_signers, n_withdrawn;
    int64_t at, lifetime_s;   /* 0: a year */
} veridac_trust_options;

/* A list of trust anchors without a signature. */
VERIDAC_API veridac_status veridac_trust_draft(const veridac_trust_options *options,
                                               veridac_buffer *ret, veridac_error *err);

/* The document with one signature more. `root` is the root that gives the key its duty; for a root
 * document the version before it, or not given. VERIDAC_BAD_DATA when the key has no duty here,
 * VERIDAC_BAD_SIGNATURE when what a signer gave does not verify. */
VERIDAC_API veridac_status veridac_document_sign(veridac_bytes document, veridac_bytes root,
                                                 const veridac_signer *signer, veridac_buffer *ret,
                                                 veridac_error *err);

/* ---- evidence -> repository ---- */


typedef struct veridac_publish_options {
    size_t size;
    const char *state, *repo;  /* folders; repo is made when it is not there */
    veridac_bytes root;        /* root document: needed for an empty repo and for a new version; else the
                                  repository's own stays in force */
    veridac_bytes trust_list;  /* signed trust list; not given: the repository's, or one of the anchors
                                  that sync accepted, when the signers may sign it */
    const veridac_signer *signers; /* of the head, at most 8 */
    size_t n_signers;
    int64_t at;
    int64_t lifetime_s;        /* of the head; 0: 72 hours; never beyond root and trust list */
    int32_t dry_run;           /* 1: say what would be written */
    const char *const *force;  /* guards that are overridden: "vids", "anchors"; "base" makes a new base */
    size_t n_force;
    const veridac_bytes *cd_signers; /* declaration signers (DER) for a list that is made here; those of
                                        the list before stay */
    size_t n_cd_signers;
    veridac_bytes compliance;  /* certification records, a part or JSON as veridac_compliance_load takes it;
                                  not given: what sync found, else those of the head before */
    veridac_bytes rules;       /* local rules (docs/FORMAT.md) that are to hold wherever this feed is
                                  pulled; not given: those of the head before stay in force */
    veridac_stop_fn *stop;     /* may be NULL; not asked any more once files are written */
    void *user;                /* for it */
} veridac_publish_options;

/* Judges the evidence with the anchors of the trust list, writes bundles, deltas, parts and index under
 * their hashes, then the head that names them (docs/FORMAT.md); the same evidence, time and repository
 * give the same bytes, signatures of ECDSA apart. A state without evidence or without an accepted anchor
 * is VERIDAC_BAD_DATA, never an empty bundle; so is a fall of more than a fifth of all vendors or
 * anchors at once. */
VERIDAC_API veridac_status veridac_publish(const veridac_publish_options *options,
                                           veridac_buffer *ret_report, veridac_error *err);

/* ---- repository -> store ---- */

/* What a head may name beside the bundle and is fetched when asked for. Local rules are always fetched. */
#define VERIDAC_PART_NAMES 1      /* Name and key id of the issuers */
#define VERIDAC_PART_PROVENANCE 2 /* where the CRLs came from */
#define VERIDAC_PART_COMPLIANCE 4 /* certification records, which verification then looks at */

typedef void veridac_progress_fn(void *user, uint64_t done, uint64_t total);

typedef struct veridac_pull_options {
    size_t size;
    const char *const *urls;   /* of mirrors, tried in turn */
    size_t n_urls;
    veridac_bytes root;        /* root document to begin with; not needed once the store has one */
    const char *store;         /* folder; made when it is not there */
    int64_t at;
    int64_t timeout_s;         /* for one object; 0: 60 */
    int32_t tier;              /* VERIDAC_KIND_*; 0: full while it has at most 1 MiB, else hub */
    int32_t if_due;            /* 1: ask nobody before the head's time of the next publication, unless for new parts */
    uint64_t random;           /* spreads retries and polls */
    uint64_t max_bytes;        /* of this pull, headers included; 0: 4 GiB */
    int64_t budget_s;          /* for everything together; 0: limits.h */
    veridac_progress_fn *progress; /* may be NULL */
    void *user;                /* for both functions */
    uint32_t parts;            /* VERIDAC_PART_*, or'ed: wanted from now on, whether or not a head names them yet */
    veridac_stop_fn *stop;     /* may be NULL */
} veridac_pull_options;

/* Fetches the head and, where it asks for them, new roots, each signed by the one before; checks
 * signatures, feed, expiry and that nothing goes back; then trust list, parts and bundle by length and SHA-256,
 * by deltas where these are cheaper; and installs all of it in one step. On any failure the installed
 * snapshot stays; err begins with the mirror and the slug of the reason (docs/publishing.md). The
 * report says when the next poll is useful; so does STORE/status.json. */
VERIDAC_API veridac_status veridac_pull(const veridac_pull_options *options,
                                        veridac_buffer *ret_report, veridac_error *err);

/* The snapshot that was pulled last, checked anew. No network. */
VERIDAC_API veridac_status veridac_store_open(const char *store, veridac_snapshot **ret,
                                              veridac_error *err);
/* Adds the PAAs and declaration signers of the store's trust list. */
VERIDAC_API veridac_status veridac_store_trust(const char *store, veridac_trust *trust,
                                               veridac_error *err);
/* What is installed and what was before. With `check` every file is hashed and read anew; the report's
 * "whole" says whether the installed snapshot can be opened. */
VERIDAC_API veridac_status veridac_store_report(const char *store, int32_t check,
                                                veridac_buffer *ret_report, veridac_error *err);
/* Removes what neither the installed nor the previous snapshot names. */
VERIDAC_API veridac_status veridac_store_collect(const char *store, veridac_buffer *ret_report,
                                                 veridac_error *err);

/* ---- repository or store -> HTTP ---- */

typedef struct veridac_server veridac_server;

typedef struct veridac_serve_options {
    size_t size;
    const char *folder;                /* a repository of publish, or a store of pull */
    const char *address;               /* numeric, IPv4 or IPv6; NULL: 127.0.0.1 */
    uint16_t port;                     /* 0: any free one */
    uint32_t connections;              /* at once; 0: 512 */
    uint32_t connections_per_address;  /* at once; 0: 64 */
    uint32_t requests_per_second;      /* of one address; 0: any number */
    uint32_t header_s;                 /* for the header of a request, and of silence; 0: 15 */
} veridac_serve_options;

/* Serves the signed files of the folder with threads of its own, GET and HEAD, until it is stopped. Only
 * names of the layout are served, and a file whose bytes are not what its name says is left out: err
 * then says so beside VERIDAC_OK, else its text is empty. The folder is looked at each second; what
 * publish or pull put there is served from then on. Answers are complete, byte ranges, 304, or gzip
 * where FILE.gz lies beside FILE. Beside header_s a client has a minute, and a second for each KiB, to
 * take an answer.
 *
 * VERIDAC_MISUSE also for a process of root's; VERIDAC_BAD_DATA when a private key lies in the folder
 * or there is no head; VERIDAC_IO when the port cannot be had. The process should ignore SIGPIPE. */
VERIDAC_API veridac_status veridac_serve_start(const veridac_serve_options *options,
                                               veridac_server **ret, uint16_t *ret_port,
                                               veridac_error *err);
/* Closes all connections, waits for the threads, and frees. NULL is allowed; any thread may call it, once. */
VERIDAC_API void veridac_serve_stop(veridac_server *server);

/* ---- confirming ---- */

typedef struct veridac_page_options {
    size_t size;
    const char *url;              /* of the bundle of kind full that was made with the snapshot; NULL: */
    const char *store;            /* the one that this store's head names, at the mirror of its last pull */
    const veridac_bucket *bucket; /* of the open answer */
    int64_t timeout_s;            /* of all requests together; 0: 5 */
    veridac_stop_fn *stop;        /* may be NULL */
    void *user;                   /* for it */
} veridac_page_options;

/* Fetches the page that settles an answer UNKNOWN(unconfirmed) by Range requests and checks it against
 * bucket->tree; a server that knows no ranges may send the file as a whole, up to 1 MiB. *ret_proof is for
 * veridac_device.proofs and veridac_snapshot_lookup. VERIDAC_IO for a server, VERIDAC_BAD_DATA for a file
 * that is not this bundle: then the answer stays unconfirmed. */
VERIDAC_API veridac_status veridac_page_fetch(const veridac_page_options *options,
                                              veridac_buffer *ret_proof, veridac_error *err);

#ifdef __cplusplus
}
#endif

#endif
