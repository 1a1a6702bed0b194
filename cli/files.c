/* SPDX-License-Identifier: Apache-2.0
 *
 * files.c - messages, standard streams and the files that an operator names.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "limits.h"

/* One line, and nothing that a terminal obeys: labels and URLs are other people's. */
static void __attribute__((format(printf, 1, 0))) message(const char *fmt, va_list ap)
{
    char text[4096];
    const int n = vsnprintf(text, sizeof text, fmt, ap);

    (void)fputs("veridac: ", stderr);
    for (const char *p = text; n > 0 && *p != '\0'; p++) {
        const unsigned char c = (unsigned char)*p;
        if (c >= 0x20 && c < 0x7F)
            (void)fputc(c, stderr);
        else
            (void)fprintf(stderr, "\\x%02X", c);
    }
    (void)fputc('\n', stderr);
}

int cli_fail(int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    message(fmt, ap);
    va_end(ap);
    return code;
}

void cli_say(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    message(fmt, ap);
    va_end(ap);
}

int cli_exit_of(veridac_status status)
{
    switch (status) {
    case VERIDAC_OK:
        return 0;
    case VERIDAC_BAD_DATA:
    case VERIDAC_TOO_LARGE:
    case VERIDAC_BAD_SIGNATURE:
    case VERIDAC_OTHER_NETWORK:
        return EXIT_DATA;
    case VERIDAC_IO:
        return EXIT_IO;
    default:
        return EXIT_INTERNAL;
    }
}

veridac_bytes cli_bytes(const veridac_buffer *b)
{
    return (veridac_bytes){ b->data, b->size };
}

/* ---- reading ---- */

int cli_stream(const char *path, int (*take)(void *user, veridac_bytes piece), void *user)
{
    const bool stdin_wanted = strcmp(path, "-") == 0;
    const int fd = stdin_wanted ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    uint8_t piece[16384];
    int code = 0;

    if (fd < 0)
        return cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
    while (code == 0) {
        const ssize_t got = read(fd, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            code = cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
        if (got <= 0)
            break;
        code = take(user, (veridac_bytes){ piece, (size_t)got });
    }
    if (!stdin_wanted)
        (void)close(fd);
    return code;
}

static int read_stream(int fd, const char *path, veridac_buffer *ret)
{
    size_t n = 0, cap = 65536;
    uint8_t *p = malloc(cap + 1), *q;

    while (p != NULL) {
        ssize_t got = read(fd, p + n, cap - n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(p);
            return cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
        }
        if (got == 0) {
            p[n] = 0;
            *ret = (veridac_buffer){ p, n };
            return 0;
        }
        n += (size_t)got;
        if (n < cap)
            continue;
        if (cap >= VD_MAX_OPERATOR_FILE) {
            free(p);
            return cli_fail(EXIT_DATA, "%s: larger than 64 MiB", path);
        }
        cap *= 2;
        q = realloc(p, cap + 1);
        if (q == NULL)
            free(p);
        p = q;
    }
    return cli_fail(EXIT_INTERNAL, "out of memory");
}

int cli_read(const char *path, veridac_buffer *ret)
{
    bool stdin_wanted = strcmp(path, "-") == 0;
    struct stat st;
    int fd = stdin_wanted ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    int code;

    if (fd < 0)
        return cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        code = cli_fail(EXIT_DATA, "%s: expected a file, got a folder", path);
    else
        code = read_stream(fd, stdin_wanted ? "standard input" : path, ret);
    if (!stdin_wanted)
        (void)close(fd);
    return code;
}

int cli_unwrap(const char *path, veridac_bytes raw, int32_t meant, veridac_buffer *ret)
{
    veridac_error err = { "" };
    veridac_status st = veridac_unwrap(raw, meant, ret, NULL, &err);
    return st == VERIDAC_OK ? 0 : cli_fail(cli_exit_of(st), "%s: %s", path, err.text);
}

int cli_read_unwrapped(const char *path, int32_t meant, veridac_buffer *ret)
{
    veridac_buffer raw = { NULL, 0 };
    int code = cli_read(path, &raw);

    if (code == 0)
        code = cli_unwrap(path, cli_bytes(&raw), meant, ret);
    veridac_buffer_free(&raw);
    return code;
}

bool cli_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int64_t cli_modified(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_mtime > 0 ? (int64_t)st.st_mtime : 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
    char **v;
    size_t n, cap;
};

/* Takes over `name`, which may be NULL. */
static bool add_name(struct names *list, char *name)
{
    if (list->n == list->cap) {
        size_t cap = list->cap ? list->cap * 2 : 64;
        char **v = realloc(list->v, cap * sizeof *v);
        if (v == NULL) {
            free(name);
            return false;
        }
        list->v = v;
        list->cap = cap;
    }
    list->v[list->n] = name;
    list->n += name != NULL;
    return name != NULL;
}

static char *join(const char *folder, const char *name)
{
    size_t n = strlen(folder) + strlen(name) + 2;
    char *full = malloc(n);
    if (full != NULL)
        (void)snprintf(full, n, "%s/%s", folder, name);
    return full;
}

static int list_folder(const char *path, struct names *ret)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    int code = 0;

    if (dir == NULL)
        return cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
    while (code == 0 && (errno = 0, e = readdir(dir)) != NULL) {
        if (e->d_name[0] != '.' && !add_name(ret, join(path, e->d_name)))
            code = cli_fail(EXIT_INTERNAL, "out of memory");
    }
    if (code == 0 && errno != 0) /* a file less could be a rule less */
        code = cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
    (void)closedir(dir);
    if (ret->n > 0)
        qsort(ret->v, ret->n, sizeof *ret->v, by_name);
    return code;
}

