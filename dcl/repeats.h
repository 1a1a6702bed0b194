/* SPDX-License-Identifier: Apache-2.0
 *
 * repeats.h - whether a list has the same record twice.
 *
 * Owns:           the digest of every record of one list, until the list is complete.
 * Must not know:  what a record means, pages.
 *
 * A total counts records: a copy in it would stand for one that did not come.
 */
#ifndef DCL_REPEATS_H
#define DCL_REPEATS_H

#include "json.h"
#include "lists.h"

struct vd_repeats {
    struct vd_digest *v;
    size_t n, cap;
};

/* VERIDAC_TOO_LARGE: more records than any list may have. */
veridac_status vd_repeats_add(struct vd_repeats *r, struct vd_json_value record);
/* Afterwards nothing can be added. */
bool vd_repeats_any(struct vd_repeats *r);
void vd_repeats_free(struct vd_repeats *r);

#endif
