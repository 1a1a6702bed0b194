/* SPDX-License-Identifier: Apache-2.0
 *
 * wraps.c - in front of every call of the program into libcurl, libcrypto, zlib and the system that can
 * fail, put there by the linker (--wrap): the k-th returns its failure value.
 *
 *   VERIDAC_FAULT=12       the twelfth call of all, from 0
 *   VERIDAC_FAULT_REST=1   and all behind it
 *   VERIDAC_FAULT_LOG=F    a line for each call: its number and name, and " struck" where it failed
 *
 * Without VERIDAC_FAULT and VERIDAC_FAULT_LOG it is the ordinary program. Calls of libcurl and the others
 * among themselves are not struck, and none of a child process.
 */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dirent.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <zlib.h>

#include "../unit/crypto_wraps.h"

#undef curl_easy_setopt
#undef curl_easy_getinfo

static struct {
    pthread_once_t once;
    bool on, rest;
    unsigned long at;
    pid_t pid;
    int log;
    atomic_ulong seen;
} fault = { .once = PTHREAD_ONCE_INIT, .log = -1 };

static void look(void)
{
    const char *at = getenv("VERIDAC_FAULT"), *log = getenv("VERIDAC_FAULT_LOG");

    fault.pid = getpid();
    fault.on = at != NULL || log != NULL;
    fault.at = at == NULL ? ~0ul : strtoul(at, NULL, 10);
    fault.rest = getenv("VERIDAC_FAULT_REST") != NULL;
    if (log != NULL)
        fault.log = __real_open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static bool fails(const char *name)
{
    unsigned long n;
    bool now;

    (void)pthread_once(&fault.once, look);
    if (!fault.on || getpid() != fault.pid)
        return false;
    n = atomic_fetch_add(&fault.seen, 1);
    now = n == fault.at || (fault.rest && n > fault.at);
    if (fault.log >= 0)
        (void)dprintf(fault.log, "%lu %s%s\n", n, name, now ? " struck" : "");
    return now;
}

/* SYSTEM(what it returns, name, failure value, errno, (parameters), (arguments)) */
#define SYSTEM(type, name, failure, error, parameters, arguments)                                  \
    type __real_##name parameters;                                                                 \
    type __wrap_##name parameters;                                                                 \
    type __wrap_##name parameters                                                                  \
    {                                                                                              \
        return system_fails(#name, error) ? (failure) : __real_##name arguments;                   \
    }

/* ---- files and folders ---- */

SYSTEM(ssize_t, write, -1, ENOSPC, (int fd, const void *p, size_t n), (fd, p, n))
SYSTEM(ssize_t, pread, -1, EIO, (int fd, void *p, size_t n, off_t at), (fd, p, n, at))
SYSTEM(int, fsync, -1, EIO, (int fd), (fd))
SYSTEM(int, ftruncate, -1, EIO, (int fd, off_t n), (fd, n))
SYSTEM(int, flock, -1, ENOLCK, (int fd, int how), (fd, how))
SYSTEM(int, rename, -1, EIO, (const char *from, const char *to), (from, to))
SYSTEM(int, link, -1, EMLINK, (const char *from, const char *to), (from, to))
SYSTEM(int, unlink, -1, EIO, (const char *path), (path))
SYSTEM(int, unlinkat, -1, EIO, (int at, const char *path, int flags), (at, path, flags))
SYSTEM(int, mkdir, -1, ENOSPC, (const char *path, mode_t mode), (path, mode))
SYSTEM(int, stat, -1, EIO, (const char *path, struct stat *ret), (path, ret))
SYSTEM(int, fstatat, -1, EIO, (int at, const char *path, struct stat *ret, int flags),
       (at, path, ret, flags))
SYSTEM(ssize_t, readlink, -1, EIO, (const char *path, char *p, size_t n), (path, p, n))
SYSTEM(DIR *, opendir, NULL, EMFILE, (const char *path), (path))
SYSTEM(struct dirent *, readdir, NULL, EIO, (DIR * d), (d))
SYSTEM(FILE *, fopen, NULL, EMFILE, (const char *path, const char *mode), (path, mode))

/* What the program says about a fault is not the subject. */
size_t __real_fwrite(const void *p, size_t n, size_t m, FILE *f);
size_t __wrap_fwrite(const void *p, size_t n, size_t m, FILE *f);
size_t __wrap_fwrite(const void *p, size_t n, size_t m, FILE *f)
{
    return f != stderr && system_fails("fwrite", ENOSPC) ? 0 : __real_fwrite(p, n, m, f);
}

int __real_fflush(FILE *f);
int __wrap_fflush(FILE *f);
int __wrap_fflush(FILE *f)
{
    return f != stderr && system_fails("fflush", ENOSPC) ? EOF : __real_fflush(f);
}

int __real_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *with);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *with);
int __wrap_pthread_create(pthread_t *t, const pthread_attr_t *a, void *(*run)(void *), void *with)
{
    return fails("pthread_create") ? EAGAIN : __real_pthread_create(t, a, run, with);
}

