/* SPDX-License-Identifier: Apache-2.0
 *
 * cert_ops_key.c - operators on algorithms, public keys and signatures.
 */
#include <string.h>

#include "cert_ops.h"
#include "ops_fields.h"
#include "ops_tree.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

bool cert_algorithm(struct family *f)
{
    struct fields *t = cert_target(f);
    struct bytes algorithm = ops_algorithm(f->rng);
    size_t which = rng_below(f->rng, 4);

    if (which != 0)
        tree_set_raw(t->inner, algorithm);
    if (which != 1)
        tree_set_raw(t->outer, algorithm);
    return true;
}

/* ---- the public key ---- */

/* BIT STRING content: unused bits, then the point. */
static void set_point(struct family *f, struct element *bits, unsigned unused, const uint8_t *point,
                      size_t n)
{
    uint8_t *content = arena_take(f->a, n + 1);
    content[0] = (uint8_t)unused;
    memcpy(content + 1, point, n);
    tree_set(bits, content, n + 1);
}

static void bend_point(struct family *f, struct element *bits, const struct key *key)
{
    uint8_t point[72] = { 0 };
    size_t n = sizeof key->point;

    memcpy(point, key->point, n);
    switch (rng_below(f->rng, 6)) {
    case 0: /* compressed */
        point[0] = (uint8_t)(0x02 | (point[64] & 1));
        n = 33;
        break;
    case 1: /* hybrid */
        point[0] = (uint8_t)(0x06 | (point[64] & 1));
        break;
    case 2: /* off the curve */
        point[1 + rng_below(f->rng, 64)] ^= (uint8_t)(1u << rng_below(f->rng, 8));
        break;
    case 3:
        n = rng_one_in(f->rng, 2) ? n + 1 : n - 1;
        break;
    case 4: /* the point at infinity, or nothing */
        n = rng_below(f->rng, 2);
        point[0] = 0;
        break;
    default:
        break; /* only the unused bits */
    }
    set_point(f, bits, rng_one_in(f->rng, 2) ? (unsigned)rng_below(f->rng, 9) : 0, point, n);
}

static const char *const curves[] = {
    "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07", /* prime256v1 */
    "\x06\x05\x2B\x81\x04\x01\x0A",             /* secp256k1, with a wrong arc */
    "\x06\x05\x2B\x81\x04\x00\x22",             /* secp384r1 */
    "\x05\x00",
    "",
};
static const uint8_t curve_sizes[] = { 10, 7, 7, 2, 0 };

bool cert_spki(struct family *f)
{
    struct element *spki = cert_target(f)->spki, *curve = tree_node(f->a, 0);
    bool k1 = rng_one_in(f->rng, 6);
    const struct key *key = keys_get(f->keys, k1 ? "k1:other" : "other");
    static const uint8_t k1_curve[] = { 0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A };
    size_t i = rng_below(f->rng, COUNT(curves));

    if (!spki->parent || spki->n_v != 2 || !spki->v[0]->parent || spki->v[0]->n_v != 2)
        return false;
    switch (rng_below(f->rng, 4)) {
    case 0: /* another key, or one on another curve */
        set_point(f, spki->v[1], 0, key->point, sizeof key->point);
        if (k1)
            tree_set_raw(spki->v[0]->v[1], (struct bytes){ k1_curve, sizeof k1_curve });
        if (f->follow && !k1)
            f->key[f->target] = "other";
        return true;
    case 1:
        tree_set_raw(curve, (struct bytes){ (const uint8_t *)curves[i], curve_sizes[i] });
        if (rng_one_in(f->rng, 4))
            tree_insert(f->a, spki->v[0], 2, curve);
        else
            spki->v[0]->v[1] = curve;
        return true;
    default:
        bend_point(f, spki->v[1], keys_get(f->keys, f->key[f->target]));
        return true;
    }
}

/* ---- signatures ---- */

bool cert_signer(struct family *f)
{
    static const char *const others[] = { "other", "paa", "pai", "dac" };
    if (rng_one_in(f->rng, 2))
        f->signer = others[rng_below(f->rng, COUNT(others))];
    else
        f->form = rng_one_in(f->rng, 2) ? KEYS_LOW_S : KEYS_HIGH_S;
    return true;
}

bool cert_signature(struct family *f)
{
    return ops_signature(f->rng, f->a, cert_target(f)->signature);
}

/* Octets outside of the certificate, or an odd header around it. */
bool cert_around(struct family *f)
{
    struct element *root = f->root[f->target];

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
