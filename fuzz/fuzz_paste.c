/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_paste.c - wrappings in which people hold binary data, and texts that become values.
 *
 * Reaches: vd_paste_read vd_unwrap vd_pem_next vd_is_pem vd_hex_read vd_base64_read vd_decimal_read
 *          vd_time_read vd_time_text vd_hex_put vd_base64_put vd_hex_put_colons vd_text_json
 * Properties: nothing grows; what is read, written again, is the text; DER stays as it is; a time in
 * its own form is the same time.
 */
#include "paste.h"

#include "armor.h"
#include "fuzz.h"
#include "limits.h"
#include "text.h"

static void hex(struct vd_span in)
{
    struct vd_buf bytes = VD_BUF(1u << 24), text = VD_BUF(1u << 24);
    if (vd_hex_read(in, &bytes)) {
        const bool upper = memchr(in.p == NULL ? (const uint8_t *)"" : in.p, 'A', in.n) != NULL;
        INVARIANT(bytes.n * 2 == in.n && vd_hex_put(&text, vd_buf_span(&bytes), upper));
        for (size_t i = 0; i < in.n; i++)
            INVARIANT(vd_hex_digit(in.p[i]) == vd_hex_digit(text.p[i]));
        (void)vd_hex_put_colons(&text, vd_buf_span(&bytes));
    }
    vd_buf_free(&bytes);
    vd_buf_free(&text);
}

static void base64(struct vd_span in)
{
    struct vd_buf bytes = VD_BUF(1u << 24), text = VD_BUF(1u << 24), spaced = VD_BUF(1u << 24);
    const bool with_space = vd_base64_read(in, true, &spaced);
    if (vd_base64_read(in, false, &bytes)) {
        INVARIANT(vd_base64_put(&text, vd_buf_span(&bytes)));
        INVARIANT(vd_span_eq(vd_buf_span(&text), in));
        INVARIANT(with_space && vd_span_eq(vd_buf_span(&bytes), vd_buf_span(&spaced)));
    }
    vd_buf_free(&bytes);
    vd_buf_free(&text);
    vd_buf_free(&spaced);
}

static void values(struct vd_span in)
{
    struct vd_buf text = VD_BUF(1u << 24);
    char shown[VD_TIME_TEXT];
    uint64_t n;
    int64_t t, again;
    if (vd_decimal_read(in, UINT64_MAX, &n)) {
        INVARIANT(n == 0 || !vd_decimal_read(in, n - 1, &n));
        INVARIANT(vd_decimal_read(in, n, &n));
    }
    if (vd_time_read(in, &t)) {
        vd_time_text(t, shown);
        if (strcmp(shown, "out of range") != 0)
            INVARIANT(vd_time_read(vd_span_str(shown), &again) && again == t);
    }
    INVARIANT(vd_text_json(&text, in) && vd_utf8_valid(vd_buf_span(&text)));
    vd_buf_free(&text);
}

static void blocks(struct vd_span in)
{
    struct vd_buf out = VD_BUF(1u << 24);
    struct vd_span rest = in, label;
    bool broken = false;
    while (vd_pem_next(&rest, &label, &out, &broken)) {
        fuzz_inside(in, label);
        INVARIANT(rest.n < in.n && out.n <= in.n);
    }
    (void)vd_is_pem(in);
    vd_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct vd_span in = { data, size };

    for (enum vd_meant meant = VD_MEANT_FIRST; meant <= VD_MEANT_PAI; meant++) {
        struct vd_buf out = VD_BUF(VD_MAX_OPERATOR_FILE), plain = VD_BUF(VD_MAX_OPERATOR_FILE);
        size_t more = 0;
        INVARIANT(vd_paste_read(in, meant, &out, &more) && out.n <= size && more <= size);
        INVARIANT(vd_unwrap(in, &plain, &more) && plain.n <= size);
        if (size > 0 && data[0] == 0x30 && !vd_is_text(in))
            INVARIANT(vd_span_eq(vd_buf_span(&out), in) && vd_span_eq(vd_buf_span(&plain), in));
        vd_buf_free(&out);
        vd_buf_free(&plain);
    }
    hex(in);
    base64(in);
    values(in);
    blocks(in);
    return 0;
}
