/* SPDX-License-Identifier: Apache-2.0
 *
 * mutant.c - linked into everything of a build of tests/mutants/auto: which mutant is on, which are reached.
 *
 * VERIDAC_MUTANT is a number, 0 or nothing for none. VERIDAC_MUTANT_REACHED is a file, one octet for each
 * number; it becomes 1 when the place is reached, in whatever process.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int vd_mutant_on(int number);

static int active;
static unsigned char *reached;
static size_t numbers;

__attribute__((constructor)) static void look(void)
{
    const char *number = getenv("VERIDAC_MUTANT");
    const char *path = getenv("VERIDAC_MUTANT_REACHED");
    struct stat st;
    int fd;

    if (number != NULL)
        active = (int)strtol(number, NULL, 10);
    if (path == NULL || (fd = open(path, O_RDWR | O_CLOEXEC)) < 0)
        return;
    if (fstat(fd, &st) == 0 && st.st_size > 0) {
        void *at = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (at != MAP_FAILED) {
            reached = at;
            numbers = (size_t)st.st_size;
        }
    }
    (void)close(fd);
}

int vd_mutant_on(int number)
{
    if (number > 0 && (size_t)number < numbers)
        reached[number] = 1;
    return number == active;
}
