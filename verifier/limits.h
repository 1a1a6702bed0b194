/* SPDX-License-Identifier: Apache-2.0
 *
 * limits.h - every ceiling of the project and why it stands where it stands.
 *
 * A ceiling is a refusal with a reason, never a truncation.
 */
#ifndef VD_LIMITS_H
#define VD_LIMITS_H

/* The C library's header of this name is hidden by this one, and libcrypto's err.h needs it. */
#ifndef INT_MAX
#define INT_MAX ((int)(~0u >> 1))
#endif

/* What a device may send. */
#define VD_MAX_CERT 600u          /* DER bytes of a certificate of the chain (Matter Core 6.1.3) */
#define VD_MAX_CERT_PQC 10240u    /* with an ML-DSA key or signature: the segmented transfer's document */
#define VD_MAX_INPUT 65536u       /* bytes looked at in any one argument; no field comes near */
#define VD_MAX_RESPONSE 65535u    /* of each part of a response that is made: TLV lengths of 16 bits */
#define VD_MAX_ELEMENTS 900u      /* attestation and NOCSR elements (RESP_MAX, Matter Core 11.18) */
#define VD_MAX_TLV_DEPTH 8u       /* nesting of TLV containers; real data uses 2 */
#define VD_MAX_DER_DEPTH 12u      /* nesting in one extension's value; cRLDistributionPoints uses 8 */
#define VD_MAX_EXTENSIONS 24u     /* extensions of one certificate; real ones have 4 to 8 */
#define VD_MAX_NAME_ATTRS 50u     /* attributes of one Name; the ledger refuses more as well */
#define VD_MAX_NAME 1024u         /* bytes of one Name; inside a 600-byte certificate it is below 500 */
#define VD_MAX_CD_PRODUCTS 100u   /* product_id_array (Matter Core 6.3.1) */
#define VD_MAX_CD_PAAS 10u        /* authorized_paa_list (Matter Core 6.3.1) */

/* Findings of one verification. A device decides how often a rule speaks (250 unknown tags fit in one
 * response), so after a few repetitions a rule only says that there is more of it. */
#define VD_MAX_FINDINGS 96u
#define VD_MAX_REPEATS 3u         /* of one rule on one subject; the next says "and more" */
#define VD_MAX_EVIDENCE 200u      /* characters of "found" and of "wanted" */

/* What an operator may configure. */
#define VD_MAX_ANCHORS 4096u      /* certificates of one trust store; main-net lists under 100 */
#define VD_MAX_OPERATOR_FILE (64u << 20) /* any one file named on the command line */

