/* SPDX-License-Identifier: Apache-2.0
 *
 * signing.c - a signature over a tree.
 */
#include "signing.h"

#include "der.h"

struct bytes signing_bits(struct keys *keys, struct arena *a, const struct element *signed_part,
                          const char *label, enum keys_form form)
{
    struct bytes tbs = tree_write(a, signed_part), ret;
    struct buf message = { .p = NULL }, values = { .p = NULL }, der = { .p = NULL };
    uint8_t raw[64];

    buf_add(&message, tbs.p, tbs.n);
    keys_sign(keys, label, &message, form, raw);
    der_ecdsa(&values, raw);
    buf_u8(&der, 0);
    der_put(&der, 0x30, values.p, values.n);
    ret = (struct bytes){ arena_copy(a, der.p, der.n), der.n };
    buf_free(&message);
    buf_free(&values);
    buf_free(&der);
    return ret;
}
