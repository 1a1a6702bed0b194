/* SPDX-License-Identifier: Apache-2.0
 *
 * makecase.h - one case: from its settings to a folder with the inputs of one verification.
 *
 * Owns:           the good base from which every case starts, and the layout of the folder.
 * Must not know:  the grammar of case files.
 */
#ifndef PKI_MAKECASE_H
#define PKI_MAKECASE_H

#include "casefile.h"
#include "keys.h"

/* Removes the case folders of an earlier run. */
void makecase_clear(const char *out);
void makecase_write(struct casefile_case *c, struct keys *keys, const char *out);

#endif
