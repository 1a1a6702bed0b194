/* SPDX-License-Identifier: Apache-2.0
 *
 * ops_fields.c - operators on the fields that certificates and CRLs share.
 */
#include "ops_fields.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ops_tree.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- numbers ---- */

bool ops_number(struct rng *r, struct arena *a, struct element *e)
{
    static const struct {
        uint8_t n, start[2];
        bool fixed; /* only the octets of start */
    } rows[] = {
        { 0, { 0 }, true },
        { 1, { 0x00 }, true },
        { 1, { 0x01 }, true },
        { 1, { 0x80 }, true },
        { 1, { 0xFF }, true },
        { 2, { 0x00, 0x7F }, true },
        { 2, { 0x00, 0x80 }, true },
        { 2, { 0xFF, 0x80 }, true },
        { 2, { 0x00, 0x00 }, true },
        { 8, { 0x80, 0x01 }, false },
        { 8, { 0x00, 0x7F }, false },
        { 8, { 0x00, 0x80 }, false },
        { 19, { 0x7F, 0x01 }, false },
        { 20, { 0x7F, 0x01 }, false },
        { 20, { 0x00, 0x80 }, false },
        { 21, { 0x00, 0x80 }, false },
        { 21, { 0x00, 0x7F }, false },
        { 21, { 0x7F, 0x01 }, false },
        { 21, { 0x80, 0x01 }, false },
        { 22, { 0x00, 0x80 }, false },
    };
    size_t i = rng_below(r, COUNT(rows));
    uint8_t *octets = arena_take(a, 24);

    rng_octets(r, octets, rows[i].n);
    memcpy(octets, rows[i].start, rows[i].n < 2 ? rows[i].n : 2);
    tree_set(e, octets, rows[i].n);
    return true;
}

/* ---- times ---- */

void ops_time(struct arena *a, struct element *e, int64_t at, enum time_form form)
{
    time_t t = (time_t)at;
    struct tm c = { 0 };
    char text[40];
    size_t n;
    bool utc;

    (void)gmtime_r(&t, &c);
    utc = form == TIME_UTC || (form == TIME_AS_RFC5280 && c.tm_year < 150);
    n = strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &c);
    e->tag[0] = utc ? 0x17 : 0x18;
    tree_set(e, arena_copy(a, text + (utc ? 2 : 0), n), n - (utc ? 2 : 0));
}

bool ops_time_text(struct rng *r, struct arena *a, struct element *e)
{
    static const char *const ends[] = { "", "+0000", "-0100", ".0Z", ".123Z", "z", "ZZ", " Z" };
    static const char others[] = "0123456789 -:/Z";
    uint8_t *text = arena_take(a, e->n + 8);
    size_t n = e->n, i;
    const char *end;

    if (e->parent || n < 12)
        return false;
    memcpy(text, e->p, n);
    switch (rng_below(r, 6)) {
    case 0: /* another end */
        end = ends[rng_below(r, COUNT(ends))];
        memcpy(text + n - 1, end, strlen(end));
        n += strlen(end) - 1;
        break;
    case 1: /* no seconds */
        memmove(text + n - 3, text + n - 1, 1);
        n -= 2;
        break;
    case 2: /* 60 seconds, 24 hours, day 00, month 13: one pair of digits */
        i = n - 3 - 2 * rng_below(r, 5);
        text[i] = (uint8_t)("26390"[rng_below(r, 5)]);
        text[i + 1] = (uint8_t)('0' + rng_below(r, 10));
        break;
    case 3:
        text[rng_below(r, n)] = (uint8_t)others[rng_below(r, sizeof others - 1)];
        break;
    default: /* another digit */
        text[rng_below(r, n - 1)] = (uint8_t)('0' + rng_below(r, 10));
        break;
    }
    tree_set(e, text, n);
    return true;
}

/* ---- algorithms ---- */

struct bytes ops_algorithm(struct rng *r)
{
    static const struct {
        uint8_t n, octets[24];
    } rows[] = {
        { 12, { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 } },
        { 14, { 0x30, 0x0C, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02, 0x05, 0 } },
        { 12, { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03 } },
        { 11, { 0x30, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01 } },
        { 15,
          { 0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05,
            0x00 } },
        { 13, { 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11 } },
        { 14, { 0x30, 0x0C, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02, 0x30, 0 } },
        { 15,
          { 0x30, 0x0D, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02, 0x02, 0x01,
            0x00 } },
        { 16,
          { 0x30, 0x0E, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02, 0x05, 0x00,
            0x05, 0x00 } },
        { 2, { 0x30, 0x00 } },
        { 4, { 0x30, 0x02, 0x05, 0x00 } },
    };
    size_t i = rng_one_in(r, 2) ? rng_below(r, 2) : rng_below(r, COUNT(rows));
    return (struct bytes){ rows[i].octets, rows[i].n };
}

