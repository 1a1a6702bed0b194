/* SPDX-License-Identifier: Apache-2.0
 *
 * signing.h - a signature over a tree.
 */
#ifndef DIFF_SIGNING_H
#define DIFF_SIGNING_H

#include "keys.h"
#include "tree.h"

/* The content of the BIT STRING: no unused bits, Ecdsa-Sig-Value over what `signed_part` is now. */
struct bytes signing_bits(struct keys *keys, struct arena *a, const struct element *signed_part,
                          const char *label, enum keys_form form);

#endif
