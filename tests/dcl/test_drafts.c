/* SPDX-License-Identifier: Apache-2.0
 *
 * test_drafts.c - how many certificates a trust list may be asked for.
 */
#include <veridac/dcl.h>

#include "limits.h"
#include "unit.h"

static void certificates(void **state)
{
    static veridac_bytes many[VD_MAX_ANCHORS + 1];
    static const uint8_t no_root[] = "no root";
    static const struct {
        size_t paas, signers, withdrawn;
        veridac_status want;
        const char *why;
    } rows[] = { { VD_MAX_ANCHORS, 0, 0, VERIDAC_BAD_DATA, "root" },
                 { 1, 2, VD_MAX_ANCHORS - 3, VERIDAC_BAD_DATA, "root" },
                 { VD_MAX_ANCHORS + 1, 0, 0, VERIDAC_TOO_LARGE, "more than" },
                 { 1, 2, VD_MAX_ANCHORS - 2, VERIDAC_TOO_LARGE, "more than" } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const veridac_trust_options o = { .size = sizeof o, .root = { no_root, sizeof no_root }, .at = 1,
                                          .paas = many, .n_paas = rows[i].paas, .cd_signers = many,
                                          .n_cd_signers = rows[i].signers, .withdrawn = many,
                                          .n_withdrawn = rows[i].withdrawn };
        veridac_buffer out = { NULL, 0 };
        veridac_error err = { .text = "" };
        assert_int_equal(veridac_trust_draft(&o, &out, &err), rows[i].want);
        assert_null(out.data);
        if (strstr(err.text, rows[i].why) == NULL)
            fail_msg("row %zu: %s", i, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(certificates) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
