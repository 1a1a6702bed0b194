/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_cd.c - the content of a Certification Declaration.
 *
 * Reaches: vd_decl_read vd_decl_has_product vd_tlv_next
 * Properties: counts are below their ceilings and every product is found; without an error nothing
 * may be cut off or follow; the same structure in the shortest form says the same.
 */
#include "decl.h"

#include "fuzz_tlv.h"

static bool read_all(struct vd_span in, struct vd_decl *ret, bool *ret_error)
{
    struct vd_findings f;
    bool usable;
    vd_findings_reset(&f);
    usable = vd_decl_read(in, ret, &f);
    *ret_error = vd_findings_error(&f, 0) != NULL;
    INVARIANT(usable || f.n > 0);
    return usable;
}

static void same(const struct vd_decl *a, const struct vd_decl *b)
{
    INVARIANT(a->vendor_id == b->vendor_id && a->n_products == b->n_products &&
              a->n_paas == b->n_paas && a->device_type_id == b->device_type_id &&
              a->certification_type == b->certification_type && a->has_paas == b->has_paas &&
              a->has_origin_vid == b->has_origin_vid && a->has_origin_pid == b->has_origin_pid &&
              vd_span_eq(a->certificate_id, b->certificate_id));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };
    struct vd_buf other = VD_BUF(1u << 24);
    struct vd_decl d, e;
    bool error, error_other;

    (void)read_all(in, &d, &error);
    INVARIANT(d.n_products <= VD_MAX_CD_PRODUCTS && d.n_paas <= VD_MAX_CD_PAAS);
    for (size_t i = 0; i < d.n_products; i++)
        INVARIANT(vd_decl_has_product(&d, d.products[i]));
    for (size_t i = 0; i < d.n_paas; i++)
        fuzz_inside(in, d.paas[i]);
    if (!error) {
        (void)read_all((struct vd_span){ data, size - 1 }, &e, &error_other);
        INVARIANT(error_other);
        INVARIANT(fuzz_tlv_again(in, &other));
        (void)read_all(vd_buf_span(&other), &e, &error_other);
        INVARIANT(!error_other);
        same(&d, &e);
        INVARIANT(vd_buf_u8(&other, 0));
        (void)read_all(vd_buf_span(&other), &e, &error_other);
        INVARIANT(error_other);
    }
    vd_buf_free(&other);
    return 0;
}
