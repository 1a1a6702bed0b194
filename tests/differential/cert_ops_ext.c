/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_ops_ext.c - operators on extensions.
 */
#include <string.h>

#include "cert_ops.h"
#include "ops_fields.h"
#include "ops_tree.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { SKID = 0x0E, KEY_USAGE = 0x0F, BASIC_CONSTRAINTS = 0x13, AKID = 0x23 };

struct octets {
    uint8_t n, p[32];
};

static struct bytes some(struct family *f, const struct octets *rows, size_t n)
{
    size_t i = rng_below(f->rng, n);
    return (struct bytes){ rows[i].p, rows[i].n };
}

static struct element *list(struct family *f)
{
    struct element *e = cert_target(f)->extensions;
    return e != NULL && e->parent ? e : NULL;
}

static struct element *some_extension(struct family *f)
{
    struct element *e = list(f), *one;
    if (e == NULL || e->n_v == 0)
        return NULL;
    one = e->v[rng_below(f->rng, e->n_v)];
    return one->parent && one->n_v >= 2 ? one : NULL;
}

static void add(struct family *f, struct element *extension)
{
    struct element *e = list(f);
    if (e != NULL)
        tree_insert(f->a, e, rng_below(f->rng, e->n_v + 1), extension);
}

/* ---- any extension ---- */

static const struct octets known[] = {
    { 3, { 0x55, 0x1D, 0x0E } },
    { 3, { 0x55, 0x1D, 0x0F } },
    { 3, { 0x55, 0x1D, 0x11 } },
    { 3, { 0x55, 0x1D, 0x12 } },
    { 3, { 0x55, 0x1D, 0x13 } },
    { 3, { 0x55, 0x1D, 0x1E } },
    { 3, { 0x55, 0x1D, 0x1F } },
    { 3, { 0x55, 0x1D, 0x20 } },
    { 3, { 0x55, 0x1D, 0x21 } },
    { 3, { 0x55, 0x1D, 0x23 } },
    { 3, { 0x55, 0x1D, 0x24 } },
    { 3, { 0x55, 0x1D, 0x25 } },
    { 3, { 0x55, 0x1D, 0x36 } },
    { 8, { 0x2B, 6, 1, 5, 5, 7, 1, 1 } },
    { 8, { 0x2B, 6, 1, 5, 5, 7, 1, 0x0E } },
    { 9, { 0x60, 0x86, 0x48, 1, 0x86, 0xF8, 0x42, 1, 1 } },
};

static const struct octets unknown[] = {
    { 4, { 0x2B, 6, 1, 0x7F } },
    { 3, { 0x55, 0x1D, 0x7F } },
    { 3, { 0x55, 0x1D, 0x38 } },
    { 2, { 0x55, 0x1D } },
    { 1, { 0x2A } },
    { 4, { 0x55, 0x80, 0x1D, 0x13 } }, /* a padded arc */
    { 3, { 0x55, 0x1D, 0x93 } },       /* ends in the middle of an arc */
    { 0, { 0 } },
};

bool cert_ext_oid(struct family *f)
{
    struct element *x = some_extension(f);
    struct bytes oid;

    if (x == NULL)
        return false;
    if (rng_one_in(f->rng, 4)) {
        ops_flip(f->rng, f->a, x->v[0]);
        return true;
    }
    oid = rng_one_in(f->rng, 2) ? some(f, known, COUNT(known)) : some(f, unknown, COUNT(unknown));
    tree_set(x->v[0], oid.p, oid.n);
    return true;
}

bool cert_ext_critical(struct family *f)
{
    struct element *x = some_extension(f);
    return x != NULL && ops_critical(f->rng, f->a, x);
}

bool cert_ext_value(struct family *f)
{
    struct element *x = some_extension(f), *value = family_value(x);
    if (value == NULL || tree_content(f->a, value).n == 0)
        return false;
    ops_flip(f->rng, f->a, value);
    return true;
}

