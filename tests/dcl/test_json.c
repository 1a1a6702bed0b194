/* SPDX-License-Identifier: Apache-2.0
 *
 * test_json.c - the strict JSON reader: what RFC 8259 refuses is refused, with its reason; each
 * refusal beside a twin that differs in one thing and is read.
 */
#include "unit.h"

#include "json.h"
#include "limits.h"

static const char *read_text(struct vd_span text, struct vd_json **ret, size_t *ret_at)
{
    *ret = NULL;
    return vd_json_read(text, ret, ret_at);
}

/* The reason, or NULL; nothing is kept. */
static const char *why(struct vd_span text)
{
    struct vd_json *doc;
    size_t at = 0;
    const char *wrong = read_text(text, &doc, &at);
    assert_true(wrong == NULL || doc == NULL);
    assert_true(at <= text.n);
    vd_json_free(doc);
    return wrong;
}

static void same_reason(const char *row, const char *got, const char *want)
{
    if (got == NULL || want == NULL ? got != want : strcmp(got, want) != 0) {
        print_error("row: %s: '%s', wanted '%s'\n", row, got ? got : "accepted",
                    want ? want : "accepted");
        fail();
    }
}

/* `good` is accepted; `bad` differs from it in one thing and is refused with `reason`. */
static const struct {
    const char *name, *good, *bad, *reason;
} rows[] = {
    /* what jsmn, even strict, lets through */
    { "colon", "{\"a\":\"b\"}", "{\"a\" \"b\"}", "no colon" },
    { "comma in a list", "[1,2]", "[1 2]", "no comma" },
    { "comma in an object", "{\"a\":1,\"b\":2}", "{\"a\":1 \"b\":2}", "no comma" },
    { "comma at the end of an object", "{\"a\":1}", "{\"a\":1,}", "no member name" },
    { "comma at the end of a list", "[1]", "[1,]", "something that is no value" },
    { "comma at the start", "[1]", "[,1]", "something that is no value" },
    { "two commas", "[1,1]", "[1,,1]", "something that is no value" },
    { "leading zero", "[0]", "[01]", "a number with a leading zero" },
    { "minus and leading zero", "[-0]", "[-01]", "a number with a leading zero" },
    { "lone high surrogate", "[\"\\uD83D\\uDE00\"]", "[\"\\uD83D\"]", "a lone surrogate" },
    { "lone low surrogate", "[\"\\uD83D\\uDE00\"]", "[\"\\uDE00\"]", "a lone surrogate" },
    { "surrogates the wrong way round", "[\"\\uD83D\\uDE00\"]", "[\"\\uDE00\\uD83D\"]",
      "a lone surrogate" },
    { "surrogate and a plain escape", "[\"\\uD83D\\uDE00\"]", "[\"\\uD83D\\u0041\"]",
      "a lone surrogate" },
    { "surrogate and then another fault", "[\"\\uD83D\\uDE00\\n\"]", "[\"\\uD83D\\u0041\\q\"]",
      "a lone surrogate" }, /* the first one is told */
    { "surrogate and a letter", "[\"\\uD83D\\uDE00\"]", "[\"\\uD83Dx\"]", "a lone surrogate" },
    { "half a word", "[true]", "[tru]", "something that is no value" },
    { "half a null", "[null]", "[nul]", "something that is no value" },
    { "word in capitals", "[true]", "[TRUE]", "something that is no value" },
    { "word and a letter", "[true]", "[truex]", "no comma" },
    { "two values", "{}", "{}{}", "something after the text" },
    /* numbers */
    { "plus", "[1]", "[+1]", "something that is no value" },
    { "minus alone", "[-1]", "[-]", "a number without digits" },
    { "no digit before the point", "[0.5]", "[.5]", "something that is no value" },
    { "no digit behind the point", "[5.0]", "[5.]", "a number without digits" },
    { "no digit in the exponent", "[5e0]", "[5e]", "a number without digits" },
    { "no digit behind the exponent's sign", "[5E+0]", "[5E+]", "a number without digits" },
    { "hexadecimal", "[0]", "[0x1]", "no comma" },
    { "not a number", "[null]", "[NaN]", "something that is no value" },
    { "infinity", "[1e999]", "[Infinity]", "something that is no value" },
    { "minus infinity", "[-1]", "[-Infinity]", "a number without digits" },
    { "number and a letter", "[1]", "[1a]", "no comma" },
    /* strings */
    { "string without end", "[\"a\"]", "[\"a]", "a string that does not end" },
    { "string cut in an escape", "[\"a\\\\\"]", "[\"a\\", "an escape that does not exist" },
    { "apostrophes", "[\"a\"]", "['a']", "something that is no value" },
    { "escape that does not exist", "[\"\\n\"]", "[\"\\x\"]", "an escape that does not exist" },
    { "escape in capitals", "[\"\\u0041\"]", "[\"\\U0041\"]", "an escape that does not exist" },
    { "escape of three digits", "[\"\\u0041\"]", "[\"\\u004\"]", "a broken \\u escape" },
    { "escape of no hex", "[\"\\u0041\"]", "[\"\\u00G1\"]", "a broken \\u escape" },
    { "line feed in a string", "[\"a b\"]", "[\"a\nb\"]", "a control character in a string" },
    { "tab in a string", "[\"a b\"]", "[\"a\tb\"]", "a control character in a string" },
    { "0x1F in a string", "[\"a b\"]", "[\"a\x1f" "b\"]", "a control character in a string" },
    /* UTF-8 */
    { "byte FF", "[\"\xc3\xbc\"]", "[\"\xff\"]", "a string that is not UTF-8" },
    { "lone continuation", "[\"\xc3\xbc\"]", "[\"\xbc\"]", "a string that is not UTF-8" },
    { "cut character", "[\"\xc3\xbc\"]", "[\"\xc3\"]", "a string that is not UTF-8" },
    { "overlong slash", "[\"/\"]", "[\"\xc0\xaf\"]", "a string that is not UTF-8" },
    { "overlong of three", "[\"\xe0\xa0\x80\"]", "[\"\xe0\x80\xaf\"]",
      "a string that is not UTF-8" },
    { "surrogate in UTF-8", "[\"\xed\x9f\xbf\"]", "[\"\xed\xa0\x80\"]",
      "a string that is not UTF-8" },
    { "above U+10FFFF", "[\"\xf4\x8f\xbf\xbf\"]", "[\"\xf4\x90\x80\x80\"]",
      "a string that is not UTF-8" },
    { "five bytes", "[\"\xf0\x9f\x98\x80\"]", "[\"\xf8\x88\x80\x80\x80\"]",
      "a string that is not UTF-8" },
    { "byte order mark", "{}", "\xef\xbb\xbf{}", "something that is no value" },
    { "UTF-8 outside a string", "{}", "{}\xc2\xa0", "something after the text" },
    /* names */
    { "name twice", "{\"a\":1,\"b\":1}", "{\"a\":1,\"a\":1}", "a member name twice" },
    { "name twice further in", "[{\"x\":{\"a\":1,\"b\":1,\"c\":1}}]",
      "[{\"x\":{\"a\":1,\"b\":1,\"a\":1}}]", "a member name twice" },
    { "empty name twice", "{\"\":1,\"b\":1}", "{\"\":1,\"\":1}", "a member name twice" },
    { "same name in two objects", "[{\"a\":1},{\"a\":{\"a\":1}}]", "[{\"a\":1,\"a\":{\"a\":1}}]",
      "a member name twice" },
    { "escaped name", "{\"a\":1}", "{\"\\u0061\":1}", "an escape in a member name" },
    { "name without quotes", "{\"a\":1}", "{a:1}", "no member name" },
    { "number as a name", "{\"1\":1}", "{1:1}", "no member name" },
    { "list as a name", "{\"a\":1}", "{[]:1}", "no member name" },
    { "name without value", "{\"a\":1}", "{\"a\":}", "something that is no value" },
    { "name alone", "{\"a\":1}", "{\"a\"}", "no colon" },
    { "two colons", "{\"a\":1}", "{\"a\"::1}", "something that is no value" },
    { "member in a list", "[\"a\",1]", "[\"a\":1]", "no comma" },
    /* brackets, ends, space */
    { "list closed as an object", "[1]", "[1}", "a bracket that closes nothing" },
    { "object closed as a list", "{}", "{]", "no member name" },
    { "closed twice", "[1]", "[1]]", "something after the text" },
    { "not closed", "[1]", "[1", "a text that does not end" },
    { "only opened", "[]", "[", "a text that does not end" },
    { "nothing", "{}", "", "a text that does not end" },
    { "only space", "{}", " \t\r\n", "a text that does not end" },
    { "form feed", " {}", "\f{}", "something that is no value" },
    { "vertical tab", "[1, 2]", "[1,\v2]", "something that is no value" },
    { "comment", "[1]", "[1/**/]", "no comma" },
    { "scalar", "[1]", "1", "neither an object nor a list" },
    { "string alone", "[\"a\"]", "\"a\"", "neither an object nor a list" },
    { "word alone", "[null]", "null", "neither an object nor a list" },
};

