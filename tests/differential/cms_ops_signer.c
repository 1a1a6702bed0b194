/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_ops_signer.c - operators on the SignerInfo of an envelope.
 */
#include <string.h>

#include "cms_ops.h"
#include "ops_fields.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const char *const others[] = { "cdsigner", "cdsigner2", "stranger" };

static void set_id(struct cms_family *f, const char *label)
{
    tree_set(f->f.signer_id, arena_copy(f->a, keys_get(f->keys, label)->id, 20), 20);
}

/* IssuerAndSerialNumber out of the first signer's certificate: { [version], serial, alg, issuer }. */
static void by_serial(struct cms_family *f)
{
    struct element *cert = tree_read(f->a, f->all->signer[0].p, f->all->signer[0].n);
    struct element *tbs = cert->v[0], *both = tree_node(f->a, 0x30);

    tree_insert(f->a, both, 0, tbs->v[3]);
    tree_insert(f->a, both, 1, tbs->v[1]);
    tree_set_raw(f->f.signer_id, tree_write(f->a, both));
}

bool cms_signer_id(struct cms_family *f)
{
    static const size_t sizes[] = { 0, 1, 19, 21, 32 };
    static const uint8_t tags[] = { 0x04, 0x81, 0xA0, 0x82, 0x30 };
    uint8_t *octets = arena_take(f->a, 32);
    struct element *inner;

    switch (rng_below(f->rng, 6)) {
    case 0: /* another key's, or the same once more */
        set_id(f, others[rng_below(f->rng, COUNT(others))]);
        return true;
    case 1:
        by_serial(f);
        return true;
    case 2: { /* too short, too long: the right one cut, or with more */
        size_t n = sizes[rng_below(f->rng, COUNT(sizes))];
        memcpy(octets, f->f.signer_id->p, n < 20 ? n : 20);
        tree_set(f->f.signer_id, octets, n);
        return true;
    }
    case 3: /* [0] EXPLICIT */
        inner = tree_leaf(f->a, 0x04, f->f.signer_id->p, f->f.signer_id->n);
        f->f.signer_id->tag[0] = 0xA0;
        f->f.signer_id->parent = true;
        tree_insert(f->a, f->f.signer_id, 0, inner);
        return true;
    case 4:
        f->f.signer_id->tag[0] = tags[rng_below(f->rng, COUNT(tags))];
        return true;
    default:
        ops_flip(f->rng, f->a, f->f.signer_id);
        return true;
    }
}

bool cms_algorithm(struct cms_family *f)
{
    tree_set_raw(f->f.algorithm, ops_algorithm(f->rng));
    return true;
}

/* None, the same twice, one more that is signed by nobody, two sets. */
bool cms_signers(struct cms_family *f)
{
    struct element *more;

    switch (rng_below(f->rng, 5)) {
    case 0: /* as it is */
        return true;
    case 1:
        tree_remove(f->f.signers, 0);
        return true;
    case 2: /* the signature is set in both: they share the element */
        tree_insert(f->a, f->f.signers, 0, f->f.signer);
        return true;
    case 3:
        more = tree_clone(f->a, f->f.signer);
        tree_insert(f->a, f->f.signers, rng_below(f->rng, 2), more);
        return true;
    default:
        tree_insert(f->a, f->f.signed_data, 3 + rng_below(f->rng, 2),
                    rng_one_in(f->rng, 2) ? tree_node(f->a, 0x31) : f->f.signers);
        return true;
    }
}

/* ---- attributes ---- */

static struct element *attribute(struct arena *a, const uint8_t *oid, size_t n_oid,
                                 struct element *value)
{
    struct element *one = tree_node(a, 0x30), *values = tree_node(a, 0x31);
    tree_insert(a, one, 0, tree_leaf(a, 0x06, oid, n_oid));
    tree_insert(a, one, 1, values);
    tree_insert(a, values, 0, value);
    return one;
}

