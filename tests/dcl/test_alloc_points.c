/* SPDX-License-Identifier: Apache-2.0
 *
 * test_alloc_points.c - each allocation fails in turn (alloc.h) while points are loaded: a point that
 * there was no memory for is never one point less.
 */
#include <veridac/dcl.h>

#include "alloc.h"
#include "buf.h"
#include "points_load.h"

#define POINT(label, more) \
    "{\"vid\":65521,\"pid\":0,\"isPAA\":true,\"label\":\"" label "\",\"crlSignerCertificate\":\"MA==\"," \
    "\"issuerSubjectKeyID\":\"6AFD22771F511FECBF1641976710DCDC31A1717E\"," \
    "\"dataURL\":\"https://crl.example/" label "\",\"dataFileSize\":\"0\",\"dataDigest\":\"\"," \
    "\"dataDigestType\":0,\"revocationType\":1" more "}"

static const char page[] = "{\"PkiRevocationDistributionPoint\":[" POINT("one", "") "," POINT("two", "") ","
                           POINT("three", ",\"schemaVersion\":\"none\"") "]}";
static const char lines[] = POINT("one", "") "\n" POINT("two", "") "\n";

/* How many points the set has afterwards, and what was said. */
static veridac_status load(bool as_lines, veridac_buffer *ret)
{
    veridac_load_report report = { .size = sizeof report };
    veridac_revset_view view = { .size = sizeof view };
    struct vd_buf text = VD_BUF(1024);
    veridac_trust *trust = NULL;
    veridac_revset *set = NULL;
    uint32_t broken = 0;
    veridac_status st;
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST, .at = 1790000000 };

    fault.on = false;
    assert_int_equal(veridac_trust_new(&trust), VERIDAC_OK);
    assert_int_equal(veridac_revset_new(trust, &o, &set), VERIDAC_OK);
    fault.on = fault.at != SIZE_MAX;
    st = as_lines ? vd_points_load_lines(set, vd_span_str(lines), false, &broken, NULL)
                  : veridac_points_load(set, (veridac_bytes){ (const uint8_t *)page, sizeof page - 1 }, &report,
                                        NULL);
    fault.on = false;
    if (st == VERIDAC_OK) {
        assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
        assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
        assert_int_equal(veridac_revset_look(set, &view), VERIDAC_OK);
        (void)vd_buf_fmt(&text, "%u points, %u %u: %s", view.n_points, report.added, broken, report.text);
        *ret = (veridac_buffer){ text.p, text.n };
    }
    veridac_revset_free(set);
    veridac_trust_free(trust);
    return st;
}

static veridac_status a_page(veridac_buffer *ret)
{
    return load(false, ret);
}

static veridac_status lines_of_a_state(veridac_buffer *ret)
{
    return load(true, ret);
}

static void points(void **state)
{
    static const struct call calls[] = { { "points_load", a_page }, { "lines of a state", lines_of_a_state } };
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        size_t n;
        fault.at = SIZE_MAX; /* the first runs fail nothing */
        n = sweep(&calls[i]);
        assert_true(n > 3);
        print_message("%s: %zu\n", calls[i].name, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(points) };
    return alloc_main(tests, 1, NULL, NULL);
}
