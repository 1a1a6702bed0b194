/* SPDX-License-Identifier: Apache-2.0
 *
 * test_nocsr.c - which field of a CSRResponse is which.
 */
#include "nocsr.h"
#include "unit.h"

/* Octet strings under the context tags 1 to 5. */
#define CSR "300101 11 "
#define NONCE "300201 22 "
#define VENDOR1 "300301 33 "
#define VENDOR2 "300401 44 "
#define VENDOR3 "300501 55 "

static void each_field_has_its_place(void **state)
{
    static const struct {
        const char *hex;
        uint8_t want[5]; /* csr, nonce, vendor_reserved1 to 3; 0: not there */
    } rows[] = { { "15" CSR NONCE "18", { 0x11, 0x22, 0, 0, 0 } },
                 { "15" CSR NONCE VENDOR1 "18", { 0x11, 0x22, 0x33, 0, 0 } },
                 { "15" CSR NONCE VENDOR2 "18", { 0x11, 0x22, 0, 0x44, 0 } },
                 { "15" CSR NONCE VENDOR3 "18", { 0x11, 0x22, 0, 0, 0x55 } },
                 { "15" CSR NONCE VENDOR1 VENDOR2 VENDOR3 "18", { 0x11, 0x22, 0x33, 0x44, 0x55 } } };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vd_buf in = unhex(rows[i].hex);
        struct vd_findings f;
        struct vd_nocsr n;
        vd_findings_reset(&f);
        ROW_TRUE(rows[i].hex, vd_nocsr_read(vd_buf_span(&in), &n, &f));
        {
            const struct vd_span got[] = { n.csr, n.nonce, n.vendor[0], n.vendor[1], n.vendor[2] };
            const bool has[] = { n.has_csr, n.has_nonce, n.has_vendor[0], n.has_vendor[1], n.has_vendor[2] };
            for (size_t k = 0; k < 5; k++) {
                const bool there = rows[i].want[k] != 0;
                ROW_EQ(rows[i].hex, has[k], there);
                ROW_TRUE(rows[i].hex, vd_span_eq(got[k], (struct vd_span){ &rows[i].want[k], there }));
            }
        }
        vd_buf_free(&in);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(each_field_has_its_place) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
