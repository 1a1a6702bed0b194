/* SPDX-License-Identifier: Apache-2.0
 *
 * world.h - the made world for tests through the public API: its devices, its stores, and the
 * revocations of one of its PAAs.
 */
#ifndef WORLD_H
#define WORLD_H

#include <time.h>
#include <veridac/veridac.h>

#include "crl_unit.h"
#include "unit.h"

struct device {
    struct vd_buf files[6]; /* dac, pai, elements, signature, nocsr, nocsr-signature */
    struct vd_buf told[3];  /* challenge, nonce, csr-nonce */
    veridac_device in;
};

/* Empty when there is no such file. */
static inline struct vd_buf made_file(const char *folder, const char *name)
{
    struct vd_buf out = VD_BUF(1u << 20);
    char path[1024];
    uint8_t part[4096];
    size_t n;
    FILE *f;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return out;
    f = fopen(path, "rb");
    if (f == NULL)
        return out;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        assert_true(vd_buf_put(&out, (struct vd_span){ part, n }));
    (void)fclose(f);
    return out;
}

static inline struct vd_buf world_file(const char *folder, const char *name)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", WORLD, folder);
    return made_file(path, name);
}

static inline veridac_bytes bytes(const struct vd_buf *b)
{
    return (veridac_bytes){ b->p, b->n };
}

/* The value of a line "key: value"; "" when there is none. */
static inline void told(const struct vd_buf *text, const char *key, char ret[160])
{
    const char *line = (const char *)text->p;
    size_t n = strlen(key);
    ret[0] = '\0';
    for (; line != NULL; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, key, n) == 0 && line[n] == ':') {
            line += n + 1;
            line += *line == ' ';
            (void)snprintf(ret, 160, "%.*s", (int)strcspn(line, "\n"), line);
            return;
        }
    }
}

static inline struct device load_from(const char *folder, const char *told_in)
{
    static const char *const files[] = { "dac.der",       "pai.der",   "elements.bin",
                                         "signature.bin", "nocsr.bin", "nocsr-signature.bin" };
    static const char *const keys[] = { "challenge", "nonce", "csr-nonce" };
    struct device d = { .in = { .size = sizeof d.in, .software_version = -1 } };
    veridac_bytes *const fields[] = { &d.in.dac,       &d.in.pai,   &d.in.elements,
                                      &d.in.signature, &d.in.nocsr, &d.in.nocsr_signature };
    veridac_bytes *const hex[] = { &d.in.challenge, &d.in.nonce, &d.in.csr_nonce };
    struct vd_buf text = made_file(folder, told_in);
    char value[160];

    assert_true(vd_buf_u8(&text, 0));
    for (size_t i = 0; i < 6; i++) {
        d.files[i] = made_file(folder, files[i]);
        *fields[i] = bytes(&d.files[i]);
    }
    for (size_t i = 0; i < 3; i++) {
        told(&text, keys[i], value);
        d.told[i] = unhex(value);
        *hex[i] = bytes(&d.told[i]);
    }
    told(&text, "vid", value);
    d.in.vid = (int32_t)strtol(value, NULL, 10);
    told(&text, "pid", value);
    d.in.pid = (int32_t)strtol(value, NULL, 10);
    vd_buf_free(&text);
    return d;
}

static inline struct device load(const char *name)
{
    char folder[1024];
    (void)snprintf(folder, sizeof folder, "%s/devices/%s", WORLD, name);
    return load_from(folder, "device.txt");
}

static inline void unload(struct device *d)
{
    for (size_t i = 0; i < 6; i++)
        vd_buf_free(&d->files[i]);
    for (size_t i = 0; i < 3; i++)
        vd_buf_free(&d->told[i]);
}

enum { WITHOUT_PAAS = 1, WITHOUT_SIGNERS = 2, WITHDRAWN = 4 };

static inline void add(veridac_trust *t, const char *folder, const char *name, bool signer,
                       int withdrawn)
{
    const veridac_trust_source from = { .size = sizeof from, .network = VERIDAC_NETWORK_TEST,
                                        .withdrawn = withdrawn };
    struct vd_buf der = world_file(folder, name);
    assert_int_equal(signer ? veridac_trust_add_cd_signer(t, bytes(&der), &from, NULL)
                            : veridac_trust_add_paa(t, bytes(&der), &from, NULL),
                     VERIDAC_OK);
    vd_buf_free(&der);
}

