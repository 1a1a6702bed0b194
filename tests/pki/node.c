/* SPDX-License-Identifier: Apache-2.0
 *
 * node.c - a writer whose every element has a name, and can be changed by it.
 */
#include "node.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "die.h"

#define MAX_CHILDREN 48
#define TLV_END 0x18u

enum kind { RAW, DER, TLV };

struct child {
    char name[32];
    size_t start, n;
};

struct node {
    struct node *outside;
    char name[32];
    enum kind kind;
    unsigned tag; /* DER tag octet, or TLV element type */
    int context;  /* TLV: context tag, -1 for none */
    struct buf content;
    struct child children[MAX_CHILDREN];
    size_t n_children;
};

struct writer node_writer(struct settings *set, const struct expr_env *env, const char *object)
{
    return (struct writer){
        .set = set, .env = env, .object = object, .touched = settings_touch(set, object)
    };
}

static void open_node(struct writer *w, const char *name, enum kind kind, unsigned tag, int context)
{
    struct node *node = calloc(1, sizeof *node);
    if (node == NULL)
        die(DIE_INTERNAL, "out of memory");
    (void)snprintf(node->name, sizeof node->name, "%s", name);
    node->kind = kind;
    node->tag = tag;
    node->context = context;
    node->outside = w->open;
    w->open = node;
}

void node_open(struct writer *w, const char *name, unsigned tag)
{
    open_node(w, name, DER, tag, -1);
}

void node_open_raw(struct writer *w, const char *name)
{
    open_node(w, name, RAW, 0, -1);
}

void node_open_tlv(struct writer *w, const char *name, unsigned type, int tag)
{
    open_node(w, name, TLV, type, tag);
}

void node_add(struct writer *w, const void *p, size_t n)
{
    buf_add(&w->open->content, p, n);
}

/* ---- operations ---- */

/* The setting of an operation on the innermost node; its path is left in `path`. */
static const char *setting(const struct writer *w, const char *operation, char path[160])
{
    const char *name = w->open->name;
    if (!w->touched)
        return NULL;
    (void)snprintf(path, 160, "%s%s%s%s%s", w->object, name[0] ? "." : "", name,
                   operation[0] ? "." : "", operation);
    return settings_get(w->set, path);
}

/* Evaluates the operation's expression into `ret`; 0 when it is not set. */
static int change(const struct writer *w, const char *operation, struct buf *ret)
{
    char path[160];
    const char *text = setting(w, operation, path);
    if (text == NULL)
        return 0;
    expr_eval(w->env, path, text, ret);
    return 1;
}

static const struct child *child(const struct node *node, const char *name, size_t n,
                                 const char *path)
{
    for (size_t i = 0; i < node->n_children; i++) {
        if (strlen(node->children[i].name) == n && memcmp(node->children[i].name, name, n) == 0)
            return &node->children[i];
    }
    die(DIE_CASE, "%s: nothing there is called \"%.*s\"", path, (int)n, name);
}

static void reorder(struct writer *w)
{
    char path[160];
    const char *text = setting(w, "order", path);
    struct buf content = { .p = NULL };

    if (text == NULL)
        return;
    while (*(text += strspn(text, " ")) != 0) {
        size_t n = strcspn(text, " ");
        const struct child *c = child(w->open, text, n, path);
        buf_add(&content, w->open->content.p + c->start, c->n);
        text += n;
    }
    buf_free(&w->open->content);
    w->open->content = content;
}

static void exclusive_or(struct writer *w)
{
    char path[160], *after;
    const char *text = setting(w, "xor", path);
    struct buf mask = { .p = NULL }, *content = &w->open->content;
    long offset;

    if (text == NULL)
        return;
    offset = strtol(text, &after, 10);
    expr_eval(w->env, path, after, &mask);
    if (offset < 0)
        offset += (long)content->n;
    if (after == text || offset < 0 || (size_t)offset + mask.n > content->n)
        die(DIE_CASE, "%s: offset outside of %zu octets", path, content->n);
    for (size_t i = 0; i < mask.n; i++)
        content->p[(size_t)offset + i] ^= mask.p[i];
    buf_free(&mask);
}

