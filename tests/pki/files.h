/* SPDX-License-Identifier: Apache-2.0
 *
 * files.h - folders and files, always whole.
 *
 * Owns:           reading and writing; every failure ends the program with the path.
 * Must not know:  what is in them.
 */
#ifndef PKI_FILES_H
#define PKI_FILES_H

#include <stdbool.h>

#include "buf.h"

/* Makes the folder and its parents; false when it was there. */
bool files_make_folder(const char *path);
/* The same, and empties it of files when it was there. */
void files_fresh_folder(const char *path);
/* Removes a folder of files; nothing happens when it is not there. */
void files_remove_folder(const char *path);
bool files_exists(const char *path);
void files_write(const char *folder, const char *name, const struct buf *content);
void files_read(const char *path, struct buf *ret);
/* Names in a folder that end in `suffix`, sorted; free each and the list. */
char **files_list(const char *folder, const char *suffix, size_t *ret_n);

#endif