/* ---- extensions ---- */

enum flag ops_flag(struct rng *r)
{
    static const enum flag often[] = { FLAG_ABSENT, FLAG_ABSENT, FLAG_TRUE, FLAG_TRUE,
                                       FLAG_FALSE,  FLAG_ODD,    FLAG_LONG };
    return often[rng_below(r, COUNT(often))];
}

static struct element *flag_element(struct arena *a, enum flag flag)
{
    static const uint8_t octets[][2] = { [FLAG_ABSENT] = { 0, 0 },
                                         [FLAG_TRUE] = { 0xFF, 0 },
                                         [FLAG_FALSE] = { 0, 0 },
                                         [FLAG_ODD] = { 0x01, 0 },
                                         [FLAG_LONG] = { 0xFF, 0xFF } };
    return tree_leaf(a, 0x01, octets[flag], flag == FLAG_LONG ? 2 : 1);
}

struct element *ops_extension(struct arena *a, struct bytes oid, enum flag flag, struct bytes value)
{
    struct element *seq = tree_node(a, 0x30);
    tree_insert(a, seq, 0, tree_leaf(a, 0x06, oid.p, oid.n));
    if (flag != FLAG_ABSENT)
        tree_insert(a, seq, 1, flag_element(a, flag));
    tree_insert(a, seq, seq->n_v, tree_leaf(a, 0x04, value.p, value.n));
    return seq;
}

bool ops_critical(struct rng *r, struct arena *a, struct element *extension)
{
    enum flag flag = ops_flag(r);
    bool had;

    if (!extension->parent || extension->n_v < 2)
        return false;
    had = tree_is(extension->v[1], 0x01);
    if (had && !rng_one_in(r, 8)) /* now and then two of them */
        tree_remove(extension, 1);
    if (flag == FLAG_ABSENT)
        return had;
    tree_insert(a, extension, 1, flag_element(a, flag));
    return true;
}

/* ---- signatures ---- */

static void pad(struct arena *a, struct element *number, unsigned octet)
{
    uint8_t *p = arena_take(a, number->n + 1);
    p[0] = (uint8_t)octet;
    memcpy(p + 1, number->p, number->n);
    tree_set(number, p, number->n + 1);
}

static void bend_values(struct rng *r, struct arena *a, struct element *seq)
{
    static const uint8_t zero[1] = { 0 };
    struct element *number = seq->v[rng_below(r, 2)];

    switch (rng_below(r, 8)) {
    case 0:
        pad(a, number, 0);
        break;
    case 1:
        pad(a, number, 0xFF);
        break;
    case 2:
        tree_set(number, zero, 1);
        break;
    case 3:
        tree_insert(a, seq, rng_below(r, 3), ops_any(r, a));
        break;
    case 4:
        number->form = rng_one_in(r, 2) ? LENGTH_PADDED : LENGTH_WRONG;
        number->bend = 1;
        break;
    case 5:
        seq->form = rng_one_in(r, 2) ? LENGTH_PADDED : LENGTH_INDEFINITE;
        seq->bend = 1;
        break;
    case 6:
        ops_flip(r, a, number);
        break;
    default:
        (void)ops_swap_siblings(r, a, seq);
        break;
    }
}

bool ops_signature(struct rng *r, struct arena *a, struct element *bits)
{
    struct element *seq = bits->n < 2 ? NULL : tree_read(a, bits->p + 1, bits->n - 1);
    uint8_t *content, unused = 0;
    size_t more = 0;
    struct bytes values;

    if (seq == NULL || seq->n_v != 2)
        return false;
    if (rng_one_in(r, 6)) { /* nothing: as it was signed */
        return true;
    } else if (rng_one_in(r, 4)) {
        unused = (uint8_t)rng_below(r, 9);
    } else if (rng_one_in(r, 6)) {
        more = 1 + rng_below(r, 2);
    } else {
        bend_values(r, a, seq);
    }
    values = tree_write(a, seq);
    content = arena_take(a, values.n + more + 1);
    content[0] = unused;
    memcpy(content + 1, values.p, values.n);
    tree_set(bits, content, values.n + more + 1);
    return true;
}

void ops_around(struct rng *r, struct arena *a, struct element *root)
{
    static const uint8_t octets[] = { 0x00, 0x0A, 0x05, 0x00, 0x30, 0x00 };
    size_t at = rng_below(r, sizeof octets), n = 1 + rng_below(r, sizeof octets - at);
    struct bytes whole = tree_write(a, root);
    uint8_t *all = arena_take(a, whole.n + n);
    bool front = rng_one_in(r, 8);

    memcpy(all + (front ? n : 0), whole.p, whole.n);
    memcpy(all + (front ? 0 : whole.n), octets + at, n);
    tree_set_raw(root, (struct bytes){ all, whole.n + n });
}
