/* SPDX-License-Identifier: Apache-2.0
 *
 * json.c - tokens by jsmn, values and members on top of them.
 */
#include "json.h"

#include <stdlib.h>

#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS /* without them each closing bracket looks at all values before it */
#include <jsmn.h>

#include "json_grammar.h"
#include "limits.h"
#include "text.h"

struct vd_json {
    struct vd_span text;
    jsmntok_t *tokens;
    size_t *next; /* the token behind each value, its members included */
    size_t n;
};

static struct vd_span token_text(const struct vd_json *d, size_t i)
{
    struct vd_span ret = VD_NO_SPAN;
    const jsmntok_t *t = &d->tokens[i];
    (void)vd_span_slice(d->text, (size_t)t->start, (size_t)(t->end - t->start), &ret);
    return ret;
}

const char vd_json_no_memory[] = "out of memory";

/* ---- reading ---- */

static const char *tokenize(struct vd_json *d, unsigned most)
{
    jsmn_parser parser;
    const char *js = (const char *)d->text.p;
    int n;

    jsmn_init(&parser);
    n = jsmn_parse(&parser, js, d->text.n, NULL, 0);
    if (n <= 0 || (unsigned)n > most)
        return "too many values";
    d->tokens = calloc((size_t)n, sizeof *d->tokens);
    d->next = calloc((size_t)n, sizeof *d->next);
    if (d->tokens == NULL || d->next == NULL)
        return vd_json_no_memory;
    jsmn_init(&parser);
    if (jsmn_parse(&parser, js, d->text.n, d->tokens, (unsigned)n) != n)
        return "tokens that do not add up";
    d->n = (size_t)n;
    return NULL;
}

/* Where each value ends: containers are closed when a token starts behind them. */
static void link_tokens(struct vd_json *d)
{
    size_t open[VD_MAX_JSON_DEPTH * 2 + 2], depth = 0;
    for (size_t i = 0; i < d->n; i++) {
        while (depth > 0 && d->tokens[open[depth - 1]].end <= d->tokens[i].start)
            d->next[open[--depth]] = i;
        d->next[i] = i + 1;
        if (d->tokens[i].type == JSMN_OBJECT || d->tokens[i].type == JSMN_ARRAY)
            open[depth++] = i;
    }
    while (depth > 0)
        d->next[open[--depth]] = d->n;
}

static int by_text(const void *a, const void *b)
{
    return vd_span_cmp(*(const struct vd_span *)a, *(const struct vd_span *)b);
}

static const char *check_names(const struct vd_json *d, size_t object)
{
    size_t n = (size_t)d->tokens[object].size, k = 0;
    struct vd_span *names = calloc(n ? n : 1, sizeof *names);
    const char *wrong = names == NULL ? vd_json_no_memory : NULL;

    for (size_t i = object + 1; wrong == NULL && k < n; i = d->next[i + 1])
        names[k++] = token_text(d, i);
    if (wrong == NULL && n > 1)
        qsort(names, n, sizeof *names, by_text);
    for (size_t i = 1; wrong == NULL && i < n; i++) {
        if (vd_span_eq(names[i - 1], names[i]))
            wrong = "a member name twice";
    }
    free(names);
    return wrong;
}

static const char *check_objects(const struct vd_json *d)
{
    const char *wrong = NULL;
    for (size_t i = 0; i < d->n && wrong == NULL; i++) {
        if (d->tokens[i].type == JSMN_OBJECT)
            wrong = check_names(d, i);
    }
    return wrong;
}

static bool starts_container(struct vd_span text)
{
    size_t at = 0;
    while (vd_is_space(vd_at(text, at)))
        at++;
    return vd_at(text, at) == '{' || vd_at(text, at) == '[';
}