static void edit_content(struct writer *w)
{
    struct buf edited = { .p = NULL };

    reorder(w);
    (void)change(w, "prepend", &edited);
    if (!change(w, "content", &edited))
        buf_join(&edited, &w->open->content);
    (void)change(w, "append", &edited);
    buf_free(&w->open->content);
    w->open->content = edited;
    exclusive_or(w);
}

/* ---- headers ---- */

static void put_or(const struct writer *w, const char *operation, unsigned fallback,
                   struct buf *out)
{
    if (!change(w, operation, out))
        buf_u8(out, fallback);
}

static void wrap_der(const struct writer *w, struct buf *out)
{
    char path[160];
    const char *octets = setting(w, "length-octets", path);

    put_or(w, "tag", w->open->tag, out);
    if (!change(w, "length", out))
        der_length(out, w->open->content.n, octets == NULL ? 0 : strtoul(octets, NULL, 10));
    buf_join(out, &w->open->content);
}

static void wrap_tlv(const struct writer *w, struct buf *out)
{
    const struct node *node = w->open;
    unsigned type;

    put_or(w, "control", node->tag | (node->context < 0 ? 0u : 0x20u), out);
    type = out->n > 0 ? out->p[out->n - 1] & 0x1Fu : 0;
    if (!change(w, "tag", out) && node->context >= 0)
        buf_u8(out, (unsigned)node->context);
    if (!change(w, "length", out) && type >= 0x0C && type <= 0x13)
        buf_le(out, node->content.n, (size_t)1 << (type & 3));
    buf_join(out, &node->content);
    if (!change(w, "end", out) && type >= 0x15 && type <= 0x17)
        buf_u8(out, TLV_END);
}

static void cut(const struct writer *w, struct buf *element)
{
    char path[160];
    const char *text = setting(w, "cut", path);
    unsigned long n = text == NULL ? 0 : strtoul(text, NULL, 10);

    if (n > element->n)
        die(DIE_CASE, "%s: there are only %zu octets", path, element->n);
    element->n -= n;
}

static void remember_child(struct node *parent, const char *name, size_t start)
{
    struct child *c = &parent->children[parent->n_children];
    if (parent->n_children == MAX_CHILDREN)
        die(DIE_INTERNAL, "too many parts in %s", parent->name);
    (void)snprintf(c->name, sizeof c->name, "%s", name);
    c->start = start;
    c->n = parent->content.n - start;
    parent->n_children++;
}

void node_close(struct writer *w)
{
    struct buf element = { .p = NULL };
    struct node *node = w->open;
    struct buf *target = node->outside == NULL ? &w->out : &node->outside->content;
    size_t start = target->n;

    edit_content(w);
    if (!change(w, "", &element)) {
        if (node->kind == DER)
            wrap_der(w, &element);
        else if (node->kind == TLV)
            wrap_tlv(w, &element);
        else
            buf_join(&element, &node->content);
    }
    cut(w, &element);
    (void)change(w, "before", target);
    buf_join(target, &element);
    (void)change(w, "after", target);
    if (node->outside != NULL)
        remember_child(node->outside, node->name, start);
    w->open = node->outside;
    buf_free(&element);
    buf_free(&node->content);
    free(node);
}

/* ---- whole nodes ---- */

void node_der(struct writer *w, const char *name, unsigned tag, const void *p, size_t n)
{
    node_open(w, name, tag);
    node_add(w, p, n);
    node_close(w);
}

void node_raw(struct writer *w, const char *name, const void *p, size_t n)
{
    node_open_raw(w, name);
    node_add(w, p, n);
    node_close(w);
}

void node_copy(struct writer *w, const char *name, const struct buf *whole)
{
    size_t start = w->open->content.n;
    buf_join(&w->open->content, whole);
    remember_child(w->open, name, start);
}

void node_expr(struct writer *w, const char *name, const char *default_expr)
{
    node_open_raw(w, name);
    expr_eval(w->env, name, default_expr, &w->open->content);
    node_close(w);
}

void node_uint(struct writer *w, const char *name, unsigned type, int tag, uint64_t v)
{
    node_open_tlv(w, name, type, tag);
    buf_le(&w->open->content, v, (size_t)1 << (type & 3));
    node_close(w);
}

void node_string(struct writer *w, const char *name, unsigned type, int tag, const void *p,
                 size_t n)
{
    node_open_tlv(w, name, type, tag);
    node_add(w, p, n);
    node_close(w);
}
