/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_ops_name.c - operators on Names.
 */
#include <string.h>

#include "cert_ops.h"
#include "ops_tree.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const uint8_t oid_cn[] = { 0x55, 0x04, 0x03 };
static const uint8_t oid_vid[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xA2, 0x7C, 0x02, 0x01 };
static const uint8_t oid_pid[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0xA2, 0x7C, 0x02, 0x02 };

struct fields *cert_target(struct family *f)
{
    return &f->f[f->target];
}

static struct element *some_name(struct family *f)
{
    struct fields *t = cert_target(f);
    return rng_one_in(f->rng, 3) ? t->issuer : t->subject;
}

static bool has_oid(const struct element *attribute, const uint8_t *oid, size_t n)
{
    const struct element *e = attribute->n_v == 2 ? attribute->v[0] : NULL;
    return e != NULL && e->n == n && memcmp(e->p, oid, n) == 0;
}

/* AttributeTypeAndValues of a Name, those with this OID, or all. */
static size_t attributes(struct element *name, const uint8_t *oid, size_t n, struct element **ret,
                         size_t max)
{
    size_t found = 0;
    for (size_t i = 0; name->parent && i < name->n_v; i++) {
        struct element *set = name->v[i];
        for (size_t j = 0; set->parent && j < set->n_v && found < max; j++) {
            if (set->v[j]->parent && set->v[j]->n_v == 2 &&
                (oid == NULL || has_oid(set->v[j], oid, n)))
                ret[found++] = set->v[j];
        }
    }
    return found;
}

static struct element *some_attribute(struct family *f, const uint8_t *oid, size_t n)
{
    struct element *all[16];
    size_t count = attributes(some_name(f), oid, n, all, COUNT(all));
    return count == 0 ? NULL : all[rng_below(f->rng, count)];
}

static struct element *attribute(struct family *f, const uint8_t *oid, size_t n, unsigned tag,
                                 const char *text)
{
    struct element *seq = tree_node(f->a, 0x30);
    tree_insert(f->a, seq, 0, tree_leaf(f->a, 0x06, oid, n));
    tree_insert(f->a, seq, 1,
                tree_leaf(f->a, tag, arena_copy(f->a, text, strlen(text)), strlen(text)));
    return seq;
}

static struct element *rdn(struct family *f, struct element *seq)
{
    struct element *set = tree_node(f->a, 0x31);
    if (seq != NULL)
        tree_insert(f->a, set, 0, seq);
    return set;
}

/* ---- strings ---- */

bool cert_name_type(struct family *f)
{
    struct element *at = some_attribute(f, NULL, 0);
    if (at == NULL || at->v[1]->parent)
        return false;
    at->v[1]->tag[0] = (uint8_t)ops_string_tag(f->rng);
    return true;
}

