/* SPDX-License-Identifier: Apache-2.0
 *
 * replay.c - main() of a harness without a fuzzer: every file that is named, or that lies in a folder
 * that is named, is one input. Each is given in a block of just its size, so that sanitizers see a
 * byte too many, and a bounded time.
 */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

#define INPUT_S 10 /* as libFuzzer's -timeout: with sanitizers, on a machine that has other things to do */

static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t n = 0, got;
    struct stat st;

    if (f == NULL || fstat(fileno(f), &st) != 0) {
        (void)fprintf(stderr, "replay: cannot read %s\n", path);
        return 1;
    }
    data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
    while (data != NULL && n < (size_t)st.st_size &&
           (got = fread(data + n, 1, (size_t)st.st_size - n, f)) > 0)
        n += got;
    (void)fclose(f);
    if (data == NULL || n != (size_t)st.st_size) {
        (void)fprintf(stderr, "replay: cannot read %s\n", path);
        free(data);
        return 1;
    }
    (void)fprintf(stderr, "%s\n", path); /* the last line before a crash names the input */
    (void)alarm(INPUT_S);
    (void)LLVMFuzzerTestOneInput(data, n);
    (void)alarm(0);
    free(data);
    return 0;
}

static size_t replay(const char *path, int *failed)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    size_t n = 0;

    if (dir == NULL) {
        *failed |= replay_file(path);
        return 1;
    }
    while ((e = readdir(dir)) != NULL) {
        char name[4096];
        if (e->d_name[0] == '.')
            continue;
        (void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
        n += replay(name, failed);
    }
    (void)closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    int failed = 0;
    size_t n = 0;

    for (int i = 1; i < argc; i++)
        n += replay(argv[i], &failed);
    (void)printf("%zu inputs\n", n);
    return failed || n == 0; /* an empty corpus shows nothing */
}