static const char *read(struct vd_span text, unsigned most_tokens, struct vd_json **ret, size_t *ret_at)
{
    struct vd_json *d;
    const char *wrong;
    size_t at = 0;

    wrong = vd_json_grammar(text, &at);
    if (wrong == NULL && !starts_container(text))
        wrong = "neither an object nor a list";
    if (ret_at != NULL)
        *ret_at = at;
    if (wrong != NULL)
        return wrong;
    d = calloc(1, sizeof *d);
    if (d == NULL)
        return vd_json_no_memory;
    d->text = text;
    wrong = tokenize(d, most_tokens);
    if (wrong == NULL) {
        link_tokens(d);
        wrong = check_objects(d);
    }
    if (wrong != NULL) {
        vd_json_free(d);
        return wrong;
    }
    *ret = d;
    return NULL;
}

const char *vd_json_read(struct vd_span text, struct vd_json **ret, size_t *ret_at)
{
    if (text.n > VD_MAX_JSON)
        return "larger than 8 MiB";
    return read(text, VD_MAX_JSON_TOKENS, ret, ret_at);
}

const char *vd_json_read_own(struct vd_span text, struct vd_json **ret)
{
    if (text.n > VD_MAX_OWN_JSON)
        return "larger than 256 MiB";
    return read(text, VD_MAX_OWN_JSON_TOKENS, ret, NULL);
}

void vd_json_free(struct vd_json *doc)
{
    if (doc == NULL)
        return;
    free(doc->tokens);
    free(doc->next);
    free(doc);
}

/* ---- looking ---- */

static const struct vd_json_value absent = { NULL, 0 };

static bool is(struct vd_json_value v, jsmntype_t type)
{
    return v.doc != NULL && v.doc->tokens[v.i].type == type;
}

struct vd_json_value vd_json_root(const struct vd_json *doc)
{
    return (struct vd_json_value){ doc, 0 };
}

bool vd_json_present(struct vd_json_value v)
{
    return v.doc != NULL;
}

bool vd_json_is_object(struct vd_json_value v)
{
    return is(v, JSMN_OBJECT);
}

bool vd_json_is_array(struct vd_json_value v)
{
    return is(v, JSMN_ARRAY);
}

bool vd_json_is_string(struct vd_json_value v)
{
    return is(v, JSMN_STRING);
}

bool vd_json_is_null(struct vd_json_value v)
{
    return is(v, JSMN_PRIMITIVE) && vd_span_is(vd_json_text(v), "null");
}

struct vd_span vd_json_text(struct vd_json_value v)
{
    return v.doc == NULL ? VD_NO_SPAN : token_text(v.doc, v.i);
}

struct vd_json_value vd_json_member(struct vd_json_value object, const char *name)
{
    const struct vd_json *d = object.doc;
    if (!vd_json_is_object(object))
        return absent;
    for (size_t i = object.i + 1; i < d->next[object.i]; i = d->next[i + 1]) {
        if (vd_span_is(token_text(d, i), name))
            return (struct vd_json_value){ d, i + 1 };
    }
    return absent;
}

struct vd_json_value vd_json_first_name(struct vd_json_value object)
{
    if (!vd_json_is_object(object) || object.doc->tokens[object.i].size == 0)
        return absent;
    return (struct vd_json_value){ object.doc, object.i + 1 };
}

struct vd_json_value vd_json_of_name(struct vd_json_value name)
{
    return name.doc == NULL ? absent : (struct vd_json_value){ name.doc, name.i + 1 };
}

/* An item needs its array to know where it ends; the end of the array is found by position. */
struct vd_json_value vd_json_first(struct vd_json_value array)
{
    if (!vd_json_is_array(array) || array.doc->tokens[array.i].size == 0)
        return absent;
    return (struct vd_json_value){ array.doc, array.i + 1 };
}

struct vd_json_value vd_json_next(struct vd_json_value item)
{
    const struct vd_json *d = item.doc;
    size_t next = d == NULL ? 0 : d->next[item.i], at;

