/* SPDX-License-Identifier: Apache-2.0
 *
 * names.h - who the issuers of a bundle are (docs/FORMAT.md, names): a section of a bundle, and behind
 * a header a part of its own.
 *
 * Owns:           the bytes of both.
 * Must not know:  what is said of an issuer.
 */
#ifndef VD_NAMES_H
#define VD_NAMES_H

#include "revkey.h"
#include "trust.h"

#define VD_NAMES_MAGIC "VDN1"

struct vd_names {
    enum vd_network network;
    uint32_t n;
    struct vd_span section; /* checked: ascending by issuer id, and nothing behind it */
};

bool vd_is_names(struct vd_span in);
/* NULL, or the place that is wrong. */
const char *vd_names_read(struct vd_span in, struct vd_names *ret);
/* Issuer i of a section of n; false when the section does not say. */
bool vd_names_at(struct vd_span section, uint32_t n, uint32_t i, struct vd_span *ret_key_id,
                 struct vd_span *ret_name);
bool vd_names_write(enum vd_network network, uint32_t n, struct vd_span section, struct vd_buf *out);

#endif