static void twins(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        same_reason(rows[i].name, why(vd_span_str(rows[i].good)), NULL);
        same_reason(rows[i].name, why(vd_span_str(rows[i].bad)), rows[i].reason);
    }
}

/* Bytes that no C string holds. */
static void nul_bytes(void **state)
{
    static const uint8_t in_string[] = "[\"a\0b\"]", outside[] = "[1,\0 2]", behind[] = "{}\0";
    (void)state;
    same_reason("in a string", why((struct vd_span){ in_string, sizeof in_string - 1 }),
                "a control character in a string");
    same_reason("outside", why((struct vd_span){ outside, sizeof outside - 1 }),
                "something that is no value");
    same_reason("behind", why((struct vd_span){ behind, sizeof behind - 1 }),
                "something after the text");
}

/* Every place where a text can be cut, and every byte behind it. */
static void prefixes_and_tails(void **state)
{
    static const char text[] = "{\"a\":[1,-2.5e+3,\"\\u00fc\\\"\xc3\xbc\",true,null,{}],\"b\":{}}";
    uint8_t more[sizeof text];
    (void)state;
    assert_null(why(vd_span_str(text)));
    for (size_t n = 0; n < sizeof text - 1; n++)
        assert_non_null(why(vd_span_of(text, n)));
    for (unsigned c = 0; c < 256; c++) {
        bool space = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        memcpy(more, text, sizeof text);
        more[sizeof text - 1] = (uint8_t)c;
        same_reason("one byte more", why((struct vd_span){ more, sizeof more }),
                    space ? NULL : "something after the text");
    }
}