    if (d == NULL || next >= d->n)
        return absent;
    /* between two items of one array stands a comma and nothing that closes */
    for (at = (size_t)d->tokens[item.i].end; at < (size_t)d->tokens[next].start; at++) {
        uint8_t c = vd_at(d->text, at);
        if (c == ']' || c == '}')
            return absent;
    }
    return (struct vd_json_value){ d, next };
}

/* ---- values ---- */

static bool put_utf8(struct vd_buf *out, unsigned v)
{
    if (v < 0x80)
        return vd_buf_u8(out, (uint8_t)v);
    if (v < 0x800)
        return vd_buf_u8(out, (uint8_t)(0xC0 | v >> 6)) &&
               vd_buf_u8(out, (uint8_t)(0x80 | (v & 0x3F)));
    if (v < 0x10000)
        return vd_buf_u8(out, (uint8_t)(0xE0 | v >> 12)) &&
               vd_buf_u8(out, (uint8_t)(0x80 | (v >> 6 & 0x3F))) &&
               vd_buf_u8(out, (uint8_t)(0x80 | (v & 0x3F)));
    return vd_buf_u8(out, (uint8_t)(0xF0 | v >> 18)) &&
           vd_buf_u8(out, (uint8_t)(0x80 | (v >> 12 & 0x3F))) &&
           vd_buf_u8(out, (uint8_t)(0x80 | (v >> 6 & 0x3F))) &&
           vd_buf_u8(out, (uint8_t)(0x80 | (v & 0x3F)));
}

static unsigned four_hex(struct vd_span in, size_t at)
{
    unsigned v = 0;
    for (size_t i = 0; i < 4; i++)
        v = v << 4 | ((unsigned)vd_hex_digit(vd_at(in, at + i)) & 15);
    return v;
}

/* The escape at `at` (behind the backslash); the grammar has checked it. Returns its length, 0 for
 * NUL. */
static size_t put_escape(struct vd_span in, size_t at, struct vd_buf *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t c = vd_at(in, at);
    unsigned v;

    for (size_t i = 0; i < sizeof from - 1; i++) {
        if (c == (uint8_t)from[i]) {
            (void)vd_buf_u8(out, (uint8_t)to[i]);
            return 1;
        }
    }
    v = four_hex(in, at + 1);
    if (v == 0) /* would cut the text for whoever reads it as a C string */
        return 0;
    if (v >= 0xD800 && v <= 0xDBFF) {
        v = 0x10000 + ((v - 0xD800) << 10) + (four_hex(in, at + 7) - 0xDC00);
        (void)put_utf8(out, v);
        return 11;
    }
    (void)put_utf8(out, v);
    return 5;
}

bool vd_json_string(struct vd_json_value v, struct vd_buf *out)
{
    struct vd_span in = vd_json_text(v);
    if (!vd_json_is_string(v))
        return false;
    for (size_t i = 0; i < in.n && !out->failed;) {
        size_t n = 0;
        if (in.p[i] != '\\') {
            (void)vd_buf_u8(out, in.p[i++]);
            continue;
        }
        n = put_escape(in, i + 1, out);
        if (n == 0)
            return false;
        i += 1 + n;
    }
    return !out->failed;
}

bool vd_json_bool(struct vd_json_value v, bool *ret)
{
    struct vd_span text = vd_json_text(v);
    if (!is(v, JSMN_PRIMITIVE) || !(vd_span_is(text, "true") || vd_span_is(text, "false")))
        return false;
    *ret = vd_span_is(text, "true");
    return true;
}

bool vd_json_uint(struct vd_json_value v, uint64_t max, uint64_t *ret)
{
    struct vd_span text = vd_json_text(v);
    return (is(v, JSMN_PRIMITIVE) || is(v, JSMN_STRING)) &&
           (text.n == 1 || vd_at(text, 0) != '0') && vd_decimal_read(text, max, ret);
}
