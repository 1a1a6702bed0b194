/* SPDX-License-Identifier: Apache-2.0
 *
 * armor.c - PEM, hex and base64 around binary data.
 */
#include "armor.h"

#include "text.h"

static const char begin[] = "-----BEGIN ", end[] = "-----END ", dashes[] = "-----";

bool vd_is_pem(struct vd_span in)
{
    size_t at;
    return vd_span_find(in, vd_span_str(begin), &at) && vd_is_text(in);
}

/* "LABEL-----": the label, and the cursor behind the dashes. */
static bool read_label(struct vd_span *in, struct vd_span *ret)
{
    struct vd_span rest = *in;
    size_t at;
    if (!vd_span_find(rest, vd_span_str(dashes), &at) || at > 64 || !vd_take(&rest, at, ret) ||
        !vd_take_tag(&rest, dashes))
        return false;
    *in = rest;
    return true;
}

bool vd_pem_next(struct vd_span *in, struct vd_span *ret_label, struct vd_buf *out,
                 bool *ret_broken)
{
    struct vd_span rest = *in, label, body, closing;
    size_t at;

    *ret_broken = false;
    if (!vd_span_find(rest, vd_span_str(begin), &at))
        return false;
    *ret_broken = true;
    rest = vd_span_skip(rest, at + sizeof begin - 1);
    if (!read_label(&rest, &label) || !vd_span_find(rest, vd_span_str(end), &at) ||
        !vd_take(&rest, at, &body) || !vd_take_tag(&rest, end) || !read_label(&rest, &closing) ||
        !vd_span_eq(label, closing) || !vd_base64_read(body, true, out))
        return false;
    *ret_broken = false;
    *in = rest;
    *ret_label = label;
    return true;
}

bool vd_pem_certificate(struct vd_span label)
{
    return vd_span_is(label, "CERTIFICATE") || vd_span_is(label, "X509 CERTIFICATE") ||
           vd_span_is(label, "X.509 CERTIFICATE");
}

bool vd_pem_other_certificate(struct vd_span label)
{
    static const char word[] = "CERTIFICATE";
    struct vd_span last;
    return label.n >= sizeof word - 1 && !vd_pem_certificate(label) &&
           vd_span_slice(label, label.n - (sizeof word - 1), sizeof word - 1, &last) && vd_span_is(last, word);
}

static bool private_key(struct vd_span label)
{
    size_t at;
    return vd_span_find(label, vd_span_str("PRIVATE KEY"), &at);
}

static bool unwrap_pem(struct vd_span in, struct vd_buf *out, size_t *ret_more)
{
    struct vd_buf scratch = VD_BUF(out->max);
    struct vd_span label;
    bool found = false, broken = false;

    while (vd_pem_next(&in, &label, found ? &scratch : out, &broken)) {
        if (found)
            (*ret_more)++;
        else if (private_key(label))
            vd_buf_clear(out);
        else
            found = true;
    }
    out->failed = out->failed || scratch.failed;
    vd_buf_free(&scratch);
    return found && !out->failed;
}

static bool unwrap_hex(struct vd_span in, struct vd_buf *out)
{
    int high = -1;
    size_t digits = 0;

    for (size_t i = 0; i < in.n; i++) {
        uint8_t c = in.p[i];
        int d = vd_hex_digit(c);
        if (d < 0 && (vd_is_space(c) || c == ':' || c == ','))
            continue;
        if (c == '0' && (vd_at(in, i + 1) == 'x' || vd_at(in, i + 1) == 'X') && high < 0) {
            i++;
            continue;
        }
        if (d < 0)
            return false;
        digits++;
        if (high < 0) {
            high = d;
        } else {
            if (!vd_buf_u8(out, (uint8_t)(high << 4 | d)))
                return false;
            high = -1;
        }
    }
    return high < 0 && digits > 0;
}

/* Without white space around it, a byte order mark before it, and a pair of quotes. */
static struct vd_span trimmed(struct vd_span in)
{
    struct vd_span inside;

    (void)vd_take_tag(&in, "\xEF\xBB\xBF");
    while (in.n > 0 && vd_is_space(in.p[0]))
        in = vd_span_skip(in, 1);
    while (in.n > 0 && vd_is_space(in.p[in.n - 1]))
        in.n--;
    if (in.n >= 2 && in.p[0] == '"' && in.p[in.n - 1] == '"' &&
        vd_span_slice(in, 1, in.n - 2, &inside))
        return inside;
    return in;
}

/* The text is not of this kind; or there was no room for it, which is no reason to take it for
 * another. */
static bool start_again(struct vd_buf *out)
{
    bool ok = !out->failed;
    if (ok)
        vd_buf_clear(out);
    return ok;
}

bool vd_unwrap(struct vd_span in, struct vd_buf *out, size_t *ret_more_blocks)
{
    struct vd_span text = trimmed(in);

    *ret_more_blocks = 0;
    if (vd_is_pem(in) && unwrap_pem(in, out, ret_more_blocks))
        return true;
    *ret_more_blocks = 0;
    if (!start_again(out))
        return false;
    if (unwrap_hex(text, out))
        return true;
    if (!start_again(out))
        return false;
    if (text.n >= 8 && vd_base64_read(text, true, out) && out->n > 0)
        return true;
    return start_again(out) && vd_buf_put(out, in);
}
