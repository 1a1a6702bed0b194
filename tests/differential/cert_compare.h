/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_compare.h - certificates, CRLs and envelopes as subjects of comparison.
 */
#ifndef DIFF_CERT_COMPARE_H
#define DIFF_CERT_COMPARE_H

#include "compare.h"

struct comparison cert_comparison(void);
struct comparison crl_comparison(void);
struct comparison cms_comparison(void);

#endif
