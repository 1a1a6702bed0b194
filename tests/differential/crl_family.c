/* SPDX-License-Identifier: Apache-2.0
 *
 * crl_family.c - good CRLs, made by the test PKI, and a CRL as a tree.
 */
#include "crl_family.h"

#include <string.h>

#include "crl.h"
#include "die.h"
#include "signing.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

#define VID "vid(\"FFF1\")"
#define DAC_OF(n) "cn(\"Listed " n "\") " VID " pid(\"8000\")"

static const struct cert_spec specs[] = {
    { "paa", CERT_PAA, "paa", "cn(\"List PAA\") " VID, NULL },
    { "pai", CERT_PAI, "paa", "cn(\"List PAI\") " VID, NULL },
    { "pai2", CERT_PAI, "paa", "cn(\"List PAI 2\") " VID, NULL },
    { "pai3", CERT_PAI, "paa", "cn(\"List PAI 3\") " VID, NULL },
    { "pai-delegate", CERT_CRL_SIGNER, "pai", "cn(\"PAI CRL Delegate\")", NULL },
    { "paa-delegate", CERT_CRL_SIGNER, "paa", "cn(\"PAA CRL Delegate\")", NULL },
    { "dac1", CERT_DAC, "pai", DAC_OF("1"), NULL },
    { "dac2", CERT_DAC, "pai", DAC_OF("2"), NULL },
    { "dac3", CERT_DAC, "pai", DAC_OF("3"), NULL },
    { "other", CERT_DAC, "pai2", DAC_OF("4"), NULL },
};

struct setting_row {
    const char *path, *value;
};

#define REASON "30{30{oid(2.5.29.21) 04{0A0101}}}"
#define BOTH "30{30{oid(2.5.29.21) 04{0A0104}} 30{oid(2.5.29.24) 04{18{\"20241201000000Z\"}}}}"
#define FREE "30{30{oid(1.3.6.1.4.1.37244.9.5) 04{30{020105 0101FF}}}}"
#define UNKNOWN "30{oid(1.3.6.1.4.1.37244.9.4) 04{30{020105 31{0C{\"free\"} 0101FF}}}}"
#define FRESHEST "30{oid(2.5.29.46) 04{30{30{A0{A0{86{\"http://crl.example/delta\"}}}}}}}"
#define ISSUER_NAME "30{oid(2.5.29.18) 04{30{86{\"http://maker.example\"}}}}"

static const struct row {
    const char *ca;
    bool is_paa;
    struct crl_spec spec;
    struct setting_row set[4];
} rows[] = {
    { "pai",
      false,
      { "direct", "pai", false, false, { { "dac1", NULL }, { "dac2", NULL }, { "dac3", NULL } } },
      { { NULL, NULL } } },
    { "paa",
      true,
      { "paa-list", "paa", false, false, { { "pai2", NULL }, { "pai3", NULL } } },
      { { "crl/paa-list.number", "30{oid(2.5.29.20) 04{02{7F*20}}}" } } },
    { "pai", false, { "empty", "pai", false, false, { { NULL, NULL } } }, { { NULL, NULL } } },
    { "pai",
      false,
      { "reasons", "pai", false, false, { { "dac1", NULL }, { "dac2", NULL }, { "dac3", NULL } } },
      { { "crl/reasons.dac1.append", REASON },
        { "crl/reasons.dac2.append", BOTH },
        { "crl/reasons.dac3.append", FREE } } },
    { "pai",
      false,
      { "extended", "pai", false, false, { { "dac1", NULL }, { "dac2", NULL } } },
      { { "crl/extended.extensions.append", UNKNOWN " " FRESHEST " " ISSUER_NAME },
        { "crl/extended.dac1.append", BOTH } } },
    { "pai",
      false,
      { "partition", "pai", false, true, { { "dac1", NULL }, { "dac2", NULL } } },
      { { "crl/partition.extensions.append", UNKNOWN } } },
    { "pai",
      false,
      { "delegated",
        "pai-delegate",
        true,
        false,
        { { "dac1", "pai" }, { "dac2", NULL }, { "other", "pai2" }, { "dac3", "pai" } } },
      { { NULL, NULL } } },
    { "paa",
      true,
      { "paa-delegated", "paa-delegate", true, false, { { "pai2", "paa" }, { "pai3", NULL } } },
      { { "crl/paa-delegated.extensions.append", ISSUER_NAME " " UNKNOWN } } },
};

