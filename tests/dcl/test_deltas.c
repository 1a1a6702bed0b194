/* SPDX-License-Identifier: Apache-2.0
 *
 * test_deltas.c - the two public functions on deltas: every refusal has a status and a reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <veridac/dcl.h>

#include "unit.h"

static veridac_bytes file(const char *name)
{
    static uint8_t rooms[3][16384];
    static unsigned next;
    uint8_t *room = rooms[next++ % 3];
    char path[1024];
    size_t n;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", GOLDEN, name);
    f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s is not there", path);
    n = fread(room, 1, sizeof rooms[0], f);
    (void)fclose(f);
    return (veridac_bytes){ room, n };
}

static bool same(const veridac_buffer *a, veridac_bytes b)
{
    return a->size == b.size && memcmp(a->data, b.data, b.size) == 0;
}

static void there_and_back(void **state)
{
    const veridac_bytes from = file("vdb1-full.bundle"), to = file("vdb1-next-full.bundle"),
                        delta = file("vdd1-full.delta");
    veridac_buffer made = { NULL, 0 }, target = { NULL, 0 };
    (void)state;

    assert_int_equal(veridac_delta_make(from, to, &made, NULL), VERIDAC_OK);
    assert_true(same(&made, delta));
    assert_int_equal(veridac_delta_apply(from, delta, 0, &target, NULL), VERIDAC_OK);
    assert_true(same(&target, to));
    veridac_buffer_free(&target);
    assert_int_equal(veridac_delta_apply(from, delta, to.size, &target, NULL), VERIDAC_OK);
    veridac_buffer_free(&target);
    veridac_buffer_free(&made);
}

static void refusals(void **state)
{
    const veridac_bytes from = file("vdb1-full.bundle"), hub = file("vdb1-hub.bundle"),
                        delta = file("vdd1-full.delta"), none = { NULL, 0 };
    static uint8_t other[16384];
    veridac_buffer ret = { NULL, 0 };
    veridac_error err;
    (void)state;

    assert_int_equal(veridac_delta_make(none, from, &ret, NULL), VERIDAC_MISUSE);
    assert_int_equal(veridac_delta_make(from, none, &ret, NULL), VERIDAC_MISUSE);
    assert_int_equal(veridac_delta_make(from, from, NULL, NULL), VERIDAC_MISUSE);
    assert_int_equal(veridac_delta_apply(none, delta, 0, &ret, NULL), VERIDAC_MISUSE);
    assert_int_equal(veridac_delta_apply(from, none, 0, &ret, NULL), VERIDAC_MISUSE);
    assert_int_equal(veridac_delta_apply(from, delta, 0, NULL, NULL), VERIDAC_MISUSE);

    assert_int_equal(veridac_delta_make(from, from, &ret, &err), VERIDAC_BAD_DATA);
    assert_string_equal(err.text, "delta: leads to where it starts");
    assert_int_equal(veridac_delta_make(from, hub, &ret, &err), VERIDAC_BAD_DATA);
    assert_string_equal(err.text, "delta: of another kind of bundle");
    assert_int_equal(veridac_delta_apply(from, delta, 1000, &ret, &err), VERIDAC_TOO_LARGE);
    assert_string_equal(err.text, "delta: the target is too large");
    for (size_t i = 0; i < delta.size; i++)
        other[i] = delta.data[i];
    other[4] = 1;
    assert_int_equal(veridac_delta_apply(from, (veridac_bytes){ other, delta.size }, 0, &ret, &err),
                     VERIDAC_OTHER_NETWORK);
    assert_string_equal(err.text, "delta: of another network");
    assert_null(ret.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(there_and_back), cmocka_unit_test(refusals) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
