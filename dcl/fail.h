/* SPDX-License-Identifier: Apache-2.0
 *
 * fail.h - how functions of this library end badly: a status, and one line that says why.
 */
#ifndef DCL_FAIL_H
#define DCL_FAIL_H

#include <veridac/dcl.h>

#include "buf.h"

/* Writes the line (err may be NULL) and hands the status back. */
veridac_status vd_fail(veridac_error *err, veridac_status status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The bytes of a buffer to the caller, with a NUL behind them. */
veridac_status vd_give(struct vd_buf *b, veridac_buffer *ret);
/* Copies an option struct: its known part; what is longer must be zero. */
bool vd_take_options(void *to, size_t known, const void *from);

/* The two control-flow macros: each jump sets the status. */
#define TRY(e) do { if ((st = (e)) != VERIDAC_OK) goto out; } while (0)
#define FAIL(e) do { st = (e); goto out; } while (0)

#endif
