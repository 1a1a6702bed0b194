/* SPDX-License-Identifier: Apache-2.0
 *
 * json_grammar.c - the grammar of RFC 8259, without recursion.
 *
 *   value := object | array | number | string | "true" | "false" | "null"
 * A stack of open containers and one state say what may come next.
 */
#include "json_grammar.h"

#include "limits.h"
#include "text.h"

enum expect { VALUE, VALUE_OR_END, NAME, NAME_OR_END, COLON, COMMA_OR_END, NOTHING };

struct scan {
    struct vd_span text;
    size_t at;
    uint8_t open[VD_MAX_JSON_DEPTH]; /* '{' or '[' */
    size_t depth;
    enum expect expect;
    const char *wrong;
};

static bool refuse(struct scan *s, const char *why)
{
    s->wrong = why;
    return false;
}

static int peek(const struct scan *s)
{
    return s->at < s->text.n ? s->text.p[s->at] : -1;
}

static bool unicode_escape(struct scan *s, unsigned *ret)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        int d = peek(s) < 0 ? -1 : vd_hex_digit((uint8_t)peek(s));
        if (d < 0)
            return refuse(s, "a broken \\u escape");
        v = v << 4 | (unsigned)d;
    }
    *ret = v;
    return true;
}

/* Behind "\u": surrogates only in pairs. */
static bool scan_unicode(struct scan *s)
{
    unsigned v, low;
    if (!unicode_escape(s, &v))
        return false;
    if (v >= 0xDC00 && v <= 0xDFFF)
        return refuse(s, "a lone surrogate");
    if (v < 0xD800 || v > 0xDBFF)
        return true;
    if (peek(s) != '\\' || vd_at(s->text, s->at + 1) != 'u')
        return refuse(s, "a lone surrogate");
    s->at += 2;
    return unicode_escape(s, &low) &&
           ((low >= 0xDC00 && low <= 0xDFFF) || refuse(s, "a lone surrogate"));
}

static bool scan_escape(struct scan *s)
{
    int c = peek(s);
    s->at += c >= 0;
    if (c == 'u')
        return scan_unicode(s);
    return c == '"' || c == '\\' || c == '/' || c == 'b' || c == 'f' || c == 'n' || c == 'r' ||
           c == 't' || refuse(s, "an escape that does not exist");
}

static bool scan_string(struct scan *s, bool name)
{
    size_t from = ++s->at;
    struct vd_span body;
    for (;;) {
        int c = peek(s);
        if (c < 0)
            return refuse(s, "a string that does not end");
        if (c < 0x20)
            return refuse(s, "a control character in a string");
        s->at++;
        if (c == '"')
            break;
        if (c == '\\' && name)
            return refuse(s, "an escape in a member name");
        if (c == '\\' && !scan_escape(s))
            return false;
    }
    (void)vd_span_slice(s->text, from, s->at - 1 - from, &body);
    return vd_utf8_valid(body) || refuse(s, "a string that is not UTF-8");
}

static bool digit(const struct scan *s)
{
    return peek(s) >= '0' && peek(s) <= '9';
}

static bool scan_digits(struct scan *s)
{
    if (!digit(s))
        return refuse(s, "a number without digits");
    while (digit(s))
        s->at++;
    return true;
}

static bool scan_number(struct scan *s)
{
    if (peek(s) == '-')
        s->at++;
    if (peek(s) == '0') {
        s->at++;
        if (digit(s))
            return refuse(s, "a number with a leading zero");
    } else if (!scan_digits(s)) {
        return false;
    }
    if (peek(s) == '.') {
        s->at++;
        if (!scan_digits(s))
            return false;
    }
    if (peek(s) == 'e' || peek(s) == 'E') {
        s->at++;
        if (peek(s) == '+' || peek(s) == '-')
            s->at++;
        return scan_digits(s);
    }
    return true;
}

static bool scan_word(struct scan *s)
{
    static const char *const words[] = { "true", "false", "null" };
    struct vd_span rest = vd_span_skip(s->text, s->at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct vd_span in = rest;
        if (vd_take_tag(&in, words[i])) {
            s->at += rest.n - in.n;
            return true;
        }
    }
    return refuse(s, "something that is no value");
}

static void value_done(struct scan *s)
{
    s->expect = s->depth == 0 ? NOTHING : COMMA_OR_END;
}

static bool open_container(struct scan *s, uint8_t c)
{
    if (s->depth == VD_MAX_JSON_DEPTH)
        return refuse(s, "too deep");
    s->open[s->depth++] = c;
    s->expect = c == '{' ? NAME_OR_END : VALUE_OR_END;
    s->at++;
    return true;
}

static bool close_container(struct scan *s, uint8_t c)
{
    if (s->depth == 0 || s->open[s->depth - 1] != (c == '}' ? '{' : '['))
        return refuse(s, "a bracket that closes nothing");
    s->depth--;
    s->at++;
    value_done(s);
    return true;
}

static bool scan_value(struct scan *s, int c)
{
    bool ok;
    if (c == '{' || c == '[')
        return open_container(s, (uint8_t)c);
    ok = c == '"' ? scan_string(s, false)
         : c == '-' || (c >= '0' && c <= '9') ? scan_number(s)
                                              : scan_word(s);
    if (ok)
        value_done(s);
    return ok;
}

static bool scan_name(struct scan *s, int c)
{
    if (c != '"')
        return refuse(s, "no member name");
    s->expect = COLON;
    return scan_string(s, true);
}

static bool scan_token(struct scan *s, int c)
{
    switch (s->expect) {
    case VALUE:
        return scan_value(s, c);
    case VALUE_OR_END:
        return c == ']' ? close_container(s, ']') : scan_value(s, c);
    case NAME_OR_END:
        return c == '}' ? close_container(s, '}') : scan_name(s, c);
    case NAME:
        return scan_name(s, c);
    case COLON:
        s->at++;
        s->expect = VALUE;
        return c == ':' || refuse(s, "no colon");
    case COMMA_OR_END:
        if (c == '}' || c == ']')
            return close_container(s, (uint8_t)c);
        s->at++;
        s->expect = s->open[s->depth - 1] == '{' ? NAME : VALUE;
        return c == ',' || refuse(s, "no comma");
    case NOTHING:
        break;
    }
    return refuse(s, "something after the text");
}

const char *vd_json_grammar(struct vd_span text, size_t *ret_at)
{
    struct scan s = { .text = text, .expect = VALUE };

    while (s.wrong == NULL) {
        while (peek(&s) >= 0 && vd_is_space((uint8_t)peek(&s)))
            s.at++;
        if (peek(&s) < 0)
            break;
        (void)scan_token(&s, peek(&s));
    }
    if (s.wrong == NULL && s.expect != NOTHING)
        s.wrong = "a text that does not end";
    *ret_at = s.at;
    return s.wrong;
}
