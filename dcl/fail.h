/* SPDX-License-Identifier: Apache-2.0
 *
 * fail.h - how functions of this library end badly: a status, and one line that says why.
 */
#ifndef DCL_FAIL_H
#define DCL_FAIL_H

#include <veridac/dcl.h>

#include "buf.h"
#include "sized.h"

/* Writes the line (err may be NULL) and hands the status back. */
veridac_status vd_fail(veridac_error *err, veridac_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* This status, unless the reader that said what is wrong could not work: then NO_MEMORY. */
veridac_status vd_wrong(const char *wrong, veridac_status status);
/* The bytes of a buffer to the caller, with a NUL behind them. */
veridac_status vd_give(struct vd_buf *b, veridac_buffer *ret);
/* The caller's report (may be NULL) has at least the size that its first version had. */
bool vd_report_fits(const veridac_load_report *report);
/* Fills the caller's report (may be NULL). */
void vd_report_give(veridac_load_report *report, uint32_t added, uint32_t broken, struct vd_span text);

/* Whether the caller wants an end; `stop` and stop->ask may be NULL. */
struct vd_stop {
    veridac_stop_fn *ask;
    void *user;
};
bool vd_stop_asked(const struct vd_stop *stop);

/* Why an array of n items has no room for one more (vd_grow): it has as many as it may, or there is no memory. */
static inline veridac_status vd_no_room(size_t n, size_t max)
{
    return n < max ? VERIDAC_NO_MEMORY : VERIDAC_TOO_LARGE;
}

/* The two control-flow macros: each jump sets the status. */
#define TRY(e) do { if ((st = (e)) != VERIDAC_OK) goto out; } while (0)
#define FAIL(e) do { st = (e); goto out; } while (0)

#endif
