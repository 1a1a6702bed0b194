/* SPDX-License-Identifier: Apache-2.0
 *
 * casefile.h - reads *.cases files.
 *
 * Owns:           their grammar (tests/cases/README.md) and inheritance.
 * Must not know:  which settings exist.
 */
#ifndef PKI_CASEFILE_H
#define PKI_CASEFILE_H

#include "settings.h"

struct casefile_case {
    char *name;
    char *file; /* where it is written down */
    int line;
    struct settings set; /* directives and settings, its own and the inherited ones */
    bool resolved;
};

struct casefile {
    struct casefile_case *v;
    size_t n;
};

/* Every case of every *.cases file in the folder, in the order of file name and line. */
void casefile_read(const char *folder, struct casefile *ret);
void casefile_free(struct casefile *all);

#endif
