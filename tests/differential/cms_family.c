/* SPDX-License-Identifier: Apache-2.0
 *
 * cms_family.c - good envelopes, made by the test PKI, and an envelope as a tree.
 */
#include "cms_family.h"

#include "cd.h"
#include "signing.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct cert_spec specs[] = {
    { "cdsigner", CERT_CD_SIGNER, "cdsigner", "cn(\"First CD Signer\")", NULL },
    { "cdsigner2", CERT_CD_SIGNER, "cdsigner2", "cn(\"Second CD Signer\")", NULL },
    { "stranger", CERT_CD_SIGNER, "stranger", "cn(\"Unknown CD Signer\")", NULL },
};

/* SEQUENCE { 5, SET { "free", TRUE }, OCTET STRING { SEQUENCE { OID, [0] { 7 } } }, [1] 00 } */
static const uint8_t nested[] = {
    0x30, 0x22, 0x02, 0x01, 0x05, 0x31, 0x09, 0x0C, 0x04, 'f',  'r',  'e',
    'e',  0x01, 0x01, 0xFF, 0x04, 0x0D, 0x30, 0x0B, 0x06, 0x02, 0x55, 0x04,
    0xA0, 0x05, 0x30, 0x03, 0x02, 0x01, 0x07, 0x81, 0x01, 0x00, 0x05, 0x00,
};
static uint8_t large[640];

static const struct row {
    const char *name, *signer;
    const uint8_t *content; /* NULL: that of a declaration */
    size_t n;
} rows[] = {
    { "declaration", "cdsigner", NULL, 0 },
    { "nested", "cdsigner", nested, sizeof nested },
    { "nested, second signer", "cdsigner2", nested, sizeof nested },
    { "large", "cdsigner2", large, sizeof large },
};

static struct bytes kept(struct arena *a, const void *p, size_t n)
{
    return (struct bytes){ arena_copy(a, p, n), n };
}

static void make(struct keys *keys, struct mint *m, const struct row *row, struct good_cmss *g,
                 struct good_cms *ret)
{
    static const uint16_t products[] = { 0x8000, 0x8001 };
    const struct cd_claims claims = { .vid = 0xFFF1, .pids = products, .n_pids = COUNT(products) };
    struct buf der = { .p = NULL };
    struct cms_family f = { .a = &g->memory, .keys = keys };

    cd_make(m, "content", "envelope", row->signer, &claims, &der);
    *ret = (struct good_cms){ row->name, row->signer, kept(&g->memory, der.p, der.n) };
    buf_free(&der);
    if (row->content == NULL)
        return;
    cms_family_open(&f, ret);
    tree_set(f.f.octets, row->content, row->n);
    cms_family_sign(&f);
    cms_family_write(&f);
    ret->der = f.der;
}

struct good_cmss cms_family_good(struct keys *keys)
{
    struct good_cmss g = { .n = COUNT(rows), .memory = arena_make(1u << 18) };
    struct settings set = { .v = NULL };
    struct mint m;
    const struct buf *der[COUNT(specs)];

    g.v = arena_take(&g.memory, COUNT(rows) * sizeof *g.v);
    for (size_t i = 0; i < sizeof large; i++)
        large[i] = (uint8_t)(i * 7);
    mint_init(&m, &set, keys, specs, COUNT(specs));
    for (size_t i = 0; i < COUNT(rows); i++)
        make(keys, &m, &rows[i], &g, &g.v[i]);
    for (size_t i = 0; i < COUNT(specs); i++) {
        der[i] = &cert_get(&m, specs[i].label)->der;
        *(i < CMS_SIGNERS ? &g.signer[i] : &g.stranger) = kept(&g.memory, der[i]->p, der[i]->n);
    }
    mint_free(&m);
    settings_free(&set);
    return g;
}

void cms_family_good_free(struct good_cmss *g)
{
    arena_free(&g->memory);
}

/* ---- as a tree ---- */

static struct element *child(const struct element *e, size_t i)
{
    return e != NULL && e->parent && i < e->n_v ? e->v[i] : NULL;
}

void cms_family_open(struct cms_family *f, const struct good_cms *good)
{
    struct element *root = tree_read(f->a, good->der.p, good->der.n), *outer = child(root, 1);
    struct element *data = child(outer, 0), *set = child(data, 1), *inside = child(data, 2);
    struct element *content = child(inside, 1), *signers = child(data, 3);
    struct element *signer = child(signers, 0);

    f->good = good;
    f->root = root;
    f->signer = good->signer;
    f->form = KEYS_ANY_S;
    f->over = (struct bytes){ NULL, 0 };
    f->f = (struct cms_fields){ .type = child(root, 0),
                                .explicit0 = outer,
                                .signed_data = data,
                                .version = child(data, 0),
                                .digests = set,
                                .digest = child(set, 0),
                                .encapsulated = inside,
                                .content_type = child(inside, 0),
                                .content = content,
                                .octets = child(content, 0),
                                .signers = signers,
                                .signer = signer,
                                .signer_version = child(signer, 0),
                                .signer_id = child(signer, 1),
                                .signer_digest = child(signer, 2),
                                .algorithm = child(signer, 3),
                                .signature = child(signer, 4) };
    /* made anew in the end: no place for an operator on trees */
    tree_set(f->f.signature, NULL, 0);
}

void cms_family_sign(struct cms_family *f)
{
    struct element message = { .parent = false };
    struct bytes what = f->over.p != NULL ? f->over : tree_content(f->a, f->f.octets), bits;

    tree_set_raw(&message, what);
    bits = signing_bits(f->keys, f->a, &message, f->signer, f->form);
    tree_set(f->f.signature, bits.p + 1, bits.n - 1); /* an OCTET STRING: no unused bits to count */
}

void cms_family_write(struct cms_family *f)
{
    f->der = tree_write(f->a, f->root);
}