static struct vd_buf repeat(const char *open, size_t n, const char *close)
{
    struct vd_buf out = VD_BUF(VD_MAX_JSON * 2);
    for (size_t i = 0; i < n; i++)
        assert_true(vd_buf_str(&out, open));
    for (size_t i = 0; i < n; i++)
        assert_true(vd_buf_str(&out, close));
    return out;
}

static void depth(void **state)
{
    static const struct {
        const char *name, *open, *close;
    } shapes[] = { { "lists", "[", "]" }, { "objects in lists", "[{\"a\":", "}]" } };
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        size_t each = strlen(shapes[i].close), most = VD_MAX_JSON_DEPTH / each;
        for (size_t n = most - 1; n <= most + 1; n++) {
            struct vd_buf text = VD_BUF(4096), whole = repeat(shapes[i].open, n, "");
            struct vd_buf end = repeat(shapes[i].close, n, "");
            assert_true(vd_buf_put(&text, vd_buf_span(&whole)) &&
                        vd_buf_str(&text, each == 2 ? "1" : "") &&
                        vd_buf_put(&text, vd_buf_span(&end)));
            same_reason(shapes[i].name, why(vd_buf_span(&text)), n <= most ? NULL : "too deep");
            vd_buf_free(&text);
            vd_buf_free(&whole);
            vd_buf_free(&end);
        }
    }
}

/* A million values are read in time proportional to their number: this test, which would take hours
 * if each closing bracket looked at all values before it, ends within its time limit. */
static void ceilings(void **state)
{
    static const struct {
        const char *name, *item;
        size_t values;
    } items[] = { { "objects", "{},", 1 }, { "members", "{\"a\":[]},", 3 } };
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof items[0]; i++) {
        size_t most = (VD_MAX_JSON_TOKENS - 1) / items[i].values;
        struct vd_buf text = VD_BUF(VD_MAX_JSON);
        assert_true(vd_buf_u8(&text, '['));
        for (size_t k = 0; k < most; k++)
            assert_true(vd_buf_str(&text, items[i].item));
        text.p[text.n - 1] = ']'; /* the last comma */
        same_reason(items[i].name, why(vd_buf_span(&text)), NULL);
        text.p[text.n - 1] = ',';
        assert_true(vd_buf_str(&text, items[i].item));
        text.p[text.n - 1] = ']';
        same_reason(items[i].name, why(vd_buf_span(&text)), "too many values");
        vd_buf_free(&text);
    }
}

