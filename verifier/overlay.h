/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay.h - local rules: what an operator refuses, or sets apart, beside what the ledger revokes.
 *
 *   overlay.c       all rules of a text, and finding those that hit
 *   overlay_line.c  one rule as a line
 *
 * Owns:           the text of rules (docs/FORMAT.md, local rules), and finding the one that hits.
 * Must not know:  revocation: a rule only adds, and a hit is never "revoked".
 */
#ifndef VD_OVERLAY_H
#define VD_OVERLAY_H

#include "revkey.h"
#include "trust.h"

#define VD_OVERLAY_MAGIC "veridac-rules 1 "
#define VD_OVERLAY_SIGNATURE "signature "

enum vd_overlay_kind {
    VD_OVERLAY_CERTIFICATE = 1, /* by issuer and serial */
    VD_OVERLAY_SERIAL,          /* the same, whatever the issuer's Name */
    VD_OVERLAY_ISSUER,          /* all that this issuer signed */
    VD_OVERLAY_PAA,             /* all below this PAA */
    VD_OVERLAY_SKID,            /* the certificate with this subject key id */
    VD_OVERLAY_VENDOR,
    VD_OVERLAY_PRODUCT,
    VD_OVERLAY_VERSION,         /* of a product, from one software version to another */
    VD_OVERLAY_KINDS
};

/* What a hit leads to, the weakest first. */
enum vd_overlay_effect {
    VD_OVERLAY_SUSPECT = 1, /* a warning */
    VD_OVERLAY_QUARANTINE,  /* at most undetermined */
    VD_OVERLAY_REFUSE
};

struct vd_overlay_rule {
    enum vd_overlay_kind kind;
    enum vd_overlay_effect effect;
    uint8_t issuer[VD_ISSUER_ID]; /* what names the issuer, or the key id */
    uint64_t key;                 /* of the certificate; or vendor and product id */
    uint32_t from, to;            /* software versions, both included */
    uint32_t line;                /* of the text */
    int64_t made, expires;        /* 0: not said; never. It hits while at <= expires. */
    struct vd_span subject;       /* the words behind the kind, as they stand */
    struct vd_span id, source, ticket, reason; /* may be empty */
};

struct vd_overlay {
    enum vd_network network; /* NONE: there is none */
    struct vd_overlay_rule *v; /* ascending by (kind, issuer, key), and by line */
    size_t n;
    struct vd_span body, signatures; /* of the text: what signatures are over, and their lines */
};

struct vd_overlay_place {
    uint32_t line, column; /* from 1 */
};

bool vd_is_overlay(struct vd_span in);
/* The rules borrow from `in`. NULL, or what is wrong and where. */
const char *vd_overlay_read_at(struct vd_span in, struct vd_overlay *ret, struct vd_overlay_place *ret_at);
const char *vd_overlay_read(struct vd_span in, struct vd_overlay *ret, uint32_t *ret_line);
void vd_overlay_free(struct vd_overlay *o);
/* By kind, issuer and key; 0: both hit the same certificates, or the same product. */
int vd_overlay_compare(const struct vd_overlay_rule *a, const struct vd_overlay_rule *b);

/* One line, which is no remark. NULL, or what is wrong and in which column. */
const char *vd_overlay_line_read(struct vd_span line, struct vd_overlay_rule *ret, uint32_t *ret_column);
/* Kind, subject, effect and what else is said of it: what vd_overlay_line_read takes. False for what it
 * does not take. */
bool vd_overlay_line_put(const struct vd_overlay_rule *r, struct vd_buf *out);
/* The next of the signature lines; `value` has 64 octets. */
struct vd_overlay_signature {
    uint16_t algorithm; /* enum vd_signing */
    uint8_t key_id[16], value[VD_RAW_SIG];
};
bool vd_overlay_signature_next(struct vd_span *cursor, struct vd_overlay_signature *ret);
bool vd_overlay_signature_put(const struct vd_overlay_signature *s, struct vd_buf *out);

const char *vd_overlay_kind_text(enum vd_overlay_kind kind);
const char *vd_overlay_effect_text(enum vd_overlay_effect effect);

/* ---- hits ---- */

/* What is asked for: one kind, and the values that it goes by. */
bool vd_overlay_ask_certificate(struct vd_span key_id, struct vd_span name, struct vd_span magnitude,
                                struct vd_overlay_rule *ret);
bool vd_overlay_ask_serial(struct vd_span key_id, struct vd_span magnitude, struct vd_overlay_rule *ret);
bool vd_overlay_ask_issuer(struct vd_span key_id, struct vd_span name, struct vd_overlay_rule *ret);
/* PAA or SKID. */
bool vd_overlay_ask_key(enum vd_overlay_kind kind, struct vd_span key_id, struct vd_overlay_rule *ret);
/* VENDOR, PRODUCT, or VERSION with the software version; -1: not known. */
void vd_overlay_ask_product(enum vd_overlay_kind kind, uint16_t vid, uint16_t pid, int64_t version,
                            struct vd_overlay_rule *ret);

struct vd_overlay_hit {
    const struct vd_overlay_rule *rule;    /* the strongest in force, the first of equal ones; or NULL */
    const struct vd_overlay_rule *expired; /* the first that would hit if it were in force; or NULL */
    const struct vd_overlay_rule *open;    /* the strongest that may hit: the version is not known; or NULL */
};
struct vd_overlay_hit vd_overlay_find(const struct vd_overlay *o, const struct vd_overlay_rule *asked,
                                      int64_t at);

/* ---- what cannot be asked for ---- */

/* In force, and leads to more than a warning. */
bool vd_overlay_counts(const struct vd_overlay_rule *r, int64_t at);
/* One that counts is about some product of this vendor, or versions of it. */
bool vd_overlay_has_products(const struct vd_overlay *o, uint16_t vid, int64_t at);
/* The key id, and of a rule that says it the Name, of the issuer in a rule of a certificate or issuer. */
bool vd_overlay_issuer(const struct vd_overlay_rule *r, struct vd_buf *ret_key_id, struct vd_buf *ret_name);

#endif
