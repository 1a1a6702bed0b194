/* SPDX-License-Identifier: Apache-2.0
 *
 * explained.h - the reviewed list of disagreements (explained.txt).
 *
 * Owns:           reading the list, and whether a disagreement is on it.
 * Must not know:  operators, certificates.
 *
 * A line is
 *
 *   FAMILY | SIDE | REASON | CLAUSE | SENTENCE
 *
 * FAMILY is `certificates`, `crls` or `cms`. SIDE is who refuses what the other one accepts, `veridac` or
 * `openssl`; `*` in a REASON stands for any characters. A disagreement is explained when every
 * single reason of the side that refuses is on the list for that side: one that is not must not
 * hide behind one that is. FAMILY/pyca is for pyca.py.
 */
#ifndef DIFF_EXPLAINED_H
#define DIFF_EXPLAINED_H

#include <stdint.h>

#include "view.h"

enum side { SIDE_VERIDAC, SIDE_OPENSSL };

struct explained_row {
    enum side side;
    char *reason, *clause, *sentence;
    int line;
};

struct explained {
    struct explained_row *v;
    size_t n;
    char *text;
};

/* The rows of this family. Dies with the line when it is not a row. */
void explained_read(const char *path, const char *family, struct explained *ret);
void explained_free(struct explained *e);
/* Counts each row that a reason met, once per disagreement. */
bool explained_all(const struct explained *e, enum side side, const struct view *why,
                   uint64_t *met);

#endif
