/* SPDX-License-Identifier: Apache-2.0
 *
 * json_judge.c - the strict JSON reader as a program: test_json_differential.py compares it with
 * another reader.
 *
 *   input  := { length:u32le text[length] }
 *   output := one line for each: "no OFFSET REASON" or "yes VALUE"
 *   VALUE  := "{" { hex-of-name ":" VALUE "," } "}" | "[" { VALUE "," } "]"
 *             | "s" hex-of-text | "z" (a string with a NUL) | "p" number-or-word
 */
#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "limits.h"

static void put_hex(struct vd_span s)
{
    for (size_t i = 0; i < s.n; i++)
        (void)printf("%02x", s.p[i]);
}

/* Members are not walked by the reader's own users; its tokens stand in the order of the text. */
static struct vd_json_value first_name(struct vd_json_value object)
{
    struct vd_span text = vd_json_text(object);
    struct vd_json_value none = { NULL, 0 };
    for (size_t i = 1; i < text.n; i++) {
        if (text.p[i] == '"')
            return (struct vd_json_value){ object.doc, object.i + 1 };
    }
    return none;
}

static void put_value(struct vd_json_value v);

static void put_object(struct vd_json_value v)
{
    struct vd_json_value name, value;
    (void)putchar('{');
    for (name = first_name(v); vd_json_present(name); name = vd_json_next(value)) {
        value = (struct vd_json_value){ name.doc, name.i + 1 };
        put_hex(vd_json_text(name));
        (void)putchar(':');
        put_value(value);
        (void)putchar(',');
    }
    (void)putchar('}');
}

static void put_value(struct vd_json_value v)
{
    struct vd_buf text = VD_BUF(VD_MAX_JSON);
    if (vd_json_is_object(v)) {
        put_object(v);
    } else if (vd_json_is_array(v)) {
        (void)putchar('[');
        for (struct vd_json_value i = vd_json_first(v); vd_json_present(i); i = vd_json_next(i)) {
            put_value(i);
            (void)putchar(',');
        }
        (void)putchar(']');
    } else if (!vd_json_is_string(v)) {
        (void)printf("p%.*s", (int)vd_json_text(v).n, (const char *)vd_json_text(v).p);
    } else if (vd_json_string(v, &text)) {
        (void)putchar('s');
        put_hex(vd_buf_span(&text));
    } else {
        (void)putchar('z');
    }
    vd_buf_free(&text);
}

static void judge(struct vd_span text)
{
    struct vd_json *doc = NULL;
    size_t at = 0;
    const char *wrong = vd_json_read(text, &doc, &at);
    if (wrong != NULL) {
        (void)printf("no %zu %s\n", at, wrong);
    } else {
        (void)printf("yes ");
        put_value(vd_json_root(doc));
        (void)putchar('\n');
    }
    vd_json_free(doc);
}

int main(void)
{
    uint8_t head[4];
    while (fread(head, 1, 4, stdin) == 4) {
        size_t n = head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16 | (size_t)head[3] << 24;
        uint8_t *text = malloc(n > 0 ? n : 1); /* just its size: reading past it is seen */
        if (text == NULL || fread(text, 1, n, stdin) != n)
            return 1;
        judge((struct vd_span){ text, n });
        free(text);
    }
    return ferror(stdin) || fflush(stdout) != 0;
}
