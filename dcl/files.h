/* SPDX-License-Identifier: Apache-2.0
 *
 * files.h - folders that survive a crash: atomic writes, bounded reads, locks, walks.
 *
 * Owns:           every system call on files of this library.
 * Must not know:  what is in them.
 *
 * Names are ours (numbers and hashes), never a server's. Links are not followed.
 */
#ifndef DCL_FILES_H
#define DCL_FILES_H

#include <dirent.h>
#include <stdio.h>

#include "fail.h"

#define VD_PATH 4096

/* "a/b", or false when it does not fit. */
bool vd_path(char ret[VD_PATH], const char *a, const char *b);

/* Makes the folder when it is not there (its parent must be). */
veridac_status vd_folder_make(const char *path, veridac_error *err);
bool vd_folder_there(const char *path);
/* Locks the folder for this process until the descriptor is closed. */
veridac_status vd_folder_lock(const char *path, int *ret_fd, veridac_error *err);
void vd_folder_unlock(int fd);
/* The next entry; NULL at the end, and when it cannot be read: then *ret says so. */
struct dirent *vd_next_name(DIR *dir, const char *path, veridac_status *ret, veridac_error *err);
/* Calls take for each file name that does not begin with a dot, in no order; ends when it says
 * false. */
veridac_status vd_folder_each(const char *path, bool (*take)(void *user, const char *name),
                              void *user, veridac_error *err);

bool vd_fd_write(int fd, struct vd_span in); /* all of it */
/* In one step; the temporary name is the final one with ".tmp" behind it. */
veridac_status vd_file_write(const char *folder, const char *name, struct vd_span bytes,
                             unsigned mode, veridac_error *err);
/* A file that grows while its bytes come, under a temporary name of ours. Nothing is opened before the first
 * byte. `end` makes it FOLDER/NAME, `drop` forgets it; either frees. The folder itself is made durable by
 * vd_folder_sync, once for many files. */
struct vd_growing;
struct vd_growing *vd_growing_make(const char *folder, const char *temporary);
bool vd_growing_put(struct vd_growing *g, struct vd_span bytes);
veridac_status vd_growing_end(struct vd_growing *g, const char *name, veridac_error *err);
void vd_growing_drop(struct vd_growing *g);
veridac_status vd_folder_sync(const char *path, veridac_error *err);
/* Bytes of all regular files directly in the folder. */
veridac_status vd_folder_size(const char *path, uint64_t *ret, veridac_error *err);
/* Removes what killed processes left: names that end in ".tmp". The folder is locked. */
veridac_status vd_folder_tidy(const char *path, veridac_error *err);

/* A symbolic link, made or replaced in one step; where it leads, as it says. */
veridac_status vd_link_set(const char *folder, const char *name, const char *target,
                           veridac_error *err);
bool vd_link_read(const char *folder, const char *name, char *ret, size_t room);
bool vd_folder_is_link(const char *folder, const char *name, bool *ret_there);
/* The same file under a second name. */
bool vd_file_link(const char *from_folder, const char *from, const char *folder, const char *name);
veridac_status vd_folder_move(const char *folder, const char *from, const char *to, veridac_error *err);
/* With the files in it. */
void vd_folder_remove(char *path);

veridac_status vd_file_size(const char *folder, const char *name, uint64_t *ret, veridac_error *err);
/* A file of the operator's, written under its name with ".tmp" behind it until it is done. */
veridac_status vd_file_new(const char *path, FILE **ret, veridac_error *err);
veridac_status vd_file_done(const char *path, FILE **file, veridac_error *err);
void vd_file_drop(const char *path, FILE **file);

/* Reads a regular file in parts; `take` ends it by saying false (VERIDAC_BAD_DATA). */
veridac_status vd_file_each(const char *folder, const char *name, size_t max,
                            bool (*take)(void *user, struct vd_span part), void *user,
                            bool *ret_there, veridac_error *err);
/* The whole of a regular file of at most max bytes; NOT_THERE is *ret_there false. */
veridac_status vd_file_read(const char *folder, const char *name, size_t max, struct vd_buf *out,
                            bool *ret_there, veridac_error *err);
bool vd_file_there(const char *folder, const char *name);
void vd_file_remove(const char *folder, const char *name);

/* Which file a name means, and whether it was written since. */
struct vd_file_id {
    uint64_t device, inode, size;
    int64_t changed_s, changed_ns;
};
/* False for anything but a regular file, or a folder; links are not followed. */
bool vd_file_identify(const char *folder, const char *name, struct vd_file_id *ret);
bool vd_folder_identify(const char *folder, const char *name, struct vd_file_id *ret);
bool vd_file_id_eq(const struct vd_file_id *a, const struct vd_file_id *b);
bool vd_file_id_text(struct vd_buf *out, const struct vd_file_id *id);
/* A descriptor for reading the file that is still this one, or -1. */
int vd_file_open(const char *folder, const char *name, const struct vd_file_id *id);
/* The first bytes of a file, at most max. */
veridac_status vd_file_begin(const char *folder, const char *name, size_t max, struct vd_buf *out,
                             veridac_error *err);
/* Calls take for each regular file in the folder and below it, those that begin with a dot included;
 * ends when it says false. */
veridac_status vd_folder_walk(const char *path,
                              bool (*take)(void *user, const char *folder, const char *name),
                              void *user, veridac_error *err);

#endif