bool cert_ext_duplicate(struct family *f)
{
    struct element *x = some_extension(f);
    if (x == NULL)
        return false;
    if (rng_one_in(f->rng, 8)) { /* the same value under two names is no duplicate */
        struct bytes other = some(f, unknown, 3), value = { (const uint8_t *)"\x05", 2 };
        add(f, ops_extension(f->a, some(f, unknown, 3), FLAG_ABSENT, value));
        add(f, ops_extension(f->a, other, FLAG_ABSENT, value));
        return true;
    }
    if (rng_one_in(f->rng, 3)) { /* twins that Matter does not define */
        struct bytes oid = some(f, unknown, 3), value = { (const uint8_t *)"\x05", 2 };
        add(f, ops_extension(f->a, oid, FLAG_ABSENT, value));
        x = ops_extension(f->a, oid, FLAG_ABSENT, value);
    }
    add(f, tree_clone(f->a, x));
    return true;
}

bool cert_ext_drop(struct family *f)
{
    struct element *e = list(f);
    if (e == NULL || e->n_v == 0)
        return false;
    if (rng_one_in(f->rng, 16))
        e->n_v = 0; /* an empty list */
    else if (rng_one_in(f->rng, 16))
        tree_set_raw(cert_target(f)->explicit3, (struct bytes){ NULL, 0 });
    else
        tree_remove(e, rng_below(f->rng, e->n_v));
    return true;
}

bool cert_ext_order(struct family *f)
{
    struct element *e = list(f);
    if (rng_one_in(f->rng, 8)) /* the parts of one */
        e = some_extension(f);
    for (size_t i = e == NULL ? 0 : e->n_v; i > 1; i--) {
        size_t at = rng_below(f->rng, i);
        struct element *other = e->v[at];
        e->v[at] = e->v[i - 1];
        e->v[i - 1] = other;
    }
    return e != NULL && e->n_v > 1;
}

/* ---- one more extension ---- */

struct known_row {
    uint8_t n_oid, oid[9], n, value[24];
};

bool cert_ext_known(struct family *f)
{
    static const struct known_row rows[] = {
        { 3, { 0x55, 0x1D, 0x25 }, 12, { 0x30, 10, 6, 8, 0x2B, 6, 1, 5, 5, 7, 3, 2 } }, /* EKU */
        { 3, { 0x55, 0x1D, 0x25 }, 2, { 0x30, 0 } },
        { 3, { 0x55, 0x1D, 0x11 }, 6, { 0x30, 4, 0x82, 2, 'a', 'b' } }, /* SAN */
        { 3, { 0x55, 0x1D, 0x11 }, 2, { 0x30, 0 } },
        { 3, { 0x55, 0x1D, 0x12 }, 6, { 0x30, 4, 0x82, 2, 'a', 'b' } }, /* IAN */
        { 3, { 0x55, 0x1D, 0x12 }, 1, { 0x05 } },
        { 3, { 0x55, 0x1D, 0x20 }, 8, { 0x30, 6, 0x30, 4, 6, 2, 0x2A, 3 } }, /* policies */
        { 3, { 0x55, 0x1D, 0x20 }, 3, { 0x30, 1, 0 } },
        { 8, { 0x2B, 6, 1, 5, 5, 7, 1, 1 }, 10, { 0x30, 8, 0x30, 6, 6, 2, 0x2A, 3, 0x86, 0 } },
        { 8, { 0x2B, 6, 1, 5, 5, 7, 1, 1 }, 0, { 0 } },
        { 3, { 0x55, 0x1D, 0x1F }, 10, { 0x30, 8, 0x30, 6, 0xA0, 4, 0xA0, 2, 0x86, 0 } }, /* CDP */
        { 3, { 0x55, 0x1D, 0x1F }, 4, { 0x30, 2, 5, 0 } },
        { 3, { 0x55, 0x1D, 0x1E }, 9, { 0x30, 7, 0xA0, 5, 0x30, 3, 0x82, 1, 'z' } }, /* names */
        { 3, { 0x55, 0x1D, 0x24 }, 5, { 0x30, 3, 0x80, 1, 0 } }, /* policy constraints */
        { 3, { 0x55, 0x1D, 0x36 }, 3, { 2, 1, 0 } },             /* inhibit any policy */
        { 9, { 0x60, 0x86, 0x48, 1, 0x86, 0xF8, 0x42, 1, 1 }, 4, { 3, 2, 7, 0x80 } },
        { 8,
          { 0x2B, 6, 1, 5, 5, 7, 1, 0x0E },
          14,
          { 0x30, 12, 0x30, 10, 6, 8, 0x2B, 6, 1, 5, 5, 7, 0x15, 1 } }, /* proxy */
    };
    const struct known_row *row = &rows[rng_below(f->rng, COUNT(rows))];
    if (list(f) == NULL)
        return false;
    add(f, ops_extension(f->a, (struct bytes){ row->oid, row->n_oid }, ops_flag(f->rng),
                         (struct bytes){ row->value, row->n }));
    return true;
}

