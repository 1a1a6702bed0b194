/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_ops_field.c - operators on types, versions, digests and content of an envelope.
 */
#include <string.h>

#include "cms_ops.h"
#include "ops_fields.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Whole elements, the first ones the usual ones. */
struct octets_row {
    uint8_t n, octets[20];
};

static const struct octets_row types[] = {
    { 11, { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 } }, /* data */
    { 11, { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 } }, /* signedData */
    { 11, { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x03 } }, /* enveloped */
    { 11, { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x05 } }, /* digested */
    { 13, { 0x06, 0x0B, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x02 } },
    { 12, { 0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04 } },
    { 12, { 0x06, 0x0A, 0x2A, 0x80, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 } }, /* padded */
    { 11, { 0x0D, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01 } },
    { 2, { 0x06, 0x00 } },
    { 2, { 0x05, 0x00 } },
    { 0, { 0 } },
};

static const struct octets_row versions[] = {
    { 3, { 0x02, 0x01, 0x03 } },       { 3, { 0x02, 0x01, 0x00 } },
    { 3, { 0x02, 0x01, 0x01 } },       { 3, { 0x02, 0x01, 0x02 } },
    { 3, { 0x02, 0x01, 0x04 } },       { 3, { 0x02, 0x01, 0x05 } },
    { 3, { 0x02, 0x01, 0xFD } },       { 4, { 0x02, 0x02, 0x00, 0x03 } },
    { 4, { 0x02, 0x02, 0x01, 0x03 } }, { 2, { 0x02, 0x00 } },
    { 3, { 0x0A, 0x01, 0x03 } },       { 5, { 0xA0, 0x03, 0x02, 0x01, 0x03 } },
    { 4, { 0x02, 0x81, 0x01, 0x03 } }, { 0, { 0 } },
};

static void put(struct element *e, const struct octets_row *row)
{
    tree_set_raw(e, (struct bytes){ row->octets, row->n });
}

bool cms_type(struct cms_family *f)
{
    const struct octets_row *row = &types[rng_below(f->rng, COUNT(types))];
    if (rng_one_in(f->rng, 2))
        put(f->f.type, rng_one_in(f->rng, 4) ? &types[1] : row);
    else
        put(f->f.content_type, rng_one_in(f->rng, 4) ? &types[0] : row);
    return true;
}

bool cms_version(struct cms_family *f)
{
    size_t which = rng_below(f->rng, 3);
    const struct octets_row *row = &versions[rng_below(f->rng, COUNT(versions))];

    if (which != 0)
        put(f->f.version, row);
    if (which != 1)
        put(f->f.signer_version, row);
    return true;
}

/* An AlgorithmIdentifier of a digest, half of the time the right one. */
static struct bytes digest(struct rng *r)
{
    static const struct octets_row rows[] = {
        { 13, { 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
        { 15,
          { 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00 } },
        { 15,
          { 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x30,
            0x00 } },
        { 13, { 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
        { 13, { 0x30, 0x0B, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 } },
        { 9, { 0x30, 0x07, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A } },
        { 12, { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05 } },
        { 12, { 0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02 } },
        { 2, { 0x30, 0x00 } },
    };
    const struct octets_row *row = &rows[rng_one_in(r, 2) ? 0 : rng_below(r, COUNT(rows))];
    return (struct bytes){ row->octets, row->n };
}

bool cms_digests(struct cms_family *f)
{
    struct element *more = tree_node(f->a, 0x30);

    switch (rng_below(f->rng, 4)) {
    case 0:
        tree_remove(f->f.digests, 0);
        return true;
    case 1:
        tree_set_raw(more, digest(f->rng));
        tree_insert(f->a, f->f.digests, rng_below(f->rng, 2), more);
        return true;
    default:
        tree_set_raw(f->f.digest, digest(f->rng));
        return true;
    }
}

bool cms_signer_digest(struct cms_family *f)
{
    struct bytes one = digest(f->rng);
    if (rng_one_in(f->rng, 2)) /* the same in both places */
        tree_set_raw(f->f.digest, one);
    tree_set_raw(f->f.signer_digest, one);
    return true;
}

/* ---- content ---- */

bool cms_content(struct cms_family *f)
{
    static const size_t sizes[] = { 0, 1, 2, 127, 128, 255, 256, 900, 4000 };
    size_t n = sizes[rng_below(f->rng, COUNT(sizes))];
    uint8_t *octets = arena_take(f->a, n + 1);

    rng_octets(f->rng, octets, n);
    if (rng_one_in(f->rng, 6)) /* not what was signed */
        f->over = tree_content(f->a, f->f.octets);
    tree_set(f->f.octets, octets, n);
    return true;
}

/* Two halves inside of a constructed string, as BER allows. */
static void in_parts(struct cms_family *f)
{
    struct bytes all = tree_content(f->a, f->f.octets);
    struct element *whole = f->f.octets;
    size_t half = all.n / 2;

    f->over = all;
    tree_set(whole, NULL, 0);
    whole->tag[0] = 0x24;
    whole->parent = true;
    tree_insert(f->a, whole, 0, tree_leaf(f->a, 0x04, all.p, half));
    tree_insert(f->a, whole, 1, tree_leaf(f->a, 0x04, all.p + half, all.n - half));
    if (rng_one_in(f->rng, 2))
        whole->form = LENGTH_INDEFINITE;
}

bool cms_content_shape(struct cms_family *f)
{
    static const uint8_t tags[] = { 0x80, 0x24, 0xA0, 0x0C, 0x03, 0x30 };
    struct element *twice = tree_node(f->a, 0x04);

    switch (rng_below(f->rng, 6)) {
    case 0: /* as it is, written again */
        return true;
    case 1:
        in_parts(f);
        return true;
    case 2: /* detached */
        f->over = tree_content(f->a, f->f.octets);
        tree_remove(f->f.encapsulated, 1);
        return true;
    case 3: /* an OCTET STRING in the OCTET STRING: another content, and nobody minds */
        tree_insert(f->a, twice, 0, f->f.octets);
        tree_remove(f->f.content, 0);
        tree_insert(f->a, f->f.content, 0, twice);
        f->f.octets = twice;
        return true;
    case 4: /* without the explicit tag */
        tree_remove(f->f.encapsulated, 1);
        tree_insert(f->a, f->f.encapsulated, 1, f->f.octets);
        return true;
    default:
        f->f.octets->tag[0] = tags[rng_below(f->rng, COUNT(tags))];
        return true;
    }
}

/* [0] certificates, [1] CRLs, before the signers or elsewhere. */
bool cms_extra(struct cms_family *f)
{
    struct element *set = tree_node(f->a, rng_one_in(f->rng, 3) ? 0xA1 : 0xA0);
    struct element *cert = tree_node(f->a, 0x30);
    size_t at = rng_one_in(f->rng, 4) ? rng_below(f->rng, 5) : 3;

    if (rng_one_in(f->rng, 8)) /* none, after all */
        return true;
    if (!rng_one_in(f->rng, 4)) {
        tree_set_raw(cert, rng_one_in(f->rng, 3) ? f->all->stranger : f->all->signer[0]);
        tree_insert(f->a, set, 0, cert);
    }
    tree_insert(f->a, f->f.signed_data, at, set);
    return true;
}

bool cms_around(struct cms_family *f)
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
