/* SPDX-License-Identifier: Apache-2.0
 *
 * expr.c - byte expressions.
 */
#include "expr.h"

#include <stdlib.h>
#include <string.h>

#include "der.h"
#include "die.h"

#define MAX_OCTETS (1u << 20) /* of one expression; the largest case needs 70000 */

struct parser {
    const struct expr_env *env;
    const char *where, *at;
};

static void items(struct parser *p, char stop, struct buf *out);

static _Noreturn void fail(const struct parser *p, const char *wanted)
{
    die(DIE_CASE, "%s: expected %s at \"%s\"", p->where, wanted, p->at);
}

static void skip_space(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\t')
        p->at++;
}

static void expect(struct parser *p, char c)
{
    const char wanted[] = { c, 0 };
    skip_space(p);
    if (*p->at != c)
        fail(p, wanted);
    p->at++;
}

static int nibble(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static unsigned hex_pair(struct parser *p)
{
    int high = nibble(p->at[0]), low = high < 0 ? -1 : nibble(p->at[1]);
    if (low < 0)
        fail(p, "two of 0-9A-F");
    p->at += 2;
    return (unsigned)(high << 4 | low);
}

static uint64_t number(struct parser *p)
{
    char *after;
    uint64_t v;
    skip_space(p);
    v = strtoull(p->at, &after, 0);
    if (after == p->at)
        fail(p, "a number");
    p->at = after;
    return v;
}

/* Characters up to ',' or ')', copied without surrounding space. */
static void word(struct parser *p, char *ret, size_t size)
{
    size_t n;
    skip_space(p);
    n = strcspn(p->at, " ,)");
    if (n == 0 || n >= size)
        fail(p, "a label");
    memcpy(ret, p->at, n);
    ret[n] = 0;
    p->at += n;
}

static void quoted(struct parser *p, struct buf *out)
{
    for (p->at++; *p->at != '"'; p->at++) {
        if (*p->at == '\\')
            p->at++;
        if (*p->at == 0)
            fail(p, "a closing quote");
        buf_u8(out, (uint8_t)*p->at);
    }
    p->at++;
}

/* ---- functions; each reads its arguments up to, not including, the ")" ---- */

/* cn("..."): one RDN with one attribute; a-cn("..."): the AttributeTypeAndValue alone. */
static const struct {
    const char *name;
    const char *oid;
} attributes[] = {
    { "cn", "2.5.4.3" },
    { "serialnumber", "2.5.4.5" },
    { "c", "2.5.4.6" },
    { "o", "2.5.4.10" },
    { "ou", "2.5.4.11" },
    { "vid", "1.3.6.1.4.1.37244.2.1" },
    { "pid", "1.3.6.1.4.1.37244.2.2" },
};

static int attribute(struct parser *p, const char *name, unsigned type, struct buf *out)
{
    struct buf oid = { .p = NULL }, value = { .p = NULL }, both = { .p = NULL };
    int alone = strncmp(name, "a-", 2) == 0;
    size_t i = 0, n = sizeof attributes / sizeof attributes[0];

    while (i < n && strcmp(attributes[i].name, name + (alone ? 2 : 0)) != 0)
        i++;
    if (i == n)
        return 0;
    (void)der_oid(&oid, attributes[i].oid, strlen(attributes[i].oid));
    items(p, ')', &value);
    der_put(&both, 0x06, oid.p, oid.n);
    der_put(&both, type, value.p, value.n);
    value.n = 0;
    der_put(&value, 0x30, both.p, both.n);
    if (alone)
        buf_join(out, &value);
    else
        der_put(out, 0x31, value.p, value.n);
    buf_free(&oid);
    buf_free(&value);
    buf_free(&both);
    return 1;
}

static void fn_name(struct parser *p, unsigned type, struct buf *out)
{
    struct buf content = { .p = NULL };
    items(p, ')', &content);
    der_put(out, type, content.p, content.n);
    buf_free(&content);
}

static void fn_oid(struct parser *p, unsigned type, struct buf *out)
{
    struct buf content = { .p = NULL };
    char dotted[80];
    word(p, dotted, sizeof dotted);
    if (!der_oid(&content, dotted, strlen(dotted)))
        fail(p, "a dotted OID");
    der_put(out, type, content.p, content.n);
    buf_free(&content);
}

static void fn_sha256(struct parser *p, unsigned type, struct buf *out)
{
    struct buf content = { .p = NULL };
    uint8_t digest[32];
    (void)type;
    items(p, ')', &content);
    keys_sha256(content.p, content.n, digest);
    buf_add(out, digest, sizeof digest);
    buf_free(&content);
}

static void fn_keyid(struct parser *p, unsigned type, struct buf *out)
{
    char label[64];
    (void)type;
    word(p, label, sizeof label);
    buf_add(out, keys_get(p->env->keys, label)->id, 20);
}

static void fn_point(struct parser *p, unsigned type, struct buf *out)
{
    char label[64];
    (void)type;
    word(p, label, sizeof label);
    buf_add(out, keys_get(p->env->keys, label)->point, 65);
}

static void fn_compressed(struct parser *p, unsigned type, struct buf *out)
{
    char label[64];
    const struct key *key;
    (void)type;
    word(p, label, sizeof label);
    key = keys_get(p->env->keys, label);
    buf_u8(out, 2u | (key->point[64] & 1u));
    buf_add(out, key->point + 1, 32);
}

static void object(struct parser *p, int subject, struct buf *out)
{
    char label[64];
    word(p, label, sizeof label);
    p->env->object(p->env->ctx, label, subject, out);
}

static void fn_subject(struct parser *p, unsigned type, struct buf *out)
{
    (void)type;
    object(p, 1, out);
}

static void fn_der(struct parser *p, unsigned type, struct buf *out)
{
    (void)type;
    object(p, 0, out);
}

static void fn_fill(struct parser *p, unsigned type, struct buf *out)
{
    (void)type;
    for (size_t i = 0; i < p->env->fill; i++)
        buf_u8(out, p->env->octet);
}

/* Matter TLV with a context tag, or "_" for none: u16(9, 0xFFF1), oct(2, 00*32), array(2, ...) */
static void tlv_head(struct parser *p, unsigned type, struct buf *out)
{
    uint64_t tag;
    skip_space(p);
    if (*p->at == '_') {
        p->at++;
        buf_u8(out, type);
    } else {
        tag = number(p);
        buf_u8(out, 0x20u | type);
        buf_u8(out, (unsigned)tag & 0xFF);
    }
    skip_space(p);
    if (*p->at == ',')
        p->at++;
}

static void fn_uint(struct parser *p, unsigned type, struct buf *out)
{
    tlv_head(p, type, out);
    buf_le(out, number(p), (size_t)1 << (type & 3));
}

static void fn_string(struct parser *p, unsigned type, struct buf *out)
{
    struct buf content = { .p = NULL };
    tlv_head(p, type, out);
    items(p, ')', &content);
    buf_le(out, content.n, (size_t)1 << (type & 3));
    buf_join(out, &content);
    buf_free(&content);
}

/* A vendor-reserved octet string: vendor(0xFFF1, 0x3E, 1, "text") */
static void fn_vendor(struct parser *p, unsigned type, struct buf *out)
{
    struct buf content = { .p = NULL };

    buf_u8(out, 0xC0u | type);
    for (int i = 0; i < 3; i++) {
        buf_le(out, number(p), 2);
        expect(p, ',');
    }
    items(p, ')', &content);
    buf_le(out, content.n, 2);
    buf_join(out, &content);
    buf_free(&content);
}

static void fn_container(struct parser *p, unsigned type, struct buf *out)
{
    tlv_head(p, type, out);
    items(p, ')', out);
    buf_u8(out, 0x18);
}

static const struct {
    const char *name;
    unsigned type; /* DER tag or TLV element type, where the function takes one */
    void (*run)(struct parser *p, unsigned type, struct buf *out);
} functions[] = {
    { "name", 0x30, fn_name },       { "oid", 0x06, fn_oid },
    { "sha256", 0, fn_sha256 },      { "keyid", 0, fn_keyid },
    { "point", 0, fn_point },        { "compressed", 0, fn_compressed },
    { "subject", 0, fn_subject },    { "der", 0, fn_der },
    { "fill", 0, fn_fill },          { "u8", 0x04, fn_uint },
    { "u16", 0x05, fn_uint },        { "u32", 0x06, fn_uint },
    { "u64", 0x07, fn_uint },        { "i8", 0x00, fn_uint },
    { "i16", 0x01, fn_uint },        { "i32", 0x02, fn_uint },
    { "utf8", 0x0C, fn_string },     { "oct", 0x10, fn_string },
    { "oct16", 0x11, fn_string },    { "struct", 0x15, fn_container },
    { "array", 0x16, fn_container }, { "list", 0x17, fn_container },
    { "vendor", 0x11, fn_vendor },
};

static void call(struct parser *p, struct buf *out)
{
    char name[24];
    size_t n = strcspn(p->at, "(/ "), i = 0;
    unsigned type = 0x0C; /* UTF8String */

    if (n >= sizeof name)
        fail(p, "a function");
    memcpy(name, p->at, n);
    name[n] = 0;
    while (i < sizeof functions / sizeof functions[0] && strcmp(functions[i].name, name) != 0)
        i++;
    p->at += n;
    if (*p->at == '/') {
        p->at++;
        type = hex_pair(p);
    }
    expect(p, '(');
    if (i < sizeof functions / sizeof functions[0])
        functions[i].run(p, functions[i].type, out);
    else if (!attribute(p, name, type, out))
        fail(p, "the arguments of a known function");
    expect(p, ')');
}

static void octet_or_element(struct parser *p, struct buf *out)
{
    struct buf content = { .p = NULL };
    unsigned v = hex_pair(p);

    if (*p->at != '{') {
        buf_u8(out, v);
        return;
    }
    p->at++;
    items(p, '}', &content);
    expect(p, '}');
    der_put(out, v, content.p, content.n);
    buf_free(&content);
}

static void group(struct parser *p, struct buf *out)
{
    p->at++;
    items(p, ')', out);
    expect(p, ')');
}

static void item(struct parser *p, struct buf *out)
{
    struct buf one = { .p = NULL };
    uint64_t times = 1;

    if (*p->at == '"')
        quoted(p, &one);
    else if (*p->at == '(')
        group(p, &one);
    else if (nibble(*p->at) >= 0)
        octet_or_element(p, &one);
    else if (*p->at >= 'a' && *p->at <= 'z')
        call(p, &one);
    else
        fail(p, "an octet, a string or a function");
    if (*p->at == '*') {
        p->at++;
        times = number(p);
    }
    if (times > MAX_OCTETS || out->n + one.n * times > MAX_OCTETS)
        fail(p, "fewer octets");
    for (uint64_t i = 0; i < times; i++)
        buf_join(out, &one);
    buf_free(&one);
}

static void items(struct parser *p, char stop, struct buf *out)
{
    for (skip_space(p); *p->at != stop && *p->at != 0; skip_space(p))
        item(p, out);
}

void expr_eval(const struct expr_env *env, const char *where, const char *text, struct buf *out)
{
    struct parser p = { env, where, text };
    if (strcmp(text, "none") == 0)
        return;
    items(&p, 0, out);
}