static void size_ceiling(void **state)
{
    struct vd_buf text = VD_BUF(VD_MAX_JSON * 2);
    (void)state;
    assert_true(vd_buf_str(&text, "[]"));
    while (text.n < VD_MAX_JSON)
        assert_true(vd_buf_u8(&text, ' '));
    same_reason("8 MiB", why(vd_buf_span(&text)), NULL);
    assert_true(vd_buf_u8(&text, ' '));
    same_reason("one byte more", why(vd_buf_span(&text)), "larger than 8 MiB");
    vd_buf_free(&text);
}

/* Many names in one object: no name is compared with every other. */
static void many_names(void **state)
{
    struct vd_buf text = VD_BUF(VD_MAX_JSON * 2);
    (void)state;
    assert_true(vd_buf_u8(&text, '{'));
    for (unsigned i = 0; i < 100000; i++)
        assert_true(vd_buf_fmt(&text, "\"%06u\":0,", i));
    text.p[text.n - 1] = '}';
    same_reason("all different", why(vd_buf_span(&text)), NULL);
    text.p[text.n - 1] = ',';
    assert_true(vd_buf_str(&text, "\"012345\":0}"));
    same_reason("one twice", why(vd_buf_span(&text)), "a member name twice");
    vd_buf_free(&text);
}

/* ---- values ---- */

enum kind { UINT, BOOLEAN, STRING };

static const struct {
    const char *name, *json;
    enum kind kind;
    uint64_t max;
    bool ok;
    uint64_t want;    /* of a number, of a boolean */
    const char *text; /* of a string */
} values[] = {
    { "number", "[65535]", UINT, 0xFFFF, true, 65535, NULL },
    { "number above", "[65536]", UINT, 0xFFFF, false, 0, NULL },
    { "number as a string", "[\"65535\"]", UINT, 0xFFFF, true, 65535, NULL },
    { "64 bits", "[\"18446744073709551615\"]", UINT, UINT64_MAX, true, UINT64_MAX, NULL },
    { "65 bits", "[\"18446744073709551616\"]", UINT, UINT64_MAX, false, 0, NULL },
    { "20 digits above", "[\"99999999999999999999\"]", UINT, UINT64_MAX, false, 0, NULL },
    { "zero", "[0]", UINT, 0xFFFF, true, 0, NULL },
    { "minus zero", "[-0]", UINT, 0xFFFF, false, 0, NULL },
    { "negative", "[-1]", UINT, 0xFFFF, false, 0, NULL },
    { "fraction", "[1.0]", UINT, 0xFFFF, false, 0, NULL },
    { "exponent", "[1e1]", UINT, 0xFFFF, false, 0, NULL },
    { "empty string as a number", "[\"\"]", UINT, 0xFFFF, false, 0, NULL },
    { "space in a number's string", "[\" 1\"]", UINT, 0xFFFF, false, 0, NULL },
    { "plus in a number's string", "[\"+1\"]", UINT, 0xFFFF, false, 0, NULL },
    { "leading zero in a number's string", "[\"01\"]", UINT, 0xFFFF, false, 0, NULL },
    { "hex in a number's string", "[\"0x1\"]", UINT, 0xFFFF, false, 0, NULL },
    { "escape in a number's string", "[\"\\u0031\"]", UINT, 0xFFFF, false, 0, NULL },
    { "boolean as a number", "[true]", UINT, 0xFFFF, false, 0, NULL },
    { "null as a number", "[null]", UINT, 0xFFFF, false, 0, NULL },
    { "list as a number", "[[1]]", UINT, 0xFFFF, false, 0, NULL },
    { "true", "[true]", BOOLEAN, 0, true, 1, NULL },
    { "false", "[false]", BOOLEAN, 0, true, 0, NULL },
    { "word in quotes", "[\"true\"]", BOOLEAN, 0, false, 0, NULL },
    { "number as a boolean", "[1]", BOOLEAN, 0, false, 0, NULL },
    { "null as a boolean", "[null]", BOOLEAN, 0, false, 0, NULL },
    { "string", "[\"a\"]", STRING, 0, true, 0, "a" },
    { "empty string", "[\"\"]", STRING, 0, true, 0, "" },
    { "number as a string value", "[1]", STRING, 0, false, 0, NULL },
    { "null as a string", "[null]", STRING, 0, false, 0, NULL },
    { "escapes", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", STRING, 0, true, 0, "\"\\/\b\f\n\r\t" },
    { "what Go escapes", "[\"a\\u0026b\\u003c\\u003e\\u2028\"]", STRING, 0, true, 0,
      "a&b<>\xe2\x80\xa8" },
    { "escapes of one to four bytes", "[\"\\u007f\\u0080\\u07ff\\u0800\\uffff\\ud800\\udc00\"]",
      STRING, 0, true, 0, "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80" },
    { "the last character", "[\"\\uDBFF\\uDFFF\"]", STRING, 0, true, 0, "\xf4\x8f\xbf\xbf" },
    { "backslash and what looks like an escape", "[\"\\\\u0041\"]", STRING, 0, true, 0,
      "\\u0041" },
    /* JSON allows it, text in C does not: this value has no text, the others of its answer do */
    { "NUL as an escape", "[\"a\\u0000b\"]", STRING, 0, false, 0, NULL },
};

