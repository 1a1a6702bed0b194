/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_pem.c - PEM around a CRL.
 */
#include "crl_pem.h"

#include "text.h"

#define PIECE 4096u /* DER bytes handed on at once */

void vd_crl_pem_start(struct vd_crl_pem *p)
{
    *p = (struct vd_crl_pem){ .state = PEM_DETECT, .out = VD_BUF(PIECE + 8) };
}

void vd_crl_pem_free(struct vd_crl_pem *p)
{
    vd_buf_free(&p->out);
}

bool vd_crl_pem_end(const struct vd_crl_pem *p)
{
    return p->state == PEM_DER || p->state == PEM_TAIL || p->state == PEM_DETECT;
}

/* An armour line grows character by character; true while it can still become `want`. */
static bool armour(struct vd_crl_pem *p, uint8_t c, const char *want, enum vd_crl_pem_state next)
{
    struct vd_span line;
    if (c == '\r')
        return true;
    if (c != '\n') {
        if (p->n_line == sizeof p->line)
            return false;
        p->line[p->n_line++] = (char)c;
        return true;
    }
    line = vd_span_of(p->line, p->n_line);
    p->n_line = 0;
    if (line.n == 0 && p->state == PEM_BEGIN)
        return true; /* blank lines before the block */
    p->state = next;
    p->line_start = true;
    return vd_span_is(line, want);
}

static bool end_quad(struct vd_crl_pem *p)
{
    unsigned bytes = 3 - p->n_pad;
    uint32_t unused = p->n_pad == 0 ? 0 : p->n_pad == 1 ? 0xFFu : 0xFFFFu;
    if ((p->quad & unused) != 0)
        return false;
    if (!vd_buf_be(&p->out, bytes, p->quad >> (8 * p->n_pad)))
        return false;
    p->quad = 0;
    p->n_quad = p->n_pad == 0 ? 0 : 5; /* nothing may follow padding */
    return true;
}

static bool body(struct vd_crl_pem *p, uint8_t c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t digit = 0;

    if (vd_is_space(c)) {
        p->line_start = p->line_start || c == '\n';
        return true;
    }
    if (c == '-' && p->line_start && (p->n_quad == 0 || p->n_quad == 5)) {
        p->state = PEM_END;
        return armour(p, c, "", PEM_END);
    }
    p->line_start = false;
    if (p->n_quad >= 4)
        return false;
    if (c == '=' && p->n_quad >= 2)
        p->n_pad++;
    else if (p->n_pad > 0 || !vd_span_find(vd_span_str(digits), (struct vd_span){ &c, 1 }, &digit))
        return false;
    p->quad = p->quad << 6 | (uint32_t)digit;
    p->n_quad++;
    return p->n_quad < 4 || end_quad(p);
}

static bool character(struct vd_crl_pem *p, uint8_t c)
{
    switch (p->state) {
    case PEM_BEGIN:
        return armour(p, c, "-----BEGIN X509 CRL-----", PEM_BODY);
    case PEM_BODY:
        return body(p, c);
    case PEM_END:
        return armour(p, c, "-----END X509 CRL-----", PEM_TAIL);
    case PEM_TAIL:
        return vd_is_space(c);
    case PEM_DETECT:
    case PEM_DER:
        break;
    }
    return false;
}

static bool flush(struct vd_crl_pem *p, bool (*take)(void *user, struct vd_span der), void *user)
{
    bool ok = p->out.n == 0 || take(user, vd_buf_span(&p->out));
    vd_buf_clear(&p->out);
    return ok;
}

bool vd_crl_pem_feed(struct vd_crl_pem *p, struct vd_span chunk,
                     bool (*take)(void *user, struct vd_span der), void *user)
{
    if (chunk.n == 0)
        return true;
    if (p->state == PEM_DETECT)
        p->state = chunk.p[0] == '-' || vd_is_space(chunk.p[0]) ? PEM_BEGIN : PEM_DER;
    if (p->state == PEM_DER)
        return take(user, chunk);
    for (size_t i = 0; i < chunk.n; i++) {
        if (!character(p, chunk.p[i])) {
            if (p->out.failed)
                return false;
            (void)flush(p, take, user); /* what stood before it is judged first, whatever the chunks */
            return false;
        }
        if (p->out.n >= PIECE && !flush(p, take, user))
            return false;
    }
    return flush(p, take, user);
}
