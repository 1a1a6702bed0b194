/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_answer.h - answers about the files of a table: whole, a part, not modified.
 *
 * Owns:           status codes and header fields.
 * Must not know:  connections, threads, limits.
 */
#ifndef DCL_SERVE_ANSWER_H
#define DCL_SERVE_ANSWER_H

#include <microhttpd.h>

#include "serve_table.h"

/* A short answer of our own; with one more header field, or NULL. NULL: no memory. */
struct MHD_Response *vd_answer_text(const char *text, const char *header, const char *value);

/* A table whose rows have their usual answers ready; `before` as for vd_table_read. */
veridac_status vd_answers_load(const char *folder, const struct vd_table *before,
                               struct vd_table **ret, veridac_error *err);
void vd_answers_drop(struct vd_table *t);

/* Answers a GET, or a HEAD, for this file; with `gone` when it is no longer what was read. */
enum MHD_Result vd_answer_file(const char *folder, struct MHD_Connection *c, bool get,
                               const struct vd_served *file, struct MHD_Response *gone);

#endif
