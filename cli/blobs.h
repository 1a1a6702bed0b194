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

/* 0 or an exit code after a message. The bytes as they are. */
int cli_blobs_add(struct cli_blobs *b, const char *file);
/* For cli_each_file: one certificate, DER, hex or base64, or all that are in a PEM text. */
int cli_blobs_add_certificates(void *user, const char *file);
/* Certificates of files and folders. */
int cli_blobs_add_paths(const struct cli_list *paths, struct cli_blobs *to);
void cli_blobs_free(struct cli_blobs *b);

#endif
