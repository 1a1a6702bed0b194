/* SPDX-License-Identifier: Apache-2.0
 *
 * family_good.c - the good chains to start from, made by the test PKI.
 */
#include <stdio.h>

#include "cert.h"
#include "family.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

#define VID "vid(\"FFF1\")"
#define PID "pid(\"8000\")"

/* Extensions that Matter leaves alone. */
#define EKU "30{oid(2.5.29.37) 0101FF 04{30{oid(1.3.6.1.5.5.7.3.2) oid(1.3.6.1.5.5.7.3.1)}}}"
#define SAN "30{oid(2.5.29.17) 04{30{86{\"https://maker.example/dac\"}}}}"
#define CRL_DP "30{oid(2.5.29.31) 04{30{30{A0{A0{86{\"http://maker.example/c\"}}}}}}}"
#define AIA                                                                                        \
    "30{oid(1.3.6.1.5.5.7.1.1) 04{30{30{oid(1.3.6.1.5.5.7.48.2) 86{\"http://m.example\"}}}}}"
#define POLICIES "30{oid(2.5.29.32) 04{30{30{oid(1.3.6.1.4.1.37244.9.1)}}}}"
#define UNKNOWN "30{oid(1.3.6.1.4.1.37244.9.2) 04{30{020105 31{0C{\"free\"} 0101FF}}}}"
#define FULL "30{oid(1.3.6.1.4.1.37244.9.3) 04{fill()}}"

struct setting_row {
    const char *path, *value;
};

static const struct row {
    const char *name, *subject[ROLES];
    struct setting_row set[8];
} rows[] = {
    { "plain",
      { "cn(\"Good PAA\") " VID, "cn(\"Good PAI\") " VID " " PID, "cn(\"Good DAC\") " VID " " PID },
      { { NULL, NULL } } },
    { "scopeless",
      { "cn(\"Good PAA\")", "cn(\"Good PAI\") " VID, "cn(\"Good DAC\") o(\"Maker\") " VID " " PID },
      { { "paa.bc.value.content", "30030101FF" },
        { "paa.ku.value.content", "03020186" },
        { "pai.ku.value.content", "03020186" },
        { "paa.akid", "none" } } },
    { "fallback",
      { "cn(\"Good PAA Mvid:FFF1\")", "cn(\"Good PAI Mvid:FFF1 Mpid:8000\")",
        "cn(\"Good DAC Mvid:FFF1 Mpid:8000\") c(\"CH\")" },
      { { NULL, NULL } } },
    { "mixed",
      { "cn(\"Good PAA\")", "cn(\"Mvid:FFF1 Good PAI\") ou(\"Attestation\")",
        "cn(\"Good  DAC\") " VID " " PID " serialnumber(\"0001\")" },
      { { "dac.not-after", "17{\"420923000000Z\"}" },
        { "pai.not-after", "17{\"491231235959Z\"}" } } },
    { "many-valued",
      { "cn(\"Good PAA\")", "31{a-cn(\"PAI\") a-o(\"Maker\")} " VID,
        "31{a-cn(\"DAC\") a-ou(\"Unit\")} " VID " " PID },
      { { NULL, NULL } } },
    { "extended",
      { "cn(\"PAA\") " VID, "cn(\"PAI\") " VID, "cn(\"DAC\") " VID " " PID },
      { { "dac.extensions.append", EKU " " SAN " " UNKNOWN },
        { "pai.extensions.append", EKU " " CRL_DP } } },
    { "published",
      { "cn(\"PAA\")", "cn(\"PAI\") " VID, "cn(\"DAC\") " VID " " PID },
      { { "dac.extensions.append", CRL_DP " " AIA },
        { "pai.extensions.append", POLICIES " " UNKNOWN },
        { "paa.extensions.append", UNKNOWN " " CRL_DP } } },
    { "ordered",
      { "cn(\"PAA\") " VID, "cn(\"PAI\") " VID " " PID, "cn(\"DAC\") " PID " " VID },
      { { "dac.extensions.order", "ku bc akid skid" },
        { "dac.extensions.append", POLICIES " " UNKNOWN },
        { "pai.extensions.order", "akid skid ku bc" } } },
    { "full",
      { "cn(\"PAA\")", "cn(\"PAI\") " VID, "cn(\"DAC\") " VID " " PID },
      { { "dac.extensions.append", FULL },
        { "dac.size", "598" },
        { "pai.extensions.append", FULL },
        { "pai.size", "597" } } },
};

static void make(struct keys *keys, const struct row *row, struct arena *memory,
                 struct good_chain *ret)
{
    const struct cert_spec specs[] = {
        { "paa", CERT_PAA, "paa", row->subject[PAA], NULL },
        { "pai", CERT_PAI, "paa", row->subject[PAI], NULL },
        { "dac", CERT_DAC, "pai", row->subject[DAC], NULL },
    };
    struct settings set = { .v = NULL };
    struct mint m;

    for (const struct setting_row *s = row->set; s < row->set + COUNT(row->set); s++) {
        if (s->path != NULL)
            settings_put(&set, s->path, s->value, 0);
    }
    mint_init(&m, &set, keys, specs, COUNT(specs));
    ret->name = row->name;
    for (int role = 0; role < ROLES; role++) {
        const struct buf *der = &cert_get(&m, role_names[role])->der;
        ret->der[role] = (struct bytes){ arena_copy(memory, der->p, der->n), der->n };
    }
    mint_free(&m);
    settings_free(&set);
}

struct good_chains family_good(struct keys *keys)
{
    struct good_chains g = { .n = COUNT(rows), .memory = arena_make(1u << 18) };
    g.v = arena_take(&g.memory, COUNT(rows) * sizeof *g.v);
    for (size_t i = 0; i < COUNT(rows); i++)
        make(keys, &rows[i], &g.memory, &g.v[i]);
    return g;
}

void family_good_free(struct good_chains *g)
{
    arena_free(&g->memory);
}
