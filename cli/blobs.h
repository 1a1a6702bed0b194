/* SPDX-License-Identifier: Apache-2.0
 *
 * blobs.h - the files that an option names, as bytes.
 */
#ifndef CLI_BLOBS_H
#define CLI_BLOBS_H

#include "cli.h"

struct cli_blobs {
    veridac_bytes *v;
    veridac_buffer *owned;
    size_t n;
};

/* 0 or an exit code after a message. `unwrap`: PEM, hex and base64 become DER. */
int cli_blobs_add(struct cli_blobs *b, const char *file, bool unwrap);
/* For cli_each_file: one certificate. */
int cli_blobs_add_certificate(void *user, const char *file);
/* Certificates of files and folders. */
int cli_blobs_add_paths(const struct cli_list *paths, struct cli_blobs *to);
void cli_blobs_free(struct cli_blobs *b);

#endif
