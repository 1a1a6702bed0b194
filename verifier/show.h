/* SPDX-License-Identifier: Apache-2.0
 *
 * show.h - what any certificate, CRL, declaration, elements, head, bundle or delta says.
 *
 * Owns:           recognising the kind; the description of each.
 * Must not know:  trust, verdicts.
 */
#ifndef VD_SHOW_H
#define VD_SHOW_H

#include "compliance.h"
#include "doc.h"

/* False when it is none of the kinds (or out->failed: no room). */
bool vd_show(struct vd_span in, bool json, bool checked, struct vd_buf *out);
/* What is wrong with something that begins like a bundle; NULL: nothing, or it is something else.
 * With `check` every code is read, and only bundles are right. */
const char *vd_show_bundle_fault(struct vd_span in, bool check);
/* The same for what begins like a delta. */
const char *vd_show_delta_fault(struct vd_span in);

/* False, and the description has failed, when there was no memory for it. */
bool vd_show_sha256(struct vd_doc *d, struct vd_span in, uint8_t ret[VD_SHA256]);

/* One kind each; false when the bytes are not of this kind. */
bool vd_show_cert(struct vd_span in, struct vd_doc *d);
/* What can be read of a certificate whose structure does not hold, but which goes as far as the
 * issuer: to be tried last. */
bool vd_show_broken_cert(struct vd_span in, struct vd_doc *d);
bool vd_show_crl(struct vd_span in, struct vd_doc *d);
bool vd_show_cd(struct vd_span in, struct vd_doc *d);
bool vd_show_elements(struct vd_span in, struct vd_doc *d);
bool vd_show_nocsr(struct vd_span in, struct vd_doc *d);
bool vd_show_csr(struct vd_span in, struct vd_doc *d);
bool vd_show_signed(struct vd_span in, struct vd_doc *d); /* root, trust, head, index */
bool vd_show_bundle(struct vd_span in, struct vd_doc *d);
bool vd_show_delta(struct vd_span in, struct vd_doc *d);
bool vd_show_part(struct vd_span in, struct vd_doc *d);
/* What the same are as sections of a bundle. */
void vd_show_sources(struct vd_span records, struct vd_doc *d);
void vd_show_statuses(const struct vd_compliance *c, struct vd_doc *d);

/* The field of a description that a rule speaks of; "" for none. */
const char *vd_show_field(enum vd_rule rule);

#endif
