/* SPDX-License-Identifier: Apache-2.0
 *
 * expr.h - byte expressions: how case files and tables write bytes down.
 *
 * Owns:           the language (tests/cases/README.md describes it for authors).
 * Must not know:  where the bytes go.
 *
 *   expr := "none" | { item [ "*" COUNT ] }
 *   item := HH                    one octet, two of 0-9A-F
 *         | "text"                its octets; \" and \\ stand for themselves
 *         | "(" expr ")"          a group, to be repeated
 *         | HH "{" expr "}"       a DER element with this tag
 *         | name [ "/" HH ] "(" arguments ")"
 */
#ifndef PKI_EXPR_H
#define PKI_EXPR_H

#include "buf.h"
#include "keys.h"

struct expr_env {
    struct keys *keys;
    /* Bytes of the object `label`: its DER, or its subject Name. Dies when there is none. */
    void (*object)(void *ctx, const char *label, int subject, struct buf *out);
    void *ctx;
    size_t fill;    /* how many octets fill() gives */
    unsigned octet; /* and which */
};

/* Appends the bytes; `where` names the setting in messages. */
void expr_eval(const struct expr_env *env, const char *where, const char *text, struct buf *out);

#endif
