/* SPDX-License-Identifier: Apache-2.0
 *
 * family.c - PAA, PAI and DAC as trees.
 */
#include "family.h"

#include <string.h>

#include "signing.h"

const char *const role_names[ROLES] = { [PAA] = "paa", [PAI] = "pai", [DAC] = "dac" };

enum { SKID = 0x0E, AKID = 0x23 };

/* ---- fields ---- */

static struct element *child(const struct element *e, size_t i)
{
    return e != NULL && e->parent && i < e->n_v ? e->v[i] : NULL;
}

static struct fields find_fields(const struct element *root)
{
    struct element *tbs = child(root, 0), *last = child(tbs, 7);
    return (struct fields){ .tbs = tbs,
                            .version = child(tbs, 0),
                            .serial = child(tbs, 1),
                            .inner = child(tbs, 2),
                            .issuer = child(tbs, 3),
                            .validity = child(tbs, 4),
                            .subject = child(tbs, 5),
                            .spki = child(tbs, 6),
                            .explicit3 = last,
                            .extensions = child(last, 0),
                            .outer = child(root, 1),
                            .signature = child(root, 2) };
}

struct element *family_extension(const struct fields *f, unsigned id)
{
    for (size_t i = 0; f->extensions->parent && i < f->extensions->n_v; i++) {
        const struct element *oid = child(f->extensions->v[i], 0);
        if (oid != NULL && oid->n == 3 && oid->p[0] == 0x55 && oid->p[1] == 0x1D && oid->p[2] == id)
            return f->extensions->v[i];
    }
    return NULL;
}

struct element *family_value(const struct element *extension)
{
    struct element *last = extension == NULL || !extension->parent || extension->n_v < 2
                               ? NULL
                               : extension->v[extension->n_v - 1];
    return last != NULL && tree_is(last, 0x04) ? last : NULL;
}

void family_open(struct family *f, const struct good_chain *good)
{
    f->good = good;
    f->signer = NULL;
    f->form = KEYS_ANY_S;
    for (int role = 0; role < ROLES; role++) {
        f->root[role] = tree_read(f->a, good->der[role].p, good->der[role].n);
        f->f[role] = find_fields(f->root[role]);
        f->key[role] = role_names[role];
    }
}

/* ---- following: what changed in one place is copied to the places that name the same thing ----
 */

struct slot {
    enum role role;
    bool subject; /* subject name or subject key id; else the issuer's */
};

/* The names and key ids of PAA and PAI, wherever they stand. */
static const struct slot groups[2][3] = {
    { { PAA, true }, { PAA, false }, { PAI, false } },
    { { PAI, true }, { DAC, false }, { DAC, false } },
};

static struct element *name_of(const struct fields *f, bool subject)
{
    return subject ? f->subject : f->issuer;
}

/* The key id's primitive element: of SubjectKeyIdentifier, or [0] of AuthorityKeyIdentifier. */
static struct element *key_id_of(const struct fields *f, bool subject)
{
    struct element *value = family_value(family_extension(f, subject ? SKID : AKID));
    struct element *inner = child(value, 0);
    return subject ? inner : child(inner, 0);
}

typedef struct element *part_of(const struct fields *f, bool subject);

/* The parts as they were. */
static struct bytes before(struct family *f, struct slot s, part_of *part)
{
    struct element *root = tree_read(f->a, f->good->der[s.role].p, f->good->der[s.role].n);
    struct fields fields = find_fields(root);
    const struct element *e = part(&fields, s.subject);
    return e == NULL ? (struct bytes){ NULL, 0 } : tree_write(f->a, e);
}

static void follow(struct family *f, const struct slot group[3], part_of *part)
{
    struct bytes changed = { NULL, 0 };

    for (size_t i = 0; i < 3 && changed.n == 0; i++) {
        const struct element *e = part(&f->f[group[i].role], group[i].subject);
        struct bytes now = e == NULL ? changed : tree_write(f->a, e);
        if (now.n > 0 && !bytes_eq(now, before(f, group[i], part)))
            changed = now;
    }
    for (size_t i = 0; i < 3 && changed.n > 0; i++) {
        struct element *e = part(&f->f[group[i].role], group[i].subject);
        if (e == NULL)
            continue;
        if (part == key_id_of && changed.n >= 2) /* the same octets under another tag */
            tree_set(e, changed.p + 2, changed.n - 2);
        else
            tree_set_raw(e, changed);
    }
}

/* ---- signing ---- */

static void sign(struct family *f, enum role role, const char *label)
{
    struct bytes bits = signing_bits(f->keys, f->a, f->f[role].tbs, label,
                                     role == f->target ? f->form : KEYS_ANY_S);
    tree_set(f->f[role].signature, bits.p, bits.n);
}

static bool changed(struct family *f, enum role role)
{
    const struct element *good = tree_read(f->a, f->good->der[role].p, f->good->der[role].n);
    return !bytes_eq(tree_write(f->a, good->v[0]), tree_write(f->a, f->f[role].tbs));
}

void family_sign(struct family *f)
{
    for (size_t i = 0; f->follow && i < 2; i++) {
        follow(f, groups[i], name_of);
        follow(f, groups[i], key_id_of);
    }
    for (int role = 0; role < ROLES; role++) {
        enum role issuer = role == DAC ? PAI : PAA;
        const char *label = f->key[issuer];
        bool other = f->signer != NULL && role == (int)f->target;
        if (other)
            label = f->signer;
        if (other || f->form != KEYS_ANY_S || label != role_names[issuer] ||
            changed(f, (enum role)role))
            sign(f, (enum role)role, label);
    }
}

void family_write(struct family *f)
{
    for (int role = 0; role < ROLES; role++)
        f->der[role] = tree_write(f->a, f->root[role]);
}
