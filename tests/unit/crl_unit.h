/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_unit.h - a CRL for a set, without a word about where it comes from.
 */
#ifndef CRL_UNIT_H
#define CRL_UNIT_H

#include <veridac/veridac.h>

static inline veridac_status unit_crl_begin(veridac_revset *set, const char *url, int64_t last_ok,
                                            veridac_crl **ret)
{
    const veridac_crl_options o = { .size = sizeof o, .url = url, .last_ok = last_ok };
    return veridac_revset_crl_begin(set, &o, ret);
}

#endif