bool cert_name_case(struct family *f)
{
    struct element *at = some_attribute(f, NULL, 0);
    uint8_t *text;
    size_t i;

    if (at == NULL || at->v[1]->parent || at->v[1]->n == 0)
        return false;
    text = arena_copy(f->a, at->v[1]->p, at->v[1]->n);
    i = rng_below(f->rng, at->v[1]->n);
    if (!((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z'))
        return false;
    text[i] ^= 0x20;
    tree_set(at->v[1], text, at->v[1]->n);
    return true;
}

bool cert_name_space(struct family *f)
{
    static const char spaces[] = "    \t\n";
    struct element *at = some_attribute(f, NULL, 0);
    uint8_t *text;
    size_t i, n;

    if (at == NULL || at->v[1]->parent)
        return false;
    n = at->v[1]->n;
    text = arena_take(f->a, n + 2);
    i = rng_one_in(f->rng, 2) ? rng_below(f->rng, n + 1) : rng_one_in(f->rng, 2) ? 0 : n;
    memcpy(text, at->v[1]->p, i);
    text[i] = (uint8_t)spaces[rng_below(f->rng, sizeof spaces - 1)];
    memcpy(text + i + 1, at->v[1]->p + i, n - i);
    tree_set(at->v[1], text, n + 1);
    return true;
}

/* ---- relative distinguished names ---- */

bool cert_name_rdn(struct family *f)
{
    struct element *name = some_name(f), *other;
    size_t n = name->parent ? name->n_v : 0;

    switch (rng_below(f->rng, 6)) {
    case 0: /* an empty SET */
        tree_insert(f->a, name, rng_below(f->rng, n + 1), rdn(f, NULL));
        return true;
    case 1: /* no RDN at all */
        name->n_v = 0;
        return true;
    case 2: /* an empty attribute */
        tree_insert(f->a, name, n, rdn(f, tree_node(f->a, 0x30)));
        return true;
    case 3: /* an empty value */
        other = some_attribute(f, NULL, 0);
        if (other == NULL)
            return false;
        tree_set(other->v[1], NULL, 0);
        return true;
    case 4: /* one less */
        if (n < 2)
            return false;
        tree_remove(name, rng_below(f->rng, n));
        return true;
    default: /* another order */
        if (n < 2)
            return false;
        other = name->v[0];
        tree_remove(name, 0);
        tree_insert(f->a, name, 1 + rng_below(f->rng, n - 1), other);
        return true;
    }
}

/* Two RDNs become one, one becomes two, or two values of one SET change places. */
bool cert_name_multi(struct family *f)
{
    struct element *name = some_name(f), *first, *second;

    if (!name->parent || name->n_v == 0)
        return false;
    first = name->v[0];
    if (first->n_v > 1) {
        second = first->v[0];
        tree_remove(first, 0);
        if (rng_one_in(f->rng, 2))
            tree_insert(f->a, first, first->n_v, second);
        else
            tree_insert(f->a, name, rng_below(f->rng, 2), rdn(f, second));
        return true;
    }
    if (name->n_v < 2 || first->n_v == 0)
        return false;
    second = name->v[1];
    tree_remove(name, 0);
    tree_insert(f->a, second, rng_below(f->rng, second->n_v + 1), first->v[0]);
    return true;
}

bool cert_name_attribute(struct family *f)
{
    static const struct {
        uint8_t n, oid[10];
        const char *text;
    } rows[] = {
        { 3, { 0x55, 0x04, 0x0A }, "Maker" },
        { 3, { 0x55, 0x04, 0x0B }, "unit  two" },
        { 3, { 0x55, 0x04, 0x06 }, "CH" },
        { 3, { 0x55, 0x04, 0x05 }, "00-01" },
        { 3, { 0x55, 0x04, 0x03 }, "second" },
        { 3, { 0x55, 0x04, 0x03 }, "" },
        { 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x19 }, "example" },
        { 4, { 0x2B, 0x06, 0x01, 0x7F }, "free" },
        { 3, { 0x55, 0x80, 0x04 }, "padded OID" },
        { 2, { 0x55, 0x84 }, "cut OID" },
        { 0, { 0 }, "no OID" },
    };
    struct element *name = some_name(f);
    size_t i = rng_below(f->rng, COUNT(rows)), n = name->parent ? name->n_v : 0;
    unsigned tag = rng_one_in(f->rng, 2) ? 0x0C : ops_string_tag(f->rng);

    tree_insert(f->a, name, rng_below(f->rng, n + 1),
                rdn(f, attribute(f, rows[i].oid, rows[i].n, tag, rows[i].text)));
    return true;
}

/* ---- vendor and product ids ---- */

static const char *some_id(struct family *f)
{
    static const char *const ids[] = { "FFF1", "FFF1",  "8000", "8000", "FFF2", "0000", "fff1",
                                       "FFF",  "FFF10", "FF G", "+FF1", "0xFF", "",     "FFF1 " };
    return ids[rng_below(f->rng, COUNT(ids))];
}

bool cert_matter_id(struct family *f)
{
    bool vid = rng_one_in(f->rng, 2);
    const uint8_t *oid = vid ? oid_vid : oid_pid;
    struct element *name = some_name(f), *at = some_attribute(f, oid, sizeof oid_vid);
    const char *id = some_id(f);

    switch (rng_below(f->rng, 4)) {
    case 0: /* one more */
        tree_insert(f->a, name, name->parent ? name->n_v : 0,
                    rdn(f, attribute(f, oid, sizeof oid_vid, 0x0C, id)));
        return true;
    case 1: /* the other's OID */
        if (at == NULL)
            return false;
        at->v[0]->p = vid ? oid_pid : oid_vid;
        return true;
    case 2:
        if (at == NULL)
            return false;
        at->v[1]->tag[0] = (uint8_t)ops_string_tag(f->rng);
        return true;
    default:
        if (at == NULL)
            return false;
        tree_set(at->v[1], arena_copy(f->a, id, strlen(id)), strlen(id));
        return true;
    }
}

/* Mvid: and Mpid: in a common name. */
bool cert_marker(struct family *f)
{
    static const char *const markers[] = {
        "Mvid:FFF1", "Mpid:8000", "Mvid:FFF2",  "Mvid:fff1",          "Mvid:FFF",      "Mpid:",
        "Mvid:",     "MVID:FFF1", "Mvid: FFF1", "Mpid:8000Mvid:FFF1", "MpidMvid:FFF1", "Mpid:80001",
    };
    struct element *at = some_attribute(f, oid_cn, sizeof oid_cn);
    const char *marker = markers[rng_below(f->rng, COUNT(markers))];
    size_t n = strlen(marker), i, skip;
    uint8_t *text;

    if (at == NULL || at->v[1]->parent)
        return false;
    i = rng_below(f->rng, at->v[1]->n + 1);
    skip = rng_one_in(f->rng, 2) ? 0 : rng_below(f->rng, at->v[1]->n - i + 1); /* replaced */
    text = arena_take(f->a, at->v[1]->n + n + 1);
    memcpy(text, at->v[1]->p, i);
    memcpy(text + i, marker, n);
    memcpy(text + i + n, at->v[1]->p + i + skip, at->v[1]->n - i - skip);
    tree_set(at->v[1], text, at->v[1]->n + n - skip);
    return true;
}
