/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ops_entry.c - operators on the list of revoked certificates.
 */
#include <string.h>

#include "crl_ops.h"
#include "ops_fields.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

enum { REASON = 21, ISSUER = 29 };

struct octets {
    uint8_t n, p[24];
};

static struct bytes some(struct crl_family *f, const struct octets *rows, size_t n)
{
    size_t i = rng_below(f->rng, n);
    return (struct bytes){ rows[i].p, rows[i].n };
}

static struct element *list(struct crl_family *f)
{
    struct element *e = f->f.entries;
    return e != NULL && e->parent ? e : NULL;
}

static struct element *some_entry(struct crl_family *f)
{
    struct element *e = list(f), *one;
    if (e == NULL || e->n_v == 0)
        return NULL;
    one = e->v[rng_below(f->rng, e->n_v)];
    return one->parent && one->n_v >= 2 ? one : NULL;
}

/* The entry's list of extensions, made when it is not there. */
static struct element *extensions(struct crl_family *f, struct element *entry)
{
    if (entry->n_v == 2)
        tree_insert(f->a, entry, 2, tree_node(f->a, 0x30));
    return entry->v[2]->parent ? entry->v[2] : NULL;
}

static struct element *new_entry(struct crl_family *f, const uint8_t *serial, size_t n)
{
    struct element *e = tree_node(f->a, 0x30), *date = tree_leaf(f->a, 0, NULL, 0);
    tree_insert(f->a, e, 0, tree_leaf(f->a, 0x02, serial, n));
    ops_time(f->a, date, CRL_AT - 86400, TIME_AS_RFC5280);
    tree_insert(f->a, e, 1, date);
    return e;
}

bool crl_entry_serial(struct crl_family *f)
{
    struct element *e = some_entry(f);
    return e != NULL && ops_number(f->rng, f->a, e->v[0]);
}

bool crl_entry_date(struct crl_family *f)
{
    static const int64_t moments[] = {
        0, 1, CRL_AT, CRL_AT + 1000000, INT64_C(2524607999), INT64_C(2524608000), INT64_C(-1)
    };
    struct element *e = some_entry(f);
    static const enum time_form forms[] = { TIME_AS_RFC5280, TIME_UTC, TIME_GENERALIZED };

    if (e == NULL)
        return false;
    if (rng_one_in(f->rng, 2))
        return ops_time_text(f->rng, f->a, e->v[1]);
    ops_time(f->a, e->v[1], moments[rng_below(f->rng, COUNT(moments))],
             forms[rng_below(f->rng, COUNT(forms))]);
    return true;
}

/* Parts of an entry: swapped, missing, one too many. */
bool crl_entry_shape(struct crl_family *f)
{
    struct element *e = some_entry(f), *all = list(f), *empty;
    if (e == NULL || all == NULL)
        return false;
    switch (rng_below(f->rng, 6)) {
    case 0:
        return ops_swap_siblings(f->rng, f->a, e);
    case 1:
        tree_remove(e, rng_below(f->rng, e->n_v)); /* the extensions may be left out */
        return true;
    case 2:
        tree_insert(f->a, e, rng_below(f->rng, e->n_v + 1), ops_any(f->rng, f->a));
        return true;
    case 3: /* an empty list of extensions */
        empty = extensions(f, e);
        if (empty != NULL)
            empty->n_v = 0;
        return empty != NULL;
    case 4: /* the same again, with other extensions or none */
        empty = tree_clone(f->a, e);
        empty->n_v = 2;
        tree_insert(f->a, all, rng_below(f->rng, all->n_v + 1), empty);
        return true;
    default:
        e->tag[0] = (uint8_t)(rng_one_in(f->rng, 2) ? 0x31 : 0xA0);
        return true;
    }
}

/* Another order: who a certificateIssuer speaks for changes with it. */
bool crl_entry_order(struct crl_family *f)
{
    struct element *e = list(f);
    if (rng_one_in(f->rng, 8)) /* the parts of one */
        e = some_entry(f);
    return e != NULL && e->n_v > 1 && ops_swap_siblings(f->rng, f->a, e);
}

/* More, none, an empty list, or two lists. */
bool crl_entry_count(struct crl_family *f)
{
    struct element *e = list(f);
    size_t n = 1 + rng_below(f->rng, 40);

    if (f->f.tbs->n_v < 6)
        return false;
    switch (rng_below(f->rng, 6)) {
    case 0: /* an empty list */
        if (e == NULL)
            tree_insert(f->a, f->f.tbs, 5, tree_node(f->a, 0x30));
        else
            e->n_v = 0;
        return true;
    case 1: /* no list */
        if (e != NULL)
            tree_set_raw(e, (struct bytes){ NULL, 0 });
        return e != NULL;
    case 2: /* two lists */
        if (e != NULL)
            tree_insert(f->a, f->f.tbs, 6, tree_clone(f->a, e));
        return e != NULL;
    default:
        if (e == NULL) {
            e = tree_node(f->a, 0x30);
            tree_insert(f->a, f->f.tbs, 5, e);
        }
        for (size_t i = 0; i < n; i++) {
            uint8_t *serial = arena_take(f->a, 9);
            rng_octets(f->rng, serial, 8);
            serial[0] = 0x01;
            tree_insert(f->a, e, rng_below(f->rng, e->n_v + 1), new_entry(f, serial, 8));
        }
        return true;
    }
}