int cli_each_file(const char *path, int (*take)(void *user, const char *file), void *user)
{
    struct names files = { NULL, 0, 0 };
    int code = list_folder(path, &files);

    for (size_t i = 0; i < files.n; i++) {
        if (code == 0 && cli_is_folder(files.v[i]))
            cli_say("%s: a folder in a folder, left out", files.v[i]);
        else if (code == 0)
            code = take(user, files.v[i]);
        free(files.v[i]);
    }
    free(files.v);
    return code;
}

/* ---- writing ---- */

static int write_all(int fd, veridac_bytes bytes)
{
    size_t n = 0;
    while (n < bytes.size) {
        ssize_t put = write(fd, bytes.data + n, bytes.size - n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0 || (size_t)put > bytes.size - n)
            return -1;
        n += (size_t)put;
    }
    return 0;
}

/* The name survives a power cut. */
static int sync_folder_of(const char *path)
{
    char *folder = strdup(path), *slash = folder ? strrchr(folder, '/') : NULL;
    int fd, bad;
    if (slash != NULL)
        slash[slash == folder] = '\0';
    fd = folder == NULL ? -1 : open(slash ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bad = fd < 0 || fsync(fd) != 0;
    if (fd >= 0)
        (void)close(fd);
    free(folder);
    return bad ? -1 : 0;
}

static int write_to(int fd, veridac_bytes bytes)
{
    int bad = write_all(fd, bytes) != 0 || fsync(fd) != 0;
    return close(fd) != 0 || bad ? -1 : 0;
}

int cli_write(const char *path, veridac_bytes bytes, unsigned mode)
{
    size_t n = strlen(path) + 16;
    char *tmp = malloc(n);
    int fd, code = 0;

    if (tmp == NULL)
        return cli_fail(EXIT_INTERNAL, "out of memory");
    (void)snprintf(tmp, n, "%s.tmp", path);
    (void)unlink(tmp);
    fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, (mode_t)mode);
    if (fd < 0 || write_to(fd, bytes) != 0 || rename(tmp, path) != 0 ||
        sync_folder_of(path) != 0) {
        code = cli_fail(EXIT_IO, "%s: %s", path, strerror(errno));
        (void)unlink(tmp);
    }
    free(tmp);
    return code;
}

int cli_print(veridac_bytes text)
{
    return fwrite(text.data, 1, text.size, stdout) == text.size
               ? 0
               : cli_fail(EXIT_IO, "standard output: %s", strerror(errno));
}

int cli_flush(int code)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return cli_fail(EXIT_IO, "standard output could not be written");
    return code;
}
