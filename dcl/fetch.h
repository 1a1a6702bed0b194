/* SPDX-License-Identifier: Apache-2.0
 *
 * fetch.h - files of a repository: bounded, whole, and what their hash says.
 *
 * Owns:           URLs of a repository, budgets, going on where a transfer broke off, comparing length
 *                 and hash.
 * Must not know:  what is in the files.
 */
#ifndef DCL_FETCH_H
#define DCL_FETCH_H

#include "http.h"
#include "signed.h"

struct vd_fetch {
    struct vd_http *http;
    const char *store;       /* where broken transfers are kept */
    int64_t timeout_s;       /* of one object */
    uint64_t bytes;          /* of bodies that came */
    uint32_t requests;
    veridac_progress_fn *progress;
    void *user;
};

/* BASE/PATH of at most `max` bytes. ret->status is 200, 304 (only with `etag`) or 404; any other answer
 * is VERIDAC_IO. The caller frees ret->body. Dates are not asked with: they have seconds, and a head may
 * change twice in one. */
veridac_status vd_fetch_file(struct vd_fetch *f, const char *base, const char *path, size_t max,
                             const char *etag, struct vd_http_answer *ret, veridac_error *err);
/* The file that the reference names: BASE/FOLDER/SHA256. Nothing is handed out that is not it. */
veridac_status vd_fetch_ref(struct vd_fetch *f, const char *base, const char *folder,
                            const struct vd_ref *ref, struct vd_buf *out, veridac_error *err);

#endif
