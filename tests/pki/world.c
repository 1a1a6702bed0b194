/* SPDX-License-Identifier: Apache-2.0
 *
 * world.c - makes the small ecosystem and writes it.
 */
#include "world.h"

#include <stdio.h>
#include <string.h>

#include "attest.h"
#include "cd.h"
#include "die.h"
#include "files.h"
#include "text.h"

struct job {
    struct mint m;
    struct keys *keys;
    const char *url, *out;
    const struct world_changes *changes;
    int64_t at;
    struct buf cds[2]; /* of vendor FFF1 and of vendor FFF2 */
};

static void make_folder(const struct job *j, const char *name)
{
    struct buf path = { .p = NULL };
    buf_fmt(&path, "%s/%s", j->out, name);
    files_fresh_folder(buf_str(&path));
    buf_free(&path);
}

/* OUT/FOLDER/LABEL.SUFFIX */
static void write_as(const struct job *j, const char *folder, const char *label, const char *suffix,
                     const struct buf *content)
{
    struct buf path = { .p = NULL }, name = { .p = NULL };
    buf_fmt(&path, "%s/%s", j->out, folder);
    buf_fmt(&name, "%s.%s", label, suffix);
    files_write(buf_str(&path), buf_str(&name), content);
    buf_free(&path);
    buf_free(&name);
}

static void write_certs(struct job *j)
{
    static const char *const folders[] = { "paa", "pai", "cd-signers", "crl-signers", "devices" };

    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        make_folder(j, folders[i]);
    for (size_t i = 0; i < world_n_roots; i++)
        write_as(j, "paa", world_roots[i].label, "der",
                 &cert_get(&j->m, world_roots[i].label)->der);
    for (size_t i = 0; world_pais[i] != NULL; i++)
        write_as(j, "pai", world_pais[i], "der", &cert_get(&j->m, world_pais[i])->der);
    for (size_t i = 0; i < world_n_points; i++) {
        const char *signer = world_points[i].signer;
        write_as(j, "crl-signers", signer, "der", &cert_get(&j->m, signer)->der);
    }
    write_as(j, "cd-signers", "cd-signer", "der", &cert_get(&j->m, "cd-signer")->der);
}

static bool is(const char *label, const char *wanted)
{
    return wanted != NULL && strcmp(label, wanted) == 0;
}

static void add_entry(struct crl_spec *spec, const char *label)
{
    size_t n = 0;
    while (spec->entries[n].cert != NULL)
        n++;
    if (n < CRL_MAX_ENTRIES)
        spec->entries[n].cert = label;
}

static bool issued_by(const char *label, const char *parent)
{
    for (size_t i = 0; i < world_n_certs; i++) {
        if (is(world_certs[i].label, label) && is(world_certs[i].parent, parent))
            return true;
    }
    return false;
}

/* The CRL as this world wants it. */
static struct crl_spec changed(struct crl_spec spec, const struct world_changes *c)
{
    if (is(spec.label, c->empty))
        spec.entries[0] = (struct crl_entry){ NULL, NULL };
    if (is(spec.label, c->flood))
        add_entry(&spec, CRL_FLOOD);
    if (issued_by(c->revoke, spec.signer))
        add_entry(&spec, c->revoke);
    return spec;
}

static void write_crls(struct job *j)
{
    make_folder(j, "crl");
    for (size_t i = 0; i < world_n_crls; i++) {
        const struct crl_spec spec = changed(world_crls[i], j->changes);
        struct buf url = { .p = NULL }, crl = { .p = NULL };
        buf_fmt(&url, "%s/crl/%s.crl", j->url, spec.label);
        crl_make(&j->m, &spec, buf_str(&url), j->at, &crl);
        write_as(j, "crl", world_crls[i].label, "crl", &crl);
        buf_free(&url);
        buf_free(&crl);
    }
}

static void write_anchors(struct job *j)
{
    struct buf text = { .p = NULL };
    uint8_t digest[32];

    for (size_t i = 0; i < world_n_roots; i++) {
        const struct buf *der = &cert_get(&j->m, world_roots[i].label)->der;
        keys_sha256(der->p, der->n, digest);
        buf_fmt(&text, "# %s\n", world_roots[i].text);
        buf_hex(&text, digest, sizeof digest, 0);
        buf_fmt(&text, "\n");
    }
    files_write(j->out, "anchors.txt", &text);
    buf_free(&text);
}

/* ---- ledger.json ---- */

static void put_point(struct job *j, struct buf *json, const struct world_point *p)
{
    buf_fmt(json, "    {\"vid\": %u, \"pid\": %u, \"is_paa\": %s, \"label\": \"%s\",\n", p->vid,
            p->pid, p->is_paa ? "true" : "false", p->label);
    buf_fmt(json, "     \"issuer_key_id\": \"");
    buf_hex(json, keys_get(j->keys, cert_key(&j->m, p->ca))->id, 20, 1);
    buf_fmt(json,
            "\", \"signer_file\": \"crl-signers/%s.der\",\n     \"delegator_file\": ", p->signer);
    if (p->delegator == NULL)
        buf_fmt(json, "null");
    else
        buf_fmt(json, "\"pai/%s.der\"", p->delegator);
    buf_fmt(json, ", \"url_path\": \"/crl/%s.crl\"}", p->crl);
}

