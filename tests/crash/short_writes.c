/* SPDX-License-Identifier: Apache-2.0
 *
 * short_writes.c - a library in front of libc: write() and pwrite() to files take only a few of the
 * bytes that they are given, as they may.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned long state;

static size_t some(int fd, size_t n)
{
    struct stat st;
    const char *seed = getenv("SHORT_WRITES_SEED");
    if (n < 2 || seed == NULL || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return n;
    if (state == 0)
        state = strtoul(seed, NULL, 10) * 2654435761ul + 1;
    state = state * 6364136223846793005ul + 1442695040888963407ul;
    return 1 + (state >> 33) % (n - 1);
}

__attribute__((visibility("default"))) ssize_t write(int fd, const void *p, size_t n);
__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *p, size_t n, off_t at);

ssize_t write(int fd, const void *p, size_t n)
{
    return syscall(SYS_write, fd, p, some(fd, n));
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
    return syscall(SYS_pwrite64, fd, p, some(fd, n), at);
}
