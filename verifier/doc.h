/* SPDX-License-Identifier: Apache-2.0
 *
 * doc.h - one description, two forms: indented text or JSON.
 *
 * Owns:           layout and escaping; deviations beside the fields they concern.
 * Must not know:  what is described.
 */
#ifndef VD_DOC_H
#define VD_DOC_H

#include "finding.h"
#include "name.h"

#define VD_DOC_DEPTH 8u

struct vd_doc {
    struct vd_buf *out;
    bool json;
    bool checked; /* every code of the bundle was read */
    unsigned depth;
    bool list[VD_DOC_DEPTH], any[VD_DOC_DEPTH]; /* of each open container */
    const char *(*field_of)(enum vd_rule);      /* of which field a rule speaks; "" for none */
    const struct vd_findings *lint;             /* what is to be said beside fields, */
    enum vd_subject lint_on;                    /* of this subject */
    bool said[VD_MAX_FINDINGS];
};

/* key is NULL for the members of a list. */
void vd_doc_open(struct vd_doc *d, const char *key);
void vd_doc_open_list(struct vd_doc *d, const char *key);
void vd_doc_close(struct vd_doc *d);
void vd_doc_text(struct vd_doc *d, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void vd_doc_bytes(struct vd_doc *d, const char *key, struct vd_span text); /* made printable */
void vd_doc_hex(struct vd_doc *d, const char *key, struct vd_span bytes);
void vd_doc_number(struct vd_doc *d, const char *key, uint64_t n);
void vd_doc_bool(struct vd_doc *d, const char *key, bool b);
void vd_doc_time(struct vd_doc *d, const char *key, int64_t t);
void vd_doc_name(struct vd_doc *d, const char *key, struct vd_span der);
/* From here on deviations of this subject stand beside their fields (text only; JSON names the
 * field in the list). */
void vd_doc_lint(struct vd_doc *d, const struct vd_findings *f, enum vd_subject on);
/* "findings": what deviates from the profile. In text, what no field has shown yet. */
void vd_doc_findings(struct vd_doc *d, const struct vd_findings *f);

#endif
