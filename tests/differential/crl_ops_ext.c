/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ops_ext.c - operators on the extensions of a CRL.
 */
#include <string.h>

#include "crl_ops.h"
#include "ops_fields.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { NUMBER = 20, POINT = 28, AKID = 35 };

struct octets {
    uint8_t n, p[28];
};

static struct bytes some(struct crl_family *f, const struct octets *rows, size_t n)
{
    size_t i = rng_below(f->rng, n);
    return (struct bytes){ rows[i].p, rows[i].n };
}

static struct element *list(struct crl_family *f)
{
    struct element *e = f->f.extensions;
    return e != NULL && e->parent ? e : NULL;
}

static struct element *some_extension(struct crl_family *f)
{
    struct element *e = list(f), *one;
    if (e == NULL || e->n_v == 0)
        return NULL;
    one = e->v[rng_below(f->rng, e->n_v)];
    return one->parent && one->n_v >= 2 ? one : NULL;
}

static void add(struct crl_family *f, struct element *x)
{
    struct element *e = list(f);
    if (e != NULL)
        tree_insert(f->a, e, rng_below(f->rng, e->n_v + 1), x);
}

static const struct octets oids[] = {
    { 3, { 0x55, 0x1D, 20 } },
    { 3, { 0x55, 0x1D, 27 } },
    { 3, { 0x55, 0x1D, 28 } },
    { 3, { 0x55, 0x1D, 35 } },
    { 3, { 0x55, 0x1D, 46 } },
    { 3, { 0x55, 0x1D, 18 } },
    { 3, { 0x55, 0x1D, 60 } },
    { 4, { 0x2B, 6, 1, 0x7F } },
    { 4, { 0x55, 0x80, 0x1D, 20 } },
    { 3, { 0x55, 0x1D, 0x93 } },
    { 0, { 0 } },
};

bool crl_ext_oid(struct crl_family *f)
{
    struct element *x = some_extension(f);
    struct bytes oid = some(f, oids, COUNT(oids));

    if (x == NULL)
        return false;
    if (rng_one_in(f->rng, 4))
        ops_flip(f->rng, f->a, x->v[0]);
    else
        tree_set(x->v[0], oid.p, oid.n);
    return true;
}

bool crl_ext_critical(struct crl_family *f)
{
    struct element *x = some_extension(f);
    return x != NULL && ops_critical(f->rng, f->a, x);
}

bool crl_ext_value(struct crl_family *f)
{
    struct element *value = crl_family_value(some_extension(f));
    if (value == NULL || tree_content(f->a, value).n == 0)
        return false;
    ops_flip(f->rng, f->a, value);
    return true;
}

bool crl_ext_duplicate(struct crl_family *f)
{
    struct element *x = some_extension(f), *copy;
    if (x == NULL)
        return false;
    copy = tree_clone(f->a, x);
    if (rng_one_in(f->rng, 4)) { /* the same value under another OID is no duplicate */
        struct bytes oid = some(f, oids, COUNT(oids));
        tree_set(copy->v[0], oid.p, oid.n);
    }
    add(f, copy);
    return true;
}

bool crl_ext_drop(struct crl_family *f)
{
    struct element *e = list(f);
    if (e == NULL || e->n_v == 0)
        return false;
    if (rng_one_in(f->rng, 16))
        e->n_v = 0;
    else if (rng_one_in(f->rng, 16))
        tree_set_raw(f->f.explicit0, (struct bytes){ NULL, 0 });
    else
        tree_remove(e, rng_below(f->rng, e->n_v));
    return true;
}

bool crl_ext_order(struct crl_family *f)
{
    struct element *e = rng_one_in(f->rng, 8) ? some_extension(f) : list(f);
    return e != NULL && e->n_v > 1 && ops_swap_siblings(f->rng, f->a, e);
}

/* One more: known and fitting, known and odd, deltas, unknown. */
bool crl_ext_add(struct crl_family *f)
{
    static const struct octets values[] = {
        { 3, { 2, 1, 1 } },
        { 2, { 5, 0 } },
        { 2, { 0x30, 0 } },
        { 0, { 0 } },
        { 6, { 0x30, 4, 0x86, 2, 'h', ':' } },
    };
    add(f, ops_extension(f->a, some(f, oids, COUNT(oids)), ops_flag(f->rng),
                         some(f, values, COUNT(values))));
    return true;
}

static bool set_value(struct crl_family *f, unsigned id, struct bytes value)
{
    struct element *e = crl_family_value(crl_family_extension(list(f), id));
    if (e == NULL)
        return false;
    tree_set(e, value.p, value.n);
    return true;
}

bool crl_number(struct crl_family *f)
{
    struct element *number = tree_leaf(f->a, 0x02, NULL, 0);

    (void)ops_number(f->rng, f->a, number);
    if (rng_one_in(f->rng, 16))
        number->tag[0] = 0x0A;
    if (rng_one_in(f->rng, 16)) {
        number->form = LENGTH_PADDED;
        number->bend = 1;
    }
    return set_value(f, NUMBER, tree_write(f->a, number));
}

