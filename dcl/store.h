/* SPDX-License-Identifier: Apache-2.0
 *
 * store.h - the folder that a client pulls into.
 *
 *   STORE/root.pem   public key that signs heads
 *   STORE/s/SHA256   bundles, 0444
 *   STORE/head       names the installed one; replacing it is the switch
 *
 * Owns:           the layout, installing, opening.
 * Must not know:  the network.
 */
#ifndef DCL_STORE_H
#define DCL_STORE_H

#include "fail.h"
#include "limits.h"

/* The installed head and its bytes; *ret_there false when nothing was ever installed. */
veridac_status vd_store_head(const char *store, veridac_bytes root, veridac_head *ret,
                             struct vd_buf *bytes, bool *ret_there, veridac_error *err);
/* The lower-case hex of a hash, NUL-terminated. */
void vd_store_name(const uint8_t sha256[32], char ret[65]);
bool vd_store_has(const char *store, const char *name, uint64_t size);
/* Bundle (unless it is there), root, head, in this order; then bundles that no head names go. */
veridac_status vd_store_install(const char *store, veridac_bytes root, const char *name,
                                struct vd_span bundle, struct vd_span head, veridac_error *err);

#endif