static struct bytes kept(struct arena *a, const struct buf *b)
{
    return (struct bytes){ arena_copy(a, b->p, b->n), b->n };
}

static void make(struct keys *keys, const struct row *row, struct good_crls *g,
                 struct good_crl *ret)
{
    struct settings set = { .v = NULL };
    struct buf crl = { .p = NULL }, hex = { .p = NULL };
    struct mint m;

    for (const struct setting_row *s = row->set; s < row->set + COUNT(row->set); s++) {
        if (s->path != NULL)
            settings_put(&set, s->path, s->value, 0);
    }
    mint_init(&m, &set, keys, specs, COUNT(specs));
    crl_make(&m, &row->spec, CRL_URL, CRL_AT, &crl);
    buf_hex(&hex, keys_get(keys, row->ca)->id, 20, 1);
    *ret = (struct good_crl){ .name = row->spec.label,
                              .signer_label = row->spec.signer,
                              .ca_label = row->ca,
                              .is_paa = row->is_paa,
                              .delegated = strcmp(row->ca, row->spec.signer) != 0,
                              .crl = kept(&g->memory, &crl),
                              .ca = kept(&g->memory, &cert_get(&m, row->ca)->der),
                              .signer = kept(&g->memory, &cert_get(&m, row->spec.signer)->der),
                              .key_id = (const char *)arena_copy(&g->memory, buf_str(&hex), 41) };
    if (g->paa.n == 0)
        g->paa = kept(&g->memory, &cert_get(&m, "paa")->der);
    if (settings_unused(&set) != NULL)
        die(DIE_INTERNAL, "nobody asked for %s", settings_unused(&set)->path);
    buf_free(&crl);
    buf_free(&hex);
    mint_free(&m);
    settings_free(&set);
}

struct good_crls crl_family_good(struct keys *keys)
{
    struct good_crls g = { .n = COUNT(rows), .memory = arena_make(1u << 18) };
    g.v = arena_take(&g.memory, COUNT(rows) * sizeof *g.v);
    for (size_t i = 0; i < COUNT(rows); i++)
        make(keys, &rows[i], &g, &g.v[i]);
    return g;
}

void crl_family_good_free(struct good_crls *g)
{
    arena_free(&g->memory);
}

/* ---- as a tree ---- */

static struct element *child(const struct element *e, size_t i)
{
    return e != NULL && e->parent && i < e->n_v ? e->v[i] : NULL;
}

void crl_family_open(struct crl_family *f, const struct good_crl *good)
{
    struct element *root = tree_read(f->a, good->crl.p, good->crl.n), *tbs = child(root, 0);
    bool lists = tree_is(child(tbs, 5), 0x30);
    struct element *last = child(tbs, lists ? 6 : 5);

    f->good = good;
    f->root = root;
    f->signer = good->signer_label;
    f->form = KEYS_ANY_S;
    f->f = (struct crl_fields){ .tbs = tbs,
                                .version = child(tbs, 0),
                                .inner = child(tbs, 1),
                                .issuer = child(tbs, 2),
                                .this_update = child(tbs, 3),
                                .next_update = child(tbs, 4),
                                .entries = lists ? child(tbs, 5) : NULL,
                                .explicit0 = last,
                                .extensions = child(last, 0),
                                .outer = child(root, 1),
                                .signature = child(root, 2) };
}

void crl_family_sign(struct crl_family *f)
{
    struct bytes bits = signing_bits(f->keys, f->a, f->f.tbs, f->signer, f->form);
    tree_set(f->f.signature, bits.p, bits.n);
}

void crl_family_write(struct crl_family *f)
{
    f->der = tree_write(f->a, f->root);
}

struct element *crl_family_extension(const struct element *extensions, unsigned id)
{
    for (size_t i = 0; extensions != NULL && extensions->parent && i < extensions->n_v; i++) {
        const struct element *oid = child(extensions->v[i], 0);
        if (oid != NULL && oid->n == 3 && oid->p[0] == 0x55 && oid->p[1] == 0x1D && oid->p[2] == id)
            return extensions->v[i];
    }
    return NULL;
}

struct element *crl_family_value(const struct element *extension)
{
    struct element *last = extension == NULL || !extension->parent || extension->n_v < 2
                               ? NULL
                               : extension->v[extension->n_v - 1];
    return last != NULL && tree_is(last, 0x04) ? last : NULL;
}
