/* SPDX-License-Identifier: Apache-2.0
 *
 * revcase.h - one revocation case: the small ecosystem with something changed, the ledger's points and
 * the CRLs, and what has to come of them.
 *
 * Owns:           the settings `points`, `trust`, `authorities`, `at`, `point/...`, `finds/...`,
 *                 `status/...` and the files of a case (tests/revocation/README.md).
 * Must not know:  the verifier.
 */
#ifndef PKI_REVCASE_H
#define PKI_REVCASE_H

#include "casefile.h"
#include "keys.h"

void revcase_write(struct casefile_case *c, struct keys *keys, const char *out);

#endif
