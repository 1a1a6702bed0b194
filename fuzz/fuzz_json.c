/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_json.c - the strict JSON reader.
 *
 * Reaches: vd_json_grammar vd_json_read vd_json_string vd_json_uint vd_json_bool vd_json_member
 *          vd_json_first vd_json_next
 * Properties: an accepted text, written anew from its values and read again, has the same values; an
 * offset lies in the text; a member is found under its name.
 */
#include <string.h>

#include "fuzz.h"
#include "json.h"
#include "limits.h"
#include "text.h"

static bool put(struct vd_json_value v, struct vd_buf *out);

static bool put_string(struct vd_json_value v, struct vd_buf *out)
{
    struct vd_buf text = VD_BUF(VD_MAX_JSON);
    bool ok = vd_json_string(v, &text);
    INVARIANT(!ok || vd_utf8_valid(vd_buf_span(&text)));
    if (!ok) /* a NUL in it: as it stands */
        ok = vd_buf_u8(out, '"') && vd_buf_put(out, vd_json_text(v)) && vd_buf_u8(out, '"');
    else
        ok = vd_text_json(out, vd_buf_span(&text));
    vd_buf_free(&text);
    return ok;
}

static bool put_members(struct vd_json_value v, struct vd_buf *out)
{
    const struct vd_span text = vd_json_text(v);
    struct vd_json_value name = { v.doc, v.i + 1 }, value;
    bool ok = true, first = true;
    if (memchr(text.p, '"', text.n) == NULL)
        return true;
    for (; ok && vd_json_present(name); name = vd_json_next(value), first = false) {
        char plain[64] = "";
        struct vd_span raw = vd_json_text(name);
        value = (struct vd_json_value){ v.doc, name.i + 1 };
        if (raw.n < sizeof plain && vd_copy(plain, sizeof plain - 1, raw) && strlen(plain) == raw.n)
            INVARIANT(vd_json_member(v, plain).i == value.i);
        ok = (first || vd_buf_u8(out, ',')) && vd_buf_u8(out, '"') && vd_buf_put(out, raw) &&
             vd_buf_str(out, "\":") && put(value, out);
    }
    return ok;
}

static bool put(struct vd_json_value v, struct vd_buf *out)
{
    bool b, ok = true, first = true;
    uint64_t n;
    if (vd_json_is_object(v))
        return vd_buf_u8(out, '{') && put_members(v, out) && vd_buf_u8(out, '}');
    if (vd_json_is_string(v))
        return put_string(v, out);
    if (!vd_json_is_array(v)) {
        INVARIANT(!(vd_json_bool(v, &b) && vd_json_uint(v, UINT64_MAX, &n)));
        return vd_buf_put(out, vd_json_text(v));
    }
    ok = vd_buf_u8(out, '[');
    for (struct vd_json_value i = vd_json_first(v); ok && vd_json_present(i);
         i = vd_json_next(i), first = false)
        ok = (first || vd_buf_u8(out, ',')) && put(i, out);
    return ok && vd_buf_u8(out, ']');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct vd_buf once = VD_BUF(VD_MAX_JSON), twice = VD_BUF(VD_MAX_JSON);
    struct vd_json *doc = NULL, *again = NULL;
    size_t at = 0;

    if (vd_json_read((struct vd_span){ data, size }, &doc, &at) != NULL) {
        INVARIANT(doc == NULL && at <= size);
        return 0;
    }
    if (put(vd_json_root(doc), &once)) { /* else larger than a text may be */
        INVARIANT(vd_json_read(vd_buf_span(&once), &again, NULL) == NULL);
        INVARIANT(put(vd_json_root(again), &twice));
        INVARIANT(vd_span_eq(vd_buf_span(&once), vd_buf_span(&twice)));
    }
    vd_json_free(doc);
    vd_json_free(again);
    vd_buf_free(&once);
    vd_buf_free(&twice);
    return 0;
}