static inline veridac_trust *trust(int how)
{
    veridac_trust *t = NULL;
    assert_int_equal(veridac_trust_new(&t), VERIDAC_OK);
    if (!(how & WITHOUT_PAAS))
        add(t, "paa", "paa-fff1.der", false, 0);
    add(t, "paa", "paa-novid.der", false, 0);
    if (how & WITHDRAWN)
        add(t, "paa", "paa-fff1.der", false, 1);
    if (!(how & WITHOUT_SIGNERS))
        add(t, "cd-signers", "cd-signer.der", true, 0);
    return t;
}

/* What the ledger would say of the PAA's CRL, and the CRL; it lists PAIs. */
struct listed {
    struct vd_buf signer, crl, key_id;
    veridac_point point;
};

static const char world_label[] = "paa", world_url[] = "http://host.example/paa.crl";

/* The key id of the point is the certificate's. */
static inline struct listed listed(void)
{
    struct listed l = { .signer = world_file("crl-signers", "paa-fff1.der"),
                        .crl = world_file("crl", "paa-fff1.crl"),
                        .key_id = VD_BUF(64) };
    veridac_buffer shown;
    const char *at;

    assert_int_equal(veridac_show(bytes(&l.signer), 0, &shown, NULL), VERIDAC_OK);
    at = strstr((const char *)shown.data, "subject_key_id: ");
    assert_non_null(at);
    assert_true(vd_buf_put(&l.key_id, (struct vd_span){ (const uint8_t *)at + 16, 40 }));
    veridac_buffer_free(&shown);
    l.point = (veridac_point){ .size = sizeof l.point, .vid = 0xFFF1, .is_paa = 1,
                               .revocation_type = 1,
                               .label = { (const uint8_t *)world_label, sizeof world_label - 1 },
                               .url = { (const uint8_t *)world_url, sizeof world_url - 1 },
                               .issuer_key_id = bytes(&l.key_id),
                               .signer = bytes(&l.signer) };
    return l;
}

static inline void unlist(struct listed *l)
{
    vd_buf_free(&l->signer);
    vd_buf_free(&l->crl);
    vd_buf_free(&l->key_id);
}

static inline veridac_revset *new_set(const veridac_trust *t, int64_t at)
{
    const veridac_revset_options o = { .size = sizeof o, .network = VERIDAC_NETWORK_TEST,
                                       .at = at };
    veridac_revset *set = NULL;
    assert_int_equal(veridac_revset_new(t, &o, &set), VERIDAC_OK);
    return set;
}

static const veridac_bundle_options full_bundle = { .size = sizeof full_bundle,
                                                    .kind = VERIDAC_KIND_FULL };

/* A bundle of that one CRL, judged now. */
static inline veridac_buffer bundle_of(const veridac_trust *t, int64_t *ret_at)
{
    veridac_revset_view view = { .size = sizeof view };
    struct listed l = listed();
    veridac_buffer bundle;
    veridac_revset *set;
    veridac_crl *crl = NULL;

    *ret_at = time(NULL);
    set = new_set(t, *ret_at);
    assert_int_equal(veridac_revset_add_point(set, &l.point), VERIDAC_OK);
    assert_int_equal(veridac_revset_bind(set), VERIDAC_OK);
    assert_int_equal(unit_crl_begin(set, world_url, *ret_at, &crl), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_feed(crl, bytes(&l.crl)), VERIDAC_OK);
    assert_int_equal(veridac_revset_crl_end(crl), VERIDAC_OK);
    assert_int_equal(veridac_revset_finish(set), VERIDAC_OK);
    assert_int_equal(veridac_revset_look(set, &view), VERIDAC_OK);
    assert_true(view.n_revoked > 0);
    assert_int_equal(veridac_revset_bundle(set, &full_bundle, &bundle, NULL), VERIDAC_OK);
    veridac_revset_free(set);
    unlist(&l);
    return bundle;
}

static inline veridac_snapshot *revocations(const veridac_trust *t, int64_t *ret_at)
{
    const veridac_snapshot_options o = { .size = sizeof o, .label = "test" };
    veridac_buffer bundle = bundle_of(t, ret_at);
    veridac_snapshot *s = NULL;
    assert_int_equal(veridac_snapshot_open((veridac_bytes){ bundle.data, bundle.size }, &o, &s,
                                           NULL), VERIDAC_OK);
    veridac_buffer_free(&bundle);
    return s;
}

#endif
