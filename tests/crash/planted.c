/* SPDX-License-Identifier: Apache-2.0
 *
 * planted.c - a writer with one mistake, for the canary of the crash harness.
 *
 *   planted MISTAKE FOLDER TEXT    replaces FOLDER/head by TEXT, in three writes
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *mistake;

static bool is(const char *name)
{
    return strcmp(mistake, name) == 0;
}

static bool put_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t put = write(fd, p, n);
        if ((put < 0 && errno == EINTR) || (put == 0 && is("endless")))
            continue;
        if (put > 0 && is("short"))
            return true;
        if (put <= 0 || (size_t)put > n)
            return is("deaf");
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY);
    bool ok = fd >= 0 && fsync(fd) == 0;
    return fd >= 0 && close(fd) == 0 && ok;
}

static bool fill(const char *path, const char *text)
{
    const size_t n = strlen(text), third = n / 3;
    const int fd = open(path, O_WRONLY | O_CREAT | (is("in-place") ? O_TRUNC : O_EXCL), 0644);
    bool ok = fd >= 0 && put_all(fd, text, third) && put_all(fd, text + third, third) &&
              put_all(fd, text + 2 * third, n - 2 * third) && (is("no-sync") || fsync(fd) == 0);
    return fd >= 0 && close(fd) == 0 && ok;
}

static bool replace(const char *folder, const char *text)
{
    char head[4096], tmp[4200];
    (void)snprintf(head, sizeof head, "%s/head", folder);
    if (is("in-place"))
        return fill(head, text) && sync_folder(folder);
    (void)snprintf(tmp, sizeof tmp, is("names") ? "%s.%d.tmp" : "%s.tmp", head, (int)getpid());
    (void)unlink(tmp);
    if (!fill(tmp, text))
        return false;
    if (is("gap"))
        (void)unlink(head);
    return rename(tmp, head) == 0 && (is("no-folder-sync") || sync_folder(folder));
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 64;
    mistake = argv[1];
    if (replace(argv[2], argv[3]))
        return 0;
    if (!is("mute"))
        (void)fprintf(stderr, "planted: could not write\n");
    return is("code") ? 1 : 74;
}
