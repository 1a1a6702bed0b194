/* SPDX-License-Identifier: Apache-2.0
 *
 * test_files.c - folders: how deep is walked, and what is made durable.
 */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "unit.h"

enum { DEEPEST = 8 };

static char top[] = "/tmp/veridac-files-XXXXXX";

/* top/d/d/.../d, and the path of it. */
static void nested(unsigned depth, char path[VD_PATH])
{
    size_t n = strlen(top);
    memcpy(path, top, n + 1);
    for (unsigned i = 0; i < depth; i++, n += 2) {
        memcpy(path + n, "/d", 3);
        assert_true(mkdir(path, 0700) == 0 || access(path, X_OK) == 0);
    }
}

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(top) == NULL;
}

static int tear_down(void **state)
{
    char path[VD_PATH];
    (void)state;
    for (unsigned depth = DEEPEST + 1; depth > 0; depth--) {
        nested(depth, path);
        if (rmdir(path) != 0)
            return -1;
    }
    return rmdir(top);
}

static bool count(void *user, const char *folder, const char *name)
{
    (void)folder;
    (void)name;
    ++*(unsigned *)user;
    return true;
}

static void how_deep(void **state)
{
    char path[VD_PATH], file[VD_PATH];
    veridac_error err = { .text = "" };
    unsigned n = 0;
    FILE *f;
    (void)state;

    nested(DEEPEST, path);
    assert_true(vd_path(file, path, "file"));
    f = fopen(file, "wb");
    assert_true(f != NULL && fclose(f) == 0);
    assert_int_equal(vd_folder_walk(top, count, &n, &err), VERIDAC_OK);
    assert_int_equal(n, 1);
    nested(DEEPEST + 1, path);
    assert_int_equal(vd_folder_walk(top, count, &n, &err), VERIDAC_TOO_LARGE);
    assert_non_null(strstr(err.text, "/d/d/d/d/d/d/d/d/d: folders are nested too deep"));
    assert_int_equal(unlink(file), 0);
}

/* A program may run without a standard input: then a folder that is opened is number 0. */
static void durable(void **state)
{
    veridac_error err = { .text = "" };
    const int kept = dup(0);
    (void)state;

    assert_int_equal(vd_folder_sync(top, &err), VERIDAC_OK);
    (void)close(0);
    assert_int_equal(vd_folder_sync(top, &err), VERIDAC_OK);
    assert_int_equal(open(top, O_RDONLY), 0); /* it was, and it is free again */
    (void)close(0);
    if (kept >= 0) {
        assert_int_equal(dup2(kept, 0), 0);
        (void)close(kept);
    }
    assert_int_equal(vd_folder_sync("/nowhere/at/all", &err), VERIDAC_IO);
    assert_non_null(strstr(err.text, "cannot make durable"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(how_deep), cmocka_unit_test(durable) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