bool cert_ext_unknown(struct family *f)
{
    size_t n = rng_below(f->rng, 12);
    uint8_t *value = arena_take(f->a, n + 1);

    if (list(f) == NULL)
        return false;
    rng_octets(f->rng, value, n);
    add(f, ops_extension(f->a, some(f, unknown, COUNT(unknown)),
                         rng_one_in(f->rng, 2) ? FLAG_ABSENT : ops_flag(f->rng),
                         (struct bytes){ value, n }));
    return true;
}

/* More of them than any real certificate has. */
bool cert_ext_many(struct family *f)
{
    size_t n = 12 + rng_below(f->rng, 12);

    if (list(f) == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t *oid = arena_take(f->a, 1);
        oid[0] = (uint8_t)(0x2B + i);
        add(f,
            ops_extension(f->a, (struct bytes){ oid, 1 }, FLAG_ABSENT, (struct bytes){ oid, 0 }));
    }
    return true;
}

/* ---- the four that Matter defines ---- */

static bool set_value(struct family *f, unsigned id, struct bytes value)
{
    struct element *e = family_value(family_extension(cert_target(f), id));
    if (e == NULL)
        return false;
    tree_set(e, value.p, value.n);
    return true;
}

bool cert_key_usage(struct family *f)
{
    static const struct octets rows[] = {
        { 4, { 3, 2, 7, 0x80 } },
        { 4, { 3, 2, 1, 0x06 } },
        { 4, { 3, 2, 1, 0x86 } },
        { 4, { 3, 2, 7, 0x80 } },
        { 4, { 3, 2, 1, 0x06 } },
        { 4, { 3, 2, 1, 0x86 } },
        { 4, { 3, 2, 2, 0x04 } },
        { 4, { 3, 2, 1, 0x02 } },
        { 4, { 3, 2, 1, 0x82 } },
        { 4, { 3, 2, 6, 0xC0 } },
        { 4, { 3, 2, 3, 0x88 } },
        { 4, { 3, 2, 1, 0x46 } },
        { 4, { 3, 2, 0, 0x80 } },
        { 4, { 3, 2, 0, 0x06 } },
        { 4, { 3, 2, 0, 0x86 } },
        { 4, { 3, 2, 7, 0xFF } },
        { 4, { 3, 2, 1, 0x07 } },
        { 4, { 3, 2, 0, 0x07 } },
        { 5, { 3, 3, 7, 0x80, 0 } },
        { 5, { 3, 3, 0, 0x80, 0 } },
        { 5, { 3, 3, 7, 0x06, 0x80 } },
        { 3, { 3, 1, 0 } },
        { 3, { 3, 1, 7 } },
        { 2, { 3, 0 } },
        { 4, { 3, 2, 8, 0x80 } },
        { 5, { 3, 2, 7, 0x80, 0 } },
        { 4, { 4, 2, 7, 0x80 } },
        { 6, { 3, 4, 7, 0x80, 0, 0 } },
    };
    return set_value(f, KEY_USAGE, some(f, rows, COUNT(rows)));
}

bool cert_basic_constraints(struct family *f)
{
    static const struct octets rows[] = {
        { 2, { 0x30, 0 } },
        { 2, { 0x30, 0 } },
        { 5, { 0x30, 3, 1, 1, 0xFF } },
        { 8, { 0x30, 6, 1, 1, 0xFF, 2, 1, 0 } },
        { 8, { 0x30, 6, 1, 1, 0xFF, 2, 1, 0 } },
        { 8, { 0x30, 6, 1, 1, 0xFF, 2, 1, 1 } },
        { 5, { 0x30, 3, 1, 1, 0x00 } },
        { 5, { 0x30, 3, 1, 1, 0x01 } },
        { 8, { 0x30, 6, 1, 1, 0x01, 2, 1, 0 } },
        { 5, { 0x30, 3, 2, 1, 0 } },
        { 8, { 0x30, 6, 2, 1, 0, 1, 1, 0xFF } },
        { 10, { 0x30, 8, 1, 1, 0xFF, 2, 1, 0, 5, 0 } },
        { 10, { 0x30, 6, 1, 1, 0xFF, 2, 1, 0, 5, 0 } },
        { 9, { 0x30, 0x81, 6, 1, 1, 0xFF, 2, 1, 0 } },
        { 10, { 0x30, 0x80, 1, 1, 0xFF, 2, 1, 0, 0, 0 } },
        { 3, { 0x30, 0x81, 0 } },
        { 2, { 0x31, 0 } },
        { 0, { 0 } },
    };
    return set_value(f, BASIC_CONSTRAINTS, some(f, rows, COUNT(rows)));
}

