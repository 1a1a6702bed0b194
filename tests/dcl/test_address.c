/* SPDX-License-Identifier: Apache-2.0
 *
 * test_address.c - which proxy of the environment is for which scheme and host.
 */
#include <stdlib.h>

#include "address.h"
#include "unit.h"

static const char *const names[] = { "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY",
                                     "all_proxy",  "ALL_PROXY",  "no_proxy",    "NO_PROXY" };

static void environment(const char *const set[4])
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_int_equal(unsetenv(names[i]), 0);
    for (size_t i = 0; i < 4 && set[i] != NULL; i += 2)
        assert_int_equal(setenv(set[i], set[i + 1], 1), 0);
}

static void proxies(void **state)
{
    static const struct {
        const char *set[4], *http, *https; /* name, value, ...; what is found for each scheme */
    } rows[] = {
        { { NULL }, NULL, NULL },
        { { "http_proxy", "a" }, "a", NULL },
        { { "HTTP_PROXY", "a" }, NULL, NULL },
        { { "https_proxy", "b" }, NULL, "b" },
        { { "HTTPS_PROXY", "b" }, NULL, "b" },
        { { "all_proxy", "c" }, "c", "c" },
        { { "ALL_PROXY", "c" }, "c", "c" },
        { { "http_proxy", "a", "https_proxy", "b" }, "a", "b" },
        { { "http_proxy", "a", "all_proxy", "c" }, "a", "c" },
        { { "https_proxy", "", "ALL_PROXY", "c" }, "c", "c" },
        { { "all_proxy", "c", "no_proxy", "crl.example.com" }, NULL, NULL },
        { { "all_proxy", "c", "no_proxy", "example.org" }, "c", "c" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *got[2], *want[] = { rows[i].http, rows[i].https };
        environment(rows[i].set);
        got[0] = vd_proxy_for("http", "crl.example.com");
        got[1] = vd_proxy_for("https", "crl.example.com");
        for (size_t k = 0; k < 2; k++) {
            if ((got[k] == NULL) != (want[k] == NULL) || (got[k] != NULL && strcmp(got[k], want[k]) != 0))
                fail_msg("row %zu, %s: %s", i, k ? "https" : "http", got[k] ? got[k] : "none");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(proxies) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