static void put_certificates(struct buf *json)
{
    buf_fmt(json, "{\n  \"root_certificates\": [\n");
    for (size_t i = 0; i < world_n_roots; i++)
        buf_fmt(json, "%s    {\"file\": \"paa/%s.der\", \"vid\": %u}", i == 0 ? "" : ",\n",
                world_roots[i].label, world_roots[i].vid);
    buf_fmt(json, "\n  ],\n  \"certificates\": [\n");
    for (size_t i = 0; world_pais[i] != NULL; i++)
        buf_fmt(json, "%s    {\"file\": \"pai/%s.der\"}", i == 0 ? "" : ",\n", world_pais[i]);
    buf_fmt(json, "\n  ],\n");
}

static void write_ledger(struct job *j)
{
    struct buf json = { .p = NULL };

    put_certificates(&json);
    buf_fmt(&json, "  \"revocation_points\": [\n");
    for (size_t i = 0; i < world_n_points; i++) {
        buf_fmt(&json, "%s", i == 0 ? "" : ",\n");
        put_point(j, &json, &world_points[i]);
    }
    buf_fmt(&json, "\n  ],\n  \"crls\": {\n");
    for (size_t i = 0; i < world_n_crls; i++)
        buf_fmt(&json, "%s    \"/crl/%s.crl\": \"crl/%s.crl\"", i == 0 ? "" : ",\n",
                world_crls[i].label, world_crls[i].label);
    buf_fmt(&json, "\n  }\n}\n");
    files_write(j->out, "ledger.json", &json);
    buf_free(&json);
}

/* ---- devices ---- */

static void write_device_text(const struct world_device *d, const char *folder,
                              const struct buf *challenge, const struct buf *nonce)
{
    struct buf text = { .p = NULL };
    char decimal[8];

    text_line(&text, "name", d->name);
    (void)snprintf(decimal, sizeof decimal, "%u", d->vid);
    text_line(&text, "vid", decimal);
    (void)snprintf(decimal, sizeof decimal, "%u", d->pid);
    text_line(&text, "pid", decimal);
    if (challenge->n > 0)
        text_line_hex(&text, "challenge", challenge);
    if (nonce->n > 0)
        text_line_hex(&text, "nonce", nonce);
    text_line(&text, "expect", d->expect);
    text_line(&text, "slugs", d->slugs);
    files_write(folder, "device.txt", &text);
    buf_free(&text);
}

static void some_octets(struct job *j, const struct world_device *d, const char *what, size_t n,
                        struct buf *ret)
{
    struct buf label = { .p = NULL };
    uint8_t octets[32];

    buf_fmt(&label, "%s %s", d->name, what);
    keys_octets(j->keys, buf_str(&label), octets, n);
    buf_add(ret, octets, n);
    buf_free(&label);
}

static void write_response(struct job *j, const struct world_device *d, const char *folder)
{
    struct buf challenge = { .p = NULL }, nonce = { .p = NULL };
    struct attest a;

    if (d->key == NULL || d->key[0] != 0) {
        some_octets(j, d, "challenge", 16, &challenge);
        some_octets(j, d, "nonce", 32, &nonce);
        attest_make(&j->m, d->key != NULL ? d->key : cert_key(&j->m, d->dac),
                    &j->cds[d->vid == 0xFFF1 ? 0 : 1], &nonce, &challenge, &a);
        files_write(folder, "elements.bin", &a.elements);
        files_write(folder, "signature.bin", &a.signature);
        attest_free(&a);
    }
    write_device_text(d, folder, &challenge, &nonce);
    buf_free(&challenge);
    buf_free(&nonce);
}

static void write_device(struct job *j, const struct world_device *d)
{
    struct buf folder = { .p = NULL };

    buf_fmt(&folder, "%s/devices/%s", j->out, d->name);
    files_fresh_folder(buf_str(&folder));
    files_write(buf_str(&folder), "dac.der", &cert_get(&j->m, d->dac)->der);
    files_write(buf_str(&folder), "pai.der", &cert_get(&j->m, d->pai)->der);
    write_response(j, d, buf_str(&folder));
    buf_free(&folder);
}

static void make_declarations(struct job *j)
{
    static const uint16_t pids[] = { 0x8000, 0x8001 };
    const struct cd_claims claims[] = { { 0xFFF1, pids, 1 }, { 0xFFF2, pids, 2 } };

    cd_make(&j->m, "decl-fff1", "cd-fff1", "cd-signer", &claims[0], &j->cds[0]);
    cd_make(&j->m, "decl-fff2", "cd-fff2", "cd-signer", &claims[1], &j->cds[1]);
}

/* One DAC has the serial number of a revoked one under another issuer: that revokes nothing. */
static void share_serial(struct settings *set)
{
    settings_put(set, "dac-same-serial.serial.content", "4D52564B30303031", 0);
    settings_put(set, "dac-delegated-revoked.serial.content", "4D52564B30303031", 0);
}

void world_write(struct keys *keys, const char *url, int64_t at,
                 const struct world_changes *changes, struct settings *set, const char *out)
{
    const struct setting *unused;
    struct job j = { .keys = keys, .url = url, .out = out, .at = at, .changes = changes };

    share_serial(set);
    mint_init(&j.m, set, keys, world_certs, world_n_certs);
    (void)files_make_folder(out);
    write_certs(&j);
    write_crls(&j);
    write_anchors(&j);
    write_ledger(&j);
    make_declarations(&j);
    for (size_t i = 0; i < world_n_devices; i++)
        write_device(&j, &world_devices[i]);
    unused = settings_unused(set);
    if (unused != NULL)
        die(DIE_USAGE, "nothing is called \"%s\"", unused->path);
    mint_free(&j.m);
    buf_free(&j.cds[0]);
    buf_free(&j.cds[1]);
}
