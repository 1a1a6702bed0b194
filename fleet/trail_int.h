/* SPDX-License-Identifier: Apache-2.0
 *
 * trail_int.h - a trail (docs/trail.md): lines of JSON, each with the hash of the one before.
 *
 *   line        := '{"n":' N ',"prev":"' hex64 '","time":"' time '","kind":"' word '","body":' object '}'
 *   checkpoint  := the same of kind "checkpoint", sealed (seal.h)
 *   hash        := SHA-256 of a line without its end; that before the first is zero
 *
 * N counts from 1 over all parts. Line 1000 k is a checkpoint, and so is the last of each part.
 *
 *   trail.c         appending, what a crash leaves, the next part
 *   trail_lines.c   reading lines of all parts in order
 *   trail_verify.c  what is wrong, and where
 *   trail_find.c    who is named together with whom
 *
 * Owns:           the format, the files and their lock.
 * Must not know:  what a body means; the clock.
 */
#ifndef FLEET_TRAIL_INT_H
#define FLEET_TRAIL_INT_H

#include <veridac/fleet.h>

#include "files.h"
#include "limits.h"
#include "seal.h"

struct vd_trail_line {
    uint64_t n;
    uint8_t prev[32];
    struct vd_span time, kind, body;
};

/* Its fields; false when it is none. */
bool vd_trail_read(struct vd_span line, struct vd_trail_line *ret);
/* Is it the checkpoint that ends a part? */
bool vd_trail_ends_part(const struct vd_trail_line *line);

/* ---- all parts ---- */

struct vd_trail_files {
    const char *path;
    uint32_t parts; /* older ones: path.1 to path.parts */
    uint32_t part;  /* that is read now, from 1; parts + 1: path itself */
    int fd;
    uint8_t *room;  /* 2 * VD_TRAIL_LINE */
    size_t at, n;
    bool eof;
    uint64_t line;  /* in this part, from 1 */
    uint64_t torn;  /* octets behind the last line's end of the last part */
    bool unended;   /* the line read last is of an older part and lacks its end */
    const char *failed;
};

bool vd_trail_part(const char *path, uint32_t part, uint32_t parts, char ret[VD_PATH]);
uint32_t vd_trail_parts(const char *path);
veridac_status vd_trail_files_open(const char *path, struct vd_trail_files *ret, veridac_error *err);
/* The next line, without its end; it may have any content and at most VD_TRAIL_LINE octets: a longer one
 * comes in pieces. False at the end, and when f->failed. */
bool vd_trail_files_next(struct vd_trail_files *f, struct vd_span *ret);
void vd_trail_files_close(struct vd_trail_files *f);

#endif
