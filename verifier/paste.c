/* SPDX-License-Identifier: Apache-2.0
 *
 * paste.c - certificates in PEM files and in logs.
 *
 * In a log a certificate is a run of hex digits at the end of a line, or a list of bytes
 * (0x30, 0x82, ...) that goes on over lines, each behind the log's own prefix. Its DER header says
 * how many bytes belong to it; lines of others in between are passed over.
 */
#include "paste.h"

#include "armor.h"
#include "cert.h"
#include "text.h"

#define CANDIDATES 16u /* a log of one commissioning has two */

/* ---- candidates ---- */

struct found {
    struct vd_buf bytes[CANDIDATES];
    size_t n;
};

static bool keep(struct found *all, struct vd_span bytes)
{
    if (all->n == CANDIDATES)
        return true;
    all->bytes[all->n] = VD_BUF(VD_MAX_OPERATOR_FILE);
    return vd_buf_put(&all->bytes[all->n++], bytes);
}

static void forget(struct found *all)
{
    for (size_t i = 0; i < all->n; i++)
        vd_buf_free(&all->bytes[i]);
}

static bool is_meant(struct vd_span der, enum vd_meant meant)
{
    struct vd_cert c;
    (void)vd_cert_read(der, &c);
    if (meant == VD_MEANT_DAC)
        return c.parsed && !c.ca;
    return c.parsed && c.ca && !vd_span_eq(c.issuer.der, c.subject.der);
}

static size_t choose(const struct found *all, enum vd_meant meant)
{
    for (size_t i = 0; meant != VD_MEANT_FIRST && i < all->n; i++) {
        if (is_meant(vd_buf_span(&all->bytes[i]), meant))
            return i;
    }
    return meant == VD_MEANT_PAI && all->n > 1 ? 1 : 0; /* as they are sent: DAC, PAI */
}

/* ---- PEM ---- */

static bool find_pem(struct vd_span in, struct found *all)
{
    struct vd_buf block = VD_BUF(VD_MAX_OPERATOR_FILE);
    struct vd_span label;
    bool broken, ok = true;

    while (ok && vd_pem_next(&in, &label, &block, &broken)) {
        if (vd_pem_certificate(label))
            ok = keep(all, vd_buf_span(&block));
        vd_buf_clear(&block);
    }
    ok = ok && !block.failed;
    vd_buf_free(&block);
    return ok;
}

/* A PEM block in a log: each line behind the log's prefix. What remains of a line is what stands
 * from its dashes on, or its last word. */
static bool strip_prefixes(struct vd_span in, struct vd_buf *out)
{
    bool ok = true;
    while (ok && in.n > 0) {
        struct vd_span text;
        size_t n = 0, at;
        while (n < in.n && in.p[n] != '\n')
            n++;
        if (!vd_take(&in, n, &text))
            return false;
        in = vd_span_skip(in, 1);
        while (text.n > 0 && vd_is_space(text.p[text.n - 1]))
            text.n--;
        if (vd_span_find(text, vd_span_str("-----"), &at)) {
            text = vd_span_skip(text, at);
        } else {
            for (at = text.n; at > 0 && !vd_is_space(text.p[at - 1]);)
                at--;
            text = vd_span_skip(text, at);
        }
        ok = vd_buf_put(out, text) && vd_buf_u8(out, '\n');
    }
    return ok;
}

static bool find_pem_in_log(struct vd_span in, struct found *all)
{
    struct vd_buf stripped = VD_BUF(VD_MAX_OPERATOR_FILE);
    bool ok = find_pem(in, all);
    if (ok && all->n == 0)
        ok = strip_prefixes(in, &stripped) && find_pem(vd_buf_span(&stripped), all);
    vd_buf_free(&stripped);
    return ok;
}

/* ---- logs ---- */

struct line {
    struct vd_buf bytes; /* the hexadecimal bytes at its end */
    bool listed;         /* as 0x30, 0x82, ... */
    size_t run;          /* where the last run of several bytes starts, or SIZE_MAX */
};

static bool alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void restart(struct line *l)
{
    vd_buf_clear(&l->bytes);
    l->listed = false;
    l->run = SIZE_MAX;
}

/* One word: bytes for the line, or something that ends what stood before it. */
static bool take_word(struct line *l, struct vd_span word)
{
    const bool marked = word.n > 2 && word.p[0] == '0' && (word.p[1] == 'x' || word.p[1] == 'X');
    const struct vd_span digits = marked ? vd_span_skip(word, 2) : word;
    const size_t before = l->bytes.n;

    if (marked && digits.n == 1 && vd_hex_digit(digits.p[0]) >= 0) {
        l->listed = true;
        return vd_buf_u8(&l->bytes, (uint8_t)vd_hex_digit(digits.p[0]));
    }
    if (!vd_hex_read(digits, &l->bytes)) {
        if (l->bytes.failed)
            return false;
        restart(l);
        return true;
    }
    l->listed = l->listed || marked;
    if (l->bytes.n > before + 1)
        l->run = before;
    return true;
}