bool cert_path_length(struct family *f)
{
    static const struct octets numbers[] = {
        { 3, { 2, 1, 0 } },
        { 3, { 2, 1, 0 } },
        { 3, { 2, 1, 1 } },
        { 3, { 2, 1, 1 } },
        { 3, { 2, 1, 2 } },
        { 3, { 2, 1, 0x7F } },
        { 3, { 2, 1, 0xFF } },
        { 4, { 2, 2, 0, 0 } },
        { 4, { 2, 2, 0, 0x80 } },
        { 4, { 2, 2, 0, 1 } },
        { 3, { 10, 1, 0 } },
        { 7, { 2, 5, 1, 0, 0, 0, 0 } },
        { 11, { 2, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0 } },
        { 2, { 2, 0 } },
        { 0, { 0 } },
    };
    struct bytes number = some(f, numbers, COUNT(numbers));
    struct element *bc = tree_node(f->a, 0x30), *raw = tree_node(f->a, 0);
    static const uint8_t yes[] = { 0xFF };

    if (!(f->target == DAC) != rng_one_in(f->rng, 16)) /* mostly as the role wants it */
        tree_insert(f->a, bc, 0, tree_leaf(f->a, 0x01, yes, 1));
    tree_set_raw(raw, number);
    tree_insert(f->a, bc, bc->n_v, raw);
    return set_value(f, BASIC_CONSTRAINTS, tree_write(f->a, bc));
}

/* ---- key ids ---- */

static bool bend_key_id(struct family *f, struct element *id)
{
    static const uint8_t lengths[] = { 20, 20, 20, 19, 21, 8, 1, 0 };
    uint8_t *octets = arena_take(f->a, 24);
    size_t n = lengths[rng_below(f->rng, COUNT(lengths))];

    if (rng_one_in(f->rng, 2)) {
        ops_flip(f->rng, f->a, id);
    } else {
        rng_octets(f->rng, octets, n);
        tree_set(id, octets, n);
    }
    return true;
}

/* authorityCertIssuer and authorityCertSerialNumber, right or wrong, with or without the key id. */
static bool bend_akid_form(struct family *f, struct element *akid)
{
    const struct fields *issuer = &f->f[f->target == DAC ? PAI : PAA];
    struct element *names = tree_node(f->a, 0xA1), *directory = tree_node(f->a, 0xA4);
    struct bytes serial = tree_content(f->a, issuer->serial);

    tree_insert(f->a, directory, 0, tree_clone(f->a, issuer->issuer));
    tree_insert(f->a, names, 0, directory);
    if (rng_one_in(f->rng, 4))
        tree_remove(akid, 0);
    if (!rng_one_in(f->rng, 4))
        tree_insert(f->a, akid, akid->n_v, names);
    if (!rng_one_in(f->rng, 4))
        tree_insert(f->a, akid, akid->n_v, tree_leaf(f->a, 0x82, serial.p, serial.n));
    if (rng_one_in(f->rng, 4))
        tree_insert(f->a, akid, akid->n_v, ops_any(f->rng, f->a));
    return true;
}

bool cert_key_id(struct family *f)
{
    bool subject = rng_one_in(f->rng, 2);
    struct element *value = family_value(family_extension(cert_target(f), subject ? SKID : AKID));

    if (value == NULL || !value->parent || value->n_v == 0)
        return false;
    if (subject)
        return bend_key_id(f, value->v[0]);
    if (!value->v[0]->parent || value->v[0]->n_v == 0)
        return false;
    if (rng_one_in(f->rng, 2))
        return bend_akid_form(f, value->v[0]);
    return bend_key_id(f, value->v[0]->v[0]);
}
