/* SPDX-License-Identifier: Apache-2.0
 *
 * test_alloc_trail.c - each allocation fails in turn (alloc.h): searching a trail says all of it or that it cannot.
 */
#include <veridac/fleet.h>

#include "alloc.h"

#define LINE(n, body)                                                                                  \
    "{\"n\":" n ",\"prev\":\"0000000000000000000000000000000000000000000000000000000000000000\","      \
    "\"time\":\"2026-09-21T14:13:20Z\",\"kind\":\"verdict\",\"body\":" body "}\n"

static const char path[] = "alloc-trail";
static const char text[] =
    LINE("1", "{\"label\":\"lamp\",\"issuer_key_id\":\"0A0B\",\"serial\":\"01\",\"dac_sha256\":\"AA\"}")
    LINE("2", "{\"label\":\"lamp\",\"issuer_key_id\":\"0A0B\",\"serial\":\"02\"}")
    LINE("3", "{\"label\":\"plug\",\"serial\":\"02\"}");

static veridac_status find(veridac_buffer *ret)
{
    return veridac_trail_find(path, "lamp", NULL, NULL, ret, NULL);
}

static void every_allocation_fails_in_turn(void **state)
{
    const struct call call = { "find", find };
    veridac_buffer report = { NULL, 0 };
    FILE *f = fopen(path, "wb");

    (void)state;
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, sizeof text - 1, f), sizeof text - 1);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(find(&report), VERIDAC_OK);
    assert_true(vd_span_find(vd_span_of(report.data, report.size), vd_span_str("\"entries\":2,"), &(size_t){ 0 }));
    veridac_buffer_free(&report);
    assert_true(sweep(&call) >= 7); /* at least one for each name that is kept */
    (void)remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_allocation_fails_in_turn) };
    return alloc_main(tests, 1, NULL, NULL);
}