/* ---- zlib ---- */

SYSTEM(int, inflateInit2_, Z_MEM_ERROR, ENOMEM, (z_streamp z, int bits, const char *v, int n),
       (z, bits, v, n))
SYSTEM(int, inflate, Z_MEM_ERROR, ENOMEM, (z_streamp z, int flush), (z, flush))
SYSTEM(int, deflateInit2_, Z_MEM_ERROR, ENOMEM,
       (z_streamp z, int level, int method, int bits, int memory, int how, const char *v, int n),
       (z, level, method, bits, memory, how, v, n))
SYSTEM(int, deflate, Z_STREAM_ERROR, ENOMEM, (z_streamp z, int flush), (z, flush))

/* ---- libcurl ---- */

SYSTEM(CURL *, curl_easy_init, NULL, ENOMEM, (void), ())
SYSTEM(CURLM *, curl_multi_init, NULL, ENOMEM, (void), ())
SYSTEM(CURLMcode, curl_multi_add_handle, CURLM_OUT_OF_MEMORY, ENOMEM, (CURLM * m, CURL *c), (m, c))
SYSTEM(CURLMcode, curl_multi_perform, CURLM_OUT_OF_MEMORY, ENOMEM, (CURLM * m, int *n), (m, n))
SYSTEM(CURLMcode, curl_multi_poll, CURLM_OUT_OF_MEMORY, ENOMEM,
       (CURLM * m, struct curl_waitfd w[], unsigned n, int ms, int *ret), (m, w, n, ms, ret))
SYSTEM(struct curl_slist *, curl_slist_append, NULL, ENOMEM, (struct curl_slist * l, const char *s),
       (l, s))
SYSTEM(CURLU *, curl_url, NULL, ENOMEM, (void), ())
SYSTEM(CURLUcode, curl_url_set, CURLUE_OUT_OF_MEMORY, ENOMEM,
       (CURLU * u, CURLUPart what, const char *part, unsigned flags), (u, what, part, flags))
SYSTEM(CURLUcode, curl_url_get, CURLUE_OUT_OF_MEMORY, ENOMEM,
       (const CURLU *u, CURLUPart what, char **part, unsigned flags), (u, what, part, flags))

/* One argument more, which goes on as it came: a long, a pointer or a curl_off_t, all of one size. */
_Static_assert(sizeof(long) == sizeof(void *) && sizeof(curl_off_t) == sizeof(void *),
               "an argument of curl_easy_setopt is not passed on like a pointer");

#define VARIADIC(type, name, failure, handle, option)                                              \
    type __real_##name(handle h, option o, ...);                                                   \
    type __wrap_##name(handle h, option o, ...);                                                   \
    type __wrap_##name(handle h, option o, ...)                                                    \
    {                                                                                              \
        va_list more;                                                                              \
        void *value;                                                                               \
        if (fails(#name))                                                                          \
            return (failure);                                                                      \
        va_start(more, o);                                                                         \
        value = va_arg(more, void *);                                                              \
        va_end(more);                                                                              \
        return __real_##name(h, o, value);                                                         \
    }

VARIADIC(CURLcode, curl_easy_setopt, CURLE_OUT_OF_MEMORY, CURL *, CURLoption)
VARIADIC(CURLcode, curl_easy_getinfo, CURLE_BAD_FUNCTION_ARGUMENT, CURL *, CURLINFO)
VARIADIC(CURLMcode, curl_multi_setopt, CURLM_OUT_OF_MEMORY, CURLM *, CURLMoption)