static void value_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct vd_buf text = VD_BUF(4096);
        struct vd_json *doc;
        struct vd_json_value v;
        uint64_t n = 77;
        bool b = false, ok;

        assert_null(read_text(vd_span_str(values[i].json), &doc, NULL));
        v = vd_json_first(vd_json_root(doc));
        ok = values[i].kind == UINT      ? vd_json_uint(v, values[i].max, &n)
             : values[i].kind == BOOLEAN ? vd_json_bool(v, &b)
                                         : vd_json_string(v, &text);
        ROW_EQ(values[i].name, ok, values[i].ok);
        if (ok && values[i].kind == UINT)
            ROW_TRUE(values[i].name, n == values[i].want);
        if (ok && values[i].kind == BOOLEAN)
            ROW_EQ(values[i].name, b, values[i].want);
        if (ok && values[i].kind == STRING)
            ROW_TRUE(values[i].name, vd_span_is(vd_buf_span(&text), values[i].text));
        if (!ok && values[i].kind == UINT)
            ROW_TRUE(values[i].name, n == 77); /* out-parameters only on success */
        vd_buf_free(&text);
        vd_json_free(doc);
    }
}

/* Walking: members of nested objects, items of lists of lists, and the absent value. */
static void walking(void **state)
{
    static const char text[] =
        "{ \"a\" : [ [ ] , [ 1 , [ 2 ] ] , { } , \"x\" ] , \"b\" : { \"a\" : null } , \"c\" : 3 }";
    struct vd_json *doc;
    struct vd_json_value root, a, item, absent = { NULL, 0 };
    size_t n = 0, inner = 0;
    (void)state;
    assert_null(read_text(vd_span_str(text), &doc, NULL));
    root = vd_json_root(doc);
    a = vd_json_member(root, "a");
    for (item = vd_json_first(a); vd_json_present(item); item = vd_json_next(item), n++) {
        for (struct vd_json_value k = vd_json_first(item); vd_json_present(k); k = vd_json_next(k))
            inner++;
    }
    assert_int_equal(n, 4);
    assert_int_equal(inner, 2);
    assert_true(vd_json_is_null(vd_json_member(vd_json_member(root, "b"), "a")));
    assert_true(vd_span_is(vd_json_text(vd_json_member(root, "c")), "3"));
    assert_false(vd_json_present(vd_json_member(root, "null")));
    assert_false(vd_json_present(vd_json_member(a, "a")));
    assert_false(vd_json_present(vd_json_first(root)));
    assert_false(vd_json_present(vd_json_next(absent)));
    assert_false(vd_json_is_object(absent) || vd_json_is_array(absent) ||
                 vd_json_is_string(absent) || vd_json_is_null(absent));
    assert_int_equal(vd_json_text(absent).n, 0);
    vd_json_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twins),          cmocka_unit_test(nul_bytes),
        cmocka_unit_test(prefixes_and_tails), cmocka_unit_test(depth),
        cmocka_unit_test(ceilings),       cmocka_unit_test(size_ceiling),
        cmocka_unit_test(many_names),     cmocka_unit_test(value_rows),
        cmocka_unit_test(walking),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