/* What a ledger and a CRL host may send. */
#define VD_MAX_JSON (8u << 20)    /* one REST answer; a full certificates page is under 0.5 MB */
#define VD_MAX_JSON_DEPTH 32u     /* nesting; DCL answers use 6 */
#define VD_MAX_JSON_TOKENS (1u << 20)
#define VD_MAX_LISTS (64u << 20)  /* bytes of certificates and points kept of one node */
#define VD_MAX_POINT 32768u       /* bytes of one point's record; since 1.6 it is below 6 000 */
#define VD_MAX_NODES 16u          /* ledger nodes that one sync compares */
#define VD_MAX_NOTES 2000u        /* notes of one sync; what is more is counted */
#define VD_MAX_RUN_PAGES 4000u    /* answers of one node that a run's record speaks of */
#define VD_MAX_RUNS 99999999u     /* numbers of runs; one a minute for 190 years */
#define VD_MAX_RUN_RECORD (96u << 20) /* 100 000 CRLs with the longest URLs that the ledger takes */
#define VD_MAX_OWN_JSON (256u << 20)  /* of texts that we wrote: that record, and the report of such a run */
#define VD_MAX_OWN_JSON_TOKENS (1u << 24)
#define VD_DISK_QUOTA (INT64_C(20) << 30) /* of the evidence; what is there is never deleted for it */
#define VD_MAX_QUESTIONS 64u      /* of one node, for records that its lists have lost */
#define VD_MAX_BLOCK_AGE_S 1800   /* a chain makes a block every ten minutes at least */
#define VD_MAX_PAGES 10000u       /* pages of one list */
#define VD_MAX_CRL (64u << 20)    /* bytes of one CRL: 1 M entries of 35 bytes are 35 MB */
#define VD_MAX_INFLATE_RATIO 100u /* of a compressed CRL: serials hardly compress, honest ones reach 3 */
#define VD_MAX_CRL_ITEM 16384u    /* one header field, entry or extension block of a CRL */
#define VD_MAX_CRL_ISSUERS 4096u  /* distinct certificateIssuer names in one indirect CRL */
#define VD_MAX_RUN (UINT64_C(4) << 30)         /* bytes fetched by one sync */
#define VD_MAX_HOST_BYTES (UINT64_C(1) << 30)  /* of these by one host */
#define VD_TRANSFERS_HOST 8u      /* at once from one host: polite, and enough for 100 ms of latency */
#define VD_TRANSFERS 64u          /* at once in all: buffers of 1 MB together */
#define VD_HTTP_BUFFER 16384u     /* of one transfer */
#define VD_STOP_MS 100            /* the longest that a caller's wish to stop goes unheard while waiting */
#define VD_MAX_HEADERS 65536u     /* bytes of an answer's header fields, redirects included */
#define VD_HTTP_ATTEMPTS 3u       /* at one object */
#define VD_MAX_HOST_STRIKES 3u    /* failures in a row after which a host is given up for the run */
#define VD_CONNECT_S 10           /* name lookup, connection, TLS handshake */
#define VD_IDLE_S 20              /* below VD_MIN_RATE for so long: given up */
#define VD_MIN_RATE 64u           /* bytes a second */
#define VD_OBJECT_S 60            /* one object, one attempt */
#define VD_RUN_S 1800             /* all that one sync fetches */
#define VD_SETTLED_S 2            /* between Last-Modified, whole seconds, and the answer's Date */
#define VD_MAX_WAIT_S 10          /* before a retry, whatever Retry-After says */
#define VD_MAX_POINTS 100000u     /* revocation points of one run */
#define VD_MAX_POINTS_VID 1000u   /* of one vendor id: one vendor cannot crowd out others */
#define VD_MAX_HOSTS 1000u        /* CRL hosts of one run */
#define VD_MAX_ENTRIES_ISSUER 1000000u         /* revoked certificates of one issuer */
#define VD_MAX_ENTRIES_VID 2000000u            /* of all issuers that one vendor id registered */
#define VD_VENDORS 65536u         /* vendor ids are of 16 bits */
#define VD_MOST_ENTRIES (1u << 27) /* what an operator may raise the two to; a bundle has room for it */
#define VD_MAX_HISTORY 16u        /* CRLs of one URL that are remembered until a good one replaces them */
#define VD_SHRINK_MIN 16u         /* serials that a CRL may lose at once however many it had */
#define VD_MAX_ISSUERS 100000u    /* rows of one coverage table */
#define VD_MAX_URL 2048u          /* dataURL; the ledger caps it at 256 since 1.6, older ones are longer */
#define VD_MAX_KEY_ID_TEXT 256u   /* issuerSubjectKeyID; 40 digits count, others are said */
#define VD_MAX_LABEL 1024u        /* label of a revocation point; same history */
#define VD_MAX_REDIRECTS 5u       /* more than any honest CRL host needs */

/* What a verify context remembers: the PAIs and declarations of a home, or of a line in a factory. */
#define VD_CACHE_CHECKS 256u      /* successful signature checks, 33 bytes each */

#define VD_MAX_RULES 100000u     /* local rules of one file */
#define VD_MAX_POLICY_ROWS 4096u /* issuers and vendors with an age of their own, or short-lived issuers */
#define VD_SHORT_LIFE_MIN_S (24 * 3600) /* limits on what may count as short-lived: below a day nobody */
#define VD_SHORT_LIFE_MAX_S (72 * 3600) /* renews by hand, and three days is what a head lives */
#define VD_MAX_SIGNAL_LINES (1u << 21) /* signals of one run that count: what 64 MiB of lines hold */
#define VD_MAX_SIGNALS 256u        /* names of signals in a policy */
#define VD_MAX_RULES_TEXT (64u << 20) /* their text, as a feed brings it: a Name is some 200 bytes */
#define VD_MAX_RULE_WORD 64u     /* characters of a rule's id, source or ticket */
#define VD_MAX_COMPLIANCE 1000000u /* certification records; main-net has some 20 000 */

