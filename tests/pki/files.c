/* SPDX-License-Identifier: Apache-2.0
 *
 * files.c - folders and files, always whole.
 */
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"

bool files_make_folder(const char *path)
{
    struct buf parent = { .p = NULL };
    const char *slash = strrchr(path, '/');

    if (mkdir(path, 0777) == 0)
        return true;
    if (errno == ENOENT && slash != NULL && slash != path) {
        buf_add(&parent, path, (size_t)(slash - path));
        (void)files_make_folder(buf_str(&parent));
        buf_free(&parent);
        if (mkdir(path, 0777) == 0)
            return true;
    }
    if (errno != EEXIST)
        die(DIE_IO, "%s: %s", path, strerror(errno));
    return false;
}

static void remove_file(const char *folder, const char *name)
{
    struct buf path = { .p = NULL };
    struct stat st;

    buf_fmt(&path, "%s/%s", folder, name);
    if (stat(buf_str(&path), &st) == 0 && S_ISREG(st.st_mode) && unlink(buf_str(&path)) != 0)
        die(DIE_IO, "%s: %s", buf_str(&path), strerror(errno));
    buf_free(&path);
}

static void remove_files(const char *folder)
{
    size_t n;
    char **names = files_list(folder, "", &n);

    for (size_t i = 0; i < n; i++) {
        remove_file(folder, names[i]);
        free(names[i]);
    }
    free(names);
}

void files_fresh_folder(const char *path)
{
    if (!files_make_folder(path))
        remove_files(path);
}

void files_remove_folder(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return;
    remove_files(path);
    if (rmdir(path) != 0)
        die(DIE_IO, "%s: %s", path, strerror(errno));
}

bool files_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0;
}

void files_write(const char *folder, const char *name, const struct buf *content)
{
    struct buf path = { .p = NULL };
    FILE *f;

    buf_fmt(&path, "%s/%s", folder, name);
    f = fopen(buf_str(&path), "wb");
    if (f == NULL || (content->n > 0 && fwrite(content->p, 1, content->n, f) != content->n) ||
        fclose(f) != 0)
        die(DIE_IO, "%s: %s", buf_str(&path), strerror(errno));
    buf_free(&path);
}

void files_read(const char *path, struct buf *ret)
{
    uint8_t chunk[4096];
    size_t n;
    FILE *f = fopen(path, "rb");

    if (f == NULL)
        die(DIE_IO, "%s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_add(ret, chunk, n);
    if (ferror(f))
        die(DIE_IO, "%s: cannot be read", path);
    (void)fclose(f);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int ends_with(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return name[0] != '.' && n >= m && strcmp(name + n - m, suffix) == 0;
}

char **files_list(const char *folder, const char *suffix, size_t *ret_n)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char **names = NULL;
    size_t n = 0;

    if (dir == NULL)
        die(DIE_IO, "%s: %s", folder, strerror(errno));
    while ((entry = readdir(dir)) != NULL) {
        if (!ends_with(entry->d_name, suffix))
            continue;
        names = realloc(names, (n + 1) * sizeof *names);
        if (names == NULL || (names[n++] = strdup(entry->d_name)) == NULL)
            die(DIE_INTERNAL, "out of memory");
    }
    (void)closedir(dir);
    if (n > 1)
        qsort(names, n, sizeof *names, by_name);
    *ret_n = n;
    return names;
}
