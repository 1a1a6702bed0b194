/* SPDX-License-Identifier: Apache-2.0
 *
 * blobs.c - the files that an option names, as bytes.
 */
#include "blobs.h"

#include <stdlib.h>

#include "armor.h"
#include "limits.h"

#define MAX_FILES 4096

void cli_blobs_free(struct cli_blobs *b)
{
    for (size_t i = 0; i < b->n; i++)
        veridac_buffer_free(&b->owned[i]);
    free(b->owned);
    free(b->v);
}

static int make_room(struct cli_blobs *b, const char *file)
{
    if (b->v == NULL) {
        b->v = calloc(MAX_FILES, sizeof *b->v);
        b->owned = calloc(MAX_FILES, sizeof *b->owned);
    }
    if (b->v == NULL || b->owned == NULL)
        return cli_fail(EXIT_INTERNAL, "out of memory");
    return b->n < MAX_FILES ? 0 : cli_fail(EXIT_DATA, "%s: more than %d files or certificates", file, MAX_FILES);
}

/* What was put into the next place. */
static void keep(struct cli_blobs *b)
{
    b->v[b->n] = cli_bytes(&b->owned[b->n]);
    b->n++;
}

int cli_blobs_add(struct cli_blobs *b, const char *file)
{
    int code = make_room(b, file);
    if (code == 0)
        code = cli_read(file, &b->owned[b->n]);
    if (code == 0)
        keep(b);
    return code;
}

/* Each of the certificates, however many there are: who lists them means all. */
static int add_pem(struct cli_blobs *b, const char *file, struct vd_span in)
{
    const size_t before = b->n;
    struct vd_buf der = VD_BUF(VD_MAX_OPERATOR_FILE);
    struct vd_span label;
    bool broken = false;
    int code = 0;

    while (code == 0 && vd_pem_next(&in, &label, &der, &broken)) {
        if (vd_pem_other_certificate(label))
            code = cli_fail(EXIT_DATA, "%s: a certificate in a form that is not read: %.*s", file, (int)label.n,
                            (const char *)label.p);
        if (!vd_pem_certificate(label)) {
            vd_buf_clear(&der);
            continue;
        }
        code = make_room(b, file);
        if (code == 0) {
            b->owned[b->n] = (veridac_buffer){ der.p, der.n };
            keep(b);
            der = VD_BUF(VD_MAX_OPERATOR_FILE); /* what was in it is the blob's now */
        }
    }
    if (code == 0 && (broken || der.failed))
        code = cli_fail(EXIT_DATA, "%s: a broken PEM block", file);
    else if (code == 0 && b->n == before)
        code = cli_fail(EXIT_DATA, "%s: no certificate in it", file);
    vd_buf_free(&der);
    return code;
}

int cli_blobs_add_certificates(void *user, const char *file)
{
    struct cli_blobs *b = user;
    veridac_buffer raw = { NULL, 0 };
    int code = cli_read(file, &raw);

    if (code == 0 && vd_is_pem(vd_span_of(raw.data, raw.size))) {
        code = add_pem(b, file, vd_span_of(raw.data, raw.size));
    } else if (code == 0) {
        code = make_room(b, file);
        if (code == 0)
            code = cli_unwrap(file, cli_bytes(&raw), VERIDAC_MEANT_FIRST, &b->owned[b->n]);
        if (code == 0)
            keep(b);
    }
    veridac_buffer_free(&raw);
    return code;
}

int cli_blobs_add_paths(const struct cli_list *paths, struct cli_blobs *to)
{
    int code = 0;
    for (size_t i = 0; code == 0 && i < paths->n; i++)
        code = cli_is_folder(paths->v[i]) ? cli_each_file(paths->v[i], cli_blobs_add_certificates, to)
                                          : cli_blobs_add_certificates(to, paths->v[i]);
    return code;
}