/* ---- extensions of an entry ---- */

static bool add(struct crl_family *f, struct element *entry, unsigned id, enum flag flag,
                struct bytes value)
{
    struct element *x = extensions(f, entry);
    uint8_t *oid = arena_take(f->a, 3);

    if (x == NULL)
        return false;
    oid[0] = 0x55;
    oid[1] = 0x1D;
    oid[2] = (uint8_t)id;
    tree_insert(f->a, x, rng_below(f->rng, x->n_v + 1),
                ops_extension(f->a, (struct bytes){ oid, 3 }, flag, value));
    return true;
}

bool crl_entry_reason(struct crl_family *f)
{
    static const struct octets rows[] = {
        { 3, { 10, 1, 0 } },    { 3, { 10, 1, 1 } },    { 3, { 10, 1, 4 } },
        { 3, { 10, 1, 6 } },    { 3, { 10, 1, 7 } },    { 3, { 10, 1, 8 } },
        { 3, { 10, 1, 10 } },   { 3, { 10, 1, 11 } },   { 3, { 10, 1, 0xFF } },
        { 4, { 10, 2, 0, 1 } }, { 4, { 10, 2, 1, 1 } }, { 2, { 10, 0 } },
        { 3, { 2, 1, 1 } },     { 4, { 10, 1, 1, 0 } }, { 4, { 10, 0x81, 1, 1 } },
        { 0, { 0 } },
    };
    struct element *e = some_entry(f), *value;
    struct bytes reason = some(f, rows, COUNT(rows));

    if (e == NULL)
        return false;
    value = crl_family_value(crl_family_extension(e->n_v > 2 ? e->v[2] : NULL, REASON));
    if (value != NULL && !rng_one_in(f->rng, 8)) { /* now and then twice */
        tree_set(value, reason.p, reason.n);
        return true;
    }
    return add(f, e, REASON, ops_flag(f->rng), reason);
}

/* certificateIssuer: the CA, the signer, somebody else, several, or nothing of that form. */
bool crl_entry_issuer(struct crl_family *f)
{
    struct element *e = some_entry(f), *names = tree_node(f->a, 0x30), *directory;
    const struct bytes certs[] = { f->good->ca, f->good->ca, f->good->signer };
    static const uint8_t uri[] = { 0x86, 0x03, 'h', ':', 'x' };
    struct element *raw = tree_node(f->a, 0);
    struct bytes value;

    if (e == NULL)
        return false;
    for (size_t n = rng_below(f->rng, 3); n < 2; n++) {
        struct bytes der = certs[rng_below(f->rng, COUNT(certs))];
        struct element *cert = tree_read(f->a, der.p, der.n);
        directory = tree_node(f->a, 0xA4);
        tree_insert(f->a, directory, 0, cert->v[0]->v[rng_one_in(f->rng, 3) ? 3 : 5]);
        tree_insert(f->a, names, 0, directory);
    }
    if (rng_one_in(f->rng, 4)) {
        tree_set_raw(raw, (struct bytes){ uri, sizeof uri });
        tree_insert(f->a, names, rng_below(f->rng, names->n_v + 1), raw);
    }
    value = tree_write(f->a, names);
    return add(f, e, ISSUER, rng_one_in(f->rng, 3) ? ops_flag(f->rng) : FLAG_TRUE, value);
}

/* Known or not, good or odd; or one of those that are there, bent. */
bool crl_entry_extension(struct crl_family *f)
{
    static const struct octets values[] = {
        { 2, { 5, 0 } },
        { 0, { 0 } },
        { 17,
          { 0x18, 15, '2', '0', '2', '4', '0', '1', '0', '1', '0', '0', '0', '0', '0', '0', 'Z' } },
        { 3, { 10, 1, 1 } },
        { 2, { 0x30, 0 } },
    };
    static const uint8_t ids[] = { 21, 23, 24, 29, 99, 35, 20 };
    struct element *e = some_entry(f), *x;

    if (e == NULL)
        return false;
    x = e->n_v > 2 && e->v[2]->parent ? e->v[2] : NULL;
    if (x == NULL || x->n_v == 0 || rng_one_in(f->rng, 2))
        return add(f, e, ids[rng_below(f->rng, COUNT(ids))], ops_flag(f->rng),
                   some(f, values, COUNT(values)));
    x = x->v[rng_below(f->rng, x->n_v)];
    if (!x->parent || x->n_v < 2)
        return false;
    if (rng_one_in(f->rng, 2))
        return ops_critical(f->rng, f->a, x);
    if (rng_one_in(f->rng, 2)) {
        tree_insert(f->a, e->v[2], 0, tree_clone(f->a, x));
        return true;
    }
    ops_flip(f->rng, f->a, x->v[x->n_v - 1]);
    return true;
}
