/* SPDX-License-Identifier: Apache-2.0
 *
 * node.h - a writer whose every element has a name, and can be changed by it.
 *
 * Owns:           nesting, DER and TLV headers, the operations that settings ask for.
 * Must not know:  what is written.
 *
 * A node of the object `dac` called `ku` has the path "dac.ku", the outermost node the path "dac".
 * When a node is closed, these settings change it, in this order:
 *
 *   PATH.order = NAME...       its children, in this order; may leave out and repeat
 *   PATH.content = EXPR        its content
 *   PATH.prepend, .append      before and after its content
 *   PATH.xor = OFFSET EXPR     octets of its content; a negative offset counts from the end
 *   PATH.tag, .length          DER: tag octet, length octets
 *   PATH.length-octets = N     DER: long form with N octets after the first
 *   PATH.control, .tag, .length, .end   TLV: control octet, tag, length, end of container
 *   PATH = EXPR                the whole element; "none" drops it
 *   PATH.cut = N               its last N octets are missing
 *   PATH.before, .after = EXPR octets beside it
 */
#ifndef PKI_NODE_H
#define PKI_NODE_H

#include "expr.h"
#include "settings.h"

struct node; /* one that is open */

struct writer {
    struct settings *set;
    const struct expr_env *env;
    const char *object;
    bool touched;      /* some setting is about this object */
    struct node *open; /* innermost first */
    struct buf out;    /* what is closed; the caller frees it */
};

#define NODE_ROOT "" /* the name of the outermost node */

struct writer node_writer(struct settings *set, const struct expr_env *env, const char *object);
/* A DER element. */
void node_open(struct writer *w, const char *name, unsigned tag);
/* Octets without a header. */
void node_open_raw(struct writer *w, const char *name);
/* A TLV element; `tag` -1 is anonymous, else a context tag. */
void node_open_tlv(struct writer *w, const char *name, unsigned type, int tag);
void node_close(struct writer *w);
/* Adds to the innermost open node. */
void node_add(struct writer *w, const void *p, size_t n);

/* Whole nodes. */
void node_der(struct writer *w, const char *name, unsigned tag, const void *p, size_t n);
void node_raw(struct writer *w, const char *name, const void *p, size_t n);
/* Bytes that went through a writer of their own: a child by name, without operations. */
void node_copy(struct writer *w, const char *name, const struct buf *whole);
void node_expr(struct writer *w, const char *name, const char *default_expr);
void node_uint(struct writer *w, const char *name, unsigned type, int tag, uint64_t v);
void node_string(struct writer *w, const char *name, unsigned type, int tag, const void *p,
                 size_t n);

#endif