/* Another id, other lengths, issuer and serial beside it or in its place. */
bool crl_key_id(struct crl_family *f)
{
    static const uint8_t lengths[] = { 20, 20, 19, 21, 8, 0 };
    struct element *value = crl_family_value(crl_family_extension(list(f), AKID));
    struct element *akid = value == NULL || value->n_v == 0 ? NULL : value->v[0], *names, *dir;
    size_t n = lengths[rng_below(f->rng, COUNT(lengths))];
    uint8_t *octets = arena_take(f->a, 24);

    if (akid == NULL || !akid->parent || akid->n_v == 0)
        return false;
    if (rng_one_in(f->rng, 3)) {
        rng_octets(f->rng, octets, n);
        tree_set(akid->v[0], octets, n);
        return true;
    }
    if (rng_one_in(f->rng, 2)) { /* one bit of it, or read and written again */
        if (rng_one_in(f->rng, 2))
            ops_flip(f->rng, f->a, akid->v[0]);
        return true;
    }
    names = tree_node(f->a, 0xA1);
    dir = tree_node(f->a, 0xA4);
    tree_insert(f->a, dir, 0, tree_clone(f->a, f->f.issuer));
    tree_insert(f->a, names, 0, dir);
    if (rng_one_in(f->rng, 4))
        tree_remove(akid, 0);
    tree_insert(f->a, akid, akid->n_v, names);
    tree_insert(f->a, akid, akid->n_v, tree_leaf(f->a, 0x82, (const uint8_t *)"\x05", 1));
    return true;
}

/* ---- the issuing distribution point ---- */

static void put(struct crl_family *f, struct element *idp, unsigned tag, const char *octets,
                size_t n)
{
    tree_insert(f->a, idp, idp->n_v, tree_leaf(f->a, tag, octets, n));
}

static struct element *full_name(struct crl_family *f, const char *url, size_t times)
{
    struct element *point = tree_node(f->a, 0xA0), *full = tree_node(f->a, 0xA0);
    for (size_t i = 0; i < times; i++)
        put(f, full, 0x86, url, strlen(url));
    tree_insert(f->a, point, 0, full);
    return point;
}

static bool set_point(struct crl_family *f, const struct element *idp)
{
    static const uint8_t oid[] = { 0x55, 0x1D, POINT };
    struct bytes value = tree_write(f->a, idp);

    if (!set_value(f, POINT, value))
        add(f, ops_extension(f->a, (struct bytes){ oid, sizeof oid }, FLAG_TRUE, value));
    return true;
}

/* Flags: TRUE, FALSE, odd, in any combination. */
bool crl_point(struct crl_family *f)
{
    static const char flags[] = { '\xFF', '\xFF', '\xFF', '\0', '\x01' };
    struct element *idp = tree_node(f->a, 0x30);

    if (rng_one_in(f->rng, 2))
        tree_insert(f->a, idp, 0, full_name(f, CRL_URL, 1));
    for (unsigned i = 1; i <= 5; i++) {
        bool indirect = i == 4 && f->good->delegated;
        if (i == 3 && rng_one_in(f->rng, 12))
            put(f, idp, 0x83, "\x03\x40", 2); /* onlySomeReasons */
        else if (i != 3 && (indirect ? !rng_one_in(f->rng, 8) : rng_one_in(f->rng, 6)))
            put(f, idp, 0x80 | i, &flags[rng_below(f->rng, COUNT(flags))], 1);
    }
    if (idp->n_v > 1 && rng_one_in(f->rng, 12))
        (void)ops_swap_siblings(f->rng, f->a, idp);
    return set_point(f, idp);
}

bool crl_point_name(struct crl_family *f)
{
    static const char *const urls[] = {
        CRL_URL, CRL_URL,    CRL_URL, "http://crl.example/list.cr", "HTTP://crl.example/list.crl",
        "",      CRL_URL "#"
    };
    const char *url = urls[rng_below(f->rng, COUNT(urls))];
    struct element *idp = tree_node(f->a, 0x30), *name = full_name(f, url, 1);

    switch (rng_below(f->rng, 8)) {
    case 0:
        name = full_name(f, url, rng_below(f->rng, 3));
        break;
    case 1: /* relative to the issuer */
        name = tree_node(f->a, 0xA0);
        tree_insert(f->a, name, 0, tree_leaf(f->a, 0xA1, NULL, 0));
        break;
    case 2: /* another form of name beside it */
        put(f, name->v[0], 0x82, "crl.example", 11);
        break;
    case 3:
        name->v[0]->tag[0] ^= (uint8_t)(1u << rng_below(f->rng, 8));
        break;
    default:
        break;
    }
    tree_insert(f->a, idp, 0, name);
    if (f->good->delegated)
        put(f, idp, 0x84, "\xFF", 1);
    return set_point(f, idp);
}
