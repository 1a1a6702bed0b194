/* SPDX-License-Identifier: Apache-2.0
 *
 * serve_table.h - a repository or a store as a table: names that a server gives out, and nothing else.
 *
 * Owns:           which names of the layout exist (docs/FORMAT.md), their entity tags, their bytes.
 * Must not know:  HTTP, what is in documents and bundles.
 *
 * A request is looked up in the table. No path is ever made of what somebody asks for.
 */
#ifndef DCL_SERVE_TABLE_H
#define DCL_SERVE_TABLE_H

#include "files.h"

#define VD_SERVED_PATH 80 /* "/index/", 64 digits, ".gz" */

/* A poll that brings nothing new says the tag twice, so it is short. 64 bits of a hash tell versions of
 * one file apart; what is in a file is checked by its signature or its whole hash. */
#define VD_ETAG_DIGITS 16

struct vd_served {
    char path[VD_SERVED_PATH];  /* as it is asked for: "/s/2d71..." */
    char etag[VD_ETAG_DIGITS + 3]; /* strong, with its quotes: of the SHA-256 of these bytes */
    bool lasting;               /* the name says what is in it: it never changes */
    struct vd_file_id id;
    struct vd_buf bytes;        /* of a small file; a large one is opened when it is asked for */
    const struct vd_served *gz; /* the same, precompressed; or NULL */
    void *user;                 /* the server's */
};

struct vd_table {
    struct vd_served *items; /* sorted by path */
    size_t n, cap, small_bytes, left_out;
    char stamp[2048];        /* changes when the head or a folder does */
    veridac_error left_why;  /* the last one that was left out, and why */
};

/* Reads the folder. A file whose bytes are not what its name says is left out. What `before` (or NULL)
 * knows and has not changed is not read again. VERIDAC_BAD_DATA without a head. */
veridac_status vd_table_read(const char *folder, const struct vd_table *before,
                             struct vd_table **ret, veridac_error *err);
void vd_table_free(struct vd_table *t);
/* Has something changed since the table was read? */
bool vd_table_is_old(const char *folder, const struct vd_table *t);

const struct vd_served *vd_table_find(const struct vd_table *t, const char *path);
/* A descriptor for reading the very file that was hashed, or -1. */
int vd_table_open(const char *folder, const struct vd_served *s);

/* VERIDAC_BAD_DATA when a file in the folder, or below it, looks like a private key. */
veridac_status vd_table_no_keys(const char *folder, veridac_error *err);

#endif