/* Bundles and heads. */
#define VD_MAX_BUNDLE (1u << 30)
#define VD_MAX_PAGE (1u << 20)    /* fetched to confirm one key: 448 keys are 2.4 KB, chosen serials more */
#define VD_MAX_PROOF (VD_MAX_PAGE + 8192u) /* the page, and 7 levels of 16 hashes */
#define VD_MAX_PROOFS 32u         /* of one device: DAC and PAI in each snapshot */
#define VD_BASE_AGE_S (30 * 86400) /* a new base at the latest after this: filters forget who left */
#define VD_BASE_DELTAS 4u         /* and when the deltas exceed this part of the hub's bundle */
#define VD_MAX_HEAD 1024u         /* one small signed document */
#define VD_MAX_ROOT 131072u       /* 32 keys, the largest of 2 592 octets (ML-DSA-87) */
#define VD_MAX_PUBLIC_KEY 2592u
#define VD_MAX_TRUST_LIST (8u << 20) /* 4 096 certificates of 600 octets are 2.5 MB */
#define VD_MAX_INDEX (1u << 20)   /* 16 000 deltas; 30 days of one an hour and both kinds are 2 900 */
#define VD_MAX_SIGNATURES 64u     /* of one document: those of an old and a new root */
#define VD_MAX_SIGNATURE 8192u    /* room for SLH-DSA-128s (7 856 octets) */
#define VD_MAX_ROOT_STEPS 64u     /* new versions of the root that one pull follows */
#define VD_MAX_HEAD_KEY_S (90 * 86400) /* life of the online key: what a thief can use it for */

/* A whole feed that falls is more likely a broken ledger node than the truth. */
#define VD_FALL_PERCENT 20u       /* of the vendors, or of the anchors, in one publish */
#define VD_FALL_MIN 2u            /* so many may always fall: one vendor never stops the others */

/* Fleets. */
#define VD_INVENTORY_BLOCK (128u << 10) /* octets that one thread judges at a time */
#define VD_INVENTORY_RECORDS 1024u /* and records */
#define VD_INVENTORY_RECORD 32768u /* octets of one: two certificates of 10 240 octets in PEM are 28 000 */
#define VD_INVENTORY_COLUMNS 64u
#define VD_INVENTORY_ROOM (128u << 10) /* its values: texts without escapes, and what these hold */
#define VD_INVENTORY_LABEL 256u   /* octets: how an operator calls a device */
#define VD_AUDIT_JOBS 64u         /* threads, each with a few MiB */
#define VD_AUDIT_TEXT (8u << 20)  /* lines of one block: 1 024 of at most 4 000 octets */
#define VD_AUDIT_GROUPS 10000u    /* PAAs, PAIs, products in a summary; an inventory says how many there are */
#define VD_AUDIT_LISTED 100u      /* malformed lines that a summary names; all are in the output */
#define VD_AUDIT_RESUME (16u << 20) /* the summary of so many groups, as kept or as JSON */
#define VD_AUDIT_RESUME_EVERY (8u << 20) /* octets of an inventory that a killed run does again */
#define VD_TRAIL_LINE (64u << 10) /* a statement with 96 findings has 50 000 octets */
#define VD_SEAL_LINE (72u << 10) /* that, with time, key id and signature */
#define VD_TRAIL_EVERY 1000u      /* lines from checkpoint to checkpoint */
#define VD_TRAIL_FILE (64u << 20) /* octets of one file of a trail, when nobody says otherwise */
#define VD_TRAIL_PAIRS 4096u      /* devices and certificates that one search puts together */

/* Time. */
#define VD_CLOCK_SKEW_S 300       /* tolerated disagreement of two clocks (design: 5 minutes) */
#define VD_MAX_CLOCK_SKEW_S 86400 /* what a policy may make of it: a day, for a clock without a battery */
#define VD_MAX_CRL_AGE_S (7 * 86400)           /* default of the policy value max_crl_age */

#endif
