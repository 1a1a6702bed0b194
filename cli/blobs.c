/* SPDX-License-Identifier: Apache-2.0
 *
 * blobs.c - the files that an option names, as bytes.
 */
#include "blobs.h"

#include <stdlib.h>

#define MAX_FILES 4096

void cli_blobs_free(struct cli_blobs *b)
{
    for (size_t i = 0; i < b->n; i++)
        veridac_buffer_free(&b->owned[i]);
    free(b->owned);
    free(b->v);
}

int cli_blobs_add(struct cli_blobs *b, const char *file, bool unwrap)
{
    int code;
    if (b->v == NULL) {
        b->v = calloc(MAX_FILES, sizeof *b->v);
        b->owned = calloc(MAX_FILES, sizeof *b->owned);
    }
    if (b->v == NULL || b->owned == NULL)
        return cli_fail(EXIT_INTERNAL, "out of memory");
    if (b->n == MAX_FILES)
        return cli_fail(EXIT_DATA, "%s: more than %d files", file, MAX_FILES);
    code = unwrap ? cli_read_unwrapped(file, VERIDAC_MEANT_FIRST, &b->owned[b->n])
                  : cli_read(file, &b->owned[b->n]);
    if (code != 0)
        return code;
    b->v[b->n] = cli_bytes(&b->owned[b->n]);
    b->n++;
    return 0;
}

int cli_blobs_add_certificate(void *user, const char *file)
{
    return cli_blobs_add(user, file, true);
}

int cli_blobs_add_paths(const struct cli_list *paths, struct cli_blobs *to)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < paths->n; i++)
        code = cli_is_folder(paths->v[i]) ? cli_each_file(paths->v[i], cli_blobs_add_certificate, to)
                                          : cli_blobs_add(to, paths->v[i], true);
    return code;
}
