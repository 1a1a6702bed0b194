/* SPDX-License-Identifier: Apache-2.0
 *
 * test_report.c - a CRL in the report of a run: with its age, or without one when it never came.
 */
#include "sync_int.h"
#include "unit.h"

static char none[] = "", url[] = "http://crl.example.com/a", slug[] = "timeout", words[] = "no answer";

static void expect(struct vd_run_crl crl, const char *want)
{
    struct vd_sync s = { .now = { .time = 1000, .network = VERIDAC_NETWORK_TEST, .crls = &crl, .n_crls = 1 } };
    veridac_buffer out = { NULL, 0 };
    struct vd_buf text = VD_BUF(65536);
    const char *crls;

    assert_int_equal(vd_sync_report(&s, &out), VERIDAC_OK);
    assert_true(vd_buf_put(&text, vd_span_of(out.data, out.size)) && vd_buf_u8(&text, 0));
    crls = strstr((const char *)text.p, "\"crls\":");
    assert_non_null(crls);
    assert_string_equal(crls, want);
    vd_buf_free(&text);
    veridac_buffer_free(&out);
}

static void ages(void **state)
{
    (void)state;
    expect((struct vd_run_crl){ .url = url, .sha256 = "AB", .last_ok = 990, .fetched = 900, .status = 200,
                                .size = 5, .duration_ms = 7, .error = none, .reason = none },
           "\"crls\":[\n{\"url\":\"http://crl.example.com/a\",\"state\":\"valid\",\"status\":200,"
           "\"last_attempt\":\"1970-01-01T00:16:40Z\",\"last_ok\":\"1970-01-01T00:16:30Z\","
           "\"fetched\":\"1970-01-01T00:15:00Z\",\"age_s\":10,\"bytes\":5,\"duration_ms\":7,\"sha256\":\"AB\","
           "\"reason\":null,\"error\":null}]}\n");
    expect((struct vd_run_crl){ .url = url, .duration_ms = 7, .error = words, .reason = slug },
           "\"crls\":[\n{\"url\":\"http://crl.example.com/a\",\"state\":\"unreachable\",\"status\":0,"
           "\"last_attempt\":\"1970-01-01T00:16:40Z\",\"last_ok\":null,"
           "\"fetched\":null,\"age_s\":null,\"bytes\":0,\"duration_ms\":7,\"sha256\":null,"
           "\"reason\":\"timeout\",\"error\":\"no answer\"}]}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(ages) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
