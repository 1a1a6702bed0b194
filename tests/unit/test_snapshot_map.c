/* SPDX-License-Identifier: Apache-2.0
 *
 * test_snapshot_map.c - which files are opened, which of them are mapped, and what is said of the others.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot.h"
#include "unit.h"

static char folder[] = "/tmp/veridac-map-XXXXXX", path[64], link_path[64];

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/file", folder);
    (void)snprintf(link_path, sizeof link_path, "%s/link", folder);
    return symlink(path, link_path);
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    (void)unlink(link_path);
    return rmdir(folder);
}

static void write_file(size_t size, mode_t mode)
{
    FILE *f;
    (void)unlink(path);
    f = fopen(path, "wb");
    assert_non_null(f);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(fputc((int)i, f), (int)i);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void load(const char *from, enum vd_open_status want, const char *want_why, size_t size, bool mapped)
{
    struct vd_snapshot *s = vd_snapshot_make("");
    const char *why = "";
    assert_non_null(s);
    assert_int_equal(vd_snapshot_load(s, from, &why), want);
    assert_string_equal(why, want_why);
    assert_int_equal(s->bytes.n, size);
    assert_int_equal(s->mapped != NULL, mapped);
    for (size_t i = 0; i < size; i++)
        assert_int_equal(s->bytes.p[i], i);
    vd_snapshot_unmap(s);
    vd_snapshot_free(s);
}

static void sizes(void **state)
{
    (void)state;
    for (mode_t mode = 0400; mode <= 0600; mode += 0200) { /* what nobody may write is mapped */
        write_file(0, mode);
        load(path, VD_OPEN_BAD, "empty", 0, false);
        write_file(1, mode);
        load(path, VD_OPEN_OK, "", 1, mode == 0400);
        write_file(2, mode);
        load(path, VD_OPEN_OK, "", 2, mode == 0400);
        load(link_path, VD_OPEN_OK, "", 2, false);
    }
}

static void no_files(void **state)
{
    (void)state;
    (void)unlink(path);
    load(path, VD_OPEN_IO, "no such file", 0, false);
    load(link_path, VD_OPEN_IO, "no such file", 0, false);
    load(folder, VD_OPEN_IO, "not a regular file", 0, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sizes), cmocka_unit_test(no_files) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
