/* SPDX-License-Identifier: Apache-2.0
 *
 * overlay.h - local rules: what an operator refuses beside what the ledger revokes.
 *
 * Owns:           the text of rules (docs/FORMAT.md, local rules), and finding the one that hits.
 * Must not know:  revocation: a rule only adds, and a hit is never "revoked".
 */
#ifndef VD_OVERLAY_H
#define VD_OVERLAY_H

#include "revkey.h"
#include "trust.h"

#define VD_OVERLAY_MAGIC "veridac-rules 1 "

enum vd_overlay_kind { VD_OVERLAY_CERTIFICATE = 1, VD_OVERLAY_ISSUER, VD_OVERLAY_PRODUCT };

/* The key form of bundles: issuer id and key; of a product vendor and product id (0: all of them). */
struct vd_overlay_rule {
    enum vd_overlay_kind kind;
    uint8_t issuer[VD_ISSUER_ID];
    uint64_t key;
    uint32_t line;         /* of the text; what a hit is called by */
    struct vd_span reason; /* points into the text; may be empty */
};

struct vd_overlay {
    enum vd_network network; /* NONE: there is none */
    struct vd_overlay_rule *v; /* ascending by (kind, issuer, key) */
    size_t n;
};

bool vd_is_overlay(struct vd_span in);
/* The rules borrow from `in`. NULL, or what is wrong and in which line. */
const char *vd_overlay_read(struct vd_span in, struct vd_overlay *ret, uint32_t *ret_line);
void vd_overlay_free(struct vd_overlay *o);
/* One rule as a line of the text: what vd_overlay_read takes. */
bool vd_overlay_put(enum vd_overlay_kind kind, struct vd_span key_id, struct vd_span name,
                    struct vd_span serial, uint16_t vid, uint16_t pid, struct vd_span reason,
                    struct vd_buf *out);

/* The rule that hits, or NULL. A certificate by its issuer and key; all of an issuer; a product. */
const struct vd_overlay_rule *vd_overlay_certificate(const struct vd_overlay *o,
                                                     const uint8_t issuer[VD_ISSUER_ID], uint64_t key);
const struct vd_overlay_rule *vd_overlay_product(const struct vd_overlay *o, uint16_t vid,
                                                 uint16_t pid);

#endif
