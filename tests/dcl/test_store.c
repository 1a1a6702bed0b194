/* SPDX-License-Identifier: Apache-2.0
 *
 * test_store.c - a store whose files are not all there, or not what they were.
 */
#include <inttypes.h>
#include <unistd.h>

#include "store.h"
#include "unit.h"

static char store[] = "/tmp/veridac-store-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    return mkdtemp(store) == NULL || vd_store_make(store, NULL) != VERIDAC_OK;
}

/* The folders that vd_store_make made, and the two files. */
static int tear_down(void **state)
{
    static const char *const made[] = { "root/1", "head", "root", "trust", "s", "p", "t", "lock", "" };
    char path[VD_PATH];
    (void)state;
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        if (vd_path(path, store, made[i]) && unlink(path) != 0)
            (void)rmdir(path);
    }
    return 0;
}

static struct vd_buf golden(const char *name)
{
    struct vd_buf out = VD_BUF(1u << 16);
    bool there = false;
    assert_int_equal(vd_file_read(GOLDEN, name, 1u << 16, &out, &there, NULL), VERIDAC_OK);
    assert_true(there);
    return out;
}

static void put(const char *folder, const char *name, struct vd_span bytes)
{
    char dir[VD_PATH];
    assert_true(vd_path(dir, store, folder));
    assert_int_equal(vd_file_write(dir, name, bytes, 0444, NULL), VERIDAC_OK);
}

static void expect(veridac_status want, bool there, const char *why)
{
    veridac_error err = { .text = "" };
    struct vd_store s;
    const veridac_status got = vd_store_read(store, "head", &s, &err);
    if (got != want || (why == NULL ? err.text[0] != '\0' : strstr(err.text, why) == NULL))
        fail_msg("%d: %s", (int)got, err.text);
    assert_int_equal(s.there && got == VERIDAC_OK, there);
    vd_store_clear(&s);
}

static void the_root_of_a_head(void **state)
{
    struct vd_buf head = golden("vdh1.head"), root = golden("vdh1.root");
    char name[24], missing[64];
    struct vd_head h;
    (void)state;

    assert_null(vd_head_read(vd_buf_span(&head), &h));
    (void)snprintf(name, sizeof name, "%" PRIu32, h.root_version);
    (void)snprintf(missing, sizeof missing, "%s/%s: missing", "root", name);
    expect(VERIDAC_OK, false, NULL);
    put("", "head", vd_buf_span(&head));
    expect(VERIDAC_BAD_DATA, false, missing);
    put("root", name, vd_buf_span(&root));
    expect(VERIDAC_OK, true, NULL);
    root.p[root.n - 1] ^= 1;
    put("root", name, (struct vd_span){ root.p, root.n - 1 });
    (void)snprintf(missing, sizeof missing, "%s/%s: ", "root", name);
    expect(VERIDAC_BAD_DATA, false, missing);
    vd_buf_free(&head);
    vd_buf_free(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_root_of_a_head) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
