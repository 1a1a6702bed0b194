/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_ops_field.c - operators on version, issuer, times, algorithms and signature of a CRL.
 */
#include <string.h>

#include "crl_ops.h"
#include "ops_fields.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
#define HOUR 3600
#define NOT_BEFORE INT64_C(1663891200) /* of every certificate: 2022-09-23 */

bool crl_version(struct crl_family *f)
{
    static const struct {
        uint8_t n, octets[6];
    } rows[] = {
        { 0, { 0 } },
        { 3, { 0x02, 0x01, 0x00 } },
        { 3, { 0x02, 0x01, 0x01 } },
        { 3, { 0x02, 0x01, 0x02 } },
        { 3, { 0x02, 0x01, 0xFF } },
        { 4, { 0x02, 0x02, 0x00, 0x01 } },
        { 4, { 0x02, 0x02, 0x01, 0x01 } },
        { 2, { 0x02, 0x00 } },
        { 5, { 0xA0, 0x03, 0x02, 0x01, 0x01 } },
    };
    size_t i = rng_below(f->rng, COUNT(rows));
    tree_set_raw(f->f.version, (struct bytes){ rows[i].octets, rows[i].n });
    return true;
}

static struct element *some_value(struct crl_family *f)
{
    struct element *name = f->f.issuer, *e;
    if (!name->parent || name->n_v == 0)
        return NULL;
    e = name->v[rng_below(f->rng, name->n_v)];
    e = e->parent && e->n_v > 0 ? e->v[0] : NULL;
    return e != NULL && e->parent && e->n_v == 2 ? e->v[1] : NULL;
}

/* Another string type, case or space in the issuer, another order, one attribute more or less. */
bool crl_issuer(struct crl_family *f)
{
    struct element *name = f->f.issuer, *value = some_value(f);
    size_t n = name->n_v;

    if (value == NULL || value->parent || value->n == 0)
        return false;
    switch (rng_below(f->rng, 7)) {
    case 0:
        value->tag[0] = (uint8_t)ops_string_tag(f->rng);
        return true;
    case 1: {
        uint8_t *text = arena_copy(f->a, value->p, value->n);
        size_t at = rng_below(f->rng, value->n);
        text[at] ^= 0x20;
        tree_set(value, text, value->n);
        return true;
    }
    case 2:
        tree_insert(f->a, name, rng_below(f->rng, n + 1),
                    tree_clone(f->a, name->v[rng_below(f->rng, n)]));
        return true;
    case 3:
        tree_remove(name, rng_below(f->rng, n));
        return true;
    case 4:
        return ops_swap_siblings(f->rng, f->a, name);
    case 5: /* as it is, read and written again */
        return true;
    default:
        ops_flip(f->rng, f->a, value);
        return true;
    }
}

static struct element *some_time(struct crl_family *f)
{
    return rng_one_in(f->rng, 2) ? f->f.this_update : f->f.next_update;
}

/* Around each other, and around the validity of the signer. */
bool crl_time_edge(struct crl_family *f)
{
    static const int64_t by[] = { 0, 0, 1, -1, 60, -60, HOUR, -HOUR, 31536000 };
    int64_t base = rng_one_in(f->rng, 3) ? NOT_BEFORE : CRL_AT - HOUR;
    ops_time(f->a, some_time(f), base + by[rng_below(f->rng, COUNT(by))], TIME_AS_RFC5280);
    return true;
}

bool crl_time_text(struct crl_family *f)
{
    return ops_time_text(f->rng, f->a, some_time(f));
}

bool crl_time_form(struct crl_family *f)
{
    static const int64_t moments[] = {
        CRL_AT - HOUR,       CRL_AT,      INT64_C(2524607999), INT64_C(2524608000),
        INT64_C(4102444800), INT64_C(-1), INT64_C(0),          INT64_C(253402300799),
    };
    ops_time(f->a, some_time(f), moments[rng_below(f->rng, COUNT(moments))],
             rng_one_in(f->rng, 2) ? TIME_UTC : TIME_GENERALIZED);
    return true;
}

/* Absent, twice, swapped, or of another type. */
bool crl_next_update(struct crl_family *f)
{
    struct element *tbs = f->f.tbs;

    if (tbs->n_v < 5)
        return false;
    switch (rng_below(f->rng, 5)) {
    case 0:
        tree_set_raw(f->f.next_update, (struct bytes){ NULL, 0 });
        return true;
    case 1:
        tree_insert(f->a, tbs, 4, tree_clone(f->a, f->f.next_update));
        return true;
    case 2:
        tbs->v[3] = f->f.next_update;
        tbs->v[4] = f->f.this_update;
        return true;
    case 3:
        f->f.next_update->tag[0] = (uint8_t)(rng_one_in(f->rng, 2) ? 0x18 : 0x0C);
        return true;
    default: /* much later */
        ops_time(f->a, f->f.next_update, CRL_AT + (int64_t)rng_below(f->rng, 1000000000),
                 TIME_AS_RFC5280);
        return true;
    }
}

bool crl_algorithm(struct crl_family *f)
{
    struct bytes algorithm = ops_algorithm(f->rng);
    size_t which = rng_below(f->rng, 4);

    if (which != 0)
        tree_set_raw(f->f.inner, algorithm);
    if (which != 1)
        tree_set_raw(f->f.outer, algorithm);
    return true;
}

bool crl_signer(struct crl_family *f)
{
    static const char *const others[] = { "pai", "paa", "pai2", "pai-delegate", "dac1" };
    if (rng_one_in(f->rng, 2))
        f->signer = others[rng_below(f->rng, COUNT(others))];
    else
        f->form = rng_one_in(f->rng, 2) ? KEYS_LOW_S : KEYS_HIGH_S;
    return true;
}

bool crl_signature(struct crl_family *f)
{
    return ops_signature(f->rng, f->a, f->f.signature);
}

bool crl_around(struct crl_family *f)
{
    struct element *root = f->root;

    switch (rng_below(f->rng, 6)) {
    case 0: /* as it was signed */
        break;
    case 1:
        ops_around(f->rng, f->a, root);
        break;
    case 2:
        (void)ops_length_padded(f->rng, f->a, root);
        break;
    case 3:
        tree_insert(f->a, root, rng_below(f->rng, root->n_v + 1), ops_any(f->rng, f->a));
        break;
    case 4:
        root->form = rng_one_in(f->rng, 2) ? LENGTH_INDEFINITE : LENGTH_WRONG;
        root->bend = rng_one_in(f->rng, 2) ? 1 : -1;
        break;
    default: /* cut */
        tree_set_raw(root, tree_write(f->a, root));
        root->n -= 1 + rng_below(f->rng, 3);
        break;
    }
    return true;
}