/* contentType and messageDigest: what a signer who signs attributes has to write. */
static struct element *attributes(struct cms_family *f, unsigned tag)
{
    static const uint8_t type[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03 };
    static const uint8_t digest[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04 };
    static const uint8_t data[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 };
    struct bytes content = tree_content(f->a, f->f.octets);
    struct element *set = tree_node(f->a, tag);
    uint8_t *sum = arena_take(f->a, 32);

    keys_sha256(content.p, content.n, sum);
    tree_insert(f->a, set, 0,
                attribute(f->a, type, sizeof type, tree_leaf(f->a, 0x06, data, sizeof data)));
    tree_insert(f->a, set, 1,
                attribute(f->a, digest, sizeof digest, tree_leaf(f->a, 0x04, sum, 32)));
    return set;
}

bool cms_attributes(struct cms_family *f)
{
    struct element *set;

    switch (rng_below(f->rng, 6)) {
    case 0: /* none, after all */
        return true;
    case 1: /* a perfect CMS signature over attributes */
        set = attributes(f, 0x31);
        f->over = tree_write(f->a, set);
        set->tag[0] = 0xA0;
        tree_insert(f->a, f->f.signer, 3, set);
        return true;
    case 2: /* attributes that the signature does not cover */
        tree_insert(f->a, f->f.signer, 3, attributes(f, 0xA0));
        return true;
    case 3:
        tree_insert(f->a, f->f.signer, 5, attributes(f, 0xA1));
        return true;
    case 4: /* an empty set */
        tree_insert(f->a, f->f.signer, rng_one_in(f->rng, 2) ? 3 : 5,
                    tree_node(f->a, rng_one_in(f->rng, 2) ? 0xA0 : 0xA1));
        return true;
    default: /* out of place */
        tree_insert(f->a, f->f.signer, rng_below(f->rng, 6),
                    attributes(f, rng_one_in(f->rng, 2) ? 0xA0 : 0xA1));
        return true;
    }
}

/* ---- signatures ---- */

bool cms_signer(struct cms_family *f)
{
    if (rng_one_in(f->rng, 2)) {
        f->signer = others[rng_below(f->rng, COUNT(others))];
        if (rng_one_in(f->rng, 2)) /* and says so */
            set_id(f, f->signer);
    } else {
        f->form = rng_one_in(f->rng, 2) ? KEYS_LOW_S : KEYS_HIGH_S;
    }
    return true;
}

bool cms_over(struct cms_family *f)
{
    struct bytes content = tree_content(f->a, f->f.octets);
    uint8_t *sum = arena_take(f->a, 32);

    switch (rng_below(f->rng, 6)) {
    case 0: /* the content, as it should be */
        f->over = content;
        return true;
    case 1: /* its digest */
        keys_sha256(content.p, content.n, sum);
        f->over = (struct bytes){ sum, 32 };
        return true;
    case 2: /* with its header */
        f->over = tree_write(f->a, f->f.octets);
        return true;
    case 3: /* the explicit tag as well */
        f->over = tree_write(f->a, f->f.content);
        return true;
    case 4:
        f->over = tree_write(f->a, f->f.encapsulated);
        return true;
    default: /* nothing */
        f->over = (struct bytes){ sum, 0 };
        return true;
    }
}

/* ops_signature bends the content of a BIT STRING; here the octet before it is taken off again. */
bool cms_signature(struct cms_family *f)
{
    struct element *e = f->f.signature, *bits;
    uint8_t *content = arena_take(f->a, e->n + 1);
    struct bytes bent;

    memcpy(content + 1, e->p, e->n);
    bits = tree_leaf(f->a, 0x03, content, e->n + 1);
    if (!ops_signature(f->rng, f->a, bits))
        return false;
    bent = tree_content(f->a, bits);
    tree_set(e, bent.p + 1, bent.n - 1);
    if (rng_one_in(f->rng, 8)) /* a BIT STRING, or a string in parts */
        e->tag[0] = rng_one_in(f->rng, 2) ? 0x03 : 0x24;
    return true;
}