static bool separator(uint8_t c)
{
    return c == ' ' || c == '\t' || c == ',' || c == ':' || c == '"' || c == '\'';
}

/* ESC [ 0 m: the colour of a log line. */
static struct vd_span skip_colour(struct vd_span text)
{
    do {
        text = vd_span_skip(text, 1);
    } while (text.n > 0 && (!alphanumeric(text.p[0]) || text.p[0] <= '9'));
    return vd_span_skip(text, 1);
}

static bool read_line(struct line *l, struct vd_span text)
{
    bool ended = false; /* a bracket or the like: fine at the end, not between bytes */
    restart(l);
    while (text.n > 0) {
        size_t n = 0;
        struct vd_span word;
        if (text.p[0] == VD_ESCAPE) {
            text = skip_colour(text);
            continue;
        }
        while (n < text.n && alphanumeric(text.p[n]))
            n++;
        if (n == 0) {
            ended = ended || !separator(text.p[0]);
            text = vd_span_skip(text, 1);
            continue;
        }
        if (ended)
            restart(l);
        ended = false;
        if (!vd_take(&text, n, &word) || !take_word(l, word))
            return false;
    }
    return true;
}

/* 30 81 xx or 30 82 xx xx: how long the whole object is, or 0. */
static size_t object_size(struct vd_span in)
{
    const uint8_t form = vd_at(in, 1);
    if (vd_at(in, 0) != 0x30 || in.n < 4)
        return 0;
    if (form == 0x81)
        return 3u + vd_at(in, 2);
    return form == 0x82 ? 4u + ((size_t)vd_at(in, 2) << 8 | vd_at(in, 3)) : 0;
}

/* Where an object starts in this line. A long run counts only from its first byte. */
static struct vd_span object_start(const struct line *l)
{
    struct vd_span in = vd_buf_span(&l->bytes);
    if (l->run != SIZE_MAX)
        return vd_span_skip(in, l->run);
    while (in.n > 0 && object_size(in) == 0)
        in = vd_span_skip(in, 1);
    return in;
}

struct gather {
    struct vd_buf part; /* of an object that is not complete */
    size_t wanted;
    bool listed;
};

/* Does this line continue the object? Words of other messages look like one or two bytes. */
static bool continues(const struct gather *g, const struct line *l)
{
    return l->listed == g->listed &&
           (g->listed || l->bytes.n >= 8 || l->bytes.n == g->wanted - g->part.n);
}

static bool take_line(struct gather *g, const struct line *l, struct found *all)
{
    struct vd_span add = vd_buf_span(&l->bytes);
    struct vd_cert c;
    bool ok = true;

    if (g->wanted != 0 && !continues(g, l))
        return true;
    if (g->wanted == 0) {
        add = object_start(l);
        g->wanted = object_size(add);
        g->listed = l->listed;
        if (g->wanted == 0)
            return true;
    }
    if (!vd_buf_put(&g->part, add))
        return false;
    if (g->part.n < g->wanted)
        return true;
    (void)vd_cert_read(vd_buf_span(&g->part), &c);
    if (c.parsed)
        ok = keep(all, vd_buf_span(&g->part));
    vd_buf_clear(&g->part);
    g->wanted = 0;
    return ok;
}

static bool find_in_lines(struct vd_span in, struct found *all)
{
    struct gather g = { VD_BUF(VD_MAX_OPERATOR_FILE), 0, false };
    struct line l = { .bytes = VD_BUF(VD_MAX_OPERATOR_FILE) };
    bool ok = true;

    while (ok && in.n > 0) {
        struct vd_span text;
        size_t n = 0;
        while (n < in.n && in.p[n] != '\n')
            n++;
        ok = vd_take(&in, n, &text) && read_line(&l, text) && take_line(&g, &l, all);
        in = vd_span_skip(in, 1);
    }
    vd_buf_free(&g.part);
    vd_buf_free(&l.bytes);
    return ok;
}

/* ---- both ---- */

/* One certificate that fills a file in hex is no log: nothing of such a file may be lost. */
static bool plain(struct vd_span in, const struct found *all, struct vd_buf *out)
{
    size_t more;
    return all->n <= 1 && vd_unwrap(in, out, &more) && !vd_span_eq(vd_buf_span(out), in);
}

bool vd_paste_read(struct vd_span in, enum vd_meant meant, struct vd_buf *out, size_t *ret_more)
{
    struct found all = { .n = 0 };
    bool ok = true, whole;

    *ret_more = 0;
    if (vd_is_pem(in))
        ok = find_pem_in_log(in, &all);
    else if (vd_is_text(in))
        ok = find_in_lines(in, &all);
    whole = ok && all.n > 0 && !vd_is_pem(in) && plain(in, &all, out);
    ok = ok && !out->failed;
    if (ok && all.n > 0 && !whole) {
        vd_buf_clear(out);
        ok = vd_buf_put(out, vd_buf_span(&all.bytes[choose(&all, meant)]));
        *ret_more = all.n - 1;
    } else if (ok && !whole) {
        vd_buf_clear(out);
        ok = vd_unwrap(in, out, ret_more);
    }
    forget(&all);
    return ok;
}
