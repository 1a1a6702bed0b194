/* SPDX-License-Identifier: Apache-2.0
 *
 * case.c - one commissioner vector in its JSON form.
 *
 * Fields: dac_cert, pai_cert, certification_declaration, dac_private_key (hex), basic_info_pid.
 * The vendor id of Basic Information is FFF1 in all of them. What they expect is not looked at.
 */
#include "case.h"

#include <stdlib.h>
#include <sys/random.h>

#include "json.h"
#include "text.h"

static int bad(const char *path, const char *field, const char *expected)
{
    return cli_fail(EXIT_DATA, "%s: %s: expected %s", path, field, expected);
}

static int read_hex(const char *path, struct vd_json_value root, const char *field,
                    veridac_buffer *ret)
{
    struct vd_json_value v = vd_json_member(root, field);
    struct vd_buf bytes = VD_BUF(1u << 20);

    /* an empty string is what a device sent, too */
    if (!vd_json_is_string(v) || !vd_hex_read(vd_json_text(v), &bytes) || !vd_buf_u8(&bytes, 0)) {
        vd_buf_free(&bytes);
        return bad(path, field, "a string of hex digits");
    }
    *ret = (veridac_buffer){ bytes.p, bytes.n - 1 };
    return 0;
}

static int read_fields(const char *path, struct vd_json_value root, struct cli_case *c,
                       veridac_buffer *key)
{
    uint64_t pid;
    int code = read_hex(path, root, "dac_cert", &c->dac);

    if (code == 0)
        code = read_hex(path, root, "pai_cert", &c->pai);
    if (code == 0)
        code = read_hex(path, root, "certification_declaration", &c->declaration);
    if (code == 0)
        code = read_hex(path, root, "dac_private_key", key);
    if (code == 0 && !vd_json_uint(vd_json_member(root, "basic_info_pid"), 0xFFFF, &pid))
        code = bad(path, "basic_info_pid", "a number from 0 to 65535");
    if (code == 0) {
        c->vid = 0xFFF1;
        c->pid = (int32_t)pid;
    }
    return code;
}

static int respond(const char *path, struct cli_case *c, const veridac_buffer *key)
{
    veridac_error err = { "" };
    veridac_status st;

    if (getrandom(c->nonce, sizeof c->nonce, 0) != (ssize_t)sizeof c->nonce ||
        getrandom(c->challenge, sizeof c->challenge, 0) != (ssize_t)sizeof c->challenge)
        return cli_fail(EXIT_INTERNAL, "no random bytes");
    st = veridac_attest(cli_bytes(key), cli_bytes(&c->declaration),
                        (veridac_bytes){ c->nonce, sizeof c->nonce },
                        (veridac_bytes){ c->challenge, sizeof c->challenge }, &c->elements,
                        c->signature, &err);
    return st == VERIDAC_OK ? 0
                            : cli_fail(EXIT_DATA, "%s: dac_private_key: %s", path, err.text);
}

static int read_case(const char *path, const veridac_buffer *text, struct cli_case *c)
{
    veridac_buffer key = { NULL, 0 };
    struct vd_json *doc = NULL;
    size_t at = 0;
    struct vd_span in = vd_span_of(text->data, text->size);
    const char *wrong;
    int code;

    (void)vd_take_tag(&in, "\xEF\xBB\xBF"); /* a byte order mark is no part of the text */
    wrong = vd_json_read(in, &doc, &at);
    if (wrong != NULL)
        return cli_fail(EXIT_DATA, "%s: not JSON at byte %zu: %s", path, at, wrong);
    code = read_fields(path, vd_json_root(doc), c, &key);
    if (code == 0)
        code = respond(path, c, &key);
    veridac_buffer_free(&key);
    vd_json_free(doc);
    return code;
}

int cli_case_read(const char *path, struct cli_case *ret)
{
    veridac_buffer text = { NULL, 0 };
    int code = cli_read(path, &text);
    if (code == 0)
        code = read_case(path, &text, ret);
    veridac_buffer_free(&text);
    return code;
}

void cli_case_free(struct cli_case *c)
{
    veridac_buffer_free(&c->dac);
    veridac_buffer_free(&c->pai);
    veridac_buffer_free(&c->declaration);
    veridac_buffer_free(&c->elements);
}
